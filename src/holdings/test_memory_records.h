// SPDX-License-Identifier: MIT
// A part of test_memory.h: what there is in memory, and of that the facts that carry a time of their own.
#pragma once

#include "base/memory.h"
#include "holdings/holdings.h"

#include <stdatomic.h>

struct memory_piece {
	struct holding holding;
	struct host_columns columns;
	uint64_t syns[FINGERPRINTS_MAX], all_syns;
};

struct memory_holdings {
	struct holdings holdings;
	struct holdings_about about;
	struct memory_piece *pieces;  // ascending by period
	size_t count;
	struct holdings_captures captures;
	struct holdings_capture *capture_list;  // our own, with their ledgers
	size_t capture_count;
	struct lost_day *lost;  // ascending
	size_t lost_count;
	bool has_ports;                    // tables of them
	const struct response *responses;  // in order, each once; the caller's
	size_t response_count;
	const struct honeypot_event *events;  // the same
	size_t event_count;
	struct memory_bursts *bursts;  // as they were added
	size_t bursts_count;
	atomic_size_t open;  // sets, tables of ports and days that are not closed
};

static inline struct memory_holdings *memory_of(const struct holdings *h)
{
	return (struct memory_holdings *)(uintptr_t)h;
}

// ---- what hosts answered

static inline int32_t memory_asked_day(const struct memory_holdings *m, const struct response *r)
{
	return r->time_ns == 0 ? 0 : zone_day(m->about.zone, r->time_ns).day;
}

struct memory_responses {
	struct holdings_responses base;
	struct memory_holdings *of;
	int32_t from, to;
	bool wants_bytes;
	size_t next;
};

static inline bool memory_next_response(struct holdings_responses *responses, struct response *out,
                                        struct error *error)
{
	struct memory_responses *r = (struct memory_responses *)responses;
	error->kind = ERROR_NONE;
	while (r->next < r->of->response_count) {
		*out = r->of->responses[r->next++];
		const int32_t day = memory_asked_day(r->of, out);
		if (!r->wants_bytes)
			out->bytes.length = 0;
		if (day >= r->from && day <= r->to)
			return true;
	}
	return false;
}

static inline void memory_close_responses(struct holdings_responses *responses)
{
	((struct memory_responses *)responses)->of->open--;
	memory_free(responses);
}

static inline bool memory_open_responses(struct holdings *h, int32_t from, int32_t to,
                                         bool wants_bytes, struct holdings_responses **out,
                                         struct error *error)
{
	struct memory_responses *r = memory_new(1, sizeof *r);
	if (r == NULL)
		return error_memory(error, "responses");
	*r = (struct memory_responses){ { memory_next_response, memory_close_responses },
		                        memory_of(h),
		                        from,
		                        to,
		                        wants_bytes,
		                        0 };
	r->of->open++;
	*out = &r->base;
	return true;
}

static inline bool memory_next_asked_day(const struct holdings *h, int32_t from, int32_t *out)
{
	const struct memory_holdings *m = memory_of(h);
	bool is_found = false;
	for (size_t i = 0; i < m->response_count; i++) {
		const int32_t day = memory_asked_day(m, &m->responses[i]);
		if (day < from || (is_found && day >= *out))
			continue;
		*out = day;
		is_found = true;
	}
	return is_found;
}

// ---- what was done at honeypots

struct memory_events {
	struct holdings_events base;
	struct memory_holdings *of;
	int32_t from, to;
	size_t next;
};

static inline int32_t memory_event_day(const struct memory_holdings *m,
                                       const struct honeypot_event *event)
{
	return event->time_ns == 0 ? 0 : zone_day(m->about.zone, event->time_ns).day;
}

static inline bool memory_next_event_day(const struct holdings *h, int32_t from, int32_t *out)
{
	const struct memory_holdings *m = (const struct memory_holdings *)h;
	bool is_there = false;
	for (size_t i = 0; i < m->event_count; i++) {
		const int32_t day = memory_event_day(m, &m->events[i]);
		if (day >= from && (!is_there || day < *out)) {
			*out = day;
			is_there = true;
		}
	}
	return is_there;
}

static inline bool memory_next_event(struct holdings_events *events, struct honeypot_event *out,
                                     struct error *error)
{
	struct memory_events *e = (struct memory_events *)events;
	error->kind = ERROR_NONE;
	while (e->next < e->of->event_count) {
		*out = e->of->events[e->next++];
		const int32_t day = memory_event_day(e->of, out);
		if (day >= e->from && day <= e->to)
			return true;
	}
	return false;
}

static inline void memory_close_events(struct holdings_events *events)
{
	((struct memory_events *)events)->of->open--;
	memory_free(events);
}

static inline bool memory_open_events(struct holdings *h, int32_t from, int32_t to,
                                      struct holdings_events **out, struct error *error)
{
	struct memory_events *e = memory_new(1, sizeof *e);
	if (e == NULL)
		return error_memory(error, "events");
	*e = (struct memory_events){
		{ memory_next_event, memory_close_events }, memory_of(h), from, to, 0
	};
	e->of->open++;
	*out = &e->base;
	return true;
}
