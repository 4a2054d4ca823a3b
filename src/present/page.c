// SPDX-License-Identifier: MIT
// The page as a whole: head, the order of the sections, foot, and the parts that they share.
//
// It must open from a disk, years later, without a network: nothing is loaded, no
// script runs, and a Content-Security-Policy says so to the browser, should
// anything from outside ever come through unescaped.
#include "present/page.h"

#include "base/calendar.h"
#include "base/text.h"
#include "present/chart_style.h"
#include "present/figure.h"
#include "present/numbers.h"

static const char policy[] =
	"default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; "
	"form-action 'none'";

// A firefly: one dot with its glow.
static const char icon[] =
	"data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16'%3E"
	"%3Crect width='16' height='16' rx='4' fill='%230b1622'/%3E"
	"%3Ccircle cx='8' cy='8' r='5' fill='%23d9f26b' fill-opacity='.3'/%3E"
	"%3Ccircle cx='8' cy='8' r='2.4' fill='%23e8ff8a'/%3E%3C/svg%3E";

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

void page_table_begin(struct buffer *out, const struct report *report, const enum word *columns,
                      size_t column_count, size_t text_count)
{
	buffer_text(out, "<div class=\"scroll\" tabindex=\"0\"><table>\n<thead><tr>");
	for (size_t i = 0; i < column_count; i++) {
		buffer_text(out, i < text_count ? "<th scope=\"col\">"
		                                : "<th scope=\"col\" class=\"n\">");
		markup_word(out, report->lang, columns[i]);
		buffer_text(out, "</th>");
	}
	buffer_text(out, "</tr></thead>\n<tbody>\n");
}

