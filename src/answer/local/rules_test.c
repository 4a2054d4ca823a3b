// SPDX-License-Identifier: MIT
// Several inquiries at once get what each gets alone, and share the work. Habits begin on some day and grow.
#include "answer/answer.h"
#include "answer/local/local.h"
#include "base/text.h"
#include "holdings/limited.h"
#include "place/place.h"
#include "store/test_store.h"

#include <inttypes.h>
#include <stdio.h>

enum { DAYS = 40, SOURCES = 70, BOTS = 8, RECORDS_MAX = DAYS * SOURCES * 60, SUPPORT_MIN = 8 };

// ---- traffic

struct bot {
	uint32_t begin, a_day, first_source;
	uint16_t ports[2];
	uint8_t ttl;
};

static struct record record_of(int32_t day, uint32_t source, uint16_t port, uint8_t ttl)
{
	return (struct record){ .time_ns = (uint64_t)day * DAY_NS + source,
		                .day = day,
		                .source = source * 1000 + 7,
		                .destination = 0xc6336401,
		                .destination_port = port,
		                .ttl = ttl,
		                .window = 1024,
		                .kind = KIND_SYN,
		                .fingerprints = port == 23 ? 2 : 0,  // mirai-2016
		                .known = 0xfff };
}

static void add_source(struct random *dice, const struct bot bots[BOTS], struct pile *p,
                       uint32_t day, uint32_t source)
{
	static const uint16_t ports[] = { 22, 80, 443, 8080 };
	const int32_t date = TEST_DAY + (int32_t)day;
	struct record *to = p->records;
	to[p->count++] = record_of(date, source, ports[random_below(dice, 4)], 128);
	for (unsigned b = 0; b < BOTS; b++) {
		const uint32_t number = (source + SOURCES - bots[b].first_source) % SOURCES;
		if (day < bots[b].begin || number >= (day - bots[b].begin + 1) * bots[b].a_day)
			continue;
		to[p->count++] = record_of(date, source, bots[b].ports[0], bots[b].ttl);
		if (random_below(dice, 20) > 0)
			to[p->count++] = record_of(date, source, bots[b].ports[1], bots[b].ttl);
	}
	// More ports than are told apart.
	for (uint16_t i = 0; source % 16 == 3 && i < 40; i++)
		to[p->count++] = record_of(date, source, (uint16_t)(23 + i * source), 128);
}

static struct stock make_stock(void)
{
	struct random dice = random_from(1);
	struct bot bots[BOTS];
	struct pile p = { .records = memory_new(RECORDS_MAX, sizeof *p.records),
		          .pieces = memory_new(RECORDS_MAX, sizeof *p.pieces) };
	for (unsigned b = 0; b < BOTS; b++)
		bots[b] = (struct bot){ .begin = b < 2 ? 0 : 15 + random_below(&dice, DAYS - 15),
			                .a_day = 3 + random_below(&dice, 12),
			                .first_source = random_below(&dice, SOURCES),
			                .ports = { b % 2 == 0 ? 23 : (uint16_t)(3000 + b),
			                           (uint16_t)(5000 + b) },
			                .ttl = (uint8_t)(40 + b) };
	for (uint32_t day = 0; day < DAYS; day++)
		for (uint32_t source = 0; source < SOURCES && day % 13 != 12; source++)
			add_source(&dice, bots, &p, day, source);
	return stock_of(&p, 1);
}

// ---- holdings that count how often days are opened

struct counted {
	struct limited_holdings base;  // without limits; all but one function are its own
	struct holdings_functions functions;
	size_t opened;
};

static bool open_hosts(struct holdings *h, struct period period, uint64_t columns,
                       struct holdings_hosts **out, struct error *error)
{
	struct counted *c = (struct counted *)h;
	c->opened++;
	return holdings_open_hosts(c->base.inner, period, columns, out, error);
}

static struct counted counted_holdings(struct holdings *inner)
{
	static const struct limits none = { .threads = 0 };
	struct counted c = { .base = limited_holdings(inner, &none) };
	c.functions = *c.base.holdings.functions;
	c.functions.open_hosts = open_hosts;
	return c;
}

