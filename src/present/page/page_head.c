// SPDX-License-Identifier: MIT
// The head of the page: what the browser is told, and what the reader is: which days, which
// telescope, how much was read, and what to be careful with.
#include "present/page/page.h"

#include "base/calendar.h"
#include "present/chart/chart_style.h"
#include "present/words/numbers.h"

// A firefly: one dot with its glow.
static const char icon[] =
	"data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16'%3E"
	"%3Crect width='16' height='16' rx='4' fill='%230b1622'/%3E"
	"%3Ccircle cx='8' cy='8' r='5' fill='%23d9f26b' fill-opacity='.3'/%3E"
	"%3Ccircle cx='8' cy='8' r='2.4' fill='%23e8ff8a'/%3E%3C/svg%3E";

void page_head(struct buffer *out, const struct report *report)
{
	buffer_format(out, "<!DOCTYPE html>\n<html lang=\"%s\">\n<head>\n",
	              lang_names[report->lang]);
	// A policy holds for what stands behind it: so it comes first.
	buffer_format(out, "<meta http-equiv=\"Content-Security-Policy\" content=\"%s\"/>\n",
	              page_policy);
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
	buffer_text(out, page_is_brief(report) ? "</style>\n</head>\n<body class=\"brief\">\n"
	                                       : "</style>\n</head>\n<body>\n");
}

static void open_fact(struct buffer *out, const struct report *report, enum word name)
{
	buffer_text(out, "<div>");
	page_word(out, "dt", report, name);
	buffer_text(out, "<dd>");
}

static void write_of_days(struct buffer *out, const struct report *report, enum word word,
                          uint64_t count)
{
	char days[NUMBER_SIZE];
	if (count == 0)
		return;
	number_grouped(count, days);
	buffer_text(out, report->lang == LANG_JA ? "、" : ", ");
	markup_phrase(out, report->lang, word, (struct markup_values){ .one = days });
}

// What adds up begins before the days that are shown.
static void write_days_before(struct buffer *out, const struct report *report)
{
	const struct report_survey *survey = report->survey;
	char first[CALENDAR_DAY_SIZE];
	if (survey->days_before == 0)
		return;
	day_format(survey->first_day - (int32_t)survey->days_before, first);
	buffer_text(out, report->lang == LANG_JA ? "、" : ", ");
	markup_phrase(out, report->lang, WORD_DAYS_COUNTED, (struct markup_values){ .one = first });
}

static void write_days_fact(struct buffer *out, const struct report *report)
{
	const struct report_survey *survey = report->survey;
	char from[16], to[16], days[NUMBER_SIZE];
	uint64_t without = 0;
	const uint32_t lost = report_survey_lost_days(survey);
	if (survey->day_count == 0)
		return;
	for (uint32_t i = 0; i < survey->day_count; i++)
		without += report_survey_is_missing(survey, i);
	page_days_of(report, from, to);
	number_grouped(survey->day_count, days);
	open_fact(out, report, WORD_META_DAYS);
	if (survey->day_count == 1)
		buffer_text(out, from);
	else
		markup_phrase(out, report->lang, WORD_RANGE,
		              (struct markup_values){ .one = from, .two = to });
	buffer_text(out, "<small>");
	markup_phrase(out, report->lang, survey->day_count == 1 ? WORD_ONE_DAY : WORD_DAYS_IN_ALL,
	              (struct markup_values){ .one = days });
	write_of_days(out, report, WORD_DAYS_WITHOUT, without);
	write_of_days(out, report, WORD_DAYS_LOST, lost);
	write_days_before(out, report);
	buffer_text(out, "</small></dd></div>");
}

static void write_spells_fact(struct buffer *out, const struct report *report)
{
	char days[NUMBER_SIZE];
	number_grouped(report->survey->gap_days, days);
	open_fact(out, report, WORD_META_SPELLS);
	markup_phrase(out, report->lang,
	              report->survey->gap_days == REPORT_GAP_NONE ? WORD_GAP_NONE : WORD_GAP_DAYS,
	              (struct markup_values){ .one = days });
	buffer_text(out, "</dd></div>");
}

