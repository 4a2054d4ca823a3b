// SPDX-License-Identifier: MIT
// Port by port: what the distances of a text to all others of the port tell is added to the rows of the items that have
// it (host_distance.h). A pair is written by the job that has the text of its first item, and by no other.
#include "analyse/devices/distances.h"

#include "analyse/devices/host_distance.h"
#include "analyse/devices/port_texts.h"
#include "analyse/devices/text_lengths.h"
#include "base/memory.h"
#include "base/pool.h"
#include "cluster/gram.h"
#include "cluster/linkage.h"
#include "device/rarity.h"

#include <stdatomic.h>
#include <string.h>

struct room {
	uint32_t *sums;
	float *row;
};

struct work {
	const struct hosts *hosts;
	const struct host_items *items;
	const struct port_texts *texts;
	uint32_t *weights;                   // by text of `hosts`
	float *totals;                       // by item: of the weights of its answers
	const struct gram_index *grams;      // of TEXT_NGRAM
	const struct text_lengths *lengths;  // of TEXT_NCD
	float *condensed;
	uint32_t *heads,
		*nexts;      // items by text: chains of places in `texts`, UINT32_MAX at the end
	struct room *rooms;  // [threads]
	const struct limits *limits;
	const struct distance_watch *watch;
	uint64_t before, total;  // pairs of items, for the watch
	atomic_ullong done;
};

static void ncd_row(const struct work *w, uint32_t x, float *row)
{
	for (uint32_t y = 0; y < w->texts->text_count; y++)
		row[y] = x == y ? 0
		                : (float)text_lengths_ncd(w->lengths, x < y ? x : y, x < y ? y : x);
}

// What is known of each two texts, from their distances.
static void known_row(const struct work *w, uint32_t x, float *row)
{
	const struct port_texts *t = w->texts;
	const uint32_t weight = w->weights[t->texts[x]];
	for (uint32_t y = 0; y < t->text_count; y++)
		row[y] = port_known(weight + w->weights[t->texts[y]], row[y]);
}

static bool row_job(void *context, size_t job, unsigned thread)
{
	struct work *w = context;
	const struct port_texts *t = w->texts;
	const struct room *room = &w->rooms[thread];
	uint64_t done = 0;
	if (w->limits->is_cancelled != NULL && w->limits->is_cancelled(w->limits->context))
		return false;
	if (w->grams != NULL)
		gram_index_row(w->grams, (uint32_t)job, room->sums, room->row);
	else
		ncd_row(w, (uint32_t)job, room->row);
	known_row(w, (uint32_t)job, room->row);
	for (uint32_t i = w->heads[job]; i != UINT32_MAX; i = w->nexts[i]) {
		// Of a row of the matrix item k is at `row[k]`; the first is at that of item + 1.
		float *row = w->condensed +
		             condensed_at(w->items->count, t->items[i], t->items[i] + 1);
		const uint32_t first = t->items[i] + 1;
		for (uint32_t k = i + 1; k < t->item_count; k++)
			row[t->items[k] - first] += room->row[t->local[k]];
		done += t->item_count - i - 1;
	}
	done += atomic_fetch_add(&w->done, done);
	if (thread == 0 && w->watch != NULL)
		w->watch->tick(w->watch->context, w->before + done, w->total);
	return true;
}

// ---- one port

static void chain_items(struct work *w)
{
	for (uint32_t x = 0; x < w->texts->text_count; x++)
		w->heads[x] = UINT32_MAX;
	for (uint32_t i = w->texts->item_count; i-- > 0;) {
		w->nexts[i] = w->heads[w->texts->local[i]];
		w->heads[w->texts->local[i]] = i;
	}
}

static bool index_texts(const struct work *w, const uint8_t *rarity, struct gram_index **out,
                        struct error *error)
{
	const struct port_texts *t = w->texts;
	struct span *texts = memory_new((size_t)t->text_count + 1, sizeof *texts);
	if (texts == NULL)
		return error_memory(error, "distances of hosts");
	for (uint32_t x = 0; x < t->text_count; x++)
		texts[x] = w->hosts->texts[t->texts[x]];
	*out = gram_index_new(texts, t->text_count, rarity, error);
	memory_free(texts);
	return *out != NULL;
}

static bool run(struct work *w, struct error *error)
{
	chain_items(w);
	w->done = 0;
	return pool_run(pool_threads(w->limits->threads), w->texts->text_count, row_job, w) ||
	       error_set(error, ERROR_FAILED, "interrupted");
}

static bool add_port(struct work *w, enum text_distance distance, enum compressor_kind kind,
                     const uint8_t *rarity, struct error *error)
{
	struct gram_index *grams = NULL;
	struct text_lengths lengths = { 0 };
	bool is_done;
	if (distance == TEXT_NGRAM)
		is_done = index_texts(w, rarity, &grams, error);
	else
		is_done = text_lengths_make(w->hosts, w->texts, kind, false, &lengths, w->limits,
		                            w->watch, error);
	w->grams = grams;
	w->lengths = &lengths;
	is_done = is_done && run(w, error);
	gram_index_free(grams);
	text_lengths_done(&lengths);
	return is_done;
}

