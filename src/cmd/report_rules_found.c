// SPDX-License-Identifier: MIT
// What the page shows of rules, until the report asks questions.
#include "cmd/report_rules_found.h"

#include "cmd/atlas.h"

#include "base/memory.h"
#include "base/text.h"

#include <stdlib.h>

enum { RULES_MAX = 1000000, RULES_BYTES_MAX = 512 << 20 };

struct header_rules_request report_rules_request_of(const struct rules_command *c)
{
	return (struct header_rules_request){
		.window = analysis_window(&c->analysis),
		.days = (uint32_t)c->window_days,
		.fields = c->field_list,
		.field_count = c->field_count,
		.is_across = c->across,
		.without_buckets = c->no_buckets,
		.without_floods = c->analysis.without_floods,
		.rules = { .support_min = c->support_min,
		           .confidence_min = c->confidence_min,
		           .items_max = (size_t)c->items_max,
		           .consequents_max = (size_t)c->consequents_max,
		           .is_all = c->all,
		           .alpha = c->alpha,
		           .work_max = c->work_millions * 1000000,
		           .rules_max = RULES_MAX,
		           .bytes_max = RULES_BYTES_MAX },
		.threads = (unsigned)c->analysis.take.take.threads,
	};
}

// ---- lives

void report_rules_totals_add(struct report_rules_totals *t, const struct header_rules_day *day)
{
	t->days++;
	t->rules += day->count;
	if (day->is_partial &&
	    (t->partial_days == 0 || day->antecedents_whole < t->antecedents_whole))
		t->antecedents_whole = day->antecedents_whole;
	t->partial_days += day->is_partial;
	t->bucket_days += day->bucketed_sources > 0;
	t->sample_days += day->sampled_sources > 0;
	t->unsure_days += day->unsure_sources > 0;
	t->unknown_days += day->has_unknown;
	t->bucketed += day->bucketed_sources;
	t->sampled += day->sampled_sources;
	t->unsure += day->unsure_sources;
}

static bool add_day_of_life(void *context, const struct header_rules_day *day)
{
	struct report_rules_timeline_found *t = context;
	report_rules_totals_add(&t->totals, day);
	return true;
}

static bool count_targets(struct store *store, struct report_rules_timeline_found *t,
                          struct error *error)
{
	const struct header_rules_request asked = report_rules_request_of(t->command);
	t->queries = memory_new(t->count + 1, sizeof *t->queries);
	t->targets = memory_new(t->count + 1, sizeof *t->targets);
	if (t->queries == NULL || t->targets == NULL)
		return error_memory(error, "the lives of rules");
	for (size_t i = 0; i < t->count; i++) {
		const struct rule_life *life = &t->lives.list[i];
		t->queries[i] = (struct rule_query){ life->items, life->antecedent_count +
			                                                  life->consequent_count };
	}
	const struct rule_targets_request request = { .queries = t->queries,
		                                      .query_count = t->count,
		                                      .window = asked.window,
		                                      .days = asked.days,
		                                      .without_floods = asked.without_floods };
	return rule_targets_find(store_holdings(store), &request, t->targets, error);
}

bool report_rules_timeline_find(struct store *store, const struct rules_command *c,
                                struct report_rules_timeline_found *t, struct error *error)
{
	struct header_rules_request request = report_rules_request_of(c);
	t->command = c;
	request.each = add_day_of_life;
	request.context = t;
	if (!rule_lives_find(store_holdings(store), &request, &t->lives, &t->left_out, error))
		return false;
	t->count = t->lives.count;
	if (t->command->top > 0 && t->count > t->command->top)
		t->count = (size_t)t->command->top;
	return count_targets(store, t, error);
}

void report_rules_timeline_done(struct report_rules_timeline_found *t)
{
	if (t->targets != NULL)
		rule_targets_done(t->targets, t->count);
	memory_free(t->targets);
	memory_free(t->queries);
	rule_lives_done(&t->lives);
}

// ---- places

static struct report_rules_places *places_of(struct report_rules_where *where, size_t entry)
{
	if (entry >= where->count) {
		const size_t count = 2 * entry + 16;
		struct report_rules_places *list = memory_resize(where->list, count, sizeof *list);
		if (list == NULL)
			return NULL;
		for (size_t i = where->count; i < count; i++)
			list[i] = (struct report_rules_places){ .list = NULL };
		where->list = list;
		where->count = count;
	}
	return &where->list[entry];
}

