// SPDX-License-Identifier: MIT
// Sources and shapes: several questions at once are answered as each is alone, in one pass over the
// days; and what they say is what the host-days of a small store are.
#include "answer/local/test_local.h"

#include "analyse/shapes/shapes.h"

enum { SOURCES = 60, DAYS = 4, RECORDS = 3000 };

static const char *const all_syns[] = { "*" };

static struct local_world world_of(const struct stock *s)
{
	return (struct local_world){ .holdings = store_holdings(s->store) };
}

static const char *family(const struct stock *s, size_t bit)
{
	return store_settings(s->store)->fingerprints.entries[bit].name;
}

static struct question question_of(enum question_kind kind, const char *const *families,
                                   size_t count)
{
	return (struct question){
		.kind = kind, .days = all_days, .families = families, .family_count = count
	};
}

// Questions that differ in all that a question can differ in.
static size_t make_questions(const char *const *families, struct question out[ASKED_MAX])
{
	static const uint16_t telnet = 23;
	size_t count = 0;
	out[count++] = question_of(QUESTION_SHAPES, families, 3);
	out[count] = question_of(QUESTION_SHAPES, families + 1, 2);
	out[count++].days = (struct day_range){ TEST_DAY + 1, TEST_DAY + 2 };
	out[count] = question_of(QUESTION_SHAPES, all_syns, 1);
	out[count++].protocol = PROTOCOL_UDP_DATAGRAM;
	out[count] = question_of(QUESTION_SHAPES, all_syns, 1);
	out[count++].days = (struct day_range){ TEST_DAY - 9, TEST_DAY - 1 };
	out[count++] = question_of(QUESTION_SOURCES, all_syns, 1);
	out[count] = question_of(QUESTION_SOURCES, families + 2, 1);
	out[count++].top = 3;
	out[count] = question_of(QUESTION_SOURCES, all_syns, 1);
	out[count].ports = &telnet;
	out[count].port_count = 1;
	out[count++].without_floods = true;
	out[count] = question_of(QUESTION_SOURCES, all_syns, 1);
	out[count].days = (struct day_range){ TEST_DAY + 3, TEST_DAY + 3 };
	out[count++].sources.shape = "horizontal";
	return count;
}

TEST(questions_are_answered_together_as_alone)
{
	for (uint64_t seed = 1; seed <= random_rounds(3); seed++) {
		struct stock s = stock_with_flood(seed, SOURCES, DAYS, RECORDS);
		const struct local_world world = world_of(&s);
		const char *const families[] = { "*", family(&s, 0), family(&s, 3) };
		struct question questions[ASKED_MAX];
		check_together(&world, questions, make_questions(families, questions));
		stock_done(&s);
	}
}

TEST(days_are_read_once_for_all_questions)
{
	struct stock s = stock_with_flood(4, SOURCES, DAYS, RECORDS);
	const struct local_world world = world_of(&s);
	const char *const families[] = { "*", family(&s, 0), family(&s, 3) };
	struct question questions[ASKED_MAX];
	struct asked asked[ASKED_MAX];
	struct error error;
	const size_t count = make_questions(families, questions);
	test_count_opened(world.holdings);
	CHECK(ask_local(&world, questions, 1, asked, &error));
	const size_t alone = test_opened;
	asked_done(asked, 1);
	test_count_opened(world.holdings);
	CHECK(ask_local(&world, questions, count, asked, &error));
	CHECK(alone >= DAYS && test_opened == alone);
	asked_done(asked, count);
	// Days that nobody asks about are not read, neither for floods nor for rows.
	test_count_opened(world.holdings);
	CHECK(ask_local(&world, &questions[1], 1, asked, &error));
	CHECK(test_opened == alone - 2 * 2);
	const struct answer *shapes = &asked[0].answer;
	const size_t day = answer_column(shapes, "day"), last = shapes->row_count - 1;
	CHECK(answer_day(shapes, 0, day) == TEST_DAY + 1);
	CHECK(answer_day(shapes, last, day) == TEST_DAY + 2);
	asked_done(asked, 1);
	stock_done(&s);
}

