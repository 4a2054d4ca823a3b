// SPDX-License-Identifier: MIT
// What all commands share: finding them, --help, errors and exit codes, output files.
#include "cmd/cmd.h"

#include "base/escape.h"
#include "base/interrupt.h"
#include "base/memory.h"
#include "base/suggest.h"
#include "base/text.h"
#include "cmd/completion.h"
#include "cmd/confine.h"
#include "cmd/help.h"
#include "cmd/path.h"

#include <errno.h>

static const struct option common_options[] = {
	{ "quiet", 'q', OPTION_FLAG, offsetof(struct common_options, quiet), NULL,
	  "say nothing but results, warnings and errors", 0, 0, NULL },
	{ "no-progress", 0, OPTION_FLAG, offsetof(struct common_options, no_progress), NULL,
	  "show no progress on the terminal", 0, 0, NULL },
	{ "no-sandbox", 0, OPTION_FLAG, offsetof(struct common_options, no_sandbox), NULL,
	  "read with all rights of the user, for a debugger", 0, 0, NULL },
	{ "help", 'h', OPTION_FLAG, offsetof(struct common_options, help), NULL, "print this help",
	  0, 0, NULL },
};

const struct option_table common_table = { common_options,
	                                   sizeof common_options / sizeof *common_options };

static void print_escaped(const char *before, const char *text)
{
	struct buffer line = buffer_up_to(64 * 1024);
	buffer_text(&line, before);
	escape_terminal(&line, text, strlen(text));
	buffer_byte(&line, '\n');
	fwrite(line.bytes, 1, line.length, stderr);
	buffer_done(&line);
}

int command_fail(const struct error *error)
{
	if (error->kind != ERROR_PIPE)
		print_escaped("hotaru: ", error->text);
	switch (error->kind) {
	case ERROR_USAGE: return EXIT_USAGE;
	case ERROR_DAMAGED: return EXIT_DAMAGED;
	case ERROR_PIPE: return EXIT_PIPE;
	case ERROR_NONE:
	case ERROR_FAILED:
	case ERROR_CORRUPT: break;
	}
	return EXIT_FAILED;
}

void command_warn(const char *text)
{
	print_escaped("hotaru: warning: ", text);
}

void command_say(const char *text)
{
	print_escaped("hotaru: ", text);
}

void command_say_capture(const char *what, const char *name)
{
	char line[512];
	if (text_equal(name, "-"))
		text_format(line, sizeof line, "%s, as a file: what came through standard input",
		            what);
	else
		text_format(line, sizeof line, "%s: '%.400s'", what, name);
	command_say(line);
}

static bool has_option(const struct command *command, const char *name)
{
	for (const struct option_table *const *tables = command->tables; *tables != NULL; tables++)
		for (size_t i = 0; i < (*tables)->count; i++)
			if (text_equal((*tables)->options[i].name, name))
				return true;
	return false;
}

static void refuse_operand(const struct command *self, const char *word, struct error *error)
{
	const enum path_kind kind = path_kind(word);
	error_set(error, ERROR_USAGE, "`hotaru %s` takes no '%s'; see --help", self->name, word);
	if (kind == PATH_STORE && has_option(self, "store"))
		error_suffix(error, "; a store is named with -s: `hotaru %s -s %s`", self->name,
		             word);
	else if (kind == PATH_FILE && has_option(self, "store"))
		error_suffix(error,
		             "; it is about a store, and `hotaru ingest -s STORE %s` takes a "
		             "capture into one",
		             word);
}

bool command_parse(const struct command *self, struct option_words *words, void *fields,
                   int *exit_code)
{
	struct error error;
	const struct common_options *common = fields;
	if (!options_parse(self->tables, fields, words, &error)) {
		*exit_code = command_fail(&error);
		return false;
	}
	if (common->help) {
		help_command(stdout, self);
		*exit_code = EXIT_DONE;
		return false;
	}
	if (self->operands[0] == '\0' && words->count > 0) {
		refuse_operand(self, words->words[0], &error);
		*exit_code = command_fail(&error);
		return false;
	}
	return true;
}

