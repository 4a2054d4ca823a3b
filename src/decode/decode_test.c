// SPDX-License-Identifier: MIT
// Frames made by hand behind every link layer, cut at every length; and random bytes.
#include "base/buffer.h"
#include "base/memory.h"
#include "base/random.h"
#include "base/test.h"
#include "base/text.h"
#include "decode/decode.h"

// SYN from 192.0.2.1:40000 to 198.51.100.2:23 with a kernel's options.
static const uint8_t syn[60] = {
	0x45, 0x10, 0,    60,   0xd4, 0x31, 0x40, 0, 64, 6,    0,    0,    192,  0,    2,
	1,    198,  51,   100,  2,    0x9c, 0x40, 0, 23, 0xc6, 0x33, 0x64, 0x02, 0,    0,
	0,    0,    0xa0, 0x02, 0x39, 0x08, 0,    0, 0,  0,    2,    4,    0x05, 0xb4, 4,
	2,    8,    10,   1,    2,    3,    4,    0, 0,  0,    0,    1,    3,    3,    7,
};
static const char syn_layout[] = "mss,sack_permitted,timestamp,nop,window_scale";

// What stands in front of the IPv4 header: of IPv4, IPv6 and of something else.
struct wrapping {
	uint16_t link_type;
	size_t length;
	uint8_t ipv4[24], ipv6[24], other[24];
	uint16_t detail;  // of the something else
};

#define MACS 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12
#define COOKED 0, 0, 0, 1, 0, 6, 1, 2, 3, 4, 5, 6, 0, 0
#define COOKED_2 0, 0, 0, 0, 0, 9, 0, 1, 0, 6, 1, 2, 3, 4, 5, 6, 0, 0

static const struct wrapping wrappings[] = {
	{ 1, 14, { MACS, 8, 0 }, { MACS, 0x86, 0xdd }, { MACS, 8, 6 }, 0x0806 },
	{ 1, 14, { MACS, 8, 0 }, { MACS, 0x86, 0xdd }, { MACS, 0x88, 0x47 }, 0x8847 },
	// Lengths instead of EtherTypes have no detail.
	{ 1, 14, { MACS, 8, 0 }, { MACS, 0x86, 0xdd }, { MACS, 0, 60 }, 0 },
	{ 1, 14, { MACS, 8, 0 }, { MACS, 0x86, 0xdd }, { MACS, 0x05, 0xdc }, 0 },
	{ 1,
	  18,
	  { MACS, 0x81, 0, 0xff, 0xff, 8, 0 },
	  { MACS, 0x81, 0, 0, 5, 0x86, 0xdd },
	  { MACS, 0x81, 0, 0, 5, 8, 6 },
	  0x0806 },
	{ 1,
	  22,
	  { MACS, 0x88, 0xa8, 0, 5, 0x81, 0, 0, 6, 8, 0 },
	  { MACS, 0x88, 0xa8, 0, 5, 0x81, 0, 0, 6, 0x86, 0xdd },
	  { MACS, 0x88, 0xa8, 0, 5, 0x81, 0, 0, 6, 8, 6 },
	  0x0806 },
	{ 1,
	  22,
	  { MACS, 0x91, 0, 0, 5, 0x92, 0, 0, 6, 8, 0 },
	  { MACS, 0x91, 0, 0, 5, 0x92, 0, 0, 6, 0x86, 0xdd },
	  { MACS, 0x91, 0, 0, 5, 0x92, 0, 0, 6, 8, 6 },
	  0x0806 },
	{ 113, 16, { COOKED, 8, 0 }, { COOKED, 0x86, 0xdd }, { COOKED, 8, 6 }, 0x0806 },
	{ 113,
	  20,
	  { COOKED, 0x81, 0, 0, 5, 8, 0 },
	  { COOKED, 0x81, 0, 0, 5, 0x86, 0xdd },
	  { COOKED, 0x81, 0, 0, 5, 8, 6 },
	  0x0806 },
	{ 276, 20, { 8, 0, COOKED_2 }, { 0x86, 0xdd, COOKED_2 }, { 8, 6, COOKED_2 }, 0x0806 },
	{ 0, 4, { 2, 0, 0, 0 }, { 30, 0, 0, 0 }, { 7, 0, 0, 0 }, 0 },
	{ 0, 4, { 0, 0, 0, 2 }, { 0, 0, 0, 24 }, { 0, 0, 0, 7 }, 0 },
	{ 0, 4, { 2, 0, 0, 0 }, { 10, 0, 0, 0 }, { 0, 0, 0, 0 }, 0 },
	{ 108, 4, { 0, 0, 0, 2 }, { 0, 0, 0, 28 }, { 0, 0, 0, 7 }, 0 },
};
enum { WRAPPINGS = sizeof wrappings / sizeof *wrappings };

