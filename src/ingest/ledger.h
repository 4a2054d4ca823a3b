// SPDX-License-Identifier: MIT
// The ledger of a capture: where every frame of it went. It is kept with what was made of the
// packets, and whoever reads that reads it.
#pragma once

#include "decode/decode.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { INGEST_DETAILS_MAX = 64 };

// Frames that were not understood, by link type and reason; or a remark on frames of any kind.
struct ingest_detail {
	enum kind kind;      // one that has a reason, or any if it is a remark
	int32_t link_type;   // of the frame; LINK_TYPE_UNSAID: not known
	enum reason reason;  // REASON_OTHER: several
	uint32_t number;     // as in enum reason
	uint64_t frames;
};
enum { LINK_TYPE_UNSAID = -1 };

// Where the frames of one capture went. A flow counts as the packets that it stands for.
struct ingest_ledger {
	uint64_t frames[KIND_COUNT];
	uint64_t copies;       // of other frames, which were left out (copies.h): in none of these
	unsigned copies_each;  // so often each came, while it was read; 0: they are not the rule
	uint64_t first_ns, last_ns;  // of all frames; first > last: there were none
	bool is_simulated;           // some frame carries the mark of `hotaru simulate`
	// The first that came; more are only in frames. None: nothing was, or it is not known.
	struct ingest_detail details[INGEST_DETAILS_MAX];
	size_t detail_count;
};

// Adds frames to those of the same kind, link type and reason; where the ledger has no room for more, to
// none.
void ingest_ledger_note(struct ingest_ledger *, const struct ingest_detail *more);

// Adds what another counts: frames, copies and details.
void ingest_ledger_add(struct ingest_ledger *, const struct ingest_ledger *more);

// Frames that were read: the counters add up to it, and copies are one of them.
static inline uint64_t ingest_ledger_total(const struct ingest_ledger *ledger)
{
	uint64_t sum = ledger->copies;
	for (unsigned kind = 0; kind < KIND_COUNT; kind++)
		sum += ledger->frames[kind];
	return sum;
}
