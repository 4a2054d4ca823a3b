// SPDX-License-Identifier: MIT
#include "itemsets_made.h"

#include "base/random.h"

enum { WINDOW = 0, PORT = 1 << 16, TTL = 2 << 16, TOS = 3 << 16, KINDS = 400, SOURCE_ITEMS = 16 };

static bool add(struct transactions *t, const uint32_t *items, size_t count, bool is_marked)
{
	return transactions_add(t, items, count, (struct support){ 1, is_marked });
}

// What a kind is like is drawn from its number; low numbers are frequent.
static bool add_source(struct transactions *t, struct random *r)
{
	const uint32_t draw = random_below(r, KINDS), kind = draw * random_below(r, KINDS) / KINDS;
	struct random of_kind = random_from(kind);
	uint32_t items[SOURCE_ITEMS];
	size_t count = 0;
	items[count++] = WINDOW | random_below(&of_kind, 65536);
	items[count++] = TTL | (random_below(&of_kind, 3) * 64 + 32 + random_below(r, 16));
	items[count++] = TOS | (random_below(&of_kind, 2) * 8);
	const uint32_t ports = 1 + random_below(&of_kind, 6), own = random_below(r, 3);
	for (uint32_t i = 0; i < ports; i++)
		items[count++] = PORT | random_below(&of_kind, 65536);
	for (uint32_t i = 0; i < own; i++)
		items[count++] = PORT | random_below(r, 65536);
	return add(t, items, count, kind == 0);
}

static bool add_scanner(struct transactions *t, struct random *r, const struct made_day *day)
{
	uint32_t items[65536 + 8];
	size_t count = 0;
	items[count++] = WINDOW | (1024 * (1 + random_below(r, 3)));
	items[count++] = TTL | (230 + random_below(r, 20));
	items[count++] = TOS;
	for (uint32_t i = 0; i < day->ports; i++)
		if (random_below(r, 100) >= day->missing_percent)
			items[count++] = PORT | (i * 37 % 65536);
	return add(t, items, count, false);
}

bool made_day(struct transactions *t, const struct made_day *day)
{
	struct random r = random_from(1);
	for (uint64_t i = 0; i < day->sources; i++)
		if (!add_source(t, &r))
			return false;
	for (uint64_t i = 0; i < day->scanners; i++)
		if (!add_scanner(t, &r, day))
			return false;
	return true;
}
