// SPDX-License-Identifier: MIT
// Several ascending streams of host-days -> one: a binary heap of streams by
// their current source. Streams with the same source are folded pairwise.
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
	struct head *lent;  // whose host-day the caller has now
	struct host_day merged[2];
	bool is_started;
	enum host_merge_status failure;
	size_t failed_stream;
};

struct host_merger *host_merger_new(struct host_stream *const *streams, size_t count)
{
	struct host_merger *m = memory_new(1, sizeof *m);
	if (m == NULL)
		return NULL;
	m->heads = memory_new(count + 1, sizeof *m->heads);
	m->heap = memory_new(count + 1, sizeof(struct head *));
	if (m->heads == NULL || m->heap == NULL) {
		host_merger_free(m);
		return NULL;
	}
	m->stream_count = count;
	for (size_t i = 0; i < count; i++)
		m->heads[i] = (struct head){ .stream = streams[i], .number = i };
	return m;
}

void host_merger_free(struct host_merger *m)
{
	if (m == NULL)
		return;
	for (size_t i = 0; i < m->stream_count; i++)
		host_day_done(&m->heads[i].host);
	host_day_done(&m->merged[0]);
	host_day_done(&m->merged[1]);
	memory_free(m->heads);
	memory_free(m->heap);
	memory_free(m);
}

static void sink(struct host_merger *m, size_t at)
{
	for (;;) {
		size_t least = at;
		for (size_t child = 2 * at + 1; child <= 2 * at + 2 && child < m->heap_count;
		     child++)
			if (m->heap[child]->host.source < m->heap[least]->host.source)
				least = child;
		if (least == at)
			return;
		struct head *swap = m->heap[at];
		m->heap[at] = m->heap[least];
		m->heap[least] = swap;
		at = least;
	}
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

// Moves the stream on top to its next host-day and to its new place.
static void advance_top(struct host_merger *m)
{
	if (!advance(m, m->heap[0]))
		m->heap[0] = m->heap[--m->heap_count];
	sink(m, 0);
}

static void start(struct host_merger *m)
{
	for (size_t i = 0; i < m->stream_count; i++)
		if (advance(m, &m->heads[i]))
			m->heap[m->heap_count++] = &m->heads[i];
	for (size_t i = m->heap_count; i-- > 0;)
		sink(m, i);
	m->is_started = true;
}

// True if the stream after the top one in the heap has the same source.
static bool is_shared(const struct host_merger *m)
{
	const uint32_t source = m->heap[0]->host.source;
	return (m->heap_count > 1 && m->heap[1]->host.source == source) ||
	       (m->heap_count > 2 && m->heap[2]->host.source == source);
}

// Folds all host-days of the least source into one of the two scratch ones.
static const struct host_day *fold(struct host_merger *m)
{
	const uint32_t source = m->heap[0]->host.source;
	static const struct host_day nothing;
	struct host_day *sum = &m->merged[0], *other = &m->merged[1];
	struct host_day empty = nothing;
	empty.source = source;
	empty.first_ns = UINT64_MAX;
	if (!host_day_merge(&empty, &m->heap[0]->host, sum))
		m->failure = HOST_MERGE_MEMORY;
	advance_top(m);
	while (m->failure == HOST_MERGE_HOST && m->heap_count > 0 &&
	       m->heap[0]->host.source == source) {
		if (!host_day_merge(sum, &m->heap[0]->host, other))
			m->failure = HOST_MERGE_MEMORY;
		struct host_day *swap = sum;
		sum = other;
		other = swap;
		advance_top(m);
	}
	return sum;
}

enum host_merge_status host_merger_next(struct host_merger *m, const struct host_day **out,
                                        size_t *out_stream)
{
	if (!m->is_started)
		start(m);
	// The host-day that the caller had is his no longer; its stream moves on.
	if (m->lent != NULL) {
		assert(m->lent == m->heap[0]);
		m->lent = NULL;
		advance_top(m);
	}
	const struct host_day *host = NULL;
	if (m->failure == HOST_MERGE_HOST && m->heap_count > 0) {
		if (is_shared(m)) {
			host = fold(m);
		} else {
			m->lent = m->heap[0];
			host = &m->lent->host;
		}
	}
	if (m->failure != HOST_MERGE_HOST) {
		*out_stream = m->failed_stream;
		return m->failure;
	}
	if (host == NULL)
		return HOST_MERGE_END;
	*out = host;
	return HOST_MERGE_HOST;
}
