// SPDX-License-Identifier: MIT
// info, verify and compact: what concerns a store as a whole.
#include "analyse/near_days.h"
#include "answer/local/local.h"
#include "base/memory.h"
#include "base/text.h"
#include "cmd/ask.h"
#include "cmd/atlas.h"
#include "cmd/confine.h"
#include "cmd/properties.h"

#include <inttypes.h>
#include <stdlib.h>

// Enters the sandbox around the store that has to be named.
static bool enter_store(const struct analysis_command *c, struct error *error)
{
	const struct confine confine = { .common = &c->take.common,
		                         .folder = c->store,
		                         .output = c->output };
	if (c->store == NULL)
		return error_set(error, ERROR_USAGE, "name a store: -s DIR or HOTARU_STORE");
	return confine_enter(&confine, error);
}

static bool open_named(const struct analysis_command *c, struct store **out, struct error *error)
{
	return enter_store(c, error) && store_open(c->store, out, error);
}

static void write_settings(struct rows *rows, const struct store *store)
{
	const struct store_settings *settings = store_settings(store);
	property_add(rows, "store", store_path(store));
	property_add_number(rows, "format", store_format(store));
	property_add(rows, "zone", settings->zone.name);
	property_add(rows, "telescope",
	             settings->telescope[0] != '\0' ? settings->telescope : "every destination");
	if (settings->keeps_events)
		property_add(rows, "scan_events", "kept");
	if (settings->kept_from != INT32_MIN) {
		char day[CALENDAR_DAY_SIZE];
		day_format(settings->kept_from, day);
		property_add(rows, "kept_from", day);
	}
	for (size_t i = 0; i < settings->fingerprints.count; i++)
		property_add(rows, "fingerprint", settings->fingerprints.entries[i].name);
	atlas_write_kept(rows, store);
}

static const char *const response_names[] = { "response_days", "responses", "response_bytes" };
static const char *const event_names[] = { "event_days", "events", "event_bytes" };

// Nothing of it where there are none.
static void write_records(struct rows *rows, const struct store *store, enum store_records form,
                          const char *const names[3])
{
	const size_t days = store_record_days(store, form);
	uint64_t count = 0, bytes = 0;
	for (size_t i = 0; i < days; i++) {
		count += store_record_day_at(store, form, i).count;
		bytes += store_record_day_at(store, form, i).bytes;
	}
	if (days == 0)
		return;
	property_add_number(rows, names[0], days);
	property_add_number(rows, names[1], count);
	property_add_number(rows, names[2], bytes);
}

static void write_content(struct rows *rows, const struct store *store)
{
	uint64_t hosts = 0, bytes = 0, days = 0, closed = 0;
	uint32_t floor = 0;
	char first[CALENDAR_DAY_SIZE] = "", last[CALENDAR_DAY_SIZE] = "";
	const size_t count = store_segment_count(store);
	for (size_t i = 0; i < count; i++) {
		const struct store_segment *segment = store_segment_at(store, i);
		const bool is_new_day = i == 0 ||
		                        store_segment_at(store, i - 1)->day != segment->day;
		hosts += segment->hosts;
		bytes += segment->bytes;
		days += is_new_day;
		closed += segment->floor > 1;
		floor = segment->floor > floor ? segment->floor : floor;
	}
	if (count > 0) {
		day_format(store_segment_at(store, 0)->day, first);
		day_format(store_segment_at(store, count - 1)->day, last);
	}
	property_add(rows, "first_day", first);
	property_add(rows, "last_day", last);
	property_add_number(rows, "days", days);
	property_add_number(rows, "segments", count);
	property_add_number(rows, "host_days", hosts);
	property_add_number(rows, "segment_bytes", bytes);
	property_add_number(rows, "closed_days", closed);
	property_add_number(rows, "highest_floor", floor);
	write_records(rows, store, STORE_RESPONSES, response_names);
	write_records(rows, store, STORE_EVENTS, event_names);
}

