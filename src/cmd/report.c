// SPDX-License-Identifier: MIT
// The page with the figures, and beside it the tables as CSV and the figures as
// SVG, and as PNG where rsvg-convert is installed.
#include "cmd/confine.h"
#include "cmd/ledger.h"
#include "cmd/reasons.h"
#include "cmd/render.h"
#include "cmd/surveyed.h"

#include "base/memory.h"
#include "base/text.h"

#include <stdlib.h>

enum { PATH_SIZE = 4096, FILE_SIZE = 64, PAGE_MAX = 256 << 20 };

struct report_command {
	struct survey_command survey;
	unsigned lang;
};

static const struct option report_options[] = {
	{ "output", 'o', OPTION_TEXT, offsetof(struct report_command, survey.analysis.output),
	  "DIR", "the folder of the report; made if it is not there", 0, 0, NULL },
	{ "lang", 0, OPTION_CHOICE, offsetof(struct report_command, lang), "en|ja",
	  "labels in English (default) or Japanese", 0, 0, lang_names },
};
static const struct option_table report_table = { report_options, 2 };

// Everything that the page is drawn from, and who owns it.
struct material {
	const struct report_command *options;
	const struct helper *renderer;
	const char *folder;
	struct survey survey;
	struct survey shown;  // the days asked for: points into `survey`
	struct survey_family shown_families[FAMILIES_MAX];
	struct store_capture *captures;
	size_t capture_count;
	struct report_capture *report_captures;
	struct report_family families[FAMILIES_MAX];
	char figure_files[FAMILIES_MAX][FILE_SIZE];
	uint64_t totals[KIND_COUNT];
	struct ingest_detail *flaws;
	size_t flaw_count;
	double *coverage;  // of the days shown
	struct report report;
};

// Names of figures are made of fingerprint names: a-z 0-9 - _, or "*".
static void describe_family(struct material *m, size_t i, const struct fingerprint_set *set)
{
	const char *name = m->survey.families[i].name;
	const struct fingerprint *f = fingerprint_find(set, name, NULL);
	text_format(m->figure_files[i], FILE_SIZE, "%s.svg", f != NULL ? name : "all");
	m->families[i] = (struct report_family){
		.name = name,
		.what = f != NULL ? f->rule : "all SYNs",
		.source = f != NULL ? f->source : NULL,
		.strength = f != NULL ? f->strength : NULL,
		.is_malware = f != NULL && f->kind == FINGERPRINT_FAMILY,
		.figure_file = m->figure_files[i],
	};
}

// What was not understood, over all captures; IPv6 belongs to it, and needs no reason.
static bool gather_flaws(struct material *m, struct error *error)
{
	struct reasons r;
	if (!reasons_gather(m->captures, m->capture_count, &r, error))
		return false;
	m->flaws = memory_new(r.count + 1, sizeof *m->flaws);
	const uint64_t ipv6 = m->totals[KIND_IPV6];
	size_t i = 0;
	if (m->flaws != NULL) {
		for (; i < r.count && r.rows[i].kind < KIND_IPV6; i++)
			m->flaws[m->flaw_count++] = r.rows[i];
		if (ipv6 > 0)
			m->flaws[m->flaw_count++] = (struct ingest_detail){
				.kind = KIND_IPV6, .link_type = LINK_TYPE_UNSAID, .frames = ipv6
			};
		for (; i < r.count; i++)
			m->flaws[m->flaw_count++] = r.rows[i];
	}
	reasons_done(&r);
	return m->flaws != NULL || error_memory(error, "the report");
}

// The page shows the days asked for; what is counted on them is counted over all.
static void clip(struct material *m)
{
	const struct analysis_command *c = &m->options->survey.analysis;
	uint32_t begin = 0, end = m->survey.day_count;
	while (begin < end && !analysis_wants_day(c, m->survey.first_day + (int32_t)begin))
		begin++;
	while (end > begin && !analysis_wants_day(c, m->survey.first_day + (int32_t)end - 1))
		end--;
	m->shown = m->survey;
	m->shown.first_day += (int32_t)begin;
	m->shown.day_count = end - begin;
	m->shown.has_data = m->survey.has_data + begin;
	m->shown.has_unknown = m->survey.has_unknown + begin;
	m->shown.families = m->shown_families;
	for (size_t f = 0; f < m->survey.family_count; f++) {
		m->shown_families[f] = m->survey.families[f];
		m->shown_families[f].days = m->survey.families[f].days + begin;
	}
}

