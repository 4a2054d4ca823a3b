// SPDX-License-Identifier: MIT
#include "answer/local/topic.h"

#include "base/memory.h"
#include "base/text.h"
#include "holdings/days.h"

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
