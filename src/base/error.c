// SPDX-License-Identifier: MIT
#include "base/error.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

// Room for the longest path, twice.
enum { WHOLE_SIZE = 8192 };

// Copies what fits. Of a longer text the middle is left out: what was given stands
// there, and what is wrong with it behind.
static void keep(struct error *error, const char *whole)
{
	static const char gap[] = "...";
	const size_t length = strlen(whole), room = sizeof error->text - 1;
	if (length <= room) {
		memcpy(error->text, whole, length + 1);
		return;
	}
	const size_t end = room / 2, begin = room - end - strlen(gap);
	memcpy(error->text, whole, begin);
	memcpy(error->text + begin, gap, strlen(gap));
	memcpy(error->text + begin + strlen(gap), whole + length - end, end + 1);
}

bool error_set(struct error *error, enum error_kind kind, const char *format, ...)
{
	char whole[WHOLE_SIZE];
	va_list arguments;
	va_start(arguments, format);
	vsnprintf(whole, sizeof whole, format, arguments);
	va_end(arguments);
	error->kind = kind;
	keep(error, whole);
	return false;
}

bool error_errno(struct error *error, const char *format, ...)
{
	const int number = errno;
	char whole[WHOLE_SIZE], reason[128];
	va_list arguments;
	va_start(arguments, format);
	vsnprintf(whole, sizeof whole - sizeof reason, format, arguments);
	va_end(arguments);
	const bool is_full = number == ENOSPC || number == EDQUOT;
	const bool are_too_many = number == EMFILE || number == ENFILE;
	snprintf(reason, sizeof reason, ": %s%s", strerror(number),
	         is_full        ? "; make room and try again"
	         : are_too_many ? "; allow more of them (ulimit -n) and try again"
	                        : "");
	memcpy(whole + strlen(whole), reason, strlen(reason) + 1);
	error->kind = ERROR_FAILED;
	keep(error, whole);
	return false;
}

bool error_prefix(struct error *error, const char *prefix)
{
	char whole[WHOLE_SIZE + sizeof error->text + 2];
	snprintf(whole, sizeof whole, "%.*s: %s", WHOLE_SIZE - 1, prefix, error->text);
	keep(error, whole);
	return false;
}

bool error_suffix(struct error *error, const char *format, ...)
{
	char whole[WHOLE_SIZE + sizeof error->text];
	const size_t length = strlen(error->text);
	va_list arguments;
	memcpy(whole, error->text, length);
	va_start(arguments, format);
	vsnprintf(whole + length, WHOLE_SIZE, format, arguments);
	va_end(arguments);
	keep(error, whole);
	return false;
}

bool error_memory(struct error *error, const char *what)
{
	return error_set(error, ERROR_FAILED,
	                 "out of memory for %s; close other programs or lower --memory", what);
}
