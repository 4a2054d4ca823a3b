// SPDX-License-Identifier: MIT
#include "present/numbers.h"

#include "base/text.h"

#include <inttypes.h>
#include <math.h>

static const char dash[] = "\xe2\x80\x93";

void number_grouped(uint64_t value, char out[NUMBER_SIZE])
{
	char digits[24];
	size_t length = 0, at = 0;
	text_format(digits, sizeof digits, "%" PRIu64, value);
	while (digits[length] != '\0')
		length++;
	for (size_t i = 0; i < length; i++) {
		if (i > 0 && (length - i) % 3 == 0)
			out[at++] = ',';
		out[at++] = digits[i];
	}
	out[at] = '\0';
}

void number_share(double share, char out[NUMBER_SIZE])
{
	if (!isfinite(share) || share < 0 || share > 1e9)
		text_copy(out, NUMBER_SIZE, dash);
	else if (share > 0 && share < 0.0005)
		text_copy(out, NUMBER_SIZE, "<0.1%");
	else if (share < 1 && share >= 0.9995)
		text_copy(out, NUMBER_SIZE, ">99.9%");
	else
		text_format(out, NUMBER_SIZE, "%.1f%%", share * 100);
}

void number_tenths(double value, char out[NUMBER_SIZE])
{
	if (!isfinite(value) || fabs(value) > 1e15)
		text_copy(out, NUMBER_SIZE, dash);
	else
		text_format(out, NUMBER_SIZE, "%.1f", value);
}
