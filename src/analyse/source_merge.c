// SPDX-License-Identifier: MIT
// A binary heap of days by the source that comes next in each.
#include "analyse/source_merge.h"

#include "base/memory.h"
#include "holdings/days.h"
#include "hostday/evidence.h"

struct day_head {
	int32_t day;
	struct holdings_hosts *reader;
	const struct host_day *host;  // the next one that passes the filter
	uint64_t packets;
	struct floods *floods;  // NULL: nothing is left out because of them
	uint64_t left_out;
};

struct source_merge {
	struct source_filter filter;
	struct day_head *heads;  // one a day, ascending
	struct day_head **heap;  // those that have a host-day: least source, then least day, on top
	struct day_head **taken;  // not in the heap: those whose host-days the caller has
	struct source_sighting *sightings;
	size_t day_count, heap_count, taken_count;
};

unsigned source_filter_field(const struct source_filter *f)
{
	if (f->protocol == SOURCE_UDP)
		return FIELD_UDP_PORT;
	return f->family == HOLDINGS_ALL_SYNS ? FIELD_DESTINATION_PORT
	                                      : FIELD_MATCHED_PORT + f->family;
}

static uint64_t item_packets(const struct host_day *h, unsigned field, uint32_t value)
{
	if (!(h->fields_mask >> field & 1))
		return 0;
	const struct item_set *set = &h->sets[field];
	uint32_t low = 0, high = set->count;
	while (low < high) {
		const uint32_t middle = low + (high - low) / 2;
		if (h->items[set->begin + middle].value < value)
			low = middle + 1;
		else
			high = middle;
	}
	const bool is_there = low < set->count && h->items[set->begin + low].value == value;
	return is_there ? h->items[set->begin + low].packets : 0;
}

static uint64_t matched_packets(const struct host_day *h, uint32_t mask)
{
	uint64_t packets = 0;
	for (mask &= host_day_counted(h); mask != 0; mask &= mask - 1)
		packets += h->matched[__builtin_ctz(mask)];
	return packets;
}

static uint64_t all_packets(const struct host_day *h)
{
	uint64_t packets = 0;
	for (unsigned kind = 0; kind < HOST_KINDS; kind++)
		packets += h->packets[kind];
	return packets;
}

uint64_t source_filter_packets(const struct source_filter *f, const struct host_day *h)
{
	if (f->is_any_packet)
		return all_packets(h);
	if (f->any_of != 0)
		return matched_packets(h, f->any_of);
	const bool is_of_family = f->protocol != SOURCE_UDP && f->family != HOLDINGS_ALL_SYNS;
	if (is_of_family && !(host_day_counted(h) >> f->family & 1))
		return 0;
	if (f->port != SOURCE_ANY_PORT)
		return item_packets(h, source_filter_field(f), f->port);
	if (f->protocol == SOURCE_UDP)
		return host_day_packets(h, KIND_UDP);
	if (f->family == HOLDINGS_ALL_SYNS)
		return host_day_packets(h, KIND_SYN);
	return h->matched[f->family];
}

// The first that comes next: by source, then by day.
static bool is_before(const struct day_head *a, const struct day_head *b)
{
	return a->host->source != b->host->source ? a->host->source < b->host->source
	                                          : a->day < b->day;
}

static void push(struct source_merge *m, struct day_head *head)
{
	size_t at = m->heap_count++;
	for (; at > 0 && is_before(head, m->heap[(at - 1) / 2]); at = (at - 1) / 2)
		m->heap[at] = m->heap[(at - 1) / 2];
	m->heap[at] = head;
}

static struct day_head *pop(struct source_merge *m)
{
	struct day_head *top = m->heap[0], *last = m->heap[--m->heap_count];
	size_t at = 0;
	for (size_t child = 1; child < m->heap_count; child = 2 * at + 1) {
		if (child + 1 < m->heap_count && is_before(m->heap[child + 1], m->heap[child]))
			child++;
		if (!is_before(m->heap[child], last))
			break;
		m->heap[at] = m->heap[child];
		at = child;
	}
	m->heap[at] = last;
	return top;
}

