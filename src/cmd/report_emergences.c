// SPDX-License-Identifier: MIT
// What emerged, for the page: the latest first, and rules that emerged on one day and are about the
// same sources as one.
#include "cmd/report_parts.h"

#include "base/text.h"

#include <stdlib.h>

// ---- which belong together

static size_t item_count(const struct emerged *e)
{
	return e->rule.antecedent_count + e->rule.consequent_count;
}

static size_t items_in_common(const struct emerged *a, const struct emerged *b)
{
	size_t count = 0;
	for (size_t i = 0; i < item_count(a); i++)
		for (size_t k = 0; k < item_count(b); k++)
			count += header_item_compare(&a->items[i], &b->items[k]) == 0;
	return count;
}

// Two values in common, or one and about as many sources.
static bool belong_together(const struct emerged *a, const struct emerged *b)
{
	const size_t common = items_in_common(a, b);
	const double x = (double)a->targets.sources, y = (double)b->targets.sources;
	if (a->emergence.day != b->emergence.day)
		return false;
	return common > 1 || (common == 1 && 4 * (x < y ? x : y) >= 3 * (x < y ? y : x));
}

// The latest day first, then the most sources.
static int by_day(const void *a, const void *b)
{
	const struct emerged *const *x = a, *const *y = b;
	if ((*x)->emergence.day != (*y)->emergence.day)
		return (*x)->emergence.day < (*y)->emergence.day ? 1 : -1;
	if ((*x)->targets.sources != (*y)->targets.sources)
		return (*x)->targets.sources < (*y)->targets.sources ? 1 : -1;
	return (*x > *y) - (*x < *y);
}

// ---- one of them

static struct report_rule rule_of(struct report_room *room, const struct emerged *e)
{
	struct report_rule rule = { NULL, e->rule.antecedent_count, e->rule.consequent_count };
	return report_items(room, e->items, item_count(e), &rule.items)
	               ? rule
	               : (struct report_rule){ .items = NULL };
}

static bool fill_ports(struct report_room *room, const struct rule_targets *t,
                       struct report_emergence *out)
{
	struct report_target_port *ports = report_room_take(room, t->port_count, sizeof *ports);
	for (size_t i = 0; ports != NULL && i < t->port_count; i++)
		ports[i] = (struct report_target_port){ (uint16_t)t->ports[i].port,
			                                t->ports[i].sources };
	out->ports = ports;
	out->port_count = t->port_count;
	return ports != NULL;
}

static int by_sources(const void *a, const void *b)
{
	const struct report_match *x = a, *y = b;
	if (x->sources != y->sources)
		return x->sources < y->sources ? 1 : -1;
	return (x->fingerprint > y->fingerprint) - (x->fingerprint < y->fingerprint);
}

static bool fill_matches(struct report_rules_part *part, const struct rule_targets *t,
                         struct report_emergence *out)
{
	struct report_match *matches = report_room_take(&part->room, FINGERPRINTS_MAX,
	                                                sizeof *matches);
	for (unsigned bit = 0; matches != NULL && bit < FINGERPRINTS_MAX; bit++) {
		const char *name = fingerprint_name(part->fingerprints, bit);
		if (t->matched[bit] > 0 && name != NULL)
			matches[out->match_count++] = (struct report_match){ name,
				                                             t->matched[bit] };
	}
	if (matches != NULL)
		qsort(matches, out->match_count, sizeof *matches, by_sources);
	out->matches = matches;
	return matches != NULL;
}

static bool fill_places(struct report_rules_part *part, enum place_kind kind, size_t entry,
                        enum lang lang, struct report_emergence *out)
{
	const struct rules_places *found = rules_news_places(&part->news, kind, entry);
	if (found == NULL)
		return true;  // nobody knows
	const size_t count = found->count < REPORT_EMERGED_PLACES ? found->count
	                                                          : REPORT_EMERGED_PLACES;
	struct report_place *places = report_room_take(&part->room, count, sizeof *places);
	for (size_t i = 0; places != NULL && i < count; i++) {
		const struct place *place = place_at(part->news.where[kind].atlas,
		                                     found->list[i].place);
		const char *name = kind == PLACE_COUNTRY
		                           ? place_country_name(place->id, lang == LANG_JA)
		                           : NULL;
		places[i] = (struct report_place){ place->id, name != NULL ? name : place->name,
			                           found->list[i].sources };
	}
	if (kind == PLACE_COUNTRY) {
		out->countries = places;
		out->country_count = count;
	} else {
		out->networks = places;
		out->network_count = count;
	}
	return places != NULL;
}

