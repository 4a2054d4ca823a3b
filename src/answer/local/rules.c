// SPDX-License-Identifier: MIT
// Association rules. Inquiries are understood first, and accepted together; then those of one mining are
// answered at a time: listings while days are mined, what is new when a thousand were found, lives when all days are
// through.
#include "answer/local/rules.h"

#include "analyse/rules/header_support.h"
#include "base/memory.h"
#include "base/text.h"
#include "holdings/days.h"

#include <assert.h>

// What the rules of a field and day may be; what they may take, those know who find them.
enum { RULES_MAX = 1000000 };

// As those who find them have it.
static_assert((int)RULES_CONSEQUENTS_MAX == (int)RULE_CONSEQUENTS_MAX, "consequents");
static_assert((int)NEW_RULES_PAST_DAYS == (int)EMERGENCE_PAST_DAYS, "past days");
static_assert((int)NEW_RULES_RECENT_DAYS == (int)EMERGENCE_RECENT_DAYS, "recent days");
static_assert((int)NEW_RULES_TIMES == (int)EMERGENCE_TIMES, "times");
static_assert((int)NEW_RULES_DATA_DAYS == (int)EMERGENCE_PAST_DAYS_MIN, "days with data");
static_assert((int)RULES_SUPPORT_STUDY == (int)SUPPORT_STUDY, "the support of the study");
static_assert((int)RULES_SUPPORT_ONE_IN == (int)SUPPORT_ONE_IN, "the share of the sources");
static_assert((int)RULES_SUPPORT_LEAST == (int)SUPPORT_LEAST, "the least support");

// ---- understanding

static bool is_of_new(const struct question *q)
{
	return q->kind == QUESTION_NEW_RULES || q->kind == QUESTION_RULE_TARGETS;
}

static bool is_of_lives(const struct question *q)
{
	return q->kind == QUESTION_RULE_TIMELINE || q->kind == QUESTION_RULE_DAYS;
}

static bool find_fields(const struct question *q, unsigned out[HEADER_FIELDS_MAX],
                        struct error *error)
{
	if (q->rules.field_count == 0 || q->rules.field_count > HEADER_FIELDS_MAX)
		return error_set(error, ERROR_USAGE, "rules are over 1 to %d fields",
		                 HEADER_FIELDS_MAX);
	for (size_t i = 0; i < q->rules.field_count; i++)
		if (!header_field_find(q->rules.fields[i], &out[i]))
			return error_set(error, ERROR_USAGE, "there is no field '%s'",
			                 q->rules.fields[i]);
	return true;
}

static bool check_days(const struct holdings *holdings, struct day_range days, struct error *error)
{
	char first[CALENDAR_DAY_SIZE], last[CALENDAR_DAY_SIZE];
	struct day_range all;
	if (held_days_count(holdings, days) + lost_days_count(holdings, days) > 0)
		return true;
	if (!held_days_bounds(holdings, all_days, &all))
		return error_set(error, ERROR_FAILED, "there is no packet to find rules in");
	day_format(all.from, first);
	day_format(all.to, last);
	return error_set(error, ERROR_FAILED,
	                 "there is no packet on these days; the store has %s to %s", first, last);
}

static bool check_floor(const struct answering *a, struct rules_asked *asked, struct error *error)
{
	const struct question *q = asked->question;
	const struct emergences_request news = { .rules = asked->request,
		                                 .past_days = q->rules.past_days };
	struct rules_request *rules = &asked->request.rules;
	int32_t day = 0;
	const uint64_t floor = is_of_new(q)
	                               ? emergences_floor(a->holdings, &news, &day)
	                               : header_rules_floor(a->holdings, &asked->request, &day);
	asked->floor = floor;
	const bool may_raise = q->rules.raises_support || asked->request.is_support_by_day;
	if (may_raise && floor > rules->support_min && floor < UINT64_MAX) {
		rules->support_min = floor;
		asked->floor_day = day;
		return true;
	}
	return is_of_new(q) ? emergences_check(a->holdings, &news, error)
	                    : header_rules_check(a->holdings, &asked->request, error);
}

