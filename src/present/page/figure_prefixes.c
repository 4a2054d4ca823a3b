// SPDX-License-Identifier: MIT
// The share of all sources that the fullest prefixes hold, over how many these are. The axis is
// logarithmic: what matters happens among the first hundreds of many thousands.
#include "present/page/figure.h"

#include "base/memory.h"
#include "base/text.h"
#include "present/chart/chart.h"
#include "present/words/markup.h"

#include <math.h>

enum { RANKS_MAX = 240, LABEL_SIZE = 16 };

// Evenly spread on a logarithmic axis from 1 to `most`, each once; returns how many.
static size_t choose_ranks(uint64_t most, double out[RANKS_MAX])
{
	size_t count = 0;
	for (size_t i = 0; i < RANKS_MAX; i++) {
		const double power = (double)i / (RANKS_MAX - 1);
		const double rank = i + 1 == RANKS_MAX ? (double)most
		                                       : round(pow((double)most, power));
		if (count == 0 || rank > out[count - 1])
			out[count++] = rank;
	}
	return count;
}

// The share that the first `rank` prefixes hold; between two points that of the line.
static double share_at(const struct report_prefixes *of, double rank)
{
	const struct report_point *points = of->points, *last = &points[of->point_count - 1];
	struct report_point before = { 0, 0 };
	size_t low = 0, high = of->point_count;
	while (low < high) {
		const size_t middle = low + (high - low) / 2;
		if ((double)points[middle].prefixes < rank)
			low = middle + 1;
		else
			high = middle;
	}
	if (low == of->point_count || last->sources == 0)
		return NAN;
	if (low > 0)
		before = points[low - 1];
	const double width = (double)points[low].prefixes - (double)before.prefixes;
	const double part = width > 0 ? (rank - (double)before.prefixes) / width : 1;
	const double rise = (double)points[low].sources - (double)before.sources;
	return fmin(((double)before.sources + part * rise) / (double)last->sources, 1);
}

static double index_of(const struct chart *chart, double rank)
{
	size_t i = 0;
	while (i + 2 < chart->count && chart->ranks[i + 1] < rank)
		i++;
	if (chart->count < 2)
		return 0;
	const double a = log(chart->ranks[i]), b = log(chart->ranks[i + 1]);
	return (double)i + fmin(fmax((log(rank) - a) / (b - a), 0), 1);
}

static void add_note(struct chart *chart, const struct report_prefixes *of, uint64_t prefixes,
                     enum word word)
{
	char count[NUMBER_SIZE], bits[8];
	struct buffer text = buffer_up_to(sizeof chart->notes[0].text - 1);
	struct chart_note *note = &chart->notes[chart->note_count];
	if (prefixes == 0)
		return;
	number_grouped(prefixes, count);
	text_format(bits, sizeof bits, "%u", of->bits);
	markup_plain_phrase(&text, chart->frame.lang, word,
	                    (struct markup_values){ .one = count, .two = bits });
	buffer_byte(&text, '\0');
	note->index = index_of(chart, (double)prefixes);
	note->value = share_at(of, (double)prefixes);
	if (!text.failed && isfinite(note->value)) {
		text_copy(note->text, sizeof note->text, (const char *)text.bytes);
		chart->note_count++;
	}
	buffer_done(&text);
}

static uint64_t most_prefixes(const struct report_concentration *concentration)
{
	uint64_t most = 1;
	for (size_t i = 0; i < concentration->length_count && i < REPORT_LENGTHS_MAX; i++) {
		const struct report_prefixes *of = &concentration->lengths[i];
		if (of->point_count > 0 && of->points[of->point_count - 1].prefixes > most)
			most = of->points[of->point_count - 1].prefixes;
	}
	return most;
}

static void add_curves(struct chart *chart, const struct report_concentration *concentration,
                       double *values, char labels[][LABEL_SIZE])
{
	struct panel *panel = &chart->panels[0];
	chart->panel_count = 1;
	panel->title = word_in(chart->frame.lang, WORD_UNIT_CONCENTRATION);
	panel->is_share = true;
	for (size_t i = 0; i < concentration->length_count && i < REPORT_LENGTHS_MAX; i++) {
		const struct report_prefixes *of = &concentration->lengths[i];
		if (of->point_count == 0)
			continue;
		for (size_t r = 0; r < chart->count; r++)
			values[r] = share_at(of, chart->ranks[r]);
		text_format(labels[i], LABEL_SIZE, "/%u", of->bits);
		if (panel->series_count == 0) {
			add_note(chart, of, of->fifth, WORD_NOTE_FIFTH);
			add_note(chart, of, of->half, WORD_NOTE_HALF);
		}
		panel->series[panel->series_count++] = (struct series){
			.label = labels[i], .values = values, .style = (unsigned)(2 * i)
		};
		values += chart->count;
	}
}

void figure_concentration_draw(struct buffer *out, const struct report *report,
                               struct figure figure)
{
	char labels[REPORT_LENGTHS_MAX][LABEL_SIZE];
	double ranks[RANKS_MAX];
	struct buffer texts[2];
	const size_t count = choose_ranks(most_prefixes(report->concentration), ranks);
	struct chart chart = {
		.frame = figure_frame_of(report, figure, texts),
		.axis = CHART_RANKS,
		.count = count,
		.ranks = ranks,
		.is_narrow = figure.is_narrow,
	};
	double *values = memory_new(count * REPORT_LENGTHS_MAX, sizeof *values);
	if (values == NULL || texts[0].failed || texts[1].failed) {
		out->failed = true;
	} else {
		add_curves(&chart, report->concentration, values, labels);
		chart_draw(out, &chart);
	}
	memory_free(values);
	buffer_done(&texts[0]);
	buffer_done(&texts[1]);
}
