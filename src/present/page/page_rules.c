// SPDX-License-Identifier: MIT
// Association rules: what was asked for, what emerged, the strongest ones by day and as a table, and
// what there may be besides.
#include "present/page/page.h"

#include "base/calendar.h"
#include "base/text.h"
#include "present/words/numbers.h"
#include "present/chart/paint.h"
#include "present/page/rule_text.h"

#include <math.h>

enum { SPARK_WIDTH = 108, SPARK_HEIGHT = 26 };

// ---- parts

double page_mirai_share(struct report_targets targets)
{
	if (targets.sources == 0 || targets.mirai > targets.sources)
		return NAN;
	return (double)targets.mirai / (double)targets.sources;
}

void page_rule_field(struct buffer *out, const struct report *report,
                     const struct report_rule *rule)
{
	const char *field = rule_field(rule);
	markup_text(out, field != NULL ? rule_field_name(report->lang, field)
	                               : word_in(report->lang, WORD_FIELD_SEVERAL));
}

void page_rule(struct buffer *out, const struct report *report, const struct report_rule *rule)
{
	const bool is_mixed = rule_field(rule) == NULL;
	buffer_text(out, "<span class=\"rule\">");
	for (size_t i = 0; i < rule_items(rule); i++) {
		if (i == rule->antecedent_count)
			buffer_text(out, " <b>⇒</b>\u00a0");
		else
			buffer_text(out, i > 0 ? "<i>,</i> " : "");
		buffer_text(out, "<span>");
		if (is_mixed) {
			buffer_text(out, "<small>");
			markup_text(out, rule_field_name(report->lang, rule->items[i].field));
			buffer_text(out, "</small> ");
		}
		rule_value(out, report->lang, &rule->items[i], markup_text);
		buffer_text(out, "</span>");
	}
	buffer_text(out, "</span>");
}

// ---- what was asked for, and what is missing

static void append_fields(struct buffer *out, const struct report *report)
{
	const struct report_rules *rules = report->rules;
	for (size_t i = 0; i < rules->field_count; i++) {
		buffer_text(out, i == 0 ? "" : report->lang == LANG_JA ? "、" : ", ");
		buffer_text(out, rule_field_name(report->lang, rules->fields[i]));
	}
	buffer_byte(out, '\0');
}

static void append_days(struct buffer *out, const struct report *report)
{
	char from[CALENDAR_DAY_SIZE], to[CALENDAR_DAY_SIZE];
	day_format(report->rules->from, from);
	day_format(report->rules->to, to);
	markup_plain_phrase(out, report->lang, WORD_RANGE,
	                    (struct markup_values){ .one = from, .two = to });
	buffer_byte(out, '\0');
}

enum { RANGE_SIZE = 2 * NUMBER_SIZE + 16 };

// "10", or "10 to 62".
static void range_text(const struct report *report, uint64_t least, uint64_t most,
                       char out[RANGE_SIZE])
{
	char texts[2][NUMBER_SIZE];
	struct buffer range = buffer_up_to(RANGE_SIZE);
	number_grouped(least, texts[0]);
	number_grouped(most, texts[1]);
	if (most <= least)
		buffer_text(&range, texts[0]);
	else
		markup_plain_phrase(&range, report->lang, WORD_RANGE,
		                    (struct markup_values){ .one = texts[0], .two = texts[1] });
	buffer_byte(&range, '\0');
	text_copy(out, RANGE_SIZE, range.failed ? "" : (const char *)range.bytes);
	buffer_done(&range);
}

// How the support follows from the day.
static void write_support(struct buffer *out, const struct report *report)
{
	const struct report_rules *rules = report->rules;
	char one_in[NUMBER_SIZE], least[NUMBER_SIZE], sources[RANGE_SIZE];
	if (rules->support_one_in == 0)
		return;
	number_grouped(rules->support_one_in, one_in);
	number_grouped(rules->support_least, least);
	range_text(report, rules->sources_min, rules->sources_max, sources);
	page_sentence_gap(out, report);
	markup_phrase(out, report->lang, WORD_RULES_SUPPORT,
	              (struct markup_values){ .one = one_in, .two = sources, .three = least });
	if (rules->is_support_by_telescope) {
		page_sentence_gap(out, report);
		markup_word(out, report->lang, WORD_RULES_SUPPORT_SMALL);
	}
}

