// SPDX-License-Identifier: MIT
// Notices: questions that are alike share them, and rows have what whoever writes to people needs.
#include "answer/local/test_local.h"

#include "analyse/notices/notices.h"
#include "place/place.h"

enum { SOURCES = 60, DAYS = 4, RECORDS = 3000 };

static const char *family(const struct stock *s, size_t bit)
{
	return store_settings(s->store)->fingerprints.entries[bit].name;
}

static struct question question_of(const char *const *families, size_t count)
{
	return (struct question){ .kind = QUESTION_NOTICES,
		                  .days = all_days,
		                  .families = families,
		                  .family_count = count,
		                  .without_floods = true };
}

TEST(questions_are_answered_together_as_alone)
{
	struct stock s = stock_with_flood(1, SOURCES, DAYS, RECORDS);
	const struct local_world world = { .holdings = store_holdings(s.store) };
	const char *const families[] = { family(&s, 3), family(&s, 0) };
	struct question questions[7];
	for (size_t i = 0; i < 7; i++)
		questions[i] = question_of(families, 2);
	questions[1].family_count = 1;
	questions[2].families = families + 1;
	questions[2].family_count = 1;
	questions[4].without_floods = false;
	questions[5].days.from = TEST_DAY + 1;
	questions[6].days.to = TEST_DAY + 2;
	check_together(&world, questions, 7);
	stock_done(&s);
}

TEST(questions_that_are_alike_read_the_days_once)
{
	struct stock s = stock_with_flood(2, SOURCES, DAYS, RECORDS);
	const struct local_world world = { .holdings = store_holdings(s.store) };
	const char *const families[] = { family(&s, 3), family(&s, 0) };
	const struct question questions[] = { question_of(families, 2), question_of(families, 2) };
	struct asked asked[ASKED_MAX];
	struct error error;
	test_count_opened(world.holdings);
	CHECK(ask_local(&world, questions, 1, asked, &error));
	asked_done(asked, 1);
	const size_t alone = test_opened;
	test_count_opened(world.holdings);
	CHECK(ask_local(&world, questions, 2, asked, &error));
	CHECK(alone >= DAYS && test_opened == alone);
	CHECK(asked[1].answer.row_count > 10 && same_answers(&asked[0].answer, &asked[1].answer));
	asked_done(asked, 2);
	stock_done(&s);
}

// Half of all addresses are in one country and network, which a file says.
static struct place_atlas *atlas_of(enum place_kind kind, const char *line, char path[300],
                                    const struct test_folder *folder)
{
	const struct place_source source = { path, "table", INT32_MIN, INT32_MAX };
	struct place_atlas *atlas = NULL;
	struct error error;
	CHECK(text_format(path, 300, "%s/%d.csv", folder->parent, (int)kind));
	FILE *file = fopen(path, "we");
	CHECK(file != NULL && fputs(line, file) > 0 && fclose(file) == 0);
	CHECK(place_atlas_open(kind, &source, 1, &atlas, &error));
	return atlas;
}

struct gathered {
	struct notice list[1000];
	size_t count;
};

static bool gather(void *context, const struct notice *notice)
{
	struct gathered *g = context;
	g->list[g->count++] = *notice;
	return true;
}

static void check_row(const struct answer *a, size_t row, const struct notice *want,
                      const char *const *families)
{
	const bool is_known = want->source < 0x80000000;
	char ports[512] = "";
	for (size_t i = 0; i < want->port_count; i++)
		text_format(ports + strlen(ports), sizeof ports - strlen(ports), "%s%u:%llu",
		            i > 0 ? ";" : "", want->ports[i].port,
		            (unsigned long long)want->ports[i].packets);
	CHECK(answer_cell(a, row, answer_column(a, "source"))->address == want->source);
	CHECK(text_equal(answer_text(a, row, answer_column(a, "family")), families[want->family]));
	CHECK(answer_cell(a, row, answer_column(a, "first"))->time_ns == want->first_ns);
	CHECK(answer_cell(a, row, answer_column(a, "last"))->time_ns == want->last_ns);
	CHECK(answer_number(a, row, answer_column(a, "days")) == want->days);
	CHECK(answer_number(a, row, answer_column(a, "packets")) == want->packets);
	CHECK(text_equal(answer_text(a, row, answer_column(a, "ports")), ports));
	CHECK(answer_number(a, row, answer_column(a, "ports_seen")) == want->ports_seen);
	CHECK(text_equal(answer_text(a, row, answer_column(a, "country")), is_known ? "JP" : ""));
	CHECK(text_equal(answer_text(a, row, answer_column(a, "country_name")),
	                 is_known ? "Japan" : ""));
	CHECK(text_equal(answer_text(a, row, answer_column(a, "network")), is_known ? "AS7" : ""));
	CHECK(answer_cell(a, row, answer_column(a, "network"))->state ==
	      (is_known ? CELL_VALUE : CELL_UNKNOWN));
}

