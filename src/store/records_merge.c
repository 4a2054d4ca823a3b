// SPDX-License-Identifier: MIT
#include "store/records.h"

#include "base/memory.h"

// Of two sources with the same head the first one is asked first.
static bool is_before(const struct records_merge *m, size_t a, size_t b)
{
	const int order = m->form->compare(&m->heads[a], &m->heads[b]);
	return order != 0 ? order < 0 : a < b;
}

static void exchange(size_t *a, size_t *b)
{
	const size_t kept = *a;
	*a = *b;
	*b = kept;
}

static void sink(struct records_merge *m, size_t at)
{
	for (size_t child; (child = 2 * at + 1) < m->in_heap; at = child) {
		if (child + 1 < m->in_heap && is_before(m, m->heap[child + 1], m->heap[child]))
			child++;
		if (!is_before(m, m->heap[child], m->heap[at]))
			return;
		exchange(&m->heap[child], &m->heap[at]);
	}
}

// Reads the next head of the source that stands first in the heap.
static bool advance(struct records_merge *m, struct error *error)
{
	const size_t first = m->heap[0];
	struct record_source *from = m->sources[first];
	error->kind = ERROR_NONE;
	if (!from->next(from, &m->heads[first], error)) {
		if (error->kind != ERROR_NONE)
			return false;
		m->heap[0] = m->heap[--m->in_heap];
	}
	sink(m, 0);
	return true;
}

static bool fill(struct records_merge *m, struct error *error)
{
	for (size_t i = 0; i < m->count; i++) {
		error->kind = ERROR_NONE;
		if (m->sources[i]->next(m->sources[i], &m->heads[i], error))
			m->heap[m->in_heap++] = i;
		else if (error->kind != ERROR_NONE)
			return false;
	}
	for (size_t i = m->in_heap; i-- > 0;)
		sink(m, i);
	return true;
}

bool records_merge_begin(struct records_merge *m, const struct records_form *form,
                         struct record_source **sources, size_t count, struct error *error)
{
	*m = (struct records_merge){ .form = form, .sources = sources, .count = count };
	m->heads = memory_new(count + 1, sizeof *m->heads);
	m->heap = memory_new(count + 1, sizeof *m->heap);
	m->last_bytes = buffer_up_to(RECORDS_SPAN_BYTES);
	if ((m->heads != NULL && m->heap != NULL) || error_memory(error, form->all))
		if (fill(m, error))
			return true;
	records_merge_done(m);
	return false;
}

void records_merge_done(struct records_merge *m)
{
	memory_free(m->heads);
	memory_free(m->heap);
	buffer_done(&m->last_bytes);
	*m = (struct records_merge){ .count = 0 };
}

// What was handed out is compared with what comes behind it, when its source has moved on.
static bool keep_last(struct records_merge *m, const union store_record *record,
                      struct error *error)
{
	struct buffer *bytes = &m->last_bytes;
	struct span *spans[RECORDS_SPANS], all;
	m->last = *record;
	const unsigned count = m->form->spans(&m->last, spans);
	bytes->length = 0;
	for (unsigned i = 0; i < count; i++)
		buffer_append(bytes, spans[i]->bytes, spans[i]->length);
	if (bytes->failed)
		return error_memory(error, m->form->all);
	all = buffer_span(bytes);
	for (unsigned i = 0; i < count; i++) {
		spans[i]->bytes = all.bytes;
		all = span_from(all, spans[i]->length);
	}
	m->has_last = true;
	return true;
}

bool records_merge_next(struct records_merge *m, union store_record *out, size_t *out_source,
                        struct error *error)
{
	int order = 1;
	error->kind = ERROR_NONE;
	do {
		if (m->is_out && !advance(m, error))
			return false;
		m->is_out = m->in_heap > 0;
		if (!m->is_out)
			return false;
		if (m->has_last)
			order = m->form->compare(&m->heads[m->heap[0]], &m->last);
	} while (order == 0);
	m->is_unsorted |= order < 0;
	if (!keep_last(m, &m->heads[m->heap[0]], error))
		return false;
	*out = m->last;
	*out_source = m->heap[0];
	return true;
}
