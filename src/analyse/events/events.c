// SPDX-License-Identifier: MIT
#include "analyse/events/events.h"

#include "hostday/evidence.h"

const uint8_t event_protocol_numbers[EVENT_PROTOCOLS] = { BURST_TCP, BURST_UDP, BURST_ICMP };

static bool wants_port(const struct events_request *r, uint16_t port)
{
	bool wants = r->port_count == 0;
	for (size_t i = 0; !wants && i < r->port_count; i++)
		wants = r->ports[i] == port;
	return wants;
}

static bool wants_key(const struct events_request *r, const struct burst_key *key)
{
	for (size_t i = 0; i < EVENT_PROTOCOLS; i++)
		if (key->protocol == event_protocol_numbers[i])
			return !r->leaves_out[i] && wants_port(r, key->port);
	return false;
}

static uint64_t packets_matched(const struct burst *b, unsigned fingerprint)
{
	return b->matched_mask >> fingerprint & 1 ? b->matched[fingerprint] : 0;
}

static uint32_t counted(const struct burst *b)
{
	const uint64_t syns = b->packets - packets_matched(b, FINGERPRINT_UNKNOWN);
	uint32_t mask = b->matched_mask & ~(UINT32_C(1) << FINGERPRINT_UNKNOWN);
	for (uint32_t rest = mask & fingerprints_weighed; rest != 0; rest &= rest - 1) {
		const unsigned f = (unsigned)__builtin_ctz(rest);
		if (!evidence_is_enough(syns, b->matched[f], fingerprint_evidence_min(f)))
			mask &= ~(UINT32_C(1) << f);
	}
	return mask;
}

static uint64_t largest_telescope(const struct telescope *t, int32_t first, int32_t last)
{
	uint64_t most = 0;
	for (int64_t day = first; t != NULL && day <= last; day++) {
		const uint64_t size = telescope_size(t, (int32_t)day);
		most = size > most ? size : most;
	}
	return most;
}

static struct event event_of(const struct holdings_about *about, const struct burst *b)
{
	const int32_t first = zone_day(about->zone, b->first_ns).day;
	const int32_t last = zone_day(about->zone, b->last_ns).day;
	return (struct event){ .first_ns = b->first_ns,
		               .last_ns = b->last_ns,
		               .packets = b->packets,
		               .destinations = burst_set_count(b->others),
		               .telescope = largest_telescope(about->telescope_days, first, last),
		               .source = b->key.address,
		               .fingerprints = counted(b),
		               .day = first,
		               .port = b->key.port,
		               .protocol = b->key.protocol,
		               .is_unknown = b->key.protocol == BURST_TCP &&
		                             packets_matched(b, FINGERPRINT_UNKNOWN) ==
		                                     b->packets };
}

static bool read_all(struct burst_stream *stream, const struct holdings_about *about,
                     const struct events_request *r, event_take *take, void *context,
                     struct error *error)
{
	const struct burst *burst;
	bool ok;
	while ((ok = stream->next(stream, &burst, error)) && burst != NULL) {
		if (!wants_key(r, &burst->key) || burst->packets < r->packets_min)
			continue;
		const struct event event = event_of(about, burst);
		if (day_range_holds(r->days, event.day) &&
		    event.destinations >= r->destinations_min && !take(context, &event, error))
			return false;
	}
	return ok;
}

bool events_each(struct holdings *h, const struct events_request *r, event_take *take,
                 void *context, struct error *error)
{
	const struct holdings_about about = holdings_about(h);
	struct burst_stream *stream;
	if (!burst_range_open(h, BURST_SCAN, burst_range_reach(r->days, r->timeout_s),
	                      r->timeout_s * NANOSECONDS_A_SECOND, &stream, error))
		return false;
	const bool ok = read_all(stream, &about, r, take, context, error);
	stream->close(stream);
	return ok;
}
