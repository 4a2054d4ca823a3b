// SPDX-License-Identifier: MIT
// A row a set of values that no rule of the days before had, with what an analyst looks at next.
#include "answer/local/rules.h"

#include "base/memory.h"

#include <stdlib.h>

// Fewer are written when all are found: nothing that was handed on comes again, if a day turns out to be damaged.
enum { FOUND_AT_ONCE = 1000 };

// ---- places

static bool wants_place(const struct question *q, enum place_kind kind)
{
	return q->kind == QUESTION_RULE_TARGETS || (q->rules.has_targets && kind == PLACE_COUNTRY);
}

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
	struct rules_news *n = context;
	for (enum place_kind kind = PLACE_COUNTRY; kind <= PLACE_NETWORK; kind++) {
		struct rules_where *where = &n->where[kind];
		if (where->atlas == NULL)
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

const struct rules_places *rules_news_places(const struct rules_news *n, enum place_kind kind,
                                             size_t emergence)
{
	const struct rules_where *where = &n->where[kind];
	return where->atlas != NULL && emergence < where->count ? &where->list[emergence] : NULL;
}

static void forget_places(struct rules_where *where)
{
	for (size_t i = 0; i < where->count; i++)
		memory_free(where->list[i].list);
	memory_free(where->list);
	where->list = NULL;
	where->count = 0;
}

// ---- finding

static bool find_targets(struct rules_news *n)
{
	const bool has_places = n->where[PLACE_COUNTRY].atlas != NULL ||
	                        n->where[PLACE_NETWORK].atlas != NULL;
	const struct emerged_request request = { .emergences = n->request,
		                                 .found = has_places ? take_target : NULL,
		                                 .context = n };
	if (!emerged_list_targets(&n->found, n->answering->holdings, &request, &n->error))
		return false;
	sort_places(&n->where[PLACE_COUNTRY]);
	sort_places(&n->where[PLACE_NETWORK]);
	return !n->is_out_of_memory || error_memory(&n->error, "the places of sources");
}

// Writes what was found, and forgets it. False: it failed, or nobody wants more.
static bool write_found(struct rules_news *n)
{
	const size_t count = n->found.count;
	bool is_wanted = false;
	bool ok = emerged_list_end(&n->found, &n->error) &&
	          (!n->wants_targets || count == 0 || find_targets(n));
	for (size_t i = 0; ok && i < n->rows_count; i++) {
		ok = rules_news_write(n, &n->rows[i], &n->error);
		is_wanted = is_wanted || !n->rows[i].rows.is_enough;
	}
	n->written += count;
	emerged_list_done(&n->found);
	forget_places(&n->where[PLACE_COUNTRY]);
	forget_places(&n->where[PLACE_NETWORK]);
	return ok && is_wanted;
}

static bool take_emergence(void *context, const struct emergence *e)
{
	struct rules_news *n = context;
	if (n->written + n->found.count == 0)
		n->days.from = e->day;
	if (n->found.count == FOUND_AT_ONCE && !write_found(n))
		return false;
	n->days.to = e->day;
	return emerged_list_keep(&n->found, e);
}

bool rules_news_begin(struct rules_news *n, const struct answering *a,
                      const struct rules_asked *asked, size_t room, struct error *error)
{
	n->answering = a;
	n->rows = memory_new(room, sizeof *n->rows);
	n->request = (struct emergences_request){ .rules = asked->request,
		                                  .past_days = asked->question->rules.past_days,
		                                  .past_days_min = EMERGENCE_PAST_DAYS_MIN,
		                                  .each = take_emergence,
		                                  .context = n };
	return (n->rows != NULL || error_memory(error, "new rules")) &&
	       emergence_search_begin(a->holdings, &n->request, &n->search, error);
}

bool rules_news_want(struct rules_news *n, const struct rules_asked *asked, struct error *error)
{
	struct place_atlas *const atlases[PLACE_KINDS] = {
		[PLACE_COUNTRY] = n->answering->countries, [PLACE_NETWORK] = n->answering->networks
	};
	const struct question *q = asked->question;
	struct rules_news_rows *rows = &n->rows[n->rows_count++];
	n->wants_targets |= wants_place(q, PLACE_COUNTRY);
	for (enum place_kind kind = PLACE_COUNTRY; kind <= PLACE_NETWORK; kind++)
		if (wants_place(q, kind) && atlases[kind] != NULL &&
		    place_origin_count(atlases[kind]) > 0)
			n->where[kind].atlas = atlases[kind];
	rows->asked = asked;
	return rules_rows_begin(&rows->rows, asked, &rows->schema, error);
}

bool rules_news_take(void *news, const struct header_rules_day *day)
{
	struct rules_news *n = news;
	rules_totals_add(&n->totals, day);
	return emergence_search_take(n->search, day);
}

bool rules_news_end(struct rules_news *n, const struct floods_left_out *left_out,
                    struct error *error)
{
	if (!emergence_search_end(n->search, left_out, &n->days_looked_at, error))
		return false;
	if (n->error.kind == ERROR_NONE)
		(void)write_found(n);
	if (n->error.kind != ERROR_NONE)
		*error = n->error;
	return n->error.kind == ERROR_NONE;
}

bool rules_news_end_rows(struct rules_news *n, bool ok, struct error *error)
{
	for (size_t i = 0; i < n->rows_count; i++)
		ok = rules_rows_end(&n->rows[i].rows, ok, error);
	n->rows_count = 0;
	return ok;
}

void rules_news_done(struct rules_news *n)
{
	forget_places(&n->where[PLACE_COUNTRY]);
	forget_places(&n->where[PLACE_NETWORK]);
	emerged_list_done(&n->found);
	emergence_search_free(n->search);
	memory_free(n->rows);
}

// ---- what has to be known

// Of the places that the answer names.
static bool places_caveats(const struct rules_news *n, const struct rules_asked *asked,
                           struct error *error)
{
	const struct question *q = asked->question;
	if (n->written == 0)
		return true;
	for (enum place_kind kind = PLACE_COUNTRY; kind <= PLACE_NETWORK; kind++)
		if (wants_place(q, kind) && n->where[kind].atlas != NULL &&
		    !database_caveats(asked->inquiry, n->where[kind].atlas, kind == PLACE_NETWORK,
		                      n->days, error))
			return false;
	return true;
}

bool rules_news_caveats(const struct rules_news *n, const struct rules_asked *asked,
                        struct error *error)
{
	const struct emergences_totals *days = &n->days_looked_at;
	const struct caveat nothing = { CAVEAT_NOTHING_NEW,
		                        { n->totals.rules, days->unknown_days, days->days } };
	const struct caveat unknown = { CAVEAT_NEW_UNKNOWN,
		                        { days->unknown_days, days->days, n->request.past_days_min,
		                          n->request.past_days, EMERGENCE_RECENT_DAYS } };
	const struct caveat partial = { CAVEAT_NEW_PARTIAL, { days->partial_days, days->days } };
	struct inquiry *inquiry = asked->inquiry;
	return (n->written > 0 || add_caveat(inquiry, &nothing, error)) &&
	       (days->unknown_days == 0 || add_caveat(inquiry, &unknown, error)) &&
	       (days->partial_days == 0 || add_caveat(inquiry, &partial, error)) &&
	       rules_totals_caveats(asked, &n->totals, &days->left_out, error) &&
	       places_caveats(n, asked, error);
}
