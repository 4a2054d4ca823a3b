// SPDX-License-Identifier: MIT
// Two levels of arrays by port. A column is counted as it is: the item sets of its host-days
// stand one behind the other, and whose they are does not matter.
#include "hostday/hostday.h"

#include "base/memory.h"

#include <assert.h>

enum { PAGE_PORTS = 256, PAGES = PORTS / PAGE_PORTS };
// The fields that are not of a fingerprint.
#define PORTS_OF_ALL (PORT_FIELDS & ((UINT64_C(1) << FIELD_MATCHED_PORT) - 1))

struct counter {
	uint64_t packets, sources;
};

struct page {
	uint64_t seen[PAGE_PORTS / 64];  // bit: the port has a source
	struct counter counters[PAGE_PORTS];
};

struct table {
	struct page *pages[PAGES];
};

struct port_counts {
	struct table *tables[FIELD_COUNT];
};

struct port_counts *port_counts_new(void)
{
	return memory_new(1, sizeof(struct port_counts));
}

void port_counts_clear(struct port_counts *c)
{
	for (unsigned field = 0; field < FIELD_COUNT; field++) {
		struct table *table = c->tables[field];
		for (unsigned i = 0; table != NULL && i < PAGES; i++)
			memory_free(table->pages[i]);
		memory_free(table);
		c->tables[field] = NULL;
	}
}

void port_counts_free(struct port_counts *c)
{
	if (c == NULL)
		return;
	port_counts_clear(c);
	memory_free(c);
}

static struct table *table_of(struct port_counts *c, unsigned field)
{
	assert(field < FIELD_COUNT && PORT_FIELDS >> field & 1);
	if (c->tables[field] == NULL)
		c->tables[field] = memory_new(1, sizeof(struct table));
	return c->tables[field];
}

// The counter of a port that is seen. NULL: no memory.
static inline struct counter *counter_of(struct table *table, uint32_t port)
{
	struct page **at = &table->pages[port / PAGE_PORTS], *page = *at;
	if (page == NULL && (page = *at = memory_new(1, sizeof *page)) == NULL)
		return NULL;
	struct counter *counter = &page->counters[port % PAGE_PORTS];
	if (counter->packets == 0)
		page->seen[port % PAGE_PORTS / 64] |= UINT64_C(1) << port % 64;
	return counter;
}

// Numbers that 64 bits do not hold no telescope has seen: they stay at the largest.
static inline bool count(struct table *table, uint32_t port, uint64_t packets, uint64_t sources)
{
	struct counter *counter = counter_of(table, port);
	if (counter == NULL)
		return false;
	if (__builtin_add_overflow(counter->packets, packets, &counter->packets))
		counter->packets = UINT64_MAX;
	counter->sources += sources;
	return true;
}

bool port_counts_add(struct port_counts *c, const struct host_day *h, uint64_t fields,
                     uint32_t counted)
{
	const uint64_t sources = PORTS_OF_ALL | (uint64_t)counted << FIELD_MATCHED_PORT;
	for (uint64_t rest = h->fields_mask & fields & PORT_FIELDS; rest != 0; rest &= rest - 1) {
		const unsigned field = (unsigned)__builtin_ctzll(rest);
		const struct item_set *set = &h->sets[field];
		struct table *table = table_of(c, field);
		if (table == NULL)
			return false;
		for (uint32_t i = 0; i < set->count; i++) {
			const struct item *item = &h->items[set->begin + i];
			assert(item->value < PORTS);
			if (!count(table, item->value, item->packets, sources >> field & 1))
				return false;
		}
	}
	return true;
}

bool port_counts_add_column(struct port_counts *c, unsigned field, struct span column)
{
	struct cursor at = cursor_over(column);
	struct table *table = table_of(c, field);
	if (table == NULL)
		return false;
	while (cursor_left(&at) > 0) {
		uint64_t next = 0;
		for (uint64_t left = cursor_varint(&at) >> 1; left > 0; left--) {
			const uint64_t number = cursor_varint(&at), port = next + (number >> 1);
			const uint64_t packets = number & 1 ? cursor_varint(&at) + 2 : 1;
			assert(!at.is_short && port < PORTS);
			if (!count(table, (uint32_t)port, packets, 1))
				return false;
			next = port + 1;
		}
	}
	return true;
}

bool port_counts_put(struct port_counts *c, unsigned field, const struct port_count *count)
{
	struct table *table = table_of(c, field);
	struct counter *counter = table == NULL ? NULL : counter_of(table, count->port);
	if (counter == NULL)
		return false;
	*counter = (struct counter){ .packets = count->packets, .sources = count->sources };
	return true;
}

struct port_count port_counts_at(const struct port_counts *c, unsigned field, uint32_t port)
{
	const struct table *table = c->tables[field];
	const struct page *page = table == NULL ? NULL : table->pages[port / PAGE_PORTS];
	struct port_count out = { .port = port };
	if (page != NULL) {
		out.packets = page->counters[port % PAGE_PORTS].packets;
		out.sources = page->counters[port % PAGE_PORTS].sources;
	}
	return out;
}

bool port_counts_from(const struct port_counts *c, unsigned field, uint32_t port,
                      struct port_count *out)
{
	const struct table *table = c->tables[field];
	while (table != NULL && port < PORTS) {
		const struct page *page = table->pages[port / PAGE_PORTS];
		if (page == NULL) {
			port = (port / PAGE_PORTS + 1) * PAGE_PORTS;
			continue;
		}
		const uint64_t seen = page->seen[port % PAGE_PORTS / 64] >> port % 64;
		if (seen != 0) {
			*out = port_counts_at(c, field, port + (uint32_t)__builtin_ctzll(seen));
			return true;
		}
		port = (port / 64 + 1) * 64;
	}
	return false;
}
