// SPDX-License-Identifier: MIT
// For the tests of topics: questions asked of a small store, together and each alone.
#pragma once

#include "answer/answer.h"
#include "answer/local/local.h"
#include "base/test.h"
#include "store/test_store.h"

enum { ASKED_MAX = 16, TEST_FLOOD = 1500 };

// A store of random records, with a flood on its second day: sources that sent one SYN each, of the
// fingerprints 0 and 3, within seconds.
static inline struct stock stock_with_flood(uint64_t seed, uint32_t sources, unsigned days,
                                            size_t count)
{
	enum { PIECES = 2 };
	struct pile pile = pile_from(seed, sources, days, PIECES, count + TEST_FLOOD);
	for (size_t i = 0; i < TEST_FLOOD; i++) {
		struct record *r = &pile.records[count + i];
		r->day = TEST_DAY + 1;
		r->time_ns = (uint64_t)r->day * DAY_NS + DAY_NS / 2 + i * 1000000;
		r->source = 0xe0000000 + (uint32_t)i;
		r->destination_port = 23;
		r->kind = KIND_SYN;
		r->known = 0xfff;
		r->fingerprints = 1 << 3 | 1;
	}
	return stock_of(&pile, PIECES);
}

// A question, and all that came back.
struct asked {
	struct answer answer;
	struct inquiry inquiry;
};

static inline bool ask_local(const struct local_world *world, const struct question *questions,
                             size_t count, struct asked *out, struct error *error)
{
	const struct limits limits = { .threads = 2 };
	struct inquiry inquiries[ASKED_MAX];
	struct engine *engine;
	if (!local_engine_open(world, &engine, error))
		return false;
	for (size_t i = 0; i < count; i++) {
		out[i].answer = answer_new();
		inquiries[i] = (struct inquiry){ &questions[i], &out[i].answer.receiver };
	}
	const bool ok = engine_ask(engine, inquiries, count, &limits, error);
	for (size_t i = 0; i < count; i++)
		out[i].inquiry = inquiries[i];
	engine_close(engine);
	return ok;
}

static inline void asked_done(struct asked *asked, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		answer_done(&asked[i].answer);
		caveats_done(&asked[i].inquiry.caveats);
	}
}

static inline bool same_cells(const struct answer *a, const struct answer *b, size_t row,
                              size_t column)
{
	const struct cell *x = answer_cell(a, row, column), *y = answer_cell(b, row, column);
	if (x->state != y->state || x->state != CELL_VALUE)
		return x->state == y->state;
	switch (a->schema.columns[column].type) {
	case CELL_TEXT: return text_equal(answer_text(a, row, column), answer_text(b, row, column));
	case CELL_DAY: return x->day == y->day;
	case CELL_TIME: return x->time_ns == y->time_ns;
	case CELL_ADDRESS: return x->address == y->address;
	case CELL_NUMBER: return x->number == y->number;
	case CELL_REAL:
	case CELL_SMALL: return memcmp(&x->real, &y->real, sizeof x->real) == 0;
	}
	return false;
}

static inline bool same_answers(const struct answer *a, const struct answer *b)
{
	bool is_same = a->schema.count == b->schema.count && a->row_count == b->row_count;
	for (size_t row = 0; is_same && row < a->row_count; row++)
		for (size_t column = 0; is_same && column < a->schema.count; column++)
			is_same = same_cells(a, b, row, column);
	return is_same;
}

static inline bool same_texts(const struct caveat *a, const struct caveat *b)
{
	bool is_same = true;
	for (size_t i = 0; i < CAVEAT_TEXTS; i++)
		is_same = is_same && (a->texts[i] == NULL || b->texts[i] == NULL
		                              ? a->texts[i] == b->texts[i]
		                              : text_equal(a->texts[i], b->texts[i]));
	return is_same;
}

static inline bool same_caveats(const struct caveats *a, const struct caveats *b)
{
	bool is_same = a->count == b->count;
	for (size_t i = 0; is_same && i < a->count; i++)
		is_same = a->list[i].kind == b->list[i].kind &&
		          memcmp(a->list[i].numbers, b->list[i].numbers,
		                 sizeof a->list[i].numbers) == 0 &&
		          memcmp(a->list[i].days, b->list[i].days, sizeof a->list[i].days) == 0 &&
		          same_texts(&a->list[i], &b->list[i]);
	return is_same;
}

// Whether each is answered alone as it is among the others.
static inline void check_together(const struct local_world *world, const struct question *questions,
                                  size_t count)
{
	struct asked together[ASKED_MAX], alone[ASKED_MAX];
	struct error error;
	CHECK(ask_local(world, questions, count, together, &error));
	for (size_t i = 0; i < count; i++) {
		CHECK(ask_local(world, &questions[i], 1, alone, &error));
		CHECK(same_answers(&together[i].answer, &alone->answer));
		CHECK(same_caveats(&together[i].inquiry.caveats, &alone->inquiry.caveats));
		asked_done(alone, 1);
	}
	asked_done(together, count);
}

// Says no after so many rows.
struct impatient {
	struct receiver receiver;
	size_t room, count;
};

static inline bool impatient_begin(struct receiver *receiver, const struct schema *schema,
                                   struct error *error)
{
	(void)receiver;
	(void)schema;
	(void)error;
	return true;
}

static inline bool impatient_row(struct receiver *receiver, const struct cell *cells)
{
	struct impatient *i = (struct impatient *)receiver;
	(void)cells;
	return ++i->count < i->room;
}

static inline struct impatient impatient_after(size_t rows)
{
	return (struct impatient){ { impatient_begin, impatient_row }, rows, 0 };
}

// How often host-days were opened since the last test_count_opened().
static size_t test_opened;
static bool (*test_open_hosts)(struct holdings *, struct period, uint64_t, struct holdings_hosts **,
                               struct error *);

static inline bool count_open_hosts(struct holdings *holdings, struct period period,
                                    uint64_t columns, struct holdings_hosts **out,
                                    struct error *error)
{
	test_opened++;
	return test_open_hosts(holdings, period, columns, out, error);
}

static inline void test_count_opened(struct holdings *holdings)
{
	static struct holdings_functions counting;
	if (holdings->functions != &counting) {
		counting = *holdings->functions;
		test_open_hosts = counting.open_hosts;
		counting.open_hosts = count_open_hosts;
		holdings->functions = &counting;
	}
	test_opened = 0;
}
