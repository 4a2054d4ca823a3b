// SPDX-License-Identifier: MIT
// Two passes over a day: sources of one packet by port, then, for the busiest ports, by half
// interval of five seconds. Two neighbours make ten seconds.
#include "analyse/floods.h"

#include "base/memory.h"
#include "ipset/ipset.h"
#include "holdings/holdings.h"

#include <string.h>

enum {
	PORT_KEYS = 2 * 65536,  // SYNs, then UDP
	NO_PORT = PORT_KEYS,
	HALF_SECONDS = 5,
	HALVES_A_DAY = 86400 / HALF_SECONDS,
	// A day in any zone, and a day around it: times beyond are those of a store that lies.
	HALVES_MAX = 3 * HALVES_A_DAY,
};

struct floods {
	// flood_key() of each port and half interval that belongs to a flood, ascending.
	uint64_t *keys;
	size_t count, capacity;
	uint32_t ports_unseen;
};

// A day that is being looked at.
struct search {
	uint64_t base;         // the half interval that is number 0
	uint32_t begin, end;   // those in which anything was seen lie in here
	uint8_t *is_seen;      // [HALVES_MAX]
	uint32_t *sources;     // [PORT_KEYS]: sources of one packet
	uint16_t *candidates;  // [PORT_KEYS]: 0, or the number of a candidate + 1
	uint32_t candidate_count;
	uint32_t ports[FLOOD_PORTS_MAX];
	uint32_t *counts;  // [candidate_count][end - begin + 1]
	uint32_t *sorted;  // [2 * (end - begin)]
};

static uint64_t half_of(uint64_t time_ns)
{
	return time_ns / (HALF_SECONDS * NANOSECONDS_A_SECOND);
}

static uint64_t flood_key(uint32_t port, uint64_t half)
{
	return (uint64_t)port << 40 | half;
}

static uint32_t only_value(const struct host_day *h, unsigned field)
{
	const bool is_there = h->fields_mask >> field & 1 && h->sets[field].count == 1;
	return is_there ? h->items[h->sets[field].begin].value : NO_PORT;
}

// The port that the only packet of the day went to; NO_PORT: there were more, or it has none.
static uint32_t only_port(const struct host_day *h)
{
	uint64_t packets = 0;
	for (unsigned kind = 0; kind < HOST_KINDS; kind++)
		packets += h->packets[kind];
	if (packets != 1)
		return NO_PORT;
	if (host_day_packets(h, KIND_SYN) == 1)
		return only_value(h, FIELD_DESTINATION_PORT);
	const uint32_t port = only_value(h, FIELD_UDP_PORT);
	return port == NO_PORT ? NO_PORT : 65536 + port;
}

static bool number_of(const struct search *s, uint64_t time_ns, uint32_t *out)
{
	const uint64_t half = half_of(time_ns);
	if (half < s->base || half - s->base >= HALVES_MAX)
		return false;
	*out = (uint32_t)(half - s->base);
	return true;
}

static void see(struct search *s, uint64_t time_ns)
{
	uint32_t at;
	if (number_of(s, time_ns, &at))
		s->is_seen[at] = 1;
}

static void count_port(struct search *s, const struct host_day *h)
{
	const uint32_t port = only_port(h);
	see(s, h->first_ns);
	see(s, h->last_ns);
	if (port != NO_PORT)
		s->sources[port]++;
}

static void count_half(struct search *s, const struct host_day *h)
{
	const uint32_t port = only_port(h);
	uint32_t at;
	if (port == NO_PORT || s->candidates[port] == 0 || !number_of(s, h->first_ns, &at) ||
	    at < s->begin || at >= s->end)  // unless the file changed between the passes
		return;
	const size_t row = s->candidates[port] - 1u, length = s->end - s->begin + 1;
	s->counts[row * length + (at - s->begin)]++;
}

static bool each_host(struct holdings *holdings, int32_t day, struct search *s,
                      void (*count)(struct search *, const struct host_day *), struct error *error)
{
	const struct host_day *host;
	struct holdings_hosts *reader;
	if (!holdings_open_hosts(holdings, period_of_day(day), FLOOD_COLUMNS, &reader, error))
		return false;
	while ((host = holdings_next_host(reader, error)) != NULL)
		count(s, host);
	holdings_close_hosts(reader);
	return error->kind == ERROR_NONE;
}

// The least number of sources that not more than FLOOD_PORTS_MAX ports reach.
static uint32_t least_of_candidates(const struct search *s)
{
	uint64_t low = FLOOD_SOURCES_MIN, high = UINT32_MAX;
	while (low < high) {
		const uint64_t middle = low + (high - low) / 2;
		size_t ports = 0;
		for (uint32_t port = 0; port < PORT_KEYS; port++)
			ports += s->sources[port] >= middle;
		if (ports > FLOOD_PORTS_MAX)
			low = middle + 1;
		else
			high = middle;
	}
	return (uint32_t)low;
}

// Takes ports of `least` sources and more; of those with one fewer, the lowest that have room.
static void choose_candidates(struct search *s, struct floods *f)
{
	const uint32_t least = least_of_candidates(s);
	uint32_t ports = 0, room = FLOOD_PORTS_MAX;
	for (uint32_t port = 0; port < PORT_KEYS; port++) {
		room -= s->sources[port] >= least;
		ports += s->sources[port] >= FLOOD_SOURCES_MIN;
	}
	for (uint32_t port = 0; port < PORT_KEYS; port++) {
		const bool is_last = s->sources[port] + 1 == least && least > FLOOD_SOURCES_MIN;
		if (s->sources[port] < least && !(is_last && room > 0))
			continue;
		room -= s->sources[port] < least;
		s->ports[s->candidate_count++] = port;
		s->candidates[port] = (uint16_t)s->candidate_count;
	}
	f->ports_unseen = ports - s->candidate_count;
}

