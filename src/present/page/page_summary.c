// SPDX-License-Identifier: MIT
// One card a family: the few numbers that one remembers.
#include "present/page/page.h"

#include "base/calendar.h"
#include "base/text.h"
#include "present/page/families.h"
#include "present/words/numbers.h"

// Of the days on which the family is known. Those that a gap keeps open have too many.
static uint32_t peak_day(const struct report_survey *survey, size_t family)
{
	const struct report_survey_day *days = survey->families[family].days;
	uint32_t peak = 0;
	bool has_one = false;
	for (uint32_t i = 0; i < survey->day_count; i++) {
		if (!report_survey_is_known(survey, family, i) ||
		    (survey->gap_days != REPORT_GAP_NONE && has_one &&
		     report_survey_is_open(survey, family, i)))
			continue;
		if (!has_one || days[i].active > days[peak].active)
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

static void write_numbers(struct buffer *out, const struct report *report, size_t number)
{
	const struct report_survey *survey = report->survey;
	const struct report_survey_family *family = &survey->families[number];
	const uint32_t peak = peak_day(survey, number), last = survey->day_count - 1;
	char day[CALENDAR_DAY_SIZE];
	day_format(survey->first_day + (int32_t)peak, day);
	buffer_text(out, "<p class=\"big\">");
	page_number(out, family->days[peak].active);
	buffer_text(out, "</p><p class=\"what\">");
	markup_phrase(out, report->lang, WORD_CARD_PEAK, (struct markup_values){ .one = day });
	buffer_text(out, "</p><dl>");
	write_active(out, report, number);
	write_day_fact(out, report, WORD_CARD_NEW, last);
	if (report_survey_is_change_known(survey, number, last))
		page_number(out, family->days[last].new_sources);
	else
		markup_word(out, report->lang, WORD_UNKNOWN);
	buffer_text(out, "</dd></div>");
	write_fact(out, report, WORD_CARD_EVER, NULL);
	page_number(out, family->lifetimes.sources);
	buffer_text(out, "</dd></div>");
	write_median(out, report, &family->lifetimes);
	buffer_text(out, "</dl>");
}

void page_summary(struct buffer *out, const struct report *report)
{
	if (page_is_empty(out, report))
		return;
	buffer_text(out, "<div class=\"cards\">\n");
	for (size_t i = 0; i < report->survey->family_count; i++) {
		const struct report_survey_family *family = &report->survey->families[i];
		buffer_text(out, "<article class=\"card\"><h3>");
		page_swatch(out, i);
		markup_text(out, family_title(report, i));
		buffer_text(out, "</h3>");
		if (family->lifetimes.spells > 0)
			write_numbers(out, report, i);
		else
			page_word(out, "p", report, page_why_nothing(report, i));
		buffer_text(out, "</article>\n");
	}
	buffer_text(out, "</div>\n");
	page_tools(out, report);
}
