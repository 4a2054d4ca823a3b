// SPDX-License-Identifier: MIT
// Private to cmd/: caveats of an answer, in words that know the options.
#pragma once

#include "answer/engine.h"

// Whom they are told.
struct listener {
	bool is_quiet;      // --quiet: only warnings are left, and why an answer is empty
	bool is_public;     // the answer goes on to others
	bool knows_damage;  // captures that were given were warned of while they were read
};

// Prints each as a line to standard error.
void caveats_say(const struct caveats *, const struct description *, struct listener);
// Of days that are lost, for who asked for more than one answer.
void caveats_say_lost(const struct description *, struct listener);
