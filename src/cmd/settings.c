// SPDX-License-Identifier: MIT
// What holds for all of a store, and the parts of it that can be changed: the databases of
// countries and networks, the fingerprints of sources, and, from its captures, the telescope.
#include "cmd/atlas.h"
#include "cmd/confine.h"
#include "cmd/operands.h"
#include "cmd/properties.h"
#include "cmd/recount.h"

#include "base/memory.h"
#include "base/pool.h"
#include "base/progress.h"
#include "base/text.h"

#include <inttypes.h>

static const struct option change_options[] = {
	{ "fingerprints", 0, OPTION_TEXT, offsetof(struct analysis_command, take.take.fingerprints),
	  "FILE",
	  "have the fingerprints of sources of this file, for all days; rewrites the segments", 0,
	  0, NULL },
	{ "telescope", 't', OPTION_TEXT, offsetof(struct analysis_command, take.take.telescope),
	  "PREFIXES",
	  "have this telescope ('': every destination counts), for all days: reads all captures again, "
	  "which have to be named",
	  0, 0, NULL },
	{ "fractions", 0, OPTION_WORD, offsetof(struct analysis_command, take.take.fractions),
	  "UNIT",
	  "with --telescope, as at ingest: fractions of seconds are nanoseconds, or microseconds",
	  0, 0, take_fraction_words },
	{ "count-copies", 0, OPTION_FLAG,
	  offsetof(struct analysis_command, take.take.counts_copies), NULL,
	  "with --telescope, as at ingest: count each packet as often as it was captured", 0, 0,
	  NULL },
	{ "memory", 0, OPTION_SIZE, offsetof(struct analysis_command, take.take.memory_bytes),
	  "SIZE", "use about this much memory, 64M to 1T (default: 1G)", INGEST_MEMORY_MIN,
	  TAKE_MEMORY_MAX, NULL },
	{ "threads", 0, OPTION_NUMBER, offsetof(struct analysis_command, take.take.threads), "N",
	  "use this many threads (default: as many as processors)", 1, POOL_THREADS_MAX, NULL },
};
static const struct option_table change_table = { change_options,
	                                          sizeof change_options / sizeof *change_options };

static bool enter(const struct analysis_command *c, const struct option_words *captures,
                  struct error *error)
{
	char **files;
	if (c->store == NULL)
		return error_set(error, ERROR_USAGE, "name a store: -s DIR or HOTARU_STORE");
	if (captures->count > 0 && c->take.take.telescope == NULL)
		return error_set(error, ERROR_USAGE,
		                 "captures are read for --telescope PREFIXES; without it `hotaru "
		                 "settings` takes no '%s'",
		                 captures->words[0]);
	if (!database_files(&c->take, &files, error))
		return false;
	const struct confine confine = {
		.common = &c->take.common,
		.captures = captures,
		.read = c->take.take.fingerprints,
		.folder = c->store,
		.files = files,
		.output = c->output,
	};
	const bool ok = confine_enter(&confine, error);
	database_files_done(files);
	return ok;
}

// What follows from fingerprints that cannot see everything is said, whoever asked for it.
static void say_refitted(const struct store_refitted *r)
{
	char line[256], first[CALENDAR_DAY_SIZE], last[CALENDAR_DAY_SIZE];
	text_format(line, sizeof line,
	            "fingerprints of sources: %zu added, %zu taken out; %zu day%s rewritten",
	            r->added, r->removed, r->days, r->days == 1 ? "" : "s");
	command_say(line);
	if (r->floor_days == 0)
		return;
	day_format(r->floor_first, first);
	day_format(r->floor_last, last);
	text_format(line, sizeof line,
	            "note: %zu days from %s to %s were compacted with a floor of up to %" PRIu32
	            ": there, what was added misses sources whose values fewer sources used",
	            r->floor_days, first, last, r->floor_max);
	command_say(line);
}

static void tick(void *context, size_t days)
{
	progress_tick(context, 0, days);
}

static void say_recounted(const struct take_result *r, bool is_new)
{
	char line[256];
	if (is_new)
		text_format(line, sizeof line,
		            "telescope: took in %zu capture%s again, %" PRIu64 " frames, %" PRIu64
		            " packets counted",
		            r->taken, r->taken == 1 ? "" : "s", r->frames, r->packets);
	else
		text_copy(line, sizeof line, "telescope: the store has it already");
	command_say(line);
}

static bool set_telescope(struct store *store, const struct analysis_command *c,
                          struct operands *captures, struct take_result *out, struct error *error)
{
	bool is_new = false;
	if (c->take.take.telescope == NULL)
		return true;
	if (!operands_sift(captures, &c->take.take, c->take.common.quiet, error) ||
	    !recount(store, &c->take, &captures->words, out, &is_new, error))
		return false;
	if (!c->take.common.quiet)
		say_recounted(out, is_new);
	return true;
}