TEST(each_source_day_is_a_row)
{
	struct stock s = stock_with_flood(5, SOURCES, DAYS, RECORDS);
	const struct local_world world = world_of(&s);
	const struct question question = question_of(QUESTION_SOURCES, all_syns, 1);
	struct asked asked;
	struct error error;
	size_t row = 0;
	CHECK(ask_local(&world, &question, 1, &asked, &error));
	const struct answer *a = &asked.answer;
	for (size_t i = 0; i < s.hosts.count; i++) {
		const struct day_host *want = &s.hosts.entries[i];
		const uint64_t packets = host_day_packets(&want->host, KIND_SYN);
		if (packets == 0)
			continue;
		CHECK(row < a->row_count);
		CHECK(answer_day(a, row, answer_column(a, "day")) == want->day);
		CHECK(answer_cell(a, row, answer_column(a, "source"))->address ==
		      want->host.source);
		CHECK(answer_cell(a, row, answer_column(a, "last"))->time_ns == want->host.last_ns);
		CHECK(answer_number(a, row, answer_column(a, "packets")) == packets);
		CHECK(answer_cell(a, row, answer_column(a, "rate"))->state == CELL_UNKNOWN);
		row++;
	}
	CHECK(row == a->row_count && asked.inquiry.caveats.count == 0);
	asked_done(&asked, 1);
	stock_done(&s);
}

// How many rows of the day come before this one, by packets and then by source.
static size_t rank_of(const struct answer *a, size_t row)
{
	const size_t day = answer_column(a, "day"), packets = answer_column(a, "packets");
	size_t rank = 0;
	for (size_t i = 0; i < a->row_count; i++) {
		if (answer_day(a, i, day) != answer_day(a, row, day))
			continue;
		const uint64_t x = answer_number(a, i, packets), y = answer_number(a, row, packets);
		rank += x > y || (x == y && i < row);
	}
	return rank;
}

TEST(the_top_of_each_day_are_those_with_most_packets)
{
	enum { TOP = 7 };
	struct stock s = stock_with_flood(6, SOURCES, DAYS, RECORDS);
	const struct local_world world = world_of(&s);
	struct question questions[2] = { question_of(QUESTION_SOURCES, all_syns, 1),
		                         question_of(QUESTION_SOURCES, all_syns, 1) };
	struct asked asked[ASKED_MAX];
	struct error error;
	size_t found = 0;
	questions[1].top = TOP;
	CHECK(ask_local(&world, questions, 2, asked, &error));
	const struct answer *all = &asked[0].answer, *top = &asked[1].answer;
	const size_t source = answer_column(all, "source"), day = answer_column(all, "day");
	CHECK(top->row_count == TOP * DAYS);
	for (size_t i = 0, days = 0; i < all->row_count; i++) {
		days += i > 0 && answer_day(all, i, day) != answer_day(all, i - 1, day);
		const size_t rank = rank_of(all, i), at = TOP * days + rank;
		if (rank >= TOP)
			continue;
		CHECK(answer_day(top, at, day) == answer_day(all, i, day) &&
		      answer_cell(top, at, source)->address ==
		              answer_cell(all, i, source)->address);
		found++;
	}
	CHECK(found == top->row_count);
	asked_done(asked, 2);
	stock_done(&s);
}

TEST(shapes_add_up_to_the_sources)
{
	struct stock s = stock_with_flood(7, SOURCES, DAYS, RECORDS);
	const struct local_world world = world_of(&s);
	const char *const families[] = { family(&s, 3) };
	const struct question questions[] = { question_of(QUESTION_SHAPES, families, 1),
		                              question_of(QUESTION_SOURCES, families, 1) };
	struct asked asked[ASKED_MAX];
	struct error error;
	uint64_t sources = 0, packets = 0;
	CHECK(ask_local(&world, questions, 2, asked, &error));
	const struct answer *shapes = &asked[0].answer, *rows = &asked[1].answer;
	for (size_t i = 0; i < shapes->row_count; i++) {
		CHECK(text_equal(answer_text(shapes, i, answer_column(shapes, "family")),
		                 families[0]));
		sources += answer_number(shapes, i, answer_column(shapes, "sources"));
		packets += answer_number(shapes, i, answer_column(shapes, "packets"));
	}
	for (size_t i = 0; i < rows->row_count; i++)
		packets -= answer_number(rows, i, answer_column(rows, "packets"));
	CHECK(sources > 0 && sources == rows->row_count && packets == 0);
	asked_done(asked, 2);
	stock_done(&s);
}

