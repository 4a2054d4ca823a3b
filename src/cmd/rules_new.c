// SPDX-License-Identifier: MIT
// `hotaru rules --new`: a row a set of values that no rule of the days before had, with what an analyst
// looks at next.
#include "cmd/atlas.h"
#include "cmd/rules_found.h"

#include "base/memory.h"
#include "base/text.h"

#include <inttypes.h>
#include <stdlib.h>

enum { PAST_DAYS_MAX = 366 };
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

// ---- places

static struct rules_places *places_of(struct rules_where *where, size_t entry)
{
	if (entry >= where->count) {
		const size_t count = 2 * entry + 16;
		struct rules_places *list = memory_resize(where->list, count, sizeof *list);
		if (list == NULL)
			return NULL;
		for (size_t i = where->count; i < count; i++)
			list[i] = (struct rules_places){ .list = NULL };
		where->list = list;
		where->count = count;
	}
	return &where->list[entry];
}

static bool count_place(struct rules_places *places, uint32_t place)
{
	for (size_t i = 0; i < places->count; i++)
		if (places->list[i].place == place) {
			places->list[i].sources++;
			return true;
		}
	if (places->count == places->room) {
		const size_t room = 2 * places->room + 8;
		struct rules_place *list = memory_resize(places->list, room, sizeof *list);
		if (list == NULL)
			return false;
		places->list = list;
		places->room = room;
	}
	places->list[places->count++] = (struct rules_place){ 1, place };
	return true;
}

// Sources ascend, and several entries have the same one.
static bool locate(struct rules_where *where, int32_t day, uint32_t source)
{
	const struct place_range *range = &where->range;
	if (where->has_range && where->range_day == day && source >= range->first &&
	    source <= range->last)
		return true;
	where->has_range = place_find(where->atlas, day, source, &where->range);
	where->range_day = day;
	return where->has_range;
}

static void take_target(void *context, size_t entry, int32_t day, uint32_t source)
{
	struct rules_news_found *n = context;
	for (enum place_kind kind = PLACE_COUNTRY; kind <= PLACE_NETWORK; kind++) {
		struct rules_where *where = &n->where[kind];
		if (!where->is_known)
			continue;
		struct rules_places *places = places_of(where, entry);
		if (places == NULL || !locate(where, day, source) ||
		    !count_place(places, where->range.place))
			n->is_out_of_memory = true;
	}
}

static int by_place(const void *a, const void *b)
{
	const struct rules_place *x = a, *y = b;
	if (x->sources != y->sources)
		return x->sources > y->sources ? -1 : 1;
	return (x->place > y->place) - (x->place < y->place);
}

static void sort_places(struct rules_where *where)
{
	for (size_t i = 0; i < where->count; i++)
		if (where->list[i].count > 0)
			qsort(where->list[i].list, where->list[i].count,
			      sizeof *where->list[i].list, by_place);
}

const struct rules_places *rules_news_places(const struct rules_news_found *n, enum place_kind kind,
                                             size_t emergence)
{
	const struct rules_where *where = &n->where[kind];
	return where->is_known && emergence < where->count ? &where->list[emergence] : NULL;
}

// A note about databases that are missing is no news every morning.
static bool open_places(struct rules_news_found *n, const struct dataset *dataset,
                        struct error *error)
{
	struct analysis_command quiet = n->command->analysis;
	const enum place_kind last = n->has_networks ? PLACE_NETWORK : PLACE_COUNTRY;
	bool has_hashes, has_addresses;
	quiet.take.common.quiet = true;
	if (!store_source_kinds(dataset->store, &has_hashes, &has_addresses, error))
		return false;
	for (enum place_kind kind = PLACE_COUNTRY; kind <= last; kind++) {
		struct rules_where *where = &n->where[kind];
		if (!atlas_open(kind, &quiet, dataset, &where->atlas, error))
			return false;
		where->is_known = !has_hashes && place_origin_count(where->atlas) > 0;
	}
	return true;
}

// ---- what is looked for

static bool add_day(void *context, const struct header_rules_day *day)
{
	struct rules_news_found *n = context;
	rules_totals_add(&n->totals, day);
	return true;
}

