// SPDX-License-Identifier: MIT
// Which ports were asked for by how many sources: by day, and on the day of the report.
#include "present/page/page.h"

#include "base/calendar.h"
#include "base/text.h"
#include "present/page/families.h"
#include "present/words/numbers.h"
#include "present/page/port.h"

// A line of zeros is there only if some day of the figure is on it.
static bool has_zero(const struct report *report, const struct report_port_figure *figure)
{
	for (size_t p = 0; p < figure->port_count && p < REPORT_FIGURE_PORTS_MAX; p++)
		for (uint32_t i = 0; i < report->survey->day_count; i++)
			if (report->survey->has_data[i] && figure->ports[p].sources[i] == 0)
				return true;
	return false;
}

static void write_scale(struct buffer *out, const struct report *report,
                        const struct report_port_figure *figure)
{
	if (figure->is_log) {
		page_sentence_gap(out, report);
		markup_word(out, report->lang, WORD_CAPTION_PORTS_LOG);
		if (has_zero(report, figure)) {
			page_sentence_gap(out, report);
			markup_word(out, report->lang, WORD_CAPTION_PORTS_ZERO);
		}
	} else if (figure->port_count > 2) {
		page_sentence_gap(out, report);
		markup_word(out, report->lang, WORD_CAPTION_PORTS_OWN);
	}
}

static void write_left_out(struct buffer *out, const struct report *report,
                           const struct report_port_figure *figure)
{
	char shown[NUMBER_SIZE], all[NUMBER_SIZE];
	if (figure->port_count <= REPORT_FIGURE_PORTS_MAX)
		return;
	number_grouped(REPORT_FIGURE_PORTS_MAX, shown);
	number_grouped(figure->port_count, all);
	page_phrase(out, "p", report, WORD_CAPTION_PORTS_MORE,
	            (struct markup_values){ .one = shown, .two = all });
}

static void write_figure(struct buffer *out, const struct report *report, size_t index)
{
	const struct report_port_figure *figure = &report->ports->figures[index];
	const struct report_survey *survey = report->survey;
	struct buffer anchor = buffer_up_to(1024);
	page_anchor(&anchor, "ports", figure->name);
	buffer_byte(&anchor, '\0');
	out->failed = out->failed || anchor.failed;
	const struct page_figure of = { FIGURE_PORTS, index, (const char *)anchor.bytes };
	// Where figures of ports stood before there was one, which the data choose.
	if (text_equal(figure->name, "days"))
		buffer_text(out,
		            "<span id=\"ports-telnet\"></span><span id=\"ports-others\"></span>");
	if (!out->failed && page_figure_begin(out, report, of)) {
		buffer_text(out, "<p>");
		markup_word(out, report->lang, WORD_CAPTION_PORTS);
		write_scale(out, report, figure);
		buffer_text(out, "</p>");
		write_left_out(out, report, figure);
		page_caption_days(out, report, survey->first_day,
		                  survey->first_day + (int32_t)survey->day_count - 1);
		page_caption_shaded(out, report, INT32_MIN, INT32_MAX);
		page_figure_end(out, report, FIGURE_PORTS, figure->file);
	}
	buffer_done(&anchor);
}

// What the fingerprint of the family tests, if the survey has it.
static const char *test_of(const struct report *report, const char *family)
{
	for (size_t i = 0; i < report->survey->family_count; i++)
		if (text_equal(report->survey->families[i].name, family))
			return family_test(report, i);
	return NULL;
}

static bool has_udp(const struct report_ports *ports)
{
	for (size_t i = 0; i < ports->row_count; i++)
		if (ports->rows[i].port.is_udp)
			return true;
	return false;
}

static void write_families(struct buffer *out, const struct report *report)
{
	const struct report_ports *ports = report->ports;
	const struct page_figure of = { FIGURE_PORT_FAMILIES, 0, "port-families" };
	if (!page_figure_begin(out, report, of))
		return;
	const char *test = test_of(report, ports->family);
	if (test != NULL)
		page_phrase(out, "p", report, WORD_CAPTION_PORT_FAMILIES,
		            (struct markup_values){ .one = ports->family, .two = test });
	if (has_udp(ports))
		page_phrase(out, "p", report, WORD_NO_FAMILY_OF_UDP,
		            (struct markup_values){ .one = ports->family });
	page_caption_days(out, report, ports->day, ports->day);
	page_figure_end(out, report, FIGURE_PORT_FAMILIES, report->files.port_families_figure);
}

static void write_share_cell(struct buffer *out, const struct report *report,
                             const struct report_port_row *row)
{
	if (row->family_sources == REPORT_NOT_APPLICABLE) {
		buffer_text(out, "<td class=\"n\">");
		markup_word(out, report->lang, WORD_NOT_APPLICABLE);
		buffer_text(out, "</td>");
	} else if (row->family_sources > row->sources) {
		page_number_cell(out, report, REPORT_UNKNOWN);
	} else {
		page_share_cell(out, report, (double)row->family_sources / (double)row->sources);
	}
}

