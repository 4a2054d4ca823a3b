// SPDX-License-Identifier: MIT
#include "report/plan.h"

#include "base/memory.h"

#include <assert.h>
#include <stdlib.h>

// ---- answers that become files

static struct sheet *sheet_of(struct receiver *receiver)
{
	return (struct sheet *)receiver;
}

static bool begin(struct receiver *receiver, const struct schema *schema, struct error *error)
{
	struct sheet *s = sheet_of(receiver);
	s->file = open_memstream(&s->text, &s->length);
	if (s->file == NULL)
		return error_memory(error, "a table of the report");
	s->table = table_open(s->file, FORMAT_CSV, schema->columns, schema->count, NULL);
	return true;
}

static bool take_row(struct receiver *receiver, const struct cell *cells)
{
	return table_row(&sheet_of(receiver)->table, cells);
}

// After the last row: the text is there once the file is closed.
static bool sheet_end(struct sheet *s, struct error *error)
{
	if (s->file == NULL)
		return true;
	const bool ok = table_finish(&s->table, error);
	const bool is_closed = fclose(s->file) == 0;
	s->file = NULL;
	return ok && (is_closed || error_memory(error, "a table of the report"));
}

static void sheet_done(struct sheet *s)
{
	struct error ignored;
	(void)!sheet_end(s, &ignored);
	// What open_memstream() made is the C library's.
	memory_free(s->text);
}

static void restart(struct receiver *receiver)
{
	struct sheet *s = sheet_of(receiver);
	sheet_done(s);
	*s = (struct sheet){ .receiver = s->receiver };
}

// ---- the plan

static size_t add(struct plan *p, const struct question *question)
{
	assert(p->count < PLAN_QUESTIONS_MAX);
	p->list[p->count] = (struct planned){ .question = *question, .answer = answer_new() };
	return p->count++;
}

size_t plan_ask(struct plan *p, const struct question *question)
{
	const size_t number = add(p, question);
	struct planned *planned = &p->list[number];
	p->inquiries[number] = (struct inquiry){ &planned->question, &planned->answer.receiver };
	return number;
}

size_t plan_ask_sheet(struct plan *p, const struct question *question)
{
	const size_t number = add(p, question);
	struct planned *planned = &p->list[number];
	planned->is_elsewhere = true;
	planned->sheet.receiver = (struct receiver){ begin, take_row, restart };
	p->inquiries[number] = (struct inquiry){ &planned->question, &planned->sheet.receiver };
	return number;
}

size_t plan_ask_to(struct plan *p, const struct question *question, struct receiver *receiver)
{
	const size_t number = add(p, question);
	p->list[number].is_elsewhere = true;
	p->inquiries[number] = (struct inquiry){ &p->list[number].question, receiver };
	return number;
}

bool plan_run(struct plan *p, struct engine *engine, const struct limits *limits,
              struct error *error)
{
	if (!engine_ask(engine, p->inquiries, p->count, limits, error))
		return false;
	for (size_t i = 0; i < p->count; i++)
		if (!answer_check(&p->list[i].answer, error) ||
		    !sheet_end(&p->list[i].sheet, error))
			return false;
	return true;
}

void plan_done(struct plan *p)
{
	for (size_t i = 0; i < p->count; i++) {
		answer_done(&p->list[i].answer);
		sheet_done(&p->list[i].sheet);
		caveats_done(&p->inquiries[i].caveats);
	}
	p->count = 0;
}

const struct answer *plan_answer(const struct plan *p, size_t number)
{
	assert(number < p->count && !p->list[number].is_elsewhere);
	return &p->list[number].answer;
}

const struct caveats *plan_caveats(const struct plan *p, size_t number)
{
	assert(number < p->count);
	return &p->inquiries[number].caveats;
}

bool answer_csv(const struct answer *answer, struct buffer *out, struct error *error)
{
	struct sheet sheet = { .receiver = { begin, take_row } };
	const bool ok = answer_replay(answer, &sheet.receiver, error) && sheet_end(&sheet, error);
	if (ok)
		buffer_append(out, sheet.text, sheet.length);
	sheet_done(&sheet);
	return ok && (!out->failed || error_memory(error, "a table of the report"));
}

bool plan_csv(const struct plan *p, size_t number, struct buffer *out, struct error *error)
{
	const struct planned *planned = &p->list[number];
	assert(number < p->count);
	if (!planned->is_elsewhere)
		return answer_csv(&planned->answer, out, error);
	if (planned->sheet.text != NULL)
		buffer_append(out, planned->sheet.text, planned->sheet.length);
	return !out->failed || error_memory(error, "a table of the report");
}