static void write_going_on(struct buffer *out, const struct report *report)
{
	const struct report_going_on *going_on = &report->ledger.going_on;
	const bool is_all = going_on->captures == 1 && report->ledger.capture_count == 1;
	char captures[NUMBER_SIZE], day[CALENDAR_DAY_SIZE];
	if (going_on->captures == 0)
		return;
	number_grouped(going_on->captures, captures);
	day_format(going_on->day, day);
	buffer_text(out, report->lang == LANG_JA ? "、" : ", ");
	markup_phrase(out, report->lang, is_all ? WORD_GOES_ON : WORD_GO_ON,
	              is_all ? (struct markup_values){ .one = day }
	                     : (struct markup_values){ .one = captures, .two = day });
}

// Of the days up to the last that is asked for, as far as that is known.
static void write_frames(struct buffer *out, const struct report *report)
{
	const struct report_going_on *going_on = &report->ledger.going_on;
	char text[NUMBER_SIZE];
	uint64_t frames = 0;
	for (size_t i = 0; i < report->ledger.counter_count; i++)
		frames += report->ledger.totals[i];
	frames -= going_on->frames < frames ? going_on->frames : frames;
	number_grouped(frames, text);
	if (going_on->is_unknown)
		markup_phrase(out, report->lang, WORD_AT_MOST,
		              (struct markup_values){ .one = text });
	else
		page_number(out, frames);
}

static void write_frames_fact(struct buffer *out, const struct report *report)
{
	char captures[NUMBER_SIZE];
	number_grouped(report->ledger.capture_count, captures);
	open_fact(out, report, WORD_META_FRAMES);
	write_frames(out, report);
	buffer_text(out, "<small>");
	markup_phrase(out, report->lang,
	              report->ledger.capture_count == 1 ? WORD_FROM_ONE_CAPTURE
	                                                : WORD_FROM_CAPTURES,
	              (struct markup_values){ .one = captures });
	write_going_on(out, report);
	buffer_text(out, "</small></dd></div>");
}

static bool has_flows(const struct report_survey *survey, uint32_t day)
{
	return survey->has_unknown[day];
}

// Which they are, as long as there are not many.
static void append_days(struct buffer *out, const struct report_survey *survey,
                        bool is_one(const struct report_survey *, uint32_t day))
{
	enum { NAMED_MAX = 6 };
	size_t named = 0;
	for (uint32_t i = 0; i < survey->day_count; i++) {
		char day[CALENDAR_DAY_SIZE];
		if (!is_one(survey, i))
			continue;
		if (named == NAMED_MAX) {
			buffer_text(out, ", …");
			break;
		}
		day_format(survey->first_day + (int32_t)i, day);
		buffer_format(out, "%s%s", named++ > 0 ? ", " : "", day);
	}
	buffer_byte(out, '\0');
}

static void write_days_banner(struct buffer *out, const struct report *report, enum word word,
                              uint32_t count,
                              bool is_one(const struct report_survey *, uint32_t day))
{
	char some[NUMBER_SIZE], days[NUMBER_SIZE];
	struct buffer named = buffer_up_to(4096);
	if (count == 0)
		return;
	number_grouped(count, some);
	number_grouped(report->survey->day_count, days);
	append_days(&named, report->survey, is_one);
	out->failed = out->failed || named.failed;
	buffer_text(out, "<p class=\"banner\" role=\"note\"><span class=\"inner\">");
	if (!named.failed)
		markup_phrase(
			out, report->lang, word,
			(struct markup_values){ some, days, (const char *)named.bytes, NULL });
	buffer_text(out, "</span></p>\n");
	buffer_done(&named);
}

void page_header(struct buffer *out, const struct report *report)
{
	const struct report_survey *survey = report->survey;
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
	write_days_banner(out, report, WORD_BANNER_LOST, report_survey_lost_days(survey),
	                  report_survey_is_lost);
	write_days_banner(out, report, WORD_BANNER_UNKNOWN, report_survey_unknown_days(survey),
	                  has_flows);
}
