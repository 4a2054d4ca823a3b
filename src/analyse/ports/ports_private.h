// SPDX-License-Identifier: MIT
// Private to the ports of analyse/: counts of single days, and the days behind them.
#pragma once

#include "analyse/floods.h"
#include "analyse/ports/ports.h"
#include "holdings/days.h"

// What rows of one family and protocol are made of.
struct port_series {
	const char *family;
	enum source_protocol protocol;
	unsigned field;
	bool is_fingerprint;    // false: "*"
	struct day_range days;  // on which somebody wants it
};
// All SYNs and every fingerprint, and UDP.
enum { PORT_SERIES_MAX = FINGERPRINTS_MAX + 2 };

struct port_series_list {
	struct port_series entries[PORT_SERIES_MAX];
	size_t count;
};

// One day, counted.
struct port_day {
	int32_t day;
	bool has_unknown;
	struct port_counts *counts;
	uint64_t fields;  // bits of those series that are wanted on the day
	// How: from tables, [series] that are wanted, or from host-days, if there is a reader.
	struct holdings_ports *tables[PORT_SERIES_MAX];
	struct holdings_hosts *reader;
	struct floods *floods;  // NULL: suspects count like others
	uint64_t left_out;      // suspects
	struct error error;     // why not
};

// Opens a day. One after the other.
bool port_day_open(struct port_day *, struct holdings *, const struct held_day *,
                   const struct port_series_list *, bool without_floods,
                   struct error *error) MUST_CHECK;
// Counts it; false and day->error if it cannot be. Side by side with other days.
bool port_day_count(struct port_day *, const struct port_series_list *);
void port_day_close(struct port_day *);

// The sources of each series and port on the last days.
struct port_past_days;
struct port_past_days *port_past_new(size_t series_count);  // NULL: no memory
void port_past_free(struct port_past_days *);               // accepts NULL
// Days must ascend.
void port_past_add(struct port_past_days *, const struct port_day *,
                   const struct port_series_list *);
// Fills what a row of a day says of days before it.
void port_past_fill(const struct port_past_days *, const struct port_series_list *, size_t series,
                    int32_t day, struct port_row *row);
