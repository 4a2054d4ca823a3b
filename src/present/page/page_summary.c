// SPDX-License-Identifier: MIT
// One card a family: the few numbers that one remembers.
#include "present/page/page.h"

#include "base/calendar.h"
#include "base/memory.h"
#include "present/page/families.h"
#include "present/words/numbers.h"

// Of the days on which the family is known.
static uint32_t peak_day(const struct report_survey *survey, size_t family)
{
	const struct report_survey_day *days = survey->families[family].days;
	uint32_t peak = 0;
	bool has_one = false;
	for (uint32_t i = 0; i < survey->day_count; i++) {
		if (!report_survey_is_known(survey, family, i))
			continue;
		if (!has_one || days[i].sources > days[peak].sources)
			peak = i;
		has_one = true;
	}
	return peak;
}

// A number of a day; "unknown" where it is.
static void write_of_day(struct buffer *out, const struct report *report, size_t family,
                         uint32_t day, uint64_t number)
{
	if (report_survey_is_known(report->survey, family, day))
		page_number(out, number);
	else
		markup_word(out, report->lang, WORD_UNKNOWN);
}

static void write_fact(struct buffer *out, const struct report *report, enum word name,
                       const char *day)
{
	buffer_text(out, "<div><dt>");
	markup_phrase(out, report->lang, name, (struct markup_values){ .one = day });
	buffer_text(out, "</dt><dd>");
}

// "38 days", or "over 120 days" if the curve of survival never comes down to one half.
static void write_median(struct buffer *out, const struct report *report,
                         const struct report_lifetimes *lifetimes)
{
	char text[NUMBER_SIZE];
	uint64_t days = lifetimes->kaplan_meier_median_days;
	enum word word = days == 1 ? WORD_ONE_DAY : WORD_DAYS;
	if (days == 0) {
		days = lifetimes->survival_count > 0 ? lifetimes->survival_count - 1 : 0;
		word = days == 1 ? WORD_MORE_ONE_DAY : WORD_MORE_DAYS;
	}
	number_grouped(days, text);
	write_fact(out, report, WORD_CARD_MEDIAN, NULL);
	markup_phrase(out, report->lang, word, (struct markup_values){ .one = text });
	buffer_text(out, "</dd></div>");
}

// A number of the last day; "unknown" where it is.
static void write_last(struct buffer *out, const struct report *report, size_t number,
                       enum word name, uint64_t value, bool is_known)
{
	char day[CALENDAR_DAY_SIZE];
	day_format(report->survey->first_day + (int32_t)report->survey->day_count - 1, day);
	write_fact(out, report, name, day);
	if (is_known &&
	    report_survey_is_known(report->survey, number, report->survey->day_count - 1))
		page_number(out, value);
	else
		markup_word(out, report->lang, WORD_UNKNOWN);
	buffer_text(out, "</dd></div>");
}

// Sources of the last day, and by how much they differ from those of another one.
static void write_since(struct buffer *out, const struct report *report, size_t number,
                        enum word name, uint32_t days)
{
	const struct report_survey *survey = report->survey;
	const uint32_t last = survey->day_count - 1;
	const struct report_survey_day *of = survey->families[number].days;
	if (last < days || !report_survey_is_known(survey, number, last) ||
	    !report_survey_is_known(survey, number, last - days) || !survey->has_data[last - days])
		return;
	write_fact(out, report, name, NULL);
	page_difference(out, of[last].sources, of[last - days].sources);
	buffer_text(out, "</dd></div>");
}

static void write_peak(struct buffer *out, const struct report *report, size_t number)
{
	const struct report_survey *survey = report->survey;
	const uint32_t peak = peak_day(survey, number);
	char day[CALENDAR_DAY_SIZE];
	if (survey->day_count == 1)
		return;
	day_format(survey->first_day + (int32_t)peak, day);
	write_fact(out, report, WORD_CARD_PEAK, day);
	page_number(out, survey->families[number].days[peak].sources);
	buffer_text(out, "</dd></div>");
}

static void write_day_fact(struct buffer *out, const struct report *report, enum word name,
                           uint32_t day)
{
	char text[CALENDAR_DAY_SIZE];
	day_format(report->survey->first_day + (int32_t)day, text);
	write_fact(out, report, name, text);
}

