// SPDX-License-Identifier: MIT
// Tables of ports, places and networks: rows of which the first ones are open, cells, and the
// notes below.
#include "present/page/page.h"

#include "base/calendar.h"
#include "base/text.h"
#include "present/words/numbers.h"

#include <math.h>

void page_phrase(struct buffer *out, const char *tag, const struct report *report, enum word word,
                 struct markup_values values)
{
	buffer_format(out, "<%s>", tag);
	markup_phrase(out, report->lang, word, values);
	buffer_format(out, "</%s>", tag);
}

static void append_period(struct buffer *out, const struct report *report, const int32_t days[2])
{
	char from[CALENDAR_DAY_SIZE], to[CALENDAR_DAY_SIZE];
	day_format(days[0], from);
	day_format(days[1], to);
	if (days[0] == days[1])
		buffer_text(out, from);
	else
		markup_plain_phrase(out, report->lang, WORD_RANGE,
		                    (struct markup_values){ .one = from, .two = to });
	buffer_byte(out, '\0');
}

void page_heading(struct buffer *out, const struct report *report, const char *anchor,
                  enum word word, const int32_t days[2])
{
	struct buffer period = buffer_up_to(256);
	append_period(&period, report, days);
	out->failed = out->failed || period.failed;
	buffer_format(out, "<h3 id=\"%s\">", anchor);
	if (!out->failed)
		markup_phrase(out, report->lang, word,
		              (struct markup_values){ .one = (const char *)period.bytes });
	buffer_text(out, "</h3>\n");
	buffer_done(&period);
}

static void write_rows(struct buffer *out, const struct report *report,
                       const struct page_rows *rows, size_t begin, size_t end)
{
	buffer_text(out, "<div class=\"scroll\" tabindex=\"0\"><table>\n<thead><tr>");
	for (size_t i = 0; i < rows->column_count; i++)
		page_column_head(out, report, rows->columns[i],
		                 i >= rows->numbers_begin && i < rows->numbers_end, rows->value);
	buffer_text(out, "</tr></thead>\n<tbody>\n");
	for (size_t i = begin; i < end; i++)
		rows->write(out, report, i);
	page_table_end(out);
}

void page_csv_link(struct buffer *out, const struct report *report, const char *file,
                   const char *too)
{
	if (file == NULL)
		return;
	buffer_text(out, "<ul class=\"links\">");
	page_link(out, file, word_in(report->lang, WORD_TABLE_CSV));
	page_link(out, too, too);
	buffer_text(out, "</ul>\n");
}

void page_rows_begin(struct buffer *out)
{
	buffer_text(out, "<div class=\"rows\">");
}

void page_rows_end(struct buffer *out)
{
	buffer_text(out, "</div>\n");
}

void page_rows_write(struct buffer *out, const struct report *report, const struct page_rows *rows)
{
	const size_t shown = rows->count < PAGE_ROWS_MAX ? rows->count : PAGE_ROWS_MAX;
	const size_t open = shown < PAGE_ROWS_OPEN ? shown : PAGE_ROWS_OPEN;
	char text[NUMBER_SIZE];
	page_rows_begin(out);
	write_rows(out, report, rows, 0, open);
	if (open < shown) {
		number_grouped(shown - open, text);
		buffer_text(out, "<details>");
		page_phrase(out, "summary", report, WORD_MORE_FOLDED,
		            (struct markup_values){ .one = text });
		write_rows(out, report, rows, open, shown);
		buffer_text(out, "</details>\n");
	}
	page_rows_end(out);
	if (shown < rows->count) {
		number_grouped(rows->count - shown, text);
		buffer_text(out, "<p class=\"note\">");
		markup_phrase(out, report->lang, WORD_MORE_ROWS,
		              (struct markup_values){ .one = text });
		buffer_text(out, "</p>\n");
	}
	page_csv_link(out, report, rows->csv, rows->csv_too);
}

static void write_unknown_cell(struct buffer *out, const struct report *report)
{
	buffer_text(out, "<td class=\"n\">");
	markup_word(out, report->lang, WORD_UNKNOWN);
	buffer_text(out, "</td>");
}

void page_share_cell(struct buffer *out, const struct report *report, double share)
{
	char text[NUMBER_SIZE];
	if (!isfinite(share)) {
		write_unknown_cell(out, report);
		return;
	}
	number_share(share, text);
	buffer_text(out, "<td class=\"n share\" style=\"--S:");
	markup_coordinate(out, share >= 0 && share <= 1 ? share * 100 : 0);
	buffer_text(out, "\">");
	markup_text(out, text);
	buffer_text(out, "</td>");
}

void page_number_cell(struct buffer *out, const struct report *report, uint64_t value)
{
	if (value != REPORT_UNKNOWN)
		page_count_cell(out, value);
	else
		write_unknown_cell(out, report);
}