// ---- asking

struct world {
	struct stock stock;
	struct counted holdings;
	struct place_atlas *countries, *networks;
	struct engine *engine;
	struct test_folder folder;
};

static struct place_atlas *atlas_of(const struct test_folder *folder, enum place_kind kind,
                                    const char *text)
{
	char path[512];
	struct place_atlas *out = NULL;
	struct error error;
	text_format(path, sizeof path, "%s/%s", folder->parent,
	            kind == PLACE_COUNTRY ? "countries" : "networks");
	FILE *file = fopen(path, "w");
	CHECK(file != NULL && fputs(text, file) >= 0 && fclose(file) == 0);
	const struct place_source source = { path, "table", INT32_MIN, INT32_MAX };
	CHECK(place_atlas_open(kind, &source, 1, &out, &error));
	return out;
}

static void open_engine(struct world *w)
{
	struct error error;
	w->holdings = counted_holdings(store_holdings(w->stock.store));
	w->holdings.base.holdings.functions = &w->holdings.functions;
	const struct local_world of = { &w->holdings.base.holdings, w->countries, w->networks };
	CHECK(local_engine_open(&of, &w->engine, &error));
}

static struct world *world_new(void)
{
	struct world *w = memory_new(1, sizeof *w);
	w->stock = make_stock();
	w->folder = folder_new();
	w->countries = atlas_of(&w->folder, PLACE_COUNTRY,
	                        "0.0.0.0,0.0.100.0,JP\n0.0.100.1,0.0.200.0,BR\n");
	w->networks = atlas_of(&w->folder, PLACE_NETWORK,
	                       "0.0.0.0,0.0.50.0,64500,One\n0.0.50.1,0.1.0.0,64501,Two\n");
	open_engine(w);
	return w;
}

static void world_done(struct world *w)
{
	engine_close(w->engine);
	place_atlas_close(w->countries);
	place_atlas_close(w->networks);
	folder_done(&w->folder);
	stock_done(&w->stock);
	memory_free(w);
}

static const char *const fields[] = { "dport", "ttl" };

static struct question question_of(enum question_kind kind)
{
	return (struct question){ .kind = kind,
		                  .days = all_days,
		                  .rules = { .fields = fields,
		                             .field_count = 2,
		                             .support_min = SUPPORT_MIN,
		                             .confidence_min = 0.75,
		                             .alpha = 0.05,
		                             .consequents_max = 1,
		                             .window_days = 1,
		                             .past_days = NEW_RULES_PAST_DAYS,
		                             .has_targets = kind == QUESTION_NEW_RULES } };
}

enum { INQUIRIES_MAX = 24 };

// Answers of several questions, as struct answer and as text with their caveats.
struct asked {
	struct question questions[INQUIRIES_MAX];
	struct answer answers[INQUIRIES_MAX];
	struct inquiry inquiries[INQUIRIES_MAX];
	size_t count;
	size_t opened;
};

static struct question *add(struct asked *a, enum question_kind kind)
{
	CHECK(a->count < INQUIRIES_MAX);
	a->questions[a->count] = question_of(kind);
	return &a->questions[a->count++];
}

static bool ask(struct world *w, struct asked *a, unsigned threads, struct error *error)
{
	const struct limits limits = { .threads = threads };
	const size_t before = w->holdings.opened;
	for (size_t i = 0; i < a->count; i++) {
		a->answers[i] = answer_new();
		a->inquiries[i] = (struct inquiry){ .question = &a->questions[i],
			                            .receiver = &a->answers[i].receiver };
	}
	const bool ok = engine_ask(w->engine, a->inquiries, a->count, &limits, error);
	a->opened = w->holdings.opened - before;
	return ok;
}

static void asked_done(struct asked *a)
{
	for (size_t i = 0; i < a->count; i++) {
		answer_done(&a->answers[i]);
		caveats_done(&a->inquiries[i].caveats);
	}
}

