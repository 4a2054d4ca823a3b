// SPDX-License-Identifier: MIT
// The sections of the page, in its order: each function writes one. What it
// writes is HTML and well-formed XML at once, so that a test can read it strictly.
#pragma once

#include "present/page/figure.h"
#include "present/words/markup.h"
#include "present/present.h"

// Days shown in the open table of a family, and with the folded one; rows of captures.
enum { PAGE_RECENT_DAYS = 14, PAGE_DAYS_MAX = 366, PAGE_CAPTURES_MAX = 50, PAGE_FLAWS_MAX = 100 };
// Rows of other tables: open, and with the folded ones.
enum { PAGE_ROWS_OPEN = 10, PAGE_ROWS_MAX = 250, PAGE_PREFIXES_MAX = 20 };

void page_style(struct buffer *out);
extern const char page_policy[];
void page_script(struct buffer *out);
void page_head(struct buffer *out, const struct report *);
void page_header(struct buffer *out, const struct report *);
void page_overview(struct buffer *out, const struct report *);
void page_summary(struct buffer *out, const struct report *);
// What changed: the sentence, and the table of all of it.
void page_changes(struct buffer *out, const struct report *);
void page_changes_table(struct buffer *out, const struct report *);
void page_tools(struct buffer *out, const struct report *);
void page_home(struct buffer *out, const struct report *);
void page_ports(struct buffer *out, const struct report *);
void page_places(struct buffer *out, const struct report *);
void page_networks(struct buffer *out, const struct report *);
void page_concentration(struct buffer *out, const struct report *);
void page_models(struct buffer *out, const struct report *);
void page_devices(struct buffer *out, const struct report *);
void page_variants(struct buffer *out, const struct report *);
void page_rules(struct buffer *out, const struct report *);
void page_emergences(struct buffer *out, const struct report *);
void page_figures(struct buffer *out, const struct report *);
void page_lifetimes(struct buffer *out, const struct report *);
void page_days(struct buffer *out, const struct report *);
void page_ledger(struct buffer *out, const struct report *);
void page_definitions(struct buffer *out, const struct report *);

// One figure with its heading and caption, or the words that there is nothing to draw.
void page_figure_family(struct buffer *out, const struct report *, size_t family);
void page_figure_together(struct buffer *out, const struct report *);
void page_figure_lifetimes(struct buffer *out, const struct report *);

// One of the others: a figure element with its heading and both drawings, in which a caption is open;
// then the caption, and the end with a link to the file. False, and nothing written, if there is
// nothing to draw.
struct page_figure {
	enum figure_kind kind;
	size_t index;
	const char *anchor;
};
bool page_figure_begin(struct buffer *out, const struct report *, struct page_figure) MUST_CHECK;
void page_figure_end(struct buffer *out, const struct report *, enum figure_kind, const char *file);
// Sentences of captions: days without captures, days covered in part; of these days.
void page_caption_shaded(struct buffer *out, const struct report *, int32_t from, int32_t to);
// The days, zone and telescope of what is counted.
void page_caption_days(struct buffer *out, const struct report *, int32_t from, int32_t to);

// A page of one day, or of one capture in which few days have packets: a screen, with everything but the overview folded.
bool page_is_brief(const struct report *);
// A day, and none before it: what is counted over days says nothing that the day does not.
bool page_is_first_day(const struct report *);

// True if there are no days or no families; then says so.
bool page_is_empty(struct buffer *out, const struct report *);

// What most frames are where none of them counts, with a link to all of them.
void page_why_uncounted(struct buffer *out, const struct report *);
// Why there is nothing to show of a family without spells.
enum word page_why_nothing(const struct report *, size_t family);

// Small parts that several sections use. `attributes` and tag names are ours, texts are
// escaped.
void page_element(struct buffer *out, const char *tag, const char *text);
void page_word(struct buffer *out, const char *tag, const struct report *, enum word);
void page_number(struct buffer *out, uint64_t value);
// A table that scrolls by itself where it is too wide, with these column heads; the first
// `text_count` hold texts. With one of them all cells of the body are numbers, of which the
// table says so. page_table_end() closes it.
void page_table_begin(struct buffer *out, const struct report *, const enum word *columns,
                      size_t column_count, size_t text_count);
