// SPDX-License-Identifier: MIT
#include "sample/applet.h"

#include <string.h>

// In the order of bytes.
static const char *const names[] = {
#include "sample/applets.inc"
};

// The word may have any bytes.
static int compare(struct span word, const char *name)
{
	const size_t length = strlen(name), common = word.length < length ? word.length : length;
	const int order = common == 0 ? 0 : memcmp(word.bytes, name, common);
	return order != 0 ? order : (word.length > length) - (word.length < length);
}

bool applet_is_one(struct span name)
{
	size_t low = 0, high = sizeof names / sizeof *names;
	while (low < high) {
		const size_t middle = (low + high) / 2;
		const int order = compare(name, names[middle]);
		if (order == 0)
			return true;
		if (order < 0)
			high = middle;
		else
			low = middle + 1;
	}
	return false;
}

static bool is_letter(uint8_t c)
{
	return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
	       c == '_';
}

bool applet_is_token(struct span word)
{
	if (word.length < APPLET_TOKEN_MIN || word.length > APPLET_TOKEN_MAX)
		return false;
	for (size_t i = 0; i < word.length; i++)
		if (!is_letter(word.bytes[i]))
			return false;
	return !applet_is_one(word);
}
