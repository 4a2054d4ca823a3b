// SPDX-License-Identifier: MIT
// Notices by whom they are for. Sheets of all places grow side by side, and are appended to their
// files when they are many bytes together: memory does not grow with the sources.
#include "cmd/atlas.h"
#include "cmd/confine.h"
#include "cmd/shaped.h"

#include "base/memory.h"
#include "base/text.h"

#include <inttypes.h>

enum { PATH_SIZE = 4096, WAITING_MAX = 32 << 20, SHEET_MAX = 2 * WAITING_MAX };

enum by { BY_NOBODY, BY_ASN, BY_COUNTRY };
static const char *const by_names[] = { "none", "asn", "country", NULL };

struct notify_command {
	struct shaped_command shaped;
	unsigned by, format;
	const char *producer;
	bool with_floods;
};

static const struct option options[] = {
	{ "family", 'f', OPTION_TEXT, offsetof(struct notify_command, shaped.analysis.families),
	  "NAMES", "tell of sources that match these fingerprints, separated by commas (required)",
	  0, 0, NULL },
	{ "format", 0, OPTION_CHOICE, offsetof(struct notify_command, format),
	  "csv|event4|intelmq|stix",
	  "plain CSV (default), the columns of Shadowserver's event4_honeypot_darknet, IntelMQ "
	  "events, or a STIX 2.1 bundle",
	  0, 0, notify_format_names },
	{ "by", 0, OPTION_CHOICE, offsetof(struct notify_command, by), "asn|country",
	  "one file for each network or country: AS4713.csv, JP.csv, unknown.csv", 0, 0, by_names },
	{ "output", 'o', OPTION_TEXT, offsetof(struct notify_command, shaped.analysis.output),
	  "PLACE", "with --by a folder, new or empty; else a file (default: standard output)", 0, 0,
	  NULL },
	{ "producer", 0, OPTION_TEXT, offsetof(struct notify_command, producer), "NAME",
	  "who tells, for receivers to read", 0, 0, NULL },
	{ "with-floods", 0, OPTION_FLAG, offsetof(struct notify_command, with_floods), NULL,
	  "tell of flood suspects, too (`hotaru sources --help`)", 0, 0, NULL },
};
static const struct option_table notify_table = { options, sizeof options / sizeof *options };

struct file {
	struct notify_sheet sheet;
	bool is_begun, is_written;
};

struct mailing {
	const struct notify_command *command;
	struct place_atlas *countries, *networks;
	const struct fingerprint *fingerprints[FAMILIES_MAX];
	struct notify_about about;
	struct file *files;  // [file_count]: by place; one without --by
	size_t file_count;
	size_t waiting;  // bytes of all sheets
	FILE *out;       // without --by
	size_t written;  // files
};

static const struct place nowhere = { .id = "unknown" };

// ---- bytes to files

static bool append(const struct mailing *m, struct file *file, struct error *error)
{
	char path[PATH_SIZE];
	FILE *out = m->out;
	struct buffer *bytes = &file->sheet.out;
	if (bytes->failed)
		return error_memory(error, "notices");
	if (out == NULL) {
		if (!text_format(path, sizeof path, "%s/%s.%s", m->command->shaped.analysis.output,
		                 file->sheet.stem, notify_extension(m->command->format)))
			return error_set(error, ERROR_FAILED, "the path of the folder is too long");
		out = fopen(path, file->is_written ? "ae" : "wxe");
		if (out == NULL)
			return error_errno(error, "cannot write '%s'", path);
	}
	file->is_written = true;
	fwrite(bytes->bytes, 1, bytes->length, out);
	bytes->length = 0;
	// What fails on the one output is seen when it is closed.
	return m->out != NULL || command_output_close(out, path, error);
}

static bool append_all(struct mailing *m, struct error *error)
{
	for (size_t i = 0; i < m->file_count; i++)
		if (m->files[i].is_begun && !append(m, &m->files[i], error))
			return false;
	m->waiting = 0;
	return true;
}

static bool make_room(struct mailing *m, size_t count, struct error *error)
{
	if (count <= m->file_count)
		return true;
	count = count < 2 * m->file_count ? 2 * m->file_count : count;
	struct file *files = memory_resize(m->files, count, sizeof *files);
	if (files == NULL)
		return error_memory(error, "notices");
	for (size_t i = m->file_count; i < count; i++)
		files[i] = (struct file){ .is_begun = false };
	m->files = files;
	m->file_count = count;
	return true;
}

