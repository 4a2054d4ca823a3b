// SPDX-License-Identifier: MIT
// Clusters that are gone stay in the matrix as infinite distances, so that a search looks at all of a row
// without asking; when a sixth of it is gone, the matrix is written anew without them, in its own room.
//
// Nobody comes nearer by merging: the distance to what two became is between those to the two. So who was
// nearest to a cluster is so until it merges itself, and is remembered; of what has just been made it is
// found while its distances are written.
#include "cluster/linkage.h"

#include "base/memory.h"

#include <math.h>

struct weighted {
	float *d;
	uint32_t n;         // places that the matrix has by now
	uint32_t left;      // clusters that are left
	uint32_t *weights;  // by place; 0: gone
	uint32_t *items;    // by place: the item whose place it was in the beginning
	uint32_t *nearest;  // by place: who was nearest when somebody looked
	float *least;       // and how near: what the matrix says of the two, or it is no longer so
	uint32_t *chain, length;  // room for as many again is behind it
};

// What d(i, x) is of all i < x lies one behind the other with a step that shrinks by one.
static inline size_t column_step(const struct weighted *w, uint32_t i)
{
	return w->n - i - 2;
}

enum { AHEAD = 24 };  // rows of a column that are fetched before they are looked at

struct found {
	float distance;
	uint32_t place;
};

enum { LANES = 16 };  // minima side by side, which a compiler makes vectors of

static inline float least_of(const float *row, uint32_t count)
{
	float lows[LANES], low = INFINITY;
	uint32_t i = 0;
	for (unsigned k = 0; k < LANES; k++)
		lows[k] = INFINITY;
	for (; i + LANES <= count; i += LANES)
		for (unsigned k = 0; k < LANES; k++)
			lows[k] = row[i + k] < lows[k] ? row[i + k] : lows[k];
	for (unsigned k = 0; k < LANES; k++)
		low = lows[k] < low ? lows[k] : low;
	for (; i < count; i++)
		low = row[i] < low ? row[i] : low;
	return low;
}

// The first of the least among `count` distances to `first` and those behind it, if it is less than what
// was found.
static inline void look_along(const float *row, uint32_t count, uint32_t first, struct found *best)
{
	const float low = least_of(row, count);
	if (!(low < best->distance))
		return;
	uint32_t i = 0;
	while (row[i] != low)
		i++;
	*best = (struct found){ low, first + i };
}

static struct found look(const struct weighted *w, uint32_t x)
{
	struct found best = { INFINITY, x };
	const float *at = w->d + (x > 0 ? x - 1 : 0);
	for (uint32_t i = 0; i < x; i++) {
		__builtin_prefetch(at + (size_t)AHEAD * column_step(w, i));
		if (*at < best.distance)
			best = (struct found){ *at, i };
		at += column_step(w, i);
	}
	if (x + 1 < w->n)
		look_along(w->d + condensed_at(w->n, x, x + 1), w->n - x - 1, x + 1, &best);
	return best;
}

static inline float *between(const struct weighted *w, uint32_t i, uint32_t j)
{
	return &w->d[i < j ? condensed_at(w->n, i, j) : condensed_at(w->n, j, i)];
}

// Looks for all at once, along the rows: columns are what costs.
static void look_for_all(struct weighted *w)
{
	const float *row = w->d;
	for (uint32_t i = 0; i < w->n; i++)
		w->least[i] = INFINITY;
	for (uint32_t i = 0; i + 1 < w->n; i++) {
		const uint32_t count = w->n - i - 1;
		struct found best = { w->least[i], w->nearest[i] };
		look_along(row, count, i + 1, &best);
		w->least[i] = best.distance;
		w->nearest[i] = best.place;
		float *restrict least = w->least + i + 1;
		uint32_t *restrict nearest = w->nearest + i + 1;
		for (uint32_t j = 0; j < count; j++) {
			nearest[j] = row[j] < least[j] ? i : nearest[j];
			least[j] = row[j] < least[j] ? row[j] : least[j];
		}
		row += count;
	}
}

static struct found nearest_to(struct weighted *w, uint32_t x)
{
	const uint32_t known = w->nearest[x];
	if (known != x && w->weights[known] > 0 && *between(w, x, known) == w->least[x])
		return (struct found){ w->least[x], known };
	const struct found best = look(w, x);
	w->nearest[x] = best.place;
	w->least[x] = best.distance;
	return best;
}

static float reciprocal(struct weighted *w, uint32_t *x, uint32_t *y)
{
	if (w->length == 0) {
		uint32_t first = 0;
		while (w->weights[first] == 0)
			first++;
		w->chain[w->length++] = first;
	}
	for (;;) {
		const uint32_t at = w->chain[w->length - 1];
		const struct found best = nearest_to(w, at);
		if (w->length > 1) {
			// The one before wins where others are as near: chains come to an end.
			const uint32_t before = w->chain[w->length - 2];
			if (!(best.distance < *between(w, at, before))) {
				w->length -= 2;
				*x = at < before ? at : before;
				*y = at < before ? before : at;
				return best.distance;
			}
		}
		w->chain[w->length++] = best.place;
	}
}

// The mean of two distances, of which `to` has this share; rounding does not lead out of the two.
static inline float mix(float to, float from, float share)
{
	const float mean = from + (to - from) * share, low = to < from ? to : from;
	return mean < low ? low : mean;
}

// A distance to y, of which `from` is that to x, of cluster i.
static inline void mix_one(const struct weighted *w, uint32_t i, float *to, float *from,
                           float share, struct found *best)
{
	if (w->weights[i] > 0) {
		*to = mix(*to, *from, share);
		*from = INFINITY;
		if (*to < best->distance)
			*best = (struct found){ *to, i };
	}
}

