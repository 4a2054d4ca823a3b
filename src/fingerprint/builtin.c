// SPDX-License-Identifier: MIT
// The fingerprints that hotaru knows: one small predicate, one line of matches() and one
// entry of the table each. To add one: write them, and a test in fingerprint_test.c
// (CONTRIBUTING.md). Entries are added at the end: stores name them by their place, and older stores know
// the first of them only. A predicate must ask for the KNOWN_ bit of every field that is not
// in the IPv4 header. It is written with & instead of &&: all of them are asked of every
// SYN, and a branch that attackers decide costs more than what it would save. It returns 1 or 0.
#include "fingerprint/builtin.h"

#include <assert.h>

enum { TELNET = 23, SOURCE_PORT_PRIVILEGED_MAX = 1024 };
enum { HAJIME_WINDOW = 14600, ZMAP_IP_ID = 54321 };

static unsigned knows(const struct packet *p, unsigned bits)
{
	return (p->known & bits) == bits;
}

static unsigned has_destination_as_seq(const struct packet *p)
{
	return knows(p, KNOWN_SEQ) & (p->seq == p->destination);
}

static unsigned is_mirai_2016(const struct packet *p)
{
	return has_destination_as_seq(p) & (p->destination_port == TELNET) &
	       (p->source_port > SOURCE_PORT_PRIVILEGED_MAX);
}

static unsigned is_hajime(const struct packet *p)
{
	return knows(p, KNOWN_WINDOW) & (p->window == HAJIME_WINDOW);
}

// Options that kernels send and raw sockets do not.
enum {
	KERNEL_OPTIONS = 1u << OPTION_CODE_SACK_PERMITTED | 1u << OPTION_CODE_TIMESTAMP |
	                 1u << OPTION_CODE_WINDOW_SCALE,
};

static unsigned is_hajime_raw(const struct packet *p)
{
	return is_hajime(p) & knows(p, KNOWN_OPTIONS) & ((p->option_codes & KERNEL_OPTIONS) == 0);
}

static unsigned is_zmap(const struct packet *p)
{
	return p->ip_id == ZMAP_IP_ID;
}

static unsigned is_masscan(const struct packet *p)
{
	return knows(p, KNOWN_SEQ) &
	       (p->ip_id == (uint16_t)(p->destination ^ p->destination_port ^ p->seq));
}

// The bits: places in the table.
enum { MIRAI, MIRAI_2016, HAJIME, HAJIME_RAW, ZMAP, MASSCAN, MIRAI_FLAGS };

// Mirai's scanner sets SYN and nothing else. Whoever sets more has the sequence number from elsewhere.
static inline uint32_t mirai_matches(const struct packet *p)
{
	const uint32_t mirai = has_destination_as_seq(p);
	const uint32_t plain = mirai << MIRAI | is_mirai_2016(p) << MIRAI_2016;
	return p->tcp_flags == TCP_SYN ? plain : mirai << MIRAI_FLAGS;
}

static inline uint32_t matches(const struct packet *p)
{
	return mirai_matches(p) | is_hajime(p) << HAJIME | is_hajime_raw(p) << HAJIME_RAW |
	       is_zmap(p) << ZMAP | is_masscan(p) << MASSCAN;
}

void builtin_match(struct packet *packets, size_t count)
{
	for (struct packet *p = packets; p < packets + count; p++)
		if (p->kind == KIND_SYN)
			p->fingerprints |= p->known & KNOWN_HEADER
			                           ? matches(p)
			                           : UINT32_C(1) << FINGERPRINT_UNKNOWN;
}

// Those of 16 bits. Every SYN has an IP identification, and one that is as good as random, so that a single
// packet is no evidence: it takes two. Hardly any sender draws its windows, which are constants of kernels;
// who sends one SYN with the window of Hajime is not met by chance, who sends one among thousands is.
const uint32_t fingerprints_weighed = UINT32_C(1) << HAJIME | UINT32_C(1) << HAJIME_RAW |
                                      UINT32_C(1) << ZMAP | UINT32_C(1) << MASSCAN;

