// SPDX-License-Identifier: MIT
// Private to cmd/: what every analysis command starts with: its options, and a
// store to work on, which may be a temporary one made of captures.
#pragma once

#include "analyse/survey/survey.h"
#include "answer/engine.h"
#include "cmd/caveats.h"
#include "cmd/days.h"
#include "cmd/take.h"
#include "present/present.h"

// The struct of an analysis command starts with this one.
struct analysis_command {
	struct take_command take;
	const char *store, *families, *output, *columns;
	const char *read, *read_folder;  // what else is read, of a store; NULL: nothing
	const char *incidents;           // --incidents, read whatever is asked; NULL: none
	struct chosen_days days;
	unsigned format;
	bool is_wide;  // all columns, however long the lines are
	bool without_floods;
	bool fills_folder;  // --output is a folder, not a file
	bool is_public;     // what is written goes on to others
	bool ends;          // as if nothing had been captured after --to
	bool is_strict;     // what is damaged refuses, and loses no day
};
// Each command takes those that mean something to it.
extern const struct option_table store_table, days_table, family_table, output_table, floods_table,
	strict_table;
struct analysis_command analysis_defaults(void);

struct dataset {
	struct store *store;
	struct engine *engine;  // answers from the store
	char temporary[4096];   // "": the user's own store
	bool is_damaged;        // some capture was, or the store, whose days are lost: exit code 3
};

// Enters the sandbox, then opens the store, or takes the captures into a temporary one; says what
// readers of any result have to know of where it comes from. Days that are meant become those of
// the calendar.
bool dataset_open(struct dataset *, struct analysis_command *, const struct option_words *,
                  struct error *error) MUST_CHECK;
void dataset_close(struct dataset *);
// Whom to tell caveats of it.
struct listener dataset_listener(const struct dataset *, const struct analysis_command *);

// How the table looks there.
struct table_look output_look(const struct analysis_command *, const FILE *);

// Where the result goes, as a table; closes both in every case.
struct output {
	FILE *file;
	const char *path;
	struct table table;
	bool is_quiet;
};
bool output_open(struct output *, const struct analysis_command *, const struct column *columns,
                 size_t column_count, struct error *error) MUST_CHECK;
bool output_close(struct output *, struct error *error) MUST_CHECK;

// The exit code of a command that came to its end, printing the error if it failed.
int analysis_exit(bool ok, const struct dataset *, const struct error *);
