// SPDX-License-Identifier: MIT
#include "simulate/flood_truth.h"

#include "base/calendar.h"
#include "base/memory.h"
#include "base/text.h"

#include <stdlib.h>

enum {
	PACKETS_LEAST = 25,
	SECONDS_LEAST = 60,
	PER_MINUTE_LEAST = 30,
	SILENCE_S = 300,
	SLOT_US = 10000000,
	MINUTE_US = 60000000,
	PROTOCOL_TCP = 6,
	PROTOCOL_UDP = 17,
};

struct flood_answer {
	uint64_t time_us;
	uint32_t victim, destination;
	uint16_t port;
	uint8_t protocol;
};

void flood_truth_note(struct flood_truth *t, const struct sketch *s)
{
	const bool is_udp = s->send == SEND_ICMP_UNREACHABLE_UDP;
	if (!is_udp && s->send != SEND_SYN_ACK && s->send != SEND_RST &&
	    s->send != SEND_ICMP_UNREACHABLE)
		return;
	if (t->count == t->capacity) {
		const size_t capacity = t->capacity + t->capacity / 2 + 4096;
		struct flood_answer *more = memory_resize(t->list, capacity, sizeof *more);
		if (more == NULL) {
			t->is_out_of_memory = true;
			return;
		}
		t->list = more;
		t->capacity = capacity;
	}
	t->list[t->count++] = (struct flood_answer){ .time_us = s->time_us,
		                                     .victim = s->source,
		                                     .destination = s->destination,
		                                     .port = s->source_port,
		                                     .protocol = is_udp ? PROTOCOL_UDP
		                                                        : PROTOCOL_TCP };
}

void flood_truth_done(struct flood_truth *t)
{
	memory_free(t->list);
}

static int order(uint64_t x, uint64_t y)
{
	return (x > y) - (x < y);
}

// Of one time the lowest port is the first.
static int by_victim(const void *a, const void *b)
{
	const struct flood_answer *x = a, *y = b;
	int by = order(x->victim, y->victim);
	by = by != 0 ? by : order(x->protocol, y->protocol);
	by = by != 0 ? by : order(x->time_us, y->time_us);
	return by != 0 ? by : order(x->port, y->port);
}

static int by_number(const void *a, const void *b)
{
	return order(*(const uint32_t *)a, *(const uint32_t *)b);
}

// ---- one flood

struct flood {
	const struct flood_answer *first, *last;
	uint64_t packets, most, ports, addresses;
};

static uint64_t fullest_minute(const struct flood_answer *list, size_t count)
{
	uint64_t most = 0;
	for (size_t i = 0; i < count; i++) {
		const uint64_t end = list[i].time_us / SLOT_US * SLOT_US + MINUTE_US;
		size_t behind = i;
		// The minute begins with the slot, and so with its first packet.
		if (i > 0 && list[i - 1].time_us / SLOT_US == list[i].time_us / SLOT_US)
			continue;
		while (behind < count && list[behind].time_us < end)
			behind++;
		if (behind - i > most)
			most = behind - i;
	}
	return most;
}

static uint64_t count_different(uint32_t *values, size_t count)
{
	uint64_t different = 0;
	qsort(values, count, sizeof *values, by_number);
	for (size_t i = 0; i < count; i++)
		different += i == 0 || values[i] != values[i - 1];
	return different;
}

// `values` has room for as many.
static struct flood count_one(const struct flood_answer *list, size_t count, uint32_t *values)
{
	struct flood f = { list, &list[count - 1], count, fullest_minute(list, count), 0, 0 };
	for (size_t i = 0; i < count; i++)
		values[i] = list[i].port;
	f.ports = count_different(values, count);
	for (size_t i = 0; i < count; i++)
		values[i] = list[i].destination;
	f.addresses = count_different(values, count);
	return f;
}

static bool is_attack(const struct flood *f)
{
	return f->packets >= PACKETS_LEAST && f->most >= PER_MINUTE_LEAST &&
	       f->last->time_us - f->first->time_us >= SECONDS_LEAST * UINT64_C(1000000);
}

static bool is_of_one(const struct flood_answer *a, const struct flood_answer *next)
{
	return a->victim == next->victim && a->protocol == next->protocol &&
	       next->time_us - a->time_us <= SILENCE_S * UINT64_C(1000000);
}

static size_t count_all(const struct flood_truth *t, struct flood *out, uint32_t *values)
{
	size_t found = 0;
	for (size_t begin = 0, end; begin < t->count; begin = end) {
		for (end = begin + 1; end < t->count && is_of_one(&t->list[end - 1], &t->list[end]);
		     end++)
			;
		if (end - begin < PACKETS_LEAST)
			continue;
		out[found] = count_one(t->list + begin, end - begin, values);
		found += is_attack(&out[found]);
	}
	return found;
}

// ---- the table

static int by_start(const void *a, const void *b)
{
	const struct flood *x = a, *y = b;
	int by = order(x->first->time_us, y->first->time_us);
	by = by != 0 ? by : order(x->first->victim, y->first->victim);
	return by != 0 ? by : order(x->first->protocol, y->first->protocol);
}

// Seconds with as many decimals as they have.
static void write_seconds(struct buffer *out, uint64_t time_us)
{
	unsigned digits = 6;
	uint64_t part = time_us % 1000000;
	buffer_format(out, "%llu", (unsigned long long)(time_us / 1000000));
	for (; part > 0 && part % 10 == 0; digits--)
		part /= 10;
	if (part > 0)
		buffer_format(out, ".%0*llu", (int)digits, (unsigned long long)part);
}

static void write_flood(struct buffer *out, const struct flood *f)
{
	char victim[TEXT_IPV4_SIZE], start[CALENDAR_TIME_SIZE], end[CALENDAR_TIME_SIZE];
	text_from_ipv4(f->first->victim, victim);
	time_format(f->first->time_us * 1000, 6, start);
	time_format(f->last->time_us * 1000, 6, end);
	buffer_format(out, "%s,%s,%s,%s,", victim,
	              f->first->protocol == PROTOCOL_TCP ? "tcp" : "udp", start, end);
	write_seconds(out, f->last->time_us - f->first->time_us);
	buffer_format(out, ",%llu,%llu,%llu,%llu,%u\n", (unsigned long long)f->packets,
	              (unsigned long long)f->most, (unsigned long long)f->ports,
	              (unsigned long long)f->addresses, (unsigned)f->first->port);
}

bool flood_truth_write(struct flood_truth *t, struct buffer *out, struct error *error)
{
	uint32_t *values = memory_new(t->count + 1, sizeof *values);
	struct flood *floods = memory_new(t->count / PACKETS_LEAST + 1, sizeof *floods);
	bool ok = !t->is_out_of_memory && values != NULL && floods != NULL;
	if (ok && t->count > 0)
		qsort(t->list, t->count, sizeof *t->list, by_victim);
	buffer_text(out, "victim,protocol,start,end,seconds,packets,max_per_minute,victim_ports,"
	                 "telescope_addresses,first_port\n");
	const size_t count = ok ? count_all(t, floods, values) : 0;
	if (count > 0)
		qsort(floods, count, sizeof *floods, by_start);
	for (size_t i = 0; i < count; i++)
		write_flood(out, &floods[i]);
	memory_free(values);
	memory_free(floods);
	return (ok && !out->failed) || error_memory(error, "the truth of floods");
}
