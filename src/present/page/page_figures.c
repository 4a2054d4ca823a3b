// SPDX-License-Identifier: MIT
// Figures on the page. Each is there twice, drawn for wide and for narrow windows; the
// style sheet shows one. Captions say what was counted, over which days, with which
// telescope and rule, so that a figure can be cut out and still be understood.
#include "present/page/page.h"

#include "base/calendar.h"
#include "base/text.h"
#include "present/chart/chart.h"
#include "present/page/families.h"
#include "present/page/figure.h"
#include "present/words/numbers.h"

#include <math.h>

static void write_drawings(struct buffer *out, const struct report *report, struct figure figure)
{
	for (int narrow = 0; narrow < 2; narrow++) {
		figure.is_narrow = narrow != 0;
		buffer_text(out, narrow != 0 ? "<div class=\"narrow\">" : "<div class=\"wide\">");
		// If this fails, `out` is marked, and page_write() says so.
		figure_draw(out, report, figure);
		buffer_text(out, "</div>\n");
	}
}

void page_caption_days(struct buffer *out, const struct report *report, int32_t from, int32_t to)
{
	const char *telescope = report->telescope;
	char days[2][CALENDAR_DAY_SIZE];
	day_format(from, days[0]);
	day_format(to, days[1]);
	if (telescope[0] == '\0')
		telescope = word_in(report->lang, WORD_EVERY_DESTINATION);
	buffer_text(out, "<p>");
	if (from == to)
		markup_phrase(out, report->lang, WORD_CAPTION_DAY,
		              (struct markup_values){ days[0], report->zone, telescope, NULL });
	else
		markup_phrase(out, report->lang, WORD_CAPTION_RANGE,
		              (struct markup_values){ days[0], days[1], report->zone, telescope });
	buffer_text(out, "</p>");
}

static void write_range(struct buffer *out, const struct report *report)
{
	const struct report_survey *survey = report->survey;
	page_caption_days(out, report, survey->first_day,
	                  survey->first_day + (int32_t)survey->day_count - 1);
}

static void write_end_effect(struct buffer *out, const struct report *report)
{
	char days[NUMBER_SIZE];
	const bool no_gap = report->survey->gap_days == REPORT_GAP_NONE;
	if (report->survey->day_count == 1)
		return;  // one day has no end to speak of
	number_grouped(report->survey->gap_days, days);
	buffer_text(out, "<p>");
	markup_phrase(out, report->lang, no_gap ? WORD_CAPTION_END_NONE : WORD_CAPTION_END_GAP,
	              (struct markup_values){ .one = days });
	buffer_text(out, "</p>");
}

// By how much the last day of such days moved in the past.
static void write_moved(struct buffer *out, const struct report *report, enum word word,
                        struct report_moved moved)
{
	char median[NUMBER_SIZE], most[NUMBER_SIZE];
	if (!moved.is_known)
		return;
	number_share(fabs(moved.median), median);
	number_share(fabs(moved.most), most);
	page_sentence_gap(out, report);
	markup_phrase(out, report->lang, word,
	              (struct markup_values){ .one = median, .two = most });
}

static void write_open(struct buffer *out, const struct report *report, size_t family)
{
	const struct report_survey *survey = report->survey;
	const struct report_survey_family *f = &survey->families[family];
	const bool no_gap = survey->gap_days == REPORT_GAP_NONE;
	char days[NUMBER_SIZE], gap[NUMBER_SIZE];
	if (f->open_days == 0)
		return;
	number_grouped(f->open_days, days);
	number_grouped(survey->gap_days, gap);
	buffer_text(out, "<p>");
	markup_phrase(out, report->lang,
	              !no_gap                    ? WORD_CAPTION_OPEN_GAP
	              : f->active_moved.is_known ? WORD_CAPTION_OPEN
	                                         : WORD_CAPTION_OPEN_ALL,
	              (struct markup_values){ .one = days, .two = no_gap ? NULL : gap });
	write_moved(out, report, no_gap ? WORD_MOVED_UP : WORD_MOVED_DOWN, f->active_moved);
	if (no_gap)
		write_moved(out, report, WORD_MOVED_RECOVERED, f->recovered_moved);
	buffer_text(out, "</p>");
}

// Of the families that the figure shows, the one that is marked for longest.
static void write_open_together(struct buffer *out, const struct report *report)
{
	const struct report_survey *survey = report->survey;
	size_t longest = SIZE_MAX;
	for (size_t i = 0; i < survey->family_count; i++)
		if (figure_shows(report, FIGURE_TOGETHER, i) &&
		    (longest == SIZE_MAX ||
		     survey->families[i].open_days > survey->families[longest].open_days))
			longest = i;
	if (longest != SIZE_MAX)
		write_open(out, report, longest);
}

static void write_shade(struct buffer *out, const struct report *report, enum word word,
                        uint64_t count)
{
	char days[NUMBER_SIZE];
	if (count == 0)
		return;
	number_grouped(count, days);
	markup_phrase(out, report->lang, word, (struct markup_values){ .one = days });
}