static void put_cell(struct buffer *out, const struct answer *a, size_t row, size_t column)
{
	const struct cell *cell = answer_cell(a, row, column);
	if (cell->state != CELL_VALUE) {
		buffer_format(out, "(%d)", cell->state);
		return;
	}
	switch (a->schema.columns[column].type) {
	case CELL_TEXT: buffer_text(out, answer_text(a, row, column)); break;
	case CELL_DAY: buffer_format(out, "%d", cell->day); break;
	case CELL_REAL:
	case CELL_SMALL: buffer_format(out, "%a", cell->real); break;
	case CELL_NUMBER: buffer_format(out, "%" PRIu64, cell->number); break;
	case CELL_TIME:
	case CELL_ADDRESS: CHECK(false); break;
	}
}

static struct buffer text_of(const struct asked *a, size_t number)
{
	const struct answer *answer = &a->answers[number];
	const struct caveats *caveats = &a->inquiries[number].caveats;
	struct buffer out = buffer_up_to(1 << 26);
	for (size_t i = 0; i < answer->schema.count; i++)
		buffer_format(&out, "%s|", answer->schema.columns[i].name);
	for (size_t row = 0; row < answer->row_count; row++)
		for (size_t i = 0; i < answer->schema.count; i++) {
			buffer_text(&out, i == 0 ? "\n" : "|");
			put_cell(&out, answer, row, i);
		}
	for (size_t i = 0; i < caveats->count; i++) {
		const struct caveat *c = &caveats->list[i];
		buffer_format(&out, "\n%d %d", c->kind, c->days[0]);
		for (size_t k = 0; k < CAVEAT_NUMBERS; k++)
			buffer_format(&out, " %" PRIu64, c->numbers[k]);
	}
	return out;
}

// What one of the questions opens, and gets, alone.
static size_t compare_with_alone(struct world *w, const struct asked *together, size_t number)
{
	struct asked alone = { .count = 1 };
	struct error error;
	alone.questions[0] = together->questions[number];
	CHECK(ask(w, &alone, 1, &error));
	struct buffer a = text_of(&alone, 0), b = text_of(together, number);
	CHECK(a.length == b.length && memcmp(a.bytes, b.bytes, a.length) == 0);
	buffer_done(&a);
	buffer_done(&b);
	asked_done(&alone);
	return alone.opened;
}

// ---- tests

TEST(inquiries_of_one_mining_share_it_and_get_what_they_get_alone)
{
	struct world *w = world_new();
	size_t alone[INQUIRIES_MAX];
	struct error error;
	for (unsigned threads = 1; threads < 4; threads += 2) {
		struct asked a = { .count = 0 };
		add(&a, QUESTION_RULE_TIMELINE)->top = 3;
		add(&a, QUESTION_NEW_RULES);
		add(&a, QUESTION_RULES);
		add(&a, QUESTION_RULE_TIMELINE);
		add(&a, QUESTION_RULES)->rules.alpha = 1e-9;
		add(&a, QUESTION_RULE_DAYS);
		add(&a, QUESTION_RULE_TARGETS);
		CHECK(ask(w, &a, threads, &error));
		for (size_t i = 0; i < a.count; i++) {
			alone[i] = compare_with_alone(w, &a, i);
			CHECK(a.answers[i].row_count > 2);
		}
		CHECK(a.answers[0].row_count == 3);
		CHECK(a.answers[2].row_count > a.answers[4].row_count);
		CHECK(alone[2] == 3 * (DAYS - DAYS / 13) && alone[4] == alone[2]);
		// Mined once; then the targets of the timeline, and what is new.
		CHECK(a.opened == alone[3] + alone[1] - alone[2]);
		asked_done(&a);
	}
	world_done(w);
}

