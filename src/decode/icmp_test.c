// SPDX-License-Identifier: MIT
// ICMP errors made by hand, cut at every length, and at random; what is known of the packets in them.
#include "base/random.h"
#include "decode/decode.h"
#include "decode/test_frames.h"

enum { OUTER = 20, ICMP = 8, INNER = 20, LENGTH_MAX = 400 };
enum { INNER_AT = OUTER + ICMP, PAYLOAD_AT = INNER_AT + INNER };
#define TELESCOPE 0xc6336402u  // 198.51.100.2
#define VICTIM 0xc0000201u     // 192.0.2.1

enum {
	INNER_IP = INNER_PROTOCOL | INNER_SOURCE | INNER_DESTINATION,
	INNER_PORTS = INNER_SOURCE_PORT | INNER_DESTINATION_PORT,
};

struct message {
	uint8_t bytes[LENGTH_MAX];
	size_t length;
};

static void set_u16(struct message *m, size_t at, uint32_t value)
{
	m->bytes[at] = (uint8_t)(value >> 8);
	m->bytes[at + 1] = (uint8_t)value;
}

static void set_u32(struct message *m, size_t at, uint32_t value)
{
	set_u16(m, at, value >> 16);
	set_u16(m, at + 2, value & 0xffff);
}

// Header of an IPv4 packet without options.
static void set_ip(struct message *m, size_t at, uint8_t protocol, uint32_t length)
{
	m->bytes[at] = 0x45;
	set_u16(m, at + 2, length);
	m->bytes[at + 9] = protocol;
}

// A router's error of that type about a segment of 40 bytes, or a datagram, that came from the
// telescope: of it, 8 bytes behind the header.
static struct message error_about(uint8_t type, uint8_t protocol)
{
	struct message m = { .length = PAYLOAD_AT + 8 };
	set_ip(&m, 0, 1, (uint32_t)m.length);
	set_u32(&m, 12, 0xcb007101);
	set_u32(&m, 16, TELESCOPE);
	m.bytes[OUTER] = type;
	m.bytes[OUTER + 1] = 13;
	set_ip(&m, INNER_AT, protocol, 40);
	set_u32(&m, INNER_AT + 12, TELESCOPE);
	set_u32(&m, INNER_AT + 16, VICTIM);
	set_u16(&m, PAYLOAD_AT, 40000);
	set_u16(&m, PAYLOAD_AT + 2, 80);
	set_u32(&m, PAYLOAD_AT + 4, 0x01020304);
	return m;
}

// Puts bytes into the message, and makes the outer packet longer by them.
static void insert(struct message *m, size_t at, uint8_t byte, size_t count)
{
	memmove(m->bytes + at + count, m->bytes + at, m->length - at);
	memset(m->bytes + at, byte, count);
	m->length += count;
	set_u16(m, 2, (uint32_t)m->length);
}

// Decodes the first bytes of the message. False: it is no ICMP error.
static bool ask(const struct message *m, size_t captured, struct inner_packet *out)
{
	// In room of exactly its size, so that ASan sees one byte too many.
	uint8_t *room = memory_new(captured == 0 ? 1 : captured, 1);
	memcpy(room, m->bytes, captured);
	const struct frame frame = { .link_type = 101, .captured = { room, captured } };
	struct packet p;
	decode_frames(&frame, 1, &p);
	memset(out, 0xee, sizeof *out);
	const bool is_error = decode_icmp_error(&p, out);
	CHECK(is_error || (out->known == 0xee && out->source == 0xeeeeeeee));
	memory_free(room);
	return is_error;
}

static struct inner_packet inner_of(const struct message *m)
{
	struct inner_packet inner;
	CHECK(ask(m, m->length, &inner));
	return inner;
}

