// SPDX-License-Identifier: MIT
// Source-days of a day by family and shape.
#include "answer/local/source_days.h"

#include "base/memory.h"

struct shapes_asked {
	struct source_days_asked base;
	struct shape_count counts[ASKED_FAMILIES_MAX][SHAPE_COUNT];  // of the day that passes
};

static struct shapes_asked *shapes_of(struct source_days_asked *asked)
{
	return (struct shapes_asked *)asked;
}

// A source-day counts for each family that it belongs to, and as left out once.
static void take(struct source_days_asked *asked, const struct shape_day *day,
                 const struct source_day *at)
{
	struct source_filter filter = asked->filter;
	bool is_of_any = false;
	for (size_t f = 0; f < asked->inquiry->question->family_count; f++) {
		filter.family = asked->families[f];
		is_of_any |= shape_count_add(shapes_of(asked)->counts[f], &filter, &day->scale, at);
	}
	asked->left_out_here += is_of_any && at->is_flood_suspect && filter.without_floods;
}

static void write_count(struct rows *rows, const struct shape_count *count, bool is_unknown)
{
	if (is_unknown) {
		rows_rest_unknown(rows);
		return;
	}
	rows_number(rows, count->sources);
	rows_number(rows, count->packets);
	rows_number(rows, count->flood_suspects);
}

static void write_family(struct source_days_asked *asked, const struct shape_day *day, size_t f)
{
	struct rows *rows = &asked->rows;
	const bool is_unknown = day->has_unknown && asked->families[f] != HOLDINGS_ALL_SYNS;
	for (unsigned shape = 0; shape < SHAPE_COUNT; shape++) {
		const struct shape_count *count = &shapes_of(asked)->counts[f][shape];
		// Few captures keep destinations or ports to themselves.
		if (shape == SHAPE_UNKNOWN && count->sources + count->flood_suspects == 0)
			continue;
		rows_day(rows, day->day);
		rows_text(rows, asked->inquiry->question->families[f]);
		rows_text(rows, shape_names[shape]);
		write_count(rows, count, is_unknown);
		rows_end(rows);
	}
}

static void end_day(struct source_days_asked *asked, const struct shape_day *day)
{
	struct shapes_asked *s = shapes_of(asked);
	for (size_t f = 0; f < asked->inquiry->question->family_count; f++) {
		write_family(asked, day, f);
		for (unsigned shape = 0; shape < SHAPE_COUNT; shape++)
			s->counts[f][shape] = (struct shape_count){ .sources = 0 };
	}
}

// Nobody knows whether there was one of unknown shape, either.
static void lose_day(struct source_days_asked *asked, int32_t day)
{
	struct rows *rows = &asked->rows;
	for (size_t f = 0; f < asked->inquiry->question->family_count; f++)
		for (unsigned shape = 0; shape < SHAPE_UNKNOWN; shape++) {
			rows_day(rows, day);
			rows_text(rows, asked->inquiry->question->families[f]);
			rows_text(rows, shape_names[shape]);
			rows_rest_unknown(rows);
			rows_end(rows);
		}
}

static void close_shapes(struct source_days_asked *asked)
{
	memory_free(asked);
}

bool shapes_open(const struct answering *a, struct inquiry *inquiry, struct source_days_asked **out,
                 struct error *error)
{
	static const struct source_days_functions functions = { take, end_day, lose_day,
		                                                close_shapes };
	struct shapes_asked *s = memory_new(1, sizeof *s);
	if (s == NULL)
		return error_memory(error, "an answer");
	s->base.functions = &functions;
	if (!source_days_asked_init(&s->base, a, inquiry, error)) {
		close_shapes(&s->base);
		return false;
	}
	*out = &s->base;
	return true;
}
