// SPDX-License-Identifier: MIT
#include "cluster/score.h"
#include "base/memory.h"

#include <math.h>
#include <stdlib.h>

__extension__ typedef __int128 i128;

// ---- the table of contingency: its cells that are not empty, and what its rows and columns sum up to

struct cell {
	uint32_t items, row, col;
};

struct table {
	uint64_t *pairs;  // of items: cluster in the high half, column in the low one
	uint32_t *names;  // of columns, ascending; of each item first
	struct cell *cells;
	uint32_t *rows, *cols;  // sizes of clusters and of labels
	size_t row_count, col_count, cell_count;
	size_t items;
};

static int compare_u64(const void *a, const void *b)
{
	const uint64_t one = *(const uint64_t *)a, other = *(const uint64_t *)b;
	return (one > other) - (one < other);
}

static int compare_u32(const void *a, const void *b)
{
	const uint32_t one = *(const uint32_t *)a, other = *(const uint32_t *)b;
	return (one > other) - (one < other);
}

static bool table_new(struct table *t, size_t items)
{
	*t = (struct table){ .items = items };
	t->pairs = memory_new(items, sizeof *t->pairs);
	t->names = memory_new(items, sizeof *t->names);
	t->cells = memory_new(items, sizeof *t->cells);
	t->rows = memory_new(items, sizeof *t->rows);
	t->cols = memory_new(items, sizeof *t->cols);
	return t->pairs != NULL && t->names != NULL && t->cells != NULL && t->rows != NULL &&
	       t->cols != NULL;
}

static void table_done(struct table *t)
{
	memory_free(t->pairs);
	memory_free(t->names);
	memory_free(t->cells);
	memory_free(t->rows);
	memory_free(t->cols);
}

// Columns are labels in ascending order, so that each has a number below their count.
static void name_columns(struct table *t, const uint32_t *labels)
{
	for (size_t i = 0; i < t->items; i++)
		t->names[i] = labels[i];
	qsort(t->names, t->items, sizeof *t->names, compare_u32);
	for (size_t i = 0; i < t->items; i++)
		if (i == 0 || t->names[i] != t->names[t->col_count - 1])
			t->names[t->col_count++] = t->names[i];
}

static uint32_t column_of(const struct table *t, uint32_t label)
{
	const uint32_t *name = bsearch(&label, t->names, t->col_count, sizeof *t->names,
	                               compare_u32);
	return (uint32_t)(name - t->names);
}

static void fill(struct table *t, const uint32_t *clusters, const uint32_t *labels)
{
	name_columns(t, labels);
	for (size_t i = 0; i < t->items; i++)
		t->pairs[i] = (uint64_t)clusters[i] << 32 | column_of(t, labels[i]);
	qsort(t->pairs, t->items, sizeof *t->pairs, compare_u64);
	for (size_t i = 0; i < t->items; i++) {
		const bool is_first = i == 0;
		if (is_first || t->pairs[i] >> 32 != t->pairs[i - 1] >> 32)
			t->row_count++;
		const uint32_t row = (uint32_t)(t->row_count - 1), col = (uint32_t)t->pairs[i];
		if (is_first || t->pairs[i] != t->pairs[i - 1])
			t->cells[t->cell_count++] = (struct cell){ 0, row, col };
		t->cells[t->cell_count - 1].items++;
		t->rows[row]++;
		t->cols[col]++;
	}
}

// ---- ARI

static uint64_t pairs_of(uint64_t items)
{
	return items * (items - 1) / 2;
}

// Exact until the division: with few pairs together, what is subtracted nearly equals what is left.
static double adjusted_rand(const struct table *t)
{
	uint64_t both = 0, rows = 0, cols = 0;
	for (size_t i = 0; i < t->cell_count; i++)
		both += pairs_of(t->cells[i].items);
	for (size_t i = 0; i < t->row_count; i++)
		rows += pairs_of(t->rows[i]);
	for (size_t i = 0; i < t->col_count; i++)
		cols += pairs_of(t->cols[i]);
	const uint64_t all = pairs_of(t->items);
	const i128 chance = (i128)rows * cols;
	const i128 above = (i128)both * all - chance;
	const i128 most = (i128)(rows + cols) * all - 2 * chance;
	return most == 0 ? 1 : 2 * (double)above / (double)most;
}

// ---- entropies

static double entropy(const uint32_t *sizes, size_t count, double items)
{
	double sum = 0;
	for (size_t i = 0; i < count; i++)
		sum -= sizes[i] / items * log(sizes[i] / items);
	return sum < 0 ? 0 : sum;
}

static double mutual_information(const struct table *t)
{
	const double items = (double)t->items;
	double sum = 0;
	for (size_t i = 0; i < t->cell_count; i++) {
		const struct cell *cell = &t->cells[i];
		const double expected = (double)t->rows[cell->row] * t->cols[cell->col] / items;
		sum += cell->items / items * log(cell->items / expected);
	}
	return sum < 0 ? 0 : sum;
}

// ---- the mutual information to expect

// A sum that does not lose what is small.
struct sum {
	double value, lost;
};

