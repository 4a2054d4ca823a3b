// SPDX-License-Identifier: MIT
#include "answer/local/handed.h"
#include "answer/local/topic.h"

#include "base/memory.h"
#include "base/text.h"
#include "holdings/days.h"
#include "holdings/limited.h"
#include "holdings/window.h"

#include <assert.h>

// Who answers what.
static topic_answer *const topics[QUESTION_KINDS] = {
	[QUESTION_SURVEY] = answer_survey,       [QUESTION_LIFETIMES] = answer_survey,
	[QUESTION_SURVIVAL] = answer_survey,     [QUESTION_REVISIONS] = answer_survey,
	[QUESTION_SOURCES] = answer_source_days, [QUESTION_SHAPES] = answer_source_days,
	[QUESTION_PORTS] = answer_ports,         [QUESTION_PLACES] = answer_where,
	[QUESTION_PREFIXES] = answer_where,      [QUESTION_RULES] = answer_rules,
	[QUESTION_RULE_TIMELINE] = answer_rules, [QUESTION_RULE_DAYS] = answer_rules,
	[QUESTION_NEW_RULES] = answer_rules,     [QUESTION_RULE_TARGETS] = answer_rules,
	[QUESTION_NOTICES] = answer_notices,     [QUESTION_LEDGER] = answer_captures,
	[QUESTION_REASONS] = answer_captures,    [QUESTION_DROPS] = answer_captures,
	[QUESTION_CAPTURES] = answer_captures,   [QUESTION_COVERAGE] = answer_coverage,
};

struct local {
	struct engine base;
	struct local_world world;
	struct day_range near, reach;    // days that are not far; that are seen
	struct window_holdings visible;  // of these
	struct far_frames unseen;        // of all others
	struct description description;
	struct described_fingerprint *fingerprints;
	int32_t *days;
	struct described_lost_day *lost;
	struct described_database *databases;
};

static struct local *local_of(struct engine *e)
{
	return (struct local *)e;
}

static const struct description *describe(struct engine *e)
{
	return &local_of(e)->description;
}

// The inquiries that this topic answers, from number `first` on, which is one of them.
static size_t of_topic(struct inquiry *inquiries, size_t first, size_t count, struct inquiry **out)
{
	topic_answer *topic = topics[inquiries[first].question->kind];
	size_t found = 0;
	for (size_t i = first; i < count; i++)
		if (topics[inquiries[i].question->kind] == topic)
			out[found++] = &inquiries[i];
	return found;
}

static bool is_answered(struct inquiry *inquiries, size_t number)
{
	for (size_t i = 0; i < number; i++)
		if (topics[inquiries[i].question->kind] == topics[inquiries[number].question->kind])
			return true;
	return false;
}

static bool ask_once(struct local *l, struct inquiry *inquiries, size_t count,
                     const struct limits *limits, struct error *error)
{
	const struct local_world *world = &l->world;
	struct limited_holdings limited = limited_holdings(&l->visible.holdings, limits);
	const struct answering answering = { &limited.holdings, world->countries, world->networks,
		                             limits, l->near };
	struct inquiry **list = memory_new(count + 1, sizeof *list);
	bool ok = list != NULL || error_memory(error, "an answer");
	for (size_t i = 0; ok && i < count; i++) {
		topic_answer *topic = topics[inquiries[i].question->kind];
		assert(topic != NULL);
		if (!is_answered(inquiries, i))
			ok = topic(&answering, list, of_topic(inquiries, i, count, list), error);
	}
	memory_free(list);
	return ok;
}

static bool list_days(struct local *l, struct error *error);

// Whether it failed because of days that are lost now, so that it can be asked anew. What was found once can
// be one of many: the second time all that is held is looked at.
static bool has_lost(struct local *l, const struct limits *limits, unsigned times,
                     struct error *error)
{
	struct limited_holdings limited = limited_holdings(&l->visible.holdings, limits);
	size_t days = 0;
	if (error->kind != ERROR_CORRUPT || l->world.is_strict)
		return false;
	return holdings_lose(&limited.holdings, times > 0, &days, error) && days > 0 &&
	       list_days(l, error);
}

// A day may be lost before anything is asked.
static bool check_strict(const struct local *l, struct error *error)
{
	char date[CALENDAR_DAY_SIZE];
	if (!l->world.is_strict || l->description.lost_count == 0)
		return true;
	day_format(l->lost[0].day, date);
	return error_set(error, ERROR_FAILED, "%s is lost: %s", date, l->lost[0].why);
}