void page_table_end(struct buffer *out)
{
	buffer_text(out, "</tbody></table></div>\n");
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
	const struct survey *survey = report->survey;
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

static void write_head(struct buffer *out, const struct report *report)
{
	buffer_format(out, "<!DOCTYPE html>\n<html lang=\"%s\">\n<head>\n",
	              lang_names[report->lang]);
	// A policy holds for what stands behind it: so it comes first.
	buffer_format(out, "<meta http-equiv=\"Content-Security-Policy\" content=\"%s\"/>\n",
	              policy);
	buffer_text(out,
	            "<meta charset=\"utf-8\"/>\n"
	            "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/>\n"
	            "<meta name=\"referrer\" content=\"no-referrer\"/>\n"
	            "<meta name=\"color-scheme\" content=\"light dark\"/>\n");
	buffer_format(out, "<meta name=\"generator\" content=\"hotaru ");
	markup_text(out, report->version);
	buffer_format(out, "\"/>\n<link rel=\"icon\" href=\"%s\"/>\n<title>", icon);
	if (report->is_simulated) {
		markup_word(out, report->lang, WORD_SIMULATED);
		buffer_text(out, " | ");
	}
	markup_word(out, report->lang, WORD_PAGE_TITLE);
	buffer_text(out, " | hotaru</title>\n<style>\n");
	page_style(out);
	chart_style_sheet(out);
	buffer_text(out, "</style>\n</head>\n<body>\n");
}

static void open_fact(struct buffer *out, const struct report *report, enum word name)
{
	buffer_text(out, "<div>");
	page_word(out, "dt", report, name);
	buffer_text(out, "<dd>");
}

static void write_days_fact(struct buffer *out, const struct report *report)
{
	const struct survey *survey = report->survey;
	char from[16], to[16], days[NUMBER_SIZE];
	uint64_t without = 0;
	if (survey->day_count == 0)
		return;
	for (uint32_t i = 0; i < survey->day_count; i++)
		without += !survey->has_data[i];
	page_days_of(report, from, to);
	number_grouped(survey->day_count, days);
	open_fact(out, report, WORD_META_DAYS);
	markup_phrase(out, report->lang, WORD_RANGE,
	              (struct markup_values){ .one = from, .two = to });
	buffer_text(out, "<small>");
	markup_phrase(out, report->lang, survey->day_count == 1 ? WORD_ONE_DAY : WORD_DAYS_IN_ALL,
	              (struct markup_values){ .one = days });
	if (without > 0) {
		number_grouped(without, days);
		buffer_text(out, report->lang == LANG_JA ? "、" : ", ");
		markup_phrase(out, report->lang, WORD_DAYS_WITHOUT,
		              (struct markup_values){ .one = days });
	}
	buffer_text(out, "</small></dd></div>");
}

static void write_spells_fact(struct buffer *out, const struct report *report)
{
	char days[NUMBER_SIZE];
	number_grouped(report->survey->gap_days, days);
	open_fact(out, report, WORD_META_SPELLS);
	markup_phrase(out, report->lang,
	              report->survey->gap_days == SURVEY_GAP_NONE ? WORD_GAP_NONE : WORD_GAP_DAYS,
	              (struct markup_values){ .one = days });
	buffer_text(out, "</dd></div>");
}

static void write_frames_fact(struct buffer *out, const struct report *report)
{
	char captures[NUMBER_SIZE];
	uint64_t frames = 0;
	for (size_t i = 0; i < report->ledger.counter_count; i++)
		frames += report->ledger.totals[i];
	number_grouped(report->ledger.capture_count, captures);
	open_fact(out, report, WORD_META_FRAMES);
	page_number(out, frames);
	buffer_text(out, "<small>");
	markup_phrase(out, report->lang,
	              report->ledger.capture_count == 1 ? WORD_FROM_ONE_CAPTURE
	                                                : WORD_FROM_CAPTURES,
	              (struct markup_values){ .one = captures });
	buffer_text(out, "</small></dd></div>");
}

static void write_unknown_banner(struct buffer *out, const struct report *report)
{
	char unknown[NUMBER_SIZE], days[NUMBER_SIZE];
	number_grouped(survey_unknown_days(report->survey), unknown);
	number_grouped(report->survey->day_count, days);
	buffer_text(out, "<p class=\"banner\" role=\"note\"><span class=\"inner\">");
	markup_phrase(out, report->lang, WORD_BANNER_UNKNOWN,
	              (struct markup_values){ .one = unknown, .two = days });
	buffer_text(out, "</span></p>\n");
}

enum word page_why_nothing(const struct report *report, size_t family)
{
	if (survey_is_unknown(report->survey, family))
		return WORD_UNKNOWN_FAMILY;
	const bool is_partly_known = report->survey->families[family].is_fingerprint &&
	                             survey_unknown_days(report->survey) > 0;
	return is_partly_known ? WORD_NO_SOURCES_KNOWN : WORD_NO_SOURCES;
}

static void write_header(struct buffer *out, const struct report *report)
{
	const char *telescope = report->telescope;
	buffer_text(out, "<header><div class=\"inner\">\n"
	                 "<p class=\"mark\"><span lang=\"ja\">蛍</span> hotaru</p>\n");
	page_word(out, "h1", report, WORD_PAGE_TITLE);
	buffer_text(out, "\n<p class=\"lead\">");
	markup_word(out, report->lang, WORD_PAGE_LEAD);
	buffer_text(out, "</p>\n<dl class=\"facts\">");
	write_days_fact(out, report);
	open_fact(out, report, WORD_META_TELESCOPE);
	markup_text(out, telescope[0] != '\0' ? telescope
	                                      : word_in(report->lang, WORD_EVERY_DESTINATION));
	buffer_text(out, "</dd></div>");
	open_fact(out, report, WORD_META_ZONE);
	markup_text(out, report->zone);
	buffer_text(out, "</dd></div>");
	write_spells_fact(out, report);
	write_frames_fact(out, report);
	buffer_text(out, "</dl>\n</div></header>\n");
	if (report->is_simulated) {
		buffer_text(out, "<p class=\"banner\" role=\"note\"><span class=\"inner\">");
		markup_word(out, report->lang,
		            report->is_mixed ? WORD_BANNER_MIXED : WORD_BANNER_SIMULATED);
		buffer_text(out, "</span></p>\n");
	}
	if (report->survey->day_count > 0 && survey_unknown_days(report->survey) > 0)
		write_unknown_banner(out, report);
}

struct section {
	const char *id;
	enum word name;
	void (*write)(struct buffer *out, const struct report *);
};

static const struct section sections[] = {
	{ "summary", WORD_SUMMARY, page_summary },
	{ "by-day", WORD_FIGURES, page_figures },
	{ "lifetimes", WORD_LIFETIMES, page_lifetimes },
	{ "last-days", WORD_LAST_DAYS, page_days },
	{ "ledger", WORD_LEDGER, page_ledger },
	{ "definitions", WORD_DEFINITIONS, page_definitions },
};

enum { SECTION_COUNT = sizeof sections / sizeof *sections };

static void write_contents(struct buffer *out, const struct report *report)
{
	buffer_text(out, "<nav aria-label=\"");
	markup_word(out, report->lang, WORD_CONTENTS);
	buffer_text(out, "\"><ul class=\"inner\">");
	for (size_t i = 0; i < SECTION_COUNT; i++) {
		buffer_format(out, "<li><a href=\"#%s\">", sections[i].id);
		markup_word(out, report->lang, sections[i].name);
		buffer_text(out, "</a></li>");
	}
	buffer_text(out, "</ul></nav>\n");
}

static void write_section(struct buffer *out, const struct report *report,
                          const struct section *section)
{
	buffer_format(out, "<section id=\"%s\" aria-labelledby=\"%s-name\">\n<h2 id=\"%s-name\">",
	              section->id, section->id, section->id);
	markup_word(out, report->lang, section->name);
	buffer_text(out, "</h2>\n");
	section->write(out, report);
	buffer_text(out, "</section>\n");
}

static void write_footer(struct buffer *out, const struct report *report)
{
	const struct report_files *files = &report->files;
	buffer_text(out, "<footer><div class=\"inner\">\n");
	if (files->survey_csv != NULL || files->lifetimes_csv != NULL ||
	    files->ledger_csv != NULL) {
		page_word(out, "p", report, WORD_FILES);
		buffer_text(out, "<ul class=\"links\">");
		page_link(out, files->survey_csv, files->survey_csv);
		page_link(out, files->lifetimes_csv, files->lifetimes_csv);
		page_link(out, files->ledger_csv, files->ledger_csv);
		buffer_text(out, "</ul>\n");
	}
	buffer_text(out, "<p>");
	markup_phrase(out, report->lang, WORD_FOOTER,
	              (struct markup_values){ .one = report->version });
	buffer_text(out, "</p>\n</div></footer>\n");
}

bool page_write(struct buffer *out, const struct report *report)
{
	write_head(out, report);
	write_header(out, report);
	write_contents(out, report);
	buffer_text(out, "<main class=\"inner\">\n");
	for (size_t i = 0; i < SECTION_COUNT; i++)
		write_section(out, report, &sections[i]);
	buffer_text(out, "</main>\n");
	write_footer(out, report);
	buffer_text(out, "</body>\n</html>\n");
	return !out->failed;
}
