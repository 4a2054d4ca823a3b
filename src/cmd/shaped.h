// SPDX-License-Identifier: MIT
// Private to cmd/: what the commands on shapes of scanning share.
#pragma once

#include "cmd/dataset.h"

struct shaped_command {
	struct analysis_command analysis;
	uint64_t port;  // SOURCE_ANY_PORT: any
	unsigned protocol;
	unsigned shape;  // 0: any; else enum shape + 1
	uint64_t top;    // 0: all
};
extern const struct option_table packets_table;  // --port, --protocol

struct shaped_command shaped_defaults(void);

// Bits of the families asked for, by name; without --family `by_default` and, if it is NULL, all
// SYNs and all families.
struct family_bits {
	const char *names[FAMILIES_MAX];
	unsigned bits[FAMILIES_MAX];
	size_t count;
};
bool shaped_families(struct store *, const struct shaped_command *, const char *by_default,
                     struct family_bits *out, struct error *error) MUST_CHECK;

// The filter of all but the family.
struct source_filter shaped_filter(const struct shaped_command *);

// A note about families on days of which they are not known.
bool families_say_unknown(struct store *, const struct analysis_command *,
                          const struct family_bits *, struct error *error) MUST_CHECK;
