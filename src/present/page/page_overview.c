// SPDX-License-Identifier: MIT
// What somebody looks for in the morning: what changed, whether the data can be trusted, and
// then one card a family.
#include "present/page/page.h"

#include "base/calendar.h"
#include "present/chart/chart.h"
#include "present/words/numbers.h"

#include <math.h>

// How much of the day was captured; NaN: not known, or not a day of the survey.
static double coverage_of_day(const struct report *report, int32_t day)
{
	const struct report_survey *survey = report->survey;
	const int64_t index = (int64_t)day - survey->first_day;
	if (index < 0 || index >= survey->day_count)
		return NAN;
	if (!survey->has_data[index] && !report_survey_is_lost(survey, (uint32_t)index))
		return 0;
	return report->coverage != NULL ? report->coverage[index] : NAN;
}

static bool is_lost_day(const struct report *report, int32_t day)
{
	const int64_t index = (int64_t)day - report->survey->first_day;
	return index >= 0 && index < report->survey->day_count &&
	       report_survey_is_lost(report->survey, (uint32_t)index);
}

// A sentence about a day that was not captured as a whole, or is lost; `partly` has places for day and share.
static void write_day_coverage(struct buffer *out, const struct report *report, int32_t day,
                               enum word partly)
{
	const double share = coverage_of_day(report, day);
	char name[CALENDAR_DAY_SIZE], text[NUMBER_SIZE];
	day_format(day, name);
	if (is_lost_day(report, day)) {
		page_phrase(out, "p", report, WORD_COVERAGE_DAMAGED,
		            (struct markup_values){ .one = name });
		return;
	}
	if (!(share < CHART_WHOLE_DAY))
		return;
	number_share(share, text);
	buffer_text(out, "<p>");
	markup_phrase(out, report->lang, share > 0 ? partly : WORD_COVERAGE_NONE,
	              (struct markup_values){ .one = name, .two = share > 0 ? text : NULL });
	buffer_text(out, "</p>");
}

struct holes {
	uint64_t partly, missing, lost;
};

static struct holes count_holes(const struct report *report)
{
	const struct report_survey *survey = report->survey;
	struct holes holes = { 0, 0, 0 };
	for (uint32_t i = 0; i < survey->day_count; i++) {
		const double share = coverage_of_day(report, survey->first_day + (int32_t)i);
		holes.missing += report_survey_is_missing(survey, i);
		holes.lost += report_survey_is_lost(survey, i);
		holes.partly += survey->has_data[i] && share < CHART_WHOLE_DAY;
	}
	return holes;
}

static void write_holes(struct buffer *out, const struct report *report, struct holes holes)
{
	const struct report_survey *survey = report->survey;
	char days[NUMBER_SIZE], partly[NUMBER_SIZE], missing[NUMBER_SIZE];
	int32_t day = survey->first_day + (int32_t)survey->day_count - 1;
	day = report->changes != NULL ? report->changes->day : day;
	number_grouped(survey->day_count, days);
	number_grouped(holes.partly, partly);
	number_grouped(holes.missing, missing);
	write_day_coverage(out, report, day, WORD_COVERAGE_LAST);
	if (report->changes != NULL) {
		write_day_coverage(out, report, day - 1, WORD_COVERAGE_COMPARED);
		write_day_coverage(out, report, day - 7, WORD_COVERAGE_COMPARED);
	}
	if (holes.partly + holes.missing > 0 && survey->day_count > 1)
		page_phrase(out, "p", report, WORD_COVERAGE_DAYS,
		            (struct markup_values){ days, partly, missing, NULL });
	number_grouped(holes.lost, missing);
	if (holes.lost > 0)
		page_phrase(out, "p", report, WORD_COVERAGE_LOST_DAYS,
		            (struct markup_values){ missing, days, NULL, NULL });
}

static void write_lost(struct buffer *out, const struct report *report)
{
	const struct report_lost *lost = &report->ledger.lost;
	char packets[NUMBER_SIZE], captures[NUMBER_SIZE], all[NUMBER_SIZE], silent[NUMBER_SIZE];
	number_grouped(lost->packets, packets);
	number_grouped(lost->captures, captures);
	number_grouped(lost->all, all);
	number_grouped(lost->silent, silent);
	buffer_text(out, "<p>");
	markup_phrase(out, report->lang, WORD_COVERAGE_LOST,
	              (struct markup_values){ packets, captures, all, NULL });
	if (lost->silent > 0) {
		page_sentence_gap(out, report);
		markup_phrase(out, report->lang, WORD_COVERAGE_SILENT,
		              (struct markup_values){ .one = silent });
	}
	buffer_text(out, "</p>");
}

// What was not seen: days without captures, and what captures say did not get into them.
static void write_coverage(struct buffer *out, const struct report *report)
{
	const struct holes holes = count_holes(report);
	const bool has_holes = holes.partly + holes.missing + holes.lost > 0;
	if (!has_holes && report->ledger.lost.packets == 0)
		return;
	buffer_text(out, "<div class=\"caution\" id=\"coverage\" role=\"note\"><h3>");
	markup_word(out, report->lang, WORD_COVERAGE);
	buffer_text(out, "</h3>");
	if (has_holes)
		write_holes(out, report, holes);
	if (report->ledger.lost.packets > 0)
		write_lost(out, report);
	buffer_text(out, "</div>\n");
}

static void write_floods(struct buffer *out, const struct report *report)
{
	const struct report_floods *floods = report->floods;
	char count[NUMBER_SIZE], days[NUMBER_SIZE], unseen[NUMBER_SIZE];
	if (floods == NULL || (floods->source_days == 0 && floods->days_unseen == 0))
		return;
	number_grouped(floods->source_days, count);
	number_grouped(floods->days, days);
	number_grouped(floods->days_unseen, unseen);
	buffer_text(out, "<div class=\"panel\" id=\"floods\" role=\"note\"><h3>");
	markup_word(out, report->lang, WORD_FLOODS);
	buffer_text(out, "</h3><p>");
	markup_phrase(out, report->lang, floods->are_left_out ? WORD_FLOODS_OUT : WORD_FLOODS_IN,
	              (struct markup_values){ .one = count, .two = days });
	if (floods->days_unseen > 0) {
		page_sentence_gap(out, report);
		markup_phrase(out, report->lang, WORD_FLOODS_UNSEEN,
		              (struct markup_values){ .one = unseen });
	}
	buffer_text(out, "</p></div>\n");
}

// Whether what changed may be an effect of what was captured.
static bool is_doubtful(const struct report *report)
{
	static const int32_t before[] = { 0, 1, 7 };
	for (size_t i = 0; i < sizeof before / sizeof *before; i++)
		if (is_lost_day(report, report->changes->day - before[i]) ||
		    coverage_of_day(report, report->changes->day - before[i]) < CHART_WHOLE_DAY)
			return true;
	return false;
}

void page_overview(struct buffer *out, const struct report *report)
{
	const bool has_changes = report->changes != NULL;
	const bool warns_first = has_changes && is_doubtful(report);
	if (warns_first)
		write_coverage(out, report);
	if (has_changes)
		page_changes(out, report);
	if (!warns_first && report->survey->day_count > 0)
		write_coverage(out, report);
	page_summary(out, report);
	if (has_changes)
		page_changes_table(out, report);
	write_floods(out, report);
}
