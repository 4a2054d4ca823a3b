// SPDX-License-Identifier: MIT
// Private to analyse/devices.
#pragma once

#include "analyse/devices/clusters.h"

// Numbers clusters, which are numbered from 0, by size from 1, and counts their hosts. False: no memory.
bool clusters_rank(const struct hosts *, struct device_clusters *);

// The cut of the options, or else the one that is meant for such hosts; there is one host at least.
double clusters_cut(const struct hosts *, const struct cluster_options *);

// Links anew in other orders of the hosts and fills orders and moved_hosts. `room` is as large as the distances.
bool moved_by_order(const double *condensed, double *room, const struct merge *merges,
                    uint32_t hosts, double cut, struct device_clusters *out, const struct limits *,
                    struct error *error) MUST_CHECK;
