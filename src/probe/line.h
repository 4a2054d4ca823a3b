// SPDX-License-Identifier: MIT
// Private to probe/: lines of text files that people write.
#pragma once

#include "base/cursor.h"

enum { LINE_MAX_BYTES = 255 };

struct line_cutter {
	struct span rest;
	uint64_t number;  // of the line that was taken, from 1
};

// The next line, without its end (LF, or CR LF). False: there is none.
static inline bool line_next(struct line_cutter *c, struct span *out)
{
	if (c->rest.length == 0)
		return false;
	size_t length = 0;
	while (length < c->rest.length && c->rest.bytes[length] != '\n')
		length++;
	*out = (struct span){ c->rest.bytes, length };
	c->rest = span_from(c->rest, length + (length < c->rest.length));
	c->number++;
	return true;
}

// The line as text: what follows # is left out, and so are blanks around it; tabs and runs of blanks within are
// one blank. False: longer than LINE_MAX_BYTES, or has other control characters.
static inline bool line_text(struct span line, char out[LINE_MAX_BYTES + 1])
{
	size_t length = 0;
	bool is_blank = true;
	for (size_t i = 0; i < line.length && line.bytes[i] != '#'; i++) {
		const uint8_t byte = line.bytes[i];
		const bool is_space = byte == ' ' || byte == '\t' || byte == '\r';
		if ((byte < ' ' && !is_space) || byte == 0x7f || length == LINE_MAX_BYTES)
			return false;
		if (!is_space || !is_blank)
			out[length++] = is_space ? ' ' : (char)byte;
		is_blank = is_space;
	}
	length -= length > 0 && out[length - 1] == ' ';
	out[length] = '\0';
	return true;
}
