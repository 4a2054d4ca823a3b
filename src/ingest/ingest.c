// SPDX-License-Identifier: MIT
// frames -> packets -> ledger -> those that count, for the sinks.
#include "ingest/ingest.h"

#include "base/interrupt.h"
#include "base/memory.h"
#include "ingest/host_day_sink.h"

#include <string.h>

// Frames and packets of a batch fit into the first cache.
enum { BATCH = 128, TICK_FRAMES = 1 << 16 };

struct ingest {
	const struct fingerprint_set *fingerprints;
	const struct telescope *telescope;
	struct telescope_gate gate;       // where the telescope has dates
	struct host_day_sink *host_days;  // NULL: none are made
	struct packet_sink *sinks[1 + INGEST_SINKS_MAX];
	size_t sink_count;
	bool is_known;  // what is read now was taken in before: it is for the ledger only
	// What is read now, and what it is decoded to.
	union {
		struct frame frames[BATCH];
		struct flow flows[BATCH];
	};
	struct packet packets[BATCH];
};

struct ingest *ingest_new(const struct ingest_options *options, struct error *error)
{
	struct ingest *in = memory_new(1, sizeof *in);
	if (in == NULL) {
		error_memory(error, "ingest");
		return NULL;
	}
	in->fingerprints = options->fingerprints;
	in->telescope = options->telescope;
	in->gate = telescope_gate_make(options->telescope, options->zone);
	if (!options->only_ledger) {
		in->host_days = host_day_sink_new(options, error);
		if (in->host_days == NULL) {
			memory_free(in);
			return NULL;
		}
		in->sinks[in->sink_count++] = host_day_sink_entry(in->host_days);
	}
	assert(options->sink_count <= INGEST_SINKS_MAX);
	for (size_t i = 0; i < options->sink_count; i++)
		in->sinks[in->sink_count++] = options->sinks[i];
	return in;
}

static void forget(struct ingest *in)
{
	for (size_t i = 0; i < in->sink_count; i++)
		in->sinks[i]->forget(in->sinks[i]);
}

void ingest_free(struct ingest *in)
{
	if (in == NULL)
		return;
	forget(in);
	host_day_sink_free(in->host_days);
	memory_free(in);
}

static void note_detail(struct ingest_ledger *ledger, int32_t link_type, const struct packet *p)
{
	const struct ingest_detail *end = ledger->details + ledger->detail_count;
	struct ingest_detail *d = ledger->details;
	while (d < end && (d->number != p->reason_number || d->reason != p->reason ||
	                   d->link_type != link_type || d->kind != p->kind))
		d++;
	if (d < end) {
		d->frames += p->packets;
		return;
	}
	if (ledger->detail_count == INGEST_DETAILS_MAX)
		return;
	*d = (struct ingest_detail){ .kind = p->kind,
		                     .link_type = link_type,
		                     .reason = p->reason,
		                     .number = p->reason_number,
		                     .frames = p->packets };
	ledger->detail_count++;
}

static void note(struct ingest_ledger *ledger, const struct packet *p)
{
	ledger->frames[p->kind] += p->packets;
	if (p->time_ns < ledger->first_ns)
		ledger->first_ns = p->time_ns;
	if (p->time_ns > ledger->last_ns)
		ledger->last_ns = p->time_ns;
}

// Where the prefixes of the telescope have dates. Where they have none, a packet costs no look at
// its day before it is known to be inside.
static void turn_away(struct ingest *in, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		struct packet *p = &in->packets[i];
		if (kind_is_packet(p->kind) && (p->known & KNOWN_NETWORK) &&
		    !telescope_gate_passes(&in->gate, p->time_ns, p->destination))
			p->kind = KIND_OUTSIDE_TELESCOPE;
	}
}

// Enters a batch in the ledger. Of its packets those that count come to the front: their number.
static size_t count_batch(struct ingest *in, bool has_links, size_t count,
                          struct ingest_ledger *ledger)
{
	const struct ipset_prefixes *telescope = in->telescope != NULL
	                                                 ? telescope_undated(in->telescope)
	                                                 : NULL;
	size_t kept = 0;
	if (in->telescope != NULL && telescope == NULL)
		turn_away(in, count);
	for (size_t i = 0; i < count; i++) {
		struct packet *p = &in->packets[i];
		if (kind_is_packet(p->kind) && telescope != NULL && (p->known & KNOWN_NETWORK) &&
		    !ipset_prefixes_hold(telescope, p->destination))
			p->kind = KIND_OUTSIDE_TELESCOPE;
		note(ledger, p);
		if (kind_is_packet(p->kind)) {
			if (kept < i)
				in->packets[kept] = *p;
			kept++;
		} else if (kind_has_reason(p->kind)) {
			note_detail(ledger, has_links ? in->frames[i].link_type : LINK_TYPE_UNSAID,
			            p);
		}
	}
	return kept;
}

