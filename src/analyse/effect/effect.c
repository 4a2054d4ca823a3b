// SPDX-License-Identifier: MIT
#include "analyse/effect/effect.h"

#include "analyse/set_merge.h"
#include "analyse/survey/spells.h"
#include "base/memory.h"
#include "base/text.h"
#include "fingerprint/fingerprint.h"
#include "place/place.h"

#include <stdlib.h>
#include <string.h>

#define NEVER UINT32_MAX

// When an address is treated: a day, or one of these.
#define TREAT_NEVER INT32_MAX
#define TREAT_CONTROL INT32_MIN

// ---- who is treated when

// What all threads ask, and none changes.
struct plan {
	const struct effect_request *request;
	const struct survey *survey;
	struct spell_calendar calendar;
	uint32_t *
		unknown_before;  // [day_count + 1]: days before it on which nobody could see the family
	// Entries of one /16 at most, by their first address; of more; of networks.
	const struct effect_entry **narrow, **wide, **networks;
	size_t narrow_count, wide_count, network_count;
	uint32_t *days;  // of treatments, from the survey's first, ascending; only those it has
	size_t day_count;
	bool has_controls;
};

static void plan_done(struct plan *p)
{
	memory_free(p->unknown_before);
	memory_free(p->narrow);
	memory_free(p->wide);
	memory_free(p->networks);
	memory_free(p->days);
}

static int by_first(const void *a, const void *b)
{
	const struct effect_entry *x = *(const struct effect_entry *const *)a;
	const struct effect_entry *y = *(const struct effect_entry *const *)b;
	return (x->first > y->first) - (x->first < y->first);
}

static int by_number(const void *a, const void *b)
{
	const uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
	return (x > y) - (x < y);
}

static void plan_entries(struct plan *p)
{
	for (size_t i = 0; i < p->request->entry_count; i++) {
		const struct effect_entry *e = &p->request->entries[i];
		if (e->network[0] != '\0')
			p->networks[p->network_count++] = e;
		else if (e->first >> 16 == e->last >> 16)
			p->narrow[p->narrow_count++] = e;
		else
			p->wide[p->wide_count++] = e;
		p->has_controls |= e->group == EFFECT_CONTROL;
	}
	qsort(p->narrow, p->narrow_count, sizeof(const struct effect_entry *), by_first);
}

// The different days, and how many of them the survey does not have.
static void plan_days(struct plan *p, struct effect *out)
{
	size_t count = 0;
	for (size_t i = 0; i < p->request->entry_count; i++)
		if (p->request->entries[i].group == EFFECT_TREATED)
			p->days[count++] = (uint32_t)(p->request->entries[i].day -
			                              p->survey->first_day);
	qsort(p->days, count, sizeof *p->days, by_number);
	for (size_t i = 0; i < count; i++) {
		if (i > 0 && p->days[i] == p->days[i - 1])
			continue;
		out->treatment_days++;
		// What lies before the first day has wrapped around.
		if (p->days[i] >= p->survey->day_count)
			out->days_without_data++;
		else
			p->days[p->day_count++] = p->days[i];
	}
}

static bool plan_make(struct plan *p, struct effect *out, struct error *error)
{
	const size_t entries = p->request->entry_count + 1;
	const struct survey *s = p->survey;
	p->unknown_before = memory_new((size_t)s->day_count + 1, sizeof *p->unknown_before);
	p->narrow = memory_new(entries, sizeof(const struct effect_entry *));
	p->wide = memory_new(entries, sizeof(const struct effect_entry *));
	p->networks = memory_new(entries, sizeof(const struct effect_entry *));
	p->days = memory_new(entries, sizeof *p->days);
	if (p->unknown_before == NULL || p->narrow == NULL || p->wide == NULL ||
	    p->networks == NULL || p->days == NULL)
		return error_memory(error, "who was treated");
	for (uint32_t day = 0; day < s->day_count; day++)
		p->unknown_before[day + 1] = p->unknown_before[day] + !survey_is_known(s, 0, day);
	p->calendar = (struct spell_calendar){ .day_count = s->day_count,
		                               .gap_days = p->request->gap_days,
		                               .unknown_before = p->unknown_before };
	plan_entries(p);
	plan_days(p, out);
	return true;
}

