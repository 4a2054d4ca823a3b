// SPDX-License-Identifier: MIT
#include "analyse/attacks/attacks.h"

#include "base/memory.h"
#include "place/place.h"

#include <stdlib.h>
#include <string.h>

#define SECOND_NS UINT64_C(1000000000)

struct search {
	const struct attacks_request *request;
	struct holdings_about about;
	struct attacks *out;
	size_t capacity;
	struct place_range country, network;  // of the victim before; empty at first
	int32_t places_day;
};

// Of a telescope that nobody named no size is known.
static uint64_t telescope_on_day_of(const struct search *s, uint64_t time_ns)
{
	if (s->about.telescope_days == NULL)
		return 0;
	return telescope_size(s->about.telescope_days, zone_day(s->about.zone, time_ns).day);
}

// ---- one attack

static bool find_place(struct place_atlas *atlas, int32_t day, uint32_t address, bool is_new_day,
                       struct place_range *range, uint32_t *out)
{
	*out = PLACE_UNKNOWN;
	if (atlas == NULL)
		return true;
	if ((is_new_day || address < range->first || address > range->last) &&
	    !place_find(atlas, day, address, range))
		return false;
	*out = range->place;
	return true;
}

// Victims come in ascending order.
static bool find_places(struct search *s, struct attack *a, struct error *error)
{
	const bool is_new_day = s->places_day != a->day;
	s->places_day = a->day;
	return (find_place(s->request->countries, a->day, a->victim, is_new_day, &s->country,
	                   &a->country) &&
	        find_place(s->request->networks, a->day, a->victim, is_new_day, &s->network,
	                   &a->network)) ||
	       error_memory(error, "places");
}

// Different upper halves of a set of addresses.
static uint32_t count_networks(struct span set)
{
	struct burst_set_reader reader = burst_set_read(set);
	uint32_t value, last = UINT32_MAX, count = 0;
	while (burst_set_next(&reader, &value)) {
		count += count == 0 || value >> 16 != last;
		last = value >> 16;
	}
	return count;
}

// What is told of a burst if it reaches the thresholds; what is cheap is looked at first, since most are far
// below.
static bool is_attack(const struct search *s, const struct burst *b, struct attack *out)
{
	struct attack_thresholds t = s->request->thresholds;
	if (b->last_ns - b->first_ns < t.seconds * SECOND_NS ||
	    (b->packets < t.packets && !s->request->is_scaled))
		return false;
	const struct attack_peak peak = attack_peak(b);
	const uint64_t telescope = telescope_on_day_of(s, peak.at_ns);
	if (s->request->is_scaled && telescope > 0)
		t = attack_thresholds_scaled(&t, telescope);
	if (b->packets < t.packets || peak.packets < t.per_minute)
		return false;
	*out = (struct attack){ .first_ns = b->first_ns,
		                .last_ns = b->last_ns,
		                .peak_ns = peak.at_ns,
		                .packets = b->packets,
		                .mismatches = b->mismatches,
		                .max_per_minute = peak.packets,
		                .telescope = telescope,
		                .victim = b->key.address,
		                .protocol = b->key.protocol,
		                .day = zone_day(s->about.zone, b->first_ns).day,
		                .first_port = b->first_port,
		                .has_port = b->has_port };
	return day_range_holds(s->request->days, out->day);
}

static bool keep(struct search *s, const struct attack *a, struct error *error)
{
	struct attacks *all = s->out;
	if (all->count == s->capacity) {
		const size_t capacity = 2 * s->capacity + 256;
		struct attack *more = memory_resize(all->list, capacity, sizeof *more);
		if (more == NULL)
			return error_memory(error, "attacks");
		all->list = more;
		s->capacity = capacity;
	}
	all->list[all->count++] = *a;
	return true;
}

static bool look_at(struct search *s, const struct burst *b, struct error *error)
{
	struct attack a;
	if (!is_attack(s, b, &a))
		return true;
	a.addresses = burst_set_count(b->others);
	a.ports = burst_set_count(b->ports);
	a.networks = count_networks(b->others);
	return find_places(s, &a, error) && keep(s, &a, error);
}

// ---- all

static int compare(const void *a, const void *b)
{
	const struct attack *x = a, *y = b;
	if (x->first_ns != y->first_ns)
		return x->first_ns < y->first_ns ? -1 : 1;
	if (x->victim != y->victim)
		return x->victim < y->victim ? -1 : 1;
	return (x->protocol > y->protocol) - (x->protocol < y->protocol);
}

static bool search(struct search *s, struct burst_stream *bursts, struct error *error)
{
	const struct burst *burst;
	do {
		if (!bursts->next(bursts, &burst, error) ||
		    (burst != NULL && !look_at(s, burst, error)))
			return false;
	} while (burst != NULL);
	return true;
}

bool attacks_find(struct holdings *h, const struct attacks_request *request, struct attacks *out,
                  struct error *error)
{
	struct search s = { .request = request,
		            .about = holdings_about(h),
		            .out = out,
		            .country.first = 1,
		            .network.first = 1 };
	struct burst_stream *bursts;
	*out = (struct attacks){ .kept = bursts_kept(h, BURST_BACKSCATTER, request->days),
		                 .telescope = telescope_range(h, request->days) };
	if (!burst_range_open(h, BURST_BACKSCATTER,
	                      burst_range_reach(request->days, request->thresholds.silence_s),
	                      request->thresholds.silence_s * SECOND_NS, &bursts, error))
		return false;
	const bool ok = search(&s, bursts, error);
	bursts->close(bursts);
	if (!ok) {
		attacks_done(out);
		return false;
	}
	if (out->count > 1)
		qsort(out->list, out->count, sizeof *out->list, compare);
	return true;
}

void attacks_done(struct attacks *a)
{
	memory_free(a->list);
	*a = (struct attacks){ .count = 0 };
}
