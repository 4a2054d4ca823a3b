// SPDX-License-Identifier: MIT
#include "analyse/rules/frequent_values.h"

#include "base/memory.h"
#include "ipset/ipset.h"

#include <string.h>

enum { MOST = FREQUENT_VALUES_MAX, PENDING = FREQUENT_VALUES_MAX };

bool frequent_values_init(struct frequent_values *f)
{
	*f = (struct frequent_values){
		.list = memory_room(((size_t)MOST + PENDING) * sizeof *f->list),
		.pending = memory_room(PENDING * sizeof *f->pending),
		.scratch = memory_room(((size_t)MOST + PENDING) * 2 * sizeof *f->scratch),
	};
	if (f->list != NULL && f->pending != NULL && f->scratch != NULL)
		return true;
	frequent_values_done(f);
	return false;
}

void frequent_values_done(struct frequent_values *f)
{
	memory_free(f->list);
	memory_free(f->pending);
	memory_free(f->scratch);
	*f = (struct frequent_values){ .count = 0 };
}

// The batch, each value once, behind the list. Returns how many they are.
static size_t count_pending(struct frequent_values *f)
{
	struct frequent_value *to = f->list + f->count;
	size_t count = 0;
	ipset_sort_u32(f->pending, f->scratch, f->pending_count);
	for (size_t begin = 0, end; begin < f->pending_count; begin = end) {
		for (end = begin; end < f->pending_count && f->pending[end] == f->pending[begin];
		     end++)
			;
		to[count++] = (struct frequent_value){ f->pending[begin], (uint32_t)(end - begin) };
	}
	f->pending_count = 0;
	return count;
}

// What makes the list as long as it may be: the count of the first that is too much. All lose so many.
static void drop_rarest(struct frequent_values *f)
{
	uint32_t *counts = f->scratch;
	for (size_t i = 0; i < f->count; i++)
		counts[i] = f->list[i].count;
	ipset_sort_u32(counts, counts + f->count, f->count);
	const uint32_t dropped = counts[f->count - MOST - 1];
	size_t left = 0;
	for (size_t i = 0; i < f->count; i++)
		if (f->list[i].count > dropped)
			f->list[left++] = (struct frequent_value){ f->list[i].value,
				                                   f->list[i].count - dropped };
	f->count = left;
	f->missed += dropped;
}

// The list, and the batch behind it, become one.
static void join(struct frequent_values *f, size_t more)
{
	struct frequent_value *list = f->list, *batch = (struct frequent_value *)(void *)f->scratch;
	size_t at = f->count, to = f->count, common = 0;
	memcpy(batch, list + f->count, more * sizeof *batch);
	for (size_t i = 0, k = 0; i < f->count && k < more;) {
		common += list[i].value == batch[k].value;
		if (list[i].value < batch[k].value)
			i++;
		else
			k++;
	}
	to = f->count = f->count + more - common;
	// From the end, so that nothing is written over that has not been read.
	while (more > 0) {
		struct frequent_value next = batch[more - 1];
		if (at > 0 && list[at - 1].value > next.value) {
			next = list[--at];
		} else {
			if (at > 0 && list[at - 1].value == next.value)
				next.count += list[--at].count;
			more--;
		}
		list[--to] = next;
	}
}

static void take_pending(struct frequent_values *f)
{
	join(f, count_pending(f));
	if (f->count > MOST)
		drop_rarest(f);
}

void frequent_values_add(struct frequent_values *f, uint32_t value)
{
	if (f->pending_count == PENDING)
		take_pending(f);
	f->pending[f->pending_count++] = value;
}

void frequent_values_end(struct frequent_values *f)
{
	if (f->pending_count > 0)
		take_pending(f);
}

void frequent_values_recount(struct frequent_values *f, uint64_t least)
{
	size_t left = 0;
	for (size_t i = 0; i < f->count; i++)
		if ((uint64_t)f->list[i].count + f->missed >= least)
			f->list[left++] = (struct frequent_value){ f->list[i].value, 0 };
	f->count = left;
}

void frequent_values_count(struct frequent_values *f, uint32_t value)
{
	size_t low = 0, high = f->count;
	while (low < high) {
		const size_t middle = low + (high - low) / 2;
		if (f->list[middle].value < value)
			low = middle + 1;
		else
			high = middle;
	}
	if (low < f->count && f->list[low].value == value)
		f->list[low].count++;
}
