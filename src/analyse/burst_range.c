// SPDX-License-Identifier: MIT
#include "analyse/burst_range.h"

#include "base/memory.h"
#include "holdings/days.h"

struct bursts_kept bursts_kept(const struct holdings *h, enum burst_form form,
                               struct day_range range)
{
	struct bursts_kept all = { .days = 0 };
	struct held_day day = { .count = 0 };
	while (held_day_next(h, range, &day)) {
		const struct holdings_kept kept = holdings_kept(h, period_of_day(day.day), form);
		all.days++;
		all.none += !kept.is_some;
		all.part += kept.is_some && !kept.is_whole;
		all.evicted_bursts += kept.evicted_bursts;
		all.evicted_packets += kept.evicted_packets;
	}
	return all;
}

struct day_range burst_range_reach(struct day_range days, uint64_t silence_s)
{
	enum { SHORT_DAY_S = 23 * 3600 };
	struct day_range reach = day_range_with_past(days, (uint32_t)(silence_s / SHORT_DAY_S + 2));
	reach.to = all_days.to;
	return reach;
}

struct telescope_range telescope_range(const struct holdings *h, struct day_range days)
{
	const struct telescope *t = holdings_about(h).telescope_days;
	struct telescope_range all = { .least = 0 };
	struct held_day day = { .count = 0 };
	while (t != NULL && held_day_next(h, days, &day)) {
		const uint64_t size = telescope_size(t, day.day);
		all.most = size > all.most ? size : all.most;
		if (size > 0 && (all.least == 0 || size < all.least))
			all.least = size;
	}
	return all;
}

static bool open_days(struct holdings *h, enum burst_form form, struct day_range range,
                      struct burst_stream **streams, size_t *count, struct error *error)
{
	struct held_day day = { .count = 0 };
	while (held_day_next(h, range, &day)) {
		if (!holdings_open_bursts(h, period_of_day(day.day), form, &streams[*count], error))
			return false;
		++*count;
	}
	return true;
}

bool burst_range_open(struct holdings *h, enum burst_form form, struct day_range range,
                      uint64_t silence_ns, struct burst_stream **out, struct error *error)
{
	struct burst_stream **streams = memory_new(held_days_count(h, range) + 1,
	                                           sizeof(struct burst_stream *));
	struct burst_stream *merger = NULL;
	size_t count = 0;
	bool ok = streams != NULL || error_memory(error, "bursts");
	ok = ok && open_days(h, form, range, streams, &count, error);
	if (ok) {
		merger = burst_merger_new(streams, count, silence_ns);
		ok = merger != NULL || error_memory(error, "bursts");
	} else {
		for (size_t i = 0; i < count; i++)
			streams[i]->close(streams[i]);
	}
	memory_free(streams);
	if (ok)
		*out = merger;
	return ok;
}