static bool gather_coverage(struct material *m, struct store *store, struct error *error)
{
	struct coverage c;
	if (!coverage_make(store, &c, error))
		return false;
	m->coverage = memory_new((size_t)m->shown.day_count + 1, sizeof *m->coverage);
	for (uint32_t i = 0; m->coverage != NULL && i < m->shown.day_count; i++) {
		const struct coverage_day *day = coverage_on(&c, m->shown.first_day + (int32_t)i);
		m->coverage[i] = day != NULL ? coverage_share(day) : 0;
	}
	coverage_done(&c);
	return m->coverage != NULL || error_memory(error, "the report");
}

static bool gather(struct material *m, struct store *store, struct error *error)
{
	const struct store_settings *settings = store_settings(store);
	size_t simulated = 0;
	if (!survey_make(store, &m->options->survey, &survey_all_days, &m->survey, error) ||
	    !store_captures(store, &m->captures, &m->capture_count, error))
		return false;
	m->report_captures = memory_new(m->capture_count + 1, sizeof *m->report_captures);
	if (m->report_captures == NULL)
		return error_memory(error, "the report");
	for (size_t i = 0; i < m->survey.family_count; i++)
		describe_family(m, i, &settings->fingerprints);
	for (size_t i = 0; i < m->capture_count; i++) {
		const struct store_capture *c = &m->captures[i];
		m->report_captures[i] = (struct report_capture){ c->name, c->ledger.frames,
			                                         c->damage };
		simulated += c->ledger.is_simulated;
		for (unsigned kind = 0; kind < KIND_COUNT; kind++)
			m->totals[kind] += c->ledger.frames[kind];
	}
	if (!gather_flaws(m, error))
		return false;
	clip(m);
	if (!gather_coverage(m, store, error))
		return false;
	m->report = (struct report){
		.lang = m->options->lang,
		.survey = &m->shown,
		.families = m->families,
		.telescope = settings->telescope,
		.zone = settings->zone.name,
		.version = HOTARU_VERSION,
		.coverage = m->coverage,
		.is_simulated = simulated > 0,
		.is_mixed = simulated > 0 && simulated < m->capture_count,
		.ledger = { .counters = kind_names,
		            .totals = m->totals,
		            .counter_count = KIND_COUNT,
		            .captures = m->report_captures,
		            .capture_count = m->capture_count,
		            .flaws = m->flaws,
		            .flaw_count = m->flaw_count },
		.files = { .survey_csv = "survey.csv",
		           .lifetimes_csv = "lifetimes.csv",
		           .ledger_csv = "ledger.csv",
		           .together_figure = "together.svg",
		           .lifetimes_figure = "lifetimes.svg" },
	};
	return true;
}

static FILE *create(const struct material *m, const char *name, char path[PATH_SIZE],
                    struct error *error)
{
	if (!text_format(path, PATH_SIZE, "%s/%s", m->folder, name)) {
		error_set(error, ERROR_FAILED, "path '%s' is too long", m->folder);
		return NULL;
	}
	return command_output_open(path, error);
}

static bool write_bytes(const struct material *m, const char *name, const struct buffer *bytes,
                        struct error *error)
{
	char path[PATH_SIZE];
	FILE *file = create(m, name, path, error);
	if (file == NULL)
		return false;
	fwrite(bytes->bytes, 1, bytes->length, file);
	return command_output_close(file, path, error);
}

enum csv { CSV_SURVEY, CSV_LIFETIMES, CSV_LEDGER };

static bool write_csv(const struct material *m, enum csv which, const char *name,
                      struct error *error)
{
	const struct column *const columns[] = { survey_columns, lifetimes_columns,
		                                 ledger_columns };
	const size_t counts[] = { survey_column_count, lifetimes_column_count,
		                  ledger_column_count };
	char path[PATH_SIZE];
	FILE *file = create(m, name, path, error);
	if (file == NULL)
		return false;
	struct table table = table_open(file, FORMAT_CSV, columns[which], counts[which], false);
	switch (which) {
	case CSV_SURVEY:
		survey_write(&table, &m->survey, NULL, &m->options->survey.analysis);
		break;
	case CSV_LIFETIMES: lifetimes_write(&table, &m->survey); break;
	case CSV_LEDGER: ledger_write(&table, m->captures, m->capture_count); break;
	}
	const bool ok = table_finish(&table, error);
	struct error close_error;
	return command_output_close(file, path, ok ? error : &close_error) && ok;
}

// A figure that has nothing to show is not written; the page says so in words.
static bool write_figure(const struct material *m, const char *name, bool is_drawn,
                         struct buffer *svg, struct error *error)
{
	const bool failed = svg->failed;
	const bool ok = failed ? error_memory(error, "a figure")
	                       : !is_drawn || write_bytes(m, name, svg, error);
	if (ok && is_drawn)
		render_figure(m->renderer, name);
	buffer_done(svg);
	return ok;
}