static struct packet decoded(uint16_t link_type, const void *bytes, size_t length)
{
	// In room of exactly its size, so that ASan sees one byte too many.
	uint8_t *room = memory_new(length == 0 ? 1 : length, 1);
	memcpy(room, bytes, length);
	const struct frame frame = { .time_ns = 42,
		                     .length_wire = 100,
		                     .link_type = link_type,
		                     .time_digits = 6,
		                     .captured = { room, length } };
	struct packet p;
	memset(&p, 0xff, sizeof p);
	decode_frames(&frame, 1, &p);
	CHECK(p.time_ns == 42 && p.time_digits == 6 && p.fingerprints == 0 && p.kind < KIND_COUNT);
	CHECK(p.ip.length == 0 ||
	      (p.ip.bytes >= room && p.ip.bytes + p.ip.length <= room + length));
	CHECK(!kind_is_packet(p.kind) || p.ip.length >= 20);
	memory_free(room);
	return p;
}

static struct packet wrapped(const struct wrapping *w, const uint8_t *ip, size_t length)
{
	uint8_t frame[200];
	memcpy(frame, w->ipv4, w->length);
	memcpy(frame + w->length, ip, length);
	return decoded(w->link_type, frame, w->length + length);
}

static bool is_layout(const struct packet *p, const char *expected)
{
	char text[DECODE_LAYOUT_SIZE];
	decode_layout_text(p->options, text);
	const bool is_same = text_equal(text, expected);
	if (!is_same)
		printf("layout %s\n", text);
	return is_same;
}

static void check_syn(const struct packet *p)
{
	CHECK(p->kind == KIND_SYN && p->source == 0xc0000201 && p->destination == 0xc6336402);
	CHECK(p->source_port == 40000 && p->destination_port == 23 && p->seq == 0xc6336402);
	CHECK(p->window == 14600 && p->ip_id == 54321 && p->length == 60 && p->mss == 1460);
	CHECK(p->ttl == 64 && p->tos == 0x10 && p->protocol == 6 && p->tcp_flags == TCP_SYN);
	CHECK(p->known ==
	      (KNOWN_IPV4 | KNOWN_PORTS | KNOWN_SEQ | KNOWN_WINDOW | KNOWN_OPTIONS | KNOWN_MSS));
	CHECK(p->ip.length == 60 && p->detail == 0 && p->icmp_type == 0);
	CHECK(is_layout(p, syn_layout));
}

TEST(a_syn_is_read_behind_every_link_layer)
{
	for (size_t i = 0; i < WRAPPINGS; i++) {
		const struct packet p = wrapped(&wrappings[i], syn, sizeof syn);
		check_syn(&p);
	}
	const struct packet raw = decoded(101, syn, sizeof syn),
			    ipv4 = decoded(228, syn, sizeof syn);
	check_syn(&raw);
	check_syn(&ipv4);
}

// What is known of the SYN when only so many bytes of it were captured.
static void check_cut(const struct packet *p, size_t captured)
{
	if (captured < 20 + 14) {
		CHECK(p->kind == KIND_CUT_SHORT && p->known == (captured < 20 ? 0 : KNOWN_IPV4));
		CHECK(p->source_port == 0 && p->seq == 0 && p->window == 0 && p->options == 0);
		return;
	}
	const unsigned window = captured >= 20 + 16 ? KNOWN_WINDOW : 0;
	const unsigned options = captured >= 60 ? KNOWN_OPTIONS | KNOWN_MSS : 0;
	CHECK(p->kind == KIND_SYN &&
	      p->known == (KNOWN_IPV4 | KNOWN_PORTS | KNOWN_SEQ | window | options));
	CHECK(p->source_port == 40000 && p->destination_port == 23 && p->seq == 0xc6336402);
	CHECK(p->window == (window ? 14600 : 0) && (p->options != 0) == (options != 0));
	CHECK(p->mss == (options ? 1460 : 0) && p->ip.length == captured && p->length == 60);
}

