// SPDX-License-Identifier: MIT
// Association rules as changes: those that emerged, and those whose sources are gone. Sources of a rule are
// those that used all of its values, whether or not the rule was found on the day: one that is drowned by others is
// not gone.
#include "answer/local/changes.h"

#include "answer/answer.h"
#include "base/memory.h"
#include "base/text.h"

#include <string.h>

enum {
	RULES_LOOKED_AT = 1000,  // of those that are gone, the ones with the most sources on a day
	ID_SIZE = 4096,
};

struct rules_run {
	struct changes_run *run;
	int32_t first;  // of the days in which rules are looked for
	struct question questions[3];
	struct answer timeline, days, news;
	uint32_t *sources;  // [run->days.count]: of one rule
	bool *is_known;     // [run->days.count]
};

// A rule as one text; one that is too long is cut.
static void name_rule(const struct answer *a, size_t row, char out[ID_SIZE])
{
	text_format(out, ID_SIZE, "%s => %s", answer_text(a, row, answer_column(a, "antecedent")),
	            answer_text(a, row, answer_column(a, "consequent")));
}

// ---- new ones

static bool take_new(struct rules_run *r, size_t row, struct error *error)
{
	const struct answer *a = &r->news;
	const uint64_t most = answer_number(a, row, answer_column(a, "most_before")),
		       sources = answer_number(a, row, answer_column(a, "support"));
	char id[ID_SIZE];
	struct changes_row out = { .day = answer_day(a, row, answer_column(a, "day")),
		                   .subject = SUBJECT_RULE,
		                   .changed = { .sources = sources, .most = most },
		                   .id = id,
		                   .name = "" };
	if (out.day < r->run->from)
		return true;
	name_rule(a, row, id);
	out.changed.deviations = (double)sources;
	out.changed.change = CHANGE_NEW;
	return changes_add(r->run, &out, error);
}

// ---- those that are gone

// Days of a rule stand together; they move on to those of the next one.
static void read_days(struct rules_run *r, uint64_t rule, size_t *next)
{
	const struct answer *a = &r->days;
	const size_t number = answer_column(a, "rule"), day = answer_column(a, "day"),
		     sources = answer_column(a, "sources");
	for (uint32_t i = 0; i < r->run->days.count; i++)
		r->sources[i] = 0;
	for (; *next < a->row_count && answer_number(a, *next, number) == rule; (*next)++) {
		const uint64_t count = answer_number(a, *next, sources);
		r->sources[answer_day(a, *next, day) - r->run->first] = count < UINT32_MAX
		                                                                ? (uint32_t)count
		                                                                : UINT32_MAX;
	}
}

// ---- one set of values is told once

static bool has_item(const char *items, const char *item, size_t length)
{
	for (const char *at = items;; at++) {
		const size_t next = strcspn(at, ";");
		if (next == length && memcmp(at, item, length) == 0)
			return true;
		at += next;
		if (*at == '\0')
			return false;
	}
}

struct rule_sides {
	const char *antecedent, *consequent;
};

static struct rule_sides sides_of(const struct answer *a, size_t row)
{
	return (struct rule_sides){ answer_text(a, row, answer_column(a, "antecedent")),
		                    answer_text(a, row, answer_column(a, "consequent")) };
}

static bool all_in(const char *items, struct rule_sides sides)
{
	for (const char *at = items;; at++) {
		const size_t length = strcspn(at, ";");
		if (!has_item(sides.antecedent, at, length) &&
		    !has_item(sides.consequent, at, length))
			return false;
		at += length;
		if (*at == '\0')
			return true;
	}
}

static bool is_same_set(struct rule_sides a, struct rule_sides b)
{
	return all_in(a.antecedent, b) && all_in(a.consequent, b) && all_in(b.antecedent, a) &&
	       all_in(b.consequent, a);
}

static bool was_told(const struct rules_run *r, size_t row, int32_t day, const int32_t *told)
{
	for (size_t i = 0; i < row; i++)
		if (told[i] == day &&
		    is_same_set(sides_of(&r->timeline, i), sides_of(&r->timeline, row)))
			return true;
	return false;
}