static bool count_place(struct report_rules_places *places, uint32_t place)
{
	for (size_t i = 0; i < places->count; i++)
		if (places->list[i].place == place) {
			places->list[i].sources++;
			return true;
		}
	if (places->count == places->room) {
		const size_t room = 2 * places->room + 8;
		struct report_rules_place *list = memory_resize(places->list, room, sizeof *list);
		if (list == NULL)
			return false;
		places->list = list;
		places->room = room;
	}
	places->list[places->count++] = (struct report_rules_place){ 1, place };
	return true;
}

// Sources ascend, and several entries have the same one.
static bool locate(struct report_rules_where *where, int32_t day, uint32_t source)
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
	struct report_rules_news_found *n = context;
	for (enum place_kind kind = PLACE_COUNTRY; kind <= PLACE_NETWORK; kind++) {
		struct report_rules_where *where = &n->where[kind];
		if (!where->is_known)
			continue;
		struct report_rules_places *places = places_of(where, entry);
		if (places == NULL || !locate(where, day, source) ||
		    !count_place(places, where->range.place))
			n->is_out_of_memory = true;
	}
}

static int by_place(const void *a, const void *b)
{
	const struct report_rules_place *x = a, *y = b;
	if (x->sources != y->sources)
		return x->sources > y->sources ? -1 : 1;
	return (x->place > y->place) - (x->place < y->place);
}

static void sort_places(struct report_rules_where *where)
{
	for (size_t i = 0; i < where->count; i++)
		if (where->list[i].count > 0)
			qsort(where->list[i].list, where->list[i].count,
			      sizeof *where->list[i].list, by_place);
}

const struct report_rules_places *report_rules_news_places(const struct report_rules_news_found *n,
                                                           enum place_kind kind, size_t emergence)
{
	const struct report_rules_where *where = &n->where[kind];
	return where->is_known && emergence < where->count ? &where->list[emergence] : NULL;
}

// A note about databases that are missing is no news every morning.
static bool open_places(struct report_rules_news_found *n, const struct dataset *dataset,
                        struct error *error)
{
	struct analysis_command quiet = n->command->analysis;
	const enum place_kind last = n->has_networks ? PLACE_NETWORK : PLACE_COUNTRY;
	bool has_hashes, has_addresses;
	quiet.take.common.quiet = true;
	if (!store_source_kinds(dataset->store, &has_hashes, &has_addresses, error))
		return false;
	for (enum place_kind kind = PLACE_COUNTRY; kind <= last; kind++) {
		struct report_rules_where *where = &n->where[kind];
		if (!atlas_open(kind, &quiet, dataset, &where->atlas, error))
			return false;
		where->is_known = !has_hashes && place_origin_count(where->atlas) > 0;
	}
	return true;
}

// ---- what is looked for

static bool add_day(void *context, const struct header_rules_day *day)
{
	struct report_rules_news_found *n = context;
	report_rules_totals_add(&n->totals, day);
	return true;
}

static bool find(struct store *store, struct report_rules_news_found *n, struct error *error)
{
	const bool has_places = n->where[PLACE_COUNTRY].is_known ||
	                        n->where[PLACE_NETWORK].is_known;
	struct emerged_request request = {
		.emergences = { .rules = report_rules_request_of(n->command),
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

bool report_rules_news_find(const struct dataset *dataset, const struct rules_command *c,
                            struct report_rules_news_found *n, struct error *error)
{
	n->command = c;
	n->store = dataset->store;
	if (!open_places(n, dataset, error) || !find(dataset->store, n, error))
		return false;
	sort_places(&n->where[PLACE_COUNTRY]);
	sort_places(&n->where[PLACE_NETWORK]);
	return true;
}

void report_rules_news_done(struct report_rules_news_found *n)
{
	for (enum place_kind kind = PLACE_COUNTRY; kind <= PLACE_NETWORK; kind++) {
		struct report_rules_where *where = &n->where[kind];
		for (size_t i = 0; i < where->count; i++)
			memory_free(where->list[i].list);
		memory_free(where->list);
		place_atlas_close(where->atlas);
	}
	emerged_list_done(&n->found);
}
