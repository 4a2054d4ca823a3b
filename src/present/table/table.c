// SPDX-License-Identifier: MIT
// Every cell becomes text in the format's own form at once. CSV and JSON append
// it to the row, which is written when it ends. The table for people appends it
// to the cells held, each followed by a zero byte, which no escaped text contains;
// table_release() measures and writes them.
#include "present/table/table.h"

#include "base/calendar.h"
#include "base/escape.h"
#include "base/text.h"
#include "present/words/width.h"

#include <assert.h>
#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <string.h>

enum { HELD_BYTES_MAX = 1 << 20, SCRATCH_MAX = 64 << 20, TIME_DIGITS = 6 };
// A text at the right may go on below itself from so many cells on.
enum { LAST_TEXT_MIN = 20, GAP = 2 };

const char *const format_names[] = { "table", "csv", "json", NULL };

static void write_out(struct table *t, const struct buffer *bytes)
{
	t->failed = t->failed || bytes->failed;
	if (t->failed || bytes->length == 0)
		return;
	if (fwrite(bytes->bytes, 1, bytes->length, t->file) != bytes->length) {
		t->failed = true;
		t->failed_errno = errno;
	}
}

static void write_csv_header(struct table *t)
{
	for (size_t i = 0; i < t->column_count; i++) {
		if (i > 0)
			buffer_byte(&t->scratch, ',');
		escape_csv(&t->scratch, t->columns[i].name, width_bytes(t->columns[i].name));
	}
	buffer_byte(&t->scratch, '\n');
	write_out(t, &t->scratch);
	t->scratch.length = 0;
}

static void show(struct table *t, const struct column *columns, size_t source)
{
	const char *name = columns[source].name;
	t->widths[t->column_count] = width_cells(name, width_bytes(name));
	t->sources[t->column_count] = source;
	t->columns[t->column_count++] = columns[source];
}

struct table table_open(FILE *file, enum format format, const struct column *columns,
                        size_t column_count, const struct table_look *look)
{
	assert(column_count > 0 && column_count <= SCHEMA_COLUMNS_MAX);
	struct table t = {
		.file = file,
		.format = format,
		.look = look != NULL ? *look : (struct table_look){ .width = 0 },
		.scratch = buffer_up_to(SCRATCH_MAX),
	};
	size_t chosen[SCHEMA_COLUMNS_MAX], count;
	struct error ignored;
	if (t.look.columns != NULL &&
	    table_look_find(&t.look, columns, column_count, chosen, &count, &ignored))
		for (size_t i = 0; i < count; i++)
			show(&t, columns, chosen[i]);
	for (size_t i = 0; t.look.columns == NULL && i < column_count; i++)
		if (format != FORMAT_TABLE || t.look.is_wide || !columns[i].is_detail)
			show(&t, columns, i);
	if (format == FORMAT_CSV)
		write_csv_header(&t);
	return t;
}

// What stands between the last cell and this one.
static void begin_cell(struct table *t)
{
	assert(t->cell < t->column_count);
	if (t->format == FORMAT_CSV && t->cell > 0)
		buffer_byte(&t->scratch, ',');
	if (t->format != FORMAT_JSON)
		return;
	const char *name = t->columns[t->cell].name;
	buffer_text(&t->scratch, t->cell == 0 ? "{\"" : ",\"");
	escape_json(&t->scratch, name, width_bytes(name));
	buffer_text(&t->scratch, "\":");
}

static void end_cell(struct table *t)
{
	if (t->format == FORMAT_TABLE)
		buffer_byte(&t->scratch, '\0');
	t->cell++;
}

static void json_text(struct table *t, struct span text)
{
	buffer_byte(&t->scratch, '"');
	escape_json(&t->scratch, (const char *)text.bytes, text.length);
	buffer_byte(&t->scratch, '"');
}

