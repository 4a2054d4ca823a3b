// SPDX-License-Identifier: MIT
// The last days as a ring of slots, one a day of the calendar whether it has data or not: a
// slot that holds another day than the one asked for has none of it.
#include "analyse/ports/ports_private.h"

#include "base/memory.h"

#include <string.h>

enum { SLOTS = 32, WEEK = 7 };
_Static_assert((int)SLOTS > (int)PORTS_PAST_DAYS, "the day itself has a slot too");

struct slot {
	bool is_used;
	int32_t day;
	bool has_unknown;
};

struct port_past_days {
	struct slot slots[SLOTS];
	size_t series_count;
	uint32_t *sources[PORT_SERIES_MAX];  // [SLOTS][PORTS]
};

struct port_past_days *port_past_new(size_t series_count)
{
	struct port_past_days *past = memory_new(1, sizeof *past);
	if (past == NULL)
		return NULL;
	past->series_count = series_count;
	for (size_t i = 0; i < series_count; i++)
		if ((past->sources[i] = memory_new((size_t)SLOTS * PORTS, sizeof(uint32_t))) ==
		    NULL) {
			port_past_free(past);
			return NULL;
		}
	return past;
}

void port_past_free(struct port_past_days *past)
{
	if (past == NULL)
		return;
	for (size_t i = 0; i < past->series_count; i++)
		memory_free(past->sources[i]);
	memory_free(past);
}

// Days before 1970 count too.
static size_t slot_of(int64_t day)
{
	return (size_t)((uint64_t)day % SLOTS);
}

void port_past_add(struct port_past_days *past, const struct port_day *day,
                   const struct port_series_list *series)
{
	const size_t at = slot_of(day->day);
	const bool is_clear = !past->slots[at].is_used;
	past->slots[at] = (struct slot){ true, day->day, day->has_unknown };
	for (size_t i = 0; i < series->count; i++) {
		uint32_t *sources = past->sources[i] + at * PORTS;
		const unsigned field = series->entries[i].field;
		struct port_count row;
		if (!is_clear)
			memset(sources, 0, PORTS * sizeof *sources);
		for (uint32_t p = 0; port_counts_from(day->counts, field, p, &row);
		     p = row.port + 1)
			sources[row.port] = row.sources < UINT32_MAX ? (uint32_t)row.sources
			                                             : UINT32_MAX;
	}
}

static struct port_past at(const struct port_past_days *past, const struct port_series_list *series,
                           size_t which, int64_t day, uint32_t port)
{
	const struct slot *slot = &past->slots[slot_of(day)];
	const bool is_fingerprint = series->entries[which].is_fingerprint;
	if (!slot->is_used || slot->day != day || (is_fingerprint && slot->has_unknown))
		return (struct port_past){ .is_there = false };
	return (struct port_past){ true, past->sources[which][slot_of(day) * PORTS + port] };
}

static enum port_is_new judge(uint64_t sources, uint64_t most_before, unsigned days)
{
	if (sources < PORTS_NEW_SOURCES || sources <= PORTS_NEW_TIMES * most_before)
		return PORT_NOT_NEW;
	return days >= PORTS_PAST_DAYS_MIN ? PORT_NEW : PORT_NEW_UNKNOWN;
}

void port_past_fill(const struct port_past_days *past, const struct port_series_list *series,
                    size_t which, int32_t day, struct port_row *row)
{
	struct port_past most = { .is_there = false };
	unsigned days = 0;
	for (int64_t back = 1; back <= PORTS_PAST_DAYS; back++) {
		const struct port_past then = at(past, series, which, day - back, row->port);
		days += then.is_there;
		if (then.is_there && (!most.is_there || then.sources > most.sources))
			most = then;
	}
	row->day_before = at(past, series, which, (int64_t)day - 1, row->port);
	row->week_before = at(past, series, which, (int64_t)day - WEEK, row->port);
	row->most_before = most;
	row->is_new = judge(row->sources, most.sources, days);
}
