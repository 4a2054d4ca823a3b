// SPDX-License-Identifier: MIT
// Which devices they are: clusters of hosts that answered alike, a card for each with many infected hosts. Answers are
// an attacker's: they come as printable ASCII, and are escaped like all texts.
#include "present/page/page.h"

#include "base/calendar.h"
#include "base/text.h"
#include "present/words/numbers.h"

#include <math.h>

// Of an answer so many characters are shown; devices.csv has more.
enum { CARD_ANSWER_MAX = 240, ROW_ANSWER_MAX = 120, CARDS_OPEN = 2 };

// ---- answers

// An answer in its lines: behind each \n of the device's a new one begins. No escape is cut in two.
static void write_answer(struct buffer *out, const char *answer, size_t most)
{
	char piece[8];
	size_t at = 0;
	buffer_text(out, "<code>");
	while (answer[at] != '\0' && at < most) {
		const bool is_escape = answer[at] == '\\' && answer[at + 1] != '\0';
		size_t length = is_escape ? (answer[at + 1] == 'x' ? 4 : 2) : 1;
		const bool ends_line = is_escape && answer[at + 1] == 'n';
		for (size_t i = 0; i < length; i++)
			length = answer[at + i] == '\0' ? i : length;
		text_format(piece, sizeof piece, "%.*s", (int)length, answer + at);
		markup_text(out, piece);
		at += length;
		if (ends_line && answer[at] != '\0' && at < most)
			buffer_text(out, "<br/>");
	}
	buffer_text(out, answer[at] != '\0' ? "…</code>" : "</code>");
}

// ---- a card

static void open_fact(struct buffer *out, const struct report *report, enum word word)
{
	buffer_text(out, "<div>");
	page_word(out, "dt", report, word);
	buffer_text(out, "<dd>");
}

static void close_fact(struct buffer *out)
{
	buffer_text(out, "</dd></div>");
}

static void write_part(struct buffer *out, const char *name, uint64_t part, uint64_t all,
                       bool is_first)
{
	char share[NUMBER_SIZE];
	number_share(all > 0 ? (double)part / (double)all : NAN, share);
	buffer_text(out, is_first ? "" : ", ");
	markup_text(out, name);
	buffer_text(out, "\u00a0<small>");
	markup_text(out, share);
	buffer_text(out, "</small>");
}

// "23;80" as "23, 80".
static void write_ports(struct buffer *out, const char *ports)
{
	for (; *ports != '\0'; ports++) {
		if (*ports == ';')
			buffer_text(out, ", ");
		else
			markup_text(out, (const char[]){ *ports, '\0' });
	}
}

static void write_attacked(struct buffer *out, const struct report *report,
                           const struct report_model *model)
{
	char port[8];
	if (model->attacked_count == 0)
		return;
	open_fact(out, report, WORD_MODEL_ATTACKED);
	for (size_t i = 0; i < model->attacked_count; i++) {
		text_format(port, sizeof port, "%u", model->attacked[i].port);
		write_part(out, port, model->attacked[i].infected, model->infected, i == 0);
	}
	close_fact(out);
}

static void write_places(struct buffer *out, const struct report *report,
                         const struct report_model *model)
{
	if (model->place_count == 0)
		return;
	open_fact(out, report, WORD_MODEL_PLACES);
	for (size_t i = 0; i < model->place_count; i++)
		write_part(out, page_place_name(report, &model->places[i]),
		           model->places[i].sources, model->infected, i == 0);
	close_fact(out);
}

static void write_days(struct buffer *out, const struct report *report,
                       const struct report_model *model)
{
	char days[NUMBER_SIZE], first[CALENDAR_DAY_SIZE], last[CALENDAR_DAY_SIZE],
		peak[CALENDAR_DAY_SIZE];
	if (model->days == 0)
		return;
	number_grouped(model->days, days);
	day_format(model->first_day, first);
	day_format(model->last_day, last);
	day_format(model->peak_day, peak);
	open_fact(out, report, WORD_MODEL_DAYS);
	if (model->days == 1)
		markup_phrase(out, report->lang, WORD_MODEL_DAY_TEXT,
		              (struct markup_values){ .one = first });
	else
		markup_phrase(out, report->lang, WORD_MODEL_DAYS_TEXT,
		              (struct markup_values){ days, first, last, peak });
	close_fact(out);
}

