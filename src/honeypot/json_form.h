// SPDX-License-Identifier: MIT
// Logs that are JSON, of any honeypot: exports of several (T-Pot's) have lines of all of them.
#pragma once

#include "honeypot/flat.h"
#include "honeypot/reader.h"

extern const struct log_form log_form_json;

// cowrie.c
bool cowrie_is(const struct flat *);
void cowrie_take(struct log_reading *, const struct flat *);

// Of an object that json_read() read, in r->json; one of each in the table of json_form.c.
struct json_source {
	const char *name;
	bool (*is_it)(const struct json *, const struct json_value *object);
	void (*take)(struct log_reading *, const struct json_value *object);
};

// Whether a log with this head is an array, or begins with an object that goes over lines.
bool json_is_document(struct json *, struct span head);

// What a log with this head is of: "cowrie", ...
const char *json_source_name(struct json *, struct span head);
