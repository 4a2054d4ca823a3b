// SPDX-License-Identifier: MIT
// What is opened stands in a struct of ours, whose functions look before they call those of the holdings
// behind it.
#include "holdings/limited.h"

#include "base/clock.h"
#include "base/interrupt.h"
#include "base/memory.h"

static struct limited_holdings *limited_of(struct holdings *h)
{
	return (struct limited_holdings *)h;
}

static struct holdings *inner_of(const struct holdings *h)
{
	return ((const struct limited_holdings *)h)->inner;
}

// Whether it may go on.
static bool look(const struct limits *limits, struct error *error)
{
	if (interrupt_requested())
		return error_set(error, ERROR_FAILED, "interrupted");
	if (limits->is_cancelled != NULL && limits->is_cancelled(limits->context))
		return error_set(error, ERROR_FAILED, "cancelled");
	return limits->deadline_ns == 0 || clock_now_ns() < limits->deadline_ns ||
	       error_set(error, ERROR_FAILED, "the time for the answer is over");
}

// ---- what is there

static size_t count(const struct holdings *h)
{
	return holdings_count(inner_of(h));
}

static struct holding at(const struct holdings *h, size_t index)
{
	return holdings_at(inner_of(h), index);
}

static struct holdings_about about(const struct holdings *h)
{
	return holdings_about(inner_of(h));
}

static bool syns(struct holdings *h, size_t index, unsigned family, uint64_t *out,
                 struct error *error)
{
	return look(limited_of(h)->limits, error) &&
	       holdings_syns(inner_of(h), index, family, out, error);
}

// A table has 65,536 rows at most: it is no place to stop.
static bool open_ports(struct holdings *h, size_t index, unsigned field,
                       struct holdings_ports **out, struct error *error)
{
	return look(limited_of(h)->limits, error) &&
	       holdings_open_ports(inner_of(h), index, field, out, error);
}

static bool open_captures(struct holdings *h, struct holdings_captures **out, struct error *error)
{
	return look(limited_of(h)->limits, error) &&
	       holdings_open_captures(inner_of(h), out, error);
}

static bool check_hosts(struct holdings *h, struct period period, uint64_t columns,
                        struct error *error)
{
	return look(limited_of(h)->limits, error) &&
	       holdings_check_hosts(inner_of(h), period, columns, error);
}

static const struct lost_day *lost(const struct holdings *h, size_t *out_count)
{
	return holdings_lost(inner_of(h), out_count);
}

static bool lose(struct holdings *h, bool looks_at_all, size_t *out_days, struct error *error)
{
	return look(limited_of(h)->limits, error) &&
	       holdings_lose(inner_of(h), looks_at_all, out_days, error);
}

// ---- sets

struct limited_set {
	struct holdings_set base;
	struct holdings_set *inner;
	const struct limits *limits;
};

static bool set_read(const struct holdings_set *set, size_t from, size_t length, uint8_t *out,
                     struct error *error)
{
	const struct limited_set *s = (const struct limited_set *)set;
	return length == 0 || (look(s->limits, error) &&
	                       s->inner->functions->read(s->inner, from, length, out, error));
}

static void set_hash(struct holdings_set *set, size_t from, struct span bytes)
{
	struct holdings_set *inner = ((struct limited_set *)set)->inner;
	inner->functions->hash(inner, from, bytes);
}

static bool set_end(struct holdings_set *set, struct error *error)
{
	const struct limited_set *s = (const struct limited_set *)set;
	return look(s->limits, error) && s->inner->functions->end(s->inner, error);
}

static void set_close(struct holdings_set *set)
{
	holdings_close_set(((struct limited_set *)set)->inner);
	memory_free(set);
}

static const struct holdings_set_functions set_functions = { set_read, set_hash, set_end,
	                                                     set_close };

static bool open_set(struct holdings *h, size_t index, unsigned family, struct holdings_set **out,
                     struct error *error)
{
	const struct limits *limits = limited_of(h)->limits;
	struct holdings_set *inner;
	if (!look(limits, error) || !holdings_open_set(inner_of(h), index, family, &inner, error))
		return false;
	*out = NULL;
	if (inner == NULL)
		return true;
	struct limited_set *set = memory_new(1, sizeof *set);
	if (set == NULL) {
		holdings_close_set(inner);
		return error_memory(error, "a set of sources");
	}
	*set = (struct limited_set){ { &set_functions, inner->length }, inner, limits };
	*out = &set->base;
	return true;
}

// ---- host-days

struct limited_hosts {
	struct holdings_hosts base;
	struct holdings_hosts *inner;
	const struct limits *limits;
	unsigned left;  // host-days before the next look
};

static __attribute__((noinline, cold)) const struct host_day *look_and_next(struct limited_hosts *h,
                                                                            struct error *error)
{
	h->left = LIMITED_HOSTS;
	return look(h->limits, error) ? holdings_next_host(h->inner, error) : NULL;
}

