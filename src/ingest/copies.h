// SPDX-License-Identifier: MIT
// Packets that a capture has more than once because it was taken in more than one place: at a mirror port
// that shows both directions, on both legs of a bonded interface. They were sent once.
//
// A packet is a *copy* of an earlier one of its capture if it has the same addresses, protocol, ports,
// sequence number, TCP flags, ICMP type and code, IP identification, fragment offset and total length,
// and a time that differs by COPIES_APART_NS at most. Copies are left out where they are the rule. That
// is decided by the first packets of a capture, of those that count: COPIES_LOOK of them, or all, if there
// are fewer, or as many as fit COPIES_BYTES; of these at least COPIES_PACKETS different ones, from
// COPIES_SOURCES sources or more, of which 90 % come more than once. A tool that sends each probe twice
// is one source, and floods repeat few packets within a millisecond or none: neither is the rule. As soon
// as, from COPIES_GLANCE packets on, not half of them come more than once, they are not the rule, so
// that other captures pay for no more than that.
//
// How often a packet comes is taken from those first ones, too: n, the most frequent number of times that
// the first packet of a source comes, so that no source says more than another. Each packet then takes
// up to n - 1 copies; the next one that is the same is another packet, with copies of its own. So a
// probe that was sent twice, and came four times, counts twice.
//
// All of it follows from the packets of one capture, in its order: neither other captures nor threads
// make a difference. Of packets that come faster than 16 million a second copies may be missed.
#pragma once

#include "decode/decode.h"

enum {
	COPIES_APART_NS = 1000000,
	COPIES_LOOK = 8192,
	COPIES_GLANCE = 512,
	COPIES_BYTES = 1 << 20,
	COPIES_PACKETS = 32,
	COPIES_SOURCES = 8,
};

struct copies;

// NULL: no memory, of which it takes about 3 MiB.
struct copies *copies_new(void);
void copies_free(struct copies *);  // accepts NULL

// A capture begins.
void copies_begin(struct copies *);

// Keeps packets of its begin, and the bytes that they point to, until it is known whether copies are the
// rule: so many of these. If not all, that can be decided now.
size_t copies_look(struct copies *, const struct packet *packets, size_t count);
// Decides, at the latest when the capture ends. Then come the packets that were kept, `*out_count` of
// them, which are valid until the next capture begins, and all others, to copies_leave_out().
struct packet *copies_decide(struct copies *, size_t *out_count);
bool copies_are_looked_for(const struct copies *);  // until it was decided

// How often each packet comes; 0: copies are not the rule.
unsigned copies_each(const struct copies *);

// Brings packets that are no copies to the front: their number. All, where copies are not the rule.
size_t copies_leave_out(struct copies *, struct packet *packets, size_t count);
