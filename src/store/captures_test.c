// SPDX-License-Identifier: MIT
// Captures of a store, and the kinds of facts that they tell: they come back as they were, go with
// the capture, and a store from before a kind opens.
#include "store/test_sql.h"

#include <unistd.h>

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
	identity.digest[15] ^= 1;
	CHECK(store_has_capture(s, &identity, &found, name, &error) && !found);
	CHECK(!take_hosts(s, &hosts, "second.pcap", 9, &error));  // counted once, whatever its name
	CHECK(holds(s, &hosts));
	store_close(s);
	hosts_done(&hosts);
	pile_done(&pile);
	folder_done(&f);
}

static bool same_drops(const struct capture_drops *a, const struct capture_drops *b)
{
	bool same = (a == NULL) == (b == NULL) && (a == NULL || a->said == b->said);
	for (unsigned counter = 0; same && a != NULL && counter < DROP_COUNTERS; counter++)
		same = a->packets[counter] == b->packets[counter];
	return same;
}

static bool same_seen(const struct capture_seen *a, const struct capture_seen *b)
{
	return (a == NULL) == (b == NULL) &&
	       (a == NULL ||
	        (a->count == b->count &&
	         memcmp(a->stretches, b->stretches, a->count * sizeof *a->stretches) == 0));
}

static bool same_capture(const struct store_capture *a, const struct store_capture *b)
{
	const struct ingest_ledger *x = a->ledger, *y = b->ledger;
	bool same = same_seen(a->seen, b->seen) && text_equal(a->name, b->name) &&
	            text_equal(a->format, b->format) &&
	            memcmp(&a->identity, &b->identity, sizeof a->identity) == 0 &&
	            a->head == b->head && a->first_ns == b->first_ns && a->last_ns == b->last_ns &&
	            a->is_simulated == b->is_simulated && (x == NULL) == (y == NULL) &&
	            (a->damage == NULL) == (b->damage == NULL) &&
	            (a->damage == NULL || text_equal(a->damage, b->damage));
	same = same && same_drops(a->drops, b->drops);
	if (!same || x == NULL)
		return same;
	same = memcmp(x->frames, y->frames, sizeof x->frames) == 0 && x->copies == y->copies &&
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

// As they ascend, though SQLite's numbers do not.
static struct seen_stretch test_stretches[] = { { 1, 5, 2 },
	                                        { 7, 7, 1 },
	                                        { UINT64_MAX / 2, UINT64_MAX / 2 + 9, INT64_MAX },
	                                        { UINT64_MAX - 1, UINT64_MAX, 1 } };
static const struct capture_seen test_seen = { test_stretches, 4 },
				 test_seen_once = { test_stretches + 1, 1 };

TEST(captures_come_back_in_order)
{
	static const char *const given[] = { "c", "a", "b", "a" };
	static const size_t order[] = { 3, 1, 2, 0 };  // by name, then by identity
	struct test_folder f = folder_new();
	struct store *s = open_writer(f.path);
	struct ingest_ledger ledgers[4];
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
			.first_ns = i == 0 ? UINT64_MAX : i,
			.last_ns = i * 1000,
			.is_simulated = i == 2,
			.ledger = i == 3 ? NULL : &ledgers[i],
		};
		ledgers[i] = (struct ingest_ledger){ .first_ns = captures[i].first_ns,
			                             .last_ns = captures[i].last_ns,
			                             .is_simulated = captures[i].is_simulated };
		for (unsigned kind = 0; kind < KIND_COUNT; kind++)
			ledgers[i].frames[kind] = kind * 100 + i;
	}
	// A zero that is said, and all counters.
	static const struct capture_drops zero = { .said = 1u << DROP_BY_SYSTEM },
					  all = { { 1, 2, 3, 4, 5, DROPS_MAX },
		                                  (1u << DROP_COUNTERS) - 1 };
	captures[0].drops = &zero;
	captures[2].drops = &all;
	captures[0].seen = &test_seen;
	ledgers[2].copies = UINT64_C(1) << 40;
	captures[1].seen = &test_seen_once;
	captures[1].damage = (char *)(uintptr_t) "cut off at byte 7";
	ledgers[1].detail_count = 5;
	static const struct ingest_detail details[] = {
		{ KIND_CUT_SHORT, 1, REASON_CUT_TCP, 0, 4 },
		{ KIND_MALFORMED, 1, REASON_IP_VERSION, 15, 1 },
		{ KIND_NOT_IP, 1, REASON_ETHERTYPE, 0x806, 5 },
		{ KIND_NOT_IP, 113, REASON_ETHERTYPE, 0x806, UINT64_C(1) << 40 },
		{ KIND_UNKNOWN_LINK, 192, REASON_LINK_TYPE, UINT32_MAX, 6 },
	};
	memcpy(ledgers[1].details, details, sizeof details);
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
	const struct ingest_ledger *l = found[0].ledger;
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
	const struct ingest_ledger ledger = { .first_ns = 1 };
	struct store_capture capture = { .name = (char *)(uintptr_t) "a",
		                         .format = "pcap",
		                         .ledger = &ledger };
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

