// SPDX-License-Identifier: MIT
// The sink that makes bursts (burst/burst.h) of answers to forged packets, and of probes, in bounded memory.
//
// What a packet becomes:
//   backscatter  TCP SYN-ACK and RST: the victim is the source. ICMP errors (3, 4, 5, 11, 12): the victim
//                is where the packet was sent that they are about, with its protocol and port, if that
//                is known and its header can be; the error may come from any router. If another address than
//                the telescope's is said to have sent it, it counts in, and as a mismatch. Other ICMP of
//                the published method (0, 14, 16, 18), and errors that do not tell: the source, as an attack
//                by ICMP, and the type in place of a port. A victim that is of the telescope, or that no
//                host of the Internet can be (ipset_is_special()), is left out and counted.
//   scans        TCP SYN, UDP, ICMP echo requests: the source, and the port.
// Fragments behind the first are neither.
//
// Packets become records in a pool of fixed size; when it is full, it is sorted by day and key and becomes a
// run of blocks, in another thread where there is one. Runs are merged, several at a time, and rest in
// files. Order, pieces, threads and memory make no difference, as long as runs find room: BURST_ROOM_BYTES, and a
// byte for every packet of any kind. Ordinary traffic does not need that much: a burst of one packet takes 19 bytes, so
// it takes a million victims of one answer each, and another for every twenty packets. Where scans are made, too, most
// packets are bursts of their own, and there is room of BURST_SCAN_BYTES for each packet, so for all. In a storm of answers from
// millions of sources bursts of the fewest packets are evicted, of as many packets first those that are
// alone, without another of their key within BURST_ALONE_S; and from then on, so that a storm costs little
// more than its host-days, also single packets of a key that has no second one in the same pool or the one
// before. How many they were and of how many packets is counted by form and day. What is evicted depends on when
// there was no more room.
#pragma once

#include "burst/burst.h"
#include "ingest/ingest.h"

enum { BURST_ALONE_S = 300, BURST_SCAN_BYTES = 32 };
#define BURST_ROOM_BYTES (UINT64_C(16) << 20)

struct burst_sink_options {
	const struct zone *zone;
	const struct telescope *telescope;  // NULL: every destination counts
	bool keeps[BURST_FORMS];            // which are made
	uint64_t memory_bytes;              // for pools and runs
	uint64_t room_bytes;                // for runs; about twice as much while they are merged
	unsigned threads;
	struct disk *disk;
};

struct burst_sink;

struct burst_sink *burst_sink_new(const struct burst_sink_options *, struct error *error);
void burst_sink_free(struct burst_sink *);  // accepts NULL; removes its files

// What an ingest puts into its list.
struct packet_sink *burst_sink_entry(struct burst_sink *);

// Its bursts, from when the sink was finished until it is told to forget them.
struct burst_days *burst_sink_days(struct burst_sink *);

// Packets, since the sink was new or forgot all, that would have been backscatter of a victim that cannot be.
struct burst_left_out {
	uint64_t own, special;
};
struct burst_left_out burst_sink_left_out(const struct burst_sink *);