TEST(inquiries_of_other_minings_get_what_they_get_alone)
{
	struct world *w = world_new();
	struct asked a = { .count = 0 };
	struct error error;
	add(&a, QUESTION_RULES);
	add(&a, QUESTION_RULES)->rules.is_across = true;
	struct question *all = add(&a, QUESTION_RULES);
	all->rules.is_all = true;
	all->rules.items_max = 3;
	add(&a, QUESTION_RULES)->rules.support_min = SUPPORT_MIN + 4;
	add(&a, QUESTION_RULES)->rules.without_buckets = true;
	add(&a, QUESTION_RULES)->rules.work_max = 20000;
	add(&a, QUESTION_RULE_TIMELINE)->rules.work_max = 20000;
	add(&a, QUESTION_NEW_RULES)->rules.work_max = 20000;
	add(&a, QUESTION_RULES)->rules.field_count = 1;
	add(&a, QUESTION_RULES)->days.from = TEST_DAY + 20;
	add(&a, QUESTION_RULES)->without_floods = true;
	add(&a, QUESTION_RULE_TIMELINE)->rules.window_days = 3;
	add(&a, QUESTION_RULE_DAYS)->rules.window_days = 3;
	add(&a, QUESTION_RULES)->rules.confidence_min = 0.95;
	add(&a, QUESTION_RULES)->rules.items_max = 2;
	add(&a, QUESTION_RULES)->rules.consequents_max = 2;
	add(&a, QUESTION_NEW_RULES)->rules.past_days = 18;
	add(&a, QUESTION_NEW_RULES)->rules.alpha = 1e-20;
	add(&a, QUESTION_NEW_RULES)->days.from = TEST_DAY + 25;
	struct question *plain = add(&a, QUESTION_NEW_RULES);
	plain->rules.has_targets = false;
	plain->rules.has_one_packet = plain->rules.is_across = true;
	CHECK(ask(w, &a, 2, &error));
	for (size_t i = 0; i < a.count; i++) {
		(void)compare_with_alone(w, &a, i);
		CHECK(a.answers[i].row_count > 0);
	}
	CHECK(caveats_find(&a.inquiries[5].caveats, CAVEAT_RULES_PARTIAL) != NULL &&
	      caveats_find(&a.inquiries[7].caveats, CAVEAT_RULES_PARTIAL) != NULL);
	CHECK(caveats_find(&a.inquiries[0].caveats, CAVEAT_BUCKETS) != NULL &&
	      caveats_find(&a.inquiries[4].caveats, CAVEAT_BUCKETS) == NULL);
	asked_done(&a);
	world_done(w);
}

// The days of life `i`, from *row on; they are as the timeline has it.
static void compare_days(const struct answer *lives, const struct answer *days, size_t i,
                         size_t *row)
{
	uint64_t found = 0, peak = 0;
	for (; *row < days->row_count && answer_number(days, *row, 0) == i + 1; ++*row) {
		const struct cell *cell = answer_cell(days, *row, 4);
		found += cell->state == CELL_VALUE;
		CHECK(cell->state != CELL_VALUE || cell->number == answer_number(days, *row, 2));
		if (answer_number(days, *row, 4) > peak) {
			peak = answer_number(days, *row, 4);
			CHECK(answer_day(days, *row, 1) <= answer_day(lives, i, 5));
		}
	}
	CHECK(found == answer_number(lives, i, 4) && peak == answer_number(lives, i, 6));
}

TEST(the_days_of_a_rule_are_those_of_its_timeline)
{
	struct world *w = world_new();
	struct asked a = { .count = 0 };
	struct error error;
	size_t row = 0;
	add(&a, QUESTION_RULE_TIMELINE);
	add(&a, QUESTION_RULE_DAYS);
	CHECK(ask(w, &a, 1, &error));
	for (size_t i = 0; i < a.answers[0].row_count; i++)
		compare_days(&a.answers[0], &a.answers[1], i, &row);
	CHECK(row == a.answers[1].row_count && row > 0);
	asked_done(&a);
	world_done(w);
}

// What is told of the targets of one rule.
struct facts {
	uint64_t countries, networks, of_networks;  // the last: sources
	struct buffer ports, places;
};

