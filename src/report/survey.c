// SPDX-License-Identifier: MIT
// Infections by day and family.
#include "report/sections.h"

#include "base/memory.h"
#include "base/text.h"

// Lifetimes are of all days: how long spells last does not depend on which days the page shows.
void survey_section_ask(struct survey_section *s, const struct report_about *about,
                        struct plan *plan)
{
	const struct report_options *o = about->options;
	struct question q = { .kind = QUESTION_SURVEY,
		              .days = o->days,
		              .families = o->families,
		              .family_count = o->family_count,
		              .survey = { .gap_days = o->gap_days } };
	s->survey = plan_ask(plan, &q);
	q.days = all_days;
	q.kind = QUESTION_LIFETIMES;
	s->lifetimes = plan_ask(plan, &q);
	q.kind = QUESTION_SURVIVAL;
	s->survival = plan_ask(plan, &q);
}

static bool make_room(struct survey_section *s, const struct report_about *about)
{
	const size_t days = about->has_shown ? (size_t)(about->shown.to - about->shown.from) + 1
	                                     : 0;
	s->shown = (struct report_survey){ .gap_days = about->options->gap_days,
		                           .first_day = about->shown.from,
		                           .day_count = (uint32_t)days,
		                           .families = s->families };
	s->shown.has_data = memory_new(days + 1, sizeof *s->shown.has_data);
	s->shown.has_unknown = memory_new(days + 1, sizeof *s->shown.has_unknown);
	s->shown.is_lost = memory_new(days + 1, sizeof *s->shown.is_lost);
	s->shown.is_change_unknown = memory_new(days + 1, sizeof *s->shown.is_change_unknown);
	return s->shown.has_data != NULL && s->shown.has_unknown != NULL &&
	       s->shown.is_lost != NULL && s->shown.is_change_unknown != NULL;
}

static void note_days(struct survey_section *s, const struct description *d)
{
	for (size_t i = 0; i < d->day_count; i++) {
		const int64_t at = (int64_t)d->days[i] - s->shown.first_day;
		if (at >= 0 && at < s->shown.day_count)
			s->shown.has_data[at] = true;
	}
	for (size_t i = 0; i < d->lost_count; i++) {
		const int64_t at = (int64_t)d->lost[i].day - s->shown.first_day;
		if (at >= 0 && at < s->shown.day_count)
			s->shown.is_lost[at] = true;
	}
}

// ---- families

const struct described_fingerprint *report_fingerprint(const struct report_about *about,
                                                       const char *name)
{
	const struct description *d = about->description;
	for (size_t i = 0; i < d->fingerprint_count; i++)
		if (text_equal(d->fingerprints[i].name, name))
			return &d->fingerprints[i];
	return NULL;
}

// Names of figures are made of fingerprint names: a-z 0-9 - _, or "*".
static void describe_family(struct survey_section *s, size_t i, const char *name,
                            const struct report_about *about)
{
	const struct described_fingerprint *f = report_fingerprint(about, name);
	text_format(s->figure_files[i], REPORT_FILE_SIZE, "%s.svg", f != NULL ? name : "all");
	s->about[i] = (struct report_family){
		.name = name,
		.what = f != NULL ? f->rule : "all SYNs",
		.source = f != NULL ? f->source : NULL,
		.strength = f != NULL ? f->strength : NULL,
		.is_malware = f != NULL && f->is_family,
		.chance_bits = f != NULL ? f->chance_bits : 0,
		.part_of = f != NULL ? f->part_of : NULL,
		.figure_file = s->figure_files[i],
	};
	s->families[i] = (struct report_survey_family){ .name = name, .is_fingerprint = f != NULL };
}

static void fill_lifetimes(const struct answer *a, size_t row, struct report_lifetimes *out)
{
	*out = (struct report_lifetimes){
		.is_unknown = answer_cell(a, row, answer_column(a, "sources"))->state ==
		              CELL_UNKNOWN,
		.sources = answer_number(a, row, answer_column(a, "sources")),
		.spells = answer_number(a, row, answer_column(a, "spells")),
		.open_spells = answer_number(a, row, answer_column(a, "open_spells")),
		.mean_days = answer_real(a, row, answer_column(a, "mean_days")),
		.median_days = answer_real(a, row, answer_column(a, "median_days")),
		.p90_days = answer_number(a, row, answer_column(a, "p90_days")),
		.kaplan_meier_median_days = answer_number(
			a, row, answer_column(a, "kaplan_meier_median_days")),
	};
}

