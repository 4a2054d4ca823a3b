// SPDX-License-Identifier: MIT
// Private to the local engine: captures of which somebody wants to know, and what they say.
#pragma once

#include "answer/local/topic.h"

// Those that have frames on the days of the question, by name: if these are all days, all.
struct chosen_captures {
	const struct holdings_capture **list;
	size_t count;
};
bool captures_choose(const struct answering *, const struct holdings_captures *, struct day_range,
                     struct chosen_captures *out, struct error *error) MUST_CHECK;
void captures_choose_done(struct chosen_captures *);

// Adds how many packets were lost on the way into them, if some say so.
bool lost_caveat(struct inquiry *, const struct chosen_captures *, struct error *error) MUST_CHECK;

// Why frames were not understood, over captures: by kind, and in each the most frames first. Their
// frames are those of the ledgers' kinds that have a reason. What a ledger had no room for, and what was
// not kept, is REASON_OTHER. Remarks are rows beside these.
struct reasons {
	struct ingest_detail *rows;
	size_t count;
};
bool reasons_gather(const struct chosen_captures *, struct reasons *out,
                    struct error *error) MUST_CHECK;
void reasons_done(struct reasons *);
