// SPDX-License-Identifier: MIT
// Where every frame went: over all captures, by capture, and what was not understood.
#include "present/page/page.h"

#include "base/text.h"
#include "present/words/numbers.h"

static const struct counter_words {
	const char *name;
	const char *texts[2];  // by enum lang
} counter_words[] = {
	{ "unknown_link", { "link layers that hotaru does not know", "未対応のリンク層" } },
	{ "not_ip", { "neither IPv4 nor IPv6 (ARP and the like)", "IP以外（ARPなど）" } },
	{ "ipv6", { "IPv6", "IPv6" } },
	{ "malformed", { "headers that contradict themselves", "ヘッダーの矛盾" } },
	{ "cut_short", { "headers cut off by the capture", "ヘッダーが途中で切れているもの" } },
	{ "outside_telescope", { "not addressed to the telescope", "観測対象外の宛先" } },
	{ "later_fragment", { "later fragments, which have no ports", "後続フラグメント" } },
	{ "syn", { "TCP SYN: what scanners send", "TCP SYN（スキャン）" } },
	{ "syn_ack",
	  { "TCP SYN-ACK: answers of flood victims", "TCP SYN-ACK（跳ね返りパケット）" } },
	{ "rst", { "TCP RST: answers of flood victims", "TCP RST（跳ね返りパケット）" } },
	{ "tcp_other", { "other TCP", "その他のTCP" } },
	{ "udp", { "UDP", "UDP" } },
	{ "icmp", { "ICMP", "ICMP" } },
	{ "other_protocol", { "other protocols over IPv4", "IPv4上のその他のプロトコル" } },
	{ "copy",
	  { "copies of packets that were captured more than once, left out",
	    "重複してキャプチャされたパケット（除外）" } },
};

static const char *meaning(const struct report *report, const char *counter)
{
	for (size_t i = 0; i < sizeof counter_words / sizeof *counter_words; i++)
		if (text_equal(counter_words[i].name, counter))
			return counter_words[i].texts[report->lang];
	return "";
}

static uint64_t sum_of(const struct report_ledger *ledger, const uint64_t *frames)
{
	uint64_t sum = 0;
	for (size_t i = 0; i < ledger->counter_count; i++)
		sum += frames[i];
	return sum;
}

void page_why_uncounted(struct buffer *out, const struct report *report)
{
	const struct report_ledger *ledger = &report->ledger;
	char all[NUMBER_SIZE], frames[NUMBER_SIZE];
	size_t most = 0;
	for (size_t i = 1; i < ledger->counter_count; i++)
		most = ledger->totals[i] > ledger->totals[most] ? i : most;
	if (ledger->counter_count == 0 || ledger->totals[most] == 0)
		return;
	number_grouped(sum_of(ledger, ledger->totals), all);
	number_grouped(ledger->totals[most], frames);
	buffer_text(out, "<p>");
	markup_phrase(out, report->lang, WORD_NO_DAYS_WHY,
	              (struct markup_values){ .one = all,
	                                      .two = frames,
	                                      .three = meaning(report, ledger->counters[most]) });
	buffer_format(out, " <a href=\"#ledger\">%s</a></p>\n", word_in(report->lang, WORD_LEDGER));
}

static void write_totals(struct buffer *out, const struct report *report, uint64_t frames)
{
	static const enum word columns[] = { WORD_COLUMN_COUNTER, WORD_COLUMN_MEANING,
		                             WORD_COLUMN_FRAMES, WORD_COLUMN_SHARE };
	const struct report_ledger *ledger = &report->ledger;
	page_table_begin(out, report, columns, 4, 2);
	for (size_t i = 0; i < ledger->counter_count; i++) {
		const bool is_zero = ledger->totals[i] == 0;
		buffer_format(out, "<tr%s><th scope=\"row\"><code>",
		              is_zero ? " class=\"zero\"" : "");
		markup_text(out, ledger->counters[i]);
		buffer_text(out, "</code></th>");
		page_text_cell(out, meaning(report, ledger->counters[i]));
		page_count_cell(out, ledger->totals[i]);
		page_share_cell(out, report, (double)ledger->totals[i] / (double)frames);
		buffer_text(out, "</tr>\n");
	}
	buffer_text(out, "<tr class=\"sum\"><th scope=\"row\"><code>frames</code></th>");
	page_text_cell(out, word_in(report->lang, WORD_LEDGER_TOTAL));
	page_count_cell(out, frames);
	buffer_text(out, "<td class=\"n\">100.0%</td></tr>\n");
	page_table_end(out);
	page_csv_link(out, report, report->files.ledger_csv, NULL);
}