// ---- one /16 over all days

// The addresses around the one that was asked last, and whether they are the network's. None: no address.
struct network_range {
	uint32_t first, last;
	bool is_asked, is_it;
};

enum state { STATE_WAITS, STATE_COUNTED, STATE_RETURNED };

struct watch {
	const struct plan *plan;
	struct effect_counts groups[EFFECT_GROUPS];
	struct network_range *networks;  // [plan->network_count]: what was asked last for each
	bool has_plan;                   // `planned` is of the /16 at hand
	bool is_out_of_memory;
	uint32_t touched_count;
	int32_t planned
		[SPELL_ADDRESSES];  // by entries that are addresses: a day, TREAT_NEVER or TREAT_CONTROL
	int32_t treated[SPELL_ADDRESSES];  // of those that were touched, networks included
	uint32_t first[SPELL_ADDRESSES],
		last[SPELL_ADDRESSES];  // sightings of the spell; NEVER: not in this /16
	uint8_t state[SPELL_ADDRESSES];
	uint16_t values[SPELL_ADDRESSES], touched[SPELL_ADDRESSES];
};

static bool counts_new(struct effect_counts *c, uint32_t times)
{
	c->ended = memory_new((size_t)times + 1, sizeof *c->ended);
	c->left = memory_new((size_t)times + 1, sizeof *c->left);
	return c->ended != NULL && c->left != NULL;
}

static void counts_free(struct effect_counts *c)
{
	memory_free(c->ended);
	memory_free(c->left);
	*c = (struct effect_counts){ .ended = NULL };
}

static void watch_free(struct watch *w)
{
	if (w == NULL)
		return;
	for (size_t g = 0; g < EFFECT_GROUPS; g++)
		counts_free(&w->groups[g]);
	memory_free(w->networks);
	memory_free(w);
}

static struct watch *watch_new(const struct plan *plan)
{
	struct watch *w = memory_large(sizeof *w);
	if (w == NULL)
		return NULL;
	w->plan = plan;
	w->touched_count = 0;
	w->has_plan = w->is_out_of_memory = false;
	w->networks = memory_new(plan->network_count + 1, sizeof *w->networks);
	memset(w->groups, 0, sizeof w->groups);
	memset(w->last, 0xff, sizeof w->last);
	bool ok = w->networks != NULL;
	for (size_t g = 0; ok && g < EFFECT_GROUPS; g++)
		ok = counts_new(&w->groups[g], plan->survey->day_count);
	if (ok)
		return w;
	watch_free(w);
	return NULL;
}

// Treated is more than control, and early more than late.
static int32_t sooner(int32_t a, const struct effect_entry *e)
{
	if (e->group == EFFECT_CONTROL)
		return a == TREAT_NEVER ? TREAT_CONTROL : a;
	return a == TREAT_NEVER || a == TREAT_CONTROL || e->day < a ? e->day : a;
}

static void plan_range(struct watch *w, const struct effect_entry *e, uint32_t key)
{
	const uint32_t begin = key << 16, end = begin | 0xffff;
	if (e->first > end || e->last < begin)
		return;
	const uint32_t first = e->first > begin ? e->first : begin;
	const uint32_t last = e->last < end ? e->last : end;
	for (uint32_t at = first & 0xffff; at <= (last & 0xffff); at++)
		w->planned[at] = sooner(w->planned[at], e);
}

