// SPDX-License-Identifier: MIT
// What changed around a day: sources a day of families, ports and countries in the N days from it on against the N
// days before, and how often that much changes when nothing is known to have happened: between any other two windows
// of N days that follow each other.
//
// Days of which nothing or not all is known (without captures, not captured as a whole, lost, flows of families)
// count in no mean. Ratios are compared with half a source added to both means, so that one source more where
// nobody was is no news.
#include "answer/local/changes.h"

#include "base/memory.h"
#include "base/text.h"
#include "holdings/days.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define HALF_A_SOURCE 0.5
#define ROUNDING                                                                                   \
	1e-9  // the logarithm of a ratio and that of its inverse differ in their last digits
enum { ID_SIZE = 72, PERCENT = 100, LOW_PERCENT = 5, HIGH_PERCENT = 95 };

// What is compared: its name, and what counts it by day. To compare something else, add a line.
static const struct measure {
	const char *name;
	enum change_subject subject;
	bool (*count)(struct changes_run *, struct error *error);
} measures[] = {
	{ "family", SUBJECT_FAMILY, changes_of_families },
	{ "port", SUBJECT_PORT, changes_of_ports },
	{ "country", SUBJECT_COUNTRY, changes_of_places },
};
enum { MEASURES = sizeof measures / sizeof *measures };

struct around_row {
	char key[ID_SIZE];
	double before, after, change;  // `change`: the logarithm that is compared
	double low, high;              // of the other pairs; NAN: there is none
	uint32_t days[2], pairs, as_large;
};

struct around {
	struct changes_run run;  // first, so that it leads here
	const struct measure *measure;
	uint32_t *known_before;  // [days.count + 1]: days before it that are known as a whole
	uint64_t *sum_before;    // the same of sources on these
	double *changes;         // [days.count]: of other pairs
	struct around_row *rows;
	size_t count, room;
};

// ---- one series

struct window {
	uint32_t days;
	double mean;
};

// Of [from, from + length), of which only what there is counts.
static struct window window_at(const struct around *a, int64_t from, uint32_t length)
{
	const int64_t end = a->run.days.count;
	const int64_t first = from < 0 ? 0 : from > end ? end : from;
	const int64_t behind = from + length;
	const int64_t last = behind < first ? first : behind > end ? end : behind;
	struct window w = { .days = a->known_before[last] - a->known_before[first] };
	if (w.days > 0)
		w.mean = (double)(a->sum_before[last] - a->sum_before[first]) / w.days;
	return w;
}

static double change_between(struct window before, struct window after)
{
	return log((after.mean + HALF_A_SOURCE) / (before.mean + HALF_A_SOURCE));
}

static void add_up(struct around *a, const struct change_days *days, const uint32_t *sources)
{
	for (uint32_t i = 0; i < a->run.days.count; i++) {
		const bool counts = days->is_known[i] && days->is_whole[i];
		a->known_before[i + 1] = a->known_before[i] + counts;
		a->sum_before[i + 1] = a->sum_before[i] + (counts ? sources[i] : 0);
	}
}

static int by_size(const void *a, const void *b)
{
	const double x = *(const double *)a, y = *(const double *)b;
	return (x > y) - (x < y);
}

// Pairs of which no day is one of the event's, and of whose windows half the days are known.
static void compare_with_others(struct around *a, int64_t event, struct around_row *row)
{
	const uint32_t length = a->run.question->around.length;
	for (int64_t t = length; t + length <= a->run.days.count; t++) {
		const struct window before = window_at(a, t - length, length);
		const struct window after = window_at(a, t, length);
		if (llabs(t - event) < 2 * (int64_t)length || 2 * before.days < length ||
		    2 * after.days < length)
			continue;
		const double change = change_between(before, after);
		row->as_large += fabs(change) >= fabs(row->change) - ROUNDING;
		a->changes[row->pairs++] = change;
	}
	row->low = row->high = NAN;
	if (row->pairs == 0)
		return;
	qsort(a->changes, row->pairs, sizeof *a->changes, by_size);
	const size_t low = (row->pairs * (size_t)LOW_PERCENT + PERCENT - 1) / PERCENT;
	const size_t high = (row->pairs * (size_t)HIGH_PERCENT + PERCENT - 1) / PERCENT;
	row->low = exp(a->changes[low - 1]);
	row->high = exp(a->changes[high - 1]);
}

static bool add_row(struct around *a, const struct around_row *row, struct error *error)
{
	if (a->count == a->room) {
		const size_t room = 2 * a->room + 64;
		struct around_row *rows = memory_resize(a->rows, room, sizeof *rows);
		if (rows == NULL)
			return error_memory(error, "an answer");
		a->rows = rows;
		a->room = room;
	}
	a->rows[a->count++] = *row;
	return true;
}

