// SPDX-License-Identifier: MIT
// Headers are written in 16-bit words, and each write returns what it adds to the
// checksum (RFC 1071), so that no byte is read again. Payloads are zeros and add nothing.
//
//   0   16  pcap record: seconds, microseconds, captured length, length on the wire
//   16  14  Ethernet: destination, source (decode_simulated_mac), type
//   30  20  IPv4 without options
//   50      TCP, UDP, ICMP, or the middle of a packet
#include "simulate/craft.h"

#include "decode/decode.h"

#include <string.h>

enum {
	RECORD = 16,
	ETHERNET = 14,
	IPV4 = 20,
	TCP = 20,
	UDP = 8,
	ICMP = 8,
	IP_AT = RECORD + ETHERNET,
	ARP = 28,
	PROTOCOL_ICMP = 1,
	PROTOCOL_TCP = 6,
	PROTOCOL_UDP = 17,
	DONT_FRAGMENT = 0x4000,
	LATER_FRAGMENT = 185,  // 1480 bytes into the packet
};

static const uint8_t telescope_mac[6] = { 0x02, 'D', 'A', 'R', 'K', '.' };

// Kernels send MSS, SACK-permitted, timestamp and window scale; a bare MSS is
// what a provider's equipment adds on the path.
static const uint16_t options_mss[] = { 0x0204, 0x05a0 };
static const uint16_t options_linux[] = {
	0x0204, 0x05b4, 0x0402, 0x080a, 0, 0, 0, 0, 0x0103, 0x0305
};
static const uint16_t options_windows[] = { 0x0204, 0x05b4, 0x0103, 0x0308, 0x0101, 0x0402 };

static uint32_t put_u16(uint8_t *at, uint32_t value)
{
	at[0] = (uint8_t)(value >> 8);
	at[1] = (uint8_t)value;
	return value;
}

static uint32_t put_u32(uint8_t *at, uint32_t value)
{
	at[0] = (uint8_t)(value >> 24);
	at[1] = (uint8_t)(value >> 16);
	at[2] = (uint8_t)(value >> 8);
	at[3] = (uint8_t)value;
	return (value >> 16) + (value & 0xffff);
}

static void put_u32_le(uint8_t *at, uint32_t value)
{
	at[0] = (uint8_t)value;
	at[1] = (uint8_t)(value >> 8);
	at[2] = (uint8_t)(value >> 16);
	at[3] = (uint8_t)(value >> 24);
}

static uint16_t checksum_of(uint32_t sum)
{
	sum = (sum >> 16) + (sum & 0xffff);
	sum = (sum >> 16) + (sum & 0xffff);
	return (uint16_t)~sum;
}

// Addresses, protocol and length: what TCP and UDP sums cover beside the segment.
static uint32_t sum_pseudo_header(const struct sketch *s, uint8_t protocol, size_t length)
{
	return (s->source >> 16) + (s->source & 0xffff) + (s->destination >> 16) +
	       (s->destination & 0xffff) + protocol + (uint32_t)length;
}

static void put_record(const struct sketch *s, uint8_t *out, size_t frame_length)
{
	put_u32_le(out, (uint32_t)(s->time_us / 1000000));
	put_u32_le(out + 4, (uint32_t)(s->time_us % 1000000));
	put_u32_le(out + 8, (uint32_t)frame_length);
	put_u32_le(out + 12, (uint32_t)frame_length);
}

static void put_ethernet(uint8_t *at, uint16_t type)
{
	memcpy(at, telescope_mac, 6);
	memcpy(at + 6, decode_simulated_mac, 6);
	put_u16(at + 12, type);
}

static void put_ipv4(const struct sketch *s, uint8_t *ip, uint8_t protocol, size_t body_length)
{
	uint32_t fragment = s->options >= TCP_OPTIONS_LINUX ? DONT_FRAGMENT : 0;
	if (s->send == SEND_FRAGMENT)
		fragment = LATER_FRAGMENT;
	const uint32_t sum = put_u16(ip, 0x4500u | s->tos) +
	                     put_u16(ip + 2, (uint32_t)(IPV4 + body_length)) +
	                     put_u16(ip + 4, s->ip_id) + put_u16(ip + 6, fragment) +
	                     put_u16(ip + 8, (uint32_t)s->ttl << 8 | protocol) +
	                     put_u32(ip + 12, s->source) + put_u32(ip + 16, s->destination);
	put_u16(ip + 10, checksum_of(sum));
}

// Returns how many bytes the options have.
static size_t put_words(uint8_t *at, const uint16_t *words, size_t count, uint32_t *sum)
{
	for (size_t i = 0; i < count; i++)
		*sum += put_u16(at + 2 * i, words[i]);
	return 2 * count;
}

static size_t put_options(const struct sketch *s, uint8_t *at, uint32_t *sum)
{
	switch ((enum tcp_options)s->options) {
	case TCP_OPTIONS_NONE: return 0;
	case TCP_OPTIONS_MSS: return put_words(at, options_mss, sizeof options_mss / 2, sum);
	case TCP_OPTIONS_LINUX:
		put_words(at, options_linux, sizeof options_linux / 2, sum);
		// A millisecond clock that began at boot: only that it differs matters.
		*sum += put_u32(at + 8, (uint32_t)(s->time_us / 1000) ^ s->source);
		return sizeof options_linux;
	case TCP_OPTIONS_WINDOWS:
		return put_words(at, options_windows, sizeof options_windows / 2, sum);
	}
	return 0;
}

