// SPDX-License-Identifier: MIT
// What association rules over headers are about: a value of a header field that a source used at
// least once on a day is an item, and the items of one source and day are a transaction.
//
// "At least once by this source" is not "in one packet": two windows of one transaction were in
// two packets.
#pragma once

#include "hostday/hostday.h"

enum {
	// A source that used more values of a field than this has one item in their place, a *bucket* that
	// says how many they were, to the next power of two. Scanners that go through all ports would
	// otherwise have 2^65536 itemsets in common.
	HEADER_VALUES_MAX = 32,
	HEADER_FIELDS_MAX = FIELD_MATCHED_PORT,
	HEADER_ITEM_TEXT_SIZE = DECODE_LAYOUT_SIZE + 24,
};

struct header_item {
	uint8_t field;  // enum field, below FIELD_MATCHED_PORT
	bool is_bucket;
	uint32_t value;  // of a bucket: n, where the source used more than n and at most 2 n values
};

// The field that a name of --fields means: window, dport, ttl, tos, sport, ip_id, length, flags, options,
// mss, destination, udp_port, backscatter_port, or the name that the store has for it. False: none.
bool header_field_find(const char *name, unsigned *out_field) MUST_CHECK;
const char *header_field_name(unsigned field);  // the first of these
// How many values the field can have: 2^8, 2^16 or 2^32.
uint64_t header_field_values(unsigned field);
// The value of the bucket of a source that used so many (more than HEADER_VALUES_MAX) of them.
uint32_t header_bucket(unsigned field, uint64_t distinct);
// The same of a host-day; 0: it used no more than that. Where a floor dropped values (store_compact)
// the bucket may be too low.
uint32_t header_bucket_of(const struct host_day *, unsigned field);

// "window=1320", "dport=23", "options=mss,sack_permitted", "destination=198.51.100.7", and of buckets
// "dport=33-64_values".
void header_item_text(const struct header_item *, char out[HEADER_ITEM_TEXT_SIZE]);
// Reads what header_item_text() writes, and nothing else but the store's names of fields.
bool header_item_parse(const char *text, struct header_item *out, struct error *error) MUST_CHECK;
// By field, then values ascending, then buckets: less than, equal to, greater than 0.
int header_item_compare(const struct header_item *, const struct header_item *);
