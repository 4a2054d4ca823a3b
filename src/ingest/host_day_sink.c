// SPDX-License-Identifier: MIT
// packets -> records -> (pool full) blocks -> (pieces too large) spill file -> (end) merged
// host-days for the receiver.
#include "ingest/host_day_sink.h"

#include "base/memory.h"
#include "base/pool.h"
#include "ingest/condense.h"
#include "ingest/finish.h"

#include <stdlib.h>
#include <string.h>

struct host_day_sink {
	struct packet_sink sink;
	const struct zone *zone;
	unsigned threads;
	struct host_day_receiver *receiver;
	// One pool is being filled while the other is being condensed.
	struct record_pool pools[2];
	struct record_pool *filling, *condensing;
	struct pool_work *work;  // on `condensing`; NULL: none
	struct piece_list parts[POOL_PARTS];
	size_t counted[POOL_PARTS];  // pieces of a part that piece_bytes counts
	struct condenser *condensers[POOL_THREADS_MAX];
	uint64_t piece_bytes, piece_bytes_max;
	struct disk *disk;
	const char *spill_name;
	struct disk_file *spill;
	uint64_t spill_bytes;
	struct day_span day;      // of the last packet
	struct finish_day *days;  // of all packets, each once
	size_t day_count, day_capacity;
	uint8_t has_day[(ZONE_DAYS + 7) / 8];  // bit d - ZONE_DAY_FIRST: day d is among them
};

static bool init_pools(struct host_day_sink *s, uint64_t memory_bytes)
{
	// Two pools of a sixteenth each, so that a part of one fits the second cache: larger ones
	// make fewer pieces to merge, and cost more. If one part has all records of a pool,
	// its keys, their scratch room and the pointers take half as much again.
	s->piece_bytes_max = memory_bytes / 2;
	s->filling = &s->pools[0];
	s->condensing = &s->pools[1];
	bool ok = record_pool_init(s->filling, memory_bytes / 16);
	ok = record_pool_init(s->condensing, memory_bytes / 16) && ok;
	const unsigned threads = s->threads;
	const uint64_t slab_share = memory_bytes / 16 / threads;
	const size_t slab_bytes = slab_share < MEMORY_LARGE_PAGE ? slab_share : MEMORY_LARGE_PAGE;
	for (unsigned i = 0; i < threads; i++) {
		s->condensers[i] = condenser_new(slab_bytes);
		ok = ok && s->condensers[i] != NULL;
	}
	return ok;
}

static void drop_spill(struct host_day_sink *s)
{
	struct error ignored;
	if (s->spill == NULL)
		return;
	s->disk->close(s->spill);
	s->disk->remove(s->disk, s->spill_name, &ignored);
	s->spill = NULL;
	s->spill_bytes = 0;
}

// Of the memory of pieces nothing is needed any more.
static void drop_pieces(struct host_day_sink *s)
{
	for (unsigned i = 0; i < POOL_THREADS_MAX; i++)
		if (s->condensers[i] != NULL)
			condenser_drop_pieces(s->condensers[i]);
	s->piece_bytes = 0;
}

static bool spill_piece(struct host_day_sink *s, struct piece *piece, struct error *error)
{
	struct disk *disk = s->disk;
	if (!disk->append(s->spill, (struct span){ piece->bytes, piece->length }, error))
		return false;
	piece->offset = s->spill_bytes;
	s->spill_bytes += piece->length;
	piece->bytes = NULL;
	return true;
}

static bool spill(struct host_day_sink *s, struct error *error)
{
	struct disk *disk = s->disk;
	if (s->spill == NULL && !disk->create(disk, s->spill_name, &s->spill, error))
		return false;
	for (size_t i = 0; i < POOL_PARTS; i++)
		for (size_t k = 0; k < s->parts[i].count; k++) {
			struct piece *piece = &s->parts[i].pieces[k];
			if (piece->bytes != NULL && !spill_piece(s, piece, error))
				return false;
		}
	drop_pieces(s);
	return true;
}

