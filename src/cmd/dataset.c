// SPDX-License-Identifier: MIT
#include "cmd/dataset.h"

#include "answer/local/local.h"
#include "base/memory.h"
#include "base/terminal.h"
#include "base/text.h"
#include "cmd/atlas.h"
#include "cmd/confine.h"
#include "cmd/operands.h"
#include "cmd/uncounted.h"

#include <inttypes.h>
#include <stdlib.h>
#include <unistd.h>

static const struct option store_options[] = {
	{ "store", 's', OPTION_TEXT, offsetof(struct analysis_command, store), "DIR",
	  "work on this store (default: $HOTARU_STORE)", 0, 0, NULL },
};
const struct option_table store_table = { store_options, 1 };

static const struct option days_options[] = {
	{ "from", 0, OPTION_DAY, offsetof(struct analysis_command, days.from), "DAY",
	  "show days from this one on: YYYY-MM-DD, today, yesterday, or -7 for seven days before the "
	  "last one with data",
	  0, 0, NULL },
	{ "to", 0, OPTION_DAY, offsetof(struct analysis_command, days.to), "DAY",
	  "show days up to this one", 0, 0, NULL },
	{ "last", 0, OPTION_NUMBER, offsetof(struct analysis_command, days.last), "N",
	  "show the last N days with data, up to --to", 1, 0, NULL },
};
const struct option_table days_table = { days_options, 3 };

static const struct option family_options[] = {
	{ "family", 'f', OPTION_TEXT, offsetof(struct analysis_command, families), "NAMES",
	  "show these fingerprints, separated by commas (default: all families; * = all SYNs)", 0,
	  0, NULL },
};
const struct option_table family_table = { family_options, 1 };

static const struct option floods_options[] = {
	{ "without-floods", 0, OPTION_FLAG, offsetof(struct analysis_command, without_floods), NULL,
	  "leave out source-days that are suspected to be forged (`hotaru sources --help`)", 0, 0,
	  NULL },
};
const struct option_table floods_table = { floods_options, 1 };

static const struct option strict_options[] = {
	{ "strict", 0, OPTION_FLAG, offsetof(struct analysis_command, is_strict), NULL,
	  "refuse where damage is met or a day lost (default: it is unknown, exit code 3)", 0, 0,
	  NULL },
};
const struct option_table strict_table = { strict_options, 1 };

static const struct option output_options[] = {
	{ "format", 0, OPTION_CHOICE, offsetof(struct analysis_command, format), "table|csv|json",
	  "print a table (default), CSV, or JSON, one object a line", 0, 0, format_names },
	{ "columns", 0, OPTION_TEXT, offsetof(struct analysis_command, columns), "NAMES",
	  "these columns, separated by commas, in this order, in any format (default: all; at a "
	  "terminal those that fit)",
	  0, 0, NULL },
	{ "wide", 'w', OPTION_FLAG, offsetof(struct analysis_command, is_wide), NULL,
	  "a table of all columns, also where its lines are longer than the terminal's", 0, 0,
	  NULL },
	{ "output", 'o', OPTION_TEXT, offsetof(struct analysis_command, output), "FILE",
	  "write the result there (default: standard output)", 0, 0, NULL },
};
const struct option_table output_table = { output_options,
	                                   sizeof output_options / sizeof *output_options };

struct analysis_command analysis_defaults(void)
{
	return (struct analysis_command){ .take = take_defaults(),
		                          .store = getenv("HOTARU_STORE") };
}

static bool enter(const struct dataset *dataset, const struct analysis_command *options,
                  const struct option_words *names, struct error *error)
{
	const bool is_temporary = dataset->temporary[0] != '\0';
	char **files;
	if (!database_files(&options->take, &files, error))
		return false;
	const struct confine confine = {
		.common = &options->take.common,
		.captures = names,
		.read = is_temporary ? options->take.take.fingerprints : options->read,
		.read_folder = options->read_folder,
		.read_more = options->incidents,
		.files = files,
		.folder = is_temporary ? NULL : options->store,
		.temporary = is_temporary ? dataset->temporary : NULL,
		.output = options->fills_folder ? NULL : options->output,
		.output_folder = options->fills_folder ? options->output : NULL,
	};
	const bool ok = confine_enter(&confine, error);
	database_files_done(files);
	return ok;
}

static bool take_files(struct dataset *dataset, const struct analysis_command *options,
                       struct operands *operands, struct error *error)
{
	struct store_request request;
	struct take_result result;
	char *text = NULL;
	if (!disk_temporary(dataset->temporary, sizeof dataset->temporary, error) ||
	    !enter(dataset, options, &operands->words, error) ||
	    !operands_sift(operands, &options->take.take, options->take.common.quiet, error) ||
	    !take_request(&options->take.take, &request, &text, error))
		return false;
	const bool ok = store_open_writing(dataset->temporary, &request, &dataset->store, error) &&
	                take_captures(dataset->store, &options->take, &operands->words, false,
	                              &result, error);
	memory_free(text);
	if (ok)
		dataset->is_damaged = result.damaged > 0;
	return ok;
}

