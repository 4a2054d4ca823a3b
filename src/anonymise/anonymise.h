// SPDX-License-Identifier: MIT
// A packet to give away: what it says of who sent it and how stays, what it says of the telescope goes.
//
// The telescope is where packets go to, and what ICMP errors carry as the source of the packet that they
// are about. Its addresses are permuted with a key of their own (permutation.h), all others with another, so that a
// source that somebody knows tells nothing of the telescope. They also go from where they hide:
//   - a sequence number that is the destination (Mirai), as it stands or turned round, becomes the new
//     destination; an acknowledgement of it, one more;
//   - all other sequence numbers are permuted: equal ones stay equal, but what a tool computed from the destination
//     cannot be computed back. 0 stays 0;
//   - an IP identification that is destination ^ port ^ sequence number (masscan) is so of the new ones;
//   - checksums are right where they were right or nobody could tell, and wrong by a constant where they were
//     wrong; a UDP checksum in an error, whose packet is cut, becomes 0, none;
//   - behind transport headers nothing stays: payloads hold addresses (SIP, DNS, HTTP). Checksums are those of
//     as many zero bytes. Options of IP become no-operations, of TCP those stay that kernels send, the others
//     lose what is in them; of protocols but TCP, UDP and ICMP the IP header stays alone;
//   - link layers go.
// Ports, window, TTL, flags, lengths and times stay, so fingerprints match as before; but nmap and unicornscan, which are told by
// pairs of sequence numbers, are not any more.
//
// What stays readable: how many addresses begin alike, and who has seen the same packets elsewhere can find
// them again by time, source port and window. No rewriting hides that.
#pragma once

#include "base/buffer.h"
#include "decode/decode.h"

enum {
	ANONYMISE_KEY_SIZE = 32,
	ANONYMISE_HEADER_SIZE = 24,  // of a pcap file: little-endian, nanoseconds, Ethernet
	// Of a record: its header, Ethernet, and of IPv4 at most an error in which all headers are longest.
	ANONYMISE_RECORD_MAX = 16 + 14 + 60 + 8 + 60 + 8,
};
extern const uint8_t anonymise_header[ANONYMISE_HEADER_SIZE];

struct anonymiser;

// `shift_ns` is added to all times. NULL: no memory.
struct anonymiser *anonymiser_new(const uint8_t key[ANONYMISE_KEY_SIZE], int64_t shift_ns);
void anonymiser_free(struct anonymiser *);  // accepts NULL; keys are wiped

// Writes one packet as a record of pcap and returns its length. It must be of frames (not flows), and
// kind_is_packet(). `is_simulated`: it keeps the mark of such traffic. 0: its time does not fit a record
// (1970 to 2106).
size_t anonymise_packet(struct anonymiser *, const struct packet *, bool is_simulated,
                        uint8_t out[ANONYMISE_RECORD_MAX]);
