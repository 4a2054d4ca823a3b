// SPDX-License-Identifier: MIT
#include "anonymise/anonymise.h"

#include "anonymise/permutation.h"
#include "base/memory.h"
#include "base/random.h"
#include "base/test.h"

#include <string.h>

enum { TELESCOPE = 0xc6336402, SENDER = 0xc0000201, DATA = 16 + 14 };
static const uint8_t key[ANONYMISE_KEY_SIZE] = { 1, 2, 3 };

// What a packet of raw IPv4 becomes; decoded again, from the copy that stays in `record`.
struct given {
	uint8_t record[ANONYMISE_RECORD_MAX];
	size_t length;
	struct packet before, after;
	uint32_t telescope, sender;  // the new addresses
};

static void put16(uint8_t *bytes, size_t at, unsigned value)
{
	bytes[at] = (uint8_t)(value >> 8);
	bytes[at + 1] = (uint8_t)value;
}

static void put32(uint8_t *bytes, size_t at, uint32_t value)
{
	put16(bytes, at, value >> 16);
	put16(bytes, at + 2, value & 0xffff);
}

static uint32_t get32(const uint8_t *bytes, size_t at)
{
	return (uint32_t)bytes[at] << 24 | (uint32_t)bytes[at + 1] << 16 |
	       (uint32_t)bytes[at + 2] << 8 | bytes[at + 3];
}

static unsigned sum(const uint8_t *bytes, size_t length, unsigned more)
{
	for (size_t i = 0; i < length; i++)
		more += i % 2 == 0 ? (unsigned)bytes[i] << 8 : bytes[i];
	while (more > 0xffff)
		more = (more & 0xffff) + (more >> 16);
	return more;
}

static void seal(uint8_t *ip, size_t length)
{
	const size_t header = (size_t)(ip[0] & 15) * 4, rest = length - header;
	const size_t at = ip[9] == 6 ? 16 : ip[9] == 17 ? 6 : 2;
	put16(ip, 10, 0);
	put16(ip, 10, ~sum(ip, header, 0) & 0xffff);
	put16(ip, header + at, 0);
	const unsigned pseudo = ip[9] == 1 ? 0 : sum(ip + 12, 8, ip[9] + (unsigned)rest);
	put16(ip, header + at, ~sum(ip + header, rest, pseudo) & 0xffff);
}

// Header of a packet of `length` bytes.
static void begin(uint8_t *ip, size_t length, uint8_t protocol)
{
	memset(ip, 0, length);
	ip[0] = 0x45;
	put16(ip, 2, (unsigned)length);
	put16(ip, 4, 0x1234);
	ip[8] = 64;
	ip[9] = protocol;
	put32(ip, 12, SENDER);
	put32(ip, 16, TELESCOPE);
}

static void begin_tcp(uint8_t *ip, size_t length, uint8_t flags, uint32_t seq)
{
	begin(ip, length, 6);
	put16(ip, 20, 40000);
	put16(ip, 22, 23);
	put32(ip, 24, seq);
	ip[32] = (uint8_t)((length - 20) / 4 << 4);
	ip[33] = flags;
	put16(ip, 34, 14600);
}

static struct anonymiser *anonymiser;
static struct permutation *telescope, *others;

// They have caches of some size: once is enough.
static void make(void)
{
	uint8_t own[PERMUTATION_KEY_SIZE];
	if (anonymiser != NULL)
		return;
	permutation_derive(key, 1, own);
	anonymiser = anonymiser_new(key, 0);
	telescope = permutation_new(own);
	others = permutation_new(key);
}