static bool take_into_temporary(struct dataset *dataset, const struct analysis_command *options,
                                const struct option_words *names, struct error *error)
{
	struct operands operands;
	const bool ok = operands_find(names, &operands, error) &&
	                take_files(dataset, options, &operands, error);
	operands_done(&operands);
	return ok;
}

static bool check_store_options(const struct take_options *take, struct error *error)
{
	if (take->fractions != NULL)
		return error_set(
			error, ERROR_USAGE,
			"--fractions is of captures, and a store has their times; leave it "
			"away");
	if (take->zone == NULL && take->telescope == NULL && take->fingerprints == NULL)
		return true;
	return error_set(error, ERROR_USAGE,
	                 "a store has its zone, telescope and fingerprints from "
	                 "its first ingest; leave --%s away",
	                 take->zone != NULL        ? "zone"
	                 : take->telescope != NULL ? "telescope"
	                                           : "fingerprints");
}

static bool open_any(struct dataset *dataset, const struct analysis_command *options,
                     const struct option_words *names, struct error *error)
{
	if (!days_check(&options->days, error))
		return false;
	if (names->count > 0) {
		if (options->store != NULL && options->store != getenv("HOTARU_STORE"))
			return error_set(error, ERROR_USAGE, "give a store or captures, not both");
		return take_into_temporary(dataset, options, names, error);
	}
	if (options->store == NULL)
		return error_set(error, ERROR_USAGE,
		                 "name a store (-s DIR or HOTARU_STORE) or captures to work on");
	return check_store_options(&options->take.take, error) &&
	       enter(dataset, options, names, error) &&
	       store_open(options->store, &dataset->store, error) &&
	       uncounted_say_of(dataset->store, options->take.common.quiet, error);
}

bool dataset_open(struct dataset *dataset, struct analysis_command *options,
                  const struct option_words *names, struct error *error)
{
	if (!open_any(dataset, options, names, error))
		return false;
	const struct local_world world = { .holdings = store_holdings(dataset->store),
		                           .is_strict = options->is_strict };
	if (!local_engine_open(&world, &dataset->engine, error))
		return false;
	// What counts from the last day counts from one that is not far from all others.
	const struct description *about = engine_describe(dataset->engine);
	const struct held_days held = { about->zone, about->days, about->day_count };
	if (!days_resolve(&options->days, &held, error))
		return false;
	const struct day_range days = days_range(&options->days);
	if (!(options->ends ? local_engine_end : local_engine_reach)(dataset->engine, days, error))
		return false;
	about = engine_describe(dataset->engine);
	caveats_say(&about->caveats, about, dataset_listener(dataset, options));
	return true;
}

struct listener dataset_listener(const struct dataset *dataset,
                                 const struct analysis_command *options)
{
	return (struct listener){ .is_quiet = options->take.common.quiet,
		                  .is_public = options->is_public,
		                  .knows_damage = dataset->temporary[0] != '\0' };
}

void dataset_close(struct dataset *dataset)
{
	engine_close(dataset->engine);
	store_close(dataset->store);
	if (dataset->temporary[0] != '\0')
		disk_remove_folder(dataset->temporary);
	*dataset = (struct dataset){ .store = NULL };
}

struct table_look output_look(const struct analysis_command *options, const FILE *file)
{
	const char *no_color = getenv("NO_COLOR");
	const bool is_terminal = file == stdout && isatty(STDOUT_FILENO) == 1;
	return (struct table_look){
		.color = is_terminal && (no_color == NULL || no_color[0] == '\0'),
		.is_wide = options->is_wide,
		.width = is_terminal ? terminal_width(STDOUT_FILENO) : 0,
		.columns = options->columns,
	};
}

bool output_open(struct output *output, const struct analysis_command *options,
                 const struct column *columns, size_t column_count, struct error *error)
{
	const struct table_look asked = output_look(options, NULL);
	if (!table_look_check(&asked, columns, column_count, error))
		return false;
	output->path = options->output;
	output->file = command_output_open(options->output, error);
	output->is_quiet = options->take.common.quiet;
	if (output->file == NULL)
		return false;
	const struct table_look look = output_look(options, output->file);
	output->table = table_open(output->file, options->format, columns, column_count, &look);
	return true;
}

// What a reader may miss.
static void say_what_fits(const struct table *table)
{
	char names[TABLE_NAMES_SIZE], line[TABLE_NAMES_SIZE + 128];
	table_left_out(table, names);
	if (names[0] == '\0')
		return;
	text_format(line, sizeof line,
	            "note: to fit %zu columns, left out: %s (-w shows all, --columns chooses)",
	            table->look.width, names);
	command_say(line);
}

bool output_close(struct output *output, struct error *error)
{
	const bool ok = table_finish(&output->table, error);
	struct error ignored;
	const bool is_closed = command_output_close(output->file, output->path,
	                                            ok ? error : &ignored);
	// A long table fails before it is closed, and does not know where it goes.
	if (!ok && error->kind == ERROR_FAILED && !is_closed)
		*error = ignored;
	if (ok && is_closed && !output->is_quiet)
		say_what_fits(&output->table);
	return ok && is_closed;
}

int analysis_exit(bool ok, const struct dataset *dataset, const struct error *error)
{
	if (!ok)
		return command_fail(error);
	return dataset->is_damaged ? EXIT_DAMAGED : EXIT_DONE;
}
