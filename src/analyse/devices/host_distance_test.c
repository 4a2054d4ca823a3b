// SPDX-License-Identifier: MIT
// Distances of hosts beside a naive sum over ports, and what a port tells.
#include "analyse/devices/distances.h"
#include "analyse/devices/host_distance.h"
#include "base/memory.h"
#include "base/random.h"
#include "base/test.h"
#include "cluster/gram.h"
#include "cluster/linkage.h"
#include "device/rarity.h"

#include <string.h>

enum { HOSTS = 40, PORTS = 6, GRAMS_MAX = 64 };

static const char *const texts[] = {
	"220 FTP server ready.\r\n",
	"SSH-2.0-quilo_2.4\r\n",
	"SSH-2.0-quilo_2.6\r\n",
	"\r\nTervax CZ-531 login: ",
	"\r\nTervax CZ-532 login: ",
	"x",
	"abcabcabc",   // the grams
	"abcabcabca",  // of both are the same
};
enum { TEXTS = sizeof texts / sizeof *texts };

static struct span span_of(const char *text)
{
	return (struct span){ (const uint8_t *)text, strlen(text) };
}

struct made {
	struct hosts hosts;
	struct host_items items;
	float *d;
	struct error error;
};

struct said {
	uint32_t address;
	uint16_t port;
	unsigned text;
};

static void make(struct made *m, const struct said *said, size_t count, unsigned threads)
{
	const struct limits limits = { .threads = threads };
	struct host_gatherer *g = host_gatherer_new(NULL, &m->error);
	for (size_t i = 0; i < count; i++) {
		const struct response r = { .address = said[i].address,
			                    .port = said[i].port,
			                    .bytes = span_of(texts[said[i].text]) };
		CHECK(host_gatherer_take(g, &r, &m->error));
	}
	CHECK(host_gatherer_finish(g, &m->hosts, &m->error));
	CHECK(host_items_single(&m->hosts, &m->items, &m->error));
	m->d = memory_new(pairs_of(m->items.count) + 1, sizeof *m->d);
	CHECK(vector_distances(&m->hosts, &m->items, TEXT_NGRAM, COMPRESSOR_BZIP2, m->d, &limits,
	                       NULL, &m->error));
}

static void done(struct made *m)
{
	memory_free(m->d);
	host_items_done(&m->items);
	hosts_done(&m->hosts);
}

// ---- a naive sum

static uint8_t *seen, *rarity;

static double tells(struct span text)
{
	uint32_t grams[GRAMS_MAX];
	double sum = 0;
	const uint32_t count = gram_set(text, seen, grams);
	for (uint32_t i = 0; i < count; i++)
		sum += grams[i] < GRAM_COUNT ? rarity[grams[i]] * rarity[grams[i]] : 255 * 255;
	const double half = 64.0 * RARITY_RARE * RARITY_RARE;
	const double weight = floor(4096 * sum / (sum + half) + 0.5);
	return weight < 1 ? 1 : weight;
}

static const struct span *on(const struct hosts *hosts, uint32_t host, uint16_t port)
{
	for (uint32_t k = 0; k < hosts->hosts[host].count; k++)
		if (hosts->hosts[host].answers[k].port == port)
			return &hosts->texts[hosts->hosts[host].answers[k].text];
	return NULL;
}

static double naive(const struct hosts *hosts, uint32_t a, uint32_t b)
{
	double sum = 0, all = 0;
	for (uint16_t port = 0; port < PORTS; port++) {
		const struct span *x = on(hosts, a, port), *y = on(hosts, b, port);
		const double w = (x != NULL ? tells(*x) : 0) + (y != NULL ? tells(*y) : 0);
		all += w;
		if (x == NULL || y == NULL) {
			sum += w / 8;
			continue;
		}
		uint32_t of_x[GRAMS_MAX], of_y[GRAMS_MAX];
		const uint32_t nx = gram_set(*x, seen, of_x), ny = gram_set(*y, seen, of_y);
		sum += w * pow(gram_distance(of_x, nx, of_y, ny, rarity), 2);
	}
	return sqrt(sum / all);
}

TEST(distances_are_those_of_a_naive_sum)
{
	struct random r = random_from(11);
	struct said said[HOSTS * PORTS];
	struct made m = { .d = NULL };
	size_t count = 0;
	seen = memory_new(GRAM_SEEN_BYTES, 1);
	rarity = rarity_weights_new();
	for (uint32_t i = 0; i < HOSTS; i++)
		for (unsigned k = 0; k < 3; k++)
			said[count++] = (struct said){ i, (uint16_t)random_below(&r, PORTS),
				                       random_below(&r, TEXTS) };
	make(&m, said, count, 2);
	for (uint32_t i = 0; i < m.hosts.count; i++)
		for (uint32_t k = i + 1; k < m.hosts.count; k++) {
			const float d = m.d[condensed_at(m.hosts.count, i, k)];
			CHECK(fabs((double)d * (double)d - pow(naive(&m.hosts, i, k), 2)) < 1e-6);
		}
	done(&m);
	memory_free(seen);
	memory_free(rarity);
}

// The two texts differ in whether anything else can be seen; hosts on other ports have nothing in common.
TEST(nothing_apart_is_zero_and_nothing_in_common_an_eighth)
{
	static const struct said said[] = { { 1, 1, 6 }, { 1, 2, 1 }, { 1, 3, 0 }, { 2, 1, 7 },
		                            { 2, 2, 1 }, { 2, 3, 0 }, { 3, 4, 1 }, { 3, 5, 3 } };
	struct made m = { .d = NULL };
	make(&m, said, sizeof said / sizeof *said, 1);
	CHECK(m.d[0] == 0);
	CHECK(m.d[1] == sqrtf(0.125F) && m.d[2] == sqrtf(0.125F));
	done(&m);
}

// Host 1 has a login prompt of a maker and a greeting of half the world; 2 has the same greeting, 3 the same prompt.
TEST(what_tells_more_counts_more)
{
	static const struct said said[] = { { 1, 1, 0 }, { 1, 2, 3 }, { 2, 1, 0 },
		                            { 2, 2, 1 }, { 3, 1, 2 }, { 3, 2, 3 } };
	struct made m = { .d = NULL };
	make(&m, said, sizeof said / sizeof *said, 1);
	CHECK(m.d[1] < m.d[0]);
	CHECK(m.d[0] < m.d[2]);
	done(&m);
}

TEST_MAIN