static bool condense_job(void *context, size_t job, unsigned thread)
{
	struct host_day_sink *s = context;
	const struct record_part *part = &s->condensing->parts[job];
	return part->count == 0 ||
	       condense_part(s->condensers[thread], s->condensing, part, s->zone, &s->parts[job]);
}

// Waits for the pool that is being condensed, helping, and spills the pieces if
// they have become too large.
static bool end_condensing(struct host_day_sink *s, struct error *error)
{
	if (s->work == NULL)
		return true;
	const bool ok = pool_end(s->work);
	s->work = NULL;
	if (!ok)
		return error_memory(error, "host-days");
	for (size_t i = 0; i < POOL_PARTS; i++)
		for (; s->counted[i] < s->parts[i].count; s->counted[i]++)
			s->piece_bytes += s->parts[i].pieces[s->counted[i]].length;
	record_pool_clear(s->condensing);
	return s->piece_bytes <= s->piece_bytes_max || spill(s, error);
}

static void swap_pools(struct host_day_sink *s)
{
	struct record_pool *filled = s->filling;
	s->filling = s->condensing;
	s->condensing = filled;
}

// Begins to condense the pool that was filled, and goes on with the other, empty one. One
// thread can only do one after the other: it condenses it at once, and never touches the
// memory of another.
static bool begin_condensing(struct host_day_sink *s, struct error *error)
{
	if (!end_condensing(s, error))
		return false;
	swap_pools(s);
	s->work = pool_begin(s->threads, POOL_PARTS, condense_job, s);
	if (s->work == NULL)
		return error_memory(error, "host-days");
	if (s->threads > 1)
		return true;
	const bool ok = end_condensing(s, error);
	swap_pools(s);
	return ok;
}