static bool understand(const struct answering *a, struct inquiry *inquiry, struct rules_asked *out,
                       struct error *error)
{
	const struct question *q = inquiry->question;
	out->inquiry = inquiry;
	out->question = q;
	out->request = (struct header_rules_request){
		.window = q->days,
		.days = q->rules.window_days,
		.fields = out->fields,
		.field_count = q->rules.field_count,
		.is_across = q->rules.is_across,
		.without_buckets = q->rules.without_buckets,
		.without_floods = q->without_floods,
		.is_support_by_day = q->rules.support_min == 0,
		.rules = { .support_min = q->rules.support_min == 0 ? RULES_SUPPORT_LEAST
		                                                    : q->rules.support_min,
		           .confidence_min = q->rules.confidence_min,
		           .items_max = q->rules.items_max,
		           .consequents_max = q->rules.consequents_max,
		           .is_all = q->rules.is_all,
		           .alpha = q->rules.alpha,
		           .work_max = q->rules.work_max,
		           .rules_max = RULES_MAX },
		.threads = a->limits->threads,
	};
	return find_fields(q, out->fields, error) && check_days(a->holdings, q->days, error) &&
	       check_floor(a, out, error);
}

// ---- who shares what

static bool is_same_mining(const struct rules_asked *a, const struct rules_asked *b)
{
	const struct header_rules_request *x = &a->request, *y = &b->request;
	bool is_same = x->window.from == y->window.from && x->window.to == y->window.to &&
	               x->days == y->days && x->field_count == y->field_count &&
	               x->is_across == y->is_across && x->without_buckets == y->without_buckets &&
	               x->without_floods == y->without_floods &&
	               x->is_support_by_day == y->is_support_by_day &&
	               x->rules.support_min == y->rules.support_min &&
	               x->rules.confidence_min == y->rules.confidence_min &&
	               x->rules.items_max == y->rules.items_max &&
	               x->rules.consequents_max == y->rules.consequents_max &&
	               x->rules.is_all == y->rules.is_all && x->rules.work_max == y->rules.work_max;
	for (size_t i = 0; is_same && i < x->field_count; i++)
		is_same = x->fields[i] == y->fields[i];
	return is_same;
}

static bool is_same_news(const struct rules_asked *a, const struct rules_asked *b)
{
	return a->request.rules.alpha == b->request.rules.alpha &&
	       a->question->rules.past_days == b->question->rules.past_days;
}

// The rules of days, row by row as they come.
struct listing {
	const struct rules_asked *asked;
	struct rules_totals totals;
	struct schema schema;
	struct rows rows;
	bool is_begun;
};

// Several of one mining. Each has a place for as many listeners as there are inquiries.
struct sharing {
	const struct answering *answering;
	struct rules_asked **asked;  // [asked_count]
	size_t asked_count;
	size_t *numbers;  // [asked_count]: of the listing, the timeline or the news that it has
	struct listing *listings;
	struct rules_timeline *timelines;
	struct rules_news *news;
	size_t listing_count, timeline_count, news_count;
	struct header_rules_listener *listeners;  // listings, then timelines, then news
};

// ---- listings

static void write_rule(struct rows *rows, const struct header_rules_day *day,
                       const struct header_rule *rule)
{
	const struct rule *r = &rule->rule;
	rows_day(rows, day->day);
	rules_write_items(rows, rule->antecedent, rule->antecedent_count);
	rules_write_items(rows, rule->consequent, rule->consequent_count);
	rows_number(rows, r->support.all);
	rows_number(rows, r->antecedent_support.all);
	rows_real(rows, r->confidence);
	rows_real(rows, r->lift);
	rows_number(rows, rule->target_sources);
	rules_write_mirai(rows, rule->target_sources, rule->mirai_sources, day->has_unknown);
	rows_real(rows, r->leverage);
	rows_real(rows, r->conviction);
	rows_real(rows, r->improvement);
	rows_real(rows, r->p_value);
	rules_write_one_packet(rows, rule);
	rules_write_mirai(rows, rule->target_sources, rule->mirai_any_port_sources,
	                  day->has_unknown);
	rows_end(rows);
}

static bool list_day(void *context, const struct header_rules_day *day)
{
	struct listing *l = context;
	rules_totals_add(&l->totals, day);
	if (day->is_lost) {
		rows_day(&l->rows, day->day);
		rows_rest_unknown(&l->rows);
		rows_end(&l->rows);
	}
	for (size_t i = 0; i < day->count && !l->rows.is_enough; i++)
		write_rule(&l->rows, day, &day->list[i]);
	return !l->rows.is_enough;
}

