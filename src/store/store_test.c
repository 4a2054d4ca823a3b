// SPDX-License-Identifier: MIT
// Opening, settings, locks, garbage, commits, captures: what a store promises to
// whoever writes and reads it.
#include "store/segment.h"
#include "hostday/evidence.h"
#include "store/test_sql.h"

#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

// The error of opening to write with that request; "" if it was opened.
static struct error writing_error(const char *path, const struct store_request *request)
{
	struct store *s;
	struct error error = { .text = "" };
	if (store_open_writing(path, request, &s, &error))
		store_close(s);
	return error;
}

static struct error reading_error(const char *path)
{
	struct store *s;
	struct error error = { .text = "" };
	if (store_open(path, &s, &error))
		store_close(s);
	return error;
}

static bool names(const char *path, const char *word)
{
	return strstr(path, word) != NULL;
}

static void put_file(const char *folder, const char *name)
{
	char path[400];
	CHECK(text_format(path, sizeof path, "%s/%s", folder, name));
	FILE *file = fopen(path, "w");
	CHECK(file != NULL);
	if (file != NULL) {
		fputs("x", file);
		fclose(file);
	}
}

static bool has_file(const char *folder, const char *name)
{
	char path[400];
	return text_format(path, sizeof path, "%s/%s", folder, name) && access(path, F_OK) == 0;
}

static bool count_segment(void *context, const char *name)
{
	*(unsigned *)context += strstr(name, ".segment") != NULL;
	return true;
}

static unsigned segment_files(const char *path)
{
	struct disk *disk;
	struct error error;
	unsigned count = 0;
	CHECK(disk_real_open(path, false, &disk, &error));
	CHECK(disk->list(disk, count_segment, &count, &error));
	disk->free(disk);
	return count;
}

TEST(settings_are_kept)
{
	struct test_folder f = folder_new();
	const struct store_request request = {
		.zone = "+09:00",
		.telescope = "192.0.2.0/25, 198.51.100.0/24@2016-01-01..",
		.fingerprint_text = "knock = tcp dst port 7547\n",
		.fingerprint_where = "mine.txt"
	};
	CHECK(text_equal(writing_error(f.path, &request).text, ""));
	struct store *s = open_reader(f.path);
	if (s != NULL) {
		const struct store_settings *is = store_settings(s);
		unsigned bit;
		CHECK(text_equal(store_path(s), f.path) && store_segment_count(s) == 0);
		CHECK(text_equal(is->zone.name, "+09:00") && is->zone.offset_s == 9 * 3600);
		CHECK(text_equal(is->telescope, request.telescope) && is->prefixes.count == 2);
		CHECK(telescope_size(&is->telescope_days, day_from_date(2015, 12, 31)) == 128);
		CHECK(telescope_size(&is->telescope_days, day_from_date(2016, 1, 1)) == 384);
		CHECK(text_equal(is->fingerprint_text, request.fingerprint_text));
		CHECK(fingerprint_find(&is->fingerprints, "knock", &bit) != NULL &&
		      bit == FINGERPRINT_TOOLS_END);
	}
	store_close(s);
	// The same request again, and no request at all, are no contradiction.
	CHECK(text_equal(writing_error(f.path, &request).text, ""));
	CHECK(text_equal(writing_error(f.path, &(struct store_request){ .zone = NULL }).text, ""));
	folder_done(&f);
}

TEST(defaults)
{
	struct test_folder f = folder_new();
	struct store *s = open_writer(f.path);
	if (s != NULL) {
		const struct store_settings *is = store_settings(s);
		CHECK(text_equal(is->zone.name, "UTC") && is->prefixes.count == 0);
		CHECK(text_equal(is->telescope, "") && text_equal(is->fingerprint_text, ""));
	}
	store_close(s);
	folder_done(&f);
}

