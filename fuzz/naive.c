// SPDX-License-Identifier: MIT
#include "naive.h"

#include "fuzz.h"

#include <stdlib.h>

enum { FRAMES = 64 };

static int by_day_and_source(const void *a, const void *b)
{
	const struct naive_host *x = a, *y = b;
	if (x->day != y->day)
		return x->day < y->day ? -1 : 1;
	return (x->source > y->source) - (x->source < y->source);
}

static bool is_inside(const struct telescope *telescope, int32_t day, uint32_t address)
{
	if (telescope == NULL)
		return true;
	const struct ipset_prefixes *prefixes = telescope_on(telescope, day);
	for (size_t i = 0; i < prefixes->count; i++)
		if (address >= prefixes->ranges[i].first && address <= prefixes->ranges[i].last)
			return true;
	return false;
}

// Each packet is a host-day of its own at first.
static void note(struct naive *n, const struct packet *p, const struct zone *zone)
{
	struct naive_host *h = &n->hosts[n->count++];
	*h = (struct naive_host){ .day = zone_day(zone, p->time_ns).day,
		                  .source = p->source,
		                  .first_ns = p->time_ns,
		                  .last_ns = p->time_ns,
		                  .port_packets = p->kind == KIND_SYN ? p->packets : 0 };
	n->rows++;
	h->packets[p->kind - HOST_KIND_FIRST] = p->packets;
	for (unsigned f = 0; f < FINGERPRINTS_MAX; f++)
		h->matched[f] = (p->fingerprints >> f & 1) * (uint64_t)p->packets;
}

static void add(struct naive_host *to, const struct naive_host *h)
{
	for (unsigned kind = 0; kind < HOST_KINDS; kind++)
		to->packets[kind] += h->packets[kind];
	for (unsigned f = 0; f < FINGERPRINTS_MAX; f++)
		to->matched[f] += h->matched[f];
	to->port_packets += h->port_packets;
	to->first_ns = h->first_ns < to->first_ns ? h->first_ns : to->first_ns;
	to->last_ns = h->last_ns > to->last_ns ? h->last_ns : to->last_ns;
}

static void fold(struct naive *n)
{
	size_t kept = 0;
	qsort(n->hosts, n->count, sizeof *n->hosts, by_day_and_source);
	for (size_t i = 0; i < n->count; i++) {
		if (kept > 0 && by_day_and_source(&n->hosts[kept - 1], &n->hosts[i]) == 0)
			add(&n->hosts[kept - 1], &n->hosts[i]);
		else
			n->hosts[kept++] = n->hosts[i];
	}
	n->count = kept;
}

static size_t next_packets(struct capture *capture, struct packet packets[FRAMES])
{
	struct frame frames[FRAMES];
	struct flow flows[FRAMES];
	if (capture_content(capture) != CAPTURE_FRAMES) {
		const size_t count = capture_next_flows(capture, flows, FRAMES);
		decode_flows(flows, count, packets);
		return count;
	}
	const size_t count = capture_next(capture, frames, FRAMES);
	decode_frames(frames, count, packets);
	return count;
}

bool naive_count(const char *path, const struct zone *zone, const struct telescope *telescope,
                 const struct fingerprint_set *fingerprints, struct naive *out)
{
	struct naive n = { .hosts = NULL };
	struct capture *capture;
	struct packet packets[FRAMES];
	struct error error;
	size_t count, total = 0;
	*out = n;
	if (!capture_open(path, &capture, &error))
		return true;
	n.is_open = true;
	n.hosts = fuzz_room(NAIVE_FRAMES_MAX * sizeof *n.hosts);
	while ((count = next_packets(capture, packets)) > 0) {
		total += count;
		if (total > NAIVE_FRAMES_MAX)
			break;
		fingerprint_match(fingerprints, packets, count);
		for (size_t i = 0; i < count; i++) {
			const bool is_packet = kind_is_packet(packets[i].kind);
			const bool is_in = !(packets[i].known & KNOWN_NETWORK) ||
			                   is_inside(telescope,
			                             zone_day(zone, packets[i].time_ns).day,
			                             packets[i].destination);
			n.frames[is_packet && !is_in ? KIND_OUTSIDE_TELESCOPE : packets[i].kind] +=
				packets[i].packets;
			if (is_packet && is_in)
				note(&n, &packets[i], zone);
		}
	}
	n.is_damaged = capture_damage(capture, &error);
	capture_free(capture);
	fold(&n);
	*out = n;
	return total <= NAIVE_FRAMES_MAX;
}

void naive_done(struct naive *n)
{
	free(n->hosts);
	*n = (struct naive){ .hosts = NULL };
}
