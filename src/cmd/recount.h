// SPDX-License-Identifier: MIT
// Private to cmd/: another telescope for a store that is there, from its captures.
#pragma once

#include "cmd/take.h"

// Gives the store the telescope ("": every destination counts), and counts all of its packets anew: the files that
// are named have to be, or begin with, every capture of which a frame went to the telescope, or elsewhere. Of those
// that are missing it says the names, and fails; files that are none of the store's captures it leaves out, and says
// so. One change: until it is done, and where it fails, the store is as it was. *out_is_new: false where the
// telescope means the same; then nothing is read.
bool recount(struct store *, const struct take_command *, const struct option_words *names,
             struct take_result *out, bool *out_is_new, struct error *error) MUST_CHECK;
