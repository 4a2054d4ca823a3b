// SPDX-License-Identifier: MIT
// What honeypots saw: families by day and country, types, what the telescope saw of their sources, and how many hosts
// are infected. Strings are an attacker's, and escaped like all texts.
#include "present/page/page.h"

#include "base/calendar.h"
#include "base/text.h"
#include "present/words/numbers.h"

#include <math.h>

static void days_of(const struct report *report, int32_t days[2])
{
	days[0] = report->survey->first_day;
	days[1] = report->survey->first_day + (int32_t)report->survey->day_count - 1;
}

// ---- figures

static void write_silent(struct buffer *out, const struct report *report)
{
	char days[NUMBER_SIZE];
	const uint32_t count = report->variants->silent_days, part = report->variants->part_days;
	if (part > 0) {
		number_grouped(part, days);
		page_sentence_gap(out, report);
		markup_phrase(out, report->lang, WORD_VARIANTS_PART,
		              (struct markup_values){ .one = days });
	}
	if (count == 0)
		return;
	number_grouped(count, days);
	page_sentence_gap(out, report);
	markup_phrase(out, report->lang,
	              count == 1 ? WORD_VARIANTS_ONE_SILENT : WORD_VARIANTS_SILENT,
	              (struct markup_values){ .one = days });
}

static void write_more(struct buffer *out, const struct report *report, size_t count)
{
	char shown[NUMBER_SIZE], all[NUMBER_SIZE];
	if (count <= REPORT_VARIANTS_DRAWN)
		return;
	number_grouped(REPORT_VARIANTS_DRAWN, shown);
	number_grouped(count, all);
	page_sentence_gap(out, report);
	markup_phrase(out, report->lang, WORD_CAPTION_VARIANTS_MORE,
	              (struct markup_values){ .one = shown, .two = all });
}

static void write_small_plots(struct buffer *out, const struct report *report,
                              struct page_figure of, enum word caption, size_t count,
                              const char *file)
{
	if (!page_figure_begin(out, report, of))
		return;
	buffer_text(out, "<p>");
	markup_word(out, report->lang, caption);
	write_more(out, report, count);
	write_silent(out, report);
	buffer_text(out, "</p>");
	page_figure_end(out, report, of.kind, file);
}

static void write_of_telescope(struct buffer *out, const struct report *report,
                               struct page_figure of, enum word caption, const char *file)
{
	int32_t days[2];
	if (!page_figure_begin(out, report, of))
		return;
	page_word(out, "p", report, caption);
	days_of(report, days);
	page_caption_days(out, report, days[0], days[1]);
	page_caption_shaded(out, report, INT32_MIN, INT32_MAX);
	page_figure_end(out, report, of.kind, file);
}

// ---- families

// Each below the other, with its share.
static void write_part(struct buffer *out, const char *name, uint64_t part, uint64_t all)
{
	char share[NUMBER_SIZE];
	number_share(all > 0 ? (double)part / (double)all : NAN, share);
	markup_text(out, name);
	buffer_text(out, " <small>");
	markup_text(out, share);
	buffer_text(out, "</small>");
}

static void write_places_cell(struct buffer *out, const struct report *report,
                              const struct report_variant *v)
{
	buffer_text(out, "<td>");
	for (size_t i = 0; i < v->place_count; i++)
		write_part(out, page_place_name(report, &v->places[i]), v->places[i].sources,
		           v->source_days);
	buffer_text(out, "</td>");
}

static void write_parts_cell(struct buffer *out, const struct report_variant_parts *parts,
                             uint64_t all)
{
	buffer_text(out, "<td>");
	for (size_t i = 0; i < parts->count; i++)
		write_part(out, parts->list[i].name, parts->list[i].sources, all);
	buffer_text(out, "</td>");
}

static void write_day_cell(struct buffer *out, int32_t day)
{
	char text[CALENDAR_DAY_SIZE];
	day_format(day, text);
	buffer_format(out, "<td class=\"n\">%s</td>", text);
}

static void write_family(struct buffer *out, const struct report *report, size_t index)
{
	const struct report_variant *v = &report->variants->families[index];
	buffer_text(out, "<tr><th scope=\"row\">");
	markup_text(out, v->family);
	buffer_text(out, "</th>");
	page_count_cell(out, v->source_days);
	write_day_cell(out, v->first_day);
	write_day_cell(out, v->last_day);
	write_places_cell(out, report, v);
	buffer_text(out, "</tr>\n");
}

