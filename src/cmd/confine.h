// SPDX-License-Identifier: MIT
// Private to cmd/: every command says what it is about to touch, and from then on
// can touch nothing else (base/sandbox.h). Captures and stores are opened after that.
#pragma once

#include "cmd/cmd.h"

enum { CONFINE_OUTPUTS_MAX = 4 };

// Paths as they stand on the command line; NULL or "-": none.
struct confine {
	const struct common_options *common;
	const struct option_words *captures;  // read
	const char *read;                     // another file that is read
	const char *read_more;                // and one more
	const char *read_folder;              // a folder of files that are
	char *const *files;                   // and more of them, NULL at the end
	const char *folder;                   // worked in: a store
	const char *output_folder;            // worked in: a report
	const char *output;                   // a file that is written
	const char *const
		*more_outputs;  // and CONFINE_OUTPUTS_MAX more of them at most, NULL at the end
	const char *temporary;  // worked in, and removed in the end
};

// Enters the sandbox, unless --no-sandbox says otherwise; warns if the kernel cannot do all of it.
// An output that is not there is made, so that it can be written later.
bool confine_enter(const struct confine *, struct error *error) MUST_CHECK;

// For who asks hosts: connections to these ports, and no file but those that are open. It warns of nothing.
bool confine_to_connect(const struct common_options *, const uint16_t *ports, size_t count,
                        struct error *error) MUST_CHECK;

// Before confine_enter(): makes a folder that is not there, which cannot be done inside. A failure
// is told by whoever opens the folder.
void confine_make_folder(const char *path);

// At the end of the command: removes folders and outputs that were made for nothing.
void confine_leave(bool is_done);
