// SPDX-License-Identifier: MIT
#include "answer/local/captures.h"

#include "base/memory.h"

#include <stdlib.h>
#include <string.h>

static int compare(uint64_t a, uint64_t b)
{
	return (a > b) - (a < b);
}

static int by_what_it_is(const void *a, const void *b)
{
	const struct ingest_detail *x = a, *y = b;
	int order = compare(x->kind, y->kind);
	if (order == 0)
		order = (x->link_type > y->link_type) - (x->link_type < y->link_type);
	if (order == 0)
		order = compare(x->reason, y->reason);
	return order != 0 ? order : compare(x->number, y->number);
}

static int by_frames(const void *a, const void *b)
{
	const struct ingest_detail *x = a, *y = b;
	const bool is_x_remark = reason_is_remark(x->reason);
	if (x->kind != y->kind)
		return compare(x->kind, y->kind);
	if (is_x_remark != reason_is_remark(y->reason))
		return is_x_remark ? 1 : -1;
	return x->frames != y->frames ? compare(y->frames, x->frames) : by_what_it_is(a, b);
}

// The details of a ledger, and what they leave over.
static void add_ledger(struct reasons *r, const struct ingest_ledger *ledger)
{
	uint64_t rest[KIND_COUNT];
	memcpy(rest, ledger->frames, sizeof rest);
	for (size_t i = 0; i < ledger->detail_count; i++) {
		const struct ingest_detail *d = &ledger->details[i];
		const bool is_remark = reason_is_remark(d->reason);
		const bool can_be = is_remark || kind_has_reason(d->kind);
		if (!can_be || d->frames > (is_remark ? ledger->frames : rest)[d->kind])
			continue;  // somebody changed it by hand
		if (!is_remark)
			rest[d->kind] -= d->frames;
		r->rows[r->count++] = *d;
	}
	for (unsigned kind = 0; kind < KIND_COUNT; kind++)
		if (kind_has_reason((enum kind)kind) && rest[kind] > 0)
			r->rows[r->count++] = (struct ingest_detail){ .kind = (enum kind)kind,
				                                      .link_type = LINK_TYPE_UNSAID,
				                                      .reason = REASON_OTHER,
				                                      .frames = rest[kind] };
}

bool reasons_gather(const struct chosen_captures *captures, struct reasons *out,
                    struct error *error)
{
	size_t most = 1, distinct = 0;
	for (size_t i = 0; i < captures->count; i++)
		if (captures->list[i]->ledger != NULL)
			most += captures->list[i]->ledger->detail_count + KIND_COUNT;
	struct reasons r = { .rows = memory_new(most, sizeof *r.rows) };
	if (r.rows == NULL)
		return error_memory(error, "the ledger");
	for (size_t i = 0; i < captures->count; i++)
		if (captures->list[i]->ledger != NULL)
			add_ledger(&r, captures->list[i]->ledger);
	qsort(r.rows, r.count, sizeof *r.rows, by_what_it_is);
	for (size_t i = 0; i < r.count; i++) {
		if (distinct > 0 && by_what_it_is(&r.rows[distinct - 1], &r.rows[i]) == 0)
			r.rows[distinct - 1].frames += r.rows[i].frames;
		else
			r.rows[distinct++] = r.rows[i];
	}
	r.count = distinct;
	qsort(r.rows, r.count, sizeof *r.rows, by_frames);
	*out = r;
	return true;
}

void reasons_done(struct reasons *r)
{
	memory_free(r->rows);
	*r = (struct reasons){ .rows = NULL };
}
