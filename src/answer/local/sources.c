// SPDX-License-Identifier: MIT
// A row a source-day, as it comes; with `top` those of a day are kept in a heap whose top is the next
// to go.
#include "answer/local/source_days.h"

#include "base/memory.h"
#include "hostday/evidence.h"
#include "base/text.h"

#include <stdlib.h>

enum { FINGERPRINTS_SIZE = FINGERPRINTS_MAX * (FINGERPRINT_NAME_SIZE + 1) };

struct source_row {
	uint32_t source, counted_mask;
	bool is_flood_suspect, is_rate_known;
	struct source_shape shape;
};

struct sources_asked {
	struct source_days_asked base;
	enum shape shape;         // SHAPE_COUNT: any
	struct source_row *heap;  // [room]; NULL: rows are written as they come
	size_t count, room;
};

static struct sources_asked *sources_of(struct source_days_asked *asked)
{
	return (struct sources_asked *)asked;
}

// ---- a row

static void write_known(struct rows *rows, uint64_t number)
{
	if (number > 0)
		rows_number(rows, number);
	else
		rows_unknown(rows);
}

static void write_fingerprints(struct source_days_asked *asked, uint32_t mask)
{
	char names[FINGERPRINTS_SIZE] = "";
	size_t length = 0;
	for (; mask != 0; mask &= mask - 1) {
		const char *name = fingerprint_name(asked->fingerprints,
		                                    (unsigned)__builtin_ctz(mask));
		if (name == NULL)
			continue;
		text_format(names + length, sizeof names - length, "%s%s", length > 0 ? ";" : "",
		            name);
		while (names[length] != '\0')
			length++;
	}
	rows_text(&asked->rows, names);
}

static void write_rates(struct rows *rows, const struct source_row *row)
{
	if (!row->is_rate_known) {
		rows_unknown(rows);
		rows_unknown(rows);
		return;
	}
	rows_real(rows, row->shape.rate);
	if (row->shape.rate_while_seen < 0)
		rows_empty(rows);
	else
		rows_real(rows, row->shape.rate_while_seen);
}

static void write_row(struct source_days_asked *asked, int32_t day, const struct source_row *row)
{
	struct rows *rows = &asked->rows;
	const struct source_shape *s = &row->shape;
	rows_day(rows, day);
	rows_address(rows, row->source);
	rows_time(rows, s->first_ns);
	rows_time(rows, s->last_ns);
	rows_number(rows, s->packets);
	write_known(rows, s->destinations);
	write_known(rows, s->ports);
	write_rates(rows, row);
	rows_text(rows, shape_names[s->shape]);
	rows_number(rows, row->is_flood_suspect);
	write_fingerprints(asked, row->counted_mask);
	rows_end(rows);
}

// ---- the top of a day

// Fewer packets go first, of as many the later source.
static bool goes_before(const struct source_row *a, const struct source_row *b)
{
	return a->shape.packets != b->shape.packets ? a->shape.packets < b->shape.packets
	                                            : a->source > b->source;
}

static void sink(struct source_row *heap, size_t count, const struct source_row *row)
{
	size_t at = 0;
	for (size_t child = 1; child < count; child = 2 * at + 1) {
		if (child + 1 < count && goes_before(&heap[child + 1], &heap[child]))
			child++;
		if (!goes_before(&heap[child], row))
			break;
		heap[at] = heap[child];
		at = child;
	}
	heap[at] = *row;
}

static void keep(struct sources_asked *s, const struct source_row *row)
{
	if (s->count == s->room) {
		if (goes_before(&s->heap[0], row))
			sink(s->heap, s->count, row);
		return;
	}
	size_t at = s->count++;
	for (; at > 0 && goes_before(row, &s->heap[(at - 1) / 2]); at = (at - 1) / 2)
		s->heap[at] = s->heap[(at - 1) / 2];
	s->heap[at] = *row;
}

static int by_packets(const void *a, const void *b)
{
	return goes_before(a, b) ? 1 : -1;  // no two are of the same source
}

// ---- the question

static void take(struct source_days_asked *asked, const struct shape_day *day,
                 const struct source_day *at)
{
	struct sources_asked *s = sources_of(asked);
	struct source_row row = { .source = at->host->source,
		                  .counted_mask = host_day_counted(at->host),
		                  .is_flood_suspect = at->is_flood_suspect,
		                  .is_rate_known = day->scale.addresses > 0 };
	if (source_filter_packets(&asked->filter, at->host) == 0)
		return;
	if (at->is_flood_suspect && asked->filter.without_floods) {
		asked->left_out_here++;
		return;
	}
	shape_of(&asked->filter, &day->scale, at->host, &row.shape);
	if (s->shape != SHAPE_COUNT && s->shape != row.shape.shape)
		return;
	if (s->heap != NULL)
		keep(s, &row);
	else
		write_row(asked, day->day, &row);
}

static void end_day(struct source_days_asked *asked, const struct shape_day *day)
{
	struct sources_asked *s = sources_of(asked);
	if (s->count > 1)
		qsort(s->heap, s->count, sizeof *s->heap, by_packets);
	for (size_t i = 0; i < s->count && !asked->rows.is_enough; i++)
		write_row(asked, day->day, &s->heap[i]);
	s->count = 0;
}

static void lose_day(struct source_days_asked *asked, int32_t day)
{
	rows_day(&asked->rows, day);
	rows_rest_unknown(&asked->rows);
	rows_end(&asked->rows);
}

static void close_sources(struct source_days_asked *asked)
{
	memory_free(sources_of(asked)->heap);
	memory_free(asked);
}

static bool find_shape(const char *name, enum shape *out, struct error *error)
{
	enum shape shape = 0;
	while (shape < SHAPE_COUNT && name != NULL && !text_equal(shape_names[shape], name))
		shape++;
	if (shape == SHAPE_COUNT)
		return error_set(error, ERROR_USAGE, "there is no shape '%s'", name);
	*out = name != NULL ? shape : SHAPE_COUNT;
	return true;
}

bool sources_open(const struct answering *a, struct inquiry *inquiry,
                  struct source_days_asked **out, struct error *error)
{
	static const struct source_days_functions functions = { take, end_day, lose_day,
		                                                close_sources };
	const struct question *q = inquiry->question;
	struct sources_asked *s = memory_new(1, sizeof *s);
	if (s == NULL)
		return error_memory(error, "an answer");
	s->base.functions = &functions;
	s->room = (size_t)q->top;
	bool ok = source_days_asked_init(&s->base, a, inquiry, error) &&
	          find_shape(q->sources.shape, &s->shape, error);
	if (ok && q->family_count != 1)
		ok = error_set(error, ERROR_USAGE, "sources are asked about one family");
	if (ok && q->top > 0 && (s->heap = memory_new(s->room, sizeof *s->heap)) == NULL)
		ok = error_memory(error, "the top of a day");
	s->base.is_streamed = s->heap == NULL;
	if (!ok)
		close_sources(&s->base);
	else
		*out = &s->base;
	return ok;
}
