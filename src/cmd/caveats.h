// SPDX-License-Identifier: MIT
// Private to cmd/: caveats of an answer, in words that know the options.
#pragma once

#include "answer/engine.h"

// Prints each as a line to standard error. Of --quiet only warnings are left, and why an answer is empty.
void caveats_say(const struct caveats *, const struct description *, bool is_quiet);
