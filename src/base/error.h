// SPDX-License-Identifier: MIT
// Why an operation failed: one line for a person, in a fixed buffer.
//
// A function that can fail returns bool, marked MUST_CHECK, and takes a struct
// error as its last parameter. On failure it calls error_set() once, at the
// place that knows best, and every caller passes it up unchanged, or puts the
// place in front of it with error_prefix(). Its other outputs stay untouched.
// Nothing below cmd/ prints. Bad input is not an error: it is data, see the
// flaws of decode/ and the ledger.
#pragma once

#include <stdbool.h>

#define MUST_CHECK __attribute__((warn_unused_result))

enum error_kind {
	ERROR_NONE,
	ERROR_FAILED,   // the operation could not be done: exit code 1
	ERROR_USAGE,    // it was asked for wrongly: exit code 2
	ERROR_DAMAGED,  // input broke off and was used as far as it went: exit code 3
	ERROR_PIPE,     // nobody reads the output any more: no message
	ERROR_CORRUPT,  // what was kept is not what is there, and so it could not be done: exit code 1
};

struct error {
	enum error_kind kind;
	char text[512];
};

// Fills `error` and returns false, so that a function can fail in one line.
// Of a text that does not fit the middle is left out.
bool error_set(struct error *error, enum error_kind kind, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

// Like error_set() with ERROR_FAILED, ending in ": " and what errno says, and for a full
// disk and too many open files what to do.
bool error_errno(struct error *error, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

// Puts "prefix: " in front of the text that is there. Returns false.
bool error_prefix(struct error *error, const char *prefix);

// Puts a text behind the one that is there. Returns false.
bool error_suffix(struct error *error, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

// The one line that every failed allocation ends in. Returns false.
bool error_memory(struct error *error, const char *what);