static void find_ends(struct search *s)
{
	s->begin = HALVES_MAX;
	for (uint32_t i = 0; i < HALVES_MAX; i++)
		if (s->is_seen[i]) {
			s->begin = i < s->begin ? i : s->begin;
			s->end = i + 1;
		}
}

// The lower median of what the intervals have that begin where anything was seen.
static uint32_t median_of(const struct search *s, const uint32_t *counts)
{
	const size_t length = s->end - s->begin;
	size_t seen = 0;
	for (size_t i = 0; i < length; i++)
		if (s->is_seen[s->begin + i])
			s->sorted[seen++] = counts[i] + counts[i + 1];
	const size_t all = seen < FLOOD_BASELINE_MIN ? FLOOD_BASELINE_MIN : seen;
	const size_t silent = all - seen, middle = (all - 1) / 2;
	ipset_sort_u32(s->sorted, s->sorted + length, seen);
	return middle < silent ? 0 : s->sorted[middle - silent];
}

static bool add_key(struct floods *f, uint64_t key)
{
	if (f->count > 0 && f->keys[f->count - 1] == key)
		return true;
	if (f->count == f->capacity) {
		const size_t capacity = f->capacity == 0 ? 64 : 2 * f->capacity;
		uint64_t *keys = memory_resize(f->keys, capacity, sizeof *keys);
		if (keys == NULL)
			return false;
		f->keys = keys;
		f->capacity = capacity;
	}
	f->keys[f->count++] = key;
	return true;
}

static bool judge_port(const struct search *s, uint32_t candidate, struct floods *f)
{
	const size_t length = s->end - s->begin;
	const uint32_t *counts = s->counts + candidate * (length + 1);
	const uint64_t median = median_of(s, counts);
	for (size_t i = 0; i < length; i++) {
		const uint64_t sources = (uint64_t)counts[i] + counts[i + 1];
		const uint64_t key = flood_key(s->ports[candidate], s->base + s->begin + i);
		if (sources < FLOOD_SOURCES_MIN || sources < FLOOD_TIMES_MEDIAN * median)
			continue;
		if (!add_key(f, key) || !add_key(f, key + 1))
			return false;
	}
	return true;
}

static bool look(struct search *s, struct holdings *holdings, int32_t day, struct floods *f,
                 struct error *error)
{
	s->is_seen = memory_new(HALVES_MAX, 1);
	s->sources = memory_new(PORT_KEYS, sizeof *s->sources);
	s->candidates = memory_new(PORT_KEYS, sizeof *s->candidates);
	if (s->is_seen == NULL || s->sources == NULL || s->candidates == NULL)
		return error_memory(error, "the floods of a day");
	if (!each_host(holdings, day, s, count_port, error))
		return false;
	choose_candidates(s, f);
	if (s->candidate_count == 0)
		return true;
	find_ends(s);
	s->counts = memory_new(s->candidate_count * (size_t)(s->end - s->begin + 1),
	                       sizeof *s->counts);
	s->sorted = memory_new(2 * (size_t)(s->end - s->begin) + 1, sizeof *s->sorted);
	if (s->counts == NULL || s->sorted == NULL)
		return error_memory(error, "the floods of a day");
	if (!each_host(holdings, day, s, count_half, error))
		return false;
	for (uint32_t i = 0; i < s->candidate_count; i++)
		if (!judge_port(s, i, f))
			return error_memory(error, "the floods of a day");
	return true;
}

bool floods_find(struct holdings *holdings, int32_t day, struct floods **out, struct error *error)
{
	struct floods *f = memory_new(1, sizeof *f);
	struct search s = { .candidate_count = 0 };
	if (f == NULL)
		return error_memory(error, "the floods of a day");
	s.base = day > 0 ? ((uint64_t)day - 1) * HALVES_A_DAY : 0;
	const bool ok = look(&s, holdings, day, f, error);
	memory_free(s.is_seen);
	memory_free(s.sources);
	memory_free(s.candidates);
	memory_free(s.counts);
	memory_free(s.sorted);
	if (!ok) {
		floods_free(f);
		return false;
	}
	*out = f;
	return true;
}

void floods_free(struct floods *f)
{
	if (f == NULL)
		return;
	memory_free(f->keys);
	memory_free(f);
}

bool floods_suspect(const struct floods *f, const struct host_day *h)
{
	if (f->count == 0)
		return false;
	const uint32_t port = only_port(h);
	if (port == NO_PORT)
		return false;
	const uint64_t key = flood_key(port, half_of(h->first_ns));
	size_t low = 0, high = f->count;
	while (low < high) {
		const size_t middle = low + (high - low) / 2;
		if (f->keys[middle] < key)
			low = middle + 1;
		else
			high = middle;
	}
	return low < f->count && f->keys[low] == key;
}

uint32_t floods_ports_unseen(const struct floods *f)
{
	return f->ports_unseen;
}

void floods_leave_out(struct floods_left_out *out, const struct floods *f, uint64_t source_days)
{
	out->source_days += source_days;
	out->days += source_days > 0;
	out->days_unseen += f->ports_unseen > 0;
}
