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

enum { HELD_BYTES_MAX = 1 << 20, SCRATCH_MAX = 64 << 20, TIME_DIGITS = 6 };

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

struct table table_open(FILE *file, enum format format, const struct column *columns,
                        size_t column_count, bool color)
{
	assert(column_count > 0 && column_count <= SCHEMA_COLUMNS_MAX);
	struct table t = {
		.file = file,
		.all_count = column_count,
		.format = format,
		.color = color,
		.scratch = buffer_up_to(SCRATCH_MAX),
	};
	for (size_t i = 0; i < column_count; i++) {
		t.is_shown[i] = format != FORMAT_TABLE || !columns[i].is_detail;
		if (!t.is_shown[i])
			continue;
		t.widths[t.column_count] = width_cells(columns[i].name,
		                                       width_bytes(columns[i].name));
		t.columns[t.column_count++] = columns[i];
	}
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

void table_text_span(struct table *t, struct span text)
{
	const char *bytes = (const char *)text.bytes;
	begin_cell(t);
	switch (t->format) {
	case FORMAT_CSV: escape_csv(&t->scratch, bytes, text.length); break;
	case FORMAT_JSON:
		buffer_byte(&t->scratch, '"');
		escape_json(&t->scratch, bytes, text.length);
		buffer_byte(&t->scratch, '"');
		break;
	case FORMAT_TABLE: escape_terminal(&t->scratch, bytes, text.length); break;
	}
	end_cell(t);
}

void table_text(struct table *t, const char *text)
{
	const struct span span = { .bytes = (const uint8_t *)text, .length = width_bytes(text) };
	table_text_span(t, span);
}

// Digits need no escaping in any format.
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

void table_real(struct table *t, double value)
{
	char digits[336];  // the longest double has 309 digits before the point
	if (!isfinite(value)) {
		table_empty(t);
		return;
	}
	text_format(digits, sizeof digits, "%.6f", value);
	size_t length = width_bytes(digits);
	while (digits[length - 1] == '0')
		length--;
	length -= digits[length - 1] == '.';
	digits[length] = '\0';
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

static void table_value(struct table *t, const struct cell *cell)
{
	switch (t->columns[t->cell].type) {
	case CELL_TEXT: table_text_span(t, cell->text); break;
	case CELL_DAY: table_day(t, cell->day); break;
	case CELL_TIME: table_time(t, cell->time_ns); break;
	case CELL_ADDRESS: table_address(t, cell->address); break;
	case CELL_NUMBER: table_u64(t, cell->number); break;
	case CELL_REAL: table_real(t, cell->real); break;
	case CELL_SMALL: table_small(t, cell->real); break;
	}
}

bool table_row(struct table *t, const struct cell *cells)
{
	for (size_t i = 0; i < t->all_count; i++) {
		if (!t->is_shown[i])
			continue;
		switch (cells[i].state) {
		case CELL_VALUE: table_value(t, &cells[i]); break;
		case CELL_EMPTY: table_empty(t); break;
		case CELL_UNKNOWN: table_unknown(t); break;
		}
	}
	table_end_row(t);
	return !t->failed;
}

static void append_blanks(struct buffer *out, size_t count)
{
	for (; count > 0; count--)
		buffer_byte(out, ' ');
}

// One cell with its blanks. The last column gets none at its right.
static void append_aligned(const struct table *t, struct buffer *out, size_t column,
                           const char *text)
{
	const size_t length = width_bytes(text), cells = width_cells(text, length);
	const size_t blanks = cells < t->widths[column] ? t->widths[column] - cells : 0;
	if (column > 0)
		append_blanks(out, 2);
	if (!cell_type_is_text(t->columns[column].type))
		append_blanks(out, blanks);
	buffer_append(out, text, length);
	if (cell_type_is_text(t->columns[column].type) && column + 1 < t->column_count)
		append_blanks(out, blanks);
}

static void append_header(const struct table *t, struct buffer *out)
{
	if (t->color)
		buffer_text(out, "\033[1m");
	for (size_t i = 0; i < t->column_count; i++)
		append_aligned(t, out, i, t->columns[i].name);
	buffer_text(out, t->color ? "\033[0m\n" : "\n");
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

static void append_held(const struct table *t, struct buffer *out)
{
	const char *cell = (const char *)t->scratch.bytes;
	for (size_t i = 0; i < t->rows_held * t->column_count; i++) {
		const size_t column = i % t->column_count;
		append_aligned(t, out, column, cell);
		if (column + 1 == t->column_count)
			buffer_byte(out, '\n');
		cell += width_bytes(cell) + 1;
	}
}

// Writes the rows that are held; the first time, fixes the widths and writes the header.
static void table_release(struct table *t)
{
	struct buffer out = buffer_up_to(SCRATCH_MAX);
	t->failed = t->failed || t->scratch.failed;
	if (!t->failed && !t->is_streaming) {
		measure_held(t);
		append_header(t, &out);
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
