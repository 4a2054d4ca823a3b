// SPDX-License-Identifier: MIT
// Whatever is asked, the answer is the same from a store and from memory, whether days are whole, in pieces,
// or in panes of minutes; and ends early where it is told to.
#include "answer/answer.h"
#include "answer/local/local.h"
#include "holdings/test_same.h"
#include "holdings/test_world.h"
#include "store/test_store.h"

#include <inttypes.h>

static void put_cell(struct buffer *out, const struct answer *a, size_t row, size_t column)
{
	const struct cell *cell = answer_cell(a, row, column);
	if (cell->state != CELL_VALUE) {
		buffer_text(out, cell->state == CELL_EMPTY ? "-" : "?");
		return;
	}
	switch (a->schema.columns[column].type) {
	case CELL_TEXT: buffer_text(out, answer_text(a, row, column)); break;
	case CELL_DAY: buffer_format(out, "%d", cell->day); break;
	case CELL_TIME: buffer_format(out, "%" PRIu64, cell->time_ns); break;
	case CELL_ADDRESS: buffer_format(out, "%08x", cell->address); break;
	case CELL_NUMBER: buffer_format(out, "%" PRIu64, cell->number); break;
	case CELL_REAL:
	case CELL_SMALL: buffer_format(out, "%a", cell->real); break;
	}
}

static void put_answer(struct buffer *out, const struct answer *a)
{
	for (size_t column = 0; column < a->schema.count; column++)
		buffer_format(out, "%s ", a->schema.columns[column].name);
	for (size_t row = 0; row < a->row_count; row++)
		for (size_t column = 0; column < a->schema.count; column++) {
			buffer_text(out, column == 0 ? "\n" : ",");
			put_cell(out, a, row, column);
		}
	buffer_byte(out, '\n');
}

static void put_caveats(struct buffer *out, const struct caveats *caveats)
{
	for (size_t i = 0; i < caveats->count; i++) {
		const struct caveat *c = &caveats->list[i];
		buffer_format(out, "caveat %d", (int)c->kind);
		for (size_t n = 0; n < CAVEAT_NUMBERS; n++)
			buffer_format(out, " %" PRIu64, c->numbers[n]);
		for (size_t n = 0; n < CAVEAT_DAYS; n++)
			buffer_format(out, " %d", c->days[n]);
		for (size_t n = 0; n < CAVEAT_TEXTS; n++)
			buffer_format(out, " %s", c->texts[n] != NULL ? c->texts[n] : "-");
		buffer_byte(out, '\n');
	}
}

static bool ask_question(const void *what, struct holdings *h, struct buffer *out,
                         struct error *error)
{
	const struct local_world world = { .holdings = h };
	const struct limits limits = { .threads = 2 };
	struct answer answer = answer_new();
	struct inquiry inquiry = { what, &answer.receiver };
	struct engine *engine;
	if (!local_engine_open(&world, &engine, error))
		return false;
	const bool ok = engine_ask(engine, &inquiry, 1, &limits, error) &&
	                answer_check(&answer, error);
	if (ok) {
		put_answer(out, &answer);
		put_caveats(out, &inquiry.caveats);
	}
	answer_done(&answer);
	caveats_done(&inquiry.caveats);
	engine_close(engine);
	return ok;
}

// ---- questions

static const char *const families[] = { "mirai", "hajime" };
static const char *const all_and_one[] = { "*", "mirai" };
static const char *const fields[] = { "window", "dport", "ttl", "mss" };
static const uint16_t ports[] = { 23, WORLD_NEW_PORT };

#define EVER                                                                                       \
	{                                                                                          \
		INT32_MIN, INT32_MAX                                                               \
	}
#define WEEK                                                                                       \
	{                                                                                          \
		TEST_DAY + 2, TEST_DAY + 8                                                         \
	}
#define QUESTION(KIND, ...)                                                                        \
	ask_question, &(const struct question)                                                     \
	{                                                                                          \
		.kind = KIND, __VA_ARGS__                                                          \
	}
#define OF(LIST, COUNT) .families = LIST, .family_count = COUNT
#define SURVEY(...) .survey = { .error = 0.05, __VA_ARGS__ }
#define RULES(...)                                                                                 \
	.rules = { .fields = fields,                                                               \
		   .field_count = 4,                                                               \
		   .is_all = true,                                                                 \
		   .support_min = 12,                                                              \
		   .confidence_min = 0.6,                                                          \
		   .alpha = 0.05,                                                                  \
		   .items_max = 3,                                                                 \
		   .consequents_max = 1,                                                           \
		   .window_days = 1,                                                               \
		   .past_days = NEW_RULES_PAST_DAYS,                                               \
		   __VA_ARGS__ }