// ---- drops

// A store with two captures, one day each, both with drops.
static struct test_folder store_of_two(void)
{
	struct test_folder f = folder_new();
	struct pile pile = pile_from(8, 20, 2, 1, 60);
	struct hosts all = pile_hosts(&pile, ALL_PIECES), one = all;
	struct store *s = open_writer(f.path);
	struct error error;
	for (one.count = 0; all.entries[one.count].day == TEST_DAY;)
		one.count++;
	CHECK(take_hosts(s, &one, "a", 1, &error));
	one.entries += one.count;
	one.count = all.count - one.count;
	CHECK(one.count > 0 && take_hosts(s, &one, "b", 2, &error));
	store_close(s);
	hosts_done(&all);
	pile_done(&pile);
	return f;
}

// Captures that the store has, and of how many it knows drops.
struct knowledge {
	size_t captures, with_drops;
};

static struct knowledge known_in(const char *path)
{
	struct knowledge known = { .captures = SIZE_MAX };
	struct store_capture *captures = NULL;
	struct store *s = open_reader(path);
	struct error error;
	CHECK(store_captures(s, &captures, &known.captures, &error));
	for (size_t i = 0; i < known.captures; i++) {
		known.with_drops += captures[i].drops != NULL;
		CHECK(captures[i].drops == NULL || same_drops(captures[i].drops, &test_drops));
	}
	store_captures_done(captures, known.captures);
	store_close(s);
	return known;
}

static int64_t number_of(const char *path, const char *sql)
{
	char file[400];
	sqlite3 *db;
	sqlite3_stmt *statement;
	CHECK(text_format(file, sizeof file, "%s/catalog.sqlite", path));
	CHECK(sqlite3_open(file, &db) == SQLITE_OK);
	CHECK(sqlite3_prepare_v2(db, sql, -1, &statement, NULL) == SQLITE_OK);
	CHECK(sqlite3_step(statement) == SQLITE_ROW);
	const int64_t number = sqlite3_column_int64(statement, 0);
	sqlite3_finalize(statement);
	sqlite3_close(db);
	return number;
}

static const char rows_of_drops[] = "SELECT count(*) FROM drops";

static void ignore(void *context, const char *text)
{
	(void)context;
	(void)text;
}

TEST(a_capture_owes_the_day_that_was_dropped)
{
	struct test_folder f = store_of_two();
	struct store_verify_result verified;
	struct store_dropped dropped;
	struct error error;
	char segment[400], line[512];
	CHECK(number_of(f.path, rows_of_drops) == 6 && known_in(f.path).with_drops == 2);
	struct store *s = open_writer(f.path);
	CHECK(text_format(segment, sizeof segment, "%s/%s", f.path, store_segment_at(s, 0)->file));
	CHECK(truncate(segment, 100) == 0);
	CHECK(store_verify(s, ignore, NULL, &verified, &error) && verified.problems > 0);
	CHECK(store_drop_damaged(s, false, ignore, NULL, &dropped, &error));
	CHECK(dropped.captures == 1 && dropped.segments == 1 && dropped.days == 1);
	store_close(s);
	CHECK(number_of(f.path, rows_of_drops) == 6 && known_in(f.path).captures == 2);
	CHECK(number_of(f.path, "SELECT count(*) FROM owed WHERE capture_id = 1") == 1);
	CHECK(problems_of(f.path, line) == 0);
	// Again it is no other.
	s = open_writer(f.path);
	CHECK(store_drop_damaged(s, false, ignore, NULL, &dropped, &error) &&
	      dropped.captures == 0);
	store_close(s);
	CHECK(number_of(f.path, "SELECT count(*) FROM owed") == 1);
	folder_done(&f);
}

