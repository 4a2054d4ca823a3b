// SPDX-License-Identifier: MIT
#include "present/page/changes_text.h"

#include "base/calendar.h"
#include "base/escape.h"
#include "present/page/changes.h"
#include "present/words/markup.h"
#include "present/words/width.h"

#include <string.h>

enum {
	LINE_CELLS = 79,
	SCREEN_LINES = 19,
	DATE_CELLS = 12,
	TEXT_MAX = 1 << 20,
};

// ---- words and lines

// A paragraph, broken between words; lines behind the first one are indented by `indent`. Blanks at its end are left
// out.
static void write_wrapped(struct buffer *out, const char *text, size_t indent)
{
	size_t column = 0, blanks = 0;
	while (*text != '\0') {
		const size_t length = strcspn(text, " "), cells = width_cells(text, length);
		if (length == 0) {
			blanks++;
			text++;
			continue;
		}
		if (column > 0 && column + blanks + cells > LINE_CELLS) {
			buffer_format(out, "\n%*s", (int)indent, "");
			column = indent;
		} else {
			buffer_format(out, "%*s", (int)blanks, "");
			column += blanks;
		}
		buffer_append(out, text, length);
		column += cells;
		text += length;
		blanks = 0;
	}
	buffer_byte(out, '\n');
}

static void write_name(struct buffer *out, const struct report_change *change, void *context)
{
	struct buffer name = buffer_up_to(TEXT_MAX);
	(void)context;
	changes_name(&name, LANG_EN, change, true);
	out->failed = out->failed || name.failed;
	if (!out->failed)
		escape_terminal(out, (const char *)name.bytes, name.length);
	buffer_done(&name);
}

static void write_plain(struct buffer *out, struct buffer *text, size_t indent)
{
	buffer_byte(text, '\0');
	out->failed = out->failed || text->failed;
	if (!out->failed)
		write_wrapped(out, (const char *)text->bytes, indent);
}

// "New: ports ... "; false: nothing.
static bool write_kind(struct buffer *out, const struct report_changes *changes, int32_t day,
                       enum report_change_kind kind, bool has_numbers)
{
	if (changes_kind_count(changes, day, kind) == 0)
		return false;
	buffer_format(out, "%s ", word_in(LANG_EN, changes_kind_label(kind)));
	changes_sentence(out, LANG_EN, changes, day, kind, has_numbers, write_name, NULL);
	buffer_text(out, "  ");
	return true;
}

// "New: ...  Gone: ..." in one line; false: nothing.
static bool write_kinds(struct buffer *out, const struct report_changes *changes, int32_t day,
                        bool has_numbers)
{
	bool has_some = false;
	for (enum report_change_kind kind = 0; kind < REPORT_CHANGE_KINDS; kind++)
		has_some |= write_kind(out, changes, day, kind, has_numbers);
	return has_some;
}

// ---- one's own

// Those of `whose`, who are all named if they are one's own.
static struct report_changes changes_of(const struct changes_text *t, enum report_whose whose)
{
	struct report_changes some = *t->changes;
	some.whose = whose;
	some.names_all = whose == REPORT_OF_HOME;
	return some;
}

static void write_entry(struct buffer *out, const struct home_entry *entry, bool is_first)
{
	buffer_format(out, "%s%s", is_first ? "" : ", ", entry->text);
}

static void write_own(struct buffer *out, const struct changes_text *t)
{
	const struct report_changes own = changes_of(t, REPORT_OF_HOME);
	struct buffer text = buffer_up_to(TEXT_MAX);
	size_t count = 0;
	for (size_t i = 0; i < t->home->count; i++) {
		const struct home_entry *entry = &t->home->entries[i];
		if (t->unknown[entry->kind] != NULL)
			continue;
		buffer_text(&text, count == 0 ? "Your own (" : "");
		write_entry(&text, entry, count++ == 0);
	}
	buffer_text(&text, "): ");
	if (!write_kinds(&text, &own, own.day, true))
		buffer_text(&text, "nothing changed.");
	if (count > 0) {
		write_plain(out, &text, 2);
		buffer_byte(out, '\n');
	}
	buffer_done(&text);
}

