// SPDX-License-Identifier: MIT
// Scan events, big scanners, groups of sources. Each inquiry has its own passes: rows are handed on as they are
// found, so that memory does not grow with them, and only when all was read once and is sound.
#include "answer/local/topic.h"

#include "analyse/events/big.h"
#include "analyse/events/groups.h"
#include "base/memory.h"
#include "base/text.h"

#include <math.h>
#include <string.h>

struct handing {
	const struct answering *a;
	struct inquiry *inquiry;
	struct events_request request;
	const struct fingerprint_set *fingerprints;
	struct rows rows;
	uint64_t count;  // events
	bool is_read;    // all of them, once
};

// ---- cells

static const char *protocol_name(uint32_t number)
{
	static const char *const names[EVENT_PROTOCOLS] = { "tcp", "udp", "icmp" };
	for (size_t i = 0; i < EVENT_PROTOCOLS; i++)
		if (event_protocol_numbers[i] == number)
			return names[i];
	return "";
}

static void write_fingerprints(struct handing *h, uint32_t mask)
{
	char text[FINGERPRINTS_MAX * (FINGERPRINT_NAME_SIZE + 1)] = "";
	size_t length = 0;
	for (; mask != 0; mask &= mask - 1) {
		const char *name = fingerprint_name(h->fingerprints, (unsigned)__builtin_ctz(mask));
		if (name != NULL)
			text_format(text + length, sizeof text - length, "%s%s",
			            length > 0 ? ";" : "", name);
		length = strlen(text);
	}
	rows_text(&h->rows, text);
}

// Without a telescope, or destinations, nobody knows it.
static void write_coverage(struct handing *h, uint64_t destinations, uint64_t telescope)
{
	if (destinations == 0 || telescope == 0)
		rows_unknown(&h->rows);
	else
		rows_real(&h->rows, event_coverage(destinations, telescope));
}

static void write_destinations(struct handing *h, uint64_t destinations)
{
	if (destinations == 0)
		rows_unknown(&h->rows);
	else
		rows_number(&h->rows, destinations);
}

static void write_rate(struct handing *h, const struct event *e)
{
	const double rate = e->telescope == 0
	                            ? NAN
	                            : event_rate(e->packets, e->first_ns, e->last_ns, e->telescope);
	if (e->telescope == 0)
		rows_unknown(&h->rows);
	else if (isnan(rate))
		rows_empty(&h->rows);
	else
		rows_real(&h->rows, rate);
}

static void write_estimates(struct handing *h, const struct event *e)
{
	const bool is_known = e->destinations > 0 && e->telescope > 0;
	const double probes = is_known ? event_probes_per_address(e->destinations, e->telescope)
	                               : NAN;
	if (!is_known)
		rows_unknown(&h->rows);
	else if (isinf(probes))
		rows_empty(&h->rows);
	else
		rows_real(&h->rows, probes);
	rows_real(&h->rows, (double)(e->last_ns - e->first_ns) / 1e9);
	if (e->telescope == 0)
		rows_unknown(&h->rows);
	else
		rows_number(&h->rows, e->telescope);
}

// ---- events

static bool write_event(void *context, const struct event *e, struct error *error)
{
	struct handing *h = context;
	(void)error;
	if (!h->is_read) {
		h->count++;
		return true;
	}
	if (h->rows.is_enough)
		return true;
	rows_address(&h->rows, e->source);
	rows_text(&h->rows, protocol_name(e->protocol));
	rows_number(&h->rows, e->port);
	rows_time(&h->rows, e->first_ns);
	rows_time(&h->rows, e->last_ns);
	rows_number(&h->rows, e->packets);
	write_destinations(h, e->destinations);
	write_coverage(h, e->destinations, e->telescope);
	write_rate(h, e);
	if (e->is_unknown)
		rows_unknown(&h->rows);
	else
		write_fingerprints(h, e->fingerprints);
	write_estimates(h, e);
	rows_end(&h->rows);
	return true;
}

