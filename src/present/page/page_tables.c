// SPDX-License-Identifier: MIT
// The numbers behind the figures: lifetimes by family, and days by family, the newest first.
#include "present/page/page.h"

#include "base/calendar.h"
#include "base/text.h"
#include "present/chart/chart.h"
#include "present/page/families.h"
#include "present/words/numbers.h"

// In tables of numbers only.
static void write_count(struct buffer *out, uint64_t value)
{
	buffer_text(out, "<td>");
	page_number(out, value);
	buffer_text(out, "</td>");
}

static void write_unknown_cells(struct buffer *out, const struct report *report, size_t count)
{
	for (; count > 0; count--) {
		buffer_text(out, "<td>");
		markup_word(out, report->lang, WORD_UNKNOWN);
		buffer_text(out, "</td>");
	}
}

static const char dash_cell[] = "<td>–</td>";

static void write_real_cell(struct buffer *out, double value)
{
	char text[NUMBER_SIZE];
	number_tenths(value, text);
	buffer_format(out, "<td>%s</td>", text);
}

static void write_median_cell(struct buffer *out, uint64_t days)
{
	if (days == 0)
		buffer_text(out, dash_cell);
	else
		write_count(out, days);
}

static void write_lifetimes_row(struct buffer *out, const struct report *report, size_t family)
{
	const struct report_lifetimes *l = &report->survey->families[family].lifetimes;
	buffer_text(out, "<tr><th scope=\"row\">");
	page_swatch(out, family);
	markup_text(out, family_title(report, family));
	buffer_text(out, "</th>");
	if (report->survey->families[family].lifetimes.is_unknown) {
		write_unknown_cells(out, report, 7);
		buffer_text(out, "</tr>\n");
		return;
	}
	write_count(out, l->sources);
	write_count(out, l->spells);
	write_count(out, l->open_spells);
	if (l->spells == 0) {
		for (int i = 0; i < 4; i++)
			buffer_text(out, dash_cell);
	} else {
		write_real_cell(out, l->mean_days);
		write_real_cell(out, l->median_days);
		write_count(out, l->p90_days);
		write_median_cell(out, l->kaplan_meier_median_days);
	}
	buffer_text(out, "</tr>\n");
}

void page_lifetimes(struct buffer *out, const struct report *report)
{
	static const enum word columns[] = {
		WORD_COLUMN_FAMILY, WORD_COLUMN_SOURCES,      WORD_COLUMN_SPELLS,
		WORD_COLUMN_OPEN,   WORD_COLUMN_MEAN,         WORD_COLUMN_MEDIAN,
		WORD_COLUMN_P90,    WORD_COLUMN_KAPLAN_MEIER,
	};
	char gap[NUMBER_SIZE];
	if (page_is_empty(out, report))
		return;
	page_figure_lifetimes(out, report);
	buffer_text(out, "<div class=\"panel\">");
	page_table_begin(out, report, columns, sizeof columns / sizeof *columns, 1);
	for (size_t i = 0; i < report->survey->family_count; i++)
		write_lifetimes_row(out, report, i);
	page_table_end(out);
	page_csv_link(out, report, report->files.lifetimes_csv, NULL);
	buffer_text(out, "<p class=\"note\">");
	markup_word(out, report->lang, WORD_LIFETIMES_NOTE);
	page_sentence_gap(out, report);
	number_grouped(report->survey->gap_days, gap);
	if (report->survey->gap_days == REPORT_GAP_NONE)
		markup_word(out, report->lang, WORD_LIFETIMES_OPEN);
	else
		markup_phrase(out, report->lang, WORD_LIFETIMES_OPEN_GAP,
		              (struct markup_values){ .one = gap });
	buffer_text(out, "</p></div>\n");
}

static void write_beside(struct buffer *out, const struct report *report, enum word word)
{
	buffer_text(out, "<small class=\"beside\">");
	markup_word(out, report->lang, word);
	buffer_text(out, "</small>");
}

// Of a day that was captured in part, how much was; and that a day is lost or has no captures.
static void write_coverage(struct buffer *out, const struct report *report, uint32_t index)
{
	char share[NUMBER_SIZE];
	if (report_survey_is_lost(report->survey, index)) {
		write_beside(out, report, WORD_DAY_LOST);
		return;
	}
	if (report_survey_is_missing(report->survey, index)) {
		write_beside(out, report, WORD_DAY_MISSING);
		return;
	}
	if (report->coverage == NULL || !(report->coverage[index] < CHART_WHOLE_DAY))
		return;
	number_share(report->coverage[index], share);
	buffer_text(out, "<small class=\"beside\">");
	markup_phrase(out, report->lang, WORD_DAY_COVERED, (struct markup_values){ .one = share });
	buffer_text(out, "</small>");
}

