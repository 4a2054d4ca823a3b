// SPDX-License-Identifier: MIT
#include "anonymise/anonymise.h"

#include "anonymise/permutation.h"
#include "base/memory.h"

#include <string.h>

enum { ICMP = 1, TCP = 6, UDP = 17 };
enum { IP_MIN = 20, IP_MAX = 60, TCP_MIN = 20, PORTS_AND_MORE = 8, ETHERNET = 14, RECORD = 16 };
enum { ICMP_REDIRECT = 5 };
enum { WRONG_CHECKSUM = 0x5555 };  // what a wrong one differs by from the right one

const uint8_t anonymise_header[ANONYMISE_HEADER_SIZE] = {
	0x4d, 0x3c, 0xb2, 0xa1, 2, 0, 4, 0, [16] = 0xff, 0xff, [20] = 1,
};

struct anonymiser {
	struct permutation *telescope, *others, *numbers;
	int64_t shift_ns;
};

struct anonymiser *anonymiser_new(const uint8_t key[ANONYMISE_KEY_SIZE], int64_t shift_ns)
{
	uint8_t of_telescope[PERMUTATION_KEY_SIZE], of_numbers[PERMUTATION_KEY_SIZE];
	struct anonymiser *a = memory_new(1, sizeof *a);
	if (a == NULL)
		return NULL;
	permutation_derive(key, 1, of_telescope);
	permutation_derive(key, 2, of_numbers);
	*a = (struct anonymiser){ permutation_new(of_telescope), permutation_new(key),
		                  permutation_new(of_numbers), shift_ns };
	explicit_bzero(of_telescope, sizeof of_telescope);
	explicit_bzero(of_numbers, sizeof of_numbers);
	if (a->telescope != NULL && a->others != NULL && a->numbers != NULL)
		return a;
	anonymiser_free(a);
	return NULL;
}

void anonymiser_free(struct anonymiser *a)
{
	if (a == NULL)
		return;
	permutation_free(a->telescope);
	permutation_free(a->others);
	permutation_free(a->numbers);
	memory_free(a);
}

// ---- bytes

static uint16_t load16(const uint8_t *b)
{
	return (uint16_t)(b[0] << 8 | b[1]);
}

static uint32_t load32(const uint8_t *b)
{
	return (uint32_t)load16(b) << 16 | load16(b + 2);
}

static void store16(uint16_t value, uint8_t *out)
{
	out[0] = (uint8_t)(value >> 8);
	out[1] = (uint8_t)value;
}

static void store32(uint32_t value, uint8_t *out)
{
	store16((uint16_t)(value >> 16), out);
	store16((uint16_t)value, out + 2);
}

static void store32_little(uint32_t value, uint8_t *out)
{
	store32(__builtin_bswap32(value), out);
}

static size_t smaller(size_t a, size_t b)
{
	return a < b ? a : b;
}

// ---- checksums (RFC 1071)

static uint32_t sum_of(const uint8_t *bytes, size_t length, uint32_t sum)
{
	for (size_t i = 0; i + 1 < length; i += 2)
		sum += load16(bytes + i);
	return length % 2 != 0 ? sum + ((uint32_t)bytes[length - 1] << 8) : sum;
}

static uint16_t folded(uint32_t sum)
{
	sum = (sum & 0xffff) + (sum >> 16);
	return (uint16_t) ~((sum & 0xffff) + (sum >> 16));
}

// What the addresses, the protocol and the length add to the sum of TCP and UDP; nothing to that of ICMP.
static uint32_t pseudo_sum(const uint8_t *ip, size_t length)
{
	return ip[9] == ICMP ? 0 : sum_of(ip + 12, 8, ip[9] + (uint32_t)length);
}

// Sets a checksum at `at` of what is kept, as if zeros followed; `was_wrong` keeps it so.
static void set_checksum(uint8_t *bytes, size_t kept, size_t at, uint32_t sum, bool was_wrong)
{
	store16(0, bytes + at);
	uint16_t right = folded(sum_of(bytes, kept, sum));
	if (was_wrong)
		right ^= WRONG_CHECKSUM;
	store16(right, bytes + at);
}

// ---- where addresses hide

static uint32_t number_of(struct anonymiser *a, uint32_t number, uint32_t from, uint32_t to)
{
	const uint32_t turned = __builtin_bswap32(to);
	if (number == from)
		return to;
	// An address that is the same both ways would make it the destination, which it was not.
	if (number == __builtin_bswap32(from) && turned != to)
		return turned;
	return number == 0 ? 0 : permutation_of(a->numbers, number);
}

// An acknowledgement is of the number before it.
static uint32_t acknowledged_of(struct anonymiser *a, uint32_t number, uint32_t from, uint32_t to)
{
	if (number == 0 || number == from)
		return number == 0 ? 0 : to;
	return number_of(a, number - 1, from, to) + 1;
}

