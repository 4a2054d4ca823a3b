// SPDX-License-Identifier: MIT
// Opening, settings, locks, garbage, commits, captures: what a store promises to
// whoever writes and reads it.
#include "store/segment.h"
#include "store/test_store.h"

#include <sqlite3.h>
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

static void run_sql(const char *path, const char *sql)
{
	char file[400];
	sqlite3 *db;
	CHECK(text_format(file, sizeof file, "%s/catalog.sqlite", path));
	CHECK(sqlite3_open(file, &db) == SQLITE_OK);
	CHECK(sqlite3_exec(db, sql, NULL, NULL, NULL) == SQLITE_OK);
	sqlite3_close(db);
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
		CHECK(fingerprint_find(&is->fingerprints, "knock", &bit) != NULL && bit == 6);
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
	// The same meaning in other words is no contradiction.
	request = (struct store_request){
		.telescope = "198.51.100.0/25,192.0.2.128/25@..2016-12-31, "
			     "192.0.2.0/25@..2016-12-31"
	};
	CHECK(text_equal(writing_error(f.path, &request).text, ""));
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

// Makes a store one of format 1, which had no seal and kept less of reasons. What is changed
// by SQL behind it breaks no seal.
#define TO_FORMAT_1                                                                                \
	"DROP TABLE seal; DROP TABLE database; DROP VIEW not_understood; DROP TABLE reason;"       \
	"CREATE TABLE not_understood (capture_id INTEGER NOT NULL REFERENCES capture,"             \
	"  counter TEXT NOT NULL, detail INTEGER NOT NULL, frames INTEGER NOT NULL,"               \
	"  PRIMARY KEY (capture_id, counter, detail)) WITHOUT ROWID; PRAGMA user_version = 1;"

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
	const struct store_capture capture = capture_of(&hosts, "c", 1);
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
	const struct store_capture twins[] = { capture_of(&hosts, "a", 7),
		                               capture_of(&hosts, "b", 7) };
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

TEST(captures_are_known_by_their_identity)
{
	struct test_folder f = folder_new();
	struct pile pile = pile_from(4, 5, 1, 1, 20);
	struct hosts hosts = pile_hosts(&pile, ALL_PIECES);
	struct store *s = open_writer(f.path);
	struct error error;
	struct capture_identity identity = { .length_bytes = 100 };
	bool found;
	char name[256] = "untouched";
	CHECK(take_hosts(s, &hosts, "first.pcap", 9, &error));
	memset(identity.digest, 9, sizeof identity.digest);
	CHECK(store_has_capture(s, &identity, &found, name, &error));
	CHECK(found && text_equal(name, "first.pcap"));
	CHECK(store_has_head(s, 9, &found, &error) && found);
	CHECK(store_has_head(s, 10, &found, &error) && !found);
	identity.digest[15] ^= 1;
	CHECK(store_has_capture(s, &identity, &found, name, &error) && !found);
	CHECK(!take_hosts(s, &hosts, "second.pcap", 9, &error));  // counted once, whatever its name
	CHECK(holds(s, &hosts));
	store_close(s);
	hosts_done(&hosts);
	pile_done(&pile);
	folder_done(&f);
}

static bool same_capture(const struct store_capture *a, const struct store_capture *b)
{
	const struct ingest_ledger *x = &a->ledger, *y = &b->ledger;
	bool same = text_equal(a->name, b->name) && text_equal(a->format, b->format) &&
	            memcmp(&a->identity, &b->identity, sizeof a->identity) == 0 &&
	            a->head == b->head && (a->damage == NULL) == (b->damage == NULL) &&
	            (a->damage == NULL || text_equal(a->damage, b->damage)) &&
	            memcmp(x->frames, y->frames, sizeof x->frames) == 0 &&
	            x->first_ns == y->first_ns && x->last_ns == y->last_ns &&
	            x->is_simulated == y->is_simulated && x->detail_count == y->detail_count;
	for (size_t i = 0; same && i < x->detail_count; i++)
		same = x->details[i].kind == y->details[i].kind &&
		       x->details[i].link_type == y->details[i].link_type &&
		       x->details[i].reason == y->details[i].reason &&
		       x->details[i].number == y->details[i].number &&
		       x->details[i].frames == y->details[i].frames;
	return same;
}

TEST(captures_come_back_in_order)
{
	static const char *const given[] = { "c", "a", "b", "a" };
	static const size_t order[] = { 3, 1, 2, 0 };  // by name, then by identity
	struct test_folder f = folder_new();
	struct store *s = open_writer(f.path);
	struct store_capture captures[4], *found = NULL;
	struct store_ingest *in;
	struct error error;
	size_t count = 0;
	for (size_t i = 0; i < 4; i++) {
		captures[i] = (struct store_capture){
			.name = (char *)(uintptr_t)given[i],
			.format = "pcapng.zst",
			.head = UINT64_MAX - i,
			.identity = { UINT64_C(1) << (40 + i), { (uint8_t)(0x81 - i), 1 } },
			.ledger = { .first_ns = i == 0 ? UINT64_MAX : i,
			            .last_ns = i * 1000,
			            .is_simulated = i == 2 },
		};
		for (unsigned kind = 0; kind < KIND_COUNT; kind++)
			captures[i].ledger.frames[kind] = kind * 100 + i;
	}
	captures[1].damage = (char *)(uintptr_t) "cut off at byte 7";
	captures[1].ledger.detail_count = 5;
	static const struct ingest_detail details[] = {
		{ KIND_CUT_SHORT, 1, REASON_CUT_TCP, 0, 4 },
		{ KIND_MALFORMED, 1, REASON_IP_VERSION, 15, 1 },
		{ KIND_NOT_IP, 1, REASON_ETHERTYPE, 0x806, 5 },
		{ KIND_NOT_IP, 113, REASON_ETHERTYPE, 0x806, UINT64_C(1) << 40 },
		{ KIND_UNKNOWN_LINK, 192, REASON_LINK_TYPE, UINT32_MAX, 6 },
	};
	memcpy(captures[1].ledger.details, details, sizeof details);
	CHECK(store_ingest_begin(s, &in, &error) && store_ingest_commit(in, captures, 4, &error));
	store_ingest_free(in);
	store_close(s);
	s = open_reader(f.path);
	CHECK(store_captures(s, &found, &count, &error) && count == 4);
	for (size_t i = 0; i < count; i++)
		CHECK(same_capture(&found[i], &captures[order[i]]));
	store_captures_done(found, count);
	store_close(s);
	folder_done(&f);
}

static void check_old_reasons(const char *path)
{
	struct store *s = open_reader(path);
	struct store_capture *found = NULL;
	struct error error;
	size_t count = 0;
	CHECK(store_captures(s, &found, &count, &error) && count == 1);
	const struct ingest_ledger *l = &found[0].ledger;
	CHECK(l->detail_count == 3);
	for (size_t i = 0; i < l->detail_count; i++) {
		const struct ingest_detail *d = &l->details[i];
		CHECK(d->kind != KIND_NOT_IP || d->link_type == LINK_TYPE_UNSAID);
		CHECK(d->frames != 7 || (d->reason == REASON_OTHER && d->number == 0));
		CHECK(d->frames != 8 || (d->reason == REASON_ETHERTYPE && d->number == 0x806));
		CHECK(d->frames != 9 || (d->reason == REASON_LINK_TYPE && d->number == 147 &&
		                         d->link_type == 147 && d->kind == KIND_UNKNOWN_LINK));
		CHECK(d->frames >= 7 && d->frames <= 9);
	}
	store_captures_done(found, count);
	store_close(s);
}

TEST(a_store_from_before_the_reasons_opens)
{
	struct test_folder f = folder_new();
	struct store_capture capture = { .name = (char *)(uintptr_t) "a", .format = "pcap" };
	struct store_ingest *in;
	struct error error;
	struct store *s = open_writer(f.path);
	CHECK(store_ingest_begin(s, &in, &error) && store_ingest_commit(in, &capture, 1, &error));
	store_ingest_free(in);
	store_close(s);
	run_sql(f.path, TO_FORMAT_1 "INSERT INTO not_understood VALUES (1, 'not_ip', 0, 7),"
	                            " (1, 'not_ip', 2054, 8), (1, 'unknown_link', 147, 9);");
	check_old_reasons(f.path);  // as it is
	s = open_writer(f.path);
	store_close(s);
	check_old_reasons(f.path);  // as the writer left it
	// Who read the old table still can; INSERT fails if a number is another.
	run_sql(f.path, "CREATE TABLE proof (rows CHECK (rows = 3), frames CHECK (frames = 24),"
	                "  details CHECK (details = 2201));"
	                "INSERT INTO proof SELECT count(*), sum(frames), sum(detail)"
	                "  FROM not_understood;");
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
			struct span set;
			for (size_t h = 0; h < hosts.count; h++) {
				const struct host_day *host = &hosts.entries[h].host;
				if (hosts.entries[h].day == day)
					expected += f_bit == 6 ? host_day_packets(host, KIND_SYN)
					            : host->matched_mask >> f_bit & 1
					                    ? host->matched[f_bit]
					                    : 0;
			}
			CHECK(store_segment_syns(s, i, id, &found, &error) && found == expected);
			CHECK(store_segment_set(s, i, id, &set, &error));
			CHECK((set.length > 0) == (expected > 0));
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
