// SPDX-License-Identifier: MIT
// What changed, as plain text for people at a terminal: English, lines of at most 79 cells, in about one screen. Names
// from outside are escaped for terminals.
#pragma once

#include "base/buffer.h"
#include "place/home.h"
#include "present/present.h"

struct changes_text {
	const struct report_changes *changes;  // of all, with one's own marked
	const struct home *home;               // of zeros: nobody's
	// Why nothing is known of one's own of a kind, which ends the sentence; NULL: they are compared.
	const char *unknown[HOME_KINDS];
	// What is said in the place of days that a screen has no room for; NULL: all days are shown.
	const char *more;
};

// The last day in sentences, one's own in front of all others, then a line or more for each day before it with
// changes, then which of one's own are not known. Only the maximum of `out` or want of memory makes it fail.
void changes_text(struct buffer *out, const struct changes_text *);

// "Not known of AS4713, AS64500: ..." behind what leads there, without an end; false, and nothing written: none of
// one's own is of that kind, or they are compared.
bool changes_text_unknown(struct buffer *out, const struct changes_text *, enum home_kind,
                          const char *lead);
