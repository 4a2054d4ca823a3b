// SPDX-License-Identifier: MIT
// Every FROM, and every day after a TO, is a day on which the prefixes may change. For each of
// these the prefixes that are valid then are joined, and what equals its neighbour is left out.
#include "ipset/telescope.h"

#include "base/memory.h"
#include "base/text.h"

#include <stdlib.h>

// A prefix with its days, both included.
struct dated {
	struct ipset_prefix prefix;
	int32_t from, to;
};

struct parsing {
	struct dated *entries;
	int32_t *changes;
	struct ipset_prefix *room;  // for the prefixes of a period
	size_t entry_count, change_count;
	struct telescope telescope;
};

static bool parse_day(const char *piece, const char *text, size_t length, int32_t *out,
                      struct error *error)
{
	char day[CALENDAR_DAY_SIZE];
	if (length == 0)
		return true;
	if (length < sizeof day) {
		memcpy(day, text, length);
		day[length] = '\0';
		if (day_parse(day, out))
			return true;
	}
	return error_set(error, ERROR_USAGE,
	                 "the days of '%s' are not such as 2016-01-01..2017-12-31", piece);
}

// "FROM..TO" behind the "@" of the piece.
static bool parse_days(const char *piece, const char *days, struct dated *out, struct error *error)
{
	const char *dots = strstr(days, "..");
	if (dots == NULL)
		return error_set(error, ERROR_USAGE,
		                 "'%s' needs two days with .. between them; either may be empty",
		                 piece);
	if (!parse_day(piece, days, (size_t)(dots - days), &out->from, error) ||
	    !parse_day(piece, dots + 2, strlen(dots + 2), &out->to, error))
		return false;
	return out->from <= out->to ||
	       error_set(error, ERROR_USAGE, "'%s' ends before it begins", piece);
}

static bool parse_entry(const char *piece, struct dated *out, struct error *error)
{
	struct dated entry = { .from = INT32_MIN, .to = INT32_MAX };
	char prefix[64];
	const char *at = strchr(piece, '@');
	const size_t length = at != NULL ? (size_t)(at - piece) : strlen(piece);
	if (length >= sizeof prefix)
		return error_set(error, ERROR_USAGE, "'%s' is not a prefix such as 192.0.2.0/24",
		                 piece);
	memcpy(prefix, piece, length);
	prefix[length] = '\0';
	if (!ipset_prefix_parse(prefix, &entry.prefix, error) ||
	    (at != NULL && !parse_days(piece, at + 1, &entry, error)))
		return false;
	*out = entry;
	return true;
}

static int by_day(const void *a, const void *b)
{
	const int32_t x = *(const int32_t *)a, y = *(const int32_t *)b;
	return (x > y) - (x < y);
}

// Parses the entries and notes the days on which they begin and end.
static bool parse_entries(struct parsing *p, const char *text, struct error *error)
{
	char piece[64];
	p->changes[p->change_count++] = INT32_MIN;
	while (text_next(&text, ',', piece, sizeof piece)) {
		struct dated *entry = &p->entries[p->entry_count];
		if (p->entry_count == IPSET_PREFIXES_MAX)
			return error_set(error, ERROR_USAGE, "more than %d prefixes",
			                 IPSET_PREFIXES_MAX);
		if (!parse_entry(piece, entry, error))
			return false;
		p->entry_count++;
		p->changes[p->change_count++] = entry->from;
		if (entry->to < INT32_MAX)
			p->changes[p->change_count++] = entry->to + 1;
	}
	qsort(p->changes, p->change_count, sizeof *p->changes, by_day);
	return p->entry_count > 0 ||
	       error_set(error, ERROR_USAGE, "no prefix given; write one such as 192.0.2.0/24");
}

static bool same_prefixes(const struct ipset_prefixes *a, const struct ipset_prefixes *b)
{
	return a->count == b->count &&
	       (a->count == 0 || memcmp(a->ranges, b->ranges, a->count * sizeof *a->ranges) == 0);
}

static bool add_period(struct telescope *t, int32_t first_day, const struct ipset_prefixes *from,
                       struct error *error)
{
	if (t->count > 0 && same_prefixes(&t->periods[t->count - 1].prefixes, from))
		return true;
	if (t->count == TELESCOPE_PERIODS_MAX)
		return error_set(error, ERROR_USAGE,
		                 "the prefixes of the telescope change on more than %d days",
		                 TELESCOPE_PERIODS_MAX - 1);
	struct telescope_period period = { .first_day = first_day };
	period.prefixes.ranges = memory_new(from->count + 1, sizeof *from->ranges);
	if (period.prefixes.ranges == NULL)
		return error_memory(error, "the telescope");
	for (size_t i = 0; i < from->count; i++) {
		const struct ipset_prefix *range = &from->ranges[i];
		period.prefixes.ranges[period.prefixes.count++] = *range;
		period.size += (uint64_t)range->last - range->first + 1;
	}
	t->periods[t->count++] = period;
	return true;
}

