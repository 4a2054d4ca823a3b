// SPDX-License-Identifier: MIT
// What clusters are called, and how well they agree with labels.
#pragma once

#include "analyse/devices/clusters.h"
#include "analyse/devices/host_labels.h"
#include "cluster/score.h"

// A cluster has the label that most of its hosts have that have one; of equally many the first in the
// order of bytes. It passes it on to those without.
struct cluster_label {
	uint32_t name;      // of the labels; 0: no host has one
	uint32_t hosts;     // that have it,
	uint32_t labelled;  // of so many that have any
};

// `out` has room for found->count + 1; [0] is not used.
bool cluster_labels_find(const struct hosts *, const struct device_clusters *,
                         const struct host_labels *, struct cluster_label *out,
                         struct error *error) MUST_CHECK;

// ---- scores

// Who is scored are hosts that have a label.
//
// A rule reads the same text that is clustered, so that clusters and labels agree for that alone. Therefore
// each port is left out once: hosts are clustered by what they answered on the others, and scored against
// their labels by that port; of a table, against their labels. Who has no other port is not in it.
struct cluster_score {
	uint16_t port_left_out;  // 0: none
	uint32_t hosts;          // clustered; score.items of them have a label
	struct score score;
};

struct cluster_scores {
	struct cluster_score *scores;  // [0] is of all ports; then ports, ascending
	uint32_t count;
};
void cluster_scores_done(struct cluster_scores *);  // accepts one of zeros

// `found` is what device_clusters_find() found of the hosts with the same options. Ports by which fewer
// than CLUSTER_SCORE_HOSTS_MIN hosts could be scored are not left out, and of the others those by which most
// could: each takes a clustering of its own.
enum { CLUSTER_SCORE_HOSTS_MIN = 10, CLUSTER_SCORE_PORTS_MAX = 24 };
bool cluster_scores_find(const struct hosts *, const struct device_clusters *found,
                         const struct host_labels *, const struct cluster_options *,
                         struct cluster_scores *out, const struct limits *,
                         const struct distance_watch *, struct error *error) MUST_CHECK;
