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

extern const struct json_source json_source_heralding, json_source_glutton, json_source_dionaea;
extern const struct json_source json_source_telnet_iot;

// ---- what they have in common (json_source.c)

// Of an object, the text or the number that the first of these names has that is there; empty: none has. Names end
// with NULL.
struct span source_text(struct log_reading *, const struct json_value *object,
                        const char *const names[]);

// Fills time, source, its port, the honeypot's address and port, by the names that any honeypot has for them, and
// the protocol. False: there is no time, or no IPv4 source; it was counted.
bool source_begin(struct log_reading *, const struct json_value *object, struct honeypot_event *);

// A name for a session of which a log has none: 12 hex digits of the SHA-256 of all that it says of it.
struct span source_session(struct log_reading *, const struct json_value *object);

// Lines that were typed, in pieces as they came: each may have several, or a part of one. `event` is what they look
// like; a line has the time of the piece that it ends in, and those of one piece keep their order by a nanosecond
// each. Pieces are decoded one behind the other into the room; where something else came between them, a line ends.
struct source_lines {
	struct honeypot_event event;
	uint64_t last_ns;     // of the line before
	const uint8_t *open;  // where the line that has not ended begins, in the room
	size_t length;        // of it
};
void source_lines_add(struct log_reading *, struct source_lines *, const struct json_value *piece,
                      uint64_t time_ns);
void source_lines_end(struct log_reading *, struct source_lines *);

// Whether a log with this head is an array, or begins with an object that goes over lines.
bool json_is_document(struct json *, struct span head);

// What a log with this head is of: "cowrie", ...
const char *json_source_name(struct json *, struct span head);