void page_difference(struct buffer *out, uint64_t now, uint64_t before)
{
	if (now == before) {
		buffer_text(out, "±0");
		return;
	}
	buffer_text(out, now > before ? "+" : "−");
	page_number(out, now > before ? now - before : before - now);
}

void page_change_cell(struct buffer *out, const struct report *report, uint64_t now,
                      uint64_t before)
{
	if (now == REPORT_UNKNOWN || before == REPORT_UNKNOWN) {
		write_unknown_cell(out, report);
		return;
	}
	buffer_format(out, "<td class=\"n%s\">",
	              now > before   ? " up"
	              : now < before ? " down"
	                             : "");
	page_difference(out, now, before);
	buffer_text(out, "</td>");
}

static bool is_plain(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
	       c == '-' || c == '_';
}

void page_anchor(struct buffer *out, const char *kind, const char *id)
{
	buffer_format(out, "%s-", kind);
	if (text_equal(id, "*"))
		id = "all";
	for (; *id != '\0'; id++) {
		if (is_plain(*id))
			buffer_byte(out, (uint8_t)*id);
		else
			buffer_format(out, ".%02x", (uint8_t)*id);
	}
}

const char *page_place_name(const struct report *report, const struct report_place *place)
{
	if (text_equal(place->id, "unknown"))
		return word_in(report->lang, WORD_UNKNOWN);
	return place->name != NULL && place->name[0] != '\0' ? place->name : place->id;
}

static void write_asked_for(struct buffer *out, const struct report *report,
                            const struct report_database *database)
{
	const bool has_from = database->from != INT32_MIN, has_to = database->to != INT32_MAX;
	char from[CALENDAR_DAY_SIZE] = "", to[CALENDAR_DAY_SIZE] = "";
	if (!has_from && !has_to)
		return;
	if (has_from)
		day_format(database->from, from);
	if (has_to)
		day_format(database->to, to);
	buffer_text(out, report->lang == LANG_JA ? "、" : ", ");
	markup_phrase(out, report->lang,
	              !has_to     ? WORD_DATABASE_SINCE
	              : !has_from ? WORD_DATABASE_UNTIL
	                          : WORD_DATABASE_FOR,
	              (struct markup_values){ .one = has_from ? from : to, .two = to });
}

static void write_database(struct buffer *out, const struct report *report,
                           const struct report_database *database)
{
	char day[CALENDAR_DAY_SIZE];
	const char *attribution = database->attribution;
	buffer_text(out, "<li>");
	markup_phrase(out, report->lang, WORD_DATABASE,
	              (struct markup_values){ .one = database->name, .two = database->type });
	buffer_text(out, report->lang == LANG_JA ? "、" : ", ");
	if (database->built_day == INT32_MIN) {
		markup_word(out, report->lang, WORD_DATABASE_UNDATED);
	} else {
		day_format(database->built_day, day);
		markup_phrase(out, report->lang, WORD_DATABASE_BUILT,
		              (struct markup_values){ .one = day });
	}
	write_asked_for(out, report, database);
	if (attribution != NULL && attribution[0] != '\0') {
		buffer_text(out, report->lang == LANG_JA ? "。" : ". ");
		markup_phrase(out, report->lang, WORD_DATABASE_BY,
		              (struct markup_values){ .one = attribution });
	}
	buffer_text(out, "</li>");
}

void page_databases(struct buffer *out, const struct report *report,
                    const struct report_databases *databases, enum word none)
{
	if (databases->count == 0) {
		buffer_text(out, "<p class=\"caution\">");
		markup_word(out, report->lang, none);
		if (databases->how_to_get != NULL) {
			page_sentence_gap(out, report);
			markup_word(out, report->lang, WORD_HOW_TO_GET);
			page_element(out, "code", databases->how_to_get);
		}
		buffer_text(out, "</p>\n");
		return;
	}
	buffer_text(out, "<div class=\"note sources\"><ul>");
	for (size_t i = 0; i < databases->count; i++)
		write_database(out, report, &databases->entries[i]);
	buffer_text(out, "</ul>");
	page_word(out, "p", report, WORD_DATABASES_WHY);
	buffer_text(out, "</div>\n");
}

void page_floods_note(struct buffer *out, const struct report *report)
{
	char count[NUMBER_SIZE];
	const struct report_floods *floods = report->floods;
	if (floods == NULL || floods->source_days == 0)
		return;
	number_grouped(floods->source_days, count);
	buffer_text(out, "<p class=\"note\"><a href=\"#floods\">");
	markup_phrase(out, report->lang,
	              floods->are_left_out ? WORD_FLOODS_SEE_OUT : WORD_FLOODS_SEE_IN,
	              (struct markup_values){ .one = count });
	buffer_text(out, "</a></p>\n");
}