static bool hand_events(struct handing *h, struct error *error)
{
	if (!events_each(h->a->holdings, &h->request, write_event, h, error))
		return false;
	h->is_read = true;
	return events_each(h->a->holdings, &h->request, write_event, h, error);
}

// ---- big scanners

static bool write_big(void *context, const struct big_scanner *b, struct error *error)
{
	struct handing *h = context;
	char text[64] = "";
	(void)error;
	if (h->rows.is_enough)
		return true;
	for (unsigned i = 0; i < BIG_DEFINITIONS; i++)
		if (b->definitions >> i & 1)
			text_format(text + strlen(text), sizeof text - strlen(text), "%s%s",
			            text[0] != '\0' ? ";" : "", big_definition_names[i]);
	rows_address(&h->rows, b->source);
	rows_text(&h->rows, text);
	rows_time(&h->rows, b->first_ns);
	rows_time(&h->rows, b->last_ns);
	rows_number(&h->rows, b->events);
	rows_number(&h->rows, b->packets);
	rows_number(&h->rows, b->event_packets);
	write_destinations(h, b->event_destinations);
	write_coverage(h, b->event_destinations, b->telescope);
	rows_number(&h->rows, b->ports);
	rows_end(&h->rows);
	return true;
}

static bool hand_big(struct handing *h, uint64_t addresses, struct error *error)
{
	struct big_limits limits;
	if (!big_scanners_find(h->a->holdings, &h->request, h->inquiry->question->events.quantile,
	                       write_big, h, &limits, error))
		return false;
	const struct caveat caveat = { CAVEAT_BIG_SCANNERS,
		                       { limits.events, limits.source_days, limits.packets,
		                         limits.ports, addresses == 0 } };
	h->count = limits.events;
	return add_caveat(h->inquiry, &caveat, error);
}

// ---- groups

static void write_group(struct handing *h, const struct source_group *g, uint64_t number)
{
	char text[GROUP_PORTS * 12 + 8] = "";
	for (size_t i = 0; i < g->port_count && i < GROUP_PORTS; i++)
		text_format(text + strlen(text), sizeof text - strlen(text), "%s%s/%u",
		            i > 0 ? ";" : "", protocol_name(g->ports[i] >> 16),
		            g->ports[i] & 0xffff);
	if (g->port_count > GROUP_PORTS)
		text_format(text + strlen(text), sizeof text - strlen(text), ";...");
	rows_number(&h->rows, number);
	rows_number(&h->rows, g->sources);
	rows_address(&h->rows, g->source);
	rows_number(&h->rows, g->port_count);
	rows_text(&h->rows, text);
	write_fingerprints(h, g->fingerprints);
	rows_time(&h->rows, g->first_ns);
	rows_time(&h->rows, g->begun_ns);
	rows_time(&h->rows, g->last_ns);
	rows_number(&h->rows, g->packets);
	rows_end(&h->rows);
}

static bool hand_groups(struct handing *h, struct error *error)
{
	struct source_groups groups;
	if (!source_groups_find(h->a->holdings, &h->request,
	                        h->inquiry->question->events.sources_min, &groups, error))
		return false;
	const struct caveat caveat = { CAVEAT_SOURCE_GROUPS,
		                       { groups.sources, groups.grouped, groups.count } };
	for (size_t i = 0; i < groups.count && !h->rows.is_enough; i++)
		write_group(h, &groups.list[i], i + 1);
	h->count = groups.sources;
	source_groups_done(&groups);
	return add_caveat(h->inquiry, &caveat, error);
}

// ---- all

enum basis { GIVEN, ASKED_FOR, RAISED, LOWERED, UNKNOWN_TELESCOPE };

