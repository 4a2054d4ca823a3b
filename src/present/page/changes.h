// SPDX-License-Identifier: MIT
// What changed, in words: the sentence that the page and the terminal have in common.
#pragma once

#include "answer/answer.h"
#include "answer/caveat.h"
#include "place/home.h"
#include "present/present.h"

// What an answer about changes says, with its rows. It points into the answer.
struct changes_found {
	struct report_changes changes;
	struct report_change *rows;
	struct report_item *items;
	char *texts;
};
// `days`: those whose rows were asked for. The caller calls changes_found_done().
bool changes_read(const struct answer *, const struct caveats *, struct day_range days,
                  struct changes_found *out, struct error *error) MUST_CHECK;
void changes_found_done(struct changes_found *);  // accepts one of zeros

// Which rows are one's own countries and networks.
void changes_mark_home(struct changes_found *, const struct home *);

// How many of a day there are.
size_t changes_count(const struct report_changes *, int32_t day);

// What is called what, plain and not escaped: "7547 TR-069 of routers", "window size 1320, 2376 ⇒ 792", "Japan"; a
// name of a network that is long is cut, if wanted.
void changes_name(struct buffer *out, enum lang, const struct report_change *, bool is_short);

// Writes the name of one; `lang` and `context` are the writer's.
typedef void changes_item(struct buffer *out, const struct report_change *, void *context);

// How many of a day are of a kind, and what that is called in front of them: "New:".
size_t changes_kind_count(const struct report_changes *, int32_t day, enum report_change_kind);
enum word changes_kind_label(enum report_change_kind);
// "ports 7547 TR-069 of routers (7,199 sources, at most 615 before), 5555 (...); networks ...": what is new, has
// grown or is gone on one day, with numbers or without.
void changes_sentence(struct buffer *out, enum lang, const struct report_changes *, int32_t day,
                      enum report_change_kind, bool has_numbers, changes_item *, void *context);
// The sentence that nothing changed on the last day, or that it is not known; false, and nothing written, if
// something did.
bool changes_nothing(struct buffer *out, enum lang, const struct report_changes *);

// "new", "grown", "gone".
enum word changes_kind_word(enum report_change_kind);
