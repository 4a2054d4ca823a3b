// SPDX-License-Identifier: MIT
// frames -> packets -> ledger -> those that count, for the sinks.
#include "ingest/ingest.h"

#include "base/interrupt.h"
#include "base/memory.h"
#include "ingest/copies.h"
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
	struct copies *copies;  // NULL: they count
	struct elsewhere *elsewhere;
	bool looks_for_copies;  // in what is read now
	// What is read now was taken in before, with another capture; so were the first `held_known` of
	// the packets that are held until it is known whether copies are the rule.
	struct ingest_known *known;
	bool is_known;
	size_t held, held_known;
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
	in->elsewhere = options->elsewhere;
	in->gate = telescope_gate_make(options->telescope, options->zone);
	gather_begin(&in->gatherer, options->zone);
	if (!options->only_ledger) {
		in->host_days = host_day_sink_new(options, error);
		if (in->host_days == NULL) {
			memory_free(in);
			return NULL;
		}
	}
	if (!options->counts_copies && (in->copies = copies_new()) == NULL) {
		error_memory(error, "ingest");
		ingest_free(in);
		return NULL;
	}
	assert(options->sink_count <= INGEST_SINKS_MAX);
	for (size_t i = 0; i < options->sink_count; i++)
		in->sinks[in->sink_count++] = options->sinks[i];
	if (in->host_days != NULL)
		in->sinks[in->sink_count++] = host_day_sink_entry(in->host_days);
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
	copies_free(in->copies);
	memory_free(in);
}

const struct capture_seen *ingest_seen(const struct ingest *in)
{
	return &in->gatherer.seen;
}

void ingest_ledger_note(struct ingest_ledger *ledger, const struct ingest_detail *more)
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

void ingest_ledger_add(struct ingest_ledger *ledger, const struct ingest_ledger *more)
{
	for (unsigned kind = 0; kind < KIND_COUNT; kind++)
		ledger->frames[kind] += more->frames[kind];
	ledger->copies += more->copies;
	for (size_t i = 0; i < more->detail_count; i++)
		ingest_ledger_note(ledger, &more->details[i]);
}

static int32_t said_link_type(const struct frame *frame)
{
	return frame->link_type != LINK_TYPE_UNKNOWN ? frame->link_type : LINK_TYPE_UNSAID;
}

static void note_reason(struct ingest_ledger *ledger, int32_t link_type, const struct packet *p)
{
	ingest_ledger_note(ledger, &(struct ingest_detail){ .kind = p->kind,
	                                                    .link_type = link_type,
	                                                    .reason = p->reason,
	                                                    .number = p->reason_number,
	                                                    .frames = p->packets });
}

// What is seen of a batch that lies on several days, or has long silence in it: frames that ascend on the
// day of the one before them at once, others one by one.
static bool see_each(struct ingest *in, size_t count)
{
	const uint64_t silence_ns = SEEN_SILENCE_S * NANOSECONDS_A_SECOND;
	const struct packet *p = in->packets, *end = p + count;
	bool ok = true;
	while (ok && p < end) {
		struct seen_stretch s = { p->time_ns, p->time_ns, p->packets };
		for (p++;
		     p < end && p->time_ns >= s.last_ns && p->time_ns - s.last_ns < silence_ns &&
		     s.first_ns >= in->gatherer.day.begin_ns &&
		     p->time_ns < in->gatherer.day.end_ns;
		     p++) {
			s.last_ns = p->time_ns;
			s.frames += p->packets;
		}
		ok = gather_add(&in->gatherer, &s);
	}
	return ok;
}

// From the first of a batch to the last. Frames nearly always ascend, and flows stand for several packets.
static struct seen_stretch stretch_of(const struct packet *packets, size_t count, bool are_frames)
{
	uint64_t latest_ns = 0;
	size_t ascending = 0;
	while (are_frames && ascending < count && packets[ascending].time_ns >= latest_ns)
		latest_ns = packets[ascending++].time_ns;
	if (are_frames && ascending == count)
		return (struct seen_stretch){ packets[0].time_ns, latest_ns, count };
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

static void note_elsewhere(struct ingest *in, const struct packet *p)
{
	if (in->elsewhere != NULL && !in->is_known)
		elsewhere_add(in->elsewhere, p->destination, p->packets);
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
			note_reason(ledger,
			            has_links ? said_link_type(&in->frames[i]) : LINK_TYPE_UNSAID,
			            p);
		} else if (p->kind == KIND_OUTSIDE_TELESCOPE) {
			note_elsewhere(in, p);
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
			ingest_ledger_note(ledger, &detail);
	}
	return kept;
}

static bool is_surely_known(const struct ingest_known *known)
{
	return known->count > 0 && known->found == NULL;
}

