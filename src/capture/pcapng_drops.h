// SPDX-License-Identifier: MIT
// What a pcapng file says of drops (drops.h has the rules): interface statistics blocks, and what
// stands with packets.
#pragma once

#include "capture/pcapng_interface.h"

struct pcapng_drops {
	struct capture_drops sum;          // of sections that are over, and of packets
	struct capture_drops *interfaces;  // of the section: what the last blocks said
	uint32_t count, room;              // of those: up to the last one that said anything
};

void pcapng_drops_done(struct pcapng_drops *);

// The section is over: interfaces have other numbers from now on.
void pcapng_drops_end_section(struct pcapng_drops *);

// The body of an interface statistics block in a section that has described so many interfaces. False:
// no memory.
bool pcapng_drops_note(struct pcapng_drops *, bool is_big_endian, struct span body,
                       uint32_t interface_count);

// The body of an enhanced packet block whose frame ends at `end`. There are padding and options
// behind it: so many bytes at least, where they hold a drop count.
enum { PCAPNG_DROPCOUNT_MIN = 12 };
void pcapng_drops_note_packet(struct pcapng_drops *, bool is_big_endian, struct span body,
                              size_t end);

// The field of an obsolete packet block.
void pcapng_drops_note_field(struct pcapng_drops *, uint16_t drops);

// All that was said so far.
void pcapng_drops_sum(const struct pcapng_drops *, struct capture_drops *out);
