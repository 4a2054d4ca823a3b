// SPDX-License-Identifier: MIT
#include "honeypot/blocks.h"

#include "base/memory.h"
#include "base/pool.h"
#include "base/text.h"
#include "honeypot/fill.h"

// What is decoded is never more than four times what it was decoded from, and a little for an empty one.
enum {
	ROOM_TIMES = 4,
	ROOM_LEAST = 64,
	BYTES_MAX = LOG_LINE_MAX + LOG_BLOCK + 64,
	BLOCKS_MAX = 64
};

struct log_round {
	const struct log_blocks *log;
	struct log_block *blocks;
	size_t count;
};

static bool fail(struct error *error)
{
	return error_memory(error, "reading a log of a honeypot");
}

// ---- one block, on any thread

static bool make_room(struct log_reading *r, size_t length)
{
	const size_t wanted = ROOM_TIMES * length + ROOM_LEAST;
	r->used = 0;
	if (wanted <= r->capacity)
		return true;
	memory_free(r->room);
	r->room = memory_room(wanted);
	r->capacity = r->room == NULL ? 0 : wanted;
	return r->room != NULL;
}

static void begin_reading(struct log_reading *r)
{
	r->count = 0;
	r->lines = 0;
	r->damage = NULL;
	r->ledger = (struct honeypot_ledger){ .records = 0 };
}

// What some programs put in front of UTF-8.
static size_t mark_length(struct span line)
{
	return log_starts(line, "\xef\xbb\xbf") ? 3 : 0;
}

static void read_lines(struct log_reading *r, const struct log_form *form, struct span rest)
{
	while (rest.length > 0 && !r->has_no_memory) {
		struct span line = log_until(&rest, '\n');
		r->lines++;
		r->line = line.bytes;
		line = span_from(line, mark_length(line));
		line.length -= line.length > 0 && line.bytes[line.length - 1] == '\r';
		if (log_trim(line).length == 0)
			continue;
		r->ledger.records++;
		r->line_events = 0;
		form->take(r, line);
	}
}

static bool read_block(void *context, size_t job, unsigned thread)
{
	const struct log_round *round = context;
	struct log_block *block = &round->blocks[job];
	struct log_reading *r = &block->reading;
	(void)thread;
	begin_reading(r);
	if (block->is_long) {
		r->lines = r->ledger.records = 1;
		r->line = block->bytes.bytes;
		log_skip(r, HONEYPOT_SKIP_LONG, "is longer than 16 MiB");
		return true;
	}
	r->has_no_memory = !make_room(r, block->bytes.length);
	read_lines(r, round->log->form, buffer_span(&block->bytes));
	return !r->has_no_memory;
}

// ---- rounds of blocks

static bool make_round(struct log_round *round, const struct log_blocks *log, size_t blocks)
{
	round->log = log;
	round->blocks = memory_new(blocks, sizeof *round->blocks);
	if (round->blocks == NULL)
		return false;
	for (size_t i = 0; i < blocks; i++) {
		round->blocks[i].bytes = buffer_up_to(BYTES_MAX);
		round->blocks[i].reading.scratch = buffer_up_to(BYTES_MAX);
		round->blocks[i].reading.header = log->header;
	}
	return true;
}

static void round_done(struct log_round *round, size_t blocks)
{
	for (size_t i = 0; i < blocks && round->blocks != NULL; i++) {
		struct log_block *block = &round->blocks[i];
		buffer_done(&block->bytes);
		buffer_done(&block->reading.scratch);
		json_done(&block->reading.json);
		memory_free(block->reading.room);
		memory_free(block->reading.events);
	}
	memory_free(round->blocks);
}

// One long line a round, and its memory goes back: else each block would grow to the longest line one day.
static void rest(struct log_block *block)
{
	struct log_reading *r = &block->reading;
	if (block->bytes.length <= LOG_BLOCK)
		return;
	buffer_done(&block->bytes);
	buffer_done(&r->scratch);
	json_done(&r->json);
	memory_free(r->room);
	memory_free(r->events);
	block->bytes = r->scratch = buffer_up_to(BYTES_MAX);
	r->room = NULL;
	r->events = NULL;
	r->capacity = r->events_capacity = r->count = 0;
}