static bool write_captures(struct rows *rows, struct store *store, struct error *error)
{
	struct store_capture *captures;
	size_t count;
	if (!store_captures(store, &captures, &count, error))
		return false;
	uint64_t frames = 0, damaged = 0, simulated = 0;
	for (size_t i = 0; i < count; i++) {
		frames += captures[i].ledger != NULL ? ingest_ledger_total(captures[i].ledger) : 0;
		damaged += captures[i].damage != NULL;
		simulated += captures[i].is_simulated;
	}
	store_captures_done(captures, count);
	property_add_number(rows, "captures", count);
	property_add_number(rows, "damaged_captures", damaged);
	property_add_number(rows, "simulated_captures", simulated);
	property_add_number(rows, "frames", frames);
	return true;
}

// Why the first day or the last one may be far from all others.
static bool write_far(struct rows *rows, struct store *store, struct error *error)
{
	const struct zone *zone = &store_settings(store)->zone;
	struct holdings_captures *captures;
	struct far_frames far = { .frames = 0 };
	struct day_range near;
	if (!holdings_open_captures(store_holdings(store), &captures, error))
		return false;
	const bool ok = near_days_find(zone, captures, &near, error);
	for (size_t i = 0; ok && i < captures->count; i++)
		if (captures->list[i].seen != NULL)
			far_frames_add(zone, captures->list[i].seen, near, &far);
	holdings_close_captures(captures);
	if (far.frames > 0)
		property_add_number(rows, "far_frames", far.frames);
	return ok;
}

static void write_caps(struct rows *rows)
{
	for (unsigned field = 0; field <= FIELD_DESTINATION; field++) {
		char key[48];
		text_format(key, sizeof key, "values_max_%s", header_field_long_name(field));
		if (field != FIELD_DESTINATION_PORT)
			property_add_number(rows, key, field_info(field)->values_max);
	}
}

static bool write_info(struct rows *rows, struct store *store, struct error *error)
{
	write_settings(rows, store);
	write_content(rows, store);
	const bool ok = write_captures(rows, store, error) && write_far(rows, store, error);
	write_caps(rows);
	return ok;
}

static bool ask_coverage(void *options, const struct description *d, struct question *out,
                         struct error *error)
{
	(void)options;
	(void)d;
	(void)error;
	out->kind = QUESTION_COVERAGE;
	return true;
}

static bool print_coverage(struct analysis_command *c, struct store *store, bool *out_is_lost,
                           struct error *error)
{
	const struct analysis analysis = { .options = c, .question = ask_coverage };
	const struct local_world world = { .holdings = store_holdings(store) };
	const struct listener listener = { .is_quiet = c->take.common.quiet };
	struct engine *engine;
	if (!local_engine_open(&world, &engine, error))
		return false;
	const struct description *d = engine_describe(engine);
	const struct caveat *far = caveats_find(&d->caveats, CAVEAT_FAR_DAYS);
	struct caveats caveats = { .list = NULL };
	const bool ok = analysis_ask(&analysis, engine, listener, error) &&
	                (far == NULL || caveats_add(&caveats, far, error));
	caveats_say(&caveats, d, listener);
	caveats_done(&caveats);
	*out_is_lost = d->lost_count > 0;
	engine_close(engine);
	return ok;
}

struct info_command {
	struct analysis_command analysis;
	bool coverage;
};

static const struct option info_options[] = {
	{ "coverage", 0, OPTION_FLAG, offsetof(struct info_command, coverage), NULL,
	  "instead, print for each day how much of it the captures saw", 0, 0, NULL },
};
static const struct option_table info_table = { info_options, 1 };

static int run_info(const struct command *self, struct option_words words)
{
	struct info_command info = { .analysis = analysis_defaults() };
	struct analysis_command *c = &info.analysis;
	struct store *store = NULL;
	struct error error;
	int exit_code;
	bool is_lost = false;
	if (!command_parse(self, &words, &info, &exit_code))
		return exit_code;
	const bool ok = open_named(c, &store, &error) &&
	                (info.coverage
	                         ? print_coverage(c, store, &is_lost, &error)
	                         : properties_print(c, store, "property", write_info, &error));
	store_close(store);
	if (!ok)
		return command_fail(&error);
	return is_lost ? EXIT_DAMAGED : EXIT_DONE;
}

