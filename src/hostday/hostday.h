// SPDX-License-Identifier: MIT
// The host-day: everything that is kept of one source on one day.
//
// Packets become records; records of one source and day are aggregated into a
// host-day: first and last time, packets by kind, SYNs by fingerprint, and for each
// header field the set of values that the source used, with packet counts
// (items). Two host-days of the same source and day merge into one: sums, unions,
// minimum and maximum. Merging is associative and commutative, so it does not
// matter how a day was cut into pieces, nor in which order they came.
//
// A field keeps all values up to its cap; beyond it, those whose bijective hash
// item_hash(value) is smallest, a uniform sample, and the set says so. That is
// a bottom-k sketch (Cohen and Kaplan, PODC 2007): a value that belongs to the k smallest
// of a union belongs to the k smallest of each piece in which it occurs, so
// merged sets, and the packet counts in them, are the same as those of the whole
// day. Ports have no cap: port counts are exact.
//
// Host-days travel and rest as columns of bytes (struct host_columns), in memory,
// in spill files and in segments alike; doc/segment.md has the format.
#pragma once

#include "base/buffer.h"
#include "base/calendar.h"
#include "base/error.h"
#include "fingerprint/fingerprint.h"
#include "hostday/ports.h"

// What aggregation needs of one packet. Its order is that of struct packet, so that it
// is made by copying words, and the first two words are when and whose.
struct record {
	uint64_t time_ns;
	int32_t day;
	uint32_t source, destination, options, fingerprints;
	uint16_t source_port, destination_port, window, ip_id, length, mss;
	uint8_t ttl, tos, tcp_flags, kind;
	uint16_t known;         // enum known bits, and RECORD_TIMES_65536
	uint16_t more_packets;  // that it stands for, beside the first; 0 but for flows
};

// The record stands for so many times as many packets: two records are enough for a flow.
enum { RECORD_TIMES_65536 = 1 << 15 };

// A record of this kind is no packet. It stands beside that of a SYN which may be half of a pair that shows a tool
// (FINGERPRINT_PAIRED), and has what a pair is about in place of fields that it needs not: the sequence number for
// `destination`; of unicornscan the key for `options`, and that of swapped bytes for `fingerprints`. Its `known` is one
// of these bits.
enum { RECORD_PAIR = KIND_COUNT };
enum { PAIR_NMAP = 1 << 0, PAIR_UNICORNSCAN = 1 << 1 };
// Fills the record of the pair beside that of the SYN, `record`.
void record_make_pair(struct record *record, const struct packet *);

static inline uint64_t record_packets(const struct record *r)
{
	return ((uint64_t)r->more_packets + 1) << (r->known & RECORD_TIMES_65536 ? 16 : 0);
}

// Packet kinds that a host-day counts: KIND_LATER_FRAGMENT and what follows.
enum { HOST_KIND_FIRST = KIND_LATER_FRAGMENT, HOST_KINDS = KIND_COUNT - HOST_KIND_FIRST };

// Fields: those of enum field, FIELD_MATCHED_PORT + f for each fingerprint f, and what pairs of SYNs are about. Those of
// pairs a host-day has only where they have values.
enum {
	FIELD_PAIR = FIELD_MATCHED_PORT + FINGERPRINTS_MAX,
	FIELD_NMAP_SEQ = FIELD_PAIR,
	FIELD_UNICORNSCAN_SEQ,
	FIELD_UNICORNSCAN_KEY,
	FIELD_UNICORNSCAN_SWAPPED_KEY,
	FIELD_COUNT,
	PAIR_FIELDS = FIELD_COUNT - FIELD_PAIR
};
// Bits of the fields whose values are ports, all of which are kept.
#define PORT_FIELDS                                                                                \
	(UINT64_C(1) << FIELD_DESTINATION_PORT | UINT64_C(1) << FIELD_UDP_PORT |                   \
	 UINT64_C(1) << FIELD_BACKSCATTER_PORT |                                                   \
	 ((UINT64_C(1) << FINGERPRINTS_MAX) - 1) << FIELD_MATCHED_PORT)

struct field_info {
	uint32_t kinds;       // bit KIND_x: the packets it is taken from
	uint16_t known;       // enum known bits that the packet must have
	uint8_t width;        // bytes of the value in struct record: 1, 2 or 4
	size_t offset;        // of the value in struct record
	uint32_t values_max;  // cap for one host-day
};

// All FIELD_MATCHED_PORT + f share one entry; those of pairs follow.
extern const struct field_info field_infos[FIELD_MATCHED_PORT + 1 + PAIR_FIELDS];
static inline const struct field_info *field_info(unsigned field)
{
	if (field >= FIELD_PAIR)
		return &field_infos[FIELD_MATCHED_PORT + 1 + (field - FIELD_PAIR)];
	return &field_infos[field < FIELD_MATCHED_PORT ? field : FIELD_MATCHED_PORT];
}

