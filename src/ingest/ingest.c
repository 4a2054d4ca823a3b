// SPDX-License-Identifier: MIT
// The pipeline: frames -> packets -> records -> (pool full) blocks -> (pieces too
// large) spill file -> (end) merged host-days for the sink.
#include "ingest/ingest.h"

#include "base/interrupt.h"
#include "base/memory.h"
#include "base/pool.h"
#include "ingest/condense.h"
#include "ingest/finish.h"

#include <stdlib.h>
#include <string.h>

// Days that there can be: zone_day() ends at 2199-12-31, and zones differ by a day at most.
enum { DAY_FIRST = -2, DAYS = 84100 };

// Frames and packets of a batch fit into the first cache.
enum { BATCH = 128, TICK_FRAMES = 1 << 16 };

struct ingest {
	struct ingest_options options;
	// One pool is being filled while the other is being condensed.
	struct record_pool pools[2];
	struct record_pool *filling, *condensing;
	struct pool_work *work;  // on `condensing`; NULL: none
	struct piece_list parts[POOL_PARTS];
	size_t counted[POOL_PARTS];  // pieces of a part that piece_bytes counts
	struct condenser *condensers[POOL_THREADS_MAX];
	uint64_t piece_bytes, piece_bytes_max;
	struct disk_file *spill;
	uint64_t spill_bytes;
	struct telescope_gate gate;  // where the telescope has dates
	struct day_span day;         // of the last packet
	struct finish_day *days;     // of all packets, each once
	size_t day_count, day_capacity;
	uint8_t has_day[(DAYS + 7) / 8];  // bit d - DAY_FIRST: day d is among them
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
	in->options = *options;
	in->day = (struct day_span){ .begin_ns = 1 };  // holds no moment
	in->gate = telescope_gate_make(options->telescope, options->zone);
	// Two pools of a sixteenth each, so that a part of one fits the second cache: larger ones
	// make fewer pieces to merge, and cost more. If one part has all records of a pool,
	// its keys, their scratch room and the pointers take half as much again.
	in->piece_bytes_max = options->memory_bytes / 2;
	in->filling = &in->pools[0];
	in->condensing = &in->pools[1];
	bool ok = record_pool_init(in->filling, options->memory_bytes / 16);
	ok = record_pool_init(in->condensing, options->memory_bytes / 16) && ok;
	const unsigned threads = pool_threads(options->threads);
	const uint64_t slab_share = options->memory_bytes / 16 / threads;
	const size_t slab_bytes = slab_share < MEMORY_LARGE_PAGE ? slab_share : MEMORY_LARGE_PAGE;
	for (unsigned i = 0; i < threads; i++) {
		in->condensers[i] = condenser_new(slab_bytes);
		ok = ok && in->condensers[i] != NULL;
	}
	if (!ok) {
		error_memory(error, "ingest");
		ingest_free(in);
		return NULL;
	}
	return in;
}

static void drop_spill(struct ingest *in)
{
	struct disk *disk = in->options.disk;
	struct error ignored;
	if (in->spill == NULL)
		return;
	disk->close(in->spill);
	disk->remove(disk, in->options.spill_name, &ignored);
	in->spill = NULL;
	in->spill_bytes = 0;
}

void ingest_free(struct ingest *in)
{
	if (in == NULL)
		return;
	if (in->work != NULL)
		pool_end(in->work);
	drop_spill(in);
	for (unsigned i = 0; i < POOL_THREADS_MAX; i++)
		condenser_free(in->condensers[i]);
	for (size_t i = 0; i < POOL_PARTS; i++)
		piece_list_done(&in->parts[i]);
	memory_free(in->days);
	record_pool_done(&in->pools[0]);
	record_pool_done(&in->pools[1]);
	memory_free(in);
}

// Of the memory of pieces nothing is needed any more.
static void drop_pieces(struct ingest *in)
{
	for (unsigned i = 0; i < POOL_THREADS_MAX; i++)
		if (in->condensers[i] != NULL)
			condenser_drop_pieces(in->condensers[i]);
	in->piece_bytes = 0;
}

static bool spill_piece(struct ingest *in, struct piece *piece, struct error *error)
{
	struct disk *disk = in->options.disk;
	if (!disk->append(in->spill, (struct span){ piece->bytes, piece->length }, error))
		return false;
	piece->offset = in->spill_bytes;
	in->spill_bytes += piece->length;
	piece->bytes = NULL;
	return true;
}