// Those that kernels send say nothing of where they go to: no-operation, MSS, window scale, SACK, timestamp.
static bool is_plain_option(uint8_t kind, size_t length)
{
	return (kind == 2 && length == 4) || (kind == 3 && length == 3) ||
	       (kind == 4 && length == 2) || (kind == 8 && length == 10);
}

static void clean_options(uint8_t *options, size_t length)
{
	size_t at = 0;
	while (at < length && options[at] != 0) {
		if (options[at] == 1) {
			at++;
			continue;
		}
		const size_t rest = length - at;
		const size_t size = rest > 1 ? options[at + 1] : 0;
		if (size < 2 || size > rest)
			break;
		if (!is_plain_option(options[at], size))
			memset(options + at + 2, 0, size - 2);
		at += size;
	}
	// Behind the end, or behind a length that cannot be (which is kept).
	const size_t told = at < length && options[at] != 0 ? 2 : 0;
	if (at + told < length)
		memset(options + at + told, 0, length - at - told);
}

// ---- an IPv4 packet, or what an ICMP error carries of one

struct rewriting {
	struct anonymiser *a;
	const uint8_t *from;  // its header, and what was captured behind it
	size_t captured;
	uint8_t *to;
	bool is_inner;          // in an error: sent by the telescope, or so somebody said
	uint32_t telescope[2];  // its address, before and after
	size_t header, kept;    // bytes of IPv4's header, and of all that is written
	size_t behind;          // bytes behind the header, captured or not
	bool is_right;  // what the transport's checksum was, if all of it was captured; else true
};

static void rewrite_addresses(struct rewriting *r)
{
	uint8_t *source = r->to + 12, *destination = r->to + 16;
	uint8_t *telescope = r->is_inner ? source : destination;
	uint8_t *other = r->is_inner ? destination : source;
	r->telescope[0] = load32(telescope);
	r->telescope[1] = permutation_of(r->a->telescope, r->telescope[0]);
	store32(r->telescope[1], telescope);
	store32(permutation_of(r->a->others, load32(other)), other);
}

static bool was_transport_right(const struct rewriting *r)
{
	if (r->captured < r->header + r->behind)
		return true;
	return folded(sum_of(r->from + r->header, r->behind, pseudo_sum(r->from, r->behind))) == 0;
}

static void rewrite_tcp(struct rewriting *r)
{
	uint8_t *tcp = r->to + r->header;
	const size_t there = r->captured - r->header;
	const size_t said = there > 12 ? (size_t)(tcp[12] >> 4) * 4 : TCP_MIN;
	const size_t length = smaller(there, said < TCP_MIN ? TCP_MIN : said);
	r->kept = r->header + length;
	if (length >= 8)
		store32(number_of(r->a, load32(tcp + 4), r->telescope[0], r->telescope[1]),
		        tcp + 4);
	if (length >= 12)
		store32(acknowledged_of(r->a, load32(tcp + 8), r->telescope[0], r->telescope[1]),
		        tcp + 8);
	if (length > TCP_MIN)
		clean_options(tcp + TCP_MIN, length - TCP_MIN);
	if (length >= TCP_MIN)
		set_checksum(tcp, length, 16, pseudo_sum(r->to, r->behind), !r->is_right);
	else if (length > 16)
		memset(tcp + 16, 0, length - 16);
}

static void rewrite_udp(struct rewriting *r)
{
	uint8_t *udp = r->to + r->header;
	const size_t length = smaller(r->captured - r->header, PORTS_AND_MORE);
	r->kept = r->header + length;
	if (length < PORTS_AND_MORE)
		return;
	if (r->is_inner || load16(udp + 6) == 0) {
		store16(0, udp + 6);
		return;
	}
	set_checksum(udp, length, 6, pseudo_sum(r->to, r->behind), !r->is_right);
	if (load16(udp + 6) == 0)
		store16(0xffff, udp + 6);
}

static size_t rewrite_ipv4(struct anonymiser *a, struct span from, bool is_inner, uint8_t *to);

// Errors have the beginning of a packet behind their header, and a redirect a router's address in it.
static void rewrite_icmp(struct rewriting *r, const struct packet *packet)
{
	uint8_t *icmp = r->to + r->header;
	const size_t there = r->captured - r->header;
	struct inner_packet inner;
	size_t length = smaller(there, PORTS_AND_MORE);
	if (packet != NULL && decode_icmp_error(packet, &inner)) {
		const struct span behind = { r->from + r->header + PORTS_AND_MORE, there - length };
		length += rewrite_ipv4(r->a, behind, true, icmp + PORTS_AND_MORE);
	}
	if (icmp[0] == ICMP_REDIRECT && there >= PORTS_AND_MORE)
		store32(permutation_of(r->a->others, load32(icmp + 4)), icmp + 4);
	r->kept = r->header + length;
	if (length >= 4)
		set_checksum(icmp, length, 2, 0, !r->is_right);
}