TEST(rows_say_what_the_notices_say)
{
	static struct gathered want;
	static const unsigned bits[] = { 3, 0 };
	struct stock s = stock_with_flood(3, SOURCES, DAYS, RECORDS);
	char countries[300], networks[300];
	const struct local_world world = {
		store_holdings(s.store),
		atlas_of(PLACE_COUNTRY, "0.0.0.0,127.255.255.255,JP\n", countries, &s.folder),
		atlas_of(PLACE_NETWORK, "0.0.0.0,127.255.255.255,7,Seven\n", networks, &s.folder),
	};
	const char *const families[] = { family(&s, 3), family(&s, 0) };
	const struct question question = question_of(families, 2);
	const struct notices_request request = { .window = all_days,
		                                 .families = bits,
		                                 .family_count = 2,
		                                 .without_floods = true,
		                                 .each = gather,
		                                 .context = &want };
	struct notices_left_out left_out;
	struct asked asked[ASKED_MAX];
	struct error error;
	CHECK(notices_find(world.holdings, &request, &left_out, &error));
	CHECK(ask_local(&world, &question, 1, asked, &error));
	CHECK(want.count > 50 && asked->answer.row_count == want.count);
	for (size_t i = 0; i < want.count; i++)
		check_row(&asked->answer, i, &want.list[i], families);
	// Nobody said where the telescope is, floods are left out, and sources that nobody can have; and
	// two databases were asked.
	CHECK(asked->inquiry.caveats.count == 5);
	const struct caveat *special = caveats_find(&asked->inquiry.caveats,
	                                            CAVEAT_SPECIAL_SOURCES);
	CHECK(special != NULL && special->numbers[0] == left_out.special && left_out.special > 0);
	CHECK(caveats_find(&asked->inquiry.caveats, CAVEAT_NO_TELESCOPE) != NULL);
	asked_done(asked, 1);
	place_atlas_close(world.countries);
	place_atlas_close(world.networks);
	CHECK(remove(countries) == 0 && remove(networks) == 0);
	stock_done(&s);
}

TEST(who_wants_no_more_gets_no_more)
{
	struct stock s = stock_with_flood(4, SOURCES, DAYS, RECORDS);
	const struct local_world world = { .holdings = store_holdings(s.store) };
	const struct limits limits = { .threads = 1 };
	const char *const families[] = { family(&s, 3) };
	const struct question question = question_of(families, 1);
	struct impatient impatient = impatient_after(5);
	struct answer answer = answer_new();
	struct inquiry inquiries[] = { { &question, &impatient.receiver },
		                       { &question, &answer.receiver } };
	struct engine *engine;
	struct error error;
	CHECK(local_engine_open(&world, &engine, &error));
	CHECK(engine_ask(engine, inquiries, 2, &limits, &error));
	CHECK(impatient.count == 5 && answer.row_count > 20);
	engine_close(engine);
	caveats_done(&inquiries[0].caveats);
	caveats_done(&inquiries[1].caveats);
	answer_done(&answer);
	stock_done(&s);
}

TEST(all_syns_are_no_family)
{
	struct stock s = stock_with_flood(5, SOURCES, DAYS, RECORDS);
	const struct local_world world = { .holdings = store_holdings(s.store) };
	const char *const families[] = { family(&s, 3), "*" };
	struct question questions[] = { question_of(families, 1), question_of(families, 2) };
	struct asked asked[ASKED_MAX];
	struct error error;
	CHECK(!ask_local(&world, questions, 2, asked, &error) && error.kind == ERROR_USAGE);
	CHECK(asked[0].answer.schema.count == 0);
	asked_done(asked, 2);
	questions[1].family_count = 0;
	CHECK(!ask_local(&world, questions, 2, asked, &error) && error.kind == ERROR_USAGE);
	asked_done(asked, 2);
	stock_done(&s);
}

TEST_MAIN
