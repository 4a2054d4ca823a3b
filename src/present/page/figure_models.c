// SPDX-License-Identifier: MIT
// Which devices the infected hosts are, by day and by country: a bar for each, divided by the clusters that have cards.
#include "present/page/figure.h"

#include "base/calendar.h"
#include "base/memory.h"
#include "base/text.h"
#include "present/chart/mix.h"
#include "present/page/page.h"
#include "present/words/markup.h"
#include "present/words/numbers.h"

enum { NAME_SIZE = 128, SAID_SIZE = 384 };

// One block of memory: the chart, and the texts that it points to. The last part is what the others are not.
struct mix_texts {
	struct mix chart;
	struct mix_row rows[MIX_ROWS];
	size_t row_count;
	char names[MIX_PARTS][NAME_SIZE], labels[MIX_ROWS][NAME_SIZE],
		counts[MIX_ROWS][NUMBER_SIZE];
	char said[MIX_ROWS][MIX_PARTS][SAID_SIZE];
	struct buffer frame[2];
};

_Static_assert((int)REPORT_MODEL_CARDS + 1 <= (int)MIX_PARTS, "a part for each card, and the rest");
_Static_assert((int)REPORT_MIX_DAYS + (int)REPORT_MIX_COUNTRIES <= (int)MIX_ROWS, "rows");

static void name_parts(struct mix_texts *t, const struct report *report)
{
	// The grey of the fifth style is what is left.
	static const unsigned styles[MIX_PARTS] = { 0, 2, 1, 3, 5, 6, 4 };
	const struct report_models *of = report->models;
	for (size_t i = 0; i < of->card_count; i++) {
		const struct report_model *model = of->cards[i];
		const bool has_label = model->label != NULL && model->label[0] != '\0';
		char number[NUMBER_SIZE];
		number_grouped(model->cluster, number);
		markup_plain_text(t->names[i], NAME_SIZE, report->lang,
		                  of->has_labels ? WORD_MIX_NAME : WORD_MODEL_CLUSTER,
		                  (struct markup_values){
					  number,
					  has_label ? model->label
						    : word_in(report->lang, WORD_MODEL_UNLABELLED),
					  NULL, NULL });
		t->chart.styles[i] = styles[i];
	}
	text_copy(t->names[of->card_count], NAME_SIZE, word_in(report->lang, WORD_MIX_OTHERS));
	t->chart.styles[of->card_count] = styles[MIX_PARTS - 1];
	t->chart.part_count = of->card_count + 1;
	for (size_t i = 0; i < t->chart.part_count; i++)
		t->chart.names[i] = t->names[i];
}

static void fill_row(struct mix_texts *t, const struct report *report,
                     const struct report_mix *from, const char *label)
{
	const size_t number = t->row_count++;
	struct mix_row *row = &t->rows[number];
	uint64_t rest = from->infected;
	text_copy(t->labels[number], NAME_SIZE, label);
	number_grouped(from->infected, t->counts[number]);
	row->label = t->labels[number];
	row->text = t->counts[number];
	for (size_t i = 0; i < t->chart.part_count; i++) {
		const bool is_rest = i + 1 == t->chart.part_count;
		const uint64_t part = is_rest ? rest : from->of_cards[i];
		char count[NUMBER_SIZE];
		rest -= is_rest ? 0 : part;
		number_grouped(part, count);
		markup_plain_text(t->said[number][i], SAID_SIZE, report->lang, WORD_MIX_SAID,
		                  (struct markup_values){ t->labels[number], t->names[i], count,
		                                          t->counts[number] });
		row->parts[i] = (double)part;
		row->said[i] = t->said[number][i];
	}
}

static void fill(struct mix_texts *t, const struct report *report)
{
	const struct report_models *of = report->models;
	name_parts(t, report);
	for (size_t i = 0; i < of->day_count; i++) {
		char day[CALENDAR_DAY_SIZE];
		day_format(of->days[i].day, day);
		fill_row(t, report, &of->days[i], day);
	}
	for (size_t i = 0; i < of->country_count; i++)
		fill_row(t, report, &of->countries[i],
		         page_place_name(report, &of->countries[i].place));
	t->chart.blocks[0] = (struct mix_block){ word_in(report->lang, WORD_MIX_DAYS), t->rows,
		                                 of->day_count };
	t->chart.blocks[1] = (struct mix_block){ word_in(report->lang, WORD_MIX_COUNTRIES),
		                                 t->rows + of->day_count, of->country_count };
}

void figure_models_draw(struct buffer *out, const struct report *report, struct figure figure)
{
	struct mix_texts *t = memory_new(1, sizeof *t);
	char unit[NAME_SIZE];
	if (t == NULL) {
		out->failed = true;
		return;
	}
	const bool has_family = report->models->family != NULL;
	markup_plain_text(unit, sizeof unit, report->lang,
	                  has_family ? WORD_MIX_UNIT : WORD_MIX_UNIT_SEEN,
	                  (struct markup_values){ .one = report->models->family });
	t->chart = (struct mix){
		.frame = figure_frame_of(report, figure, t->frame),
		.is_narrow = figure.is_narrow,
		.unit = unit,
		.text_title = word_in(report->lang, WORD_MIX_COUNT),
	};
	fill(t, report);
	if (t->frame[0].failed || t->frame[1].failed)
		out->failed = true;
	else
		mix_draw(out, &t->chart);
	buffer_done(&t->frame[0]);
	buffer_done(&t->frame[1]);
	memory_free(t);
}