static bool spill(struct ingest *in, struct error *error)
{
	struct disk *disk = in->options.disk;
	if (in->spill == NULL && !disk->create(disk, in->options.spill_name, &in->spill, error))
		return false;
	for (size_t i = 0; i < POOL_PARTS; i++)
		for (size_t k = 0; k < in->parts[i].count; k++) {
			struct piece *piece = &in->parts[i].pieces[k];
			if (piece->bytes != NULL && !spill_piece(in, piece, error))
				return false;
		}
	drop_pieces(in);
	return true;
}

static bool condense_job(void *context, size_t job, unsigned thread)
{
	struct ingest *in = context;
	const struct record_part *part = &in->condensing->parts[job];
	return part->count == 0 || condense_part(in->condensers[thread], in->condensing, part,
	                                         in->options.zone, &in->parts[job]);
}

// Waits for the pool that is being condensed, helping, and spills the pieces if
// they have become too large.
static bool end_condensing(struct ingest *in, struct error *error)
{
	if (in->work == NULL)
		return true;
	const bool ok = pool_end(in->work);
	in->work = NULL;
	if (!ok)
		return error_memory(error, "host-days");
	for (size_t i = 0; i < POOL_PARTS; i++)
		for (; in->counted[i] < in->parts[i].count; in->counted[i]++)
			in->piece_bytes += in->parts[i].pieces[in->counted[i]].length;
	record_pool_clear(in->condensing);
	return in->piece_bytes <= in->piece_bytes_max || spill(in, error);
}

static void swap_pools(struct ingest *in)
{
	struct record_pool *filled = in->filling;
	in->filling = in->condensing;
	in->condensing = filled;
}

// Begins to condense the pool that was filled, and goes on with the other, empty one. One
// thread can only do one after the other: it condenses it at once, and never touches the
// memory of another.
static bool begin_condensing(struct ingest *in, struct error *error)
{
	if (!end_condensing(in, error))
		return false;
	swap_pools(in);
	in->work = pool_begin(in->options.threads, POOL_PARTS, condense_job, in);
	if (in->work == NULL)
		return error_memory(error, "host-days");
	if (in->options.threads > 1)
		return true;
	const bool ok = end_condensing(in, error);
	swap_pools(in);
	return ok;
}

// The day of the packet, which differs from that of the packet before.
static bool enter_day(struct ingest *in, uint64_t time_ns, struct error *error)
{
	in->day = zone_day(in->options.zone, time_ns);
	const size_t number = (size_t)(in->day.day - DAY_FIRST);
	assert(number < DAYS);
	if (in->has_day[number / 8] >> number % 8 & 1)
		return true;
	if (in->day_count == in->day_capacity) {
		const size_t capacity = in->day_capacity == 0 ? 64 : in->day_capacity * 2;
		struct finish_day *days = memory_resize(in->days, capacity, sizeof *days);
		if (days == NULL)
			return error_memory(error, "days");
		in->days = days;
		in->day_capacity = capacity;
	}
	in->days[in->day_count++] = (struct finish_day){ in->day.day, in->day.begin_ns };
	in->has_day[number / 8] |= (uint8_t)(1u << number % 8);
	return true;
}

// From the source to what is known, a packet has what a record has at the same place: it is copied
// as a whole, not field by field.
static inline void copy_fields(struct record *record, const struct packet *p)
{
	enum {
		BEGIN = offsetof(struct record, source),
		END = offsetof(struct record, more_packets)
	};
#define SAME(field)                                                                                \
	static_assert(offsetof(struct record, field) == offsetof(struct packet, field) &&          \
	                      sizeof record->field == sizeof p->field,                             \
	              "a packet is copied to a record")
	SAME(source);
	SAME(destination);
	SAME(options);
	SAME(fingerprints);
	SAME(source_port);
	SAME(destination_port);
	SAME(window);
	SAME(ip_id);
	SAME(length);
	SAME(mss);
	SAME(ttl);
	SAME(tos);
	SAME(tcp_flags);
	SAME(kind);
	SAME(known);
#undef SAME
	memcpy((char *)record + BEGIN, (const char *)p + BEGIN, END - BEGIN);
}

