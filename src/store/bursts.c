// SPDX-License-Identifier: MIT
#include "store/bursts.h"

#include "base/interrupt.h"
#include "base/memory.h"

// Adds what another part of the day keeps.
static void add_kept(struct holdings_kept *to, struct holdings_kept more, bool is_first)
{
	to->is_whole = (is_first || to->is_whole) && more.is_whole;
	to->is_some |= more.is_some;
	to->evicted_bursts += more.evicted_bursts;
	to->evicted_packets += more.evicted_packets;
}

struct holdings_kept store_bursts_kept(const struct store *s, size_t first, size_t count,
                                       enum burst_form form)
{
	struct holdings_kept kept = { .is_some = false };
	for (size_t i = 0; i < count; i++)
		add_kept(&kept, s->segments[first + i].bursts[form].kept, i == 0);
	return kept;
}

// One stream of several, which are closed with it, also if it fails.
static bool merge(struct burst_stream **streams, size_t count, struct burst_stream **out,
                  struct error *error)
{
	*out = count == 1 ? streams[0] : burst_merger_new(streams, count, BURST_SILENCE_NS);
	return *out != NULL || error_memory(error, "bursts");
}

static void close_all(struct burst_stream **streams, size_t count)
{
	for (size_t i = 0; i < count; i++)
		streams[i]->close(streams[i]);
}

// Opens those of segments. `streams` has room for `count`.
static bool open_segments(struct store *s, size_t first, size_t count, enum burst_form form,
                          struct burst_stream **streams, struct error *error)
{
	for (size_t i = 0; i < count; i++) {
		const struct segment *segment;
		bool ok = store_segment_open(s, first + i, &segment, error);
		if (ok && (streams[i] = segment_bursts_new(segment, form)) == NULL)
			ok = error_memory(error, "bursts");
		if (!ok) {
			close_all(streams, i);
			return false;
		}
	}
	return true;
}

bool store_bursts_open(struct store *s, size_t first, size_t count, enum burst_form form,
                       struct burst_stream **out, struct error *error)
{
	struct burst_stream **streams = memory_new(count + 1, sizeof *streams);
	if (streams == NULL)
		return error_memory(error, "bursts");
	const bool ok = open_segments(s, first, count, form, streams, error) &&
	                merge(streams, count, out, error);
	memory_free(streams);
	return ok;
}

// ---- copies

// Bursts with their fingerprints under other bits, until somebody interrupts.
struct copied {
	struct burst_stream base;
	struct burst_stream *inner;
	const struct bursts_copy *copy;
	struct burst burst;
	unsigned count;
};

enum { LOOK_EVERY = 1024 };

// Fingerprints of sources are no packet's: there bursts know nothing.
static void mark(const struct burst *from, const struct host_marks *marks, struct burst *out)
{
	*out = *from;
	out->matched_mask = 0;
	for (unsigned f = 0; f < FINGERPRINTS_MAX; f++) {
		const unsigned bit = marks->from[f];
		if (bit == HOST_MARK_ASK || bit == HOST_MARK_NONE ||
		    !(from->matched_mask >> bit & 1))
			continue;
		out->matched[f] = from->matched[bit];
		out->matched_mask |= UINT32_C(1) << f;
	}
}

_Static_assert((unsigned)BURST_FINGERPRINTS == (unsigned)FINGERPRINTS_MAX, "a bit each");

static bool copied_next(struct burst_stream *stream, const struct burst **out, struct error *error)
{
	struct copied *c = (struct copied *)stream;
	if (c->count++ % LOOK_EVERY == 0 && interrupt_requested())
		return error_set(error, ERROR_FAILED, "interrupted; %s", c->copy->interrupted);
	if (!c->inner->next(c->inner, out, error))
		return false;
	if (*out == NULL || c->copy->marks == NULL || (*out)->matched_mask == 0)
		return true;
	mark(*out, c->copy->marks, &c->burst);
	*out = &c->burst;
	return true;
}

// Opens all that there is of the form; *out NULL: nobody kept any.
static bool open_copied(const struct bursts_copy *c, enum burst_form form,
                        struct holdings_kept *kept, struct burst_stream **out, struct error *error)
{
	struct burst_stream *streams[2] = { NULL, NULL };
	struct holdings_kept more = { .is_some = false };
	uint64_t evicted[2] = { 0, 0 };
	size_t count = 0;
	*kept = store_bursts_kept(c->change->store, c->first, c->count, form);
	*out = NULL;
	if (c->days != NULL && !c->days->open(c->days, form, c->day, &streams[0], evicted, error))
		return false;
	if (streams[0] != NULL) {
		more = (struct holdings_kept){ true, true, evicted[0], evicted[1] };
		count++;
	}
	if (c->has_more)
		add_kept(kept, more, c->count == 0);
	if (!kept->is_some)
		return true;
	pthread_mutex_lock(&c->change->mutex);
	const bool ok = c->count == 0 || store_bursts_open(c->change->store, c->first, c->count,
	                                                   form, &streams[count], error);
	pthread_mutex_unlock(&c->change->mutex);
	if (!ok) {
		close_all(streams, count);
		return false;
	}
	return merge(streams, count + (c->count > 0), out, error);
}

bool store_copy_bursts(const struct bursts_copy *copy, struct segment_writer *writer,
                       struct error *error)
{
	bool ok = true;
	for (unsigned form = 0; ok && form < BURST_FORMS; form++) {
		struct copied copied = { .base = { copied_next, NULL }, .copy = copy };
		struct holdings_kept kept;
		ok = open_copied(copy, form, &kept, &copied.inner, error);
		if (!ok || copied.inner == NULL)
			continue;
		ok = segment_writer_bursts(writer, form, kept, &copied.base, error);
		copied.inner->close(copied.inner);
	}
	return ok;
}
