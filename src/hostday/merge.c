// SPDX-License-Identifier: MIT
// Several ascending streams of host-days -> one: a binary heap of streams by
// their current source. Those with the same source are taken out and merged at once.
#include "hostday/hostday_private.h"

#include "base/memory.h"

struct head {
	struct host_stream *stream;
	size_t number;
	struct host_day host;
};

struct host_merger {
	struct head *heads;  // one a stream, fixed
	struct head **heap;  // those that have a host-day, least source on top
	size_t stream_count, heap_count;
	struct head **taken;  // those whose host-days the caller has now; not in the heap
	const struct host_day **pieces;
	size_t taken_count;
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
	}
	for (uint64_t rest = out->fields_mask; rest != 0; rest &= rest - 1)
		if (!item_set_merge(out, (unsigned)__builtin_ctzll(rest), pieces, count))
			return false;
	return true;
}

struct host_merger *host_merger_new(struct host_stream *const *streams, size_t count)
{
	struct host_merger *m = memory_new(1, sizeof *m);
	if (m == NULL)
		return NULL;
	m->heads = memory_new(count + 1, sizeof *m->heads);
	m->heap = memory_new(count + 1, sizeof(struct head *));
	m->taken = memory_new(count + 1, sizeof(struct head *));
	m->pieces = memory_new(count + 1, sizeof(struct host_day *));
	if (m->heads == NULL || m->heap == NULL || m->taken == NULL || m->pieces == NULL) {
		host_merger_free(m);
		return NULL;
	}
	m->stream_count = count;
	for (size_t i = 0; i < count; i++) {
		m->heads[i] = (struct head){ .stream = streams[i], .number = i };
		m->taken[m->taken_count++] = &m->heads[i];  // to be read first
	}
	return m;
}

void host_merger_free(struct host_merger *m)
{
	if (m == NULL)
		return;
	for (size_t i = 0; i < m->stream_count; i++)
		host_day_done(&m->heads[i].host);
	host_day_done(&m->merged);
	memory_free(m->heads);
	memory_free(m->heap);
	memory_free(m->taken);
	memory_free(m->pieces);
	memory_free(m);
}

static void push(struct host_merger *m, struct head *head)
{
	size_t at = m->heap_count++;
	for (; at > 0 && m->heap[(at - 1) / 2]->host.source > head->host.source; at = (at - 1) / 2)
		m->heap[at] = m->heap[(at - 1) / 2];
	m->heap[at] = head;
}

static struct head *pop(struct host_merger *m)
{
	struct head *top = m->heap[0], *last = m->heap[--m->heap_count];
	size_t at = 0;
	for (size_t child = 1; child < m->heap_count; child = 2 * at + 1) {
		if (child + 1 < m->heap_count &&
		    m->heap[child + 1]->host.source < m->heap[child]->host.source)
			child++;
		if (m->heap[child]->host.source >= last->host.source)
			break;
		m->heap[at] = m->heap[child];
		at = child;
	}
	m->heap[at] = last;
	return top;
}

// Reads the next host-day of a stream. False: it has no more, or it failed.
static bool advance(struct host_merger *m, struct head *head)
{
	if (head->stream->next(head->stream, &head->host))
		return true;
	// The first failure is the one that counts.
	const bool failed = head->host.failed || head->stream->is_damaged;
	if (failed && m->failure == HOST_MERGE_HOST) {
		m->failure = head->host.failed ? HOST_MERGE_MEMORY : HOST_MERGE_DAMAGED;
		m->failed_stream = head->number;
	}
	return false;
}

enum host_merge_status host_merger_next(struct host_merger *m, const struct host_day **out,
                                        size_t *out_stream)
{
	// The host-days that the caller had are his no longer; their streams move on.
	while (m->taken_count > 0) {
		struct head *head = m->taken[--m->taken_count];
		if (advance(m, head))
			push(m, head);
	}
	if (m->failure == HOST_MERGE_HOST && m->heap_count == 0)
		return HOST_MERGE_END;
	while (m->failure == HOST_MERGE_HOST && m->heap_count > 0 &&
	       (m->taken_count == 0 || m->heap[0]->host.source == m->pieces[0]->source)) {
		struct head *head = pop(m);
		m->pieces[m->taken_count] = &head->host;
		m->taken[m->taken_count++] = head;
	}
	if (m->taken_count > 1 && !host_day_merge(m->pieces, m->taken_count, &m->merged))
		m->failure = HOST_MERGE_MEMORY;
	*out = m->taken_count == 1 ? m->pieces[0] : &m->merged;
	*out_stream = m->failed_stream;
	return m->failure;
}