static void write_asked(struct buffer *out, const struct report *report)
{
	const struct report_rules *rules = report->rules;
	char support[RANGE_SIZE], confidence[NUMBER_SIZE];
	struct buffer fields = buffer_up_to(1 << 16), days = buffer_up_to(256);
	range_text(report, rules->support_min, rules->support_max, support);
	number_share(rules->confidence_min, confidence);
	append_fields(&fields, report);
	append_days(&days, report);
	out->failed = out->failed || fields.failed || days.failed;
	buffer_text(out, "<p class=\"note\">");
	if (!out->failed)
		markup_phrase(out, report->lang, WORD_RULES_MINED,
		              (struct markup_values){ (const char *)days.bytes,
		                                      (const char *)fields.bytes, support,
		                                      confidence });
	write_support(out, report);
	buffer_text(out, "</p>\n");
	buffer_done(&fields);
	buffer_done(&days);
}

// A note with numbers; nothing if the first is 0.
static void write_note(struct buffer *out, const struct report *report, enum word word,
                       const uint64_t numbers[2])
{
	char texts[2][NUMBER_SIZE];
	if (numbers[0] == 0)
		return;
	number_grouped(numbers[0], texts[0]);
	number_grouped(numbers[1], texts[1]);
	buffer_text(out, "<p class=\"note\">");
	markup_phrase(out, report->lang, word,
	              (struct markup_values){ .one = texts[0], .two = texts[1] });
	buffer_text(out, "</p>\n");
}

static void write_left_out(struct buffer *out, const struct report *report)
{
	char days[NUMBER_SIZE], from[CALENDAR_DAY_SIZE];
	if (report->rules->days_left_out == 0)
		return;
	number_grouped(report->rules->days_left_out, days);
	day_format(report->rules->from, from);
	buffer_text(out, "<p class=\"note\">");
	markup_phrase(out, report->lang, WORD_RULES_LEFT_OUT,
	              (struct markup_values){ .one = days, .two = from });
	buffer_text(out, "</p>\n");
}

static uint32_t unknown_days(const struct report *report)
{
	const struct report_survey *survey = report->survey;
	uint32_t count = 0;
	for (uint32_t i = 0; i < survey->day_count; i++)
		count += survey->has_unknown[i] &&
		         survey->first_day + (int32_t)i >= report->rules->from;
	return count;
}

static void write_missing(struct buffer *out, const struct report *report)
{
	const struct report_rules *rules = report->rules;
	write_left_out(out, report);
	// Nobody asked for a support that goes by the day.
	write_note(out, report, rules->support_one_in > 0 ? WORD_RULES_FLOOR : WORD_RULES_RAISED,
	           (const uint64_t[]){ rules->support_asked, rules->support_min });
	write_note(out, report, WORD_RULES_PARTIAL, (const uint64_t[]){ rules->partial_days, 0 });
	write_note(out, report, WORD_RULES_BUCKETS,
	           (const uint64_t[]){ rules->bucketed_sources, 0 });
	write_note(out, report, WORD_RULES_UNKNOWN, (const uint64_t[]){ unknown_days(report), 0 });
	page_floods_note(out, report);
}

static void write_lower(struct buffer *out, const struct report *report)
{
	if (report->rules->lower_command == NULL)
		return;
	char listed[NUMBER_SIZE];
	number_grouped(report->rules->support_listed, listed);
	buffer_text(out, "<p class=\"note ask\">");
	markup_phrase(out, report->lang,
	              report->rules->support_listed > 0 ? WORD_RULES_LISTED : WORD_RULES_LOWER,
	              (struct markup_values){ .one = listed });
	buffer_byte(out, ' ');
	page_element(out, "code", report->rules->lower_command);
	buffer_text(out, "</p>\n");
}

