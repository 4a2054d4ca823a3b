// SPDX-License-Identifier: MIT
#include "answer/rows.h"

#include "base/text.h"

#include <assert.h>
#include <string.h>

enum { TEXTS_MAX = 64 << 20 };

bool rows_begin(struct rows *r, struct receiver *receiver, const struct schema *schema,
                struct error *error)
{
	*r = (struct rows){ .receiver = receiver,
		            .schema = schema,
		            .texts = buffer_up_to(TEXTS_MAX) };
	return receiver->begin(receiver, schema, error);
}

bool rows_finish(struct rows *r, struct error *error)
{
	assert(r->next == 0);
	buffer_done(&r->texts);
	return !r->is_out_of_memory || error_memory(error, "a row of the answer");
}

// The cell that comes, and that is of this type.
static struct cell *next(struct rows *r, enum cell_type type)
{
	assert(r->next < r->schema->count && r->schema->columns[r->next].type == type);
	struct cell *cell = &r->cells[r->next++];
	cell->state = CELL_VALUE;
	return cell;
}

// The bytes move while texts are added: the pointers are set when the row ends.
void rows_text_span(struct rows *r, struct span text)
{
	struct cell *cell = next(r, CELL_TEXT);
	const size_t at = r->texts.length;
	buffer_append(&r->texts, text.bytes, text.length);
	cell->text = (struct span){ NULL, r->texts.length - at };
}

void rows_text(struct rows *r, const char *text)
{
	rows_text_span(r, (struct span){ (const uint8_t *)text, strlen(text) });
}

void rows_day(struct rows *r, int32_t day)
{
	next(r, CELL_DAY)->day = day;
}

void rows_time(struct rows *r, uint64_t time_ns)
{
	next(r, CELL_TIME)->time_ns = time_ns;
}

void rows_address(struct rows *r, uint32_t address)
{
	next(r, CELL_ADDRESS)->address = address;
}

void rows_number(struct rows *r, uint64_t number)
{
	next(r, CELL_NUMBER)->number = number;
}

void rows_real(struct rows *r, double real)
{
	assert(r->next < r->schema->count);
	const enum cell_type type = r->schema->columns[r->next].type;
	next(r, type == CELL_SMALL ? CELL_SMALL : CELL_REAL)->real = real;
}

static void put_nothing(struct rows *r, enum cell_state state)
{
	assert(r->next < r->schema->count);
	r->cells[r->next++].state = state;
}

void rows_numeral(struct rows *r, uint64_t number)
{
	struct cell *cell = next(r, CELL_TEXT);
	cell->state = CELL_NUMERAL;
	cell->number = number;
}

void rows_empty(struct rows *r)
{
	put_nothing(r, CELL_EMPTY);
}

void rows_unknown(struct rows *r)
{
	put_nothing(r, CELL_UNKNOWN);
}

void rows_rest_unknown(struct rows *r)
{
	while (r->next < r->schema->count)
		rows_unknown(r);
}

static void set_texts(struct rows *r)
{
	const uint8_t *at = r->texts.bytes;
	for (size_t i = 0; i < r->schema->count; i++)
		if (r->schema->columns[i].type == CELL_TEXT && r->cells[i].state == CELL_VALUE) {
			r->cells[i].text.bytes = at;
			at += r->cells[i].text.length;
		}
}

bool rows_end(struct rows *r)
{
	assert(r->next == r->schema->count);
	r->next = 0;
	r->count++;
	if (r->texts.failed) {
		r->is_out_of_memory = true;
		return false;
	}
	set_texts(r);
	if (!r->is_enough)
		r->is_enough = !r->receiver->row(r->receiver, r->cells);
	r->texts.length = 0;
	return !r->is_enough;
}