static bool take_gone(struct rules_run *r, int32_t *told, struct error *error)
{
	struct change_days days = r->run->days;
	size_t next = 0;
	bool ok = true;
	days.is_known = r->is_known;
	for (size_t row = 0; ok && row < r->timeline.row_count; row++) {
		char id[ID_SIZE];
		read_days(r, row + 1, &next);
		name_rule(&r->timeline, row, id);
		told[row] = INT32_MIN;
		for (int32_t day = r->run->from; ok && day <= r->run->to; day++) {
			const struct changed c = change_on(&days, r->sources,
			                                   (uint32_t)(day - r->run->first));
			const struct changes_row gone = { day, SUBJECT_RULE, c, true, id, "" };
			if (c.change != CHANGE_GONE || was_told(r, row, day, told))
				continue;
			told[row] = day;
			ok = changes_add(r->run, &gone, error);
		}
	}
	return ok;
}

// ---- asking

static void set_questions(struct rules_run *r)
{
	static const enum question_kind kinds[] = { QUESTION_RULE_TIMELINE, QUESTION_RULE_DAYS,
		                                    QUESTION_NEW_RULES };
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
		r->questions[i] = *r->run->question;
		r->questions[i].kind = kinds[i];
		r->questions[i].days = (struct day_range){ r->first, r->run->to };
		r->questions[i].top = kinds[i] == QUESTION_NEW_RULES ? 0 : RULES_LOOKED_AT;
	}
}

// What has to be known of rules is told with rules: here only what keeps them from being compared.
static bool ask(struct rules_run *r, struct error *error)
{
	struct inquiry inquiries[] = { { &r->questions[0], &r->timeline.receiver },
		                       { &r->questions[1], &r->days.receiver },
		                       { &r->questions[2], &r->news.receiver } };
	struct inquiry *const list[] = { &inquiries[0], &inquiries[1], &inquiries[2] };
	const bool ok = answer_rules(r->run->answering, list, 3, error) &&
	                answer_check(&r->timeline, error) && answer_check(&r->days, error) &&
	                answer_check(&r->news, error);
	for (size_t i = 0; i < 3; i++)
		caveats_done(&inquiries[i].caveats);
	return ok;
}

static bool take_all(struct rules_run *r, struct error *error)
{
	const uint32_t count = r->run->days.count;
	int32_t *told = memory_new(r->timeline.row_count + 1, sizeof *told);
	r->sources = memory_new(count, sizeof *r->sources);
	r->is_known = memory_new(count, sizeof *r->is_known);
	bool ok = (told != NULL && r->sources != NULL && r->is_known != NULL) ||
	          error_memory(error, "an answer");
	for (uint32_t i = (uint32_t)(r->first - r->run->first); ok && i < count; i++)
		r->is_known[i] = r->run->is_known[i];
	r->run->compared += r->timeline.row_count;
	ok = ok && take_gone(r, told, error);
	for (size_t row = 0; ok && row < r->news.row_count; row++)
		ok = take_new(r, row, error);
	memory_free(told);
	memory_free(r->sources);
	memory_free(r->is_known);
	return ok;
}

bool changes_of_rules(struct changes_run *run, struct error *error)
{
	struct rules_run r = {
		.run = run, .timeline = answer_new(), .days = answer_new(), .news = answer_new()
	};
	bool has_data = false;
	r.first = run->from - CHANGES_PAST_DAYS - CHANGES_RECENT_DAYS;
	r.first = r.first > run->first ? r.first : run->first;
	for (uint32_t i = (uint32_t)(r.first - run->first); i < run->days.count; i++)
		has_data = has_data || run->is_known[i];
	set_questions(&r);
	const bool ok = run->question->rules.field_count == 0 || !has_data ||
	                (ask(&r, error) && take_all(&r, error));
	answer_done(&r.timeline);
	answer_done(&r.days);
	answer_done(&r.news);
	return ok;
}