TEST(every_cut_counts_as_far_as_it_goes)
{
	for (size_t i = 0; i < WRAPPINGS; i++) {
		for (size_t length = 0; length < wrappings[i].length; length++) {
			const struct packet p = decoded(wrappings[i].link_type, wrappings[i].ipv4,
			                                length);
			CHECK(p.kind == KIND_CUT_SHORT && p.ip.length == 0 && p.known == 0 &&
			      p.source == 0);
		}
		for (size_t length = 0; length <= sizeof syn; length++) {
			const struct packet p = wrapped(&wrappings[i], syn, length);
			check_cut(&p, length);
		}
	}
	for (size_t length = 0; length <= sizeof syn; length++) {
		const struct packet raw = decoded(101, syn, length),
				    ipv4 = decoded(228, syn, length);
		check_cut(&raw, length);
		check_cut(&ipv4, length);
	}
}

TEST(what_is_not_ipv4_says_what_it_is)
{
	for (size_t i = 0; i < WRAPPINGS; i++) {
		const struct wrapping *w = &wrappings[i];
		struct packet p = decoded(w->link_type, w->ipv6, w->length);
		CHECK(p.kind == KIND_IPV6 && p.detail == 0);
		p = decoded(w->link_type, w->other, w->length);
		CHECK(p.kind == KIND_NOT_IP && p.detail == w->detail && p.ip.length == 0);
	}
	CHECK(decoded(101, "\x60", 1).kind == KIND_IPV6);
	CHECK(decoded(229, "\x60", 1).kind == KIND_IPV6);
	CHECK(decoded(101, "\x50", 1).kind == KIND_MALFORMED);
	const struct packet p = decoded(105, syn, sizeof syn);
	CHECK(p.kind == KIND_UNKNOWN_LINK && p.detail == 105 && p.ip.length == 0);
}

TEST(link_types_have_names)
{
	static const uint16_t known[] = { 0, 1, 101, 108, 113, 228, 229, 276 };
	for (size_t i = 0; i < sizeof known / sizeof *known; i++)
		CHECK(decode_knows_link(known[i]) && decode_link_name(known[i]) != NULL);
	CHECK(!decode_knows_link(105) && decode_link_name(105) == NULL &&
	      !decode_knows_link(65535));
	for (size_t i = 0; i < KIND_COUNT; i++)
		CHECK(kind_names[i] != NULL &&
		      kind_is_packet((enum kind)i) == (i >= KIND_LATER_FRAGMENT));
	CHECK(text_equal(kind_names[KIND_SYN], "syn") &&
	      text_equal(kind_names[KIND_OTHER_PROTOCOL], "other_protocol"));
	CHECK(text_equal(kind_names[KIND_OUTSIDE_TELESCOPE], "outside_telescope"));
}

// The SYN with one byte changed.
static struct packet changed(size_t at, uint8_t byte, size_t length)
{
	uint8_t ip[70] = { 0 };
	memcpy(ip, syn, sizeof syn);
	ip[at] = byte;
	return decoded(101, ip, length);
}

TEST(padding_is_not_part_of_the_packet)
{
	struct packet p = changed(0, 0x45, 66);
	check_syn(&p);
	// A total length of 40 leaves the options outside: the header then ends behind the packet.
	p = changed(3, 40, 60);
	CHECK(p.kind == KIND_SYN && p.ip.length == 40 && !(p.known & KNOWN_OPTIONS) && p.mss == 0);
	CHECK(p.known & KNOWN_WINDOW);
}

