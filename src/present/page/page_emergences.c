// SPDX-License-Identifier: MIT
// Rules that nobody had seen before: a card each, of the latest, then a folded table.
#include "present/page/page.h"

#include "base/calendar.h"
#include "base/text.h"
#include "present/words/numbers.h"
#include "present/page/rule_text.h"

#include <math.h>

enum { CARDS_MAX = 12, OTHERS_MAX = 8, PARTS_MAX = 5 };

static const char *separator(const struct report *report)
{
	return report->lang == LANG_JA ? "、" : ", ";
}

static void open_fact(struct buffer *out, const struct report *report, enum word name)
{
	buffer_text(out, "<div>");
	page_word(out, "dt", report, name);
	buffer_text(out, "<dd>");
}

static void close_fact(struct buffer *out)
{
	buffer_text(out, "</dd></div>\n");
}

// A number in full, and below it what it is.
static void write_number(struct buffer *out, const struct report *report, enum word name,
                         const char *text)
{
	buffer_text(out, "<div><dd>");
	markup_text(out, text);
	buffer_text(out, "</dd>");
	page_word(out, "dt", report, name);
	buffer_text(out, "</div>");
}

static void write_share(struct buffer *out, const struct report *report, enum word name,
                        double share)
{
	char text[NUMBER_SIZE];
	number_share(share, text);
	write_number(out, report, name, text);
}

static void write_numbers(struct buffer *out, const struct report *report,
                          const struct report_emergence *e)
{
	char text[NUMBER_SIZE];
	buffer_text(out, "<dl class=\"numbers\">");
	number_grouped(e->targets.sources, text);
	write_number(out, report, WORD_EMERGENCE_TARGETS, text);
	write_share(out, report, WORD_EMERGENCE_MIRAI, page_mirai_share(e->targets));
	write_share(out, report, WORD_EMERGENCE_CONFIDENCE, e->confidence);
	number_tenths(e->lift, text);
	write_number(out, report, WORD_EMERGENCE_LIFT, text);
	buffer_text(out, "</dl>");
}

// "Vietnam 12.3%": of the target sources.
static void write_part(struct buffer *out, const struct report_emergence *e, const char *name,
                       uint64_t sources)
{
	char share[NUMBER_SIZE];
	number_share(e->targets.sources > 0 && sources <= e->targets.sources
	                     ? (double)sources / (double)e->targets.sources
	                     : NAN,
	             share);
	markup_text(out, name);
	buffer_text(out, "\u00a0<small>");
	markup_text(out, share);
	buffer_text(out, "</small>");
}

static void write_ports(struct buffer *out, const struct report *report,
                        const struct report_emergence *e)
{
	if (e->port_count == 0)
		buffer_text(out, "–");
	for (size_t i = 0; i < e->port_count && i < PARTS_MAX; i++) {
		char port[NUMBER_SIZE];
		text_format(port, sizeof port, "%u", e->ports[i].number);
		buffer_text(out, i > 0 ? separator(report) : "");
		write_part(out, e, port, e->ports[i].sources);
	}
}

static void write_places(struct buffer *out, const struct report *report, enum word name,
                         const struct report_emergence *e, const struct report_place *places,
                         size_t count)
{
	if (count == 0)
		return;
	open_fact(out, report, name);
	for (size_t i = 0; i < count && i < PARTS_MAX; i++) {
		buffer_text(out, i > 0 ? separator(report) : "");
		write_part(out, e, page_place_name(report, &places[i]), places[i].sources);
	}
	close_fact(out);
}

static void write_matches(struct buffer *out, const struct report *report,
                          const struct report_emergence *e)
{
	if (e->match_count == 0) {
		buffer_text(out, "<span class=\"new\">");
		markup_word(out, report->lang, WORD_EMERGENCE_UNNAMED);
		buffer_text(out, "</span>");
	}
	for (size_t i = 0; i < e->match_count && i < PARTS_MAX; i++) {
		buffer_text(out, i > 0 ? separator(report) : "");
		write_part(out, e, e->matches[i].fingerprint, e->matches[i].sources);
	}
}

