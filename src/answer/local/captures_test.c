// SPDX-License-Identifier: MIT
// Ledger, reasons, drops, captures and coverage: several questions at once are answered as each is
// alone, from captures that are read once; and what they say is what a small store was given.
#include "answer/local/test_local.h"

static const struct day_range second_day = { TEST_DAY + 1, TEST_DAY + 1 };

// A store of captures alone.
struct shelf {
	struct test_folder folder;
	struct store *store;
};

static void take_capture(struct store *s, const struct store_capture *capture)
{
	struct store_ingest *in;
	struct error error;
	CHECK(store_ingest_begin(s, &in, &error));
	CHECK(store_ingest_commit(in, capture, 1, &error));
	store_ingest_free(in);
}

static void note_flaw(struct ingest_ledger *ledger, enum kind kind, int32_t link_type,
                      enum reason reason, uint32_t number, uint64_t frames)
{
	ledger->details[ledger->detail_count++] = (struct ingest_detail){ kind, link_type, reason,
		                                                          number, frames };
	ledger->frames[kind] += frames;
}

static struct ingest_ledger ledger_of_day(int32_t day)
{
	const uint64_t begin_ns = (uint64_t)day * DAY_NS;
	return (struct ingest_ledger){ .first_ns = begin_ns, .last_ns = begin_ns + DAY_NS - 1 };
}

static struct store_capture capture_with(const char *name, uint8_t digest,
                                         const struct ingest_ledger *ledger)
{
	struct store_capture c = { .name = (char *)(uintptr_t)name,
		                   .format = "pcapng",
		                   .identity.length_bytes = digest,
		                   .head = digest,
		                   .first_ns = ledger->first_ns,
		                   .last_ns = ledger->last_ns,
		                   .is_simulated = ledger->is_simulated,
		                   .ledger = ledger };
	c.identity.digest[0] = digest;
	return c;
}

// "a" and "b" are of the first and second day, "c" is damaged and of both, "d" is empty, and "e" has no
// ledger. No frame of them was understood, so that there is no host-day.
static void fill(struct store *s)
{
	static const char damage[] = "damaged at byte 4096: a packet of 70000 bytes cannot be";
	const struct capture_drops lost = { { [DROP_BY_INTERFACE] = 7, [DROP_BY_SYSTEM] = 2 },
		                            1u << DROP_BY_INTERFACE | 1u << DROP_BY_SYSTEM };
	const struct capture_drops none = { .said = 1u << DROP_BETWEEN };
	struct ingest_ledger a = ledger_of_day(TEST_DAY), b = ledger_of_day(TEST_DAY + 1);
	struct ingest_ledger c = ledger_of_day(TEST_DAY), d = { .first_ns = UINT64_MAX };
	note_flaw(&a, KIND_NOT_IP, 1, REASON_ETHERTYPE, 0x0806, 30);
	note_flaw(&a, KIND_MALFORMED, 1, REASON_IP_VERSION, 7, 2);
	note_flaw(&b, KIND_NOT_IP, 1, REASON_ETHERTYPE, 0x0806, 4);
	note_flaw(&b, KIND_NOT_IP, LINK_TYPE_UNSAID, REASON_NO_PACKET, 0, 50);
	b.is_simulated = true;
	c.last_ns += DAY_NS;
	c.frames[KIND_CUT_SHORT] = 5;
	c.frames[KIND_IPV6] = 9;
	struct store_capture list[] = { capture_with("b", 2, &b), capture_with("a", 1, &a),
		                        capture_with("c", 3, &c), capture_with("d", 4, &d),
		                        capture_with("e", 5, &d) };
	list[0].drops = &none;
	list[1].drops = &lost;
	list[2].drops = &lost;
	list[4].ledger = NULL;
	list[2].damage = (char *)(uintptr_t)damage;
	for (size_t i = 0; i < sizeof list / sizeof *list; i++)
		take_capture(s, &list[i]);
}