TEST(contradictions_are_refused)
{
	struct test_folder f = folder_new();
	const struct store_request made = {
		.zone = "+09:00",
		.telescope = "192.0.2.0/24@..2016-12-31,198.51.100.0/25",
		.fingerprint_text = "a = tcp\n",
		.fingerprint_where = "a.txt"
	};
	CHECK(text_equal(writing_error(f.path, &made).text, ""));
	struct store_request request = { .zone = "UTC" };
	struct error error = writing_error(f.path, &request);
	CHECK(error.kind == ERROR_FAILED && names(error.text, "counts days in +09:00, not in UTC"));
	request = (struct store_request){ .telescope = "192.0.2.0/24" };
	CHECK(names(writing_error(f.path, &request).text, "is of telescope"));
	request = (struct store_request){
		.telescope = "192.0.2.0/24@..2017-01-01,198.51.100.0/25"
	};
	CHECK(names(writing_error(f.path, &request).text, "is of telescope"));
	request = (struct store_request){ .fingerprint_text = "a = udp\n",
		                          .fingerprint_where = "b.txt" };
	CHECK(names(writing_error(f.path, &request).text, "other fingerprints than 'b.txt'"));
	request = (struct store_request){ .keeps_events = true };
	CHECK(names(writing_error(f.path, &request).text, "keeps no scan events"));
	// The same meaning in other words is no contradiction.
	request = (struct store_request){
		.telescope = "198.51.100.0/25,192.0.2.128/25@..2016-12-31, "
			     "192.0.2.0/25@..2016-12-31"
	};
	CHECK(text_equal(writing_error(f.path, &request).text, ""));
	folder_done(&f);
}

TEST(scan_events_are_kept_where_the_first_ingest_said_so)
{
	struct test_folder f = folder_new();
	const struct store_request made = { .keeps_events = true }, later = { .zone = NULL };
	CHECK(text_equal(writing_error(f.path, &made).text, ""));
	// An ingest that does not say so goes on with what the store does; to say so again contradicts nothing.
	CHECK(text_equal(writing_error(f.path, &later).text, ""));
	CHECK(text_equal(writing_error(f.path, &made).text, ""));
	struct store *s = NULL;
	struct error error;
	const bool ok = store_open(f.path, &s, &error);
	CHECK(ok && store_settings(s)->keeps_events);
	store_close(s);
	folder_done(&f);
}

TEST(a_request_that_makes_no_sense_leaves_nothing_behind)
{
	struct test_folder f = folder_new();
	static const struct store_request requests[] = {
		{ .zone = "Mars/Base" },
		{ .telescope = "192.0.2.1/24" },
		{ .fingerprint_text = "what", .fingerprint_where = "w.txt" },
	};
	for (size_t i = 0; i < 3; i++) {
		CHECK(writing_error(f.path, &requests[i]).kind == ERROR_USAGE);
		CHECK(access(f.path, F_OK) != 0);
	}
	folder_done(&f);
}

TEST(what_is_no_store)
{
	struct test_folder f = folder_new();
	const struct store_request request = { .zone = NULL };
	CHECK(names(reading_error(f.path).text, "is no store; `hotaru ingest -s"));
	CHECK(mkdir(f.path, 0755) == 0);
	CHECK(names(reading_error(f.path).text, "is no store"));
	put_file(f.path, "thesis.tex");
	CHECK(names(writing_error(f.path, &request).text, "is no store and not empty"));
	CHECK(has_file(f.path, "thesis.tex") && !has_file(f.path, "lock"));
	folder_done(&f);
	f = folder_new();
	CHECK(mkdir(f.path, 0755) == 0);
	run_sql(f.path, "CREATE TABLE recipe (name TEXT)");
	CHECK(names(reading_error(f.path).text, "is a database, but not of hotaru"));
	CHECK(names(writing_error(f.path, &request).text, "is a database, but not of hotaru"));
	folder_done(&f);
	f = folder_new();
	CHECK(mkdir(f.path, 0755) == 0);
	put_file(f.path, "catalog.sqlite");
	CHECK(reading_error(f.path).kind == ERROR_FAILED);
	folder_done(&f);
}

