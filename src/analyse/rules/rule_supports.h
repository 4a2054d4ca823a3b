// SPDX-License-Identifier: MIT
// In how many transactions of each day sets of items are contained: the support that mining would
// find, also of sets that are not frequent.
//
// A transaction is one source on one day (header_rules.h).
#pragma once

#include "analyse/rules/rule_targets.h"

struct rule_supports_day {
	int32_t day;
	uint32_t floor;  // 1: no values were dropped. Else fewer may have been seen than there were
	uint32_t *supports;  // [query_count]
	// Transactions of each field: sources that sent a packet that can have it; and of all fields
	// that are asked for together.
	uint32_t totals[HEADER_FIELDS_MAX], total;
};

// The days with data, ascending.
struct rule_supports {
	struct rule_supports_day *days;
	size_t day_count;
};

struct rule_supports_request {
	const struct rule_query *queries;
	size_t query_count;
	const unsigned *fields;  // enum field: whose transactions they are
	size_t field_count;
	struct day_range window;
	bool without_buckets;
	bool without_floods;
	// Reads all of these fields, also those of which no query has a value: what is damaged is found the first time
	// that a day is read, whatever is asked later.
	bool reads_all_fields;
	unsigned threads;  // 0 is 1; the result is the same for any number
};

// Reads each day once (without floods three times), and only the fields of the items, unless all are wished for. Memory: 4 bytes for
// each query and day. The caller calls rule_supports_done().
bool rule_supports_count(struct holdings *, const struct rule_supports_request *,
                         struct rule_supports *out, struct error *error) MUST_CHECK;
void rule_supports_done(struct rule_supports *);
