// SPDX-License-Identifier: MIT
// The page as a whole: the order of the sections, the table of contents, the foot.
//
// It must open from a disk, years later, without a network: nothing is loaded, no
// script runs, and a Content-Security-Policy says so to the browser, should
// anything from outside ever come through unescaped.
#include "present/page/page.h"

// Addresses of sections stay, whatever becomes of the page (doc/report.md).
struct section {
	const char *id;
	const char *former_id;    // NULL: none
	enum word name, heading;  // in the table of contents, and above the section
	void (*write)(struct buffer *out, const struct report *);
	bool (*is_there)(const struct report *);  // NULL: always
};

static bool has_ports(const struct report *report)
{
	return report->ports != NULL;
}

static bool has_places(const struct report *report)
{
	return report->places != NULL;
}

static bool has_networks(const struct report *report)
{
	return report->networks != NULL || report->concentration != NULL;
}

static bool has_rules(const struct report *report)
{
	return report->rules != NULL;
}

static const struct section sections[] = {
	{ "summary", NULL, WORD_OVERVIEW, WORD_OVERVIEW, page_overview, NULL },
	{ "ports", NULL, WORD_PORTS, WORD_PORTS, page_ports, has_ports },
	{ "places", NULL, WORD_PLACES, WORD_PLACES, page_places, has_places },
	{ "networks", NULL, WORD_NETWORKS, WORD_NETWORKS, page_networks, has_networks },
	{ "rules", NULL, WORD_RULES, WORD_RULES_HEADING, page_rules, has_rules },
	{ "families", "by-day", WORD_FAMILIES, WORD_FAMILIES, page_figures, NULL },
	{ "lifetimes", NULL, WORD_LIFETIMES, WORD_LIFETIMES, page_lifetimes, NULL },
	{ "last-days", NULL, WORD_LAST_DAYS, WORD_LAST_DAYS, page_days, NULL },
	{ "ledger", NULL, WORD_LEDGER, WORD_LEDGER, page_ledger, NULL },
	{ "definitions", NULL, WORD_DEFINITIONS, WORD_DEFINITIONS, page_definitions, NULL },
};

enum { SECTION_COUNT = sizeof sections / sizeof *sections };

static bool is_there(const struct section *section, const struct report *report)
{
	return section->is_there == NULL || section->is_there(report);
}

static void write_contents(struct buffer *out, const struct report *report)
{
	buffer_text(out, "<nav aria-label=\"");
	markup_word(out, report->lang, WORD_CONTENTS);
	buffer_text(out, "\"><ul class=\"inner\">");
	for (size_t i = 0; i < SECTION_COUNT; i++) {
		if (!is_there(&sections[i], report))
			continue;
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
	if (section->former_id != NULL)
		buffer_format(out, "<span id=\"%s\"></span>", section->former_id);
	markup_word(out, report->lang, section->heading);
	buffer_text(out, "</h2>\n");
	section->write(out, report);
	buffer_text(out, "</section>\n");
}

static void write_files(struct buffer *out, const struct report *report)
{
	const struct report_files *f = &report->files;
	const char *const files[] = {
		f->changes_csv,   f->ports_csv,
		f->countries_csv, f->countries_by_port_csv,
		f->networks_csv,  f->networks_by_country_csv,
		f->prefixes_csv,  f->rules_csv,
		f->rules_new_csv, f->rules_timeline_csv,
		f->survey_csv,    f->lifetimes_csv,
		f->ledger_csv,
	};
	bool has_some = false;
	for (size_t i = 0; i < sizeof files / sizeof *files; i++)
		has_some = has_some || files[i] != NULL;
	if (!has_some)
		return;
	page_word(out, "p", report, WORD_FILES);
	buffer_text(out, "<ul class=\"links\">");
	for (size_t i = 0; i < sizeof files / sizeof *files; i++)
		page_link(out, files[i], files[i]);
	buffer_text(out, "</ul>\n");
}

static void write_footer(struct buffer *out, const struct report *report)
{
	buffer_text(out, "<footer><div class=\"inner\">\n");
	write_files(out, report);
	buffer_text(out, "<p>");
	markup_phrase(out, report->lang, WORD_FOOTER,
	              (struct markup_values){ .one = report->version });
	buffer_text(out, "</p>\n</div></footer>\n");
}

bool page_write(struct buffer *out, const struct report *report)
{
	page_head(out, report);
	page_header(out, report);
	write_contents(out, report);
	buffer_text(out, "<main class=\"inner\">\n");
	for (size_t i = 0; i < SECTION_COUNT; i++)
		if (is_there(&sections[i], report))
			write_section(out, report, &sections[i]);
	buffer_text(out, "</main>\n");
	write_footer(out, report);
	buffer_text(out, "</body>\n</html>\n");
	return !out->failed;
}
