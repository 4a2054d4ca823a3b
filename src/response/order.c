// SPDX-License-Identifier: MIT
#include "response/order.h"

#include "base/memory.h"

static int compare_numbers(uint64_t a, uint64_t b)
{
	return (a > b) - (a < b);
}

static int compare_bytes(struct span a, struct span b)
{
	const size_t common = a.length < b.length ? a.length : b.length;
	const int order = common == 0 ? 0 : memcmp(a.bytes, b.bytes, common);
	return order != 0 ? order : compare_numbers(a.length, b.length);
}

int response_compare(const struct response *a, const struct response *b)
{
	const uint64_t x = (uint64_t)a->address << 16 | a->port;
	const uint64_t y = (uint64_t)b->address << 16 | b->port;
	int order = compare_numbers(x, y);
	if (order == 0)
		order = compare_numbers(a->time_ns, b->time_ns);
	if (order == 0)
		order = compare_numbers(a->status, b->status);
	if (order == 0)
		order = compare_bytes(a->probe, b->probe);
	if (order == 0)
		order = compare_bytes(a->bytes, b->bytes);
	if (order == 0)
		order = compare_numbers(a->is_cut, b->is_cut);
	return order != 0 ? order : compare_numbers(a->is_lossy, b->is_lossy);
}

// Reads the next head of a source.
static bool advance(struct response_merge *m, size_t source, struct error *error)
{
	struct response_source *from = m->sources[source];
	error->kind = ERROR_NONE;
	if (from->next(from, &m->heads[source], error))
		return true;
	m->is_over[source] = true;
	return error->kind == ERROR_NONE;
}

bool response_merge_begin(struct response_merge *m, struct response_source **sources, size_t count,
                          struct error *error)
{
	*m = (struct response_merge){ .sources = sources, .count = count, .at = count };
	m->heads = memory_new(count + 1, sizeof *m->heads);
	m->is_over = memory_new(count + 1, sizeof *m->is_over);
	m->last_bytes = buffer_up_to(RESPONSE_PROBE_MAX + RESPONSE_BYTES_MAX);
	bool ok = (m->heads != NULL && m->is_over != NULL) || error_memory(error, "responses");
	for (size_t i = 0; ok && i < count; i++)
		ok = advance(m, i, error);
	if (!ok)
		response_merge_done(m);
	return ok;
}

void response_merge_done(struct response_merge *m)
{
	memory_free(m->heads);
	memory_free(m->is_over);
	buffer_done(&m->last_bytes);
	*m = (struct response_merge){ .count = 0 };
}

// What was handed out is compared with what comes behind it, when its source has moved on.
static bool keep_last(struct response_merge *m, const struct response *response,
                      struct error *error)
{
	struct buffer *bytes = &m->last_bytes;
	bytes->length = 0;
	buffer_append(bytes, response->probe.bytes, response->probe.length);
	buffer_append(bytes, response->bytes.bytes, response->bytes.length);
	if (bytes->failed)
		return error_memory(error, "responses");
	m->last = *response;
	m->last.probe = (struct span){ bytes->bytes, response->probe.length };
	m->last.bytes = span_from(buffer_span(bytes), response->probe.length);
	m->has_last = true;
	return true;
}

static size_t find_least(const struct response_merge *m)
{
	size_t least = m->count;
	for (size_t i = 0; i < m->count; i++)
		if (!m->is_over[i] &&
		    (least == m->count || response_compare(&m->heads[i], &m->heads[least]) < 0))
			least = i;
	return least;
}

bool response_merge_next(struct response_merge *m, struct response *out, size_t *out_source,
                         struct error *error)
{
	error->kind = ERROR_NONE;
	for (;;) {
		if (m->at < m->count && !advance(m, m->at, error))
			return false;
		m->at = find_least(m);
		if (m->at == m->count)
			return false;
		if (m->has_last && response_compare(&m->heads[m->at], &m->last) == 0)
			continue;
		if (!keep_last(m, &m->heads[m->at], error))
			return false;
		*out = m->last;
		*out_source = m->at;
		return true;
	}
}
