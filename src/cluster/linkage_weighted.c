// SPDX-License-Identifier: MIT
// What costs is memory, and above all columns: in the condensed matrix the distances of one item to those before it
// lie each in another line of the cache. So the matrix is written anew, in its own room, in tiles of 4 x 4 distances,
// one line each, of which a row needs as many of the numbers as a column. A cluster's distances are taken from their
// tiles to a row, and all arithmetic is about rows.
//
// Clusters that are gone stay in the matrix, and a row of zeros and infinities, added to what was taken, tells them;
// when a sixth of it is gone, the matrix is written anew without them.
//
// Nobody comes nearer by merging: the distance to what two became is between those to the two. So who was
// nearest to a cluster is so until it merges itself, and is remembered; of what has just been made it is
// found while its distances are written.
#include "cluster/linkage.h"

#include "base/memory.h"

#include <math.h>
#include <string.h>

enum { TILE = 4, TILE_FLOATS = TILE * TILE };

struct weighted {
	float *tiles;       // those on the diagonal and behind it, row by row
	uint32_t n;         // places that the matrix has by now
	uint32_t side;      // how many tiles these are
	uint32_t left;      // clusters that are left
	uint32_t *weights;  // by place; 0: gone
	uint32_t *items;    // by place: the item whose place it was in the beginning
	uint32_t *nearest;  // by place: who was nearest when somebody looked
	float *least;       // and how near: what the matrix says of the two, or it is no longer so
	float *gone;        // by place, to the end of the last tile: 0, or infinite
	float *rows[TILE];  // scratch room, each as long
	uint32_t *chain, length;
	uint32_t *room;  // for twice as many
};

// ---- tiles

static inline uint32_t tiles_for(uint32_t n)
{
	return (n + TILE - 1) / TILE;
}

// The tiles of TILE clusters one behind the other begin at their diagonal.
static inline float *strip_at(const struct weighted *w, uint32_t strip)
{
	return w->tiles +
	       ((size_t)strip * w->side - (size_t)strip * (strip - (strip > 0)) / 2) * TILE_FLOATS;
}

size_t linkage_floats(uint32_t n)
{
	const size_t side = tiles_for(n);
	return side * (side + 1) / 2 * TILE_FLOATS;
}

static inline const float *between(const struct weighted *w, uint32_t i, uint32_t j)
{
	const uint32_t low = i < j ? i : j, high = i < j ? j : i;
	return strip_at(w, low / TILE) + (size_t)(high / TILE - low / TILE) * TILE_FLOATS +
	       low % TILE * TILE + high % TILE;
}

// From one tile of a column to the next the step shrinks by one.
static inline size_t step_down(const struct weighted *w, uint32_t strip)
{
	return (size_t)(w->side - strip - 1) * TILE_FLOATS;
}

// Where the tile stands that is to be fetched before the column comes to it.
enum { AHEAD = 24 };
static inline const float *ahead(const struct weighted *w, uint32_t strip, const float *tile)
{
	return tile + AHEAD * step_down(w, strip) - AHEAD * (AHEAD - 1) / 2 * TILE_FLOATS;
}

// The distances of x to those of its own strip and behind it; in front of them `row` stays as it is.
static inline void take_behind(const struct weighted *w, uint32_t x, float *restrict row)
{
	const uint32_t strip = x / TILE;
	const float *restrict tile = strip_at(w, strip) + x % TILE * TILE;
	for (uint32_t i = strip; i < w->side; i++, tile += TILE_FLOATS)
		memcpy(row + (size_t)i * TILE, tile, TILE * sizeof *row);
}

static void take(const struct weighted *w, uint32_t x, float *restrict row)
{
	const uint32_t strip = x / TILE;
	const float *restrict tile = w->tiles + (size_t)strip * TILE_FLOATS + x % TILE;
	for (uint32_t i = 0; i < strip; i++) {
		__builtin_prefetch(ahead(w, i, tile));
		for (unsigned k = 0; k < TILE; k++)
			row[(size_t)i * TILE + k] = tile[k * TILE];
		tile += step_down(w, i);
	}
	take_behind(w, x, row);
}

