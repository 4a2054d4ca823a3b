// SPDX-License-Identifier: MIT
// `hotaru rules --new`: a row a set of values that no rule of the days before had, with what an analyst
// looks at next.
#include "cmd/atlas.h"
#include "cmd/rules.h"

#include "base/memory.h"
#include "base/text.h"

#include <inttypes.h>
#include <stdlib.h>

enum { PLACES_SHOWN = 8, TEXT_MAX = 1 << 20, PAST_DAYS_MAX = 366 };
// Shorter pasts can never have EMERGENCE_PAST_DAYS_MIN days before the recent ones.
enum { PAST_DAYS_MIN = EMERGENCE_RECENT_DAYS + EMERGENCE_PAST_DAYS_MIN };

static const struct option options[] = {
	{ "new", 0, OPTION_FLAG, offsetof(struct rules_command, only_new), NULL,
	  "what is new on the day instead: rules of values that none of the days before had", 0, 0,
	  NULL },
	{ "past-days", 0, OPTION_NUMBER, offsetof(struct rules_command, past_days), "N",
	  "with --new: look back so many days (default: 28)", PAST_DAYS_MIN, PAST_DAYS_MAX, NULL },
	{ "country-db", 0, OPTION_TEXT,
	  offsetof(struct rules_command, analysis.take.databases[PLACE_COUNTRY]), "FILES",
	  "with --new: take countries from this MaxMind database or table of ranges (default: the "
	  "store's), FILE[@FROM..TO][,FILE...]",
	  0, 0, NULL },
};
const struct option_table rules_new_table = { options, sizeof options / sizeof *options };

static const struct column columns[] = {
	{ "day", true },
	{ "antecedent", true },
	{ "consequent", true },
	{ "support", false },
	{ "confidence", false },
	{ "lift", false },
	{ "target_sources", false },
	{ "mirai_sources", false },
	{ "mirai_share", false },
	{ "ports", true },
	{ "places", true },
	{ "fingerprints", true },
	{ "example", true },
	{ "most_before", false },
};

// A number of something, to be ranked.
struct ranked {
	uint64_t count;
	uint32_t key;
};

// Where the targets of one entry are.
struct where {
	struct ranked *places;  // key: number of the place
	size_t count, room;
};

struct news {
	const struct rules_command *command;
	const struct store *store;
	struct rules_tally tally;
	struct emergences_tally days;
	struct emerged_list found;
	struct place_atlas *countries;
	struct where *where;  // [where_count]: by number of the entry
	size_t where_count;
	struct place_range range;  // of the address that was looked up last
	int32_t range_day;
	bool has_range, has_places, is_out_of_memory;
	struct buffer text;
};

// ---- places

static struct where *where_of(struct news *n, size_t entry)
{
	if (entry >= n->where_count) {
		const size_t count = 2 * entry + 16;
		struct where *list = memory_resize(n->where, count, sizeof *list);
		if (list == NULL)
			return NULL;
		for (size_t i = n->where_count; i < count; i++)
			list[i] = (struct where){ .places = NULL };
		n->where = list;
		n->where_count = count;
	}
	return &n->where[entry];
}

static bool count_place(struct where *where, uint32_t place)
{
	for (size_t i = 0; i < where->count; i++)
		if (where->places[i].key == place) {
			where->places[i].count++;
			return true;
		}
	if (where->count == where->room) {
		const size_t room = 2 * where->room + 8;
		struct ranked *places = memory_resize(where->places, room, sizeof *places);
		if (places == NULL)
			return false;
		where->places = places;
		where->room = room;
	}
	where->places[where->count++] = (struct ranked){ 1, place };
	return true;
}

// Sources ascend, and several entries have the same one.
static bool locate(struct news *n, int32_t day, uint32_t source)
{
	const struct place_range *range = &n->range;
	if (n->has_range && n->range_day == day && source >= range->first && source <= range->last)
		return true;
	n->has_range = place_find(n->countries, day, source, &n->range);
	n->range_day = day;
	return n->has_range;
}

static void take_target(void *context, size_t entry, int32_t day, uint32_t source)
{
	struct news *n = context;
	struct where *where = where_of(n, entry);
	if (where == NULL || !locate(n, day, source) || !count_place(where, n->range.place))
		n->is_out_of_memory = true;
}