static struct shelf shelf_new(void)
{
	struct shelf s = { .folder = folder_new() };
	s.store = open_writer(s.folder.path);
	fill(s.store);
	store_close(s.store);
	s.store = open_reader(s.folder.path);
	return s;
}

static void shelf_done(struct shelf *s)
{
	store_close(s->store);
	folder_done(&s->folder);
}

static void ask_one(const struct shelf *s, enum question_kind kind, struct day_range days,
                    struct asked *out)
{
	const struct local_world world = { .holdings = store_holdings(s->store) };
	const struct question question = { .kind = kind, .days = days };
	struct error error;
	CHECK(ask_local(&world, &question, 1, out, &error));
}

// The row of that capture whose column has that text; SIZE_MAX: there is none.
static size_t find_row(const struct answer *a, const char *capture, const char *column,
                       const char *text)
{
	for (size_t row = 0; row < a->row_count; row++)
		if (text_equal(answer_text(a, row, answer_column(a, "capture")), capture) &&
		    text_equal(answer_text(a, row, answer_column(a, column)), text))
			return row;
	return SIZE_MAX;
}

static uint64_t count_of(const struct answer *a, const char *capture, const char *counter,
                         const char *column)
{
	const size_t row = find_row(a, capture, "counter", counter);
	return row == SIZE_MAX ? UINT64_MAX : answer_number(a, row, answer_column(a, column));
}

// ---- the answers

TEST(the_ledger_adds_up_over_captures)
{
	struct shelf s = shelf_new();
	struct asked asked;
	ask_one(&s, QUESTION_LEDGER, all_days, &asked);
	const struct answer *a = &asked.answer;
	CHECK(a->row_count == (4 + 1) * (KIND_COUNT + 1));
	CHECK(count_of(a, "a", "not_ip", "frames") == 30);
	CHECK(count_of(a, "a", "frames", "frames") == 32);
	CHECK(count_of(a, "c", "frames", "frames") == 14);
	CHECK(count_of(a, "d", "frames", "frames") == 0);
	CHECK(count_of(a, "*", "not_ip", "frames") == 84);
	CHECK(count_of(a, "*", "frames", "frames") == 32 + 54 + 14);
	CHECK(find_row(a, "e", "counter", "frames") == SIZE_MAX);
	asked_done(&asked, 1);
	// Of the second day are "b" and "c"; what is empty is of no day.
	ask_one(&s, QUESTION_LEDGER, second_day, &asked);
	CHECK(a->row_count == (2 + 1) * (KIND_COUNT + 1));
	CHECK(count_of(a, "*", "frames", "frames") == 54 + 14);
	CHECK(find_row(a, "a", "counter", "frames") == SIZE_MAX);
	asked_done(&asked, 1);
	ask_one(&s, QUESTION_LEDGER, (struct day_range){ -1, INT32_MAX }, &asked);
	CHECK(find_row(a, "c", "counter", "frames") != SIZE_MAX);
	CHECK(find_row(a, "d", "counter", "frames") == SIZE_MAX);
	asked_done(&asked, 1);
	shelf_done(&s);
}

TEST(reasons_are_by_counter_and_the_most_frames_first)
{
	struct shelf s = shelf_new();
	struct asked asked;
	ask_one(&s, QUESTION_REASONS, all_days, &asked);
	const struct answer *a = &asked.answer;
	const size_t first = find_row(a, "*", "reason", "no_packet"),
		     arp = find_row(a, "*", "reason", "ethertype"),
		     other = find_row(a, "*", "reason", "other");
	// "b" had fewer ARP than of that, "a" more.
	CHECK(find_row(a, "a", "reason", "ethertype") == 0 && arp == first + 1);
	CHECK(count_of(a, "*", "not_ip", "frames") == 50);
	CHECK(answer_number(a, arp, answer_column(a, "frames")) == 34);
	CHECK(answer_number(a, arp, answer_column(a, "number")) == 0x0806);
	CHECK(text_equal(answer_text(a, arp, answer_column(a, "link_name")), decode_link_name(1)));
	CHECK(answer_cell(a, first, answer_column(a, "link_type"))->state == CELL_EMPTY);
	CHECK(answer_cell(a, first, answer_column(a, "link_name"))->state == CELL_EMPTY);
	// "c" has frames that no reason was kept of. IPv6 needs none.
	CHECK(other == a->row_count - 1);
	CHECK(answer_number(a, other, answer_column(a, "frames")) == 5);
	CHECK(find_row(a, "*", "counter", "ipv6") == SIZE_MAX);
	asked_done(&asked, 1);
	shelf_done(&s);
}

