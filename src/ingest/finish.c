// SPDX-License-Identifier: MIT
// A job is one day of a group of parts. Threads take jobs in ascending order, and each merges
// what the pieces of its parts have of the day; the receiver gets it in order, as each job waits
// for its turn before it hands on anything. The job with the lowest number never waits, so
// that all go on.
//
// Captures mostly come in the order of time: then a part has one piece of the day, and its
// blocks are handed on as they are.
#include "ingest/finish.h"

#include "base/interrupt.h"
#include "base/memory.h"
#include "base/pool.h"

#include <pthread.h>

// So many that what one has of a day mostly is one batch: then no thread waits long.
enum { GROUPS = 64 };

struct day {
	void *received;     // NULL: nothing was handed on yet
	uint64_t finished;  // bit g: group g has no more
	unsigned turn;      // the first group that is not finished
	bool has_begun, has_ended;
};

// What a thread needs for merging, which is kept from job to job: many jobs are short.
struct room {
	struct host_columns columns;  // merged, and not handed on yet
	struct host_merger *merger;   // NULL: none yet
	struct piece_stream *streams;
	struct host_stream **pointers;
	size_t stream_capacity;
};

struct line {
	const struct finish *finish;
	struct day *days;
	struct room *rooms;        // one a thread
	size_t days_done[GROUPS];  // jobs of each group that are finished
	pthread_mutex_t mutex;
	pthread_cond_t moved;
	struct error error;  // the first one
};

struct job {
	struct line *line;
	size_t day_index;
	unsigned group;
	int32_t day;
	uint64_t begin_ns;
	struct room *room;
	bool has_turn;
};

static bool has_failed(const struct line *line)
{
	return line->error.kind != ERROR_NONE;
}

// Notes the first error, and wakes all that wait.
static void fail(struct line *line, const struct error *error)
{
	pthread_mutex_lock(&line->mutex);
	if (!has_failed(line))
		line->error = *error;
	pthread_cond_broadcast(&line->moved);
	pthread_mutex_unlock(&line->mutex);
}

// Waits until the same group's job of the day before has gone through its pieces.
static bool wait_for_pieces(const struct job *job)
{
	struct line *line = job->line;
	pthread_mutex_lock(&line->mutex);
	while (line->days_done[job->group] < job->day_index && !has_failed(line))
		pthread_cond_wait(&line->moved, &line->mutex);
	const bool ok = !has_failed(line);
	pthread_mutex_unlock(&line->mutex);
	return ok;
}

static bool wait_for_turn(struct job *job)
{
	struct line *line = job->line;
	pthread_mutex_lock(&line->mutex);
	while (line->days[job->day_index].turn < job->group && !has_failed(line))
		pthread_cond_wait(&line->moved, &line->mutex);
	job->has_turn = !has_failed(line);
	pthread_mutex_unlock(&line->mutex);
	return job->has_turn;
}

static bool hand_on(struct job *job, const struct host_batch *batch, struct error *error)
{
	struct host_day_receiver *receiver = job->line->finish->receiver;
	struct day *day = &job->line->days[job->day_index];
	if (!job->has_turn && !wait_for_turn(job))
		return false;
	if (!day->has_begun) {
		day->received = receiver->begin_day(receiver, job->day, job->begin_ns, error);
		if (day->received == NULL)
			return false;
		day->has_begun = true;
	}
	return receiver->hosts(receiver, day->received, batch, error);
}

static bool flush(struct job *job, struct error *error)
{
	struct host_columns *columns = &job->room->columns;
	if (columns->host_count == 0)
		return true;
	if (host_columns_failed(columns))
		return error_memory(error, "merging");
	const struct host_batch batch = host_columns_batch(columns);
	const bool ok = hand_on(job, &batch, error);
	host_columns_reset(columns, columns->base_ns);
	return ok;
}

static bool read_block(const struct job *job, struct piece *piece, struct block *out,
                       struct error *error)
{
	const struct finish *finish = job->line->finish;
	return piece_read(piece, finish->disk, finish->spill, out, error);
}

