// SPDX-License-Identifier: MIT
// Scores: against values of scikit-learn 1.2.1 (Debian's python3-sklearn, run by hand on the same made
// partitions), against naive ones that count pairs and take factorials, and what must hold of all.
#include "base/memory.h"
#include "base/random.h"
#include "base/test.h"
#include "cluster/score.h"

#include <math.h>

static struct score scored(const uint32_t *clusters, const uint32_t *labels, size_t count)
{
	struct score s = { 0 };
	struct error error;
	CHECK(score_partitions(clusters, labels, count, &s, &error));
	return s;
}

static bool is_near(double a, double b, double by)
{
	if (fabs(a - b) > by)
		printf("%.15g is not %.15g\n", a, b);
	return fabs(a - b) <= by;
}

static void check_near(const struct score *s, const double expected[5], double by)
{
	CHECK(is_near(s->ari, expected[0], by));
	CHECK(is_near(s->ami, expected[1], by));
	CHECK(is_near(s->homogeneity, expected[2], by));
	CHECK(is_near(s->completeness, expected[3], by));
	CHECK(is_near(s->v, expected[4], by));
}

// ---- scikit-learn

TEST(few_items_as_scikit_learn)
{
	static const struct {
		uint32_t clusters[6], labels[6];
		size_t count;
		double expected[5];
	} cases[] = {
		{ { 0, 0, 1, 1, 2, 2 },
		  { 0, 0, 1, 2, 2, 2 },
		  6,
		  { 0.444444444444444, 0.502360702720273, 0.771556173679471, 0.710309917857152,
		    0.739667376800759 } },
		{ { 0, 0, 0, 0, 0, 0 }, { 0, 1, 2, 3, 4, 5 }, 6, { 0, 0, 0, 1, 0 } },
		{ { 0, 1, 2, 3 }, { 0, 0, 1, 1 }, 4, { 0, 0, 1, 0.5, 0.666666666666667 } },
		{ { 0, 0, 0, 1, 1, 1 },
		  { 0, 1, 0, 1, 0, 1 },
		  6,
		  { -0.111111111111111, -0.111111111111111, 0.0817041659455108, 0.0817041659455108,
		    0.0817041659455108 } },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		const struct score s = scored(cases[i].clusters, cases[i].labels, cases[i].count);
		check_near(&s, cases[i].expected, 1e-13);
	}
}

static uint32_t next(uint64_t *state)
{
	*state = *state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return (uint32_t)(*state >> 33);
}

// `noise` percent of the labels follow nothing. Small numbers of clusters are more frequent.
static void make(uint32_t *clusters, uint32_t *labels, size_t count, const uint32_t how[4])
{
	uint64_t state = how[3];
	for (size_t i = 0; i < count; i++) {
		const uint32_t chance = next(&state) % 100;
		const uint32_t one = next(&state) % how[0], other = next(&state) % how[0];
		clusters[i] = one < other ? one : other;
		labels[i] = chance >= how[2] ? clusters[i] % how[1] : next(&state) % how[1];
	}
}

TEST(many_items_as_scikit_learn)
{
	enum { MOST = 60000 };
	static const struct {
		size_t count;
		uint32_t how[4];  // clusters, labels, noise, seed
		double expected[5];
	} cases[] = {
		{ 1000,
		  { 10, 10, 20, 1 },
		  { 0.664683233311141, 0.628875694539972, 0.62596433824231, 0.646847417328829,
		    0.636234562981859 } },
		{ 1000,
		  { 300, 20, 50, 2 },
		  { 0.0400447238337352, 0.171321420844136, 0.6834272892432, 0.379726281150716,
		    0.488199090344174 } },
		{ 5000, { 56, 1000, 0, 3 }, { 1, 1, 1, 1, 1 } },
		{ 20000,
		  { 40, 7, 100, 4 },
		  { -3.85720104550116e-05, -7.09211431578512e-05, 0.00293335272820806,
		    0.00162988137333775, 0.00209545110627403 } },
		{ 60000,
		  { 2000, 500, 30, 5 },
		  { 0.241846969008185, 0.537531172519251, 0.786297336793352, 0.660217065488142,
		    0.717762532443594 } },
	};
	uint32_t *clusters = memory_new(MOST, sizeof *clusters);
	uint32_t *labels = memory_new(MOST, sizeof *labels);
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		make(clusters, labels, cases[i].count, cases[i].how);
		const struct score s = scored(clusters, labels, cases[i].count);
		check_near(&s, cases[i].expected, 1e-10);
	}
	memory_free(clusters);
	memory_free(labels);
}

// ---- naive

enum { FEW = 40 };

static double naive_ari(const uint32_t *a, const uint32_t *b, size_t count)
{
	double both = 0, in_a = 0, in_b = 0, all = 0;
	for (size_t i = 0; i < count; i++)
		for (size_t k = 0; k < i; k++) {
			both += a[i] == a[k] && b[i] == b[k];
			in_a += a[i] == a[k];
			in_b += b[i] == b[k];
			all++;
		}
	const double most = (in_a + in_b) / 2 - in_a * in_b / all;
	return most == 0 ? 1 : (both - in_a * in_b / all) / most;
}

static double log_choose(double n, double k)
{
	return lgamma(n + 1) - lgamma(k + 1) - lgamma(n - k + 1);
}

// By the formula as it is printed, over all values of each cell.
static double naive_expected(const size_t rows[FEW], const size_t cols[FEW], size_t count)
{
	const double n = (double)count;
	double sum = 0;
	for (size_t i = 0; i < FEW; i++)
		for (size_t j = 0; j < FEW; j++)
			for (size_t k = 1; k <= rows[i] && k <= cols[j]; k++) {
				const double a = (double)rows[i], b = (double)cols[j],
					     x = (double)k;
				if (b - x > n - a)
					continue;
				sum += x / n * log(n * x / (a * b)) *
				       exp(log_choose(a, x) + log_choose(n - a, b - x) -
				           log_choose(n, b));
			}
	return sum;
}