bool changes_text_unknown(struct buffer *out, const struct changes_text *t, enum home_kind kind,
                          const char *lead)
{
	size_t count = 0;
	if (t->unknown[kind] == NULL)
		return false;
	for (size_t i = 0; i < t->home->count; i++) {
		if (t->home->entries[i].kind != kind)
			continue;
		buffer_text(out, count == 0 ? lead : "");
		write_entry(out, &t->home->entries[i], count++ == 0);
	}
	if (count > 0)
		buffer_format(out, ": %s", t->unknown[kind]);
	return count > 0;
}

static void write_unknown(struct buffer *out, const struct changes_text *t)
{
	for (enum home_kind kind = 0; kind < HOME_KINDS; kind++) {
		struct buffer text = buffer_up_to(TEXT_MAX);
		if (changes_text_unknown(&text, t, kind, "Not known of ")) {
			buffer_byte(&text, '.');
			buffer_byte(out, '\n');
			write_plain(out, &text, 2);
		}
		buffer_done(&text);
	}
}

// ---- days

static void write_today(struct buffer *out, const struct changes_text *t)
{
	const struct report_changes others = changes_of(t, REPORT_OF_OTHERS);
	struct buffer text = buffer_up_to(TEXT_MAX);
	char day[CALENDAR_DAY_SIZE];
	const bool has_nothing = changes_nothing(&text, LANG_EN, t->changes);
	if (has_nothing)
		write_plain(out, &text, 0);
	buffer_done(&text);
	if (has_nothing)
		return;
	day_format(others.day, day);
	buffer_format(out, "What changed on %s\n\n", day);
	write_own(out, t);
	for (enum report_change_kind kind = 0; kind < REPORT_CHANGE_KINDS; kind++) {
		struct buffer line = buffer_up_to(TEXT_MAX);
		if (write_kind(&line, &others, others.day, kind, true))
			write_plain(out, &line, 2);
		buffer_done(&line);
	}
}

static size_t count_lines(const struct buffer *b)
{
	size_t count = 0;
	for (size_t i = 0; i < b->length; i++)
		count += b->bytes[i] == '\n';
	return count;
}

// One's own on a line of its own, in front.
static void write_day(struct buffer *out, const struct changes_text *t, int32_t day)
{
	const struct report_changes both[] = { changes_of(t, REPORT_OF_HOME),
		                               changes_of(t, REPORT_OF_OTHERS) };
	char date[CALENDAR_DAY_SIZE];
	day_format(day, date);
	for (size_t i = 0; i < 2; i++) {
		struct buffer text = buffer_up_to(TEXT_MAX);
		buffer_format(&text, "%-*s%s", DATE_CELLS, date, i == 0 ? "Your own: " : "");
		if (write_kinds(&text, &both[i], day, false)) {
			write_plain(out, &text, DATE_CELLS);
			date[0] = '\0';
		}
		buffer_done(&text);
	}
}

static void write_before(struct buffer *out, const struct changes_text *t)
{
	const struct report_changes *changes = t->changes;
	if (changes->from == changes->day)
		return;
	if (changes->count == changes_count(changes, changes->day)) {
		if (changes->state == REPORT_CHANGES_KNOWN)
			buffer_format(out, "\nNothing changed in the %d days before.\n",
			              changes->day - changes->from);
		return;
	}
	buffer_format(out, "\nIn the %d days before:\n", changes->day - changes->from);
	for (int32_t day = changes->day - 1; day >= changes->from; day--) {
		if (t->more != NULL && count_lines(out) >= SCREEN_LINES) {
			buffer_format(out, "%s\n", t->more);
			return;
		}
		write_day(out, t, day);
	}
}

void changes_text(struct buffer *out, const struct changes_text *t)
{
	write_today(out, t);
	write_before(out, t);
	write_unknown(out, t);
}
