// SPDX-License-Identifier: MIT
// Captures of a store, and the kinds of facts that they tell: they come back as they were, go with
// the capture, and a store from before a kind opens.
#include "store/test_sql.h"

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
	const struct ingest_ledger *x = a->ledger, *y = b->ledger;
	bool same = text_equal(a->name, b->name) && text_equal(a->format, b->format) &&
	            memcmp(&a->identity, &b->identity, sizeof a->identity) == 0 &&
	            a->head == b->head && a->first_ns == b->first_ns && a->last_ns == b->last_ns &&
	            a->is_simulated == b->is_simulated && (x == NULL) == (y == NULL) &&
	            (a->damage == NULL) == (b->damage == NULL) &&
	            (a->damage == NULL || text_equal(a->damage, b->damage));
	if (!same || x == NULL)
		return same;
	same = memcmp(x->frames, y->frames, sizeof x->frames) == 0 && x->first_ns == y->first_ns &&
	       x->last_ns == y->last_ns && x->is_simulated == y->is_simulated &&
	       x->detail_count == y->detail_count;
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

TEST_MAIN