static struct given give(const uint8_t *ip, size_t length)
{
	struct given g;
	make();
	// In room of exactly its size, so that ASan sees one byte too many.
	uint8_t *room = memory_new(length, 1);
	memcpy(room, ip, length);
	struct frame frame = { .time_ns = 1500000000123456789,
		               .length_wire = (uint32_t)length,
		               .link_type = 101,
		               .captured = { room, length } };
	decode_frames(&frame, 1, &g.before);
	g.length = anonymise_packet(anonymiser, &g.before, false, g.record);
	g.before.ip = (struct span){ NULL, 0 };
	memory_free(room);
	frame.link_type = 1;
	frame.captured = (struct span){ g.record + 16, g.length > 16 ? g.length - 16 : 0 };
	decode_frames(&frame, 1, &g.after);
	g.telescope = permutation_of(telescope, TELESCOPE);
	g.sender = permutation_of(others, SENDER);
	return g;
}

static bool is_sealed(const struct given *g)
{
	const uint8_t *ip = g->record + DATA;
	const size_t header = (size_t)(ip[0] & 15) * 4, rest = g->length - DATA - header;
	const size_t told = (size_t)(ip[2] << 8 | ip[3]) - header;
	const unsigned pseudo = ip[9] == 1 ? 0 : sum(ip + 12, 8, ip[9] + (unsigned)told);
	return sum(ip, header, 0) == 0xffff && sum(ip + header, rest, pseudo) == 0xffff;
}

TEST(a_syn_stays_one)
{
	uint8_t ip[40];
	begin_tcp(ip, sizeof ip, TCP_SYN, 0x01020304);
	seal(ip, sizeof ip);
	const struct given g = give(ip, sizeof ip);
	CHECK(g.length == DATA + 40 && g.after.kind == KIND_SYN && is_sealed(&g));
	CHECK(g.after.destination == g.telescope && g.telescope != TELESCOPE);
	CHECK(g.after.source == g.sender && g.sender != SENDER);
	CHECK(g.after.seq != g.before.seq && g.after.seq != g.after.destination);
	CHECK(g.after.window == 14600 && g.after.ttl == 64 && g.after.ip_id == 0x1234);
	CHECK(g.after.source_port == 40000 && g.after.destination_port == 23);
	CHECK(get32(g.record, 0) == __builtin_bswap32(1500000000));
	CHECK(get32(g.record, 4) == __builtin_bswap32(123456789));
	CHECK(get32(g.record, 12) == __builtin_bswap32(14 + 40));
}

TEST(numbers_that_are_the_telescope_stay_so)
{
	uint8_t ip[40];
	begin_tcp(ip, sizeof ip, TCP_SYN, TELESCOPE);
	struct given g = give(ip, sizeof ip);
	CHECK(g.after.seq == g.telescope);
	begin_tcp(ip, sizeof ip, TCP_SYN, __builtin_bswap32(TELESCOPE));
	g = give(ip, sizeof ip);
	CHECK(g.after.seq == __builtin_bswap32(g.telescope));
	begin_tcp(ip, sizeof ip, TCP_SYN | TCP_ACK, 7);
	put32(ip, 28, TELESCOPE + 1);
	g = give(ip, sizeof ip);
	CHECK(get32(g.record, DATA + 28) == g.telescope + 1);
	put32(ip, 28, TELESCOPE);
	g = give(ip, sizeof ip);
	CHECK(get32(g.record, DATA + 28) == g.telescope);
	begin_tcp(ip, sizeof ip, TCP_RST, 0);
	g = give(ip, sizeof ip);
	CHECK(g.after.seq == 0 && get32(g.record, DATA + 28) == 0);
}

TEST(an_acknowledgement_follows_its_sequence_number)
{
	uint8_t ip[40];
	begin_tcp(ip, sizeof ip, TCP_SYN, 5000);
	const struct given syn = give(ip, sizeof ip);
	begin_tcp(ip, sizeof ip, TCP_SYN | TCP_ACK, 1);
	put32(ip, 28, 5001);
	const struct given answer = give(ip, sizeof ip);
	CHECK(get32(answer.record, DATA + 28) == syn.after.seq + 1);
}

