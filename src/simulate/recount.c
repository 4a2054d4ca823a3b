// SPDX-License-Identifier: MIT
#include "simulate/recount.h"

#include "base/calendar.h"
#include "base/memory.h"
#include "simulate/simulate.h"

#include <stdlib.h>

enum { FAMILIES = 4, RECORD = 16, ETHERNET = 14 };

static const char *const names[FAMILIES] = { "hajime", "hajime-raw", "mirai", "mirai-2016" };

struct seen_reader seen_begin(struct span capture)
{
	struct seen_reader r = { .cursor = cursor_over(capture) };
	const struct span header = cursor_take(&r.cursor, SIMULATE_HEADER_SIZE);
	r.is_good = header.length == SIMULATE_HEADER_SIZE && span_u32_le(header, 0) == 0xa1b2c3d4 &&
	            span_u32_le(header, 20) == 1;
	return r;
}

static bool finds_kernel_option(struct span options)
{
	for (size_t at = 0; at < options.length;) {
		const uint8_t kind = span_u8(options, at);
		if (kind == 3 || kind == 4 || kind == 8)
			return true;
		if (kind == 0)
			return false;
		at += kind == 1 ? 1 : span_u8(options, at + 1);
	}
	return false;
}

static bool read_tcp(struct seen *s)
{
	const struct span tcp = s->body;
	if (tcp.length < 20)
		return false;
	const size_t length = (size_t)(span_u8(tcp, 12) >> 4) * 4;
	s->seq = span_u32(tcp, 4);
	s->tcp_flags = span_u8(tcp, 13);
	s->window = span_u16(tcp, 14);
	s->is_syn = (s->tcp_flags & 0x12) == 0x02;
	if (length != tcp.length)
		return false;
	const struct span options = { .bytes = tcp.bytes + 20, .length = length - 20 };
	s->has_kernel_options = finds_kernel_option(options);
	return true;
}

static bool read_ipv4(struct seen *s, struct span ip)
{
	if (ip.length < 20 || span_u8(ip, 0) != 0x45 || span_u16(ip, 2) != ip.length)
		return false;
	s->ip = ip;
	s->body = span_from(ip, 20);
	s->tos = span_u8(ip, 1);
	s->ip_id = span_u16(ip, 4);
	s->is_later_fragment = (span_u16(ip, 6) & 0x1fff) != 0;
	s->ttl = span_u8(ip, 8);
	s->protocol = span_u8(ip, 9);
	s->source = span_u32(ip, 12);
	s->destination = span_u32(ip, 16);
	if (s->is_later_fragment || (s->protocol != 6 && s->protocol != 17))
		return true;
	if (s->body.length < 8)
		return false;
	s->source_port = span_u16(s->body, 0);
	s->destination_port = span_u16(s->body, 2);
	return s->protocol != 6 || read_tcp(s);
}

bool seen_next(struct seen_reader *r, struct seen *out)
{
	if (cursor_left(&r->cursor) == 0)
		return false;
	const struct span record = cursor_take(&r->cursor, RECORD);
	const uint32_t length = record.length == RECORD ? span_u32_le(record, 8) : 0;
	const struct span frame = cursor_take(&r->cursor, length);
	*out = (struct seen){ .time_us = 0 };
	if (frame.length < ETHERNET || span_u32_le(record, 12) != length) {
		r->is_good = false;
		return false;
	}
	out->time_us = (uint64_t)span_u32_le(record, 0) * 1000000 + span_u32_le(record, 4);
	if (span_u16(frame, 12) == 0x0800)
		r->is_good &= read_ipv4(out, span_from(frame, ETHERNET));
	return true;
}

static uint32_t sum_words(struct span s)
{
	uint32_t sum = 0;
	for (size_t at = 0; at < s.length; at++)
		sum += (uint32_t)span_u8(s, at) << (at % 2 == 0 ? 8 : 0);
	return sum;
}

static bool is_all_ones(uint32_t sum)
{
	while (sum >> 16 != 0)
		sum = (sum & 0xffff) + (sum >> 16);
	return sum == 0xffff;
}

bool seen_sums_are_right(const struct seen *s)
{
	const struct span header = { .bytes = s->ip.bytes, .length = 20 };
	const struct span addresses = { .bytes = s->ip.bytes + 12, .length = 8 };
	if (!is_all_ones(sum_words(header)))
		return false;
	if (s->is_later_fragment)
		return true;
	uint32_t sum = sum_words(s->body);
	if (s->protocol != 1)
		sum += sum_words(addresses) + s->protocol + (uint32_t)s->body.length;
	return is_all_ones(sum);
}

