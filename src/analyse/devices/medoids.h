// SPDX-License-Identifier: MIT
// Who stands for a cluster: the item with the least sum of distances to all others, each counted as often as hosts
// have it; of equal ones the first in the order of answers.
#pragma once

#include "analyse/devices/clusters.h"

// Of a cluster of more different items those that most hosts have are looked at.
enum { MEDOID_ITEMS_MAX = 256 };

// The item of each cluster into out[1 .. count]. Distances are those of 3-grams, also in the published way.
bool cluster_medoids(const struct hosts *, const struct device_clusters *, uint32_t *out,
                     struct error *error) MUST_CHECK;
