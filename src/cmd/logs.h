// SPDX-License-Identifier: MIT
// Private to cmd/: logs of honeypots, taken into a store, and questions about what a store has of them.
#pragma once

#include "cmd/ask.h"

// The struct of such a command starts with this one.
struct logs_command {
	struct analysis_command analysis;
	const char *table;  // --families: a file
	// Private.
	struct buffer text;
	bool is_damaged, is_unreadable;
};
// --families and --memory, --threads.
extern const struct option_table logs_table;
struct logs_command logs_defaults(void);

// The table of families that the option names, to be asked with; before anything is confined.
bool logs_families(struct logs_command *, struct variants_question *,
                   struct error *error) MUST_CHECK;

// Takes logs into the store of the options, making it if it is not there.
bool logs_take_in(struct logs_command *, const struct option_words *,
                  struct error *error) MUST_CHECK;

// Asks the store of the options, or of logs in a store that is there for the time of the command. `analysis` has what
// analysis_ask() wants, and `places`; its options begin with the command's.
bool logs_ask(struct logs_command *, const struct analysis *, const struct option_words *,
              struct error *error) MUST_CHECK;

// The exit code of a command that came to its end, printing the error if it failed.
int logs_exit(struct logs_command *, bool ok, const struct error *);
