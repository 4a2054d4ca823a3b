// SPDX-License-Identifier: MIT
// What captures say of packets that did not get into them.
//
// Most formats say nothing, and those that can do not have to. That a file says zero is something
// else than that it does not say: each counter has a bit for it.
//
// pcapng (draft-ietf-opsawg-pcapng)
//   Interface Statistics Blocks (section 4.6) have counters of one interface since its capture
//   began. There may be several of one interface: of each counter the last one counts. Interfaces
//   add up, and so do sections, which have interfaces of their own. A block of an interface that the
//   section does not describe says nothing, nor does an option that has not the 8 bytes it must have.
//   The option epb_dropcount of Enhanced Packet Blocks (section 4.3) says how many packets of the
//   interface were lost between the one before and this one; the obsolete Packet Block (appendix A)
//   has a field for it, in which 65535 means that it is not known. These are added up.
// ERF (Endace, ERF Types Reference Guide, EDM11-01, and the user guides of DAG cards)
//   Each record has a counter of those lost since the one before, which stays at 65535 once it is
//   there: the sum is what was lost at least. In types with a colour that stands in its place (10, 11,
//   15, 16, 17, 19, 20; libpcap has the same list in pcap-dag.c), and in types that are not given out or
//   for everybody's own use (26, 30-47) anything may. Padding has a counter, too.
// snoop (RFC 1761)
//   Each record has the number of packets lost since the first one: the last one counts. Writers that
//   cannot count have zero there, so zero does not say that none were lost.
//
// Any number may stand in a file. Sums stop at DROPS_MAX, and so does what is larger by itself.
#pragma once

#include <stdbool.h>
#include <stdint.h>

#define DROPS_MAX ((uint64_t)INT64_MAX)

enum drop_counter {
	DROP_RECEIVED,      // by the interface: isb_ifrecv
	DROP_BY_INTERFACE,  // dropped by it: isb_ifdrop
	DROP_ACCEPTED,      // by the filter: isb_filteraccept
	DROP_BY_SYSTEM,     // dropped by the operating system: isb_osdrop
	DROP_DELIVERED,     // to whoever captured: isb_usrdeliv
	DROP_BETWEEN,       // lost between the packets of the capture, as these say
	DROP_COUNTERS,
};

struct capture_drops {
	uint64_t packets[DROP_COUNTERS];
	uint8_t said;  // a bit for each counter: the capture says it
};

// "received", "dropped_by_interface", ...: for the catalogue and for tables.
extern const char *const drop_counter_names[DROP_COUNTERS];

static inline bool drops_say(const struct capture_drops *d, enum drop_counter counter)
{
	return d->said >> counter & 1;
}

uint64_t drops_sum(uint64_t a, uint64_t b);

// The counter is said, and by so much larger.
void drops_add(struct capture_drops *, enum drop_counter, uint64_t packets);

// Adds what `more` says.
void drops_add_all(struct capture_drops *, const struct capture_drops *more);

// How many packets were lost on the way into the capture: those that interface and system
// dropped, or those lost between packets if they are more, since where a capture says both it says
// the same thing twice. False: it does not say.
bool drops_lost(const struct capture_drops *, uint64_t *out);
