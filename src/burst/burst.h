// SPDX-License-Identifier: MIT
// Bursts: the packets of one key of which each came soon after another. Of what answers forged packets
// the key is the victim; of what scans, the source and the port (enum burst_form).
//
// A burst goes on while each packet comes at most BURST_SILENCE_S after another of its key, whatever
// their order was, and ends with the day of the store. So bursts are the parts into which the times of a
// key fall (single linkage), and bursts of pieces of the same packets become those of all of them: what
// overlaps, or is at most so far apart, is joined (burst_merger_new()). Neither order nor pieces nor
// threads nor memory make a difference, and with a longer silence the same function says what would
// have come of that. All else of a burst are sums, and sets that are exact.
//
// This is the published method's vector (Moore, Voelker, Savage: Inferring Internet Denial-of-Service
// Activity, 2001; CAIDA's corsaro), without its time-outs: those are for who asks.
#pragma once

#include "base/buffer.h"
#include "base/error.h"
#include "ipset/ipset.h"

enum burst_form {
	BURST_BACKSCATTER,  // answers to forged packets: victim, IP protocol of the attack, port 0
	BURST_SCAN,         // probes: source, IP protocol, destination port
	BURST_FORMS
};

enum { BURST_SILENCE_S = 60, BURST_SLOT_S = 10 };
#define BURST_SILENCE_NS (BURST_SILENCE_S * UINT64_C(1000000000))
#define BURST_SLOT_NS (BURST_SLOT_S * UINT64_C(1000000000))

enum { BURST_FINGERPRINTS = 32 };

// IP's numbers.
enum { BURST_ICMP = 1, BURST_TCP = 6, BURST_UDP = 17 };

// In the order in which bursts ascend: by address, protocol, port.
struct burst_key {
	uint32_t address;
	uint8_t protocol;
	uint16_t port;
};

static inline int burst_key_compare(const struct burst_key *a, const struct burst_key *b)
{
	if (a->address != b->address)
		return a->address < b->address ? -1 : 1;
	const int x = a->protocol << 16 | a->port, y = b->protocol << 16 | b->port;
	return (x > y) - (x < y);
}

enum burst_flag {
	BURST_MISMATCH =
		1u << 0,  // an ICMP error about a packet that another address than `other` sent
	BURST_NO_PORT = 1u << 1,    // `port` is not known
	BURST_NO_OTHER = 1u << 2,   // `other` is not known
	BURST_FORM_SCAN = 1u << 3,  // what it is of, for a pool of several forms
};

// One packet, or several that are alike, as it goes into a burst.
struct burst_record {
	uint64_t time_ns;
	uint32_t address;       // of the key
	uint32_t other;         // the telescope's address
	uint32_t packets;       // that it stands for: more than one of a flow
	uint32_t fingerprints;  // bits of a SYN; 0 in backscatter
	uint16_t key_port;
	uint16_t
		port;  // backscatter: of the victim, or an ICMP type; 0 of scans, with BURST_NO_PORT
	uint8_t protocol;
	uint8_t flags;  // enum burst_flag bits
};

struct burst {
	struct burst_key key;
	uint64_t first_ns, last_ns;
	uint64_t packets, mismatches;
	// The port of the earliest packet that has one, and when that came; the least of those at one time.
	uint64_t port_ns;
	uint16_t first_port;
	bool has_port;          // else both are 0, and `ports` is empty
	uint32_t matched_mask;  // of a fingerprint that is not in it matched[] says nothing
	uint64_t matched[BURST_FINGERPRINTS];  // packets by fingerprint
	struct span slots;   // packets by time: struct burst_slots; empty of scans
	struct span others;  // the telescope's addresses, a set
	struct span ports;   // the victim's ports, a set
};

// ---- sets and slots

// A set of numbers, in a form that follows from how many they are: none have no bytes; one is a byte of 1 and
// four of the value, the lowest first; up to BURST_LIST_MAX are a byte of 0 and ascending varints, the
// first as it is and others as what they are more than the one before; more are a portable Roaring bitmap
// (ipset.h). All functions but burst_set_is_valid() trust it.
enum { BURST_ONE_BYTES = 5, BURST_LIST_MAX = 256 };
uint64_t burst_set_count(struct span set);
bool burst_set_is_valid(struct span set);