static void take_fact(struct facts *f, const struct answer *facts, size_t row,
                      const struct answer *news, size_t i)
{
	const char *what = answer_text(facts, row, 1), *key = answer_text(facts, row, 2);
	const uint64_t sources = answer_number(facts, row, 4);
	const bool is_country = text_equal(what, "country");
	if (text_equal(what, "targets"))
		CHECK(sources == answer_number(news, i, 6));
	if (text_equal(what, "example"))
		CHECK(strstr(answer_text(news, i, 12), key) != NULL);
	if (text_equal(what, "port") || is_country) {
		struct buffer *to = is_country ? &f->places : &f->ports;
		buffer_format(to, "%s%s:%" PRIu64, to->length > 0 ? ";" : "", key, sources);
	}
	f->countries += is_country;
	if (text_equal(what, "network")) {
		f->networks += text_equal(answer_text(facts, row, 3), "Two");
		f->of_networks += sources;
	}
}

TEST(what_is_told_of_targets_is_what_the_rule_has_in_its_cells)
{
	struct world *w = world_new();
	struct asked a = { .count = 0 };
	struct error error;
	size_t row = 0, countries = 0, networks = 0;
	add(&a, QUESTION_NEW_RULES);
	add(&a, QUESTION_RULE_TARGETS);
	CHECK(ask(w, &a, 1, &error));
	const struct answer *news = &a.answers[0], *facts = &a.answers[1];
	for (size_t i = 0; i < news->row_count; i++) {
		struct facts f = { .ports = buffer_up_to(4096), .places = buffer_up_to(4096) };
		for (; row < facts->row_count && answer_number(facts, row, 0) == i + 1; row++)
			take_fact(&f, facts, row, news, i);
		buffer_byte(&f.ports, '\0');
		buffer_byte(&f.places, '\0');
		CHECK(text_starts(answer_text(news, i, 9), (const char *)f.ports.bytes));
		CHECK(text_equal(answer_text(news, i, 10), (const char *)f.places.bytes));
		CHECK(f.of_networks == answer_number(news, i, 6));
		countries += f.countries;
		networks += f.networks;
		buffer_done(&f.ports);
		buffer_done(&f.places);
	}
	CHECK(row == facts->row_count && countries > news->row_count && networks > 0);
	asked_done(&a);
	world_done(w);
}

static void compact(struct world *w, uint32_t floor)
{
	struct error error;
	size_t days;
	engine_close(w->engine);
	store_close(w->stock.store);
	w->stock.store = open_writer(w->stock.folder.path);
	CHECK(store_compact(w->stock.store, floor, &days, &error) && days > 0);
	store_close(w->stock.store);
	w->stock.store = open_reader(w->stock.folder.path);
	open_engine(w);
}

TEST(a_support_below_a_floor_is_raised_if_the_question_allows_it)
{
	static const enum question_kind kinds[] = { QUESTION_RULES, QUESTION_RULE_TIMELINE,
		                                    QUESTION_NEW_RULES };
	struct world *w = world_new();
	struct error error;
	compact(w, 10);
	for (size_t i = 0; i < 3; i++) {
		struct asked low = { .count = 0 }, right = { .count = 0 };
		add(&low, kinds[i]);
		CHECK(!ask(w, &low, 1, &error) && error.kind == ERROR_USAGE);
		CHECK(low.answers[0].schema.count == 0);
		asked_done(&low);
		low.questions[0].rules.raises_support = true;
		// Of what is new the days before matter, too.
		low.questions[0].days.from = TEST_DAY + 30;
		CHECK(ask(w, &low, 1, &error));
		*add(&right, kinds[i]) = low.questions[0];
		right.questions[0].rules.support_min = 10;
		CHECK(ask(w, &right, 1, &error));
		const struct caveat *raised = caveats_find(&low.inquiries[0].caveats,
		                                           CAVEAT_FLOOR_RAISED);
		CHECK(raised != NULL && raised->numbers[0] == SUPPORT_MIN &&
		      raised->numbers[1] == 10);
		CHECK(raised != NULL && raised->days[0] == (i == 2 ? TEST_DAY + 2 : TEST_DAY + 30));
		CHECK(caveats_find(&right.inquiries[0].caveats, CAVEAT_FLOOR_RAISED) == NULL);
		low.inquiries[0].caveats.count = right.inquiries[0].caveats.count = 0;
		struct buffer a = text_of(&low, 0), b = text_of(&right, 0);
		CHECK(a.length == b.length && memcmp(a.bytes, b.bytes, a.length) == 0);
		CHECK(low.answers[0].row_count > 0);
		buffer_done(&a);
		buffer_done(&b);
		asked_done(&low);
		asked_done(&right);
	}
	world_done(w);
}

