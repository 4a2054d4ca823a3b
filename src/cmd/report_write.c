// SPDX-License-Identifier: MIT
// The files of a report: tables as CSV, figures as SVG and PNG, and the page.
#include "cmd/ledger.h"
#include "cmd/place_tables.h"
#include "cmd/port_tables.h"
#include "cmd/report_material.h"

#include "base/text.h"

enum { PATH_SIZE = 4096, PAGE_MAX = 256 << 20, PORTS_A_DAY = 20 };

struct writing {
	const struct material *material;
	const char *folder;
	const struct helper *renderer;
};

static FILE *create(const struct writing *w, const char *name, char path[PATH_SIZE],
                    struct error *error)
{
	if (!text_format(path, PATH_SIZE, "%s/%s", w->folder, name)) {
		error_set(error, ERROR_FAILED, "path '%s' is too long", w->folder);
		return NULL;
	}
	return command_output_open(path, error);
}

static bool write_bytes(const struct writing *w, const char *name, const struct buffer *bytes,
                        struct error *error)
{
	char path[PATH_SIZE];
	FILE *file = create(w, name, path, error);
	if (file == NULL)
		return false;
	fwrite(bytes->bytes, 1, bytes->length, file);
	return command_output_close(file, path, error);
}

// ---- tables

// Fills a table; false if something could not be asked.
typedef bool write_rows(struct table *, const struct material *, struct error *error);

struct csv {
	const char *name;
	const struct column *columns;
	size_t column_count;
	write_rows *rows;
};

static bool write_csv(const struct writing *w, const struct csv *csv, struct error *error)
{
	char path[PATH_SIZE];
	FILE *file = create(w, csv->name, path, error);
	struct error ignored;
	if (file == NULL)
		return false;
	struct table table = table_open(file, FORMAT_CSV, csv->columns, csv->column_count, false);
	bool ok = csv->rows(&table, w->material, error);
	ok = table_finish(&table, ok ? error : &ignored) && ok;
	return command_output_close(file, path, ok ? error : &ignored) && ok;
}

static bool survey_rows(struct table *table, const struct material *m, struct error *error)
{
	(void)error;
	(void)survey_write(table, &m->survey, &m->options->survey.analysis);
	return true;
}

static bool lifetimes_rows(struct table *table, const struct material *m, struct error *error)
{
	(void)error;
	lifetimes_write(table, &m->survey);
	return true;
}

static bool ledger_rows(struct table *table, const struct material *m, struct error *error)
{
	(void)error;
	ledger_write(table, m->captures, m->capture_count);
	return true;
}

static void write_past(struct table *table, uint64_t sources)
{
	if (sources == REPORT_UNKNOWN)
		table_unknown(table);
	else
		table_u64(table, sources);
}

static const struct column changes_columns[] = {
	{ "subject", CELL_TEXT },   { "id", CELL_TEXT },           { "name", CELL_TEXT },
	{ "sources", CELL_NUMBER }, { "day_before", CELL_NUMBER }, { "week_before", CELL_NUMBER },
};
enum { CHANGES_COLUMNS = sizeof changes_columns / sizeof *changes_columns };

static bool changes_rows(struct table *table, const struct material *m, struct error *error)
{
	static const char *const subjects[REPORT_SUBJECTS] = {
		[REPORT_FAMILY] = "family",   [REPORT_NEW_PORT] = "new_port",
		[REPORT_PORT] = "port",       [REPORT_COUNTRY] = "country",
		[REPORT_NETWORK] = "network",
	};
	(void)error;
	for (size_t i = 0; i < m->changes.changes.count; i++) {
		const struct report_change *c = &m->changes.rows[i];
		char port[24];
		text_format(port, sizeof port, "%s/%u", c->port.is_udp ? "udp" : "tcp",
		            c->port.number);
		const bool is_port = c->subject == REPORT_PORT || c->subject == REPORT_NEW_PORT;
		table_text(table, subjects[c->subject]);
		table_text(table, is_port ? port : c->id != NULL ? c->id : c->name);
		table_text(table, is_port ? "" : c->name);
		write_past(table, c->sources);
		write_past(table, c->day_before);
		write_past(table, c->week_before);
		table_end_row(table);
	}
	return true;
}

static bool ports_day(void *context, const struct ports_day *day)
{
	port_write_day(context, day);
	return true;
}

