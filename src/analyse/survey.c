// SPDX-License-Identifier: MIT
// The infection survey, one /16 at a time.
//
// For one container key the days are walked in order with one array of 65,536
// day numbers, the last sighting of each address: it stays in the cache, and memory does
// not depend on how many sources there are. Several segments of one day need no
// union: an address that was seen on the day already is passed over.
#include "analyse/lifetimes.h"

#include "base/interrupt.h"
#include "base/memory.h"
#include "base/text.h"
#include "store/store.h"

#include <stdlib.h>

enum { ADDRESSES = 65536, NEVER = -1 };

// The set of one segment, standing at its next container.
struct day_set {
	int32_t day;  // index from the survey's first day
	struct ipset_view view;
	struct ipset_container container;
	bool has_container;
};

struct survey_run {
	struct store *store;
	struct survey *survey;
	struct survey_family *family;
	uint32_t *unknown_before;  // [day_count + 1]: unknown days before the day
	struct day_set *sets;      // ascending by day
	size_t set_count;
	int32_t first[ADDRESSES];  // first sighting of the current spell
	int32_t last[ADDRESSES];   // last sighting, NEVER: not seen in this /16
	uint16_t values[ADDRESSES];
	uint16_t touched[ADDRESSES];
	size_t touched_count;
};

struct family_names {
	const char *const *names;
	size_t count;
};

static void advance(struct day_set *set)
{
	set->has_container = ipset_view_next(&set->view, &set->container);
}

static void end_spell(struct survey_run *run, uint16_t address, bool is_open)
{
	struct lifetimes *lifetimes = &run->family->lifetimes;
	const int32_t first = run->first[address], last = run->last[address];
	lifetimes->spells++;
	if (is_open) {
		lifetimes->open_spells++;
		lifetimes->open[last - first + 1]++;
	} else {
		lifetimes->ended[last - first + 1]++;
		run->family->days[last + 1].recovered++;
	}
}

// Days after `last` and before `day` on which the family could have been seen.
static uint32_t silent_days(const struct survey_run *run, int32_t last, int32_t day)
{
	const uint32_t days = (uint32_t)(day - last - 1);
	if (!run->family->is_fingerprint)
		return days;
	return days - (run->unknown_before[day] - run->unknown_before[last + 1]);
}

static void see(struct survey_run *run, uint16_t address, int32_t day)
{
	struct survey_day *today = &run->family->days[day];
	const int32_t last = run->last[address];
	if (last == day)
		return;
	today->sources++;
	if (last == NEVER) {
		run->touched[run->touched_count++] = address;
		run->family->lifetimes.sources++;
		today->new_sources++;
		run->first[address] = day;
	} else if (silent_days(run, last, day) > run->survey->gap_days) {
		end_spell(run, address, false);
		today->returned++;
		run->first[address] = day;
	}
	run->last[address] = day;
}

// A spell has ended when enough silence was seen after it.
static bool is_open_at_end(const struct survey_run *run, int32_t last)
{
	const struct survey *survey = run->survey;
	const uint32_t silent = silent_days(run, last, (int32_t)survey->day_count);
	return survey->gap_days == SURVEY_GAP_NONE ? silent == 0 : silent <= survey->gap_days;
}

static bool walk_key(struct survey_run *run, uint16_t key, struct error *error)
{
	run->touched_count = 0;
	for (size_t i = 0; i < run->set_count; i++) {
		struct day_set *set = &run->sets[i];
		if (!set->has_container || set->container.key != key)
			continue;
		const uint32_t count = ipset_container_values(&set->container, run->values);
		if (count == 0)
			return error_set(error, ERROR_FAILED,
			                 "a set of sources contradicts itself; "
			                 "run `hotaru verify`");
		for (uint32_t v = 0; v < count; v++)
			see(run, run->values[v], set->day);
		advance(set);
	}
	for (size_t i = 0; i < run->touched_count; i++) {
		const uint16_t address = run->touched[i];
		end_spell(run, address, is_open_at_end(run, run->last[address]));
		run->last[address] = NEVER;
	}
	return true;
}