// Each sighting is family << 56 | source << 16 | day counted from the first.
struct sightings {
	uint64_t *list;
	size_t count, capacity;
	int32_t first_day, last_day;
	uint64_t packets[FAMILIES][1200];
};

static unsigned families_of(const struct seen *s)
{
	unsigned families = 0;
	if (!s->is_syn)
		return 0;
	if (s->window == 14600)
		families |= s->has_kernel_options ? 1 : 3;
	if (s->seq == s->destination)
		families |= s->destination_port == 23 && s->source_port > 1024 ? 12 : 4;
	return families;
}

static void note(struct sightings *all, const struct seen *s, int offset_s)
{
	const int32_t day = (int32_t)(((int64_t)(s->time_us / 1000000) + offset_s) / 86400);
	const unsigned families = families_of(s);
	if (all->count == 0 && all->last_day == 0)
		all->first_day = day;
	all->last_day = day;
	for (unsigned family = 0; family < FAMILIES; family++) {
		if ((families >> family & 1) == 0)
			continue;
		all->packets[family][day - all->first_day]++;
		if (all->count == all->capacity) {
			all->capacity = all->capacity * 2 + 1024;
			all->list = memory_resize(all->list, all->capacity, sizeof *all->list);
		}
		all->list[all->count++] = (uint64_t)family << 56 | (uint64_t)s->source << 16 |
		                          (uint64_t)(day - all->first_day);
	}
}

static int by_value(const void *a, const void *b)
{
	const uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
	return (x > y) - (x < y);
}

static size_t without_repeats(uint64_t *list, size_t count)
{
	size_t kept = 0;
	for (size_t i = 0; i < count; i++)
		if (kept == 0 || list[kept - 1] != list[i])
			list[kept++] = list[i];
	return kept;
}

struct spell_counter {
	long sources, fresh, returned, recovered;
};

// The list is sorted by family, source, day, so that the sightings before and after one are
// its neighbours.
static void tally_sightings(const struct sightings *all, int gap_days,
                            struct spell_counter (*tally)[FAMILIES])
{
	const long end = all->last_day - all->first_day, gap = gap_days < 0 ? 100000 : gap_days;
	for (size_t i = 0; i < all->count; i++) {
		const uint64_t here = all->list[i];
		const bool has_earlier = i > 0 && all->list[i - 1] >> 16 == here >> 16;
		const bool has_later = i + 1 < all->count && all->list[i + 1] >> 16 == here >> 16;
		const long day = (long)(here & 0xffff);
		struct spell_counter *t = &tally[day][here >> 56];
		t->sources++;
		if (!has_earlier)
			t->fresh++;
		else if (day - (long)(all->list[i - 1] & 0xffff) - 1 > gap)
			t->returned++;
		if (has_later      ? (long)(all->list[i + 1] & 0xffff) - day - 1 > gap
		    : gap_days < 0 ? day < end
		                   : day + gap + 1 <= end)
			tally[day + 1][here >> 56].recovered++;
	}
}

static void print_tally(const struct sightings *all, struct spell_counter (*tally)[FAMILIES],
                        struct buffer *out)
{
	long started[FAMILIES] = { 0 }, ended[FAMILIES] = { 0 };
	char day_text[CALENDAR_DAY_SIZE];
	buffer_text(out, "day,family,packets,sources,new,returned,recovered,cumulative_new,"
	                 "cumulative_recovered,active\n");
	for (long day = 0; day <= all->last_day - all->first_day; day++)
		for (size_t f = 0; f < FAMILIES; f++) {
			const struct spell_counter t = tally[day][f];
			started[f] += t.fresh + t.returned;
			ended[f] += t.recovered;
			day_format(all->first_day + (int32_t)day, day_text);
			buffer_format(out, "%s,%s,%lu,%ld,%ld,%ld,%ld,%ld,%ld,%ld\n", day_text,
			              names[f], (unsigned long)all->packets[f][day], t.sources,
			              t.fresh, t.returned, t.recovered, started[f], ended[f],
			              started[f] - ended[f]);
		}
}

void recount(struct span capture, int offset_s, int gap_days, struct buffer *out)
{
	struct sightings *all = memory_new(1, sizeof *all);
	struct spell_counter(*tally)[FAMILIES] = memory_new(1201, sizeof *tally);
	struct seen_reader reader = seen_begin(capture);
	struct seen seen;
	while (seen_next(&reader, &seen))
		if (seen.ip.length > 0)
			note(all, &seen, offset_s);
	if (all->count > 0)
		qsort(all->list, all->count, sizeof *all->list, by_value);
	all->count = without_repeats(all->list, all->count);
	tally_sightings(all, gap_days, tally);
	print_tally(all, tally, out);
	memory_free(all->list);
	memory_free(all);
	memory_free(tally);
}
