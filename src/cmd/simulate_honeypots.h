// SPDX-License-Identifier: MIT
// Private to cmd/: where the logs of simulated honeypots go, and the truth about them.
#pragma once

#include "cmd/cmd.h"
#include "simulate/simulate.h"

enum { HONEYPOT_TABLES = 3 };

// Options as they were given; NULL: not.
struct honeypot_files {
	const char *folder;  // DIR/NAME/cowrie.json.YYYY-MM-DD
	const char *form;    // "today" or "2017"
	const char *sessions, *variants, *infected;
	struct buffer tables[HONEYPOT_TABLES];
	struct simulate_honeypots request;
};

// False with ERROR_USAGE if the form is none. Nobody is asked for honeypots where *out_wanted is false.
bool honeypot_files_begin(struct honeypot_files *, bool *out_wanted,
                          struct error *error) MUST_CHECK;
// Writes the tables, unless `is_done` is false.
bool honeypot_files_end(struct honeypot_files *, bool is_done, struct error *error) MUST_CHECK;

// A text to a file, or to standard output.
bool simulate_write_table(const char *path, const struct buffer *text,
                          struct error *error) MUST_CHECK;