// ---- beginning

static bool begin_listing(struct sharing *s, size_t i, struct error *error)
{
	struct listing *l = &s->listings[s->listing_count];
	s->numbers[i] = s->listing_count++;
	l->asked = s->asked[i];
	l->is_begun = true;
	return rules_rows_begin(&l->rows, s->asked[i], &l->schema, error);
}

static bool begin_timeline(struct sharing *s, size_t i, struct error *error)
{
	const struct rules_asked *asked = s->asked[i];
	size_t number = 0;
	while (number < s->timeline_count &&
	       s->timelines[number].asked->request.rules.alpha != asked->request.rules.alpha)
		number++;
	s->numbers[i] = number;
	if (number < s->timeline_count)
		return true;
	return rules_timeline_begin(&s->timelines[s->timeline_count++], s->answering, asked, error);
}

static bool begin_news(struct sharing *s, size_t i, struct error *error)
{
	const struct rules_asked *asked = s->asked[i];
	size_t number = 0;
	while (number < s->news_count && !is_same_news(s->news[number].rows[0].asked, asked))
		number++;
	s->numbers[i] = number;
	if (number == s->news_count) {
		s->news_count++;
		if (!rules_news_begin(&s->news[number], s->answering, asked, s->asked_count, error))
			return false;
	}
	return rules_news_want(&s->news[number], asked, error);
}

static bool begin(struct sharing *s, struct error *error)
{
	for (size_t i = 0; i < s->asked_count; i++) {
		const struct question *q = s->asked[i]->question;
		if (!(is_of_new(q)     ? begin_news(s, i, error)
		      : is_of_lives(q) ? begin_timeline(s, i, error)
		                       : begin_listing(s, i, error)))
			return false;
	}
	return true;
}

// ---- mining

static bool run(struct sharing *s, struct error *error)
{
	size_t count = 0;
	for (size_t i = 0; i < s->listing_count; i++)
		s->listeners[count++] = (struct header_rules_listener){
			s->listings[i].asked->request.rules.alpha, list_day, &s->listings[i]
		};
	for (size_t i = 0; i < s->timeline_count; i++)
		s->listeners[count++] = (struct header_rules_listener){
			s->timelines[i].asked->request.rules.alpha, rules_timeline_take,
			&s->timelines[i]
		};
	for (size_t i = 0; i < s->news_count; i++)
		s->listeners[count++] = (struct header_rules_listener){ EMERGENCES_ALPHA,
			                                                rules_news_take,
			                                                &s->news[i] };
	return header_rules_share(s->answering->holdings, &s->asked[0]->request, s->listeners,
	                          count, error);
}

// Of how many rules anybody wants the lives.
static uint64_t top_of_timeline(const struct sharing *s, size_t number)
{
	uint64_t top = 0;
	for (size_t i = 0; i < s->asked_count; i++) {
		const struct question *q = s->asked[i]->question;
		if (is_of_lives(q) && s->numbers[i] == number && rules_timeline_top(q) > top)
			top = rules_timeline_top(q);
	}
	return top;
}

static const struct floods_left_out *left_out_of(const struct sharing *s, size_t listener)
{
	return &s->listeners[listener].left_out;
}

// Those of a listener.
static struct rules_totals *totals_of(struct sharing *s, size_t listener)
{
	const size_t first_news = s->listing_count + s->timeline_count;
	return listener < s->listing_count ? &s->listings[listener].totals
	       : listener < first_news     ? &s->timelines[listener - s->listing_count].totals
	                                   : &s->news[listener - first_news].totals;
}

// Looks for the support of all that have no rule at once: the days are mined anew for it.
static bool find_supports(struct sharing *s, struct error *error)
{
	const size_t listeners = s->listing_count + s->timeline_count + s->news_count;
	struct support_search *list = memory_new(listeners + 1, sizeof *list);
	size_t count = 0;
	if (list == NULL)
		return error_memory(error, "rules");
	for (size_t i = 0; i < listeners; i++)
		if (totals_of(s, i)->days > 0 && totals_of(s, i)->rules == 0)
			list[count++].alpha = s->listeners[i].alpha;
	const bool ok = header_rules_find_supports(s->answering->holdings, &s->asked[0]->request,
	                                           list, count, error);
	count = 0;
	for (size_t i = 0; i < listeners; i++)
		if (totals_of(s, i)->days > 0 && totals_of(s, i)->rules == 0)
			totals_of(s, i)->support_listed = list[count++].found;
	memory_free(list);
	return ok;
}

