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

// The blocks of one day and part, open, and what the sink writes the day to.
struct day_part {
	const struct finish *finish;
	void *day;
	struct block_stream *streams;
	size_t count;
};

static int by_source(const void *a, const void *b)
{
	const struct block_stream *x = a, *y = b;
	return (x->batch.first_source > y->batch.first_source) -
	       (x->batch.first_source < y->batch.first_source);
}

static bool overlap(const struct day_part *p)
{
	for (size_t i = 1; i < p->count; i++)
		if (p->streams[i].batch.first_source <= p->streams[i - 1].batch.last_source)
			return true;
	return false;
}

static bool hand_on(const struct day_part *p, struct error *error)
{
	struct ingest_sink *sink = p->finish->sink;
	for (size_t i = 0; i < p->count; i++)
		if (!sink->hosts(sink, p->day, &p->streams[i].batch, error))
			return false;
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
		                 "the spill file is damaged; is the disk sound?");
	return flush(columns, p, error);
}

static bool merge(const struct day_part *p, struct error *error)
{
	struct host_stream **streams = memory_new(p->count, sizeof(struct host_stream *));
	if (streams == NULL)
		return error_memory(error, "merging");
	for (size_t i = 0; i < p->count; i++)
		streams[i] = &p->streams[i].stream;
	struct host_columns columns;
	host_columns_init(&columns, p->streams[0].batch.base_ns, SIZE_MAX);
	struct host_merger *merger = host_merger_new(streams, p->count);
	const bool ok = merger != NULL ? merge_into(merger, &columns, p, error)
	                               : error_memory(error, "merging");
	host_merger_free(merger);
	host_columns_done(&columns);
	memory_free(streams);
	return ok;
}

static bool finish_part(const struct finish *finish, const struct block_list *part, int32_t day,
                        void *sink_day, struct error *error)
{
	size_t wanted = 0;
	for (size_t i = 0; i < part->count; i++)
		wanted += part->blocks[i].day == day;
	if (wanted == 0)
		return true;
	struct day_part p = { .finish = finish,
		              .day = sink_day,
		              .streams = memory_new(wanted, sizeof *p.streams) };
	bool ok = p.streams != NULL || error_memory(error, "merging");
	for (size_t i = 0; ok && i < part->count; i++)
		if (part->blocks[i].day == day)
			ok = block_stream_open(&p.streams[p.count++], &part->blocks[i],
			                       finish->disk, finish->spill, error);
	if (ok) {
		qsort(p.streams, p.count, sizeof *p.streams, by_source);
		ok = overlap(&p) ? merge(&p, error) : hand_on(&p, error);
	}
	for (size_t i = 0; i < p.count; i++)
		block_stream_done(&p.streams[i]);
	memory_free(p.streams);
	return ok;
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
	if (interrupt_requested())
		return error_set(error, ERROR_FAILED,
		                 "interrupted; what was being read is not taken in");
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

bool finish_days(const struct finish *finish, struct error *error)
{
	size_t day_count = 0;
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