static void print_problem(void *context, const char *line)
{
	(void)context;
	command_say(line);
}

struct verify_command {
	struct analysis_command analysis;
	bool drop_damaged, yes;
};

static const struct option verify_options[] = {
	{ "drop-damaged", 0, OPTION_FLAG, offsetof(struct verify_command, drop_damaged), NULL,
	  "take days with damaged segments out of the store, and name the captures to take in again",
	  0, 0, NULL },
	{ "yes", 0, OPTION_FLAG, offsetof(struct verify_command, yes), NULL,
	  "do what --drop-damaged otherwise only announces", 0, 0, NULL },
};
static const struct option_table verify_table = { verify_options, 2 };

static void print_owing(void *context, const char *name)
{
	(void)context;
	command_say_capture("take in again", name);
}

// Opened to read first, which makes no store where there is none.
static bool open_to_drop(const char *path, struct store **out, struct error *error)
{
	const struct store_request request = { .zone = NULL };
	struct store *reader;
	if (!store_open(path, &reader, error))
		return false;
	store_close(reader);
	return store_open_writing(path, &request, out, error);
}

// Files of answers and of events go beside: no capture has them again.
static void say_dropped_records(size_t count, const char *what, const char *command, bool is_done)
{
	char line[192];
	if (count == 0)
		return;
	if (is_done)
		text_format(line, sizeof line,
		            "dropped %zu damaged file%s of %s; take them in again with `hotaru %s`",
		            count, count == 1 ? "" : "s", what, command);
	else
		text_format(line, sizeof line, "%zu damaged file%s of %s would go, too", count,
		            count == 1 ? "" : "s", what);
	command_say(line);
}

// Without --yes it only says what would go.
static bool drop_damaged(struct store *store, const struct verify_command *c,
                         const struct store_verify_result *found, struct error *error)
{
	struct store_dropped dropped;
	char line[256];
	if (found->unchecked > 0)
		return error_set(error, ERROR_FAILED,
		                 "not all of the store could be checked; nothing was dropped");
	const size_t all = store_segment_count(store);
	if (!store_drop_damaged(store, !c->yes, print_owing, NULL, &dropped, error))
		return false;
	say_dropped_records(dropped.record_files[STORE_RESPONSES], "answers", "responses", c->yes);
	say_dropped_records(dropped.record_files[STORE_EVENTS], "events", "honeypot", c->yes);
	if (!c->yes)
		return error_set(error, ERROR_FAILED,
		                 "%zu of %zu segments would go (%zu damaged), and the %zu captures "
		                 "above have to be taken in again; --yes does it",
		                 dropped.segments, all, dropped.damaged_segments, dropped.captures);
	text_format(line, sizeof line,
	            "dropped %zu of %zu segments; %zu day%s lost until the %zu captures above are "
	            "taken in again",
	            dropped.segments, all, dropped.days, dropped.days == 1 ? " is" : "s are",
	            dropped.captures);
	command_say(line);
	return true;
}

static int run_verify(const struct command *self, struct option_words words)
{
	struct verify_command c = { .analysis = analysis_defaults() };
	struct store *store = NULL;
	struct store_verify_result r = { .problems = 0 };
	struct error error;
	int exit_code;
	if (!command_parse(self, &words, &c, &exit_code))
		return exit_code;
	bool ok = enter_store(&c.analysis, &error) &&
	          (c.drop_damaged ? open_to_drop(c.analysis.store, &store, &error)
	                          : store_open_to_verify(c.analysis.store, &store, &error)) &&
	          store_verify(store, print_problem, NULL, &r, &error);
	if (ok && !c.analysis.take.common.quiet)
		printf("%" PRIu64 " segments, %" PRIu64 " host-days, %" PRIu64 " bytes: %" PRIu64
		       " problem%s\n",
		       r.segments, r.hosts, r.bytes, r.problems, r.problems == 1 ? "" : "s");
	if (ok && c.drop_damaged && r.problems > 0)
		ok = drop_damaged(store, &c, &r, &error) &&
		     store_verify(store, print_problem, NULL, &r, &error);
	store_close(store);
	if (!ok)
		return command_fail(&error);
	return r.problems == 0 ? EXIT_DONE : EXIT_FAILED;
}