// One that knows nothing of drops forgets a capture as it always did.
TEST(an_older_hotaru_forgets_drops_too)
{
	struct test_folder f = store_of_two();
	run_sql(f.path, "DELETE FROM ledger WHERE capture_id = 1;"
	                "DELETE FROM reason WHERE capture_id = 1;"
	                "DELETE FROM capture WHERE id = 1;");
	CHECK(number_of(f.path, rows_of_drops) == 3);
	CHECK(number_of(f.path, "SELECT count(*) FROM drops WHERE capture_id = 1") == 0);
	folder_done(&f);
}

// What is not there is not known, and is there after the next writer.
TEST(a_store_from_before_the_drops_opens)
{
	struct test_folder f = store_of_two();
	char line[512];
	run_sql(f.path, "DROP TRIGGER drops_are_forgotten; DROP TABLE drops;" TO_FORMAT_1);
	CHECK(known_in(f.path).captures == 2 && known_in(f.path).with_drops == 0);
	CHECK(problems_of(f.path, line) == 0);
	store_close(open_writer(f.path));
	CHECK(number_of(f.path, rows_of_drops) == 0 && known_in(f.path).with_drops == 0);
	CHECK(number_of(f.path, "PRAGMA user_version") == STORE_FORMAT);
	CHECK(problems_of(f.path, line) == 0);
	folder_done(&f);
}

static void note_drops(void *context, const char *line)
{
	*(unsigned *)context += text_equal(line, "catalogue: drops of capture 2 that cannot be: "
	                                         "dropped_by_interface") ||
	                        text_equal(line, "catalogue: rows of a capture that is not there: "
	                                         "77");
}

TEST(drops_are_verified)
{
	static const char *const changes[] = {
		"UPDATE drops SET packets = -1 WHERE capture_id = 2"
		" AND counter = 'dropped_by_interface'",
		"UPDATE drops SET packets = 'many' WHERE capture_id = 2"
		" AND counter = 'dropped_by_interface'",
		"INSERT INTO drops VALUES (77, 'received', 1)",
	};
	for (size_t i = 0; i < sizeof changes / sizeof *changes; i++) {
		struct test_folder f = store_of_two();
		struct store_verify_result result;
		struct store *s = NULL;
		struct error error;
		unsigned found = 0;
		run_sql(f.path, changes[i]);
		CHECK(!store_open(f.path, &s, &error) && strstr(error.text, "is damaged") != NULL);
		CHECK(store_open_to_verify(f.path, &s, &error));
		CHECK(store_verify(s, note_drops, &found, &result, &error));
		CHECK(found == 1 && result.problems == 2);  // the other is the seal
		store_close(s);
		folder_done(&f);
	}
}

// ---- when frames were seen, and copies

// A store with two captures, each seen twice, and with copies.
static struct test_folder store_of_seen(void)
{
	struct seen_stretch stretches[] = { { 10, 20, 5 }, { 30, 30, 1 } };
	const struct capture_seen seen = { stretches, 2 };
	const struct ingest_ledger ledger = { .first_ns = 10, .last_ns = 30, .copies = 2 };
	struct test_folder f = folder_new();
	struct store *s = open_writer(f.path);
	struct store_capture captures[2];
	struct store_ingest *in;
	struct error error;
	for (size_t i = 0; i < 2; i++)
		captures[i] = (struct store_capture){ .name = (char *)(uintptr_t) "a",
			                              .format = "pcap",
			                              .identity = { 7, { (uint8_t)i } },
			                              .first_ns = 10,
			                              .last_ns = 30,
			                              .ledger = &ledger,
			                              .seen = &seen };
	CHECK(store_ingest_begin(s, &in, &error) && store_ingest_commit(in, captures, 2, &error));
	store_ingest_free(in);
	store_close(s);
	return f;
}

