// SPDX-License-Identifier: MIT
#include "cluster/linkage.h"

#include "base/memory.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

// ---- what both share

struct by_height {
	double height;
	uint32_t found;  // the how manieth
};

static int compare_height(const void *a, const void *b)
{
	const struct by_height *x = a, *y = b;
	if (x->height != y->height)
		return x->height < y->height ? -1 : 1;
	return (x->found > y->found) - (x->found < y->found);
}

// The cluster that an item is in by now. Halves the way while it goes.
static uint32_t root_of(uint32_t *parents, uint32_t i)
{
	while (parents[i] != i) {
		parents[i] = parents[parents[i]];
		i = parents[i];
	}
	return i;
}

// Sizes are counted anew: where rounding makes a merge a little lower than one that it is made of, the order
// by height is not that in which they were found.
static void number(const struct merge *found, const struct by_height *order, uint32_t n,
                   const uint32_t *weights, uint32_t *parents, struct merge *out)
{
	for (uint32_t i = 0; i < 2 * n - 1; i++)
		parents[i] = i;
	for (uint32_t k = 0; k + 1 < n; k++) {
		const struct merge *m = &found[order[k].found];
		const uint32_t a = root_of(parents, m->left), b = root_of(parents, m->right);
		const uint32_t low = a < b ? a : b, high = a < b ? b : a;
		const uint32_t sizes[2] = {
			low >= n          ? out[low - n].size
			: weights != NULL ? weights[low]
					  : 1,
			high >= n         ? out[high - n].size
			: weights != NULL ? weights[high]
					  : 1,
		};
		parents[a] = parents[b] = n + k;
		out[k] = (struct merge){ low, high, m->height, sizes[0] + sizes[1] };
	}
}

bool linkage_number(struct merge *merges, uint32_t n, const uint32_t *weights, struct error *error)
{
	if (n < 2)
		return true;
	struct by_height *order = memory_new(n - 1, sizeof *order);
	struct merge *found = memory_new(n - 1, sizeof *found);
	uint32_t *parents = memory_new(2 * (size_t)n - 1, sizeof *parents);
	const bool is_done = order != NULL && found != NULL && parents != NULL;
	if (is_done) {
		for (uint32_t k = 0; k + 1 < n; k++)
			order[k] = (struct by_height){ merges[k].height, k };
		qsort(order, n - 1, sizeof *order, compare_height);
		memcpy(found, merges, (n - 1) * sizeof *found);
		number(found, order, n, weights, parents, merges);
	}
	memory_free(order);
	memory_free(found);
	memory_free(parents);
	return is_done || error_memory(error, "linking clusters");
}

bool linkage_cut(const struct merge *merges, uint32_t n, double cut, uint32_t *clusters,
                 uint32_t *count, struct error *error)
{
	uint32_t *parents = memory_new(2 * (size_t)n + 1, sizeof *parents);
	uint32_t *numbers = memory_new(2 * (size_t)n + 1, sizeof *numbers);
	const bool is_done = parents != NULL && numbers != NULL;
	if (is_done) {
		uint32_t found = 0;
		for (uint32_t i = 0; i < 2 * n; i++)
			parents[i] = i;
		for (uint32_t k = 0; k + 1 < n && merges[k].height <= cut; k++)
			parents[merges[k].left] = parents[merges[k].right] = n + k;
		for (uint32_t i = 0; i < n; i++) {
			const uint32_t root = root_of(parents, i);
			if (numbers[root] == 0)
				numbers[root] = ++found;
			clusters[i] = numbers[root] - 1;
		}
		*count = found;
	}
	memory_free(parents);
	memory_free(numbers);
	return is_done || error_memory(error, "cutting clusters");
}

static bool is_cancelled(const struct limits *limits, struct error *error)
{
	if (limits == NULL || limits->is_cancelled == NULL ||
	    !limits->is_cancelled(limits->context))
		return false;
	error_set(error, ERROR_FAILED, "interrupted");
	return true;
}

// ---- SciPy's loop

struct published {
	double *condensed;
	uint32_t n;
	uint32_t *sizes;  // 0: merged into another
	uint32_t *chain;
	uint32_t length;
};

static inline double *between(struct published *p, uint32_t i, uint32_t j)
{
	return &p->condensed[i < j ? condensed_at(p->n, i, j) : condensed_at(p->n, j, i)];
}

// Follows the chain to two that are each other's nearest, which leave it: *x < *y. Their distance.
static double reciprocal(struct published *p, uint32_t *x, uint32_t *y)
{
	if (p->length == 0) {
		uint32_t first = 0;
		while (p->sizes[first] == 0)
			first++;
		p->chain[p->length++] = first;
	}
	for (;;) {
		const uint32_t at = p->chain[p->length - 1];
		const uint32_t before = p->length > 1 ? p->chain[p->length - 2] : at;
		double least = p->length > 1 ? *between(p, at, before) : INFINITY;
		uint32_t nearest = before;
		for (uint32_t i = 0; i < p->n; i++) {
			if (p->sizes[i] == 0 || i == at || !(*between(p, at, i) < least))
				continue;
			least = *between(p, at, i);
			nearest = i;
		}
		if (p->length > 1 && nearest == before) {
			p->length -= 2;
			*x = at < before ? at : before;
			*y = at < before ? before : at;
			return least;
		}
		p->chain[p->length++] = nearest;
	}
}

static void join(struct published *p, uint32_t x, uint32_t y)
{
	const double nx = p->sizes[x], ny = p->sizes[y];
	p->sizes[y] += p->sizes[x];
	p->sizes[x] = 0;
	for (uint32_t i = 0; i < p->n; i++) {
		if (p->sizes[i] == 0 || i == y)
			continue;
		double *to = between(p, i, y);
		*to = (nx * *between(p, i, x) + ny * *to) / (nx + ny);
	}
}

bool linkage_published(double *condensed, uint32_t n, struct merge *out,
                       const struct limits *limits, struct error *error)
{
	struct published p = {
		.condensed = condensed,
		.n = n,
		.sizes = memory_new(n + 1, sizeof *p.sizes),
		.chain = memory_new(n + 1, sizeof *p.chain),
	};
	bool is_done = p.sizes != NULL && p.chain != NULL;
	if (!is_done)
		error_memory(error, "linking clusters");
	for (uint32_t i = 0; is_done && i < n; i++)
		p.sizes[i] = 1;
	for (uint32_t k = 0; is_done && k + 1 < n; k++) {
		uint32_t x = 0, y = 0;
		const double height = reciprocal(&p, &x, &y);
		join(&p, x, y);
		out[k] = (struct merge){ x, y, height, 0 };
		is_done = !is_cancelled(limits, error);
	}
	memory_free(p.sizes);
	memory_free(p.chain);
	return is_done && linkage_number(out, n, NULL, error);
}