TEST(masscan_stays_masscan)
{
	uint8_t ip[40];
	begin_tcp(ip, sizeof ip, TCP_SYN, 0xa1b2c3d4);
	put16(ip, 4, (TELESCOPE ^ 23 ^ 0xa1b2c3d4u) & 0xffff);
	const struct given g = give(ip, sizeof ip);
	CHECK(g.after.ip_id == (uint16_t)(g.after.destination ^ 23 ^ g.after.seq));
}

TEST(checksums_are_wrong_where_they_were)
{
	uint8_t ip[40];
	begin_tcp(ip, sizeof ip, TCP_SYN, 9);
	seal(ip, sizeof ip);
	ip[10] ^= 0x40;
	ip[36] ^= 0x01;
	const struct given one = give(ip, sizeof ip);
	CHECK(!is_sealed(&one));
	ip[36] ^= 0x70;
	ip[10] ^= 0x1c;
	const struct given other = give(ip, sizeof ip);
	CHECK(memcmp(one.record, other.record, one.length) == 0);
}

TEST(payloads_and_strange_options_go)
{
	uint8_t ip[68];
	begin_tcp(ip, sizeof ip, TCP_SYN, 9);
	ip[32] = 0xa0;
	memcpy(ip + 40,
	       "\x02\x04\x05\xb4\x1e\x06\xc6\x33\x64\x02\x01\x03\x03\x07\x00\x66\x77\x88\x99\x66",
	       20);
	memcpy(ip + 60, "198.51.1", 8);
	seal(ip, sizeof ip);
	const struct given g = give(ip, sizeof ip);
	CHECK(g.length == DATA + 60 && is_sealed(&g) && g.after.length == 68);
	CHECK(memcmp(g.record + DATA + 40,
	             "\x02\x04\x05\xb4\x1e\x06\0\0\0\0\x01\x03\x03\x07\0\0\0\0\0\0", 20) == 0);
	begin(ip, 60, 17);
	put16(ip, 24, 40);
	memcpy(ip + 28, "sip:100@198.51.100.2", 20);
	seal(ip, 60);
	const struct given udp = give(ip, 60);
	CHECK(udp.length == DATA + 28 && is_sealed(&udp) && udp.after.kind == KIND_UDP);
}

TEST(options_of_ip_and_other_protocols_go)
{
	uint8_t ip[60];
	begin(ip, 60, 47);
	ip[0] = 0x47;
	memcpy(ip + 20, "\x07\x07\x04\xc6\x33\x64\x02\x00", 8);
	const struct given g = give(ip, sizeof ip);
	CHECK(g.length == DATA + 28);
	CHECK(memcmp(g.record + DATA + 20, "\1\1\1\1\1\1\1\1", 8) == 0);
}

// An error of a router: SENDER is who was attacked with the telescope's address forged.
static size_t make_error(uint8_t *ip, uint8_t inner_protocol)
{
	begin(ip, 56, 1);
	put32(ip, 12, 0xcb007101);
	ip[20] = 5;
	put32(ip, 24, 0xcb007102);
	begin(ip + 28, 28, inner_protocol);
	put16(ip + 28, 2, 60);
	put32(ip + 28, 12, TELESCOPE);
	put32(ip + 28, 16, SENDER);
	put16(ip + 28, 10, ~sum(ip + 28, 20, 0) & 0xffff);
	put32(ip, 48, 0x1f900050);
	put32(ip, 52, TELESCOPE);
	seal(ip, 56);
	return 56;
}