void page_table_end(struct buffer *out);
// One head of a column.
void page_column_head(struct buffer *out, const struct report *, enum word, bool is_number,
                      const char *value);
// A table of any number of rows: the first PAGE_ROWS_OPEN, then folded ones, then how many are left
// to the CSV, and a link to that.
struct page_rows {
	const enum word *columns;
	size_t column_count;
	size_t numbers_begin, numbers_end;  // columns that hold numbers; others hold texts
	const char *value;                  // for a place in the head of a column
	size_t count;
	void (*write)(struct buffer *out, const struct report *, size_t row);
	const char *csv;      // NULL: no link
	const char *csv_too;  // where some of its columns are; NULL: none
};
void page_rows_write(struct buffer *out, const struct report *, const struct page_rows *);
// A fold of its own within a section, closed: what it is unfolded by comes between the first two.
void page_fold_begin(struct buffer *out);
void page_fold_open(struct buffer *out);
void page_fold_end(struct buffer *out);
// Around a table and the details element with its folded rows, which the script makes one table of.
void page_rows_begin(struct buffer *out);
void page_rows_end(struct buffer *out);
// A link to the CSV of the tables above, and to one that has more of their rows or columns, which may be NULL;
// nothing if the first is NULL.
void page_csv_link(struct buffer *out, const struct report *, const char *file, const char *too);
// The element with a phrase in it.
void page_phrase(struct buffer *out, const char *tag, const struct report *, enum word,
                 struct markup_values);
// A heading with an anchor, both ours, and a phrase with the days in it: "2017-05-10", or
// "2017-05-04 to 2017-05-10".
void page_heading(struct buffer *out, const struct report *, const char *anchor, enum word,
                  const int32_t days[2]);
// What stands between two sentences: a blank in English, nothing in Japanese.
void page_sentence_gap(struct buffer *out, const struct report *);
// <td class="n">12,345</td>
void page_count_cell(struct buffer *out, uint64_t value);
void page_text_cell(struct buffer *out, const char *text);
// A share of 1 in percent, with a bar; NaN: not known.
void page_share_cell(struct buffer *out, const struct report *, double share);
// A number that may be REPORT_UNKNOWN.
void page_number_cell(struct buffer *out, const struct report *, uint64_t value);
// How much more or less than before: "+1,234", "−12", "±0".
void page_difference(struct buffer *out, uint64_t now, uint64_t before);
// The same in a cell; "unknown" if one is not known.
void page_change_cell(struct buffer *out, const struct report *, uint64_t now, uint64_t before);
// "country-JP": every byte of the id that is not a letter, digit, - or _ is replaced.
void page_anchor(struct buffer *out, const char *kind, const char *id);
// The name of a country or network, for people.
const char *page_place_name(const struct report *, const struct report_place *);
// The note under a table of places: the databases, or that there is none and how to get one.
void page_databases(struct buffer *out, const struct report *, const struct report_databases *,
                    enum word none);
// The note whether suspected floods count.
void page_floods_note(struct buffer *out, const struct report *);
// A link to a file beside the page, in a list item; nothing if it is NULL.
void page_link(struct buffer *out, const char *file, const char *text);
// The first and the last day of the survey.
void page_days_of(const struct report *, char from[16], char to[16]);
// A rule whose items are set apart, and the name of their field; as it may be long, it wraps.
void page_rule(struct buffer *out, const struct report *, const struct report_rule *);
void page_rule_field(struct buffer *out, const struct report *, const struct report_rule *);
// Of how many targets so many are Mirai hosts; NaN: not known.
double page_mirai_share(struct report_targets);
// A family's colour and dashes, as a short line.
void page_swatch(struct buffer *out, size_t family);