static bool fill(struct log_round *round, size_t blocks, struct error *error)
{
	const struct log_blocks *log = round->log;
	for (round->count = 0; round->count < blocks; round->count++) {
		struct log_block *block = &round->blocks[round->count];
		if (!(log->is_document ? log_fill_objects : log_fill_lines)(log->stream, block))
			break;
		if (block->bytes.failed)
			return fail(error);
		if (block->bytes.length > LOG_BLOCK) {
			round->count++;
			return true;
		}
	}
	return true;
}

static void note_damage(const struct log_blocks *log, const struct log_block *block, uint64_t lines)
{
	char reason[160];
	const struct log_reading *r = &block->reading;
	const size_t at = block->is_long ? 0 : (size_t)(r->damaged_at - block->bytes.bytes);
	if (log->is_document)
		text_format(reason, sizeof reason, "an object %s", r->damage);
	else
		text_format(reason, sizeof reason, "line %llu %s",
		            (unsigned long long)(lines + r->damaged_line), r->damage);
	stream_damage_passed(log->stream, block->offset + at, reason);
}

static void add_ledger(struct honeypot_ledger *sum, const struct honeypot_ledger *more)
{
	sum->records += more->records;
	sum->others += more->others;
	sum->cut += more->cut;
	for (size_t i = 0; i < HONEYPOT_SKIPS; i++)
		sum->skipped[i] += more->skipped[i];
}

static bool hand_on(const struct log_round *round, uint64_t *lines, struct error *error)
{
	const struct log_blocks *log = round->log;
	for (size_t i = 0; i < round->count; i++) {
		struct log_block *block = &round->blocks[i];
		const struct log_reading *r = &block->reading;
		add_ledger(log->ledger, &r->ledger);
		if (r->damage != NULL)
			note_damage(log, block, *lines);
		*lines += r->lines;
		for (size_t k = 0; k < r->count; k++, log->ledger->events++)
			if (!log->receiver->take(log->receiver->context, &r->events[k], error))
				return false;
		rest(block);
	}
	return true;
}

// Reads `next`, which is filled, on all threads while `last`, which was read, is handed on and filled anew.
static bool turn(struct log_round *next, struct log_round *last, size_t blocks, uint64_t *lines,
                 struct error *error)
{
	const unsigned threads = next->log->form->is_in_order ? 1 : next->log->threads;
	struct pool_work *work = pool_begin(threads, next->count, read_block, next);
	if (work == NULL)
		return fail(error);
	const bool is_handed_on = hand_on(last, lines, error) && fill(last, blocks, error);
	return pool_end(work) ? is_handed_on : is_handed_on && fail(error);
}

static bool run(struct log_round rounds[2], size_t blocks, struct error *error)
{
	uint64_t lines = 0;
	struct log_round *next = &rounds[0], *last = &rounds[1];
	if (!fill(next, blocks, error))
		return false;
	while (next->count > 0) {
		if (!turn(next, last, blocks, &lines, error))
			return false;
		struct log_round *filled = last;
		last = next;
		next = filled;
	}
	return hand_on(last, &lines, error);
}

bool log_blocks_read(const struct log_blocks *log, struct error *error)
{
	const size_t wanted = 2 * (size_t)pool_threads(log->threads);
	const size_t blocks = wanted < BLOCKS_MAX ? wanted : BLOCKS_MAX;
	struct log_round rounds[2] = { { .count = 0 }, { .count = 0 } };
	const bool is_read = make_round(&rounds[0], log, blocks) &&
	                                     make_round(&rounds[1], log, blocks)
	                             ? run(rounds, blocks, error)
	                             : fail(error);
	round_done(&rounds[0], blocks);
	round_done(&rounds[1], blocks);
	return is_read;
}