void table_text_span(struct table *t, struct span text)
{
	const char *bytes = (const char *)text.bytes;
	begin_cell(t);
	switch (t->format) {
	case FORMAT_CSV: escape_csv(&t->scratch, bytes, text.length); break;
	case FORMAT_JSON: json_text(t, text); break;
	case FORMAT_TABLE: escape_terminal(&t->scratch, bytes, text.length); break;
	}
	end_cell(t);
}

void table_text(struct table *t, const char *text)
{
	const struct span span = { .bytes = (const uint8_t *)text, .length = width_bytes(text) };
	table_text_span(t, span);
}

// Digits need no escaping.
static void table_number(struct table *t, const char *digits)
{
	begin_cell(t);
	buffer_text(&t->scratch, digits);
	end_cell(t);
}

void table_u64(struct table *t, uint64_t value)
{
	char digits[24];
	text_format(digits, sizeof digits, "%" PRIu64, value);
	table_number(t, digits);
}

// So many decimals at most; zeros at the end are dropped.
static void decimals(char *out, size_t size, int most, double value)
{
	text_format(out, size, "%.*f", most, value);
	size_t length = width_bytes(out);
	while (out[length - 1] == '0')
		length--;
	length -= out[length - 1] == '.';
	out[length] = '\0';
}

void table_real(struct table *t, double value)
{
	char digits[336];  // the longest double has 309 digits before the point
	if (!isfinite(value)) {
		table_empty(t);
		return;
	}
	decimals(digits, sizeof digits, 6, value);
	table_number(t, text_equal(digits, "-0") ? "0" : digits);
}

void table_small(struct table *t, double value)
{
	char digits[32];
	text_format(digits, sizeof digits, "%.3g", value);
	table_number(t, digits);
}

void table_unknown(struct table *t)
{
	static const char *const unknown[] = { "unknown", "", "null" };
	table_number(t, unknown[t->format]);
}

void table_empty(struct table *t)
{
	static const char *const nothing[] = { "-", "", "null" };
	table_number(t, nothing[t->format]);
}

static void table_time(struct table *t, uint64_t time_ns)
{
	char text[CALENDAR_TIME_SIZE];
	time_format(time_ns, TIME_DIGITS, text);
	table_text(t, text);
}

static void table_day(struct table *t, int32_t day)
{
	char text[CALENDAR_DAY_SIZE];
	day_format(day, text);
	table_text(t, text);
}

static void table_address(struct table *t, uint32_t address)
{
	char text[TEXT_IPV4_SIZE];
	text_from_ipv4(address, text);
	table_text(t, text);
}

static void table_bool(struct table *t, bool is_so)
{
	const bool is_json = t->format == FORMAT_JSON;
	table_number(t, is_so ? is_json ? "true" : "yes" : is_json ? "false" : "no");
}

// Once in `number` times. Of a power of two up to 2^32 these are all decimals that it has.
static void table_one_in(struct table *t, uint64_t number)
{
	char text[40];
	if (t->format == FORMAT_TABLE)
		text_format(text, sizeof text, "1/%" PRIu64, number);
	else
		decimals(text, sizeof text, 32, 1 / (double)number);
	table_number(t, text);
}

static void table_any_number(struct table *t, uint64_t number)
{
	const enum cell_form form = t->columns[t->cell].form;
	if (form == FORM_BOOL)
		table_bool(t, number != 0);
	else if (form == FORM_ONE_IN)
		table_one_in(t, number);
	else
		table_u64(t, number);
}

// The next part of a list of texts; false: there is none.
static bool next_part(struct span *list, char separator, struct span *out)
{
	const uint8_t *end = list->length > 0 ? memchr(list->bytes, separator, list->length) : NULL;
	*out = *list;
	if (list->length == 0)
		return false;
	if (end != NULL)
		out->length = (size_t)(end - list->bytes);
	const size_t taken = out->length + (end != NULL);
	*list = (struct span){ list->bytes + taken, list->length - taken };
	return true;
}

