// SPDX-License-Identifier: MIT
// Destination ports by day: packets and distinct sources, all SYNs and by family, or UDP
// datagrams; what the sources were on the days before; and which ports are new.
//
// A day that is one piece is answered from its tables of ports, if it has some, another one from its
// host-days, merged over its pieces: so the numbers are exact always, and a compacted store
// answers fast.
#pragma once

#include "analyse/source_choice.h"
#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct floods_left_out;
struct holdings;

// Days before a day that it is compared with, those of them that must have data, and how many
// sources make a port worth a word.
enum { PORTS_PAST_DAYS = 28, PORTS_PAST_DAYS_MIN = 7, PORTS_NEW_SOURCES = 20, PORTS_NEW_TIMES = 3 };

// The rule: a port is new on a day on which it has at least 20 sources, and more than three times
// as many as on any of the 28 days before. If fewer than 7 of those days have data it is not known.
enum port_is_new { PORT_NOT_NEW, PORT_NEW, PORT_NEW_UNKNOWN };

// The sources on another day, if that has data and the family is known on it.
struct port_past {
	bool is_there;
	uint64_t sources;
};

struct port_row {
	enum source_protocol protocol;
	uint16_t port;
	const char *family;  // "*": all SYNs, or all UDP datagrams
	// False: SYNs of the day came as flows, which do not tell families, or the day is lost. Nothing below
	// means anything.
	bool is_known;
	bool is_any_port;  // of a lost day, where no ports were asked for: nor does the port
	uint64_t packets, sources;
	struct port_past day_before, week_before;
	struct port_past most_before;  // the most on any of the PORTS_PAST_DAYS days before
	enum port_is_new is_new;
};

// Rows of one day: TCP, then UDP; by sources, descending, by port, by family. Unknown ones are last
// of their protocol, by port and family. Ports that nobody sent anything to have no row. A day that is
// lost has an unknown row for each family and each port that was asked for, if any was; none, where only new
// ones are wanted.
struct ports_day {
	int32_t day;
	bool has_unknown;  // SYNs of the day came as flows
	// Of what was asked for, something has sources enough to be new, and too few days before it have
	// data to know.
	bool is_in_doubt;
	bool is_lost;  // holdings.h
	const struct port_row *rows;
	size_t row_count;
};

// False: enough, and no failure.
typedef bool ports_each_day(void *context, const struct ports_day *);

struct ports_request {
	const char *const *families;  // names of fingerprints; "*" is all SYNs, and all of UDP
	size_t family_count;
	bool protocols[2];               // [enum source_protocol]: which are wanted
	const struct day_range *window;  // days to show; those before are looked at. NULL: all
	const uint16_t *ports;           // these only
	size_t port_count;               // 0: all
	bool only_new;                   // rows that are new, and no others
	uint32_t top;  // of what is left, the ports with the most sources a day, of "*"; 0: all
	// Flood suspects (floods.h) count as if they were not there; every day is then read from its
	// host-days, two or three times. *left_out says how many they were on the days that are shown.
	bool without_floods;
	struct floods_left_out *left_out;  // NULL: nobody wants to know
	// Gets every day of the window that has data or is lost, ascending.
	ports_each_day *each;
	void *context;
};

// Answers all requests, which are with or without floods together: days are read once, and of each day no
// more than somebody wants. Each request gets what it would get alone. `threads`: 0 is 1; the result is
// the same for any number. Memory: 8 MiB a family, 1 MiB a family and thread, and what a day's rows
// need; it does not grow with days or sources.
bool ports_run(struct holdings *, const struct ports_request *, size_t count, unsigned threads,
               struct error *error) MUST_CHECK;
