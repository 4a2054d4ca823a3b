// SPDX-License-Identifier: MIT
#include "answer/local/source_days.h"

#include "base/memory.h"

bool source_days_asked_init(struct source_days_asked *asked, const struct answering *a,
                            struct inquiry *inquiry, struct error *error)
{
	const struct question *q = inquiry->question;
	struct source_filter filter = {
		.window = q->days,
		.protocol = q->protocol == PROTOCOL_UDP_DATAGRAM ? SOURCE_UDP : SOURCE_TCP,
		.port = q->port_count > 0 ? q->ports[0] : SOURCE_ANY_PORT,
		.without_floods = q->without_floods,
	};
	if (q->port_count > 1)
		return error_set(error, ERROR_USAGE, "source-days are asked about one port");
	if (q->family_count == 0 || q->family_count > ASKED_FAMILIES_MAX)
		return error_set(error, ERROR_USAGE, "source-days are asked about 1 to %d families",
		                 ASKED_FAMILIES_MAX);
	for (size_t i = 0; i < q->family_count; i++) {
		if (!holdings_family(a->holdings, q->families[i], &filter.family, error))
			return false;
		asked->families[i] = filter.family;
		asked->columns |= shape_columns(&filter);
	}
	filter.family = asked->families[0];
	asked->inquiry = inquiry;
	asked->fingerprints = holdings_about(a->holdings).fingerprints;
	asked->filter = filter;
	question_schema(q, &asked->schema);
	return true;
}

// ---- one pass over the days

struct pass {
	struct holdings *holdings;
	struct shape_reader *reader;
	struct source_days_asked **asked;
	size_t count;
};

static bool wants_day(const struct source_days_asked *asked, int32_t day)
{
	return !asked->rows.is_enough && day_range_holds(asked->filter.window, day);
}

// What is read of a day; 0: nobody asks about it.
static uint64_t columns_on(const struct pass *p, int32_t day)
{
	uint64_t columns = 0;
	for (size_t i = 0; i < p->count; i++)
		if (wants_day(p->asked[i], day))
			columns |= p->asked[i]->columns;
	return columns;
}

static void end_day(const struct pass *p, const struct shape_day *day)
{
	for (size_t i = 0; i < p->count; i++) {
		struct source_days_asked *asked = p->asked[i];
		if (!wants_day(asked, day->day))
			continue;
		asked->functions->end_day(asked, day);
		floods_leave_out(&asked->left_out, day->floods, asked->left_out_here);
		asked->left_out_here = 0;
	}
}

// Rows of a day that is found to be damaged behind them would have been handed on.
static bool check_day(const struct pass *p, int32_t day, uint64_t columns, struct error *error)
{
	bool is_streamed = false;
	for (size_t i = 0; i < p->count; i++)
		is_streamed |= p->asked[i]->is_streamed && wants_day(p->asked[i], day);
	return !is_streamed || holdings_check_hosts(p->holdings, period_of_day(day),
	                                            columns | FLOOD_COLUMNS, error);
}

static bool read_day(const struct pass *p, const struct held_day *held, uint64_t columns,
                     struct error *error)
{
	struct shape_day day;
	struct source_day at;
	if (!check_day(p, held->day, columns, error) ||
	    !shape_reader_enter(p->reader, held, columns, &day, error))
		return false;
	while (columns_on(p, day.day) != 0 && shape_reader_next(p->reader, &at, error))
		for (size_t i = 0; i < p->count; i++)
			if (wants_day(p->asked[i], day.day))
				p->asked[i]->functions->take(p->asked[i], &day, &at);
	if (error->kind != ERROR_NONE)
		return false;
	end_day(p, &day);
	return true;
}

// Those from number *next on that come before the day.
static void pass_lost(const struct pass *p, size_t *next, int64_t before)
{
	size_t count;
	const struct lost_day *lost = holdings_lost(p->holdings, &count);
	for (; *next < count && lost[*next].day < before; ++*next)
		for (size_t i = 0; i < p->count; i++)
			if (wants_day(p->asked[i], lost[*next].day))
				p->asked[i]->functions->lose_day(p->asked[i], lost[*next].day);
}

static bool read_days(const struct pass *p, struct error *error)
{
	struct held_day held = { .count = 0 };
	size_t lost = 0;
	error->kind = ERROR_NONE;
	while (held_day_next(p->holdings, all_days, &held)) {
		pass_lost(p, &lost, held.day);
		const uint64_t columns = columns_on(p, held.day);
		if (columns != 0 && !read_day(p, &held, columns, error))
			return false;
	}
	pass_lost(p, &lost, INT64_MAX);
	return true;
}

// ---- answers

static bool begin_all(const struct pass *p, struct error *error)
{
	for (size_t i = 0; i < p->count; i++)
		if (!rows_begin(&p->asked[i]->rows, p->asked[i]->inquiry->receiver,
		                &p->asked[i]->schema, error))
			return false;
	return true;
}

static bool add_caveats(const struct answering *a, struct source_days_asked *asked,
                        struct error *error)
{
	const struct caveat no_packets = { CAVEAT_NO_PACKETS };
	const struct caveat no_source_days = { CAVEAT_NO_SOURCE_DAYS };
	const bool has_rows = asked->rows.count > 0;
	const bool is_by_shape = asked->inquiry->question->kind == QUESTION_SHAPES;
	return (has_rows || !is_by_shape || add_caveat(asked->inquiry, &no_packets, error)) &&
	       floods_caveats(asked->inquiry, &asked->left_out, error) &&
	       (has_rows || is_by_shape || add_caveat(asked->inquiry, &no_source_days, error)) &&
	       unknown_families_caveat(a, asked->inquiry, error);
}

static bool finish_all(const struct answering *a, const struct pass *p, bool ok,
                       struct error *error)
{
	struct error ignored;
	for (size_t i = 0; i < p->count; i++) {
		ok = rows_finish(&p->asked[i]->rows, ok ? error : &ignored) && ok;
		ok = ok && add_caveats(a, p->asked[i], error);
	}
	return ok;
}

static bool open_all(const struct answering *a, struct inquiry *const *list, size_t count,
                     struct pass *p, struct error *error)
{
	p->asked = memory_new(count, sizeof(struct source_days_asked *));
	if (p->asked == NULL)
		return error_memory(error, "an answer");
	for (; p->count < count; p->count++) {
		struct inquiry *inquiry = list[p->count];
		struct source_days_asked **out = &p->asked[p->count];
		if (!(inquiry->question->kind == QUESTION_SOURCES
		              ? sources_open(a, inquiry, out, error)
		              : shapes_open(a, inquiry, out, error)))
			return false;
	}
	return shape_reader_open(a->holdings, &p->reader, error);
}

bool answer_source_days(const struct answering *a, struct inquiry *const *list, size_t count,
                        struct error *error)
{
	struct pass pass = { .holdings = a->holdings };
	bool ok = open_all(a, list, count, &pass, error) && begin_all(&pass, error) &&
	          read_days(&pass, error);
	ok = finish_all(a, &pass, ok, error);
	for (size_t i = 0; i < pass.count; i++)
		pass.asked[i]->functions->close(pass.asked[i]);
	memory_free(pass.asked);
	shape_reader_close(pass.reader);
	return ok;
}
