// SPDX-License-Identifier: MIT
#include "analyse/devices/clusters.h"

#include "analyse/devices/clusters_private.h"
#include "analyse/devices/linked_parts.h"
#include "analyse/devices/near_items.h"
#include "base/memory.h"

#include <stdlib.h>
#include <string.h>

// ---- merges

static bool link_published(const struct hosts *hosts, const struct cluster_options *options,
                           struct device_clusters *c, const struct limits *limits,
                           const struct distance_watch *watch, struct error *error)
{
	if (hosts->count > CLUSTER_HOSTS_PUBLISHED_MAX)
		return error_set(
			error, ERROR_FAILED,
			"the published method compares each two of %u hosts, and does so for "
			"%d at most",
			hosts->count, CLUSTER_HOSTS_PUBLISHED_MAX);
	const size_t bytes = (pairs_of(hosts->count) + 1) * sizeof(double);
	double *d = memory_large(bytes), *used = memory_large(bytes);
	bool is_done = (d != NULL && used != NULL) || error_memory(error, "distances of hosts");
	is_done = is_done && host_items_single(hosts, &c->items, error) &&
	          published_distances(hosts, options->compressor, d, limits, watch, error);
	if (is_done) {
		memcpy(used, d, pairs_of(hosts->count) * sizeof *d);
		is_done = linkage_published(used, hosts->count, c->merges, limits, error) &&
		          moved_by_order(d, used, c->merges, hosts->count, c->cut, c, limits,
		                         error);
	}
	memory_free(d);
	memory_free(used);
	return is_done;
}

static bool link_by_parts(const struct hosts *hosts, const struct cluster_options *options,
                          struct device_clusters *c, uint32_t most, const struct limits *limits,
                          const struct distance_watch *watch, struct error *error)
{
	const double reach = near_items_reach(&c->items);
	if (options->distance != TEXT_NGRAM || !(c->cut < reach))
		return error_set(error, ERROR_FAILED,
		                 "%u different answers of hosts are too many: %u are linked at "
		                 "most, but by 3-grams with a cut below %g",
		                 c->items.count, most, reach);
	c->is_parted = true;
	return linked_parts(hosts, &c->items, (float)c->cut, most, c->merges, &c->put_items,
	                    &c->radius, limits, watch, error);
}

static bool link_own(const struct hosts *hosts, const struct cluster_options *options,
                     struct device_clusters *c, const struct limits *limits,
                     const struct distance_watch *watch, struct error *error)
{
	if (!host_items_grouped(hosts, &c->items, error))
		return false;
	const uint32_t n = c->items.count;
	const uint32_t most = options->vectors_max > 0 ? options->vectors_max : CLUSTER_VECTORS_MAX;
	if (n > most)
		return link_by_parts(hosts, options, c, most, limits, watch, error);
	float *d = memory_large((linkage_floats(n) + 1) * sizeof *d);
	uint32_t *weights = memory_new((size_t)n + 1, sizeof *weights);
	bool is_done = (d != NULL && weights != NULL) || error_memory(error, "distances of hosts");
	for (uint32_t i = 0; is_done && i < n; i++)
		weights[i] = c->items.items[i].weight;
	is_done = is_done &&
	          vector_distances(hosts, &c->items, options->distance, options->compressor, d,
	                           limits, watch, error) &&
	          linkage_weighted(d, n, weights, c->merges, limits, error);
	memory_free(d);
	memory_free(weights);
	return is_done;
}

// ---- clusters

struct ranked {
	uint32_t hosts, first;  // the item with the lowest address decides between equal ones
	uint32_t cluster;
};

static int compare_ranked(const void *a, const void *b)
{
	const struct ranked *x = a, *y = b;
	if (x->hosts != y->hosts)
		return x->hosts > y->hosts ? -1 : 1;
	return (x->first > y->first) - (x->first < y->first);
}

