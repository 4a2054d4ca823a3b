// SPDX-License-Identifier: MIT
// What a reader has to know of an answer, as data: returned with it, never printed on the way. Whoever
// shows the answer has words for them, in its language and with its own names of options.
#pragma once

#include "base/error.h"

#include <stddef.h>
#include <stdint.h>

// Behind each kind what its numbers are, in their order, and its days and text if it has some.
enum caveat_kind {
	// Of where it all comes from.
	CAVEAT_SIMULATED,  // captures that are, all captures
	CAVEAT_HASHED,     // captures whose sources are hashes
	CAVEAT_DAMAGED,    // captures that are damaged, all captures
	CAVEAT_FAR_DAYS,   // frames of days that are not shown, captures; days: the first, the last
	CAVEAT_LOST_DAYS,  // days of which what is held is damaged, all days with data
	CAVEAT_LOST_DAY,  // days: one of them, of the first ten; texts: what is damaged, and what to do

	// Captures that go on after the last day that is shown; frames of theirs that come then; captures of which that
	// is not known.
	CAVEAT_CAPTURES_GO_ON,

	// Of captures.
	CAVEAT_CAPTURE_DAMAGED,  // texts: its name, how it ended
	CAVEAT_PACKETS_LOST,     // packets, captures that lost some, that say how many, all
	CAVEAT_NO_DROPS,         // none says anything of what it lost

	// Of days.
	CAVEAT_NO_DAYS,          // there is no packet to count at all
	CAVEAT_NO_ROWS_OF_DAYS,  // none is wanted; days: the first and last there are
	CAVEAT_NO_PACKETS,       // none on these days
	CAVEAT_NO_SOURCE_DAYS,   // none is like that
	CAVEAT_COVERAGE,         // days in all, partly covered, not covered
	CAVEAT_LOGGED,           // the same of what honeypots logged
	// Of the survey's newest days, or of lifetimes. The gap or GAP_NONE, final days there are, 1: of
	// lifetimes; days: the first that is not final.
	CAVEAT_NOT_FINAL,
	// By how much such numbers moved, in millionths, UINT64_MAX: not known. `active` of last days, the median
	// and the most, `recovered` of them likewise; the gap; texts: of which family.
	CAVEAT_MOVED,
	// Of a gap that the silences bound: its days, those that the telescope's size asks for, its addresses, the
	// silences that were counted, and the days that 99 % of them did not exceed; 0: they were too few.
	CAVEAT_GAP,
	CAVEAT_TOOLS,  // texts: fingerprints that are no families, with the SYNs that match on these days
	CAVEAT_UNKNOWN_FAMILIES,  // days on which families are unknown, all days; 1: silence was counted

	// Of notices.
	CAVEAT_OWN_SOURCES,      // sources that are addresses of the telescope, and were left out
	CAVEAT_SPECIAL_SOURCES,  // sources that no host of the Internet can have, left out
	CAVEAT_NO_TELESCOPE,     // nobody said what is, so that they cannot be

	// Of floods.
	CAVEAT_FLOODS_LEFT_OUT,  // source-days, days
	CAVEAT_FLOODS_UNSEEN,    // days, ports that are looked at, sources that such a port has

	// Of ports.
	CAVEAT_PORTS_NO_DAYS,  // no day that is wanted has a packet
	// No port is: days on which some would be if days before had data, days; the rule: sources, times
	// as many as before, days before, those of them that must have data.
	CAVEAT_PORTS_NONE_NEW,
	CAVEAT_PORTS_NONE,              // none of the packets that are wanted
	CAVEAT_PORTS_UNKNOWN_FAMILIES,  // days on which families are unknown, all days

	// Of distinct sources: prefixes and places.
	CAVEAT_SOURCES_NO_DAYS,      // no day that is wanted has a packet
	CAVEAT_SOURCES_NOT_COUNTED,  // days without what the family sent, which came as flows; all days
	CAVEAT_CONCENTRATION,  // bits of prefixes; so many hold a fifth, half; of sources; in prefixes
	CAVEAT_FULLEST,        // 3 prefixes of 24 bits: address, sources; 0 sources: no more
	CAVEAT_DATABASES,  // of 0: countries, 1: networks; bad records; days: they were asked about
	CAVEAT_DATABASE_STALE,  // texts: its name; days: it was made, from, to: it was asked about

