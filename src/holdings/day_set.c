// SPDX-License-Identifier: MIT
#include "holdings/day_set.h"

#include "base/memory.h"
#include "hostday/evidence.h"

#include <assert.h>
#include <string.h>

enum { NO_SOURCE = -1, LOW_BITS = 16, LOW = 0xffff };

struct day_set {
	struct holdings_hosts *hosts;
	unsigned family;
	int64_t next;  // the first source that counts and was not handed out
};

bool day_set_is_of_pieces(const struct held_day *day, unsigned family)
{
	// A user's own in the place of one of tools costs a look at host-days, and is the same.
	const uint32_t weighed = fingerprints_weighed | FINGERPRINT_TOOLS;
	const bool is_weighed = family < FINGERPRINTS_MAX && weighed >> family & 1;
	return day->count == 1 || !is_weighed;
}

bool day_set_open(struct holdings *holdings, const struct held_day *day, unsigned family,
                  struct day_set **out, struct error *error)
{
	struct day_set *set = memory_new(1, sizeof *set);
	assert(family < FINGERPRINTS_MAX);
	if (set == NULL)
		return error_memory(error, "a set of sources");
	set->family = family;
	set->next = NO_SOURCE;
	if (!holdings_open_hosts(holdings, period_of_day(day->day), 0, &set->hosts, error)) {
		memory_free(set);
		return false;
	}
	*out = set;
	return true;
}

void day_set_close(struct day_set *set)
{
	if (set == NULL)
		return;
	holdings_close_hosts(set->hosts);
	memory_free(set);
}

static bool advance(struct day_set *set, struct error *error)
{
	const struct host_day *h;
	while ((h = holdings_next_host(set->hosts, error)) != NULL)
		if (host_day_counted(h) >> set->family & 1)
			break;
	set->next = h != NULL ? (int64_t)h->source : NO_SOURCE;
	return h != NULL || error->kind == ERROR_NONE;
}

bool day_set_begin(struct day_set *set, struct error *error)
{
	return advance(set, error);
}

uint32_t day_set_key(const struct day_set *set)
{
	return set->next == NO_SOURCE ? IPSET_KEYS : (uint32_t)set->next >> LOW_BITS;
}

static void put_value(uint8_t *to, uint32_t at, uint32_t low)
{
	to[2 * at] = (uint8_t)low;
	to[2 * at + 1] = (uint8_t)(low >> 8);
}

static void put_bit(uint8_t *to, uint32_t low)
{
	to[low / 8] |= (uint8_t)(1u << low % 8);
}

// What is there as an array, as a bitmap.
static void spread(uint8_t *bytes, uint32_t count)
{
	uint8_t bits[DAY_SET_BYTES] = { 0 };
	for (uint32_t i = 0; i < count; i++)
		put_bit(bits, bytes[2 * i] | (uint32_t)bytes[2 * i + 1] << 8);
	memcpy(bytes, bits, sizeof bits);
}

bool day_set_next(struct day_set *set, uint8_t to[DAY_SET_BYTES], struct ipset_container *out,
                  struct error *error)
{
	const uint32_t key = day_set_key(set);
	uint32_t count = 0;
	assert(key < IPSET_KEYS);
	while (day_set_key(set) == key) {
		const uint32_t low = (uint32_t)set->next & LOW;
		if (ipset_container_kind(false, count + 1) == IPSET_ARRAY) {
			put_value(to, count, low);
		} else {
			if (ipset_container_kind(false, count) == IPSET_ARRAY)
				spread(to, count);
			put_bit(to, low);
		}
		count++;
		if (!advance(set, error))
			return false;
	}
	const enum ipset_container_kind kind = ipset_container_kind(false, count);
	*out = (struct ipset_container){ .key = (uint16_t)key,
		                         .kind = kind,
		                         .count = count,
		                         .bytes = { to, ipset_container_size_max(kind, count) } };
	return true;
}
