// SPDX-License-Identifier: MIT
// What the published method finds where distances tie depends on the order of the hosts.
#include "analyse/devices/clusters_private.h"

#include "base/memory.h"
#include "base/random.h"

#include <string.h>

struct company {
	uint32_t *clusters;  // of hosts in some order
	uint64_t *sums,
		*marks;   // by cluster; by host: random numbers, so that sums tell sets apart
	uint64_t *given;  // by host: the sum of its cluster in the order given
	uint32_t *order;
	bool *has_moved;
	struct merge *merges;
};

static bool company_new(struct company *c, uint32_t n)
{
	c->clusters = memory_new((size_t)n + 1, sizeof *c->clusters);
	c->sums = memory_new((size_t)n + 1, sizeof *c->sums);
	c->marks = memory_new((size_t)n + 1, sizeof *c->marks);
	c->given = memory_new((size_t)n + 1, sizeof *c->given);
	c->order = memory_new((size_t)n + 1, sizeof *c->order);
	c->has_moved = memory_new((size_t)n + 1, sizeof *c->has_moved);
	c->merges = memory_new((size_t)n + 1, sizeof *c->merges);
	return c->clusters != NULL && c->sums != NULL && c->marks != NULL && c->given != NULL &&
	       c->order != NULL && c->has_moved != NULL && c->merges != NULL;
}

static void company_done(struct company *c)
{
	memory_free(c->clusters);
	memory_free(c->sums);
	memory_free(c->marks);
	memory_free(c->given);
	memory_free(c->order);
	memory_free(c->has_moved);
	memory_free(c->merges);
}

// Host order[i] is the i-th item.
static bool sum_up(struct company *c, const struct merge *merges, uint32_t n, double cut,
                   struct error *error)
{
	uint32_t count;
	if (!linkage_cut(merges, n, cut, c->clusters, &count, error))
		return false;
	memset(c->sums, 0, count * sizeof *c->sums);
	for (uint32_t i = 0; i < n; i++)
		c->sums[c->clusters[i]] += c->marks[c->order[i]];
	return true;
}

static void shuffle(struct random *r, uint32_t *order, uint32_t n)
{
	for (uint32_t i = n; i > 1; i--) {
		const uint32_t k = random_below(r, i), other = order[i - 1];
		order[i - 1] = order[k];
		order[k] = other;
	}
}

static bool try_order(struct company *c, const double *condensed, double *room, uint32_t n,
                      double cut, const struct limits *limits, struct error *error)
{
	double *to = room;
	for (uint32_t i = 0; i < n; i++)
		for (uint32_t k = i + 1; k < n; k++) {
			const uint32_t a = c->order[i], b = c->order[k];
			*to++ = condensed[a < b ? condensed_at(n, a, b) : condensed_at(n, b, a)];
		}
	if (!linkage_published(room, n, c->merges, limits, error) ||
	    !sum_up(c, c->merges, n, cut, error))
		return false;
	for (uint32_t i = 0; i < n; i++)
		c->has_moved[c->order[i]] |= c->sums[c->clusters[i]] != c->given[c->order[i]];
	return true;
}

static bool try_orders(struct company *c, const double *condensed, double *room,
                       const struct merge *merges, uint32_t n, double cut,
                       const struct limits *limits, struct error *error)
{
	struct random r = random_from(1);
	for (uint32_t i = 0; i < n; i++) {
		c->marks[i] = random_u64(&r);
		c->order[i] = i;
	}
	if (!sum_up(c, merges, n, cut, error))
		return false;
	for (uint32_t i = 0; i < n; i++)
		c->given[i] = c->sums[c->clusters[i]];
	for (unsigned k = 0; k < CLUSTER_ORDERS; k++) {
		shuffle(&r, c->order, n);
		if (!try_order(c, condensed, room, n, cut, limits, error))
			return false;
	}
	return true;
}

bool moved_by_order(const double *condensed, double *room, const struct merge *merges,
                    uint32_t hosts, double cut, struct device_clusters *out,
                    const struct limits *limits, struct error *error)
{
	if (hosts > CLUSTER_ORDERS_HOSTS_MAX)
		return true;
	struct company c = { 0 };
	const bool is_done = (company_new(&c, hosts) || error_memory(error, "orders of hosts")) &&
	                     try_orders(&c, condensed, room, merges, hosts, cut, limits, error);
	if (is_done) {
		out->orders = CLUSTER_ORDERS;
		for (uint32_t i = 0; i < hosts; i++)
			out->moved_hosts += c.has_moved[i];
	}
	company_done(&c);
	return is_done;
}
