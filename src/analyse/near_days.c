// SPDX-License-Identifier: MIT
#include "analyse/near_days.h"

#include "base/memory.h"

struct group {
	int32_t first, last;  // days
	uint64_t frames;
	bool is_few;
};

struct groups {
	struct group *list;
	size_t count;
	int32_t far_days;  // so many from others make one of few frames far
};

static const struct day_range no_days = { INT32_MAX, INT32_MIN };

static void stretch(struct day_range *range, int32_t from, int32_t to)
{
	range->from = from < range->from ? from : range->from;
	range->to = to > range->to ? to : range->to;
}

// The days of one capture from NEAR_FIRST_DAY on, or all. `list` has room for as many as there are stretches.
static void group_days(const struct zone *zone, const struct capture_seen *seen, int32_t first_day,
                       struct groups *out)
{
	out->count = 0;
	for (size_t i = 0; i < seen->count; i++) {
		const struct seen_stretch *s = &seen->stretches[i];
		const int32_t day = zone_day(zone, s->first_ns).day;
		struct group *last = out->count > 0 ? &out->list[out->count - 1] : NULL;
		if (day < first_day)
			continue;
		if (last == NULL || day - last->last > NEAR_GROUP_DAYS) {
			last = &out->list[out->count++];
			*last = (struct group){ .first = day };
		}
		last->last = day;
		last->frames += s->frames;
	}
}

static void find_few(struct groups *groups)
{
	uint64_t most = 0;
	for (size_t i = 0; i < groups->count; i++)
		most = groups->list[i].frames > most ? groups->list[i].frames : most;
	for (size_t i = 0; i < groups->count; i++) {
		struct group *g = &groups->list[i];
		g->is_few = g->frames == 0 || g->frames <= (most - 1) / g->frames;
	}
	groups->far_days = most < NEAR_FRAMES ? NEAR_FARTHER_DAYS : NEAR_FAR_DAYS;
}

// Whether a group that is not of few is near, before number i or behind it.
static bool has_neighbour(const struct groups *groups, size_t i)
{
	const struct group *list = groups->list;
	size_t before = i, behind = i;
	while (before > 0 && list[before].is_few)
		before--;
	while (behind + 1 < groups->count && list[behind].is_few)
		behind++;
	return (!list[before].is_few && list[i].first - list[before].last <= groups->far_days) ||
	       (!list[behind].is_few && list[behind].first - list[i].last <= groups->far_days);
}

// Adds the near days of a capture.
static void add_near(struct groups *groups, struct day_range *near)
{
	find_few(groups);
	for (size_t i = 0; i < groups->count; i++)
		if (has_neighbour(groups, i))
			stretch(near, groups->list[i].first, groups->list[i].last);
}

static bool is_span(const struct holdings_capture *c)
{
	return c->seen == NULL || c->seen->count == 0;
}

// All days on which a capture has frames, or may have.
static bool days_of(const struct zone *zone, const struct holdings_capture *c,
                    struct day_range *out)
{
	if (c->ledger == NULL || c->first_ns > c->last_ns)
		return false;
	*out = (struct day_range){ zone_day(zone, c->first_ns).day,
		                   zone_day(zone, c->last_ns).day };
	return true;
}

static bool find(const struct zone *zone, const struct holdings_captures *captures,
                 struct day_range all, struct groups *groups, struct day_range *out)
{
	const int32_t first_day = all.to >= NEAR_FIRST_DAY ? NEAR_FIRST_DAY : INT32_MIN;
	struct day_range near = no_days;
	for (size_t i = 0; i < captures->count; i++) {
		const struct holdings_capture *c = &captures->list[i];
		struct day_range days;
		if (!days_of(zone, c, &days))
			continue;
		if (is_span(c)) {
			stretch(&near, days.from, days.to);
			continue;
		}
		group_days(zone, c->seen, first_day, groups);
		add_near(groups, &near);
	}
	*out = near;
	return near.from <= near.to && (near.from > all.from || near.to < all.to);
}

bool near_days_find(const struct zone *zone, const struct holdings_captures *captures,
                    struct day_range *out, struct error *error)
{
	struct day_range all = no_days, days;
	size_t most = 0;
	for (size_t i = 0; i < captures->count; i++) {
		const struct holdings_capture *c = &captures->list[i];
		if (!days_of(zone, c, &days))
			continue;
		stretch(&all, days.from, days.to);
		if (!is_span(c) && c->seen->count > most)
			most = c->seen->count;
	}
	struct groups groups = { memory_new(most + 1, sizeof *groups.list), 0 };
	if (groups.list == NULL)
		return error_memory(error, "days");
	if (!find(zone, captures, all, &groups, &days))
		days = all_days;
	memory_free(groups.list);
	*out = days;
	return true;
}

bool near_days_are_in_doubt(const struct zone *zone, const struct capture_seen *seen)
{
	if (seen->count == 0)
		return false;
	const int32_t first = zone_day(zone, seen->stretches[0].first_ns).day;
	const int32_t last = zone_day(zone, seen->stretches[seen->count - 1].last_ns).day;
	return first < NEAR_FIRST_DAY || last - first > NEAR_FAR_DAYS;
}

void far_frames_add(const struct zone *zone, const struct capture_seen *seen, struct day_range near,
                    struct far_frames *in_out)
{
	struct far_frames far = *in_out;
	int32_t last_day = INT32_MIN;
	for (size_t i = 0; i < seen->count; i++) {
		const int32_t day = zone_day(zone, seen->stretches[i].first_ns).day;
		if (day_range_holds(near, day))
			continue;
		far.first = far.days == 0 || day < far.first ? day : far.first;
		far.last = far.days == 0 || day > far.last ? day : far.last;
		far.days += day != last_day;
		far.frames += seen->stretches[i].frames;
		last_day = day;
	}
	far.captures += far.frames > in_out->frames;
	*in_out = far;
}

struct day_range near_days_reach(struct day_range near, struct day_range wanted)
{
	struct day_range reach = near;
	if (wanted.from != all_days.from)
		reach.from = wanted.from < near.from ? wanted.from : near.from;
	else if (wanted.to < near.from)
		reach.from = all_days.from;
	if (wanted.to != all_days.to)
		reach.to = wanted.to > near.to ? wanted.to : near.to;
	else if (wanted.from > near.to)
		reach.to = all_days.to;
	return reach;
}