TEST(where_there_is_no_rule_the_support_of_one_is_looked_for_once)
{
	static const enum question_kind kinds[] = { QUESTION_RULES, QUESTION_RULE_TIMELINE,
		                                    QUESTION_NEW_RULES };
	struct world *w = world_new();
	struct asked together = { .count = 0 };
	struct error error;
	size_t of_listing = 0;
	for (size_t i = 0; i < 3; i++)
		add(&together, kinds[i])->rules.support_min = 100000;
	CHECK(ask(w, &together, 1, &error));
	for (size_t i = 0; i < 3; i++) {
		struct asked alone = { .count = 0 };
		add(&alone, kinds[i])->rules.support_min = 100000;
		CHECK(ask(w, &alone, 1, &error));
		of_listing = i == 0 ? alone.opened : of_listing;
		struct buffer a = text_of(&together, i), b = text_of(&alone, 0);
		CHECK(a.length == b.length && memcmp(a.bytes, b.bytes, a.length) == 0);
		const struct caveat *none = caveats_find(&alone.inquiries[0].caveats,
		                                         CAVEAT_NO_RULE);
		CHECK(none != NULL && none->numbers[1] > 0);
		buffer_done(&a);
		buffer_done(&b);
		asked_done(&alone);
	}
	// What is new reads some days for itself.
	CHECK(of_listing > 2 * DAYS && together.opened <= of_listing + DAYS);
	asked_done(&together);
	world_done(w);
}

TEST(all_are_refused_before_any_is_received)
{
	static const char *const unknown[] = { "dport", "hat" };
	static const char *const why[] = {
		"there is no packet on these days; the store has 2016-09-01 to 2016-10-10",
		"there is no field 'hat'",
	};
	struct world *w = world_new();
	struct error error;
	for (size_t i = 0; i < 2; i++) {
		struct asked a = { .count = 0 };
		add(&a, QUESTION_RULES);
		struct question *bad = add(&a, QUESTION_NEW_RULES);
		if (i == 0)
			bad->days = (struct day_range){ TEST_DAY + DAYS, TEST_DAY + DAYS + 5 };
		else
			bad->rules.fields = unknown;
		CHECK(!ask(w, &a, 1, &error) && text_equal(error.text, why[i]));
		CHECK(a.opened == 0 && a.answers[0].schema.count == 0);
		asked_done(&a);
	}
	world_done(w);
}

TEST(no_memory_is_said_and_nothing_else_is_wrong)
{
	struct world *w = world_new();
	bool ok = false;
	unsigned long tries = 0;
	for (; !ok && tries < 200000; tries += 1 + tries / 16 + sweep_step()) {
		struct asked a = { .count = 0 };
		struct error error = { .kind = ERROR_NONE };
		add(&a, QUESTION_RULES);
		add(&a, QUESTION_RULE_DAYS);
		add(&a, QUESTION_RULE_TARGETS);
		for (size_t i = 0; i < a.count; i++)
			a.questions[i].days.from = TEST_DAY + 25;
		memory_fail_at(tries + 1);
		ok = ask(w, &a, 1, &error) && answer_check(&a.answers[0], &error) &&
		     answer_check(&a.answers[1], &error) && answer_check(&a.answers[2], &error);
		memory_fail_at(0);
		CHECK(ok || strstr(error.text, "out of memory") != NULL);
		CHECK(!ok || a.answers[2].row_count > 0);
		asked_done(&a);
	}
	CHECK(ok && tries > 50);
	world_done(w);
}

TEST_MAIN
