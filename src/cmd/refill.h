// SPDX-License-Identifier: MIT
// Private to cmd/: captures of which days were dropped as damaged fill these days again.
#pragma once

#include "cmd/take.h"

// Of the captures named, reads those that owe days to the store (store_owed_days()), and takes in what they had on
// these days and nothing else; it says of each which days these are. To the rest of an ingest they are captures that
// were taken in already. What comes through a pipe is not looked at, as it could not be read again.
bool refill_days(struct store *, const struct take_command *, const struct option_words *names,
                 struct error *error) MUST_CHECK;
