// SPDX-License-Identifier: MIT
// The page as a whole: the order of the sections, the table of contents, the foot.
//
// It must open from a disk, years later, without a network: nothing is loaded, no script runs
// but the page's own, and a Content-Security-Policy says so to the browser, should anything from
// outside ever come through unescaped. Without the script everything is there, and can be unfolded.
#include "present/page/page.h"

#include "present/words/numbers.h"

// What can be folded, of a brief page only or of all, and what is open when the page opens: what has figures over
// days, where there are more than a few; the rest is for who looks for it.
enum fold { FOLD_NEVER, FOLD_IF_BRIEF, FOLD_OPEN, FOLD_ALWAYS };

// Addresses of sections stay, whatever becomes of the page (doc/report.md).
struct section {
	const char *id;
	const char *former_id;    // NULL: none
	enum word name, heading;  // in the table of contents, and above the section
	void (*write)(struct buffer *out, const struct report *);
	bool (*is_there)(const struct report *);  // NULL: always
	enum fold fold;
};

static bool has_ports(const struct report *report)
{
	return report->ports != NULL;
}

static bool has_home(const struct report *report)
{
	return report->home != NULL;
}

static bool has_places(const struct report *report)
{
	return report->places != NULL;
}

static bool has_networks(const struct report *report)
{
	return report->networks != NULL || report->concentration != NULL;
}

static bool has_devices(const struct report *report)
{
	return report->accessibility != NULL || report->models != NULL;
}

static bool has_variants(const struct report *report)
{
	return report->variants != NULL;
}

static bool has_rules(const struct report *report)
{
	return report->rules != NULL;
}

static bool has_days(const struct report *report)
{
	return report->survey->day_count > 0;
}

static bool has_past(const struct report *report)
{
	return has_days(report) && !page_is_first_day(report);
}

static const struct section sections[] = {
	{ "summary", NULL, WORD_OVERVIEW, WORD_OVERVIEW, page_overview, NULL, FOLD_NEVER },
	{ "home", NULL, WORD_HOME, WORD_HOME, page_home, has_home, FOLD_IF_BRIEF },
	{ "ports", NULL, WORD_PORTS, WORD_PORTS, page_ports, has_ports, FOLD_OPEN },
	{ "places", NULL, WORD_PLACES, WORD_PLACES, page_places, has_places, FOLD_OPEN },
	{ "networks", NULL, WORD_NETWORKS, WORD_NETWORKS, page_networks, has_networks, FOLD_OPEN },
	{ "devices", NULL, WORD_DEVICES, WORD_DEVICES, page_devices, has_devices, FOLD_OPEN },
	{ "variants", NULL, WORD_VARIANTS, WORD_VARIANTS, page_variants, has_variants, FOLD_OPEN },
	{ "rules", NULL, WORD_RULES, WORD_RULES_HEADING, page_rules, has_rules, FOLD_ALWAYS },
	{ "families", "by-day", WORD_FAMILIES, WORD_FAMILIES, page_figures, has_days, FOLD_OPEN },
	{ "lifetimes", NULL, WORD_LIFETIMES, WORD_LIFETIMES, page_lifetimes, has_past,
	  FOLD_ALWAYS },
	{ "last-days", NULL, WORD_LAST_DAYS, WORD_LAST_DAYS, page_days, has_past, FOLD_ALWAYS },
	{ "ledger", NULL, WORD_LEDGER, WORD_LEDGER, page_ledger, NULL, FOLD_ALWAYS },
	{ "definitions", NULL, WORD_DEFINITIONS, WORD_DEFINITIONS, page_definitions, NULL,
	  FOLD_ALWAYS },
};

enum { SECTION_COUNT = sizeof sections / sizeof *sections };

static bool is_there(const struct section *section, const struct report *report)
{
	return section->is_there == NULL || section->is_there(report);
}

static void write_range(struct buffer *out, const struct report *report, unsigned days)
{
	char text[NUMBER_SIZE];
	number_grouped(days, text);
	buffer_format(out, "<button type=\"button\" value=\"%u\" aria-pressed=\"%s\">", days,
	              days == 0 ? "true" : "false");
	markup_phrase(out, report->lang, days == 0 ? WORD_RANGE_ALL : WORD_RANGE_DAYS,
	              (struct markup_values){ .one = text });
	buffer_text(out, "</button>");
}

// Days that figures show, where there are more; only a script can show others.
static void write_ranges(struct buffer *out, const struct report *report)
{
	static const unsigned ranges[] = { 30, 90 };
	if (report->survey->day_count <= ranges[0])
		return;
	buffer_text(out, "<div class=\"ranges only-script\" role=\"group\" aria-label=\"");
	markup_word(out, report->lang, WORD_RANGE_NAME);
	buffer_text(out, "\">");
	for (size_t i = 0; i < 2; i++)
		if (report->survey->day_count > ranges[i])
			write_range(out, report, ranges[i]);
	write_range(out, report, 0);
	buffer_text(out, "</div>");
}

