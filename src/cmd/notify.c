// SPDX-License-Identifier: MIT
// Notices by whom they are for. Sheets of all places grow side by side, and are appended to their
// files when they are many bytes together: memory does not grow with the sources. With --home all rows are asked for
// twice: for one's own first, then for the others.
#include "cmd/ask.h"
#include "cmd/atlas.h"
#include "cmd/confine.h"
#include "cmd/families.h"
#include "cmd/home.h"

#include "base/disk.h"
#include "base/key_map.h"
#include "base/memory.h"
#include "base/text.h"

#include <inttypes.h>

enum { PATH_SIZE = 4096, WAITING_MAX = 32 << 20, SHEET_MAX = 2 * WAITING_MAX };

enum by { BY_NOBODY, BY_ASN, BY_COUNTRY };
static const char *const by_names[] = { "none", "asn", "country", NULL };

struct notify_command {
	struct analysis_command analysis;
	unsigned by, format;
	const char *producer, *home_text;
	bool with_floods;
	struct home home;
	struct family_names families;
	const struct described_fingerprint *fingerprints[FAMILY_NAMES_MAX];
	struct notify_about about;
};

static const struct option options[] = {
	{ "family", 'f', OPTION_TEXT, offsetof(struct notify_command, analysis.families), "NAMES",
	  "tell of sources that match these fingerprints, separated by commas (required)", 0, 0,
	  NULL },
	{ "format", 0, OPTION_CHOICE, offsetof(struct notify_command, format),
	  "csv|event4|intelmq|stix",
	  "plain CSV (default), the columns of Shadowserver's event4_honeypot_darknet, IntelMQ "
	  "events, or a STIX 2.1 bundle",
	  0, 0, notify_format_names },
	{ "by", 0, OPTION_CHOICE, offsetof(struct notify_command, by), "asn|country",
	  "one file for each network or country: AS4713.csv, JP.csv, unknown.csv", 0, 0, by_names },
	{ "output", 'o', OPTION_TEXT, offsetof(struct notify_command, analysis.output), "PLACE",
	  "with --by a folder, new or empty; else a file (default: standard output)", 0, 0, NULL },
	{ "producer", 0, OPTION_TEXT, offsetof(struct notify_command, producer), "NAME",
	  "who tells, for receivers to read", 0, 0, NULL },
	{ "with-floods", 0, OPTION_FLAG, offsetof(struct notify_command, with_floods), NULL,
	  "tell of flood suspects, too (`hotaru sources --help`)", 0, 0, NULL },
	HOME_OPTION(struct notify_command, home_text),
};
static const struct option_table notify_table = { options, sizeof options / sizeof *options };

struct file {
	struct notify_sheet sheet;
	bool is_begun, is_written;
};

enum turn { TURN_ALL, TURN_OWN, TURN_OTHERS };

// The rows of one source, of which it is known when all have come whether it is one's own.
struct told {
	struct notify_row rows[FAMILY_NAMES_MAX];
	size_t count;
};

struct mailing {
	struct outlet outlet;
	const struct notify_command *command;
	struct notify_reader reader;
	enum turn turn;
	struct told told;
	// [file_count]: the first is for those who are nowhere, without --by for all.
	struct file *files;
	size_t file_count, file_room;
	struct key_map file_numbers;  // of networks or countries
	size_t waiting;               // bytes of all sheets
	FILE *out;                    // without --by
	uint64_t notices, sources;
	uint64_t own_notices, own_sources;
	bool has_failed;
	struct error error;  // why
};

// ---- bytes to files

