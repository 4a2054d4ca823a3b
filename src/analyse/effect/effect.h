// SPDX-License-Identifier: MIT
// Did it help? How long sources that somebody treated (cleaned, told, cut off) stayed infected from that day on,
// beside sources that nobody treated.
//
// A source counts if it was infected on its day: if that day lies within one of its spells (survey.h). It has
// recovered at the end of that spell, after so many days; a spell that is open may go on, and counts as far as it
// was seen. It has returned if it was seen again after that. The day of a treated source is that of its
// treatment. One that nobody treated has the first day of any treatment on which it was infected, so that both groups are
// of the same time and both were infected when they began to count; it counts once.
//
// What the numbers do not say: silence is no recovery (a device may have got another address, and a rare scanner is
// not seen for days), and who was treated was chosen by somebody. Addresses that change hands hit
// both groups alike: what those that nobody treated lose bounds it.
#pragma once

#include "analyse/effect/survival.h"
#include "analyse/survey/survey.h"

struct place_atlas;

enum effect_group { EFFECT_TREATED, EFFECT_CONTROL, EFFECT_GROUPS };

// What was treated on a day: addresses, or a network.
struct effect_entry {
	uint32_t first, last;  // addresses, within one /16, or whole ones
	char network[16];      // "AS4713"; "": none, but the addresses
	int32_t day;
	enum effect_group group;  // of EFFECT_CONTROL the day means nothing
};

struct effect_request {
	const char *family;  // name of a fingerprint, or "*"
	uint32_t gap_days;   // or SURVEY_GAP_NONE
	// In any order. Where several cover an address, it is treated, on the earliest of their days. Without entries of
	// EFFECT_CONTROL all others are controls.
	const struct effect_entry *entries;
	size_t entry_count;
	struct place_atlas *networks;  // asked if an entry names a network
	unsigned threads;
};

struct effect_counts {
	uint64_t sources, recovered, returned;
	uint64_t elsewhere;      // of the group, but not infected on their day
	uint64_t *ended, *left;  // [times]: after so many days from that day on
};

struct effect {
	uint32_t times;
	struct effect_counts groups[EFFECT_GROUPS];
	struct survival_median medians[EFFECT_GROUPS];  // log-log bands
	struct survival_test test;
	uint64_t treatment_days,
		days_without_data;  // different days of entries; those that the holdings have not
};

// Memory: that of a survey, and 24 bytes an entry. The caller calls effect_done().
bool effect_find(struct holdings *, const struct effect_request *, struct effect *out,
                 struct error *error) MUST_CHECK;
void effect_done(struct effect *);
