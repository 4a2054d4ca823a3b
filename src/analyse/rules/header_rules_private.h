// SPDX-License-Identifier: MIT
// Private to the rules over headers: a day's host-days, their items, and the rules of them.
#pragma once

#include "analyse/rules/header_rules.h"
#include "holdings/holdings.h"

// ---- the host-days of the days of a transaction (header_rules_read.c)

// A day of the store that is read, and what is known of it.
struct rules_source_day {
	int32_t day;
	uint32_t floor;
	bool has_unknown;       // SYNs of flows
	bool is_lost;           // nothing of it can be read
	struct floods *floods;  // NULL: nothing is left out because of them
	uint64_t left_out;      // source-days
};

// Merges host-days of several days by source: sums, and unions of the values.
struct transaction_reader;
struct transaction_days {
	const struct rules_source_day *days;  // they must outlive the reader
	size_t count;
	uint64_t columns;
	uint32_t
		kinds;  // bits of kinds of packets: host-days that have none of them are passed over
};
bool transaction_reader_open(struct holdings *, const struct transaction_days *,
                             struct transaction_reader **out, struct error *error) MUST_CHECK;
// Valid until the next call; NULL at the end (then *error is ERROR_NONE) or at a failure.
const struct host_day *transaction_reader_next(struct transaction_reader *, struct error *error);
// Source-days of each day that were left out so far.
const uint64_t *transaction_reader_left_out(const struct transaction_reader *);
void transaction_reader_close(struct transaction_reader *);  // accepts NULL

// ---- their items (header_rules_items.c)

// The values of one field, source by source. Sources are those that sent a packet of the kinds of any
// field that is asked for.
struct field_items {
	unsigned field;
	struct buffer codes;          // a byte for each source, see header_rules_items.c
	struct buffer values;         // of 1, 2 or 4 bytes
	struct buffer long_counts;    // without buckets: of sources with very many values
	uint32_t *counts;             // by value, of up to 16 bits; then item numbers + 1
	uint64_t buckets[32];         // sources in bucket 2^k
	uint32_t bucket_numbers[32];  // item numbers + 1
	uint32_t *frequent;           // of 32 bits: ascending
	uint32_t first, count;        // item numbers of the values
	struct support total;         // sources that sent a packet of the kinds of the field
};

// Packets of the host-day of any of the kinds.
uint64_t packets_of_kinds(const struct host_day *, uint32_t kinds);

struct day_items {
	struct field_items *fields;  // ascending
	size_t field_count;
	struct mirai_bits mirai;
	bool with_buckets;
	uint64_t floored;           // bits of fields of which a floor dropped values
	struct buffer marks;        // a byte for each source: whether it is a Mirai host
	struct header_item *items;  // frequent: by number
	size_t item_count;
	uint64_t
		sources;  // that count for any of the fields: what the support of the day follows from
	uint64_t bucketed, sampled, unsure;  // of them
	uint64_t other_port;                 // sources, see day_items_is_other_port()
};

bool day_items_init(struct day_items *, const struct header_rules_request *, struct mirai_bits,
                    struct error *error) MUST_CHECK;
void day_items_done(struct day_items *);
// Once for each source, ascending or not. Failures are seen by day_items_number().
void day_items_add(struct day_items *, const struct host_day *);
// Bits of the fields in which the source is in a bucket.
uint64_t day_items_crowded(const struct day_items *, const struct host_day *);
bool day_items_is_mirai(const struct day_items *, const struct host_day *);
// Whether it is a Mirai host only because other ports count as well as 23. Those that are one on 23 are
// ones so, too.
bool day_items_is_other_port(const struct day_items *, const struct host_day *);
// Numbers the items that have the support, in their order, and forgets all others.
bool day_items_number(struct day_items *, uint64_t support_min, struct error *error) MUST_CHECK;
// The transactions of fields first .. first+count-1 together; the caller frees them. Thread-safe.
bool day_items_transactions(const struct day_items *, size_t first, size_t count,
                            struct transactions **out, struct error *error) MUST_CHECK;

// ---- one day (header_rules_day.c)

// The support of a day of which so many sources sent a packet that can have any of the fields.
uint64_t rules_day_support(const struct holdings *, const struct header_rules_request *,
                           int32_t day, uint64_t sources);

struct rules_day_job {
	struct holdings *holdings;
	const struct header_rules_request *request;
	struct mirai_bits mirai;
	unsigned threads;      // for the fields of this day
	const double *alphas;  // [alpha_count], descending
	size_t alpha_count;
	const struct rules_source_day *days;  // of the transactions, ascending
	size_t day_count;
	// Two times the same host-days: opened before, as days cannot be opened side by side.
	struct transaction_reader *first, *second;
	int32_t from, day;
	// What comes out of it.
	struct header_rules_day *results;  // [alpha_count]
	struct header_item *rule_items;    // that the rules point to
	struct error error;
};
bool rules_day_run(struct rules_day_job *);
void rules_day_done(struct rules_day_job *);