// Four instructions where there is nothing to look at: a host-day that little is read of costs some
// hundreds.
static const struct host_day *hosts_next(struct holdings_hosts *hosts, struct error *error)
{
	struct limited_hosts *h = (struct limited_hosts *)hosts;
	return __builtin_expect(--h->left == 0, 0) ? look_and_next(h, error)
	                                           : holdings_next_host(h->inner, error);
}

static void hosts_close(struct holdings_hosts *hosts)
{
	holdings_close_hosts(((struct limited_hosts *)hosts)->inner);
	memory_free(hosts);
}

static bool open_hosts(struct holdings *h, struct period period, uint64_t columns,
                       struct holdings_hosts **out, struct error *error)
{
	const struct limits *limits = limited_of(h)->limits;
	struct holdings_hosts *inner;
	if (!look(limits, error) ||
	    !holdings_open_hosts(inner_of(h), period, columns, &inner, error))
		return false;
	struct limited_hosts *hosts = memory_new(1, sizeof *hosts);
	if (hosts == NULL) {
		holdings_close_hosts(inner);
		return error_memory(error, "a day");
	}
	*hosts = (struct limited_hosts){
		{ hosts_next, hosts_close }, inner, limits, LIMITED_HOSTS
	};
	*out = &hosts->base;
	return true;
}

static bool open_responses(struct holdings *h, int32_t from, int32_t to, bool wants_bytes,
                           struct holdings_responses **out, struct error *error)
{
	return look(limited_of(h)->limits, error) &&
	       holdings_open_responses(inner_of(h), from, to, wants_bytes, out, error);
}

static bool next_asked_day(const struct holdings *h, int32_t from, int32_t *out)
{
	return holdings_next_asked_day(inner_of(h), from, out);
}

// Of many days and events a question may take long.
struct limited_events {
	struct holdings_events base;
	struct holdings_events *inner;
	const struct limits *limits;
	unsigned left;  // events before the next look
};

static bool events_next(struct holdings_events *events, struct honeypot_event *out,
                        struct error *error)
{
	struct limited_events *e = (struct limited_events *)events;
	if (--e->left == 0) {
		e->left = LIMITED_HOSTS;
		if (!look(e->limits, error))
			return false;
	}
	return e->inner->next(e->inner, out, error);
}

static void events_close(struct holdings_events *events)
{
	holdings_close_events(((struct limited_events *)events)->inner);
	memory_free(events);
}

static bool open_events(struct holdings *h, int32_t from, int32_t to, struct holdings_events **out,
                        struct error *error)
{
	const struct limits *limits = limited_of(h)->limits;
	struct holdings_events *inner;
	if (!look(limits, error) || !holdings_open_events(inner_of(h), from, to, &inner, error))
		return false;
	struct limited_events *events = memory_new(1, sizeof *events);
	if (events == NULL) {
		holdings_close_events(inner);
		return error_memory(error, "events");
	}
	*events = (struct limited_events){
		{ events_next, events_close }, inner, limits, LIMITED_HOSTS
	};
	*out = &events->base;
	return true;
}

static bool next_event_day(const struct holdings *h, int32_t from, int32_t *out)
{
	return holdings_next_event_day(inner_of(h), from, out);
}

// Of many keys a question may take long.
struct limited_bursts {
	struct burst_stream base;
	struct burst_stream *inner;
	const struct limits *limits;
	unsigned left;  // bursts before the next look
};

static bool bursts_next(struct burst_stream *bursts, const struct burst **out, struct error *error)
{
	struct limited_bursts *b = (struct limited_bursts *)bursts;
	if (--b->left == 0) {
		b->left = LIMITED_HOSTS;
		if (!look(b->limits, error))
			return false;
	}
	return b->inner->next(b->inner, out, error);
}

static void bursts_close(struct burst_stream *bursts)
{
	struct burst_stream *inner = ((struct limited_bursts *)bursts)->inner;
	inner->close(inner);
	memory_free(bursts);
}

static bool open_bursts(struct holdings *h, struct period period, enum burst_form form,
                        struct burst_stream **out, struct error *error)
{
	const struct limits *limits = limited_of(h)->limits;
	struct burst_stream *inner;
	if (!look(limits, error) || !holdings_open_bursts(inner_of(h), period, form, &inner, error))
		return false;
	struct limited_bursts *bursts = memory_new(1, sizeof *bursts);
	if (bursts == NULL) {
		inner->close(inner);
		return error_memory(error, "bursts");
	}
	*bursts = (struct limited_bursts){
		{ bursts_next, bursts_close }, inner, limits, LIMITED_HOSTS
	};
	*out = &bursts->base;
	return true;
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

struct limited_holdings limited_holdings(struct holdings *inner, const struct limits *limits)
{
	return (struct limited_holdings){ { &functions }, inner, limits };
}
