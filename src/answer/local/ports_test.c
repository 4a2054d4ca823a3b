// SPDX-License-Identifier: MIT
// Ports: all questions read the days once, and get what they would get alone.
#include "answer/local/test_local.h"

#include "analyse/ports/ports.h"

enum { SOURCES = 60, DAYS = 10, RECORDS = 6000 };

static const char *const families[] = { "*", "mirai", "hajime" };

static struct question question_of(int32_t from, int32_t to)
{
	return (struct question){ .kind = QUESTION_PORTS,
		                  .days = { from, to },
		                  .families = families,
		                  .family_count = 3,
		                  .of_ports = { .protocols = { true, true } } };
}

// What a report asks, and a few more.
enum { QUESTIONS = 9 };
static void make_questions(struct question out[QUESTIONS])
{
	static const uint16_t chosen[] = { 23, 2323, 80 };
	const int32_t last = TEST_DAY + DAYS - 1;
	for (size_t i = 0; i < QUESTIONS; i++)
		out[i] = question_of(INT32_MIN, INT32_MAX);
	out[0].family_count = 1;
	out[0].of_ports.protocols[PROTOCOL_UDP_DATAGRAM] = false;
	out[0].ports = chosen;
	out[0].port_count = 3;
	out[1].top = 20;
	out[2] = question_of(last, last);
	out[2].top = 3;
	out[3] = question_of(last, last);
	out[3].of_ports.only_new = true;
	out[3].family_count = 1;
	out[4].without_floods = true;
	out[4].top = 5;
	out[5] = question_of(TEST_DAY + 1, TEST_DAY + 2);
	out[5].without_floods = true;
	out[6] = question_of(last + 1, last + 9);
	out[7].families = families + 1;
	out[7].family_count = 1;
	out[7].of_ports.protocols[PROTOCOL_TCP_SYN] = false;
	out[8].of_ports.only_new = true;
}

TEST(questions_are_answered_together_as_alone)
{
	struct stock s = stock_with_flood(1, SOURCES, DAYS, RECORDS);
	const struct local_world world = { .holdings = store_holdings(s.store) };
	struct question questions[QUESTIONS];
	make_questions(questions);
	check_together(&world, questions, QUESTIONS);
	stock_done(&s);
}

TEST(days_are_read_once)
{
	struct stock s = stock_with_flood(2, SOURCES, DAYS, RECORDS);
	const struct local_world world = { .holdings = store_holdings(s.store) };
	struct question questions[QUESTIONS];
	struct asked asked[ASKED_MAX];
	struct error error;
	make_questions(questions);
	test_count_opened(world.holdings);
	CHECK(ask_local(&world, questions, 4, asked, &error));
	CHECK(test_opened == DAYS);
	CHECK(asked[0].answer.row_count >= DAYS && asked[1].answer.row_count > 20 * DAYS);
	asked_done(asked, 4);
	stock_done(&s);
}

static bool check_rows(void *context, const struct ports_day *day)
{
	const struct answer *a = context;
	size_t row = 0;
	while (row < a->row_count && answer_day(a, row, answer_column(a, "day")) != day->day)
		row++;
	for (size_t i = 0; i < day->row_count; i++, row++) {
		const struct port_row *want = &day->rows[i];
		CHECK(row < a->row_count);
		CHECK(answer_day(a, row, answer_column(a, "day")) == day->day);
		CHECK(text_equal(answer_text(a, row, answer_column(a, "protocol")),
		                 want->protocol == SOURCE_UDP ? "udp" : "tcp"));
		CHECK(answer_number(a, row, answer_column(a, "port")) == want->port);
		CHECK(text_equal(answer_text(a, row, answer_column(a, "family")), want->family));
		CHECK(answer_number(a, row, answer_column(a, "packets")) == want->packets);
		CHECK(answer_number(a, row, answer_column(a, "sources")) == want->sources);
		CHECK(answer_number(a, row, answer_column(a, "day_before")) ==
		      want->day_before.sources);
		CHECK(answer_number(a, row, answer_column(a, "week_before")) ==
		      want->week_before.sources);
		CHECK(answer_number(a, row, answer_column(a, "most_before")) ==
		      want->most_before.sources);
		CHECK(answer_cell(a, row, answer_column(a, "week_before"))->state ==
		      (want->week_before.is_there ? CELL_VALUE : CELL_EMPTY));
		CHECK(answer_cell(a, row, answer_column(a, "is_new"))->state ==
		      (want->is_new == PORT_NEW_UNKNOWN ? CELL_UNKNOWN : CELL_VALUE));
		CHECK((answer_number(a, row, answer_column(a, "is_new")) == 1) ==
		      (want->is_new == PORT_NEW));
	}
	return true;
}