// ---- all of them

static bool finish_job(void *context, size_t job, unsigned thread)
{
	(void)thread;
	const struct work *w = context;
	const uint32_t i = (uint32_t)job, n = w->items->count;
	float *row = i + 1 < n ? w->condensed + condensed_at(n, i, i + 1) : NULL;
	for (uint32_t k = i + 1; k < n; k++)
		row[k - i - 1] = host_distance(row[k - i - 1], w->totals[i] + w->totals[k]);
	return true;
}

static bool weigh(struct work *w, const uint8_t *rarity)
{
	w->weights = answer_weights_new(w->hosts, rarity);
	w->totals = memory_new((size_t)w->items->count + 1, sizeof *w->totals);
	if (w->weights == NULL || w->totals == NULL)
		return false;
	for (uint32_t i = 0; i < w->items->count; i++) {
		const struct host *host = w->items->items[i].host;
		for (uint32_t k = 0; k < host->count; k++)
			w->totals[i] += (float)w->weights[host->answers[k].text];
	}
	return true;
}

static bool rooms_new(struct work *w, unsigned threads)
{
	const size_t texts = w->hosts->text_count;
	w->heads = memory_new(texts + 1, sizeof *w->heads);
	w->nexts = memory_new((size_t)w->items->count + 1, sizeof *w->nexts);
	w->rooms = memory_new(threads, sizeof *w->rooms);
	bool is_done = w->heads != NULL && w->nexts != NULL && w->rooms != NULL;
	for (unsigned i = 0; is_done && i < threads; i++) {
		w->rooms[i].sums = memory_room((texts + 1) * sizeof *w->rooms[i].sums);
		w->rooms[i].row = memory_room((texts + 1) * sizeof *w->rooms[i].row);
		is_done = w->rooms[i].sums != NULL && w->rooms[i].row != NULL;
	}
	return is_done;
}

static void rooms_done(struct work *w, unsigned threads)
{
	for (unsigned i = 0; w->rooms != NULL && i < threads; i++) {
		memory_free(w->rooms[i].sums);
		memory_free(w->rooms[i].row);
	}
	memory_free(w->rooms);
	memory_free(w->weights);
	memory_free(w->totals);
	memory_free(w->heads);
	memory_free(w->nexts);
}

static bool add_ports(struct work *w, enum text_distance distance, enum compressor_kind kind,
                      struct error *error)
{
	uint16_t *ports = NULL;
	uint32_t count = 0;
	uint8_t *rarity = rarity_weights_new();
	bool is_done = (rarity != NULL && weigh(w, rarity) &&
	                ports_of_items(w->items, &ports, &count)) ||
	               error_memory(error, "distances of hosts");
	for (uint32_t i = 0; is_done && i < count; i++) {
		struct port_texts texts;
		is_done = port_texts_make(w->hosts, w->items, ports[i], &texts) ||
		          error_memory(error, "distances of hosts");
		if (!is_done)
			break;
		w->texts = &texts;
		is_done = add_port(w, distance, kind, rarity, error);
		w->before += pairs_of(texts.item_count);
		port_texts_done(&texts);
	}
	memory_free(rarity);
	memory_free(ports);
	return is_done;
}

// What there is to do, in pairs of items that have a port.
static uint64_t work_of(const struct host_items *items)
{
	uint64_t total = 0;
	uint32_t *counts = memory_new(UINT16_MAX + 1, sizeof *counts);
	for (uint32_t i = 0; counts != NULL && i < items->count; i++)
		for (uint32_t k = 0; k < items->items[i].host->count; k++)
			counts[items->items[i].host->answers[k].port]++;
	for (uint32_t port = 0; counts != NULL && port <= UINT16_MAX; port++)
		total += pairs_of(counts[port]);
	memory_free(counts);
	return total;
}

bool vector_distances(const struct hosts *hosts, const struct host_items *items,
                      enum text_distance distance, enum compressor_kind kind, float *condensed,
                      const struct limits *limits, const struct distance_watch *watch,
                      struct error *error)
{
	static const struct limits none = { 0 };
	struct work w = {
		.hosts = hosts,
		.items = items,
		.condensed = condensed,
		.limits = limits != NULL ? limits : &none,
		.watch = watch,
		.total = work_of(items),
	};
	const unsigned threads = pool_threads(w.limits->threads);
	memset(condensed, 0, pairs_of(items->count) * sizeof *condensed);
	const bool is_done = (rooms_new(&w, threads) ||
	                      error_memory(error, "distances of hosts")) &&
	                     add_ports(&w, distance, kind, error) &&
	                     (pool_run(threads, items->count, finish_job, &w) ||
	                      error_set(error, ERROR_FAILED, "interrupted"));
	rooms_done(&w, threads);
	return is_done;
}