// The busiest ports of every day of the page, all SYNs and each family.
static bool ports_rows(struct table *table, const struct material *m, struct error *error)
{
	const char *families[FAMILIES_MAX];
	size_t count = 0;
	families[count++] = "*";
	for (size_t i = 0; i < m->shown.family_count; i++)
		if (m->shown.families[i].is_fingerprint)
			families[count++] = m->shown.families[i].name;
	const struct day_range window = { m->shown.first_day,
		                          m->shown.first_day + (int32_t)m->shown.day_count - 1 };
	const struct analysis_command *analysis = &m->options->survey.analysis;
	const struct ports_request request = { .families = families,
		                               .family_count = count,
		                               .protocols = { true, true },
		                               .window = &window,
		                               .top = PORTS_A_DAY,
		                               .without_floods = analysis->without_floods,
		                               .each = ports_day,
		                               .context = table };
	return ports_run(store_holdings(m->dataset->store), &request, 1,
	                 (unsigned)analysis->take.take.threads, error);
}

static bool countries_rows(struct table *table, const struct material *m, struct error *error)
{
	(void)error;
	place_write(table, &m->places.countries.all.groups[0], 0);
	return true;
}

static bool networks_rows(struct table *table, const struct material *m, struct error *error)
{
	(void)error;
	place_write(table, &m->places.networks.all.groups[0], 0);
	return true;
}

static bool across_rows(struct table *table, const struct material *m, struct error *error)
{
	(void)error;
	place_write_across(table, &m->places.countries.grouped, REPORT_FULLEST);
	return true;
}

static bool by_country_rows(struct table *table, const struct material *m, struct error *error)
{
	(void)error;
	place_write_countries(table, &m->places.networks.grouped, REPORT_FULLEST);
	return true;
}

// Ranks are of one length; the prefixes say which.
static bool prefixes_rows(struct table *table, const struct material *m, struct error *error)
{
	(void)error;
	for (size_t i = 0; i < REPORT_LENGTHS; i++)
		prefix_write(table, &m->prefixes.found[i], 0);
	return true;
}

static bool rules_day_rows(void *context, const struct header_rules_day *day)
{
	return rules_write_day(context, day);
}

static bool rules_rows(struct table *table, const struct material *m, struct error *error)
{
	struct header_rules_request request = rules_request_of(&m->rules.command);
	request.each = rules_day_rows;
	request.context = table;
	return header_rules_run(store_holdings(m->dataset->store), &request, NULL, error);
}

static bool rules_timeline_rows(struct table *table, const struct material *m, struct error *error)
{
	(void)error;
	rules_timeline_write(table, &m->rules.timeline);
	return true;
}

static bool rules_new_rows(struct table *table, const struct material *m, struct error *error)
{
	(void)error;
	rules_news_write(table, &m->rules.news);
	return true;
}

static bool write_tables(const struct writing *w, const struct csv *tables, size_t count,
                         struct error *error)
{
	for (size_t i = 0; i < count; i++)
		if (!write_csv(w, &tables[i], error))
			return false;
	return true;
}

static bool write_place_tables(const struct writing *w, struct error *error)
{
	const struct places *by_port = &w->material->places.countries.grouped;
	const struct report_files *files = &w->material->report.files;
	uint16_t ports[REPORT_ACROSS_PORTS];
	struct port_columns across;
	for (size_t i = 0; i < by_port->group_count; i++)
		ports[i] = by_port->groups[i].port;
	port_columns_init(&across, ports, by_port->group_count);
	const struct csv tables[] = {
		{ files->countries_csv, place_columns, PLACE_COLUMNS, countries_rows },
		{ files->countries_by_port_csv, across.columns, across.count, across_rows },
		{ files->networks_csv, place_columns, PLACE_COLUMNS, networks_rows },
		{ files->networks_by_country_csv, country_columns, COUNTRY_COLUMNS,
		  by_country_rows },
		{ files->prefixes_csv, prefix_columns, PREFIX_COLUMNS, prefixes_rows },
	};
	return write_tables(w, tables, sizeof tables / sizeof *tables, error);
}