static bool walk(struct survey_run *run, struct error *error)
{
	for (;;) {
		uint32_t key = ADDRESSES;
		for (size_t i = 0; i < run->set_count; i++)
			if (run->sets[i].has_container && run->sets[i].container.key < key)
				key = run->sets[i].container.key;
		if (key == ADDRESSES)
			break;
		if (interrupt_requested())
			return error_set(error, ERROR_FAILED, "interrupted");
		if (!walk_key(run, (uint16_t)key, error))
			return false;
	}
	for (size_t i = 0; i < run->set_count; i++)
		if (run->sets[i].view.is_damaged)
			return error_set(error, ERROR_FAILED,
			                 "a set of sources is cut off; run `hotaru verify`");
	return true;
}

static bool holds_day(const struct survey *s, int32_t day)
{
	return day >= s->first_day && day - s->first_day < (int64_t)s->day_count;
}

// Opens the family's set of every segment, and sums its packets.
static bool open_sets(struct survey_run *run, unsigned bit, struct error *error)
{
	struct survey *survey = run->survey;
	run->set_count = 0;
	for (size_t i = 0; i < store_segment_count(run->store); i++) {
		const int32_t day = store_segment_at(run->store, i)->day - survey->first_day;
		uint64_t packets;
		struct span bytes;
		if (!holds_day(survey, store_segment_at(run->store, i)->day))
			continue;
		if (!store_segment_syns(run->store, i, bit, &packets, error) ||
		    !store_segment_set(run->store, i, bit, &bytes, error))
			return false;
		run->family->days[day].packets += packets;
		if (bytes.length == 0)
			continue;
		struct day_set *set = &run->sets[run->set_count++];
		*set = (struct day_set){ .day = day };
		if (!ipset_view_open(bytes, &set->view))
			return error_set(error, ERROR_FAILED,
			                 "a set of sources has no head; run `hotaru verify`");
		advance(set);
	}
	return true;
}

static void accumulate(struct survey_family *family, uint32_t day_count)
{
	uint64_t gained = 0, lost = 0;
	for (uint32_t i = 0; i < day_count; i++) {
		struct survey_day *day = &family->days[i];
		gained += day->new_sources + day->returned;
		lost += day->recovered;
		day->cumulative_new = gained;
		day->cumulative_recovered = lost;
		day->active = gained - lost;
	}
}

static int by_name(const void *a, const void *b)
{
	return strcmp(((const struct survey_family *)a)->name,
	              ((const struct survey_family *)b)->name);
}

// The first and last day with a segment in the window; false if there is none.
static bool days_in(const struct store *store, const struct survey_window *window, int32_t *first,
                    int32_t *last)
{
	bool has_any = false;
	for (size_t i = 0; i < store_segment_count(store); i++) {
		const int32_t day = store_segment_at(store, i)->day;
		if (day < window->from || day > window->to)
			continue;
		if (!has_any)
			*first = day;
		*last = day;
		has_any = true;
	}
	return has_any;
}

static bool look_at_days(struct survey *s, struct store *store, struct error *error)
{
	for (size_t i = 0; i < store_segment_count(store); i++) {
		const int32_t day = store_segment_at(store, i)->day;
		uint64_t unknown;
		if (!holds_day(s, day))
			continue;
		if (!store_segment_syns(store, i, FINGERPRINT_UNKNOWN, &unknown, error))
			return false;
		s->has_data[day - s->first_day] = true;
		s->has_unknown[day - s->first_day] |= unknown > 0;
	}
	return true;
}

uint32_t survey_unknown_days(const struct survey *s)
{
	uint32_t days = 0;
	for (uint32_t i = 0; i < s->day_count; i++)
		days += s->has_unknown[i];
	return days;
}

bool survey_is_unknown(const struct survey *s, size_t family)
{
	bool has_data = false;
	// None was seen, and not all days could be looked at: that is not none.
	if (s->families[family].is_fingerprint && s->families[family].lifetimes.spells == 0 &&
	    survey_unknown_days(s) > 0)
		return true;
	for (uint32_t i = 0; i < s->day_count; i++) {
		if (s->has_data[i] && survey_is_known(s, family, i))
			return false;
		has_data = has_data || s->has_data[i];
	}
	return has_data;
}