// The first of the narrow entries that begin in this /16.
static size_t narrow_from(const struct plan *p, uint32_t key)
{
	size_t low = 0, high = p->narrow_count;
	while (low < high) {
		const size_t middle = low + (high - low) / 2;
		if (p->narrow[middle]->first >> 16 < key)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static void plan_key(struct watch *w, uint32_t key)
{
	const struct plan *p = w->plan;
	for (size_t i = 0; i < SPELL_ADDRESSES; i++)
		w->planned[i] = TREAT_NEVER;
	for (size_t i = 0; i < p->wide_count; i++)
		plan_range(w, p->wide[i], key);
	for (size_t i = narrow_from(p, key);
	     i < p->narrow_count && p->narrow[i]->first >> 16 == key; i++)
		plan_range(w, p->narrow[i], key);
	w->has_plan = true;
}

// Whether the address was the network's on the day of the entry. False: no memory.
static bool ask_network(const struct plan *p, const struct effect_entry *e, uint32_t address,
                        struct network_range *known)
{
	struct place_range range;
	if (known->is_asked && address >= known->first && address <= known->last)
		return true;
	if (!place_find(p->request->networks, e->day, address, &range))
		return false;
	*known = (struct network_range){ range.first, range.last, true, false };
	known->is_it = text_equal(place_at(p->request->networks, range.place)->id, e->network);
	return true;
}

static void touch(struct watch *w, uint32_t key, uint16_t low)
{
	const struct plan *p = w->plan;
	int32_t treated = w->planned[low];
	for (size_t i = 0; i < p->network_count; i++) {
		w->is_out_of_memory |= !ask_network(p, p->networks[i], key << 16 | low,
		                                    &w->networks[i]);
		if (w->networks[i].is_it)
			treated = sooner(treated, p->networks[i]);
	}
	w->touched[w->touched_count++] = low;
	w->treated[low] = treated;
	w->state[low] = STATE_WAITS;
}

static enum effect_group group_of(const struct plan *p, int32_t treated, bool *is_any)
{
	*is_any = treated != TREAT_NEVER || !p->has_controls;
	return treated == TREAT_NEVER || treated == TREAT_CONTROL ? EFFECT_CONTROL : EFFECT_TREATED;
}

// The day from which a source counts whose spell this is; NEVER: not from any within it.
static uint32_t day_within(const struct plan *p, enum effect_group group, int32_t treated,
                           uint32_t first, uint32_t last)
{
	if (group == EFFECT_TREATED) {
		const uint32_t day = (uint32_t)(treated - p->survey->first_day);
		return day >= first && day <= last ? day : NEVER;
	}
	for (size_t i = 0; i < p->day_count; i++)
		if (p->days[i] >= first)
			return p->days[i] <= last ? p->days[i] : NEVER;
	return NEVER;
}

static void end_spell(struct watch *w, uint16_t low, bool is_open)
{
	const struct plan *p = w->plan;
	bool is_any;
	const enum effect_group group = group_of(p, w->treated[low], &is_any);
	struct effect_counts *c = &w->groups[group];
	if (!is_any || w->state[low] != STATE_WAITS)
		return;
	const uint32_t day = day_within(p, group, w->treated[low], w->first[low], w->last[low]);
	if (day == NEVER)
		return;
	w->state[low] = STATE_COUNTED;
	c->sources++;
	c->recovered += !is_open;
	(is_open ? c->left : c->ended)[w->last[low] - day]++;
}

static void return_after(struct watch *w, uint16_t low)
{
	bool is_any;
	if (w->state[low] != STATE_COUNTED)
		return;
	w->groups[group_of(w->plan, w->treated[low], &is_any)].returned++;
	w->state[low] = STATE_RETURNED;
}

static void see(struct watch *w, uint32_t key, uint16_t low, uint32_t day)
{
	const struct spell_calendar *calendar = &w->plan->calendar;
	const uint32_t last = w->last[low];
	if (last == NEVER) {
		touch(w, key, low);
		w->first[low] = day;
	} else if (day > last && calendar->gap_days != SURVEY_GAP_NONE &&
	           spell_silent_days(calendar, last, day) > calendar->gap_days) {
		end_spell(w, low, false);
		return_after(w, low);
		w->first[low] = day;
	}
	w->last[low] = day;
}

static bool see_container(void *state, const struct ipset_container *container, uint32_t day)
{
	struct watch *w = state;
	const uint32_t count = ipset_container_values(container, w->values);
	if (!w->has_plan)
		plan_key(w, container->key);
	for (uint32_t i = 0; i < count; i++)
		see(w, container->key, w->values[i], day);
	return count > 0;
}

static bool end_key(void *state, uint32_t key)
{
	struct watch *w = state;
	bool is_any;
	(void)key;
	for (uint32_t i = 0; i < w->touched_count; i++) {
		const uint16_t low = w->touched[i];
		end_spell(w, low, spell_is_open_at_end(&w->plan->calendar, w->last[low]));
		const enum effect_group group = group_of(w->plan, w->treated[low], &is_any);
		w->groups[group].elsewhere += is_any && w->state[low] == STATE_WAITS;
		w->last[low] = NEVER;
	}
	w->touched_count = 0;
	w->has_plan = false;
	return !w->is_out_of_memory;
}

static const struct set_visitor watch_visitor = { see_container, end_key };

// ---- all of it

static void counts_add(struct effect_counts *sum, const struct effect_counts *c, uint32_t times)
{
	sum->sources += c->sources;
	sum->recovered += c->recovered;
	sum->returned += c->returned;
	sum->elsewhere += c->elsewhere;
	for (uint32_t t = 0; t < times; t++) {
		sum->ended[t] += c->ended[t];
		sum->left[t] += c->left[t];
	}
}

static bool watch_all(struct holdings *holdings, const struct plan *plan, unsigned family,
                      struct effect *out, struct error *error)
{
	const struct survey *s = plan->survey;
	const struct day_range days = { s->first_day, s->first_day + (int32_t)s->day_count - 1 };
	void *watches[POOL_THREADS_MAX] = { NULL };
	// A database of networks is asked by one thread.
	struct set_merge merge = { .visitor = &watch_visitor,
		                   .states = watches,
		                   .threads = plan->network_count > 0
		                                      ? 1
		                                      : pool_threads(plan->request->threads),
		                   .first_day = days.from };
	bool ok = true;
	for (unsigned i = 0; ok && i < merge.threads; i++)
		ok = (watches[i] = watch_new(plan)) != NULL ||
		     error_memory(error, "treated sources");
	ok = ok && set_merge_open(&merge, holdings, days.to, family, error) &&
	     set_merge_run(&merge, error);
	set_merge_close(&merge);
	for (unsigned i = 0; i < merge.threads; i++) {
		for (size_t g = 0; ok && g < EFFECT_GROUPS; g++)
			counts_add(&out->groups[g], &((struct watch *)watches[i])->groups[g],
			           out->times);
		watch_free(watches[i]);
	}
	return ok;
}

static bool compare(struct effect *out, struct error *error)
{
	struct survival_times times[EFFECT_GROUPS];
	for (size_t g = 0; g < EFFECT_GROUPS; g++) {
		const struct effect_counts *c = &out->groups[g];
		times[g] = (struct survival_times){ c->ended, c->left, out->times };
		if (!survival_median(&times[g], SURVIVAL_LOG_LOG, &out->medians[g], error))
			return false;
	}
	out->test = survival_log_rank(times, EFFECT_GROUPS, 1);
	return true;
}

bool effect_find(struct holdings *holdings, const struct effect_request *request,
                 struct effect *out, struct error *error)
{
	unsigned family = HOLDINGS_ALL_SYNS;
	struct survey survey;
	const struct survey_request of_survey = { .families = &request->family,
		                                  .family_count = 1,
		                                  .gap_days = request->gap_days,
		                                  .threads = request->threads };
	*out = (struct effect){ .times = 0 };
	if (!survey_run(holdings, &of_survey, &survey, error))
		return false;
	if (survey.families[0].is_fingerprint)
		(void)fingerprint_find(holdings_about(holdings).fingerprints, request->family,
		                       &family);
	struct plan plan = { .request = request, .survey = &survey };
	out->times = survey.day_count;
	bool ok = true;
	for (size_t g = 0; ok && g < EFFECT_GROUPS; g++)
		ok = counts_new(&out->groups[g], out->times) ||
		     error_memory(error, "treated sources");
	ok = ok && plan_make(&plan, out, error) &&
	     (survey.day_count == 0 || watch_all(holdings, &plan, family, out, error)) &&
	     compare(out, error);
	plan_done(&plan);
	survey_done(&survey);
	return ok;
}

void effect_done(struct effect *e)
{
	for (size_t g = 0; g < EFFECT_GROUPS; g++)
		counts_free(&e->groups[g]);
}