static void put(struct weighted *w, uint32_t x, const float *restrict row)
{
	const uint32_t strip = x / TILE;
	float *restrict tile = w->tiles + (size_t)strip * TILE_FLOATS + x % TILE;
	for (uint32_t i = 0; i <= strip; i++) {  // the diagonal's tile has both halves
		__builtin_prefetch(ahead(w, i, tile), 1);
		for (unsigned k = 0; k < TILE; k++)
			tile[k * TILE] = row[(size_t)i * TILE + k];
		tile += step_down(w, i);
	}
	tile = strip_at(w, strip) + x % TILE * TILE;
	for (uint32_t i = strip; i < w->side; i++, tile += TILE_FLOATS)
		memcpy(tile, row + (size_t)i * TILE, TILE * sizeof *row);
}

// Writes the scratch rows, of which only what is behind the diagonal counts, as a strip of a matrix of `side` tiles.
static void put_strip(struct weighted *w, uint32_t strip)
{
	float *const *rows = w->rows;
	const size_t first = (size_t)strip * TILE;
	for (unsigned r = 0; r < TILE; r++) {
		rows[r][first + r] = INFINITY;
		for (unsigned k = r + 1; k < TILE; k++)
			rows[k][first + r] = rows[r][first + k];
	}
	float *restrict tile = strip_at(w, strip);
	for (uint32_t i = strip; i < w->side; i++)
		for (unsigned r = 0; r < TILE; r++, tile += TILE)
			memcpy(tile, rows[r] + (size_t)i * TILE, TILE * sizeof *tile);
}

// ---- who is nearest

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

// The first of the least; `none` where all are infinite.
static struct found first_least(const float *row, uint32_t count, uint32_t none)
{
	const float low = least_of(row, count);
	uint32_t i = 0;
	if (!(low < INFINITY))
		return (struct found){ INFINITY, none };
	while (row[i] != low)
		i++;
	return (struct found){ low, i };
}

static struct found look(const struct weighted *w, uint32_t x)
{
	float *restrict row = w->rows[0];
	const float *restrict gone = w->gone;
	take(w, x, row);
	for (uint32_t i = 0; i < w->n; i++)
		row[i] += gone[i];
	return first_least(row, w->n, x);
}

// Looks for all at once, while the matrix is written in tiles. These take more room than the distances in front of
// them did, so the last come first; of equal distances the first counts.
static void look_along(struct weighted *w, uint32_t i, const float *restrict row)
{
	const uint32_t count = w->n - i - 1;
	float *restrict least = w->least + i + 1;
	uint32_t *restrict nearest = w->nearest + i + 1;
	const struct found best = first_least(row, count, UINT32_MAX);
	w->least[i] = best.distance;
	w->nearest[i] = best.place == UINT32_MAX ? i : i + 1 + best.place;
	for (uint32_t j = 0; j < count; j++) {
		nearest[j] = row[j] <= least[j] ? i : nearest[j];
		least[j] = row[j] <= least[j] ? row[j] : least[j];
	}
}

