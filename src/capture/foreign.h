// SPDX-License-Identifier: MIT
// Files that are no capture for hotaru, but that people have beside captures: so that
// the refusal says what they are.
#pragma once

#include "base/cursor.h"

// What a file is that begins like this, as "a ...", and what can be done with it, as
// "; do ..." or ""; false if it is nothing known.
bool foreign_name(struct span head, const char **what, const char **advice);