	// Of rules.
	CAVEAT_FLOOR,         // the support from which on floors let the question be answered
	CAVEAT_FLOOR_RAISED,  // support that was asked for, support that is answered; days: of the floor
	CAVEAT_RULES_PARTIAL,  // days with more rules than these, days, work that was allowed for each;
			       // rules with antecedents of up to so many values are all there; not
			       // 0: and all of so much support
	CAVEAT_NO_RULE,  // 1: all were asked for; the highest support with which there is one, 0: not known; 1: of
			 // what is new
	CAVEAT_SUPPORT_BY_DAY,  // the least and the most support of the days, the fewest and the most sources;
	// 1: of some day less than its sources say, since the telescope is small
	CAVEAT_BUCKETS,         // sources, days, values that are no bucket yet
	CAVEAT_SAMPLED_VALUES,  // sources, days; 1: they are in buckets
	CAVEAT_UNSURE_BUCKETS,  // sources, days
	CAVEAT_UNKNOWN_MIRAI,   // days on which families are unknown, all days
	CAVEAT_NOTHING_NEW,     // rules there are; days on which nobody knows what is new, all days
	CAVEAT_NEW_UNKNOWN,     // such days, all days; days it takes, of past days, but recent ones
	CAVEAT_NEW_PARTIAL,     // days with too many sets of values to compare, all days

	// Of changes; days: the last that is asked for. One of them, always.
	CAVEAT_CHANGES,  // rows of the day, subjects compared, known days before it; 1: places, too
	CAVEAT_CHANGES_UNKNOWN,  // days before it that are known, that it takes, that are looked at
	CAVEAT_AROUND,  // of QUESTION_AROUND: days before that are known as a whole, after, that were asked for
	CAVEAT_CHANGES_NO_DATA,  // 1: the day is lost; 0: it has no captures

	// Of accessibility.
	// Sources that were asked on no port; sources; ports left out, ports shown; days: the first and the last on which
	// hosts were asked, the other way round where nobody says.
	CAVEAT_NEVER_ASKED,
	// Of devices: hosts that answered, different answers, 1: these are too many, and nothing is clustered; sources that
	// count for the family, those of them that answered.
	CAVEAT_DEVICES,
	CAVEAT_LABELS,  // hosts that have one by themselves; times that a rule was ended by a limit
	// Of honeypots: sessions on the days; those of sources that count and without a token; those of sources that do
	// not count; different pairs of a token of five capitals and a source; sources that make a name.
	CAVEAT_VARIANTS,

	// Of an effect: sources of the treated group, those of it that were not infected then; of the other group; of
	// this, in millionths, how many had ended after 7 days (UINT64_MAX: not known); days of treatment, those of
	// them without data.
	CAVEAT_EFFECT,

	// Of bursts that were kept of days: enum burst_form; days of which none were, days of which some; all days; bursts
	// that were evicted, their packets.
	CAVEAT_BURSTS_UNKNOWN,
	// Of attacks, always: those that were found; packets a minute that make one; addresses of the telescope, the fewest
	// and the most of the days, 0: not known; packets a second that a victim sends at least, with the most and the
	// fewest addresses.
	CAVEAT_ATTACKS,

	// Of scan events: the time-out, in seconds; 0: it was given, 1: the telescope asks for it, 2: it would ask for less
	// than is possible, 3: for more, 4: nobody knows the telescope; its addresses, 0: not known; the packets a second of a
	// scan, in thousandths; in millionths, the chance that a silence of one of these is longer, and of one a tenth as fast.
	CAVEAT_EVENTS,
	CAVEAT_NO_EVENTS,  // none is like that
	// Of big scanners: events, sources on days; packets of an event and ports of a day from which on somebody is
	// big, UINT64_MAX: nobody is; 1: nobody knows the telescope's size.
	CAVEAT_BIG_SCANNERS,
	CAVEAT_SOURCE_GROUPS,  // sources that have such events, those of them in groups; groups

	CAVEAT_KINDS
};

enum { CAVEAT_NUMBERS = 6, CAVEAT_DAYS = 3, CAVEAT_TEXTS = 2 };
struct caveat {
	enum caveat_kind kind;
	uint64_t numbers[CAVEAT_NUMBERS];
	int32_t days[CAVEAT_DAYS];
	const char *texts[CAVEAT_TEXTS];  // NULL: none. Of any length: who shows them cuts.
};

// In the order in which they are to be told. All zeros: none.
struct caveats {
	struct caveat *list;
	size_t count, room;
};
// Its texts are copied.
bool caveats_add(struct caveats *, const struct caveat *, struct error *error) MUST_CHECK;
// The first of that kind; NULL: there is none.
const struct caveat *caveats_find(const struct caveats *, enum caveat_kind);
void caveats_done(struct caveats *);
