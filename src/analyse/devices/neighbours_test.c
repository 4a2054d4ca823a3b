// SPDX-License-Identifier: MIT
// Nearest clusters, and what tells from them: words, words that are not there, pieces, hostile bytes.
#include "analyse/devices/neighbours.h"

#include "analyse/devices/cluster_places.h"
#include "analyse/devices/host_distance.h"
#include "analyse/devices/medoids.h"
#include "base/memory.h"
#include "base/random.h"
#include "base/test.h"

#include <string.h>

enum { CLUSTERS_MAX = 64 };

struct said {
	uint32_t address;
	uint16_t port;
	const char *answer;
};

struct told {
	struct hosts hosts;
	struct device_clusters found;
	uint32_t medoids[CLUSTERS_MAX];
	struct neighbour neighbours[CLUSTERS_MAX];
	struct cluster_tells tells;
	struct error error;
};

// Hosts with equal answers alone are together.
static void tell(struct told *t, const struct said *said, size_t count)
{
	const struct cluster_options how = { .distance = TEXT_NGRAM, .cut = 0 };
	struct host_gatherer *g = host_gatherer_new(NULL, &t->error);
	for (size_t i = 0; i < count; i++) {
		const struct response r = { .address = said[i].address,
			                    .port = said[i].port,
			                    .bytes = { (const uint8_t *)said[i].answer,
			                               strlen(said[i].answer) } };
		CHECK(host_gatherer_take(g, &r, &t->error));
	}
	CHECK(host_gatherer_finish(g, &t->hosts, &t->error));
	CHECK(device_clusters_find(&t->hosts, &how, &t->found, NULL, NULL, &t->error));
	CHECK(t->found.count < CLUSTERS_MAX);
	CHECK(cluster_medoids(&t->hosts, &t->found, t->medoids, &t->error));
	CHECK(cluster_neighbours(&t->hosts, &t->found, t->medoids, t->neighbours, NULL, &t->error));
	CHECK(cluster_tells_find(&t->hosts, &t->found, t->medoids, t->neighbours, &t->tells,
	                         &t->error));
}

static void done(struct told *t)
{
	cluster_tells_done(&t->tells);
	device_clusters_done(&t->found);
	hosts_done(&t->hosts);
}

static uint32_t cluster_of(const struct told *t, uint32_t address)
{
	for (uint32_t i = 0; i < t->hosts.count; i++)
		if (t->hosts.hosts[i].address == address)
			return t->found.of_item[t->found.items.of_host[i]];
	return 0;
}

static bool is_told(const struct told *t, uint32_t address, const char *expected)
{
	const struct span text = cluster_tells_of(&t->tells, cluster_of(t, address));
	const bool is_equal = text.length == strlen(expected) &&
	                      memcmp(text.bytes, expected, text.length) == 0;
	if (!is_equal)
		printf("host %u: %.*s\n", address, (int)text.length, (const char *)text.bytes);
	return is_equal;
}

// 1 and 2 differ in a number, 3 says less than 1, 4 has a port that nobody else has, and 5 differs from 6 in no word.
TEST(words_tell_clusters_apart)
{
	static const struct said said[] = {
		{ 1, 23, "\r\nTervax CZ-531 router\r\nlogin: " },
		{ 1, 80, "Server: tervax/2.1\r\n\r\n<html><title>CZ-531</title>" },
		{ 2, 23, "\r\nTervax CZ-532 router\r\nlogin: " },
		{ 2, 80, "Server: tervax/2.1\r\n\r\n<html><title>CZ-532</title>" },
		{ 3, 23, "\r\nTervax router\r\nlogin: " },
		{ 4, 5000, "<date> alone <here> again" },
		{ 5, 21, "220 (a b) \x01\x02\x03\x04\\ done\r\n" },
		{ 6, 21, "220 a(b) done\r\n" },
	};
	struct told t = { .found = { .count = 0 } };
	tell(&t, said, sizeof said / sizeof *said);
	CHECK(t.neighbours[cluster_of(&t, 1)].cluster == cluster_of(&t, 2));
	CHECK(t.neighbours[cluster_of(&t, 2)].cluster == cluster_of(&t, 1));
	CHECK(t.neighbours[cluster_of(&t, 4)].cluster == 0);
	CHECK(is_told(&t, 1, "23:CZ-531") && is_told(&t, 2, "23:CZ-532"));
	const uint32_t of_third = t.neighbours[cluster_of(&t, 3)].cluster;
	CHECK(is_told(&t, 3,
	              of_third == cluster_of(&t, 1) ? "-23:CZ-531 -80:tervax/2.1 -80:Server:"
	                                            : "-23:CZ-532 -80:tervax/2.1 -80:Server:"));
	CHECK(is_told(&t, 4, "5000:again 5000:alone"));
	CHECK(is_told(&t, 5, "21:)\\x20\\x01\\x02\\x03\\x04\\x5C\\x20d"));
	done(&t);
}

