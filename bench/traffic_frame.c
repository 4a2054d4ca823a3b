// SPDX-License-Identifier: MIT
//   0   16  pcap record: seconds, microseconds, captured length, length on the wire
//   16  14  Ethernet
//   30  20  IPv4 without options
//   50      TCP, UDP or ICMP
#include "traffic_frame.h"

#include "base/memory.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

enum {
	IP_AT = 30,
	L4_AT = 50,
	RECORD_MAX = 160,
	ETHERNET_LEAST = 60,  // without the checksum: what is shorter is filled with zeros
	BUFFER = 1 << 20,
	ICMP = 1,
	TCP = 6,
	UDP = 17,
	SYN = 0x02,
	RST = 0x04,
	ACK = 0x10,
};

struct template
{
	uint8_t bytes[RECORD_MAX];
	uint32_t length;  // of the record
	uint32_t ip_sum, l4_sum;
	uint8_t protocol;
	bool has_mss, has_clock;
};

struct writer {
	int fd;
	int failed;  // errno
	size_t used;
	struct template templates[FORM_COUNT];
	uint8_t buffer[BUFFER + RECORD_MAX];
};

static uint32_t put_u16(uint8_t *at, uint32_t value)
{
	const uint16_t swapped = __builtin_bswap16((uint16_t)value);
	memcpy(at, &swapped, sizeof swapped);
	return value;
}

// Like put_u16(): returns what it adds to a checksum (RFC 1071).
static uint32_t put_u32(uint8_t *at, uint32_t value)
{
	const uint32_t swapped = __builtin_bswap32(value);
	memcpy(at, &swapped, sizeof swapped);
	return (value >> 16) + (value & 0xffff);
}

static void put_u32_host(uint8_t *at, uint32_t value)
{
	memcpy(at, &value, sizeof value);
}

static uint32_t folded(uint32_t sum)
{
	sum = (sum & 0xffff) + (sum >> 16);
	return ~(sum + (sum >> 16)) & 0xffff;
}

static uint32_t sum_of(const uint8_t *at, size_t length)
{
	uint32_t sum = 0;
	for (size_t i = 0; i < length; i += 2)
		sum += (uint32_t)(at[i] << 8 | at[i + 1]);
	return sum;
}

static const uint8_t options_mss[] = { 2, 4, 0, 0 };
static const uint8_t options_windows[] = { 2, 4, 0, 0, 1, 3, 3, 8, 1, 1, 4, 2 };
static const uint8_t options_linux[] = {
	2, 4, 0, 0, 4, 2, 8, 10, 0, 0, 0, 0, 0, 0, 0, 0, 1, 3, 3, 7
};

static const struct {
	uint8_t protocol, flags, length, option_bytes;
	const uint8_t *options;
} forms[FORM_COUNT] = {
	[FORM_BARE] = { TCP, SYN, 20, 0, NULL },
	[FORM_MSS] = { TCP, SYN, 24, sizeof options_mss, options_mss },
	[FORM_WINDOWS] = { TCP, SYN, 32, sizeof options_windows, options_windows },
	[FORM_LINUX] = { TCP, SYN, 40, sizeof options_linux, options_linux },
	[FORM_SYN_ACK] = { TCP, SYN | ACK, 24, sizeof options_mss, options_mss },
	[FORM_RST] = { TCP, RST | ACK, 20, 0, NULL },
	[FORM_DATAGRAM] = { UDP, 0, 8 + 24, 0, NULL },
	[FORM_ECHO] = { ICMP, 0, 8 + 56, 0, NULL },
};

