// SPDX-License-Identifier: MIT
// Private to store/: days that captures owe. When a damaged day is dropped, every capture that reaches over it owes
// what it had on that day, and stays in the store otherwise: what it had on other days is there and counts. Taken in
// again, it fills the days that it owes and no other. A day is lost until no capture owes it.
#pragma once

#include "store/catalog.h"

// In a transaction of the caller's. What is owed already is no failure; then nothing is owed any more.
bool owed_enter(struct store *, const struct capture_identity *, int32_t day,
                struct error *error) MUST_CHECK;
bool owed_clear(struct store *, const struct capture_identity *, struct error *error) MUST_CHECK;

// No capture owes days before this one any more.
bool owed_forget(struct store *, int32_t before, struct error *error) MUST_CHECK;

// Whether the capture with that id owes any.
bool owed_by(struct store *, uint64_t capture_id, bool *out, struct error *error) MUST_CHECK;

// Calls `each` for all days that are owed, ascending, with what is to be done; until it fails.
bool owed_list(struct store *,
               bool (*each)(void *context, int32_t day, const char *why, struct error *error),
               void *context, struct error *error) MUST_CHECK;