// What is lost stands behind all else that has to be known: it is what matters most.
static bool ask(struct engine *e, struct inquiry *inquiries, size_t count,
                const struct limits *limits, struct error *error)
{
	struct local *l = local_of(e);
	struct handed *handed;
	bool ok = handed_new(inquiries, count, &handed, error);
	if (!ok)
		return false;
	ok = check_strict(l, error);
	for (unsigned times = 0; ok; times++) {
		ok = ask_once(l, inquiries, count, limits, error);
		if (ok || !has_lost(l, limits, times, error))
			break;
		handed_restart(handed);
		ok = true;
	}
	for (size_t i = 0; ok && i < count; i++)
		ok = lost_caveats(&l->description, &inquiries[i].caveats, error);
	handed_free(handed);
	return ok;
}

static void forget(struct local *l)
{
	memory_free(l->fingerprints);
	memory_free(l->days);
	memory_free(l->lost);
	memory_free(l->databases);
	caveats_done(&l->description.caveats);
	l->fingerprints = NULL;
	l->days = NULL;
	l->lost = NULL;
	l->databases = NULL;
}

static bool list_fingerprints(struct local *l, struct error *error)
{
	const struct fingerprint_set *set = holdings_about(l->world.holdings).fingerprints;
	l->fingerprints = memory_new(set->count + 1, sizeof *l->fingerprints);
	if (l->fingerprints == NULL)
		return error_memory(error, "a description");
	for (size_t i = 0; i < set->count; i++) {
		const struct fingerprint *f = &set->entries[i];
		l->fingerprints[i] = (struct described_fingerprint){
			f->name,   f->rule,     f->what,
			f->source, f->strength, f->kind == FINGERPRINT_FAMILY
		};
	}
	l->description.fingerprints = l->fingerprints;
	l->description.fingerprint_count = set->count;
	return true;
}

static bool list_days(struct local *l, struct error *error)
{
	const struct holdings *h = &l->visible.holdings;
	struct held_day day = { .count = 0 };
	size_t count = 0, lost_count;
	const struct lost_day *lost = holdings_lost(h, &lost_count);
	memory_free(l->days);
	memory_free(l->lost);
	l->days = memory_new(held_days_count(h, all_days) + 1, sizeof *l->days);
	l->lost = memory_new(lost_count + 1, sizeof *l->lost);
	if (l->days == NULL || l->lost == NULL)
		return error_memory(error, "a description");
	while (held_day_next(h, all_days, &day))
		l->days[count++] = day.day;
	for (size_t i = 0; i < lost_count; i++)
		l->lost[i] = (struct described_lost_day){ lost[i].day, lost[i].why };
	l->description.days = l->days;
	l->description.day_count = count;
	l->description.lost = l->lost;
	l->description.lost_count = lost_count;
	return true;
}

static bool list_databases(struct local *l, struct error *error)
{
	if (!describe_databases(&l->world, &l->databases, &l->description.database_count, error))
		return false;
	l->description.databases = l->databases;
	return true;
}

static bool has_far_days(const struct local *l)
{
	return l->near.from != all_days.from || l->near.to != all_days.to;
}

// Finds which days are near, and shows those that are reached.
static bool look_at_days(struct local *l, const struct holdings_captures *captures,
                         struct error *error)
{
	const struct zone *zone = holdings_about(l->world.holdings).zone;
	if (!near_days_find(zone, captures, &l->near, error))
		return false;
	const struct day_range shown = near_days_reach(l->near, l->reach);
	l->unseen = (struct far_frames){ .frames = 0 };
	for (size_t i = 0; has_far_days(l) && i < captures->count; i++)
		if (captures->list[i].seen != NULL)
			far_frames_add(zone, captures->list[i].seen, shown, &l->unseen);
	l->visible = window_holdings(l->world.holdings, shown);
	return true;
}

static bool far_caveat(struct local *l, struct error *error)
{
	const struct far_frames *far = &l->unseen;
	const struct caveat caveat = { CAVEAT_FAR_DAYS,
		                       { far->frames, far->captures },
		                       { far->first, far->last } };
	return far->frames == 0 || caveats_add(&l->description.caveats, &caveat, error);
}

// All that captures tell is taken from one look at them: a store may have many.
static bool look_at_captures(struct local *l, struct error *error)
{
	struct holdings_captures *captures;
	if (!holdings_open_captures(l->world.holdings, &captures, error))
		return false;
	const bool ok = look_at_days(l, captures, error) &&
	                describe_captures(captures, &l->description, error) && far_caveat(l, error);
	holdings_close_captures(captures);
	return ok;
}

static bool refresh(struct engine *e, struct error *error)
{
	struct local *l = local_of(e);
	const struct holdings_about about = holdings_about(l->world.holdings);
	forget(l);
	l->description = (struct description){ .name = about.name,
		                               .telescope = about.telescope,
		                               .zone = about.zone };
	return look_at_captures(l, error) && list_fingerprints(l, error) && list_days(l, error) &&
	       list_databases(l, error);
}

