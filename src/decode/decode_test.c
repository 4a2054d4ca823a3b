// SPDX-License-Identifier: MIT
// IPv4 and TCP made by hand, cut at every length; option lists at random.
#include "base/random.h"
#include "decode/layers.h"
#include "decode/test_frames.h"

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
	for (size_t length = 0; length < 44 + 14; length++) {
		const struct packet cut = decoded(101, ip, length);
		CHECK(cut.kind == KIND_CUT_SHORT);
		CHECK(cut.reason == (length < 44 ? REASON_CUT_IP : REASON_CUT_TCP));
	}
	// Where the header says what it is, its options are not missed.
	ip[9] = 17;
	CHECK(decoded(101, ip, 43).reason == REASON_CUT_IP);
	CHECK(decoded(101, ip, 47).reason == REASON_CUT_UDP);
	ip[9] = 1;
	CHECK(decoded(101, ip, 43).kind == KIND_ICMP);
	ip[9] = 47;
	CHECK(decoded(101, ip, 43).kind == KIND_OTHER_PROTOCOL);
	ip[9] = 6;
	ip[7] = 1;
	CHECK(decoded(101, ip, 43).kind == KIND_LATER_FRAGMENT);
}

// RFC 791: fragments hold a multiple of 8 bytes. The flags of one with 8 are in the next.
TEST(a_first_fragment_may_end_in_the_tcp_header)
{
	uint8_t ip[28];
	memcpy(ip, syn, sizeof ip);
	ip[6] = 0x20;
	for (uint8_t total = 20; total < 28 + 6; total++) {
		uint8_t longer[60];
		memcpy(longer, syn, sizeof longer);
		longer[3] = total;
		longer[6] = 0x20;
		const struct packet p = decoded(101, longer, sizeof longer);
		CHECK(p.kind == (total == 28 ? KIND_CUT_SHORT : KIND_MALFORMED));
		CHECK(p.reason == (total == 28 ? REASON_FIRST_FRAGMENT : REASON_TCP_LENGTH));
	}
	ip[3] = 28;
	CHECK(decoded(101, ip, 27).reason == REASON_CUT_TCP);
	ip[6] = 0;
	CHECK(decoded(101, ip, 28).reason == REASON_TCP_LENGTH);
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
	// EtherType IPv4, version 6
	const struct packet p = decoded(1, "\1\2\3\4\5\6\1\2\3\4\5\6\x08\0\x60", 15);
	CHECK(p.kind == KIND_MALFORMED);
}

static bool says(struct packet p, enum kind kind, enum reason reason, uint32_t number)
{
	return p.kind == kind && p.reason == reason && p.reason_number == number;
}

