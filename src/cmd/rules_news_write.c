// SPDX-License-Identifier: MIT
// The rows of `hotaru rules --new`.
#include "cmd/rules_found.h"

#include "base/text.h"

#include <inttypes.h>
#include <stdlib.h>

enum { PLACES_SHOWN = 8, TEXT_MAX = 1 << 20 };

const struct column rules_news_columns[RULES_NEWS_COLUMNS] = {
	{ "day", CELL_TEXT },
	{ "antecedent", CELL_TEXT },
	{ "consequent", CELL_TEXT },
	{ "support", CELL_NUMBER },
	{ "confidence", CELL_NUMBER },
	{ "lift", CELL_NUMBER },
	{ "target_sources", CELL_NUMBER },
	{ "mirai_sources", CELL_NUMBER },
	{ "mirai_share", CELL_NUMBER },
	{ "ports", CELL_TEXT },
	{ "places", CELL_TEXT },
	{ "fingerprints", CELL_TEXT },
	{ "example", CELL_TEXT },
	{ "most_before", CELL_NUMBER },
};

// A line of all columns is too long to be read; this one is long because of the example, its end.
static bool is_for_people(const struct table *table)
{
	return table->format == FORMAT_TABLE;
}

size_t rules_news_columns_for_people(struct column out[RULES_NEWS_COLUMNS])
{
	static const size_t chosen[] = { 0, 1, 2, 3, 4, 8, 9, 10, 11, 12 };
	const size_t count = sizeof chosen / sizeof *chosen;
	for (size_t i = 0; i < count; i++)
		out[i] = rules_news_columns[chosen[i]];
	return count;
}

struct rows {
	const struct rules_news_found *news;
	struct table *table;
	struct buffer text;  // of one cell
};

// Starts a cell of several parts, or goes on with it.
static void part(struct rows *r, char separator)
{
	if (r->text.length > 0)
		buffer_byte(&r->text, (uint8_t)separator);
}

static void end_cell(struct rows *r)
{
	table_text_span(r->table, buffer_span(&r->text));
	r->text.length = 0;
}

static void write_ports(struct rows *r, const struct rule_targets *t)
{
	for (size_t i = 0; i < t->port_count; i++) {
		part(r, ';');
		buffer_format(&r->text, "%" PRIu32 ":%" PRIu64, t->ports[i].port,
		              t->ports[i].sources);
	}
	if (t->ports_seen > t->port_count)
		buffer_text(&r->text, ";...");
	end_cell(r);
}

static void write_places(struct rows *r, size_t entry)
{
	const struct rules_places *places = rules_news_places(r->news, PLACE_COUNTRY, entry);
	const struct place_atlas *countries = r->news->where[PLACE_COUNTRY].atlas;
	if (places == NULL) {
		table_unknown(r->table);
		return;
	}
	for (size_t i = 0; i < places->count && i < PLACES_SHOWN; i++) {
		part(r, ';');
		buffer_format(&r->text, "%s:%" PRIu64,
		              place_at(countries, places->list[i].place)->id,
		              places->list[i].sources);
	}
	if (places->count > PLACES_SHOWN)
		buffer_text(&r->text, ";...");
	end_cell(r);
}

// The share of the targets any of whose SYNs matched, to three decimals.
static void write_share(struct rows *r, uint64_t sources, uint64_t all)
{
	char text[32];
	text_format(text, sizeof text, "%.3f", (double)sources / (double)all);
	size_t length = strlen(text);
	while (text[length - 1] == '0')
		length--;
	length -= text[length - 1] == '.';
	buffer_append(&r->text, text, length);
}

// A fingerprint, by how many targets matched it.
struct ranked {
	uint64_t count;
	uint32_t bit;
};

static int by_count(const void *a, const void *b)
{
	const struct ranked *x = a, *y = b;
	if (x->count != y->count)
		return x->count > y->count ? -1 : 1;
	return (x->bit > y->bit) - (x->bit < y->bit);
}

static void write_fingerprints(struct rows *r, const struct rule_targets *t)
{
	const struct fingerprint_set *set = &store_settings(r->news->store)->fingerprints;
	struct ranked ranked[FINGERPRINTS_MAX];
	size_t count = 0;
	for (uint32_t bit = 0; bit < FINGERPRINTS_MAX; bit++)
		if (t->matched[bit] > 0 && fingerprint_name(set, bit) != NULL)
			ranked[count++] = (struct ranked){ t->matched[bit], bit };
	qsort(ranked, count, sizeof *ranked, by_count);
	for (size_t i = 0; i < count; i++) {
		part(r, ';');
		buffer_format(&r->text, "%s:", fingerprint_name(set, ranked[i].bit));
		write_share(r, ranked[i].count, t->sources);
	}
	if (count == 0)
		buffer_text(&r->text, "none");
	end_cell(r);
}

// Fields of SYNs only: where the packets went is not for every reader of a listing.
static void write_example(struct rows *r, const struct rule_example *e)
{
	char text[HEADER_ITEM_TEXT_SIZE], source[TEXT_IPV4_SIZE];
	if (!e->is_there) {
		table_empty(r->table);
		return;
	}
	text_from_ipv4(e->source, source);
	buffer_format(&r->text, "source=%s syns=%" PRIu64, source, e->syns);
	for (unsigned field = 0; field < FIELD_DESTINATION; field++) {
		const struct header_item item = { .field = (uint8_t)field,
			                          .value = e->values[field] };
		if (!(e->known >> field & 1))
			continue;
		header_item_text(&item, text);
		part(r, ' ');
		buffer_text(&r->text, text);
	}
	end_cell(r);
}

// What tables for people leave out of the middle, and the Mirai hosts.
static void write_numbers(struct table *table, const struct emerged *e)
{
	const struct header_rule *rule = &e->rule;
	const bool is_unknown = e->emergence.has_unknown;
	if (!is_for_people(table)) {
		table_real(table, rule->rule.lift);
		table_u64(table, rule->target_sources);
		rules_write_mirai(table, rule->target_sources, rule->mirai_sources, is_unknown);
	} else if (is_unknown) {
		table_unknown(table);
	} else {
		table_real(table, (double)rule->mirai_sources / (double)rule->target_sources);
	}
}

static void write_row(struct rows *r, size_t entry)
{
	const struct emerged *e = &r->news->found.list[entry];
	struct table *table = r->table;
	const struct header_rule *rule = &e->rule;
	char date[CALENDAR_DAY_SIZE];
	day_format(e->emergence.day, date);
	table_text(table, date);
	rules_write_items(table, rule->antecedent, rule->antecedent_count);
	rules_write_items(table, rule->consequent, rule->consequent_count);
	table_u64(table, rule->rule.support.all);
	table_real(table, rule->rule.confidence);
	write_numbers(table, e);
	write_ports(r, &e->targets);
	write_places(r, entry);
	write_fingerprints(r, &e->targets);
	write_example(r, &e->targets.example);
	if (!is_for_people(table))
		table_u64(table, e->emergence.most_before);
	table_end_row(table);
}

void rules_news_write(struct table *table, const struct rules_news_found *news)
{
	struct rows rows = { news, table, buffer_up_to(TEXT_MAX) };
	for (size_t i = 0; i < news->found.count && !table->failed; i++)
		write_row(&rows, i);
	buffer_done(&rows.text);
}
