// SPDX-License-Identifier: MIT
// What SYNs of tools look like: one that matches, and for each condition one that just does not.
#include "base/test.h"
#include "fingerprint/fingerprint.h"

enum {
	KNOWN_ALL = KNOWN_IPV4 | KNOWN_PORTS | KNOWN_SEQ | KNOWN_WINDOW | KNOWN_OPTIONS,
	WINDOWS = OPTION_CODE_MSS | OPTION_CODE_NOP << 3 | OPTION_CODE_WINDOW_SCALE << 6 |
	          OPTION_CODE_NOP << 9 | OPTION_CODE_NOP << 12 | OPTION_CODE_SACK_PERMITTED << 15,
};

static struct packet syn_of(uint16_t window, uint32_t options, uint16_t length, uint8_t ttl)
{
	return (struct packet){
		.kind = KIND_SYN,
		.source = 0xc0000201,
		.destination = 0xc6336402,
		.source_port = 40000,
		.destination_port = 23,
		.seq = 0x01020304,
		.ip_id = 9,
		.tcp_flags = TCP_SYN,
		.window = window,
		.options = options,
		.length = length,
		.ttl = ttl,
		.known = KNOWN_ALL,
	};
}

static uint32_t tools_of(struct packet p)
{
	struct fingerprint_set set;
	struct error error;
	CHECK(fingerprint_set_init(&set, NULL, NULL, &error));
	fingerprint_match(&set, &p, 1);
	CHECK(((p.known & KNOWN_TOOLS) != 0) == ((p.fingerprints & FINGERPRINT_TOOLS) != 0));
	fingerprint_set_done(&set);
	return p.fingerprints & FINGERPRINT_TOOLS;
}

static uint32_t is(unsigned bit)
{
	return UINT32_C(1) << bit;
}

TEST(nmap_has_one_mss_option_and_a_round_window)
{
	struct packet p = syn_of(1024, OPTION_CODE_MSS, 44, 40);
	CHECK(tools_of(p) == is(FINGERPRINT_NMAP));
	for (unsigned window = 0; window < 65536; window++) {
		p.window = (uint16_t)window;
		const bool is_its = window == 1024 || window == 2048 || window == 3072 ||
		                    window == 4096;
		CHECK((tools_of(p) & is(FINGERPRINT_NMAP)) == (is_its ? is(FINGERPRINT_NMAP) : 0));
	}
	p.window = 1024;
	p.length = 48;
	CHECK(tools_of(p) == 0);
	p.length = 44;
	p.options = OPTION_CODE_MSS | OPTION_CODE_NOP << 3;
	CHECK(tools_of(p) == 0);
	p.options = OPTION_CODE_MSS;
	p.tcp_flags = TCP_SYN | 0x40;
	CHECK(tools_of(p) == 0);
	p.tcp_flags = TCP_SYN;
	p.known &= (uint16_t)~KNOWN_OPTIONS;
	CHECK(tools_of(p) == 0);
}

TEST(unicornscan_has_its_sets_of_options)
{
	CHECK(tools_of(syn_of(4128, OPTION_CODE_MSS, 44, 255)) == is(FINGERPRINT_UNICORNSCAN));
	CHECK(tools_of(syn_of(4128, 0, 40, 255)) == 0);
	CHECK(tools_of(syn_of(4129, OPTION_CODE_MSS, 44, 255)) == 0);
	CHECK(tools_of(syn_of(12345, 0, 40, 255)) == is(FINGERPRINT_UNICORNSCAN));
	CHECK(tools_of(syn_of(8192, 0, 40, 64)) == is(FINGERPRINT_UNICORNSCAN));
	CHECK(tools_of(syn_of(65535, 0, 40, 64)) == is(FINGERPRINT_UNICORNSCAN));
	CHECK(tools_of(syn_of(0, 0, 40, 64)) == 0 && tools_of(syn_of(8193, 0, 40, 64)) == 0);
	struct packet p = syn_of(65535, 0, 40, 64);
	p.ip_id = 54321;
	CHECK(tools_of(p) == 0);
	p.ip_id = (uint16_t)(p.destination ^ p.destination_port ^ p.seq);
	CHECK(tools_of(p) == 0);
	p.ip_id = 9;
	p.seq = p.destination;
	CHECK(tools_of(p) == 0);
}