// Stretches, and copies, of all captures.
static size_t seen_in(const char *path, uint64_t *copies)
{
	struct store_capture *captures = NULL;
	struct store *s = open_reader(path);
	struct error error;
	size_t count = 0, stretches = 0;
	CHECK(store_captures(s, &captures, &count, &error));
	*copies = 0;
	for (size_t i = 0; i < count; i++)
		*copies += captures[i].ledger->copies;
	for (size_t i = 0; i < count; i++)
		stretches += captures[i].seen != NULL ? captures[i].seen->count : 0;
	store_captures_done(captures, count);
	store_close(s);
	return stretches;
}

TEST(an_older_hotaru_forgets_when_frames_were_seen_and_copies)
{
	struct test_folder f = store_of_seen();
	char line[512];
	uint64_t copies;
	CHECK(seen_in(f.path, &copies) == 4 && copies == 4 && problems_of(f.path, line) == 0);
	run_sql(f.path,
	        "DELETE FROM ledger WHERE capture_id = 1; DELETE FROM capture WHERE id = 1;");
	CHECK(number_of(f.path, "SELECT count(*) FROM seen WHERE capture_id = 1") == 0);
	CHECK(number_of(f.path, "SELECT sum(frames) FROM seen") == 6);
	CHECK(number_of(f.path, "SELECT sum(frames) FROM copies") == 2);
	folder_done(&f);
}

TEST(a_store_from_before_it_kept_when_frames_were_seen_and_copies_opens)
{
	struct test_folder f = store_of_seen();
	char line[512];
	uint64_t copies;
	run_sql(f.path, "DROP TRIGGER seen_is_forgotten; DROP TABLE seen;"
	                "DROP TRIGGER copies_are_forgotten; DROP TABLE copies;" TO_FORMAT_1);
	CHECK(seen_in(f.path, &copies) == 0 && copies == 0 && problems_of(f.path, line) == 0);
	store_close(open_writer(f.path));
	CHECK(number_of(f.path, "SELECT count(*) FROM seen") == 0);
	CHECK(number_of(f.path, "SELECT count(*) FROM copies") == 0);
	CHECK(seen_in(f.path, &copies) == 0 && copies == 0);
	CHECK(problems_of(f.path, line) == 0);
	folder_done(&f);
}

static void note_seen(void *context, const char *line)
{
	*(unsigned *)context += text_equal(line, "catalogue: times of capture 2 that cannot be: "
	                                         "10") ||
	                        text_equal(line, "catalogue: copies of capture 2 that cannot be");
}

TEST(when_frames_were_seen_and_copies_are_verified)
{
	static const char *const changes[] = {
		"seen SET last_ns = 9",  "seen SET last_ns = 'now'", "seen SET frames = 0",
		"seen SET frames = 1.5", "copies SET frames = -1",   "copies SET frames = 'many'",
	};
	for (size_t i = 0; i < sizeof changes / sizeof *changes; i++) {
		struct test_folder f = store_of_seen();
		struct store_verify_result result;
		struct store *s = NULL;
		struct error error;
		char sql[128];
		unsigned found = 0;
		CHECK(text_format(sql, sizeof sql, "UPDATE %s WHERE capture_id = 2%s", changes[i],
		                  i < 4 ? " AND first_ns = 10" : ""));
		run_sql(f.path, sql);
		CHECK(store_open_to_verify(f.path, &s, &error));
		CHECK(store_verify(s, note_seen, &found, &result, &error));
		CHECK(found == 1 && result.problems == 2);  // the other is the seal
		store_close(s);
		folder_done(&f);
	}
}

// ---- beginnings

static const uint32_t *const of_all = (uint32_t[BEGINNING_MAX]){ 0xfedcba98, 2, 3, 4 };

struct begun {
	unsigned captures, with_digests;
};

static bool see(void *context, const struct capture_identity *identity, uint64_t head,
                const uint32_t *digests, struct error *error)
{
	struct begun *begun = context;
	const size_t count = beginning_count(identity->length_bytes);
	(void)error;
	CHECK(identity->length_bytes == 100 && head == identity->digest[0]);
	begun->captures++;
	begun->with_digests += digests != NULL && memcmp(digests, of_all, count * 4) == 0;
	return true;
}