static bool end(struct sharing *s, struct error *error)
{
	const size_t first_news = s->listing_count + s->timeline_count;
	if (!find_supports(s, error))
		return false;
	for (size_t i = 0; i < s->timeline_count; i++)
		if (!rules_timeline_end(&s->timelines[i], s->answering, top_of_timeline(s, i),
		                        error))
			return false;
	for (size_t i = 0; i < s->news_count; i++)
		if (!rules_news_end(&s->news[i], left_out_of(s, first_news + i), error))
			return false;
	return true;
}

// ---- answering

static bool answer_one(struct sharing *s, size_t i, struct error *error)
{
	const struct rules_asked *asked = s->asked[i];
	const size_t number = s->numbers[i];
	if (is_of_new(asked->question))
		return rules_news_caveats(&s->news[number], asked, error);
	if (is_of_lives(asked->question))
		return rules_timeline_answer(&s->timelines[number], asked,
		                             left_out_of(s, s->listing_count + number), error);
	return rules_totals_caveats(asked, &s->listings[number].totals, left_out_of(s, number),
	                            error);
}

static bool end_rows(struct sharing *s, bool ok, struct error *error)
{
	for (size_t i = 0; i < s->listing_count; i++)
		if (s->listings[i].is_begun)
			ok = rules_rows_end(&s->listings[i].rows, ok, error);
	for (size_t i = 0; i < s->news_count; i++)
		ok = rules_news_end_rows(&s->news[i], ok, error);
	return ok;
}

static bool make_room(struct sharing *s, struct error *error)
{
	const size_t room = s->asked_count;
	s->numbers = memory_new(room, sizeof *s->numbers);
	s->listings = memory_new(room, sizeof *s->listings);
	s->timelines = memory_new(room, sizeof *s->timelines);
	s->news = memory_new(room, sizeof *s->news);
	s->listeners = memory_new(room, sizeof *s->listeners);
	return (s->numbers != NULL && s->listings != NULL && s->timelines != NULL &&
	        s->news != NULL && s->listeners != NULL) ||
	       error_memory(error, "rules");
}

static void sharing_done(struct sharing *s)
{
	for (size_t i = 0; i < s->timeline_count; i++)
		rules_timeline_done(&s->timelines[i]);
	for (size_t i = 0; i < s->news_count; i++)
		rules_news_done(&s->news[i]);
	memory_free(s->numbers);
	memory_free(s->listings);
	memory_free(s->timelines);
	memory_free(s->news);
	memory_free(s->listeners);
}

static bool answer_together(const struct answering *a, struct rules_asked **list, size_t count,
                            struct error *error)
{
	struct sharing s = { .answering = a, .asked = list, .asked_count = count };
	bool ok = make_room(&s, error) && begin(&s, error) && run(&s, error) && end(&s, error);
	for (size_t i = 0; ok && i < count; i++)
		ok = answer_one(&s, i, error);
	ok = end_rows(&s, ok, error);
	sharing_done(&s);
	return ok;
}

// Those that share the mining of number `first`.
static size_t take_same(struct rules_asked *all, size_t count, size_t first,
                        struct rules_asked **out)
{
	size_t found = 0;
	for (size_t i = first; i < count; i++)
		if (!all[i].is_answered && is_same_mining(&all[first], &all[i])) {
			all[i].is_answered = true;
			out[found++] = &all[i];
		}
	return found;
}

bool answer_rules(const struct answering *a, struct inquiry *const *list, size_t count,
                  struct error *error)
{
	struct rules_asked *all = memory_new(count, sizeof *all);
	struct rules_asked **same = memory_new(count, sizeof(struct rules_asked *));
	bool ok = (all != NULL && same != NULL) || error_memory(error, "rules");
	for (size_t i = 0; ok && i < count; i++)
		ok = understand(a, list[i], &all[i], error);
	for (size_t i = 0; ok && i < count; i++)
		if (!all[i].is_answered)
			ok = answer_together(a, same, take_same(all, count, i, same), error);
	memory_free(all);
	memory_free(same);
	return ok;
}