static bool hand_on_piece(struct job *job, struct piece *piece, struct error *error)
{
	bool ok = flush(job, error);
	while (ok && piece_has_day(piece, job->day)) {
		struct block block;
		ok = read_block(job, piece, &block, error) && hand_on(job, &block.batch, error);
		block_done(&block);
	}
	return ok;
}

// The host-days that a piece has of the day, block after block.
struct piece_stream {
	struct host_stream stream;
	const struct job *job;
	struct piece *piece;
	struct block block;
	struct error error;  // of reading a block
};

static bool next_block(struct host_stream *stream)
{
	struct piece_stream *s = (struct piece_stream *)stream;
	block_done(&s->block);
	if (!piece_has_day(s->piece, s->job->day))
		return false;
	if (!read_block(s->job, s->piece, &s->block, &s->error)) {
		stream->is_damaged = true;
		return false;
	}
	const struct host_batch *batch = &s->block.batch;
	host_reader_open(&stream->reader, batch->columns, batch->host_count, batch->base_ns,
	                 COLUMNS_ALL);
	return true;
}

static bool merge_into(struct job *job, struct error *error)
{
	struct host_columns *columns = &job->room->columns;
	const struct host_day *host;
	size_t failed;
	enum host_merge_status status;
	while ((status = host_merger_next(job->room->merger, &host, &failed)) == HOST_MERGE_HOST) {
		host_columns_add(columns, host);
		const bool is_full = columns->host_count == INGEST_BATCH_HOSTS ||
		                     columns->item_count >= INGEST_BATCH_ITEMS;
		if (is_full && !flush(job, error))
			return false;
	}
	if (status == HOST_MERGE_MEMORY)
		return error_memory(error, "merging");
	const struct piece_stream *streams = job->room->streams;
	if (status == HOST_MERGE_DAMAGED && streams[failed].error.kind == ERROR_NONE)
		return piece_damaged(error);
	if (status == HOST_MERGE_DAMAGED)
		*error = streams[failed].error;
	return status == HOST_MERGE_END;
}

static void free_streams(struct room *room)
{
	memory_free(room->streams);
	memory_free(room->pointers);
	room->streams = NULL;
	room->pointers = NULL;
	room->stream_capacity = 0;
}

static bool reserve_streams(struct room *room, size_t count)
{
	if (count <= room->stream_capacity)
		return true;
	free_streams(room);
	room->streams = memory_new(count, sizeof *room->streams);
	room->pointers = memory_new(count, sizeof(struct host_stream *));
	if (room->streams == NULL || room->pointers == NULL)
		return false;
	room->stream_capacity = count;
	return true;
}

// Points the merger at the streams.
static bool begin_merging(struct room *room, size_t count)
{
	if (room->merger != NULL)
		return host_merger_restart(room->merger, room->pointers, count);
	room->merger = host_merger_new(room->pointers, count);
	return room->merger != NULL;
}

static bool merge_pieces(struct job *job, struct piece_list *part, size_t count,
                         struct error *error)
{
	struct room *room = job->room;
	size_t opened = 0;
	if (!reserve_streams(room, count))
		return error_memory(error, "merging");
	for (size_t i = 0; i < part->count; i++) {
		if (!piece_has_day(&part->pieces[i], job->day))
			continue;
		room->streams[opened] = (struct piece_stream){ .stream.refill = next_block,
			                                       .job = job,
			                                       .piece = &part->pieces[i] };
		room->pointers[opened] = &room->streams[opened].stream;
		opened++;
	}
	const bool ok = begin_merging(room, opened) ? merge_into(job, error)
	                                            : error_memory(error, "merging");
	for (size_t i = 0; i < opened; i++)
		block_done(&room->streams[i].block);
	return ok;
}

