// SPDX-License-Identifier: MIT
#include "analyse/ended.h"

#include "analyse/near_days.h"
#include "base/memory.h"

struct ended_captures {
	struct holdings_captures base;
	struct holdings_captures *inner;
	struct holdings_capture *list;
	struct capture_seen *seen;  // of those that go on
};

static void close_captures(struct holdings_captures *captures)
{
	struct ended_captures *c = (struct ended_captures *)captures;
	holdings_close_captures(c->inner);
	memory_free(c->list);
	memory_free(c->seen);
	memory_free(c);
}

static bool is_all(struct day_range days)
{
	return days.from == all_days.from && days.to == all_days.to;
}

// The days of a capture in which something is.
static bool days_of(const struct ended_holdings *e, const struct zone *zone,
                    const struct holdings_capture *c, struct day_range *out, struct error *error)
{
	const struct holdings_captures alone = { c, 1, NULL };
	struct day_range near = all_days;
	if (!e->has_far_days && c->seen != NULL && near_days_are_in_doubt(zone, c->seen) &&
	    !near_days_find(zone, &alone, &near, error))
		return false;
	*out = !is_all(near) ? near
	                     : (struct day_range){ zone_day(zone, c->first_ns).day,
		                                   zone_day(zone, c->last_ns).day };
	return true;
}

// What is to be seen of a capture that goes on; `seen` stays where it is.
static void cut(const struct ended_holdings *e, struct holdings_capture *c,
                struct capture_seen *seen)
{
	*seen = c->seen != NULL ? *c->seen : (struct capture_seen){ .count = 0 };
	c->goes_on = true;
	c->frames_after = 0;
	while (seen->count > 0 && seen->stretches[seen->count - 1].first_ns >= e->end_ns)
		c->frames_after += seen->stretches[--seen->count].frames;
	if (seen->count > 0) {
		c->last_ns = seen->stretches[seen->count - 1].last_ns;
		c->seen = seen;
	} else {
		c->last_ns = e->end_ns - 1;
		c->frames_after = HOLDINGS_FRAMES_UNKNOWN;
		c->seen = NULL;
	}
}

static bool add_capture(const struct ended_holdings *e, const struct zone *zone,
                        const struct holdings_capture *capture, struct ended_captures *out,
                        struct error *error)
{
	struct day_range days;
	if (capture->first_ns > capture->last_ns)
		return true;
	if (!days_of(e, zone, capture, &days, error))
		return false;
	if (days.from > e->last_day)
		return true;
	const size_t number = out->base.count++;
	out->list[number] = *capture;
	if (days.to > e->last_day)
		cut(e, &out->list[number], &out->seen[number]);
	return true;
}

static bool fill(const struct ended_holdings *e, struct ended_captures *c, struct error *error)
{
	const struct holdings_captures *inner = c->inner;
	const struct zone *zone = holdings_about(&e->window.holdings).zone;
	c->list = memory_new(inner->count + 1, sizeof *c->list);
	c->seen = memory_new(inner->count + 1, sizeof *c->seen);
	if (c->list == NULL || c->seen == NULL)
		return error_memory(error, "captures");
	for (size_t i = 0; i < inner->count; i++)
		if (!add_capture(e, zone, &inner->list[i], c, error))
			return false;
	c->base.list = c->list;
	return true;
}

static bool open_captures(struct holdings *h, struct holdings_captures **out, struct error *error)
{
	const struct ended_holdings *e = (const struct ended_holdings *)h;
	struct ended_captures *c = memory_new(1, sizeof *c);
	if (c == NULL)
		return error_memory(error, "captures");
	c->base.close = close_captures;
	if (!holdings_open_captures(e->window.inner, &c->inner, error) || !fill(e, c, error)) {
		close_captures(&c->base);
		return false;
	}
	*out = &c->base;
	return true;
}

static bool open_responses(struct holdings *h, int32_t from, int32_t to, bool wants_bytes,
                           struct holdings_responses **out, struct error *error)
{
	const struct ended_holdings *e = (const struct ended_holdings *)h;
	return holdings_open_responses(e->window.inner, from, to < e->last_day ? to : e->last_day,
	                               wants_bytes, out, error);
}

static bool next_asked_day(const struct holdings *h, int32_t from, int32_t *out)
{
	const struct ended_holdings *e = (const struct ended_holdings *)(uintptr_t)h;
	int32_t day;
	if (!holdings_next_asked_day(e->window.inner, from, &day) || day > e->last_day)
		return false;
	*out = day;
	return true;
}

static bool open_events(struct holdings *h, int32_t from, int32_t to, struct holdings_events **out,
                        struct error *error)
{
	const struct ended_holdings *e = (const struct ended_holdings *)h;
	return holdings_open_events(e->window.inner, from, to < e->last_day ? to : e->last_day, out,
	                            error);
}

static bool next_event_day(const struct holdings *h, int32_t from, int32_t *out)
{
	const struct ended_holdings *e = (const struct ended_holdings *)(uintptr_t)h;
	int32_t day;
	if (!holdings_next_event_day(e->window.inner, from, &day) || day > e->last_day)
		return false;
	*out = day;
	return true;
}

// What comes after the day makes some days far that would not be without it, a frame of 1970 for example.
static bool find_shown(struct holdings *inner, const struct zone *zone, struct day_range days,
                       struct day_range *shown, bool *has_far_days, struct error *error)
{
	struct holdings_captures *captures;
	struct day_range near;
	if (!holdings_open_captures(inner, &captures, error))
		return false;
	const bool ok = near_days_find(zone, captures, &near, error);
	holdings_close_captures(captures);
	if (!ok)
		return false;
	*shown = (struct day_range){ near_days_reach(near, days).from, days.to };
	*has_far_days = shown->from < near.from;
	return true;
}

bool ended_holdings_begin(struct ended_holdings *e, struct holdings *inner, struct day_range days,
                          struct error *error)
{
	const struct zone *zone = holdings_about(inner).zone;
	const struct day_span last = zone_span_of_day(zone, days.to);
	struct day_range shown;
	bool has_far_days;
	if (!find_shown(inner, zone, days, &shown, &has_far_days, error))
		return false;
	*e = (struct ended_holdings){ .window = window_holdings(inner, shown),
		                      .last_day = days.to,
		                      .end_ns = last.day > days.to ? last.begin_ns : last.end_ns,
		                      .has_far_days = has_far_days };
	e->functions = *e->window.holdings.functions;
	e->functions.open_captures = open_captures;
	e->functions.open_responses = open_responses;
	e->functions.next_asked_day = next_asked_day;
	e->functions.open_events = open_events;
	e->functions.next_event_day = next_event_day;
	e->window.holdings.functions = &e->functions;
	return true;
}
