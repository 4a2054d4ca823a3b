// SPDX-License-Identifier: MIT
// What hosts answered: files of it into a store, from one form into another, and what a store has.
#include "answer/local/local.h"
#include "base/interrupt.h"
#include "base/memory.h"
#include "base/pool.h"
#include "base/progress.h"
#include "base/text.h"
#include "cmd/ask.h"
#include "cmd/choice.h"
#include "cmd/confine.h"
#include "cmd/taken.h"
#include "response/json_lines.h"

#include <inttypes.h>
#include <stdlib.h>

enum { PORTS_ASKED_MAX = 4096, LOOK_EVERY = 1024, LINE_SIZE = 768 };

// In the order of `whole` columns (schemas.c).
enum {
	WHOLE_ADDRESS,
	WHOLE_PORT,
	WHOLE_TIME,
	WHOLE_PROBE,
	WHOLE_STATUS,
	WHOLE_RESPONSE,
	WHOLE_CUT,
	WHOLE_LOSSY
};

// Writes rows of whole responses as hotaru's own lines.
struct lines {
	struct outlet outlet;
	const struct analysis_command *options;
	FILE *file;
	struct buffer line;
};

struct responses_command {
	struct analysis_command analysis;
	const char *ports;
	uint16_t port_list[PORTS_ASKED_MAX];
	size_t port_count;
	struct lines lines;
	bool is_damaged, is_unreadable;
};

static const struct option options[] = {
	{ "store", 's', OPTION_TEXT, offsetof(struct analysis_command, store), "DIR",
	  "take the files in there, making it if it is not there; without files, list what it has "
	  "(default: $HOTARU_STORE)",
	  0, 0, NULL },
	{ "port", 'p', OPTION_TEXT, offsetof(struct responses_command, ports), "PORTS",
	  "show what was asked on these ports, separated by commas (default: all)", 0, 0, NULL },
	{ "memory", 0, OPTION_SIZE, offsetof(struct take_command, take.memory_bytes), "SIZE",
	  "use about this much memory, 64M to 1T (default: 1G)", INGEST_MEMORY_MIN, TAKE_MEMORY_MAX,
	  NULL },
};
static const struct option_table table = { options, sizeof options / sizeof *options };

// ---- own lines

static bool begin_lines(struct receiver *receiver, const struct schema *schema, struct error *error)
{
	struct lines *l = (struct lines *)receiver;
	(void)schema;
	l->line = buffer_up_to(4 * RESPONSE_BYTES_MAX);
	l->file = command_output_open(l->options->output, error);
	return l->file != NULL;
}

static enum response_status status_of(struct span name)
{
	enum response_status status = 0;
	while (status + 1 < RESPONSE_STATUSES &&
	       (strlen(response_status_name(status)) != name.length ||
	        memcmp(response_status_name(status), name.bytes, name.length) != 0))
		status++;
	return status;
}

static bool write_line(struct receiver *receiver, const struct cell *cells)
{
	struct lines *l = (struct lines *)receiver;
	const struct response response = {
		.address = cells[WHOLE_ADDRESS].address,
		.port = (uint16_t)cells[WHOLE_PORT].number,
		.time_ns = cells[WHOLE_TIME].state == CELL_VALUE ? cells[WHOLE_TIME].time_ns : 0,
		.probe = cells[WHOLE_PROBE].text,
		.status = status_of(cells[WHOLE_STATUS].text),
		.bytes = cells[WHOLE_RESPONSE].text,
		.is_cut = cells[WHOLE_CUT].number != 0,
		.is_lossy = cells[WHOLE_LOSSY].number != 0,
	};
	l->line.length = 0;
	json_lines_write(&l->line, &response);
	return !l->line.failed &&
	       fwrite(l->line.bytes, 1, l->line.length, l->file) == l->line.length;
}

static bool close_lines(struct outlet *outlet, bool is_answered, struct error *error)
{
	struct lines *l = (struct lines *)outlet;
	struct error ignored;
	bool ok = is_answered;
	if (l->line.failed)
		ok = error_memory(error, "a line");
	if (l->file != NULL)
		ok = command_output_close(l->file, l->options->output, ok ? error : &ignored) && ok;
	buffer_done(&l->line);
	return ok;
}

// ---- the question

static bool is_json(const struct responses_command *c)
{
	return c->analysis.format == FORMAT_JSON && c->analysis.columns == NULL;
}