static bool finish_part(struct job *job, struct piece_list *part, struct error *error)
{
	struct piece *only = NULL;
	size_t count = 0;
	for (size_t i = 0; i < part->count; i++)
		if (piece_has_day(&part->pieces[i], job->day)) {
			only = &part->pieces[i];
			count++;
		}
	if (interrupt_requested())
		return error_set(
			error, ERROR_FAILED,
			"interrupted; what was read is dropped as a whole, the store is as it was");
	if (count <= 1)
		return only == NULL || hand_on_piece(job, only, error);
	return merge_pieces(job, part, count, error);
}

static bool finish_parts(struct job *job, struct error *error)
{
	const struct finish *finish = job->line->finish;
	const size_t begin = finish->part_count * job->group / GROUPS;
	const size_t end = finish->part_count * (job->group + 1) / GROUPS;
	for (size_t p = begin; p < end; p++)
		if (!finish_part(job, &finish->parts[p], error))
			return false;
	return flush(job, error);
}

// Lets the next groups have their turn. True if the day is whole now.
static bool end_turn(const struct job *job)
{
	struct line *line = job->line;
	struct day *day = &line->days[job->day_index];
	pthread_mutex_lock(&line->mutex);
	day->finished |= UINT64_C(1) << job->group;
	while (day->turn < GROUPS && (day->finished >> day->turn & 1))
		day->turn++;
	const bool is_whole = day->turn == GROUPS && day->has_begun && !day->has_ended;
	day->has_ended |= is_whole;
	line->days_done[job->group]++;
	pthread_cond_broadcast(&line->moved);
	pthread_mutex_unlock(&line->mutex);
	return is_whole;
}

static bool run_job(void *context, size_t number, unsigned thread)
{
	struct line *line = context;
	const struct finish_day *day = &line->finish->days[number / GROUPS];
	struct job job = { .line = line,
		           .day_index = number / GROUPS,
		           .group = number % GROUPS,
		           .day = day->day,
		           .begin_ns = day->begin_ns,
		           .room = &line->rooms[thread] };
	struct host_day_receiver *receiver = line->finish->receiver;
	struct error error = { .kind = ERROR_NONE };
	if (!wait_for_pieces(&job))
		return false;
	host_columns_reset(&job.room->columns, job.begin_ns);
	bool ok = finish_parts(&job, &error);
	if (ok && end_turn(&job))
		ok = receiver->end_day(receiver, line->days[job.day_index].received, true, &error);
	if (!ok)
		fail(line, &error);
	return ok;
}

// Days that were begun, but not ended because something failed.
static void drop_days(struct line *line)
{
	struct host_day_receiver *receiver = line->finish->receiver;
	struct error ignored;
	for (size_t d = 0; d < line->finish->day_count; d++)
		if (line->days[d].has_begun && !line->days[d].has_ended)
			receiver->end_day(receiver, line->days[d].received, false, &ignored);
}

static void free_rooms(struct room *rooms, unsigned count)
{
	for (unsigned i = 0; rooms != NULL && i < count; i++) {
		host_columns_done(&rooms[i].columns);
		host_merger_free(rooms[i].merger);
		free_streams(&rooms[i]);
	}
	memory_free(rooms);
}

bool finish_days(const struct finish *finish, struct error *error)
{
	struct line line = { .finish = finish,
		             .mutex = PTHREAD_MUTEX_INITIALIZER,
		             .moved = PTHREAD_COND_INITIALIZER };
	const unsigned threads = pool_threads(finish->threads);
	line.days = memory_new(finish->day_count + 1, sizeof *line.days);
	line.rooms = memory_new(threads, sizeof *line.rooms);
	const bool has_memory = line.days != NULL && line.rooms != NULL;
	for (unsigned i = 0; has_memory && i < threads; i++)
		host_columns_init(&line.rooms[i].columns, 0, SIZE_MAX);
	if (!has_memory)
		error_memory(&line.error, "days");
	const bool ok = has_memory && pool_run(threads, finish->day_count * GROUPS, run_job, &line);
	if (has_memory)
		drop_days(&line);
	if (!ok)
		*error = line.error;
	free_rooms(line.rooms, threads);
	memory_free(line.days);
	return ok;
}