static void add(struct sum *sum, double term)
{
	const double next = sum->value + term;
	sum->lost += fabs(sum->value) >= fabs(term) ? (sum->value - next) + term
	                                            : (term - next) + sum->value;
	sum->value = next;
}

// What a cell of a row of `a` items and a column of `b` of them is expected to add, times n: the sum over
// k, hypergeometric, of k log(k n / (a b)). Weights of k are relative to the most frequent k's, and each
// comes from its neighbour's; divided by their sum they are chances, without a factorial. Far from
// there they are too small to matter, and the walk ends.
struct walk {
	double a, b, n;
	double weights;
	struct sum terms;
	double magnitude;  // of the terms
};

static bool take(struct walk *w, double k, double weight)
{
	const double term = k == 0 ? 0 : weight * k * log(k * w->n / (w->a * w->b));
	w->weights += weight;
	add(&w->terms, term);
	w->magnitude += fabs(term);
	// A term can be 0 in the middle, where k is what is expected; weights do not come back.
	return k == 0 || weight * (k + 1) > 1e-19 * w->magnitude || weight > 1e-19 * w->weights;
}

static double expected_of_cell(double a, double b, double n)
{
	struct walk w = { .a = a, .b = b, .n = n };
	const double most = a < b ? a : b, least = a + b > n ? a + b - n : 0;
	double middle = floor((a + 1) * (b + 1) / (n + 2));
	middle = middle < least ? least : middle > most ? most : middle;
	double weight = 1;
	take(&w, middle, weight);
	for (double k = middle; k < most; k++) {
		weight *= (a - k) * (b - k) / ((k + 1) * (n - a - b + k + 1));
		if (!take(&w, k + 1, weight))
			break;
	}
	weight = 1;
	for (double k = middle; k > least; k--) {
		weight *= k * (n - a - b + k) / ((a - k + 1) * (b - k + 1));
		if (!take(&w, k - 1, weight))
			break;
	}
	return (w.terms.value + w.terms.lost) / w.weights;
}

// Sorts sizes and leaves each once; `times` says how often it was there.
static size_t distinct(uint32_t *sizes, size_t count, uint32_t *times)
{
	size_t kept = 0;
	qsort(sizes, count, sizeof *sizes, compare_u32);
	for (size_t i = 0; i < count; i++) {
		if (kept == 0 || sizes[kept - 1] != sizes[i]) {
			sizes[kept] = sizes[i];
			times[kept++] = 0;
		}
		times[kept - 1]++;
	}
	return kept;
}

// Rows and columns are only sizes from here on, and few of them differ.
static double expected_information(struct table *t)
{
	uint32_t *row_times = (uint32_t *)t->pairs, *col_times = row_times + t->items;
	const size_t rows = distinct(t->rows, t->row_count, row_times);
	const size_t cols = distinct(t->cols, t->col_count, col_times);
	const double n = (double)t->items;
	struct sum sum = { 0 };
	for (size_t i = 0; i < rows; i++)
		for (size_t k = 0; k < cols; k++)
			add(&sum, (double)row_times[i] * col_times[k] / n *
			                  expected_of_cell(t->rows[i], t->cols[k], n));
	return sum.value + sum.lost;
}

// ---- all of them

static void score(struct table *t, struct score *out)
{
	const double items = (double)t->items;
	*out = (struct score){ .items = t->items,
		               .clusters = t->row_count,
		               .labels = t->col_count };
	out->ari = adjusted_rand(t);
	// Equal but for names: exactly 1, where rounding would have it nearly so.
	if (t->cell_count == t->row_count && t->cell_count == t->col_count) {
		out->ami = out->homogeneity = out->completeness = out->v = 1;
		return;
	}
	const double of_clusters = entropy(t->rows, t->row_count, items);
	const double of_labels = entropy(t->cols, t->col_count, items);
	const double information = mutual_information(t);
	out->homogeneity = of_labels > 0 ? fmin(information / of_labels, 1) : 1;
	out->completeness = of_clusters > 0 ? fmin(information / of_clusters, 1) : 1;
	const double both = out->homogeneity + out->completeness;
	out->v = both > 0 ? 2 * out->homogeneity * out->completeness / both : 0;
	const double expected = expected_information(t);
	const double most = (of_clusters + of_labels) / 2 - expected;
	// Where chance leaves nothing to be found, nothing was.
	out->ami = most > 1e-12 ? (information - expected) / most : 0;
}

bool score_partitions(const uint32_t *clusters, const uint32_t *labels, size_t count,
                      struct score *out, struct error *error)
{
	if (count > SCORE_ITEMS_MAX)
		return error_set(error, ERROR_FAILED, "more than %d items to be scored",
		                 SCORE_ITEMS_MAX);
	if (count == 0) {
		*out = (struct score){ 1, 1, 1, 1, 1, 0, 0, 0 };
		return true;
	}
	struct table t;
	const bool has_room = table_new(&t, count);
	if (has_room) {
		fill(&t, clusters, labels);
		score(&t, out);
	}
	table_done(&t);
	return has_room || error_memory(error, "scores");
}