static struct outlet *outlet(void *context, const struct description *d)
{
	struct responses_command *c = context;
	(void)d;
	c->lines = (struct lines){ .outlet = { { begin_lines, write_line }, close_lines, NULL },
		                   .options = &c->analysis };
	return is_json(c) ? &c->lines.outlet : NULL;
}

static bool question(void *context, const struct description *d, struct question *out,
                     struct error *error)
{
	struct responses_command *c = context;
	(void)d;
	(void)error;
	*out = (struct question){ .kind = QUESTION_RESPONSES,
		                  .days = days_range(&c->analysis.days),
		                  .ports = c->port_list,
		                  .port_count = c->port_count,
		                  .responses = { .is_whole = is_json(c) } };
	return true;
}

static bool list(struct responses_command *c, struct store *store, struct error *error)
{
	const struct analysis analysis = { .options = c, .question = question, .outlet = outlet };
	const struct local_world world = { .holdings = store_holdings(store),
		                           .is_strict = c->analysis.is_strict };
	const struct listener listener = { .is_quiet = c->analysis.take.common.quiet };
	struct engine *engine;
	if (!local_engine_open(&world, &engine, error))
		return false;
	const struct description *about = engine_describe(engine);
	const struct held_days held = { about->zone, about->days, about->day_count };
	const bool ok = days_resolve(&c->analysis.days, &held, error) &&
	                analysis_ask(&analysis, engine, listener, error);
	c->is_damaged |= engine_describe(engine)->lost_count > 0;
	engine_close(engine);
	return ok;
}

// ---- taking in

struct taking {
	struct store_take *take;
	const struct response_file *file;
	struct progress *progress;
	uint64_t count;
};

static bool take_one(void *context, const struct response *response, struct error *error)
{
	struct taking *t = context;
	if (++t->count % LOOK_EVERY == 0) {
		if (interrupt_requested())
			return error_set(error, ERROR_FAILED, "interrupted; nothing was taken in");
		progress_tick(t->progress, response_file_bytes_read(t->file), t->count);
	}
	return store_take_response(t->take, response, error);
}

// Nothing of a file is dropped silently.
static void say_ledger(const char *name, const struct response_file *file)
{
	const struct response_ledger *l = response_file_ledger(file);
	char line[LINE_SIZE], more[128];
	bool is_first = true;
	text_format(line, sizeof line, "'%.200s' (%s): %" PRIu64 " responses", name,
	            response_file_form(file), l->responses);
	for (enum response_skip skip = 0; skip < RESPONSE_SKIPS; skip++) {
		if (l->skipped[skip] == 0)
			continue;
		text_format(more, sizeof more, "%s%" PRIu64 " %s", is_first ? "; left out: " : ", ",
		            l->skipped[skip], response_skip_words(skip));
		const size_t length = strlen(line);
		text_copy(line + length, sizeof line - length, more);
		is_first = false;
	}
	command_say(line);
}

static bool read_open_file(struct responses_command *c, const char *name,
                           struct response_file *file, struct store_take *take, struct error *error)
{
	const struct common_options *common = &c->analysis.take.common;
	struct progress progress;
	struct taking taking = { .take = take, .file = file, .progress = &progress };
	const struct response_receiver receiver = { take_one, &taking };
	struct error damage;
	progress_start(&progress, name, response_file_bytes_total(file),
	               !common->quiet && !common->no_progress);
	const bool ok = response_file_read(file, &receiver, error);
	progress_stop(&progress);
	if (!ok)
		return false;
	if (response_file_damage(file, &damage)) {
		if (damage.kind != ERROR_DAMAGED) {
			*error = damage;
			return false;
		}
		command_warn(damage.text);
		c->is_damaged = true;
	}
	if (!common->quiet)
		say_ledger(name, file);
	return true;
}

// Of several files for a store one that cannot be read is told and passed over.
static bool read_file(struct responses_command *c, const char *name, bool is_kept,
                      struct store_take *take, struct error *error)
{
	struct response_file *file = NULL;
	if (!response_file_open(name, c->analysis.take.take.memory_bytes, &file, error)) {
		if (!is_kept)
			return false;
		command_fail(error);
		c->is_unreadable = true;
		return true;
	}
	const bool ok = read_open_file(c, name, file, take, error);
	response_file_free(file);
	return ok;
}

static bool take_files(struct responses_command *c, const struct option_words *words,
                       struct store *store, bool is_kept, struct store_taken *out,
                       struct error *error)
{
	struct store_take *take = NULL;
	if (!store_take_begin(store, STORE_RESPONSES, c->analysis.take.take.memory_bytes / 2, &take,
	                      error))
		return false;
	bool ok = true;
	for (size_t i = 0; ok && i < words->count; i++)
		ok = read_file(c, words->words[i], is_kept, take, error);
	ok = ok && store_take_commit(take, pool_processors(), out, error);
	store_take_free(take);
	return ok;
}

