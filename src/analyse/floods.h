// SPDX-License-Identifier: MIT
// Floods with forged sources: tens of thousands of addresses that send one packet each to one port
// within seconds are one sender, not as many scanners.
//
// The rule. A source-day is a flood suspect if it sent exactly one packet in all, a SYN or a UDP
// datagram, within ten seconds in which at least FLOOD_SOURCES_MIN such sources sent one to
// that port, by the same protocol, and at least FLOOD_TIMES_MEDIAN times as many as in the port's
// median ten seconds of that day. So a worm whose victims are seen once each, all day long, is none.
//
// * The ten seconds begin at every full five seconds (UTC): they overlap, so that no flood hides
//   by straddling two of them. 1,000 sources within five seconds are always found, those of ten
//   seconds if they are 2,000, or 1,334 that come evenly.
// * The median is that of the ten seconds that begin where anything at all was seen to begin or end:
//   hours that nobody captured do not make the others loud. They are at least
//   FLOOD_BASELINE_MIN, as many as are missing count as silent: a capture of seconds, that holds
//   nothing but a flood, has one.
//
// Flows with times of whole minutes have floods of a minute.
//
// It is a suspicion. Who sent their only packet of the day to the port of a flood while it lasted is
// a suspect, too. Not found are floods to very many ports, floods that go on for more than half of
// the time seen (they are their own median), and forged addresses that were seen otherwise that day.
#pragma once

#include "base/error.h"
#include "hostday/hostday.h"

struct holdings;

enum {
	FLOOD_SOURCES_MIN = 1000,
	FLOOD_TIMES_MEDIAN = 20,
	FLOOD_BASELINE_MIN = 12,  // of ten seconds, every five: a minute
	// Ports that are looked at, those with the most such sources; how many more there are is told.
	FLOOD_PORTS_MAX = 128,
};

// What must be read of a host-day to tell.
#define FLOOD_COLUMNS                                                                              \
	(COLUMN_BIT(COLUMN_TIME) | COLUMN_BIT(COLUMN_FIELD + FIELD_DESTINATION_PORT) |             \
	 COLUMN_BIT(COLUMN_FIELD + FIELD_UDP_PORT))

// The floods of a day, of all that is held of it. Reads the day once, and once more if a port
// has enough sources. Memory: 1 MiB, and 70 KiB for each such port, while it looks.
struct floods;
bool floods_find(struct holdings *, int32_t day, struct floods **out,
                 struct error *error) MUST_CHECK;
void floods_free(struct floods *);  // accepts NULL

bool floods_suspect(const struct floods *, const struct host_day *);
// Ports beyond FLOOD_PORTS_MAX that had enough sources, and were not looked at.
uint32_t floods_ports_unseen(const struct floods *);

// What was left out because of floods: nothing is, without being counted here.
struct floods_left_out {
	uint64_t source_days;
	uint32_t days;         // on which there were some
	uint32_t days_unseen;  // on which there may be more: floods_ports_unseen()
};
// Counts the source-days of one more day.
void floods_leave_out(struct floods_left_out *, const struct floods *, uint64_t source_days);
