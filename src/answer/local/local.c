// SPDX-License-Identifier: MIT
#include "answer/local/topic.h"

#include "base/memory.h"
#include "holdings/days.h"

#include <assert.h>

// Who answers what.
static topic_answer *const topics[QUESTION_KINDS] = {
	[QUESTION_SURVEY] = answer_survey,      [QUESTION_LIFETIMES] = answer_survey,
	[QUESTION_SURVIVAL] = answer_survey,    [QUESTION_PORTS] = answer_ports,
	[QUESTION_PLACES] = answer_where,       [QUESTION_PREFIXES] = answer_where,
	[QUESTION_RULES] = answer_rules,        [QUESTION_RULE_TIMELINE] = answer_rules,
	[QUESTION_RULE_DAYS] = answer_rules,    [QUESTION_NEW_RULES] = answer_rules,
	[QUESTION_RULE_TARGETS] = answer_rules,
};

struct local {
	struct engine base;
	struct local_world world;
	struct description description;
	struct described_fingerprint *fingerprints;
	int32_t *days;
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

static bool ask(struct engine *e, struct inquiry *inquiries, size_t count,
                const struct limits *limits, struct error *error)
{
	const struct local_world *world = &local_of(e)->world;
	const struct answering answering = { world->holdings, world->countries, world->networks,
		                             limits };
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

static void forget(struct local *l)
{
	memory_free(l->fingerprints);
	memory_free(l->days);
	memory_free(l->databases);
	caveats_done(&l->description.caveats);
	l->fingerprints = NULL;
	l->days = NULL;
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
			f->name, f->rule, f->source, f->strength, f->kind == FINGERPRINT_FAMILY
		};
	}
	l->description.fingerprints = l->fingerprints;
	l->description.fingerprint_count = set->count;
	return true;
}

static bool list_days(struct local *l, struct error *error)
{
	const struct holdings *h = l->world.holdings;
	struct held_day day = { .count = 0 };
	size_t count = 0;
	l->days = memory_new(held_days_count(h, all_days) + 1, sizeof *l->days);
	if (l->days == NULL)
		return error_memory(error, "a description");
	while (held_day_next(h, all_days, &day))
		l->days[count++] = day.day;
	l->description.days = l->days;
	l->description.day_count = count;
	return true;
}

static bool refresh(struct engine *e, struct error *error)
{
	struct local *l = local_of(e);
	const struct holdings_about about = holdings_about(l->world.holdings);
	forget(l);
	l->description = (struct description){ .name = about.name,
		                               .telescope = about.telescope,
		                               .zone = about.zone,
		                               .has_addresses = true };
	if (!list_fingerprints(l, error) || !list_days(l, error) ||
	    !describe_databases(&l->world, &l->databases, &l->description.database_count, error))
		return false;
	l->description.databases = l->databases;
	return true;
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
	*l = (struct local){ .base = { &functions }, .world = *world };
	if (!refresh(&l->base, error)) {
		close_local(&l->base);
		return false;
	}
	*out = &l->base;
	return true;
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