static void json_list(struct table *t, char separator, struct span list)
{
	struct span part;
	begin_cell(t);
	buffer_byte(&t->scratch, '[');
	for (const char *between = ""; next_part(&list, separator, &part); between = ",") {
		buffer_text(&t->scratch, between);
		if (t->columns[t->cell].form == FORM_NUMBERS)
			buffer_append(&t->scratch, part.bytes, part.length);
		else
			json_text(t, part);
	}
	buffer_byte(&t->scratch, ']');
	end_cell(t);
}

// Where the number of "name:number" begins; the length of the part: it has none.
static size_t number_at(struct span part)
{
	size_t at = part.length;
	while (at > 0 && ((part.bytes[at - 1] >= '0' && part.bytes[at - 1] <= '9') ||
	                  part.bytes[at - 1] == '.'))
		at--;
	const bool is_there = at > 0 && at < part.length && part.bytes[at - 1] == ':' &&
	                      part.bytes[at] != '.' && part.bytes[part.length - 1] != '.';
	return is_there ? at : part.length;
}

static void json_counts(struct table *t, struct span list)
{
	struct span part;
	const char *between = "";
	begin_cell(t);
	buffer_byte(&t->scratch, '{');
	while (next_part(&list, ';', &part)) {
		const size_t at = number_at(part);
		if (at == part.length)
			continue;
		buffer_text(&t->scratch, between);
		between = ",";
		json_text(t, (struct span){ part.bytes, at - 1 });
		buffer_byte(&t->scratch, ':');
		buffer_append(&t->scratch, part.bytes + at, part.length - at);
	}
	buffer_byte(&t->scratch, '}');
	end_cell(t);
}

static void table_any_text(struct table *t, struct span text)
{
	const enum cell_form form = t->columns[t->cell].form;
	static const char separators[FORM_COUNTS + 1] = {
		[FORM_LIST] = ';', [FORM_COMMAS] = ',', [FORM_WORDS] = ' ', [FORM_NUMBERS] = ';'
	};
	if (t->format == FORMAT_JSON && separators[form] != '\0')
		json_list(t, separators[form], text);
	else if (t->format == FORMAT_JSON && form == FORM_COUNTS)
		json_counts(t, text);
	else
		table_text_span(t, text);
}

static void table_value(struct table *t, const struct cell *cell)
{
	switch (t->columns[t->cell].type) {
	case CELL_TEXT: table_any_text(t, cell->text); break;
	case CELL_DAY: table_day(t, cell->day); break;
	case CELL_TIME: table_time(t, cell->time_ns); break;
	case CELL_ADDRESS: table_address(t, cell->address); break;
	case CELL_NUMBER: table_any_number(t, cell->number); break;
	case CELL_REAL: table_real(t, cell->real); break;
	case CELL_SMALL: table_small(t, cell->real); break;
	}
}

bool table_row(struct table *t, const struct cell *cells)
{
	for (size_t i = 0; i < t->column_count; i++) {
		const struct cell *cell = &cells[t->sources[i]];
		switch (cell->state) {
		case CELL_VALUE: table_value(t, cell); break;
		case CELL_NUMERAL: table_u64(t, cell->number); break;
		case CELL_EMPTY: table_empty(t); break;
		case CELL_UNKNOWN: table_unknown(t); break;
		}
	}
	table_end_row(t);
	return !t->failed;
}

// ---- what fits

static bool is_at_the_left(const struct table *t, size_t column)
{
	const enum cell_form form = t->columns[column].form;
	return cell_type_is_text(t->columns[column].type) || form == FORM_BOOL ||
	       form == FORM_ONE_IN;
}

static size_t last_shown(const struct table *t)
{
	size_t last = t->column_count - 1;
	while (last > 0 && t->is_left_out[last])
		last--;
	return last;
}

// Of the columns that are not left out; the last one may be a text that goes on below.
static size_t line_width(const struct table *t, bool may_go_on)
{
	const size_t last = last_shown(t);
	size_t width = 0;
	for (size_t i = 0; i <= last; i++)
		width += t->is_left_out[i] ? 0 : t->widths[i] + (i > 0 ? GAP : 0);
	const size_t name = width_cells(t->columns[last].name, width_bytes(t->columns[last].name));
	const size_t least = name > LAST_TEXT_MIN ? name : LAST_TEXT_MIN;
	if (may_go_on && is_at_the_left(t, last) && t->widths[last] > least)
		width -= t->widths[last] - least;
	return width;
}