TEST(rows_are_what_analysis_finds)
{
	struct stock s = stock_with_flood(3, SOURCES, DAYS, RECORDS);
	const struct local_world world = { .holdings = store_holdings(s.store) };
	const struct question question = question_of(INT32_MIN, INT32_MAX);
	struct asked asked;
	struct error error;
	CHECK(ask_local(&world, &question, 1, &asked, &error));
	const struct ports_request request = { .families = families,
		                               .family_count = 3,
		                               .protocols = { true, true },
		                               .each = check_rows,
		                               .context = &asked.answer };
	CHECK(ports_run(world.holdings, &request, 1, 1, &error));
	CHECK(asked.answer.row_count > 500 && asked.inquiry.caveats.count == 0);
	asked_done(&asked, 1);
	stock_done(&s);
}

static enum caveat_kind first_caveat(const struct local_world *world, const struct question *q)
{
	struct asked asked;
	struct error error;
	enum caveat_kind kind = CAVEAT_KINDS;
	CHECK(ask_local(world, q, 1, &asked, &error));
	CHECK(asked.answer.row_count == 0);
	if (asked.inquiry.caveats.count > 0)
		kind = asked.inquiry.caveats.list[0].kind;
	asked_done(&asked, 1);
	return kind;
}

TEST(why_an_answer_is_empty_is_said)
{
	struct stock s = stock_with_flood(4, SOURCES, 2, RECORDS);
	const struct local_world world = { .holdings = store_holdings(s.store) };
	struct question q = question_of(1, 2);
	CHECK(first_caveat(&world, &q) == CAVEAT_PORTS_NO_DAYS);
	q.days = all_days;
	q.of_ports.only_new = true;
	CHECK(first_caveat(&world, &q) == CAVEAT_PORTS_NONE_NEW);
	q.of_ports = (struct ports_question){ .protocols = { false, true } };
	q.families = families + 1;
	q.family_count = 1;
	CHECK(first_caveat(&world, &q) == CAVEAT_PORTS_NONE);
	stock_done(&s);
}

TEST(who_is_no_family_is_refused_before_anybody_is_answered)
{
	static const char *const nobody[] = { "nobody" };
	struct stock s = stock_with_flood(5, SOURCES, 2, 100);
	const struct local_world world = { .holdings = store_holdings(s.store) };
	struct question questions[] = { question_of(INT32_MIN, INT32_MAX),
		                        question_of(INT32_MIN, INT32_MAX) };
	struct asked asked[2];
	struct error error;
	questions[1].families = nobody;
	questions[1].family_count = 1;
	questions[1].without_floods = true;
	CHECK(!ask_local(&world, questions, 2, asked, &error) && error.kind == ERROR_USAGE);
	CHECK(asked[0].answer.schema.count == 0);
	asked_done(asked, 2);
	stock_done(&s);
}

TEST(who_wants_no_more_gets_no_more)
{
	struct stock s = stock_with_flood(6, SOURCES, DAYS, RECORDS);
	const struct local_world world = { .holdings = store_holdings(s.store) };
	const struct limits limits = { .threads = 1 };
	const struct question question = question_of(INT32_MIN, INT32_MAX);
	struct impatient impatient = impatient_after(5);
	struct answer answer = answer_new();
	struct inquiry inquiries[] = { { &question, &impatient.receiver },
		                       { &question, &answer.receiver } };
	struct engine *engine;
	struct error error;
	CHECK(local_engine_open(&world, &engine, &error));
	CHECK(engine_ask(engine, inquiries, 2, &limits, &error));
	CHECK(impatient.count == 5);
	CHECK(answer.row_count > 0 &&
	      answer_day(&answer, answer.row_count - 1, 0) == TEST_DAY + DAYS - 1);
	engine_close(engine);
	caveats_done(&inquiries[0].caveats);
	caveats_done(&inquiries[1].caveats);
	answer_done(&answer);
	stock_done(&s);
}

TEST_MAIN