// Where the notice goes. Whatever is not the id of a network or country is nowhere.
static bool file_of(struct mailing *m, const struct notify_row *row, struct file **out,
                    struct error *error)
{
	const bool is_by_country = m->command->by == BY_COUNTRY;
	char stem[NOTIFY_STEM_SIZE];
	size_t at = 0;
	notify_stem(is_by_country ? row->country : row->network, is_by_country, stem);
	if (m->command->by != BY_NOBODY && !text_equal(stem, nowhere.id))
		at = is_by_country ? row->notice->country : row->notice->network;
	if (!make_room(m, at + 1, error))
		return false;
	struct file *file = &m->files[at];
	if (!file->is_begun)
		notify_begin(&file->sheet, m->command->format, &m->about,
		             m->command->by == BY_NOBODY ? "all" : stem, SHEET_MAX);
	m->written += !file->is_begun;
	file->is_begun = true;
	*out = file;
	return true;
}

static bool take_notice(void *context, const struct notice *notice, struct error *error)
{
	struct mailing *m = context;
	const struct notify_row row = { notice, place_at(m->countries, notice->country),
		                        place_at(m->networks, notice->network) };
	struct file *file;
	if (!file_of(m, &row, &file, error))
		return false;
	const size_t before = file->sheet.out.length;
	notify_add(&file->sheet, &row);
	if (file->sheet.out.failed)
		return error_memory(error, "notices");
	m->waiting += file->sheet.out.length - before;
	return m->waiting < WAITING_MAX || append_all(m, error);
}

// ---- what is told

// The first and last day with packets of those asked for; without one `to` is before `from`.
static struct day_range days_with_packets(const struct store *store, const struct day_range *asked)
{
	struct day_range days = { 1, 0 };
	for (size_t i = 0; i < store_segment_count(store); i++) {
		const int32_t day = store_segment_at(store, i)->day;
		if (day < asked->from || day > asked->to)
			continue;
		if (days.to < days.from)
			days.from = day;
		days.to = day;
	}
	return days;
}

static uint64_t end_of_day(const struct zone *zone, int32_t day)
{
	struct day_span span = zone_day(zone,
	                                day < 0 ? 0 : (uint64_t)day * 86400 * NANOSECONDS_A_SECOND);
	while (span.day < day)
		span = zone_day(zone, span.end_ns);
	while (span.day > day && span.begin_ns > 0)
		span = zone_day(zone, span.begin_ns - 1);
	return span.end_ns;
}

static bool check_sources(struct store *store, struct error *error)
{
	bool has_hashes, has_addresses;
	if (!store_source_kinds(store, &has_hashes, &has_addresses, error))
		return false;
	return !has_hashes || error_set(error, ERROR_FAILED,
	                                "sources of this store are hashes: nobody can be told");
}

static bool list_families(struct mailing *m, struct store *store, struct family_bits *families,
                          struct error *error)
{
	const struct fingerprint_set *set = &store_settings(store)->fingerprints;
	if (!shaped_families(store, &m->command->shaped, NULL, families, error))
		return false;
	for (size_t i = 0; i < families->count; i++) {
		if (families->bits[i] == HOLDINGS_ALL_SYNS)
			return error_set(error, ERROR_USAGE,
			                 "whoever sends SYNs is not infected: name fingerprints");
		m->fingerprints[i] = &set->entries[families->bits[i]];
	}
	m->about = (struct notify_about){ .families = m->fingerprints,
		                          .family_count = families->count,
		                          .producer = m->command->producer };
	return true;
}

static void say(const struct mailing *m, const struct store *store,
                const struct notices_totals *totals)
{
	char line[256], files[64] = "";
	if (m->command->by != BY_NOBODY)
		text_format(files, sizeof files, " in %zu files", m->written);
	text_format(line, sizeof line, "%" PRIu64 " notices of %" PRIu64 " sources%s",
	            totals->notices, totals->sources, files);
	command_say(line);
	if (totals->own > 0) {
		text_format(line, sizeof line,
		            "note: left out %" PRIu64
		            " sources that are addresses of the telescope",
		            totals->own);
		command_say(line);
	}
	if (store_settings(store)->prefixes.count == 0)
		command_say(
			"note: the store was not told its telescope: sources that are addresses "
			"of it cannot be left out");
}

static void say_all(const struct mailing *m, const struct store *store,
                    const struct day_range *days, const struct notices_totals *totals)
{
	const struct analysis_command *analysis = &m->command->shaped.analysis;
	const bool is_quiet = analysis->take.common.quiet;
	if (!is_quiet)
		say(m, store, totals);
	floods_say(analysis, &totals->floods);
	if (days->to >= days->from && place_origin_count(m->countries) > 0)
		atlas_say_note(PLACE_COUNTRY, m->countries, days->from, days->to, is_quiet);
	if (days->to >= days->from && place_origin_count(m->networks) > 0)
		atlas_say_note(PLACE_NETWORK, m->networks, days->from, days->to, is_quiet);
}

