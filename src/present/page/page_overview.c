// SPDX-License-Identifier: MIT
// What somebody looks for in the morning: what changed, whether the data can be trusted, and
// then one card a family.
#include "present/page/page.h"

#include "base/calendar.h"
#include "base/text.h"
#include "present/chart/chart.h"
#include "present/words/numbers.h"
#include "present/page/port.h"

#include <math.h>

enum { EMERGENCES_MAX = 4 };

static const struct subject {
	enum word name;
	const char *section, *anchor;  // where its rows are, and how they are called
} subjects[REPORT_SUBJECTS] = {
	[REPORT_FAMILY] = { WORD_SUBJECT_FAMILIES, "families", "family" },
	[REPORT_NEW_PORT] = { WORD_SUBJECT_NEW_PORTS, "ports", NULL },
	[REPORT_PORT] = { WORD_SUBJECT_PORTS, "ports", NULL },
	[REPORT_COUNTRY] = { WORD_SUBJECT_COUNTRIES, "places", "country" },
	[REPORT_NETWORK] = { WORD_SUBJECT_NETWORKS, "networks", "network" },
};

static bool has_port(const struct report *report, struct report_port port)
{
	const struct report_ports *ports = report->ports;
	for (size_t i = 0; ports != NULL && i < ports->row_count && i < PAGE_ROWS_MAX; i++)
		if (ports->rows[i].port.number == port.number &&
		    ports->rows[i].port.is_udp == port.is_udp)
			return true;
	return false;
}

static bool has_place(const struct report_place *places, size_t count, const char *id)
{
	for (size_t i = 0; i < count && i < PAGE_ROWS_MAX; i++)
		if (text_equal(places[i].id, id))
			return true;
	return false;
}

static bool has_family(const struct report *report, const char *name)
{
	for (size_t i = 0; i < report->survey->family_count; i++)
		if (text_equal(report->survey->families[i].name, name))
			return true;
	return false;
}

// The page may show fewer rows than changed: then the section is as near as a link can lead.
static bool has_row(const struct report *report, const struct report_change *change)
{
	const struct report_places *places = report->places;
	const struct report_networks *networks = report->networks;
	switch (change->subject) {
	case REPORT_FAMILY: return has_family(report, change->name);
	case REPORT_NEW_PORT:
	case REPORT_PORT: return has_port(report, change->port);
	case REPORT_COUNTRY:
		return places != NULL && change->id != NULL &&
		       has_place(places->countries, places->country_count, change->id);
	case REPORT_NETWORK:
		return networks != NULL && change->id != NULL &&
		       has_place(networks->networks, networks->network_count, change->id);
	case REPORT_SUBJECTS: break;
	}
	return false;
}

static bool has_section(const struct report *report, enum report_subject subject)
{
	switch (subject) {
	case REPORT_FAMILY: return true;
	case REPORT_NEW_PORT:
	case REPORT_PORT: return report->ports != NULL;
	case REPORT_COUNTRY: return report->places != NULL;
	case REPORT_NETWORK: return report->networks != NULL;
	case REPORT_SUBJECTS: break;
	}
	return false;
}

static void write_address(struct buffer *out, const struct report *report,
                          const struct report_change *change)
{
	const struct subject *subject = &subjects[change->subject];
	char anchor[PORT_ANCHOR_SIZE];
	if (!has_row(report, change)) {
		buffer_text(out, subject->section);
	} else if (subject->anchor == NULL) {
		port_anchor(change->port, anchor);
		buffer_text(out, anchor);
	} else {
		page_anchor(out, subject->anchor,
		            change->subject == REPORT_FAMILY ? change->name : change->id);
	}
}

static void write_name(struct buffer *out, const struct report *report,
                       const struct report_change *change)
{
	char name[PORT_NAME_SIZE];
	if (subjects[change->subject].anchor != NULL) {
		markup_text(out, text_equal(change->name, "*")
		                         ? word_in(report->lang, WORD_ALL_SYNS)
		                         : change->name);
		return;
	}
	port_name(change->port, name);
	buffer_text(out, name);
}

static void write_change(struct buffer *out, const struct report *report,
                         const struct report_change *change)
{
	const bool is_link = has_section(report, change->subject);
	buffer_text(out, "<tr><th scope=\"row\">");
	if (is_link) {
		buffer_text(out, "<a href=\"#");
		write_address(out, report, change);
		buffer_text(out, "\">");
	}
	write_name(out, report, change);
	buffer_text(out, is_link ? "</a>" : "");
	if (subjects[change->subject].anchor == NULL) {
		buffer_text(out, "<small class=\"beside\">");
		markup_text(out, port_service(change->port, report->lang));
		buffer_text(out, "</small>");
	}
	buffer_text(out, "</th>");
	page_number_cell(out, report, change->sources);
	page_change_cell(out, report, change->sources, change->day_before);
	page_change_cell(out, report, change->sources, change->week_before);
	buffer_text(out, "</tr>\n");
}

static void write_group(struct buffer *out, const struct report *report, enum word name)
{
	buffer_text(out, "<tr class=\"group\"><th colspan=\"4\" scope=\"rowgroup\">");
	markup_word(out, report->lang, name);
	buffer_text(out, "</th></tr>\n");
}