// The day of the packet, which differs from that of the packet before.
static bool enter_day(struct host_day_sink *s, uint64_t time_ns, struct error *error)
{
	s->day = zone_day(s->zone, time_ns);
	const size_t number = (size_t)(s->day.day - ZONE_DAY_FIRST);
	assert(number < ZONE_DAYS);
	if (s->has_day[number / 8] >> number % 8 & 1)
		return true;
	if (s->day_count == s->day_capacity) {
		const size_t capacity = s->day_capacity == 0 ? 64 : s->day_capacity * 2;
		struct finish_day *days = memory_resize(s->days, capacity, sizeof *days);
		if (days == NULL)
			return error_memory(error, "days");
		s->days = days;
		s->day_capacity = capacity;
	}
	s->days[s->day_count++] = (struct finish_day){ s->day.day, s->day.begin_ns };
	s->has_day[number / 8] |= (uint8_t)(1u << number % 8);
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

// A record of `packets` = 1 .. 65536 packets, or of so many times 65536; or of a pair.
enum { RECORD_OF_PAIR = 1 << 14 };
static inline bool add_record(struct host_day_sink *s, const struct packet *p, uint32_t packets,
                              unsigned times, struct error *error)
{
	struct record *record = record_pool_add(s->filling, p->source);
	if (record == NULL) {
		if (!begin_condensing(s, error))
			return false;
		record = record_pool_add(s->filling, p->source);
		assert(record != NULL);
	}
	const bool is_other_day = p->time_ns < s->day.begin_ns || p->time_ns >= s->day.end_ns;
	if (is_other_day && !enter_day(s, p->time_ns, error))
		return false;
	copy_fields(record, p);
	record->time_ns = p->time_ns;
	record->day = s->day.day;
	record->known |= (uint16_t)times;
	record->more_packets = (uint16_t)(packets - 1);
	if (times == RECORD_OF_PAIR)
		record_make_pair(record, p);
	return true;
}

// What may be half of a pair goes beside it.
static bool add_pair(struct host_day_sink *s, const struct packet *p, struct error *error)
{
	return (p->fingerprints & FINGERPRINT_PAIRED) == 0 ||
	       add_record(s, p, 1, RECORD_OF_PAIR, error);
}

// A frame is one packet; of a flow's packets two records tell.
static inline bool add_packet(struct host_day_sink *s, const struct packet *p, struct error *error)
{
	if (p->packets == 1)
		return add_record(s, p, 1, 0, error) &&
		       (!(p->known & KNOWN_TOOLS) || add_pair(s, p, error));
	const uint32_t high = p->packets >> 16, low = p->packets & 0xffff;
	return (high == 0 || add_record(s, p, high, RECORD_TIMES_65536, error)) &&
	       (low == 0 || add_record(s, p, low, 0, error));
}

static bool take_packets(struct packet_sink *sink, const struct packet *packets, size_t count,
                         struct error *error)
{
	struct host_day_sink *s = (struct host_day_sink *)sink;
	for (size_t i = 0; i < count; i++)
		if (!add_packet(s, &packets[i], error))
			return false;
	return true;
}

static int by_day(const void *a, const void *b)
{
	const struct finish_day *x = a, *y = b;
	return (x->day > y->day) - (x->day < y->day);
}

static bool finish(struct packet_sink *sink, struct error *error)
{
	struct host_day_sink *s = (struct host_day_sink *)sink;
	if (!begin_condensing(s, error) || !end_condensing(s, error))
		return false;
	// From here on there is what days are written with instead.
	record_pool_rest(&s->pools[0]);
	record_pool_rest(&s->pools[1]);
	if (s->day_count > 0)
		qsort(s->days, s->day_count, sizeof *s->days, by_day);
	const struct finish finish = { .parts = s->parts,
		                       .part_count = POOL_PARTS,
		                       .days = s->days,
		                       .day_count = s->day_count,
		                       .disk = s->disk,
		                       .spill = s->spill,
		                       .receiver = s->receiver,
		                       .threads = s->threads };
	return finish_days(&finish, error);
}

static void forget(struct packet_sink *sink)
{
	struct host_day_sink *s = (struct host_day_sink *)sink;
	if (s->work != NULL)
		(void)pool_end(s->work);
	s->work = NULL;
	record_pool_clear(&s->pools[0]);
	record_pool_clear(&s->pools[1]);
	for (size_t p = 0; p < POOL_PARTS; p++) {
		piece_list_done(&s->parts[p]);
		s->counted[p] = 0;
	}
	drop_pieces(s);
	drop_spill(s);
	s->day_count = 0;
	memset(s->has_day, 0, sizeof s->has_day);
	s->day = (struct day_span){ .begin_ns = 1 };  // holds no moment
}

struct host_day_sink *host_day_sink_new(const struct ingest_options *options, struct error *error)
{
	struct host_day_sink *s = memory_new(1, sizeof *s);
	if (s == NULL) {
		error_memory(error, "ingest");
		return NULL;
	}
	s->sink = (struct packet_sink){ .packets = take_packets,
		                        .finish = finish,
		                        .forget = forget };
	s->zone = options->zone;
	s->threads = pool_threads(options->threads);
	s->disk = options->disk;
	s->spill_name = options->spill_name;
	s->day = (struct day_span){ .begin_ns = 1 };  // holds no moment
	if (!init_pools(s, options->memory_bytes)) {
		error_memory(error, "ingest");
		host_day_sink_free(s);
		return NULL;
	}
	return s;
}

void host_day_sink_free(struct host_day_sink *s)
{
	if (s == NULL)
		return;
	forget(&s->sink);
	for (unsigned i = 0; i < POOL_THREADS_MAX; i++)
		condenser_free(s->condensers[i]);
	memory_free(s->days);
	record_pool_done(&s->pools[0]);
	record_pool_done(&s->pools[1]);
	memory_free(s);
}

struct packet_sink *host_day_sink_entry(struct host_day_sink *s)
{
	return &s->sink;
}

void host_day_sink_hand_to(struct host_day_sink *s, struct host_day_receiver *receiver)
{
	s->receiver = receiver;
}
