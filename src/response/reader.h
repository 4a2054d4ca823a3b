// SPDX-License-Identifier: MIT
// What a form of answers is to response_file.c: one line in its table, one file each.
#pragma once

#include "capture/stream.h"
#include "base/json.h"
#include "response/response_file.h"

// A file that is being read.
struct response_reading {
	struct stream *stream;
	const struct response_receiver *receiver;
	struct response_ledger *ledger;
	struct json json;     // of the record at hand
	struct buffer bytes;  // of the response at hand
	struct buffer scratch;
	uint64_t line;     // the number of the line at hand, from 1; 0: there are no lines
	bool is_document;  // its records are objects that go over lines
	uint64_t offset;   // where in the content the record at hand begins
};

struct response_form {
	const char *name;

	// Of a file that begins with `head`: STREAM_HEAD bytes or more, or all of it. `reading` is
	// there for its json.
	bool (*recognise)(struct response_reading *reading, struct span head);

	// Hands on all of it. Fails if the receiver does, or for want of memory.
	bool (*read)(struct response_reading *, struct error *error);
};

extern const struct response_form response_form_own, response_form_zgrab2, response_form_nmap;
extern const struct response_form response_form_censys, response_form_shodan;

// Counts something that is no response; of damage the first is kept, with its place, and these words: "has
// no base64", behind "line 7", or a whole sentence where there are neither lines nor objects.
void reading_skip(struct response_reading *, enum response_skip, const char *words);

// Counts a response and hands it on. Of more than RESPONSE_BYTES_MAX bytes it hands on the first.
bool reading_hand_on(struct response_reading *, const struct response *,
                     struct error *error) MUST_CHECK;

// Goes through a file of JSON: `take` gets each value, with reading->json, line and offset set. Mostly that
// is a line; a file that begins with an array, or with an object that goes over lines, is read object by
// object, and then there are no lines. What is no JSON is skipped, and counted; empty lines are none.
typedef bool reading_take(struct response_reading *, const struct json_value *, struct error *);
bool reading_json(struct response_reading *, reading_take *take, struct error *error) MUST_CHECK;

// Whether `is_it` holds of one of the first lines, or of the object that the head begins with. What is cut is
// asked as far as it goes; of an array its first item.
typedef bool reading_is_it(const struct json *, const struct json_value *);
bool reading_recognise_json(struct response_reading *, struct span head, reading_is_it *is_it);

// What most forms have. Each counts what is none of it, and is false then.
bool reading_address(struct response_reading *, const struct json_value *, uint32_t *out);
bool reading_port(struct response_reading *, const struct json_value *, uint16_t *out);

// "zgrab2-telnet": the name without what is not printable, cut to RESPONSE_PROBE_MAX, in `out`.
struct span reading_probe(const char *prefix, const char *name, char out[RESPONSE_PROBE_MAX + 1]);

// Whether it has U+FFFD: bytes that were no UTF-8.
bool reading_is_lossy(struct span text);

// A time as JSON tells it: RFC 3339, or seconds since 1970 with a fraction; null and NULL: 0, nobody
// says. False if it is none.
bool reading_time(const struct json *, const struct json_value *, uint64_t *out_ns);
