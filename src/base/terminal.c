// SPDX-License-Identifier: MIT
#include "base/terminal.h"

#include "base/text.h"

#include <stdlib.h>
#include <sys/ioctl.h>

enum { WIDTH_MAX = 10000 };

size_t terminal_width(int descriptor)
{
	const char *set = getenv("COLUMNS");
	struct winsize size = { .ws_col = 0 };
	uint64_t width;
	if (set != NULL && text_u64(set, WIDTH_MAX, &width) && width > 0)
		return (size_t)width;
	return ioctl(descriptor, TIOCGWINSZ, &size) == 0 ? size.ws_col : 0;
}
