// SPDX-License-Identifier: MIT
// Private to cmd/: files that say what was treated, and when: a line each, "192.0.2.7,2016-10-21",
// "198.51.100.0/24,2016-10-21" or "AS64500,2016-10-21". Blanks around words, empty lines and what follows # mean nothing; a
// first line of names ("address,day") is passed over. A file of controls may leave the day out. The file is
// the user's own: it is read before the sandbox.
#pragma once

#include "answer/question.h"
#include "base/error.h"

struct treatments {
	struct treatment *list;
	size_t count, room;
	bool has_networks;
};

// Adds the lines of a file. A line that is none fails with its number and the reason.
bool treatments_read(const char *path, bool is_control, struct treatments *,
                     struct error *error) MUST_CHECK;
void treatments_done(struct treatments *);
