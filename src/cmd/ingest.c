// SPDX-License-Identifier: MIT
#include "base/memory.h"
#include "base/text.h"
#include "cmd/atlas.h"
#include "cmd/confine.h"
#include "cmd/take.h"

#include <stdlib.h>

struct ingest_command {
	struct take_command take;
	const char *store;
};

static const struct option options[] = {
	{ "store", 's', OPTION_TEXT, offsetof(struct ingest_command, store), "DIR",
	  "the store; made if it is not there (default: $HOTARU_STORE)", 0, 0, NULL },
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

static int run(const struct command *self, struct option_words words)
{
	struct ingest_command c = { .take = take_defaults(), .store = getenv("HOTARU_STORE") };
	struct store_request request;
	struct store *store = NULL;
	struct take_result result;
	struct error error;
	char *text = NULL;
	int exit_code;
	if (!command_parse(self, &words, &c, &exit_code))
		return exit_code;
	bool ok = true;
	if (c.store == NULL)
		ok = error_set(&error, ERROR_USAGE, "name a store: -s DIR or HOTARU_STORE");
	else if (words.count == 0)
		ok = error_set(&error, ERROR_USAGE,
		               "name captures to take in, or - for standard input");
	ok = ok && enter(&c, &words, &error);
	// Where nothing can be taken in, no store is made.
	if (ok && (!take_any_opens(&c.take.take, &words, &error) || !atlas_try(&c.take, &error)))
		return command_fail(&error);
	ok = ok && take_request(&c.take.take, &request, &text, &error) &&
	     store_open_writing(c.store, &request, &store, &error) &&
	     atlas_keep(store, &c.take, &error) &&
	     take_captures(store, &c.take, &words, true, &result, &error);
	store_close(store);
	memory_free(text);
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
		"left out. Captures may come in any order and in pieces. Zone, telescope and fingerprints "
		"are fixed by the first ingest of a store. Databases of countries and networks are copied "
		"into it, and take the place of those that it had (`hotaru settings` sets them, too).",
	.tables = tables,
	.run = run,
};