// What is not known is 0, what is known is what error_about() says.
static bool is_as_sent(const struct inner_packet *p, unsigned known)
{
	return p->known == known && (!(known & INNER_PROTOCOL) || p->protocol > 0) &&
	       p->source == (known & INNER_SOURCE ? TELESCOPE : 0) &&
	       p->destination == (known & INNER_DESTINATION ? VICTIM : 0) &&
	       p->source_port == (known & INNER_SOURCE_PORT ? 40000 : 0) &&
	       p->destination_port == (known & INNER_DESTINATION_PORT ? 80 : 0) &&
	       p->seq == (known & INNER_SEQ ? 0x01020304 : 0);
}

TEST(errors_are_told_from_other_messages)
{
	for (unsigned type = 0; type < 256; type++) {
		const struct message m = error_about((uint8_t)type, 6);
		struct inner_packet inner;
		const bool is_error = type == 3 || type == 4 || type == 5 || type == 11 ||
		                      type == 12;
		CHECK(ask(&m, m.length, &inner) == is_error);
		CHECK(!is_error || (is_as_sent(&inner, INNER_IP | INNER_PORTS | INNER_SEQ) &&
		                    inner.protocol == 6 && inner.faults == 0));
	}
	struct inner_packet inner;
	struct message m = error_about(3, 6);
	m.bytes[9] = 17;
	CHECK(!ask(&m, m.length, &inner));
	m = error_about(3, 6);
	set_u16(&m, 6, 1);  // of the error, a later fragment
	CHECK(!ask(&m, m.length, &inner));
}

TEST(inner_protocols)
{
	struct message m = error_about(3, 17);
	struct inner_packet p = inner_of(&m);
	CHECK(is_as_sent(&p, INNER_IP | INNER_PORTS) && p.protocol == 17 && p.faults == 0);
	m = error_about(11, 1);
	p = inner_of(&m);
	CHECK(is_as_sent(&p, INNER_IP) && p.protocol == 1);
	m = error_about(11, 47);
	p = inner_of(&m);
	CHECK(is_as_sent(&p, INNER_IP) && p.protocol == 47);
}

// What so many captured bytes of an inner TCP packet tell.
static unsigned known_of(size_t inner_length, size_t header_length)
{
	const size_t behind = inner_length > header_length ? inner_length - header_length : 0;
	return (inner_length >= 10 ? INNER_PROTOCOL : 0u) |
	       (inner_length >= 16 ? INNER_SOURCE : 0u) |
	       (inner_length >= 20 ? INNER_DESTINATION : 0u) |
	       (behind >= 2 ? INNER_SOURCE_PORT : 0u) |
	       (behind >= 4 ? INNER_DESTINATION_PORT : 0u) | (behind >= 8 ? INNER_SEQ : 0u);
}

static void check_cuts(const struct message *m, size_t inner_at, size_t header_length)
{
	for (size_t captured = 0; captured <= m->length; captured++) {
		struct inner_packet p;
		const bool is_error = ask(m, captured, &p);
		CHECK(is_error == (captured >= inner_at - ICMP + 2));
		const size_t inner = captured > inner_at ? captured - inner_at : 0;
		CHECK(!is_error ||
		      (is_as_sent(&p, known_of(inner, header_length)) && p.faults == 0));
	}
}

TEST(every_cut)
{
	for (unsigned words = 0; words <= 10; words++) {
		struct message m = error_about(3, 6);
		insert(&m, PAYLOAD_AT, 1, words * 4);
		m.bytes[INNER_AT] = (uint8_t)(0x45 + words);
		set_u16(&m, INNER_AT + 2, 40 + words * 4);
		check_cuts(&m, INNER_AT, INNER + words * 4);
		// Options of the error, too.
		insert(&m, OUTER, 1, 12);
		m.bytes[0] = 0x48;
		check_cuts(&m, INNER_AT + 12, INNER + words * 4);
	}
}

// Not of the capture but of the sender: the same.
TEST(every_length)
{
	const struct message whole = error_about(11, 6);
	for (size_t length = OUTER; length <= whole.length; length++) {
		struct message m = whole;
		struct inner_packet p;
		set_u16(&m, 2, (uint32_t)length);
		const bool is_error = ask(&m, m.length, &p);
		CHECK(is_error == (length >= OUTER + 2));
		const size_t inner = length > INNER_AT ? length - INNER_AT : 0;
		CHECK(!is_error || is_as_sent(&p, known_of(inner, INNER)));
	}
}

