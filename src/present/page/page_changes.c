// SPDX-License-Identifier: MIT
// What changed: first the sentence that says it, or that nothing did, then that of the week before; further below
// all of it as a table, which is the CSV beside the page.
#include "present/page/changes.h"
#include "present/page/page.h"
#include "present/page/port.h"

#include "base/calendar.h"
#include "base/text.h"

enum { TEXT_MAX = 1 << 20 };

// ---- where a name leads

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

static bool has_emerged(const struct report *report, int32_t day)
{
	const struct report_rules *rules = report->rules;
	for (size_t i = 0; i < rules->emergence_count; i++)
		if (rules->emergences[i].day == day)
			return true;
	return false;
}

// The page may show fewer rows than changed: then the section is as near as a link can lead. False: there is none.
static bool write_address(struct buffer *out, const struct report *report,
                          const struct report_change *c)
{
	char anchor[PORT_ANCHOR_SIZE];
	const struct report_places *places = report->places;
	const struct report_networks *networks = report->networks;
	switch (c->subject) {
	case REPORT_FAMILY:
		if (has_family(report, c->id))
			page_anchor(out, "family", c->id);
		else
			buffer_text(out, "families");
		return true;
	case REPORT_PORT:
		port_anchor(c->port, anchor);
		buffer_text(out, has_port(report, c->port) ? anchor : "ports");
		return report->ports != NULL;
	case REPORT_RULE:
		if (report->rules == NULL)
			return false;
		buffer_text(out, has_emerged(report, c->day) ? "emergences" : "rules");
		return true;
	case REPORT_COUNTRY:
		if (places != NULL && has_place(places->countries, places->country_count, c->id))
			page_anchor(out, "country", c->id);
		else
			buffer_text(out, "places");
		return places != NULL;
	case REPORT_NETWORK:
		if (networks != NULL &&
		    has_place(networks->networks, networks->network_count, c->id))
			page_anchor(out, "network", c->id);
		else
			buffer_text(out, "networks");
		return networks != NULL;
	case REPORT_SUBJECTS: break;
	}
	return false;
}

static void write_name(struct buffer *out, const struct report *report,
                       const struct report_change *change, bool is_short)
{
	struct buffer name = buffer_up_to(TEXT_MAX);
	changes_name(&name, report->lang, change, is_short);
	buffer_byte(&name, '\0');
	out->failed = out->failed || name.failed;
	if (!out->failed)
		markup_text(out, (const char *)name.bytes);
	buffer_done(&name);
}

static void write_link(struct buffer *out, const struct report *report,
                       const struct report_change *change, bool is_short)
{
	struct buffer address = buffer_up_to(TEXT_MAX);
	const bool is_link = write_address(&address, report, change);
	out->failed = out->failed || address.failed;
	if (is_link) {
		buffer_text(out, "<a href=\"#");
		buffer_append(out, address.bytes, address.length);
		buffer_text(out, "\">");
	}
	write_name(out, report, change, is_short);
	buffer_text(out, is_link ? "</a>" : "");
	buffer_done(&address);
}

// ---- the sentences

static void write_item(struct buffer *out, const struct report_change *change, void *context)
{
	write_link(out, context, change, true);
}

// Each kind with its name in front, in an element of its own.
static void write_sentences(struct buffer *out, const struct report *report,
                            const struct report_changes *changes, int32_t day, bool has_numbers)
{
	for (enum report_change_kind kind = 0; kind < REPORT_CHANGE_KINDS; kind++) {
		if (changes_kind_count(changes, day, kind) == 0)
			continue;
		buffer_text(out, "<span>");
		page_word(out, "b", report, changes_kind_label(kind));
		buffer_byte(out, ' ');
		changes_sentence(out, report->lang, changes, day, kind, has_numbers, write_item,
		                 (void *)report);
		buffer_text(out, "</span> ");
	}
}

// Those of `whose`, who are all named if they are one's own.
static struct report_changes changes_of(const struct report *report, enum report_whose whose)
{
	struct report_changes some = *report->changes;
	some.whose = whose;
	some.names_all = whose == REPORT_OF_HOME;
	return some;
}

static bool is_compared(const struct report_home_row *row)
{
	return row->kind != REPORT_HOME_PREFIX && row->place.sources != REPORT_UNKNOWN;
}

// A phrase about those of one's own that are compared, or that are not; nothing where there are none.
static bool write_own_names(struct buffer *out, const struct report *report, bool are_compared,
                            enum word word)
{
	struct buffer names = buffer_up_to(TEXT_MAX);
	const struct report_home *home = report->home;
	for (size_t i = 0; i < home->count; i++)
		if (is_compared(&home->rows[i]) == are_compared)
			buffer_format(&names, "%s%s", names.length > 0 ? ", " : "",
			              home->rows[i].place.id);
	const bool has_some = names.length > 0;
	buffer_byte(&names, '\0');
	out->failed = out->failed || names.failed;
	if (has_some && !out->failed)
		markup_phrase(out, report->lang, word,
		              (struct markup_values){ .one = (const char *)names.bytes });
	buffer_done(&names);
	return has_some;
}

