// SPDX-License-Identifier: MIT
#include "store/day.h"

#include "base/memory.h"

// Of the columns of all segments, about, while they are read.
enum { WINDOWS_BYTES = 16 << 20 };

struct store_day {
	struct segment_hosts **hosts;
	struct host_stream **streams;
	struct host_merger *merger;
	size_t count;
};

size_t store_day_segments(const struct store *s, size_t first)
{
	size_t end = first + 1;
	while (end < s->segment_count && s->segments[end].day == s->segments[first].day)
		end++;
	return end - first;
}

bool store_day_begin(struct store *s, size_t first, size_t count, uint64_t *out_ns,
                     struct error *error)
{
	uint64_t begin_ns = UINT64_MAX;
	for (size_t i = first; i < first + count; i++) {
		const struct segment *segment;
		if (!store_segment_open(s, i, &segment, error))
			return false;
		if (segment_begin_ns(segment) < begin_ns)
			begin_ns = segment_begin_ns(segment);
	}
	*out_ns = begin_ns;
	return true;
}

// All days of a store may be open side by side.
static size_t window_bytes(const struct store *s, uint64_t wanted)
{
	const size_t bytes = WINDOWS_BYTES / (s->segment_count + 1) / segment_columns(wanted);
	return bytes < SEGMENT_WINDOW_MIN   ? SEGMENT_WINDOW_MIN
	       : bytes > SEGMENT_WINDOW_MAX ? SEGMENT_WINDOW_MAX
	                                    : bytes;
}

static bool open_streams(struct store_day *r, struct store *s, size_t first, uint64_t wanted,
                         struct error *error)
{
	const size_t count = r->count;
	r->hosts = memory_new(count + 1, sizeof(struct segment_hosts *));
	r->streams = memory_new(count + 1, sizeof(struct host_stream *));
	if (r->hosts == NULL || r->streams == NULL)
		return error_memory(error, "a day");
	for (size_t i = 0; i < count; i++) {
		const struct segment *segment;
		if (!store_segment_open(s, first + i, &segment, error))
			return false;
		r->hosts[i] = segment_hosts_new(segment, wanted, window_bytes(s, wanted));
		if (r->hosts[i] == NULL)
			return error_memory(error, "a day");
		r->streams[i] = segment_hosts_stream(r->hosts[i]);
	}
	r->merger = host_merger_new(r->streams, count);
	return r->merger != NULL || error_memory(error, "a day");
}

bool store_day_open_segments(struct store *s, size_t first, size_t count, uint64_t wanted,
                             struct store_day **out, struct error *error)
{
	struct store_day *r = memory_new(1, sizeof *r);
	if (r == NULL)
		return error_memory(error, "a day");
	r->count = count;
	if (!open_streams(r, s, first, wanted, error)) {
		store_day_close(r);
		return false;
	}
	*out = r;
	return true;
}

bool store_day_open(struct store *s, int32_t day, uint64_t wanted, struct store_day **out,
                    struct error *error)
{
	size_t first = 0;
	while (first < s->segment_count && s->segments[first].day < day)
		first++;
	const bool is_there = first < s->segment_count && s->segments[first].day == day;
	return store_day_open_segments(s, first, is_there ? store_day_segments(s, first) : 0,
	                               wanted, out, error);
}

void store_day_close(struct store_day *r)
{
	if (r == NULL)
		return;
	host_merger_free(r->merger);
	for (size_t i = 0; r->hosts != NULL && i < r->count; i++)
		segment_hosts_free(r->hosts[i]);
	memory_free(r->hosts);
	memory_free(r->streams);
	memory_free(r);
}

const struct host_day *store_day_next(struct store_day *r, struct error *error)
{
	const struct host_day *host = NULL;
	size_t failed = 0;
	switch (host_merger_next(r->merger, &host, &failed)) {
	case HOST_MERGE_HOST: return host;
	case HOST_MERGE_END: error->kind = ERROR_NONE; break;
	case HOST_MERGE_DAMAGED: *error = *segment_hosts_error(r->hosts[failed]); break;
	case HOST_MERGE_MEMORY: error_memory(error, "a day"); break;
	}
	return NULL;
}
