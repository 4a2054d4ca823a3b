// SPDX-License-Identifier: MIT
#include "questions.h"

#include "answer/answer.h"
#include "answer/local/local.h"
#include "fuzz.h"
#include "store/store.h"

// Rules over few fields, that many combinations of a capture can fill.
static const char *const fields[] = { "window", "dport", "ip_id", "options" };
static const char *const families[] = { "*", "mirai" };

static struct question question_of(enum question_kind kind, unsigned choices)
{
	struct question q = { .kind = kind, .days = all_days, .families = families };
	// Some are about one family, and all SYNs are no family.
	const bool is_of_one = kind == QUESTION_SOURCES || kind == QUESTION_SHAPES ||
	                       kind == QUESTION_NOTICES || kind == QUESTION_PLACES ||
	                       kind == QUESTION_PREFIXES;
	q.families += is_of_one;
	q.family_count = is_of_one ? 1 : 2;
	if (kind == QUESTION_SURVEY || kind == QUESTION_LIFETIMES || kind == QUESTION_SURVIVAL)
		q.survey = (struct survey_question){ .gap_days = choices & 1 ? 1 : GAP_NONE,
			                             .has_estimates = true,
			                             .error = 0.05 };
	else if (kind == QUESTION_PORTS)
		q.of_ports = (struct ports_question){ { true, true }, choices & 1 };
	else if (kind == QUESTION_PREFIXES)
		q.prefixes = (struct prefixes_question){ .bits = 16 };
	else if (kind >= QUESTION_RULES && kind <= QUESTION_RULE_TARGETS)
		q.rules = (struct rules_question){ .fields = fields,
			                           .field_count = 4,
			                           .is_across = choices & 1,
			                           .is_all = choices & 2,
			                           .without_buckets = choices & 4,
			                           .support_min = 1 + (choices >> 3 & 1),
			                           .confidence_min = 0.5,
			                           .alpha = 0.05,
			                           .items_max = 3,
			                           .consequents_max = 1,
			                           .window_days = 1,
			                           .past_days = NEW_RULES_PAST_DAYS,
			                           .work_max = 100000,
			                           .raises_support = true,
			                           .has_targets = true };
	else if (kind == QUESTION_ATTACKS)
		q.attacks = (struct attacks_question){ .packets = 2,
			                               .per_minute = 1,
			                               .silence_s = 60 + choices % 1000,
			                               .is_scaled = choices & 1,
			                               .victim_last = UINT32_MAX };
	else if (kind == QUESTION_EVENTS || kind == QUESTION_BIG_SCANNERS ||
	         kind == QUESTION_SOURCE_GROUPS)
		q.events = (struct events_question){
			.rate = 100, .miss = 0.001, .quantile = 0.9999, .sources_min = 2
		};
	return q;
}

static bool ask(struct engine *engine, struct inquiry *inquiries, size_t count)
{
	const struct limits limits = { .threads = 2 };
	struct error error = { .text = "" };
	const bool ok = engine_ask(engine, inquiries, count, &limits, &error);
	REQUIRE(ok || error.text[0] != '\0');
	for (size_t i = 0; i < count; i++)
		caveats_done(&inquiries[i].caveats);
	return ok;
}

static void ask_all(struct engine *engine, unsigned choices)
{
	struct question questions[QUESTION_KINDS];
	struct inquiry inquiries[QUESTION_KINDS];
	struct answer alone[QUESTION_KINDS], together[QUESTION_KINDS];
	size_t count = 0;
	for (unsigned kind = 0; kind < QUESTION_KINDS; kind++) {
		alone[count] = answer_new();
		questions[count] = question_of(kind, choices);
		inquiries[count] = (struct inquiry){ .question = &questions[count],
			                             .receiver = &alone[count].receiver };
		if (ask(engine, &inquiries[count], 1))
			count++;
		else
			answer_done(&alone[count]);
	}
	for (size_t i = 0; i < count; i++) {
		together[i] = answer_new();
		inquiries[i] = (struct inquiry){ .question = &questions[i],
			                         .receiver = &together[i].receiver };
	}
	const bool is_answered = WORKS(ask(engine, inquiries, count));
	for (size_t i = 0; i < count; i++) {
		REQUIRE(!is_answered || fuzz_is_starving ||
		        alone[i].row_count == together[i].row_count);
		answer_done(&alone[i]);
		answer_done(&together[i]);
	}
}

void questions_ask(struct store *store, unsigned choices)
{
	const struct local_world world = { .holdings = store_holdings(store) };
	struct engine *engine;
	struct error error;
	if (!WORKS(local_engine_open(&world, &engine, &error)))
		return;
	ask_all(engine, choices);
	engine_close(engine);
}
