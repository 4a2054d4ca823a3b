// SPDX-License-Identifier: MIT
// Text from outside, made harmless for where it goes: one function a format.
//
// File names, interface names, comments and header bytes come from attackers.
// Bytes that are not valid UTF-8 become U+FFFD, one for each byte. `text` need
// not end in a zero byte; `length` bytes are read.
//
// *Invisible* are characters of which nothing is to be seen, or only what they do to others: zero
// width, soft hyphens, fillers, tags, those that turn the direction of writing, separators of lines.
#pragma once

#include "base/buffer.h"

// HTML and XML content and quoted attributes: & < > " ' become entities; control
// characters but tab and line feed, invisible ones, and what XML does not allow, U+FFFD.
void escape_html(struct buffer *out, const char *text, size_t length);

// The inside of a JSON string (RFC 8259). < > & are \u escapes, so that it can stand in
// a script element too, and so is what escape_terminal() takes away. Only here
// every text that is valid UTF-8 can be had back.
void escape_json(struct buffer *out, const char *text, size_t length);

// One CSV field (RFC 4180), in quotes where needed, made harmless as for a terminal:
// so no line break, a row is a line. What a spreadsheet would take for a formula
// gets a ' in front, where it begins or behind a semicolon: = + - @ in any width, also behind white
// space and what is not to be seen; a tab or a line end.
void escape_csv(struct buffer *out, const char *text, size_t length);

// A terminal: control characters, also the C1 ones, and invisible ones become U+FFFD, so that no
// sequence reaches it, and what looks the same is the same.
void escape_terminal(struct buffer *out, const char *text, size_t length);
