// SPDX-License-Identifier: MIT
// Command lines for the man page, from the first result to what runs every night.
#pragma once

struct example {
	const char *what;  // a sentence without a full stop
	const char *line;  // begins with "hotaru"
};
extern const struct example examples[];  // one without a line ends them
