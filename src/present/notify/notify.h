// SPDX-License-Identifier: MIT
// Notices -> the files that receivers read: plain CSV, CSV with the columns of Shadowserver's
// darknet report, IntelMQ events, a STIX 2.1 bundle. doc/notify.md says what stands in them, and where
// the column sets are from.
//
// They are rows of an answer (QUESTION_NOTICES), read by the names of its columns. One writer a format
// (notify_*.c). A sheet is one file that grows: its bytes are for the caller to
// take, whenever they are many. The same notices give the same bytes; the clock is not asked.
#pragma once

#include "answer/engine.h"
#include "base/buffer.h"
#include "place/place.h"

enum notify_format { NOTIFY_CSV, NOTIFY_EVENT4, NOTIFY_INTELMQ, NOTIFY_STIX };
// "csv", "event4", "intelmq", "stix" and NULL, in the order of enum notify_format.
extern const char *const notify_format_names[];
// "csv", "jsonl", "json".
const char *notify_extension(enum notify_format);

// What is the same for all sheets of one run.
struct notify_about {
	const struct described_fingerprint *const *families;  // that are told of
	size_t family_count;
	const char *producer;  // who tells; NULL: nobody said
	uint64_t end_ns;       // of the last day: what was seen is said to be written down then
	bool has_home;         // rows say whether a source is one's own
};

// One notice.
enum { NOTIFY_PORTS_MAX = 16 };
struct notify_row {
	uint32_t source;
	const struct described_fingerprint *family;
	uint64_t first_ns, last_ns, days, packets;
	uint16_t ports[NOTIFY_PORTS_MAX];  // most packets first
	size_t port_count;
	uint64_t ports_seen;  // also those beyond NOTIFY_PORTS_MAX
	struct place country, network;
	bool is_home;
};

// Where an answer has what.
enum { NOTIFY_COLUMNS = 12 };
struct notify_reader {
	const struct notify_about *about;
	size_t columns[NOTIFY_COLUMNS];
};
struct notify_reader notify_reader_of(const struct schema *, const struct notify_about *);
// The cells of a row, whose family is one of those of notify_about.
void notify_read(const struct notify_reader *, const struct cell *cells, struct notify_row *out);

// The names of files are made here, of a number or two letters, and of nothing from outside.
enum { NOTIFY_STEM_SIZE = 16 };
// "AS4713", "JP", and a number that no other of the kind has. False: "unknown", as the place is none or
// its id not of that form.
bool notify_stem(const struct place *, bool is_country, char out[NOTIFY_STEM_SIZE],
                 uint32_t *out_number);

// Numbers that were met: the writer of STIX says each network, country, and port of a source once.
struct notify_seen {
	uint32_t *numbers;
	size_t count, capacity;
};

struct notify_sheet {
	struct buffer out;  // the caller writes it, and sets its length to 0
	enum notify_format format;
	const struct notify_about *about;
	char stem[NOTIFY_STEM_SIZE];
	// Private.
	struct notify_seen networks, countries, ports;
	uint32_t last_source;
	bool has_source;
};

// Begins a sheet. `maximum` bounds the bytes that wait to be written.
void notify_begin(struct notify_sheet *, enum notify_format, const struct notify_about *,
                  const char *stem, size_t maximum);
// Rows ascend by source; those that are not one's own may come behind all others. What did not fit, or had no memory, is seen by out.failed.
void notify_add(struct notify_sheet *, const struct notify_row *);
void notify_end(struct notify_sheet *);
void notify_done(struct notify_sheet *);  // accepts one of zeros
