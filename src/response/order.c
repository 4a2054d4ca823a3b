// SPDX-License-Identifier: MIT
#include "response/order.h"

#include <string.h>

static int compare_numbers(uint64_t a, uint64_t b)
{
	return (a > b) - (a < b);
}

static int compare_bytes(struct span a, struct span b)
{
	const size_t common = a.length < b.length ? a.length : b.length;
	const int order = common == 0 ? 0 : memcmp(a.bytes, b.bytes, common);
	return order != 0 ? order : compare_numbers(a.length, b.length);
}

int response_compare(const struct response *a, const struct response *b)
{
	const uint64_t x = (uint64_t)a->address << 16 | a->port;
	const uint64_t y = (uint64_t)b->address << 16 | b->port;
	int order = compare_numbers(x, y);
	if (order == 0)
		order = compare_numbers(a->time_ns, b->time_ns);
	if (order == 0)
		order = compare_numbers(a->status, b->status);
	if (order == 0)
		order = compare_bytes(a->probe, b->probe);
	if (order == 0)
		order = compare_bytes(a->bytes, b->bytes);
	if (order == 0)
		order = compare_numbers(a->is_cut, b->is_cut);
	return order != 0 ? order : compare_numbers(a->is_lossy, b->is_lossy);
}