// Without a gap the sources of the last day, and by how much that rose. With one the last day that is final:
// those behind it have too many, which says nothing.
static void write_active(struct buffer *out, const struct report *report, size_t number)
{
	const struct report_survey *survey = report->survey;
	const struct report_survey_family *family = &survey->families[number];
	const struct report_moved moved = family->active_moved;
	const bool no_gap = survey->gap_days == REPORT_GAP_NONE;
	const uint32_t last = survey->day_count - 1;
	if (!no_gap && family->open_days > 0 && family->open_days <= last) {
		const uint32_t final = last - family->open_days;
		write_day_fact(out, report, WORD_CARD_SEEN, last);
		write_of_day(out, report, number, last, family->days[last].sources);
		buffer_text(out, "</dd></div>");
		write_day_fact(out, report, WORD_CARD_FINAL, final);
		write_of_day(out, report, number, final, family->days[final].active);
		buffer_text(out, "</dd></div>");
		return;
	}
	write_day_fact(out, report, WORD_CARD_ACTIVE, last);
	write_of_day(out, report, number, last, family->days[last].active);
	if (family->open_days > 0) {
		char text[NUMBER_SIZE];
		number_share(moved.median, text);
		buffer_text(out, "<small class=\"beside\">");
		markup_word(out, report->lang, WORD_SHADE_OPEN);
		if (no_gap && moved.is_known)
			buffer_format(out, " (+%s)", text);
		buffer_text(out, "</small>");
	}
	buffer_text(out, "</dd></div>");
}

// What the day has stands large, what the whole time had small.
static void write_numbers(struct buffer *out, const struct report *report, size_t number)
{
	const struct report_survey *survey = report->survey;
	const struct report_survey_family *family = &survey->families[number];
	const uint32_t last = survey->day_count - 1;
	char day[CALENDAR_DAY_SIZE];
	day_format(survey->first_day + (int32_t)last, day);
	buffer_text(out, "<p class=\"big\">");
	if (report_survey_is_known(survey, number, last))
		page_number(out, family->days[last].sources);
	else
		markup_word(out, report->lang, WORD_UNKNOWN);
	buffer_text(out, "</p><p class=\"what\">");
	markup_phrase(out, report->lang, WORD_CARD_TODAY, (struct markup_values){ .one = day });
	buffer_text(out, "</p>");
	if (page_is_first_day(report))
		return;  // of which all are new, active, and ever seen
	buffer_text(out, "<dl>");
	write_since(out, report, number, WORD_COLUMN_DAY_BEFORE, 1);
	write_since(out, report, number, WORD_COLUMN_WEEK_BEFORE, 7);
	write_last(out, report, number, WORD_CARD_NEW, family->days[last].new_sources,
	           report_survey_is_change_known(survey, number, last));
	write_active(out, report, number);
	write_peak(out, report, number);
	write_fact(out, report, WORD_CARD_EVER, NULL);
	page_number(out, family->lifetimes.sources);
	buffer_text(out, "</dd></div>");
	write_median(out, report, &family->lifetimes);
	buffer_text(out, "</dl>");
}

static void write_title(struct buffer *out, const struct report *report, size_t number,
                        const char *tag)
{
	buffer_format(out, "<%s>", tag);
	page_swatch(out, number);
	markup_text(out, family_title(report, number));
	buffer_format(out, "</%s>", tag);
}

// One that is part of another stands in its card, with less: its sources are among those above.
static void write_part(struct buffer *out, const struct report *report, size_t number)
{
	const struct report_survey_family *family = &report->survey->families[number];
	const struct report_survey_day *last = &family->days[report->survey->day_count - 1];
	buffer_text(out, "<div class=\"part\">");
	write_title(out, report, number, "h4");
	if (family->lifetimes.spells > 0) {
		buffer_text(out, "<dl>");
		write_last(out, report, number, WORD_CARD_TODAY, last->sources, true);
		write_since(out, report, number, WORD_COLUMN_DAY_BEFORE, 1);
		write_peak(out, report, number);
		buffer_text(out, "</dl>");
	} else {
		page_word(out, "p", report, page_why_nothing(report, number));
	}
	buffer_text(out, "</div>");
}

static void write_card(struct buffer *out, const struct report *report, const size_t *order,
                       size_t count, size_t at)
{
	const size_t number = order[at];
	buffer_text(out, "<article class=\"card\">");
	write_title(out, report, number, "h3");
	if (report->survey->families[number].lifetimes.spells > 0)
		write_numbers(out, report, number);
	else
		page_word(out, "p", report, page_why_nothing(report, number));
	for (size_t i = at + 1; i < count && family_whole(report, order[i]) == number; i++)
		write_part(out, report, order[i]);
	buffer_text(out, "</article>\n");
}

void page_summary(struct buffer *out, const struct report *report)
{
	size_t *order = memory_new(2 * report->survey->family_count + 1, sizeof *order);
	if (order == NULL) {
		out->failed = true;
		return;
	}
	if (!page_is_empty(out, report)) {
		const size_t count = family_order(report, order);
		buffer_text(out, "<div class=\"cards\">\n");
		for (size_t i = 0; i < count; i++)
			if (family_whole(report, order[i]) == SIZE_MAX)
				write_card(out, report, order, count, i);
		buffer_text(out, "</div>\n");
		page_tools(out, report);
	} else if (report->survey->day_count == 0) {
		page_why_uncounted(out, report);
	}
	memory_free(order);
}