// The column that is spared next; column_count: none is left.
static size_t next_spared(const struct table *t)
{
	size_t found = t->column_count;
	unsigned spare = 1;
	for (size_t i = 0; t->look.columns == NULL && i < t->column_count; i++)
		if (!t->is_left_out[i] && t->columns[i].spare >= spare) {
			found = i;
			spare = t->columns[i].spare;
		}
	return found;
}

static void fit(struct table *t)
{
	if (t->look.width == 0 || t->look.is_wide)
		return;
	while (line_width(t, true) > t->look.width) {
		const size_t column = next_spared(t);
		if (column == t->column_count) {
			t->has_records = true;
			for (size_t i = 0; i < t->column_count; i++)
				t->is_left_out[i] = false;
			return;
		}
		t->is_left_out[column] = true;
	}
}

static void append_blanks(struct buffer *out, size_t count)
{
	for (; count > 0; count--)
		buffer_byte(out, ' ');
}

// How much of a text stands on a line of so many cells: up to a blank, or between parts of a list, if
// there is such a place.
static size_t line_length(const char *text, size_t length, size_t cells)
{
	size_t taken = width_fit_cells(text, length, cells);
	if (taken == length)
		return length;
	for (size_t at = taken; at > 0; at--)
		if (text[at] == ' ' || text[at - 1] == ';')
			return at;
	return taken > 0 ? taken : length;
}

// A text from this column of the line on, which goes on below itself.
static void append_folded(const struct table *t, struct buffer *out, size_t indent,
                          const char *text)
{
	size_t length = width_bytes(text);
	const size_t room = t->look.width > indent + 1 ? t->look.width - indent : 0;
	while (room > 0 && width_cells(text, length) > room) {
		const size_t taken = line_length(text, length, room);
		buffer_append(out, text, taken);
		text += taken;
		length -= taken;
		while (length > 0 && *text == ' ') {
			text++;
			length--;
		}
		if (length > 0) {
			buffer_byte(out, '\n');
			append_blanks(out, indent);
		}
	}
	buffer_append(out, text, length);
}

// One cell with its blanks. The last column gets none at its right.
static void append_aligned(const struct table *t, struct buffer *out, size_t column,
                           const char *text)
{
	const size_t length = width_bytes(text), cells = width_cells(text, length);
	const size_t blanks = cells < t->widths[column] ? t->widths[column] - cells : 0;
	const bool is_left = is_at_the_left(t, column), is_last = column == last_shown(t);
	if (t->is_left_out[column])
		return;
	if (column > 0)
		append_blanks(out, GAP);
	if (!is_left)
		append_blanks(out, blanks);
	if (is_left && is_last && t->look.width > 0 && !t->look.is_wide)
		append_folded(t, out, line_width(t, false) - t->widths[column], text);
	else
		buffer_append(out, text, length);
	if (is_left && !is_last)
		append_blanks(out, blanks);
}

static void append_header(const struct table *t, struct buffer *out)
{
	if (t->look.color)
		buffer_text(out, "\033[1m");
	for (size_t i = 0; i < t->column_count; i++)
		append_aligned(t, out, i, t->columns[i].name);
	buffer_text(out, t->look.color ? "\033[0m\n" : "\n");
}

static void measure_held(struct table *t)
{
	const char *cell = (const char *)t->scratch.bytes;
	for (size_t i = 0; i < t->rows_held * t->column_count; i++) {
		const size_t length = width_bytes(cell), cells = width_cells(cell, length);
		size_t *width = &t->widths[i % t->column_count];
		if (cells > *width)
			*width = cells;
		cell += length + 1;
	}
}