// A note about databases that are missing is no news every morning.
static bool open_countries(struct news *n, const struct source *source, struct error *error)
{
	struct analysis_command quiet = n->command->analysis;
	bool has_hashes, has_addresses;
	quiet.take.common.quiet = true;
	if (!store_source_kinds(source->store, &has_hashes, &has_addresses, error) ||
	    !atlas_open(PLACE_COUNTRY, &quiet, source, &n->countries, error))
		return false;
	n->has_places = !has_hashes && place_origin_count(n->countries) > 0;
	return true;
}

// ---- what is looked for

static bool add_day(void *context, const struct header_rules_day *day)
{
	struct news *n = context;
	rules_tally_add(&n->tally, day);
	return true;
}

static bool find(struct source *source, struct news *n, struct error *error)
{
	struct emerged_wish wish = {
		.emergences = { .rules = rules_wish_of(n->command),
		                .past_days = (uint32_t)n->command->past_days,
		                .past_days_min = EMERGENCE_PAST_DAYS_MIN },
		.found = n->has_places ? take_target : NULL,
		.context = n,
	};
	wish.emergences.rules.each = add_day;
	wish.emergences.rules.context = n;
	if (!emerged_list_find(source->store, &wish, &n->found, &n->days, error))
		return false;
	return !n->is_out_of_memory || error_memory(error, "the places of sources");
}

// ---- rows

// Starts a cell of several parts, or goes on with it.
static void part(struct news *n, char separator)
{
	if (n->text.length > 0)
		buffer_byte(&n->text, (uint8_t)separator);
}

static void end_cell(struct news *n, struct table *table)
{
	table_text_span(table, buffer_span(&n->text));
	n->text.length = 0;
}

static void write_ports(struct news *n, struct table *table, const struct rule_targets *t)
{
	for (size_t i = 0; i < t->port_count; i++) {
		part(n, ';');
		buffer_format(&n->text, "%" PRIu32 ":%" PRIu64, t->ports[i].port,
		              t->ports[i].sources);
	}
	if (t->ports_seen > t->port_count)
		buffer_text(&n->text, ";...");
	end_cell(n, table);
}

static int by_count(const void *a, const void *b)
{
	const struct ranked *x = a, *y = b;
	if (x->count != y->count)
		return x->count > y->count ? -1 : 1;
	return (x->key > y->key) - (x->key < y->key);
}

static void write_places(struct news *n, struct table *table, size_t entry)
{
	if (!n->has_places || entry >= n->where_count) {
		table_unknown(table);
		return;
	}
	const struct where *where = &n->where[entry];
	if (where->count > 0)
		qsort(where->places, where->count, sizeof *where->places, by_count);
	for (size_t i = 0; i < where->count && i < PLACES_SHOWN; i++) {
		part(n, ';');
		buffer_format(&n->text, "%s:%" PRIu64,
		              place_at(n->countries, where->places[i].key)->id,
		              where->places[i].count);
	}
	if (where->count > PLACES_SHOWN)
		buffer_text(&n->text, ";...");
	end_cell(n, table);
}

// The share of the targets any of whose SYNs matched, to three decimals.
static void write_share(struct news *n, uint64_t sources, uint64_t all)
{
	char text[32];
	text_format(text, sizeof text, "%.3f", (double)sources / (double)all);
	size_t length = strlen(text);
	while (text[length - 1] == '0')
		length--;
	length -= text[length - 1] == '.';
	buffer_append(&n->text, text, length);
}

static void write_fingerprints(struct news *n, struct table *table, const struct rule_targets *t)
{
	const struct fingerprint_set *set = &store_settings(n->store)->fingerprints;
	struct ranked ranked[FINGERPRINTS_MAX];
	size_t count = 0;
	for (uint32_t bit = 0; bit < FINGERPRINTS_MAX; bit++)
		if (t->matched[bit] > 0 && fingerprint_name(set, bit) != NULL)
			ranked[count++] = (struct ranked){ t->matched[bit], bit };
	qsort(ranked, count, sizeof *ranked, by_count);
	for (size_t i = 0; i < count; i++) {
		part(n, ';');
		buffer_format(&n->text, "%s:", fingerprint_name(set, ranked[i].key));
		write_share(n, ranked[i].count, t->sources);
	}
	if (count == 0)
		buffer_text(&n->text, "none");
	end_cell(n, table);
}