static void look_for_all(struct weighted *w)
{
	const float *condensed = w->tiles + pairs_of(w->n);
	for (uint32_t strip = w->side; strip-- > 0;) {
		for (unsigned r = TILE; r-- > 0;) {
			const uint32_t i = strip * TILE + r;
			float *row = w->rows[r] + i + 1;
			if (i >= w->n)
				continue;
			condensed -= w->n - i - 1;
			memcpy(row, condensed, (w->n - i - 1) * sizeof *row);
			look_along(w, i, row);
		}
		put_strip(w, strip);
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

// ---- merging

// The mean of two distances, of which `to` has this share; rounding does not lead out of the two.
static inline float mix(float to, float from, float share)
{
	const float mean = from + (to - from) * share, low = to < from ? to : from;
	return mean < low ? low : mean;
}

// x goes into y, x < y.
static void join(struct weighted *w, uint32_t x, uint32_t y)
{
	const uint32_t sum = w->weights[x] + w->weights[y];
	const float share = (float)((double)w->weights[y] / sum);
	const float *restrict gone = w->gone;
	float *restrict from = w->rows[0], *restrict to = w->rows[1];
	w->gone[x] = INFINITY;
	take(w, x, from);
	take(w, y, to);
	to[y] = from[y] = INFINITY;  // of x and y nobody asks any more
	for (uint32_t i = 0; i < w->n; i++)
		to[i] = gone[i] > 0 ? INFINITY : mix(to[i], from[i], share);
	const struct found best = first_least(to, w->n, y);
	put(w, y, to);
	w->nearest[y] = best.place;
	w->least[y] = best.distance;
	w->weights[x] = 0;
	w->weights[y] = sum;
	w->left--;
}

// Writes the matrix without those that are gone. What stays moves towards the front, in order.
static void shrink_tiles(struct weighted *w, const uint32_t *kept)
{
	struct weighted smaller = *w;
	smaller.n = w->left;
	smaller.side = tiles_for(w->left);
	for (uint32_t strip = 0; strip < smaller.side; strip++) {
		const uint32_t first = strip * TILE;
		for (uint32_t i = first; i < first + TILE && i < w->left; i++) {
			float *row = w->rows[i - first];
			take_behind(w, kept[i], row);
			for (uint32_t k = first; k < w->left; k++)
				row[k] = row[kept[k]];
		}
		put_strip(&smaller, strip);
	}
	w->n = smaller.n;
	w->side = smaller.side;
}

static void shrink(struct weighted *w)
{
	uint32_t *renamed = w->room, *kept = w->room + w->n, count = 0;
	for (uint32_t i = 0; i < w->n; i++) {
		renamed[i] = w->weights[i] > 0 ? count : UINT32_MAX;
		if (w->weights[i] > 0)
			kept[count++] = i;
	}
	for (uint32_t k = 0; k < w->length; k++)
		w->chain[k] = renamed[w->chain[k]];
	for (uint32_t at = 0; at < count; at++) {
		const uint32_t i = kept[at], nearest = renamed[w->nearest[i]];
		w->nearest[at] = nearest == UINT32_MAX ? at : nearest;
		w->least[at] = w->least[i];
		w->items[at] = w->items[i];
		w->weights[at] = w->weights[i];
		w->gone[at] = 0;
	}
	shrink_tiles(w, kept);
}

// ---- all of it

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

static bool start(struct weighted *w, const uint32_t *weights)
{
	const size_t width = (size_t)w->side * TILE;
	w->weights = memory_new(w->n, sizeof *w->weights);
	w->items = memory_new(w->n, sizeof *w->items);
	w->nearest = memory_new(w->n, sizeof *w->nearest);
	w->least = memory_new(w->n, sizeof *w->least);
	w->gone = memory_new(w->n, sizeof *w->gone);
	w->chain = memory_new(w->n, sizeof *w->chain);
	w->room = memory_new(2 * (size_t)w->n, sizeof *w->room);
	w->rows[0] = memory_new(TILE * width, sizeof *w->rows[0]);
	if (w->weights == NULL || w->items == NULL || w->nearest == NULL || w->least == NULL ||
	    w->gone == NULL || w->chain == NULL || w->room == NULL || w->rows[0] == NULL)
		return false;
	for (unsigned i = 1; i < TILE; i++)
		w->rows[i] = w->rows[0] + i * width;
	for (uint32_t i = 0; i < w->n; i++) {
		w->items[i] = i;
		w->weights[i] = weights[i];
	}
	return true;
}

bool linkage_weighted(float *distances, uint32_t n, const uint32_t *weights, struct merge *out,
                      const struct limits *limits, struct error *error)
{
	if (n < 2)
		return true;
	struct weighted w = { .tiles = distances, .n = n, .side = tiles_for(n), .left = n };
	bool is_done = start(&w, weights) || error_memory(error, "linking clusters");
	if (is_done) {
		look_for_all(&w);
		is_done = link_all(&w, out, limits) ||
		          error_set(error, ERROR_FAILED, "interrupted");
	}
	memory_free(w.weights);
	memory_free(w.items);
	memory_free(w.nearest);
	memory_free(w.least);
	memory_free(w.gone);
	memory_free(w.chain);
	memory_free(w.room);
	memory_free(w.rows[0]);
	return is_done && linkage_number(out, n, weights, error);
}
