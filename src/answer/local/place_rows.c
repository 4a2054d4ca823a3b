// SPDX-License-Identifier: MIT
#include "answer/local/place_rows.h"

#include "base/text.h"

enum { PREFIX_TEXT_SIZE = 24, PLACE_CELLS = 4 };

static const char other[] = "other";

// Those of `count` that are shown.
static size_t shown(size_t count, uint64_t top)
{
	return top == 0 || count <= top ? count : (size_t)top;
}

static double share_of(uint64_t sources, uint64_t all)
{
	return (double)sources / (double)all;
}

static void write_cells(struct rows *rows, const char *place, const char *name, uint64_t sources,
                        uint64_t all)
{
	rows_text(rows, place);
	rows_text(rows, name);
	rows_number(rows, sources);
	rows_real(rows, share_of(sources, all));
}

static void write_place(struct rows *rows, const struct places_group *g, size_t i)
{
	const struct places_row *row = &g->rows[i];
	write_cells(rows, row->place.id, row->place.name, row->sources, g->sources);
}

// All that are left out: so many, with so many sources.
static void write_others(struct rows *rows, size_t count, const char *what, uint64_t sources,
                         uint64_t all)
{
	char name[48];
	text_format(name, sizeof name, "%zu %s", count, what);
	write_cells(rows, other, name, sources, all);
}

// ---- one ranking

static uint64_t sources_behind(const struct places_group *g, uint64_t top)
{
	uint64_t sources = g->sources;
	for (size_t i = 0; i < shown(g->count, top); i++)
		sources -= g->rows[i].sources;
	return sources;
}

static void write_others_of(struct rows *rows, const struct places_group *g, uint64_t top,
                            const char *what)
{
	write_others(rows, g->count - shown(g->count, top), what, sources_behind(g, top),
	             g->sources);
}

void write_places(struct rows *rows, const struct places *p, uint64_t top)
{
	const struct places_group *g = &p->groups[0];
	const size_t count = shown(g->count, top);
	for (size_t i = 0; i < count; i++) {
		write_place(rows, g, i);
		if (!rows_end(rows))
			return;
	}
	if (count == g->count)
		return;
	write_others_of(rows, g, top, "places");
	rows_end(rows);
}

static void prefix_format(const struct prefixes *p, size_t i, char out[PREFIX_TEXT_SIZE])
{
	char address[TEXT_IPV4_SIZE];
	text_from_ipv4(prefixes_row_at(p, i).first, address);
	text_format(out, PREFIX_TEXT_SIZE, "%s/%u", address, p->bits);
}

void write_places_by_prefix(struct rows *rows, const struct prefixes *p, uint64_t top)
{
	const size_t count = shown(p->count, top);
	uint64_t left = p->sources;
	for (size_t i = 0; i < count; i++) {
		char prefix[PREFIX_TEXT_SIZE];
		prefix_format(p, i, prefix);
		write_cells(rows, prefix, "", prefixes_row_at(p, i).sources, p->sources);
		left -= prefixes_row_at(p, i).sources;
		if (!rows_end(rows))
			return;
	}
	if (count == p->count)
		return;
	write_others(rows, p->count - count, "prefixes", left, p->sources);
	rows_end(rows);
}

void write_prefixes(struct rows *rows, const struct prefixes *p, uint64_t top)
{
	uint64_t sum = 0;
	for (size_t i = 0; i < shown(p->count, top); i++) {
		char prefix[PREFIX_TEXT_SIZE];
		prefix_format(p, i, prefix);
		sum += prefixes_row_at(p, i).sources;
		rows_number(rows, i + 1);
		rows_text(rows, prefix);
		rows_number(rows, prefixes_row_at(p, i).sources);
		rows_number(rows, sum);
		rows_real(rows, share_of(sum, p->sources));
		if (!rows_end(rows))
			return;
	}
}

// ---- networks within countries

static void write_country(struct rows *rows, const struct places *p, const struct places_group *g)
{
	write_cells(rows, g->country.id, g->country.name, g->sources, p->sources);
}

static bool write_networks(struct rows *rows, const struct places *p, const struct places_group *g,
                           uint64_t top)
{
	const size_t count = shown(g->count, top);
	for (size_t i = 0; i < count; i++) {
		write_country(rows, p, g);
		write_place(rows, g, i);
		if (!rows_end(rows))
			return false;
	}
	if (count == g->count)
		return true;
	write_country(rows, p, g);
	write_others_of(rows, g, top, "networks");
	return rows_end(rows);
}

void write_networks_per_country(struct rows *rows, const struct places *p, uint64_t top)
{
	const size_t count = shown(p->group_count, top);
	uint64_t left = p->sources;
	for (size_t i = 0; i < count; i++) {
		left -= p->groups[i].sources;
		if (!write_networks(rows, p, &p->groups[i], top))
			return;
	}
	if (count == p->group_count)
		return;
	write_others(rows, p->group_count - count, "countries", left, p->sources);
	write_cells(rows, other, "", left, left);
	rows_end(rows);
}

// ---- ports side by side

static void write_nothing(struct rows *rows)
{
	for (size_t i = 0; i < PLACE_CELLS; i++)
		rows_empty(rows);
}

static bool write_rank(struct rows *rows, const struct places *p, size_t rank)
{
	rows_number(rows, rank + 1);
	for (size_t i = 0; i < p->group_count; i++)
		if (rank < p->groups[i].count)
			write_place(rows, &p->groups[i], rank);
		else
			write_nothing(rows);
	return rows_end(rows);
}

void write_places_across(struct rows *rows, const struct places *p, uint64_t top)
{
	size_t ranks = 0;
	for (size_t i = 0; i < p->group_count; i++)
		ranks = p->groups[i].count > ranks ? p->groups[i].count : ranks;
	for (size_t rank = 0; rank < shown(ranks, top); rank++)
		if (!write_rank(rows, p, rank))
			return;
	if (shown(ranks, top) == ranks)
		return;
	rows_empty(rows);
	for (size_t i = 0; i < p->group_count; i++)
		if (p->groups[i].count > top)
			write_others_of(rows, &p->groups[i], top, "places");
		else
			write_nothing(rows);
	rows_end(rows);
}