static void write_flaw_row(struct buffer *out, const struct report *report,
                           const struct report_flaw *flaw)
{
	char link[REASON_TEXT_SIZE], reason[REASON_TEXT_SIZE];
	link_type_text(flaw->link_type, flaw->link_name, link);
	if (flaw->reason != NULL)
		reason_text(report->lang, flaw->reason, flaw->number, reason);
	buffer_text(out, "<tr><th scope=\"row\"><code>");
	markup_text(out, flaw->counter);
	buffer_text(out, "</code></th>");
	page_text_cell(out, link);
	page_text_cell(out, flaw->reason != NULL ? reason : meaning(report, flaw->counter));
	page_count_cell(out, flaw->frames);
	buffer_text(out, "</tr>\n");
}

static void write_flaw_table(struct buffer *out, const struct report *report,
                             const struct report_flaw *flaws, size_t count)
{
	static const enum word columns[] = { WORD_COLUMN_COUNTER, WORD_COLUMN_LINK,
		                             WORD_COLUMN_REASON, WORD_COLUMN_FRAMES };
	page_table_begin(out, report, columns, 4, 3);
	for (size_t i = 0; i < count; i++)
		write_flaw_row(out, report, &flaws[i]);
	page_table_end(out);
}

static void write_remarks(struct buffer *out, const struct report *report)
{
	const struct report_ledger *ledger = &report->ledger;
	if (ledger->remark_count == 0)
		return;
	page_word(out, "h3", report, WORD_REMARKS);
	write_flaw_table(out, report, ledger->remarks, ledger->remark_count);
}

static void write_flaws(struct buffer *out, const struct report *report)
{
	const struct report_ledger *ledger = &report->ledger;
	const size_t shown = ledger->flaw_count < PAGE_FLAWS_MAX ? ledger->flaw_count
	                                                         : PAGE_FLAWS_MAX;
	page_word(out, "h3", report, WORD_FLAWS);
	if (ledger->flaw_count == 0) {
		page_word(out, "p", report, WORD_FLAWS_NONE);
		return;
	}
	write_flaw_table(out, report, ledger->flaws, shown);
	if (shown < ledger->flaw_count) {
		char more[NUMBER_SIZE];
		number_grouped(ledger->flaw_count - shown, more);
		buffer_text(out, "<p class=\"note\">");
		markup_phrase(out, report->lang, WORD_FLAWS_MORE,
		              (struct markup_values){ .one = more });
		buffer_text(out, "</p>\n");
	}
}

static void write_capture_head(struct buffer *out, const struct report *report)
{
	const struct report_ledger *ledger = &report->ledger;
	buffer_text(out, "<div class=\"scroll\" tabindex=\"0\"><table>\n<thead><tr>");
	buffer_format(out, "<th scope=\"col\">%s</th><th scope=\"col\" class=\"n\">%s</th>",
	              word_in(report->lang, WORD_COLUMN_CAPTURE),
	              word_in(report->lang, WORD_COLUMN_FRAMES));
	for (size_t i = 0; i < ledger->counter_count; i++) {
		if (ledger->totals[i] == 0)
			continue;
		buffer_text(out, "<th scope=\"col\" class=\"n\"><code>");
		markup_text(out, ledger->counters[i]);
		buffer_text(out, "</code></th>");
	}
	buffer_format(out, "<th scope=\"col\">%s</th></tr></thead>\n<tbody>\n",
	              word_in(report->lang, WORD_COLUMN_DAMAGE));
}

static bool is_damaged(const struct report_capture *capture)
{
	return capture->damage != NULL && capture->damage[0] != '\0';
}