static bool take_in(struct responses_command *c, const struct option_words *words,
                    struct error *error)
{
	const struct store_request request = { .zone = NULL };
	const struct confine confine = { .common = &c->analysis.take.common,
		                         .captures = words,
		                         .folder = c->analysis.store };
	struct store_taken taken;
	struct store *store = NULL;
	confine_make_folder(c->analysis.store);
	const bool ok = confine_enter(&confine, error) &&
	                store_open_writing(c->analysis.store, &request, &store, error) &&
	                take_files(c, words, store, true, &taken, error);
	store_close_used(store);
	if (ok && !c->analysis.take.common.quiet)
		taken_say(&taken, "responses", c->analysis.store);
	return ok;
}

// Into a store that is there for the time of the command: so rows come in order, however many they are.
static bool convert(struct responses_command *c, const struct option_words *words,
                    struct error *error)
{
	const struct store_request request = { .zone = NULL };
	char folder[4096] = "";
	struct store_taken taken;
	struct store *store = NULL;
	if (!disk_temporary(folder, sizeof folder, error))
		return false;
	const struct confine confine = { .common = &c->analysis.take.common,
		                         .captures = words,
		                         .temporary = folder,
		                         .output = c->analysis.output };
	const bool ok = confine_enter(&confine, error) &&
	                store_open_writing(folder, &request, &store, error) &&
	                take_files(c, words, store, false, &taken, error) && list(c, store, error);
	store_close(store);
	disk_remove_folder(folder);
	return ok;
}

static bool list_store(struct responses_command *c, struct error *error)
{
	const struct confine confine = { .common = &c->analysis.take.common,
		                         .folder = c->analysis.store,
		                         .output = c->analysis.output };
	struct store *store = NULL;
	if (c->analysis.store == NULL)
		return error_set(error, ERROR_USAGE,
		                 "name files of answers, or a store: -s DIR or HOTARU_STORE");
	const bool ok = confine_enter(&confine, error) &&
	                store_open(c->analysis.store, &store, error) && list(c, store, error);
	store_close(store);
	return ok;
}

static bool work(struct responses_command *c, const struct option_words *words, struct error *error)
{
	if (c->ports != NULL &&
	    !port_list_parse(c->ports, PORTS_ASKED_MAX, c->port_list, &c->port_count, error))
		return false;
	if (!days_check(&c->analysis.days, error))
		return false;
	if (words->count == 0)
		return list_store(c, error);
	return c->analysis.store != NULL ? take_in(c, words, error) : convert(c, words, error);
}

static int run(const struct command *self, struct option_words words)
{
	struct responses_command c = { .analysis = analysis_defaults() };
	struct error error;
	int exit_code;
	if (!command_parse(self, &words, &c, &exit_code))
		return exit_code;
	if (!work(&c, &words, &error))
		return command_fail(&error);
	if (c.is_unreadable)
		return EXIT_FAILED;
	return c.is_damaged ? EXIT_DAMAGED : EXIT_DONE;
}

static const struct option_table *const tables[] = { &table,        &strict_table, &days_table,
	                                             &output_table, &common_table, NULL };

const struct command command_responses = {
	.name = "responses",
	.summary =
		"what hosts answered when they were asked: nmap, zgrab2, Censys, Shodan, own JSON Lines",
	.operands = "[FILE...]",
	.description =
		"Reads files of what hosts answered: nmap's XML (the scripts banner and banner-plus, the "
		"fingerprints of -sV), lines of zgrab2, JSON of Censys and Shodan, and hotaru's own JSON Lines; told by "
		"content, plain, .gz, .zst, .lz4, .xz or .bz2 (- is standard input). With -s they are kept in that store, by the day "
		"on which each host was asked, and each response once however often it comes; without files it lists what the store has. "
		"Without -s the files are "
		"converted: --format json prints hotaru's own lines, with all bytes in base64. "
		"A response that is not IPv4 and TCP, or does not say what was answered, is counted and left out; "
		"so is a line that is damaged, and the exit code is 3 then. banner is the answer as ASCII, with \\r, \\n, \\t, "
		"\\\\ and \\xHH, cut at 120 characters; digest is XXH3-128 of all of it. doc/devices.md has the forms.",
	.tables = tables,
	.run = run,
};