// Moves to the next host-day that passes the filter; false at the end or at a failure.
static bool advance(const struct source_merge *m, struct day_head *head, struct error *error)
{
	while ((head->host = holdings_next_host(head->reader, error)) != NULL) {
		head->packets = source_filter_packets(&m->filter, head->host);
		if (head->packets == 0)
			continue;
		if (head->floods == NULL || !floods_suspect(head->floods, head->host))
			return true;
		head->left_out++;
	}
	return false;
}

static bool open_days(struct source_merge *m, struct holdings *holdings, uint64_t columns,
                      struct error *error)
{
	const size_t capacity = held_days_count(holdings, m->filter.window) + 1;
	struct held_day day = { .count = 0 };
	m->heads = memory_new(capacity, sizeof *m->heads);
	m->heap = memory_new(capacity, sizeof(struct day_head *));
	m->taken = memory_new(capacity, sizeof(struct day_head *));
	m->sightings = memory_new(capacity, sizeof *m->sightings);
	if (m->heads == NULL || m->heap == NULL || m->taken == NULL || m->sightings == NULL)
		return error_memory(error, "the merge of days");
	while (held_day_next(holdings, m->filter.window, &day)) {
		struct day_head *head = &m->heads[m->day_count++];
		head->day = day.day;
		if (m->filter.without_floods &&
		    !floods_find(holdings, head->day, &head->floods, error))
			return false;
		if (!holdings_open_hosts(holdings, period_of_day(head->day), columns, &head->reader,
		                         error))
			return false;
		m->taken[m->taken_count++] = head;
	}
	return true;
}

bool source_merge_open(struct holdings *holdings, const struct source_filter *filter,
                       uint64_t columns, struct source_merge **out, struct error *error)
{
	struct source_merge *m = memory_new(1, sizeof *m);
	if (m == NULL)
		return error_memory(error, "the merge of days");
	m->filter = *filter;
	if (filter->port != SOURCE_ANY_PORT && filter->any_of == 0 && !filter->is_any_packet)
		columns |= COLUMN_BIT(COLUMN_FIELD + source_filter_field(filter));
	if (filter->without_floods)
		columns |= FLOOD_COLUMNS;
	if (!open_days(m, holdings, columns, error)) {
		source_merge_close(m);
		return false;
	}
	*out = m;
	return true;
}

// Puts the days back whose host-days the caller had, at their next ones.
static bool put_back(struct source_merge *m, struct error *error)
{
	while (m->taken_count > 0) {
		struct day_head *head = m->taken[--m->taken_count];
		if (advance(m, head, error))
			push(m, head);
		else if (error->kind != ERROR_NONE)
			return false;
	}
	return true;
}

bool source_merge_next(struct source_merge *m, struct source_days *out, struct error *error)
{
	if (!put_back(m, error))
		return false;
	error->kind = ERROR_NONE;
	if (m->heap_count == 0)
		return false;
	*out = (struct source_days){ .source = m->heap[0]->host->source,
		                     .sightings = m->sightings };
	while (m->heap_count > 0 && m->heap[0]->host->source == out->source) {
		struct day_head *head = pop(m);
		m->taken[m->taken_count++] = head;
		m->sightings[out->count++] = (struct source_sighting){ head->day, head->host,
			                                               head->packets };
	}
	return true;
}

struct floods_left_out source_merge_left_out(const struct source_merge *m)
{
	struct floods_left_out out = { .source_days = 0 };
	for (size_t i = 0; i < m->day_count; i++)
		if (m->heads[i].floods != NULL)
			floods_leave_out(&out, m->heads[i].floods, m->heads[i].left_out);
	return out;
}

void source_merge_close(struct source_merge *m)
{
	if (m == NULL)
		return;
	for (size_t i = 0; m->heads != NULL && i < m->day_count; i++) {
		holdings_close_hosts(m->heads[i].reader);
		floods_free(m->heads[i].floods);
	}
	memory_free(m->heads);
	memory_free(m->heap);
	memory_free(m->taken);
	memory_free(m->sightings);
	memory_free(m);
}
