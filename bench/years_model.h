// SPDX-License-Identifier: MIT
// Years of infected sources, and the survey of them counted source by source.
//
// Every source has one life: a first day, a number of days (log-uniform, so that
// most are short and some last a year), and on four days of five of them one SYN. Sources lie
// close in some /16s and thinly in others, as in any telescope. All of it follows from
// the seed.
#pragma once

#include "base/error.h"

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

enum { YEARS_FAMILIES = 2, YEARS_FIRST_DAY = 17014, YEARS_DAYS_MAX = 4000 };
extern const char *const years_families[YEARS_FAMILIES];  // by name, ascending

struct years_options {
	uint64_t days, seed;
	uint64_t sources[YEARS_FAMILIES];  // distinct ones of each family
	uint64_t both;                     // of them, those that are of both
	uint64_t sightings;                // a day, of the first family, about
};

struct years_source {
	uint32_t address;
	uint16_t first, length;  // days of its life
	uint8_t families;        // bit f
};

struct years {
	struct years_options options;
	struct years_source *sources;  // ascending by address
	size_t count;
};

bool years_make(const struct years_options *, struct years *out, struct error *error) MUST_CHECK;
void years_done(struct years *);

static inline bool years_is_alive(const struct years_source *s, uint32_t day)
{
	return day - s->first < s->length;
}

// Of a source that is alive: the first day always is seen.
static inline bool years_is_seen(const struct years *y, const struct years_source *s, uint32_t day)
{
	uint64_t z = ((uint64_t)s->address << 16 | day) * 0x9e3779b97f4a7c15 + y->options.seed;
	z = (z ^ z >> 32) * 0xd6e8feb86659fd93;
	return (uint32_t)(z >> 32) >= UINT32_MAX / 5 || day == s->first;
}

// Writes what `hotaru survey --format csv` has to say of both families with that gap, and the
// first four columns of `hotaru lifetimes`. UINT32_MAX: no limit.
bool years_write_truth(const struct years *, uint32_t gap, FILE *survey, FILE *lifetimes,
                       struct error *error) MUST_CHECK;