TEST(ip_options_are_skipped)
{
	uint8_t ip[84];
	memcpy(ip, syn, 20);
	memset(ip + 20, 1, 24);
	memcpy(ip + 44, syn + 20, 40);
	ip[0] = 0x4b;
	ip[3] = sizeof ip;
	const struct packet p = decoded(101, ip, sizeof ip);
	CHECK(p.kind == KIND_SYN && p.source_port == 40000 && p.destination_port == 23 &&
	      p.mss == 1460);
	CHECK(p.ip.length == sizeof ip && is_layout(&p, syn_layout));
	for (size_t length = 0; length < 44 + 14; length++)
		CHECK(decoded(101, ip, length).kind == KIND_CUT_SHORT);
}

TEST(later_fragments_have_no_ports)
{
	struct packet p = changed(7, 1, 60);
	CHECK(p.kind == KIND_LATER_FRAGMENT && p.known == KNOWN_IPV4 && p.source_port == 0 &&
	      p.source == 0xc0000201);
	CHECK(changed(6, 0x10, 60).kind == KIND_LATER_FRAGMENT);
	CHECK(changed(7, 1, 20).kind == KIND_LATER_FRAGMENT);
	// The reserved bit, don't fragment, and more fragments: still the first.
	CHECK(changed(6, 0xe0, 60).kind == KIND_SYN);
}

TEST(a_total_length_of_zero_is_as_long_as_the_capture)
{
	struct packet p = changed(3, 0, 60);
	CHECK(p.kind == KIND_SYN && p.length == 0 && p.ip.length == 60 &&
	      is_layout(&p, syn_layout));
	p = changed(3, 0, 40);
	CHECK(p.kind == KIND_SYN && p.ip.length == 40 && !(p.known & KNOWN_OPTIONS));
}

TEST(headers_that_contradict_each_other_are_malformed)
{
	CHECK(changed(0, 0x55, 60).kind == KIND_MALFORMED);  // version 5
	CHECK(changed(0, 0x65, 10).kind == KIND_IPV6);
	CHECK(changed(0, 0x35, 10).kind == KIND_MALFORMED);
	CHECK(changed(0, 0x44, 60).kind == KIND_MALFORMED);  // header of 16 bytes
	CHECK(changed(0, 0x40, 60).kind == KIND_MALFORMED);
	CHECK(changed(3, 19, 60).kind == KIND_MALFORMED);  // total length below the header's
	CHECK(changed(3, 1, 60).kind == KIND_MALFORMED);
	CHECK(changed(3, 20, 60).kind == KIND_MALFORMED);  // no room for TCP in the packet itself
	CHECK(changed(3, 33, 60).kind == KIND_MALFORMED && changed(3, 34, 60).kind == KIND_SYN);
	CHECK(changed(3, 33, 30).kind == KIND_CUT_SHORT);
	const struct packet p = wrapped(&wrappings[0], (const uint8_t *)"\x60", 1);
	CHECK(p.kind == KIND_MALFORMED);  // EtherType IPv4, version 6
}

TEST(flags_decide_what_tcp_counts_as)
{
	for (unsigned flags = 0; flags < 256; flags++) {
		const struct packet p = changed(33, (uint8_t)flags, 60);
		const enum kind expected = (flags & 0x12) == 0x12 ? KIND_SYN_ACK
		                           : flags & 0x02         ? KIND_SYN
		                           : flags & 0x04         ? KIND_RST
		                                                  : KIND_TCP_OTHER;
		CHECK(p.kind == expected && p.tcp_flags == flags && p.source_port == 40000);
	}
}

TEST(other_transports_have_what_they_have)
{
	struct packet p = changed(9, 17, 60);
	CHECK(p.kind == KIND_UDP && p.known == (KNOWN_IPV4 | KNOWN_PORTS) &&
	      p.source_port == 40000 && p.destination_port == 23);
	CHECK(p.seq == 0 && p.window == 0 && p.tcp_flags == 0 && p.protocol == 17);
	CHECK(changed(9, 17, 24).kind == KIND_UDP && changed(9, 17, 23).kind == KIND_CUT_SHORT);
	p = changed(9, 1, 60);
	CHECK(p.kind == KIND_ICMP && p.icmp_type == 0x9c && p.known == KNOWN_IPV4 &&
	      p.source_port == 0);
	p = changed(9, 1, 20);
	CHECK(p.kind == KIND_ICMP && p.icmp_type == 0);
	for (unsigned protocol = 0; protocol < 256; protocol++) {
		p = changed(9, (uint8_t)protocol, 60);
		if (protocol != 1 && protocol != 6 && protocol != 17)
			CHECK(p.kind == KIND_OTHER_PROTOCOL && p.known == KNOWN_IPV4 &&
			      p.protocol == protocol);
	}
	uint8_t short_udp[23];
	memcpy(short_udp, syn, sizeof short_udp);
	short_udp[3] = sizeof short_udp;
	short_udp[9] = 17;
	CHECK(decoded(101, short_udp, sizeof short_udp).kind == KIND_MALFORMED);
}

