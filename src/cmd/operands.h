// SPDX-License-Identifier: MIT
// Private to cmd/: captures that are named, and folders of captures.
#pragma once

#include "base/folder.h"
#include "cmd/take.h"

// In place of a folder stand the files in it (base/folder.h), in the order of their names.
struct operands {
	struct option_words words;
	const char *
		*folders;  // of each word: the one that it was found in; NULL: it was named itself
	struct folder_files files;  // that were found
	const struct option_words *named;
};

// Outside the sandbox, where folders can be read. Stores in folders are left out. The words outlive it; the
// caller calls operands_done(), also after a failure.
bool operands_find(const struct option_words *, struct operands *out,
                   struct error *error) MUST_CHECK;

// Inside it: leaves out what was found and is no capture, and says how many files that are, unless it is to be
// quiet. What cannot be read stays, and will be told. Fails if nothing is left of a folder.
bool operands_sift(struct operands *, const struct take_options *, bool is_quiet,
                   struct error *error) MUST_CHECK;
void operands_done(struct operands *);
