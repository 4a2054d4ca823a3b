// SPDX-License-Identifier: MIT
#include "holdings/window.h"

static struct window_holdings *window_of(const struct holdings *h)
{
	return (struct window_holdings *)(uintptr_t)h;
}

static struct holdings *inner_of(const struct holdings *h)
{
	return window_of(h)->inner;
}

static size_t count(const struct holdings *h)
{
	return window_of(h)->count;
}

static struct holding at(const struct holdings *h, size_t index)
{
	return holdings_at(inner_of(h), window_of(h)->first + index);
}

static struct holdings_about about(const struct holdings *h)
{
	return holdings_about(inner_of(h));
}

static bool syns(struct holdings *h, size_t index, unsigned family, uint64_t *out,
                 struct error *error)
{
	return holdings_syns(inner_of(h), window_of(h)->first + index, family, out, error);
}

static bool open_set(struct holdings *h, size_t index, unsigned family, struct holdings_set **out,
                     struct error *error)
{
	return holdings_open_set(inner_of(h), window_of(h)->first + index, family, out, error);
}

static bool open_ports(struct holdings *h, size_t index, unsigned field,
                       struct holdings_ports **out, struct error *error)
{
	return holdings_open_ports(inner_of(h), window_of(h)->first + index, field, out, error);
}

// Whoever asks for a period has seen a piece of it.
static bool open_hosts(struct holdings *h, struct period period, uint64_t columns,
                       struct holdings_hosts **out, struct error *error)
{
	return holdings_open_hosts(inner_of(h), period, columns, out, error);
}

static bool open_captures(struct holdings *h, struct holdings_captures **out, struct error *error)
{
	return holdings_open_captures(inner_of(h), out, error);
}

static bool check_hosts(struct holdings *h, struct period period, uint64_t columns,
                        struct error *error)
{
	return holdings_check_hosts(inner_of(h), period, columns, error);
}

// They ascend: those of the window lie together.
static const struct lost_day *lost(const struct holdings *h, size_t *out_count)
{
	const struct day_range days = window_of(h)->days;
	size_t count;
	const struct lost_day *list = holdings_lost(inner_of(h), &count);
	while (count > 0 && list->day < days.from) {
		list++;
		count--;
	}
	while (count > 0 && list[count - 1].day > days.to)
		count--;
	*out_count = count;
	return list;
}

// What is left has other numbers.
static bool lose(struct holdings *h, bool looks_at_all, size_t *out_days, struct error *error)
{
	struct window_holdings *w = window_of(h);
	if (!holdings_lose(w->inner, looks_at_all, out_days, error))
		return false;
	const struct window_holdings left = window_holdings(w->inner, w->days);
	w->first = left.first;
	w->count = left.count;
	return true;
}

// Days of the window are those of packets: when hosts were asked is another matter.
static bool open_responses(struct holdings *h, int32_t from, int32_t to, bool wants_bytes,
                           struct holdings_responses **out, struct error *error)
{
	return holdings_open_responses(inner_of(h), from, to, wants_bytes, out, error);
}

static bool next_asked_day(const struct holdings *h, int32_t from, int32_t *out)
{
	return holdings_next_asked_day(inner_of(h), from, out);
}

static bool open_events(struct holdings *h, int32_t from, int32_t to, struct holdings_events **out,
                        struct error *error)
{
	return holdings_open_events(inner_of(h), from, to, out, error);
}

static bool next_event_day(const struct holdings *h, int32_t from, int32_t *out)
{
	return holdings_next_event_day(inner_of(h), from, out);
}

// As with host-days, whoever asks for a period has seen a piece of it.
static bool open_bursts(struct holdings *h, struct period period, enum burst_form form,
                        struct burst_stream **out, struct error *error)
{
	return holdings_open_bursts(inner_of(h), period, form, out, error);
}

static struct holdings_kept kept(const struct holdings *h, struct period period,
                                 enum burst_form form)
{
	return holdings_kept(inner_of(h), period, form);
}

static const struct holdings_functions functions = {
	count,          at,          about, syns, open_set,       open_ports,     open_hosts,
	open_captures,  check_hosts, lost,  lose, open_responses, next_asked_day, open_events,
	next_event_day, open_bursts, kept,
};

struct window_holdings window_holdings(struct holdings *inner, struct day_range days)
{
	struct window_holdings w = { .holdings = { &functions }, .inner = inner, .days = days };
	const size_t all = holdings_count(inner);
	while (w.first < all && holdings_day(inner, w.first) < days.from)
		w.first++;
	while (w.first + w.count < all && holdings_day(inner, w.first + w.count) <= days.to)
		w.count++;
	return w;
}
