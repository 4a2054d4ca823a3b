// SPDX-License-Identifier: MIT
// What honeypots saw: families by day and country.
#include "report/sections.h"

#include "base/memory.h"
#include "base/text.h"

#include <stdlib.h>
#include <string.h>

// ---- asking

static bool was_logged(const struct report_about *about)
{
	const struct description *d = about->description;
	for (size_t i = 0; i < d->logged_count; i++)
		if (day_range_holds(about->shown, d->logged[i]))
			return true;
	return false;
}

void variants_section_ask(struct variants_section *s, const struct report_about *about,
                          struct plan *plan)
{
	struct question q = { .kind = QUESTION_VARIANTS,
		              .days = about->shown,
		              .variants = { .by = VARIANTS_BY_FAMILY } };
	s->is_there = about->description->has_addresses && was_logged(about);
	if (!s->is_there)
		return;
	s->by_day = plan_ask(plan, &q);
	q.variants.by = VARIANTS_TABLE;
	s->table = plan_ask(plan, &q);
	q.kind = QUESTION_JOIN;
	q.variants.by = VARIANTS_BY_FAMILY;
	s->join = plan_ask(plan, &q);
	q.kind = QUESTION_LOGGED;
	s->logged = plan_ask(plan, &q);
	q.kind = QUESTION_INFECTED;
	s->infected = plan_ask(plan, &q);
}

// ---- rows of the answer

// Sources of a family and country on a day.
struct variant_row {
	const char *family, *country;
	int32_t day;
	uint64_t sources;
};

static int by_family_country(const void *a, const void *b)
{
	const struct variant_row *x = a, *y = b;
	const int order = strcmp(x->family, y->family);
	return order != 0 ? order : strcmp(x->country, y->country);
}

static int by_country(const void *a, const void *b)
{
	return strcmp(((const struct variant_row *)a)->country,
	              ((const struct variant_row *)b)->country);
}

static struct variant_row *read_rows(struct variants_section *s, const struct answer *a)
{
	const size_t family = answer_column(a, "family"), country = answer_column(a, "country"),
		     day = answer_column(a, "day"), sources = answer_column(a, "sources");
	struct variant_row *rows = report_block(&s->blocks, a->row_count, sizeof *rows);
	for (size_t i = 0; rows != NULL && i < a->row_count; i++)
		rows[i] = (struct variant_row){ answer_text(a, i, family),
			                        answer_text(a, i, country), answer_day(a, i, day),
			                        answer_number(a, i, sources) };
	return rows;
}

struct report_place variants_place(const struct report_about *about, const char *id)
{
	const bool is_japanese = about->options->lang == LANG_JA;
	return (struct report_place){ .id = id, .name = place_country_name(id, is_japanese) };
}

// Sums of a group of rows, by day; days that nobody logged are unknown. NULL: no memory.
static const uint64_t *sum_days(struct variants_section *s, const struct report_about *about,
                                const struct variant_row *rows, size_t count)
{
	const size_t days = (size_t)(about->shown.to - about->shown.from) + 1;
	uint64_t *sums = report_block(&s->blocks, days, sizeof *sums);
	for (size_t i = 0; sums != NULL && i < days; i++)
		sums[i] = s->report.has_log[i] ? 0 : REPORT_UNKNOWN;
	for (size_t i = 0; sums != NULL && i < count; i++)
		if (day_range_holds(about->shown, rows[i].day)) {
			uint64_t *sum = &sums[rows[i].day - about->shown.from];
			*sum = *sum == REPORT_UNKNOWN ? rows[i].sources : *sum + rows[i].sources;
		}
	return sums;
}

static size_t group_end(const struct variant_row *rows, size_t begin, size_t count,
                        int (*compare)(const void *, const void *))
{
	size_t end = begin;
	while (end < count && compare(&rows[begin], &rows[end]) == 0)
		end++;
	return end;
}

static uint64_t sum_of(const struct variant_row *rows, size_t count)
{
	uint64_t sum = 0;
	for (size_t i = 0; i < count; i++)
		sum += rows[i].sources;
	return sum;
}

// ---- families

static int by_family(const void *a, const void *b)
{
	return strcmp(((const struct variant_row *)a)->family,
	              ((const struct variant_row *)b)->family);
}

static void insert_place(struct report_variant *v, struct report_place place)
{
	const bool is_full = v->place_count == REPORT_VARIANT_PLACES;
	size_t at = is_full ? REPORT_VARIANT_PLACES - 1 : v->place_count;
	if (is_full && v->places[at].sources >= place.sources)
		return;
	for (; at > 0 && v->places[at - 1].sources < place.sources; at--)
		v->places[at] = v->places[at - 1];
	v->places[at] = place;
	v->place_count += !is_full;
}

// Rows of one family, by country.
static bool fill_family(struct variants_section *s, const struct report_about *about,
                        const struct variant_row *rows, size_t count, struct report_variant *v)
{
	*v = (struct report_variant){ .family = rows->family,
		                      .by_day = sum_days(s, about, rows, count),
		                      .source_days = sum_of(rows, count),
		                      .first_day = rows->day,
		                      .last_day = rows->day };
	for (size_t i = 0, next = 0; i < count; i = next) {
		struct report_place place = variants_place(about, rows[i].country);
		next = group_end(rows, i, count, by_family_country);
		place.sources = sum_of(&rows[i], next - i);
		if (about->description->database_count > 0)
			insert_place(v, place);
	}
	for (size_t i = 0; i < count; i++) {
		v->first_day = rows[i].day < v->first_day ? rows[i].day : v->first_day;
		v->last_day = rows[i].day > v->last_day ? rows[i].day : v->last_day;
	}
	return v->by_day != NULL;
}

