// SPDX-License-Identifier: MIT
#include "analyse/variants/join_models.h"

#include "analyse/devices/accessibility.h"
#include "base/memory.h"

#include <stdlib.h>

// A host answered on a day.
struct answered {
	uint32_t address;
	int32_t day;
};

struct answered_list {
	struct answered *list;
	size_t count, capacity;
	// Whether somebody was asked on the day: from that of the first row up to 30 days after that of the last.
	struct day_range days;
	bool *asked;
};

static bool fail_memory(struct error *error)
{
	return error_memory(error, "honeypots and devices");
}

// ---- who answered when

static bool note(struct answered_list *a, uint32_t address, int32_t day)
{
	const struct answered *last = a->count > 0 ? &a->list[a->count - 1] : NULL;
	if (last != NULL && last->address == address && last->day == day)
		return true;
	if (a->count == a->capacity) {
		const size_t capacity = 2 * a->capacity + 256;
		void *more = memory_resize(a->list, capacity, sizeof *a->list);
		if (more == NULL)
			return false;
		a->list = more;
		a->capacity = capacity;
	}
	a->list[a->count++] = (struct answered){ address, day };
	return true;
}

static int by_address_and_day(const void *a, const void *b)
{
	const struct answered *x = a, *y = b;
	if (x->address != y->address)
		return x->address < y->address ? -1 : 1;
	return (x->day > y->day) - (x->day < y->day);
}

static bool note_response(struct answered_list *a, const struct zone *zone,
                          const struct response *r)
{
	const int32_t day = r->time_ns == 0 ? INT32_MIN : zone_day(zone, r->time_ns).day;
	if (!day_range_holds(a->days, day))
		return true;
	a->asked[day - a->days.from] = true;
	return r->status != RESPONSE_ANSWERED || note(a, r->address, day);
}

static bool read_answered(struct holdings *h, struct answered_list *a, struct error *error)
{
	const struct zone *zone = holdings_about(h).zone;
	struct holdings_responses *responses;
	struct response r;
	if (!holdings_open_responses(h, a->days.from, a->days.to, false, &responses, error))
		return false;
	bool ok = true;
	while (ok && responses->next(responses, &r, error))
		ok = note_response(a, zone, &r) || fail_memory(error);
	holdings_close_responses(responses);
	if (a->count > 0)
		qsort(a->list, a->count, sizeof *a->list, by_address_and_day);
	return ok && error->kind == ERROR_NONE;
}

static bool find_answered(struct holdings *h, const struct join *join, struct answered_list *a,
                          struct error *error)
{
	a->days = (struct day_range){ join->rows[0].day, join->rows[join->row_count - 1].day +
		                                                 ACCESSIBILITY_DAYS_AFTER };
	a->asked = memory_new((size_t)(a->days.to - a->days.from) + 1, sizeof *a->asked);
	return (a->asked != NULL || fail_memory(error)) && read_answered(h, a, error);
}

// The first answer of the address from the day on is not too late.
static bool has_answered(const struct answered_list *a, uint32_t address, int32_t day)
{
	const struct answered wanted = { address, day };
	size_t low = 0, high = a->count;
	while (low < high) {
		const size_t middle = low + (high - low) / 2;
		if (by_address_and_day(&a->list[middle], &wanted) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low < a->count && a->list[low].address == address &&
	       a->list[low].day - day <= ACCESSIBILITY_DAYS_AFTER;
}

static bool was_asked(const struct answered_list *a, int32_t day)
{
	bool was = false;
	for (int32_t i = 0; i <= ACCESSIBILITY_DAYS_AFTER; i++)
		was = was || a->asked[day + i - a->days.from];
	return was;
}

// ---- sightings

static uint32_t cluster_of(const struct models *m, uint32_t address)
{
	size_t low = 0, high = m->hosts.count;
	while (low < high) {
		const size_t middle = low + (high - low) / 2;
		if (m->hosts.hosts[middle].address < address)
			low = middle + 1;
		else
			high = middle;
	}
	return low < m->hosts.count && m->hosts.hosts[low].address == address
	               ? m->found.of_item[m->found.items.of_host[low]]
	               : 0;
}

// Rows are those of the day, that of all families first.
static bool count_sighting(struct join_models *out, const struct join *join, size_t row,
                           const struct honeypot_sighting *s, bool is_first, uint32_t cluster)
{
	if (is_first && !pair_counts_add(&out->counts, (uint32_t)row, cluster, 1))
		return false;
	while (join->rows[row].family != s->family)
		row++;
	return pair_counts_add(&out->counts, (uint32_t)row, cluster, 1);
}

static bool count_sightings(struct join_models *out, const struct join *join,
                            const struct honeypot_sighting *s, size_t count,
                            const struct answered_list *a)
{
	size_t row = 0;
	for (size_t i = 0; i < count; i++) {
		while (join->rows[row].day < s[i].day)
			row++;
		const bool is_first = i == 0 || s[i].day != s[i - 1].day ||
		                      s[i].source != s[i - 1].source;
		const uint32_t cluster = has_answered(a, s[i].source, s[i].day)
		                                 ? cluster_of(&out->models, s[i].source)
		                                 : 0;
		if (cluster > 0 && !count_sighting(out, join, row, &s[i], is_first, cluster))
			return false;
	}
	return true;
}

// ---- all of them

static bool join_answers(struct holdings *h, const struct join *join,
                         const struct honeypot_sighting *sightings, size_t count,
                         struct join_models *out, struct error *error)
{
	struct answered_list answered = { .list = NULL };
	bool ok = find_answered(h, join, &answered, error);
	ok = ok && (count_sightings(out, join, sightings, count, &answered) || fail_memory(error));
	for (size_t i = 0; ok && i < join->row_count; i++)
		out->is_known[i] = was_asked(&answered, join->rows[i].day);
	memory_free(answered.list);
	memory_free(answered.asked);
	return ok;
}

bool join_models_find(struct holdings *h, const struct join *join,
                      const struct honeypot_sighting *sightings, size_t count,
                      const struct models_request *request, const struct limits *limits,
                      struct join_models *out, struct error *error)
{
	*out = (struct join_models){ .first = NULL };
	out->first = memory_new(join->row_count + 1, sizeof *out->first);
	out->is_known = memory_new(join->row_count + 1, sizeof *out->is_known);
	bool ok = (out->first != NULL && out->is_known != NULL) || fail_memory(error);
	ok = ok && models_find(h, request, limits, &out->models, error);
	if (ok && join->row_count > 0 && out->models.found.count > 0)
		ok = join_answers(h, join, sightings, count, out, error);
	if (ok)
		pair_counts_by_group(&out->counts, out->first, join->row_count);
	else
		join_models_done(out);
	return ok;
}

void join_models_done(struct join_models *m)
{
	models_done(&m->models);
	pair_counts_done(&m->counts);
	memory_free(m->first);
	memory_free(m->is_known);
	*m = (struct join_models){ .first = NULL };
}
