// SPDX-License-Identifier: MIT
// Private to cmd/: `hotaru rules`.
#pragma once

#include "answer/schema.h"
#include "cmd/ask.h"
#include "fingerprint/fingerprint.h"

struct rules_command {
	struct analysis_command analysis;
	const char *fields;
	const char *support;
	double confidence_min, alpha;
	uint64_t support_min, items_max, consequents_max, window_days, work_millions;
	bool across, all, no_buckets;
	// What is printed in place of the listing: at most one, but for --new --as-fingerprint.
	bool timeline, only_new, as_fingerprint;
	uint64_t top;        // of --timeline; 0: all
	uint64_t past_days;  // of --new; 0: as many as are usual
	unsigned field_list[HEADER_FIELDS_MAX];
	size_t field_count;
};

// Reads --min-support: a number, study (1000) or auto, which is 0: of each day by its sources. NULL is auto.
bool rules_support_parse(const char *text, uint64_t *out, struct error *error) MUST_CHECK;
// What the option is.
#define RULES_SUPPORT_TEXT                                                                         \
	"sources of a day that used all values of a rule, or study for 1000 (default: auto, one "  \
	"in 293 of the day's sources, less for a telescope below a /16, 10 at least)"

// ---- --as-fingerprint (rules_fingerprint.c)

extern const struct option_table rules_fingerprint_table;

// An entry that was printed.
struct rules_entry {
	char *rule;
	char name[FINGERPRINT_NAME_SIZE];  // "": the store has one that asks the same
};

// Prints the rows of rules, or of new rules, as entries for a file of --fingerprints. It stays where it is.
struct rules_fingerprints {
	struct outlet outlet;
	const struct rules_command *command;
	const struct description *description;
	// Of sources, that the store has.
	struct fingerprint_set own;
	FILE *file;  // NULL: not open
	// Numbers of columns.
	size_t day, antecedent, consequent, support, confidence, targets, one_packet;
	struct rules_entry *list;
	size_t count, capacity;
	// [index_size]: numbers of entries + 1, by the hashes of rules and of names.
	uint32_t *rules, *names;
	size_t index_size;
	size_t room;              // for entries that a store still takes
	uint64_t surplus, unfit;  // that it does not take; rules that can be no fingerprint
	bool is_out_of_memory;
};
struct outlet *rules_fingerprints_outlet(struct rules_fingerprints *, const struct rules_command *,
                                         const struct description *);