// Those of the clusters before y.
static void join_before(struct weighted *w, uint32_t x, uint32_t y, float share, struct found *best)
{
	float *to_y = w->d + (y - 1), *to_x = w->d + (x > 0 ? x - 1 : 0);
	for (uint32_t i = 0; i < x; i++) {
		__builtin_prefetch(to_x + (size_t)AHEAD * column_step(w, i), 1);
		__builtin_prefetch(to_y + (size_t)AHEAD * column_step(w, i), 1);
		mix_one(w, i, to_y, to_x, share, best);
		to_x += column_step(w, i);
		to_y += column_step(w, i);
	}
	to_y += column_step(w, x);  // past d(x, y) itself
	float *row_x = w->d + condensed_at(w->n, x, x + 1);
	for (uint32_t i = x + 1; i < y; i++) {
		__builtin_prefetch(to_y + (size_t)AHEAD * column_step(w, i), 1);
		mix_one(w, i, to_y, row_x + (i - x - 1), share, best);
		to_y += column_step(w, i);
	}
}

// Those of the clusters behind y. Of what is gone both are infinite, and so they stay.
static void join_behind(struct weighted *w, uint32_t x, uint32_t y, float share, struct found *best)
{
	const uint32_t count = w->n - y - 1;
	if (count == 0)
		return;
	float *restrict to = w->d + condensed_at(w->n, y, y + 1);
	float *restrict from = w->d + condensed_at(w->n, x, y + 1);
	for (uint32_t i = 0; i < count; i++) {
		const float mean = mix(to[i], from[i], share);
		to[i] = from[i] < INFINITY ? mean : INFINITY;
		from[i] = INFINITY;
	}
	look_along(to, count, y + 1, best);
}

// x goes into y, x < y.
static void join(struct weighted *w, uint32_t x, uint32_t y)
{
	const uint32_t sum = w->weights[x] + w->weights[y];
	const float share = (float)((double)w->weights[y] / sum);
	struct found best = { INFINITY, y };
	join_before(w, x, y, share, &best);
	join_behind(w, x, y, share, &best);
	*between(w, x, y) = INFINITY;
	w->nearest[y] = best.place;
	w->least[y] = best.distance;
	w->weights[x] = 0;
	w->weights[y] = sum;
	w->left--;
}

// Writes the matrix without those that are gone. What stays moves towards the front, in order.
static void shrink(struct weighted *w)
{
	float *to = w->d;
	const float *row = w->d;
	for (uint32_t i = 0; i < w->n; i++) {
		if (w->weights[i] > 0)
			for (uint32_t j = i + 1; j < w->n; j++)
				if (w->weights[j] > 0)
					*to++ = row[j - i - 1];
		row += w->n - i - 1;
	}
	uint32_t *renamed = w->chain + w->n, count = 0;
	for (uint32_t i = 0; i < w->n; i++)
		renamed[i] = w->weights[i] > 0 ? count++ : UINT32_MAX;
	for (uint32_t k = 0; k < w->length; k++)
		w->chain[k] = renamed[w->chain[k]];
	for (uint32_t i = 0; i < w->n; i++) {
		const uint32_t at = renamed[i];
		if (at == UINT32_MAX)
			continue;
		const uint32_t nearest = renamed[w->nearest[i]];
		w->nearest[at] = nearest == UINT32_MAX ? at : nearest;
		w->least[at] = w->least[i];
		w->items[at] = w->items[i];
		w->weights[at] = w->weights[i];
	}
	w->n = count;
}

static bool link_all(struct weighted *w, struct merge *out, const struct limits *limits)
{
	const uint32_t n = w->n;
	for (uint32_t k = 0; k + 1 < n; k++) {
		if (limits != NULL && limits->is_cancelled != NULL &&
		    limits->is_cancelled(limits->context))
			return false;
		uint32_t x, y;
		const float height = reciprocal(w, &x, &y);
		out[k] = (struct merge){ w->items[x], w->items[y], (double)height, 0 };
		join(w, x, y);
		if (w->n > 32 && w->left < w->n - w->n / 6)
			shrink(w);
	}
	return true;
}

bool linkage_weighted(float *condensed, uint32_t n, const uint32_t *weights, struct merge *out,
                      const struct limits *limits, struct error *error)
{
	if (n < 2)
		return true;
	struct weighted w = {
		.d = condensed,
		.n = n,
		.left = n,
		.weights = memory_new(n, sizeof *w.weights),
		.items = memory_new(n, sizeof *w.items),
		.nearest = memory_new(n, sizeof *w.nearest),
		.least = memory_new(n, sizeof *w.least),
		.chain = memory_new(2 * (size_t)n, sizeof *w.chain),
	};
	bool is_done = w.weights != NULL && w.items != NULL && w.nearest != NULL &&
	               w.least != NULL && w.chain != NULL;
	if (!is_done) {
		error_memory(error, "linking clusters");
	} else {
		for (uint32_t i = 0; i < n; i++) {
			w.items[i] = w.nearest[i] = i;
			w.weights[i] = weights[i];
		}
		look_for_all(&w);
		is_done = link_all(&w, out, limits);
		if (!is_done)
			error_set(error, ERROR_FAILED, "interrupted");
	}
	memory_free(w.weights);
	memory_free(w.items);
	memory_free(w.nearest);
	memory_free(w.least);
	memory_free(w.chain);
	return is_done && linkage_number(out, n, weights, error);
}