// The SYN with these options, whose length is a multiple of four up to 40.
static struct packet with_options(const void *options, size_t length)
{
	uint8_t ip[80];
	memcpy(ip, syn, 40);
	memcpy(ip + 40, options, length);
	ip[3] = (uint8_t)(40 + length);
	ip[32] = (uint8_t)((5 + length / 4) << 4);
	return decoded(101, ip, 40 + length);
}

TEST(option_layouts_are_told_apart)
{
	static const struct {
		size_t length;
		const char *options, *layout;
		uint16_t mss;
	} cases[] = {
		{ 0, "", "none", 0 },
		{ 4, "\2\4\5\xb4", "mss", 1460 },
		{ 4, "\1\1\1\1", "nop,nop,nop,nop", 0 },
		{ 4, "\0\2\4\5", "end", 0 },
		{ 8, "\1\3\3\7\4\2\0\0", "nop,window_scale,sack_permitted,end", 0 },
		{ 8, "\2\4\0\1\2\4\0\2", "mss,mss", 2 },
		{ 4, "\5\2\x22\2", "other,other", 0 },
		{ 8, "\3\3\1\2\1\1\1\1", "window_scale,malformed", 0 },
		{ 8, "\3\3\1\2\3\1\1\1", "window_scale,mss,nop,nop", 0 },
		{ 4, "\2\0\5\xb4", "malformed", 0 },
		{ 4, "\2\1\5\xb4", "malformed", 0 },
		{ 4, "\2\5\5\xb4", "malformed", 0 },
		{ 4, "\1\1\1\2", "nop,nop,nop,malformed", 0 },
		{ 4, "\2\3\5\1", "mss,nop", 0 },
		{ 12, "\1\1\1\1\1\1\1\1\1\1\0\0", "nop,nop,nop,nop,nop,nop,nop,nop,nop,nop,...",
		  0 },
		{ 16, "\1\1\1\1\1\1\1\1\1\1\1\1\2\4\0\5",
		  "nop,nop,nop,nop,nop,nop,nop,nop,nop,nop,...", 5 },
		{ 12, "\1\1\1\1\1\1\1\1\1\1\4\1",
		  "nop,nop,nop,nop,nop,nop,nop,nop,nop,nop,malformed", 0 },
		{ 12, "\1\1\1\1\1\1\1\1\1\1\1\2",
		  "nop,nop,nop,nop,nop,nop,nop,nop,nop,nop,...,malformed", 0 },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		const struct packet p = with_options(cases[i].options, cases[i].length);
		const bool is_right = is_layout(&p, cases[i].layout) && p.mss == cases[i].mss &&
		                      !!(p.known & KNOWN_MSS) == (cases[i].mss != 0) &&
		                      (p.known & KNOWN_OPTIONS);
		CHECK(is_right);
		if (!is_right)
			printf("options %zu\n", i);
	}
	CHECK(OPTION_CODE_NOP == 2 &&
	      with_options("\1\1\1\1", 4).options == (2 | 2 << 3 | 2 << 6 | 2 << 9));
}

TEST(longest_layout_fits)
{
	char text[DECODE_LAYOUT_SIZE];
	uint32_t options = OPTIONS_MORE | OPTIONS_MALFORMED;
	for (unsigned i = 0; i < 10; i++)
		options |= (uint32_t)OPTION_CODE_SACK_PERMITTED << 3 * i;
	decode_layout_text(options, text);
	CHECK(strlen(text) == 10 * 14 + 9 + 4 + 10 &&
	      text_ends(text, "sack_permitted,...,malformed"));
}

