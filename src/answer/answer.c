// SPDX-License-Identifier: MIT
#include "answer/answer.h"

#include "base/memory.h"
#include "base/text.h"

#include <assert.h>
#include <math.h>
#include <string.h>

enum { TEXTS_MAX = 1 << 30 };

size_t schema_find(const struct schema *schema, const char *name)
{
	for (size_t i = 0; i < schema->count; i++)
		if (text_equal(schema->columns[i].name, name))
			return i;
	return SIZE_MAX;
}

static struct answer *answer_of(struct receiver *receiver)
{
	return (struct answer *)receiver;
}

static bool begin(struct receiver *receiver, const struct schema *schema, struct error *error)
{
	(void)error;
	answer_of(receiver)->schema = *schema;
	return true;
}

static bool make_room(struct answer *a)
{
	const size_t columns = a->schema.count;
	if ((a->row_count + 1) * columns <= a->room)
		return true;
	const size_t room = 2 * a->room + 64 * columns;
	struct cell *cells = memory_resize(a->cells, room, sizeof *cells);
	if (cells == NULL)
		return false;
	a->cells = cells;
	a->room = room;
	return true;
}

// The bytes move while texts are added: until it is asked for, a text is where it begins there.
static struct cell keep_text(struct answer *a, struct cell cell)
{
	const size_t at = a->texts.length;
	buffer_append(&a->texts, cell.text.bytes, cell.text.length);
	buffer_byte(&a->texts, '\0');
	cell.number = at;
	return cell;
}

static bool take_row(struct receiver *receiver, const struct cell *cells)
{
	struct answer *a = answer_of(receiver);
	if (!make_room(a)) {
		a->is_out_of_memory = true;
		return false;
	}
	struct cell *row = a->cells + a->row_count * a->schema.count;
	for (size_t i = 0; i < a->schema.count; i++) {
		const bool is_text = a->schema.columns[i].type == CELL_TEXT &&
		                     cells[i].state == CELL_VALUE;
		row[i] = is_text ? keep_text(a, cells[i]) : cells[i];
	}
	a->row_count++;
	return !a->texts.failed;
}

// Out of memory it stays.
static void restart(struct receiver *receiver)
{
	struct answer *a = answer_of(receiver);
	a->row_count = 0;
	buffer_done(&a->texts);
	a->texts = buffer_up_to(TEXTS_MAX);
}

struct answer answer_new(void)
{
	return (struct answer){ .receiver = { begin, take_row, restart },
		                .texts = buffer_up_to(TEXTS_MAX) };
}

void answer_done(struct answer *a)
{
	memory_free(a->cells);
	buffer_done(&a->texts);
	*a = (struct answer){ .row_count = 0 };
}

bool answer_check(const struct answer *a, struct error *error)
{
	return (!a->is_out_of_memory && !a->texts.failed) || error_memory(error, "an answer");
}

size_t answer_column(const struct answer *a, const char *name)
{
	const size_t column = schema_find(&a->schema, name);
	assert(column != SIZE_MAX);
	return column;
}

const struct cell *answer_cell(const struct answer *a, size_t row, size_t column)
{
	assert(row < a->row_count && column < a->schema.count);
	return &a->cells[row * a->schema.count + column];
}

uint64_t answer_number(const struct answer *a, size_t row, size_t column)
{
	const struct cell *cell = answer_cell(a, row, column);
	assert(a->schema.columns[column].type == CELL_NUMBER);
	return cell->state == CELL_VALUE ? cell->number : 0;
}

double answer_real(const struct answer *a, size_t row, size_t column)
{
	const struct cell *cell = answer_cell(a, row, column);
	return cell->state == CELL_VALUE ? cell->real : (double)NAN;
}

int32_t answer_day(const struct answer *a, size_t row, size_t column)
{
	assert(a->schema.columns[column].type == CELL_DAY);
	return answer_cell(a, row, column)->day;
}

const char *answer_text(const struct answer *a, size_t row, size_t column)
{
	const struct cell *cell = answer_cell(a, row, column);
	assert(a->schema.columns[column].type == CELL_TEXT);
	return cell->state == CELL_VALUE ? (const char *)a->texts.bytes + cell->number : "";
}

static void point_at_texts(const struct answer *a, size_t row, struct cell *out)
{
	for (size_t i = 0; i < a->schema.count; i++) {
		out[i] = *answer_cell(a, row, i);
		if (a->schema.columns[i].type == CELL_TEXT && out[i].state == CELL_VALUE) {
			const char *text = answer_text(a, row, i);
			out[i].text = (struct span){ (const uint8_t *)text, strlen(text) };
		}
	}
}

bool answer_replay(const struct answer *a, struct receiver *to, struct error *error)
{
	struct cell cells[SCHEMA_COLUMNS_MAX];
	if (!answer_check(a, error) || !to->begin(to, &a->schema, error))
		return false;
	for (size_t row = 0; row < a->row_count; row++) {
		point_at_texts(a, row, cells);
		if (!to->row(to, cells))
			break;
	}
	return true;
}