static uint8_t tcp_flags_of(const struct sketch *s)
{
	if (s->send == SEND_SYN)
		return TCP_SYN;
	return s->send == SEND_SYN_ACK ? TCP_SYN | TCP_ACK : TCP_RST | TCP_ACK;
}

static size_t put_tcp(const struct sketch *s, uint8_t *ip)
{
	uint8_t *tcp = ip + IPV4;
	uint32_t sum = 0;
	const size_t length = TCP + put_options(s, tcp + TCP, &sum);
	sum += put_u16(tcp, s->source_port) + put_u16(tcp + 2, s->destination_port) +
	       put_u32(tcp + 4, s->seq) + put_u32(tcp + 8, s->ack) +
	       put_u16(tcp + 12, (uint32_t)(length / 4 << 12) | tcp_flags_of(s)) +
	       put_u16(tcp + 14, s->window) + put_u16(tcp + 18, 0) +
	       sum_pseudo_header(s, PROTOCOL_TCP, length);
	put_u16(tcp + 16, checksum_of(sum));
	put_ipv4(s, ip, PROTOCOL_TCP, length);
	return IPV4 + length;
}

static size_t put_udp(const struct sketch *s, uint8_t *ip)
{
	uint8_t *udp = ip + IPV4;
	const size_t length = UDP + (size_t)s->payload_bytes;
	const uint32_t sum = put_u16(udp, s->source_port) + put_u16(udp + 2, s->destination_port) +
	                     put_u16(udp + 4, (uint32_t)length) +
	                     sum_pseudo_header(s, PROTOCOL_UDP, length);
	// A sum of 0 would say that there is none (RFC 768).
	const uint16_t check = checksum_of(sum);
	put_u16(udp + 6, check != 0 ? check : UINT16_MAX);
	memset(udp + UDP, 0, s->payload_bytes);
	put_ipv4(s, ip, PROTOCOL_UDP, length);
	return IPV4 + length;
}

static size_t put_icmp_echo(const struct sketch *s, uint8_t *ip)
{
	uint8_t *icmp = ip + IPV4;
	const size_t length = ICMP + (size_t)s->payload_bytes;
	const uint32_t sum = put_u16(icmp, 8 << 8) + put_u32(icmp + 4, s->seq);
	put_u16(icmp + 2, checksum_of(sum));
	memset(icmp + ICMP, 0, s->payload_bytes);
	put_ipv4(s, ip, PROTOCOL_ICMP, length);
	return IPV4 + length;
}

// "Port unreachable", said by a victim, about a TCP segment or UDP datagram that seemed to come
// from the telescope: its IPv4 header, whose own sum makes it add 0xffff, and its first
// 8 bytes are quoted. A datagram is empty, and has no checksum.
static size_t put_icmp_unreachable(const struct sketch *s, uint8_t *ip)
{
	const bool is_udp = s->send == SEND_ICMP_UNREACHABLE_UDP;
	uint8_t *icmp = ip + IPV4, *quoted = icmp + ICMP;
	const size_t length = ICMP + IPV4 + 8;
	const struct sketch inner = {
		.source = s->destination,
		.destination = s->source,
		.ttl = 50,
		.ip_id = s->ip_id,
	};
	put_ipv4(&inner, quoted, is_udp ? PROTOCOL_UDP : PROTOCOL_TCP, is_udp ? UDP : TCP);
	const uint32_t sum = put_u16(icmp, 3 << 8 | 3) + put_u32(icmp + 4, 0) + UINT16_MAX +
	                     put_u16(quoted + IPV4, s->destination_port) +
	                     put_u16(quoted + IPV4 + 2, s->source_port) +
	                     put_u32(quoted + IPV4 + 4, is_udp ? UDP << 16 : s->ack);
	put_u16(icmp + 2, checksum_of(sum));
	put_ipv4(s, ip, PROTOCOL_ICMP, length);
	return IPV4 + length;
}

static size_t put_fragment(const struct sketch *s, uint8_t *ip)
{
	memset(ip + IPV4, 0, s->payload_bytes);
	put_ipv4(s, ip, PROTOCOL_UDP, s->payload_bytes);
	return IPV4 + (size_t)s->payload_bytes;
}

static size_t put_arp(const struct sketch *s, uint8_t *at)
{
	put_u32(at, 0x00010800);      // Ethernet, IPv4
	put_u32(at + 4, 0x06040001);  // their lengths; request
	memcpy(at + 8, decode_simulated_mac, 6);
	put_u32(at + 14, s->source);
	memset(at + 18, 0, 6);
	put_u32(at + 24, s->destination);
	return ARP;
}

static size_t put_body(const struct sketch *s, uint8_t *at)
{
	switch ((enum send)s->send) {
	case SEND_SYN:
	case SEND_SYN_ACK:
	case SEND_RST: return put_tcp(s, at);
	case SEND_UDP: return put_udp(s, at);
	case SEND_ICMP_ECHO: return put_icmp_echo(s, at);
	case SEND_ICMP_UNREACHABLE:
	case SEND_ICMP_UNREACHABLE_UDP: return put_icmp_unreachable(s, at);
	case SEND_ARP: return put_arp(s, at);
	case SEND_FRAGMENT: return put_fragment(s, at);
	}
	return 0;
}

size_t craft_packet(const struct sketch *s, uint8_t *out)
{
	const size_t frame_length = ETHERNET + put_body(s, out + IP_AT);
	put_ethernet(out + RECORD, s->send == SEND_ARP ? 0x0806 : 0x0800);
	put_record(s, out, frame_length);
	return RECORD + frame_length;
}