static void write_subject(struct buffer *out, const struct report *report,
                          enum report_subject subject)
{
	const struct report_changes *changes = report->changes;
	bool is_first = true;
	for (size_t i = 0; i < changes->count; i++) {
		if (changes->rows[i].subject != subject)
			continue;
		if (is_first)
			write_group(out, report, subjects[subject].name);
		is_first = false;
		write_change(out, report, &changes->rows[i]);
	}
}

// Rules that emerged on that day, the first ones: nothing is older than the day before.
static void write_emergences(struct buffer *out, const struct report *report)
{
	const struct report_rules *rules = report->rules;
	size_t count = 0;
	for (size_t i = 0; rules != NULL && i < rules->emergence_count; i++) {
		const struct report_emergence *e = &rules->emergences[i];
		if (e->day != report->changes->day || count == EMERGENCES_MAX)
			continue;
		if (count++ == 0)
			write_group(out, report, WORD_SUBJECT_EMERGENCES);
		buffer_text(out, "<tr><th scope=\"row\" class=\"long\"><a href=\"#emergences\">");
		page_rule(out, report, &e->rule);
		buffer_text(out, "</a><small class=\"beside\">");
		page_rule_field(out, report, &e->rule);
		buffer_text(out, "</small></th>");
		page_count_cell(out, e->targets.sources);
		page_change_cell(out, report, e->targets.sources, REPORT_UNKNOWN);
		page_change_cell(out, report, e->targets.sources, REPORT_UNKNOWN);
		buffer_text(out, "</tr>\n");
	}
}

static bool has_emerged(const struct report *report)
{
	const struct report_rules *rules = report->rules;
	for (size_t i = 0; rules != NULL && i < rules->emergence_count; i++)
		if (rules->emergences[i].day == report->changes->day)
			return true;
	return false;
}

static void write_changes(struct buffer *out, const struct report *report)
{
	static const enum word columns[] = { WORD_COLUMN_WHAT, WORD_COLUMN_SOURCES,
		                             WORD_COLUMN_DAY_BEFORE, WORD_COLUMN_WEEK_BEFORE };
	const struct report_changes *changes = report->changes;
	const int32_t days[] = { changes->day, changes->day };
	char day[CALENDAR_DAY_SIZE];
	day_format(changes->day, day);
	buffer_text(out, "<div class=\"panel\">");
	page_heading(out, report, "changes", WORD_CHANGES, days);
	if (changes->count == 0 && !has_emerged(report)) {
		page_phrase(out, "p", report, WORD_CHANGES_NONE,
		            (struct markup_values){ .one = day });
	} else {
		page_table_begin(out, report, columns, 4, 1);
		write_emergences(out, report);
		for (enum report_subject s = 0; s < REPORT_SUBJECTS; s++)
			write_subject(out, report, s);
		page_table_end(out);
		buffer_text(out, "<p class=\"note\">");
		markup_word(out, report->lang, WORD_CHANGES_NOTE);
		buffer_text(out, "</p>\n");
	}
	page_csv_link(out, report, report->files.changes_csv);
	buffer_text(out, "</div>\n");
}

// How much of the day was captured; NaN: not known, or not a day of the survey.
static double coverage_of_day(const struct report *report, int32_t day)
{
	const struct report_survey *survey = report->survey;
	const int64_t index = (int64_t)day - survey->first_day;
	if (index < 0 || index >= survey->day_count)
		return NAN;
	if (!survey->has_data[index] && !report_survey_is_lost(survey, (uint32_t)index))
		return 0;
	return report->coverage != NULL ? report->coverage[index] : NAN;
}

static bool is_lost_day(const struct report *report, int32_t day)
{
	const int64_t index = (int64_t)day - report->survey->first_day;
	return index >= 0 && index < report->survey->day_count &&
	       report_survey_is_lost(report->survey, (uint32_t)index);
}

// A sentence about a day that was not captured as a whole, or is lost; `partly` has places for day and share.
static void write_day_coverage(struct buffer *out, const struct report *report, int32_t day,
                               enum word partly)
{
	const double share = coverage_of_day(report, day);
	char name[CALENDAR_DAY_SIZE], text[NUMBER_SIZE];
	day_format(day, name);
	if (is_lost_day(report, day)) {
		page_phrase(out, "p", report, WORD_COVERAGE_DAMAGED,
		            (struct markup_values){ .one = name });
		return;
	}
	if (!(share < CHART_WHOLE_DAY))
		return;
	number_share(share, text);
	buffer_text(out, "<p>");
	markup_phrase(out, report->lang, share > 0 ? partly : WORD_COVERAGE_NONE,
	              (struct markup_values){ .one = name, .two = share > 0 ? text : NULL });
	buffer_text(out, "</p>");
}

struct holes {
	uint64_t partly, missing, lost;
};