static bool write_all_tables(const struct writing *w, struct error *error)
{
	const struct report *report = &w->material->report;
	const struct csv always[] = {
		{ report->files.survey_csv, survey_columns, survey_column_count, survey_rows },
		{ report->files.lifetimes_csv, lifetimes_columns, lifetimes_column_count,
		  lifetimes_rows },
		{ report->files.ledger_csv, ledger_columns, ledger_column_count, ledger_rows },
	};
	const struct csv of_days[] = {
		{ report->files.ports_csv, port_columns_of_days, PORT_COLUMNS, ports_rows },
		{ report->files.changes_csv, changes_columns, CHANGES_COLUMNS, changes_rows },
	};
	const struct csv of_rules[] = {
		{ report->files.rules_csv, rules_columns, RULES_COLUMNS, rules_rows },
		{ report->files.rules_timeline_csv, rules_timeline_columns, RULES_TIMELINE_COLUMNS,
		  rules_timeline_rows },
		{ report->files.rules_new_csv, rules_news_columns, RULES_NEWS_COLUMNS,
		  rules_new_rows },
	};
	return write_tables(w, always, sizeof always / sizeof *always, error) &&
	       (report->ports == NULL ||
	        write_tables(w, of_days, sizeof of_days / sizeof *of_days, error)) &&
	       (report->places == NULL || write_place_tables(w, error)) &&
	       (report->rules == NULL ||
	        write_tables(w, of_rules, sizeof of_rules / sizeof *of_rules, error));
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
		render_figure(w->renderer, name);
	buffer_done(svg);
	return ok;
}

static bool draw_map(struct buffer *out, const struct report *report)
{
	return figure_countries(out, report, false, true);
}

static bool write_single_figures(const struct writing *w, struct error *error)
{
	const struct report *report = &w->material->report;
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
	};
	for (size_t i = 0; i < sizeof figures / sizeof *figures; i++) {
		struct buffer svg = buffer_up_to(PAGE_MAX);
		const bool is_drawn = figures[i].draw(&svg, report);
		if (!write_figure(w, figures[i].name, is_drawn, &svg, error))
			return false;
	}
	return true;
}

static bool write_figures(const struct writing *w, struct error *error)
{
	const struct report *report = &w->material->report;
	struct buffer svg = buffer_up_to(PAGE_MAX);
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
	struct buffer page = buffer_up_to(PAGE_MAX);
	const bool ok = page_write(&page, &w->material->report)
	                        ? write_bytes(w, "index.html", &page, error)
	                        : error_memory(error, "the page");
	buffer_done(&page);
	return ok;
}

// ---- what an earlier report left

static void remove_all(struct disk *folder, const char *stem)
{
	static const char *const ends[] = { "svg", "png", "csv" };
	struct error ignored;
	for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
		char name[REPORT_FILE_SIZE];
		text_format(name, sizeof name, "%s.%s", stem, ends[i]);
		folder->remove(folder, name, &ignored);
	}
}

// Files of an earlier report of this store would stand beside the new page and not belong to it: only
// names that hotaru gives are removed.
static bool remove_earlier(const struct writing *w, struct error *error)
{
	static const char *const stems[] = {
		"together",
		"lifetimes",
		"all",
		"ports-chosen",
		"ports-telnet",
		"ports-others",
		"port-families",
		"map",
		"networks",
		"concentration",
		"survey",
		"ledger",
		"changes",
		"ports",
		"prefixes",
		"countries",
		"countries-by-port",
		"networks-by-country",
		"rules",
		"rules-timeline",
		"rules-new",
	};
	const struct fingerprint_set *set =
		&store_settings(w->material->dataset->store)->fingerprints;
	struct disk *folder;
	if (!disk_real_open(w->folder, true, &folder, error))
		return false;
	for (size_t i = 0; i < set->count; i++)
		remove_all(folder, set->entries[i].name);
	for (size_t i = 0; i < sizeof stems / sizeof *stems; i++)
		remove_all(folder, stems[i]);
	for (unsigned field = 0; field < HEADER_FIELDS_MAX; field++) {
		char stem[REPORT_FILE_SIZE];
		text_format(stem, sizeof stem, "rules-%s", header_field_name(field));
		remove_all(folder, stem);
	}
	folder->free(folder);
	return true;
}

bool report_write(const struct material *m, const char *folder, const struct helper *renderer,
                  struct error *error)
{
	const struct writing w = { m, folder, renderer };
	return remove_earlier(&w, error) && write_all_tables(&w, error) &&
	       write_figures(&w, error) && write_page(&w, error);
}
