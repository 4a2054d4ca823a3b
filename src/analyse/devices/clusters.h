// SPDX-License-Identifier: MIT
// Groups hosts by what they answered: the published way, or hotaru's own.
#pragma once

#include "analyse/devices/distances.h"
#include "cluster/linkage.h"

// The published cut, chosen by eye there; that of one's own, learnt from made hosts with several ports; where
// all answers are of one port, that learnt from banners with labels; and one's own by compression, learnt from both.
// doc/devices.md has what they are worth.
#define CLUSTER_CUT_PUBLISHED 0.3
#define CLUSTER_CUT_OWN 0.29
#define CLUSTER_CUT_ONE_PORT 0.73
#define CLUSTER_CUT_NCD 0.25

enum {
	// Hosts that the published way can be asked for: the matrices take some 8 GiB.
	CLUSTER_HOSTS_PUBLISHED_MAX = 30000,
	// Different vectors of answers that are linked as one: their matrix takes 7.2 GB. More of them are linked
	// by parts (linked_parts.h).
	CLUSTER_VECTORS_MAX = 60000,
	// In the published way: orders of hosts that are tried, for as many hosts at most.
	CLUSTER_ORDERS = 40,
	CLUSTER_ORDERS_HOSTS_MAX = 2500,
};

struct cluster_options {
	bool is_published;
	enum text_distance distance;  // of one's own way
	enum compressor_kind compressor;
	double cut;            // less than 0: one of those above
	uint32_t vectors_max;  // 0: CLUSTER_VECTORS_MAX
};

struct device_clusters {
	struct host_items items;
	struct merge *merges;  // [items.count - 1], of items
	uint32_t *
		of_item;  // [items.count]: the cluster, from 1; 1 has most hosts, of equal ones the lowest
			  // address stands first
	uint32_t count;        // of clusters
	double cut;            // that was taken
	uint32_t *hosts;       // [count + 1]: of each cluster; [0] is not used
	uint32_t tied_merges;  // heights that another merge has, too
	// Whether items were linked by parts: then the tree is known up to the cut, and what is above it is at 1. How
	// many were put to another within this radius, since their part was too large.
	bool is_parted;
	uint32_t put_items;
	float radius;
	// In the published way equal distances are taken in the order of hosts. How many hosts would be in other
	// company in some of `orders` others (random.h, seed 1): their cluster then is another set of hosts. 0
	// orders: not tried, there are too many hosts.
	uint32_t orders, moved_hosts;
};
void device_clusters_done(struct device_clusters *);  // accepts one of zeros

// False: too many hosts, no memory, or cancelled.
bool device_clusters_find(const struct hosts *, const struct cluster_options *,
                          struct device_clusters *out, const struct limits *,
                          const struct distance_watch *, struct error *error) MUST_CHECK;

// The merges of all hosts, in SciPy's numbering: hosts 0 .. n-1 in the order of addresses. Hosts that
// are one item merge at height 0. `out` has room for hosts.count - 1.
bool device_linkage(const struct hosts *, const struct device_clusters *, struct merge *out,
                    struct error *error) MUST_CHECK;
