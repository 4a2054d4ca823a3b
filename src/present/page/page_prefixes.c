// SPDX-License-Identifier: MIT
// How concentrated sources are: a curve, what it says in numbers, and the fullest prefixes.
#include "present/page/page.h"

#include "base/text.h"
#include "present/words/numbers.h"

static void write_count_or_dash(struct buffer *out, uint64_t count)
{
	if (count > 0)
		page_count_cell(out, count);
	else
		buffer_text(out, "<td class=\"n\">–</td>");
}

static void write_length(struct buffer *out, const struct report *report, size_t row)
{
	const struct report_prefixes *of = &report->concentration->lengths[row];
	buffer_format(out, "<tr><th scope=\"row\">/%u</th>", of->bits);
	write_count_or_dash(out,
	                    of->point_count > 0 ? of->points[of->point_count - 1].prefixes : 0);
	write_count_or_dash(out, of->fifth);
	write_count_or_dash(out, of->half);
	write_count_or_dash(out, of->top_count > 0 ? of->top[0].sources : 0);
	buffer_text(out, "</tr>\n");
}

static void write_fullest(struct buffer *out, const struct report *report,
                          const struct report_prefixes *of)
{
	static const enum word columns[] = { WORD_COLUMN_PREFIX, WORD_COLUMN_SOURCES,
		                             WORD_COLUMN_SHARE };
	const uint64_t all = of->point_count > 0 ? of->points[of->point_count - 1].sources : 0,
		       prefixes = of->point_count > 0 ? of->points[of->point_count - 1].prefixes
	                                              : 0;
	const size_t shown = of->top_count < PAGE_PREFIXES_MAX ? of->top_count : PAGE_PREFIXES_MAX;
	char bits[8], address[TEXT_IPV4_SIZE], more[NUMBER_SIZE];
	if (of->top_count == 0)
		return;
	text_format(bits, sizeof bits, "%u", of->bits);
	page_phrase(out, "h3", report, WORD_FULLEST, (struct markup_values){ .one = bits });
	page_table_begin(out, report, columns, 3, 1);
	for (size_t i = 0; i < shown; i++) {
		text_from_ipv4(of->top[i].first, address);
		buffer_format(out, "<tr><th scope=\"row\">%s/%u</th>", address, of->bits);
		page_count_cell(out, of->top[i].sources);
		page_share_cell(out, report, (double)of->top[i].sources / (double)all);
		buffer_text(out, "</tr>\n");
	}
	page_table_end(out);
	if (shown < prefixes) {
		number_grouped(prefixes - shown, more);
		buffer_text(out, "<p class=\"note\">");
		markup_phrase(out, report->lang, WORD_MORE_ROWS,
		              (struct markup_values){ .one = more });
		buffer_text(out, "</p>\n");
	}
}

static void write_figure(struct buffer *out, const struct report *report)
{
	const struct page_figure of = { FIGURE_CONCENTRATION, 0, "concentration-figure" };
	if (!page_figure_begin(out, report, of))
		return;
	page_word(out, "p", report, WORD_CAPTION_CONCENTRATION);
	page_caption_days(out, report, report->concentration->from, report->concentration->to);
	page_figure_end(out, report, FIGURE_CONCENTRATION, report->files.concentration_figure);
}

void page_concentration(struct buffer *out, const struct report *report)
{
	static const enum word columns[] = { WORD_COLUMN_LENGTH, WORD_COLUMN_PREFIXES,
		                             WORD_COLUMN_HOLD_FIFTH, WORD_COLUMN_HOLD_HALF,
		                             WORD_COLUMN_FULLEST };
	const struct report_concentration *concentration = report->concentration;
	const int32_t days[] = { concentration->from, concentration->to };
	const struct page_rows rows = {
		.columns = columns,
		.column_count = 5,
		.numbers_begin = 1,
		.numbers_end = 5,
		.count = concentration->length_count,
		.write = write_length,
	};
	write_figure(out, report);
	page_fold_begin(out);
	page_heading(out, report, "concentration", WORD_CONCENTRATION, days);
	page_fold_open(out);
	buffer_text(out, "<div class=\"panel\">");
	if (concentration->length_count > 0)
		page_rows_write(out, report, &rows);
	else
		page_word(out, "p", report, WORD_NO_PLACES);
	for (size_t i = 0; i < concentration->length_count; i++)
		write_fullest(out, report, &concentration->lengths[i]);
	page_csv_link(out, report, report->files.prefixes_csv, NULL);
	page_floods_note(out, report);
	buffer_text(out, "</div>\n");
	page_fold_end(out);
}