TEST(errors_carry_the_new_addresses)
{
	uint8_t ip[56];
	struct inner_packet inner;
	struct given g = give(ip, make_error(ip, 6));
	CHECK(g.after.kind == KIND_ICMP && decode_icmp_error(&g.after, &inner) && is_sealed(&g));
	CHECK(inner.source == g.telescope && inner.destination == g.sender);
	CHECK(inner.source == g.after.destination && inner.seq == g.telescope);
	CHECK(sum(g.record + DATA + 28, 20, 0) == 0xffff);
	CHECK(get32(g.record, DATA + 24) != 0xcb007102);
	g = give(ip, make_error(ip, 17));
	CHECK(get32(g.record, DATA + 52) >> 16 == TELESCOPE >> 16);  // its length
	CHECK((get32(g.record, DATA + 52) & 0xffff) == 0 && is_sealed(&g));
}

TEST(a_redirect_without_a_packet_in_it_keeps_no_address)
{
	uint8_t ip[28];
	begin(ip, 28, 1);
	ip[20] = 5;
	put32(ip, 24, 0xcb007102);
	const struct given g = give(ip, sizeof ip);
	CHECK(g.length == DATA + 28 && get32(g.record, DATA + 24) != 0xcb007102);
}

// Whatever is there, nobody reads or writes beyond it, and it stays what it was.
TEST(packets_of_any_length_and_bytes)
{
	struct random random = random_from(11);
	uint8_t ip[160];
	unsigned given = 0;
	for (unsigned i = 0; i < random_rounds(20000); i++) {
		const size_t length = 20 + random_below(&random, 140);
		static const uint8_t protocols[] = { 1, 6, 17, 47 };
		for (size_t at = 0; at < length; at++)
			ip[at] = (uint8_t)random_u32(&random);
		ip[0] = (uint8_t)(0x45 + random_below(&random, 11));
		put16(ip, 2, (unsigned)length + random_below(&random, 40));
		put16(ip, 6, random_below(&random, 8) == 0 ? random_u32(&random) & 0x3fff : 0);
		ip[9] = protocols[random_below(&random, 4)];
		if (ip[9] == 1 && length > 48) {
			ip[20 + (ip[0] & 15) % 2] = 3;
			ip[(ip[0] & 15) * 4 % length] = 3;
		}
		const struct given g = give(ip, length);
		if (!kind_is_packet(g.before.kind))
			continue;
		given++;
		CHECK(g.length >= DATA + 20 && g.length <= sizeof g.record);
		CHECK(g.after.kind == g.before.kind && g.after.length == g.before.length);
		CHECK(g.after.ttl == g.before.ttl && g.after.window == g.before.window);
		CHECK(g.after.source_port == g.before.source_port);
		CHECK(g.after.destination_port == g.before.destination_port);
		CHECK(g.after.tcp_flags == g.before.tcp_flags);
	}
	CHECK(given > 100);
}

TEST(times_that_no_record_has_are_told)
{
	uint8_t ip[40], out[ANONYMISE_RECORD_MAX];
	begin_tcp(ip, sizeof ip, TCP_SYN, 9);
	const struct frame frame = { .time_ns = 86400 * UINT64_C(1000000000),
		                     .link_type = 101,
		                     .captured = { ip, sizeof ip } };
	struct packet packet;
	decode_frames(&frame, 1, &packet);
	const int64_t day = 86400 * INT64_C(1000000000);
	struct anonymiser *one = anonymiser_new(key, -day), *two = anonymiser_new(key, -2 * day);
	struct anonymiser *far = anonymiser_new(key, 50000 * day);
	CHECK(anonymise_packet(one, &packet, true, out) == DATA + 40 && get32(out, 0) == 0);
	CHECK(memcmp(out + 16 + 6, decode_simulated_mac, 6) == 0);
	CHECK(anonymise_packet(two, &packet, false, out) == 0);
	CHECK(anonymise_packet(far, &packet, false, out) == 0);
	anonymiser_free(one);
	anonymiser_free(two);
	anonymiser_free(far);
}

TEST(they_go_again)
{
	make();
	anonymiser_free(anonymiser);
	anonymiser_free(NULL);
	permutation_free(telescope);
	permutation_free(others);
	anonymiser = NULL;
}

TEST_MAIN