TEST(another_format_is_named)
{
	struct test_folder f = folder_new();
	const struct store_request request = { .zone = NULL };
	store_close(open_writer(f.path));
	run_sql(f.path, "PRAGMA user_version = 9");
	CHECK(names(reading_error(f.path).text,
	            "has format 9, this hotaru (" HOTARU_VERSION ") reads 1 to 4"));
	CHECK(names(writing_error(f.path, &request).text,
	            "has format 9, this hotaru (" HOTARU_VERSION ") reads 1 to 4"));
	folder_done(&f);
}

TEST(other_built_in_fingerprints_are_refused)
{
	struct test_folder f = folder_new();
	store_close(open_writer(f.path));
	// Without a seal, which would be broken.
	run_sql(f.path, TO_FORMAT_1);
	run_sql(f.path, "UPDATE fingerprint SET name = 'mozi' WHERE bit = 1");
	CHECK(names(reading_error(f.path).text, "whose fingerprints"));
	run_sql(f.path, "UPDATE fingerprint SET name = 'mirai-2016' WHERE bit = 1");
	CHECK(text_equal(reading_error(f.path).text, ""));
	run_sql(f.path, "DELETE FROM fingerprint WHERE bit = 5");
	CHECK(names(reading_error(f.path).text, "whose fingerprints"));
	folder_done(&f);
}

// Stores of format 1 have no seal; a writer gives them one.
TEST(a_store_of_format_1_is_brought_up_to_date)
{
	struct test_folder f = folder_new();
	store_close(open_writer(f.path));
	run_sql(f.path, TO_FORMAT_1);
	struct store *s = open_reader(f.path);
	CHECK(s != NULL && store_format(s) == 1);
	store_close(s);
	store_close(open_writer(f.path));
	s = open_reader(f.path);
	CHECK(s != NULL && store_format(s) == STORE_FORMAT);
	store_close(s);
	run_sql(f.path, "UPDATE setting SET value = '+01:00' WHERE key = 'zone'");
	CHECK(names(reading_error(f.path).text, "catalog.sqlite' is damaged"));
	const struct store_request request = { .zone = NULL };
	CHECK(names(writing_error(f.path, &request).text, "catalog.sqlite' is damaged"));
	folder_done(&f);
}

// More segments than a process can map: what does not fit says what to do.
TEST(too_many_segments)
{
	struct test_folder f = folder_new();
	uint64_t syns;
	struct error error = { .text = "" };
	store_close(open_writer(f.path));
	run_sql(f.path, TO_FORMAT_1
	        "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n"
	        " WHERE i < 60001) INSERT INTO segment (day, day_number, file, bytes, hosts,"
	        " floor, toc_digest) SELECT '2016-09-01', 17045, i || '.segment', 1, 1, 0, 1"
	        " FROM n");
	struct store *s = open_reader(f.path);
	CHECK(s != NULL && !store_segment_syns(s, 60000, STORE_ALL, &syns, &error));
	CHECK(names(error.text, "60001 segments") && names(error.text, "hotaru compact -s"));
	CHECK(s != NULL && !store_segment_syns(s, 0, STORE_ALL, &syns, &error));
	CHECK(!names(error.text, "hotaru compact"));
	store_close(s);
	folder_done(&f);
}

TEST(one_writer_at_a_time)
{
	struct test_folder f = folder_new();
	const struct store_request request = { .zone = NULL };
	struct store *s = open_writer(f.path);
	CHECK(names(writing_error(f.path, &request).text, "is being written by another process"));
	CHECK(text_equal(reading_error(f.path).text, ""));  // readers take no lock
	store_close(s);
	CHECK(text_equal(writing_error(f.path, &request).text, ""));
	folder_done(&f);
}

