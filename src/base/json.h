// SPDX-License-Identifier: MIT
// JSON (RFC 8259) that strangers wrote, as a table of values: one pass, no recursion, no allocation a
// value.
//
// cJSON would end a text at its first \u0000, and what strangers send has such bytes: here a text is
// bytes with a length. Texts need not be valid UTF-8: what is there is handed on.
#pragma once

#include "base/buffer.h"

enum {
	JSON_DEPTH_MAX = 64,
	JSON_VALUES_MAX = 1 << 20,
	JSON_TEXT_MAX = 64 << 20,  // bytes of a document
};

enum json_kind {
	JSON_NULL,
	JSON_FALSE,
	JSON_TRUE,
	JSON_NUMBER,
	JSON_TEXT,
	JSON_ARRAY,
	JSON_OBJECT,
};

// The members of an object are two values each, the name first. Use the functions below.
struct json_value {
	uint32_t begin, length;    // in the document; of a text what is between its quotes
	uint32_t next : 31;        // the value behind this one and all that is in it
	uint32_t has_escapes : 1;  // of a text
	enum json_kind kind;
};

struct json {
	struct span document;
	struct json_value *values;
	size_t count;
	size_t capacity;  // private
};

enum json_fault {
	JSON_FINE,
	JSON_IS_NONE,     // breaks the grammar, or something follows the value
	JSON_BREAKS_OFF,  // ends in the middle of the value
	JSON_IS_DEEP,     // deeper than JSON_DEPTH_MAX
	JSON_IS_LARGE,    // more than JSON_VALUES_MAX values, or too long
	JSON_NO_MEMORY,
};

// Reads one value with white space around it; what was read before is forgotten. A struct of zeros is
// one that has read nothing. The document must stay where it is. Where it breaks off all that came
// before can be asked for, as if it were closed there: that tells what a file is by its head.
enum json_fault json_read(struct json *, struct span document);
void json_done(struct json *);

// "breaks off", ...: behind "line 7 ".
const char *json_fault_words(enum json_fault);

// The outermost value; NULL: none was read.
const struct json_value *json_root(const struct json *);

// Of an object, the first member of that name; NULL: there is none, or it is no object (or NULL).
const struct json_value *json_member(const struct json *, const struct json_value *object,
                                     const char *name);

// Like json_member(), through several objects: "result.handshake_log.server_id".
const struct json_value *json_find(const struct json *, const struct json_value *object,
                                   const char *path);

// What an array or object begins with, and what follows an item of it; NULL: nothing does. In objects
// names and values follow each other.
const struct json_value *json_first(const struct json *, const struct json_value *container);
const struct json_value *json_next(const struct json *, const struct json_value *container,
                                   const struct json_value *item);

// Whether it is a text, and that one.
bool json_is(const struct json *, const struct json_value *, const char *text);

// Its bytes in the document, as they are: of a text with its escapes. Empty for NULL.
struct span json_raw(const struct json *, const struct json_value *);

// Appends the bytes that a text stands for: UTF-8, with zero bytes where it has \u0000. False if it is
// no text, or NULL. Halves of a surrogate pair become U+FFFD.
bool json_text(const struct json *, const struct json_value *, struct buffer *out);

// The same into a fixed buffer, with a zero byte behind; false also if it does not fit, or has a zero
// byte of its own.
bool json_copy(const struct json *, const struct json_value *, char *out, size_t size);

// The same of what is between the quotes of a text, checked by whoever found it, into room for `raw.length` bytes.
// Returns how many it needed: never more.
size_t json_unescape(struct span raw, uint8_t *out);

// A number without sign, fraction and exponent, up to `maximum`; false if it is none.
bool json_u64(const struct json *, const struct json_value *, uint64_t maximum, uint64_t *out);
