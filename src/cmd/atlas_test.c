// SPDX-License-Identifier: MIT
// What options name, what a command gets to ask, and what it says of that.
#include "cmd/atlas.h"

#include "base/disk.h"
#include "base/test.h"
#include "base/text.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char folder[256];

static void write_file(const char *name, const char *text)
{
	FILE *file = fopen(name, "w");
	CHECK(file != NULL && fputs(text, file) >= 0);
	if (file != NULL)
		fclose(file);
}

static void set_up(void)
{
	struct error error;
	CHECK(disk_temporary(folder, sizeof folder, &error) && chdir(folder) == 0);
	write_file("a.csv", "# built: 2016-10-01\n1.0.0.0,1.0.0.255,JP\n1.0.0.9,1.0.1.0,US\n");
	write_file("b.csv", "1.0.0.0,1.0.0.255,DE\n");
}

static void tear_down(void)
{
	disk_remove_folder("store");
	CHECK(chdir("/") == 0);
	disk_remove_folder(folder);
}

static bool parses(const char *text, size_t count, struct database_list *out)
{
	struct error error = { .text = "" };
	*out = (struct database_list){ .count = 0 };
	return database_list_parse(PLACE_COUNTRY, text, out, &error) && out->count == count;
}

static bool is_source(const struct place_source *s, const char *path, int32_t from, int32_t to)
{
	return text_equal(s->path, path) && text_equal(s->name, path) && s->from == from &&
	       s->to == to;
}

TEST(options_name_files_and_days)
{
	struct database_list list;
	struct error error;
	CHECK(parses("", 0, &list));
	database_list_done(&list);
	const bool ok = parses("@x/a.mmdb@1970-01-02..,b,c d@..1970-01-03, ../@e..f ,", 4, &list);
	CHECK(ok);
	if (ok) {
		CHECK(is_source(&list.sources[0], "@x/a.mmdb", 1, INT32_MAX));
		CHECK(is_source(&list.sources[1], "b", INT32_MIN, INT32_MAX));
		CHECK(is_source(&list.sources[2], "c d", INT32_MIN, 2));
		CHECK(is_source(&list.sources[3], "../@e..f", INT32_MIN, INT32_MAX));
	}
	database_list_done(&list);
	static const char *const bad[] = { "a@1970-01-0..",
		                           "a@1970-01-01..1970-13-01",
		                           "a@1970-01-02..1970-01-01",
		                           ",a",
		                           "a,,b",
		                           "@.." };
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		CHECK(!database_list_parse(PLACE_COUNTRY, bad[i], &list, &error) &&
		      error.kind == ERROR_USAGE);
	char many[4 * 80] = "";
	for (size_t i = 0; i + 2 < sizeof many; i += 2)
		memcpy(many + i, "a,", 3);
	CHECK(!database_list_parse(PLACE_COUNTRY, many, &list, &error));
	CHECK(strstr(error.text, "more than 64") != NULL);
}

TEST(files_of_both_options_are_listed)
{
	struct take_command c = { .databases = { "a@1970-01-02..,b", "c" } };
	struct error error;
	char **files;
	CHECK(database_files(&c, &files, &error));
	CHECK(text_equal(files[0], "a") && text_equal(files[1], "b") && text_equal(files[2], "c"));
	CHECK(files[3] == NULL);
	database_files_done(files);
}

// The id of the place of 1.0.0.1 on day 0 of the atlas that a command opens.
static const char *found(const struct analysis_command *c, struct store *store)
{
	static char id[PLACE_ID_SIZE];
	const struct dataset dataset = { .store = store };
	struct place_atlas *atlas;
	struct place_range range;
	struct error error;
	text_copy(id, sizeof id, "");
	if (atlas_open(PLACE_COUNTRY, c, &dataset, &atlas, &error)) {
		CHECK(place_find(atlas, 0, 0x01000001, &range));
		text_copy(id, sizeof id, place_at(atlas, range.place)->id);
		place_atlas_close(atlas);
	} else {
		text_copy(id, sizeof id, "failed");
	}
	return id;
}

TEST(the_option_goes_before_the_store)
{
	const struct store_request request = { .zone = NULL };
	struct analysis_command c = { .take.common.quiet = true };
	struct store *store = NULL;
	struct error error;
	set_up();
	CHECK(store_open_writing("store", &request, &store, &error));
	CHECK(text_equal(found(&c, store), "unknown"));
	c.take.databases[PLACE_COUNTRY] = "a.csv";
	CHECK(text_equal(found(&c, store), "JP"));
	CHECK(atlas_try(&c.take, &error) && atlas_keep(store, &c.take, &error));
	c.take.databases[PLACE_COUNTRY] = "b.csv";
	CHECK(text_equal(found(&c, store), "DE"));
	c.take.databases[PLACE_COUNTRY] = "";
	CHECK(text_equal(found(&c, store), "unknown"));
	c.take.databases[PLACE_COUNTRY] = NULL;
	CHECK(unlink("a.csv") == 0 && text_equal(found(&c, store), "JP"));
	// A copy that is no longer what was kept is not asked.
	char path[400];
	text_format(path, sizeof path, "store/%s", store_database_at(store, 0)->file);
	write_file(path, "1.0.0.0,1.0.0.255,FR\n");
	CHECK(text_equal(found(&c, store), "failed"));
	store_close(store);
	tear_down();
}

TEST(notes_say_what_was_asked)
{
	const int32_t day = 17075;  // 2016-10-01
	const struct described_database databases[] = {
		{ "a.csv", "table", false, day, { INT32_MIN, day + 91 } },
		{ "b.csv", "table", false, INT32_MIN, { day + 92, INT32_MAX } },
		{ "c.csv", "table", true, day, { INT32_MIN, INT32_MAX } },
	};
	struct description d = { .databases = databases, .database_count = 3 };
	struct caveat c = { CAVEAT_DATABASES, { 0, 1 }, { day, day + 367 } };
	char line[ATLAS_NOTE_SIZE];
	atlas_note(&c, &d, line);
	CHECK(text_equal(line, "countries by 'a.csv' (table, of 2016-10-01, for days up to "
	                       "2016-12-31); 'b.csv' (table, no date, for days from "
	                       "2017-01-01); 1 bad record"));
	c = (struct caveat){ CAVEAT_DATABASES, { 0, 0 }, { day + 200, day + 300 } };
	atlas_note(&c, &d, line);
	CHECK(text_equal(line, "countries by 'b.csv' (table, no date, for days from 2017-01-01)"));
	c = (struct caveat){ CAVEAT_DATABASES, { 1, 2 }, { day, day } };
	atlas_note(&c, &d, line);
	CHECK(text_equal(line, "networks by 'c.csv' (table, of 2016-10-01); 2 bad records"));
	d.database_count = 0;
	atlas_note(&c, &d, line);
	CHECK(text_equal(line, "networks by no database"));
}

TEST_MAIN
