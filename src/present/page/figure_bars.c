// SPDX-License-Identifier: MIT
// The ports of a day, with one family apart from the others; and networks.
#include "present/page/figure.h"

#include "base/memory.h"
#include "base/text.h"
#include "present/chart/bars.h"
#include "present/words/markup.h"
#include "present/words/numbers.h"
#include "present/page/port.h"

#include <math.h>

enum { REST_STYLE = 4, NETWORK_STYLE = 0, PORT_TEXT = PORT_NAME_SIZE };

// One block of memory: a chart of bars, and the texts that it points to.
struct bars_texts {
	struct bars bars;
	char names[BARS_MAX][PORT_TEXT], numbers[BARS_MAX][2 * NUMBER_SIZE];
	struct buffer figure[2], parts[2], share_title;
};

static void phrase(struct buffer *out, const struct report *report, enum word word,
                   const char *value)
{
	*out = buffer_up_to(1 << 16);
	markup_plain_phrase(out, report->lang, word, (struct markup_values){ .one = value });
	buffer_byte(out, '\0');
}

static void fill_port(struct bars_texts *t, const struct report *report,
                      const struct report_port_row *row)
{
	const size_t i = t->bars.count++;
	const bool is_other = row->family_sources == REPORT_NOT_APPLICABLE;
	const bool is_known = is_other || row->family_sources <= row->sources;
	const double sources = (double)row->sources,
		     family = is_other ? 0 : (double)row->family_sources;
	port_name(row->port, t->names[i]);
	number_grouped(row->sources, t->numbers[i]);
	t->bars.rows[i] = (struct bar){
		.label = t->names[i],
		.note = port_service(row->port, report->lang),
		.parts = { is_known ? family : sources, is_known ? sources - family : NAN },
		.text = t->numbers[i],
		.has_no_share = is_other,
	};
}

static void fill_ports(struct bars_texts *t, const struct report *report)
{
	const char *family = report->ports->family;
	t->bars.part_count = 2;
	phrase(&t->parts[0], report, WORD_PART_FAMILY, family);
	phrase(&t->parts[1], report, WORD_PART_REST, family);
	phrase(&t->share_title, report, WORD_PART_SHARE, family);
	for (size_t i = 0; i < 2; i++)
		t->bars.parts[i] = (const char *)t->parts[i].bytes;
	t->bars.share_title = (const char *)t->share_title.bytes;
	t->bars.styles[0] = figure_named_style(report, family);
	t->bars.styles[1] = REST_STYLE;
	for (size_t i = 0; i < report->ports->row_count && i < BARS_MAX; i++)
		fill_port(t, report, &report->ports->rows[i]);
}

static void fill_network(struct bars_texts *t, const struct report *report,
                         const struct report_place *network)
{
	const size_t i = t->bars.count++;
	const bool has_name = network->name != NULL && network->name[0] != '\0';
	const bool is_unknown = text_equal(network->id, "unknown");
	char count[NUMBER_SIZE], share[NUMBER_SIZE];
	number_grouped(network->sources, count);
	number_share((double)network->sources / (double)report->networks->sources, share);
	text_format(t->numbers[i], sizeof t->numbers[i], "%s (%s)", count, share);
	t->bars.rows[i] = (struct bar){
		.label = is_unknown ? word_in(report->lang, WORD_UNKNOWN)
		         : has_name ? network->name
		                    : network->id,
		.note = has_name && !is_unknown ? network->id : NULL,
		.parts = { (double)network->sources, NAN },
		.text = t->numbers[i],
	};
}

static void draw(struct buffer *out, const struct report *report, struct figure figure,
                 struct bars_texts *t)
{
	t->bars = (struct bars){
		.frame = figure_frame_of(report, figure, t->figure),
		.is_narrow = figure.is_narrow,
		.unit = word_in(report->lang, WORD_UNIT_SOURCES),
		.part_count = 1,
		.styles = { NETWORK_STYLE, NETWORK_STYLE },
	};
	if (figure.kind == FIGURE_PORT_FAMILIES)
		fill_ports(t, report);
	else
		for (size_t i = 0; i < report->networks->network_count && i < BARS_MAX; i++)
			fill_network(t, report, &report->networks->networks[i]);
	if (t->figure[0].failed || t->figure[1].failed || t->parts[0].failed ||
	    t->parts[1].failed || t->share_title.failed)
		out->failed = true;
	else
		bars_draw(out, &t->bars);
	for (size_t i = 0; i < 2; i++) {
		buffer_done(&t->figure[i]);
		buffer_done(&t->parts[i]);
	}
	buffer_done(&t->share_title);
}

static void draw_bars(struct buffer *out, const struct report *report, struct figure figure)
{
	struct bars_texts *t = memory_new(1, sizeof *t);
	if (t == NULL)
		out->failed = true;
	else
		draw(out, report, figure, t);
	memory_free(t);
}

void figure_port_families_draw(struct buffer *out, const struct report *report,
                               struct figure figure)
{
	draw_bars(out, report, figure);
}

void figure_networks_draw(struct buffer *out, const struct report *report, struct figure figure)
{
	draw_bars(out, report, figure);
}
