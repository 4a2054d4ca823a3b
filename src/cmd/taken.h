// SPDX-License-Identifier: MIT
// Private to cmd/: what commands say that take records into a store (`responses`, `honeypot`).
#pragma once

#include "store/store.h"

// "took in 12 events that are new, of 20; store 'x'", and what was left out.
void taken_say(const struct store_taken *, const char *records, const char *store);