FILE *command_output_open(const char *path, struct error *error)
{
	if (path == NULL || text_equal(path, "-"))
		return stdout;
	FILE *file = fopen(path, "we");
	if (file == NULL)
		error_errno(error, "cannot write '%s'", path);
	return file;
}

bool command_output_close(FILE *file, const char *path, struct error *error)
{
	const char *name = path == NULL || text_equal(path, "-") ? "standard output" : path;
	const bool had_error = ferror(file) != 0;
	if ((file == stdout ? fflush(file) : fclose(file)) == 0 && !had_error)
		return true;
	error_errno(error, "cannot write '%s'", name);
	if (errno == EPIPE)
		error->kind = ERROR_PIPE;
	return false;
}

static const struct command *find(const struct command *const *commands, const char *name)
{
	for (; *commands != NULL; commands++)
		if (text_equal((*commands)->name, name))
			return *commands;
	return NULL;
}

static int print_completion(const struct command *const *commands, const char *shell)
{
	struct error error;
	if (shell != NULL && completion_print(stdout, shell, commands))
		return EXIT_DONE;
	error_set(&error, ERROR_USAGE, "--completion takes bash|zsh, not '%s'",
	          shell != NULL ? shell : "");
	return command_fail(&error);
}

static void refuse_command(const struct command *const *commands, const char *name,
                           struct error *error)
{
	const enum path_kind kind = path_kind(name);
	struct suggestion meant = { .word = name };
	for (; *commands != NULL; commands++)
		suggestion_try(&meant, (*commands)->name);
	error_set(error, ERROR_USAGE, "there is no command '%s'; `hotaru --help` lists them", name);
	if (name[0] == '-')
		error_set(error, ERROR_USAGE,
		          "options stand behind the command, as in `hotaru survey %s`; `hotaru "
		          "--help` lists the commands",
		          name);
	else if (kind == PATH_STORE)
		error_suffix(error, "; it is a store: `hotaru survey -s %s`", name);
	else if (kind != PATH_NOTHING)
		error_suffix(error, "; it is a file: `hotaru survey %s`, if it is a capture", name);
	else
		suggestion_add(&meant, "", error);
}

static int run_command(const struct command *const *commands, int argc, char **argv)
{
	struct error error;
	if (argc < 2) {
		help_overview(stderr, commands);
		return EXIT_USAGE;
	}
	const char *name = argv[1];
	if (text_equal(name, "--version")) {
		printf("hotaru %s\n", HOTARU_VERSION);
		return EXIT_DONE;
	}
	if (text_equal(name, "--man")) {
		help_man(stdout, commands);
		return EXIT_DONE;
	}
	if (text_equal(name, "--completion"))
		return print_completion(commands, argv[2]);
	const bool wants_help = text_equal(name, "help");
	if (text_equal(name, "--help") || text_equal(name, "-h") || (wants_help && argc == 2)) {
		help_overview(stdout, commands);
		return EXIT_DONE;
	}
	const struct command *command = find(commands, wants_help ? argv[2] : name);
	if (command == NULL) {
		refuse_command(commands, wants_help ? argv[2] : name, &error);
		return command_fail(&error);
	}
	if (wants_help) {
		help_command(stdout, command);
		return EXIT_DONE;
	}
	return command->run(command, (struct option_words){ argv + 2, (size_t)argc - 2 });
}

int command_main(const struct command *const *commands, int argc, char **argv)
{
	struct error error;
	memory_keep_little();
	interrupt_catch();
	int exit_code = run_command(commands, argc, argv);
	// What help and summaries printed may not have reached anybody.
	if (exit_code != EXIT_PIPE && !command_output_close(stdout, NULL, &error) &&
	    exit_code == EXIT_DONE)
		exit_code = command_fail(&error);
	confine_leave(exit_code == EXIT_DONE || exit_code == EXIT_DAMAGED ||
	              exit_code == EXIT_CHANGED);
	interrupt_pass_on();
	if (exit_code == EXIT_PIPE)
		interrupt_pipe_closed();
	return exit_code;
}
