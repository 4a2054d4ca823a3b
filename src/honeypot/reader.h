// SPDX-License-Identifier: MIT
// What a form of logs is to honeypot_file.c: one line in its table, one file each.
//
// A form takes lines, one by one, and a line on its own: lines of a log are read on several threads, and
// logs come in pieces. Only a form that says so gets them in order.
#pragma once

#include "base/json.h"
#include "honeypot/honeypot_file.h"

// A line, or an object, that is longer, or gives more events, is cut off there, and counted.
enum { LOG_LINE_MAX = 16 * 1024 * 1024, LOG_EVENTS_MAX = 1 << 16 };

// The columns of a table, as its header line says; of forms that are tables only.
enum log_column {
	LOG_TIME,
	LOG_SESSION,
	LOG_SOURCE,
	LOG_SOURCE_PORT,
	LOG_DESTINATION,
	LOG_PORT,
	LOG_PROTOCOL,
	LOG_USER,
	LOG_PASSWORD,
	LOG_DURATION,
	LOG_COLUMNS
};
enum { LOG_CELLS_MAX = 64 };

struct log_header {
	bool is_there;
	bool is_open;                  // a cell in quotes goes on in the next line
	uint8_t cell_of[LOG_COLUMNS];  // from 1; 0: it has no such column
};

// A block of lines that is being read, on one thread.
struct log_reading {
	struct json json;  // of the line at hand

	// Texts that had to be decoded. There is room for four times the block, so that it is
	// always enough: what is decoded is no longer than what it was.
	uint8_t *room;
	size_t used, capacity;

	struct buffer scratch;  // for what is decoded by others, before it gets room

	struct honeypot_event *events;
	size_t count, events_capacity;

	struct honeypot_ledger ledger;
	uint64_t lines;         // so many were begun
	size_t line_events;     // that the one at hand gave
	const uint8_t *line;    // where the one at hand begins
	const char *damage;     // of the first damage, behind "line 7"; NULL: there is none
	uint64_t damaged_line;  // from 1, in the block
	const uint8_t *damaged_at;
	bool has_no_memory;

	struct log_header *header;  // of the log; for forms in order only
	char day_text[10];          // the day that was read last, and which it is
	int32_t day;
};

struct log_form {
	const char *name;
	bool is_in_order;  // lines depend on those before them
	bool is_json;      // may be one document over many lines: take() gets its objects then

	// Of a log that begins with `head`: STREAM_HEAD bytes or more, or all of it.
	bool (*recognise)(struct log_reading *, struct span head);

	// One line, without its end; not empty, and not only blanks.
	void (*take)(struct log_reading *, struct span line);
};
extern const struct log_form log_form_cowrie_text, log_form_heralding_table, log_form_mtpot;
extern const struct log_form log_form_dshield;

// ---- what a line gave

// A line of no use to anybody: counted. Of damage the first is kept, with these words behind "line 7".
void log_skip(struct log_reading *, enum honeypot_skip, const char *words);
void log_other(struct log_reading *);

// An event. What it points to is in the line, in the room, or constant; of what is too long the beginning is kept.
void log_event(struct log_reading *, const struct honeypot_event *);

// ---- pieces of lines

static inline struct span log_words(const char *text)
{
	return (struct span){ (const uint8_t *)text, __builtin_strlen(text) };
}

bool log_is(struct span, const char *text);
bool log_starts(struct span, const char *start);
// Takes what stands before the next such byte off the front; all of it if there is none.
struct span log_until(struct span *, uint8_t separator);
struct span log_trim(struct span);
// A number of digits and nothing else, up to `maximum`.
bool log_u64(struct span, uint64_t maximum, uint64_t *out);

// Dotted quad, also as "::ffff:192.0.2.1", how IPv6 sockets tell IPv4.
bool log_address(struct span, uint32_t *out);
// 0 where there is none.
uint16_t log_port(struct span);

// RFC 3339, with "T" or a blank, and any of Z, +09:00, +0900 or nothing, which is UTC; or seconds since 1970 with a
// fraction, or milliseconds (from 100,000,000,000 on). False if it is none.
bool log_time(struct log_reading *, struct span, uint64_t *out_ns);

enum honeypot_protocol log_protocol(struct span name);

// ---- texts that have to be decoded

// What a JSON text stands for; `raw` is between its quotes, and checked.
struct span log_unescape(struct log_reading *, struct span raw);

// Python's b'...' (what is no UTF-8 is logged so) as the bytes that it stands for; anything else as it is.
struct span log_python(struct log_reading *, struct span);

// The first, a zero byte, the second. Zero bytes of the first become blanks, so that it ends where it does.
struct span log_pair(struct log_reading *, struct span first, struct span second);

// What base64 stands for. False: it is none.
bool log_base64(struct log_reading *, struct span text, struct span *out);

// Room for so many bytes, to be filled at once.
uint8_t *log_room(struct log_reading *, size_t length);
