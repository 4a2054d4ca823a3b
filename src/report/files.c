// SPDX-License-Identifier: MIT
// The files of a report: tables as CSV, figures as SVG, and the page.
#include "report/sections.h"

#include "base/text.h"
#include "present/page/incident_rows.h"

#include <string.h>

enum { BYTES_MAX = 256 << 20 };

struct writing {
	const struct sections *sections;
	const struct plan *plan;
	const struct report_folder *folder;
};

static bool write_bytes(const struct writing *w, const char *name, const struct buffer *bytes,
                        struct error *error)
{
	FILE *file = w->folder->create(w->folder->context, name, error);
	if (file == NULL)
		return false;
	fwrite(bytes->bytes, 1, bytes->length, file);
	return w->folder->close(w->folder->context, file, name, error);
}

// ---- tables

// Those that are no answers. There may be millions of prefixes: rows go straight into the file.
static bool write_rows(const struct writing *w, const char *name, const struct column *columns,
                       size_t count, void (*write)(const struct sections *, struct table *to),
                       struct error *error)
{
	struct error ignored;
	if (name == NULL)
		return true;
	FILE *file = w->folder->create(w->folder->context, name, error);
	if (file == NULL)
		return false;
	struct table table = table_open(file, FORMAT_CSV, columns, count, NULL);
	write(w->sections, &table);
	const bool ok = table_finish(&table, error);
	return w->folder->close(w->folder->context, file, name, ok ? error : &ignored) && ok;
}

static void write_rankings(const struct sections *s, struct table *to)
{
	for (size_t i = 0; i < REPORT_LENGTHS; i++)
		ranking_write(&s->prefixes.rankings[i], to);
}

static bool write_answer(const struct writing *w, const char *name, size_t number,
                         struct error *error)
{
	struct buffer csv = buffer_up_to(BYTES_MAX);
	const bool ok = plan_csv(w->plan, number, &csv, error) && write_bytes(w, name, &csv, error);
	buffer_done(&csv);
	return ok;
}

static bool write_incidents(const struct writing *w, struct error *error)
{
	const struct report *report = &w->sections->report;
	const struct report_survey *survey = report->survey;
	struct answer answer = answer_new();
	struct buffer csv = buffer_up_to(BYTES_MAX);
	struct rows rows;
	struct error ignored;
	if (report->files.incidents_csv == NULL)
		return true;
	bool ok = rows_begin(&rows, &answer.receiver, &incidents_schema, error);
	if (ok)
		incident_rows(
			&rows, report->incidents,
			(struct day_range){ survey->first_day,
		                            survey->first_day + (int32_t)survey->day_count - 1 });
	ok = rows_finish(&rows, ok ? error : &ignored) && ok && answer_check(&answer, error) &&
	     answer_csv(&answer, &csv, error) &&
	     write_bytes(w, report->files.incidents_csv, &csv, error);
	buffer_done(&csv);
	answer_done(&answer);
	return ok;
}

// Those that the page names.
static bool write_tables(const struct writing *w, struct error *error)
{
	const struct sections *s = w->sections;
	const struct report_files *f = &s->report.files;
	const struct {
		const char *name;
		size_t question;
	} answers[] = {
		{ f->survey_csv, s->survey.survey },
		{ f->lifetimes_csv, s->survey.lifetimes },
		{ f->tools_csv, s->survey.of_tools },
		{ f->ledger_csv, s->ledger.ledger },
		{ f->reasons_csv, s->ledger.reasons },
		{ f->ports_csv, s->ports.every_day },
		{ f->ports_last_day_csv, s->ports.every_last_day },
		{ f->changes_csv, s->changes.question },
		{ f->countries_csv, s->places.countries.all },
		{ f->countries_by_port_csv, s->places.countries.grouped },
		{ f->networks_csv, s->places.networks.all },
		{ f->networks_by_country_csv, s->places.networks.grouped },
		{ f->networks_by_port_csv, s->places.network_ports },
		{ f->rules_csv, s->rules.every_day },
		{ f->rules_timeline_csv, s->rules.timeline },
		{ f->rules_new_csv, s->rules.new_ones },
		{ f->accessibility_csv, s->devices.accessibility },
		{ f->devices_csv, s->devices.clusters },
		{ f->devices_by_port_csv, s->devices.by_port },
		{ f->devices_by_country_csv, s->devices.by_country },
		{ f->devices_by_day_csv, s->devices.by_day },
		{ f->variants_csv, s->variants.by_day },
		{ f->variants_table_csv, s->variants.table },
		{ f->variants_join_csv, s->variants.join },
		{ f->infected_csv, s->variants.infected },
	};
	for (size_t i = 0; i < sizeof answers / sizeof *answers; i++)
		if (answers[i].name != NULL &&
		    !write_answer(w, answers[i].name, answers[i].question, error))
			return false;
	const struct schema *prefixes = &s->prefixes.rankings[0].schema;
	return write_rows(w, f->prefixes_csv, prefixes->columns, prefixes->count, write_rankings,
	                  error) &&
	       write_incidents(w, error) &&
	       write_rows(w, f->home_csv, home_columns, HOME_COLUMNS, home_section_write, error) &&
	       write_rows(w, f->captures_csv, capture_columns, CAPTURE_COLUMNS,
	                  ledger_section_write, error);
}