TEST(what_is_wrong_with_a_header_is_said)
{
	uint8_t udp[23];
	memcpy(udp, syn, sizeof udp);
	udp[9] = 17;
	CHECK(says(changed(0, 0x55, 60), KIND_MALFORMED, REASON_IP_VERSION, 5));
	CHECK(says(changed(0, 0x35, 10), KIND_MALFORMED, REASON_IP_VERSION, 3));
	CHECK(says(changed(0, 0x44, 60), KIND_MALFORMED, REASON_IP_HEADER_LENGTH, 16));
	CHECK(says(changed(3, 19, 60), KIND_MALFORMED, REASON_IP_TOTAL_LENGTH, 19));
	CHECK(says(changed(3, 33, 60), KIND_MALFORMED, REASON_TCP_LENGTH, 13));
	CHECK(says(changed(3, 33, 30), KIND_CUT_SHORT, REASON_CUT_TCP, 0));
	CHECK(says(changed(3, 60, 19), KIND_CUT_SHORT, REASON_CUT_IP, 0));
	CHECK(says(decoded(101, udp, 23), KIND_CUT_SHORT, REASON_CUT_UDP, 0));
	udp[3] = 23;
	CHECK(says(decoded(101, udp, 23), KIND_MALFORMED, REASON_UDP_LENGTH, 3));
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
	CHECK(p.kind == KIND_ICMP && p.icmp_type == 0x9c && p.icmp_code == 0x40 &&
	      p.known == (KNOWN_IPV4 | KNOWN_ICMP) && p.source_port == 0);
	p = changed(9, 1, 21);
	CHECK(p.kind == KIND_ICMP && p.icmp_type == 0 && p.known == KNOWN_IPV4);
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
		{ 12, "\1\1\1\1\1\1\1\1\1\1\0\0", "nop,nop,nop,nop,nop,nop,nop,nop,nop,nop,more",
		  0 },
		{ 16, "\1\1\1\1\1\1\1\1\1\1\1\1\2\4\0\5",
		  "nop,nop,nop,nop,nop,nop,nop,nop,nop,nop,more", 5 },
		{ 12, "\1\1\1\1\1\1\1\1\1\1\4\1",
		  "nop,nop,nop,nop,nop,nop,nop,nop,nop,nop,malformed", 0 },
		{ 12, "\1\1\1\1\1\1\1\1\1\1\1\2",
		  "nop,nop,nop,nop,nop,nop,nop,nop,nop,nop,more,malformed", 0 },
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
	CHECK(strlen(text) == 10 * 14 + 9 + 5 + 10 &&
	      text_ends(text, "sack_permitted,more,malformed"));
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

// What decode_frames() would say without its shortcut (plain.h).
static struct packet decoded_in_steps(const struct frame *frame)
{
	struct packet p = { .time_ns = frame->time_ns,
		            .time_digits = frame->time_digits,
		            .packets = 1 };
	link_decode(link_type_find(frame->link_type), frame->captured, &p);
	return p;
}

static bool is_same_packet(const struct packet *a, const struct packet *b)
{
	return a->time_ns == b->time_ns && a->seq == b->seq && a->source == b->source &&
	       a->destination == b->destination && a->options == b->options &&
	       a->fingerprints == b->fingerprints && a->source_port == b->source_port &&
	       a->destination_port == b->destination_port && a->window == b->window &&
	       a->ip_id == b->ip_id && a->length == b->length && a->mss == b->mss &&
	       a->ttl == b->ttl && a->tos == b->tos && a->tcp_flags == b->tcp_flags &&
	       a->kind == b->kind && a->known == b->known && a->protocol == b->protocol &&
	       a->icmp_type == b->icmp_type && a->icmp_code == b->icmp_code &&
	       a->packets == b->packets && a->reason_number == b->reason_number &&
	       a->reason == b->reason && a->option_codes == b->option_codes &&
	       a->time_digits == b->time_digits && a->ip.bytes == b->ip.bytes &&
	       a->ip.length == b->ip.length;
}

static void check_shortcut(uint16_t link_type, const uint8_t *bytes, size_t length)
{
	// In room of exactly its size, so that ASan sees one byte too many.
	uint8_t *room = memory_new(length == 0 ? 1 : length, 1);
	memcpy(room, bytes, length);
	const struct frame frame = { .time_ns = 77,
		                     .length_wire = 2000,
		                     .link_type = link_type,
		                     .time_digits = 9,
		                     .captured = { room, length } };
	struct packet fast;
	memset(&fast, 0xff, sizeof fast);
	decode_frames(&frame, 1, &fast);
	const struct packet slow = decoded_in_steps(&frame);
	CHECK(is_same_packet(&fast, &slow));
	memory_free(room);
}

// A packet that is nearly plain: each of the places that decide it may be wrong by some bits.
static void spoil(uint8_t *ip, struct random *r)
{
	static const uint8_t places[] = { 0, 2, 3, 6, 7, 9, 20 + 12, 20 + 13 };
	for (uint32_t i = random_below(r, 4); i > 0; i--)
		ip[places[random_below(r, sizeof places)]] ^= (uint8_t)(1u << random_below(r, 8));
	if (random_below(r, 4) == 0)
		ip[places[random_below(r, sizeof places)]] = (uint8_t)random_u32(r);
	for (uint32_t i = random_below(r, 4); i > 0; i--)
		ip[random_below(r, 80)] = (uint8_t)random_u32(r);
}

// Whole, padded, cut anywhere, and hostile.
TEST(the_shortcut_for_plain_packets_makes_no_difference)
{
	static const uint16_t link_types[] = { 1, 101, 228 };
	for (uint64_t seed = 0; seed < 200000; seed++) {
		struct random r = random_from(seed);
		const unsigned before = test_failed_checks;
		const uint16_t link_type = link_types[seed % 3];
		const size_t link = link_type == 1 ? 14 : 0;
		uint8_t bytes[14 + 100];
		for (size_t i = 0; i < sizeof bytes; i++)
			bytes[i] = (uint8_t)random_u32(&r);
		if (link > 0)
			memcpy(bytes + 12, "\x08\0", 2);
		uint8_t *ip = bytes + link;
		if (random_below(&r, 50) > 0)
			memcpy(ip, syn, sizeof syn);
		ip[32] = (uint8_t)(random_below(&r, 16) << 4);
		ip[3] = (uint8_t)random_below(&r, 100);
		spoil(ip, &r);
		check_shortcut(link_type, bytes, link + random_below(&r, 101));
		check_shortcut(link_type, bytes, link + 60);
		if (test_failed_checks > before)
			printf("seed %llu\n", (unsigned long long)seed);
	}
}

TEST(link_types_may_change_from_frame_to_frame)
{
	uint8_t ethernet[74];
	memset(ethernet, 0, sizeof ethernet);
	ethernet[12] = 8;
	memcpy(ethernet + 14, syn, sizeof syn);
	const struct frame frames[] = {
		{ .link_type = 1, .captured = { ethernet, sizeof ethernet } },
		{ .link_type = 147, .captured = { ethernet, sizeof ethernet } },
		{ .link_type = 147, .captured = { NULL, 0 } },
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
	CHECK(packets[2].reason == REASON_LINK_TYPE && packets[2].reason_number == 147 &&
	      packets[3].reason == REASON_NONE);
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
