// SPDX-License-Identifier: MIT
#include "analyse/devices/cluster_labels.h"

#include "base/memory.h"

#include <stdlib.h>
#include <string.h>

static uint32_t cluster_of(const struct device_clusters *found, uint32_t host)
{
	return found->of_item[found->items.of_host[host]];
}

// ---- what clusters are called

static int compare_u64(const void *a, const void *b)
{
	const uint64_t one = *(const uint64_t *)a, other = *(const uint64_t *)b;
	return (one > other) - (one < other);
}

bool cluster_labels_find(const struct hosts *hosts, const struct device_clusters *found,
                         const struct host_labels *labels, struct cluster_label *out,
                         struct error *error)
{
	// A cluster in the high half, a name in the low one: those that are alike come together.
	uint64_t *pairs = memory_new((size_t)hosts->count + 1, sizeof *pairs);
	size_t count = 0;
	if (pairs == NULL)
		return error_memory(error, "labels of clusters");
	for (uint32_t i = 0; i < hosts->count; i++) {
		const uint32_t name = host_labels_of(labels, hosts->hosts[i].address);
		if (name != 0)
			pairs[count++] = (uint64_t)cluster_of(found, i) << 32 | name;
	}
	qsort(pairs, count, sizeof *pairs, compare_u64);
	memset(out, 0, ((size_t)found->count + 1) * sizeof *out);
	for (size_t i = 0; i < count;) {
		const size_t first = i;
		while (i < count && pairs[i] == pairs[first])
			i++;
		struct cluster_label *label = &out[pairs[first] >> 32];
		label->labelled += (uint32_t)(i - first);
		if (i - first > label->hosts) {
			label->hosts = (uint32_t)(i - first);
			label->name = (uint32_t)pairs[first];
		}
	}
	memory_free(pairs);
	return true;
}

// ---- scores

// Clusters of those hosts that have a label, against their labels: by a port, or by all of them (0).
static bool score(const struct hosts *hosts, const struct device_clusters *found,
                  const struct host_labels *labels, uint16_t port, struct cluster_score *out,
                  struct error *error)
{
	uint32_t *clusters = memory_new((size_t)hosts->count + 1, sizeof *clusters);
	uint32_t *names = memory_new((size_t)hosts->count + 1, sizeof *names);
	size_t count = 0;
	bool is_done = (clusters != NULL && names != NULL) || error_memory(error, "scores");
	for (uint32_t i = 0; is_done && i < hosts->count; i++) {
		const uint32_t address = hosts->hosts[i].address;
		const uint32_t name = port == 0 ? host_labels_of(labels, address)
		                                : host_labels_of_port(labels, address, port);
		if (name == 0)
			continue;
		clusters[count] = cluster_of(found, i);
		names[count++] = name;
	}
	*out = (struct cluster_score){ .port_left_out = port, .hosts = hosts->count };
	is_done = is_done && score_partitions(clusters, names, count, &out->score, error);
	memory_free(clusters);
	memory_free(names);
	return is_done;
}

// Hosts that answered on the port, have a label by it, and answered on another: as they are without it.
// They point into `hosts`, and into *answers, which the caller frees.
static bool leave_out(const struct hosts *hosts, const struct host_labels *labels, uint16_t port,
                      struct hosts *out, struct host_answer **answers, struct error *error)
{
	size_t room = 1;
	for (uint32_t i = 0; i < hosts->count; i++)
		room += hosts->hosts[i].count;
	*out = *hosts;
	out->count = 0;
	out->gathered = NULL;
	out->hosts = memory_new((size_t)hosts->count + 1, sizeof *out->hosts);
	*answers = memory_new(room, sizeof **answers);
	if (out->hosts == NULL || *answers == NULL) {
		memory_free(out->hosts);
		memory_free(*answers);
		return error_memory(error, "hosts without a port");
	}
	struct host_answer *next = *answers;
	for (uint32_t i = 0; i < hosts->count; i++) {
		const struct host *host = &hosts->hosts[i];
		struct host *left = &out->hosts[out->count];
		bool has_port = false;
		*left = (struct host){ .address = host->address, .answers = next };
		for (uint32_t k = 0; k < host->count; k++) {
			has_port |= host->answers[k].port == port;
			if (host->answers[k].port != port)
				next[left->count++] = host->answers[k];
		}
		if (has_port && left->count > 0 &&
		    host_labels_of_port(labels, host->address, port) != 0) {
			next += left->count;
			out->count++;
		}
	}
	return true;
}

