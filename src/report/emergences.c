// SPDX-License-Identifier: MIT
// What emerged, for the page: the latest first, and rules that are about the same values and emerged on
// one day, or within a week, as one.
#include "report/sections.h"

#include "base/text.h"

#include <stdlib.h>
#include <string.h>

// Of more than so many the latest are looked at: each is compared with those of a week.
enum { EMERGED_MAX = 5000, SOON_DAYS = 7, ITEMS_MAX = 64 };

// A set of values that emerged: a row of QUESTION_NEW_RULES, and its rows of QUESTION_RULE_TARGETS.
struct emerged {
	size_t row, first, end;
	int32_t day;
	struct report_rule rule;
	size_t item_count;
	uint64_t targets;
};

// ---- which belong together

// Which items of `a` are in `b`, of the first ITEMS_MAX.
static uint64_t items_in(const struct emerged *a, const struct emerged *b)
{
	uint64_t mask = 0;
	for (size_t i = 0; i < a->item_count && i < ITEMS_MAX; i++)
		for (size_t k = 0; k < b->item_count; k++)
			if (text_equal(a->rule.items[i].field, b->rule.items[k].field) &&
			    text_equal(a->rule.items[i].value, b->rule.items[k].value))
				mask |= UINT64_C(1) << i;
	return mask;
}

// Two values in common; or one on the same day, and about as many sources.
static bool are_related(const struct emerged *a, const struct emerged *b, uint64_t common)
{
	const double x = (double)a->targets, y = (double)b->targets;
	if ((common & (common - 1)) != 0)
		return true;
	return common != 0 && a->day == b->day && 4 * (x < y ? x : y) >= 3 * (x < y ? y : x);
}

static uint64_t all_items(const struct emerged *e)
{
	return e->item_count >= ITEMS_MAX ? UINT64_MAX : (UINT64_C(1) << e->item_count) - 1;
}

// What is being put together: entries by day and then by sources, and the first entry of the card that each
// is on.
struct cards {
	struct emerged *list;
	size_t *card;
	uint64_t *seen;  // by card: which items of the entry in question it has
	size_t count;
};

