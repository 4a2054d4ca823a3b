// SPDX-License-Identifier: MIT
#include "probe/agenda.h"

#include "base/memory.h"

#define NOWHERE UINT32_MAX

struct agenda_entry {
	uint64_t at_ns;
	uint32_t item;
};

bool agenda_init(struct agenda *a, size_t items, struct error *error)
{
	struct agenda new = {
		.heap = memory_new(items, sizeof *new.heap),
		.places = memory_new(items, sizeof *new.places),
	};
	if (new.heap == NULL || new.places == NULL) {
		agenda_done(&new);
		return error_memory(error, "the agenda");
	}
	for (size_t i = 0; i < items; i++)
		new.places[i] = NOWHERE;
	*a = new;
	return true;
}

void agenda_done(struct agenda *a)
{
	memory_free(a->heap);
	memory_free(a->places);
	*a = (struct agenda){ .count = 0 };
}

static void put(struct agenda *a, size_t at, struct agenda_entry entry)
{
	a->heap[at] = entry;
	a->places[entry.item] = (uint32_t)at;
}

static void rise(struct agenda *a, size_t at, struct agenda_entry entry)
{
	while (at > 0 && a->heap[(at - 1) / 2].at_ns > entry.at_ns) {
		put(a, at, a->heap[(at - 1) / 2]);
		at = (at - 1) / 2;
	}
	put(a, at, entry);
}

static void sink(struct agenda *a, size_t at, struct agenda_entry entry)
{
	for (size_t child = 2 * at + 1; child < a->count; child = 2 * at + 1) {
		child += child + 1 < a->count && a->heap[child + 1].at_ns < a->heap[child].at_ns;
		if (a->heap[child].at_ns >= entry.at_ns)
			break;
		put(a, at, a->heap[child]);
		at = child;
	}
	put(a, at, entry);
}

// Where `at` is free.
static void fill(struct agenda *a, size_t at, struct agenda_entry entry)
{
	if (at > 0 && a->heap[(at - 1) / 2].at_ns > entry.at_ns)
		rise(a, at, entry);
	else
		sink(a, at, entry);
}

void agenda_set(struct agenda *a, uint32_t item, uint64_t at_ns)
{
	const struct agenda_entry entry = { at_ns, item };
	if (a->places[item] == NOWHERE)
		rise(a, a->count++, entry);
	else
		fill(a, a->places[item], entry);
}

void agenda_remove(struct agenda *a, uint32_t item)
{
	const uint32_t at = a->places[item];
	if (at == NOWHERE)
		return;
	a->places[item] = NOWHERE;
	a->count--;
	if (at < a->count)
		fill(a, at, a->heap[a->count]);
}

uint64_t agenda_next_ns(const struct agenda *a)
{
	return a->count > 0 ? a->heap[0].at_ns : UINT64_MAX;
}

bool agenda_take(struct agenda *a, uint64_t now_ns, uint32_t *out)
{
	if (a->count == 0 || a->heap[0].at_ns > now_ns)
		return false;
	*out = a->heap[0].item;
	agenda_remove(a, *out);
	return true;
}
