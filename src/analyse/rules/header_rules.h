// SPDX-License-Identifier: MIT
// Association rules over the header values of each source, by day: what is spreading that nobody has
// named yet. Such rules saw the prototypes of Mirai, all of which used the windows 792, 1320,
// 2376 and 4488, eight weeks before its source was released.
//
// A transaction is one source on one day (or on several, struct header_rules_request.days): the set of
// values of a header field that it used at least once in its SYNs. Every source that sent a SYN counts for
// the total, whether or not its values are known. Supports are exact: a day that was compacted with a
// floor, under which values were dropped, is refused where the floor is above the support asked for.
#pragma once

#include "analyse/rules/header_items.h"
#include "analyse/rules/mirai_hosts.h"
#include "analyse/source_choice.h"
#include "mine/mine.h"

struct holdings;

// Bits of the fields of which a floor drops nothing.
#define HEADER_FIELDS_WITHOUT_FLOOR                                                                \
	(PORT_FIELDS | UINT64_C(1) << FIELD_OPTIONS | UINT64_C(1) << FIELD_DESTINATION)

// One rule of one day. Items ascend (header_item_compare), and are the day's own.
struct header_rule {
	const struct header_item *antecedent, *consequent;
	size_t antecedent_count, consequent_count;
	// `rule.antecedent`, `rule.consequent` and `rule.is_productive` are not for use here. Marked are
	// Mirai hosts.
	struct rule rule;
	// Sources that used every value of the rule, those in buckets too, and the Mirai hosts among them,
	// by all three conditions and whichever port they ask for.
	uint64_t target_sources, mirai_sources, mirai_any_port_sources;
	// Of the targets, those that surely sent all of it in one packet: their SYNs are too few for
	// the packets that each value came in to have been different ones. The others may or may not
	// have: a store keeps no packets. HEADER_NOT_ONE_PACKET: two values of one field.
	uint64_t one_packet_sources;
};
#define HEADER_NOT_ONE_PACKET UINT64_MAX

struct header_rules_day {
	int32_t from, day;  // the days of the transactions, both included; `day` names them
	const struct header_rule
		*list;  // support descending, then the texts of antecedent and consequent
	size_t count;
	struct support total;       // transactions, by is_across or of the first field
	uint64_t tested;            // tests that Holm's correction was for, of all fields
	uint64_t sources;           // that sent a packet that can have any of the fields
	uint64_t support_min;       // that was asked of the day
	uint64_t support_listed;    // the highest of any field, see rules.h
	uint64_t bucketed_sources;  // that have a bucket in place of their values
	// Sources with so many values of a field that the store keeps a sample of them: they may be
	// missing among targets, and without buckets in supports.
	uint64_t sampled_sources;
	// Sources of which a floor dropped values, so that it is not known which bucket they belong in, or
	// whether in any: they count by what is left. 0: all is exact.
	uint64_t unsure_sources;
	bool is_partial;  // there is more, but the work and the room have an end
	// Not 0: there was no room for transactions, and no rule of less than this support was looked for.
	uint64_t support_whole;
	size_t antecedents_whole;  // rules with antecedents of up to so many values are all there
	bool has_unknown;  // SYNs of flows: nobody knows which of their sources are Mirai hosts
	// One of the days of the transactions is lost (holdings.h): nothing above but the days means anything.
	bool is_lost;
};

// Room. Rules are the same for any `kept_bytes`, `weight` and `mining_bytes`, and partial where that of one
// day alone ends. Bytes are at most 2^30 in all.
struct header_rules_room {
	size_t kept_bytes;  // values of the sources of days side by side; other days are read twice
	size_t weight;  // of their transactions (mine/transactions.h), which take 12 bytes a unit
	size_t mining_bytes;  // for each thread
	// Of a day alone, which did not come to its end with the others: of one field at a time.
	size_t weight_alone, mining_bytes_alone;
};

struct header_rules_request {
	struct day_range window;  // days that are answered for
	uint32_t days;            // of a transaction, ending with the day: 1 or more
	const unsigned *fields;   // enum field; each by itself, in this order, unless
	size_t field_count;
	bool is_across;  // their items are mined together
	bool without_buckets;
	bool without_floods;  // without source-days that are flood suspects (floods.h)
	// Each day has a support of its own, by its sources (header_support.h), and `rules.support_min` is the
	// least that it can be.
	bool is_support_by_day;
	struct rules_request rules;  // `bytes_max` is that of the room
	const struct header_rules_room
		*room;     // NULL: what commands on a store may take (SECURITY.md)
	unsigned threads;  // 0 is 1; the result is the same for any number
	// Called for every day of which anything is held, and every lost one, ascending; false ends the run. Valid
	// during the call.
	bool (*each)(void *context, const struct header_rules_day *);
	void *context;
};

// The least support that can be asked for the request: 1, or what floors of its days demand, and of which
// day. UINT64_MAX: none, because transactions of several days cannot be counted where a floor
// dropped values of any.
uint64_t header_rules_floor(const struct holdings *, const struct header_rules_request *,
                            int32_t *out_day);
// Refuses a request whose support is below the floor.
bool header_rules_check(const struct holdings *, const struct header_rules_request *,
                        struct error *error) MUST_CHECK;

// Where a request lists no rule at some alpha: the highest support that can be asked for, in its place and of all days
// alike, that one is listed with. 0: none is with any, or to know takes more work than a note is worth.
struct support_search {
	double alpha;
	uint64_t found;   // the answer; to begin with 0
	bool is_partial;  // private
};
// For several alphas at once. Reads the days once for each quarter that it goes down.
bool header_rules_find_supports(struct holdings *, const struct header_rules_request *,
                                struct support_search *, size_t count,
                                struct error *error) MUST_CHECK;

// Somebody who gets the rules of each day.
struct header_rules_listener {
	double alpha;  // in place of that of the request
	bool (*each)(void *context, const struct header_rules_day *);  // as in the request
	void *context;
	// What floods took away, until it wanted no more.
	struct floods_left_out left_out;
};
// For several that differ in nothing but alpha: each gets what it would have got alone, and each day is read,
// counted and mined once. Only what came to the end of its work or room, where what is missing depends on
// alpha, is mined for each of them. Memory: one day's transactions, equal ones merged, for each thread.
// Refuses what header_rules_check() refuses.
bool header_rules_share(struct holdings *, const struct header_rules_request *,
                        struct header_rules_listener *, size_t count,
                        struct error *error) MUST_CHECK;
