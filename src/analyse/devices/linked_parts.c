// SPDX-License-Identifier: MIT
#include "analyse/devices/linked_parts.h"

#include "analyse/devices/item_subset.h"
#include "analyse/devices/near_items.h"
#include "base/memory.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

// Small parts are linked together, which they may be: a matrix of them all costs less than a call for each.
enum { BATCH = 2048, RADII = 32 };

struct parts {
	const struct hosts *hosts;
	const struct host_items *items;
	struct near_items *near;
	float cut, radius;
	uint32_t most;
	uint32_t *first_of;  // [items]: the first of an item's part
	uint32_t *order;     // [items]: by part
	uint32_t *weights;   // [items]: of those that each stands for
	uint32_t *leader_of;
	float *distances;  // to the leader
	float *matrix;     // room for `room` items
	uint32_t room;
	uint32_t *numbers;  // of texts, for subsets
	uint32_t *batch_weights, *nodes;
	struct merge *batch_merges;
	struct merge *merges;  // found so far
	uint32_t merge_count, put;
	const struct limits *limits;
	const struct distance_watch *watch;
	uint64_t before, total, batch;  // pairs, for the watch
};

static void tick_parts(void *context, uint64_t done, uint64_t total)
{
	const struct parts *p = context;
	const uint64_t all = pairs_of(p->items->count);
	if (p->watch != NULL)
		p->watch->tick(p->watch->context,
		               (uint64_t)((double)all * (double)done / (double)total), all);
}

static void tick_batch(void *context, uint64_t done, uint64_t total)
{
	const struct parts *p = context;
	const double share = total > 0 ? (double)done / (double)total : 0;
	if (p->watch != NULL)
		p->watch->tick(p->watch->context, p->before + (uint64_t)(share * (double)p->batch),
		               p->total);
}

static void found(struct parts *p, uint32_t x, uint32_t y, double height)
{
	p->merges[p->merge_count++] = (struct merge){ x, y, height, 0 };
}

// ---- one matrix

static bool room_for(struct parts *p, uint32_t count)
{
	if (count <= p->room)
		return true;
	memory_free(p->matrix);
	memory_free(p->batch_weights);
	memory_free(p->batch_merges);
	memory_free(p->nodes);
	p->room = count;
	p->matrix = memory_large((linkage_floats(count) + 1) * sizeof *p->matrix);
	p->batch_weights = memory_new(count, sizeof *p->batch_weights);
	p->batch_merges = memory_new(count, sizeof *p->batch_merges);
	p->nodes = memory_new(2 * (size_t)count, sizeof *p->nodes);
	return p->matrix != NULL && p->batch_weights != NULL && p->batch_merges != NULL &&
	       p->nodes != NULL;
}

// Links members, which are ascending, and keeps what merges up to the cut.
static bool link_batch(struct parts *p, const uint32_t *members, uint32_t count,
                       struct error *error)
{
	const struct distance_watch watch = { tick_batch, p };
	if (!room_for(p, count))
		return error_memory(error, "distances of hosts");
	struct item_subset subset;
	if (!item_subset_make(p->hosts, p->items, members, count, p->numbers, &subset))
		return error_memory(error, "distances of hosts");
	p->batch = pairs_of(count);
	for (uint32_t i = 0; i < count; i++) {
		p->batch_weights[i] = p->weights[members[i]];
		p->nodes[i] = members[i];
	}
	const bool is_done = vector_distances(&subset.hosts, &subset.items, TEXT_NGRAM,
	                                      COMPRESSOR_BZIP2, p->matrix, p->limits, &watch,
	                                      error) &&
	                     linkage_weighted(p->matrix, count, p->batch_weights, p->batch_merges,
	                                      p->limits, error);
	item_subset_done(&subset);
	if (!is_done)
		return false;
	for (uint32_t k = 0; k + 1 < count && p->batch_merges[k].height <= (double)p->cut; k++) {
		const struct merge *m = &p->batch_merges[k];
		found(p, p->nodes[m->left], p->nodes[m->right], m->height);
		p->nodes[count + k] = p->nodes[m->left];
	}
	p->before += p->batch;
	return true;
}