TEST(the_next_writer_removes_garbage_and_nothing_else)
{
	static const char *const garbage[] = { "2016-09-01.000009.segment", "ingest.spill",
		                               "2016-09-01.000010.segment.new" };
	static const char *const kept[] = { "notes.txt", "2016-09-01.segment.bak", "segment" };
	struct test_folder f = folder_new();
	struct pile pile = pile_from(1, 9, 2, 1, 50);
	struct hosts hosts = pile_hosts(&pile, ALL_PIECES);
	struct store *s = open_writer(f.path);
	struct error error;
	CHECK(take_hosts(s, &hosts, "c", 1, &error));
	store_close(s);
	for (size_t i = 0; i < 3; i++) {
		put_file(f.path, garbage[i]);
		put_file(f.path, kept[i]);
	}
	store_close(open_reader(f.path));
	CHECK(has_file(f.path, garbage[0]));  // readers change nothing
	store_close(open_writer(f.path));
	for (size_t i = 0; i < 3; i++)
		CHECK(!has_file(f.path, garbage[i]) && has_file(f.path, kept[i]));
	s = open_reader(f.path);
	CHECK(holds(s, &hosts) && segment_files(f.path) == 2 + 1);  // and the .bak
	store_close(s);
	hosts_done(&hosts);
	pile_done(&pile);
	folder_done(&f);
}

TEST(a_commit_shows_all_or_nothing)
{
	struct test_folder f = folder_new();
	struct pile pile = pile_from(2, 30, 3, 1, 200);
	struct hosts hosts = pile_hosts(&pile, ALL_PIECES);
	const struct hosts nothing = { .count = 0 };
	struct ingest_ledger ledger;
	const struct store_capture capture = capture_of(&hosts, "c", 1, &ledger);
	struct store *s = open_writer(f.path), *before = open_reader(f.path);
	struct store_capture *captures;
	struct store_ingest *in;
	struct error error;
	size_t count;
	CHECK(store_ingest_begin(s, &in, &error));
	CHECK(send_hosts(store_ingest_receiver(in), &hosts, 10, &error));
	struct store *during = open_reader(f.path);
	CHECK(holds(during, &nothing) && segment_files(f.path) == 3);
	CHECK(store_ingest_commit(in, &capture, 1, &error));
	store_ingest_free(in);
	CHECK(holds(s, &hosts));
	struct store *after = open_reader(f.path);
	CHECK(holds(after, &hosts));
	// Readers see the store as of their opening: captures like segments.
	CHECK(holds(before, &nothing) && holds(during, &nothing));
	CHECK(store_captures(before, &captures, &count, &error));
	CHECK(count == 0);
	store_captures_done(captures, count);
	store_close(before);
	store_close(during);
	store_close(after);
	store_close(s);
	hosts_done(&hosts);
	pile_done(&pile);
	folder_done(&f);
}

TEST(what_was_not_committed_leaves_nothing)
{
	struct test_folder f = folder_new();
	struct pile pile = pile_from(3, 30, 3, 1, 200);
	struct hosts hosts = pile_hosts(&pile, ALL_PIECES);
	struct ingest_ledger ledgers[2];
	const struct store_capture twins[] = { capture_of(&hosts, "a", 7, &ledgers[0]),
		                               capture_of(&hosts, "b", 7, &ledgers[1]) };
	struct store *s = open_writer(f.path);
	struct store_ingest *in;
	struct error error;
	CHECK(store_ingest_begin(s, &in, &error));
	CHECK(send_hosts(store_ingest_receiver(in), &hosts, 10, &error));
	store_ingest_free(in);
	CHECK(segment_files(f.path) == 0 && store_segment_count(s) == 0);
	// A commit that the catalogue refuses: two captures of one identity.
	CHECK(store_ingest_begin(s, &in, &error));
	CHECK(send_hosts(store_ingest_receiver(in), &hosts, 10, &error));
	CHECK(!store_ingest_commit(in, twins, 2, &error) && names(error.text, "UNIQUE"));
	store_ingest_free(in);
	CHECK(segment_files(f.path) == 0 && store_segment_count(s) == 0);
	CHECK(take_hosts(s, &hosts, "a", 7, &error) && holds(s, &hosts));
	store_close(s);
	char line[512];
	CHECK(problems_of(f.path, line) == 0);
	hosts_done(&hosts);
	pile_done(&pile);
	folder_done(&f);
}