// ---- figures

// A figure that has nothing to show is not written; the page says so in words.
static bool write_figure(const struct writing *w, const char *name, bool is_drawn,
                         struct buffer *svg, struct error *error)
{
	const bool failed = svg->failed;
	const bool ok = failed ? error_memory(error, "a figure")
	                       : !is_drawn || write_bytes(w, name, svg, error);
	if (ok && is_drawn)
		w->folder->figure(w->folder->context, name);
	buffer_done(svg);
	return ok;
}

static bool draw_map(struct buffer *out, const struct report *report)
{
	return figure_countries(out, report, false, true);
}

static bool write_single_figures(const struct writing *w, struct error *error)
{
	const struct report *report = &w->sections->report;
	const struct {
		const char *name;
		bool (*draw)(struct buffer *out, const struct report *);
	} figures[] = {
		{ report->files.together_figure, figure_together },
		{ report->files.lifetimes_figure, figure_lifetimes },
		{ report->files.port_families_figure, figure_port_families },
		{ report->files.map_figure, draw_map },
		{ report->files.networks_figure, figure_networks },
		{ report->files.concentration_figure, figure_concentration },
		{ report->files.accessibility_figure, figure_accessibility },
		{ report->files.variants_figure, figure_variants },
		{ report->files.variant_countries_figure, figure_variant_countries },
		{ report->files.joined_figure, figure_joined },
		{ report->files.infected_figure, figure_infected },
		{ report->files.devices_figure, figure_models },
	};
	for (size_t i = 0; i < sizeof figures / sizeof *figures; i++) {
		struct buffer svg = buffer_up_to(BYTES_MAX);
		const bool is_drawn = figures[i].draw(&svg, report);
		if (!write_figure(w, figures[i].name, is_drawn, &svg, error))
			return false;
	}
	return true;
}

static bool write_figures(const struct writing *w, struct error *error)
{
	const struct report *report = &w->sections->report;
	struct buffer svg = buffer_up_to(BYTES_MAX);
	if (!write_single_figures(w, error))
		return false;
	for (size_t i = 0; report->ports != NULL && i < report->ports->figure_count; i++) {
		const bool is_drawn = figure_ports(&svg, report, i);
		if (!write_figure(w, report->ports->figures[i].file, is_drawn, &svg, error))
			return false;
	}
	for (size_t i = 0; report->rules != NULL && i < report->rules->figure_count; i++) {
		const bool is_drawn = figure_rules(&svg, report, i);
		if (!write_figure(w, report->rules->figures[i].file, is_drawn, &svg, error))
			return false;
	}
	for (size_t i = 0; i < report->survey->family_count; i++) {
		const bool is_drawn = figure_family(&svg, report, i);
		if (!write_figure(w, report->families[i].figure_file, is_drawn, &svg, error))
			return false;
	}
	return true;
}

static bool write_page(const struct writing *w, struct error *error)
{
	struct buffer page = buffer_up_to(BYTES_MAX);
	const bool ok = page_write(&page, &w->sections->report)
	                        ? write_bytes(w, "index.html", &page, error)
	                        : error_memory(error, "the page");
	buffer_done(&page);
	return ok;
}

// ---- what an earlier report left

static void remove_all(const struct report_folder *folder, const char *stem)
{
	static const char *const ends[] = { "svg", "png", "csv" };
	for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
		char name[REPORT_FILE_SIZE];
		text_format(name, sizeof name, "%s.%s", stem, ends[i]);
		folder->remove(folder->context, name);
	}
}

// Files of an earlier report of this store would stand beside the new page and not belong to it: only
// names that hotaru gives are removed.
static void remove_earlier(const struct writing *w)
{
	static const char *const stems[] = {
		"together",
		"lifetimes",
		"all",
		"map",
		"networks",
		"concentration",
		"survey",
		"ledger",
		"changes",
		"ports",
		"prefixes",
		"countries",
		"rules",
		"countries-by-port",
		"networks-by-country",
		"networks-by-port",
		"ports-last-day",
		"home",
		"incidents",
		"tools",
		"captures",
		"reasons",
		"rules-new",
		"rules-timeline",
		"ports-chosen",
		"ports-days",
		"port-families",
		"ports-telnet",
		"ports-others",
		"rules-window",
		"rules-dport",
		"rules-ttl",
		"rules-tos",
		"accessibility",
		"devices",
		"devices-by-port",
		"devices-by-country",
		"devices-by-day",
	};
	const struct description *d = w->sections->about.description;
	for (size_t i = 0; i < d->fingerprint_count; i++)
		remove_all(w->folder, d->fingerprints[i].name);
	for (size_t i = 0; i < sizeof stems / sizeof *stems; i++)
		remove_all(w->folder, stems[i]);
}

bool report_files(const struct sections *s, const struct plan *plan,
                  const struct report_folder *folder, struct error *error)
{
	const struct writing w = { s, plan, folder };
	remove_earlier(&w);
	return write_tables(&w, error) && write_figures(&w, error) && write_page(&w, error);
}
