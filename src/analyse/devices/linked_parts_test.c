// SPDX-License-Identifier: MIT
// Parts, leaders and linkage by parts against the matrix of all distances.
#include "analyse/devices/clusters.h"
#include "analyse/devices/near_items.h"
#include "base/memory.h"
#include "base/random.h"
#include "base/test.h"

#include <math.h>
#include <string.h>

enum { MODELS = 20, HOSTS = 200, PORTS = 4, LENGTH = 300 };

static const struct limits limits = { .threads = 2 };
static uint8_t texts[MODELS][PORTS][LENGTH];

static void letters(struct random *r, uint8_t *out, uint32_t count)
{
	for (uint32_t i = 0; i < count; i++)
		out[i] = (uint8_t)('a' + random_below(r, 26));
}

// Models with an answer on each port: half of them are like another, with some bytes changed, and some answers are the
// same for all.
static void make_models(struct random *r)
{
	for (uint32_t m = 0; m < MODELS; m++)
		for (uint32_t p = 0; p < PORTS; p++) {
			letters(r, texts[m][p], LENGTH);
			if (m > 0 && m % 2 == 0)
				memcpy(texts[m][p], texts[m - 1][p],
				       LENGTH - random_below(r, LENGTH));
			if (m > 0 && (p == 0 || random_below(r, 4) == 0))
				memcpy(texts[m][p], texts[0][p], LENGTH);
		}
}

// Hosts lose ports, and of one in `own` answers a byte is their own.
static bool make(uint64_t seed, uint32_t ports, uint32_t own, struct hosts *out,
                 struct error *error)
{
	struct random r = random_from(seed);
	struct host_gatherer *g = host_gatherer_new(NULL, error);
	bool is_done = g != NULL;
	make_models(&r);
	for (uint32_t i = 0; is_done && i < HOSTS; i++) {
		const uint32_t model = random_below(&r, MODELS);
		const uint32_t kept = random_below(&r, ports);
		for (uint32_t p = 0; is_done && p < ports; p++) {
			uint8_t text[LENGTH];
			if (p != kept && random_below(&r, 4) == 0)
				continue;
			const uint32_t length = LENGTH - random_below(&r, LENGTH / 8);
			memcpy(text, texts[model][(p + 1) % PORTS], LENGTH);
			if (random_below(&r, own) == 0)
				letters(&r, text + random_below(&r, LENGTH), 1);
			const struct response response = { .address = i + 1,
				                           .port = (uint16_t)(80 + p),
				                           .bytes = { text, own == 1 ? length
				                                                     : LENGTH } };
			is_done = host_gatherer_take(g, &response, error);
		}
	}
	return is_done && host_gatherer_finish(g, out, error);
}

struct made {
	struct hosts hosts;
	struct host_items items;
	struct near_items *near;
	float *d;
	uint32_t n;
};

static bool make_all(struct made *m, uint64_t seed, uint32_t ports, double cut)
{
	struct error error;
	*m = (struct made){ 0 };
	bool is_done = make(seed, ports, 2, &m->hosts, &error) &&
	               host_items_grouped(&m->hosts, &m->items, &error);
	m->n = m->items.count;
	m->d = memory_new(pairs_of(m->n) + 1, sizeof *m->d);
	is_done = is_done && m->d != NULL &&
	          vector_distances(&m->hosts, &m->items, TEXT_NGRAM, COMPRESSOR_BZIP2, m->d,
	                           &limits, NULL, &error) &&
	          near_items_new(&m->hosts, &m->items, cut, 2, &m->near, &error);
	CHECK(is_done);
	return is_done;
}

static void done_all(struct made *m)
{
	near_items_free(m->near);
	memory_free(m->d);
	host_items_done(&m->items);
	hosts_done(&m->hosts);
}

static float distance(const struct made *m, uint32_t i, uint32_t j)
{
	return i == j ? 0 : m->d[i < j ? condensed_at(m->n, i, j) : condensed_at(m->n, j, i)];
}

// By spreading from one to the next until nothing changes.
static void parts_by_matrix(const struct made *m, float cut, uint32_t *first_of)
{
	bool has_changed = true;
	for (uint32_t i = 0; i < m->n; i++)
		first_of[i] = i;
	while (has_changed) {
		has_changed = false;
		for (uint32_t i = 0; i < m->n; i++)
			for (uint32_t j = 0; j < m->n; j++)
				if (first_of[j] < first_of[i] && distance(m, i, j) <= cut) {
					first_of[i] = first_of[j];
					has_changed = true;
				}
	}
}

static uint32_t check_parts(uint64_t seed, uint32_t ports, double cut)
{
	static uint32_t found[HOSTS], wanted[HOSTS];
	struct made m;
	struct error error;
	uint32_t parts = 0;
	if (make_all(&m, seed, ports, cut)) {
		CHECK(near_items_parts(m.near, found, &limits, NULL, &error));
		parts_by_matrix(&m, (float)cut, wanted);
		CHECK(memcmp(found, wanted, m.n * sizeof *found) == 0);
		for (uint32_t i = 0; i < m.n; i++)
			parts += found[i] == i;
	}
	done_all(&m);
	return parts;
}

