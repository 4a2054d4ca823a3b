// SPDX-License-Identifier: MIT
#include "analyse/devices/text_lengths.h"

#include "base/memory.h"
#include "base/pool.h"

#include <stdatomic.h>

struct work {
	const struct hosts *hosts;
	const struct port_texts *texts;
	enum compressor_kind kind;
	bool by_items;
	uint32_t *firsts, *lasts;         // items of each text, as they are counted in `texts`
	struct compressor **compressors;  // [threads]
	struct text_lengths *out;
	const struct limits *limits;
	const struct distance_watch *watch;
	atomic_ullong done;
	atomic_flag has_failed;
	struct error error;  // the first
};

static struct span text_of(const struct work *w, uint32_t local)
{
	return w->hosts->texts[w->texts->texts[local]];
}

static bool fail(struct work *w, const struct error *error)
{
	if (!atomic_flag_test_and_set(&w->has_failed))
		w->error = *error;
	return false;
}

// Whether C(xy) is asked for by anybody.
static bool is_needed(const struct work *w, uint32_t x, uint32_t y)
{
	return w->by_items ? w->firsts[x] < w->lasts[y] : x < y;
}

static bool fill_pair(struct work *w, struct compressor *c, uint32_t x, uint32_t y,
                      struct error *error)
{
	const struct span a = text_of(w, x), b = text_of(w, y);
	const bool needs_xy = is_needed(w, x, y), needs_yx = x != y && is_needed(w, y, x);
	uint32_t *xy = &w->out->both[(size_t)x * w->out->count + y];
	uint32_t *yx = &w->out->both[(size_t)y * w->out->count + x];
	const bool is_once = needs_xy && needs_yx && compressor_is_symmetric(w->kind, a, b);
	if (needs_xy && !compressor_length(c, a, b, xy, error))
		return false;
	if (is_once)
		*yx = *xy;
	else if (needs_yx && !compressor_length(c, b, a, yx, error))
		return false;
	return true;
}

static bool row_job(void *context, size_t job, unsigned thread)
{
	struct work *w = context;
	const uint32_t x = (uint32_t)job, count = w->out->count;
	struct compressor *c = w->compressors[thread];
	struct error error;
	if (!compressor_length(c, text_of(w, x), (struct span){ NULL, 0 }, &w->out->alone[x],
	                       &error))
		return fail(w, &error);
	for (uint32_t y = x; y < count; y++) {
		if (!fill_pair(w, c, x, y, &error))
			return fail(w, &error);
		if (y % 64 == 0 && w->limits->is_cancelled != NULL &&
		    w->limits->is_cancelled(w->limits->context)) {
			error_set(&error, ERROR_FAILED, "interrupted");
			return fail(w, &error);
		}
	}
	const uint64_t done = atomic_fetch_add(&w->done, count - x) + count - x;
	if (thread == 0 && w->watch != NULL)
		w->watch->tick(w->watch->context, done, (uint64_t)count * (count + 1) / 2);
	return true;
}

static bool start(struct work *w, unsigned threads, struct error *error)
{
	const struct port_texts *t = w->texts;
	const size_t count = t->text_count;
	size_t longest = 0;
	w->out->alone = memory_new(count + 1, sizeof *w->out->alone);
	w->out->both = memory_new(count * count + 1, sizeof *w->out->both);
	w->firsts = memory_new(count + 1, sizeof *w->firsts);
	w->lasts = memory_new(count + 1, sizeof *w->lasts);
	w->compressors = memory_new(threads, sizeof(struct compressor *));
	if (w->out->alone == NULL || w->out->both == NULL || w->firsts == NULL ||
	    w->lasts == NULL || w->compressors == NULL)
		return error_memory(error, "compressed lengths");
	for (uint32_t i = t->item_count; i-- > 0;)
		w->firsts[t->local[i]] = i;
	for (uint32_t i = 0; i < t->item_count; i++)
		w->lasts[t->local[i]] = i;
	for (uint32_t x = 0; x < count; x++)
		longest = text_of(w, x).length > longest ? text_of(w, x).length : longest;
	for (unsigned i = 0; i < threads; i++)
		if ((w->compressors[i] = compressor_new(w->kind, 2 * longest, error)) == NULL)
			return false;
	return true;
}

bool text_lengths_make(const struct hosts *hosts, const struct port_texts *texts,
                       enum compressor_kind kind, bool by_items, struct text_lengths *out,
                       const struct limits *limits, const struct distance_watch *watch,
                       struct error *error)
{
	static const struct limits none = { 0 };
	struct text_lengths lengths = { .count = texts->text_count };
	const unsigned threads = pool_threads(limits != NULL ? limits->threads : 1);
	struct work w = {
		.hosts = hosts,
		.texts = texts,
		.kind = kind,
		.by_items = by_items,
		.out = &lengths,
		.limits = limits != NULL ? limits : &none,
		.watch = watch,
		.has_failed = ATOMIC_FLAG_INIT,
	};
	bool is_done = start(&w, threads, error);
	if (is_done && !pool_run(threads, lengths.count, row_job, &w)) {
		*error = w.error;
		is_done = false;
	}
	for (unsigned i = 0; w.compressors != NULL && i < threads; i++)
		compressor_free(w.compressors[i]);
	memory_free(w.compressors);
	memory_free(w.firsts);
	memory_free(w.lasts);
	if (is_done)
		*out = lengths;
	else
		text_lengths_done(&lengths);
	return is_done;
}

void text_lengths_done(struct text_lengths *l)
{
	memory_free(l->alone);
	memory_free(l->both);
	*l = (struct text_lengths){ 0 };
}