// The smallest telescope of the days asks for the longest time-out.
static enum basis timeout_of(const struct events_question *q, uint64_t addresses, uint64_t *out)
{
	*out = q->timeout_s > 0 ? q->timeout_s : EVENT_TIMEOUT_S;
	if (q->timeout_s > 0)
		return GIVEN;
	if (addresses == 0)
		return UNKNOWN_TELESCOPE;
	const double seconds = round(event_timeout(addresses, q->rate, q->miss));
	*out = seconds < BURST_SILENCE_S       ? BURST_SILENCE_S
	       : seconds > EVENT_TIMEOUT_MAX_S ? EVENT_TIMEOUT_MAX_S
	                                       : (uint64_t)seconds;
	return seconds < BURST_SILENCE_S       ? RAISED
	       : seconds > EVENT_TIMEOUT_MAX_S ? LOWERED
	                                       : ASKED_FOR;
}

static uint64_t millionths(double share)
{
	return (uint64_t)(share * 1e6 + 0.5);
}

static bool timeout_caveat(struct inquiry *inquiry, enum basis basis, uint64_t timeout_s,
                           uint64_t addresses, struct error *error)
{
	const double rate = inquiry->question->events.rate, seconds = (double)timeout_s;
	const struct caveat caveat = {
		CAVEAT_EVENTS,
		{ timeout_s, basis, addresses, (uint64_t)(rate * 1000 + 0.5),
		  millionths(event_split_chance(addresses, rate, seconds)),
		  millionths(event_split_chance(addresses, rate / 10, seconds)) }
	};
	return add_caveat(inquiry, &caveat, error);
}

static bool hand(struct handing *h, uint64_t addresses, struct error *error)
{
	const enum question_kind kind = h->inquiry->question->kind;
	if (kind == QUESTION_BIG_SCANNERS)
		return hand_big(h, addresses, error);
	return kind == QUESTION_SOURCE_GROUPS ? hand_groups(h, error) : hand_events(h, error);
}

static bool kept_caveats(const struct handing *h, struct error *error)
{
	const struct bursts_kept kept = bursts_kept(h->a->holdings, BURST_SCAN, h->request.days);
	const struct caveat unknown = { CAVEAT_BURSTS_UNKNOWN,
		                        { BURST_SCAN, kept.none, kept.part, kept.days,
		                          kept.evicted_bursts, kept.evicted_packets } };
	const struct caveat none = { CAVEAT_NO_EVENTS };
	return (kept.none + kept.part + kept.evicted_bursts == 0 ||
	        add_caveat(h->inquiry, &unknown, error)) &&
	       (h->count > 0 || kept.none == kept.days || add_caveat(h->inquiry, &none, error));
}

static bool answer_one(const struct answering *a, struct inquiry *inquiry, struct error *error)
{
	const struct question *q = inquiry->question;
	const struct holdings_about about = holdings_about(a->holdings);
	const uint64_t addresses = telescope_range(a->holdings, q->days).least;
	struct handing h = { .a = a,
		             .inquiry = inquiry,
		             .request = { .days = q->days,
		                          .packets_min = q->events.packets_min,
		                          .destinations_min = q->events.destinations_min,
		                          .ports = q->ports,
		                          .port_count = q->port_count },
		             .fingerprints = about.fingerprints };
	struct schema schema;
	struct error ignored;
	for (size_t i = 0; i < EVENT_PROTOCOLS; i++)
		h.request.leaves_out[i] = q->events.leaves_out[i];
	const enum basis basis = timeout_of(&q->events, addresses, &h.request.timeout_s);
	question_schema(q, &schema);
	const bool ok = rows_begin(&h.rows, inquiry->receiver, &schema, error) &&
	                timeout_caveat(inquiry, basis, h.request.timeout_s, addresses, error) &&
	                hand(&h, addresses, error);
	return rows_finish(&h.rows, ok ? error : &ignored) && ok && kept_caveats(&h, error);
}

bool answer_events(const struct answering *a, struct inquiry *const *list, size_t count,
                   struct error *error)
{
	for (size_t i = 0; i < count; i++)
		if (!answer_one(a, list[i], error))
			return false;
	return true;
}