static void write_example(struct buffer *out, const struct report *report,
                          const struct report_emergence *e)
{
	char syns[NUMBER_SIZE];
	if (e->example.items == NULL || e->example.count == 0)
		return;
	number_grouped(e->example.syns, syns);
	open_fact(out, report, WORD_EMERGENCE_EXAMPLE);
	buffer_text(out, "<code>");
	for (size_t i = 0; i < e->example.count; i++) {
		buffer_text(out, i > 0 ? " <span>" : "<span>");
		markup_text(out, e->example.items[i].field);
		buffer_byte(out, '=');
		markup_text(out, e->example.items[i].value);
		buffer_text(out, "</span>");
	}
	buffer_text(out, "</code><small>");
	markup_phrase(out, report->lang,
	              e->example.syns == 1 ? WORD_EMERGENCE_ONE_SYN : WORD_EMERGENCE_SYNS,
	              (struct markup_values){ .one = syns });
	buffer_text(out, "</small>");
	close_fact(out);
}

static void write_others(struct buffer *out, const struct report *report,
                         const struct report_emergence *e)
{
	char text[NUMBER_SIZE];
	if (e->other_count == 0)
		return;
	open_fact(out, report, WORD_EMERGENCE_OTHERS);
	for (size_t i = 0; i < e->other_count && i < OTHERS_MAX; i++) {
		buffer_text(out, i > 0 ? "<br/>" : "");
		page_rule(out, report, &e->others[i].rule);
		if (e->others[i].day == e->day)
			continue;
		day_format(e->others[i].day, text);
		buffer_format(out, " <small>%s</small>", text);
	}
	if (e->other_count > OTHERS_MAX) {
		number_grouped(e->other_count - OTHERS_MAX, text);
		buffer_text(out, "<br/>");
		page_phrase(out, "small", report, WORD_MORE_FOLDED,
		            (struct markup_values){ .one = text });
	}
	close_fact(out);
}

static void write_facts(struct buffer *out, const struct report *report,
                        const struct report_emergence *e)
{
	buffer_text(out, "<dl class=\"facts-of\">");
	open_fact(out, report, WORD_EMERGENCE_MATCHES);
	write_matches(out, report, e);
	close_fact(out);
	open_fact(out, report, WORD_EMERGENCE_PORTS);
	write_ports(out, report, e);
	close_fact(out);
	write_places(out, report, WORD_EMERGENCE_COUNTRIES, e, e->countries, e->country_count);
	write_places(out, report, WORD_EMERGENCE_NETWORKS, e, e->networks, e->network_count);
	write_others(out, report, e);
	write_example(out, report, e);
	buffer_text(out, "</dl>");
}

static void write_card(struct buffer *out, const struct report *report,
                       const struct report_emergence *e)
{
	char day[CALENDAR_DAY_SIZE];
	day_format(e->day, day);
	buffer_format(out, "<article class=\"card emergence\"><p class=\"when\">%s<span>", day);
	page_rule_field(out, report, &e->rule);
	buffer_text(out, "</span></p><h4>");
	page_rule(out, report, &e->rule);
	buffer_text(out, "</h4>");
	write_numbers(out, report, e);
	write_facts(out, report, e);
	buffer_text(out, "</article>\n");
}

// ---- those that have no card

static void write_row(struct buffer *out, const struct report *report,
                      const struct report_emergence *e)
{
	char day[CALENDAR_DAY_SIZE], confidence[NUMBER_SIZE];
	day_format(e->day, day);
	number_share(e->confidence, confidence);
	buffer_format(out, "<tr><th scope=\"row\">%s</th><td>", day);
	page_rule(out, report, &e->rule);
	buffer_text(out, "<small>");
	page_rule_field(out, report, &e->rule);
	buffer_text(out, "</small></td><td>");
	write_matches(out, report, e);
	buffer_text(out, "</td>");
	page_count_cell(out, e->targets.sources);
	page_share_cell(out, page_mirai_share(e->targets));
	buffer_format(out, "<td class=\"n\">%s</td></tr>\n", confidence);
}