TEST(flood_suspects_are_left_out_and_counted)
{
	struct stock s = stock_with_flood(10, SOURCES, DAYS, RECORDS);
	const struct local_world world = world_of(&s);
	struct question questions[] = { question_of(QUESTION_SOURCES, all_syns, 1),
		                        question_of(QUESTION_SOURCES, all_syns, 1),
		                        question_of(QUESTION_SHAPES, all_syns, 1) };
	struct asked asked[ASKED_MAX];
	struct error error;
	uint64_t suspects = 0;
	questions[1].without_floods = questions[2].without_floods = true;
	CHECK(ask_local(&world, questions, 3, asked, &error));
	const struct answer *shapes = &asked[2].answer;
	for (size_t i = 0; i < shapes->row_count; i++)
		suspects += answer_number(shapes, i, answer_column(shapes, "flood_suspects"));
	CHECK(suspects >= TEST_FLOOD);
	CHECK(asked[0].answer.row_count == asked[1].answer.row_count + suspects);
	CHECK(asked[0].inquiry.caveats.count == 0);
	for (size_t i = 1; i < 3; i++) {
		const struct caveat *c = caveats_find(&asked[i].inquiry.caveats,
		                                      CAVEAT_FLOODS_LEFT_OUT);
		CHECK(c != NULL && c->numbers[0] == suspects && c->numbers[1] == 1);
	}
	asked_done(asked, 3);
	stock_done(&s);
}

TEST(who_wants_no_more_stops_nobody_else)
{
	struct stock s = stock_with_flood(8, SOURCES, DAYS, RECORDS);
	const struct local_world world = world_of(&s);
	const struct limits limits = { .threads = 1 };
	const struct question question = question_of(QUESTION_SOURCES, all_syns, 1);
	struct impatient impatient = impatient_after(5);
	struct answer answer = answer_new();
	struct inquiry inquiries[] = { { &question, &impatient.receiver },
		                       { &question, &answer.receiver } };
	struct engine *engine;
	struct error error;
	CHECK(local_engine_open(&world, &engine, &error));
	CHECK(engine_ask(engine, inquiries, 2, &limits, &error));
	CHECK(impatient.count == 5 && answer.row_count > 100);
	// Alone it ends the reading.
	impatient.count = 0;
	test_count_opened(world.holdings);
	CHECK(engine_ask(engine, inquiries, 1, &limits, &error));
	CHECK(impatient.count == 5 && test_opened > 0 && test_opened < DAYS);
	engine_close(engine);
	caveats_done(&inquiries[0].caveats);
	caveats_done(&inquiries[1].caveats);
	answer_done(&answer);
	stock_done(&s);
}

static bool is_refused(const struct local_world *world, const struct question *question)
{
	const struct question other = question_of(QUESTION_SOURCES, all_syns, 1);
	const struct question questions[] = { other, *question };
	struct asked asked[ASKED_MAX];
	struct error error;
	const bool ok = ask_local(world, questions, 2, asked, &error);
	// Together: the other one has not begun.
	CHECK(ok || (error.kind == ERROR_USAGE && asked[0].answer.schema.count == 0));
	asked_done(asked, 2);
	return !ok;
}

TEST(what_cannot_be_answered_is_refused)
{
	static const uint16_t ports[] = { 23, 2323 };
	struct stock s = stock_with_flood(9, SOURCES, DAYS, RECORDS);
	const struct local_world world = world_of(&s);
	const char *const families[] = { family(&s, 0), family(&s, 1) }, *const none[] = { "none" };
	struct question question = question_of(QUESTION_SOURCES, all_syns, 1);
	CHECK(!is_refused(&world, &question));
	question.ports = ports;
	question.port_count = 2;
	CHECK(is_refused(&world, &question));
	question = question_of(QUESTION_SOURCES, families, 2);
	CHECK(is_refused(&world, &question));
	question = question_of(QUESTION_SOURCES, none, 1);
	CHECK(is_refused(&world, &question));
	question = question_of(QUESTION_SHAPES, families, 0);
	CHECK(is_refused(&world, &question));
	question = question_of(QUESTION_SOURCES, all_syns, 1);
	question.sources.shape = "round";
	CHECK(is_refused(&world, &question));
	stock_done(&s);
}

TEST_MAIN
