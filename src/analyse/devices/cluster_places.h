// SPDX-License-Identifier: MIT
// Where the hosts of each cluster are.
#pragma once

#include "analyse/devices/clusters.h"
#include "base/buffer.h"

struct place_atlas;

struct cluster_place {
	uint32_t cluster, place;  // of the atlas
	uint32_t hosts;
};

struct cluster_places {
	struct cluster_place
		*list;  // by cluster; of a cluster those with most hosts first, of as many by name
	size_t count;
};

// On that day; none, if there is no atlas (NULL), or it has no database. Asks it once a range of addresses.
bool cluster_places_find(const struct hosts *, const struct device_clusters *, struct place_atlas *,
                         int32_t day, struct cluster_places *out, struct error *error) MUST_CHECK;

// Appends the CLUSTER_PLACES_SHOWN with most hosts, and their shares of it: "JP=0.52;CN=0.31". Clusters are asked for in
// ascending order; `next`, 0 before, is where the list goes on.
enum { CLUSTER_PLACES_SHOWN = 3 };
void cluster_places_write(const struct cluster_places *, const struct device_clusters *,
                          const struct place_atlas *, uint32_t cluster, size_t *next,
                          struct buffer *out);
void cluster_places_done(struct cluster_places *);  // accepts one of zeros