// masscan's mark, which also the new addresses and numbers must have.
static bool has_masscan_id(const uint8_t *ip, size_t header)
{
	const uint8_t *tcp = ip + header;
	return load16(ip + 4) == (uint16_t)(load16(ip + 18) ^ load16(tcp + 2) ^ load16(tcp + 6));
}

static void rewrite_transport(struct rewriting *r, const struct packet *packet)
{
	const bool is_first = (load16(r->from + 6) & 0x1fff) == 0;
	r->kept = r->header;
	if (!is_first || r->captured <= r->header)
		return;
	memcpy(r->to + r->header, r->from + r->header,
	       smaller(r->captured - r->header, r->is_inner ? PORTS_AND_MORE : IP_MAX));
	switch (r->from[9]) {
	case TCP:
		rewrite_tcp(r);
		if (r->kept >= r->header + 8 && has_masscan_id(r->from, r->header)) {
			const uint8_t *tcp = r->to + r->header;
			store16((uint16_t)(load16(r->to + 18) ^ load16(tcp + 2) ^ load16(tcp + 6)),
			        r->to + 4);
		}
		break;
	case UDP: rewrite_udp(r); break;
	case ICMP: rewrite_icmp(r, packet); break;
	default: break;
	}
}

// Returns how many bytes are written; 0: it is no IPv4 header, or not all of it is there. `packet` is NULL in
// errors, of which those in errors are none.
static size_t rewrite(struct rewriting *r, const struct packet *packet)
{
	const uint8_t *from = r->from;
	if (r->captured < IP_MIN || from[0] >> 4 != 4 || (from[0] & 15) < 5)
		return 0;
	const size_t said = (size_t)(from[0] & 15) * 4;
	const size_t total = load16(from + 2) > 0 ? load16(from + 2) : r->captured;
	r->header = smaller(said, r->captured);
	r->behind = total > said ? total - said : 0;
	const bool was_wrong = r->captured >= said && folded(sum_of(from, said, 0)) != 0;
	const bool is_whole = (load16(from + 6) & 0x3fff) == 0 && !r->is_inner && r->behind > 0;
	memcpy(r->to, from, r->header);
	memset(r->to + IP_MIN, 1, r->header - IP_MIN);
	rewrite_addresses(r);
	r->is_right = !is_whole || was_transport_right(r);
	rewrite_transport(r, packet);
	set_checksum(r->to, r->header, 10, 0, was_wrong);
	return r->kept;
}

static size_t rewrite_ipv4(struct anonymiser *a, struct span from, bool is_inner, uint8_t *to)
{
	const size_t header = from.length > 0 ? (size_t)(from.bytes[0] & 15) * 4 : 0;
	struct rewriting r = { .a = a, .from = from.bytes, .to = to, .is_inner = is_inner };
	r.captured = smaller(from.length, header + PORTS_AND_MORE);
	return rewrite(&r, NULL);
}

// ---- records

static bool shifted(const struct anonymiser *a, uint64_t time_ns, uint64_t *out)
{
	if (time_ns > INT64_MAX ||
	    __builtin_add_overflow((int64_t)time_ns, a->shift_ns, (int64_t *)out))
		return false;
	return *out <= INT64_MAX && *out / 1000000000 <= UINT32_MAX;
}

size_t anonymise_packet(struct anonymiser *a, const struct packet *packet, bool is_simulated,
                        uint8_t out[ANONYMISE_RECORD_MAX])
{
	uint64_t time_ns;
	struct rewriting r = { .a = a,
		               .from = packet->ip.bytes,
		               .captured = packet->ip.length,
		               .to = out + RECORD + ETHERNET };
	const size_t kept = rewrite(&r, packet);
	if (kept == 0 || !shifted(a, packet->time_ns, &time_ns))
		return 0;
	memset(out, 0, RECORD + ETHERNET);
	if (is_simulated)
		memcpy(out + RECORD + 6, decode_simulated_mac, sizeof decode_simulated_mac);
	store16(0x0800, out + RECORD + 12);
	const size_t total = load16(packet->ip.bytes + 2);
	store32_little((uint32_t)(time_ns / 1000000000), out);
	store32_little((uint32_t)(time_ns % 1000000000), out + 4);
	store32_little((uint32_t)(ETHERNET + kept), out + 8);
	store32_little((uint32_t)(ETHERNET + (total > kept ? total : kept)), out + 12);
	return RECORD + ETHERNET + kept;
}
