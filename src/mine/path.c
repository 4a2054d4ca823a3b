// SPDX-License-Identifier: MIT
#include "mine/path.h"

#include "mine/projection_merge.h"

#include <string.h>

bool path_join(struct search *s, struct path path, const uint32_t *added, uint32_t count,
               struct path *out)
{
	uint32_t *items = search_room(s, (size_t)path.count + count, sizeof *items);
	uint32_t *sorted = search_room(s, count, sizeof *sorted);
	if (items == NULL || sorted == NULL)
		return false;
	if (count > 0)
		memcpy(sorted, added, count * sizeof *sorted);
	projection_sort_ranks(sorted, count);
	uint32_t next = 0;
	for (uint32_t i = 0, at = 0; at < path.count + count; at++)
		items[at] = i == count || (next < path.count && path.items[next] < sorted[i])
		                    ? path.items[next++]
		                    : sorted[i++];
	*out = (struct path){ items, path.count + count };
	return true;
}

uint32_t path_with_bits(struct path path, const struct narrow_items *names, uint64_t bits,
                        uint32_t *out)
{
	const uint32_t *next = path.items, *end = next + path.count, *begin = out;
	for (; bits != 0; bits &= bits - 1) {
		const uint32_t item = names->items[__builtin_ctzll(bits)];
		while (next < end && *next < item)
			*out++ = *next++;
		*out++ = item;
	}
	while (next < end)
		*out++ = *next++;
	return (uint32_t)(out - begin);
}

void path_insert(uint32_t *items, uint32_t count, uint32_t item)
{
	uint32_t at = count;
	for (; at > 0 && items[at - 1] > item; at--)
		items[at] = items[at - 1];
	items[at] = item;
}

void path_remove(uint32_t *items, uint32_t count, uint32_t item)
{
	uint32_t at = 0;
	while (items[at] != item)
		at++;
	for (; at + 1 < count; at++)
		items[at] = items[at + 1];
}

bool path_hand_out(struct search *s, struct path path, uint64_t support)
{
	const size_t most = s->request->items_max;
	if (path.count == 0 || (most != 0 && path.count > most))
		return true;
	const struct itemset set = { .items = path.items,
		                     .count = path.count,
		                     .support = support_unpack(support) };
	return search_found(s, &set);
}