static const struct test_request questions[] = {
	{ "survey",
	  QUESTION(QUESTION_SURVEY, .days = EVER, OF(families, 2), SURVEY(.gap_days = GAP_NONE)),
	  "17062,mirai," },
	{ "survey with estimates",
	  QUESTION(QUESTION_SURVEY, .days = WEEK, OF(all_and_one, 2),
	           SURVEY(.gap_days = 1, .has_coverage = true, .has_estimates = true)),
	  "17050,mirai,?" },
	{ "lifetimes",
	  QUESTION(QUESTION_LIFETIMES, .days = WEEK, OF(families, 2), SURVEY(.gap_days = 0)),
	  "mirai," },
	{ "survival",
	  QUESTION(QUESTION_SURVIVAL, .days = EVER, OF(families, 1), SURVEY(.gap_days = 2)),
	  "mirai,9," },
	{ "coverage", QUESTION(QUESTION_COVERAGE, .days = EVER), "17048," },
	{ "ports",
	  QUESTION(QUESTION_PORTS, .days = EVER, OF(all_and_one, 2),
	           .of_ports = { .protocols = { true, true } }),
	  ",5555,mirai," },
	{ "new ports",
	  QUESTION(QUESTION_PORTS, .days = EVER, OF(all_and_one, 2),
	           .of_ports = { .protocols = { true, true }, .only_new = true }),
	  ",5555,mirai," },
	{ "sources", QUESTION(QUESTION_SOURCES, .days = EVER, OF(families, 1), .top = 20),
	  "17060," },
	{ "shapes",
	  QUESTION(QUESTION_SHAPES, .days = EVER, OF(families, 2), .without_floods = true),
	  "17060,hajime," },
	{ "countries",
	  QUESTION(QUESTION_PLACES, .days = EVER, .ports = ports, .port_count = 2,
	           .places = { .by = PLACES_BY_COUNTRY, .is_across = true }),
	  "place_5555" },
	{ "places by prefix",
	  QUESTION(QUESTION_PLACES, .days = WEEK, .top = 7,
	           .places = { .by = PLACES_BY_PREFIX, .bits = 16 }),
	  "other" },
	{ "prefixes",
	  QUESTION(QUESTION_PREFIXES, .days = EVER, .without_floods = true,
	           .prefixes = { .bits = 24 }),
	  "caveat" },
	{ "rules", QUESTION(QUESTION_RULES, .days = EVER, RULES(.is_across = true)), "mss=1460" },
	{ "timeline",
	  QUESTION(QUESTION_RULE_TIMELINE, .days = EVER, RULES(.without_buckets = true)),
	  "ttl=50" },
	{ "rule days", QUESTION(QUESTION_RULE_DAYS, .days = WEEK, RULES(.is_across = true)),
	  "17050" },
	{ "new rules",
	  QUESTION(QUESTION_NEW_RULES, .days = EVER, RULES(.is_across = true, .has_targets = true)),
	  "17060,dport=5555,window=4242," },
	{ "rule targets",
	  QUESTION(QUESTION_RULE_TARGETS, .days = EVER, RULES(.is_across = true), .top = 5),
	  "mirai-2016" },
	{ "changes",
	  QUESTION(QUESTION_CHANGES, .days = EVER, OF(families, 2), RULES(.is_across = true)),
	  ",new,port,tcp/5555," },
	{ "captures", QUESTION(QUESTION_CAPTURES, .days = EVER), "piece," },
	{ "ledger", QUESTION(QUESTION_LEDGER, .days = EVER), ",syn," },
	{ "drops", QUESTION(QUESTION_DROPS, .days = EVER), "caveat" },
	{ "notices", QUESTION(QUESTION_NOTICES, .days = EVER, OF(families, 2)), "d0000000," },
};
enum { QUESTIONS = sizeof questions / sizeof *questions };

TEST(answers_are_the_same_wherever_facts_rest)
{
	struct pile pile = world_pile(1), same = world_pile(1);
	struct stock s = stock_of(&same, WORLD_PIECES);
	check_same(store_holdings(s.store), &pile, WORLD_PIECES, questions, QUESTIONS);
	stock_done(&s);
	pile_done(&pile);
}

static void flip_bit(const char *path, uint64_t at)
{
	FILE *file = fopen(path, "r+b");
	int byte = EOF;
	CHECK(file != NULL && fseek(file, (long)at, SEEK_SET) == 0 && (byte = fgetc(file)) != EOF);
	CHECK(fseek(file, (long)at, SEEK_SET) == 0 && fputc(byte ^ 4, file) != EOF &&
	      fclose(file) == 0);
}