// A record of `packets` = 1 .. 65536 packets, or of so many times 65536.
static inline bool add_record(struct ingest *in, const struct packet *p, uint32_t packets,
                              unsigned times, struct error *error)
{
	struct record *record = record_pool_add(in->filling, p->source);
	if (record == NULL) {
		if (!begin_condensing(in, error))
			return false;
		record = record_pool_add(in->filling, p->source);
		assert(record != NULL);
	}
	const bool is_other_day = p->time_ns < in->day.begin_ns || p->time_ns >= in->day.end_ns;
	if (is_other_day && !enter_day(in, p->time_ns, error))
		return false;
	copy_fields(record, p);
	record->time_ns = p->time_ns;
	record->day = in->day.day;
	record->known |= (uint16_t)times;
	record->more_packets = (uint16_t)(packets - 1);
	return true;
}

// A frame is one packet; of a flow's packets two records tell.
static inline bool add_packet(struct ingest *in, const struct packet *p, struct error *error)
{
	if (p->packets == 1)
		return add_record(in, p, 1, 0, error);
	const uint32_t high = p->packets >> 16, low = p->packets & 0xffff;
	return (high == 0 || add_record(in, p, high, RECORD_TIMES_65536, error)) &&
	       (low == 0 || add_record(in, p, low, 0, error));
}

uint64_t ingest_ledger_total(const struct ingest_ledger *ledger)
{
	uint64_t sum = 0;
	for (unsigned kind = 0; kind < KIND_COUNT; kind++)
		sum += ledger->frames[kind];
	return sum;
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

static void note(struct ingest_ledger *ledger, int32_t link_type, const struct packet *p)
{
	ledger->frames[p->kind] += p->packets;
	if (p->time_ns < ledger->first_ns)
		ledger->first_ns = p->time_ns;
	if (p->time_ns > ledger->last_ns)
		ledger->last_ns = p->time_ns;
	if (kind_has_reason(p->kind))
		note_detail(ledger, link_type, p);
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

static bool take_batch(struct ingest *in, bool has_links, size_t count,
                       struct ingest_ledger *ledger, struct error *error)
{
	const struct ipset_prefixes *telescope = in->options.telescope != NULL
	                                                 ? telescope_undated(in->options.telescope)
	                                                 : NULL;
	const bool keeps = !in->options.only_ledger;
	fingerprint_match(in->options.fingerprints, in->packets, count);
	if (in->options.telescope != NULL && telescope == NULL)
		turn_away(in, count);
	for (size_t i = 0; i < count; i++) {
		struct packet *p = &in->packets[i];
		if (kind_is_packet(p->kind) && telescope != NULL && (p->known & KNOWN_NETWORK) &&
		    !ipset_prefixes_hold(telescope, p->destination))
			p->kind = KIND_OUTSIDE_TELESCOPE;
		note(ledger, has_links ? in->frames[i].link_type : LINK_TYPE_UNSAID, p);
		if (keeps && kind_is_packet(p->kind) && !add_packet(in, p, error))
			return false;
	}
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

bool ingest_capture(struct ingest *in, struct capture *capture, ingest_tick *tick,
                    void *tick_context, struct ingest_ledger *ledger, struct error *error)
{
	*ledger = (struct ingest_ledger){ .first_ns = UINT64_MAX };
	const bool has_links = capture_content(capture) == CAPTURE_FRAMES;
	uint64_t frames = 0, tick_at = 0;
	size_t count;
	while ((count = next_batch(in, capture, ledger)) > 0) {
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
	return true;
}

static int by_day(const void *a, const void *b)
{
	const struct finish_day *x = a, *y = b;
	return (x->day > y->day) - (x->day < y->day);
}

// What was taken in is forgotten, and the next capture begins with nothing.
static void forget(struct ingest *in)
{
	for (size_t p = 0; p < POOL_PARTS; p++) {
		piece_list_done(&in->parts[p]);
		in->counted[p] = 0;
	}
	drop_pieces(in);
	in->day_count = 0;
	memset(in->has_day, 0, sizeof in->has_day);
	in->day = (struct day_span){ .begin_ns = 1 };
	drop_spill(in);
}

bool ingest_finish(struct ingest *in, struct ingest_sink *sink, struct error *error)
{
	if (!begin_condensing(in, error) || !end_condensing(in, error))
		return false;
	if (in->day_count > 0)
		qsort(in->days, in->day_count, sizeof *in->days, by_day);
	const struct finish finish = { .parts = in->parts,
		                       .part_count = POOL_PARTS,
		                       .days = in->days,
		                       .day_count = in->day_count,
		                       .disk = in->options.disk,
		                       .spill = in->spill,
		                       .sink = sink,
		                       .threads = in->options.threads };
	const bool ok = finish_days(&finish, error);
	forget(in);
	return ok;
}