TEST(segments_know_their_sums_and_sets)
{
	struct test_folder f = folder_new();
	struct pile pile = pile_from(5, 40, 2, 2, 500);
	struct store *s = open_writer(f.path);
	struct error error;
	take_pile(s, &pile, 2);
	CHECK(store_segment_count(s) == 4);
	for (size_t i = 0; i < store_segment_count(s); i++) {
		const int32_t day = store_segment_at(s, i)->day;
		// Segments of a day stand in the order in which they were taken in.
		struct hosts hosts = pile_hosts(&pile, (int)(i % 2));
		CHECK(day == TEST_DAY + (int32_t)i / 2);
		for (unsigned f_bit = 0; f_bit <= 6; f_bit++) {
			const unsigned id = f_bit == 6 ? STORE_ALL : f_bit;
			uint64_t expected = 0, found = 0;
			bool has_source = false;
			for (size_t h = 0; h < hosts.count; h++) {
				const struct host_day *host = &hosts.entries[h].host;
				if (hosts.entries[h].day != day)
					continue;
				has_source |= f_bit == 6 ? host_day_packets(host, KIND_SYN) > 0
				                         : host_day_counted(host) >> f_bit & 1;
				expected += f_bit == 6 ? host_day_packets(host, KIND_SYN)
				            : host->matched_mask >> f_bit & 1 ? host->matched[f_bit]
				                                              : 0;
			}
			CHECK(store_segment_syns(s, i, id, &found, &error) && found == expected);
			const size_t length = set_length(s, i, id);
			CHECK(length < SIZE_MAX && (length > 0) == has_source);
		}
		hosts_done(&hosts);
	}
	store_close(s);
	pile_done(&pile);
	folder_done(&f);
}

// How many segments a process sees that may not write in the folder; -1: it cannot open it.
static int seen_by_others(const char *path)
{
	enum { NOBODY = 65534, FAILED = 255 };
	struct store *s;
	struct error error = { .text = "" };
	int status = 1;
	fflush(stdout);
	const pid_t child = fork();
	if (child == 0) {
		if (geteuid() == 0 && setuid(NOBODY) != 0)
			_exit(FAILED);
		const bool ok = store_open(path, &s, &error);
		if (!ok)
			printf("%s\n", error.text);
		fflush(stdout);
		_exit(ok ? (int)store_segment_count(s) : FAILED);
	}
	CHECK(child > 0 && waitpid(child, &status, 0) == child && WIFEXITED(status));
	return WEXITSTATUS(status) == FAILED ? -1 : WEXITSTATUS(status);
}

// A colleague's store, or one on a read-only medium; also while it is being written.
TEST(a_reader_needs_no_right_to_write)
{
	struct test_folder f = folder_new();
	struct pile pile = pile_from(6, 5, 1, 2, 20);
	struct hosts hosts = pile_hosts(&pile, 0), more = pile_hosts(&pile, 1);
	struct error error;
	struct store *s = open_writer(f.path);
	CHECK(take_hosts(s, &hosts, "a", 1, &error));
	store_close(s);
	CHECK(chmod(f.parent, 0755) == 0 && chmod(f.path, 0555) == 0);
	CHECK(seen_by_others(f.path) == 1);
	CHECK(chmod(f.path, 0755) == 0);
	s = open_writer(f.path);
	CHECK(take_hosts(s, &more, "b", 2, &error));
	CHECK(chmod(f.path, 0555) == 0);
	CHECK(seen_by_others(f.path) == 2);
	CHECK(chmod(f.path, 0755) == 0);
	store_close(s);
	hosts_done(&hosts);
	hosts_done(&more);
	pile_done(&pile);
	folder_done(&f);
}

TEST_MAIN