static bool append(const struct mailing *m, struct file *file, struct error *error)
{
	char path[PATH_SIZE];
	FILE *out = m->out;
	struct buffer *bytes = &file->sheet.out;
	if (bytes->failed)
		return error_memory(error, "notices");
	if (out == NULL) {
		if (!text_format(path, sizeof path, "%s/%s.%s", m->command->analysis.output,
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

static bool grow(struct mailing *m, struct error *error)
{
	const size_t room = 2 * m->file_room + 1;
	struct file *files = memory_resize(m->files, room, sizeof *files);
	if (files == NULL)
		return error_memory(error, "notices");
	m->files = files;
	m->file_room = room;
	return true;
}

// The next file, of the network or country of that number.
static bool add_file(struct mailing *m, uint32_t number, struct error *error)
{
	if (m->file_count == m->file_room && !grow(m, error))
		return false;
	if (!key_map_add(&m->file_numbers, number, (uint32_t)m->file_count))
		return error_memory(error, "notices");
	m->files[m->file_count++] = (struct file){ .is_begun = false };
	return true;
}

static void begin_file(struct mailing *m, struct file *file, const char *stem)
{
	if (!file->is_begun)
		notify_begin(&file->sheet, m->command->format, &m->command->about, stem, SHEET_MAX);
	file->is_begun = true;
}

// Where the notice goes; NULL: no memory. Whatever is not the id of a network or country is nowhere.
static struct file *file_of(struct mailing *m, const struct notify_row *row, struct error *error)
{
	const bool is_by_country = m->command->by == BY_COUNTRY;
	const struct place *place = is_by_country ? &row->country : &row->network;
	char stem[NOTIFY_STEM_SIZE];
	uint32_t number;
	size_t at = 0;
	if (m->command->by != BY_NOBODY && notify_stem(place, is_by_country, stem, &number)) {
		const uint32_t *known = key_map_find(&m->file_numbers, number);
		at = known != NULL ? *known : m->file_count;
		if (known == NULL && !add_file(m, number, error))
			return NULL;
	}
	begin_file(m, &m->files[at], stem);
	return &m->files[at];
}

// ---- rows

static bool add_notice(struct mailing *m, const struct notify_row *row, struct error *error)
{
	struct file *file = file_of(m, row, error);
	if (file == NULL)
		return false;
	const size_t before = file->sheet.out.length;
	notify_add(&file->sheet, row);
	if (file->sheet.out.failed)
		return error_memory(error, "notices");
	m->waiting += file->sheet.out.length - before;
	return m->waiting < WAITING_MAX || append_all(m, error);
}

// Places of one source can differ: they are those of the day on which it last matched.
static bool is_own(const struct home *home, const struct told *told)
{
	for (size_t i = 0; i < told->count; i++) {
		const struct notify_row *row = &told->rows[i];
		if (home_has_address(home, row->source) || home_has_place(home, row->country.id) ||
		    home_has_place(home, row->network.id))
			return true;
	}
	return false;
}

static bool end_source(struct mailing *m, struct error *error)
{
	struct told *told = &m->told;
	const bool own = m->turn != TURN_ALL && is_own(&m->command->home, told);
	const bool is_due = told->count > 0 &&
	                    (m->turn == TURN_ALL || own == (m->turn == TURN_OWN));
	for (size_t i = 0; is_due && i < told->count; i++) {
		told->rows[i].is_home = own;
		if (!add_notice(m, &told->rows[i], error))
			return false;
	}
	m->sources += is_due;
	m->notices += is_due ? told->count : 0;
	m->own_sources += is_due && own;
	m->own_notices += is_due && own ? told->count : 0;
	told->count = 0;
	return true;
}

static bool take_row(struct receiver *receiver, const struct cell *cells)
{
	struct mailing *m = (struct mailing *)receiver;
	struct told *told = &m->told;
	struct notify_row row;
	notify_read(&m->reader, cells, &row);
	m->has_failed = told->count > 0 && row.source != told->rows[0].source &&
	                !end_source(m, &m->error);
	if (!m->has_failed)
		told->rows[told->count++] = row;
	return !m->has_failed;
}

static bool wants_again(struct outlet *outlet)
{
	struct mailing *m = (struct mailing *)outlet;
	if (m->turn != TURN_OWN || m->has_failed)
		return false;
	m->has_failed = !end_source(m, &m->error);
	m->turn = TURN_OTHERS;
	return !m->has_failed;
}

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

static bool open_folder(const void *context, struct error *error)
{
	const struct notify_command *c = context;
	return c->by == BY_NOBODY || check_folder(c->analysis.output, error);
}

// An output of its own has a header, and a bundle, whether there is something to tell or not.
static bool begin(struct receiver *receiver, const struct schema *schema, struct error *error)
{
	struct mailing *m = (struct mailing *)receiver;
	m->reader = notify_reader_of(schema, &m->command->about);
	if (m->turn == TURN_OTHERS)
		return true;
	if (!grow(m, error))
		return false;
	m->files[m->file_count++] = (struct file){ .is_begun = false };
	if (m->command->by != BY_NOBODY)
		return true;
	begin_file(m, &m->files[0], "all");
	m->out = command_output_open(m->command->analysis.output, error);
	return m->out != NULL;
}

static bool end_all(struct mailing *m, struct error *error)
{
	if (m->has_failed) {
		*error = m->error;
		return false;
	}
	if (!end_source(m, error))
		return false;
	for (size_t i = 0; i < m->file_count; i++)
		if (m->files[i].is_begun)
			notify_end(&m->files[i].sheet);
	return append_all(m, error);
}

static void say(const struct mailing *m)
{
	char line[256], files[64] = "", own[80] = "";
	size_t begun = 0;
	for (size_t i = 0; i < m->file_count; i++)
		begun += m->files[i].is_begun;
	if (m->command->by != BY_NOBODY)
		text_format(files, sizeof files, " in %zu files", begun);
	if (m->turn != TURN_ALL)
		text_format(own, sizeof own, "; your own: %" PRIu64 " of %" PRIu64 " sources",
		            m->own_notices, m->own_sources);
	text_format(line, sizeof line, "%" PRIu64 " notices of %" PRIu64 " sources%s%s", m->notices,
	            m->sources, files, own);
	command_say(line);
}

static bool close_mailing(struct outlet *outlet, bool is_answered, struct error *error)
{
	struct mailing *m = (struct mailing *)outlet;
	struct error ignored;
	bool ok = is_answered && end_all(m, error);
	if (m->out != NULL)
		ok = command_output_close(m->out, m->command->analysis.output,
		                          ok ? error : &ignored) &&
		     ok;
	if (ok && !m->command->analysis.take.common.quiet)
		say(m);
	return ok;
}

static void mailing_done(struct mailing *m)
{
	for (size_t i = 0; i < m->file_count; i++)
		notify_done(&m->files[i].sheet);
	memory_free(m->files);
	key_map_done(&m->file_numbers);
}

// ---- what is asked

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

// The last day of those asked for; 1970-01-01 if there is none.
static int32_t last_day(const struct description *d, struct day_range asked)
{
	int32_t last = 0;
	for (size_t i = 0; i < d->day_count; i++)
		if (day_range_holds(asked, d->days[i]))
			last = d->days[i];
	return last;
}

static const struct described_fingerprint *fingerprint_of(const struct description *d,
                                                          const char *name)
{
	size_t i = 0;
	while (!text_equal(d->fingerprints[i].name, name))
		i++;
	return &d->fingerprints[i];
}

static bool question(void *context, const struct description *d, struct question *out,
                     struct error *error)
{
	struct notify_command *c = context;
	const struct day_range days = days_range(&c->analysis.days);
	if (!family_names_parse(d, c->analysis.families, &c->families, error))
		return false;
	family_names_sort(&c->families);
	for (size_t i = 0; i < c->families.count; i++) {
		if (text_equal(c->families.list[i], "*"))
			return error_set(error, ERROR_USAGE,
			                 "whoever sends SYNs is not infected: name fingerprints");
		c->fingerprints[i] = fingerprint_of(d, c->families.list[i]);
	}
	c->about = (struct notify_about){ .families = c->fingerprints,
		                          .family_count = c->families.count,
		                          .producer = c->producer,
		                          .has_home = c->home_text != NULL,
		                          .end_ns = end_of_day(d->zone, last_day(d, days)) };
	*out = (struct question){ .kind = QUESTION_NOTICES,
		                  .days = days,
		                  .families = c->families.list,
		                  .family_count = c->families.count,
		                  .without_floods = !c->with_floods };
	return true;
}

static size_t places(const void *context, enum place_kind out[PLACE_KINDS])
{
	(void)context;
	out[0] = PLACE_COUNTRY;
	out[1] = PLACE_NETWORK;
	return PLACE_KINDS;
}

// ---- the command

static bool check(void *context, struct error *error)
{
	struct notify_command *c = context;
	struct analysis_command *analysis = &c->analysis;
	if (analysis->families == NULL)
		return error_set(error, ERROR_USAGE,
		                 "name the fingerprints to tell of: --family NAMES");
	if (c->home_text != NULL && !home_parse(c->home_text, &c->home, error))
		return false;
	analysis->is_public = true;
	analysis->fills_folder = c->by != BY_NOBODY;
	if (!analysis->fills_folder)
		return true;
	if (analysis->output == NULL)
		return error_set(error, ERROR_USAGE, "name the folder of the files: -o DIR");
	confine_make_folder(analysis->output);
	return true;
}

// The options come first.
struct notify_run {
	struct notify_command command;
	struct mailing mailing;
};

static struct outlet *outlet(void *context, const struct description *d)
{
	struct notify_run *run = context;
	(void)d;
	run->mailing = (struct mailing){
		.outlet = { .receiver = { begin, take_row },
		            .close = close_mailing,
		            .wants_again = wants_again },
		.command = &run->command,
		.turn = run->command.home_text != NULL ? TURN_OWN : TURN_ALL,
	};
	return &run->mailing.outlet;
}

static int run(const struct command *self, struct option_words words)
{
	struct notify_run run = { .command = { .analysis = analysis_defaults() } };
	const struct analysis analysis = {
		.command = self,
		.options = &run,
		.check = check,
		.question = question,
		.needs_addresses = true,
		.without_addresses = "sources of this store are hashes: nobody can be told",
		.places = places,
		.open = open_folder,
		.outlet = outlet,
	};
	const int exit_code = analysis_run(&analysis, words);
	mailing_done(&run.mailing);
	return exit_code;
}

static const struct option_table *const tables[] = { &notify_table, &places_table, &store_table,
	                                             &strict_table, &days_table,   &take_table,
	                                             &common_table, NULL };

const struct command command_notify = {
	.name = "notify",
	.summary = "whom to tell: sources of a family, as files for networks and countries",
	.operands = "[CAPTURE...]",
	.description =
		"Sources that match the fingerprints on the days from --from to --to, each with first and last "
		"time seen (UTC), ports, packets, fingerprint and its strength, country and network as of the "
		"last day it was seen. No destination is told, sources inside the telescope are left out, and "
		"flood suspects, too, unless --with-floods asks for them; what was left out is said. With --home, one's own come first in every file, and plain CSV has a "
		"column is_home behind the others; this takes twice as long. What a weak "
		"fingerprint or a user's own matches is not called infected. doc/notify.md describes the formats.",
	.tables = tables,
	.run = run,
};
