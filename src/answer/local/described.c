// SPDX-License-Identifier: MIT
#include "answer/local/described.h"

#include "base/memory.h"
#include "holdings/days.h"
#include "holdings/holdings.h"

void described_free(struct described *d)
{
	memory_free(d->fingerprints);
	memory_free(d->days);
	memory_free(d->asked);
	memory_free(d->logged);
	memory_free(d->lost);
	memory_free(d->databases);
	caveats_done(&d->all.caveats);
	*d = (struct described){ .days = NULL };
}

bool describe_fingerprints(struct described *d, const struct holdings *h, struct error *error)
{
	const struct fingerprint_set *set = holdings_about(h).fingerprints;
	struct described_fingerprint *list = memory_new(set->count + 1, sizeof *list);
	if (list == NULL)
		return error_memory(error, "a description");
	for (size_t i = 0; i < set->count; i++) {
		const struct fingerprint *f = &set->entries[i];
		list[i] = (struct described_fingerprint){
			f->name,        f->rule,     f->what,
			f->source,      f->strength, f->kind == FINGERPRINT_FAMILY,
			f->chance_bits, f->part_of
		};
	}
	memory_free(d->fingerprints);
	d->all.fingerprints = d->fingerprints = list;
	d->all.fingerprint_count = set->count;
	return true;
}

static bool list_lost(struct described *d, const struct holdings *h, struct error *error)
{
	size_t count;
	const struct lost_day *lost = holdings_lost(h, &count);
	struct described_lost_day *list = memory_new(count + 1, sizeof *list);
	if (list == NULL)
		return error_memory(error, "a description");
	for (size_t i = 0; i < count; i++)
		list[i] = (struct described_lost_day){ lost[i].day, lost[i].why };
	memory_free(d->lost);
	d->all.lost = d->lost = list;
	d->all.lost_count = count;
	return true;
}

// A list of days in holdings: its next one.
typedef bool next_day(const struct holdings *, int32_t from, int32_t *out);

static size_t days_of(const struct holdings *h, next_day *next, int32_t *out)
{
	size_t count = 0;
	int32_t day = INT32_MIN;
	while (next(h, day, &day)) {
		if (out != NULL)
			out[count] = day;
		count++;
		if (day++ == INT32_MAX)
			break;
	}
	return count;
}

static bool list_days(const struct holdings *h, next_day *next, int32_t **list, size_t *out_count,
                      struct error *error)
{
	int32_t *days = memory_new(days_of(h, next, NULL) + 1, sizeof *days);
	if (days == NULL)
		return error_memory(error, "a description");
	*out_count = days_of(h, next, days);
	memory_free(*list);
	*list = days;
	return true;
}

static bool list_others(struct described *d, const struct holdings *h, struct error *error)
{
	if (!list_days(h, holdings_next_asked_day, &d->asked, &d->all.asked_count, error) ||
	    !list_days(h, holdings_next_event_day, &d->logged, &d->all.logged_count, error))
		return false;
	d->all.asked = d->asked;
	d->all.logged = d->logged;
	return true;
}

bool describe_days(struct described *d, const struct holdings *h, struct error *error)
{
	struct held_day day = { .count = 0 };
	size_t count = 0;
	int32_t *list = memory_new(held_days_count(h, all_days) + 1, sizeof *list);
	if (list == NULL)
		return error_memory(error, "a description");
	while (held_day_next(h, all_days, &day))
		list[count++] = day.day;
	memory_free(d->days);
	d->all.days = d->days = list;
	d->all.day_count = count;
	return list_lost(d, h, error) && list_others(d, h, error);
}
