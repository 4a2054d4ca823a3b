// SPDX-License-Identifier: MIT
// Several ascending streams of host-days -> one: a binary heap of streams by
// their current source. Those with the same source are taken out and merged at once.
#include "hostday/hostday_private.h"

#include "base/memory.h"

struct head {
	struct host_stream *stream;
	size_t number;
	uint32_t source;  // of its next host-day
};

// A source may have millions of values in many streams: never are more than this many
// host-days of it in memory, nor many more than that many items.
enum { PIECES_MAX = 64, ITEMS_ENOUGH = 1 << 17 };

// Room for more items than this is not kept for the next streams, and in one piece only for the next source.
enum { ITEMS_KEPT = 4096 };

struct host_merger {
	struct head *heads;  // one a stream, fixed
	struct head **heap;  // those that have a host-day, least source on top
	size_t stream_capacity, heap_count;
	struct head **taken;  // not in the heap: those whose host-days the caller has now
	size_t taken_count;
	struct host_day pieces[PIECES_MAX];  // of the source at hand
	size_t piece_count;
	struct host_day merged;
	enum host_merge_status failure;
	size_t failed_stream;
};

bool host_day_merge(const struct host_day *const *pieces, size_t count, struct host_day *out)
{
	*out = (struct host_day){ .source = pieces[0]->source,
		                  .first_ns = UINT64_MAX,
		                  .items = out->items,
		                  .item_capacity = out->item_capacity };
	for (size_t i = 0; i < count; i++) {
		const struct host_day *piece = pieces[i];
		assert(piece->source == out->source && piece != out);
		out->first_ns = piece->first_ns < out->first_ns ? piece->first_ns : out->first_ns;
		out->last_ns = piece->last_ns > out->last_ns ? piece->last_ns : out->last_ns;
		for (unsigned kind = 0; kind < HOST_KINDS; kind++)
			out->packets[kind] += piece->packets[kind];
		for (uint32_t rest = piece->matched_mask; rest != 0; rest &= rest - 1)
			out->matched[__builtin_ctz(rest)] += piece->matched[__builtin_ctz(rest)];
		out->matched_mask |= piece->matched_mask;
		out->fields_mask |= piece->fields_mask;
		out->has_tools |= piece->has_tools;
	}
	for (uint64_t rest = out->fields_mask; rest != 0; rest &= rest - 1)
		if (!item_set_merge(out, (unsigned)__builtin_ctzll(rest), pieces, count))
			return false;
	return true;
}

static void free_heads(struct host_merger *m)
{
	memory_free(m->heads);
	memory_free(m->heap);
	memory_free(m->taken);
	m->heads = NULL;
	m->heap = m->taken = NULL;
	m->stream_capacity = m->heap_count = m->taken_count = 0;
}

static bool reserve_heads(struct host_merger *m, size_t count)
{
	if (count <= m->stream_capacity)
		return true;
	free_heads(m);
	m->heads = memory_new(count, sizeof *m->heads);
	m->heap = memory_new(count, sizeof(struct head *));
	m->taken = memory_new(count, sizeof(struct head *));
	if (m->heads == NULL || m->heap == NULL || m->taken == NULL)
		return false;
	m->stream_capacity = count;
	return true;
}

bool host_merger_restart(struct host_merger *m, struct host_stream *const *streams, size_t count)
{
	m->heap_count = m->taken_count = 0;
	m->failure = HOST_MERGE_HOST;
	for (size_t i = 0; i < PIECES_MAX; i++)
		if (m->pieces[i].item_capacity > ITEMS_KEPT)
			host_day_done(&m->pieces[i]);
	if (m->merged.item_capacity > ITEMS_KEPT)
		host_day_done(&m->merged);
	if (!reserve_heads(m, count))
		return false;
	for (size_t i = 0; i < count; i++) {
		m->heads[i] = (struct head){ .stream = streams[i], .number = i };
		m->taken[m->taken_count++] = &m->heads[i];  // to be put into the heap first
	}
	return true;
}

