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
		buffer_text(out, e->is_unknown ? "<span>" : "<span class=\"new\">");
		markup_word(out, report->lang,
		            e->is_unknown ? WORD_EMERGENCE_UNKNOWN : WORD_EMERGENCE_UNNAMED);
		buffer_text(out, "</span>");
	}
	for (size_t i = 0; i < e->match_count && i < PARTS_MAX; i++) {
		buffer_text(out, i > 0 ? separator(report) : "");
		write_part(out, e, e->matches[i].fingerprint, e->matches[i].sources);
	}
}

// A share of the same sources, but by nearly all of their SYNs: beside that by any SYN, where that is of Mirai.
static void write_mirai(struct buffer *out, const struct report *report,
                        const struct report_emergence *e)
{
	char share[NUMBER_SIZE];
	bool is_of_mirai = false;
	for (size_t i = 0; i < e->match_count; i++)
		is_of_mirai |= text_starts(e->matches[i].fingerprint, "mirai");
	if (e->targets.mirai == REPORT_UNKNOWN || !is_of_mirai)
		return;
	number_share(page_mirai_share(e->targets), share);
	open_fact(out, report, WORD_EMERGENCE_MIRAI);
	page_element(out, "small", share);
	close_fact(out);
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
	char sources[NUMBER_SIZE];
	number_grouped(e->targets.sources, sources);
	buffer_text(out, "<p class=\"of\">");
	markup_phrase(out, report->lang, WORD_EMERGENCE_OF,
	              (struct markup_values){ .one = sources });
	buffer_text(out, "</p><dl class=\"facts-of\">");
	open_fact(out, report, WORD_EMERGENCE_MATCHES);
	write_matches(out, report, e);
	close_fact(out);
	write_mirai(out, report, e);
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

// ---- with and without a name

// Of each kind the latest have a card.
struct kinds {
	size_t named, unnamed;
};

static bool takes_card(struct kinds *seen, const struct report_emergence *e)
{
	return (e->name != NULL ? seen->named++ : seen->unnamed++) < CARDS_MAX;
}

static struct kinds count_kinds(const struct report_rules *rules)
{
	struct kinds all = { 0, 0 };
	for (size_t i = 0; i < rules->emergence_count; i++)
		(void)takes_card(&all, &rules->emergences[i]);
	return all;
}

static void write_cards(struct buffer *out, const struct report *report, bool is_named)
{
	const struct report_rules *rules = report->rules;
	struct kinds seen = { 0, 0 };
	buffer_text(out, "<div class=\"cards emergences\">\n");
	for (size_t i = 0; i < rules->emergence_count; i++) {
		const struct report_emergence *e = &rules->emergences[i];
		if ((e->name != NULL) == is_named && takes_card(&seen, e))
			write_card(out, report, e);
	}
	buffer_text(out, "</div>\n");
}

// Whether none of those before `end` has the name; how many have it at all.
static bool is_first_of_name(const struct report_rules *rules, size_t end, size_t *out_count)
{
	const char *name = rules->emergences[end].name;
	bool is_first = true;
	*out_count = 0;
	for (size_t i = 0; i < rules->emergence_count; i++) {
		const char *other = rules->emergences[i].name;
		if (other == NULL || !text_equal(other, name))
			continue;
		is_first &= i >= end;
		++*out_count;
	}
	return is_first;
}

// "mirai 4, hajime-raw 1", as plain text.
static void append_names(struct buffer *out, const struct report *report)
{
	const struct report_rules *rules = report->rules;
	char text[NUMBER_SIZE];
	size_t names = 0, count;
	for (size_t i = 0; i < rules->emergence_count && names <= PARTS_MAX; i++) {
		if (rules->emergences[i].name == NULL || !is_first_of_name(rules, i, &count))
			continue;
		buffer_text(out, names > 0 ? separator(report) : "");
		if (names++ == PARTS_MAX) {
			buffer_text(out, "…");
			break;
		}
		number_grouped(count, text);
		buffer_format(out, "%s %s", rules->emergences[i].name, text);
	}
	buffer_byte(out, '\0');
}

static void write_named(struct buffer *out, const struct report *report, size_t count)
{
	struct buffer names = buffer_up_to(1 << 16);
	char text[NUMBER_SIZE];
	number_grouped(count, text);
	append_names(&names, report);
	out->failed = out->failed || names.failed;
	buffer_text(out, "<details class=\"named\">");
	if (!out->failed)
		page_phrase(
			out, "summary", report, WORD_EMERGENCES_NAMED,
			(struct markup_values){ .one = text, .two = (const char *)names.bytes });
	write_cards(out, report, true);
	buffer_text(out, "</details>\n");
	buffer_done(&names);
}

static void write_kinds(struct buffer *out, const struct report *report)
{
	const struct kinds all = count_kinds(report->rules);
	char text[NUMBER_SIZE];
	if (all.unnamed > 0) {
		number_grouped(all.unnamed, text);
		buffer_text(out, "<h4 class=\"kind\">");
		markup_phrase(out, report->lang, WORD_EMERGENCES_UNNAMED,
		              (struct markup_values){ .one = text });
		buffer_text(out, "</h4>\n");
		write_cards(out, report, false);
	}
	if (all.named > 0)
		write_named(out, report, all.named);
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
	page_share_cell(out, report, page_mirai_share(e->targets));
	buffer_format(out, "<td class=\"n\">%s</td></tr>\n", confidence);
}

static void write_rest(struct buffer *out, const struct report *report)
{
	static const enum word columns[] = { WORD_COLUMN_DAY,         WORD_COLUMN_RULE,
		                             WORD_COLUMN_MATCHES,     WORD_COLUMN_TARGETS,
		                             WORD_COLUMN_MIRAI_SHARE, WORD_COLUMN_CONFIDENCE };
	const struct report_rules *rules = report->rules;
	const struct kinds all = count_kinds(rules);
	const size_t cards = (all.named < CARDS_MAX ? all.named : CARDS_MAX) +
	                     (all.unnamed < CARDS_MAX ? all.unnamed : CARDS_MAX),
		     rest = rules->emergence_count - cards,
		     shown = rest < PAGE_ROWS_MAX ? rest : PAGE_ROWS_MAX;
	struct kinds seen = { 0, 0 };
	char text[NUMBER_SIZE];
	if (rest == 0)
		return;
	number_grouped(shown, text);
	buffer_text(out, "<div class=\"panel\"><details>");
	page_phrase(out, "summary", report, WORD_MORE_FOLDED,
	            (struct markup_values){ .one = text });
	page_table_begin(out, report, columns, 6, 3);
	for (size_t i = 0, rows = 0; rows < shown; i++)
		if (!takes_card(&seen, &rules->emergences[i])) {
			write_row(out, report, &rules->emergences[i]);
			rows++;
		}
	page_table_end(out);
	buffer_text(out, "</details>\n");
	if (shown < rest || rules->emergences_more > 0) {
		number_grouped(rest - shown + rules->emergences_more, text);
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
	if (rules->emergence_count > 0) {
		page_sentence_gap(out, report);
		markup_word(out, report->lang, WORD_EMERGENCES_NAMES);
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
	else if (count_kinds(rules).unnamed == 0)
		page_word(out, "p", report, WORD_EMERGENCES_ALL_NAMED);
	write_rule(out, report);
	buffer_text(out, "</div>\n");
	if (rules->emergence_count == 0)
		return;
	write_kinds(out, report);
	write_rest(out, report);
	if (report->files.rules_new_csv == NULL)
		return;
	buffer_text(out, "<ul class=\"links\">");
	page_link(out, report->files.rules_new_csv, word_in(report->lang, WORD_EMERGENCES_CSV));
	buffer_text(out, "</ul>\n");
}
