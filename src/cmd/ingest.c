// SPDX-License-Identifier: MIT
#include "base/memory.h"
#include "base/text.h"
#include "cmd/atlas.h"
#include "cmd/confine.h"
#include "cmd/operands.h"
#include "cmd/take.h"

#include <stdlib.h>

struct ingest_command {
	struct take_command take;
	const char *store;
};

static const struct option options[] = {
	{ "store", 's', OPTION_TEXT, offsetof(struct ingest_command, store), "DIR",
	  "the store; made if it is not there (default: $HOTARU_STORE)", 0, 0, NULL },
	{ "events", 0, OPTION_FLAG, offsetof(struct ingest_command, take.take.keeps_events), NULL,
	  "keep scan events, too: when each source probed which port; fixed by the first ingest of a "
	  "store",
	  0, 0, NULL },
};

static const struct option_table table = { options, sizeof options / sizeof *options };
static const struct option_table *const tables[] = { &table, &take_table, &keep_databases_table,
	                                             &common_table, NULL };

static void summarise(const struct take_result *r, const char *store)
{
	char line[512];
	text_format(line, sizeof line,
	            "took in %zu capture%s, %llu frames, %llu packets counted%s; store '%.300s'",
	            r->taken, r->taken == 1 ? "" : "s", (unsigned long long)r->frames,
	            (unsigned long long)r->packets, r->known > 0 ? ", known ones left out" : "",
	            store);
	command_say(line);
}

static int exit_code_of(const struct take_result *r)
{
	if (r->unreadable > 0)
		return EXIT_FAILED;
	return r->damaged > 0 ? EXIT_DAMAGED : EXIT_DONE;
}

static bool enter(const struct ingest_command *c, const struct option_words *words,
                  struct error *error)
{
	char **files;
	if (!database_files(&c->take, &files, error))
		return false;
	const struct confine confine = { .common = &c->take.common,
		                         .captures = words,
		                         .files = files,
		                         .read = c->take.take.fingerprints,
		                         .folder = c->store };
	confine_make_folder(c->store);
	const bool ok = confine_enter(&confine, error);
	database_files_done(files);
	return ok;
}

// Where nothing can be taken in, no store is made; one that was made for nothing goes again.
static bool take_in(const struct ingest_command *c, struct operands *operands,
                    struct take_result *result, struct error *error)
{
	const struct take_options *take = &c->take.take;
	struct store_request request;
	struct store *store = NULL;
	char *text = NULL;
	const bool ok = operands_sift(operands, take, c->take.common.quiet, error) &&
	                take_any_opens(take, &operands->words, error) &&
	                atlas_try(&c->take, error) && take_request(take, &request, &text, error) &&
	                store_open_writing(c->store, &request, &store, error) &&
	                atlas_keep(store, &c->take, error) &&
	                take_captures(store, &c->take, &operands->words, true, result, error);
	store_close_used(store);
	memory_free(text);
	return ok;
}

static bool check(const struct ingest_command *c, const struct option_words *words,
                  struct error *error)
{
	if (c->store == NULL)
		return error_set(error, ERROR_USAGE, "name a store: -s DIR or HOTARU_STORE");
	return words->count > 0 || error_set(error, ERROR_USAGE,
	                                     "name captures to take in, folders of them, or - for "
	                                     "standard input");
}

static int run(const struct command *self, struct option_words words)
{
	struct ingest_command c = { .take = take_defaults(), .store = getenv("HOTARU_STORE") };
	struct operands operands = { .named = NULL };
	struct take_result result;
	struct error error;
	int exit_code;
	if (!command_parse(self, &words, &c, &exit_code))
		return exit_code;
	const bool ok = check(&c, &words, &error) && operands_find(&words, &operands, &error) &&
	                enter(&c, &operands.words, &error) &&
	                take_in(&c, &operands, &result, &error);
	operands_done(&operands);
	if (!ok)
		return command_fail(&error);
	if (!c.take.common.quiet)
		summarise(&result, c.store);
	return exit_code_of(&result);
}

const struct command command_ingest = {
	.name = "ingest",
	.summary = "take captures into a store, creating it",
	.operands = "CAPTURE...",
	.description =
		"Reads captures (pcap, pcapng, ERF, snoop, FlowTuple or NICT darknet CSV, plain, .gz, "
		".zst, .lz4, .xz or .bz2; - is standard input) once, and keeps "
		"what was learnt of each source on each day. A capture that was taken in before counts "
		"once; of one that has grown since, what is new. Files that cannot be read are named and "
		"left out. Of a folder, all files that are captures are taken in, by name, also those in folders in it; what begins "
		"with a dot is left out, and so are stores, and folders behind symbolic links. Captures may come in any order and in pieces. Zone, telescope, fingerprints "
		"and whether scan events are kept are fixed by the first ingest of a store. Databases of countries and networks are copied "
		"into it, and take the place of those that it had (`hotaru settings` sets them, too).",
	.tables = tables,
	.run = run,
};