static bool hand_on(struct ingest *in, const struct packet *packets, size_t count,
                    struct error *error)
{
	if (in->is_known)
		return true;
	for (size_t i = 0; count > 0 && i < in->sink_count; i++)
		if (!in->sinks[i]->packets(in->sinks[i], packets, count, error))
			return false;
	return true;
}

// Packets of a capture of which it is known whether copies are the rule.
static bool hand_on_originals(struct ingest *in, struct packet *packets, size_t count,
                              struct ingest_ledger *ledger, struct error *error)
{
	for (size_t i = 0; i < count; i++)
		ledger->frames[packets[i].kind]--;
	const size_t kept = copies_leave_out(in->copies, packets, count);
	for (size_t i = 0; i < kept; i++)
		ledger->frames[packets[i].kind]++;
	ledger->copies += count - kept;
	return hand_on(in, packets, kept, error);
}

static bool hand_on_held(struct ingest *in, struct packet *held, size_t count,
                         struct ingest_ledger *ledger, struct error *error)
{
	for (size_t at = 0; at < count; at += BATCH) {
		const size_t left = count - at, part = left < BATCH ? left : BATCH;
		if (!hand_on_originals(in, held + at, part, ledger, error))
			return false;
	}
	return true;
}

// Those of what was taken in before: which of them are copies shows only now, and counts there.
static bool hand_on_known(struct ingest *in, struct packet *held, struct ingest_ledger *ledger,
                          struct error *error)
{
	struct ingest_known *known = in->known;
	const bool is_known = in->is_known;
	const struct ingest_ledger before = *ledger;
	in->is_known = true;
	const bool ok = hand_on_held(in, held, in->held_known, ledger, error);
	in->is_known = is_known;
	known->copies += ledger->copies - before.copies;
	for (unsigned kind = 0; kind < KIND_COUNT; kind++)
		known->frames[kind] += ledger->frames[kind] - before.frames[kind];
	return ok;
}

// Decides whether copies are the rule, and hands on what was held back until now.
static bool decide_copies(struct ingest *in, struct ingest_ledger *ledger, struct error *error)
{
	size_t count;
	struct packet *held = copies_decide(in->copies, &count);
	ledger->copies_each = copies_each(in->copies);
	return hand_on_known(in, held, ledger, error) &&
	       hand_on_held(in, held + in->held_known, count - in->held_known, ledger, error);
}

static bool take_counted(struct ingest *in, size_t count, struct ingest_ledger *ledger,
                         struct error *error)
{
	struct packet *packets = in->packets;
	if (in->looks_for_copies && copies_are_looked_for(in->copies)) {
		const size_t taken = copies_look(in->copies, packets, count);
		in->held += taken;
		if (taken == count)
			return true;
		packets += taken;
		count -= taken;
		if (!decide_copies(in, ledger, error))
			return false;
	}
	return ledger->copies_each > 0 ? hand_on_originals(in, packets, count, ledger, error)
	                               : hand_on(in, packets, count, error);
}

static bool take_batch(struct ingest *in, const struct capture *capture, size_t count,
                       struct ingest_ledger *ledger, struct error *error)
{
	const bool has_links = capture_content(capture) == CAPTURE_FRAMES;
	if (!see(in, has_links, count, ledger))
		return error_memory(error, "the times of a capture");
	if (!in->is_known)
		fingerprint_match(in->fingerprints, in->packets, count);
	const size_t kept = capture_is_wide(capture)
	                            ? count_remarked(in, has_links, count, REASON_FRACTION, ledger)
	                            : count_batch(in, has_links, count, ledger);
	return take_counted(in, kept, ledger, error);
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
			known->copies = ledger->copies;
			in->held_known = in->held;
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

// Flows say how many packets there were: who made them has counted.
static void begin_capture(struct ingest *in, bool are_frames)
{
	gather_begin(&in->gatherer, in->gatherer.zone);
	in->is_known = false;
	in->held = in->held_known = 0;
	in->looks_for_copies = are_frames && in->copies != NULL;
	if (in->looks_for_copies)
		copies_begin(in->copies);
}

static bool end_capture(struct ingest *in, struct ingest_ledger *ledger, struct error *error)
{
	gather_sort(&in->gatherer);
	if (in->looks_for_copies && copies_are_looked_for(in->copies) &&
	    !decide_copies(in, ledger, error))
		return false;
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
	begin_capture(in, capture_content(capture) == CAPTURE_FRAMES);
	in->known = known;
	uint64_t frames = 0, tick_at = 0;
	size_t count;
	while ((count = read_on(in, capture, known, ledger)) > 0) {
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
	return end_capture(in, ledger, error);
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
