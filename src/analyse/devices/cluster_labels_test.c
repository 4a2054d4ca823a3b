// SPDX-License-Identifier: MIT
// What clusters are called, and scores with and without ports: few hosts, counted by hand; many, that
// agree with their labels or do not.
#include "analyse/devices/cluster_labels.h"

#include "base/memory.h"
#include "base/test.h"

#include <math.h>
#include <string.h>

static const char *const pages[] = {
	"HTTP/1.0 401 Unauthorized\r\nServer: nagi-httpd\r\nWWW-Authenticate: Basic realm=\"NR-40\"\r\n\r\n",
	"SSH-2.0-OpenSSH_6.0p1 Debian\r\n",
	"220-Welcome to Umitsu\r\n220-Local time is late\r\n220 Go away\r\n",
};

struct made {
	struct hosts hosts;
	struct device_clusters found;
	struct host_labels labels;
	struct error error;
};

static const struct cluster_options how = { .distance = TEXT_NGRAM, .cut = CLUSTER_CUT_OWN };
static const struct limits limits = { .threads = 1 };

// Hosts 0.0.0.1 .. count; kinds[i] answers on ports 80 and 8080, with another text on each; where `single`
// says so, on 80 alone.
static bool make(struct made *m, const unsigned *kinds, const bool *single, uint32_t count,
                 const char *table)
{
	*m = (struct made){ 0 };
	struct host_gatherer *g = host_gatherer_new(NULL, &m->error);
	bool is_done = g != NULL;
	for (uint32_t i = 0; is_done && i < 2 * count; i++) {
		if (i % 2 == 1 && single != NULL && single[i / 2])
			continue;
		const char *page = pages[(kinds[i / 2] + i % 2) % 3];
		const struct response r = { .address = i / 2 + 1,
			                    .port = i % 2 == 0 ? 80 : 8080,
			                    .bytes = { (const uint8_t *)page, strlen(page) } };
		is_done = host_gatherer_take(g, &r, &m->error);
	}
	return is_done && host_gatherer_finish(g, &m->hosts, &m->error) &&
	       device_clusters_find(&m->hosts, &how, &m->found, &limits, NULL, &m->error) &&
	       host_labels_read((struct span){ (const uint8_t *)table, strlen(table) }, "t",
	                        &m->labels, &m->error);
}

static void done(struct made *m)
{
	host_labels_done(&m->labels);
	device_clusters_done(&m->found);
	hosts_done(&m->hosts);
}

TEST(most_hosts_name_the_cluster)
{
	static const unsigned kinds[] = { 0, 0, 0, 0, 0, 1, 1, 2 };
	struct made m;
	struct cluster_label names[9];
	CHECK(make(&m, kinds, NULL, 8,
	           "0.0.0.1,b\n0.0.0.2,a\n0.0.0.3,b\n0.0.0.6,z\n0.0.0.7,y\n0.0.0.99,q\n"));
	CHECK(m.found.count == 3 && m.found.hosts[1] == 5 && m.found.hosts[2] == 2);
	CHECK(cluster_labels_find(&m.hosts, &m.found, &m.labels, names, &m.error));
	CHECK(text_equal(m.labels.names[names[1].name], "b"));
	CHECK(names[1].hosts == 2 && names[1].labelled == 3);
	// As many of each: the first in the order of bytes.
	CHECK(text_equal(m.labels.names[names[2].name], "y"));
	CHECK(names[2].hosts == 1 && names[2].labelled == 2);
	CHECK(names[3].name == 0 && names[3].hosts == 0 && names[3].labelled == 0);
	done(&m);
}

enum { MANY = 60 };

// Labels are the kinds, but of every `wrong`-th host.
static bool make_many(struct made *m, unsigned wrong, bool single[MANY], char table[4096])
{
	static unsigned kinds[MANY];
	size_t at = 0;
	for (unsigned i = 0; i < MANY; i++) {
		kinds[i] = i % 3;
		const bool is_wrong = wrong > 0 && i % wrong == 0;
		at += (size_t)snprintf(table + at, 4096 - at, "0.0.0.%u,kind %u\n", i + 1,
		                       is_wrong ? (i + 1) % 3 : i % 3);
	}
	return make(m, kinds, single, MANY, table);
}

TEST(scores_are_of_all_ports_and_of_each_left_out)
{
	struct made m;
	struct cluster_scores scores;
	char table[4096];
	bool single[MANY] = { false };
	for (unsigned i = 0; i < 20; i++)
		single[i] = true;
	CHECK(make_many(&m, 0, NULL, table));
	CHECK(cluster_scores_find(&m.hosts, &m.found, &m.labels, &how, &scores, &limits, NULL,
	                          &m.error));
	CHECK(scores.count == 3 && scores.scores[0].port_left_out == 0 &&
	      scores.scores[1].port_left_out == 80 && scores.scores[2].port_left_out == 8080);
	for (uint32_t i = 0; i < scores.count; i++)
		CHECK(scores.scores[i].score.ari == 1 && scores.scores[i].hosts == MANY);
	cluster_scores_done(&scores);
	done(&m);

	// Who has no other port is not in it.
	CHECK(make_many(&m, 5, single, table));
	CHECK(cluster_scores_find(&m.hosts, &m.found, &m.labels, &how, &scores, &limits, NULL,
	                          &m.error));
	CHECK(scores.count == 3 && scores.scores[1].hosts == MANY - 20);
	CHECK(scores.scores[0].score.items == MANY);
	CHECK(scores.scores[1].score.ari > 0.4 && scores.scores[1].score.ari < 0.9);
	cluster_scores_done(&scores);
	done(&m);
}

TEST(few_hosts_leave_no_port_out)
{
	static const unsigned kinds[] = { 0, 1, 2 };
	struct made m;
	struct cluster_scores scores;
	CHECK(make(&m, kinds, NULL, 3, "0.0.0.1,a\n0.0.0.2,b\n0.0.0.3,c\n"));
	CHECK(cluster_scores_find(&m.hosts, &m.found, &m.labels, &how, &scores, &limits, NULL,
	                          &m.error));
	CHECK(scores.count == 1 && scores.scores[0].score.ari == 1);
	cluster_scores_done(&scores);
	for (unsigned long n = 1; n < 12; n++) {
		memory_fail_at(n);
		CHECK(!cluster_scores_find(&m.hosts, &m.found, &m.labels, &how, &scores, &limits,
		                           NULL, &m.error) ||
		      n > 6);
		memory_fail_at(0);
		cluster_scores_done(&scores);
	}
	done(&m);
}

TEST_MAIN
