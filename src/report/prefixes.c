// SPDX-License-Identifier: MIT
// Prefixes on the page: how few hold most of the sources of the recent days; and how many of these
// sources are suspected to be forged.
#include "report/sections.h"

static const unsigned lengths[REPORT_LENGTHS] = { 16, 24 };

// Suspects are counted by leaving them out of something.
void prefixes_section_ask(struct prefixes_section *s, const struct report_about *about,
                          struct plan *plan)
{
	struct question q = { .kind = QUESTION_PREFIXES,
		              .days = about->recent,
		              .without_floods = about->options->without_floods };
	s->is_there = about->description->has_addresses;
	for (size_t i = 0; s->is_there && i < REPORT_LENGTHS; i++) {
		q.prefixes.bits = lengths[i];
		ranking_init(&s->rankings[i], lengths[i]);
		(void)plan_ask_to(plan, &q, &s->rankings[i].receiver);
	}
	q.prefixes.bits = 8;
	q.without_floods = true;
	s->floods = plan_ask(plan, &q);
}

// Points evenly spread on a logarithmic axis, the last one at the end; few enough for the room.
static size_t draw_curve(const struct ranking *r, struct report_point *out)
{
	size_t count = 0, next = 1;
	uint64_t sum = 0;
	struct ranking_walk walk = ranking_walk(r);
	for (size_t i = 0; ranking_next(&walk); i++) {
		sum += walk.row.sources;
		if (i + 1 < next && i + 1 < r->count)
			continue;
		out[count++] = (struct report_point){ i + 1, sum };
		next += 1 + (i + 1) / 16;
	}
	return count;
}

// The least number of prefixes that hold so much of all sources.
static uint64_t that_hold(const struct ranking *r, uint64_t numerator, uint64_t denominator)
{
	uint64_t sum = 0;
	struct ranking_walk walk = ranking_walk(r);
	for (size_t i = 0; ranking_next(&walk); i++) {
		sum += walk.row.sources;
		if (sum * denominator >= r->sources * numerator)
			return i + 1;
	}
	return r->count;
}

static void fill_length(struct prefixes_section *s, size_t i)
{
	const struct ranking *r = &s->rankings[i];
	struct report_prefixes *length = &s->of_lengths[i];
	*length = (struct report_prefixes){ .bits = lengths[i],
		                            .points = s->points[i],
		                            .point_count = draw_curve(r, s->points[i]),
		                            .fifth = that_hold(r, 1, 5),
		                            .half = that_hold(r, 1, 2),
		                            .top = s->fullest[i] };
	struct ranking_walk walk = ranking_walk(r);
	while (length->top_count < REPORT_FULLEST && ranking_next(&walk))
		s->fullest[i][length->top_count++] = (struct report_prefix){ walk.row.address,
			                                                     walk.row.sources };
}

static void fill_floods(struct prefixes_section *s, const struct report_about *about,
                        const struct caveats *caveats)
{
	const struct caveat *left_out = caveats_find(caveats, CAVEAT_FLOODS_LEFT_OUT),
			    *unseen = caveats_find(caveats, CAVEAT_FLOODS_UNSEEN);
	s->report_floods = (struct report_floods){ .are_left_out = about->options->without_floods };
	if (left_out != NULL) {
		s->report_floods.source_days = left_out->numbers[0];
		s->report_floods.days = (uint32_t)left_out->numbers[1];
	}
	if (unseen != NULL)
		s->report_floods.days_unseen = (uint32_t)unseen->numbers[0];
}

bool prefixes_section_fill(struct prefixes_section *s, const struct report_about *about,
                           const struct plan *plan, struct error *error)
{
	for (size_t i = 0; s->is_there && i < REPORT_LENGTHS; i++) {
		if (!ranking_check(&s->rankings[i], error))
			return false;
		fill_length(s, i);
	}
	s->report = (struct report_concentration){ .from = about->recent.from,
		                                   .to = about->recent.to,
		                                   .lengths = s->of_lengths,
		                                   .length_count = REPORT_LENGTHS };
	fill_floods(s, about, plan_caveats(plan, s->floods));
	return true;
}

void prefixes_section_done(struct prefixes_section *s)
{
	for (size_t i = 0; i < REPORT_LENGTHS; i++)
		ranking_done(&s->rankings[i]);
}
