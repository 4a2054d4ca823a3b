// SPDX-License-Identifier: MIT
// Where sources are: several questions about the same sources, in one pass over them.
#pragma once

#include "analyse/where/places.h"
#include "analyse/where/prefixes.h"
#include "base/error.h"

struct holdings;

// Places, or, without an atlas, prefixes of so many bits.
struct where_request {
	struct places_request places;
	unsigned bits;  // PREFIX_BITS_MIN to PREFIX_BITS_MAX
};

// One of both; the other is of zeros.
struct where_found {
	struct places places;
	struct prefixes prefixes;
};

// Answers `count` requests, at least one, about the sources of the choice. Memory: of each what
// places.h and prefixes.h say. The caller calls where_found_done() for each.
bool where_run(struct holdings *, const struct source_choice *, const struct where_request *,
               size_t count, struct where_found *out, struct error *error) MUST_CHECK;
void where_found_done(struct where_found *);  // accepts one of zeros
