// SPDX-License-Identifier: MIT
// Verify: it finds nothing in a sound store, and something in every store that
// was tampered with: files, and each number of the catalogue.
#include "store/segment.h"
#include "store/test_store.h"

#include <sqlite3.h>
#include <unistd.h>
#include <xxhash.h>

// A store of two days, two segments each, with its capture.
static struct test_folder make_store(void)
{
	struct test_folder f = folder_new();
	struct pile pile = pile_from(1, 30, 2, 2, 400);
	struct store *s = open_writer(f.path);
	take_pile(s, &pile, 2);
	store_close(s);
	pile_done(&pile);
	return f;
}

static void run_sql(const char *path, const char *sql)
{
	char file[400];
	sqlite3 *db;
	CHECK(text_format(file, sizeof file, "%s/catalog.sqlite", path));
	CHECK(sqlite3_open(file, &db) == SQLITE_OK);
	CHECK(sqlite3_exec(db, sql, NULL, NULL, NULL) == SQLITE_OK);
	CHECK(sqlite3_changes(db) > 0);
	sqlite3_close(db);
}

static void segment_path(const char *path, size_t index, char *out)
{
	struct store *s = open_reader(path);
	CHECK(text_format(out, 400, "%s/%s", path, store_segment_at(s, index)->file));
	store_close(s);
}

static void flip(const char *file, long at)
{
	FILE *f = fopen(file, "r+");
	CHECK(f != NULL && fseek(f, at, SEEK_SET) == 0);
	const int c = fgetc(f);
	CHECK(c != EOF && fseek(f, at, SEEK_SET) == 0 && fputc(c ^ 4, f) != EOF);
	fclose(f);
}

TEST(a_sound_store)
{
	struct test_folder f = make_store();
	struct store *s = open_reader(f.path);
	struct store_verify_result result;
	struct error error;
	char line[512] = "";
	CHECK(store_verify(s, say_problem, line, &result, &error));
	CHECK(result.problems == 0 && result.segments == 4 && text_equal(line, ""));
	CHECK(result.hosts > 60 && result.bytes > 4 * 1000);
	store_close(s);
	folder_done(&f);
}

TEST(an_empty_store_is_sound)
{
	struct test_folder f = folder_new();
	char line[512];
	store_close(open_writer(f.path));
	CHECK(problems_of(f.path, line) == 0 && text_equal(line, ""));
	folder_done(&f);
}

TEST(flipped_bytes)
{
	struct test_folder f = make_store();
	char file[400], line[512];
	segment_path(f.path, 2, file);
	const char *name = strrchr(file, '/') + 1;
	// The header has 32 bytes, and the column of sources behind it more than 40.
	for (long at = 32; at < 72; at++) {
		flip(file, at);
		CHECK(problems_of(f.path, line) > 0 && strstr(line, name) != NULL);
		flip(file, at);
	}
	CHECK(problems_of(f.path, line) == 0);
	folder_done(&f);
}

TEST(files_that_are_missing_or_too_short)
{
	struct test_folder f = make_store();
	char file[400], line[512];
	segment_path(f.path, 1, file);
	CHECK(truncate(file, 500) == 0);
	CHECK(problems_of(f.path, line) > 0 && strstr(line, strrchr(file, '/') + 1) != NULL);
	CHECK(unlink(file) == 0);
	CHECK(problems_of(f.path, line) > 0);
	folder_done(&f);
}

TEST(garbage_is_a_note_and_no_problem)
{
	struct test_folder f = make_store();
	char path[400], line[512];
	CHECK(text_format(path, sizeof path, "%s/2016-09-01.000077.segment", f.path));
	FILE *file = fopen(path, "w");
	CHECK(file != NULL);
	fclose(file);
	CHECK(problems_of(f.path, line) == 0);
	CHECK(strstr(line, "note: '2016-09-01.000077.segment'") != NULL);
	folder_done(&f);
}

