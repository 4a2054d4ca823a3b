// SPDX-License-Identifier: MIT
#include "cluster/linkage.h"

#include "base/memory.h"
#include "base/random.h"
#include "base/test.h"
#include "cluster/newick.h"

#include <math.h>
#include <string.h>

// Distances of 12 items that are nearly all tied, and what SciPy 1.10.1 makes of them.
enum { KNOWN = 12 };
static const uint8_t known_distances[] = { 4, 4, 3, 4, 3, 1, 2, 3, 1, 2, 3, 5, 4, 3, 1, 4, 4,
	                                   3, 2, 2, 2, 1, 2, 2, 2, 2, 3, 5, 2, 5, 4, 1, 2, 2,
	                                   5, 3, 4, 4, 2, 5, 3, 4, 1, 3, 3, 3, 1, 3, 4, 2, 5,
	                                   4, 1, 5, 3, 1, 4, 1, 1, 1, 5, 5, 4, 3, 1, 1 };
static const struct merge known_merges[] = {
	{ 0, 6, 0x1.0000000000000p+0, 2 },    { 1, 5, 0x1.0000000000000p+0, 2 },
	{ 2, 3, 0x1.0000000000000p+0, 2 },    { 7, 9, 0x1.0000000000000p+0, 2 },
	{ 11, 15, 0x1.0000000000000p+0, 3 },  { 10, 16, 0x1.aaaaaaaaaaaabp+0, 4 },
	{ 8, 12, 0x1.0000000000000p+1, 3 },   { 4, 13, 0x1.4000000000000p+1, 3 },
	{ 17, 19, 0x1.5555555555555p+1, 7 },  { 14, 18, 0x1.9555555555555p+1, 5 },
	{ 20, 21, 0x1.abe2be2be2be3p+1, 12 },
};

TEST(published_is_scipys_with_ties)
{
	struct error error;
	double d[sizeof known_distances];
	struct merge merges[KNOWN - 1];
	for (size_t i = 0; i < sizeof known_distances; i++)
		d[i] = known_distances[i];
	CHECK(pairs_of(KNOWN) == sizeof known_distances && pairs_of(0) == 0 && pairs_of(1) == 0);
	CHECK(linkage_published(d, KNOWN, merges, NULL, &error));
	for (unsigned k = 0; k < KNOWN - 1; k++) {
		CHECK(merges[k].left == known_merges[k].left &&
		      merges[k].right == known_merges[k].right);
		CHECK(merges[k].height == known_merges[k].height &&
		      merges[k].size == known_merges[k].size);
	}
}

TEST(a_cut_joins_at_its_height)
{
	static const uint32_t at_2[KNOWN] = { 0, 1, 2, 2, 3, 1, 0, 4, 0, 4, 4, 4 };
	struct error error;
	uint32_t clusters[KNOWN], count = 0;
	// By fcluster(Z, 2, "distance"), numbered by first items.
	CHECK(linkage_cut(known_merges, KNOWN, 2, clusters, &count, &error));
	CHECK(count == 5 && memcmp(clusters, at_2, sizeof at_2) == 0);
	CHECK(linkage_cut(known_merges, KNOWN, 0.5, clusters, &count, &error) && count == KNOWN);
	CHECK(linkage_cut(known_merges, KNOWN, 9, clusters, &count, &error) && count == 1);
	CHECK(linkage_cut(NULL, 1, 9, clusters, &count, &error) && count == 1 && clusters[0] == 0);
}

// ---- items with weights

enum { ITEMS_MAX = 240 };

// Points on a plane in some heaps; as coordinates are whole numbers of 1/32, some distances are equal.
static void points(struct random *r, uint32_t n, bool is_tied, double (*at)[2])
{
	for (uint32_t i = 0; i < n; i++)
		for (int k = 0; k < 2; k++) {
			at[i][k] = random_below(r, 4) + random_unit(r) / 2;
			if (is_tied)
				at[i][k] = round(at[i][k] * 32) / 32;
		}
}

static double distance(const double *a, const double *b)
{
	return hypot(a[0] - b[0], a[1] - b[1]);
}

// That weights are numbers of equal items: the same cuts as of all of them one by one.
static void check_weights(struct random *r, uint32_t n)
{
	static double at[ITEMS_MAX][2];
	static uint32_t weights[ITEMS_MAX], of[ITEMS_MAX * 4], one[ITEMS_MAX * 4],
		all[ITEMS_MAX * 4];
	static struct merge few[ITEMS_MAX], many[ITEMS_MAX * 4];
	struct error error;
	uint32_t total = 0, few_count, many_count;
	points(r, n, false, at);
	for (uint32_t i = 0; i < n; i++) {
		weights[i] = 1 + random_below(r, 4);
		for (uint32_t k = 0; k < weights[i]; k++)
			of[total++] = i;
	}
	float *unique = memory_new(linkage_floats(n), sizeof *unique);
	double *each = memory_new(pairs_of(total) + 1, sizeof *each);
	for (uint32_t i = 0; i < n; i++)
		for (uint32_t j = i + 1; j < n; j++)
			unique[condensed_at(n, i, j)] = (float)distance(at[i], at[j]);
	for (uint32_t i = 0; i < total; i++)
		for (uint32_t j = i + 1; j < total; j++)
			each[condensed_at(total, i, j)] = distance(at[of[i]], at[of[j]]);
	CHECK(linkage_weighted(unique, n, weights, few, NULL, &error));
	CHECK(linkage_published(each, total, many, NULL, &error));
	for (uint32_t k = 0; k + 1 < n; k++)
		CHECK(fabs(few[k].height - many[total - n + k].height) < 1e-5);
	CHECK(n < 2 || few[n - 2].size == total);
	for (double cut = 0.05; cut < 3; cut += 0.173) {
		CHECK(linkage_cut(few, n, cut, one, &few_count, &error));
		CHECK(linkage_cut(many, total, cut, all, &many_count, &error));
		CHECK(few_count == many_count);
		for (uint32_t i = 0; i < total; i++)
			CHECK(one[of[i]] == all[i]);
	}
	memory_free(unique);
	memory_free(each);
}