struct compact_command {
	struct analysis_command analysis;
	uint64_t floor;
};

static const struct option compact_options[] = {
	{ "floor", 0, OPTION_NUMBER, offsetof(struct compact_command, floor), "N",
	  "drop header values that fewer than N sources of the day used, and close the days", 0,
	  UINT32_MAX, NULL },
};
static const struct option_table compact_table = { compact_options, 1 };

static int run_compact(const struct command *self, struct option_words words)
{
	struct compact_command c = { .analysis = analysis_defaults() };
	const struct store_request request = { .zone = NULL };
	struct store *store = NULL;
	struct error error;
	size_t days = 0;
	int exit_code;
	if (!command_parse(self, &words, &c, &exit_code))
		return exit_code;
	// Opened to read first: compacting must not make a store where there is none.
	bool ok = open_named(&c.analysis, &store, &error);
	store_close(store);
	store = NULL;
	ok = ok && store_open_writing(c.analysis.store, &request, &store, &error) &&
	     store_compact(store, (uint32_t)c.floor, &days, &error);
	if (ok && !c.analysis.take.common.quiet) {
		char line[128];
		text_format(line, sizeof line, "%zu day%s rewritten", days, days == 1 ? "" : "s");
		command_say(line);
	}
	store_close(store);
	return ok ? EXIT_DONE : command_fail(&error);
}

static const struct option_table *const info_tables[] = { &info_table, &store_table, &output_table,
	                                                  &common_table, NULL };
static const struct option_table *const verify_tables[] = { &verify_table, &store_table,
	                                                    &common_table, NULL };
static const struct option_table *const compact_tables[] = { &compact_table, &store_table,
	                                                     &common_table, NULL };

const struct command command_info = {
	.name = "info",
	.summary = "what a store holds",
	.operands = "",
	.description =
		"Settings, days, segments, captures and limits of a store. far_frames, if there are any, lie on "
		"days far from all others. values_max_* is how many values "
		"of a header field one source keeps on one day; beyond it, a uniform sample. With --coverage, "
		"seconds of each day that captures saw: what lies between frames of one, but for its long "
		"silences, of 15 minutes or more and ten times the mean time between its frames. Holes: what "
		"all leave, if it lasts as long. A day is partly covered below 99 %, and missing without "
		"packets. known_by says how that is known: `frames`, by when they came, or `spans`, where a "
		"capture was taken in by a hotaru that kept only its first frame and its last.",
	.tables = info_tables,
	.run = run_info,
};

const struct command command_verify = {
	.name = "verify",
	.summary = "check every byte of a store",
	.operands = "",
	.description =
		"Reads all of a store: checksums, order, sums against the catalogue and the ledgers, and "
		"sets against host-days. Prints a line for each problem; exit code 1 if there is one. "
		"With --drop-damaged, days with a damaged segment are taken out, and the captures that "
		"reach over them are named: taken in again, they fill these days and no other. Until then "
		"the days are lost, which is unknown in all tables. Without --yes it only says what would "
		"go.",
	.tables = verify_tables,
	.run = run_verify,
};

const struct command command_compact = {
	.name = "compact",
	.summary = "merge the segments of each day",
	.operands = "",
	.description =
		"Rewrites days that came in pieces, or from an older hotaru, as one segment each; no result "
		"changes. With --floor, "
		"header values that fewer sources of the whole day used are dropped (never ports, option "
		"layouts or destinations), and those days take no more captures, so that the floor stays exact.",
	.tables = compact_tables,
	.run = run_compact,
};