static bool make_periods(struct parsing *p, struct error *error)
{
	for (size_t c = 0; c < p->change_count; c++) {
		const int32_t day = p->changes[c];
		struct ipset_prefixes valid = { .ranges = p->room };
		if (c > 0 && day == p->changes[c - 1])
			continue;
		for (size_t i = 0; i < p->entry_count; i++)
			if (p->entries[i].from <= day && day <= p->entries[i].to)
				valid.ranges[valid.count++] = p->entries[i].prefix;
		ipset_prefixes_join(&valid);
		if (!add_period(&p->telescope, day, &valid, error))
			return false;
	}
	return true;
}

bool telescope_parse(const char *text, struct telescope *out, struct error *error)
{
	struct parsing p = {
		.entries = memory_new(IPSET_PREFIXES_MAX, sizeof *p.entries),
		.changes = memory_new(2 * IPSET_PREFIXES_MAX + 1, sizeof *p.changes),
		.room = memory_new(IPSET_PREFIXES_MAX, sizeof *p.room),
		.telescope.periods = memory_new(TELESCOPE_PERIODS_MAX, sizeof *out->periods),
	};
	bool ok = p.entries != NULL && p.changes != NULL && p.room != NULL &&
	          p.telescope.periods != NULL;
	if (ok)
		ok = parse_entries(&p, text, error) && make_periods(&p, error);
	else
		error_memory(error, "the telescope");
	memory_free(p.entries);
	memory_free(p.changes);
	memory_free(p.room);
	if (!ok) {
		telescope_done(&p.telescope);
		return false;
	}
	*out = p.telescope;
	return true;
}

void telescope_done(struct telescope *t)
{
	for (size_t i = 0; i < t->count; i++)
		ipset_prefixes_done(&t->periods[i].prefixes);
	memory_free(t->periods);
	*t = (struct telescope){ .count = 0 };
}

bool telescope_same(const struct telescope *a, const struct telescope *b)
{
	bool is_same = a->count == b->count;
	for (size_t i = 0; is_same && i < a->count; i++)
		is_same = a->periods[i].first_day == b->periods[i].first_day &&
		          same_prefixes(&a->periods[i].prefixes, &b->periods[i].prefixes);
	return is_same;
}

bool telescope_ever(const struct telescope *t, struct ipset_prefixes *out, struct error *error)
{
	size_t count = 0;
	for (size_t i = 0; i < t->count; i++)
		count += t->periods[i].prefixes.count;
	struct ipset_prefixes ever = { .ranges = memory_new(count + 1, sizeof *ever.ranges) };
	if (ever.ranges == NULL)
		return error_memory(error, "the telescope");
	for (size_t i = 0; i < t->count; i++)
		for (size_t k = 0; k < t->periods[i].prefixes.count; k++)
			ever.ranges[ever.count++] = t->periods[i].prefixes.ranges[k];
	ipset_prefixes_join(&ever);
	*out = ever;
	return true;
}

// The last period that begins on the day or before; NULL: there are none.
static const struct telescope_period *period_of(const struct telescope *t, int32_t day)
{
	size_t low = 0, high = t->count;
	while (low < high) {
		const size_t middle = (low + high) / 2;
		if (t->periods[middle].first_day <= day)
			low = middle + 1;
		else
			high = middle;
	}
	return low > 0 ? &t->periods[low - 1] : NULL;
}

const struct ipset_prefixes *telescope_on(const struct telescope *t, int32_t day)
{
	const struct telescope_period *period = period_of(t, day);
	return period != NULL ? &period->prefixes : NULL;
}

uint64_t telescope_size(const struct telescope *t, int32_t day)
{
	const struct telescope_period *period = period_of(t, day);
	return period != NULL ? period->size : 0;
}

const struct ipset_prefixes *telescope_undated(const struct telescope *t)
{
	return t->count == 1 ? &t->periods[0].prefixes : NULL;
}

struct telescope_gate telescope_gate_make(const struct telescope *t, const struct zone *zone)
{
	// The span holds no moment.
	return (struct telescope_gate){ .telescope = t, .zone = zone, .day.begin_ns = 1 };
}

bool telescope_gate_passes(struct telescope_gate *g, uint64_t time_ns, uint32_t destination)
{
	if (time_ns < g->day.begin_ns || time_ns >= g->day.end_ns) {
		g->day = zone_day(g->zone, time_ns);
		g->prefixes = telescope_on(g->telescope, g->day.day);
	}
	return g->prefixes == NULL || ipset_prefixes_hold(g->prefixes, destination);
}