const struct fingerprint builtin_fingerprints[] = {
	[MIRAI] = {
		.name = "mirai",
		.kind = FINGERPRINT_FAMILY,
		.rule = "TCP sequence number = destination address, no flag but SYN",
		.what = "Mirai and its variants, any port, any options",
		.source = "scanner.c of the release of 2016-09-30",
		.strength = "seen",
		.chance_bits = 32,
		.evidence_min = 1,
	},
	[MIRAI_2016] = {
		.name = "mirai-2016",
		.kind = FINGERPRINT_FAMILY,
		.rule = "mirai, and destination port 23, and source port > 1024",
		.what = "the Mirai of the released source",
		.part_of = "mirai",
		.source =
			"scanner.c of the release of 2016-09-30; the three conditions of NICTER studies",
		.strength = "published",
		.chance_bits = 32,
		.evidence_min = 1,
	},
	[HAJIME] = {
		.name = "hajime",
		.kind = FINGERPRINT_FAMILY,
		.rule = "window = 14600",
		.what = "Hajime by the published rule; kernels of Linux 2.6.39 to 3.10 match too",
		.source = "darknet studies on NICTER",
		.strength = "weak",
		.chance_bits = 16,
		.evidence_min = 1,
	},
	[HAJIME_RAW] = {
		.name = "hajime-raw",
		.kind = FINGERPRINT_FAMILY,
		.rule = "window = 14600, no SACK-permitted, timestamp or window scale option",
		.what = "Hajime's raw socket; leaves kernels out",
		.part_of = "hajime",
		.source = "hajime, and the first options of Linux (RFC 7323, RFC 2018)",
		.strength = "published",
		.chance_bits = 16,
		.evidence_min = 1,
	},
	[ZMAP] = {
		.name = "zmap",
		.kind = FINGERPRINT_TOOL,
		.rule = "IP id = 54321",
		.what = "ZMap before 4.1 (April 2024) and its forks",
		.source = "module_tcp_synscan.c of ZMap",
		.strength = "seen",
		.chance_bits = 16,
		.evidence_min = 2,
	},
	[MASSCAN] = {
		.name = "masscan",
		.kind = FINGERPRINT_TOOL,
		.rule = "IP id = low 16 bits of destination ^ destination port ^ sequence number",
		.what = "masscan, all versions; one packet is weak, two are not",
		.source = "templ-pkt.c of masscan",
		.strength = "seen",
		.chance_bits = 16,
		.evidence_min = 2,
	},
	[MIRAI_FLAGS] = {
		.name = "mirai-flags",
		.kind = FINGERPRINT_TOOL,
		.rule = "TCP sequence number = destination address, another flag beside SYN",
		.what = "what Mirai's scanner never sends: counted apart from mirai",
		.source = "scanner.c of the release of 2016-09-30, which sets SYN alone",
		.strength = "weak",
		.chance_bits = 32,
		.evidence_min = 1,
	},
};

void builtin_fold(struct packet *packets, size_t count, size_t known)
{
	const uint32_t bits = (UINT32_C(1) << known) - 1;
	if (known >= builtin_fingerprint_count)
		return;
	for (struct packet *p = packets; p < packets + count; p++) {
		p->fingerprints |= (p->fingerprints >> MIRAI_FLAGS & 1) << MIRAI;
		p->fingerprints &= bits | UINT32_C(1) << FINGERPRINT_UNKNOWN;
	}
}

unsigned fingerprint_evidence_min(unsigned bit)
{
	assert(fingerprints_weighed >> bit & 1);
	return builtin_fingerprints[bit].evidence_min;
}

const size_t builtin_fingerprint_count = sizeof builtin_fingerprints / sizeof *builtin_fingerprints;
