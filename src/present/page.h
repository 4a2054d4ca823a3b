// SPDX-License-Identifier: MIT
// The sections of the page, in its order: each function writes one. What it
// writes is HTML and well-formed XML at once, so that a test can read it strictly.
#pragma once

#include "present/markup.h"
#include "present/present.h"

// Days shown in the open table of a family, and with the folded one; rows of captures.
enum { PAGE_RECENT_DAYS = 14, PAGE_DAYS_MAX = 366, PAGE_CAPTURES_MAX = 50, PAGE_FLAWS_MAX = 100 };

void page_style(struct buffer *out);
void page_summary(struct buffer *out, const struct report *);
void page_figures(struct buffer *out, const struct report *);
void page_lifetimes(struct buffer *out, const struct report *);
void page_days(struct buffer *out, const struct report *);
void page_ledger(struct buffer *out, const struct report *);
void page_definitions(struct buffer *out, const struct report *);

// One figure with its heading and caption, or the words that there is nothing to draw.
void page_figure_family(struct buffer *out, const struct report *, size_t family);
void page_figure_together(struct buffer *out, const struct report *);
void page_figure_lifetimes(struct buffer *out, const struct report *);

// True if there are no days or no families; then says so.
bool page_is_empty(struct buffer *out, const struct report *);

// Why there is nothing to show of a family without spells.
enum word page_why_nothing(const struct report *, size_t family);

// Small parts that several sections use. `attributes` and tag names are ours, texts are
// escaped.
void page_element(struct buffer *out, const char *tag, const char *text);
void page_word(struct buffer *out, const char *tag, const struct report *, enum word);
void page_number(struct buffer *out, uint64_t value);
// A table that scrolls by itself where it is too wide, with these column heads; the first
// `text_count` hold texts. page_table_end() closes it.
void page_table_begin(struct buffer *out, const struct report *, const enum word *columns,
                      size_t column_count, size_t text_count);
void page_table_end(struct buffer *out);
// What stands between two sentences: a blank in English, nothing in Japanese.
void page_sentence_gap(struct buffer *out, const struct report *);
// <td class="n">12,345</td>
void page_count_cell(struct buffer *out, uint64_t value);
void page_text_cell(struct buffer *out, const char *text);
// A link to a file beside the page, in a list item; nothing if it is NULL.
void page_link(struct buffer *out, const char *file, const char *text);
// The first and the last day of the survey.
void page_days_of(const struct report *, char from[16], char to[16]);
// A family's colour and dashes, as a short line.
void page_swatch(struct buffer *out, size_t family);