static void write_row(struct buffer *out, const struct report *report, size_t index)
{
	const struct report_port_row *row = &report->ports->rows[index];
	char name[PORT_NAME_SIZE], anchor[PORT_ANCHOR_SIZE];
	port_name(row->port, name);
	port_anchor(row->port, anchor);
	buffer_format(out, "<tr id=\"%s\"><th scope=\"row\">%s", anchor, name);
	if (row->is_new) {
		buffer_text(out, " <span class=\"new\">");
		markup_word(out, report->lang, WORD_MARK_NEW);
		buffer_text(out, "</span>");
	}
	buffer_text(out, "</th>");
	page_text_cell(out, port_service(row->port, report->lang));
	page_count_cell(out, row->sources);
	page_change_cell(out, report, row->sources, row->day_before);
	page_change_cell(out, report, row->sources, row->week_before);
	page_number_cell(out, report, row->packets);
	if (report->ports->family != NULL)
		write_share_cell(out, report, row);
	buffer_text(out, "</tr>\n");
}

static void write_new_rule(struct buffer *out, const struct report *report)
{
	const struct report_new_rule *rule = &report->ports->rule;
	char texts[4][NUMBER_SIZE];
	if (rule->past_days == 0)
		return;
	number_grouped(rule->sources_min, texts[0]);
	number_grouped(rule->times, texts[1]);
	number_grouped(rule->past_days, texts[2]);
	number_grouped(rule->past_days_min, texts[3]);
	buffer_text(out, "<p class=\"note\">");
	markup_phrase(out, report->lang, WORD_NEW_RULE,
	              (struct markup_values){ texts[0], texts[1], texts[2], texts[3] });
	buffer_text(out, "</p>\n");
}

// Of each protocol that stands below, how many sources there were; and why some rows have no share.
static void write_sums(struct buffer *out, const struct report *report)
{
	const struct report_ports *ports = report->ports;
	char tcp[NUMBER_SIZE], udp[NUMBER_SIZE];
	number_grouped(ports->sources, tcp);
	number_grouped(ports->udp_sources, udp);
	buffer_text(out, "<p>");
	markup_phrase(out, report->lang, has_udp(ports) ? WORD_ALL_PORTS_BOTH : WORD_ALL_PORTS_NOTE,
	              (struct markup_values){ .one = tcp, .two = has_udp(ports) ? udp : NULL });
	if (has_udp(ports) && ports->family != NULL) {
		page_sentence_gap(out, report);
		markup_phrase(out, report->lang, WORD_NO_FAMILY_OF_UDP,
		              (struct markup_values){ .one = ports->family });
	}
	buffer_text(out, "</p>\n");
}

static bool has_unknown(const struct report_ports *ports)
{
	for (size_t i = 0; i < ports->row_count; i++)
		if (ports->rows[i].day_before == REPORT_UNKNOWN ||
		    ports->rows[i].week_before == REPORT_UNKNOWN)
			return true;
	return false;
}

// Which rows are listed, and what of them is not known.
static void write_shown(struct buffer *out, const struct report *report)
{
	const struct report_ports *ports = report->ports;
	char tcp[NUMBER_SIZE], udp[NUMBER_SIZE];
	number_grouped(ports->tcp_rows_max, tcp);
	number_grouped(ports->udp_rows_max, udp);
	buffer_text(out, "<p class=\"note\">");
	if (ports->tcp_rows_max > 0)
		markup_phrase(out, report->lang, WORD_PORTS_SHOWN,
		              (struct markup_values){ .one = tcp, .two = udp });
	if (has_unknown(ports)) {
		page_sentence_gap(out, report);
		markup_word(out, report->lang, WORD_BEFORE_UNKNOWN);
	}
	buffer_text(out, "</p>\n");
}

static void write_table(struct buffer *out, const struct report *report)
{
	static const enum word columns[] = { WORD_COLUMN_PORT,        WORD_COLUMN_SERVICE,
		                             WORD_COLUMN_SOURCES,     WORD_COLUMN_DAY_BEFORE,
		                             WORD_COLUMN_WEEK_BEFORE, WORD_COLUMN_PACKETS,
		                             WORD_PART_SHARE };
	const struct report_ports *ports = report->ports;
	const struct page_rows rows = {
		.columns = columns,
		.column_count = ports->family != NULL ? 7 : 6,
		.numbers_begin = 2,
		.numbers_end = 7,
		.value = ports->family,
		.count = ports->row_count,
		.write = write_row,
		.csv = report->files.ports_last_day_csv,
		.csv_too = report->files.ports_csv,
	};
	write_sums(out, report);
	page_rows_write(out, report, &rows);
	write_shown(out, report);
}

void page_ports(struct buffer *out, const struct report *report)
{
	const struct report_ports *ports = report->ports;
	const int32_t days[] = { ports->day, ports->day };
	char day[CALENDAR_DAY_SIZE];
	for (size_t i = 0; i < ports->figure_count; i++)
		write_figure(out, report, i);
	write_families(out, report);
	buffer_text(out, "<div class=\"panel\">");
	page_heading(out, report, "port-table", WORD_PORTS_OF_DAY, days);
	day_format(ports->day, day);
	if (ports->row_count > 0)
		write_table(out, report);
	else
		page_phrase(out, "p", report, WORD_NO_PORTS, (struct markup_values){ .one = day });
	write_new_rule(out, report);
	page_floods_note(out, report);
	buffer_text(out, "</div>\n");
}