struct item {
	uint64_t packets;
	uint32_t value;
};

// Items of one field, ascending by value: host_day.items[begin .. begin+count-1].
struct item_set {
	uint32_t begin, count;
	bool is_sampled;  // the field had more values than its cap
};

struct host_day {
	uint32_t source;
	uint32_t matched_mask;               // bit f: matched[f] > 0
	bool has_tools;                      // bits of FINGERPRINT_TOOLS are of those built in
	uint64_t fields_mask;                // bit f: sets[f] is there
	uint64_t first_ns, last_ns;          // since the Unix epoch
	uint64_t packets[HOST_KINDS];        // [kind - HOST_KIND_FIRST]
	uint64_t matched[FINGERPRINTS_MAX];  // SYNs by fingerprint; valid where the mask says so
	struct item_set sets[FIELD_COUNT];   // valid where the mask says so
	struct item *items;                  // private room: host_day_done() frees it
	size_t item_count, item_capacity;
	bool failed;  // no memory for items
};

void host_day_done(struct host_day *);

static inline uint64_t host_day_packets(const struct host_day *h, enum kind kind)
{
	return h->packets[kind - HOST_KIND_FIRST];
}

// The bijection that samples: the finaliser of MurmurHash3 (A. Appleby, public domain).
static inline uint32_t item_hash(uint32_t value)
{
	value = (value ^ value >> 16) * 0x85ebca6b;
	value = (value ^ value >> 13) * 0xc2b2ae35;
	return value ^ value >> 16;
}

// How many distinct values the field had: exact, or where the set is sampled estimated
// from the largest hash kept, within 1/sqrt(values_max - 2) (standard error). A lower
// bound for a field of which a floor dropped values (store_compact).
uint64_t host_day_distinct(const struct host_day *, unsigned field);

// The value of the bucket that the source is in with this field; 0: it used HEADER_VALUES_MAX values
// at most.
uint32_t header_bucket_of(const struct host_day *, unsigned field);
// Whether the source used the value, or so many values of the field as the bucket says. Nobody
// sees a value that a sample or a floor dropped.
bool host_day_has_item(const struct host_day *, const struct header_item *);

// What becomes of the bits of fingerprints once a host-day is whole: all that there is of a source
// and a day. Those of sources are asked then, of its values. Each bit of others stays where it is, or
// comes from where it was before, if the fingerprints have changed.
struct host_marks {
	const struct fingerprint_set *set;
	uint8_t from[FINGERPRINTS_MAX];  // for each bit the one that it was, or:
};
enum { HOST_MARK_ASK = 254, HOST_MARK_NONE = 255 };
struct host_marks host_marks_of(const struct fingerprint_set *);
// `h` with these bits in *out, which shares its items and is not done with. Where a fingerprint of
// sources matches, all SYNs and their ports do.
void host_day_mark(const struct host_day *h, const struct host_marks *, struct host_day *out);

// The host-day of several of the same source and day; `out` is none of them. False: no memory.
bool host_day_merge(const struct host_day *const *pieces, size_t count,
                    struct host_day *out) MUST_CHECK;

// Columns: one for sources, times, packets, fingerprints, and one a field.
enum {
	COLUMN_SOURCE,
	COLUMN_TIME,
	COLUMN_PACKETS,
	COLUMN_MATCHED,
	COLUMN_FIELD,
	COLUMN_COUNT = COLUMN_FIELD + FIELD_COUNT
};
#define COLUMNS_ALL UINT64_MAX
#define COLUMN_BIT(column) (UINT64_C(1) << (column))
// What counts cannot be said without them: they are read whatever is wanted.
#define COLUMNS_OF_PAIRS ((COLUMN_BIT(PAIR_FIELDS) - 1) << (COLUMN_FIELD + FIELD_PAIR))

// Host-days of one day, ascending by source, being encoded.
struct host_columns {
	struct buffer column[COLUMN_COUNT];
	uint64_t host_count;
	uint64_t item_count;  // of all fields; not counting what was appended
	uint64_t base_ns;     // the begin of the day: times count from it
	uint32_t first_source, last_source;
};

// `maximum` bounds the bytes of each column.
void host_columns_init(struct host_columns *, uint64_t base_ns, size_t maximum);
void host_columns_done(struct host_columns *);
void host_columns_reset(struct host_columns *, uint64_t base_ns);
// Sources must ascend. A column that is full, or without memory, is seen by host_columns_failed().
void host_columns_add(struct host_columns *, const struct host_day *);
// Whether anything that was added did not fit.
bool host_columns_failed(const struct host_columns *);
size_t host_columns_bytes(const struct host_columns *);