static bool has_label(const struct report_model *model)
{
	return model->label != NULL && model->label[0] != '\0';
}

static void write_label_share(struct buffer *out, const struct report *report,
                              const struct report_model *model)
{
	char share[NUMBER_SIZE];
	if (!has_label(model))
		return;
	number_share(model->label_share, share);
	open_fact(out, report, WORD_MODEL_LABEL);
	markup_phrase(out, report->lang, WORD_MODEL_LABEL_SHARE,
	              (struct markup_values){ .one = share });
	close_fact(out);
}

static void write_infected(struct buffer *out, const struct report *report,
                           const struct report_model *model, const char *tag)
{
	const char *family = report->models->family;
	char infected[NUMBER_SIZE];
	number_grouped(model->infected, infected);
	page_phrase(out, tag, report, family != NULL ? WORD_MODEL_INFECTED : WORD_MODEL_SEEN,
	            (struct markup_values){ .one = infected, .two = family });
}

static void write_name(struct buffer *out, const struct report *report,
                       const struct report_model *model)
{
	if (has_label(model))
		markup_text(out, model->label);
	else
		page_word(out, "i", report, WORD_MODEL_UNLABELLED);
}

static const struct report_model *model_of(const struct report *report, uint32_t cluster)
{
	const struct report_models *of = report->models;
	for (size_t i = 0; i < of->count; i++)
		if (of->models[i].cluster == cluster)
			return &of->models[i];
	return NULL;
}

static void write_nearest(struct buffer *out, const struct report *report,
                          const struct report_model *model)
{
	const struct report_model *nearest = model_of(report, model->nearest);
	char number[NUMBER_SIZE], distance[16];
	if (model->nearest == 0 || nearest == NULL)
		return;
	number_grouped(model->nearest, number);
	text_format(distance, sizeof distance, "%.2f", model->nearest_distance);
	open_fact(out, report, WORD_MODEL_NEAREST);
	if (report->models->has_labels)
		markup_phrase(out, report->lang, WORD_MODEL_NEAREST_NAMED,
		              (struct markup_values){
				      number, distance,
				      has_label(nearest)
					      ? nearest->label
					      : word_in(report->lang, WORD_MODEL_UNLABELLED),
				      NULL });
	else
		markup_phrase(out, report->lang, WORD_MODEL_NEAREST_TEXT,
		              (struct markup_values){ .one = number, .two = distance });
	close_fact(out);
}

// Words of answers, as they came; of what it has not the sign in front is said in words.
static void write_tells(struct buffer *out, const struct report *report,
                        const struct report_model *model)
{
	const char *at = model->tells;
	if (at == NULL || at[0] == '\0')
		return;
	const bool has_not = at[0] == '-';
	open_fact(out, report, WORD_MODEL_TELLS);
	if (has_not) {
		markup_word(out, report->lang, WORD_MODEL_TELLS_NOT);
		buffer_byte(out, ' ');
	}
	buffer_text(out, "<code>");
	for (bool is_first = true; *at != '\0'; is_first = *at++ == ' ') {
		char letter[] = { *at, '\0' };
		if (!(has_not && is_first && *at == '-'))
			markup_text(out, letter);
	}
	buffer_text(out, "</code>");
	close_fact(out);
}

// What stands large is the name, where names are given at all, else how many are infected.
static void write_head(struct buffer *out, const struct report *report,
                       const struct report_model *model)
{
	const bool has_labels = report->models->has_labels;
	char number[NUMBER_SIZE], hosts[NUMBER_SIZE], share[NUMBER_SIZE];
	number_grouped(model->cluster, number);
	number_grouped(model->hosts, hosts);
	number_share((double)model->infected / (double)model->hosts, share);
	buffer_text(out, "<p class=\"when\">");
	markup_phrase(out, report->lang, WORD_MODEL_CLUSTER,
	              (struct markup_values){ .one = number });
	buffer_text(out, "</p>");
	if (has_labels) {
		buffer_text(out, "<h4>");
		write_name(out, report, model);
		buffer_text(out, "</h4><p class=\"of\">");
		write_infected(out, report, model, "b");
		buffer_byte(out, ' ');
	} else {
		write_infected(out, report, model, "h4");
		buffer_text(out, "<p class=\"of\">");
	}
	markup_phrase(out, report->lang, WORD_MODEL_OF_HOSTS,
	              (struct markup_values){ .one = hosts, .two = share });
	buffer_text(out, "</p>");
}