TEST(weights_are_numbers_of_equal_items)
{
	struct random r = random_from(5);
	for (uint32_t n = 1; n < 12; n++)
		check_weights(&r, n);
	for (unsigned i = 0; i < random_rounds(20); i++)
		check_weights(&r, 12 + random_below(&r, ITEMS_MAX - 12));
}

// With ties there are several right answers; each merge still has to be of the least mean distance of all.
static void check_heights(const double (*at)[2], const struct merge *merges, uint32_t n)
{
	static uint32_t cluster[ITEMS_MAX];
	for (uint32_t i = 0; i < n; i++)
		cluster[i] = i;
	for (uint32_t k = 0; k + 1 < n; k++) {
		double sum = 0;
		uint32_t pairs = 0, size = 0;
		for (uint32_t i = 0; i < n; i++)
			for (uint32_t j = 0; j < n; j++)
				if (cluster[i] == merges[k].left && cluster[j] == merges[k].right) {
					sum += distance(at[i], at[j]);
					pairs++;
				}
		CHECK(pairs > 0 && fabs(sum / pairs - merges[k].height) < 1e-5);
		CHECK(k == 0 || merges[k].height >= merges[k - 1].height);
		for (uint32_t i = 0; i < n; i++)
			if (cluster[i] == merges[k].left || cluster[i] == merges[k].right) {
				cluster[i] = n + k;
				size++;
			}
		CHECK(size == merges[k].size);
	}
}

TEST(heights_are_mean_distances_also_with_ties)
{
	struct random r = random_from(6);
	static double at[ITEMS_MAX][2];
	static float d[(ITEMS_MAX + 4) * (ITEMS_MAX + 4)];
	static uint32_t weights[ITEMS_MAX];
	static struct merge merges[ITEMS_MAX];
	struct error error;
	for (unsigned round = 0; round < random_rounds(8); round++) {
		const uint32_t n = 100 + random_below(&r, 60);
		points(&r, n, true, at);
		for (uint32_t i = 0; i < n; i++)
			for (uint32_t j = i + 1; j < n; j++)
				d[condensed_at(n, i, j)] = (float)distance(at[i], at[j]);
		for (uint32_t i = 0; i < n; i++)
			weights[i] = 1;
		CHECK(linkage_weighted(d, n, weights, merges, NULL, &error));
		check_heights((const double(*)[2])at, merges, n);
	}
}

static bool always(void *context)
{
	return context == NULL;
}

static void letter(const void *context, uint32_t item, struct buffer *out)
{
	buffer_byte(out, ((const uint8_t *)context)[item]);
}

static bool is_newick(const struct merge *merges, uint32_t n, const char *expected)
{
	struct error error;
	struct buffer out = buffer_up_to(4096);
	CHECK(newick_write(&out, merges, n, letter, "abcd", &error));
	buffer_byte(&out, 0);
	const bool is_equal = text_equal((const char *)out.bytes, expected);
	buffer_done(&out);
	return is_equal;
}

TEST(trees_as_newick)
{
	static const struct merge merges[] = { { 0, 2, 0.1, 2 },
		                               { 1, 3, 0.5, 2 },
		                               { 4, 5, 0.75, 4 } };
	CHECK(is_newick(NULL, 0, ";\n"));
	CHECK(is_newick(NULL, 1, "a;\n"));
	CHECK(is_newick(merges, 4, "((a:0.05,c:0.05):0.325,(b:0.25,d:0.25):0.125);\n"));
}

TEST(a_deep_tree_takes_no_stack)
{
	enum { DEEP = 200000 };
	static struct merge merges[DEEP];
	static uint8_t names[DEEP + 1];
	struct error error;
	struct buffer out = buffer_up_to(64 << 20);
	for (uint32_t i = 0; i <= DEEP; i++)
		names[i] = 'x';
	for (uint32_t k = 0; k < DEEP; k++)
		merges[k] = (struct merge){ k + 1, k == 0 ? 0 : DEEP + k, k, k + 2 };
	CHECK(newick_write(&out, merges, DEEP + 1, letter, names, &error));
	CHECK(out.length > DEEP * 4);
	buffer_done(&out);
}

TEST(somebody_may_cancel)
{
	const struct limits limits = { .is_cancelled = always };
	struct error error;
	float f[16] = { 1, 2, 3 };
	double d[3] = { 1, 2, 3 };
	uint32_t weights[3] = { 1, 1, 1 };
	struct merge merges[2];
	CHECK(!linkage_published(d, 3, merges, &limits, &error));
	CHECK(!linkage_weighted(f, 3, weights, merges, &limits, &error));
}

TEST(without_memory_it_fails)
{
	for (unsigned long at = 1; at < 5; at++) {
		struct error error = { 0 };
		float f[16] = { 1, 2, 3 };
		uint32_t weights[3] = { 1, 1, 1 }, clusters[3], count = 7;
		struct merge merges[2];
		memory_fail_at(at);
		CHECK(!linkage_weighted(f, 3, weights, merges, NULL, &error));
		memory_fail_at(1);
		CHECK(!linkage_cut(merges, 3, 1, clusters, &count, &error) && count == 7);
		memory_fail_at(0);
		CHECK(error.kind == ERROR_FAILED);
	}
}

TEST_MAIN