static void make_template(struct template *t, enum form form)
{
	static const uint8_t ethernet[] = { 2,   'D', 'A', 'R', 'K', '.', 2,
		                            'S', 'I', 'M', 'U', 'L', 8,   0 };
	const uint32_t l4_length = forms[form].length, ip_length = 20 + l4_length;
	const uint32_t on_wire = sizeof ethernet + ip_length;
	const uint32_t captured = on_wire < ETHERNET_LEAST ? ETHERNET_LEAST : on_wire;
	uint8_t *ip = &t->bytes[IP_AT], *l4 = &t->bytes[L4_AT];

	t->length = 16 + captured;
	t->protocol = forms[form].protocol;
	t->has_mss = forms[form].option_bytes > 0;
	t->has_clock = form == FORM_LINUX;
	put_u32_host(&t->bytes[8], captured);
	put_u32_host(&t->bytes[12], captured);
	memcpy(&t->bytes[16], ethernet, sizeof ethernet);
	ip[0] = 0x45;
	put_u16(&ip[2], ip_length);
	put_u16(&ip[6], form == FORM_LINUX || form == FORM_WINDOWS ? 0x4000 : 0);
	ip[9] = t->protocol;
	t->ip_sum = sum_of(ip, 20);
	if (t->protocol == TCP) {
		l4[12] = (uint8_t)(l4_length / 4 << 4);
		l4[13] = forms[form].flags;
		if (t->has_mss)
			memcpy(&l4[20], forms[form].options, forms[form].option_bytes);
	} else if (t->protocol == UDP) {
		put_u16(&l4[4], l4_length);
	} else {
		l4[0] = 8;  // echo request
	}
	t->l4_sum = sum_of(l4, l4_length);
	if (t->protocol != ICMP)
		t->l4_sum += t->protocol + l4_length;  // the pseudo header
}

struct writer *writer_new(int fd, struct error *error)
{
	struct writer *w = memory_new(1, sizeof *w);
	if (w == NULL) {
		error_memory(error, "buffer");
		return NULL;
	}
	w->fd = fd;
	for (unsigned form = 0; form < FORM_COUNT; form++)
		make_template(&w->templates[form], form);
	put_u32_host(&w->buffer[0], 0xa1b2c3d4);  // pcap 2.4, microseconds
	put_u32_host(&w->buffer[4], 4 << 16 | 2);
	put_u32_host(&w->buffer[16], 65535);
	put_u32_host(&w->buffer[20], 1);  // Ethernet
	w->used = 24;
	return w;
}

static void writer_flush(struct writer *w)
{
	size_t done = 0;
	while (done < w->used && w->failed == 0) {
		const ssize_t written = write(w->fd, &w->buffer[done], w->used - done);
		if (written >= 0)
			done += (size_t)written;
		else if (errno != EINTR)
			w->failed = errno;
	}
	w->used = 0;
}

// What follows the IPv4 header, with `sum` of the addresses.
static void put_l4(uint8_t *at, const struct template *t, const struct header *h, uint32_t sum)
{
	sum = t->protocol == ICMP ? t->l4_sum : t->l4_sum + sum;
	if (t->protocol == TCP) {
		sum += put_u16(at, h->source_port) + put_u16(at + 2, h->destination_port);
		sum += put_u32(at + 4, h->seq) + put_u32(at + 8, h->ack);
		sum += put_u16(at + 14, h->window);
		if (t->has_mss)
			sum += put_u16(at + 22, h->mss);
		if (t->has_clock)
			sum += put_u32(at + 28, h->clock);
		put_u16(at + 16, folded(sum));
	} else if (t->protocol == UDP) {
		sum += put_u16(at, h->source_port) + put_u16(at + 2, h->destination_port);
		sum += put_u32(at + 8, h->seq) + put_u32(at + 12, h->ack);
		put_u16(at + 6, folded(sum));
	} else {
		sum += put_u32(at + 4, h->seq) + put_u32(at + 8, h->ack);
		put_u16(at + 2, folded(sum));
	}
}

void writer_put(struct writer *w, const struct header *h)
{
	const struct template *t = &w->templates[h->form];
	uint8_t *at = &w->buffer[w->used], *ip = at + IP_AT;

	memcpy(at, t->bytes, RECORD_MAX);
	put_u32_host(at, (uint32_t)(h->time_us / 1000000));
	put_u32_host(at + 4, (uint32_t)(h->time_us % 1000000));
	ip[1] = h->tos;
	ip[8] = h->ttl;
	const uint32_t addresses = put_u32(ip + 12, h->source) + put_u32(ip + 16, h->destination);
	put_u16(ip + 10, folded(t->ip_sum + h->tos + ((uint32_t)h->ttl << 8) +
	                        put_u16(ip + 4, h->ip_id) + addresses));
	put_l4(at + L4_AT, t, h, addresses);
	w->used += t->length;
	if (w->used >= BUFFER)
		writer_flush(w);
}

bool writer_end(struct writer *w, struct error *error)
{
	writer_flush(w);
	errno = w->failed;
	memory_free(w);
	return errno == 0 || error_errno(error, "cannot write");
}