// Walks a set in ascending order. `next` is false at the end.
struct burst_set_reader {  // private
	bool is_one, is_list, is_begun;
	struct cursor list;
	uint32_t value;  // of a list: the last; of runs: the next
	struct ipset_view view;
	struct ipset_container container;
	uint32_t at;    // of the container: the next value, word or run
	uint32_t left;  // of the run at hand
	uint64_t bits;  // of the word at hand
};
struct burst_set_reader burst_set_read(struct span set);
bool burst_set_next(struct burst_set_reader *, uint32_t *out);

// Packets of each BURST_SLOT_S of UTC in which there were some: pairs of varints, how many slots behind the
// one before (the first: 0, behind that of first_ns), and packets.
struct burst_slots {
	struct cursor content;
	uint64_t slot;
};
struct burst_slots burst_slots_read(const struct burst *);
// The number of the slot since the epoch and its packets, ascending. False at the end.
bool burst_slots_next(struct burst_slots *, uint64_t *out_slot, uint64_t *out_packets);

// ---- records to bursts

// Room that is used again for one run after the other.
struct burst_maker;
struct burst_maker *burst_maker_new(void);    // NULL: no memory
void burst_maker_free(struct burst_maker *);  // accepts NULL

// Gets each burst in turn; it is valid until it returns.
typedef bool burst_take(void *context, const struct burst *, struct error *);

// Makes bursts of records of one form and day, of which `order` has the numbers in `records`; they come in
// their order. `order` and `scratch`, both with room for `count`, are used up.
bool burst_make(struct burst_maker *, enum burst_form, const struct burst_record *records,
                uint64_t *order, uint64_t *scratch, size_t count, burst_take *take, void *context,
                struct error *error) MUST_CHECK;

// ---- bursts in bytes

// A block is bursts that ascend by key and then first_ns, as bytes that say all of them. The next one is
// begun with the burst that passes BURST_BLOCK_BYTES.
enum { BURST_BLOCK_BYTES = 64 << 10 };

struct burst_writer {
	struct buffer block;
	uint32_t count;        // bursts in it
	struct burst_key key;  // of the last
};

// Adds a burst to the block. No memory: writer.block.failed.
void burst_writer_add(struct burst_writer *, const struct burst *);
static inline bool burst_writer_is_full(const struct burst_writer *w)
{
	return w->block.length >= BURST_BLOCK_BYTES;
}
// Begins a new block in the same room; `writer` may be zeros.
void burst_writer_begin(struct burst_writer *);
void burst_writer_done(struct burst_writer *);

// Reads a block of anybody's bytes. What comes out of one holds everything that is said above, silence
// between bursts of a key too; where bytes do not, the block is damaged and ends.
struct burst_reader {
	struct burst burst;  // the one that was read last
	bool is_damaged;
	struct cursor content;  // private, as all below
	enum burst_form form;
	bool is_first;
	uint8_t one_other[BURST_ONE_BYTES], one_port[BURST_ONE_BYTES];
};
void burst_reader_open(struct burst_reader *, enum burst_form, struct span block);
// False at the end, or at damage.
bool burst_reader_next(struct burst_reader *);

// ---- streams

// Somebody's struct that begins with these functions: bursts that ascend by key and then first_ns.
struct burst_stream {
	// True with *out NULL: that was all. What comes is valid until the next call.
	bool (*next)(struct burst_stream *, const struct burst **out, struct error *);
	void (*close)(struct burst_stream *);  // frees it, and closes what it reads from
};

// Bursts by day, of somebody who has them: a struct that begins with this function. Safe for several threads.
struct burst_days {
	// *out NULL: bursts of the form are not kept at all. Of a day without any it is a stream without
	// any. `evicted`, bursts and packets: what there was no room for.
	bool (*open)(struct burst_days *, enum burst_form, int32_t day, struct burst_stream **out,
	             uint64_t evicted[2], struct error *);
};

// Several streams of one form become one, in which bursts of a key are joined that are at most
// `silence_ns` >= BURST_SILENCE_NS apart. The streams are closed with it, also if it fails: NULL,
// no memory.
struct burst_stream *burst_merger_new(struct burst_stream *const *streams, size_t count,
                                      uint64_t silence_ns);

// A burst that others of its key are joined to.
struct burst_sum {
	struct burst burst;  // its spans are in the room below
	struct buffer slots, others, ports, scratch;
	struct ipset_builder *builder;
};
// A copy of the burst. False: no memory.
bool burst_sum_begin(struct burst_sum *, const struct burst *) MUST_CHECK;
// Whatever is between them.
bool burst_sum_add(struct burst_sum *, const struct burst *) MUST_CHECK;
void burst_sum_done(struct burst_sum *);  // accepts zeros
