// SPDX-License-Identifier: MIT
// A serialised set of addresses: what can be read of it ascends, and a set that
// is built of the same addresses has them all and no others.
#include "fuzz.h"
#include "ipset/ipset.h"

#include <stdlib.h>
#include <string.h>

enum { CONTAINERS_MAX = 64 };

struct addresses {
	uint32_t *values;
	size_t count;
};

// False: something of it is damaged, or it is too large for a fuzzer.
static bool read_all(struct span bytes, struct addresses *out)
{
	struct ipset_view view;
	struct ipset_container container;
	uint16_t *lows = fuzz_room(65536 * sizeof *lows);
	bool is_whole = ipset_view_open(bytes, &view) && view.container_count <= CONTAINERS_MAX;
	*out = (struct addresses){ .count = 0 };
	if (is_whole)
		out->values = fuzz_room((size_t)view.container_count * 65536 * sizeof *out->values);
	uint32_t next_key = 0;
	while (is_whole && ipset_view_next(&view, &container)) {
		REQUIRE(container.key >= next_key && container.count >= 1 &&
		        container.count <= 65536);
		REQUIRE(container.bytes.bytes >= bytes.bytes &&
		        container.bytes.bytes + container.bytes.length <=
		                bytes.bytes + bytes.length);
		next_key = container.key + 1u;
		const uint32_t count = ipset_container_values(&container, lows);
		REQUIRE(count == 0 || count == container.count);
		is_whole = count > 0;
		for (uint32_t i = 0; i < count; i++) {
			REQUIRE(i == 0 || lows[i] > lows[i - 1]);
			out->values[out->count++] = (uint32_t)container.key << 16 | lows[i];
		}
	}
	free(lows);
	return is_whole && !view.is_damaged;
}

static void check_rebuilt(const struct addresses *a)
{
	struct ipset_builder *builder = ipset_builder_new();
	struct span set;
	if (!WORKS(builder != NULL))
		return;
	for (size_t i = 0; i < a->count; i++)
		ipset_builder_add(builder, a->values[i]);
	if (WORKS(ipset_builder_finish(builder, &set))) {
		struct addresses again;
		REQUIRE(read_all(set, &again));
		REQUIRE(again.count == a->count);
		REQUIRE(a->count == 0 ||
		        memcmp(again.values, a->values, a->count * sizeof *a->values) == 0);
		free(again.values);
	}
	ipset_builder_free(builder);
}

void fuzz_one(struct span input)
{
	struct addresses a;
	if (read_all(input, &a))
		check_rebuilt(&a);
	free(a.values);
}