// A row as a record: a line a column, and an empty line before the next.
static void append_record_line(const struct table *t, struct buffer *out, size_t column,
                               const char *text)
{
	size_t indent = 0;
	for (size_t i = 0; i < t->column_count; i++) {
		const size_t cells = width_cells(t->columns[i].name,
		                                 width_bytes(t->columns[i].name));
		indent = cells > indent ? cells : indent;
	}
	const char *name = t->columns[column].name;
	if (column == 0 && t->rows_written > 0)
		buffer_byte(out, '\n');
	buffer_text(out, t->look.color ? "\033[1m" : "");
	buffer_text(out, name);
	buffer_text(out, t->look.color ? "\033[0m" : "");
	append_blanks(out, indent - width_cells(name, width_bytes(name)) + GAP);
	append_folded(t, out, indent + GAP, text);
	buffer_byte(out, '\n');
}

static void append_held(struct table *t, struct buffer *out)
{
	const char *cell = (const char *)t->scratch.bytes;
	for (size_t i = 0; i < t->rows_held * t->column_count; i++) {
		const size_t column = i % t->column_count;
		const bool is_end = column + 1 == t->column_count;
		if (t->has_records)
			append_record_line(t, out, column, cell);
		else
			append_aligned(t, out, column, cell);
		if (is_end && !t->has_records)
			buffer_byte(out, '\n');
		t->rows_written += is_end;
		cell += width_bytes(cell) + 1;
	}
}

// Of a table without rows there are no records: the names alone, on as many lines as they take.
static void append_names(const struct table *t, struct buffer *out)
{
	size_t taken = 0;
	for (size_t i = 0; i < t->column_count; i++) {
		const char *name = t->columns[i].name;
		const size_t cells = width_cells(name, width_bytes(name));
		const bool is_next = taken > 0 && taken + GAP + cells > t->look.width;
		if (is_next)
			buffer_byte(out, '\n');
		else if (taken > 0)
			append_blanks(out, GAP);
		taken = (is_next || taken == 0 ? 0 : taken + GAP) + cells;
		buffer_text(out, name);
	}
	buffer_byte(out, '\n');
}

// Writes the rows that are held; the first time, fixes the widths and writes the header.
static void table_release(struct table *t)
{
	struct buffer out = buffer_up_to(SCRATCH_MAX);
	t->failed = t->failed || t->scratch.failed;
	if (!t->failed && !t->is_streaming) {
		measure_held(t);
		fit(t);
		if (!t->has_records)
			append_header(t, &out);
		else if (t->rows_held == 0)
			append_names(t, &out);
	}
	if (!t->failed)
		append_held(t, &out);
	write_out(t, &out);
	buffer_done(&out);
	t->is_streaming = true;
	t->scratch.length = 0;
	t->rows_held = 0;
}

void table_end_row(struct table *t)
{
	assert(t->cell == t->column_count);
	t->cell = 0;
	if (t->format == FORMAT_TABLE) {
		t->rows_held++;
		if (t->is_streaming || t->rows_held == TABLE_ROWS_HELD ||
		    t->scratch.length >= HELD_BYTES_MAX)
			table_release(t);
		return;
	}
	buffer_text(&t->scratch, t->format == FORMAT_JSON ? "}\n" : "\n");
	write_out(t, &t->scratch);
	t->scratch.length = 0;
}

static bool table_fail(const struct table *t, struct error *error)
{
	errno = t->failed_errno;
	error_errno(error, "cannot write the table");
	if (t->failed_errno == EPIPE)
		error->kind = ERROR_PIPE;
	return false;
}

bool table_finish(struct table *t, struct error *error)
{
	assert(t->cell == 0);
	const bool no_memory = t->scratch.failed;
	if (t->format == FORMAT_TABLE && (t->rows_held > 0 || !t->is_streaming))
		table_release(t);
	buffer_done(&t->scratch);
	if (no_memory)
		return error_memory(error, "a row of the table");
	if (t->failed)
		return table_fail(t, error);
	return true;
}
