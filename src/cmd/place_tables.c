// SPDX-License-Identifier: MIT
#include "cmd/place_tables.h"

#include "base/text.h"

static const char other[] = "other";

const struct column place_columns[PLACE_COLUMNS] = {
	{ "place", CELL_TEXT },
	{ "name", CELL_TEXT },
	{ "sources", CELL_NUMBER },
	{ "share", CELL_NUMBER },
};

const struct column country_columns[COUNTRY_COLUMNS] = {
	{ "country", CELL_TEXT },
	{ "country_name", CELL_TEXT },
	{ "country_sources", CELL_NUMBER },
	{ "country_share", CELL_NUMBER },
	{ "place", CELL_TEXT },
	{ "name", CELL_TEXT },
	{ "sources", CELL_NUMBER },
	{ "share", CELL_NUMBER },
};

static bool is_shown(size_t index, uint64_t top)
{
	return top == 0 || index < top;
}

static double share_of(uint64_t sources, uint64_t all)
{
	return (double)sources / (double)all;
}

static void write_cells(struct table *table, const char *place, const char *name, uint64_t sources,
                        uint64_t all)
{
	table_text(table, place);
	table_text(table, name);
	table_u64(table, sources);
	table_real(table, share_of(sources, all));
}

// All that are left out: so many, with so many sources.
static void write_others(struct table *table, size_t count, const char *what, uint64_t sources,
                         uint64_t all)
{
	char name[48];
	text_format(name, sizeof name, "%zu %s", count, what);
	write_cells(table, other, name, sources, all);
}

// ---- one ranking

static uint64_t sources_behind(const struct places_group *g, uint64_t top)
{
	uint64_t sources = g->sources;
	for (size_t i = 0; i < g->count && is_shown(i, top); i++)
		sources -= g->rows[i].sources;
	return sources;
}

void place_write(struct table *table, const struct places_group *g, uint64_t top)
{
	for (size_t i = 0; i < g->count && is_shown(i, top); i++) {
		const struct places_row *row = &g->rows[i];
		write_cells(table, row->place.id, row->place.name, row->sources, g->sources);
		table_end_row(table);
	}
	if (top == 0 || g->count <= top)
		return;
	write_others(table, g->count - top, "places", sources_behind(g, top), g->sources);
	table_end_row(table);
}

static void prefix_format(uint32_t first, unsigned bits, char out[PREFIX_TEXT_SIZE])
{
	char address[TEXT_IPV4_SIZE];
	text_from_ipv4(first, address);
	text_format(out, PREFIX_TEXT_SIZE, "%s/%u", address, bits);
}

// ---- networks within countries

static void write_country(struct table *table, const struct places *p, const char *id,
                          const char *name, uint64_t sources)
{
	write_cells(table, id, name, sources, p->sources);
}

static void write_networks(struct table *table, const struct places *p,
                           const struct places_group *g, uint64_t top)
{
	for (size_t i = 0; i < g->count && is_shown(i, top); i++) {
		const struct places_row *row = &g->rows[i];
		write_country(table, p, g->country.id, g->country.name, g->sources);
		write_cells(table, row->place.id, row->place.name, row->sources, g->sources);
		table_end_row(table);
	}
	if (top == 0 || g->count <= top)
		return;
	write_country(table, p, g->country.id, g->country.name, g->sources);
	write_others(table, g->count - top, "networks", sources_behind(g, top), g->sources);
	table_end_row(table);
}

void place_write_countries(struct table *table, const struct places *p, uint64_t top)
{
	uint64_t left = p->sources;
	for (size_t i = 0; i < p->group_count && is_shown(i, top); i++) {
		write_networks(table, p, &p->groups[i], top);
		left -= p->groups[i].sources;
	}
	if (left == 0)
		return;
	write_others(table, p->group_count - top, "countries", left, p->sources);
	write_cells(table, other, "", left, left);
	table_end_row(table);
}

// ---- ports side by side

void port_columns_init(struct port_columns *c, const uint16_t *ports, size_t count)
{
	c->columns[0] = (struct column){ "rank", CELL_NUMBER };
	c->count = 1;
	for (size_t p = 0; p < count; p++)
		for (size_t i = 0; i < PLACE_COLUMNS; i++) {
			struct column *column = &c->columns[c->count++];
			*column = place_columns[i];
			text_format(column->name, sizeof column->name, "%s_%u",
			            place_columns[i].name, ports[p]);
		}
}

static void write_nothing(struct table *table)
{
	for (size_t i = 0; i < PLACE_COLUMNS; i++)
		table_empty(table);
}

static void write_rank(struct table *table, const struct places *p, size_t rank)
{
	table_u64(table, rank + 1);
	for (size_t i = 0; i < p->group_count; i++) {
		const struct places_group *g = &p->groups[i];
		if (rank >= g->count) {
			write_nothing(table);
			continue;
		}
		const struct places_row *row = &g->rows[rank];
		write_cells(table, row->place.id, row->place.name, row->sources, g->sources);
	}
	table_end_row(table);
}

void place_write_across(struct table *table, const struct places *p, uint64_t top)
{
	size_t ranks = 0;
	for (size_t i = 0; i < p->group_count; i++)
		ranks = p->groups[i].count > ranks ? p->groups[i].count : ranks;
	for (size_t rank = 0; rank < ranks && is_shown(rank, top); rank++)
		write_rank(table, p, rank);
	if (top == 0 || ranks <= top)
		return;
	table_empty(table);
	for (size_t i = 0; i < p->group_count; i++) {
		const struct places_group *g = &p->groups[i];
		if (g->count > top)
			write_others(table, g->count - top, "places", sources_behind(g, top),
			             g->sources);
		else
			write_nothing(table);
	}
	table_end_row(table);
}

const struct column prefix_columns[PREFIX_COLUMNS] = {
	{ "rank", CELL_NUMBER },
	{ "prefix", CELL_TEXT },
	{ "sources", CELL_NUMBER },
	{ "cumulative_sources", CELL_NUMBER },
	{ "cumulative_share", CELL_NUMBER },
};

void prefix_write(struct table *table, const struct prefixes *p, uint64_t top)
{
	uint64_t sum = 0;
	for (size_t i = 0; i < p->count && (top == 0 || i < top); i++) {
		char prefix[PREFIX_TEXT_SIZE];
		prefix_format(p->rows[i].first, p->bits, prefix);
		sum += p->rows[i].sources;
		table_u64(table, i + 1);
		table_text(table, prefix);
		table_u64(table, p->rows[i].sources);
		table_u64(table, sum);
		table_real(table, (double)sum / (double)p->sources);
		table_end_row(table);
	}
}