TEST(drops_are_what_captures_say)
{
	struct shelf s = shelf_new();
	struct asked asked;
	ask_one(&s, QUESTION_DROPS, all_days, &asked);
	const struct answer *a = &asked.answer;
	const struct caveat *lost = caveats_find(&asked.inquiry.caveats, CAVEAT_PACKETS_LOST);
	CHECK(a->row_count == 2 + 1 + 2 + 3);
	CHECK(count_of(a, "a", "dropped_by_interface", "packets") == 7);
	CHECK(count_of(a, "b", drop_counter_names[DROP_BETWEEN], "packets") == 0);
	CHECK(count_of(a, "*", "dropped_by_interface", "packets") == 14);
	CHECK(count_of(a, "*", "received", "packets") == UINT64_MAX);
	CHECK(lost != NULL && lost->numbers[0] == 18 && lost->numbers[1] == 2);
	CHECK(lost != NULL && lost->numbers[2] == 3 && lost->numbers[3] == 5);
	CHECK(caveats_find(&asked.inquiry.caveats, CAVEAT_NO_DROPS) == NULL);
	asked_done(&asked, 1);
	// No capture is of that day.
	ask_one(&s, QUESTION_DROPS, (struct day_range){ TEST_DAY + 7, TEST_DAY + 7 }, &asked);
	CHECK(a->row_count == 0);
	CHECK(caveats_find(&asked.inquiry.caveats, CAVEAT_PACKETS_LOST) == NULL);
	CHECK(caveats_find(&asked.inquiry.caveats, CAVEAT_NO_DROPS) != NULL);
	asked_done(&asked, 1);
	shelf_done(&s);
}

TEST(captures_are_listed_with_what_is_wrong_with_them)
{
	struct shelf s = shelf_new();
	struct asked asked;
	ask_one(&s, QUESTION_CAPTURES, all_days, &asked);
	const struct answer *a = &asked.answer;
	const size_t first = answer_column(a, "first"), frames = answer_column(a, "frames"),
		     damage = answer_column(a, "damage"), mark = answer_column(a, "is_simulated");
	CHECK(a->row_count == 5);
	CHECK(answer_cell(a, 1, first)->time_ns == (TEST_DAY + 1) * DAY_NS);
	CHECK(answer_number(a, 1, mark) == 1 && answer_number(a, 0, mark) == 0);
	CHECK(strstr(answer_text(a, 2, damage), "damaged at byte 4096") != NULL);
	CHECK(answer_cell(a, 1, damage)->state == CELL_EMPTY);
	CHECK(answer_cell(a, 3, first)->state == CELL_EMPTY);
	CHECK(answer_cell(a, 3, frames)->state == CELL_VALUE);
	CHECK(answer_cell(a, 4, frames)->state == CELL_EMPTY);
	asked_done(&asked, 1);
	// Damage is told with every ledger: the frames that are missing may be of any day.
	ask_one(&s, QUESTION_LEDGER, (struct day_range){ TEST_DAY + 7, TEST_DAY + 7 }, &asked);
	const struct caveat *damaged = caveats_find(&asked.inquiry.caveats, CAVEAT_CAPTURE_DAMAGED);
	CHECK(damaged != NULL && text_equal(damaged->texts[0], "c"));
	CHECK(damaged != NULL && strstr(damaged->texts[1], "70000 bytes") != NULL);
	asked_done(&asked, 1);
	shelf_done(&s);
}