// Host-days as finished columns: what ingest hands to the store.
struct host_batch {
	struct span columns[COLUMN_COUNT];
	uint64_t host_count;
	uint64_t base_ns;
	uint32_t first_source, last_source;
};

// What was added so far, valid until the next change of the columns; at least one host-day.
struct host_batch host_columns_batch(const struct host_columns *);

// Adds all host-days of a batch, which must lie behind those that are there, by
// copying its bytes.
void host_columns_append(struct host_columns *, const struct host_batch *);

// Bytes of all columns but that of sources, whose first number depends on what stands before it.
size_t host_batch_bytes(const struct host_batch *);

// Cuts the first host-days off a batch: `hosts_max` of them, or fewer if those have `bytes_max` bytes
// (as host_batch_bytes() counts them) with the last of them. `room` is to read them. False: no memory.
bool host_batch_take(struct host_batch *rest, uint64_t hosts_max, size_t bytes_max,
                     struct host_day *room, struct host_batch *out) MUST_CHECK;

// Host-days of one day, as an aggregator hands them out.
struct host_day_batch {
	int32_t day;
	struct host_batch batch;
};

// Records -> host-days. An aggregator is room to work in, one for each thread.
struct aggregator;
struct aggregator *aggregator_new(void);    // NULL: no memory
void aggregator_free(struct aggregator *);  // accepts NULL
// Makes host-days of the first of `count` > 0 records, which ascend by day and source: of at
// most some thousand sources, each of them whole. *out has a batch for each day, valid until
// the next call. Returns of how many records they are; 0: no memory. Those of one source may change their order.
size_t aggregate(struct aggregator *, const struct zone *, const struct record **records,
                 size_t count, const struct host_day_batch **out, size_t *out_count) MUST_CHECK;

// One host-day, of records that are all of one source and day. False: no memory.
bool host_day_aggregate(struct aggregator *, const struct record **records, size_t count,
                        struct host_day *out) MUST_CHECK;

// Host-days being read from columns. Columns that are not wanted are not
// touched, and their part of the host-day is left out.
struct host_reader {
	struct cursor column[COLUMN_COUNT];
	uint64_t host_count, next;
	uint64_t base_ns;
	uint64_t wanted;  // COLUMN_BIT()s; source, packets, matched and those of pairs always are
	uint32_t last_source;
	unsigned stuck;  // the column of which a host-day could not be read
	bool is_damaged;
};

void host_reader_open(struct host_reader *, const struct span columns[COLUMN_COUNT],
                      uint64_t host_count, uint64_t base_ns, uint64_t wanted);
// False at the end, at damage (reader.is_damaged) or without memory (out->failed).
bool host_reader_next(struct host_reader *, struct host_day *out) MUST_CHECK;

// Host-days of one day that ascend over several pieces of columns.
struct host_stream {
	struct host_reader reader;
	// Opens the reader on the next columns. False: there are none, or is_damaged is set.
	// NULL: there are none.
	bool (*refill)(struct host_stream *);
	// Columns may be shown in parts: shows more of one of them, and of others if it likes, from where their
	// cursors stand. False: that was all of it. NULL: they are shown as a whole.
	bool (*more)(struct host_stream *, unsigned column);
	bool is_damaged;
};
// The source of the next host-day. False at the end, or at damage (stream.is_damaged).
bool host_stream_peek(struct host_stream *, uint32_t *out_source) MUST_CHECK;
// False there too, or without memory (out->failed).
bool host_stream_next(struct host_stream *, struct host_day *out) MUST_CHECK;

// Several ascending streams -> one. What is in memory of one source does not depend on how many
// streams have it.
struct host_merger;
// `streams` stay the caller's and must outlive the merger. NULL: no memory.
struct host_merger *host_merger_new(struct host_stream *const *streams, size_t count);
void host_merger_free(struct host_merger *);
// Begins anew with other streams, in the same room: how a merger begins costs more than short
// streams take. False: no memory; the merger has no streams then.
bool host_merger_restart(struct host_merger *, struct host_stream *const *streams,
                         size_t count) MUST_CHECK;
enum host_merge_status { HOST_MERGE_HOST, HOST_MERGE_END, HOST_MERGE_DAMAGED, HOST_MERGE_MEMORY };
// *out is valid until the next call. `out_stream` says whose damage it is.
enum host_merge_status host_merger_next(struct host_merger *, const struct host_day **out,
                                        size_t *out_stream);