TEST(option_lists_that_are_not_whole_are_not_known)
{
	// A header of less than 20 bytes, and one that is longer than the packet.
	CHECK(changed(32, 0x40, 60).known == (KNOWN_IPV4 | KNOWN_PORTS | KNOWN_SEQ | KNOWN_WINDOW));
	CHECK(changed(32, 0xb0, 60).known == (KNOWN_IPV4 | KNOWN_PORTS | KNOWN_SEQ | KNOWN_WINDOW));
	const struct packet p = changed(32, 0x50, 60);
	CHECK(p.known == (KNOWN_IPV4 | KNOWN_PORTS | KNOWN_SEQ | KNOWN_WINDOW | KNOWN_OPTIONS) &&
	      is_layout(&p, "none"));
}

static void check_random_options(uint64_t seed)
{
	static const struct {
		uint8_t kind, length;
		uint32_t code;
	} known[] = { { 1, 1, OPTION_CODE_NOP },          { 2, 4, OPTION_CODE_MSS },
		      { 3, 3, OPTION_CODE_WINDOW_SCALE }, { 4, 2, OPTION_CODE_SACK_PERMITTED },
		      { 8, 10, OPTION_CODE_TIMESTAMP },   { 5, 10, OPTION_CODE_OTHER },
		      { 254, 5, OPTION_CODE_OTHER } };
	struct random r = random_from(seed);
	uint8_t options[40] = { 0 };
	size_t length = 0;
	unsigned count = 0;
	uint32_t expected = 0;
	unsigned codes = 0;
	for (;;) {
		const unsigned i = random_below(&r, 3) == 0 ? 0 : random_below(&r, 7);
		if (length + known[i].length > sizeof options || random_below(&r, 25) == 0)
			break;
		options[length] = known[i].kind;
		if (known[i].length > 1)
			options[length + 1] = known[i].length;
		for (size_t at = 2; at < known[i].length; at++)
			options[length + at] = (uint8_t)random_u32(&r);
		length += known[i].length;
		expected |= count < 10 ? known[i].code << 3 * count : OPTIONS_MORE;
		codes |= 1u << known[i].code;
		count++;
	}
	// Zero bytes up to the next word are the end option.
	if (length % 4 != 0)
		expected |= count < 10 ? (uint32_t)OPTION_CODE_END << 3 * count : OPTIONS_MORE;
	if (length % 4 != 0)
		codes |= 1u << OPTION_CODE_END;
	const struct packet p = with_options(options, (length + 3) / 4 * 4);
	CHECK(p.options == expected && p.option_codes == codes);
}

TEST(random_option_lists_are_read_in_order)
{
	for (uint64_t seed = 0; seed < 2000; seed++) {
		const unsigned before = test_failed_checks;
		check_random_options(seed);
		if (test_failed_checks > before)
			printf("seed %llu\n", (unsigned long long)seed);
	}
}

// What holds for every packet, whatever the bytes were.
static void check_consistent(const struct packet *p)
{
	const bool is_tcp = p->kind >= KIND_SYN && p->kind <= KIND_TCP_OTHER;
	CHECK(p->kind < KIND_COUNT && p->kind != KIND_OUTSIDE_TELESCOPE);
	CHECK(!(p->known & KNOWN_PORTS) == !(is_tcp || p->kind == KIND_UDP));
	CHECK((p->known & KNOWN_PORTS) || (p->source_port == 0 && p->destination_port == 0));
	CHECK((p->known & KNOWN_SEQ) ? is_tcp : p->seq == 0);
	CHECK((p->known & KNOWN_WINDOW) ? is_tcp : p->window == 0);
	CHECK((p->known & KNOWN_OPTIONS) ? is_tcp : p->options == 0 && p->option_codes == 0);
	CHECK((p->known & KNOWN_MSS) ? (p->known & KNOWN_OPTIONS) != 0 : p->mss == 0);
	CHECK(is_tcp || p->tcp_flags == 0);
	CHECK(p->kind == KIND_ICMP || p->icmp_type == 0);
	CHECK(kind_is_packet(p->kind) == (p->ip.length > 0) || p->kind == KIND_CUT_SHORT ||
	      p->kind == KIND_MALFORMED);
	CHECK(p->detail == 0 || p->kind == KIND_UNKNOWN_LINK || p->kind == KIND_NOT_IP);
}