// Fields of SYNs only: where the packets went is not for every reader of a listing.
static void write_example(struct news *n, struct table *table, const struct rule_example *e)
{
	char text[HEADER_ITEM_TEXT_SIZE], source[TEXT_IPV4_SIZE];
	if (!e->is_there) {
		table_empty(table);
		return;
	}
	text_from_ipv4(e->source, source);
	buffer_format(&n->text, "source=%s syns=%" PRIu64, source, e->syns);
	for (unsigned field = 0; field < FIELD_DESTINATION; field++) {
		const struct header_item item = { .field = (uint8_t)field,
			                          .value = e->values[field] };
		if (!(e->known >> field & 1))
			continue;
		header_item_text(&item, text);
		part(n, ' ');
		buffer_text(&n->text, text);
	}
	end_cell(n, table);
}

static void write_row(struct news *n, struct table *table, size_t entry)
{
	const struct emerged *e = &n->found.list[entry];
	const struct header_rule *rule = &e->rule;
	char date[CALENDAR_DAY_SIZE];
	day_format(e->emergence.day, date);
	table_text(table, date);
	rules_write_items(table, rule->antecedent, rule->antecedent_count);
	rules_write_items(table, rule->consequent, rule->consequent_count);
	table_u64(table, rule->rule.support.all);
	table_real(table, rule->rule.confidence);
	table_real(table, rule->rule.lift);
	table_u64(table, rule->target_sources);
	rules_write_mirai(table, rule->target_sources, rule->mirai_sources,
	                  e->emergence.has_unknown);
	write_ports(n, table, &e->targets);
	write_places(n, table, entry);
	write_fingerprints(n, table, &e->targets);
	write_example(n, table, &e->targets.example);
	table_u64(table, e->emergence.most_before);
	table_end_row(table);
}

static bool write(struct news *n, struct error *error)
{
	struct output output;
	if (!output_open(&output, &n->command->analysis, columns, sizeof columns / sizeof *columns,
	                 error))
		return false;
	for (size_t i = 0; i < n->found.count && !output.table.failed; i++)
		write_row(n, &output.table, i);
	return output_close(&output, error);
}

// ---- what has to be known

static void say(const struct news *n)
{
	const struct emergences_tally *days = &n->days;
	const bool is_quiet = n->command->analysis.take.common.quiet;
	struct rules_tally tally = n->tally;
	char line[256];
	// Rules that are not new are no news, but none at all is none on purpose.
	tally.rules += tally.rules == 0;
	if (n->found.count == 0 && days->unknown_days < days->days)
		command_say("note: no rule is new on these days");
	if (days->unknown_days > 0) {
		text_format(line, sizeof line,
		            "note: on %" PRIu32 " of %" PRIu32
		            " days it is not known what is new: that takes %d days with data among "
		            "the %" PRIu64 " before, not counting the last %d",
		            days->unknown_days, days->days, EMERGENCE_PAST_DAYS_MIN,
		            n->command->past_days, EMERGENCE_RECENT_DAYS);
		command_say(line);
	}
	rules_tally_say(n->command, &tally, &days->left_out);
	if (n->has_places && n->found.count > 0)
		atlas_say_note(PLACE_COUNTRY, n->countries, n->found.list[0].emergence.day,
		               n->found.list[n->found.count - 1].emergence.day, is_quiet);
}

static void news_done(struct news *n)
{
	for (size_t i = 0; i < n->where_count; i++)
		memory_free(n->where[i].places);
	memory_free(n->where);
	place_atlas_close(n->countries);
	emerged_list_done(&n->found);
	buffer_done(&n->text);
}

bool rules_new(struct source *source, const struct rules_command *c, struct error *error)
{
	struct news news = { .command = c, .store = source->store, .text = buffer_up_to(TEXT_MAX) };
	const bool ok = open_countries(&news, source, error) && find(source, &news, error) &&
	                write(&news, error);
	if (ok)
		say(&news);
	news_done(&news);
	return ok;
}