static double naive_entropy(const size_t sizes[FEW], size_t count)
{
	double sum = 0;
	for (size_t i = 0; i < FEW; i++)
		if (sizes[i] > 0)
			sum -= (double)sizes[i] / (double)count *
			       log((double)sizes[i] / (double)count);
	return sum;
}

// False: chance leaves nothing.
static bool naive_ami(const uint32_t *a, const uint32_t *b, size_t count, double *out)
{
	size_t rows[FEW] = { 0 }, cols[FEW] = { 0 }, cells[FEW * FEW] = { 0 };
	double both = 0;
	for (size_t i = 0; i < count; i++) {
		rows[a[i]]++;
		cols[b[i]]++;
		cells[a[i] * FEW + b[i]]++;
	}
	for (size_t i = 0; i < FEW * FEW; i++)
		if (cells[i] > 0)
			both -= (double)cells[i] / (double)count *
			        log((double)cells[i] / (double)count);
	const double of_a = naive_entropy(rows, count), of_b = naive_entropy(cols, count);
	const double expected = naive_expected(rows, cols, count);
	*out = (of_a + of_b - both - expected) / ((of_a + of_b) / 2 - expected);
	return (of_a + of_b) / 2 - expected > 1e-9;
}

TEST(small_partitions_as_naive_ones)
{
	struct random random = random_from(15);
	for (unsigned round = 0; round < random_rounds(400); round++) {
		uint32_t a[FEW], b[FEW];
		const size_t count = 2 + random_below(&random, FEW - 2);
		const uint32_t many = 1 + random_below(&random, FEW),
			       few = 1 + random_below(&random, 9);
		for (size_t i = 0; i < count; i++) {
			a[i] = random_below(&random, many);
			b[i] = random_below(&random, 3) == 0 ? random_below(&random, few)
			                                     : a[i] % few;
		}
		const struct score s = scored(a, b, count);
		double ami;
		CHECK(is_near(s.ari, naive_ari(a, b, count), 1e-12));
		if (naive_ami(a, b, count, &ami))
			CHECK(is_near(s.ami, ami, 1e-10));
	}
}

// ---- what must hold of all

static void shuffle(struct random *random, uint32_t *a, uint32_t *b, size_t count)
{
	for (size_t i = count - 1; i > 0; i--) {
		const size_t k = random_below(random, (uint32_t)i + 1);
		const uint32_t x = a[i], y = b[i];
		a[i] = a[k];
		b[i] = b[k];
		a[k] = x;
		b[k] = y;
	}
}

TEST(names_and_order_make_no_difference)
{
	enum { COUNT = 3000 };
	static uint32_t a[COUNT], b[COUNT];
	struct random random = random_from(16);
	make(a, b, COUNT, (const uint32_t[]){ 30, 12, 20, 9 });
	const struct score one = scored(a, b, COUNT), turned = scored(b, a, COUNT);
	CHECK(one.clusters == 30 && one.labels == 12 && one.items == COUNT);
	for (size_t i = 0; i < COUNT; i++) {
		a[i] = UINT32_MAX - a[i] * 77777;
		b[i] = (b[i] * 5 + 3) % 12 << 27;
	}
	shuffle(&random, a, b, COUNT);
	const struct score other = scored(a, b, COUNT);
	CHECK(one.ari == other.ari && is_near(one.ami, other.ami, 1e-13) &&
	      is_near(one.v, other.v, 1e-13));
	CHECK(one.ari == turned.ari && is_near(one.ami, turned.ami, 1e-13));
	CHECK(is_near(one.homogeneity, turned.completeness, 1e-13));
}

TEST(what_agrees_is_one_and_chance_is_zero)
{
	enum { COUNT = 20000 };
	static uint32_t a[COUNT], b[COUNT];
	struct random random = random_from(17);
	for (size_t i = 0; i < COUNT; i++) {
		a[i] = random_below(&random, 200);
		b[i] = a[i] ^ 0x5555;
	}
	struct score s = scored(a, b, COUNT);
	CHECK(s.ari == 1 && s.ami == 1 && s.homogeneity == 1 && s.completeness == 1 && s.v == 1);
	for (size_t i = 0; i < COUNT; i++)
		b[i] = random_below(&random, 2000);
	s = scored(a, b, COUNT);
	CHECK(is_near(s.ari, 0, 1e-3) && is_near(s.ami, 0, 1e-2));
	CHECK(s.v > 0.3);  // which is why there is AMI
	for (size_t i = 0; i < COUNT; i++)
		b[i] = (uint32_t)i;
	s = scored(b, a, COUNT);  // each by itself
	CHECK(s.ari == 0 && is_near(s.ami, 0, 1e-9) && s.homogeneity == 1 && s.completeness < 0.6);
	s = scored(a, a, 0);
	CHECK(s.ari == 1 && s.ami == 1 && s.items == 0);
	s = scored(a, b, 1);
	CHECK(s.ari == 1 && s.ami == 1 && s.v == 1);
}

TEST(no_memory_is_told)
{
	const uint32_t a[] = { 1, 2 };
	struct score s;
	struct error error;
	for (unsigned long n = 1; n <= 5; n++) {
		memory_fail_at(n);
		CHECK(!score_partitions(a, a, 2, &s, &error) && error.kind == ERROR_FAILED);
		memory_fail_at(0);
	}
	CHECK(!score_partitions(a, a, (size_t)SCORE_ITEMS_MAX + 1, &s, &error));
}

TEST_MAIN
