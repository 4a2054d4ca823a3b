// SPDX-License-Identifier: MIT
#include "answer/local/described.h"
#include "answer/local/handed.h"
#include "answer/local/topic.h"

#include "analyse/ended.h"
#include "base/memory.h"
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
	[QUESTION_CHANGES] = answer_changes,     [QUESTION_GAP] = answer_gap,
	[QUESTION_RESPONSES] = answer_responses, [QUESTION_ACCESSIBILITY] = answer_accessibility,
	[QUESTION_DEVICES] = answer_devices,     [QUESTION_EFFECT] = answer_effect,
	[QUESTION_EFFECT_CURVE] = answer_effect, [QUESTION_SESSIONS] = answer_sessions,
	[QUESTION_VARIANTS] = answer_variants,   [QUESTION_JOIN] = answer_join,
	[QUESTION_INFECTED] = answer_join,       [QUESTION_EVENTS] = answer_events,
	[QUESTION_BIG_SCANNERS] = answer_events, [QUESTION_SOURCE_GROUPS] = answer_events,
	[QUESTION_ATTACKS] = answer_attacks,     [QUESTION_AROUND] = answer_around,
	[QUESTION_LOGGED] = answer_logged,
};

struct local {
	struct engine base;
	struct local_world world;
	struct ended_holdings ended;     // of the world's, if an end is set
	struct holdings *held;           // one of the two
	struct day_range near, reach;    // days that are not far; that are seen
	struct window_holdings visible;  // of these
	struct far_frames unseen;        // of all others
	struct described described;
};

static struct local *local_of(struct engine *e)
{
	return (struct local *)e;
}

static const struct description *describe(struct engine *e)
{
	return &local_of(e)->described.all;
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
	const struct answering answering = { .holdings = &limited.holdings,
		                             .countries = world->countries,
		                             .networks = world->networks,
		                             .limits = limits,
		                             .near = l->near,
		                             .label_rules = world->label_rules,
		                             .label_table = world->label_table };
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
	       describe_days(&l->described, &l->visible.holdings, error);
}

// A day may be lost before anything is asked.
static bool check_strict(const struct local *l, struct error *error)
{
	char date[CALENDAR_DAY_SIZE];
	if (!l->world.is_strict || l->described.all.lost_count == 0)
		return true;
	day_format(l->described.lost[0].day, date);
	return error_set(error, ERROR_FAILED, "%s is lost: %s", date, l->described.lost[0].why);
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
		ok = lost_caveats(&l->described.all, &inquiries[i].caveats, error);
	handed_free(handed);
	return ok;
}

static bool has_far_days(const struct local *l)
{
	return l->near.from != all_days.from || l->near.to != all_days.to;
}

// Finds which days are near, and shows those that are reached.
static bool look_at_days(struct local *l, const struct holdings_captures *captures,
                         struct error *error)
{
	const struct zone *zone = holdings_about(l->held).zone;
	if (!near_days_find(zone, captures, &l->near, error))
		return false;
	const struct day_range shown = near_days_reach(l->near, l->reach);
	l->unseen = (struct far_frames){ .frames = 0 };
	for (size_t i = 0; has_far_days(l) && i < captures->count; i++)
		if (captures->list[i].seen != NULL)
			far_frames_add(zone, captures->list[i].seen, shown, &l->unseen);
	l->visible = window_holdings(l->held, shown);
	return true;
}

static bool far_caveat(struct local *l, struct error *error)
{
	const struct far_frames *far = &l->unseen;
	const struct caveat caveat = { CAVEAT_FAR_DAYS,
		                       { far->frames, far->captures },
		                       { far->first, far->last } };
	return far->frames == 0 || caveats_add(&l->described.all.caveats, &caveat, error);
}

// All that captures tell is taken from one look at them: a store may have many.
static bool look_at_captures(struct local *l, struct error *error)
{
	struct holdings_captures *captures;
	if (!holdings_open_captures(l->held, &captures, error))
		return false;
	const bool ok = look_at_days(l, captures, error) &&
	                describe_captures(captures, &l->described.all, error) &&
	                far_caveat(l, error);
	holdings_close_captures(captures);
	return ok;
}

static bool refresh(struct engine *e, struct error *error)
{
	struct local *l = local_of(e);
	const struct holdings_about about = holdings_about(l->world.holdings);
	described_free(&l->described);
	l->described.all = (struct description){ .name = about.name,
		                                 .telescope = about.telescope,
		                                 .zone = about.zone,
		                                 .has_labels = l->world.label_rules != NULL ||
		                                               l->world.label_table != NULL };
	return look_at_captures(l, error) &&
	       describe_fingerprints(&l->described, l->world.holdings, error) &&
	       describe_days(&l->described, &l->visible.holdings, error) &&
	       describe_databases(&l->described, &l->world, error);
}

bool local_engine_reach(struct engine *e, struct day_range days, struct error *error)
{
	struct local *l = local_of(e);
	l->reach = days;
	return !has_far_days(l) || refresh(e, error);
}

bool local_engine_end(struct engine *e, struct day_range days, struct error *error)
{
	struct local *l = local_of(e);
	if (days.to == all_days.to)
		return local_engine_reach(e, days, error);
	if (!ended_holdings_begin(&l->ended, l->world.holdings, days, error))
		return false;
	l->held = &l->ended.window.holdings;
	l->reach = days;
	return refresh(e, error);
}

bool local_engine_places(struct engine *e, struct place_atlas *countries,
                         struct place_atlas *networks, struct error *error)
{
	struct local *l = local_of(e);
	l->world.countries = countries;
	l->world.networks = networks;
	return describe_databases(&l->described, &l->world, error);
}

static void close_local(struct engine *e)
{
	described_free(&local_of(e)->described);
	memory_free(local_of(e));
}

static const struct engine_functions functions = { describe, ask, refresh, close_local };

bool local_engine_open(const struct local_world *world, struct engine **out, struct error *error)
{
	struct local *l = memory_new(1, sizeof *l);
	if (l == NULL)
		return error_memory(error, "an engine");
	*l = (struct local){
		.base = { &functions }, .world = *world, .held = world->holdings, .reach = all_days
	};
	if (!refresh(&l->base, error)) {
		close_local(&l->base);
		return false;
	}
	*out = &l->base;
	return true;
}
