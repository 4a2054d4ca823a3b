// SPDX-License-Identifier: MIT
// Where packets went that were not for the telescope, for who has named the wrong one.
//
// Packets are counted by the first 16 bits of their destination, and by 24 bits in the first ELSEWHERE_PAGES
// networks of 16 bits that come: 2.8 MB, however many there are.
#pragma once

#include <stddef.h>
#include <stdint.h>

enum { ELSEWHERE_PAGES = 1024 };

struct elsewhere {
	uint64_t by_16[1 << 16];
	uint16_t page
		[1
	         << 16];  // of a network of 16 bits, from 1 on; 0: nothing went there; behind the last: none
	size_t page_count;
	uint64_t by_24[ELSEWHERE_PAGES + 1]
		      [256];  // the last is of those without a page, and nobody asks
};

// On the heap; NULL: no memory.
struct elsewhere *elsewhere_new(void);
void elsewhere_free(struct elsewhere *);  // accepts NULL

// Private: gives a network of 16 bits a page, if there is one.
void elsewhere_open(struct elsewhere *, uint32_t network);

static inline void elsewhere_add(struct elsewhere *e, uint32_t destination, uint64_t packets)
{
	const uint32_t network = destination >> 16;
	if (e->page[network] == 0)
		elsewhere_open(e, network);
	e->by_16[network] += packets;
	e->by_24[e->page[network] - 1][destination >> 8 & 0xff] += packets;
}

uint64_t elsewhere_packets(const struct elsewhere *);

struct elsewhere_prefix {
	uint32_t first;
	unsigned bits;
	uint64_t packets;
};

// The prefixes that most packets went to, at most `max` of them, the most packets first, and none that has
// less than one in ELSEWHERE_SHARE. They do not overlap, and their counts are exact. How long they are is a
// guess at what somebody has: the shortest ones, of 24 bits at most (16, where there is no page), that are
// filled. Of a filled prefix the lesser half has a tenth of the other's packets at least, and more than
// three quarters of the /24s were seen that as many packets would reach, were they spread evenly.
enum { ELSEWHERE_SHARE = 100 };
size_t elsewhere_prefixes(const struct elsewhere *, struct elsewhere_prefix *out, size_t max);