static bool take_series(struct changes_run *run, const struct change_days *days,
                        enum change_subject subject, const char *id, const uint32_t *sources,
                        struct error *error)
{
	struct around *a = (struct around *)run;
	const struct around_question *q = &run->question->around;
	const int64_t event = (int64_t)q->day - run->first;
	struct around_row row = { .pairs = 0 };
	if (subject != a->measure->subject)
		return true;
	add_up(a, days, sources);
	const struct window before = window_at(a, event - q->length, q->length);
	const struct window after = window_at(a, event, q->length);
	if (before.days == 0 || after.days == 0 || before.mean + after.mean <= 0)
		return true;
	text_copy(row.key, sizeof row.key, id);
	row.before = before.mean;
	row.after = after.mean;
	row.days[0] = before.days;
	row.days[1] = after.days;
	row.change = change_between(before, after);
	compare_with_others(a, event, &row);
	return add_row(a, &row, error);
}

// ---- the rows

// What other pairs seldom have comes first, then what changed most.
static int by_rarity(const void *a, const void *b)
{
	const struct around_row *x = a, *y = b;
	const uint64_t left = (uint64_t)x->as_large * y->pairs,
		       right = (uint64_t)y->as_large * x->pairs;
	if (left != right)
		return left < right ? -1 : 1;
	if (fabs(x->change) != fabs(y->change))
		return fabs(x->change) > fabs(y->change) ? -1 : 1;
	return strcmp(x->key, y->key);
}

static void write_real(struct rows *rows, double value)
{
	if (isnan(value))
		rows_empty(rows);
	else
		rows_real(rows, value);
}

static bool write_row(struct rows *rows, const char *measure, const struct around_row *row)
{
	rows_text(rows, measure);
	rows_text(rows, row->key);
	rows_real(rows, row->before);
	rows_real(rows, row->after);
	write_real(rows, row->before > 0 ? row->after / row->before : NAN);
	write_real(rows, row->low);
	write_real(rows, row->high);
	rows_number(rows, row->as_large);
	rows_number(rows, row->pairs);
	rows_number(rows, row->days[0]);
	rows_number(rows, row->days[1]);
	return rows_end(rows);
}

static bool answer_measure(struct around *a, struct rows *rows, struct error *error)
{
	const uint64_t top = a->run.question->top;
	a->count = 0;
	if (!a->measure->count(&a->run, error))
		return false;
	if (a->count > 0)
		qsort(a->rows, a->count, sizeof *a->rows, by_rarity);
	for (size_t i = 0; i < a->count && (top == 0 || i < top); i++)
		if (!write_row(rows, a->measure->name, &a->rows[i]))
			break;
	return true;
}

// ---- all of it

static bool prepare(struct around *a, struct error *error)
{
	const size_t count = (size_t)a->run.days.count + 1;
	a->known_before = memory_new(count, sizeof *a->known_before);
	a->sum_before = memory_new(count, sizeof *a->sum_before);
	a->changes = memory_new(count, sizeof *a->changes);
	return (a->known_before != NULL && a->sum_before != NULL && a->changes != NULL) ||
	       error_memory(error, "an answer");
}

static void around_done(struct around *a)
{
	memory_free(a->known_before);
	memory_free(a->sum_before);
	memory_free(a->changes);
	memory_free(a->rows);
	changes_run_done(&a->run);
}

// How many days of the event's windows are known as a whole, whoever is asked about.
static bool say(struct around *a, struct inquiry *inquiry, struct error *error)
{
	const struct around_question *q = &inquiry->question->around;
	const int64_t event = (int64_t)q->day - a->run.first;
	uint32_t days[2] = { 0, 0 };
	for (int64_t i = 0; i < a->run.days.count; i++)
		if (a->run.is_known[i] && a->run.is_whole[i] && i >= event - q->length &&
		    i < event + q->length)
			days[i >= event]++;
	const struct caveat caveat = { CAVEAT_AROUND, { days[0], days[1], q->length }, { q->day } };
	return add_caveat(inquiry, &caveat, error);
}

static bool answer_one(const struct answering *answering, struct inquiry *inquiry,
                       struct error *error)
{
	struct around a = { .run = { .answering = answering,
		                     .question = inquiry->question,
		                     .to = -1,
		                     .take = take_series } };
	struct schema schema;
	struct rows rows;
	struct error ignored;
	if (!are_families_known(answering, inquiry->question, error))
		return false;
	question_schema(inquiry->question, &schema);
	bool ok = changes_run_begin(&a.run, error) && prepare(&a, error);
	const bool has_begun = ok;
	ok = ok && rows_begin(&rows, inquiry->receiver, &schema, error);
	for (size_t i = 0; ok && a.run.days.count > 0 && i < MEASURES; i++) {
		a.measure = &measures[i];
		ok = answer_measure(&a, &rows, error);
	}
	ok = ok && say(&a, inquiry, error) && unknown_families_caveat(answering, inquiry, error);
	if (has_begun)
		ok = rows_finish(&rows, ok ? error : &ignored) && ok;
	around_done(&a);
	return ok;
}

bool answer_around(const struct answering *a, struct inquiry *const *list, size_t count,
                   struct error *error)
{
	bool ok = true;
	for (size_t i = 0; ok && i < count; i++)
		ok = answer_one(a, list[i], error);
	return ok;
}