static void write_contents(struct buffer *out, const struct report *report)
{
	buffer_text(out, "<nav aria-label=\"");
	markup_word(out, report->lang, WORD_CONTENTS);
	buffer_text(out, "\"><div class=\"inner\"><ul>");
	for (size_t i = 0; i < SECTION_COUNT; i++) {
		if (!is_there(&sections[i], report))
			continue;
		buffer_format(out, "<li><a href=\"#%s\">", sections[i].id);
		markup_word(out, report->lang, sections[i].name);
		buffer_text(out, "</a></li>");
	}
	buffer_text(out, "</ul>");
	write_ranges(out, report);
	buffer_text(out, "</div></nav>\n");
}

static bool is_open(const struct section *section, const struct report *report)
{
	return section->fold == FOLD_OPEN && !page_is_brief(report);
}

static void write_heading(struct buffer *out, const struct report *report,
                          const struct section *section)
{
	buffer_format(out, "<h2 id=\"%s-name\">", section->id);
	if (section->former_id != NULL)
		buffer_format(out, "<span id=\"%s\"></span>", section->former_id);
	markup_word(out, report->lang, page_is_brief(report) ? section->name : section->heading);
	buffer_text(out, "</h2>");
}

static void write_section(struct buffer *out, const struct report *report,
                          const struct section *section)
{
	const bool folds = section->fold > FOLD_IF_BRIEF ||
	                   (section->fold == FOLD_IF_BRIEF && page_is_brief(report));
	buffer_format(out, "<section id=\"%s\" aria-labelledby=\"%s-name\">\n", section->id,
	              section->id);
	if (folds)
		buffer_text(out, is_open(section, report)
		                         ? "<details class=\"fold\" open=\"\"><summary>"
		                         : "<details class=\"fold\"><summary>");
	write_heading(out, report, section);
	buffer_text(out, folds ? "</summary>\n" : "\n");
	section->write(out, report);
	buffer_text(out, folds ? "</details></section>\n" : "</section>\n");
}

static void write_files(struct buffer *out, const struct report *report)
{
	const struct report_files *f = &report->files;
	const char *const files[] = {
		f->changes_csv,
		f->ports_csv,
		f->ports_last_day_csv,
		f->countries_csv,
		f->countries_by_port_csv,
		f->networks_csv,
		f->networks_by_country_csv,
		f->networks_by_port_csv,
		f->home_csv,
		f->incidents_csv,
		f->prefixes_csv,
		f->accessibility_csv,
		f->devices_csv,
		f->devices_by_port_csv,
		f->devices_by_country_csv,
		f->devices_by_day_csv,
		f->variants_csv,
		f->variants_table_csv,
		f->variants_join_csv,
		f->infected_csv,
		f->rules_csv,
		f->rules_new_csv,
		f->rules_timeline_csv,
		f->survey_csv,
		f->lifetimes_csv,
		f->tools_csv,
		f->ledger_csv,
		f->captures_csv,
		f->reasons_csv,
	};
	bool has_some = false;
	for (size_t i = 0; i < sizeof files / sizeof *files; i++)
		has_some = has_some || files[i] != NULL;
	if (!has_some)
		return;
	if (page_is_brief(report))
		page_fold_begin(out);
	page_word(out, "p", report, WORD_FILES);
	if (page_is_brief(report))
		page_fold_open(out);
	buffer_text(out, "<ul class=\"links\">");
	for (size_t i = 0; i < sizeof files / sizeof *files; i++)
		page_link(out, files[i], files[i]);
	buffer_text(out, "</ul>\n");
	if (page_is_brief(report))
		page_fold_end(out);
}

static void write_footer(struct buffer *out, const struct report *report)
{
	buffer_text(out, "<footer><div class=\"inner\">\n");
	write_files(out, report);
	buffer_text(out, "<p class=\"without-script\">");
	markup_word(out, report->lang, WORD_NO_SCRIPT);
	buffer_text(out, "</p>\n<p>");
	markup_phrase(out, report->lang, WORD_FOOTER,
	              (struct markup_values){ .one = report->version });
	buffer_text(out, "</p>\n</div></footer>\n");
}

// With the words that the script says, in which it puts numbers for #1 and #2.
static void open_main(struct buffer *out, const struct report *report)
{
	static const struct {
		const char *name;
		enum word word;
	} words[] = { { "filter", WORD_FILTER },
		      { "shown", WORD_FILTER_SHOWN },
		      { "all", WORD_SHOW_ALL },
		      { "fewer", WORD_SHOW_FEWER } };
	buffer_text(out, "<main class=\"inner\"");
	for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
		buffer_format(out, " data-%s=\"", words[i].name);
		markup_phrase(out, report->lang, words[i].word,
		              (struct markup_values){ .one = "#1", .two = "#2" });
		buffer_byte(out, '"');
	}
	buffer_text(out, ">\n");
}

bool page_write(struct buffer *out, const struct report *report)
{
	page_head(out, report);
	page_header(out, report);
	write_contents(out, report);
	open_main(out, report);
	for (size_t i = 0; i < SECTION_COUNT; i++)
		if (is_there(&sections[i], report))
			write_section(out, report, &sections[i]);
	buffer_text(out, "</main>\n");
	write_footer(out, report);
	page_script(out);
	buffer_text(out, "</body>\n</html>\n");
	return !out->failed;
}