// Behind the day, as what may change there are `recovered` and `active`, at its right.
static void write_open(struct buffer *out, const struct report *report, size_t family,
                       uint32_t index)
{
	if (!report_survey_is_open(report->survey, family, index) ||
	    !report_survey_is_known(report->survey, family, index))
		return;
	write_beside(out, report, WORD_SHADE_OPEN);
}

static void write_counted(struct buffer *out, const struct report *report,
                          const uint64_t numbers[2], bool has_data)
{
	if (!has_data) {
		write_unknown_cells(out, report, 2);
		return;
	}
	write_count(out, numbers[0]);
	write_count(out, numbers[1]);
}

// What is counted on a day without captures is unknown; what is known from other
// days is not.
static void write_day_row(struct buffer *out, const struct report *report, size_t family,
                          uint32_t index)
{
	const struct report_survey_day *day = &report->survey->families[family].days[index];
	const uint64_t counted[] = { day->packets, day->sources },
		       changed[] = { day->new_sources, day->returned };
	const bool has_data = report->survey->has_data[index];
	char text[CALENDAR_DAY_SIZE];
	day_format(report->survey->first_day + (int32_t)index, text);
	buffer_format(out, "<tr%s><th scope=\"row\">%s", has_data ? "" : " class=\"gap\"", text);
	write_coverage(out, report, index);
	write_open(out, report, family, index);
	buffer_text(out, "</th>");
	if (!report_survey_is_known(report->survey, family, index)) {
		write_unknown_cells(out, report, 6);
		buffer_text(out, "</tr>\n");
		return;
	}
	write_counted(out, report, counted, has_data);
	if (report_survey_is_change_known(report->survey, family, index)) {
		write_counted(out, report, changed, has_data);
		write_count(out, day->recovered);
	} else {
		write_unknown_cells(out, report, 3);
	}
	write_count(out, day->active);
	buffer_text(out, "</tr>\n");
}

// The days end-1, end-2, ... begin.
static void write_days(struct buffer *out, const struct report *report, size_t family,
                       const uint32_t range[2])
{
	static const enum word columns[] = {
		WORD_COLUMN_DAY, WORD_COLUMN_PACKETS, WORD_DAILY,  WORD_NEW,
		WORD_RETURNED,   WORD_RECOVERED,      WORD_ACTIVE,
	};
	page_table_begin(out, report, columns, sizeof columns / sizeof *columns, 1);
	for (uint32_t i = range[1]; i-- > range[0];)
		write_day_row(out, report, family, i);
	page_table_end(out);
}

static void write_left_out(struct buffer *out, const struct report *report, uint32_t days)
{
	char text[NUMBER_SIZE];
	if (days == 0)
		return;
	number_grouped(days, text);
	buffer_text(out, "<p class=\"note\">");
	markup_phrase(out, report->lang, WORD_EVEN_EARLIER, (struct markup_values){ .one = text });
	buffer_text(out, "</p>");
}

static void write_family_days(struct buffer *out, const struct report *report, size_t family)
{
	const struct report_survey_family *of = &report->survey->families[family];
	const uint32_t end = report->survey->day_count;
	const uint32_t recent = end > PAGE_RECENT_DAYS ? end - PAGE_RECENT_DAYS : 0;
	const uint32_t begin = end > PAGE_DAYS_MAX ? end - PAGE_DAYS_MAX : 0;
	char days[NUMBER_SIZE];
	buffer_text(out, "<div class=\"panel\" id=\"");
	page_anchor(out, "days", report->survey->families[family].name);
	buffer_text(out, "\"><h3>");
	page_swatch(out, family);
	markup_text(out, family_title(report, family));
	buffer_text(out, "</h3>\n");
	if (of->lifetimes.spells == 0) {
		page_word(out, "p", report, page_why_nothing(report, family));
		buffer_text(out, "</div>\n");
		return;
	}
	page_rows_begin(out);
	write_days(out, report, family, (const uint32_t[]){ recent, end });
	if (recent > begin) {
		number_grouped(recent - begin, days);
		buffer_text(out, "<details><summary>");
		markup_phrase(out, report->lang, WORD_EARLIER_DAYS,
		              (struct markup_values){ .one = days });
		buffer_text(out, "</summary>\n");
		write_days(out, report, family, (const uint32_t[]){ begin, recent });
		write_left_out(out, report, begin);
		buffer_text(out, "</details>\n");
	}
	page_rows_end(out);
	page_csv_link(out, report, report->files.survey_csv, NULL);
	buffer_text(out, "</div>\n");
}

void page_days(struct buffer *out, const struct report *report)
{
	if (page_is_empty(out, report))
		return;
	buffer_text(out, "<div class=\"pair\">\n");
	for (size_t i = 0; i < report->survey->family_count; i++)
		write_family_days(out, report, i);
	buffer_text(out, "</div>\n");
}
