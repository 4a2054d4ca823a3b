// SPDX-License-Identifier: MIT
// The front of the miner: prepares the transactions and chooses the way.
#include "mine/itemsets.h"

#include "base/interrupt.h"
#include "base/memory.h"
#include "mine/projection.h"
#include "mine/search.h"

enum { LIST_MIN = 256 };

static bool search_end(struct search *s, enum search_end end)
{
	s->end = end;
	return false;
}

static bool search_no_room(struct search *s)
{
	s->result.lacks_room = true;
	return search_end(s, SEARCH_PARTIAL);
}

bool search_work(struct search *s, uint64_t items)
{
	s->result.work += items;
	if (s->request->work_max != 0 && s->result.work > s->request->work_max)
		return search_end(s, SEARCH_PARTIAL);
	if (interrupt_requested()) {
		error_set(s->error, ERROR_FAILED, "interrupted");
		return search_end(s, SEARCH_FAILED);
	}
	return true;
}

void *search_room(struct search *s, size_t count, size_t size)
{
	void *room = arena_take(&s->arena, count, size);
	if (room == NULL && s->arena.is_full) {
		search_no_room(s);
	} else if (room == NULL) {
		error_memory(s->error, "itemsets");
		search_end(s, SEARCH_FAILED);
	}
	return room;
}

bool search_list_room(struct search *s, void **list, size_t *capacity, size_t count, size_t size)
{
	if (count <= *capacity)
		return true;
	const size_t most = s->request->memory_max, twice = 2 * *capacity;
	const size_t next = count > twice ? count + LIST_MIN : twice;
	// For a while there are both, the old one and the new.
	const size_t bytes = s->arena.bytes + s->lists_bytes + next * size;
	if (next > UINT32_MAX || (most != 0 && bytes > most))
		return search_no_room(s);
	void *larger = memory_resize(*list, next, size);
	if (larger == NULL)
		return search_end(s, SEARCH_FAILED), error_memory(s->error, "itemsets");
	s->lists_bytes += (next - *capacity) * size;
	*list = larger;
	*capacity = next;
	return true;
}

bool search_found(struct search *s, const struct itemset *set)
{
	s->result.itemsets++;
	if (!s->request->found(s->request->context, set))
		return search_end(s, SEARCH_STOPPED);
	return search_work(s, set->count + set->extension_count);
}

bool search_down(struct search *s)
{
	if (s->depth == SEARCH_DEPTH_MAX)
		return search_end(s, SEARCH_PARTIAL);
	s->depth++;
	return true;
}

void search_up(struct search *s)
{
	s->depth--;
}

static bool search(struct search *s, const struct transactions *transactions)
{
	struct projection prepared;
	if (!projection_prepare(s, transactions, &prepared))
		return false;
	switch (s->request->kind) {
	case MINE_ALL:
		return s->request->wants_extensions ? search_extensions(s, &prepared)
		                                    : search_fp_growth(s, &prepared);
	case MINE_CLOSED: return search_closed(s, &prepared);
	case MINE_MAXIMAL: return search_maximal(s, &prepared);
	case MINE_GENERATORS: return search_extensions(s, &prepared);
	}
	return true;
}

bool mine_itemsets(const struct transactions *transactions, const struct mine_request *request,
                   struct mine_result *out, struct error *error)
{
	struct search s = { .request = request,
		            .error = error,
		            .arena = arena_up_to(request->memory_max) };
	(void)search(&s, transactions);
	arena_done(&s.arena);
	if (s.end == SEARCH_FAILED)
		return false;
	s.result.is_partial = s.end == SEARCH_PARTIAL;
	s.result.is_stopped = s.end == SEARCH_STOPPED;
	*out = s.result;
	return true;
}
