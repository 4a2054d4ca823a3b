// SPDX-License-Identifier: MIT
// Whose session it is, and how many sources and sessions each family has, by day and country.
//
// A session is of the family of the first of its tokens that a table of families has (families.h); of `hajime`, if it does
// what Hajime does (role.h) and no table has its tokens; else of the first of its tokens that is a name (token_names.h),
// by that name; else, with a token, of VARIANT_OTHER. A session without a token is of none, and is in no count, as is one whose
// source does not count (sources.h). So counts are lower bounds: a token comes after a password that the honeypot
// took.
//
// Each source counts once a day, family and country; sources by country over all days once for all of them.
// A country is that of the source on the day of the session.
//
// Memory: 20 bytes for each different day, family, country and source of SESSIONS_WINDOW days, or of all where days are summed.
#pragma once

#include "analyse/variants/sessions.h"
#include "analyse/variants/sources.h"
#include "analyse/variants/token_names.h"
#include "place/place.h"

#define VARIANT_OTHER "other"

// What is known before the first session.
struct variant_world {
	const struct malware_families *families;
	const struct token_names *names;
};

// Empty: it is of none. Valid as long as the session is.
struct span session_family(const struct variant_world *, const struct session *);
enum session_role session_role(const struct variant_world *, const struct session *);
enum source_flag session_flag(const struct variant_world *, const struct session *);

struct variants_request {
	struct day_range days;
	bool is_by_token;             // a session counts for each of its tokens
	bool is_over_days;            // and no row has a day
	const char *const *families;  // only these; count 0: all
	size_t family_count;
	struct place_atlas *countries;  // NULL: nobody knows
};

struct variants_row {
	int32_t day;
	struct span name;  // of the family, or the token
	uint32_t place;    // of the atlas
	uint64_t sources, sessions;
};

// What was left out, and how much there was.
struct variants_seen {
	uint64_t sessions, without_token, flagged;
};

struct variants_receiver {
	bool (*row)(void *context, const struct variants_row *, struct error *error);
	void *context;
};
// Rows by day, name, sources (descending), id of the country.
bool variants_count(struct holdings *, const struct variant_world *,
                    const struct variants_request *, const struct variants_receiver *,
                    struct variants_seen *seen, struct error *error) MUST_CHECK;