// Rows of a family stand together, one for each length. Of lengths the page shows as many as it has days.
static bool fill_survival(struct survey_section *s, const struct answer *a)
{
	const size_t family = answer_column(a, "family"), value = answer_column(a, "survival"),
		     days = answer_column(a, "days"), spells = answer_column(a, "spells");
	s->survival_values = memory_new(a->row_count + 1, sizeof *s->survival_values);
	if (s->survival_values == NULL)
		return false;
	for (size_t row = 0, f = 0; row < a->row_count; row++) {
		const uint64_t length = answer_number(a, row, days);
		s->survival_values[row] = answer_real(a, row, value);
		while (!text_equal(s->families[f].name, answer_text(a, row, family)))
			f++;
		struct report_lifetimes *l = &s->families[f].lifetimes;
		if (length == 0)
			l->survival = s->survival_values + row;
		if (length == 0 ||
		    (length <= s->shown.day_count && answer_number(a, row, spells) > 0))
			l->survival_count = (size_t)length + 1;
	}
	return true;
}

// ---- days

static struct report_survey_day day_of(const struct answer *a, size_t row)
{
	return (struct report_survey_day){
		.packets = answer_number(a, row, answer_column(a, "packets")),
		.sources = answer_number(a, row, answer_column(a, "sources")),
		.new_sources = answer_number(a, row, answer_column(a, "new")),
		.returned = answer_number(a, row, answer_column(a, "returned")),
		.recovered = answer_number(a, row, answer_column(a, "recovered")),
		.cumulative_new = answer_number(a, row, answer_column(a, "cumulative_new")),
		.cumulative_recovered = answer_number(a, row,
		                                      answer_column(a, "cumulative_recovered")),
		.active = answer_number(a, row, answer_column(a, "active")),
	};
}

// Every day has a row for each family, in the order of lifetimes.
static bool fill_days(struct survey_section *s, const struct answer *a)
{
	const size_t families = s->shown.family_count, sources = answer_column(a, "sources"),
		     changes = answer_column(a, "new");
	for (size_t f = 0; f < families; f++) {
		s->families[f].days = memory_new((size_t)s->shown.day_count + 1,
		                                 sizeof *s->families[f].days);
		if (s->families[f].days == NULL)
			return false;
	}
	for (size_t row = 0; row < a->row_count; row++) {
		s->families[row % families].days[row / families] = day_of(a, row);
		const size_t day = row / families;
		const bool is_unknown = answer_cell(a, row, sources)->state == CELL_UNKNOWN;
		if (is_unknown && !s->shown.is_lost[day])
			s->shown.has_unknown[day] = true;
		if (!is_unknown && answer_cell(a, row, changes)->state == CELL_UNKNOWN)
			s->shown.is_change_unknown[day] = true;
	}
	return true;
}

bool survey_section_fill(struct survey_section *s, const struct report_about *about,
                         const struct plan *plan, struct error *error)
{
	const struct answer *lifetimes = plan_answer(plan, s->lifetimes);
	const size_t family = answer_column(lifetimes, "family");
	if (!make_room(s, about))
		return error_memory(error, "the report");
	note_days(s, about->description);
	for (size_t row = 0; row < lifetimes->row_count; row++) {
		describe_family(s, row, answer_text(lifetimes, row, family), about);
		fill_lifetimes(lifetimes, row, &s->families[row].lifetimes);
	}
	s->shown.family_count = lifetimes->row_count;
	return (fill_survival(s, plan_answer(plan, s->survival)) &&
	        fill_days(s, plan_answer(plan, s->survey))) ||
	       error_memory(error, "the report");
}

void survey_section_done(struct survey_section *s)
{
	for (size_t f = 0; f < REPORT_FAMILIES_MAX; f++)
		memory_free(s->families[f].days);
	memory_free(s->shown.has_data);
	memory_free(s->shown.has_unknown);
	memory_free(s->shown.is_lost);
	memory_free(s->shown.is_change_unknown);
	memory_free(s->survival_values);
}