TEST(parts_are_those_of_the_matrix)
{
	uint32_t parts = 0;
	for (unsigned i = 0; i < random_rounds(3); i++) {
		parts += check_parts(100 + i, PORTS, 0.1 + 0.09 * i);
		parts += check_parts(200 + i, 1, 0.1 + 0.2 * i);
	}
	CHECK(parts > 20);
}

static uint32_t check_leaders(uint64_t seed, uint32_t ports, double cut, float radius)
{
	static uint32_t members[HOSTS], leader_of[HOSTS];
	static float to_leader[HOSTS];
	struct made m;
	struct error error;
	uint32_t count = 0, leaders = 0;
	if (make_all(&m, seed, ports, cut)) {
		for (uint32_t i = 0; i < m.n; i += i % 3 == 0 ? 2 : 1)
			members[count++] = i;
		CHECK(near_items_lead(m.near, members, count, radius, leader_of, to_leader,
		                      &leaders, &limits, &error));
		for (uint32_t k = 0; k < count; k++) {
			const uint32_t i = members[k], leader = leader_of[i];
			CHECK(leader_of[leader] == leader);
			CHECK(distance(&m, i, leader) == to_leader[i] && to_leader[i] <= radius);
			for (uint32_t l = 0; leader == i && l < k; l++)
				CHECK(leader_of[members[l]] != members[l] ||
				      distance(&m, i, members[l]) > radius);
		}
	}
	done_all(&m);
	return leaders;
}

TEST(leaders_stand_for_those_around_them)
{
	const uint32_t near = check_leaders(301, PORTS, 0.3, 0.05F);
	const uint32_t far = check_leaders(301, PORTS, 0.3, 0.3F);
	CHECK(far > 1 && far < near && near < HOSTS);
	CHECK(check_leaders(302, 1, 0.4, 0.4F) > 1);
}

// The same clusters as those of one matrix, where no distances tie; of merges above the cut there is nothing to
// compare.
static void check_clusters(uint64_t seed, uint32_t ports, double cut)
{
	const struct cluster_options one = { .distance = TEXT_NGRAM, .cut = cut };
	struct error error;
	struct hosts hosts;
	struct device_clusters a = { 0 }, b = { 0 };
	CHECK(make(seed, ports, 1, &hosts, &error));
	CHECK(device_clusters_find(&hosts, &one, &a, &limits, NULL, &error));
	const uint32_t n = a.items.count;
	const struct cluster_options parts = { .distance = TEXT_NGRAM,
		                               .cut = cut,
		                               .vectors_max = n - 1 };
	CHECK(device_clusters_find(&hosts, &parts, &b, &limits, NULL, &error));
	CHECK(!a.is_parted && b.is_parted && b.put_items == 0);
	CHECK(a.count == b.count && a.count > 1 && a.count < n);
	CHECK(memcmp(a.of_item, b.of_item, n * sizeof *a.of_item) == 0);
	for (uint32_t k = 0; k + 1 < n; k++)
		CHECK(a.merges[k].height > (double)(float)cut
		              ? b.merges[k].height == 1
		              : fabs(a.merges[k].height - b.merges[k].height) < 1e-6);
	device_clusters_done(&a);
	device_clusters_done(&b);
	hosts_done(&hosts);
}

TEST(clusters_by_parts_are_those_of_one_matrix)
{
	for (unsigned i = 0; i < random_rounds(2); i++) {
		check_clusters(400 + i, PORTS, 0.26 + 0.02 * (i % 2));
		check_clusters(500 + i, 1, 0.2 + 0.05 * (i % 2));
	}
}

TEST(parts_that_are_too_large_are_thinned_out)
{
	const struct cluster_options parts = { .distance = TEXT_NGRAM,
		                               .cut = 0.3,
		                               .vectors_max = 20 };
	struct error error;
	struct hosts hosts;
	struct device_clusters found;
	CHECK(make(601, PORTS, 2, &hosts, &error));
	CHECK(device_clusters_find(&hosts, &parts, &found, &limits, NULL, &error));
	CHECK(found.is_parted && found.put_items > 0);
	CHECK(found.radius > 0 && found.radius <= 0.3F);
	uint32_t total = 0;
	for (uint32_t i = 1; i <= found.count; i++)
		total += found.hosts[i];
	CHECK(total == hosts.count);
	CHECK(found.merges[found.items.count - 2].size == hosts.count);
	device_clusters_done(&found);
	hosts_done(&hosts);
}

TEST(what_cannot_be_parted_is_refused)
{
	const struct cluster_options ncd = { .distance = TEXT_NCD, .cut = 0.3, .vectors_max = 20 };
	const struct cluster_options far = { .distance = TEXT_NGRAM,
		                             .cut = 0.5,
		                             .vectors_max = 20 };
	struct error error;
	struct hosts hosts;
	struct device_clusters found;
	CHECK(make(602, PORTS, 2, &hosts, &error));
	CHECK(!device_clusters_find(&hosts, &ncd, &found, &limits, NULL, &error));
	CHECK(!device_clusters_find(&hosts, &far, &found, &limits, NULL, &error));
	hosts_done(&hosts);
}

TEST_MAIN