// What the telescope saw of a family, and what its devices are.
static void write_joined_family(struct buffer *out, const struct report *report, size_t index)
{
	const struct report_variant *v = &report->variants->families[index];
	buffer_text(out, "<tr><th scope=\"row\">");
	markup_text(out, v->family);
	buffer_text(out, "</th>");
	page_share_cell(out, report, v->joined > 0 ? (double)v->seen / (double)v->joined : NAN);
	write_parts_cell(out, &v->fingerprints, v->seen);
	write_parts_cell(out, &v->ports, v->seen);
	write_parts_cell(out, &v->rules, v->seen);
	// Of those that were asked, and answered: each is of one.
	write_parts_cell(out, &v->models, v->models.all);
	buffer_text(out, "</tr>\n");
}

static void write_families(struct buffer *out, const struct report *report)
{
	static const enum word columns[] = { WORD_COLUMN_FAMILY, WORD_COLUMN_SOURCE_DAYS,
		                             WORD_COLUMN_FIRST_DAY, WORD_COLUMN_LAST_DAY,
		                             WORD_COLUMN_COUNTRIES };
	const struct page_rows rows = { .columns = columns,
		                        .column_count = 5,
		                        .numbers_begin = 1,
		                        .numbers_end = 4,
		                        .count = report->variants->count,
		                        .write = write_family,
		                        .csv = report->files.variants_csv };
	int32_t days[2];
	days_of(report, days);
	buffer_text(out, "<div class=\"panel\">");
	page_heading(out, report, "variants-table", WORD_VARIANTS_TABLE, days);
	page_rows_write(out, report, &rows);
	buffer_text(out, "</div>\n");
}

static void write_joined_families(struct buffer *out, const struct report *report)
{
	static const enum word columns[] = { WORD_COLUMN_FAMILY,   WORD_COLUMN_SEEN_SHARE,
		                             WORD_COLUMN_SEEN_AS,  WORD_COLUMN_ON_PORTS,
		                             WORD_COLUMN_OF_RULES, WORD_COLUMN_OF_MODELS };
	const struct page_rows rows = { .columns = columns,
		                        .column_count = 6,
		                        .count = report->variants->count,
		                        .write = write_joined_family,
		                        .csv = report->files.variants_join_csv };
	int32_t days[2];
	days_of(report, days);
	buffer_text(out, "<div class=\"panel\">");
	page_heading(out, report, "joined-table", WORD_JOINED_TABLE, days);
	page_rows_write(out, report, &rows);
	page_word(out, "p", report, WORD_CAPTION_JOINED_TABLE);
	buffer_text(out, "</div>\n");
}

// ---- types

static void write_type(struct buffer *out, const struct report *report, size_t index)
{
	const struct report_variant_type *t = &report->variants->types[index];
	const char *const cells[] = { t->programs, t->tokens, t->countries, t->keys };
	buffer_text(out, "<tr><th scope=\"row\">");
	markup_text(out, t->type);
	buffer_text(out, "</th>");
	for (size_t i = 0; i < sizeof cells / sizeof *cells; i++)
		page_text_cell(out, cells[i]);
	buffer_text(out, "</tr>\n");
}

static void write_types(struct buffer *out, const struct report *report)
{
	static const enum word columns[] = { WORD_COLUMN_TYPE, WORD_COLUMN_PROGRAMS,
		                             WORD_COLUMN_TOKENS, WORD_COLUMN_COUNTRIES,
		                             WORD_COLUMN_KEYS };
	const struct page_rows rows = { .columns = columns,
		                        .column_count = 5,
		                        .count = report->variants->type_count,
		                        .write = write_type,
		                        .csv = report->files.variants_table_csv };
	int32_t days[2];
	if (report->variants->type_count == 0)
		return;
	days_of(report, days);
	page_fold_begin(out);
	page_heading(out, report, "types", WORD_TYPES_TABLE, days);
	page_fold_open(out);
	buffer_text(out, "<div class=\"panel\">");
	page_rows_write(out, report, &rows);
	buffer_text(out, "</div>\n");
	page_fold_end(out);
}