void page_caption_shaded(struct buffer *out, const struct report *report, int32_t from, int32_t to)
{
	const struct report_survey *survey = report->survey;
	uint64_t without = 0, partly = 0, lost = 0;
	for (uint32_t i = 0; i < survey->day_count; i++) {
		const int32_t day = survey->first_day + (int32_t)i;
		if (day < from || day > to)
			continue;
		const bool is_part = report->coverage != NULL &&
		                     report->coverage[i] < CHART_WHOLE_DAY;
		without += report_survey_is_missing(survey, i);
		lost += report_survey_is_lost(survey, i);
		partly += survey->has_data[i] && is_part;
	}
	if (without + partly + lost == 0)
		return;
	buffer_text(out, "<p>");
	write_shade(out, report, WORD_CAPTION_SHADED, without);
	if (without > 0 && partly > 0)
		page_sentence_gap(out, report);
	write_shade(out, report, WORD_CAPTION_PARTLY, partly);
	if (without + partly > 0 && lost > 0)
		page_sentence_gap(out, report);
	write_shade(out, report, WORD_CAPTION_LOST, lost);
	buffer_text(out, "</p>");
}

static void write_unknown(struct buffer *out, const struct report *report)
{
	char days[NUMBER_SIZE];
	const uint32_t unknown = report_survey_unknown_days(report->survey);
	if (unknown == 0)
		return;
	number_grouped(unknown, days);
	buffer_text(out, "<p>");
	markup_phrase(out, report->lang, WORD_CAPTION_UNKNOWN,
	              (struct markup_values){ .one = days });
	buffer_text(out, "</p>");
}

static void write_end(struct buffer *out, const struct report *report, const char *file)
{
	if (file != NULL) {
		buffer_text(out, "<ul class=\"links\">");
		page_link(out, file, word_in(report->lang, WORD_SAVE_FIGURE));
		buffer_text(out, "</ul>");
	}
	buffer_text(out, "</figcaption></figure>\n");
}

static void write_hover(struct buffer *out, const struct report *report)
{
	buffer_text(out, "<p class=\"only-script\">");
	markup_word(out, report->lang, WORD_READ_BY_KEYS);
	buffer_text(out, "</p>");
}

bool page_figure_begin(struct buffer *out, const struct report *report, struct page_figure figure)
{
	struct buffer title = buffer_up_to(1 << 16);
	if (!figure_has_content(report, figure.kind, figure.index))
		return false;
	figure_title(&title, report, figure.kind, figure.index);
	out->failed = out->failed || title.failed;
	buffer_format(out, "<figure id=\"%s\"><h3>", figure.anchor);
	if (!out->failed)
		markup_text(out, (const char *)title.bytes);
	buffer_text(out, "</h3>\n");
	write_drawings(out, report, (struct figure){ .kind = figure.kind, .index = figure.index });
	buffer_text(out, "<figcaption>");
	buffer_done(&title);
	return true;
}

void page_figure_end(struct buffer *out, const struct report *report, enum figure_kind kind,
                     const char *file)
{
	if (kind == FIGURE_PORTS || kind == FIGURE_RULES)
		write_hover(out, report);
	write_end(out, report, file);
}

void page_figure_family(struct buffer *out, const struct report *report, size_t family)
{
	const char *caution = family_caution(report, family);
	buffer_text(out, "<figure id=\"");
	page_anchor(out, "family", report->survey->families[family].name);
	buffer_text(out, "\"><h3>");
	markup_text(out, family_title(report, family));
	buffer_text(out, "</h3>\n");
	if (!figure_has_content(report, FIGURE_FAMILY, family)) {
		page_word(out, "p", report, page_why_nothing(report, family));
		buffer_text(out, "</figure>\n");
		return;
	}
	write_drawings(out, report, (struct figure){ .kind = FIGURE_FAMILY, .index = family });
	buffer_text(out, "<figcaption><p>");
	markup_phrase(out, report->lang, WORD_CAPTION_DEFINITION,
	              (struct markup_values){ .one = family_test(report, family) });
	if (caution != NULL) {
		page_sentence_gap(out, report);
		markup_text(out, caution);
	}
	buffer_text(out, "</p>");
	page_word(out, "p", report, WORD_CAPTION_FAMILY);
	write_range(out, report);
	write_end_effect(out, report);
	write_open(out, report, family);
	page_caption_shaded(out, report, INT32_MIN, INT32_MAX);
	if (report->survey->families[family].is_fingerprint)
		write_unknown(out, report);
	write_hover(out, report);
	write_end(out, report, report->families[family].figure_file);
}

