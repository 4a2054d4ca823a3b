// SPDX-License-Identifier: MIT
// What emerged, for the page: the latest first, and rules that are about the same values and emerged on
// one day, or within a week, as one.
#include "cmd/report_parts.h"

#include "base/text.h"

#include <stdlib.h>

// Of more than so many the latest are looked at: each is compared with those of a week.
enum { EMERGED_MAX = 5000, SOON_DAYS = 7, ITEMS_MAX = 64 };

// ---- which belong together

static size_t item_count(const struct emerged *e)
{
	return e->rule.antecedent_count + e->rule.consequent_count;
}

// Which items of `a` are in `b`, of the first ITEMS_MAX.
static uint64_t items_in(const struct emerged *a, const struct emerged *b)
{
	uint64_t mask = 0;
	for (size_t i = 0; i < item_count(a) && i < ITEMS_MAX; i++)
		for (size_t k = 0; k < item_count(b); k++)
			if (header_item_compare(&a->items[i], &b->items[k]) == 0)
				mask |= UINT64_C(1) << i;
	return mask;
}

// Two values in common; or one on the same day, and about as many sources.
static bool are_related(const struct emerged *a, const struct emerged *b, uint64_t common)
{
	const double x = (double)a->targets.sources, y = (double)b->targets.sources;
	if ((common & (common - 1)) != 0)
		return true;
	return common != 0 && a->emergence.day == b->emergence.day &&
	       4 * (x < y ? x : y) >= 3 * (x < y ? y : x);
}

static uint64_t all_items(const struct emerged *e)
{
	const size_t count = item_count(e);
	return count >= ITEMS_MAX ? UINT64_MAX : (UINT64_C(1) << count) - 1;
}

// What is being put together: entries by day and then by sources, and the first entry of the card that each
// is on.
struct cards {
	const struct emerged **list;
	size_t *card;
	uint64_t *seen;  // by card: which items of the entry in question it has
	size_t count;
};

// The card of an entry: of one that it is related to, or that has all its values already; or a new one.
static size_t find_card(const struct cards *c, size_t entry)
{
	const struct emerged *e = c->list[entry];
	const int32_t soon = e->emergence.day - SOON_DAYS;
	size_t first = entry;
	memset(c->seen, 0, c->count * sizeof *c->seen);
	for (; first > 0 && c->list[first - 1]->emergence.day >= soon; first--) {
		const struct emerged *other = c->list[first - 1];
		const uint64_t common = items_in(e, other);
		if (are_related(e, other, common))
			return c->card[first - 1];
		c->seen[c->card[first - 1]] |= common;
	}
	for (size_t i = first; i < entry; i++)
		if (c->seen[c->card[i]] == all_items(e))
			return c->card[i];
	return entry;
}

static int by_day(const void *a, const void *b)
{
	const struct emerged *const *x = a, *const *y = b;
	if ((*x)->emergence.day != (*y)->emergence.day)
		return (*x)->emergence.day < (*y)->emergence.day ? -1 : 1;
	if ((*x)->targets.sources != (*y)->targets.sources)
		return (*x)->targets.sources < (*y)->targets.sources ? 1 : -1;
	return (*x > *y) - (*x < *y);
}

static bool make_cards(struct report_room *room, const struct emerged_list *found,
                       struct cards *out)
{
	const size_t skipped = found->count > EMERGED_MAX ? found->count - EMERGED_MAX : 0;
	out->count = found->count - skipped;
	out->list = report_room_take(room, out->count, sizeof *out->list);
	out->card = report_room_take(room, out->count, sizeof *out->card);
	out->seen = report_room_take(room, out->count, sizeof *out->seen);
	if (out->list == NULL || out->card == NULL || out->seen == NULL)
		return false;
	for (size_t i = 0; i < out->count; i++)
		out->list[i] = &found->list[skipped + i];
	qsort(out->list, out->count, sizeof *out->list, by_day);
	for (size_t i = 0; i < out->count; i++)
		out->card[i] = find_card(out, i);
	return true;
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
	const struct report_rules_places *found = report_rules_news_places(&part->news, kind,
	                                                                   entry);
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

static bool fill_others(struct report_room *room, const struct cards *c, size_t first,
                        struct report_emergence *out)
{
	struct report_related *others;
	size_t count = 0;
	for (size_t i = first + 1; i < c->count; i++)
		count += c->card[i] == first;
	others = report_room_take(room, count, sizeof *others);
	if (others == NULL)
		return false;
	for (size_t i = first + 1; i < c->count; i++) {
		if (c->card[i] != first)
			continue;
		struct report_related *other = &others[out->other_count++];
		*other = (struct report_related){ rule_of(room, c->list[i]),
			                          c->list[i]->emergence.day };
		if (other->rule.items == NULL)
			return false;
	}
	out->others = others;
	return true;
}

// The latest day first, within it the most sources first.
static size_t day_begin(const struct cards *c, size_t end)
{
	size_t begin = end;
	while (begin > 0 && c->list[begin - 1]->emergence.day == c->list[end - 1]->emergence.day)
		begin--;
	return begin;
}

static bool fill_day(struct report_rules_part *part, const struct cards *c, const size_t range[2],
                     enum lang lang)
{
	for (size_t i = range[0]; i < range[1]; i++) {
		if (c->card[i] != i)
			continue;
		if (part->rules.emergence_count == REPORT_EMERGENCES) {
			part->rules.emergences_more++;
			continue;
		}
		struct report_emergence *one = &part->emergences[part->rules.emergence_count++];
		if (!fill_one(part, c->list[i], lang, one) || !fill_others(&part->room, c, i, one))
			return false;
	}
	return true;
}

bool report_emergences_fill(struct report_rules_part *part, enum lang lang)
{
	struct cards cards;
	if (!make_cards(&part->room, &part->news.found, &cards))
		return false;
	part->rules.emergences = part->emergences;
	part->rules.emergences_more = part->news.found.count - cards.count;
	for (size_t end = cards.count; end > 0;) {
		const size_t begin = day_begin(&cards, end);
		if (!fill_day(part, &cards, (const size_t[]){ begin, end }, lang))
			return false;
		end = begin;
	}
	return true;
}
