// SPDX-License-Identifier: MIT
// Fingerprints of tools: what their SYNs look like, as their sources have it. Hardly a packet comes here (builtin.c sees
// to that), so these are written to be read.
#include "fingerprint/tools.h"

enum {
	OPTIONS_NONE = 0,
	OPTIONS_MSS = OPTION_CODE_MSS,
	// MSS, nop, window scale, nop, nop, SACK-permitted: Windows, and ZMap after it.
	OPTIONS_WINDOWS = OPTION_CODE_MSS | OPTION_CODE_NOP << 3 | OPTION_CODE_WINDOW_SCALE << 6 |
	                  OPTION_CODE_NOP << 9 | OPTION_CODE_NOP << 12 |
	                  OPTION_CODE_SACK_PERMITTED << 15,
	IPV4_MIN = 20,
	LENGTH_BARE = 40,
	LENGTH_MSS = 44,
	LENGTH_WINDOWS = 52,
	TTL_START_64 = 64,
	ROUND_WINDOW = 1024,
	HPING_WINDOW = 512,
};

static bool is_nmap_window(uint16_t window)
{
	return window % ROUND_WINDOW == 0 && window / ROUND_WINDOW >= 1 &&
	       window / ROUND_WINDOW <= 4;
}

// What -sS sends. TTLs are drawn for each packet.
static bool is_nmap(const struct packet *p)
{
	return is_nmap_window(p->window) && p->options == OPTIONS_MSS && p->length == LENGTH_MSS;
}

// What the tool's sets of options make, -W 0 to 7: after Cisco IOS, which it takes unless told otherwise, OpenBSD, Windows
// XP, p0f's sendsyn, FreeBSD, nmap, Linux, and one that its author made up, the last two for an MTU of 1500.
static bool is_unicornscan_set(const struct packet *p)
{
	static const struct {
		uint32_t options;
		uint16_t window;
	} sets[] = {
		{ OPTIONS_MSS, 4128 },
		{ OPTION_CODE_MSS | OPTION_CODE_NOP << 3 | OPTION_CODE_NOP << 6 |
		          OPTION_CODE_SACK_PERMITTED << 9 | OPTION_CODE_NOP << 12 |
		          OPTION_CODE_WINDOW_SCALE << 15 | OPTION_CODE_NOP << 18 |
		          OPTION_CODE_NOP << 21 | OPTION_CODE_TIMESTAMP << 24,
		  16384 },
		{ OPTION_CODE_MSS | OPTION_CODE_NOP << 3 | OPTION_CODE_NOP << 6 |
		          OPTION_CODE_SACK_PERMITTED << 9,
		  32767 },
		{ OPTIONS_NONE, 12345 },
		{ OPTION_CODE_MSS | OPTION_CODE_NOP << 3 | OPTION_CODE_WINDOW_SCALE << 6 |
		          OPTION_CODE_NOP << 9 | OPTION_CODE_NOP << 12 |
		          OPTION_CODE_TIMESTAMP << 15,
		  65535 },
		{ OPTION_CODE_WINDOW_SCALE | OPTION_CODE_NOP << 3 | OPTION_CODE_MSS << 6 |
		          OPTION_CODE_TIMESTAMP << 9 | OPTION_CODE_END << 12,
		  3072 },
		{ OPTION_CODE_MSS | OPTION_CODE_SACK_PERMITTED << 3 | OPTION_CODE_TIMESTAMP << 6 |
		          OPTION_CODE_NOP << 9 | OPTION_CODE_WINDOW_SCALE << 12,
		  5744 },
		{ OPTION_CODE_MSS | OPTION_CODE_SACK_PERMITTED << 3 | OPTION_CODE_OTHER << 6,
		  11744 },
	};
	for (size_t i = 0; i < sizeof sets / sizeof *sets; i++)
		if (p->window == sets[i].window && p->options == sets[i].options)
			return true;
	return false;
}

// Other tools took its formula over, with a window of their own: bare SYNs whose window is no drawn one.
static bool is_unicornscan(const struct packet *p)
{
	const bool is_plain = p->options == OPTIONS_NONE &&
	                      ((p->window % ROUND_WINDOW == 0 && p->window > 0) ||
	                       p->window == UINT16_MAX) &&
	                      p->seq != p->destination;
	return is_plain || is_unicornscan_set(p);
}

static bool is_zmap_4(const struct packet *p)
{
	return p->window == UINT16_MAX && p->options == OPTIONS_WINDOWS &&
	       p->length == LENGTH_WINDOWS && p->ttl <= TTL_START_64;
}

// The number that only an ACK gives a meaning: kernels leave it at zero.
static uint32_t acknowledged(const struct packet *p)
{
	enum { AT = 8, SIZE = 4 };
	const size_t header = p->ip.length > 0 ? (size_t)(span_u8(p->ip, 0) & 15) * 4 : 0;
	return header >= IPV4_MIN && p->ip.length >= header + AT + SIZE
	               ? span_u32(p->ip, header + AT)
	               : 0;
}

static bool is_hping3(const struct packet *p)
{
	return p->window == HPING_WINDOW && p->options == OPTIONS_NONE && p->ttl <= TTL_START_64 &&
	       p->length >= LENGTH_BARE && acknowledged(p) != 0;
}

void tools_match(struct packet *p, bool is_known)
{
	const unsigned needed = KNOWN_OPTIONS | KNOWN_SEQ | KNOWN_PORTS | KNOWN_HEADER;
	if ((p->known & needed) != needed || p->tcp_flags != TCP_SYN)
		return;
	uint32_t tools = tools_is_large_scale_scan(p) << FINGERPRINT_LARGE_SCALE_SCAN;
	if (!is_known)
		tools |= (uint32_t)is_nmap(p) << FINGERPRINT_NMAP |
		         (uint32_t)is_unicornscan(p) << FINGERPRINT_UNICORNSCAN |
		         (uint32_t)is_zmap_4(p) << FINGERPRINT_ZMAP_4 |
		         (uint32_t)is_hping3(p) << FINGERPRINT_HPING3;
	p->fingerprints |= tools;
	p->known |= tools != 0 ? KNOWN_TOOLS : 0;
}
