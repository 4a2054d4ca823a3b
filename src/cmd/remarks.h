// SPDX-License-Identifier: MIT
// What is said of a capture when it was read, beside its damage.
#pragma once

#include "capture/capture.h"
#include "store/store.h"

// Of a capture from which capture_next() gave its last frame.
void remarks_say(const char *name, const struct capture *, bool is_quiet);

// That copies were left out of what was counted.
void remarks_say_copies(const char *name, const struct ingest_ledger *);

// Says of captures that were taken in how many frames lie on days that the store has forgotten.
void remarks_say_forgotten(const struct store *, const struct store_capture *captures,
                           size_t count);

// Names those, of captures that are in the store now, of which some frames have a time that nobody
// believes (analyse/near_days.h).
bool remarks_say_far(struct store *, const struct store_capture *captures, size_t count,
                     struct error *error) MUST_CHECK;