static void write_own(struct buffer *out, const struct report *report)
{
	const struct report_changes own = changes_of(report, REPORT_OF_HOME);
	buffer_text(out, "<p class=\"headline own\"><b>");
	const bool has_some = write_own_names(out, report, true, WORD_CHANGES_OWN);
	buffer_text(out, "</b> ");
	if (has_some && changes_count(&own, own.day) > 0)
		write_sentences(out, report, &own, own.day, true);
	else if (has_some)
		markup_word(out, report->lang, WORD_CHANGES_OWN_NONE);
	buffer_text(out, "<small>");
	write_own_names(out, report, false, WORD_CHANGES_OWN_UNKNOWN);
	buffer_text(out, "</small></p>\n");
}

static void write_today(struct buffer *out, const struct report *report)
{
	const struct report_changes others = changes_of(report, REPORT_OF_OTHERS);
	struct buffer nothing = buffer_up_to(TEXT_MAX);
	const bool has_nothing = changes_nothing(&nothing, report->lang, report->changes);
	if (!has_nothing && report->home != NULL)
		write_own(out, report);
	buffer_text(out, "<p class=\"headline\">");
	out->failed = out->failed || nothing.failed;
	if (has_nothing && !out->failed)
		buffer_append(out, nothing.bytes, nothing.length);
	else
		write_sentences(out, report, &others, others.day, true);
	buffer_text(out, "</p>\n");
	buffer_done(&nothing);
}

static void write_day(struct buffer *out, const struct report *report, int32_t day)
{
	const struct report_changes own = changes_of(report, REPORT_OF_HOME),
				    others = changes_of(report, REPORT_OF_OTHERS);
	if (changes_count(&own, day) > 0) {
		page_word(out, "b", report, WORD_CHANGES_OWN_DAY);
		buffer_byte(out, ' ');
		write_sentences(out, report, &own, day, false);
		buffer_text(out, changes_count(&others, day) > 0 ? "<br/>" : "");
	}
	write_sentences(out, report, &others, day, false);
}

static void write_before(struct buffer *out, const struct report *report)
{
	const struct report_changes *c = report->changes;
	char date[CALENDAR_DAY_SIZE];
	if (c->from == c->day)
		return;
	if (c->count == changes_count(c, c->day)) {
		if (c->state == REPORT_CHANGES_KNOWN)
			page_word(out, "p", report, WORD_CHANGES_WEEK_NONE);
		return;
	}
	page_word(out, "p", report, WORD_CHANGES_WEEK);
	buffer_text(out, "<ul class=\"week\">");
	for (int32_t day = c->day - 1; day >= c->from; day--) {
		if (changes_count(c, day) == 0)
			continue;
		day_format(day, date);
		buffer_format(out, "<li><b>%s</b> ", date);
		write_day(out, report, day);
		buffer_text(out, "</li>\n");
	}
	buffer_text(out, "</ul>\n");
}

void page_changes(struct buffer *out, const struct report *report)
{
	const struct report_changes *c = report->changes;
	const int32_t days[] = { c->day, c->day };
	const bool has_changed = changes_count(c, c->day) > 0;
	buffer_format(out, "<div class=\"panel changes%s\">", has_changed ? " news" : "");
	page_heading(out, report, "changes", WORD_CHANGES, days);
	write_today(out, report);
	write_before(out, report);
	buffer_text(out, "</div>\n");
}

// ---- the table

static void write_row(struct buffer *out, const struct report *report, size_t row)
{
	const struct report_change *c = &report->changes->rows[row];
	char day[CALENDAR_DAY_SIZE];
	day_format(c->day, day);
	buffer_format(out, "<tr><th scope=\"row\">%s</th>", day);
	page_word(out, "td", report, changes_kind_word(c->kind));
	buffer_text(out, "<td>");
	write_link(out, report, c, false);
	buffer_text(out, "</td>");
	page_count_cell(out, c->sources);
	if (c->usual == REPORT_UNKNOWN)
		buffer_text(out, "<td class=\"n\">–</td>");
	else
		page_count_cell(out, c->usual);
	page_count_cell(out, c->most);
	buffer_text(out, "</tr>\n");
}

void page_changes_table(struct buffer *out, const struct report *report)
{
	static const enum word columns[] = { WORD_COLUMN_DAY,   WORD_COLUMN_CHANGE,
		                             WORD_COLUMN_WHAT,  WORD_COLUMN_SOURCES,
		                             WORD_COLUMN_USUAL, WORD_COLUMN_MOST_BEFORE };
	const struct report_changes *c = report->changes;
	const int32_t days[] = { c->from, c->day };
	const struct page_rows rows = { .columns = columns,
		                        .column_count = 6,
		                        .numbers_begin = 3,
		                        .numbers_end = 6,
		                        .count = c->count,
		                        .write = write_row,
		                        .csv = report->files.changes_csv };
	if (c->count == 0)
		return;
	const bool folds = page_is_brief(report);
	if (folds)
		page_fold_begin(out);
	buffer_text(out, folds ? "" : "<div class=\"panel\">");
	page_heading(out, report, "all-changes", WORD_CHANGES_TABLE, days);
	if (folds)
		page_fold_open(out);
	buffer_text(out, folds ? "<div class=\"panel\">" : "");
	page_rows_write(out, report, &rows);
	page_word(out, "p", report, WORD_CHANGES_NOTE);
	buffer_text(out, "</div>\n");
	if (folds)
		page_fold_end(out);
}
