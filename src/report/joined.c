// SPDX-License-Identifier: MIT
// What the telescope saw of the sources of honeypots, and how many hosts are infected.
#include "report/sections.h"

#include "base/memory.h"
#include "base/text.h"
#include "present/words/words.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

// Of a rule, or of a model with its label, so much is shown.
enum { KEYS_MAX = 1024, PIECE_SIZE = 160 };

// ---- the join, family by family

// Counts by key, of as many keys as there is room for.
struct key_counts {
	struct report_variant_part parts[KEYS_MAX];
	size_t count;
};

// "mirai:12;hajime:1": names are copied.
static bool add_counts(struct variants_section *s, struct key_counts *to, const char *text)
{
	char piece[PIECE_SIZE];
	while (text_next(&text, ';', piece, sizeof piece)) {
		uint64_t sources;
		char *colon = strrchr(piece, ':');
		size_t i = 0;
		if (colon == NULL || !text_u64(colon + 1, UINT32_MAX, &sources))
			continue;
		*colon = '\0';
		while (i < to->count && !text_equal(to->parts[i].name, piece))
			i++;
		if (i == KEYS_MAX)
			continue;
		if (i == to->count) {
			char *name = report_block(&s->blocks, sizeof piece, 1);
			if (name == NULL)
				return false;
			text_copy(name, sizeof piece, piece);
			to->parts[to->count++] = (struct report_variant_part){ name, 0 };
		}
		to->parts[i].sources += sources;
	}
	return true;
}

static int by_most(const void *a, const void *b)
{
	const struct report_variant_part *x = a, *y = b;
	if (x->sources != y->sources)
		return x->sources > y->sources ? -1 : 1;
	return strcmp(x->name, y->name);
}

static size_t take_most(struct key_counts *from,
                        struct report_variant_part out[REPORT_VARIANT_PARTS])
{
	const size_t taken = from->count < REPORT_VARIANT_PARTS ? from->count
	                                                        : REPORT_VARIANT_PARTS;
	if (from->count > 0)
		qsort(from->parts, from->count, sizeof *from->parts, by_most);
	memcpy(out, from->parts, taken * sizeof *out);
	return taken;
}

struct join_columns {
	size_t day, family, sources, seen, share, fingerprints, ports, rules, models;
};

static struct join_columns columns_of(const struct answer *a)
{
	return (struct join_columns){
		answer_column(a, "day"),     answer_column(a, "family"),
		answer_column(a, "sources"), answer_column(a, "seen"),
		answer_column(a, "share"),   answer_column(a, "fingerprints"),
		answer_column(a, "ports"),   answer_column(a, "rules"),
		answer_column(a, "models"),
	};
}

static bool is_known(const struct answer *a, size_t row, size_t column)
{
	return answer_cell(a, row, column)->state == CELL_VALUE;
}

// What the rows of a family have in a column of counts, added up over its days: those with the most.
static bool fill_parts(struct variants_section *s, const struct answer *a, const char *family,
                       size_t column, struct report_variant_parts *out)
{
	const size_t family_column = answer_column(a, "family");
	struct key_counts *counts = memory_new(1, sizeof *counts);
	bool ok = counts != NULL;
	for (size_t row = 0; ok && row < a->row_count; row++)
		if (text_equal(answer_text(a, row, family_column), family) &&
		    is_known(a, row, column))
			ok = add_counts(s, counts, answer_text(a, row, column));
	for (size_t i = 0; ok && i < counts->count; i++)
		out->all += counts->parts[i].sources;
	if (ok)
		out->count = take_most(counts, out->list);
	memory_free(counts);
	return ok;
}

// Of the families that are listed; a family has a row a day at most.
static bool fill_family(struct variants_section *s, const struct answer *a,
                        struct report_variant *v)
{
	const struct join_columns c = columns_of(a);
	for (size_t row = 0; row < a->row_count; row++)
		if (text_equal(answer_text(a, row, c.family), v->family) &&
		    is_known(a, row, c.seen)) {
			v->joined += answer_number(a, row, c.sources);
			v->seen += answer_number(a, row, c.seen);
		}
	return fill_parts(s, a, v->family, c.fingerprints, &v->fingerprints) &&
	       fill_parts(s, a, v->family, c.ports, &v->ports) &&
	       fill_parts(s, a, v->family, c.rules, &v->rules) &&
	       fill_parts(s, a, v->family, c.models, &v->models);
}