TEST(coverage_is_of_the_days_that_are_asked_for)
{
	struct pile pile = pile_from(3, 20, 3, 2, 400);
	struct stock s = stock_of(&pile, 2);
	const struct local_world world = { .holdings = store_holdings(s.store) };
	const struct question questions[] = { { .kind = QUESTION_COVERAGE, .days = all_days },
		                              { .kind = QUESTION_COVERAGE, .days = second_day } };
	struct asked asked[2];
	struct error error;
	CHECK(ask_local(&world, questions, 2, asked, &error));
	const struct answer *a = &asked[0].answer, *b = &asked[1].answer;
	const size_t day = answer_column(a, "day");
	CHECK(a->row_count == 3 && b->row_count == 1);
	CHECK(answer_day(b, 0, day) == TEST_DAY + 1);
	CHECK(answer_number(b, 0, answer_column(b, "captures")) == 2);
	CHECK(answer_real(b, 0, answer_column(b, "share")) == 1);
	CHECK(answer_number(b, 0, answer_column(b, "covered_seconds")) == 86400);
	CHECK(text_equal(answer_text(b, 0, answer_column(b, "status")), "covered"));
	for (size_t column = 0; column < a->schema.count; column++) {
		const struct cell *x = answer_cell(a, 1, column), *y = answer_cell(b, 0, column);
		CHECK(a->schema.columns[column].type == CELL_TEXT || x->number == y->number);
	}
	asked_done(asked, 2);
	stock_done(&s);
}

// ---- together, and what holds for all of them

TEST(questions_are_answered_together_as_alone)
{
	static const enum question_kind kinds[] = { QUESTION_REASONS, QUESTION_COVERAGE,
		                                    QUESTION_LEDGER, QUESTION_CAPTURES,
		                                    QUESTION_DROPS };
	struct shelf s = shelf_new();
	const struct local_world world = { .holdings = store_holdings(s.store) };
	struct question questions[ASKED_MAX];
	size_t count = 0;
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
		questions[count++] = (struct question){ .kind = kinds[i], .days = second_day };
		questions[count++] = (struct question){ .kind = kinds[i], .days = all_days };
	}
	check_together(&world, questions, count);
	shelf_done(&s);
}

TEST(the_description_says_where_facts_come_from)
{
	struct shelf s = shelf_new();
	const struct local_world world = { .holdings = store_holdings(s.store) };
	struct engine *engine;
	struct error error;
	CHECK(local_engine_open(&world, &engine, &error));
	const struct description *d = engine_describe(engine);
	const struct caveat *simulated = caveats_find(&d->caveats, CAVEAT_SIMULATED);
	const struct caveat *damaged = caveats_find(&d->caveats, CAVEAT_DAMAGED);
	CHECK(simulated != NULL && simulated->numbers[0] == 1 && simulated->numbers[1] == 5);
	CHECK(damaged != NULL && damaged->numbers[0] == 1 && damaged->numbers[1] == 5);
	CHECK(d->has_addresses && caveats_find(&d->caveats, CAVEAT_HASHED) == NULL);
	engine_close(engine);
	shelf_done(&s);
}

TEST(sources_that_are_hashes_have_no_addresses)
{
	struct shelf s = { .folder = folder_new() };
	struct ingest_ledger ledger = ledger_of_day(TEST_DAY);
	struct store_capture capture = capture_with("hashed", 1, &ledger);
	struct engine *engine;
	struct error error;
	s.store = open_writer(s.folder.path);
	text_copy(capture.format, sizeof capture.format, "darknet-csv");
	take_capture(s.store, &capture);
	const struct local_world world = { .holdings = store_holdings(s.store) };
	CHECK(local_engine_open(&world, &engine, &error));
	const struct description *d = engine_describe(engine);
	const struct caveat *hashed = caveats_find(&d->caveats, CAVEAT_HASHED);
	CHECK(!d->has_addresses && hashed != NULL && hashed->numbers[0] == 1);
	engine_close(engine);
	shelf_done(&s);
}

TEST_MAIN
