// SPDX-License-Identifier: MIT
// The sources that used every value of a rule: how many, on which days, what else they did.
//
// The host-days are read once for all rules together: each source counts down, for every rule that
// one of its items belongs to, how many of its items are still missing.
#pragma once

#include "analyse/rules/header_rules.h"

// A rule, or anything else that is a set of items.
struct rule_query {
	const struct header_item
		*items;  // without buckets, or with: then the source has to be in it
	size_t count;
};

enum { RULE_PORTS_KEPT = 8 };

struct rule_example {
	bool is_there;
	uint32_t source;
	int32_t day;
	uint64_t syns;  // that it sent; of one, the values below are a packet's header
	// The value of each field that it sent most often (of equals the smallest); bit f of `known`: there is one.
	uint32_t values[HEADER_FIELDS_MAX];
	uint32_t known;
};

struct rule_day_targets {
	int32_t day;
	uint64_t sources, mirai_sources, mirai_any_port_sources;
};

struct rule_targets {
	// Over all days, each source once. It is a Mirai host by its SYNs of all days on which it was a
	// target.
	uint64_t sources, mirai_sources, mirai_any_port_sources;
	uint64_t syns;                  // that they sent on the days on which they were targets
	struct rule_day_targets *days;  // days with data, ascending, zeros included
	size_t day_count;
	uint64_t matched
		[FINGERPRINTS_MAX];  // sources that count for a fingerprint on any of the days
	// With details only. Destination ports of their SYNs: those that most of them asked for (of
	// equals the lowest), by how many, and how many ports there were.
	struct port_count ports[RULE_PORTS_KEPT];
	size_t port_count;
	uint32_t ports_seen;
	struct rule_example example;  // the target with the fewest SYNs, of these the least address
};

struct rule_targets_request {
	const struct rule_query *queries;
	size_t query_count;
	struct day_range window;
	// Of what is a target: a source on so many days, ending with the day. 0 is 1. Of several, days
	// before the window are read, too, and SYNs count for each of the days that they belong to.
	uint32_t days;
	bool without_floods;
	bool has_details;  // ports and example: every header field is read
	// Called for each target source of each query on each day, by source; NULL: nobody asks.
	void (*found)(void *context, size_t query, int32_t day, uint32_t source);
	void *context;
};

// Values that a floor dropped are not seen. Memory: 24 bytes for each query and day, and with details
// 1 MiB at most for each query. The caller calls rule_targets_done().
bool rule_targets_find(struct holdings *, const struct rule_targets_request *,
                       struct rule_targets *out /* [query_count] */,
                       struct error *error) MUST_CHECK;
void rule_targets_done(struct rule_targets *, size_t count);