// Only counters that are not 0 over all captures have a column.
static void write_capture_row(struct buffer *out, const struct report_ledger *ledger,
                              const struct report_capture *capture)
{
	buffer_text(out, "<tr><th scope=\"row\">");
	markup_text(out, capture->name);
	buffer_text(out, "</th>");
	page_count_cell(out, sum_of(ledger, capture->frames));
	for (size_t i = 0; i < ledger->counter_count; i++)
		if (ledger->totals[i] > 0)
			page_count_cell(out, capture->frames[i]);
	page_text_cell(out, is_damaged(capture) ? capture->damage : "");
	buffer_text(out, "</tr>\n");
}

static void write_damaged(struct buffer *out, const struct report *report)
{
	char text[NUMBER_SIZE];
	uint64_t damaged = 0;
	for (size_t i = 0; i < report->ledger.capture_count; i++)
		damaged += is_damaged(&report->ledger.captures[i]);
	if (damaged == 0)
		return;
	number_grouped(damaged, text);
	buffer_text(out, "<p class=\"caution\">");
	markup_phrase(out, report->lang, WORD_CAPTURES_DAMAGED,
	              (struct markup_values){ .one = text });
	buffer_text(out, "</p>\n");
}

// A ledger cannot be divided by days.
static void write_going_on(struct buffer *out, const struct report *report)
{
	const struct report_going_on *going_on = &report->ledger.going_on;
	char captures[NUMBER_SIZE], frames[NUMBER_SIZE], day[CALENDAR_DAY_SIZE];
	if (going_on->captures == 0)
		return;
	number_grouped(going_on->captures, captures);
	number_grouped(going_on->frames, frames);
	day_format(going_on->day, day);
	buffer_text(out, "<p class=\"caution\">");
	markup_phrase(out, report->lang, WORD_CAPTURES_GO_ON,
	              (struct markup_values){ .one = captures, .two = day });
	page_sentence_gap(out, report);
	markup_phrase(out, report->lang,
	              going_on->is_unknown ? WORD_FRAMES_LATER_UNKNOWN : WORD_FRAMES_LATER,
	              (struct markup_values){ .one = frames });
	buffer_text(out, "</p>\n");
}

static void write_more(struct buffer *out, const struct report *report, size_t left_out)
{
	char text[NUMBER_SIZE];
	const char *file = report->files.ledger_csv;
	if (left_out == 0)
		return;
	number_grouped(left_out, text);
	buffer_text(out, "<p class=\"note\">");
	markup_phrase(out, report->lang, file != NULL ? WORD_MORE_SEE : WORD_MORE,
	              (struct markup_values){ .one = text, .two = file });
	buffer_text(out, "</p>");
}

static void write_captures(struct buffer *out, const struct report *report)
{
	const struct report_ledger *ledger = &report->ledger;
	char count[NUMBER_SIZE];
	size_t shown = ledger->capture_count;
	if (shown > PAGE_CAPTURES_MAX)
		shown = PAGE_CAPTURES_MAX;
	write_damaged(out, report);
	number_grouped(ledger->capture_count, count);
	buffer_text(out, "<details><summary>");
	markup_phrase(out, report->lang, WORD_BY_CAPTURE, (struct markup_values){ .one = count });
	buffer_text(out, "</summary>\n");
	write_capture_head(out, report);
	for (size_t i = 0; i < shown; i++)
		write_capture_row(out, ledger, &ledger->captures[i]);
	page_table_end(out);
	write_more(out, report, ledger->capture_count - shown);
	page_csv_link(out, report, report->files.ledger_csv, report->files.captures_csv);
	buffer_text(out, "</details>\n");
}

void page_ledger(struct buffer *out, const struct report *report)
{
	const uint64_t frames = sum_of(&report->ledger, report->ledger.totals);
	buffer_text(out, "<div class=\"panel\">");
	if (frames == 0) {
		page_word(out, "p", report, WORD_LEDGER_EMPTY);
	} else {
		page_word(out, "p", report, WORD_LEDGER_LEAD);
		write_going_on(out, report);
		write_totals(out, report, frames);
		write_flaws(out, report);
		write_remarks(out, report);
		if (report->ledger.flaw_count + report->ledger.remark_count > 0)
			page_csv_link(out, report, report->files.reasons_csv,
			              report->files.ledger_csv);
	}
	if (report->ledger.capture_count > 0)
		write_captures(out, report);
	buffer_text(out, "</div>\n");
}