// The card of an entry: of one that it is related to, or that has all its values already; or a new one.
static size_t find_card(const struct cards *c, size_t entry)
{
	const struct emerged *e = &c->list[entry];
	const int32_t soon = e->day - SOON_DAYS;
	size_t first = entry;
	memset(c->seen, 0, c->count * sizeof *c->seen);
	for (; first > 0 && c->list[first - 1].day >= soon; first--) {
		const struct emerged *other = &c->list[first - 1];
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
	const struct emerged *x = a, *y = b;
	if (x->day != y->day)
		return x->day < y->day ? -1 : 1;
	if (x->targets != y->targets)
		return x->targets < y->targets ? 1 : -1;
	return (x->row > y->row) - (x->row < y->row);
}

static bool is_what(const struct answer *a, size_t row, const char *what)
{
	return text_equal(answer_text(a, row, answer_column(a, "what")), what);
}

static uint64_t count_at(const struct answer *a, size_t row)
{
	return answer_number(a, row, answer_column(a, "count"));
}

// Of all rows of targets those of this one begin there.
static bool make_entry(struct rules_section *s, size_t row, size_t first, struct emerged *out)
{
	const struct answer *a = s->new_rows, *t = s->target_rows;
	const size_t rule = answer_column(t, "rule");
	*out = (struct emerged){ .row = row,
		                 .first = first,
		                 .end = first,
		                 .day = answer_day(a, row, answer_column(a, "day")) };
	for (; out->end < t->row_count && answer_number(t, out->end, rule) == row + 1; out->end++)
		if (is_what(t, out->end, "targets"))
			out->targets = count_at(t, out->end);
	if (!rules_section_rule(s, a, row, &out->rule))
		return false;
	out->item_count = out->rule.antecedent_count + out->rule.consequent_count;
	return true;
}

static bool make_cards(struct rules_section *s, struct cards *out)
{
	const size_t found = s->new_rows->row_count;
	const size_t skipped = found > EMERGED_MAX ? found - EMERGED_MAX : 0;
	out->count = found - skipped;
	struct emerged *list = report_block(&s->blocks, found, sizeof *list);
	out->card = report_block(&s->blocks, out->count, sizeof *out->card);
	out->seen = report_block(&s->blocks, out->count, sizeof *out->seen);
	if (list == NULL || out->card == NULL || out->seen == NULL)
		return false;
	for (size_t i = 0; i < found; i++)
		if (!make_entry(s, i, i > 0 ? list[i - 1].end : 0, &list[i]))
			return false;
	out->list = list + skipped;
	qsort(out->list, out->count, sizeof *out->list, by_day);
	for (size_t i = 0; i < out->count; i++)
		out->card[i] = find_card(out, i);
	return true;
}

// ---- one of them

static size_t count_what(const struct rules_section *s, const struct emerged *e, const char *what)
{
	size_t count = 0;
	for (size_t row = e->first; row < e->end; row++)
		count += is_what(s->target_rows, row, what);
	return count;
}

static bool fill_ports(struct rules_section *s, const struct emerged *e,
                       struct report_emergence *out)
{
	const struct answer *t = s->target_rows;
	struct report_target_port *ports = report_block(&s->blocks, count_what(s, e, "port"),
	                                                sizeof *ports);
	for (size_t row = e->first; ports != NULL && row < e->end; row++) {
		uint64_t number = 0;
		if (is_what(t, row, "port") &&
		    text_u64(answer_text(t, row, answer_column(t, "key")), UINT16_MAX, &number))
			ports[out->port_count++] = (struct report_target_port){ (uint16_t)number,
				                                                count_at(t, row) };
	}
	out->ports = ports;
	return ports != NULL;
}

static bool is_before(const struct report_match *a, const struct report_match *b)
{
	if (a->sources != b->sources)
		return a->sources > b->sources;
	return !a->is_weak && b->is_weak;
}

// The first that most have and that says something.
static const char *name_of(const struct report_emergence *e)
{
	for (size_t i = 0; i < e->match_count; i++)
		if (!e->matches[i].is_weak && 2 * e->matches[i].sources >= e->targets.sources)
			return e->matches[i].fingerprint;
	return NULL;
}

// Of as many sources those that are not weak come first, and else the fingerprints stay in their order.
static bool fill_matches(struct rules_section *s, const struct emerged *e,
                         const struct report_about *about, struct report_emergence *out)
{
	const struct answer *t = s->target_rows;
	struct report_match *matches = report_block(&s->blocks, count_what(s, e, "fingerprint"),
	                                            sizeof *matches);
	for (size_t row = e->first; matches != NULL && row < e->end; row++) {
		if (!is_what(t, row, "fingerprint"))
			continue;
		const char *key = answer_text(t, row, answer_column(t, "key"));
		const struct described_fingerprint *of = report_fingerprint(about, key);
		const struct report_match match = {
			key, count_at(t, row), of != NULL && text_equal(of->strength, "weak")
		};
		size_t at = out->match_count++;
		for (; at > 0 && is_before(&match, &matches[at - 1]); at--)
			matches[at] = matches[at - 1];
		matches[at] = match;
	}
	out->matches = matches;
	out->name = matches != NULL ? name_of(out) : NULL;
	return matches != NULL;
}

static bool fill_places(struct rules_section *s, const struct emerged *e, enum place_kind kind,
                        enum lang lang, struct report_emergence *out)
{
	const struct answer *t = s->target_rows;
	const char *what = kind == PLACE_COUNTRY ? "country" : "network";
	struct report_place *places = report_block(&s->blocks, count_what(s, e, what),
	                                           sizeof *places);
	size_t count = 0;
	for (size_t row = e->first; places != NULL && row < e->end; row++) {
		if (!is_what(t, row, what))
			continue;
		const char *id = answer_text(t, row, answer_column(t, "key"));
		const char *own = kind == PLACE_COUNTRY ? place_country_name(id, lang == LANG_JA)
		                                        : NULL;
		places[count++] = (struct report_place){
			id, own != NULL ? own : answer_text(t, row, answer_column(t, "name")),
			count_at(t, row)
		};
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
static bool fill_example(struct rules_section *s, const struct emerged *e,
                         struct report_emergence *out)
{
	const struct answer *t = s->target_rows;
	const size_t most = count_what(s, e, "example");
	struct report_item *items = report_block(&s->blocks, most, sizeof *items);
	for (size_t row = e->first; items != NULL && row < e->end; row++) {
		if (!is_what(t, row, "example"))
			continue;
		out->example.syns = count_at(t, row);
		if (!rules_section_items(s, answer_text(t, row, answer_column(t, "key")), items,
		                         &out->example.count))
			return false;
	}
	out->example.items = most > 0 ? items : NULL;
	return items != NULL;
}

static bool fill_one(struct rules_section *s, const struct emerged *e,
                     const struct report_about *about, struct report_emergence *out)
{
	const enum lang lang = about->options->lang;
	const struct answer *a = s->new_rows;
	const size_t mirai = answer_column(a, "mirai_any_port_sources"), row = e->row;
	const bool is_unknown = answer_cell(a, row, mirai)->state == CELL_UNKNOWN;
	*out = (struct report_emergence){
		.day = e->day,
		.rule = e->rule,
		.support = answer_number(a, row, answer_column(a, "support")),
		.confidence = answer_real(a, row, answer_column(a, "confidence")),
		.lift = answer_real(a, row, answer_column(a, "lift")),
		.targets = { answer_number(a, row, answer_column(a, "target_sources")),
		             is_unknown || !s->has_mirai ? REPORT_UNKNOWN
		                                         : answer_number(a, row, mirai) },
		.is_unknown = is_unknown,
	};
	return fill_ports(s, e, out) && fill_matches(s, e, about, out) &&
	       fill_places(s, e, PLACE_COUNTRY, lang, out) &&
	       fill_places(s, e, PLACE_NETWORK, lang, out) && fill_example(s, e, out);
}

// ---- all of them

static bool fill_others(struct rules_section *s, const struct cards *c, size_t first,
                        struct report_emergence *out)
{
	size_t count = 0;
	for (size_t i = first + 1; i < c->count; i++)
		count += c->card[i] == first;
	struct report_related *others = report_block(&s->blocks, count, sizeof *others);
	for (size_t i = first + 1; others != NULL && i < c->count; i++)
		if (c->card[i] == first)
			others[out->other_count++] = (struct report_related){ c->list[i].rule,
				                                              c->list[i].day };
	out->others = others;
	return others != NULL;
}

// The latest day first, within it the most sources first.
static size_t day_begin(const struct cards *c, size_t end)
{
	size_t begin = end;
	while (begin > 0 && c->list[begin - 1].day == c->list[end - 1].day)
		begin--;
	return begin;
}

static bool fill_day(struct rules_section *s, const struct cards *c, const size_t range[2],
                     const struct report_about *about)
{
	for (size_t i = range[0]; i < range[1]; i++) {
		if (c->card[i] != i)
			continue;
		if (s->report.emergence_count == REPORT_EMERGENCES) {
			s->report.emergences_more++;
			continue;
		}
		struct report_emergence *one = &s->emergences[s->report.emergence_count++];
		if (!fill_one(s, &c->list[i], about, one) || !fill_others(s, c, i, one))
			return false;
	}
	return true;
}

bool rules_section_emergences(struct rules_section *s, const struct report_about *about)
{
	struct cards cards;
	if (!make_cards(s, &cards))
		return false;
	s->report.emergences = s->emergences;
	s->report.emergences_more = s->new_rows->row_count - cards.count;
	for (size_t end = cards.count; end > 0;) {
		const size_t begin = day_begin(&cards, end);
		if (!fill_day(s, &cards, (const size_t[]){ begin, end }, about))
			return false;
		end = begin;
	}
	return true;
}
