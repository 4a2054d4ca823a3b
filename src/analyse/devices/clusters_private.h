// SPDX-License-Identifier: MIT
// Private to analyse/devices.
#pragma once

#include "analyse/devices/clusters.h"

// Links anew in other orders of the hosts and fills orders and moved_hosts. `room` is as large as the distances.
bool moved_by_order(const double *condensed, double *room, const struct merge *merges,
                    uint32_t hosts, double cut, struct device_clusters *out, const struct limits *,
                    struct error *error) MUST_CHECK;