bool clusters_rank(const struct hosts *hosts, struct device_clusters *c)
{
	struct ranked *ranked = memory_new((size_t)c->count + 1, sizeof *ranked);
	uint32_t *ranks = memory_new((size_t)c->count + 1, sizeof *ranks);
	c->hosts = memory_new((size_t)c->count + 1, sizeof *c->hosts);
	const bool is_done = ranked != NULL && ranks != NULL && c->hosts != NULL;
	if (is_done) {
		for (uint32_t i = hosts->count; i-- > 0;) {
			struct ranked *r = &ranked[c->of_item[c->items.of_host[i]]];
			r->hosts++;
			r->first = i;
		}
		for (uint32_t i = 0; i < c->count; i++)
			ranked[i].cluster = i;
		qsort(ranked, c->count, sizeof *ranked, compare_ranked);
		for (uint32_t i = 0; i < c->count; i++) {
			ranks[ranked[i].cluster] = i + 1;
			c->hosts[i + 1] = ranked[i].hosts;
		}
		for (uint32_t i = 0; i < c->items.count; i++)
			c->of_item[i] = ranks[c->of_item[i]];
	}
	memory_free(ranked);
	memory_free(ranks);
	return is_done;
}

static void count_ties(struct device_clusters *c)
{
	const uint32_t n = c->items.count;
	for (uint32_t k = 0; k + 1 < n; k++) {
		const double height = c->merges[k].height;
		c->tied_merges += (k > 0 && c->merges[k - 1].height == height) ||
		                  (k + 2 < n && c->merges[k + 1].height == height);
	}
}

double clusters_cut(const struct hosts *hosts, const struct cluster_options *options)
{
	if (options->cut >= 0)
		return options->cut;
	if (options->is_published)
		return CLUSTER_CUT_PUBLISHED;
	if (options->distance == TEXT_NCD)
		return CLUSTER_CUT_NCD;
	for (uint32_t i = 0; i < hosts->count; i++)
		if (hosts->hosts[i].count > 1 ||
		    hosts->hosts[i].answers[0].port != hosts->hosts[0].answers[0].port)
			return CLUSTER_CUT_OWN;
	return CLUSTER_CUT_ONE_PORT;
}

bool device_clusters_find(const struct hosts *hosts, const struct cluster_options *options,
                          struct device_clusters *out, const struct limits *limits,
                          const struct distance_watch *watch, struct error *error)
{
	struct device_clusters c = {
		.cut = clusters_cut(hosts, options),
		.merges = memory_new((size_t)hosts->count + 1, sizeof *c.merges),
		.of_item = memory_new((size_t)hosts->count + 1, sizeof *c.of_item),
	};
	bool is_done = (c.merges != NULL && c.of_item != NULL) || error_memory(error, "hosts");
	is_done = is_done && (options->is_published ? link_published : link_own)(
				     hosts, options, &c, limits, watch, error);
	// Heights of floats are compared as floats: 0.3 is on the cut 0.3.
	const double cut = options->is_published ? c.cut : (double)(float)c.cut;
	is_done = is_done &&
	          linkage_cut(c.merges, c.items.count, cut, c.of_item, &c.count, error) &&
	          (clusters_rank(hosts, &c) || error_memory(error, "clusters"));
	if (is_done) {
		count_ties(&c);
		*out = c;
	} else {
		device_clusters_done(&c);
	}
	return is_done;
}

void device_clusters_done(struct device_clusters *c)
{
	host_items_done(&c->items);
	memory_free(c->merges);
	memory_free(c->of_item);
	memory_free(c->hosts);
	*c = (struct device_clusters){ 0 };
}

// ---- all hosts

static uint32_t merge_equal(const struct hosts *hosts, const struct device_clusters *c,
                            uint32_t *places, struct merge *out)
{
	uint32_t *seen = places + c->items.count, count = 0;
	for (uint32_t i = 0; i < hosts->count; i++) {
		const uint32_t item = c->items.of_host[i];
		if (seen[item] > 0)
			out[count++] = (struct merge){ places[item], i, 0, 0 };
		seen[item] = 1;
		places[item] = i;
	}
	return count;
}

bool device_linkage(const struct hosts *hosts, const struct device_clusters *c, struct merge *out,
                    struct error *error)
{
	const uint32_t n = c->items.count;
	uint32_t *places = memory_new(2 * (size_t)n + 1, sizeof *places);
	if (places == NULL)
		return error_memory(error, "linking clusters");
	uint32_t count = merge_equal(hosts, c, places, out);
	// From here on what stood behind the places is those of merges.
	for (uint32_t k = 0; k + 1 < n; k++) {
		const struct merge *m = &c->merges[k];
		out[count++] = (struct merge){ places[m->left], places[m->right], m->height, 0 };
		places[n + k] = places[m->right];
	}
	memory_free(places);
	return linkage_number(out, hosts->count, NULL, error);
}
