// SPDX-License-Identifier: MIT
// Private to cmd/: why nothing counts, or hardly anything, of what was taken in.
#pragma once

#include "store/store.h"

struct uncounted {
	const struct ingest_ledger *counted;  // of all that was new
	const struct elsewhere
		*elsewhere;  // where what the telescope turned away went; NULL: not known
	const struct store *store;
	bool is_kept;  // the store; else a command has the captures instead of one
	bool is_quiet;
};

// Warns if fewer than one frame in 100 counts, with the reasons, that of most frames first; else says it
// if more packets went elsewhere than to the telescope. And says what can be done about it.
void uncounted_say(const struct uncounted *);

// The same of a store that has captures and no day, for who asks it something.
bool uncounted_say_of(struct store *, bool is_quiet, struct error *error) MUST_CHECK;