bool local_engine_reach(struct engine *e, struct day_range days, struct error *error)
{
	struct local *l = local_of(e);
	l->reach = days;
	return !has_far_days(l) || refresh(e, error);
}

bool local_engine_places(struct engine *e, struct place_atlas *countries,
                         struct place_atlas *networks, struct error *error)
{
	struct local *l = local_of(e);
	l->world.countries = countries;
	l->world.networks = networks;
	memory_free(l->databases);
	l->databases = NULL;
	return list_databases(l, error);
}

static void close_local(struct engine *e)
{
	forget(local_of(e));
	memory_free(local_of(e));
}

static const struct engine_functions functions = { describe, ask, refresh, close_local };

bool local_engine_open(const struct local_world *world, struct engine **out, struct error *error)
{
	struct local *l = memory_new(1, sizeof *l);
	if (l == NULL)
		return error_memory(error, "an engine");
	*l = (struct local){ .base = { &functions }, .world = *world, .reach = all_days };
	if (!refresh(&l->base, error)) {
		close_local(&l->base);
		return false;
	}
	*out = &l->base;
	return true;
}

bool are_families_known(const struct answering *a, const struct question *q, struct error *error)
{
	bool ok = true;
	unsigned ignored;
	for (size_t i = 0; ok && i < q->family_count; i++)
		ok = holdings_family(a->holdings, q->families[i], &ignored, error);
	return ok;
}

// Those that are like the first one are answered, and taken off the list.
static bool answer_first(const struct answering *a, struct inquiry **list, size_t *count,
                         bool (*is_alike)(const struct question *, const struct question *),
                         topic_answer *answer, struct error *error)
{
	const struct question *first = list[0]->question;
	struct inquiry **like = memory_new(*count, sizeof *like);
	size_t alike = 0, left = 0;
	if (like == NULL)
		return error_memory(error, "an answer");
	for (size_t i = 0; i < *count; i++) {
		if (is_alike(list[i]->question, first))
			like[alike++] = list[i];
		else
			list[left++] = list[i];
	}
	*count = left;
	const bool ok = answer(a, like, alike, error);
	memory_free(like);
	return ok;
}

bool answer_alike(const struct answering *a, struct inquiry *const *list, size_t count,
                  bool (*is_alike)(const struct question *, const struct question *),
                  topic_answer *answer, struct error *error)
{
	struct inquiry **left = memory_new(count, sizeof *left);
	bool ok = left != NULL || error_memory(error, "an answer");
	for (size_t i = 0; ok && i < count; i++)
		left[i] = list[i];
	while (ok && count > 0)
		ok = answer_first(a, left, &count, is_alike, answer, error);
	memory_free(left);
	return ok;
}

bool asks_same_families(const struct question *a, const struct question *b)
{
	bool is_same = a->family_count == b->family_count;
	for (size_t i = 0; is_same && i < a->family_count; i++)
		is_same = text_equal(a->families[i], b->families[i]);
	return is_same;
}

bool add_caveat(struct inquiry *inquiry, const struct caveat *caveat, struct error *error)
{
	return caveats_add(&inquiry->caveats, caveat, error);
}

bool floods_caveats(struct inquiry *inquiry, const struct floods_left_out *floods,
                    struct error *error)
{
	const struct caveat left_out = { CAVEAT_FLOODS_LEFT_OUT,
		                         { floods->source_days, floods->days } };
	const struct caveat unseen = {
		CAVEAT_FLOODS_UNSEEN, { floods->days_unseen, FLOOD_PORTS_MAX, FLOOD_SOURCES_MIN }
	};
	return (!inquiry->question->without_floods || add_caveat(inquiry, &left_out, error)) &&
	       (floods->days_unseen == 0 || add_caveat(inquiry, &unseen, error));
}

static bool asks_families(const struct question *q)
{
	for (size_t i = 0; i < q->family_count; i++)
		if (!text_equal(q->families[i], "*"))
			return true;
	return false;
}

bool unknown_families_caveat(const struct answering *a, struct inquiry *inquiry,
                             struct error *error)
{
	struct caveat caveat = { CAVEAT_UNKNOWN_FAMILIES };
	struct held_day day = { .count = 0 };
	if (!asks_families(inquiry->question))
		return true;
	while (held_day_next(a->holdings, inquiry->question->days, &day)) {
		bool has_unknown;
		if (!held_day_has_unknown(a->holdings, &day, &has_unknown, error))
			return false;
		caveat.numbers[0] += has_unknown;
		caveat.numbers[1]++;
	}
	return caveat.numbers[0] == 0 || add_caveat(inquiry, &caveat, error);
}