// ---- infected hosts

static void write_infected_row(struct buffer *out, const struct report *report, size_t index)
{
	const struct report_infected *i = &report->variants->infected[index];
	buffer_text(out, "<tr><th scope=\"row\">");
	if (text_equal(i->place.id, "*"))
		markup_word(out, report->lang, WORD_INFECTED_ALL);
	else
		markup_text(out, page_place_name(report, &i->place));
	buffer_text(out, "</th>");
	page_count_cell(out, i->place.sources);
	page_count_cell(out, i->estimate);
	page_count_cell(out, i->low);
	page_count_cell(out, i->high);
	buffer_text(out, "</tr>\n");
}

static void write_infected(struct buffer *out, const struct report *report)
{
	static const enum word columns[] = { WORD_COLUMN_PLACE, WORD_INFECTED_SEEN,
		                             WORD_INFECTED_ESTIMATE, WORD_INFECTED_LOW,
		                             WORD_INFECTED_HIGH };
	const struct report_variants *of = report->variants;
	const int32_t days[] = { of->infected_day, of->infected_day };
	const struct page_rows rows = { .columns = columns,
		                        .column_count = 5,
		                        .numbers_begin = 1,
		                        .numbers_end = 5,
		                        .count = of->infected_count,
		                        .write = write_infected_row,
		                        .csv = report->files.infected_csv };
	if (of->infected_count == 0)
		return;
	page_fold_begin(out);
	page_heading(out, report, "infected-table", WORD_INFECTED_TABLE, days);
	page_fold_open(out);
	buffer_text(out, "<div class=\"panel\">");
	page_rows_write(out, report, &rows);
	buffer_text(out, "</div>\n");
	page_fold_end(out);
}

// ---- the lead

static void say_infected(struct buffer *out, const struct report *report, enum word word,
                         const char *where, const struct report_infected *i)
{
	char seen[NUMBER_SIZE], low[NUMBER_SIZE], high[NUMBER_SIZE];
	number_grouped(i->place.sources, seen);
	number_grouped(i->low, low);
	number_grouped(i->high, high);
	page_sentence_gap(out, report);
	markup_phrase(out, report->lang, word, (struct markup_values){ where, seen, low, high });
}

static void write_lead(struct buffer *out, const struct report *report)
{
	const struct report_variants *of = report->variants;
	char count[NUMBER_SIZE], day[CALENDAR_DAY_SIZE];
	number_grouped(of->count, count);
	day_format(of->infected_day, day);
	buffer_text(out, "<div class=\"panel lead-in\"><p>");
	markup_phrase(out, report->lang, WORD_VARIANTS_LEAD,
	              (struct markup_values){ .one = count });
	write_silent(out, report);
	if (of->infected_count > 0)
		say_infected(out, report, WORD_INFECTED_LEAD, day, &of->infected[0]);
	for (size_t i = 1; i < of->infected_count; i++)
		if (text_equal(of->infected[i].place.id, of->drawn.id))
			say_infected(out, report, WORD_INFECTED_COUNTRY,
			             page_place_name(report, &of->drawn), &of->infected[i]);
	buffer_text(out, "</p></div>\n");
}

void page_variants(struct buffer *out, const struct report *report)
{
	static const struct page_figure families = { FIGURE_VARIANTS, 0, "variants-by-day" },
					countries = { FIGURE_VARIANT_COUNTRIES, 0,
		                                      "variants-by-country" },
					joined = { FIGURE_JOINED, 0, "joined" },
					infected = { FIGURE_INFECTED, 0, "infected" };
	const struct report_variants *of = report->variants;
	const struct report_files *f = &report->files;
	write_lead(out, report);
	write_small_plots(out, report, families, WORD_CAPTION_VARIANTS, of->count,
	                  f->variants_figure);
	write_families(out, report);
	write_small_plots(out, report, countries, WORD_CAPTION_VARIANT_COUNTRIES, of->country_count,
	                  f->variant_countries_figure);
	write_types(out, report);
	write_of_telescope(out, report, joined, WORD_CAPTION_JOINED, f->joined_figure);
	write_joined_families(out, report);
	write_of_telescope(out, report, infected, WORD_CAPTION_INFECTED, f->infected_figure);
	write_infected(out, report);
}