TEST(later_fragments_inside_have_no_ports)
{
	struct message m = error_about(11, 6);
	set_u16(&m, INNER_AT + 6, 0x2001);
	struct inner_packet p = inner_of(&m);
	CHECK(is_as_sent(&p, INNER_IP) && p.faults == 0);
	// Reserved, don't fragment, more fragments: still the first.
	set_u16(&m, INNER_AT + 6, 0xe000);
	p = inner_of(&m);
	CHECK(is_as_sent(&p, INNER_IP | INNER_PORTS | INNER_SEQ));
}

TEST(headers_that_cannot_be)
{
	static const uint8_t first_bytes[] = { 0x00, 0x35, 0x55, 0x65, 0x44, 0x40, 0xf5 };
	for (size_t i = 0; i < sizeof first_bytes; i++) {
		struct message m = error_about(3, 6);
		m.bytes[INNER_AT] = first_bytes[i];
		struct inner_packet p = inner_of(&m);
		CHECK(is_as_sent(&p, 0) && p.protocol == 0 && p.faults == INNER_MALFORMED);
		CHECK(ask(&m, INNER_AT + 1, &p) && p.faults == INNER_MALFORMED);
		CHECK(ask(&m, INNER_AT, &p) && p.faults == 0);
	}
}

TEST(total_length_of_the_inner_header)
{
	struct message m = error_about(3, 6);
	// What is behind its end is padding.
	for (uint32_t length = 20; length <= 30; length++) {
		set_u16(&m, INNER_AT + 2, length);
		const struct inner_packet p = inner_of(&m);
		CHECK(is_as_sent(&p, known_of(length, INNER)) && p.faults == 0);
	}
	set_u16(&m, INNER_AT + 2, UINT16_MAX);
	struct inner_packet p = inner_of(&m);
	CHECK(is_as_sent(&p, INNER_IP | INNER_PORTS | INNER_SEQ) && p.faults == 0);
	// A stack that gives it back wrong.
	for (uint32_t length = 0; length < 20; length++) {
		set_u16(&m, INNER_AT + 2, length);
		p = inner_of(&m);
		CHECK(is_as_sent(&p, INNER_IP | INNER_PORTS | INNER_SEQ));
		CHECK(p.faults == INNER_TOTAL_LENGTH);
	}
}

TEST(errors_about_packets_of_others)
{
	struct message m = error_about(3, 6);
	set_u32(&m, 16, TELESCOPE + 1);
	struct inner_packet p = inner_of(&m);
	CHECK(is_as_sent(&p, INNER_IP | INNER_PORTS | INNER_SEQ) && p.faults == INNER_OTHER_SOURCE);
	CHECK(ask(&m, INNER_AT + 16, &p) && p.faults == INNER_OTHER_SOURCE);
	CHECK(ask(&m, INNER_AT + 15, &p) && p.faults == 0);
}

// An error whose inner packet takes `words` words by what it says, of `room` bytes that there are.
static struct message extended(uint8_t type, uint8_t words, size_t room)
{
	struct message m = error_about(type, 6);
	insert(&m, m.length, 0, room - (INNER + 8));
	m.bytes[OUTER + 5] = words;
	set_u16(&m, INNER_AT + 2, 1500);
	return m;
}

