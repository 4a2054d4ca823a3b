// SPDX-License-Identifier: MIT
// Text from outside, made harmless for where it goes: one function a format.
//
// File names, interface names, comments and header bytes come from attackers.
// Bytes that are not valid UTF-8 become U+FFFD, one for each byte. `text` need
// not end in a zero byte; `length` bytes are read.
#pragma once

#include "base/buffer.h"

// HTML and XML content and quoted attributes: & < > " ' become entities; control
// characters but tab and line feed, and what XML does not allow, U+FFFD.
void escape_html(struct buffer *out, const char *text, size_t length);

// The inside of a JSON string (RFC 8259), with < > & as \u escapes so that it can stand
// in a script element too.
void escape_json(struct buffer *out, const char *text, size_t length);

// One CSV field (RFC 4180), in quotes where needed. A text that a spreadsheet
// would take for a formula (first character = + - @, tab or
// carriage return) gets a ' in front.
void escape_csv(struct buffer *out, const char *text, size_t length);

// A terminal: control characters, also the C1 ones, and those that turn the
// direction of writing become U+FFFD, so that no sequence reaches it.
void escape_terminal(struct buffer *out, const char *text, size_t length);
