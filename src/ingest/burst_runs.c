// SPDX-License-Identifier: MIT
// A block in a run has a head: its length, its form and its day.
#include "ingest/burst_runs.h"

#include "base/memory.h"
#include "base/text.h"
#include "ingest/burst_sink.h"

enum { HEAD = 9, CHUNK = 256 << 10 };

// ---- what stays out

static size_t place_of(const struct burst_evictions *e, struct burst_section of)
{
	size_t low = 0, high = e->count;
	while (low < high) {
		const size_t middle = low + (high - low) / 2;
		if (burst_section_compare(e->list[middle].of, of) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

struct burst_evicted burst_evicted_of(const struct burst_evictions *e, struct burst_section of)
{
	const size_t at = place_of(e, of);
	if (at < e->count && burst_section_compare(e->list[at].of, of) == 0)
		return e->list[at];
	return (struct burst_evicted){ .of = of };
}

bool burst_evicted_add(struct burst_evictions *e, struct burst_section of, uint64_t bursts,
                       uint64_t packets)
{
	const size_t at = place_of(e, of);
	if (at == e->count || burst_section_compare(e->list[at].of, of) != 0) {
		if (e->count == e->capacity) {
			const size_t capacity = e->capacity == 0 ? 16 : e->capacity * 2;
			void *list = memory_resize(e->list, capacity, sizeof *e->list);
			if (list == NULL)
				return false;
			e->list = list;
			e->capacity = capacity;
		}
		memmove(e->list + at + 1, e->list + at, (e->count - at) * sizeof *e->list);
		e->list[at] = (struct burst_evicted){ .of = of };
		e->count++;
	}
	e->list[at].bursts += bursts;
	e->list[at].packets += packets;
	return true;
}

// ---- writing

void burst_run_done(struct burst_run *run, struct disk *disk)
{
	struct error ignored;
	buffer_done(&run->bytes);
	if (run->file != NULL) {
		disk->close(run->file);
		(void)disk->remove(disk, run->name, &ignored);
	}
	*run = (struct burst_run){ .length = 0 };
}

void burst_run_writer_begin(struct burst_run_writer *w, struct disk *disk, const char *name,
                            uint64_t memory_max, struct burst_evictions *evictions)
{
	*w = (struct burst_run_writer){
		.disk = disk, .name = name, .memory_max = memory_max, .evictions = evictions
	};
	w->run.bytes = buffer_up_to(SIZE_MAX);
	burst_writer_begin(&w->block);
}

static bool write_chunk(struct burst_run_writer *w, struct error *error)
{
	struct burst_run *run = &w->run;
	if (run->file == NULL) {
		text_copy(run->name, sizeof run->name, w->name);
		if (!w->disk->create(w->disk, run->name, &run->file, error))
			return false;
	}
	if (!w->disk->append(run->file, buffer_span(&run->bytes), error))
		return false;
	run->bytes.length = 0;
	return true;
}

static bool flush(struct burst_run_writer *w, struct error *error)
{
	struct buffer *to = &w->run.bytes;
	const struct span block = buffer_span(&w->block.block);
	if (w->block.count == 0)
		return true;
	buffer_u32(to, (uint32_t)block.length);
	buffer_byte(to, (uint8_t)w->at.form);
	buffer_u32(to, (uint32_t)w->at.day);
	buffer_append(to, block.bytes, block.length);
	if (w->block.block.failed || to->failed)
		return error_memory(error, "bursts");
	w->run.length += HEAD + block.length;
	burst_writer_begin(&w->block);
	const uint64_t room = w->run.file != NULL ? CHUNK : w->memory_max;
	return w->name == NULL || to->length <= room || write_chunk(w, error);
}

// Now it is known what comes behind the last burst: whether that stays.
static bool settle(struct burst_run_writer *w, bool is_near, struct error *error)
{
	if (!w->has_last)
		return true;
	const uint64_t packets = w->packets < BURST_CLASSES / 2 ? w->packets
	                                                        : BURST_CLASSES / 2 - 1;
	const unsigned class = (unsigned)packets * 2 + (is_near || w->is_near_before);
	struct burst_writer *block = &w->block;
	w->has_last = false;
	if (w->evictions == NULL || class > w->evictions->class_max) {
		w->run.class_bytes[class] += block->block.length - w->length_before;
		return true;
	}
	block->block.length = w->length_before;
	block->key = w->key_before;
	block->count--;
	return burst_evicted_add(w->evictions, w->at, 1, w->packets) ||
	       error_memory(error, "bursts");
}

bool burst_run_writer_add(struct burst_run_writer *w, struct burst_section at,
                          const struct burst *burst, struct error *error)
{
	const bool is_same = burst_section_compare(at, w->at) == 0;
	const bool is_near = is_same && w->has_last &&
	                     burst_key_compare(&w->key, &burst->key) == 0 &&
	                     burst->first_ns - w->last_ns <= BURST_ALONE_S * UINT64_C(1000000000);
	if (!settle(w, is_near, error) ||
	    ((!is_same || burst_writer_is_full(&w->block)) && !flush(w, error)))
		return false;
	w->at = at;
	w->length_before = w->block.block.length;
	w->key_before = w->block.key;
	burst_writer_add(&w->block, burst);
	w->has_last = true;
	w->is_near_before = is_near;
	w->key = burst->key;
	w->last_ns = burst->last_ns;
	w->packets = burst->packets;
	return true;
}

bool burst_run_writer_end(struct burst_run_writer *w, struct burst_run *out, struct error *error)
{
	if (!settle(w, false, error) || !flush(w, error) ||
	    (w->run.file != NULL && !write_chunk(w, error))) {
		burst_run_writer_drop(w);
		return false;
	}
	burst_writer_done(&w->block);
	if (w->run.file != NULL)
		buffer_done(&w->run.bytes);
	*out = w->run;
	return true;
}

void burst_run_writer_drop(struct burst_run_writer *w)
{
	burst_writer_done(&w->block);
	burst_run_done(&w->run, w->disk);
}

// ---- reading

static bool read_at(struct burst_run_reader *r, uint64_t at, uint8_t *to, size_t length,
                    struct error *error)
{
	return r->disk->read_at(r->run->file, at, to, length, error);
}

static bool read_head(struct burst_run_reader *r, struct error *error)
{
	uint8_t room[HEAD];
	const struct burst_run *run = r->run;
	r->has_section = r->next < run->length;
	if (!r->has_section)
		return true;
	struct span head = { room, HEAD };
	if (run->file == NULL)
		head.bytes = run->bytes.bytes + r->next;
	else if (!read_at(r, r->next, room, HEAD, error))
		return false;
	r->block_length = span_u32_le(head, 0);
	r->at.form = span_u8(head, 4);
	r->at.day = (int32_t)span_u32_le(head, 5);
	if (r->at.form >= BURST_FORMS || r->block_length > run->length - r->next - HEAD)
		return error_set(error, ERROR_CORRUPT, "the spill file is not as it was written");
	return true;
}

bool burst_run_reader_open(struct burst_run_reader *r, const struct burst_run *run,
                           struct disk *disk, uint64_t at, struct error *error)
{
	*r = (struct burst_run_reader){ .run = run, .disk = disk, .next = at };
	return read_head(r, error);
}

bool burst_run_reader_skip(struct burst_run_reader *r, struct error *error)
{
	r->next += HEAD + r->block_length;
	return read_head(r, error);
}

void burst_run_reader_done(struct burst_run_reader *r)
{
	memory_free(r->block);
	r->block = NULL;
}

// The block that is next, and the head of the one behind it.
static bool read_block(struct burst_run_reader *r, struct span *out, struct error *error)
{
	const size_t length = r->block_length;
	*out = (struct span){ .length = length };
	if (r->run->file == NULL) {
		out->bytes = r->run->bytes.bytes + r->next + HEAD;
		return burst_run_reader_skip(r, error);
	}
	if (length > r->block_room) {
		uint8_t *room = memory_resize(r->block, length, 1);
		if (room == NULL)
			return error_memory(error, "bursts");
		r->block = room;
		r->block_room = length;
	}
	out->bytes = r->block;
	return read_at(r, r->next + HEAD, r->block, length, error) &&
	       burst_run_reader_skip(r, error);
}

struct section_stream {
	struct burst_stream stream;
	struct burst_run_reader *reader;
	bool owns_reader, is_open;
	struct burst_section of;
	struct burst_reader block;
};

static bool section_next(struct burst_stream *stream, const struct burst **out, struct error *error)
{
	struct section_stream *s = (struct section_stream *)stream;
	struct burst_run_reader *r = s->reader;
	struct span block;
	*out = NULL;
	while (!s->is_open || !burst_reader_next(&s->block)) {
		if (s->is_open && s->block.is_damaged)
			return error_set(error, ERROR_CORRUPT,
			                 "the spill file is not as it was written");
		if (!r->has_section || burst_section_compare(r->at, s->of) != 0)
			return true;
		if (!read_block(r, &block, error))
			return false;
		burst_reader_open(&s->block, s->of.form, block);
		s->is_open = true;
	}
	*out = &s->block.burst;
	return true;
}

static void section_close(struct burst_stream *stream)
{
	struct section_stream *s = (struct section_stream *)stream;
	if (s->owns_reader) {
		burst_run_reader_done(s->reader);
		memory_free(s->reader);
	}
	memory_free(s);
}

struct burst_stream *burst_section_stream(struct burst_run_reader *r, bool owns_reader)
{
	struct section_stream *s = memory_new(1, sizeof *s);
	if (s == NULL)
		return NULL;
	s->stream = (struct burst_stream){ .next = section_next, .close = section_close };
	s->reader = r;
	s->owns_reader = owns_reader;
	s->of = r->at;
	return &s->stream;
}

// ---- merging

static bool copy_section(struct burst_stream *stream, struct burst_section of,
                         struct burst_run_writer *w, struct error *error)
{
	const struct burst *burst;
	do
		if (!stream->next(stream, &burst, error) ||
		    (burst != NULL && !burst_run_writer_add(w, of, burst, error)))
			return false;
	while (burst != NULL);
	return true;
}

// The section is of those readers that are at it.
static bool merge_section(struct burst_run_reader *readers, size_t count, struct burst_section of,
                          struct burst_stream **streams, struct burst_run_writer *w,
                          struct error *error)
{
	size_t open = 0;
	for (size_t i = 0; i < count; i++) {
		if (!readers[i].has_section || burst_section_compare(readers[i].at, of) != 0)
			continue;
		streams[open] = burst_section_stream(&readers[i], false);
		if (streams[open] == NULL) {
			while (open > 0) {
				open--;
				streams[open]->close(streams[open]);
			}
			return error_memory(error, "bursts");
		}
		open++;
	}
	struct burst_stream *all = open == 1 ? streams[0]
	                                     : burst_merger_new(streams, open, BURST_SILENCE_NS);
	if (all == NULL)
		return error_memory(error, "bursts");
	const bool ok = copy_section(all, of, w, error);
	all->close(all);
	return ok;
}

// The first section of all that readers are at; NULL: they are at the end.
static const struct burst_section *least_of(const struct burst_run_reader *readers, size_t count)
{
	const struct burst_section *least = NULL;
	for (size_t i = 0; i < count; i++)
		if (readers[i].has_section &&
		    (least == NULL || burst_section_compare(readers[i].at, *least) < 0))
			least = &readers[i].at;
	return least;
}

bool burst_runs_merge(const struct burst_run *const *runs, size_t count, struct disk *disk,
                      struct burst_run_writer *w, struct error *error)
{
	struct burst_run_reader *readers = memory_new(count, sizeof *readers);
	struct burst_stream **streams = memory_new(count, sizeof(struct burst_stream *));
	const struct burst_section *least;
	bool ok = (readers != NULL && streams != NULL) || error_memory(error, "bursts");
	for (size_t i = 0; ok && i < count; i++)
		ok = burst_run_reader_open(&readers[i], runs[i], disk, 0, error);
	while (ok && (least = least_of(readers, count)) != NULL) {
		const struct burst_section of = *least;
		ok = merge_section(readers, count, of, streams, w, error);
	}
	for (size_t i = 0; readers != NULL && i < count; i++)
		burst_run_reader_done(&readers[i]);
	memory_free(readers);
	memory_free(streams);
	return ok;
}
