// SPDX-License-Identifier: MIT
#include "base/memory.h"
#include "base/text.h"
#include "ipset/ipset.h"

#include <stdlib.h>

bool ipset_prefix_parse(const char *text, struct ipset_prefix *out, struct error *error)
{
	char address_text[TEXT_IPV4_SIZE];
	const char *slash = strchr(text, '/');
	const size_t length = slash == NULL ? strlen(text) : (size_t)(slash - text);
	uint32_t address;
	uint64_t bits = 32;
	if (length >= sizeof address_text)
		return error_set(error, ERROR_USAGE, "'%s' is not a prefix such as 192.0.2.0/24",
		                 text);
	memcpy(address_text, text, length);
	address_text[length] = '\0';
	if (!text_ipv4(address_text, &address) ||
	    (slash != NULL && !text_u64(slash + 1, 32, &bits)))
		return error_set(error, ERROR_USAGE, "'%s' is not a prefix such as 192.0.2.0/24",
		                 text);
	const uint32_t host = bits == 0 ? UINT32_MAX : (uint32_t)((UINT64_C(1) << (32 - bits)) - 1);
	if (address & host) {
		char base[TEXT_IPV4_SIZE];
		text_from_ipv4(address & ~host, base);
		return error_set(error, ERROR_USAGE,
		                 "'%s' has bits behind its length; meant is %s/%u?", text, base,
		                 (unsigned)bits);
	}
	*out = (struct ipset_prefix){ .first = address, .last = address | host };
	return true;
}

static int by_first(const void *a, const void *b)
{
	const struct ipset_prefix *x = a, *y = b;
	return (x->first > y->first) - (x->first < y->first);
}

void ipset_prefixes_join(struct ipset_prefixes *prefixes)
{
	struct ipset_prefix *ranges = prefixes->ranges;
	size_t kept = 0;
	if (prefixes->count == 0)
		return;
	qsort(ranges, prefixes->count, sizeof *ranges, by_first);
	for (size_t i = 1; i < prefixes->count; i++) {
		if ((uint64_t)ranges[i].first > (uint64_t)ranges[kept].last + 1)
			ranges[++kept] = ranges[i];
		else if (ranges[i].last > ranges[kept].last)
			ranges[kept].last = ranges[i].last;
	}
	prefixes->count = kept + 1;
}

bool ipset_prefixes_parse(const char *text, struct ipset_prefixes *out, struct error *error)
{
	struct ipset_prefixes prefixes = { .ranges = memory_new(IPSET_PREFIXES_MAX,
		                                                sizeof *out->ranges) };
	char piece[64];
	if (prefixes.ranges == NULL)
		return error_memory(error, "prefixes");
	while (text_next(&text, ',', piece, sizeof piece)) {
		if (prefixes.count == IPSET_PREFIXES_MAX) {
			error_set(error, ERROR_USAGE, "more than %d prefixes", IPSET_PREFIXES_MAX);
			goto failed;
		}
		if (!ipset_prefix_parse(piece, &prefixes.ranges[prefixes.count], error))
			goto failed;
		prefixes.count++;
	}
	if (prefixes.count == 0) {
		error_set(error, ERROR_USAGE, "no prefix given; write one such as 192.0.2.0/24");
		goto failed;
	}
	ipset_prefixes_join(&prefixes);
	*out = prefixes;
	return true;
failed:
	ipset_prefixes_done(&prefixes);
	return false;
}

void ipset_prefixes_done(struct ipset_prefixes *prefixes)
{
	memory_free(prefixes->ranges);
	*prefixes = (struct ipset_prefixes){ .count = 0 };
}

bool ipset_prefixes_hold(const struct ipset_prefixes *prefixes, uint32_t address)
{
	size_t low = 0, high = prefixes->count;
	while (low < high) {
		const size_t middle = (low + high) / 2;
		if (prefixes->ranges[middle].last < address)
			low = middle + 1;
		else
			high = middle;
	}
	return low < prefixes->count && prefixes->ranges[low].first <= address;
}