TEST(length_of_extended_messages)
{
	static const uint8_t types[] = { 3, 11, 12 };
	const unsigned all = INNER_IP | INNER_PORTS | INNER_SEQ;
	for (size_t i = 0; i < sizeof types; i++) {
		// Padded to 128 bytes, with and without extensions behind them.
		struct message m = extended(types[i], 32, 128 + 12);
		struct inner_packet p = inner_of(&m);
		CHECK(is_as_sent(&p, all) && p.faults == 0);
		m = extended(types[i], 32, 128);
		p = inner_of(&m);
		CHECK(is_as_sent(&p, all) && p.faults == 0);
		// Cut by the capture: nothing is wrong with it.
		CHECK(ask(&m, PAYLOAD_AT + 8, &p) && is_as_sent(&p, all) && p.faults == 0);
		// One byte is missing in the message.
		m = extended(types[i], 32, 127);
		p = inner_of(&m);
		CHECK(is_as_sent(&p, all) && p.faults == INNER_LENGTH);
		m = extended(types[i], 255, 128);
		p = inner_of(&m);
		CHECK(is_as_sent(&p, all) && p.faults == INNER_LENGTH);
		// Too short, but it says where the inner packet ends.
		for (uint8_t words = 1; words < 32; words++) {
			m = extended(types[i], words, 140);
			p = inner_of(&m);
			CHECK(is_as_sent(&p, known_of(words * 4u, INNER)));
			CHECK(p.faults == INNER_LENGTH);
		}
	}
}

TEST(messages_that_say_no_length)
{
	const unsigned all = INNER_IP | INNER_PORTS | INNER_SEQ;
	// The address of a router, and unused bytes.
	struct message m = extended(5, 5, 140);
	struct inner_packet p = inner_of(&m);
	CHECK(is_as_sent(&p, all) && p.faults == 0);
	m = extended(4, 255, 140);
	p = inner_of(&m);
	CHECK(is_as_sent(&p, all) && p.faults == 0);
	// The message goes on in another fragment.
	m = extended(3, 64, 140);
	set_u16(&m, 6, 0x2000);
	p = inner_of(&m);
	CHECK(is_as_sent(&p, all) && p.faults == 0);
	set_u16(&m, 6, 0x4000);
	p = inner_of(&m);
	CHECK(p.faults == INNER_LENGTH);
	// It has no length at all, and ends where the capture does.
	set_u16(&m, 2, 0);
	p = inner_of(&m);
	CHECK(is_as_sent(&p, all) && p.faults == INNER_LENGTH);
	m = extended(3, 32, 140);
	set_u16(&m, 2, 0);
	p = inner_of(&m);
	CHECK(p.faults == 0);
}

TEST(flows_carry_no_packet)
{
	const struct flow flow = { .protocol = 1, .packets = 3 };
	struct inner_packet inner;
	struct packet p;
	decode_flows(&flow, 1, &p);
	CHECK(p.kind == KIND_ICMP && !(p.known & KNOWN_ICMP));
	p.icmp_type = 3;
	CHECK(!decode_icmp_error(&p, &inner));
}

