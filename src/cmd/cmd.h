// SPDX-License-Identifier: MIT
// The subcommands: what main.c lists, and what --help and the man page print.
//
// To add a command: write cmd/NAME.c with a `const struct command
// command_NAME`, declare it here, list it in main.c and in cmd/meson.build. Here, and only here,
// errors are printed and exit codes chosen.
#pragma once

#include "base/error.h"
#include "base/options.h"

#include <stdio.h>

enum exit_code {
	EXIT_DONE = 0,
	EXIT_FAILED = 1,
	EXIT_USAGE = 2,
	EXIT_DAMAGED = 3,
	EXIT_CHANGED = 4,  // done, and there is news: `hotaru changes`
	EXIT_PIPE = 141,   // as if SIGPIPE had ended it, which it then does
};

struct command {
	const char *name;
	const char *summary;                       // one line, no full stop
	const char *operands;                      // "CAPTURE...", "" if it takes none
	const char *description;                   // what a user must know, a paragraph or two
	const struct option_table *const *tables;  // NULL at the end
	// Parses the words, does the work, prints. Returns an enum exit_code.
	int (*run)(const struct command *self, struct option_words words);
};

extern const struct command command_accessibility;
extern const struct command command_anonymise;
extern const struct command command_changes;
extern const struct command command_cluster;
extern const struct command command_compact;
extern const struct command command_effect;
extern const struct command command_events;
extern const struct command command_attacks;
extern const struct command command_fingerprints;
extern const struct command command_forget;
extern const struct command command_honeypot;
extern const struct command command_incidents;
extern const struct command command_info;
extern const struct command command_ingest;
extern const struct command command_ledger;
extern const struct command command_lifetimes;
extern const struct command command_notify;
extern const struct command command_packets;
extern const struct command command_places;
extern const struct command command_prefixes;
extern const struct command command_ports;
extern const struct command command_probe;
extern const struct command command_report;
extern const struct command command_responses;
extern const struct command command_rules;
extern const struct command command_sample;
extern const struct command command_settings;
extern const struct command command_shapes;
extern const struct command command_simulate;
extern const struct command command_sources;
extern const struct command command_survey;
extern const struct command command_variants;
extern const struct command command_verify;

// Options of every command; the first member of each command's own struct.
struct common_options {
	bool quiet;  // no progress, no summary; errors and warnings stay
	bool no_progress;
	bool no_sandbox;
	bool help;
};
extern const struct option_table common_table;

// Finds the command that argv names and runs it.
int command_main(const struct command *const *commands, int argc, char **argv);

// Parses the words into `fields` (which starts with struct common_options). False:
// the command ends with *exit_code now (--help was printed, or the usage is wrong).
bool command_parse(const struct command *self, struct option_words *words, void *fields,
                   int *exit_code) MUST_CHECK;

// Prints "hotaru: TEXT", escaped for the terminal, and returns the exit code of its kind.
int command_fail(const struct error *error);

// Prints "hotaru: warning: TEXT" and "hotaru: TEXT" to standard error, escaped.
void command_warn(const char *text);
void command_say(const char *text);
// Says "WHAT: 'NAME'" of a capture that is wanted; of "-", which nobody has any more, that it takes a file.
void command_say_capture(const char *what, const char *name);

// Results go to `path`, or to standard output if it is NULL or "-".
FILE *command_output_open(const char *path, struct error *error);
// False if any write failed (disk full, closed pipe). Closes the file.
bool command_output_close(FILE *file, const char *path, struct error *error) MUST_CHECK;