// A word of a third of the hosts tells nothing, one of two thirds does.
TEST(what_most_hosts_have_counts)
{
	static const struct said said[] = { { 1, 21, "220 Umi rare\r\n" },
		                            { 2, 21, "220 Umi\r\n" },
		                            { 3, 21, "220 Umi\r\n" },
		                            { 4, 21, "220 Tsuki ready for you all\r\n" } };
	struct told t = { .found = { .count = 0 } };
	tell(&t, said, sizeof said / sizeof *said);
	uint32_t of_item[4] = { 0 };
	for (uint32_t i = 0; i < t.found.items.count; i++)
		of_item[i] = t.hosts.texts[t.found.items.items[i].host->answers[0].text].length > 20
		                     ? 2
		                     : 1;
	memcpy(t.found.of_item, of_item, t.found.items.count * sizeof *of_item);
	t.found.count = 2;
	t.found.hosts[1] = 3;
	t.found.hosts[2] = 1;
	CHECK(cluster_medoids(&t.hosts, &t.found, t.medoids, &t.error));
	CHECK(cluster_neighbours(&t.hosts, &t.found, t.medoids, t.neighbours, NULL, &t.error));
	cluster_tells_done(&t.tells);
	CHECK(cluster_tells_find(&t.hosts, &t.found, t.medoids, t.neighbours, &t.tells, &t.error));
	CHECK(is_told(&t, 2, "21:Umi") && is_told(&t, 4, "21:Tsuki 21:all 21:you"));
	done(&t);
}

// Neighbours are those of all pairs of clusters, and texts are printable whatever hosts say.
TEST(neighbours_are_those_of_all_pairs)
{
	enum { HOSTS = 40, LENGTH = 30 };
	static char answers[HOSTS][LENGTH];
	struct said said[HOSTS];
	struct random r = random_from(3);
	struct told t = { .found = { .count = 0 } };
	for (uint32_t i = 0; i < HOSTS; i++) {
		const uint32_t length = 4 + random_below(&r, LENGTH - 5);
		for (uint32_t k = 0; k < length; k++)
			answers[i][k] = (char)(random_below(&r, 3) > 0 ? 'a' + random_below(&r, 3)
			                                               : 1 + random_below(&r, 255));
		said[i] = (struct said){ i, (uint16_t)(1 + i % 3), answers[i] };
	}
	tell(&t, said, HOSTS);
	struct host_item medoids[CLUSTERS_MAX];
	static float d[CLUSTERS_MAX * CLUSTERS_MAX];
	const struct host_items items = { .items = medoids, .count = t.found.count };
	for (uint32_t a = 1; a <= t.found.count; a++)
		medoids[a - 1] = t.found.items.items[t.medoids[a]];
	CHECK(vector_distances(&t.hosts, &items, TEXT_NGRAM, COMPRESSOR_BZIP2, d, NULL, NULL,
	                       &t.error));
	for (uint32_t a = 1; a <= t.found.count; a++) {
		const struct neighbour *n = &t.neighbours[a];
		for (uint32_t b = 1; b <= t.found.count; b++) {
			if (a == b || medoids[a - 1].host->answers[0].port !=
			                      medoids[b - 1].host->answers[0].port)
				continue;
			const float here = d[condensed_at(items.count, (a < b ? a : b) - 1,
			                                  (a < b ? b : a) - 1)];
			CHECK(n->cluster > 0 && n->distance <= here);
			CHECK(b != n->cluster || here == n->distance);
			CHECK(b >= n->cluster || n->distance < here);
		}
		const struct span text = cluster_tells_of(&t.tells, a);
		for (size_t i = 0; i < text.length; i++)
			CHECK(text.bytes[i] >= ' ' && text.bytes[i] < 0x7f);
	}
	done(&t);
}

TEST_MAIN
