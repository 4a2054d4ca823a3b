// SPDX-License-Identifier: MIT
// Infections by day and family.
#include "report/sections.h"

#include "base/memory.h"
#include "base/text.h"

static bool is_asked_for(const struct report_options *o, const char *name)
{
	for (size_t i = 0; i < o->family_count; i++)
		if (text_equal(o->families[i], name))
			return true;
	return false;
}

// What is no family may be all that there is.
static void ask_tools(struct survey_section *s, const struct report_about *about, struct plan *plan)
{
	const struct description *d = about->description;
	for (size_t i = 0; i < d->fingerprint_count; i++)
		if (!d->fingerprints[i].is_family && s->tool_name_count < REPORT_FAMILIES_MAX &&
		    !is_asked_for(about->options, d->fingerprints[i].name))
			s->tool_names[s->tool_name_count++] = d->fingerprints[i].name;
	const struct question q = { .kind = QUESTION_LIFETIMES,
		                    .days = about->options->days,
		                    .families = s->tool_names,
		                    .family_count = s->tool_name_count,
		                    .survey = { .gap_days = GAP_NONE } };
	if (s->tool_name_count > 0)
		s->of_tools = plan_ask(plan, &q);
}

// Lifetimes are of all days: how long spells last does not depend on which days the page shows.
void survey_section_ask(struct survey_section *s, const struct report_about *about,
                        struct plan *plan)
{
	const struct report_options *o = about->options;
	struct question q = { .kind = QUESTION_SURVEY,
		              .days = o->days,
		              .families = o->families,
		              .family_count = o->family_count,
		              // Without a gap it says nothing: no day but the first is final.
		              .survey = { .gap_days = o->gap_days,
		                          .has_final = o->gap_days != GAP_NONE } };
	s->survey = plan_ask(plan, &q);
	q.days = all_days;
	q.survey.has_final = false;
	q.kind = QUESTION_REVISIONS;
	s->revisions = plan_ask(plan, &q);
	q.kind = QUESTION_LIFETIMES;
	s->lifetimes = plan_ask(plan, &q);
	q.kind = QUESTION_SURVIVAL;
	s->survival = plan_ask(plan, &q);
	ask_tools(s, about, plan);
}

static bool make_room(struct survey_section *s, const struct report_about *about)
{
	const size_t days = about->has_shown ? (size_t)(about->shown.to - about->shown.from) + 1
	                                     : 0;
	s->shown = (struct report_survey){ .gap_days = about->options->gap_days,
		                           .first_day = about->shown.from,
		                           .day_count = (uint32_t)days,
		                           .days_before = about->days_before,
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

// ---- days that can still change

// More than so much is worth a mark.
#define OPEN_CHANGE 0.01

static struct report_moved moved_of(const struct answer *a, size_t row, const char *median,
                                    const char *most)
{
	const size_t column = answer_column(a, median);
	return (struct report_moved){
		.is_known = answer_cell(a, row, column)->state == CELL_VALUE,
		.median = answer_real(a, row, column),
		.most = answer_real(a, row, answer_column(a, most)),
	};
}

// The age from which on `active` moved by little, of the rows of one family; UINT32_MAX: nobody knows.
static uint32_t settled_age(const struct answer *a, size_t begin, size_t end)
{
	for (size_t row = begin; row < end; row++) {
		const struct report_moved moved = moved_of(a, row, "active_median", "active_most");
		if (moved.is_known && moved.median <= OPEN_CHANGE)
			return (uint32_t)answer_number(a, row, answer_column(a, "days_after"));
	}
	return UINT32_MAX;
}

static uint32_t not_final(const struct survey_section *s, const struct answer *a, size_t family)
{
	uint32_t days = 0;
	if (s->shown.gap_days == REPORT_GAP_NONE) {
		const bool has_first = s->shown.days_before == 0;
		return s->families[family].lifetimes.spells == 0 ? 0
		                                                 : s->shown.day_count - has_first;
	}
	for (size_t row = family; row < a->row_count; row += s->shown.family_count) {
		const struct cell *is_final = answer_cell(a, row, answer_column(a, "is_final"));
		days += is_final->state == CELL_VALUE && is_final->number == 0;
	}
	return days;
}

static void fill_open(struct survey_section *s, const struct answer *days,
                      const struct answer *revisions)
{
	const size_t families = s->shown.family_count;
	const size_t ages = families > 0 ? revisions->row_count / families : 0;
	for (size_t f = 0; f < families; f++) {
		struct report_survey_family *family = &s->families[f];
		const size_t begin = f * ages;
		int64_t open = not_final(s, days, f);
		if (ages > 0) {
			family->active_moved = moved_of(revisions, begin, "active_median",
			                                "active_most");
			family->recovered_moved = moved_of(revisions, begin, "recovered_median",
			                                   "recovered_most");
		}
		if (s->shown.gap_days == REPORT_GAP_NONE && open > 0) {
			const int64_t moving = settled_age(revisions, begin, begin + ages);
			open = moving < open ? moving : open;
		}
		family->open_days = open > 0 ? (uint32_t)open : 0;
	}
}

static void fill_tools(struct survey_section *s, const struct report_about *about,
                       const struct answer *a)
{
	for (size_t row = 0; row < a->row_count; row++) {
		const char *name = answer_text(a, row, answer_column(a, "family"));
		const uint64_t sources = answer_number(a, row, answer_column(a, "sources"));
		if (answer_cell(a, row, answer_column(a, "sources"))->state == CELL_VALUE &&
		    sources > 0)
			s->tools[s->tool_count++] = (struct report_tool){
				name, report_fingerprint(about, name)->rule, sources
			};
	}
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
	if (s->tool_name_count > 0)
		fill_tools(s, about, plan_answer(plan, s->of_tools));
	fill_open(s, plan_answer(plan, s->survey), plan_answer(plan, s->revisions));
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