TEST(unicornscan_has_one_key)
{
	struct packet a = syn_of(4128, OPTION_CODE_MSS, 44, 255), b = a;
	b.destination = 0xc6336477;
	b.source_port = 1234;
	b.destination_port = 443;
	const uint32_t key = 0x5eed5eed;
	a.seq = key ^ a.destination ^ ((uint32_t)a.destination_port << 16 | a.source_port);
	b.seq = key ^ b.destination ^ ((uint32_t)b.destination_port << 16 | b.source_port);
	CHECK(unicornscan_key(&a, false) == key && unicornscan_key(&b, false) == key);
	a.seq = key ^ 0x026433c6 ^ ((uint32_t)a.destination_port << 16 | a.source_port);
	b.seq = key ^ 0x776433c6 ^ ((uint32_t)b.destination_port << 16 | b.source_port);
	CHECK(unicornscan_key(&a, true) == key && unicornscan_key(&b, true) == key);
}

TEST(zmap_4_is_windows_with_another_ttl)
{
	struct packet p = syn_of(65535, WINDOWS, 52, 64);
	CHECK(tools_of(p) == is(FINGERPRINT_ZMAP_4));
	p.ttl = 65;
	CHECK(tools_of(p) == 0);
	p.ttl = 50;
	p.window = 64240;
	CHECK(tools_of(p) == 0);
	p.window = 65535;
	p.length = 60;
	CHECK(tools_of(p) == 0);
	p.length = 52;
	p.ip_id = 54321;
	CHECK(tools_of(p) == 0);
	p.ip_id = 1;
	p.options ^= OPTION_CODE_END << 18;
	CHECK(tools_of(p) == 0);
}

// The header as captured, of which the acknowledgement number is read.
TEST(hping3_has_an_acknowledgement_number)
{
	uint8_t bytes[40] = { 0x45 };
	struct packet p = syn_of(512, 0, 40, 64);
	p.ip = (struct span){ bytes, sizeof bytes };
	CHECK(tools_of(p) == 0);
	bytes[31] = 1;
	CHECK(tools_of(p) == is(FINGERPRINT_HPING3));
	p.ttl = 65;
	CHECK(tools_of(p) == 0);
	p.ttl = 64;
	p.window = 513;
	CHECK(tools_of(p) == 0);
	p.window = 512;
	p.options = OPTION_CODE_NOP;
	CHECK(tools_of(p) == 0);
	p.options = 0;
	p.ip.length = 31;
	CHECK(tools_of(p) == 0);
	p.ip.length = 0;
	CHECK(tools_of(p) == 0);
}

TEST(large_scale_scan_is_the_published_rule)
{
	struct packet p = syn_of(1024, 0, 40, 200);
	const uint32_t bit = is(FINGERPRINT_LARGE_SCALE_SCAN);
	CHECK(tools_of(p) & bit);
	p.ttl = 199;
	CHECK(!(tools_of(p) & bit));
	p.ttl = 255;
	p.ip_id = (uint16_t)(p.destination ^ p.destination_port ^ p.seq);
	CHECK(tools_of(p) == bit);
	p.window = 1025;
	CHECK(tools_of(p) == 0);
	p.window = 1024;
	p.options = OPTION_CODE_MSS;
	CHECK(!(tools_of(p) & bit));
}

// A store from before them has their bits for users' own.
TEST(older_sets_know_none_of_them)
{
	struct fingerprint_set set;
	struct error error;
	struct packet p = syn_of(1024, OPTION_CODE_MSS, 44, 40);
	CHECK(fingerprint_set_init_of(&set, 7, "nmap = tcp[14:2] = 1024", "x", &error));
	uint8_t bytes[44] = { 0x45, 0, 0, 44 };
	bytes[9] = 6;
	bytes[34] = 4;
	p.ip = (struct span){ bytes, sizeof bytes };
	fingerprint_match(&set, &p, 1);
	CHECK(p.fingerprints == is(7) && !(p.known & KNOWN_TOOLS));
	fingerprint_set_done(&set);
	static const char *const names[] = { "mirai", "mirai-2016", "hajime",      "hajime-raw",
		                             "zmap",  "masscan",    "mirai-flags", "nmap" };
	CHECK(fingerprint_builtins_among(names, 8) == 7 &&
	      fingerprint_builtins_among(names, 6) == 6);
}

TEST_MAIN
