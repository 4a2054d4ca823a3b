// SPDX-License-Identifier: MIT
// Private to the rules over headers: a day's host-days, their items, and the rules of them.
#pragma once

#include "analyse/rules/frequent_values.h"
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

// The code of a source: how many values it has, or what it is instead.
enum field_code {
	CODE_MANY = 0xfd,     // as many as the next of long_counts says
	CODE_NO_PART = 0xfe,  // no packet of the kinds of the field
	CODE_BUCKET = 0x80,   // + k: in bucket 2^k
	CODE_BUCKETS = 32,
	CODE_FEW_MAX = CODE_BUCKET - 1,
};

static inline unsigned bucket_log(uint32_t bucket)
{
	return 31 - (unsigned)__builtin_clz(bucket);
}

// The values of one field, source by source. Sources are those that sent a packet of the kinds of any
// field that is asked for.
struct field_items {
	unsigned field;
	// As long as they are kept.
	struct buffer codes;           // a byte for each source: enum field_code
	struct buffer values;          // of 1, 2 or 4 bytes
	struct buffer long_counts;     // without buckets: of sources with very many values
	uint32_t *counts;              // by value, of up to 16 bits; then item numbers + 1
	struct frequent_values often;  // of 32 bits, when values are not kept
	uint64_t buckets[32];          // sources in bucket 2^k
	uint32_t bucket_numbers[32];   // item numbers + 1
	uint32_t *frequent;            // of 32 bits: ascending, those that are items
	uint32_t first, count;         // item numbers of the values
	struct support total;          // sources that sent a packet of the kinds of the field
};

// Packets of the host-day of any of the kinds.
uint64_t packets_of_kinds(const struct host_day *, uint32_t kinds);

struct day_items {
	struct field_items *fields;  // ascending
	size_t field_count;
	struct mirai_bits mirai;
	bool with_buckets;
	uint64_t support_min;  // of the request; that of the day, before they are numbered
	uint64_t floored;      // bits of fields of which a floor dropped values
	// Whether the values of all sources are kept: so many bytes, of at most so many.
	bool keeps;
	size_t kept, kept_max;
	bool has_failed;
	struct buffer
		marks;  // a byte for each source: whether it is a Mirai host; if they are kept
	struct header_item *items;  // frequent: by number
	uint32_t *supports;         // by number
	size_t item_count;
	uint64_t
		sources;  // that count for any of the fields: what the support of the day follows from
	uint64_t bucketed, sampled, unsure;  // of them
	uint64_t other_port;                 // sources, see day_items_is_other_port()
};

bool day_items_init(struct day_items *, const struct header_rules_request *, struct mirai_bits,
                    size_t kept_max, struct error *error) MUST_CHECK;
void day_items_done(struct day_items *);
// Once for each source, ascending or not. Failures are seen by day_items_number().
void day_items_add(struct day_items *, const struct host_day *);
// When all were added. False: values of 32 bits were too many to count, and are counted in a second pass:
// day_items_recount(), then day_items_count() for each source.
bool day_items_end(struct day_items *);
void day_items_recount(struct day_items *);
void day_items_count(struct day_items *, const struct host_day *);
// Bits of the fields in which the source is in a bucket.
uint64_t day_items_crowded(const struct day_items *, const struct host_day *);
bool day_items_is_mirai(const struct day_items *, const struct host_day *);
// Whether it is a Mirai host only because other ports count as well as 23. Those that are one on 23 are
// ones so, too.
bool day_items_is_other_port(const struct day_items *, const struct host_day *);
// Numbers the items that have the support, in their order, and forgets all others.
bool day_items_number(struct day_items *, struct error *error) MUST_CHECK;

// ---- transactions (header_rules_transactions.c)

// The transactions of fields first .. first+count-1 together, as they are made. What they weigh
// (mine/transactions.h) has a limit. Where they come to it, their making is over; or their support is
// raised, until they are below it: those of the least support, of a row of some, are the same whatever
// order sources come in.
struct making_request {
	const struct day_items *items;
	size_t first, count;
	size_t weight_max;
	bool raises_support;
};
struct making;
bool making_begin(const struct making_request *, struct making **out,
                  struct error *error) MUST_CHECK;
void making_free(struct making *);  // accepts NULL
// A source, or all that are kept. False: no memory.
bool making_add(struct making *, const struct host_day *) MUST_CHECK;
bool making_add_kept(struct making *) MUST_CHECK;
// Hands them over; NULL: they weigh too much. *out_support: the support that they are right from.
bool making_end(struct making *, struct transactions **out, uint64_t *out_support,
                struct error *error) MUST_CHECK;

// ---- one day (header_rules_day.c)

// The support of a day of which so many sources sent a packet that can have any of the fields.
uint64_t rules_day_support(const struct holdings *, const struct header_rules_request *,
                           int32_t day, uint64_t sources);

// Readers that are opened before, as days cannot be opened side by side: for items, for transactions
// where values are not kept, and for targets.
enum { RULES_READERS = 3 };

struct rules_day;
struct rules_day_job {
	struct holdings *holdings;
	const struct header_rules_request *request;
	struct mirai_bits mirai;
	unsigned threads;               // for the fields of this day
	struct header_rules_room room;  // its share
	const double *alphas;           // [alpha_count], descending
	size_t alpha_count;
	const struct rules_source_day *days;  // of the transactions, ascending
	size_t day_count;
	struct transaction_days reading;
	struct transaction_reader *readers[RULES_READERS];
	int32_t from, day;
	// What comes out of it.
	struct header_rules_day *results;  // [alpha_count]
	struct header_item *rule_items;    // that the rules point to
	struct error error;
	struct rules_day *working;  // not NULL: it came to the end of its share
};
// Beside those of other days; results == NULL: it goes on alone.
bool rules_day_run(struct rules_day_job *);
// Where days can be opened, with all of the room.
bool rules_day_run_alone(struct rules_day_job *);
void rules_day_done(struct rules_day_job *);

// ---- the rules of its groups (header_rules_mine.c)

// What is mined together: a field, or all of them.
struct rules_group {
	size_t first, count;  // in day_items.fields
	struct making *making;
	bool is_alone, wants_room;
	// By alpha; only the first, where the others follow from it.
	struct rules *mined;
	bool is_apart;
	struct support total;
	uint64_t support_min;  // what is mined
	struct error error;
};

// The alphas at which a rule of the list holds, the last included.
struct holding_at {
	size_t first, last;
};

struct rules_day {
	struct rules_day_job *job;
	uint64_t sources;
	struct day_items items;
	struct rules_group *groups;
	size_t group_count;
	struct header_rule *list;
	struct holding_at *holding;  // [rule]
	uint64_t *value_fields;      // [rule]: bits of the fields of which it has values
	size_t count;
	const char **texts;  // by item number
	struct buffer text_room;
};

// Failures are noted in the job.
bool rules_groups_init(struct rules_day *);
void rules_groups_done(struct rules_day *);
// The reader is for days of which values are not kept.
bool rules_groups_mine(struct rules_day *, struct transaction_reader *);
bool rules_groups_want_room(const struct rules_day *);
bool rules_groups_mine_alone(struct rules_day *);
