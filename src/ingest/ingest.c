// SPDX-License-Identifier: MIT
// frames -> packets -> ledger -> those that count, for the sinks.
#include "ingest/ingest.h"

#include "base/interrupt.h"
#include "base/memory.h"
#include "ingest/gather.h"
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
	struct gatherer gatherer;
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
	gather_begin(&in->gatherer, options->zone);
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
	gather_done(&in->gatherer);
	memory_free(in);
}

const struct seen *ingest_seen(const struct ingest *in)
{
	return &in->gatherer.seen;
}

static void note_detail(struct ingest_ledger *ledger, const struct ingest_detail *more)
{
	const struct ingest_detail *end = ledger->details + ledger->detail_count;
	struct ingest_detail *d = ledger->details;
	while (d < end && (d->number != more->number || d->reason != more->reason ||
	                   d->link_type != more->link_type || d->kind != more->kind))
		d++;
	if (d < end) {
		d->frames += more->frames;
		return;
	}
	if (ledger->detail_count == INGEST_DETAILS_MAX)
		return;
	*d = *more;
	ledger->detail_count++;
}

static void note_reason(struct ingest_ledger *ledger, int32_t link_type, const struct packet *p)
{
	note_detail(ledger, &(struct ingest_detail){ .kind = p->kind,
	                                             .link_type = link_type,
	                                             .reason = p->reason,
	                                             .number = p->reason_number,
	                                             .frames = p->packets });
}

// One by one: they lie on several days, or too far apart.
static bool see_each(struct ingest *in, size_t count)
{
	bool ok = true;
	for (size_t i = 0; ok && i < count; i++) {
		const struct packet *p = &in->packets[i];
		const struct seen_stretch one = { p->time_ns, p->time_ns, p->packets };
		ok = gather_add(&in->gatherer, &one);
	}
	return ok;
}

// From the first of a batch to the last. Frames nearly always ascend, and flows stand for several packets.
static struct seen_stretch stretch_of(const struct packet *packets, size_t count, bool are_frames)
{
	size_t ascending = 1;
	while (are_frames && ascending < count &&
	       packets[ascending].time_ns >= packets[ascending - 1].time_ns)
		ascending++;
	if (are_frames && ascending == count)
		return (struct seen_stretch){ packets[0].time_ns, packets[count - 1].time_ns,
			                      count };
	struct seen_stretch all = { UINT64_MAX, 0, 0 };
	for (size_t i = 0; i < count; i++) {
		const struct packet *p = &packets[i];
		all.first_ns = p->time_ns < all.first_ns ? p->time_ns : all.first_ns;
		all.last_ns = p->time_ns > all.last_ns ? p->time_ns : all.last_ns;
		all.frames += p->packets;
	}
	return all;
}

// Notes when a batch was seen: nearly always at once, since it takes less time than what would be silence.
static bool see(struct ingest *in, bool are_frames, size_t count, struct ingest_ledger *ledger)
{
	const struct seen_stretch all = stretch_of(in->packets, count, are_frames);
	if (all.first_ns < ledger->first_ns)
		ledger->first_ns = all.first_ns;
	if (all.last_ns > ledger->last_ns)
		ledger->last_ns = all.last_ns;
	const bool is_one = gather_is_day(&in->gatherer, &all) &&
	                    all.last_ns - all.first_ns < SEEN_SILENCE_S * NANOSECONDS_A_SECOND;
	return is_one ? gather_add(&in->gatherer, &all) : see_each(in, count);
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
		ledger->frames[p->kind] += p->packets;
		if (kind_is_packet(p->kind)) {
			if (kept < i)
				in->packets[kept] = *p;
			kept++;
		} else if (kind_has_reason(p->kind)) {
			note_reason(ledger, has_links ? in->frames[i].link_type : LINK_TYPE_UNSAID,
			            p);
		}
	}
	return kept;
}

// The same of a batch on all frames of which there is something to remark, whatever they count as.
static size_t count_remarked(struct ingest *in, bool has_links, size_t count, enum reason remark,
                             struct ingest_ledger *ledger)
{
	uint64_t before[KIND_COUNT];
	memcpy(before, ledger->frames, sizeof before);
	const size_t kept = count_batch(in, has_links, count, ledger);
	for (unsigned kind = 0; kind < KIND_COUNT; kind++) {
		const struct ingest_detail detail = { .kind = kind,
			                              .link_type = LINK_TYPE_UNSAID,
			                              .reason = remark,
			                              .frames = ledger->frames[kind] -
			                                        before[kind] };
		if (detail.frames > 0)
			note_detail(ledger, &detail);
	}
	return kept;
}

static bool take_batch(struct ingest *in, const struct capture *capture, size_t count,
                       struct ingest_ledger *ledger, struct error *error)
{
	const bool has_links = capture_content(capture) == CAPTURE_FRAMES;
	if (!see(in, has_links, count, ledger))
		return error_memory(error, "the times of a capture");
	fingerprint_match(in->fingerprints, in->packets, count);
	const size_t kept = capture_is_wide(capture)
	                            ? count_remarked(in, has_links, count, REASON_FRACTION, ledger)
	                            : count_batch(in, has_links, count, ledger);
	for (size_t i = 0; kept > 0 && i < in->sink_count; i++)
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

static bool end_capture(struct ingest *in, struct error *error)
{
	for (size_t i = 0; i < in->sink_count; i++) {
		struct packet_sink *sink = in->sinks[i];
		if (sink->end_capture != NULL && !sink->end_capture(sink, error))
			return false;
	}
	return true;
}

bool ingest_capture(struct ingest *in, struct capture *capture, ingest_tick *tick,
                    void *tick_context, struct ingest_ledger *ledger, struct error *error)
{
	*ledger = (struct ingest_ledger){ .first_ns = UINT64_MAX };
	gather_begin(&in->gatherer, in->gatherer.zone);
	uint64_t frames = 0, tick_at = 0;
	size_t count;
	while ((count = next_batch(in, capture, ledger)) > 0) {
		if (interrupt_requested())
			break;
		if (!take_batch(in, capture, count, ledger, error))
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
	gather_sort(&in->gatherer);
	return end_capture(in, error);
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