static bool score_without(const struct hosts *hosts, const struct host_labels *labels,
                          const struct cluster_options *options, uint16_t port,
                          struct cluster_scores *out, const struct limits *limits,
                          const struct distance_watch *watch, struct error *error)
{
	struct hosts left;
	struct host_answer *answers;
	struct device_clusters found = { 0 };
	if (!leave_out(hosts, labels, port, &left, &answers, error))
		return false;
	const bool is_done = device_clusters_find(&left, options, &found, limits, watch, error) &&
	                     score(&left, &found, labels, port, &out->scores[out->count++], error);
	device_clusters_done(&found);
	memory_free(left.hosts);
	memory_free(answers);
	return is_done;
}

struct port_count {
	uint32_t hosts;
	uint16_t port;
};

static int compare_counts(const void *a, const void *b)
{
	const struct port_count *one = a, *other = b;
	if (one->hosts != other->hosts)
		return one->hosts > other->hosts ? -1 : 1;
	return (int)one->port - (int)other->port;
}

static int compare_ports(const void *a, const void *b)
{
	return (int)((const struct port_count *)a)->port -
	       (int)((const struct port_count *)b)->port;
}

// By how many hosts each port can be scored: those by which most can, ascending. NULL: no memory.
static struct port_count *count_ports(const struct hosts *hosts, const struct host_labels *labels,
                                      uint32_t *count)
{
	struct port_count *counts = memory_new(UINT16_MAX + 1, sizeof *counts);
	if (counts == NULL)
		return NULL;
	for (uint32_t port = 0; port <= UINT16_MAX; port++)
		counts[port].port = (uint16_t)port;
	for (uint32_t i = 0; i < hosts->count; i++) {
		const struct host *host = &hosts->hosts[i];
		for (uint32_t k = 0; host->count > 1 && k < host->count; k++)
			counts[host->answers[k].port].hosts += host_labels_of_port(
								       labels, host->address,
								       host->answers[k].port) != 0;
	}
	qsort(counts, UINT16_MAX + 1, sizeof *counts, compare_counts);
	*count = 0;
	while (*count < CLUSTER_SCORE_PORTS_MAX && counts[*count].hosts >= CLUSTER_SCORE_HOSTS_MIN)
		++*count;
	qsort(counts, *count, sizeof *counts, compare_ports);
	return counts;
}

bool cluster_scores_find(const struct hosts *hosts, const struct device_clusters *found,
                         const struct host_labels *labels, const struct cluster_options *options,
                         struct cluster_scores *out, const struct limits *limits,
                         const struct distance_watch *watch, struct error *error)
{
	uint32_t count = 0;
	struct port_count *ports = count_ports(hosts, labels, &count);
	struct cluster_scores scores = { memory_new((size_t)count + 1, sizeof *scores.scores), 0 };
	bool is_done = (ports != NULL && scores.scores != NULL) || error_memory(error, "scores");
	is_done = is_done && score(hosts, found, labels, 0, &scores.scores[scores.count++], error);
	for (uint32_t i = 0; is_done && i < count; i++)
		is_done = score_without(hosts, labels, options, ports[i].port, &scores, limits,
		                        watch, error);
	memory_free(ports);
	if (is_done)
		*out = scores;
	else
		cluster_scores_done(&scores);
	return is_done;
}

void cluster_scores_done(struct cluster_scores *scores)
{
	memory_free(scores->scores);
	*scores = (struct cluster_scores){ 0 };
}
