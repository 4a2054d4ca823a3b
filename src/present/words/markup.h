// SPDX-License-Identifier: MIT
// What HTML and SVG share: escaped text, coordinates, phrases with values in them.
#pragma once

#include "base/buffer.h"
#include "present/words/words.h"

// Text for content and quoted attributes of HTML and XML. On top of escape_html(),
// characters that turn the direction of writing, line ends, and the two that XML forbids
// become U+FFFD.
void markup_text(struct buffer *out, const char *text);

// The same, cut after `room_em` with an ellipsis if it is longer.
void markup_cut(struct buffer *out, const char *text, double room_em);

// A coordinate, rounded to tenths: "12", "-3.5".
void markup_coordinate(struct buffer *out, double value);

// A word of the table as it is.
void markup_word(struct buffer *out, enum lang lang, enum word word);

// A word of the table with {1} .. {4} replaced by these texts, which are escaped; {1:host|hosts} is the first if {1} is
// "1", else the second.
struct markup_values {
	const char *one, *two, *three, *four;
};
void markup_phrase(struct buffer *out, enum lang lang, enum word word, struct markup_values values);

// The same, not escaped: for text that is cut or measured before it is escaped.
void markup_plain_phrase(struct buffer *out, enum lang lang, enum word word,
                         struct markup_values values);

// The same as text of at most `size` - 2 bytes; "" if it is longer.
void markup_plain_text(char *out, size_t size, enum lang lang, enum word word,
                       struct markup_values values);

// The relative address of a file beside the page, for a quoted attribute: every
// byte that is not a plain letter is percent-encoded, so that it can be no scheme and no markup.
void markup_address(struct buffer *out, const char *file_name);