// ---- parts that are too large

// Has leaders stand for those within some steps of radius; how many lead.
static bool lead(struct parts *p, const uint32_t *members, uint32_t count, uint32_t step,
                 uint32_t *leaders, struct error *error)
{
	return near_items_lead(p->near, members, count, p->cut * (float)step / RADII, p->leader_of,
	                       p->distances, leaders, p->limits, error);
}

// Finds the least radius with which leaders are few enough, by halving. At the cut they are as many as they may be:
// then all are too far apart to merge with each other.
static bool thin_out(struct parts *p, uint32_t *members, uint32_t *count, struct error *error)
{
	uint32_t low = 0, high = RADII, last = 0, leaders, kept = 0;
	while (high - low > 1) {
		last = low + (high - low) / 2;
		if (!lead(p, members, *count, last, &leaders, error))
			return false;
		if (leaders <= p->most)
			high = last;
		else
			low = last;
	}
	if (last != high && !lead(p, members, *count, high, &leaders, error))
		return false;
	const float radius = p->cut * (float)high / RADII;
	p->radius = radius > p->radius ? radius : p->radius;
	for (uint32_t k = 0; k < *count; k++) {
		const uint32_t i = members[k], leader = p->leader_of[i];
		if (leader == i) {
			members[kept++] = i;
			continue;
		}
		p->weights[leader] += p->weights[i];
		found(p, leader, i, (double)p->distances[i]);
		p->put++;
	}
	*count = kept;
	return true;
}

static bool link_part(struct parts *p, uint32_t *members, uint32_t count, struct error *error)
{
	if (count > p->most && !thin_out(p, members, &count, error))
		return false;
	return count > p->most || link_batch(p, members, count, error);
}

// ---- all of them

static int compare_numbers(const void *a, const void *b)
{
	const uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
	return (x > y) - (x < y);
}

// Puts items in the order of parts; of each part they stay in their own.
static bool order_parts(struct parts *p)
{
	const uint32_t count = p->items->count;
	uint32_t *next = memory_new((size_t)count + 1, sizeof *next);
	if (next == NULL)
		return false;
	for (uint32_t i = 0; i < count; i++)
		next[p->first_of[i] + 1]++;
	for (uint32_t i = 0; i < count; i++)
		next[i + 1] += next[i];
	for (uint32_t i = 0; i < count; i++)
		p->order[next[p->first_of[i]]++] = i;
	memory_free(next);
	return true;
}

// Where the part that begins there ends.
static uint32_t part_end(const struct parts *p, uint32_t begin)
{
	uint32_t end = begin + 1;
	while (end < p->items->count && p->first_of[p->order[end]] == p->first_of[p->order[begin]])
		end++;
	return end;
}

// A large part, or as many small ones as make a batch; parts of one item are left out, and come first.
static uint32_t batch_end(const struct parts *p, uint32_t begin)
{
	uint32_t end = part_end(p, begin);
	while (end < p->items->count) {
		const uint32_t next = part_end(p, end);
		if (next - begin > BATCH || next - begin > p->most)
			break;
		end = next;
	}
	return end;
}

// Moves parts of one item, of which nothing merges, to the front. How many they are.
static uint32_t single_parts(struct parts *p, uint32_t *room)
{
	const uint32_t count = p->items->count;
	uint32_t singles = 0, others = 0;
	for (uint32_t i = 0; i < count;) {
		const uint32_t end = part_end(p, i);
		for (uint32_t k = i; k < end; k++)
			if (end == i + 1)
				p->order[singles++] = p->order[k];
			else
				room[others++] = p->order[k];
		i = end;
	}
	memcpy(p->order + singles, room, others * sizeof *room);
	return singles;
}