static bool set_fingerprints(struct store *store, const struct analysis_command *c,
                             const struct store_request *request, struct error *error)
{
	const bool is_quiet = c->take.common.quiet;
	struct store_refitted refitted;
	struct progress progress;
	if (request->fingerprint_text == NULL)
		return true;
	progress_start(&progress, "days", 0, !is_quiet && !c->take.common.no_progress);
	const struct store_refit refit = { .text = request->fingerprint_text,
		                           .where = request->fingerprint_where,
		                           .threads = (unsigned)c->take.take.threads,
		                           .progress = tick,
		                           .context = &progress };
	const bool ok = store_set_fingerprints(store, &refit, &refitted, error);
	progress_stop(&progress);
	if (ok && !is_quiet)
		say_refitted(&refitted);
	return ok;
}

// Opened to read first: changing settings must not make a store where there is none.
static bool open_to_change(const struct analysis_command *c, struct store **out,
                           struct error *error)
{
	const struct store_request nothing = { .zone = NULL };
	struct store *store;
	if (!store_open(c->store, &store, error))
		return false;
	store_close(store);
	return atlas_try(&c->take, error) && store_open_writing(c->store, &nothing, out, error);
}

static bool change(const struct analysis_command *c, struct operands *operands,
                   struct take_result *out, struct error *error)
{
	struct store_request request;
	struct store *store = NULL;
	char *text = NULL;
	const bool ok = take_request(&c->take.take, &request, &text, error) &&
	                open_to_change(c, &store, error) && atlas_keep(store, &c->take, error) &&
	                set_telescope(store, c, operands, out, error) &&
	                set_fingerprints(store, c, &request, error);
	store_close(store);
	memory_free(text);
	return ok;
}

static bool write_settings(struct rows *rows, struct store *store, struct error *error)
{
	const struct store_settings *settings = store_settings(store);
	const struct fingerprint_set *set = &settings->fingerprints;
	property_add(rows, "zone", settings->zone.name);
	property_add(rows, "telescope",
	             settings->telescope[0] != '\0' ? settings->telescope : "every destination");
	if (settings->keeps_events)
		property_add(rows, "scan_events", "kept");
	for (size_t i = 0; i < set->count; i++)
		if (text_equal(set->entries[i].strength, "user")) {
			char text[FINGERPRINT_NAME_SIZE + FINGERPRINT_RULE_SIZE + 8];
			text_format(text, sizeof text, "%s = %s", set->entries[i].name,
			            set->entries[i].rule);
			property_add(rows, "fingerprint", text);
		}
	(void)error;
	atlas_write_kept(rows, store);
	return true;
}

static int run(const struct command *self, struct option_words words)
{
	struct analysis_command c = analysis_defaults();
	struct take_result taken = { .damaged = 0 };
	struct operands operands = { .named = NULL };
	struct store *store = NULL;
	struct error error;
	int exit_code;
	if (!command_parse(self, &words, &c, &exit_code))
		return exit_code;
	const bool changes = c.take.databases[PLACE_COUNTRY] != NULL ||
	                     c.take.databases[PLACE_NETWORK] != NULL ||
	                     c.take.take.fingerprints != NULL || c.take.take.telescope != NULL;
	const bool ok = operands_find(&words, &operands, &error) &&
	                enter(&c, &operands.words, &error) &&
	                (!changes || change(&c, &operands, &taken, &error)) &&
	                store_open(c.store, &store, &error) &&
	                properties_print(&c, store, "setting", write_settings, &error);
	store_close(store);
	operands_done(&operands);
	if (!ok)
		return command_fail(&error);
	return taken.damaged > 0 ? EXIT_DAMAGED : EXIT_DONE;
}

static const struct option_table *const tables[] = { &store_table,          &change_table,
	                                             &keep_databases_table, &output_table,
	                                             &common_table,         NULL };

const struct command command_settings = {
	.name = "settings",
	.summary =
		"what holds for all of a store; sets its databases, fingerprints of sources, telescope",
	.operands = "[CAPTURE...]",
	.description =
		"Zone, telescope and users' fingerprints, which the first ingest fixes, and the databases of "
		"countries and networks that are kept with the store. --country-db and --asn-db put "
		"copies of other databases in their place, '' nothing; analysis commands then use those. "
		"With @FROM..TO a database is for these days only (YYYY-MM-DD; either may be left out): "
		"addresses move, and what a database says holds for about its own date. "
		"With --fingerprints the store has the fingerprints of sources of FILE from then on, and for "
		"all of its days: those that are not in FILE are taken out. Those of packets have to be in "
		"it as they were, since the packets are gone. Every day is written anew, in one step: the "
		"disk needs room for the segments a second time.\n\n"
		"--telescope sets the telescope right. What a store has of packets does not say where they "
		"went, so all of its captures have to be named, but for those without an IPv4 packet; they may have "
		"other names by now, another compression, and have grown. All packets are counted anew, in one "
		"step, as by a first ingest with this telescope; floors of `compact` are gone. Use the same "
		"--fractions and --count-copies as at ingest.",
	.tables = tables,
	.run = run,
};