static bool take_batch(struct ingest *in, bool has_links, size_t count,
                       struct ingest_ledger *ledger, struct error *error)
{
	fingerprint_match(in->fingerprints, in->packets, count);
	const size_t kept = count_batch(in, has_links, count, ledger);
	for (size_t i = 0; kept > 0 && !in->is_known && i < in->sink_count; i++)
		if (!in->sinks[i]->packets(in->sinks[i], in->packets, kept, error))
			return false;
	return true;
}

// Reads and decodes the next ones; 0 at the end.
static size_t next_batch(struct ingest *in, struct capture *capture, struct ingest_ledger *ledger)
{
	if (capture_content(capture) != CAPTURE_FRAMES) {
		const size_t flows = capture_next_flows(capture, in->flows, BATCH);
		decode_flows(in->flows, flows, in->packets);
		return flows;
	}
	const size_t count = capture_next(capture, in->frames, BATCH);
	for (size_t i = 0; i < count && !ledger->is_simulated; i++)
		ledger->is_simulated = decode_is_simulated(&in->frames[i]);
	decode_frames(in->frames, count, in->packets);
	return count;
}

static bool is_surely_known(const struct ingest_known *known)
{
	return known->count > 0 && known->found == NULL;
}

// Where the capture has come to is behind beginnings that may be known. Called before what it holds
// behind them is counted.
static void pass_beginnings(struct ingest *in, const struct capture *capture,
                            struct ingest_known *known, const struct ingest_ledger *ledger)
{
	for (; known->count > 0 && known->list->length_bytes < capture_length(capture);
	     known->list++, known->count--) {
		const bool is_sure = is_surely_known(known);
		if (is_sure || memcmp(known->found, known->list, sizeof *known->list) == 0) {
			known->is = known->list;
			memcpy(known->frames, ledger->frames, sizeof known->frames);
			if (!is_sure)
				forget(in);
		}
		known->found = is_sure ? NULL : known->found + 1;
	}
}

static size_t read_on(struct ingest *in, struct capture *capture, struct ingest_known *known,
                      struct ingest_ledger *ledger)
{
	const size_t count = next_batch(in, capture, ledger);
	pass_beginnings(in, capture, known, ledger);
	in->is_known = is_surely_known(known);
	return count;
}

static bool end_capture(struct ingest *in, struct error *error)
{
	for (size_t i = 0; i < in->sink_count; i++) {
		struct packet_sink *sink = in->sinks[i];
		if (sink->end_capture != NULL && !sink->end_capture(sink, error))
			return false;
	}
	return true;
}

bool ingest_grown(struct ingest *in, struct capture *capture, struct ingest_known *known,
                  ingest_tick *tick, void *tick_context, struct ingest_ledger *ledger,
                  struct error *error)
{
	*ledger = (struct ingest_ledger){ .first_ns = UINT64_MAX };
	const bool has_links = capture_content(capture) == CAPTURE_FRAMES;
	uint64_t frames = 0, tick_at = 0;
	size_t count;
	while ((count = read_on(in, capture, known, ledger)) > 0) {
		if (interrupt_requested())
			break;
		if (!take_batch(in, has_links, count, ledger, error))
			return false;
		frames += count;
		if (frames >= tick_at) {
			tick(tick_context, capture, frames);
			tick_at = frames + TICK_FRAMES;
		}
	}
	if (interrupt_requested())
		return error_set(
			error, ERROR_FAILED,
			"interrupted; what was read is dropped as a whole, the store is as it was");
	return end_capture(in, error);
}

bool ingest_capture(struct ingest *in, struct capture *capture, ingest_tick *tick,
                    void *tick_context, struct ingest_ledger *ledger, struct error *error)
{
	struct ingest_known nothing = { .count = 0 };
	return ingest_grown(in, capture, &nothing, tick, tick_context, ledger, error);
}

bool ingest_finish(struct ingest *in, struct host_day_receiver *receiver, struct error *error)
{
	bool ok = true;
	if (in->host_days != NULL)
		host_day_sink_hand_to(in->host_days, receiver);
	for (size_t i = 0; ok && i < in->sink_count; i++)
		ok = in->sinks[i]->finish(in->sinks[i], error);
	forget(in);
	return ok;
}
