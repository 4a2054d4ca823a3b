// SPDX-License-Identifier: MIT
// Several streams as one: a heap of their next bursts. What nothing is joined to is handed on as it is.
#include "base/memory.h"
#include "burst/burst_private.h"

struct source {
	struct burst_stream *stream;
	const struct burst *burst;
};

struct merger {
	struct burst_stream stream;
	uint64_t silence_ns;
	struct burst_stream **inputs;  // all, for who closes
	size_t input_count;
	struct source *heap;
	size_t count;
	bool is_begun;
	bool is_shown;  // the burst of heap[0] was handed on
	struct burst_sum sum;
};

static bool is_before(const struct burst *a, const struct burst *b)
{
	const int order = burst_key_compare(&a->key, &b->key);
	return order < 0 || (order == 0 && a->first_ns < b->first_ns);
}

static void sift(struct merger *m, size_t at)
{
	const struct source moved = m->heap[at];
	for (size_t child; (child = at * 2 + 1) < m->count; at = child) {
		if (child + 1 < m->count &&
		    is_before(m->heap[child + 1].burst, m->heap[child].burst))
			child++;
		if (!is_before(m->heap[child].burst, moved.burst))
			break;
		m->heap[at] = m->heap[child];
	}
	m->heap[at] = moved;
}

// The first of the heap goes on to its next burst, or leaves.
static bool advance(struct merger *m, struct error *error)
{
	struct source *first = &m->heap[0];
	if (!first->stream->next(first->stream, &first->burst, error))
		return false;
	if (first->burst == NULL)
		*first = m->heap[--m->count];
	if (m->count > 0)
		sift(m, 0);
	return true;
}

static bool begin(struct merger *m, struct error *error)
{
	for (size_t i = 0; i < m->input_count; i++) {
		struct source *s = &m->heap[m->count];
		*s = (struct source){ .stream = m->inputs[i] };
		if (!s->stream->next(s->stream, &s->burst, error))
			return false;
		m->count += s->burst != NULL;
	}
	for (size_t i = m->count / 2; i-- > 0;)
		sift(m, i);
	m->is_begun = true;
	return true;
}

static bool joins(const struct merger *m, const struct burst *to, const struct burst *next)
{
	return burst_key_compare(&to->key, &next->key) == 0 &&
	       (next->first_ns <= to->last_ns || next->first_ns - to->last_ns <= m->silence_ns);
}

// Whether a burst of another stream belongs to the first. In its own stream the next one is more than
// BURST_SILENCE_S away.
static bool is_joined(const struct merger *m)
{
	const struct burst *first = m->heap[0].burst;
	return (m->count > 1 && joins(m, first, m->heap[1].burst)) ||
	       (m->count > 2 && joins(m, first, m->heap[2].burst)) ||
	       m->silence_ns > BURST_SILENCE_NS;
}

static bool join(struct merger *m, struct error *error)
{
	if (!burst_sum_begin(&m->sum, m->heap[0].burst))
		return error_memory(error, "bursts");
	if (!advance(m, error))
		return false;
	while (m->count > 0 && joins(m, &m->sum.burst, m->heap[0].burst)) {
		if (!burst_sum_add(&m->sum, m->heap[0].burst))
			return error_memory(error, "bursts");
		if (!advance(m, error))
			return false;
	}
	return true;
}

static bool merger_next(struct burst_stream *stream, const struct burst **out, struct error *error)
{
	struct merger *m = (struct merger *)stream;
	if (!m->is_begun && !begin(m, error))
		return false;
	if (m->is_shown && !advance(m, error))
		return false;
	m->is_shown = false;
	*out = NULL;
	if (m->count == 0)
		return true;
	m->is_shown = !is_joined(m);
	if (!m->is_shown && !join(m, error))
		return false;
	*out = m->is_shown ? m->heap[0].burst : &m->sum.burst;
	return true;
}

static void close_all(struct burst_stream *const *streams, size_t count)
{
	for (size_t i = 0; i < count; i++)
		streams[i]->close(streams[i]);
}

static void merger_close(struct burst_stream *stream)
{
	struct merger *m = (struct merger *)stream;
	close_all(m->inputs, m->input_count);
	burst_sum_done(&m->sum);
	memory_free(m->inputs);
	memory_free(m->heap);
	memory_free(m);
}

struct burst_stream *burst_merger_new(struct burst_stream *const *streams, size_t count,
                                      uint64_t silence_ns)
{
	struct merger *m = memory_new(1, sizeof *m);
	struct burst_stream **inputs = memory_new(count + 1, sizeof(struct burst_stream *));
	struct source *heap = memory_new(count + 1, sizeof *heap);
	assert(silence_ns >= BURST_SILENCE_NS);
	if (m == NULL || inputs == NULL || heap == NULL) {
		close_all(streams, count);
		memory_free(m);
		memory_free(inputs);
		memory_free(heap);
		return NULL;
	}
	for (size_t i = 0; i < count; i++)
		inputs[i] = streams[i];
	*m = (struct merger){ .stream = { .next = merger_next, .close = merger_close },
		              .silence_ns = silence_ns,
		              .inputs = inputs,
		              .input_count = count,
		              .heap = heap };
	return &m->stream;
}