static void write_none(struct buffer *out, const struct report *report)
{
	char support[RANGE_SIZE], confidence[NUMBER_SIZE];
	range_text(report, report->rules->support_min, report->rules->support_max, support);
	number_share(report->rules->confidence_min, confidence);
	page_phrase(out, "p", report, WORD_RULES_NONE,
	            (struct markup_values){ .one = support, .two = confidence });
}

// ---- figures

static void write_lines_left_out(struct buffer *out, const struct report *report,
                                 const struct report_rule_figure *figure)
{
	char shown[NUMBER_SIZE], all[NUMBER_SIZE];
	if (figure->line_count <= REPORT_RULE_LINES_MAX)
		return;
	number_grouped(REPORT_RULE_LINES_MAX, shown);
	number_grouped(figure->line_count, all);
	page_phrase(out, "p", report, WORD_CAPTION_RULES_MORE,
	            (struct markup_values){ .one = shown, .two = all });
}

static void write_figure(struct buffer *out, const struct report *report, size_t index)
{
	const struct report_rules *rules = report->rules;
	const struct report_rule_figure *figure = &rules->figures[index];
	struct buffer anchor = buffer_up_to(4096);
	page_anchor(&anchor, "rules", figure->field);
	buffer_byte(&anchor, '\0');
	out->failed = out->failed || anchor.failed;
	const struct page_figure of = { FIGURE_RULES, index, (const char *)anchor.bytes };
	if (!out->failed && page_figure_begin(out, report, of)) {
		buffer_text(out, "<p>");
		markup_word(out, report->lang, WORD_CAPTION_RULES);
		if (figure->is_log) {
			page_sentence_gap(out, report);
			markup_word(out, report->lang, WORD_CAPTION_RULES_LOG);
		}
		buffer_text(out, "</p>");
		write_lines_left_out(out, report, figure);
		page_word(out, "p", report, WORD_CAPTION_RULES_ALIKE);
		page_caption_days(out, report, rules->from, rules->to);
		page_caption_shaded(out, report, rules->from, rules->to);
		page_figure_end(out, report, FIGURE_RULES, figure->file);
	}
	buffer_done(&anchor);
}

// ---- the table

// What a column of the timeline stands for: the most of its days.
static uint64_t most_of(const struct report_rule_life *life, size_t begin, size_t end)
{
	uint64_t most = 0;
	for (size_t i = begin; i < end; i++)
		most = life->sources[i] != REPORT_UNKNOWN && life->sources[i] > most
		               ? life->sources[i]
		               : most;
	return most;
}

// A bar for each day, or for several. One that is not 0 can be seen.
static void write_timeline(struct buffer *out, const struct report *report,
                           const struct report_rule_life *life)
{
	const size_t days = (size_t)(report->rules->to - report->rules->from) + 1;
	const size_t columns = days < SPARK_WIDTH ? days : SPARK_WIDTH;
	const double width = (double)SPARK_WIDTH / (double)columns;
	const double most = (double)most_of(life, 0, days);
	buffer_format(out,
	              "<td><svg class=\"chart spark\" viewBox=\"0 0 %d %d\" aria-hidden=\"true\">"
	              "<path class=\"axis\" d=\"M0 %d.5H%d\"/><path class=\"a0\" d=\"",
	              SPARK_WIDTH, SPARK_HEIGHT, SPARK_HEIGHT - 1, SPARK_WIDTH);
	// The outline of each run of columns.
	bool is_up = false;
	for (size_t i = 0; i < columns; i++) {
		const uint64_t value = most_of(life, i * days / columns, (i + 1) * days / columns);
		const double height = fmax((double)value / most * (SPARK_HEIGHT - 2), 1);
		if (value > 0 && !is_up)
			paint_to(out, 'M', (double)i * width, SPARK_HEIGHT - 1);
		if (value > 0) {
			paint_along(out, 'V', round(SPARK_HEIGHT - 1 - height));
			paint_along(out, 'H', (double)(i + 1) * width);
		}
		if (is_up && value == 0)
			paint_along(out, 'V', SPARK_HEIGHT - 1);
		is_up = value > 0;
	}
	if (is_up)
		paint_along(out, 'V', SPARK_HEIGHT - 1);
	buffer_text(out, "\"/></svg></td>");
}

