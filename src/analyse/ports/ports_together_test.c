// SPDX-License-Identifier: MIT
// Several requests about ports at once, against each alone.
#include "analyse/ports/test_ports.h"

static void check_same_days(const struct found *a, const struct found *b)
{
	CHECK(a->count == b->count && a->days == b->days);
	for (size_t i = 0; i < a->count && i < b->count; i++)
		CHECK(a->rows[i].day == b->rows[i].day &&
		      same_row(&a->rows[i].row, &b->rows[i].row));
}

enum { LISTENERS = 7 };

static void check_alone(const struct stock *f, const struct ports_request *request,
                        const struct found *together)
{
	struct floods_left_out left_out = { .days = 0 };
	struct ports_request one = *request;
	struct found alone = { .rows = memory_new(ROWS_MAX, sizeof *alone.rows),
		               .days_max = together->days_max };
	struct error error;
	one.left_out = &left_out;
	CHECK(run_into(f->store, &one, 1, &alone, &error));
	CHECK(left_out.source_days == request->left_out->source_days &&
	      left_out.days == request->left_out->days);
	check_same_days(together, &alone);
	memory_free(alone.rows);
}

// All together get what each gets alone, also if one of them soon has enough.
static void check_together(const struct stock *f, const struct ports_request *requests,
                           size_t impatient, unsigned threads)
{
	struct ports_request together[LISTENERS];
	struct floods_left_out left_out[LISTENERS] = { { .days = 0 } };
	struct found found[LISTENERS];
	struct error error;
	for (size_t i = 0; i < LISTENERS; i++) {
		found[i] = (struct found){ .rows = memory_new(ROWS_MAX, sizeof *found[i].rows),
			                   .days_max = i == impatient ? 1 : 0 };
		together[i] = requests[i];
		together[i].each = take_day;
		together[i].context = &found[i];
		together[i].left_out = &left_out[i];
	}
	CHECK(ports_run(store_holdings(f->store), together, LISTENERS, threads, &error));
	for (size_t i = 0; i < LISTENERS; i++) {
		check_alone(f, &together[i], &found[i]);
		memory_free(found[i].rows);
	}
}

static void check_all_together(const struct stock *f, bool without_floods)
{
	static const uint16_t chosen[] = { 23, 80, 0 };
	static const struct day_range first = { INT32_MIN, TEST_DAY };
	static const struct day_range middle = { TEST_DAY + 1, TEST_DAY + 2 };
	static const struct day_range last = { TEST_DAY + DAYS - 1, INT32_MAX };
	struct ports_request requests[LISTENERS] = {
		{ all_families, 3, { true, true }, &last, .top = 4 },
		{ all_families, 1, { true, false }, NULL, chosen, 3 },
		{ all_families, 1, { true, true }, &last, .only_new = true },
		{ all_families + 1, 2, { true, true }, &first, .top = 2 },
		{ all_families + 2, 1, { true, true }, &middle },
		{ all_families + 1, 1, { false, true }, &middle },
		{ all_families, 2, { false, true }, NULL, .top = 3 },
	};
	for (size_t i = 0; i < LISTENERS; i++)
		requests[i].without_floods = without_floods;
	check_together(f, requests, LISTENERS, 1);
	check_together(f, requests, 1, 1);
	check_together(f, requests, 6, 3);
}

TEST(several_requests_get_what_each_gets_alone)
{
	for (int is_compacted = 0; is_compacted < 2; is_compacted++) {
		struct stock f = stock_new(15, is_compacted == 1);
		check_all_together(&f, false);
		stock_done(&f);
	}
	struct stock f = stock_with_flood();
	check_all_together(&f, true);
	stock_done(&f);
}

// What lies in between is not read, and what a port was there is forgotten.
TEST(requests_may_be_about_days_that_are_far_apart)
{
	static const struct day_range windows[LISTENERS] = {
		{ TEST_DAY + 30, TEST_DAY + 30 },   { TEST_DAY + 100, TEST_DAY + 101 },
		{ TEST_DAY + 2, TEST_DAY + 5 },     { TEST_DAY + 60, TEST_DAY + 60 },
		{ TEST_DAY + 101, TEST_DAY + 119 }, { TEST_DAY + 500, TEST_DAY + 600 },
		{ TEST_DAY + 20, TEST_DAY + 31 }
	};
	int sources[120] = { 0 };
	sources[30] = 50;
	sources[100] = 60;
	sources[70] = sources[100 - 32] = sources[101] = 40;
	struct stock f = fixture_of_days(sources, 120);
	struct ports_request requests[LISTENERS];
	for (size_t i = 0; i < LISTENERS; i++)
		requests[i] = (struct ports_request){ .families = all_families + i % 3,
			                              .family_count = 1,
			                              .protocols = { true, false },
			                              .window = &windows[i] };
	check_together(&f, requests, LISTENERS, 2);
	stock_done(&f);
}

TEST_MAIN