static bool fill_share(struct variants_section *s, const struct report_about *about,
                       const struct answer *a)
{
	const struct join_columns c = columns_of(a);
	const size_t days = (size_t)(about->shown.to - about->shown.from) + 1;
	double *share = report_block(&s->blocks, days, sizeof *share);
	bool has_some = false;
	if (share == NULL)
		return false;
	for (size_t i = 0; i < days; i++)
		share[i] = NAN;
	for (size_t row = 0; row < a->row_count; row++) {
		const int32_t day = answer_day(a, row, c.day);
		if (!text_equal(answer_text(a, row, c.family), "*") || !is_known(a, row, c.share) ||
		    !day_range_holds(about->shown, day))
			continue;
		share[day - about->shown.from] = answer_real(a, row, c.share);
		has_some = true;
	}
	s->report.share = has_some ? share : NULL;
	return true;
}

// ---- infected hosts

struct infected_columns {
	size_t day, country, telescope, estimate, low, high;
};

static struct infected_columns infected_columns_of(const struct answer *a)
{
	return (struct infected_columns){
		answer_column(a, "day"),       answer_column(a, "country"),
		answer_column(a, "telescope"), answer_column(a, "estimate"),
		answer_column(a, "lower_95"),  answer_column(a, "upper_95"),
	};
}

static struct report_place place_of(const struct report_about *about, const char *id)
{
	struct report_place place = variants_place(about, id);
	if (text_equal(id, "*"))
		place.name = word_in(about->options->lang, WORD_INFECTED_ALL);
	return place;
}

// The rows of the last day with an estimate, of which the first is of all countries.
static bool fill_last_day(struct variants_section *s, const struct report_about *about,
                          const struct answer *a)
{
	const struct infected_columns c = infected_columns_of(a);
	size_t last = SIZE_MAX;
	for (size_t row = 0; row < a->row_count; row++)
		if (is_known(a, row, c.estimate) && text_equal(answer_text(a, row, c.country), "*"))
			last = row;
	if (last == SIZE_MAX)
		return true;
	struct report_infected *list = report_block(&s->blocks, a->row_count - last, sizeof *list);
	if (list == NULL)
		return false;
	s->report.infected_day = answer_day(a, last, c.day);
	for (size_t row = last;
	     row < a->row_count && answer_day(a, row, c.day) == s->report.infected_day; row++) {
		struct report_infected *to = &list[s->report.infected_count++];
		to->place = place_of(about, answer_text(a, row, c.country));
		to->place.sources = answer_number(a, row, c.telescope);
		to->estimate = answer_number(a, row, c.estimate);
		to->low = answer_number(a, row, c.low);
		to->high = answer_number(a, row, c.high);
	}
	s->report.infected = list;
	return true;
}

// One's own country, if it is among them, else that with the most sources, else all together.
static struct report_place choose_drawn(const struct variants_section *s,
                                        const struct report_about *about)
{
	const struct report_variants *of = &s->report;
	size_t best = 0;
	for (size_t i = 1; i < of->infected_count; i++) {
		const char *id = of->infected[i].place.id;
		if (about->options->home != NULL && home_has_place(about->options->home, id))
			return of->infected[i].place;
		if (best == 0 && !text_equal(id, "unknown"))
			best = i;
	}
	return of->infected[best].place;
}

static bool fill_drawn(struct variants_section *s, const struct report_about *about,
                       const struct answer *a)
{
	const struct infected_columns c = infected_columns_of(a);
	const size_t columns[] = { c.telescope, c.estimate, c.low, c.high };
	const size_t days = (size_t)(about->shown.to - about->shown.from) + 1;
	if (s->report.infected_count == 0)
		return true;
	s->report.drawn = choose_drawn(s, about);
	for (size_t k = 0; k < 4; k++) {
		double *line = report_block(&s->blocks, days, sizeof *line);
		if (line == NULL)
			return false;
		for (size_t i = 0; i < days; i++)
			line[i] = NAN;
		for (size_t row = 0; row < a->row_count; row++) {
			const int32_t day = answer_day(a, row, c.day);
			if (day_range_holds(about->shown, day) && is_known(a, row, columns[k]) &&
			    text_equal(answer_text(a, row, c.country), s->report.drawn.id))
				line[day - about->shown.from] = (double)answer_number(a, row,
				                                                      columns[k]);
		}
		s->report.drawn_days[k] = line;
	}
	return true;
}

bool variants_section_join(struct variants_section *s, const struct report_about *about,
                           const struct plan *plan)
{
	const struct answer *join = plan_answer(plan, s->join),
			    *infected = plan_answer(plan, s->infected);
	s->report.fingerprint = "mirai";
	for (size_t i = 0; i < s->report.count && i < REPORT_JOINED_FAMILIES; i++)
		if (!fill_family(s, join, &s->families[i]))
			return false;
	return fill_share(s, about, join) && fill_last_day(s, about, infected) &&
	       fill_drawn(s, about, infected);
}