static struct holes count_holes(const struct report *report)
{
	const struct report_survey *survey = report->survey;
	struct holes holes = { 0, 0, 0 };
	for (uint32_t i = 0; i < survey->day_count; i++) {
		const double share = coverage_of_day(report, survey->first_day + (int32_t)i);
		holes.missing += report_survey_is_missing(survey, i);
		holes.lost += report_survey_is_lost(survey, i);
		holes.partly += survey->has_data[i] && share < CHART_WHOLE_DAY;
	}
	return holes;
}

static void write_holes(struct buffer *out, const struct report *report, struct holes holes)
{
	const struct report_survey *survey = report->survey;
	char days[NUMBER_SIZE], partly[NUMBER_SIZE], missing[NUMBER_SIZE];
	int32_t day = survey->first_day + (int32_t)survey->day_count - 1;
	day = report->changes != NULL ? report->changes->day : day;
	number_grouped(survey->day_count, days);
	number_grouped(holes.partly, partly);
	number_grouped(holes.missing, missing);
	write_day_coverage(out, report, day, WORD_COVERAGE_LAST);
	if (report->changes != NULL) {
		write_day_coverage(out, report, day - 1, WORD_COVERAGE_COMPARED);
		write_day_coverage(out, report, day - 7, WORD_COVERAGE_COMPARED);
	}
	if (holes.partly + holes.missing > 0)
		page_phrase(out, "p", report, WORD_COVERAGE_DAYS,
		            (struct markup_values){ days, partly, missing, NULL });
	number_grouped(holes.lost, missing);
	if (holes.lost > 0)
		page_phrase(out, "p", report, WORD_COVERAGE_LOST_DAYS,
		            (struct markup_values){ missing, days, NULL, NULL });
}

static void write_lost(struct buffer *out, const struct report *report)
{
	const struct report_lost *lost = &report->ledger.lost;
	char packets[NUMBER_SIZE], captures[NUMBER_SIZE], all[NUMBER_SIZE], silent[NUMBER_SIZE];
	number_grouped(lost->packets, packets);
	number_grouped(lost->captures, captures);
	number_grouped(lost->all, all);
	number_grouped(lost->silent, silent);
	buffer_text(out, "<p>");
	markup_phrase(out, report->lang, WORD_COVERAGE_LOST,
	              (struct markup_values){ packets, captures, all, NULL });
	if (lost->silent > 0) {
		page_sentence_gap(out, report);
		markup_phrase(out, report->lang, WORD_COVERAGE_SILENT,
		              (struct markup_values){ .one = silent });
	}
	buffer_text(out, "</p>");
}

// What was not seen: days without captures, and what captures say did not get into them.
static void write_coverage(struct buffer *out, const struct report *report)
{
	const struct holes holes = count_holes(report);
	const bool has_holes = holes.partly + holes.missing + holes.lost > 0;
	if (!has_holes && report->ledger.lost.packets == 0)
		return;
	buffer_text(out, "<div class=\"caution\" id=\"coverage\" role=\"note\"><h3>");
	markup_word(out, report->lang, WORD_COVERAGE);
	buffer_text(out, "</h3>");
	if (has_holes)
		write_holes(out, report, holes);
	if (report->ledger.lost.packets > 0)
		write_lost(out, report);
	buffer_text(out, "</div>\n");
}

static void write_floods(struct buffer *out, const struct report *report)
{
	const struct report_floods *floods = report->floods;
	char count[NUMBER_SIZE], days[NUMBER_SIZE], unseen[NUMBER_SIZE];
	if (floods == NULL || (floods->source_days == 0 && floods->days_unseen == 0))
		return;
	number_grouped(floods->source_days, count);
	number_grouped(floods->days, days);
	number_grouped(floods->days_unseen, unseen);
	buffer_text(out, "<div class=\"panel\" id=\"floods\" role=\"note\"><h3>");
	markup_word(out, report->lang, WORD_FLOODS);
	buffer_text(out, "</h3><p>");
	markup_phrase(out, report->lang, floods->are_left_out ? WORD_FLOODS_OUT : WORD_FLOODS_IN,
	              (struct markup_values){ .one = count, .two = days });
	if (floods->days_unseen > 0) {
		page_sentence_gap(out, report);
		markup_phrase(out, report->lang, WORD_FLOODS_UNSEEN,
		              (struct markup_values){ .one = unseen });
	}
	buffer_text(out, "</p></div>\n");
}

// Whether what changed may be an effect of what was captured.
static bool is_doubtful(const struct report *report)
{
	static const int32_t before[] = { 0, 1, 7 };
	for (size_t i = 0; i < sizeof before / sizeof *before; i++)
		if (is_lost_day(report, report->changes->day - before[i]) ||
		    coverage_of_day(report, report->changes->day - before[i]) < CHART_WHOLE_DAY)
			return true;
	return false;
}

void page_overview(struct buffer *out, const struct report *report)
{
	const bool has_changes = report->changes != NULL;
	const bool warns_first = has_changes && is_doubtful(report);
	if (warns_first)
		write_coverage(out, report);
	if (has_changes)
		write_changes(out, report);
	if (!warns_first && report->survey->day_count > 0)
		write_coverage(out, report);
	write_floods(out, report);
	page_summary(out, report);
}
