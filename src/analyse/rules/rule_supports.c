// SPDX-License-Identifier: MIT
// Days side by side, each by one thread with a matcher of its own.
#include "analyse/rules/rule_supports.h"

#include "analyse/rules/header_rules_private.h"
#include "analyse/rules/rule_match.h"
#include "base/memory.h"
#include "base/pool.h"
#include "holdings/days.h"

// A day that is being counted.
struct open_day {
	struct holdings_hosts *reader;
	struct floods *floods;  // NULL: nothing is left out
	struct rule_supports_day *out;
	struct error error;
};

struct count {
	const struct rule_supports_request *request;
	struct rule_supports out;
	uint32_t *fields;  // [query_count]: bits of those of which the query has values
	struct rule_matcher **matchers;  // [threads]
	struct open_day *open;           // [threads]
	size_t open_count;
	unsigned threads;
};

// Bits of the fields whose values a bucket has taken the place of.
static uint32_t bucketed_fields(const struct host_day *host)
{
	uint32_t fields = 0;
	for (unsigned field = 0; field < HEADER_FIELDS_MAX; field++)
		if (header_bucket_of(host, field) > 0)
			fields |= UINT32_C(1) << field;
	return fields;
}

static void count_totals(const struct rule_supports_request *request, const struct host_day *host,
                         struct rule_supports_day *day)
{
	bool is_any = false;
	for (size_t i = 0; i < request->field_count; i++) {
		const unsigned field = request->fields[i];
		const bool is_one = packets_of_kinds(host, field_info(field)->kinds) > 0;
		day->totals[field] += is_one;
		is_any |= is_one;
	}
	day->total += is_any;
}

static void count_host(const struct count *c, struct rule_matcher *matcher,
                       const struct host_day *host, struct rule_supports_day *day)
{
	const uint32_t *queries;
	const size_t found = rule_matcher_find(matcher, host, &queries);
	const uint32_t bucketed = found > 0 && !c->request->without_buckets ? bucketed_fields(host)
	                                                                    : 0;
	count_totals(c->request, host, day);
	for (size_t i = 0; i < found; i++)
		day->supports[queries[i]] += (c->fields[queries[i]] & bucketed) == 0;
}

static bool count_day(void *context, size_t job, unsigned thread)
{
	const struct count *c = context;
	struct open_day *day = &c->open[job];
	const struct host_day *host;
	while ((host = holdings_next_host(day->reader, &day->error)) != NULL)
		if (day->floods == NULL || !floods_suspect(day->floods, host))
			count_host(c, c->matchers[thread], host, day->out);
	return day->error.kind == ERROR_NONE;
}

static void close_days(struct count *c)
{
	for (size_t i = 0; i < c->open_count; i++) {
		holdings_close_hosts(c->open[i].reader);
		floods_free(c->open[i].floods);
	}
	c->open_count = 0;
}

static bool count_open_days(struct count *c, struct error *error)
{
	// A pool fails without a word where it gets no memory to begin.
	const bool ok = pool_run(c->threads, c->open_count, count_day, c) ||
	                error_memory(error, "the supports of rules");
	for (size_t i = 0; !ok && i < c->open_count; i++)
		if (c->open[i].error.kind != ERROR_NONE)
			*error = c->open[i].error;
	close_days(c);
	return ok;
}

static bool open_day(struct count *c, struct holdings *holdings, struct rule_supports_day *out,
                     struct error *error)
{
	struct open_day *day = &c->open[c->open_count++];
	uint64_t columns = rule_matcher_columns(c->matchers[0]);
	*day = (struct open_day){ .out = out };
	for (size_t i = 0; c->request->reads_all_fields && i < c->request->field_count; i++)
		columns |= COLUMN_BIT(COLUMN_FIELD + c->request->fields[i]);
	if (c->request->without_floods) {
		columns |= FLOOD_COLUMNS;
		if (!floods_find(holdings, out->day, &day->floods, error))
			return false;
	}
	out->supports = memory_new(c->request->query_count + 1, sizeof *out->supports);
	if (out->supports == NULL)
		return error_memory(error, "the supports of rules");
	return holdings_open_hosts(holdings, period_of_day(out->day), columns, &day->reader, error);
}

static bool list_days(struct count *c, const struct holdings *holdings, struct error *error)
{
	const struct day_range window = c->request->window;
	struct held_day day = { .count = 0 };
	struct rule_supports *out = &c->out;
	out->days = memory_new(held_days_count(holdings, window) + 1, sizeof *out->days);
	if (out->days == NULL)
		return error_memory(error, "the supports of rules");
	while (held_day_next(holdings, window, &day))
		out->days[out->day_count++] = (struct rule_supports_day){ .day = day.day,
			                                                  .floor = day.floor };
	return true;
}

static bool prepare(struct count *c, struct error *error)
{
	const struct rule_supports_request *request = c->request;
	c->fields = memory_new(request->query_count + 1, sizeof *c->fields);
	c->matchers = memory_new(c->threads, sizeof(struct rule_matcher *));
	c->open = memory_new(c->threads, sizeof *c->open);
	if (c->fields == NULL || c->matchers == NULL || c->open == NULL)
		return error_memory(error, "the supports of rules");
	for (size_t q = 0; q < request->query_count; q++)
		for (size_t i = 0; i < request->queries[q].count; i++)
			if (!request->queries[q].items[i].is_bucket)
				c->fields[q] |= UINT32_C(1) << request->queries[q].items[i].field;
	for (unsigned i = 0; i < c->threads; i++)
		if (!rule_matcher_new(request->queries, request->query_count, &c->matchers[i],
		                      error))
			return false;
	return true;
}

static bool count_days(struct count *c, struct holdings *holdings, struct error *error)
{
	for (size_t i = 0; i < c->out.day_count; i++) {
		const bool is_last = i + 1 == c->out.day_count;
		if (!open_day(c, holdings, &c->out.days[i], error))
			return false;
		if ((is_last || c->open_count == c->threads) && !count_open_days(c, error))
			return false;
	}
	return true;
}

bool rule_supports_count(struct holdings *holdings, const struct rule_supports_request *request,
                         struct rule_supports *out, struct error *error)
{
	struct count c = { .request = request, .threads = pool_threads(request->threads) };
	const bool ok = prepare(&c, error) && list_days(&c, holdings, error) &&
	                count_days(&c, holdings, error);
	if (ok)
		*out = c.out;
	else
		rule_supports_done(&c.out);
	close_days(&c);
	for (unsigned i = 0; c.matchers != NULL && i < c.threads; i++)
		rule_matcher_free(c.matchers[i]);
	memory_free(c.matchers);
	memory_free(c.fields);
	memory_free(c.open);
	return ok;
}

void rule_supports_done(struct rule_supports *s)
{
	for (size_t i = 0; i < s->day_count; i++)
		memory_free(s->days[i].supports);
	memory_free(s->days);
	*s = (struct rule_supports){ .days = NULL };
}
