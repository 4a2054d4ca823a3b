// SPDX-License-Identifier: MIT
#include "base/error.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

bool error_set(struct error *error, enum error_kind kind, const char *format, ...)
{
	va_list arguments;
	va_start(arguments, format);
	error->kind = kind;
	vsnprintf(error->text, sizeof error->text, format, arguments);
	va_end(arguments);
	return false;
}

bool error_errno(struct error *error, const char *format, ...)
{
	const int number = errno;
	va_list arguments;
	va_start(arguments, format);
	error->kind = ERROR_FAILED;
	vsnprintf(error->text, sizeof error->text, format, arguments);
	va_end(arguments);
	const size_t length = strlen(error->text);
	const bool is_full = number == ENOSPC || number == EDQUOT;
	snprintf(error->text + length, sizeof error->text - length, ": %s%s", strerror(number),
	         is_full ? "; make room and try again" : "");
	return false;
}

bool error_prefix(struct error *error, const char *prefix)
{
	char text[sizeof error->text];
	memcpy(text, error->text, sizeof text);
	// What does not fit is cut, as the header says: the end of a long text matters least.
	const int length = snprintf(error->text, sizeof error->text, "%s: ", prefix);
	const size_t used = length < 0 ? 0 : (size_t)length;
	if (used < sizeof error->text) {
		const size_t room = sizeof error->text - used - 1;
		const size_t kept = strlen(text) < room ? strlen(text) : room;
		memcpy(error->text + used, text, kept);
		error->text[used + kept] = '\0';
	}
	return false;
}

bool error_memory(struct error *error, const char *what)
{
	return error_set(error, ERROR_FAILED,
	                 "out of memory for %s; close other programs or lower --memory", what);
}