// No addresses: neither the source's nor those of the telescope.
static bool fill_example(struct report_room *room, const struct rule_example *e,
                         struct report_emergence *out)
{
	struct header_item items[FIELD_DESTINATION];
	size_t count = 0;
	if (!e->is_there)
		return true;
	for (unsigned field = 0; field < FIELD_DESTINATION; field++)
		if (e->known >> field & 1)
			items[count++] = (struct header_item){ .field = (uint8_t)field,
				                               .value = e->values[field] };
	out->example.syns = e->syns;
	out->example.count = count;
	return report_items(room, items, count, &out->example.items);
}

static bool fill_one(struct report_rules_part *part, const struct emerged *e, enum lang lang,
                     struct report_emergence *out)
{
	const size_t entry = (size_t)(e - part->news.found.list);
	const bool is_unknown = !part->has_mirai || e->emergence.has_unknown;
	*out = (struct report_emergence){
		.day = e->emergence.day,
		.rule = rule_of(&part->room, e),
		.support = e->rule.rule.support.all,
		.confidence = e->rule.rule.confidence,
		.lift = e->rule.rule.lift,
		.targets = { e->rule.target_sources,
		             is_unknown ? REPORT_UNKNOWN : e->rule.mirai_sources },
	};
	return out->rule.items != NULL && fill_ports(&part->room, &e->targets, out) &&
	       fill_matches(part, &e->targets, out) &&
	       fill_places(part, PLACE_COUNTRY, entry, lang, out) &&
	       fill_places(part, PLACE_NETWORK, entry, lang, out) &&
	       fill_example(&part->room, &e->targets.example, out);
}

// ---- all of them

// The others that emerged with the first of `list`, by way of each other: they are taken out of it.
static bool fill_others(struct report_room *room, const struct emerged **list, size_t count,
                        struct report_emergence *out)
{
	struct report_rule *others = report_room_take(room, count, sizeof *others);
	const struct emerged **together = report_room_take(room, count, sizeof *together);
	if (others == NULL || together == NULL)
		return false;
	size_t reached = 1;
	together[0] = list[0];
	for (size_t k = 0; k < reached; k++)
		for (size_t i = 1; i < count; i++) {
			if (list[i] == NULL || !belong_together(together[k], list[i]))
				continue;
			others[reached - 1] = rule_of(room, list[i]);
			if (others[reached - 1].items == NULL)
				return false;
			together[reached++] = list[i];
			list[i] = NULL;
		}
	out->others = others;
	out->other_count = reached - 1;
	return true;
}

// How many of the list, from its first one on, are of the same day.
static size_t day_length(const struct emerged *const *list, size_t count)
{
	size_t length = 1;
	while (length < count &&
	       (list[length] == NULL || list[length]->emergence.day == list[0]->emergence.day))
		length++;
	return length;
}

bool report_emergences_fill(struct report_rules_part *part, enum lang lang)
{
	const struct emerged_list *found = &part->news.found;
	const struct emerged **list = report_room_take(&part->room, found->count, sizeof *list);
	struct report_emergence *out = report_room_take(&part->room, REPORT_EMERGENCES,
	                                                sizeof *out);
	if (list == NULL || out == NULL)
		return false;
	for (size_t i = 0; i < found->count; i++)
		list[i] = &found->list[i];
	qsort(list, found->count, sizeof *list, by_day);
	part->rules.emergences = out;
	for (size_t i = 0; i < found->count; i++) {
		if (list[i] == NULL)
			continue;
		if (part->rules.emergence_count == REPORT_EMERGENCES) {
			part->rules.emergences_more++;
			continue;
		}
		struct report_emergence *one = &out[part->rules.emergence_count++];
		if (!fill_one(part, list[i], lang, one) ||
		    !fill_others(&part->room, list + i, day_length(list + i, found->count - i),
		                 one))
			return false;
	}
	return true;
}