// Families that the figure leaves out, and why.
static void write_left_out(struct buffer *out, const struct report *report, enum figure_kind kind)
{
	struct buffer names = buffer_up_to(1 << 16);
	char shown_text[NUMBER_SIZE], all_text[NUMBER_SIZE];
	size_t shown = 0, all = 0;
	for (size_t i = 0; i < report->survey->family_count; i++) {
		const bool is_empty = report->survey->families[i].lifetimes.spells == 0;
		const bool is_wanted = kind == FIGURE_LIFETIMES || report->families[i].is_malware;
		shown += figure_shows(report, kind, i);
		all += is_wanted && !is_empty;
		if (!is_wanted || !is_empty)
			continue;
		buffer_text(&names, names.length > 0 ? ", " : "");
		buffer_text(&names, family_title(report, i));
	}
	buffer_byte(&names, '\0');
	number_grouped(shown, shown_text);
	number_grouped(all, all_text);
	buffer_text(out, "<p>");
	if (shown < all)
		markup_phrase(out, report->lang, WORD_CAPTION_MORE,
		              (struct markup_values){ .one = shown_text, .two = all_text });
	if (shown < all && names.length > 1)
		page_sentence_gap(out, report);
	if (!names.failed && names.length > 1)
		markup_phrase(out, report->lang, WORD_NO_SOURCES_OF,
		              (struct markup_values){ .one = (const char *)names.bytes });
	buffer_text(out, "</p>");
	buffer_done(&names);
}

void page_figure_together(struct buffer *out, const struct report *report)
{
	if (!figure_has_content(report, FIGURE_TOGETHER, 0))
		return;
	buffer_text(out, "<figure>");
	page_word(out, "h3", report, WORD_TITLE_TOGETHER);
	write_drawings(out, report, (struct figure){ .kind = FIGURE_TOGETHER });
	buffer_text(out, "<figcaption>");
	page_word(out, "p", report, WORD_CAPTION_TOGETHER);
	write_left_out(out, report, FIGURE_TOGETHER);
	write_range(out, report);
	write_end_effect(out, report);
	write_open_together(out, report);
	page_caption_shaded(out, report, INT32_MIN, INT32_MAX);
	write_unknown(out, report);
	write_hover(out, report);
	write_end(out, report, report->files.together_figure);
}

static enum word why_no_lifetimes(const struct report_survey *survey)
{
	return report_survey_lost_days(survey) > 0      ? WORD_UNKNOWN_LOST
	       : report_survey_unknown_days(survey) > 0 ? WORD_UNKNOWN_FAMILY
	                                                : WORD_NO_LIFETIMES;
}

void page_figure_lifetimes(struct buffer *out, const struct report *report)
{
	if (!figure_has_content(report, FIGURE_LIFETIMES, 0)) {
		page_word(out, "p", report, why_no_lifetimes(report->survey));
		return;
	}
	buffer_text(out, "<figure>");
	page_word(out, "h3", report, WORD_TITLE_LIFETIMES);
	write_drawings(out, report, (struct figure){ .kind = FIGURE_LIFETIMES });
	buffer_text(out, "<figcaption>");
	page_word(out, "p", report, WORD_CAPTION_LIFETIMES);
	write_left_out(out, report, FIGURE_LIFETIMES);
	write_range(out, report);
	write_hover(out, report);
	write_end(out, report, report->files.lifetimes_figure);
}

// Where the figures of many families are, one can jump to each.
static void write_jumps(struct buffer *out, const struct report *report)
{
	buffer_text(out, "<ul class=\"jump\">");
	for (size_t i = 0; i < report->survey->family_count; i++) {
		buffer_text(out, "<li><a href=\"#");
		page_anchor(out, "family", report->survey->families[i].name);
		buffer_text(out, "\">");
		page_swatch(out, i);
		markup_text(out, family_title(report, i));
		buffer_text(out, "</a></li>");
	}
	buffer_text(out, "</ul>\n");
}

// "mirai · active on 2016-12-31: 3,593"
static void write_fold(struct buffer *out, const struct report *report, size_t family)
{
	const struct report_survey *survey = report->survey;
	const uint32_t last = survey->day_count - 1;
	char day[CALENDAR_DAY_SIZE];
	page_fold_begin(out);
	page_swatch(out, family);
	page_element(out, "span", family_title(report, family));
	if (report_survey_is_known(survey, family, last)) {
		day_format(survey->first_day + (int32_t)last, day);
		buffer_text(out, "<small>");
		markup_phrase(out, report->lang, WORD_CARD_ACTIVE,
		              (struct markup_values){ .one = day });
		buffer_text(out, report->lang == LANG_JA ? "：" : ": ");
		page_number(out, survey->families[family].days[last].active);
		buffer_text(out, "</small>");
	}
	page_fold_open(out);
}

void page_figures(struct buffer *out, const struct report *report)
{
	if (page_is_empty(out, report))
		return;
	if (report->survey->family_count > 2)
		write_jumps(out, report);
	page_figure_together(out, report);
	for (size_t i = 0; i < report->survey->family_count; i++) {
		write_fold(out, report, i);
		page_figure_family(out, report, i);
		page_fold_end(out);
	}
}