static bool find(struct store *store, struct rules_news_found *n, struct error *error)
{
	const bool has_places = n->where[PLACE_COUNTRY].is_known ||
	                        n->where[PLACE_NETWORK].is_known;
	struct emerged_request request = {
		.emergences = { .rules = rules_request_of(n->command),
		                .past_days = (uint32_t)n->command->past_days,
		                .past_days_min = EMERGENCE_PAST_DAYS_MIN },
		.found = has_places ? take_target : NULL,
		.context = n,
	};
	request.emergences.rules.each = add_day;
	request.emergences.rules.context = n;
	if (!emerged_list_find(store_holdings(store), &request, &n->found, &n->days, error))
		return false;
	return !n->is_out_of_memory || error_memory(error, "the places of sources");
}

bool rules_news_find(const struct dataset *dataset, const struct rules_command *c,
                     struct rules_news_found *n, struct error *error)
{
	n->command = c;
	n->store = dataset->store;
	if (!open_places(n, dataset, error) || !find(dataset->store, n, error))
		return false;
	sort_places(&n->where[PLACE_COUNTRY]);
	sort_places(&n->where[PLACE_NETWORK]);
	return true;
}

// ---- what has to be known

static void say(const struct rules_news_found *n)
{
	const struct emergences_totals *days = &n->days;
	const bool is_quiet = n->command->analysis.take.common.quiet;
	struct rules_totals totals = n->totals;
	char line[256];
	// That there is no rule is said otherwise here.
	totals.rules += totals.rules == 0;
	if (n->found.count == 0 && days->unknown_days < days->days && !is_quiet)
		command_say("note: no rule is new on these days");
	if (days->unknown_days > 0 && !is_quiet) {
		text_format(line, sizeof line,
		            "note: on %" PRIu32 " of %" PRIu32
		            " days it is not known what is new: that takes %d days with data among "
		            "the %" PRIu64 " before, not counting the last %d",
		            days->unknown_days, days->days, EMERGENCE_PAST_DAYS_MIN,
		            n->command->past_days, EMERGENCE_RECENT_DAYS);
		command_say(line);
	}
	if (days->partial_days > 0) {
		text_format(line, sizeof line,
		            "on %" PRIu32 " of %" PRIu32
		            " days there are too many sets of values to compare all: those with "
		            "the most support were; a higher --min-support finds fewer",
		            days->partial_days, days->days);
		command_warn(line);
	}
	rules_totals_say(n->command, &totals, &days->left_out);
	if (n->where[PLACE_COUNTRY].is_known && n->found.count > 0)
		atlas_say_note(PLACE_COUNTRY, n->where[PLACE_COUNTRY].atlas,
		               n->found.list[0].emergence.day,
		               n->found.list[n->found.count - 1].emergence.day, is_quiet);
}

void rules_news_done(struct rules_news_found *n)
{
	for (enum place_kind kind = PLACE_COUNTRY; kind <= PLACE_NETWORK; kind++) {
		struct rules_where *where = &n->where[kind];
		for (size_t i = 0; i < where->count; i++)
			memory_free(where->list[i].list);
		memory_free(where->list);
		place_atlas_close(where->atlas);
	}
	emerged_list_done(&n->found);
}

static bool write(const struct rules_news_found *n, struct error *error)
{
	const struct analysis_command *analysis = &n->command->analysis;
	struct column people[RULES_NEWS_COLUMNS];
	const struct column *columns = rules_news_columns;
	size_t count = RULES_NEWS_COLUMNS;
	struct output output;
	if (analysis->format == FORMAT_TABLE) {
		count = rules_news_columns_for_people(people);
		columns = people;
	}
	if (!output_open(&output, analysis, columns, count, error))
		return false;
	rules_news_write(&output.table, n);
	return output_close(&output, error);
}

bool rules_new(struct dataset *dataset, const struct rules_command *c, struct error *error)
{
	struct rules_news_found news = { .has_networks = false };
	const bool ok = rules_news_find(dataset, c, &news, error) && write(&news, error);
	if (ok)
		say(&news);
	rules_news_done(&news);
	return ok;
}