static struct begun beginnings_in(struct store *s)
{
	struct begun begun = { 0 };
	struct error error;
	CHECK(store_beginnings(s, see, &begun, &error));
	return begun;
}

// All rows of the grown one are new, under the id that the capture had.
TEST(a_capture_that_has_grown_takes_the_place_of_the_other)
{
	struct test_folder f = folder_new();
	struct pile pile = pile_from(8, 20, 2, 3, 60);
	struct hosts all = pile_hosts(&pile, ALL_PIECES);
	struct hosts pieces[3];
	struct store *s = open_writer(f.path);
	struct error error;
	struct capture_identity identity = { .length_bytes = 100 };
	struct ingest_ledger counts;
	uint64_t sum = 0;
	uint32_t digests[BEGINNING_MAX];
	bool is_there;
	size_t days;
	char line[512];
	for (int i = 0; i < 3; i++)
		pieces[i] = pile_hosts(&pile, i);
	CHECK(take_hosts(s, &pieces[0], "a", 1, &error) &&
	      take_hosts(s, &pieces[1], "b", 2, &error));
	CHECK(take_grown(s, &pieces[0], 1, &pieces[2], "c", 3, of_all, &error));
	CHECK(!take_grown(s, &pieces[0], 1, &pieces[2], "c", 4, of_all, &error));  // it is gone
	CHECK(has_taken(s, 1, &is_there, &error) && !is_there);
	CHECK(has_taken(s, 3, &is_there, &error) && is_there);
	CHECK(store_compact(s, 0, &days, &error) && holds(s, &all));
	CHECK(beginnings_in(s).captures == 2);
	CHECK(beginnings_in(s).with_digests == 1);
	memset(identity.digest, 3, sizeof identity.digest);
	CHECK(store_capture_beginning(s, &identity, digests, &is_there, &error) && is_there);
	CHECK(memcmp(digests, of_all, beginning_count(100) * 4) == 0);
	CHECK(store_capture_counts(s, &identity, &counts, &error));
	memset(identity.digest, 2, sizeof identity.digest);
	CHECK(store_capture_beginning(s, &identity, digests, &is_there, &error) && !is_there);
	store_close(s);
	for (unsigned kind = 0; kind < KIND_COUNT; kind++)
		sum += counts.frames[kind];
	CHECK(sum ==
	      (uint64_t)number_of(f.path, "SELECT sum(frames) FROM ledger WHERE capture_id = 1"));
	CHECK(number_of(f.path, "SELECT count(*) FROM capture WHERE id = 1 AND name = 'c'") == 1);
	CHECK(known_in(f.path).captures == 2 && known_in(f.path).with_drops == 2);
	CHECK(problems_of(f.path, line) == 0);
	for (int i = 0; i < 3; i++)
		hosts_done(&pieces[i]);
	hosts_done(&all);
	pile_done(&pile);
	folder_done(&f);
}

static void note_beginning(void *context, const char *line)
{
	*(unsigned *)context += strstr(line,
	                               "digests of the beginning of a capture that cannot be: a") !=
	                        NULL;
}

TEST(beginnings_are_verified_and_an_older_store_has_none)
{
	struct test_folder f = store_of_two();
	struct store_verify_result result;
	struct store *s = NULL;
	struct error error;
	unsigned found = 0;
	run_sql(f.path, "INSERT INTO beginning VALUES (1, x'010203')");
	CHECK(store_open_to_verify(f.path, &s, &error));
	CHECK(store_verify(s, note_beginning, &found, &result, &error));
	CHECK(found == 1 && result.problems == 2);  // the other is the seal
	store_close(s);
	run_sql(f.path, "DROP TRIGGER beginnings_are_forgotten; DROP TABLE beginning;" TO_FORMAT_1);
	s = open_writer(f.path);
	CHECK(beginnings_in(s).captures == 2 && beginnings_in(s).with_digests == 0);
	store_close(s);
	folder_done(&f);
}

TEST_MAIN
