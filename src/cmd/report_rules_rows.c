// SPDX-License-Identifier: MIT
// The CSVs of rules beside the page, until the report asks questions.
#include "cmd/report_rules_found.h"

#include "base/text.h"

#include <inttypes.h>
#include <stdlib.h>

enum { PLACES_SHOWN = 8, TEXT_MAX = 1 << 20 };

const struct column report_rules_columns[RULES_COLUMNS] = {
	{ "day", CELL_TEXT },
	{ "antecedent", CELL_TEXT },
	{ "consequent", CELL_TEXT },
	{ "support", CELL_NUMBER },
	{ "antecedent_support", CELL_NUMBER },
	{ "confidence", CELL_NUMBER },
	{ "lift", CELL_NUMBER },
	{ "target_sources", CELL_NUMBER },
	{ "mirai_sources", CELL_NUMBER },
	{ "mirai_share", CELL_NUMBER },
	// Not in a table for people, but for the last, with --across.
	{ "leverage", CELL_NUMBER },
	{ "conviction", CELL_NUMBER },
	{ "improvement", CELL_NUMBER },
	{ "p_value", CELL_NUMBER },
	{ "one_packet_sources", CELL_NUMBER },
};

const struct column report_rules_timeline_columns[RULES_TIMELINE_COLUMNS] = {
	{ "antecedent", CELL_TEXT },      { "consequent", CELL_TEXT },
	{ "first_day", CELL_TEXT },       { "last_day", CELL_TEXT },
	{ "days", CELL_NUMBER },          { "peak_day", CELL_TEXT },
	{ "peak_sources", CELL_NUMBER },  { "sources", CELL_NUMBER },
	{ "mirai_sources", CELL_NUMBER }, { "mirai_share", CELL_NUMBER },
};

const struct column report_rules_news_columns[RULES_NEWS_COLUMNS] = {
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

// ---- cells

static void report_rules_items_text(const struct header_item *items, size_t count,
                                    struct buffer *out)
{
	char text[HEADER_ITEM_TEXT_SIZE];
	for (size_t i = 0; i < count; i++) {
		header_item_text(&items[i], text);
		if (i > 0)
			buffer_byte(out, ';');
		buffer_text(out, text);
	}
}

static void report_rules_write_items(struct table *table, const struct header_item *items,
                                     size_t count)
{
	struct buffer text = buffer_up_to(1 << 20);
	report_rules_items_text(items, count, &text);
	table_text_span(table, buffer_span(&text));
	buffer_done(&text);
}

static void report_rules_write_mirai(struct table *table, uint64_t sources, uint64_t mirai_sources,
                                     bool is_unknown)
{
	if (is_unknown) {
		table_unknown(table);
		table_unknown(table);
		return;
	}
	table_u64(table, mirai_sources);
	table_real(table, (double)mirai_sources / (double)sources);
}

// ---- rows

static void write_rule(struct table *table, const struct header_rules_day *day,
                       const struct header_rule *rule)
{
	const struct rule *r = &rule->rule;
	char date[CALENDAR_DAY_SIZE];
	day_format(day->day, date);
	table_text(table, date);
	report_rules_write_items(table, rule->antecedent, rule->antecedent_count);
	report_rules_write_items(table, rule->consequent, rule->consequent_count);
	table_u64(table, r->support.all);
	table_u64(table, r->antecedent_support.all);
	table_real(table, r->confidence);
	table_real(table, r->lift);
	table_u64(table, rule->target_sources);
	report_rules_write_mirai(table, rule->target_sources, rule->mirai_sources,
	                         day->has_unknown);
	table_real(table, r->leverage);
	table_real(table, r->conviction);
	table_real(table, r->improvement);
	table_small(table, r->p_value);
	if (rule->one_packet_sources == HEADER_NOT_ONE_PACKET)
		table_empty(table);
	else
		table_u64(table, rule->one_packet_sources);
	table_end_row(table);
}

bool report_rules_write_day(struct table *table, const struct header_rules_day *day)
{
	for (size_t i = 0; i < day->count; i++)
		write_rule(table, day, &day->list[i]);
	return !table->failed;
}

static void write_day(struct table *table, int32_t day)
{
	char date[CALENDAR_DAY_SIZE];
	day_format(day, date);
	table_text(table, date);
}

static void write_life(struct table *table, const struct report_rules_timeline_found *t, size_t i)
{
	const struct rule_life *life = &t->lives.list[i];
	const struct rule_targets *targets = &t->targets[i];
	report_rules_write_items(table, life->items, life->antecedent_count);
	report_rules_write_items(table, life->items + life->antecedent_count,
	                         life->consequent_count);
	write_day(table, life->first_day);
	write_day(table, life->last_day);
	table_u64(table, life->days);
	write_day(table, life->peak_day);
	table_u64(table, life->peak_sources);
	table_u64(table, targets->sources);
	report_rules_write_mirai(table, targets->sources, targets->mirai_sources,
	                         targets->matched[FINGERPRINT_UNKNOWN] > 0);
	table_end_row(table);
}

void report_rules_timeline_write(struct table *table, const struct report_rules_timeline_found *t)
{
	for (size_t i = 0; i < t->count && !table->failed; i++)
		write_life(table, t, i);
}

struct rows {
	const struct report_rules_news_found *news;
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
	const struct report_rules_places *places = report_rules_news_places(r->news, PLACE_COUNTRY,
	                                                                    entry);
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

static void write_row(struct rows *r, size_t entry)
{
	const struct emerged *e = &r->news->found.list[entry];
	struct table *table = r->table;
	const struct header_rule *rule = &e->rule;
	char date[CALENDAR_DAY_SIZE];
	day_format(e->emergence.day, date);
	table_text(table, date);
	report_rules_write_items(table, rule->antecedent, rule->antecedent_count);
	report_rules_write_items(table, rule->consequent, rule->consequent_count);
	table_u64(table, rule->rule.support.all);
	table_real(table, rule->rule.confidence);
	table_real(table, rule->rule.lift);
	table_u64(table, rule->target_sources);
	report_rules_write_mirai(table, rule->target_sources, rule->mirai_sources,
	                         e->emergence.has_unknown);
	write_ports(r, &e->targets);
	write_places(r, entry);
	write_fingerprints(r, &e->targets);
	write_example(r, &e->targets.example);
	table_u64(table, e->emergence.most_before);
	table_end_row(table);
}

void report_rules_news_write(struct table *table, const struct report_rules_news_found *news)
{
	struct rows rows = { news, table, buffer_up_to(TEXT_MAX) };
	for (size_t i = 0; i < news->found.count && !table->failed; i++)
		write_row(&rows, i);
	buffer_done(&rows.text);
}
