// SPDX-License-Identifier: MIT
// The fingerprints that hotaru knows: one small predicate and one entry of the
// table each. To add one: write both, and a test in fingerprint_test.c
// (CONTRIBUTING.md). A predicate must ask for the KNOWN_ bit of every field that is not
// in the IPv4 header.
#include "fingerprint/builtin.h"

enum { TELNET = 23, SOURCE_PORT_PRIVILEGED_MAX = 1024 };
enum { HAJIME_WINDOW = 14600, ZMAP_IP_ID = 54321 };

static bool is_mirai(const struct packet *p)
{
	return (p->known & KNOWN_SEQ) && p->seq == p->destination;
}

static bool is_mirai_2016(const struct packet *p)
{
	return is_mirai(p) && p->destination_port == TELNET &&
	       p->source_port > SOURCE_PORT_PRIVILEGED_MAX;
}

static bool is_hajime(const struct packet *p)
{
	return (p->known & KNOWN_WINDOW) && p->window == HAJIME_WINDOW;
}

// Options that kernels send and raw sockets do not.
enum {
	KERNEL_OPTIONS = 1u << OPTION_CODE_SACK_PERMITTED | 1u << OPTION_CODE_TIMESTAMP |
	                 1u << OPTION_CODE_WINDOW_SCALE,
};

static bool is_hajime_raw(const struct packet *p)
{
	return is_hajime(p) && (p->known & KNOWN_OPTIONS) &&
	       (p->option_codes & KERNEL_OPTIONS) == 0;
}

static bool is_zmap(const struct packet *p)
{
	return p->ip_id == ZMAP_IP_ID;
}

static bool is_masscan(const struct packet *p)
{
	return (p->known & KNOWN_SEQ) &&
	       p->ip_id == (uint16_t)(p->destination ^ p->destination_port ^ p->seq);
}

// The loop is inlined with its predicate: one call a batch, not one a packet.
static inline void match(struct packet *const *syns, size_t count, uint32_t bit,
                         bool (*is)(const struct packet *))
{
	for (size_t i = 0; i < count; i++)
		syns[i]->fingerprints |= is(syns[i]) ? bit : 0;
}

static void test_mirai(const struct fingerprint *self, struct packet *const *syns, size_t count,
                       uint32_t bit)
{
	(void)self;
	match(syns, count, bit, is_mirai);
}

static void test_mirai_2016(const struct fingerprint *self, struct packet *const *syns,
                            size_t count, uint32_t bit)
{
	(void)self;
	match(syns, count, bit, is_mirai_2016);
}

static void test_hajime(const struct fingerprint *self, struct packet *const *syns, size_t count,
                        uint32_t bit)
{
	(void)self;
	match(syns, count, bit, is_hajime);
}

static void test_hajime_raw(const struct fingerprint *self, struct packet *const *syns,
                            size_t count, uint32_t bit)
{
	(void)self;
	match(syns, count, bit, is_hajime_raw);
}

static void test_zmap(const struct fingerprint *self, struct packet *const *syns, size_t count,
                      uint32_t bit)
{
	(void)self;
	match(syns, count, bit, is_zmap);
}

static void test_masscan(const struct fingerprint *self, struct packet *const *syns, size_t count,
                         uint32_t bit)
{
	(void)self;
	match(syns, count, bit, is_masscan);
}

const struct fingerprint builtin_fingerprints[] = {
	{
		.name = "mirai",
		.kind = FINGERPRINT_FAMILY,
		.rule = "TCP sequence number = destination address",
		.what = "Mirai and its variants, any port, any options",
		.source = "scanner.c of the release of 2016-09-30",
		.strength = "seen",
		.test = test_mirai,
	},
	{
		.name = "mirai-2016",
		.kind = FINGERPRINT_FAMILY,
		.rule = "mirai, and destination port 23, and source port > 1024",
		.what = "the Mirai of the released source",
		.source =
			"scanner.c of the release of 2016-09-30; the three conditions of NICTER studies",
		.strength = "published",
		.test = test_mirai_2016,
	},
	{
		.name = "hajime",
		.kind = FINGERPRINT_FAMILY,
		.rule = "window = 14600",
		.what = "Hajime by the published rule; kernels of Linux 2.6.39 to 3.10 match too",
		.source = "darknet studies on NICTER",
		.strength = "weak",
		.test = test_hajime,
	},
	{
		.name = "hajime-raw",
		.kind = FINGERPRINT_FAMILY,
		.rule = "window = 14600, no SACK-permitted, timestamp or window scale option",
		.what = "Hajime's raw socket; leaves kernels out",
		.source = "hajime, and the first options of Linux (RFC 7323, RFC 2018)",
		.strength = "published",
		.test = test_hajime_raw,
	},
	{
		.name = "zmap",
		.kind = FINGERPRINT_TOOL,
		.rule = "IP id = 54321",
		.what = "ZMap before 4.1 (April 2024) and its forks",
		.source = "module_tcp_synscan.c of ZMap",
		.strength = "seen",
		.test = test_zmap,
	},
	{
		.name = "masscan",
		.kind = FINGERPRINT_TOOL,
		.rule = "IP id = low 16 bits of destination ^ destination port ^ sequence number",
		.what = "masscan, all versions; one packet is weak, two are not",
		.source = "templ-pkt.c of masscan",
		.strength = "seen",
		.test = test_masscan,
	},
};

const size_t builtin_fingerprint_count = sizeof builtin_fingerprints / sizeof *builtin_fingerprints;