// Every number that the catalogue keeps of a segment, each altered alone.
TEST(altered_numbers_of_the_catalogue)
{
	static const char *const changes[] = {
		"UPDATE segment SET hosts = hosts + 1 WHERE id = 1",
		"UPDATE segment SET toc_digest = toc_digest + 1 WHERE id = 2",
		"UPDATE segment SET floor = 3 WHERE id = 1",
		"UPDATE segment SET day_number = day_number + 40 WHERE id = 4",
		"UPDATE segment SET bytes = bytes + 1 WHERE id = 3",
		"UPDATE segment SET day = '2016-09-05' WHERE id = 1",
		"UPDATE segment_kind SET packets = packets + 1 WHERE segment_id = 1 AND kind = "
		"'syn'",
		// The sum over all segments stays what the ledgers say.
		"UPDATE segment_kind SET packets = packets + CASE segment_id WHEN 1 THEN 1 ELSE -1 "
		"END"
		" WHERE segment_id IN (1, 2) AND kind = 'syn'",
		"DELETE FROM segment_kind WHERE segment_id = 1 AND kind = 'udp'",
		"DELETE FROM segment_kind WHERE kind = 'udp'",
		"UPDATE segment_fingerprint SET packets = packets + 1"
		" WHERE segment_id = 1 AND fingerprint = 'mirai'",
		"UPDATE segment_fingerprint SET sources = sources - 1"
		" WHERE segment_id = 2 AND fingerprint = '*'",
		"DELETE FROM segment_fingerprint WHERE segment_id = 3 AND fingerprint = 'zmap'",
		"UPDATE ledger SET frames = frames + 1 WHERE capture_id = 1 AND counter = 'udp'",
		"DELETE FROM ledger WHERE capture_id = 1 AND counter = 'icmp'",
		"DELETE FROM ledger WHERE counter = 'icmp'",
		"DELETE FROM segment WHERE id = 1",
	};
	for (size_t i = 0; i < sizeof changes / sizeof *changes; i++) {
		struct test_folder f = make_store();
		char line[512];
		run_sql(f.path, changes[i]);
		const bool is_found = problems_of(f.path, line) > 0;
		CHECK(is_found);
		if (!is_found)
			printf("not found: %s\n", changes[i]);
		folder_done(&f);
	}
}

static void ignore(void *context, const char *line)
{
	(void)context;
	(void)line;
}

// What could not be looked at is no damage: it must not be dropped for it.
// ---- tables of ports, changed by somebody who knows the format

static void put_u64(uint8_t *at, uint64_t number)
{
	for (unsigned i = 0; i < 8; i++)
		at[i] = (uint8_t)(number >> 8 * i);
}

// Changes byte `at` of the first table of ports, and all checksums behind it.
static struct span forge(const char *path, struct buffer *b, size_t at)
{
	uint8_t block[4096];
	FILE *f = fopen(path, "r");
	for (size_t read; (read = fread(block, 1, sizeof block, f)) > 0;)
		buffer_append(b, block, read);
	fclose(f);
	uint8_t *footer = b->bytes + b->length - SEGMENT_FOOTER_SIZE;
	uint8_t *entry = b->bytes + span_u64_le((struct span){ footer, 8 }, 0), *toc = entry;
	while (entry < footer && entry[0] != CHUNK_PORTS)
		entry += SEGMENT_ENTRY_SIZE;
	CHECK(entry < footer);
	const struct span fields = { entry, SEGMENT_ENTRY_SIZE };
	uint8_t *table = b->bytes + span_u64_le(fields, 8);
	table[at] ^= 1;
	put_u64(entry + 32, XXH3_64bits(table, span_u64_le(fields, 16)));
	put_u64(footer + 32, XXH3_64bits(toc, (size_t)(footer - toc)));
	put_u64(footer + 48, segment_frame_checksum(b->bytes, footer));
	f = fopen(path, "w");
	CHECK(fwrite(b->bytes, 1, b->length, f) == b->length);
	fclose(f);
	return (struct span){ footer + 32, 8 };
}

static void note_ports(void *context, const char *line)
{
	*(bool *)context |= strstr(line, "a table of ports is not that of its host-days") != NULL;
}

TEST(tables_of_ports_are_those_of_the_host_days)
{
	// The first port, its sources, their packets: each number has a byte of its own.
	for (size_t at = 0; at < 3; at++) {
		struct test_folder f = make_store();
		struct buffer bytes = buffer_up_to(1 << 24);
		struct store_verify_result result;
		struct store *s = NULL;
		struct error error;
		bool is_found = false;
		char path[400], sql[160];
		segment_path(f.path, 0, path);
		const uint64_t digest = span_u64_le(forge(path, &bytes, at), 0);
		text_format(sql, sizeof sql, "UPDATE segment SET toc_digest = %lld WHERE id = 1",
		            (long long)digest);
		run_sql(f.path, sql);
		CHECK(store_open_to_verify(f.path, &s, &error));
		CHECK(store_verify(s, note_ports, &is_found, &result, &error) && is_found);
		store_close(s);
		buffer_done(&bytes);
		folder_done(&f);
	}
}

TEST(without_memory_nothing_is_called_damaged)
{
	struct test_folder f = make_store();
	unsigned unchecked = 0;
	for (unsigned long at = 1; at < 400; at += 3) {
		struct store *s = open_reader(f.path);
		struct store_verify_result r = { .problems = 0 };
		struct error error;
		memory_fail_at(at);
		const bool ok = store_verify(s, ignore, NULL, &r, &error);
		memory_fail_at(0);
		unchecked += ok && r.unchecked > 0;
		for (size_t i = 0; i < store_segment_count(s); i++)
			CHECK(!store_segment_at(s, i)->is_damaged);
		store_close(s);
	}
	CHECK(unchecked > 10);
	folder_done(&f);
}

TEST_MAIN