static int by_source_days(const void *a, const void *b)
{
	const struct report_variant *x = a, *y = b;
	if (x->source_days != y->source_days)
		return x->source_days > y->source_days ? -1 : 1;
	return strcmp(x->family, y->family);
}

static bool fill_families(struct variants_section *s, const struct report_about *about,
                          struct variant_row *rows, size_t count)
{
	size_t families = 0;
	if (count > 0)
		qsort(rows, count, sizeof *rows, by_family_country);
	for (size_t i = 0; i < count; i = group_end(rows, i, count, by_family))
		families++;
	s->families = report_block(&s->blocks, families, sizeof *s->families);
	if (s->families == NULL)
		return false;
	for (size_t i = 0, next = 0, n = 0; i < count; i = next, n++) {
		next = group_end(rows, i, count, by_family);
		if (!fill_family(s, about, &rows[i], next - i, &s->families[n]))
			return false;
	}
	if (families > 0)
		qsort(s->families, families, sizeof *s->families, by_source_days);
	s->report.families = s->families;
	s->report.count = families;
	return true;
}

// ---- countries

static int by_place_sources(const void *a, const void *b)
{
	const struct report_variant_country *x = a, *y = b;
	if (x->place.sources != y->place.sources)
		return x->place.sources > y->place.sources ? -1 : 1;
	return strcmp(x->place.id, y->place.id);
}

static bool fill_countries(struct variants_section *s, const struct report_about *about,
                           struct variant_row *rows, size_t count)
{
	size_t countries = 0;
	if (about->description->database_count == 0)
		return true;
	if (count > 0)
		qsort(rows, count, sizeof *rows, by_country);
	for (size_t i = 0; i < count; i = group_end(rows, i, count, by_country))
		countries++;
	struct report_variant_country *list = report_block(&s->blocks, countries, sizeof *list);
	if (list == NULL)
		return false;
	for (size_t i = 0, next = 0, n = 0; i < count; i = next, n++) {
		next = group_end(rows, i, count, by_country);
		list[n].place = variants_place(about, rows[i].country);
		list[n].place.sources = sum_of(&rows[i], next - i);
		list[n].by_day = sum_days(s, about, &rows[i], next - i);
		if (list[n].by_day == NULL)
			return false;
	}
	if (countries > 0)
		qsort(list, countries, sizeof *list, by_place_sources);
	s->report.countries = list;
	s->report.country_count = countries;
	return true;
}

// ---- types

static bool fill_types(struct variants_section *s, const struct answer *a)
{
	const size_t type = answer_column(a, "type"), programs = answer_column(a, "programs"),
		     tokens = answer_column(a, "tokens"), countries = answer_column(a, "countries"),
		     keys = answer_column(a, "keys");
	struct report_variant_type *list = report_block(&s->blocks, a->row_count, sizeof *list);
	static const char *const numbers[] = { "", "1", "2" };
	if (list == NULL)
		return false;
	for (size_t i = 0; i < a->row_count; i++) {
		const uint64_t number = answer_number(a, i, programs);
		list[i] = (struct report_variant_type){ answer_text(a, i, type),
			                                numbers[number < 3 ? number : 0],
			                                answer_text(a, i, tokens),
			                                answer_text(a, i, countries),
			                                answer_text(a, i, keys) };
	}
	s->report.types = list;
	s->report.type_count = a->row_count;
	return true;
}

// ---- all of it

static bool fill_logged(struct variants_section *s, const struct report_about *about)
{
	const struct description *d = about->description;
	const size_t days = (size_t)(about->shown.to - about->shown.from) + 1;
	bool *has_log = report_block(&s->blocks, days, sizeof *has_log);
	size_t first = SIZE_MAX, last = 0, logged = 0;
	if (has_log == NULL)
		return false;
	for (size_t i = 0; i < d->logged_count; i++)
		if (day_range_holds(about->shown, d->logged[i])) {
			last = (size_t)(d->logged[i] - about->shown.from);
			first = first == SIZE_MAX ? last : first;
			has_log[last] = true;
			logged++;
		}
	s->report.has_log = has_log;
	s->report.silent_days = (uint32_t)(last - first + 1 - logged);
	return true;
}

// By day the share that honeypots logged; where none belongs to the day, none of it.
static bool fill_shares(struct variants_section *s, const struct report_about *about,
                        const struct answer *a)
{
	const size_t days = (size_t)(about->shown.to - about->shown.from) + 1;
	const size_t day = answer_column(a, "day"), share = answer_column(a, "share");
	double *logged = report_block(&s->blocks, days, sizeof *logged);
	if (logged == NULL)
		return false;
	for (size_t row = 0; row < a->row_count; row++) {
		const double part = answer_real(a, row, share);
		logged[answer_day(a, row, day) - about->shown.from] = part;
		s->report.part_days += part > 0 && part < 1;
	}
	s->report.logged = logged;
	return true;
}

bool variants_section_fill(struct variants_section *s, const struct report_about *about,
                           const struct plan *plan, struct error *error)
{
	if (!s->is_there)
		return true;
	const struct answer *a = plan_answer(plan, s->by_day);
	struct variant_row *rows = read_rows(s, a);
	return (rows != NULL && fill_logged(s, about) &&
	        fill_shares(s, about, plan_answer(plan, s->logged)) &&
	        fill_families(s, about, rows, a->row_count) &&
	        fill_countries(s, about, rows, a->row_count) &&
	        fill_types(s, plan_answer(plan, s->table)) &&
	        variants_section_join(s, about, plan)) ||
	       error_memory(error, "variants");
}

void variants_section_done(struct variants_section *s)
{
	report_blocks_done(&s->blocks);
}