static void write_day_cell(struct buffer *out, int32_t day)
{
	char text[CALENDAR_DAY_SIZE];
	day_format(day, text);
	buffer_format(out, "<td class=\"n\">%s</td>", text);
}

static void write_life(struct buffer *out, const struct report *report, size_t row)
{
	const struct report_rule_life *life = &report->rules->lives[row];
	char confidence[NUMBER_SIZE];
	number_share(life->confidence, confidence);
	buffer_text(out, "<tr><th scope=\"row\" class=\"long\">");
	page_rule(out, report, &life->rule);
	buffer_text(out, "<small>");
	page_rule_field(out, report, &life->rule);
	buffer_text(out, "</small></th>");
	write_timeline(out, report, life);
	write_day_cell(out, life->first_day);
	write_day_cell(out, life->last_day);
	page_count_cell(out, life->days);
	write_day_cell(out, life->peak_day);
	page_count_cell(out, life->peak.sources);
	page_share_cell(out, report, page_mirai_share(life->peak));
	buffer_format(out, "<td class=\"n\">%s</td></tr>\n", confidence);
}

static bool has_unknown(const struct report_rules *rules)
{
	for (size_t i = 0; i < rules->life_count; i++)
		if (isnan(page_mirai_share(rules->lives[i].peak)))
			return true;
	return false;
}

static void write_table(struct buffer *out, const struct report *report)
{
	static const enum word columns[] = {
		WORD_COLUMN_RULE,     WORD_COLUMN_TIMELINE,    WORD_COLUMN_FIRST_DAY,
		WORD_COLUMN_LAST_DAY, WORD_COLUMN_RULE_DAYS,   WORD_COLUMN_PEAK_DAY,
		WORD_COLUMN_TARGETS,  WORD_COLUMN_MIRAI_SHARE, WORD_COLUMN_CONFIDENCE,
	};
	const struct report_rules *rules = report->rules;
	const int32_t days[] = { rules->from, rules->to };
	const struct page_rows rows = {
		.columns = columns,
		.column_count = 9,
		.numbers_begin = 2,
		.numbers_end = 9,
		.count = rules->life_count,
		.write = write_life,
		.csv = report->files.rules_timeline_csv,
	};
	buffer_text(out, "<div class=\"panel\">");
	page_heading(out, report, "rule-table", WORD_RULE_TABLE, days);
	if (rules->life_count > 0) {
		page_rows_write(out, report, &rows);
		write_note(out, report, WORD_MORE_ROWS, (const uint64_t[]){ rules->lives_more, 0 });
		buffer_text(out, "<p class=\"note\">");
		markup_word(out, report->lang, WORD_RULE_TABLE_NOTE);
		if (has_unknown(rules)) {
			page_sentence_gap(out, report);
			markup_word(out, report->lang, WORD_SHARE_UNKNOWN);
		}
		buffer_text(out, "</p>\n");
	} else {
		write_none(out, report);
	}
	write_missing(out, report);
	write_lower(out, report);
	buffer_text(out, "</div>\n");
}

void page_rules(struct buffer *out, const struct report *report)
{
	buffer_text(out, "<div class=\"panel lead-in\">");
	page_word(out, "p", report, WORD_RULES_LEAD);
	write_asked(out, report);
	buffer_text(out, "</div>\n");
	page_emergences(out, report);
	for (size_t i = 0; i < report->rules->figure_count; i++)
		write_figure(out, report, i);
	write_table(out, report);
}
