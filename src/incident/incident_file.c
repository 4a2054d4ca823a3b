// SPDX-License-Identifier: MIT
// A table of incidents: lines of CSV become incidents, or an error that names the line.
#include "incident/incident.h"

#include "base/calendar.h"
#include "base/text.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

enum column { DATE, LABEL, SIZE, UNIT, SOURCE, CONFIDENCE, LABEL_JA, COLUMNS };
enum { FIELDS_MAX = 32, FIELD_SIZE = INCIDENT_TEXT_SIZE };

static const char *const names[COLUMNS] = { "date",   "label",      "size",    "unit",
	                                    "source", "confidence", "label_ja" };

struct line {
	char fields[FIELDS_MAX][FIELD_SIZE];
	size_t count;
};

struct reading {
	struct incidents *all;
	const char *name;
	bool is_own, has_begun;
	uint64_t number;            // of the line, from 1 on
	size_t places[FIELDS_MAX];  // the column of each field; COLUMNS: none
	size_t place_count;
	struct line line;
};

static bool refuse(const struct reading *r, struct error *error, const char *why)
{
	return error_set(error, ERROR_USAGE, "'%s' line %" PRIu64 " %s", r->name, r->number, why);
}

// ---- a line

static bool is_text(uint8_t byte)
{
	return byte >= ' ' && byte != 0x7f;
}

// One field, which `*at` stands at the beginning of, and then behind. What is wrong; NULL: nothing.
static const char *cut_field(struct span line, size_t *at, char out[FIELD_SIZE])
{
	const bool is_quoted = *at < line.length && line.bytes[*at] == '"';
	size_t length = 0, i = *at + is_quoted;
	for (; i < line.length; i++) {
		const uint8_t byte = line.bytes[i];
		if (byte == '"' && is_quoted) {
			if (i + 1 >= line.length || line.bytes[i + 1] != '"')
				break;
			i++;
		} else if (byte == ',' && !is_quoted) {
			break;
		}
		if (!is_text(byte))
			return "has bytes that are no text";
		if (length + 1 >= FIELD_SIZE)
			return "has a field of more than 320 bytes";
		out[length++] = (char)byte;
	}
	out[length] = '\0';
	if (is_quoted && i++ >= line.length)
		return "has a quote that is not closed";
	if (i < line.length && line.bytes[i] != ',')
		return "has text behind a closed quote";
	*at = i;
	return NULL;
}

static const char *cut(struct span line, struct line *out)
{
	size_t at = 0;
	const char *wrong;
	out->count = 0;
	do {
		if (out->count == FIELDS_MAX)
			return "has more than 32 fields";
		wrong = cut_field(line, &at, out->fields[out->count++]);
	} while (wrong == NULL && at++ < line.length);
	return wrong;
}

// ---- its columns

static const char *take_head(struct reading *r)
{
	bool has_label = false;
	for (size_t i = 0; i < r->line.count; i++) {
		size_t column = 0;
		while (column < COLUMNS && !text_equal(names[column], r->line.fields[i]))
			column++;
		r->places[i] = column;
		has_label |= column == LABEL;
		for (size_t j = 0; column < COLUMNS && j < i; j++)
			if (r->places[j] == column)
				return "names a column twice";
	}
	r->place_count = r->line.count;
	return has_label ? NULL : "names no column label";
}

static bool is_head(const struct line *line)
{
	for (size_t i = 0; i < line->count; i++)
		if (text_equal(line->fields[i], names[DATE]))
			return true;
	return false;
}

static bool is_confidence(const char *text)
{
	static const char *const words[] = { "high", "medium", "low" };
	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (text_starts(text, words[i]) &&
		    (text[strlen(words[i])] == '\0' || text[strlen(words[i])] == ':'))
			return true;
	return text[0] == '\0';
}

// What is wrong with the fields; NULL: nothing. `is_out`: the line takes the label out.
static const char *parse(const char *const f[COLUMNS], struct incident *out, bool *is_out)
{
	*is_out = text_equal(f[DATE], "-");
	out->size = NAN;
	if (!*is_out && !day_parse(f[DATE], &out->day))
		return "has a date that is no YYYY-MM-DD";
	if (f[LABEL][0] == '\0')
		return "has no label";
	if (!text_copy(out->label, sizeof out->label, f[LABEL]) ||
	    !text_copy(out->label_ja, sizeof out->label_ja, f[LABEL_JA]) ||
	    !text_copy(out->unit, sizeof out->unit, f[UNIT]))
		return "has a label or unit of more than 160 bytes";
	if (f[SIZE][0] != '\0' && (!text_double(f[SIZE], &out->size) || out->size < 0))
		return "has a size that is no number from 0 on";
	if (!is_confidence(f[CONFIDENCE]))
		return "has a confidence that is none of high, medium, low (a colon and the reason may follow)";
	(void)!text_copy(out->source, sizeof out->source, f[SOURCE]);
	(void)!text_copy(out->confidence, sizeof out->confidence, f[CONFIDENCE]);
	return NULL;
}

static bool take_fields(struct reading *r, struct error *error)
{
	const char *fields[COLUMNS] = { "", "", "", "", "", "", "" };
	struct incident one = { .is_own = r->is_own };
	bool is_out;
	if (r->line.count > r->place_count)
		return refuse(r, error, "has more fields than there are columns");
	for (size_t i = 0; i < r->line.count; i++)
		if (r->places[i] < COLUMNS)
			fields[r->places[i]] = r->line.fields[i];
	const char *wrong = parse(fields, &one, &is_out);
	if (wrong != NULL)
		return refuse(r, error, wrong);
	if (r->is_own)
		incidents_take_out(r->all, one.label);
	return is_out || incidents_add(r->all, &one, error);
}

static bool take_line(struct reading *r, struct span line, struct error *error)
{
	if (line.length > 0 && line.bytes[line.length - 1] == '\r')
		line.length--;
	if (line.length == 0 || line.bytes[0] == '#')
		return true;
	const bool is_first = !r->has_begun;
	const char *wrong = cut(line, &r->line);
	r->has_begun = true;
	if (wrong == NULL && is_first && is_head(&r->line))
		wrong = take_head(r);
	else if (wrong == NULL)
		return take_fields(r, error);
	return wrong == NULL || refuse(r, error, wrong);
}

bool incidents_read(struct incidents *all, struct span text, const char *name, bool is_own,
                    struct error *error)
{
	static const uint8_t mark[] = { 0xef, 0xbb, 0xbf };  // of UTF-8, as spreadsheets write it
	struct reading r = { .all = all, .name = name, .is_own = is_own, .place_count = COLUMNS };
	for (size_t i = 0; i < COLUMNS; i++)
		r.places[i] = i;
	if (text.length >= sizeof mark && memcmp(text.bytes, mark, sizeof mark) == 0)
		text = span_from(text, sizeof mark);
	bool ok = true;
	while (ok && text.length > 0) {
		const uint8_t *end = memchr(text.bytes, '\n', text.length);
		const size_t length = end == NULL ? text.length : (size_t)(end - text.bytes);
		r.number++;
		ok = take_line(&r, (struct span){ text.bytes, length }, error);
		text = span_from(text, length + (end != NULL));
	}
	return ok;
}