static void write_rest(struct buffer *out, const struct report *report)
{
	static const enum word columns[] = { WORD_COLUMN_DAY,         WORD_COLUMN_RULE,
		                             WORD_COLUMN_MATCHES,     WORD_COLUMN_TARGETS,
		                             WORD_COLUMN_MIRAI_SHARE, WORD_COLUMN_CONFIDENCE };
	const struct report_rules *rules = report->rules;
	const size_t end = rules->emergence_count < PAGE_ROWS_MAX ? rules->emergence_count
	                                                          : PAGE_ROWS_MAX;
	char text[NUMBER_SIZE];
	if (end <= CARDS_MAX)
		return;
	number_grouped(end - CARDS_MAX, text);
	buffer_text(out, "<div class=\"panel\"><details>");
	page_phrase(out, "summary", report, WORD_MORE_FOLDED,
	            (struct markup_values){ .one = text });
	page_table_begin(out, report, columns, 6, 3);
	for (size_t i = CARDS_MAX; i < end; i++)
		write_row(out, report, &rules->emergences[i]);
	page_table_end(out);
	buffer_text(out, "</details>\n");
	if (end < rules->emergence_count || rules->emergences_more > 0) {
		number_grouped(rules->emergence_count - end + rules->emergences_more, text);
		page_phrase(out, "p", report, WORD_MORE_ROWS,
		            (struct markup_values){ .one = text });
	}
	buffer_text(out, "</div>\n");
}

static void write_rule(struct buffer *out, const struct report *report)
{
	const struct report_rules *rules = report->rules;
	char texts[5][NUMBER_SIZE];
	if (rules->past_days == 0)
		return;
	number_grouped(rules->past_days, texts[0]);
	number_grouped(rules->times, texts[1]);
	number_grouped(rules->recent_days, texts[2]);
	number_grouped(rules->past_days_min, texts[3]);
	number_grouped(rules->unjudged_days, texts[4]);
	buffer_text(out, "<p class=\"note\">");
	markup_phrase(out, report->lang, WORD_EMERGENCES_RULE,
	              (struct markup_values){ texts[0], texts[1], texts[2], texts[3] });
	if (rules->unjudged_days > 0) {
		page_sentence_gap(out, report);
		markup_phrase(out, report->lang, WORD_EMERGENCES_UNJUDGED,
		              (struct markup_values){ .one = texts[4] });
	}
	buffer_text(out, "</p>\n");
}

void page_emergences(struct buffer *out, const struct report *report)
{
	const struct report_rules *rules = report->rules;
	const int32_t days[] = { rules->from, rules->to };
	buffer_text(out, "<div class=\"panel lead-in\">");
	page_heading(out, report, "emergences", WORD_EMERGENCES, days);
	if (rules->emergence_count == 0)
		page_word(out, "p", report, WORD_EMERGENCES_NONE);
	write_rule(out, report);
	buffer_text(out, "</div>\n");
	if (rules->emergence_count == 0)
		return;
	buffer_text(out, "<div class=\"cards emergences\">\n");
	for (size_t i = 0; i < rules->emergence_count && i < CARDS_MAX; i++)
		write_card(out, report, &rules->emergences[i]);
	buffer_text(out, "</div>\n");
	write_rest(out, report);
	if (report->files.rules_new_csv == NULL)
		return;
	buffer_text(out, "<ul class=\"links\">");
	page_link(out, report->files.rules_new_csv, word_in(report->lang, WORD_EMERGENCES_CSV));
	buffer_text(out, "</ul>\n");
}