static bool make_rows(struct survey *s, struct store *store, const struct family_names *families,
                      const struct survey_window *window, struct error *error)
{
	const size_t family_count = families->count;
	int32_t last;
	if (days_in(store, window, &s->first_day, &last))
		s->day_count = (uint32_t)(last - s->first_day) + 1;
	// One day more than there is: the day after the last one takes no recoveries,
	// but arrays by length of life are indexed from 1.
	const size_t rows = (size_t)s->day_count + 1;
	s->has_data = memory_new(rows, sizeof *s->has_data);
	s->has_unknown = memory_new(rows, sizeof *s->has_unknown);
	s->families = memory_new(family_count + 1, sizeof *s->families);
	if (s->has_data == NULL || s->has_unknown == NULL || s->families == NULL)
		return error_memory(error, "the survey");
	if (!look_at_days(s, store, error))
		return false;
	for (size_t i = 0; i < family_count; i++) {
		struct survey_family *family = &s->families[s->family_count++];
		family->name = families->names[i];
		family->is_fingerprint = !text_equal(family->name, "*");
		family->days = memory_new(rows, sizeof *family->days);
		family->lifetimes.ended = memory_new(rows, sizeof(uint64_t));
		family->lifetimes.open = memory_new(rows, sizeof(uint64_t));
		if (family->days == NULL || family->lifetimes.ended == NULL ||
		    family->lifetimes.open == NULL)
			return error_memory(error, "the survey");
	}
	qsort(s->families, s->family_count, sizeof *s->families, by_name);
	return true;
}

static bool survey_family(struct survey_run *run, struct error *error)
{
	unsigned bit = STORE_ALL;
	const struct fingerprint_set *set = &store_settings(run->store)->fingerprints;
	if (run->family->is_fingerprint && fingerprint_find(set, run->family->name, &bit) == NULL)
		return error_set(
			error, ERROR_USAGE,
			"'%s' is no fingerprint of this store; see `hotaru fingerprints -s %s`",
			run->family->name, store_path(run->store));
	if (!open_sets(run, bit, error) || !walk(run, error))
		return false;
	accumulate(run->family, run->survey->day_count);
	lifetimes_summarise(&run->family->lifetimes, run->survey->day_count);
	return true;
}

static bool count_unknown(struct survey_run *run, const struct survey *s, struct error *error)
{
	run->unknown_before = memory_new((size_t)s->day_count + 1, sizeof *run->unknown_before);
	if (run->unknown_before == NULL)
		return error_memory(error, "the survey");
	for (uint32_t i = 0; i < s->day_count; i++)
		run->unknown_before[i + 1] = run->unknown_before[i] + s->has_unknown[i];
	return true;
}

const struct survey_window survey_all_days = { INT32_MIN, INT32_MAX };

bool survey_run(struct store *store, const char *const *families, size_t family_count,
                uint32_t gap_days, struct survey *out, struct error *error)
{
	return survey_run_window(store, families, family_count, gap_days, &survey_all_days, out,
	                         error);
}

bool survey_run_window(struct store *store, const char *const *families, size_t family_count,
                       uint32_t gap_days, const struct survey_window *window, struct survey *out,
                       struct error *error)
{
	const struct family_names names = { families, family_count };
	struct survey survey = { .gap_days = gap_days };
	struct survey_run *run = memory_new(1, sizeof *run);
	bool ok = run != NULL && (run->sets = memory_new(store_segment_count(store) + 1,
	                                                 sizeof *run->sets)) != NULL;
	if (!ok)
		error_memory(error, "the survey");
	ok = ok && make_rows(&survey, store, &names, window, error) &&
	     count_unknown(run, &survey, error);
	if (ok) {
		run->store = store;
		run->survey = &survey;
		memset(run->last, 0xff, sizeof run->last);
	}
	for (size_t i = 0; ok && i < survey.family_count; i++) {
		run->family = &survey.families[i];
		ok = survey_family(run, error);
	}
	if (run != NULL)
		memory_free(run->sets);
	if (run != NULL)
		memory_free(run->unknown_before);
	memory_free(run);
	if (!ok) {
		survey_done(&survey);
		return false;
	}
	*out = survey;
	return true;
}

void survey_done(struct survey *s)
{
	for (size_t i = 0; i < s->family_count; i++) {
		memory_free(s->families[i].days);
		memory_free(s->families[i].lifetimes.ended);
		memory_free(s->families[i].lifetimes.open);
	}
	memory_free(s->families);
	memory_free(s->has_data);
	memory_free(s->has_unknown);
	*s = (struct survey){ .family_count = 0 };
}
