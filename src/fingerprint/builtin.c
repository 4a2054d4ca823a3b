// SPDX-License-Identifier: MIT
// The fingerprints that hotaru knows: one small predicate, one line of matches() and one
// entry of the table each. To add one: write them, and a test in fingerprint_test.c
// (CONTRIBUTING.md). Entries are added at the end: stores name them by their place, and older stores know
// the first of them only. A predicate must ask for the KNOWN_ bit of every field that is not
// in the IPv4 header. It is written with & instead of &&: all of them are asked of every
// SYN, and a branch that attackers decide costs more than what it would save. It returns 1 or 0.
#include "fingerprint/builtin.h"
#include "fingerprint/tools.h"

#include <assert.h>

enum { TELNET = 23, SOURCE_PORT_PRIVILEGED_MAX = 1024 };
enum { HAJIME_WINDOW = 14600, ZMAP_IP_ID = 54321, ROUND_WINDOW = 512 };
#define WINDOW_BIT(window) (UINT64_C(1) << (((window) ^ (window) >> 6) & 63))

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
static_assert(MIRAI_FLAGS + 1 == FINGERPRINT_NMAP, "those of tools follow");

// Mirai's scanner sets SYN and nothing else. Whoever sets more has the sequence number from elsewhere.
static inline uint32_t mirai_matches(const struct packet *p)
{
	const uint32_t mirai = has_destination_as_seq(p);
	const uint32_t plain = mirai << MIRAI | is_mirai_2016(p) << MIRAI_2016;
	return p->tcp_flags == TCP_SYN ? plain : mirai << MIRAI_FLAGS;
}

static inline uint32_t matches(const struct packet *p)
{
	return mirai_matches(p) | is_zmap(p) << ZMAP | is_masscan(p) << MASSCAN;
}

// Whether the window may be one of a tool's. Hardly any other is.
static inline bool has_window_of_tool(const struct packet *p)
{
	const uint64_t others = WINDOW_BIT(UINT16_MAX) | WINDOW_BIT(4128) | WINDOW_BIT(32767) |
	                        WINDOW_BIT(12345) | WINDOW_BIT(5744) | WINDOW_BIT(11744);
	return p->window % ROUND_WINDOW == 0 || others >> ((p->window ^ p->window >> 6) & 63) & 1;
}

// Whether more is to be asked. Of most packets it is not: they have none of the windows, or the IP identification of ZMap
// or masscan, and pay no more than this look.
static inline uint32_t has_more(const struct packet *p, uint32_t matched)
{
	const uint32_t tool = (matched & (1u << ZMAP | 1u << MASSCAN)) == 0 &&
	                      has_window_of_tool(p);
	return tool | tools_is_large_scale_scan(p) | (p->window == HAJIME_WINDOW);
}

static void match_more(struct packet *p, uint32_t matched)
{
	p->fingerprints |= is_hajime(p) << HAJIME | is_hajime_raw(p) << HAJIME_RAW;
	tools_match(p, (matched & (1u << ZMAP | 1u << MASSCAN)) != 0);
}

void builtin_match(struct packet *packets, size_t count)
{
	for (struct packet *p = packets; p < packets + count; p++) {
		if (p->kind != KIND_SYN)
			continue;
		if (!(p->known & KNOWN_HEADER)) {
			p->fingerprints |= UINT32_C(1) << FINGERPRINT_UNKNOWN;
			continue;
		}
		const uint32_t matched = matches(p);
		p->fingerprints |= matched;
		if (has_more(p, matched))
			match_more(p, matched);
	}
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
	[FINGERPRINT_NMAP] = {
		.name = "nmap",
		.kind = FINGERPRINT_TOOL,
		.rule = "window 1024, 2048, 3072 or 4096, one MSS option, length 44, IP id not masscan's; of two sequence "
			"numbers of the source the exclusive-or has equal halves below 256",
		.what = "nmap -sS that tried something twice; packets are those of its shape",
		.source = "scan_engine_raw.cc of nmap; captures of nmap 7.93",
		.strength = "seen",
		.chance_bits = 24,
		.evidence_min = 2,
		.is_paired = true,
	},
	[FINGERPRINT_UNICORNSCAN] = {
		.name = "unicornscan",
		.kind = FINGERPRINT_TOOL,
		.rule = "window and options of its eight sets, or no options and a round window, IP id neither "
			"ZMap's nor masscan's; sequence "
			"number ^ destination ^ source port ^ (destination port << 16) is the same in "
			"SYNs of several sequence numbers",
		.what = "unicornscan and tools with its formula; packets are those of its shape",
		.source = "send_packet.c, init_packet.c of unicornscan",
		.strength = "published",
		.chance_bits = 31,
		.evidence_min = 2,
		.is_paired = true,
	},
	[FINGERPRINT_ZMAP_4] = {
		.name = "zmap-4",
		.kind = FINGERPRINT_TOOL,
		.rule = "window 65535, options of Windows, length 52, TTL <= 64, IP id not 54321",
		.what = "ZMap since 4.1; Windows itself starts at TTL 128",
		.source = "module_tcp_synscan.c of ZMap 4",
		.strength = "published",
		.chance_bits = 32,
		.evidence_min = 2,
	},
	[FINGERPRINT_HPING3] = {
		.name = "hping3",
		.kind = FINGERPRINT_TOOL,
		.rule = "window 512, no options, TTL <= 64, acknowledgement number not 0",
		.what = "hping3 -S and hping2; kernels leave that number at 0",
		.source = "captures of hping3 3.0.0-alpha-2",
		.strength = "seen",
		.chance_bits = 20,
		.evidence_min = 1,
	},
	[FINGERPRINT_LARGE_SCALE_SCAN] = {
		.name = "large-scale-scan",
		.kind = FINGERPRINT_TOOL,
		.rule = "window 1024, no options, TTL >= 200",
		.what = "masscan before November 2023 and its forks, by the rule of a telescope suite",
		.source = "filter large-scale-scan of corsaro3",
		.strength = "published",
		.chance_bits = 20,
		.evidence_min = 1,
	},
};

void builtin_fold(struct packet *packets, size_t count, size_t known)
{
	const uint32_t bits = (UINT32_C(1) << known) - 1;
	if (known >= builtin_fingerprint_count)
		return;
	for (struct packet *p = packets; p < packets + count; p++) {
		if (known <= MIRAI_FLAGS)
			p->fingerprints |= (p->fingerprints >> MIRAI_FLAGS & 1) << MIRAI;
		p->fingerprints &= bits | UINT32_C(1) << FINGERPRINT_UNKNOWN;
		p->known &= (uint16_t)~KNOWN_TOOLS;
	}
}

unsigned fingerprint_evidence_min(unsigned bit)
{
	assert(fingerprints_weighed >> bit & 1);
	return builtin_fingerprints[bit].evidence_min;
}

static_assert(sizeof builtin_fingerprints / sizeof *builtin_fingerprints == FINGERPRINT_TOOLS_END,
              "they are the last");
const size_t builtin_fingerprint_count = sizeof builtin_fingerprints / sizeof *builtin_fingerprints;