// Either noise, or the SYN with a few bytes changed. Returns its link type.
static uint16_t random_frame(struct random *r, uint8_t frame[120])
{
	static const uint8_t protocols[] = { 1, 6, 6, 17 }, flags[] = { 0x02, 0x12, 0x04, 0x10 };
	const struct wrapping *w = &wrappings[random_below(r, WRAPPINGS)];
	for (size_t i = 0; i < 120; i++)
		frame[i] = (uint8_t)random_u32(r);
	if (random_below(r, 3) == 0)
		return random_below(r, 4) == 0 ? (uint16_t)(100 + random_below(r, 3))
		                               : w->link_type;
	memcpy(frame, w->ipv4, w->length);
	memcpy(frame + w->length, syn, sizeof syn);
	frame[w->length + 9] = protocols[random_below(r, 4)];
	frame[w->length + 33] = flags[random_below(r, 4)];
	for (unsigned changes = random_below(r, 4); changes > 0; changes--)
		frame[random_below(r, 84)] = (uint8_t)random_u32(r);
	return w->link_type;
}

TEST(random_bytes_are_packets_like_any_other)
{
	unsigned seen[KIND_COUNT] = { 0 };
	for (uint64_t seed = 0; seed < 20000; seed++) {
		struct random r = random_from(seed);
		const unsigned before = test_failed_checks;
		uint8_t frame[120];
		const uint16_t link_type = random_frame(&r, frame);
		const struct packet p = decoded(link_type, frame,
		                                random_below(&r, sizeof frame + 1));
		check_consistent(&p);
		seen[p.kind]++;
		if (test_failed_checks > before)
			printf("seed %llu\n", (unsigned long long)seed);
	}
	for (unsigned kind = 0; kind < KIND_COUNT; kind++)
		CHECK((seen[kind] > 0) == (kind != KIND_OUTSIDE_TELESCOPE));
}

TEST(link_types_may_change_from_frame_to_frame)
{
	uint8_t ethernet[74];
	memcpy(ethernet, wrappings[0].ipv4, 14);
	memcpy(ethernet + 14, syn, sizeof syn);
	const struct frame frames[] = {
		{ .link_type = 1, .captured = { ethernet, sizeof ethernet } },
		{ .link_type = 105, .captured = { ethernet, sizeof ethernet } },
		{ .link_type = 105, .captured = { NULL, 0 } },
		{ .link_type = 1, .captured = { ethernet, sizeof ethernet } },
		{ .link_type = 101, .captured = { syn, sizeof syn } },
		{ .link_type = 1, .captured = { ethernet, 13 } },
		{ .link_type = 0, .captured = { ethernet, 0 } },
	};
	static const enum kind expected[] = { KIND_SYN,      KIND_UNKNOWN_LINK, KIND_UNKNOWN_LINK,
		                              KIND_SYN,      KIND_SYN,          KIND_CUT_SHORT,
		                              KIND_CUT_SHORT };
	struct packet packets[7];
	decode_frames(frames, 7, packets);
	for (size_t i = 0; i < 7; i++)
		CHECK(packets[i].kind == expected[i]);
	CHECK(packets[2].detail == 105 && packets[3].detail == 0);
}

TEST(simulated_frames_carry_their_mark)
{
	uint8_t frame[14] = { 1, 2, 3, 4, 5, 6 };
	memcpy(frame + 6, decode_simulated_mac, 6);
	struct frame f = { .link_type = 1, .captured = { frame, sizeof frame } };
	CHECK(decode_is_simulated(&f) && memcmp(decode_simulated_mac, "\2SIMUL", 6) == 0);
	f.captured.length = 12;
	CHECK(decode_is_simulated(&f));
	f.captured.length = 11;
	CHECK(!decode_is_simulated(&f));
	f.captured.length = 14;
	f.link_type = 113;
	CHECK(!decode_is_simulated(&f));
	f.link_type = 1;
	frame[6] ^= 2;
	CHECK(!decode_is_simulated(&f));
}

TEST_MAIN
