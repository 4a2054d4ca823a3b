// SPDX-License-Identifier: MIT
// Small parts that several sections of the page share.
#include "present/page/page.h"

#include "base/calendar.h"
#include "base/text.h"
#include "present/chart/chart_style.h"
#include "present/page/figure.h"
#include "present/words/numbers.h"

void page_element(struct buffer *out, const char *tag, const char *text)
{
	buffer_format(out, "<%s>", tag);
	markup_text(out, text);
	buffer_format(out, "</%s>", tag);
}

void page_word(struct buffer *out, const char *tag, const struct report *report, enum word word)
{
	page_element(out, tag, word_in(report->lang, word));
}

void page_sentence_gap(struct buffer *out, const struct report *report)
{
	buffer_text(out, report->lang == LANG_JA ? "" : " ");
}

void page_number(struct buffer *out, uint64_t value)
{
	char text[NUMBER_SIZE];
	number_grouped(value, text);
	buffer_text(out, text);
}

void page_count_cell(struct buffer *out, uint64_t value)
{
	buffer_text(out, "<td class=\"n\">");
	page_number(out, value);
	buffer_text(out, "</td>");
}

void page_text_cell(struct buffer *out, const char *text)
{
	page_element(out, "td", text);
}

void page_column_head(struct buffer *out, const struct report *report, enum word word,
                      bool is_number, const char *value)
{
	buffer_text(out, is_number ? "<th scope=\"col\" class=\"n\">" : "<th scope=\"col\">");
	markup_phrase(out, report->lang, word, (struct markup_values){ .one = value });
	buffer_text(out, "</th>");
}

void page_table_begin(struct buffer *out, const struct report *report, const enum word *columns,
                      size_t column_count, size_t text_count)
{
	buffer_text(
		out,
		text_count == 1
			? "<div class=\"scroll\" tabindex=\"0\"><table class=\"numbers-only\">\n<thead><tr>"
			: "<div class=\"scroll\" tabindex=\"0\"><table>\n<thead><tr>");
	for (size_t i = 0; i < column_count; i++)
		page_column_head(out, report, columns[i], i >= text_count, NULL);
	buffer_text(out, "</tr></thead>\n<tbody>\n");
}

void page_table_end(struct buffer *out)
{
	buffer_text(out, "</tbody></table></div>\n");
}

void page_fold_begin(struct buffer *out)
{
	buffer_text(out, "<details class=\"fold\"><summary>");
}

void page_fold_open(struct buffer *out)
{
	buffer_text(out, "</summary>\n");
}

void page_fold_end(struct buffer *out)
{
	buffer_text(out, "</details>\n");
}

void page_link(struct buffer *out, const char *file, const char *text)
{
	if (file == NULL)
		return;
	buffer_text(out, "<li><a href=\"");
	markup_address(out, file);
	buffer_text(out, "\">");
	markup_text(out, text);
	buffer_text(out, "</a></li>");
}

void page_days_of(const struct report *report, char from[16], char to[16])
{
	const struct report_survey *survey = report->survey;
	day_format(survey->first_day, from);
	day_format(survey->first_day + (int32_t)survey->day_count - 1, to);
}

void page_swatch(struct buffer *out, size_t family)
{
	const unsigned style = figure_family_style(family);
	buffer_format(out,
	              "<svg class=\"chart swatch\" viewBox=\"0 0 22 6\" aria-hidden=\"true\">"
	              "<path class=\"s%u\" stroke=\"%s\" stroke-width=\"2.5\" "
	              "stroke-dasharray=\"%s\" d=\"M0 3H22\"/></svg>",
	              style, chart_series_styles[style].light,
	              chart_series_styles[style].dash[0] != '\0' ? chart_series_styles[style].dash
	                                                         : "none");
}

bool page_is_brief(const struct report *report)
{
	enum { BRIEF_DAYS = 7 };
	const struct report_survey *survey = report->survey;
	uint32_t days = 0;
	for (uint32_t i = 0; i < survey->day_count; i++)
		days += survey->has_data[i];
	return survey->day_count <= 1 || (report->ledger.capture_count == 1 && days <= BRIEF_DAYS);
}

bool page_is_first_day(const struct report *report)
{
	return report->survey->day_count == 1 && report->survey->days_before == 0;
}

bool page_is_empty(struct buffer *out, const struct report *report)
{
	const bool no_days = report->survey->day_count == 0;
	if (!no_days && report->survey->family_count > 0)
		return false;
	buffer_text(out, "<p class=\"none\">");
	markup_word(out, report->lang, no_days ? WORD_NO_DAYS : WORD_NO_FAMILIES);
	buffer_text(out, "</p>\n");
	return true;
}

enum word page_why_nothing(const struct report *report, size_t family)
{
	const bool is_lost = report_survey_lost_days(report->survey) > 0;
	if (report->survey->families[family].lifetimes.is_unknown)
		return is_lost ? WORD_UNKNOWN_LOST : WORD_UNKNOWN_FAMILY;
	const bool is_partly_known = report->survey->families[family].is_fingerprint &&
	                             report_survey_unknown_days(report->survey) > 0;
	return is_partly_known ? WORD_NO_SOURCES_KNOWN : WORD_NO_SOURCES;
}

uint32_t report_survey_lost_days(const struct report_survey *survey)
{
	uint32_t days = 0;
	for (uint32_t i = 0; i < survey->day_count; i++)
		days += report_survey_is_lost(survey, i);
	return days;
}

uint32_t report_survey_unknown_days(const struct report_survey *survey)
{
	uint32_t days = 0;
	for (uint32_t i = 0; i < survey->day_count; i++)
		days += survey->has_unknown[i];
	return days;
}