// The same, read byte by byte with everything that limits it written as a number of bytes.
static struct inner_packet naive_inner(const uint8_t *ip, size_t captured)
{
	struct inner_packet out = { .known = 0 };
	const size_t sent = (size_t)ip[2] << 8 | ip[3], header = ip[0] % 16 * 4u;
	size_t end = sent > 0 && sent < captured ? sent : captured;
	const uint8_t type = ip[header];
	const size_t at = header + 8;
	if (end > header + 5 && ip[header + 5] > 0 && type != 4 && type != 5) {
		const size_t length = ip[header + 5] * 4u;
		const size_t whole = sent > 0 ? sent : captured;
		const bool is_beyond = at + length > whole && !(ip[6] & 0x20);
		out.faults = length < 128 || is_beyond ? INNER_LENGTH : 0;
		end = at + length < end ? at + length : end;
	}
	if (end <= at)
		return out;
	const uint8_t *inner = ip + at;
	const size_t options_end = inner[0] % 16 * 4u;
	size_t count = end - at;
	if (inner[0] / 16 != 4 || options_end < 20) {
		out.faults |= INNER_MALFORMED;
		return out;
	}
	const size_t total = count >= 4 ? (size_t)(inner[2] << 8 | inner[3]) : SIZE_MAX;
	out.faults |= total < options_end ? INNER_TOTAL_LENGTH : 0;
	if (total >= options_end && total < count)
		count = total;
	out.known = (uint8_t)known_of(count, options_end);
	const bool is_first = count >= 8 && inner[6] % 32 == 0 && inner[7] == 0;
	if (!is_first || count < 10 || (inner[9] != 6 && inner[9] != 17))
		out.known &= INNER_IP;
	if (count >= 10 && inner[9] == 17)
		out.known &= (uint8_t)~INNER_SEQ;
	for (unsigned i = 0; i < 4; i++) {
		out.source |= out.known & INNER_SOURCE ? (uint32_t)inner[12 + i] << (24 - 8 * i)
		                                       : 0;
		out.destination |= out.known & INNER_DESTINATION
		                           ? (uint32_t)inner[16 + i] << (24 - 8 * i)
		                           : 0;
		out.seq |= out.known & INNER_SEQ
		                   ? (uint32_t)inner[options_end + 4 + i] << (24 - 8 * i)
		                   : 0;
	}
	out.protocol = out.known & INNER_PROTOCOL ? inner[9] : 0;
	const uint8_t *ports = inner + options_end;
	if (out.known & INNER_SOURCE_PORT)
		out.source_port = (uint16_t)(ports[0] << 8 | ports[1]);
	if (out.known & INNER_DESTINATION_PORT)
		out.destination_port = (uint16_t)(ports[2] << 8 | ports[3]);
	if ((out.known & INNER_SOURCE) && memcmp(inner + 12, ip + 16, 4) != 0)
		out.faults |= INNER_OTHER_SOURCE;
	return out;
}

static bool is_same(const struct inner_packet *a, const struct inner_packet *b)
{
	return a->known == b->known && a->faults == b->faults && a->protocol == b->protocol &&
	       a->source == b->source && a->destination == b->destination &&
	       a->source_port == b->source_port && a->destination_port == b->destination_port &&
	       a->seq == b->seq;
}

static void spoil(struct message *m, struct random *r)
{
	static const uint8_t places[] = { 0,
		                          2,
		                          3,
		                          6,
		                          OUTER,
		                          OUTER + 5,
		                          INNER_AT,
		                          INNER_AT + 2,
		                          INNER_AT + 3,
		                          INNER_AT + 6,
		                          INNER_AT + 7,
		                          INNER_AT + 9 };
	for (size_t i = INNER_AT + INNER; i < m->length; i++)
		m->bytes[i] = (uint8_t)random_u32(r);
	for (uint32_t i = random_below(r, 4); i > 0; i--)
		m->bytes[places[random_below(r, sizeof places)]] ^= (uint8_t)(1u << random_below(
										      r, 8));
	if (random_below(r, 3) == 0)
		m->bytes[places[random_below(r, sizeof places)]] = (uint8_t)random_u32(r);
	if (random_below(r, 3) == 0)
		m->bytes[INNER_AT + random_below(r, 40)] = (uint8_t)random_u32(r);
}

TEST(random_bytes)
{
	static const uint8_t types[] = { 3, 4, 5, 11, 12 }, protocols[] = { 6, 6, 17, 1 };
	unsigned errors = 0;
	for (uint64_t seed = 0; seed < 200000; seed++) {
		struct random r = random_from(seed);
		const unsigned before = test_failed_checks;
		struct message m = error_about(types[random_below(&r, sizeof types)],
		                               protocols[random_below(&r, sizeof protocols)]);
		struct inner_packet p;
		insert(&m, m.length, 0, random_below(&r, 200));
		spoil(&m, &r);
		const size_t captured = random_below(&r, 2)
		                                ? m.length
		                                : random_below(&r, (uint32_t)m.length + 1);
		if (ask(&m, captured, &p)) {
			const struct inner_packet naive = naive_inner(m.bytes, captured);
			CHECK(is_same(&p, &naive));
			errors++;
		}
		if (test_failed_checks > before)
			printf("seed %llu\n", (unsigned long long)seed);
	}
	CHECK(errors > 100000);
}

TEST_MAIN
