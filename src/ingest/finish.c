// SPDX-License-Identifier: MIT
// Captures mostly come in the order of time, so mostly a day and part has blocks
// whose sources do not overlap: those are handed on as they are. Only overlapping
// ones are taken apart and merged.
#include "ingest/finish.h"

#include "base/interrupt.h"
#include "base/memory.h"
#include "base/pool.h"

#include <pthread.h>
#include <stdlib.h>

// The blocks of one day and part, by run and then by source, and what the sink
// writes the day to. Few blocks are open at a time: one, or one of each run.
struct day_part {
	const struct finish *finish;
	void *day;
	const struct block *blocks;
	size_t count;
};

static int by_day_run_source(const void *a, const void *b)
{
	const struct block *x = a, *y = b;
	if (x->day != y->day)
		return x->day < y->day ? -1 : 1;
	if (x->run != y->run)
		return x->run < y->run ? -1 : 1;
	return (x->first_source > y->first_source) - (x->first_source < y->first_source);
}

// Blocks of one run ascend; those of several may be handed on in their order only
// if each lies behind the one before.
static bool overlap(const struct day_part *p)
{
	for (size_t i = 1; i < p->count; i++)
		if (p->blocks[i].first_source <= p->blocks[i - 1].last_source)
			return true;
	return false;
}

static bool open_block(const struct finish *finish, const struct block *block,
                       struct block_stream *out, struct error *error)
{
	return block_stream_open(out, block, finish->disk, finish->spill, error);
}

static bool hand_on(const struct day_part *p, struct error *error)
{
	struct ingest_sink *sink = p->finish->sink;
	bool ok = true;
	for (size_t i = 0; ok && i < p->count; i++) {
		struct block_stream block;
		ok = open_block(p->finish, &p->blocks[i], &block, error) &&
		     sink->hosts(sink, p->day, &block.batch, error);
		block_stream_done(&block);
	}
	return ok;
}

// The blocks of one run, one after the other, as one stream.
struct run_stream {
	struct host_stream stream;
	const struct finish *finish;
	const struct block *next, *end;
	struct block_stream open;
	struct error error;  // of opening a block
};

static bool next_of_run(struct host_stream *stream, struct host_day *out)
{
	struct run_stream *run = (struct run_stream *)stream;
	while (run->open.stream.next == NULL || !run->open.stream.next(&run->open.stream, out)) {
		const bool is_damaged = run->open.stream.is_damaged;
		block_stream_done(&run->open);
		run->open.stream.next = NULL;
		if (out->failed || is_damaged || run->next == run->end) {
			stream->is_damaged = is_damaged;
			return false;
		}
		if (!open_block(run->finish, run->next++, &run->open, &run->error)) {
			stream->is_damaged = true;
			return false;
		}
	}
	return true;
}

static bool flush(struct host_columns *columns, const struct day_part *p, struct error *error)
{
	struct ingest_sink *sink = p->finish->sink;
	if (columns->host_count == 0)
		return true;
	if (host_columns_failed(columns))
		return error_memory(error, "merging");
	const struct host_batch batch = host_columns_batch(columns);
	const bool ok = sink->hosts(sink, p->day, &batch, error);
	host_columns_reset(columns, columns->base_ns);
	return ok;
}

static bool merge_into(struct host_merger *merger, struct host_columns *columns,
                       const struct day_part *p, struct error *error)
{
	const struct host_day *host;
	size_t stream;
	enum host_merge_status status;
	while ((status = host_merger_next(merger, &host, &stream)) == HOST_MERGE_HOST) {
		host_columns_add(columns, host);
		const bool is_full = columns->host_count == INGEST_BATCH_HOSTS ||
		                     columns->item_count >= INGEST_BATCH_ITEMS;
		if (is_full && !flush(columns, p, error))
			return false;
	}
	if (status == HOST_MERGE_MEMORY)
		return error_memory(error, "merging");
	if (status == HOST_MERGE_DAMAGED)
		return error_set(error, ERROR_FAILED,
		                 "the spill file cannot be read back; is the disk sound?");
	return flush(columns, p, error);
}

static size_t open_runs(const struct day_part *p, struct run_stream *runs,
                        struct host_stream **pointers)
{
	size_t count = 0;
	for (size_t begin = 0, end; begin < p->count; begin = end, count++) {
		for (end = begin; end < p->count && p->blocks[end].run == p->blocks[begin].run;
		     end++)
			;
		runs[count] = (struct run_stream){ .stream.next = next_of_run,
			                           .finish = p->finish,
			                           .next = p->blocks + begin,
			                           .end = p->blocks + end };
		pointers[count] = &runs[count].stream;
	}
	return count;
}

