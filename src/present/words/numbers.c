// SPDX-License-Identifier: MIT
#include "present/words/numbers.h"

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

void number_count(double value, char out[NUMBER_SIZE])
{
	number_grouped(value < (double)UINT64_MAX ? (uint64_t)value : UINT64_MAX, out);
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

struct number_unit {
	double from;
	const char *name;
};

// Japanese counts in powers of ten thousand, and no unit is left out on the way.
static const struct number_unit units[2][4] = {
	{ { 1e12, "T" }, { 1e9, "G" }, { 1e6, "M" }, { 1e3, "k" } },
	{ { 1e12, "兆" }, { 1e8, "億" }, { 1e4, "万" }, { INFINITY, "" } },
};

void number_short(double value, enum lang lang, char out[NUMBER_SIZE])
{
	if (!isfinite(value) || value < 0) {
		text_copy(out, NUMBER_SIZE, dash);
		return;
	}
	for (size_t i = 0; i < 4; i++) {
		const struct number_unit *unit = &units[lang][i];
		if (value < unit->from)
			continue;
		const double scaled = value / unit->from;
		const bool is_whole = fabs(scaled - round(scaled)) < 1e-6;
		text_format(out, NUMBER_SIZE, is_whole ? "%.0f%s" : "%.1f%s", scaled, unit->name);
		return;
	}
	text_format(out, NUMBER_SIZE, "%.0f", value);
}
