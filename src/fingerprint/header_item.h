// SPDX-License-Identifier: MIT
// Items: values of header fields that a source used on a day, and how they are written.
//
// "dport=23" says that the source used the value at least once, which is not "in one packet": two
// windows came in two packets. Where a source used many values of a field, what it used may be said
// by how many they were, to the next power of two: that is a *bucket*, "dport=33-64_values".
#pragma once

#include "base/error.h"
#include "decode/decode.h"

#include <stdbool.h>
#include <stdint.h>

// Header fields of which host-days keep values. The numbers are those of the format (doc/segment.md).
enum field {
	// of SYNs:
	FIELD_WINDOW,
	FIELD_DESTINATION_PORT,
	FIELD_TTL,
	FIELD_TOS,
	FIELD_SOURCE_PORT,
	FIELD_IP_ID,
	FIELD_LENGTH,
	FIELD_TCP_FLAGS,
	FIELD_OPTIONS,
	FIELD_MSS,
	// of all packets:
	FIELD_DESTINATION,
	// destination ports of UDP:
	FIELD_UDP_PORT,
	// source ports of SYN-ACK and RST: the service that a victim of a flood answers from
	FIELD_BACKSCATTER_PORT,
	// destination ports of the SYNs that match fingerprint f: FIELD_MATCHED_PORT + f
	FIELD_MATCHED_PORT,
};

enum {
	// More values of a field than this are a bucket.
	HEADER_VALUES_MAX = 32,
	HEADER_FIELDS_MAX = FIELD_MATCHED_PORT,
	HEADER_ITEM_TEXT_SIZE = DECODE_LAYOUT_SIZE + 24,
};

struct header_item {
	uint8_t field;  // enum field, below FIELD_MATCHED_PORT
	bool is_bucket;
	// Of a bucket: n, where the source used more than n and at most 2 n values. n is
	// HEADER_VALUES_MAX, or 2, 4, 8, ... times as much, up to half of the values that there are.
	uint32_t value;
};

// The field that a name means: window, dport, ttl, tos, sport, ip_id, length, flags, options, mss,
// destination, udp_port, backscatter_port, or the name that the store has for it. False: none.
bool header_field_find(const char *name, unsigned *out_field) MUST_CHECK;
const char *header_field_name(unsigned field);  // the first of these
const char *header_field_long_name(unsigned field);
// How many values the field can have: 2^8, 2^16 or 2^32.
uint64_t header_field_values(unsigned field);
// The value of the bucket of a source that used so many (more than HEADER_VALUES_MAX) of them.
uint32_t header_bucket(unsigned field, uint64_t distinct);

// "window=1320", "dport=23", "options=mss,sack_permitted", "destination=198.51.100.7", and of buckets
// "dport=33-64_values".
void header_item_text(const struct header_item *, char out[HEADER_ITEM_TEXT_SIZE]);
// Reads what header_item_text() writes, and nothing else but the store's names of fields.
bool header_item_parse(const char *text, struct header_item *out, struct error *error) MUST_CHECK;
// By field, then values ascending, then buckets: less than, equal to, greater than 0.
int header_item_compare(const struct header_item *, const struct header_item *);