static void write_card(struct buffer *out, const struct report *report,
                       const struct report_model *model)
{
	buffer_format(out, "<article class=\"card emergence model\" id=\"cluster-%u\">",
	              model->cluster);
	write_head(out, report, model);
	buffer_text(out, "<dl class=\"facts-of\">");
	write_label_share(out, report, model);
	open_fact(out, report, WORD_MODEL_PORTS);
	write_ports(out, model->ports);
	close_fact(out);
	write_attacked(out, report, model);
	write_places(out, report, model);
	write_days(out, report, model);
	write_nearest(out, report, model);
	write_tells(out, report, model);
	open_fact(out, report, WORD_MODEL_ANSWER);
	write_answer(out, model->banner, CARD_ANSWER_MAX);
	close_fact(out);
	buffer_text(out, "</dl></article>\n");
}

// ---- all of them

static void write_row(struct buffer *out, const struct report *report, size_t index)
{
	const struct report_model *model = &report->models->models[index];
	buffer_format(out, "<tr><th scope=\"row\">%u</th>", model->cluster);
	if (report->models->has_labels) {
		buffer_text(out, "<td>");
		write_name(out, report, model);
		buffer_text(out, "</td>");
	}
	page_count_cell(out, model->hosts);
	page_count_cell(out, model->infected);
	page_share_cell(out, report, (double)model->infected / (double)model->hosts);
	buffer_text(out, "<td>");
	write_ports(out, model->ports);
	buffer_text(out, "</td><td class=\"answer\">");
	write_answer(out, model->banner, ROW_ANSWER_MAX);
	buffer_text(out, "</td></tr>\n");
}

static void write_table(struct buffer *out, const struct report *report)
{
	const struct report_models *of = report->models;
	enum word columns[7];
	size_t count = 0;
	columns[count++] = WORD_COLUMN_CLUSTER;
	if (of->has_labels)
		columns[count++] = WORD_MODEL_LABEL;
	const size_t numbers = count;
	columns[count++] = WORD_COLUMN_ALL_HOSTS;
	columns[count++] = of->family != NULL ? WORD_COLUMN_INFECTED : WORD_COLUMN_SEEN;
	columns[count++] = WORD_COLUMN_SHARE;
	columns[count++] = WORD_COLUMN_ANSWERED_ON;
	columns[count++] = WORD_MODEL_ANSWER;
	const int32_t days[] = { of->from, of->to };
	const struct page_rows rows = {
		.columns = columns,
		.column_count = count,
		.numbers_begin = numbers,
		.numbers_end = numbers + 3,
		.value = of->family,
		.count = of->count,
		.write = write_row,
		.csv = report->files.devices_csv,
	};
	page_fold_begin(out);
	page_heading(out, report, "cluster-table", WORD_MODEL_TABLE, days);
	page_fold_open(out);
	buffer_text(out, "<div class=\"panel\">");
	page_rows_write(out, report, &rows);
	buffer_text(out, "<ul class=\"links\">");
	page_link(out, report->files.devices_by_port_csv, report->files.devices_by_port_csv);
	page_link(out, report->files.devices_by_country_csv, report->files.devices_by_country_csv);
	page_link(out, report->files.devices_by_day_csv, report->files.devices_by_day_csv);
	buffer_text(out, "</ul></div>\n");
	page_fold_end(out);
}

// How clusters have their names, or that nobody gave any.
static void write_labels(struct buffer *out, const struct report *report)
{
	const struct report_models *of = report->models;
	char labelled[NUMBER_SIZE], hosts[NUMBER_SIZE], times[NUMBER_SIZE];
	number_grouped(of->labelled, labelled);
	number_grouped(of->hosts, hosts);
	number_grouped(of->rules_gave_up, times);
	buffer_text(out, "<p>");
	markup_phrase(out, report->lang,
	              of->has_labels ? WORD_MODELS_LABELS : WORD_MODELS_NO_LABELS,
	              (struct markup_values){ .one = labelled, .two = hosts });
	if (of->rules_gave_up > 0) {
		page_sentence_gap(out, report);
		markup_phrase(out, report->lang, WORD_MODELS_GAVE_UP,
		              (struct markup_values){ .one = times });
	}
	buffer_text(out, "</p>");
}