static bool write_figures(const struct material *m, struct error *error)
{
	struct buffer svg = buffer_up_to(PAGE_MAX);
	bool is_drawn = figure_together(&svg, &m->report);
	if (!write_figure(m, m->report.files.together_figure, is_drawn, &svg, error))
		return false;
	is_drawn = figure_lifetimes(&svg, &m->report);
	if (!write_figure(m, m->report.files.lifetimes_figure, is_drawn, &svg, error))
		return false;
	for (size_t i = 0; i < m->survey.family_count; i++) {
		is_drawn = figure_family(&svg, &m->report, i);
		if (!write_figure(m, m->figure_files[i], is_drawn, &svg, error))
			return false;
	}
	return true;
}

static bool write_page(const struct material *m, struct error *error)
{
	struct buffer page = buffer_up_to(PAGE_MAX);
	const bool ok = page_write(&page, &m->report) ? write_bytes(m, "index.html", &page, error)
	                                              : error_memory(error, "the page");
	buffer_done(&page);
	return ok;
}

// Figures of an earlier report of this store would stand beside the new page and
// not belong to it: only names that hotaru gives are removed.
static void remove_figures(struct disk *folder, const struct fingerprint_set *set)
{
	static const char *const others[] = { "together", "lifetimes", "all" };
	enum { OTHERS = sizeof others / sizeof *others };
	for (size_t i = 0; i < set->count + OTHERS; i++) {
		const char *stem = i < set->count ? set->entries[i].name : others[i - set->count];
		char name[FILE_SIZE];
		struct error ignored;
		text_format(name, sizeof name, "%s.svg", stem);
		folder->remove(folder, name, &ignored);
		text_format(name, sizeof name, "%s.png", stem);
		folder->remove(folder, name, &ignored);
	}
}

static bool write_all(const struct material *m, const struct store *store, struct error *error)
{
	struct disk *folder;
	if (!disk_real_open(m->folder, true, &folder, error))
		return false;
	remove_figures(folder, &store_settings(store)->fingerprints);
	folder->free(folder);
	return write_csv(m, CSV_SURVEY, "survey.csv", error) &&
	       write_csv(m, CSV_LIFETIMES, "lifetimes.csv", error) &&
	       write_csv(m, CSV_LEDGER, "ledger.csv", error) && write_figures(m, error) &&
	       write_page(m, error);
}

static void say_where(const char *folder)
{
	char line[PATH_SIZE + 64], resolved[PATH_SIZE];
	const char *path = realpath(folder, resolved) != NULL ? resolved : folder;
	text_format(line, sizeof line, "the report is at %s/index.html", path);
	command_say(line);
}

static int run(const struct command *self, struct option_words words)
{
	struct report_command c = { .survey.analysis = analysis_defaults() };
	const struct analysis_command *analysis = &c.survey.analysis;
	struct material *m = memory_new(1, sizeof *m);
	struct source source = { .fills_folder = true };
	struct helper renderer = { .process = 0 };
	struct error error;
	int exit_code;
	if (!command_parse(self, &words, &c, &exit_code)) {
		memory_free(m);
		return exit_code;
	}
	bool ok = m != NULL || error_memory(&error, "the report");
	if (ok && analysis->output == NULL)
		ok = error_set(&error, ERROR_USAGE, "name the folder of the report: -o DIR");
	if (ok) {
		confine_make_folder(analysis->output);
		render_start(&renderer, analysis->output, !analysis->take.common.no_sandbox);
	}
	ok = ok && source_open(&source, analysis, &words, &error);
	if (ok) {
		m->options = &c;
		m->renderer = &renderer;
		m->folder = analysis->output;
		ok = gather(m, source.store, &error) && write_all(m, source.store, &error);
	}
	helper_end(&renderer);
	if (ok && !analysis->take.common.quiet)
		say_where(m->folder);
	exit_code = analysis_exit(ok, &source, &error);
	if (m != NULL) {
		survey_done(&m->survey);
		store_captures_done(m->captures, m->capture_count);
		memory_free(m->report_captures);
		memory_free(m->flaws);
		memory_free(m->coverage);
	}
	memory_free(m);
	source_close(&source);
	return exit_code;
}

static const struct option_table *const tables[] = { &report_table, &survey_table, &store_table,
	                                             &days_table,   &family_table, &take_table,
	                                             &common_table, NULL };

const struct command command_report = {
	.name = "report",
	.summary = "the page with figures, tables and the ledger",
	.operands = "[CAPTURE...]",
	.description =
		"Writes index.html, which opens from disk without a network, the figures as SVG (and PNG "
		"where rsvg-convert is installed) and the tables as CSV into the folder --output.",
	.tables = tables,
	.run = run,
};