static bool find(struct mailing *m, const struct dataset *dataset, struct error *error)
{
	const struct analysis_command *analysis = &m->command->shaped.analysis;
	struct store *store = dataset->store;
	struct family_bits families;
	struct notices_totals totals;
	if (!check_sources(store, error) || !list_families(m, store, &families, error) ||
	    !atlas_open(PLACE_COUNTRY, analysis, dataset, &m->countries, error) ||
	    !atlas_open(PLACE_NETWORK, analysis, dataset, &m->networks, error))
		return false;
	const struct notices_request request = { .window = analysis_window(analysis),
		                                 .families = families.bits,
		                                 .family_count = families.count,
		                                 .with_floods = m->command->with_floods,
		                                 .countries = m->countries,
		                                 .networks = m->networks,
		                                 .each = take_notice,
		                                 .context = m };
	const struct day_range days = days_with_packets(store, &request.window);
	m->about.end_ns = end_of_day(&store_settings(store)->zone, days.to);
	// An output of its own has a header, and a bundle, whether there is something to tell or not.
	const struct notice nobody = { .country = PLACE_UNKNOWN };
	const struct notify_row row = { &nobody, &nowhere, &nowhere };
	struct file *file;
	if ((m->command->by == BY_NOBODY && !file_of(m, &row, &file, error)) ||
	    !notices_find(store_holdings(store), &request, &totals, error))
		return false;
	for (size_t i = 0; i < m->file_count; i++)
		if (m->files[i].is_begun)
			notify_end(&m->files[i].sheet);
	if (!append_all(m, error))
		return false;
	say_all(m, store, &days, &totals);
	return families_say_unknown(store, analysis, &families, error);
}

// ---- the command

static bool is_empty(void *context, const char *name)
{
	(void)name;
	*(bool *)context = false;
	return false;
}

// Files of other days would stand beside those of this one, and be sent with them.
static bool check_folder(const char *path, struct error *error)
{
	struct disk *folder;
	struct error ignored;
	bool empty = true;
	if (!disk_real_open(path, true, &folder, error))
		return false;
	const bool ok = folder->list(folder, is_empty, &empty, &ignored) || !empty;
	folder->free(folder);
	if (ok && empty)
		return true;
	return error_set(error, ERROR_FAILED,
	                 "'%s' is not empty: files of another time would stand among these", path);
}

static bool check_usage(const struct notify_command *c, struct error *error)
{
	if (c->shaped.analysis.families == NULL)
		return error_set(error, ERROR_USAGE,
		                 "name the fingerprints to tell of: --family NAMES");
	if (c->by != BY_NOBODY && c->shaped.analysis.output == NULL)
		return error_set(error, ERROR_USAGE, "name the folder of the files: -o DIR");
	return true;
}

static bool run_on(struct mailing *m, const struct dataset *dataset, struct error *error)
{
	const char *output = m->command->shaped.analysis.output;
	struct error ignored;
	if (m->command->by != BY_NOBODY)
		return check_folder(output, error) && find(m, dataset, error);
	m->out = command_output_open(output, error);
	if (m->out == NULL)
		return false;
	const bool ok = find(m, dataset, error);
	return command_output_close(m->out, output, ok ? error : &ignored) && ok;
}

static void mailing_done(struct mailing *m)
{
	for (size_t i = 0; i < m->file_count; i++)
		notify_done(&m->files[i].sheet);
	memory_free(m->files);
	place_atlas_close(m->countries);
	place_atlas_close(m->networks);
}

static int run(const struct command *self, struct option_words words)
{
	struct notify_command c = { .shaped = shaped_defaults() };
	struct mailing mailing = { .command = &c };
	struct dataset dataset = { .store = NULL };
	struct error error;
	int exit_code;
	if (!command_parse(self, &words, &c, &exit_code))
		return exit_code;
	c.shaped.analysis.without_floods = !c.with_floods;
	dataset.fills_folder = c.by != BY_NOBODY;
	bool ok = check_usage(&c, &error);
	if (ok && dataset.fills_folder)
		confine_make_folder(c.shaped.analysis.output);
	ok = ok && dataset_open(&dataset, &c.shaped.analysis, &words, &error) &&
	     run_on(&mailing, &dataset, &error);
	mailing_done(&mailing);
	exit_code = analysis_exit(ok, &dataset, &error);
	dataset_close(&dataset);
	return exit_code;
}

static const struct option_table *const tables[] = { &notify_table, &places_table, &store_table,
	                                             &days_table,   &take_table,   &common_table,
	                                             NULL };

const struct command command_notify = {
	.name = "notify",
	.summary = "whom to tell: sources of a family, as files for networks and countries",
	.operands = "[CAPTURE...]",
	.description =
		"Sources that match the fingerprints on the days from --from to --to, each with first and last "
		"time seen (UTC), ports, packets, fingerprint and its strength, country and network as of the "
		"last day it was seen. No destination is told, sources inside the telescope are left out, and "
		"flood suspects, too, unless --with-floods asks for them; what was left out is said. What a weak "
		"fingerprint or a user's own matches is not called infected. doc/notify.md describes the formats.",
	.tables = tables,
	.run = run,
};
