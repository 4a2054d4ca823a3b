// SPDX-License-Identifier: MIT
// On which ports the hosts that attacked a port answer: figure 5 of the study of 2017, with a group of bars for each
// attacked port. Eleven ports have no eleven colours that anybody could tell apart, so each bar has its name.
#include "present/page/figure.h"

#include "base/memory.h"
#include "base/text.h"
#include "present/chart/groups.h"
#include "present/words/markup.h"
#include "present/words/numbers.h"

#include <math.h>

enum { PORT_SIZE = 8, SAID_SIZE = 256, TITLE_SIZE = 96 };

// One block of memory: the chart, and the texts that it points to.
struct groups_texts {
	struct bar_groups chart;
	char rows[GROUP_ROWS_MAX][PORT_SIZE];
	char titles[GROUPS_MAX][TITLE_SIZE], notes[GROUPS_MAX][TITLE_SIZE];
	char said[GROUPS_MAX][GROUP_ROWS_MAX][SAID_SIZE];
	struct buffer frame[2];
};

static const struct report_accessible *find(const struct report_accessibility *of,
                                            uint16_t attacked, uint16_t probed)
{
	for (size_t i = 0; i < of->row_count; i++)
		if (of->rows[i].attacked == attacked && of->rows[i].probed == probed)
			return &of->rows[i];
	return NULL;
}

static void fill_bar(struct groups_texts *t, const struct report *report, size_t number, size_t row)
{
	const struct report_accessibility *of = report->accessibility;
	const uint16_t attacked = of->attacked[number];
	const struct report_accessible *found = find(of, attacked, of->probed[row]);
	const uint64_t hosts = found != NULL ? found->hosts : 0,
		       answered = found != NULL ? found->accessible : 0;
	struct bar_group *group = &t->chart.groups[number];
	char port[PORT_SIZE], texts[2][NUMBER_SIZE];
	text_format(port, sizeof port, "%u", attacked);
	number_grouped(hosts, texts[0]);
	number_grouped(answered, texts[1]);
	markup_plain_text(t->said[number][row], SAID_SIZE, report->lang, WORD_BAR_HOSTS,
	                  (struct markup_values){ t->rows[row], port, texts[0], texts[1] });
	group->said[row] = t->said[number][row];
	group->shares[row] = hosts > 0 ? fmin((double)answered / (double)hosts, 1) : 0;
	if (of->probed[row] == attacked)
		group->marked = row;
	markup_plain_text(t->titles[number], TITLE_SIZE, report->lang, WORD_GROUP_PORT,
	                  (struct markup_values){ .one = port });
	markup_plain_text(t->notes[number], TITLE_SIZE, report->lang, WORD_GROUP_HOSTS,
	                  (struct markup_values){ .one = texts[0] });
}

static void fill(struct groups_texts *t, const struct report *report)
{
	const struct report_accessibility *of = report->accessibility;
	t->chart.row_count = of->probed_count < GROUP_ROWS_MAX ? of->probed_count : GROUP_ROWS_MAX;
	t->chart.count = of->attacked_count < GROUPS_MAX ? of->attacked_count : GROUPS_MAX;
	for (size_t row = 0; row < t->chart.row_count; row++) {
		text_format(t->rows[row], PORT_SIZE, "%u", of->probed[row]);
		t->chart.rows[row] = t->rows[row];
	}
	for (size_t i = 0; i < t->chart.count; i++) {
		t->chart.groups[i].marked = GROUP_ROWS_MAX;
		t->chart.groups[i].title = t->titles[i];
		t->chart.groups[i].note = t->notes[i];
		for (size_t row = 0; row < t->chart.row_count; row++)
			fill_bar(t, report, i, row);
	}
}

void figure_accessibility_draw(struct buffer *out, const struct report *report,
                               struct figure figure)
{
	struct groups_texts *t = memory_new(1, sizeof *t);
	if (t == NULL) {
		out->failed = true;
		return;
	}
	t->chart = (struct bar_groups){
		.frame = figure_frame_of(report, figure, t->frame),
		.is_narrow = figure.is_narrow,
		.unit = word_in(report->lang, WORD_UNIT_ACCESSIBILITY),
		.kinds = { word_in(report->lang, WORD_BAR_OTHER),
		           word_in(report->lang, WORD_BAR_OWN) },
	};
	fill(t, report);
	if (t->frame[0].failed || t->frame[1].failed)
		out->failed = true;
	else
		bar_groups_draw(out, &t->chart);
	buffer_done(&t->frame[0]);
	buffer_done(&t->frame[1]);
	memory_free(t);
}