struct host_merger *host_merger_new(struct host_stream *const *streams, size_t count)
{
	struct host_merger *m = memory_new(1, sizeof *m);
	if (m != NULL && !host_merger_restart(m, streams, count)) {
		host_merger_free(m);
		return NULL;
	}
	return m;
}

void host_merger_free(struct host_merger *m)
{
	if (m == NULL)
		return;
	for (size_t i = 0; i < PIECES_MAX; i++)
		host_day_done(&m->pieces[i]);
	host_day_done(&m->merged);
	free_heads(m);
	memory_free(m);
}

static void push(struct host_merger *m, struct head *head)
{
	size_t at = m->heap_count++;
	for (; at > 0 && m->heap[(at - 1) / 2]->source > head->source; at = (at - 1) / 2)
		m->heap[at] = m->heap[(at - 1) / 2];
	m->heap[at] = head;
}

static struct head *pop(struct host_merger *m)
{
	struct head *top = m->heap[0], *last = m->heap[--m->heap_count];
	size_t at = 0;
	for (size_t child = 1; child < m->heap_count; child = 2 * at + 1) {
		if (child + 1 < m->heap_count &&
		    m->heap[child + 1]->source < m->heap[child]->source)
			child++;
		if (m->heap[child]->source >= last->source)
			break;
		m->heap[at] = m->heap[child];
		at = child;
	}
	m->heap[at] = last;
	return top;
}

// The first failure is the one that counts.
static void fail(struct host_merger *m, const struct head *head, bool is_damaged)
{
	if (m->failure != HOST_MERGE_HOST)
		return;
	m->failure = is_damaged ? HOST_MERGE_DAMAGED : HOST_MERGE_MEMORY;
	m->failed_stream = head->number;
}

// Puts the streams of which the caller has host-days back, at their next ones.
static void put_back(struct host_merger *m)
{
	while (m->taken_count > 0) {
		struct head *head = m->taken[--m->taken_count];
		if (host_stream_peek(head->stream, &head->source))
			push(m, head);
		else if (head->stream->is_damaged)
			fail(m, head, true);
	}
}

// Merges the pieces into one, which is then the only one.
static void fold(struct host_merger *m)
{
	const struct host_day *pieces[PIECES_MAX];
	for (size_t i = 0; i < m->piece_count; i++)
		pieces[i] = &m->pieces[i];
	if (!host_day_merge(pieces, m->piece_count, &m->merged))
		fail(m, m->taken[0], false);
	for (size_t i = 1; i < m->piece_count; i++)
		if (m->pieces[i].item_capacity > ITEMS_KEPT)
			host_day_done(&m->pieces[i]);
	const struct host_day room = m->pieces[0];
	m->pieces[0] = m->merged;
	m->merged = room;
	m->piece_count = 1;
}

// Reads the host-days of the least source from all streams that have it.
static void take(struct host_merger *m)
{
	const uint32_t source = m->heap[0]->source;
	size_t items = 0;
	m->piece_count = 0;
	while (m->failure == HOST_MERGE_HOST && m->heap_count > 0 && m->heap[0]->source == source) {
		struct head *head = pop(m);
		struct host_day *piece = &m->pieces[m->piece_count++];
		m->taken[m->taken_count++] = head;
		if (!host_stream_next(head->stream, piece))
			fail(m, head, !piece->failed);
		items += piece->item_count;
		if (m->piece_count == PIECES_MAX || items > ITEMS_ENOUGH) {
			fold(m);
			items = 0;
		}
	}
	if (m->failure == HOST_MERGE_HOST && m->piece_count > 1)
		fold(m);
}

enum host_merge_status host_merger_next(struct host_merger *m, const struct host_day **out,
                                        size_t *out_stream)
{
	put_back(m);
	if (m->failure == HOST_MERGE_HOST && m->heap_count == 0)
		return HOST_MERGE_END;
	if (m->failure == HOST_MERGE_HOST)
		take(m);
	*out = &m->pieces[0];
	*out_stream = m->failed_stream;
	return m->failure;
}
