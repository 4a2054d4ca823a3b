// SPDX-License-Identifier: MIT
// Prefixes on the page: how few hold most of the sources of the recent days.
#include "cmd/report_parts.h"

static const unsigned lengths[REPORT_LENGTHS] = { 16, 24 };

// Points evenly spread on a logarithmic axis, the last one at the end; few enough for the room.
static size_t draw_curve(const struct prefixes *found, struct report_point *out)
{
	uint64_t sources = 0;
	size_t count = 0, next = 1;
	for (size_t i = 0; i < found->count; i++) {
		sources += found->rows[i].sources;
		if (i + 1 < next && i + 1 < found->count)
			continue;
		out[count++] = (struct report_point){ i + 1, sources };
		next += 1 + (i + 1) / 16;
	}
	return count;
}

static void fill_length(struct report_prefixes_part *part, size_t i)
{
	const struct prefixes *found = &part->found[i];
	struct report_prefixes *length = &part->lengths[i];
	*length = (struct report_prefixes){
		.bits = lengths[i],
		.points = part->points[i],
		.point_count = draw_curve(found, part->points[i]),
		.fifth = prefixes_that_hold(found, 1, 5),
		.half = prefixes_that_hold(found, 1, 2),
		.top = part->fullest[i],
	};
	for (; length->top_count < found->count && length->top_count < REPORT_FULLEST;
	     length->top_count++)
		part->fullest[i][length->top_count] = (struct report_prefix){
			found->rows[length->top_count].first, found->rows[length->top_count].sources
		};
}

bool report_prefixes_fill(struct report_prefixes_part *part, const struct report_question *q,
                          struct error *error)
{
	const struct day_range recent = report_recent(q);
	const struct source_choice choice = report_choice(q, recent);
	for (size_t i = 0; i < REPORT_LENGTHS; i++) {
		if (!prefixes_run(store_holdings(q->dataset->store), &choice, lengths[i],
		                  &part->found[i], error))
			return false;
		fill_length(part, i);
	}
	part->concentration = (struct report_concentration){ .from = recent.from,
		                                             .to = recent.to,
		                                             .lengths = part->lengths,
		                                             .length_count = REPORT_LENGTHS };
	return true;
}

void report_prefixes_done(struct report_prefixes_part *part)
{
	for (size_t i = 0; i < REPORT_LENGTHS; i++)
		prefixes_done(&part->found[i]);
}
