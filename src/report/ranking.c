// SPDX-License-Identifier: MIT
#include "report/ranking.h"

#include "base/text.h"

#include <assert.h>
#include <string.h>

// A row as numbers: how many prefixes it is behind the one before, if it has as many sources; else 0,
// its sources, and the number of its prefix.
enum { OTHER_SOURCES = 0 };

enum { PREFIX_TEXT_SIZE = TEXT_IPV4_SIZE + 4 };

static struct ranking *of(struct receiver *receiver)
{
	return (struct ranking *)receiver;
}

static bool begin(struct receiver *receiver, const struct schema *schema, struct error *error)
{
	(void)error;
	of(receiver)->schema = *schema;
	return true;
}

static uint32_t address_of(struct span prefix)
{
	char text[TEXT_IPV4_SIZE];
	uint32_t address = 0;
	size_t length = 0;
	while (length < prefix.length && prefix.bytes[length] != '/')
		length++;
	if (text_format(text, sizeof text, "%.*s", (int)length, (const char *)prefix.bytes))
		(void)text_ipv4(text, &address);
	return address;
}

static void pack(struct ranking *r, struct ranked row)
{
	const unsigned shift = 32 - r->bits;
	if (row.sources == r->last.sources && row.address > r->last.address) {
		buffer_varint(&r->packed, (row.address >> shift) - (r->last.address >> shift));
	} else {
		buffer_varint(&r->packed, OTHER_SOURCES);
		buffer_varint(&r->packed, row.sources);
		buffer_varint(&r->packed, row.address >> shift);
	}
	r->last = row;
}

static bool take_row(struct receiver *receiver, const struct cell *cells)
{
	struct ranking *r = of(receiver);
	const struct cell *cell = &cells[schema_find(&r->schema, "sources")];
	const uint64_t sources = cell->number;
	r->is_unknown = cell->state != CELL_VALUE;
	if (r->is_unknown)
		return true;
	assert(sources > 0);
	pack(r,
	     (struct ranked){ address_of(cells[schema_find(&r->schema, "prefix")].text), sources });
	r->count++;
	r->sources += sources;
	return !r->packed.failed;
}

static void restart(struct receiver *receiver)
{
	struct ranking *r = of(receiver);
	r->packed.length = 0;
	r->last = (struct ranked){ .sources = 0 };
	r->count = 0;
	r->sources = 0;
	r->is_unknown = false;
}

void ranking_init(struct ranking *r, unsigned bits)
{
	*r = (struct ranking){ .receiver = { begin, take_row, restart },
		               .bits = bits,
		               .packed = buffer_up_to(SIZE_MAX) };
}

void ranking_done(struct ranking *r)
{
	buffer_done(&r->packed);
}

bool ranking_check(const struct ranking *r, struct error *error)
{
	return !r->packed.failed || error_memory(error, "the prefixes of the report");
}

struct ranking_walk ranking_walk(const struct ranking *r)
{
	return (struct ranking_walk){ .ranking = r, .rest = cursor_over(buffer_span(&r->packed)) };
}

bool ranking_next(struct ranking_walk *w)
{
	const unsigned shift = 32 - w->ranking->bits;
	if (cursor_left(&w->rest) == 0)
		return false;
	const uint64_t behind = cursor_varint(&w->rest);
	if (behind != OTHER_SOURCES) {
		w->row.address += (uint32_t)(behind << shift);
	} else {
		w->row.sources = cursor_varint(&w->rest);
		w->row.address = (uint32_t)(cursor_varint(&w->rest) << shift);
	}
	return true;
}

static void write_unknown(const struct ranking *r, struct table *to)
{
	struct cell cells[SCHEMA_COLUMNS_MAX];
	for (size_t i = 0; i < r->schema.count; i++)
		cells[i] = (struct cell){ .state = CELL_UNKNOWN };
	(void)table_row(to, cells);
}

void ranking_write(const struct ranking *r, struct table *to)
{
	uint64_t sum = 0;
	bool goes_on = true;
	if (r->is_unknown)
		write_unknown(r, to);
	struct ranking_walk walk = ranking_walk(r);
	for (size_t row = 0; goes_on && ranking_next(&walk); row++) {
		char address[TEXT_IPV4_SIZE], prefix[PREFIX_TEXT_SIZE];
		struct cell cells[SCHEMA_COLUMNS_MAX];
		const struct ranked ranked = walk.row;
		sum += ranked.sources;
		text_from_ipv4(ranked.address, address);
		text_format(prefix, sizeof prefix, "%s/%u", address, r->bits);
		cells[schema_find(&r->schema, "rank")] = (struct cell){ .number = row + 1 };
		cells[schema_find(&r->schema, "prefix")] = (struct cell){
			.text = { (const uint8_t *)prefix, strlen(prefix) }
		};
		cells[schema_find(&r->schema, "sources")] = (struct cell){
			.number = ranked.sources
		};
		cells[schema_find(&r->schema, "cumulative_sources")] = (struct cell){
			.number = sum
		};
		cells[schema_find(&r->schema, "cumulative_share")] = (struct cell){
			.real = (double)sum / (double)r->sources
		};
		goes_on = table_row(to, cells);
	}
}
