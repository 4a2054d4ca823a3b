// SPDX-License-Identifier: MIT
#include "analyse/events/big.h"

#include "analyse/events/tally.h"
#include "base/memory.h"
#include "holdings/days.h"

const char *const big_definition_names[BIG_DEFINITIONS] = { "dispersion", "volume", "ports" };

// Ports of the source at hand on a day.
struct day_ports {
	uint32_t ports;
	uint32_t last;  // protocol and port, the one that was counted last, and 1
};

struct search {
	struct big_scanner now;  // the source at hand, if it has events
	struct day_range span;
	struct day_ports *days;  // [span]
	int32_t touched_first, touched_last;
	struct tally packets, ports;
	bool is_counting;  // the first pass
	struct big_limits limits;
	big_take *take;
	void *context;
};

// ---- one source

static bool end_source(struct search *s, struct error *error)
{
	bool ok = true;
	if (s->now.events == 0)
		return true;
	for (int32_t day = s->touched_first; day <= s->touched_last; day++) {
		struct day_ports *on = &s->days[day - s->span.from];
		if (s->is_counting && on->ports > 0)
			ok = ok && tally_add(&s->ports, on->ports);
		s->now.ports = on->ports > s->now.ports ? on->ports : s->now.ports;
		*on = (struct day_ports){ .ports = 0 };
	}
	if (!ok)
		return error_memory(error, "big scanners");
	if (s->now.ports >= s->limits.ports)
		s->now.definitions |= 1u << BIG_PORTS;
	return s->is_counting || s->now.definitions == 0 || s->take(s->context, &s->now, error);
}

static void begin_source(struct search *s, const struct event *e)
{
	s->now = (struct big_scanner){ .source = e->source,
		                       .first_ns = e->first_ns,
		                       .last_ns = e->last_ns };
	s->touched_first = s->touched_last = e->day;
}

// Events of a port come in a row.
static void add_port(struct search *s, const struct event *e)
{
	struct day_ports *on = &s->days[e->day - s->span.from];
	const uint32_t port = ((uint32_t)e->protocol << 16 | e->port) + 1;
	if (on->last != port)
		*on = (struct day_ports){ on->ports + 1, port };
	s->touched_first = e->day < s->touched_first ? e->day : s->touched_first;
	s->touched_last = e->day > s->touched_last ? e->day : s->touched_last;
}

static void add_dispersion(struct search *s, const struct event *e)
{
	struct big_scanner *now = &s->now;
	if (e->destinations > now->event_destinations) {
		now->event_destinations = e->destinations;
		now->telescope = e->telescope;
	}
	if (e->telescope > 0 &&
	    event_coverage(e->destinations, e->telescope) >= BIG_DISPERSION_SHARE)
		now->definitions |= 1u << BIG_DISPERSION;
}

static bool add(void *context, const struct event *e, struct error *error)
{
	struct search *s = context;
	struct big_scanner *now = &s->now;
	if (now->events == 0 || now->source != e->source) {
		if (!end_source(s, error))
			return false;
		begin_source(s, e);
	}
	now->events++;
	now->packets += e->packets;
	now->first_ns = e->first_ns < now->first_ns ? e->first_ns : now->first_ns;
	now->last_ns = e->last_ns > now->last_ns ? e->last_ns : now->last_ns;
	now->event_packets = e->packets > now->event_packets ? e->packets : now->event_packets;
	if (e->packets >= s->limits.packets)
		now->definitions |= 1u << BIG_VOLUME;
	add_dispersion(s, e);
	add_port(s, e);
	return !s->is_counting || tally_add(&s->packets, e->packets) ||
	       error_memory(error, "big scanners");
}

// ---- two passes

static bool pass(struct search *s, struct holdings *h, const struct events_request *r,
                 struct error *error)
{
	s->now = (struct big_scanner){ .events = 0 };
	return events_each(h, r, add, s, error) && end_source(s, error);
}

static bool search(struct search *s, struct holdings *h, const struct events_request *r,
                   double quantile, struct error *error)
{
	s->is_counting = true;
	s->limits = (struct big_limits){ .packets = UINT64_MAX, .ports = UINT64_MAX };
	if (!pass(s, h, r, error))
		return false;
	s->is_counting = false;
	s->limits = (struct big_limits){ .events = s->packets.total,
		                         .source_days = s->ports.total,
		                         .packets = tally_top(&s->packets, quantile),
		                         .ports = tally_top(&s->ports, quantile) };
	return pass(s, h, r, error);
}

bool big_scanners_find(struct holdings *h, const struct events_request *r, double quantile,
                       big_take *take, void *context, struct big_limits *out, struct error *error)
{
	struct search s = { .take = take, .context = context };
	*out = (struct big_limits){ .packets = UINT64_MAX, .ports = UINT64_MAX };
	if (!held_days_bounds(h, r->days, &s.span))
		return true;
	s.days = memory_new((size_t)((int64_t)s.span.to - s.span.from + 1), sizeof *s.days);
	bool ok = (tally_init(&s.packets) && tally_init(&s.ports) && s.days != NULL) ||
	          error_memory(error, "big scanners");
	ok = ok && search(&s, h, r, quantile, error);
	tally_done(&s.packets);
	tally_done(&s.ports);
	memory_free(s.days);
	*out = s.limits;
	return ok;
}
