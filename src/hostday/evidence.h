// SPDX-License-Identifier: MIT
// Evidence: for which fingerprints a source counts on a day.
//
// A random SYN has the IP identification of ZMap once in 65,536: a scan of 2,000 SYNs that has it once says
// nothing of ZMap. So for fingerprints that match so often by chance (fingerprints_weighed) a host-day of n
// SYNs, k of which match, counts as a source if
//
//   * k is at least evidence_min of the fingerprint: 2, or 1 where hardly any sender draws the field;
//   * k is more than chance allows: with l = n / 65,536 for what chance brings on average, k is at least
//     3 l, and l^k / k! is at most 1 / 1,000. By the union bound over all choices of k of n SYNs that
//     is more than the probability that so many or more match by chance.
//
// That is 2 of up to 2,930 SYNs, 3 of up to 11,908, 4 of up to 25,794. For all other fingerprints one
// packet is enough: Mirai's sequence number is met once in 2^32. SYNs of flows, whose headers nobody
// saw, are not among the n. Packets count as they match, always.
//
// What shows nmap and unicornscan is in no packet alone, but in pairs of SYNs of a source and day that have the tool's
// shape. Host-days keep what pairs are about, of 64 different values at most, which are the same however a day was cut:
//
//   * nmap writes (try << 16 | try) ^ mask as sequence number, where a process has one mask and tries are 8 bits. So two
//     numbers of a process differ in equal halves below 256: two random ones do once in 2^24 (255 of 2^32). The source
//     counts if at least half of its different numbers have such a partner. Two numbers: 1 in 1.7 x 10^7; three: 3, four:
//     6 in so many, which is the worst; of more it takes two pairs at least.
//   * unicornscan writes key ^ destination ^ source port ^ (destination port << 16), with one key a process; on
//     machines that have the low byte first the address goes in the other way round. The source counts if it has at
//     least twice as many different sequence numbers as keys, in one of the two forms: then, whoever has which, some
//     key has two numbers, so that addresses or ports differ, too. Two random SYNs have one key once in 2^32, in either
//     form; four need two such chances.
//
// Both ask for different numbers: who repeats one never counts. ZMap since 4.1 has the shape of Windows but for its TTL:
// it takes two SYNs.
//
// What is evidence can be said of a whole day only: of two pieces with one packet each neither has it.
// Sets and tables of a piece of a day are by what the piece says, and who wants a day of several pieces
// asks its merged host-days.
#pragma once

#include "hostday/hostday.h"

bool evidence_is_enough(uint64_t syns, uint64_t matched, unsigned packets_min);
// Of nmap: whether the halves of two different sequence numbers differ alike, and as tries do.
static inline bool evidence_nmap_partners(uint32_t a, uint32_t b)
{
	const uint32_t tries = (a ^ b) & 0xffff;
	return tries > 0 && tries < 256 && tries == (a ^ b) >> 16;
}

// The weighed ones among the bits that match without counting.
uint32_t host_day_doubted(const struct host_day *);

// Bits of the fingerprints that the host-day counts for.
static inline uint32_t host_day_counted(const struct host_day *h)
{
	return (h->matched_mask & (fingerprints_weighed | FINGERPRINT_TOOLS)) == 0
	               ? h->matched_mask
	               : h->matched_mask & ~host_day_doubted(h);
}