static void write_lead(struct buffer *out, const struct report *report)
{
	const struct report_models *of = report->models;
	const int32_t days[] = { of->from, of->to };
	char hosts[NUMBER_SIZE], clusters[NUMBER_SIZE], sources[NUMBER_SIZE], answered[NUMBER_SIZE];
	number_grouped(of->hosts, hosts);
	number_grouped(of->are_too_many ? of->answers : of->count, clusters);
	number_grouped(of->sources, sources);
	number_grouped(of->answered, answered);
	buffer_text(out, "<div class=\"panel lead-in\">");
	page_heading(out, report, "clusters", WORD_MODELS, days);
	buffer_text(out, "<p>");
	markup_phrase(out, report->lang, of->are_too_many ? WORD_MODELS_TOO_MANY : WORD_MODELS_LEAD,
	              (struct markup_values){ .one = hosts, .two = clusters });
	if (!of->are_too_many) {
		page_sentence_gap(out, report);
		markup_phrase(out, report->lang, WORD_MODELS_INFECTED,
		              (struct markup_values){
				      of->family != NULL ? of->family
							 : word_in(report->lang, WORD_ALL_SYNS),
				      sources, answered, NULL });
	}
	if (of->is_past) {
		page_sentence_gap(out, report);
		markup_word(out, report->lang, WORD_MODELS_PAST);
	}
	buffer_text(out, "</p>");
	page_word(out, "p", report, WORD_MODELS_RULE);
	if (!of->are_too_many)
		write_labels(out, report);
	if (!of->are_too_many && of->card_count == 0)
		page_word(out, "p", report, WORD_MODELS_NONE);
	else if (of->card_count < of->count)
		page_word(out, "p", report, WORD_MODELS_MORE);
	page_floods_note(out, report);
	buffer_text(out, "</div>\n");
}

static void write_some_cards(struct buffer *out, const struct report *report, size_t begin,
                             size_t end)
{
	buffer_text(out, "<div class=\"cards emergences\">\n");
	for (size_t i = begin; i < end; i++)
		write_card(out, report, report->models->cards[i]);
	buffer_text(out, "</div>\n");
}

static void write_cards(struct buffer *out, const struct report *report)
{
	const size_t count = report->models->card_count,
		     open = count < CARDS_OPEN ? count : CARDS_OPEN;
	char more[NUMBER_SIZE];
	if (count == 0)
		return;
	write_some_cards(out, report, 0, open);
	if (open == count)
		return;
	number_grouped(count - open, more);
	page_fold_begin(out);
	page_phrase(out, "h3", report, WORD_MODELS_FOLDED, (struct markup_values){ .one = more });
	page_fold_open(out);
	write_some_cards(out, report, open, count);
	page_fold_end(out);
}

static void write_figure(struct buffer *out, const struct report *report)
{
	const struct report_models *of = report->models;
	char drawn[NUMBER_SIZE], all[NUMBER_SIZE];
	if (!page_figure_begin(out, report, (struct page_figure){ FIGURE_MODELS, 0, "models" }))
		return;
	page_word(out, "p", report, WORD_CAPTION_MIX);
	if (of->country_count < of->countries_all) {
		number_grouped(of->country_count, drawn);
		number_grouped(of->countries_all, all);
		page_phrase(out, "p", report, WORD_CAPTION_MIX_COUNTRIES,
		            (struct markup_values){ .one = drawn, .two = all });
	}
	page_caption_days(out, report, of->from, of->to);
	page_figure_end(out, report, FIGURE_MODELS, report->files.devices_figure);
}

void page_models(struct buffer *out, const struct report *report)
{
	write_lead(out, report);
	write_figure(out, report);
	write_cards(out, report);
	if (report->models->count > 0)
		write_table(out, report);
}