static bool merge(const struct day_part *p, struct error *error)
{
	struct run_stream *runs = memory_new(p->count, sizeof *runs);
	struct host_stream **pointers = memory_new(p->count, sizeof(struct host_stream *));
	struct host_columns columns;
	host_columns_init(&columns, p->blocks[0].base_ns, SIZE_MAX);
	const bool has_room = runs != NULL && pointers != NULL;
	const size_t count = has_room ? open_runs(p, runs, pointers) : 0;
	struct host_merger *merger = has_room ? host_merger_new(pointers, count) : NULL;
	const bool ok = merger != NULL ? merge_into(merger, &columns, p, error)
	                               : error_memory(error, "merging");
	host_merger_free(merger);
	for (size_t i = 0; i < count; i++)
		block_stream_done(&runs[i].open);
	host_columns_done(&columns);
	memory_free(pointers);
	memory_free(runs);
	return ok;
}

// The first block of the part, which is in order, of that day or a later one.
static size_t find_day(const struct block_list *part, int64_t day)
{
	size_t low = 0, high = part->count;
	while (low < high) {
		const size_t middle = (low + high) / 2;
		if (part->blocks[middle].day < day)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static bool finish_part(const struct finish *finish, const struct block_list *part, int32_t day,
                        void *sink_day, struct error *error)
{
	const size_t begin = find_day(part, day), end = find_day(part, (int64_t)day + 1);
	if (begin == end)
		return true;
	if (interrupt_requested())
		return error_set(
			error, ERROR_FAILED,
			"interrupted; what was read is dropped as a whole, the store is as it was");
	const struct day_part p = { .finish = finish,
		                    .day = sink_day,
		                    .blocks = part->blocks + begin,
		                    .count = end - begin };
	return overlap(&p) ? merge(&p, error) : hand_on(&p, error);
}

struct block_day {
	int32_t day;
	uint64_t begin_ns;
};

static int by_day(const void *a, const void *b)
{
	const struct block_day *x = a, *y = b;
	return (x->day > y->day) - (x->day < y->day);
}

// The days that have blocks, ascending, each once.
static struct block_day *days_of(const struct finish *finish, size_t *out_count)
{
	size_t count = 0, distinct = 0;
	for (size_t i = 0; i < finish->part_count; i++)
		count += finish->parts[i].count;
	struct block_day *days = memory_new(count + 1, sizeof *days);
	if (days == NULL)
		return NULL;
	count = 0;
	for (size_t i = 0; i < finish->part_count; i++)
		for (size_t k = 0; k < finish->parts[i].count; k++) {
			const struct block *block = &finish->parts[i].blocks[k];
			days[count++] = (struct block_day){ block->day, block->base_ns };
		}
	qsort(days, count, sizeof *days, by_day);
	for (size_t i = 0; i < count; i++)
		if (distinct == 0 || days[distinct - 1].day != days[i].day)
			days[distinct++] = days[i];
	*out_count = distinct;
	return days;
}

struct finish_job {
	const struct finish *finish;
	const struct block_day *days;
	pthread_mutex_t mutex;
	struct error error;  // the first one
};

static bool finish_day(const struct finish *finish, const struct block_day *day,
                       struct error *error)
{
	struct ingest_sink *sink = finish->sink;
	void *sink_day = sink->begin_day(sink, day->day, day->begin_ns, error);
	if (sink_day == NULL)
		return false;
	bool ok = true;
	for (size_t p = 0; ok && p < finish->part_count; p++)
		ok = finish_part(finish, &finish->parts[p], day->day, sink_day, error);
	struct error end_error;
	return sink->end_day(sink, sink_day, ok, ok ? error : &end_error) && ok;
}

static bool run_job(void *context, size_t number, unsigned thread)
{
	struct finish_job *job = context;
	struct error error = { .kind = ERROR_NONE };
	(void)thread;
	if (finish_day(job->finish, &job->days[number], &error))
		return true;
	pthread_mutex_lock(&job->mutex);
	if (job->error.kind == ERROR_NONE)
		job->error = error;
	pthread_mutex_unlock(&job->mutex);
	return false;
}

bool finish_days(struct finish *finish, struct error *error)
{
	size_t day_count = 0;
	for (size_t p = 0; p < finish->part_count; p++)
		if (finish->parts[p].count > 1)
			qsort(finish->parts[p].blocks, finish->parts[p].count, sizeof(struct block),
			      by_day_run_source);
	struct block_day *days = days_of(finish, &day_count);
	if (days == NULL)
		return error_memory(error, "days");
	struct finish_job job = { .finish = finish,
		                  .days = days,
		                  .mutex = PTHREAD_MUTEX_INITIALIZER };
	const bool ok = pool_run(finish->threads, day_count, run_job, &job);
	memory_free(days);
	if (!ok)
		*error = job.error;
	return ok;
}