// Removes the files of a day, or flips a bit of them where columns are that some questions read.
static void damage_day(const char *path, struct store *s, int32_t day, bool is_removed)
{
	for (size_t i = 0; i < store_segment_count(s); i++) {
		const struct store_segment *segment = store_segment_at(s, i);
		char file[512];
		if (segment->day != day)
			continue;
		text_format(file, sizeof file, "%s/%s", path, segment->file);
		if (is_removed)
			CHECK(remove(file) == 0);
		else
			flip_bit(file, segment->bytes / 3);
	}
}

// What a store answers whose day is damaged, and memory that has lost it. Damage that a question does not meet leaves
// it as it was.
static void check_lost(struct stock *s, struct memory_holdings *m, int32_t day, bool is_removed)
{
	struct buffer whole[QUESTIONS];
	unsigned met = 0;
	for (size_t i = 0; i < QUESTIONS; i++)
		whole[i] = test_ask(&questions[i], &m->holdings);
	memory_lose_day(m, day);
	damage_day(s->folder.path, s->store, day, is_removed);
	for (size_t i = 0; i < QUESTIONS; i++) {
		struct store *store;
		struct error error;
		size_t lost;
		store_close(s->store);
		CHECK(store_open(s->folder.path, &s->store, &error));
		store = s->store;
		m->about = holdings_about(store_holdings(store));
		struct buffer got = test_ask(&questions[i], store_holdings(store));
		const struct lost_day *list = holdings_lost(store_holdings(store), &lost);
		m->lost[0].why = lost > 0 ? list[0].why : "";
		struct buffer want = test_ask(&questions[i], &m->holdings);
		const struct buffer *due = lost > 0 ? &want : &whole[i];
		const bool is_same = got.length == due->length &&
		                     memcmp(got.bytes, due->bytes, got.length) == 0;
		CHECK(is_same && (lost == 0 || (lost == 1 && list[0].day == day)));
		if (!is_same)
			test_tell(questions[i].name, is_removed ? "removed" : "flipped", due, &got);
		met += lost > 0;
		buffer_done(&want);
		buffer_done(&got);
		buffer_done(&whole[i]);
	}
	// Captures, ledger and drops are none of its.
	CHECK(is_removed ? met == QUESTIONS - 3 : met > 0 && met < QUESTIONS - 3);
}

TEST(a_lost_day_is_lost_wherever_facts_rest)
{
	for (int is_removed = 0; is_removed < 2; is_removed++) {
		struct pile pile = world_pile(3), same = world_pile(3);
		struct stock s = stock_of(&same, WORLD_PIECES);
		const struct holdings_about about = holdings_about(store_holdings(s.store));
		struct memory_holdings *m = memory_holdings_of(&about, &pile, WORLD_PIECES,
		                                               GRAIN_PIECES);
		struct holdings_captures *captures;
		struct error error;
		CHECK(holdings_open_captures(store_holdings(s.store), &captures, &error));
		memory_use_captures(m, captures);
		check_lost(&s, m, is_removed ? TEST_DAY + 5 : TEST_DAY + 6, is_removed);
		holdings_close_captures(captures);
		memory_holdings_free(m);
		stock_done(&s);
		pile_done(&pile);
	}
}

// One that fails at strict holdings says which segment it is.
TEST(strict_answers_refuse)
{
	struct pile pile = world_pile(3);
	struct stock s = stock_of(&pile, WORLD_PIECES);
	struct answer answer = answer_new();
	struct inquiry inquiry = { questions[0].what, &answer.receiver };
	const struct limits limits = { .threads = 1 };
	struct engine *engine;
	struct error error;
	damage_day(s.folder.path, s.store, TEST_DAY + 5, true);
	store_close(s.store);
	CHECK(store_open(s.folder.path, &s.store, &error));
	const struct local_world world = { .holdings = store_holdings(s.store), .is_strict = true };
	CHECK(local_engine_open(&world, &engine, &error));
	CHECK(!engine_ask(engine, &inquiry, 1, &limits, &error) && error.kind == ERROR_CORRUPT &&
	      strstr(error.text, "it is missing") != NULL && answer.row_count == 0 &&
	      engine_describe(engine)->lost_count == 0);
	engine_close(engine);
	answer_done(&answer);
	stock_done(&s);
}

TEST(whatever_is_cancelled_ends_and_leaves_nothing_open)
{
	struct pile pile = world_pile(2), same = world_pile(2);
	struct stock s = stock_of(&same, WORLD_PIECES);
	const struct holdings_about about = holdings_about(store_holdings(s.store));
	struct memory_holdings *m = memory_holdings_of(&about, &pile, WORLD_PIECES, GRAIN_PANES);
	check_cancelled(m, questions, QUESTIONS);
	memory_holdings_free(m);
	stock_done(&s);
	pile_done(&pile);
}

TEST_MAIN