static bool link_parts(struct parts *p, struct error *error)
{
	const uint32_t count = p->items->count;
	const uint32_t begin = single_parts(p, p->leader_of);
	p->before = p->total = pairs_of(count);
	for (uint32_t i = begin, end; i < count; i = end) {
		end = batch_end(p, i);
		p->total += pairs_of(end - i);
	}
	for (uint32_t i = begin, end; i < count; i = end) {
		end = batch_end(p, i);
		qsort(p->order + i, end - i, sizeof *p->order, compare_numbers);
		if (!link_part(p, p->order + i, end - i, error))
			return false;
	}
	return true;
}

// What is left are clusters, which are farther apart than the cut: one after the other joins the first.
static void join_rest(struct parts *p, uint32_t *parents)
{
	const uint32_t count = p->items->count;
	for (uint32_t i = 0; i < count; i++)
		parents[i] = i;
	for (uint32_t k = 0, known = p->merge_count; k < known; k++) {
		uint32_t x = p->merges[k].left, y = p->merges[k].right;
		while (parents[x] != x)
			x = parents[x] = parents[parents[x]];
		while (parents[y] != y)
			y = parents[y] = parents[parents[y]];
		parents[x > y ? x : y] = x > y ? y : x;
	}
	for (uint32_t i = 1; i < count; i++)
		if (parents[i] == i)
			found(p, 0, i, 1);
}

static bool start(struct parts *p)
{
	const size_t count = (size_t)p->items->count + 1;
	p->first_of = memory_new(count, sizeof *p->first_of);
	p->order = memory_new(count, sizeof *p->order);
	p->weights = memory_new(count, sizeof *p->weights);
	p->leader_of = memory_new(count, sizeof *p->leader_of);
	p->distances = memory_new(count, sizeof *p->distances);
	p->numbers = memory_new((size_t)p->hosts->text_count + 1, sizeof *p->numbers);
	if (p->first_of == NULL || p->order == NULL || p->weights == NULL || p->leader_of == NULL ||
	    p->distances == NULL || p->numbers == NULL)
		return false;
	for (uint32_t i = 0; i < p->items->count; i++)
		p->weights[i] = p->items->items[i].weight;
	return true;
}

static void done(struct parts *p)
{
	near_items_free(p->near);
	memory_free(p->first_of);
	memory_free(p->order);
	memory_free(p->weights);
	memory_free(p->leader_of);
	memory_free(p->distances);
	memory_free(p->numbers);
	memory_free(p->matrix);
	memory_free(p->batch_weights);
	memory_free(p->batch_merges);
	memory_free(p->nodes);
}

static bool find_parts(struct parts *p, struct error *error)
{
	const struct distance_watch watch = { tick_parts, p };
	return near_items_new(p->hosts, p->items, (double)p->cut, p->limits->threads, &p->near,
	                      error) &&
	       near_items_parts(p->near, p->first_of, p->limits, &watch, error) &&
	       (order_parts(p) || error_memory(error, "parts of hosts"));
}

bool linked_parts(const struct hosts *hosts, const struct host_items *items, float cut,
                  uint32_t most, struct merge *out, uint32_t *put, float *radius,
                  const struct limits *limits, const struct distance_watch *watch,
                  struct error *error)
{
	static const struct limits none = { 0 };
	struct parts p = {
		.hosts = hosts,
		.items = items,
		.cut = cut,
		.most = most,
		.merges = out,
		.limits = limits != NULL ? limits : &none,
		.watch = watch,
	};
	bool is_done = start(&p) || error_memory(error, "parts of hosts");
	is_done = is_done && find_parts(&p, error) && link_parts(&p, error);
	if (is_done) {
		join_rest(&p, p.leader_of);
		for (uint32_t i = 0; i < items->count; i++)
			p.weights[i] = items->items[i].weight;
		is_done = linkage_number(out, items->count, p.weights, error);
		*put = p.put;
		*radius = p.radius;
	}
	done(&p);
	return is_done;
}
