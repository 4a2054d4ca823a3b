// SPDX-License-Identifier: MIT
// What hosts answered when they were asked.
#include "present/page/page.h"

#include "base/calendar.h"
#include "present/words/numbers.h"

// ---- on which ports

static void write_asked(struct buffer *out, const struct report *report)
{
	const struct report_accessibility *of = report->accessibility;
	char from[CALENDAR_DAY_SIZE], to[CALENDAR_DAY_SIZE], asked[NUMBER_SIZE], all[NUMBER_SIZE];
	buffer_text(out, "<p>");
	if (of->asked_from <= of->asked_to) {
		day_format(of->asked_from, from);
		day_format(of->asked_to, to);
		if (of->asked_from == of->asked_to)
			markup_phrase(out, report->lang, WORD_CAPTION_ASKED_DAY,
			              (struct markup_values){ .one = from });
		else
			markup_phrase(out, report->lang, WORD_CAPTION_ASKED_RANGE,
			              (struct markup_values){ .one = from, .two = to });
		page_sentence_gap(out, report);
	}
	number_grouped(of->sources - of->never_asked, asked);
	number_grouped(of->sources, all);
	markup_phrase(out, report->lang, WORD_CAPTION_NEVER_ASKED,
	              (struct markup_values){ .one = asked, .two = all });
	buffer_text(out, "</p>");
}

static void write_drawn(struct buffer *out, const struct report *report)
{
	const struct report_accessibility *of = report->accessibility;
	char attacked[NUMBER_SIZE], probed[NUMBER_SIZE];
	if (of->attacked_count == of->attacked_all && of->probed_count == of->probed_all)
		return;
	number_grouped(of->attacked_count, attacked);
	number_grouped(of->probed_count, probed);
	page_phrase(out, "p", report, WORD_CAPTION_PORTS_DRAWN,
	            (struct markup_values){ .one = attacked, .two = probed });
}

static void write_figure(struct buffer *out, const struct report *report)
{
	const struct page_figure of = { FIGURE_ACCESSIBILITY, 0, "accessibility" };
	if (!page_figure_begin(out, report, of))
		return;
	page_word(out, "p", report, WORD_CAPTION_ACCESSIBILITY);
	write_asked(out, report);
	write_drawn(out, report);
	page_caption_days(out, report, report->accessibility->from, report->accessibility->to);
	page_figure_end(out, report, FIGURE_ACCESSIBILITY, report->files.accessibility_figure);
}

static void write_row(struct buffer *out, const struct report *report, size_t index)
{
	const struct report_accessible *row = &report->accessibility->rows[index];
	buffer_format(out, "<tr><th scope=\"row\">%u</th><td>%u</td>", row->attacked, row->probed);
	page_count_cell(out, row->hosts);
	page_count_cell(out, row->accessible);
	page_share_cell(out, report, (double)row->accessible / (double)row->hosts);
	buffer_text(out, "</tr>\n");
}

static void write_table(struct buffer *out, const struct report *report)
{
	static const enum word columns[] = { WORD_COLUMN_ATTACKED, WORD_COLUMN_PROBED,
		                             WORD_COLUMN_HOSTS, WORD_COLUMN_ACCESSIBLE,
		                             WORD_COLUMN_SHARE };
	const struct report_accessibility *of = report->accessibility;
	const int32_t days[] = { of->from, of->to };
	const struct page_rows rows = {
		.columns = columns,
		.column_count = 5,
		.numbers_begin = 2,
		.numbers_end = 5,
		.count = of->row_count,
		.write = write_row,
		.csv = report->files.accessibility_csv,
	};
	char left_out[NUMBER_SIZE];
	page_fold_begin(out);
	page_heading(out, report, "accessibility-table", WORD_ACCESSIBILITY_TABLE, days);
	page_fold_open(out);
	buffer_text(out, "<div class=\"panel\">");
	page_rows_write(out, report, &rows);
	if (of->ports_left_out > 0) {
		number_grouped(of->ports_left_out, left_out);
		buffer_text(out, "<p class=\"note\">");
		markup_phrase(out, report->lang, WORD_ACCESSIBILITY_LEFT_OUT,
		              (struct markup_values){ .one = left_out });
		buffer_text(out, "</p>\n");
	}
	page_floods_note(out, report);
	buffer_text(out, "</div>\n");
	page_fold_end(out);
}

// ---- the section

void page_devices(struct buffer *out, const struct report *report)
{
	// Where there is more than the figure, a screen has the first of it.
	if (report->models != NULL)
		page_models(out, report);
	if (report->accessibility == NULL)
		return;
	if (report->models == NULL) {
		write_figure(out, report);
	} else {
		page_fold_begin(out);
		page_word(out, "h3", report, WORD_TITLE_ACCESSIBILITY);
		page_fold_open(out);
		write_figure(out, report);
		page_fold_end(out);
	}
	write_table(out, report);
}
