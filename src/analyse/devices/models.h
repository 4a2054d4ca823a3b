// SPDX-License-Identifier: MIT
// Clusters of hosts that answered alike, joined with what the telescope saw of them: how many of each are infected, which
// ports these attacked, where they are, on which days they came.
//
// Hosts are all that answered when they were asked on the days, or up to 30 days after (accessibility.h has why), whether
// the telescope saw them or not. Clusters are those of hotaru's own way (clusters.h). Infected are sources that count for the
// family on the days; a source is where the last of these days says, and attacked each port that it sent a SYN to on any of
// them.
#pragma once

#include "analyse/devices/cluster_labels.h"
#include "analyse/devices/cluster_places.h"
#include "analyse/devices/neighbours.h"
#include "analyse/source_merge.h"

struct place_atlas;

struct models_request {
	struct day_range days;
	unsigned family;      // HOLDINGS_ALL_SYNS: all that sent a SYN
	bool without_floods;  // source-days that are flood suspects are none
	uint32_t
		vectors_max;  // of more different answers nothing is found; at most CLUSTER_VECTORS_MAX
	struct place_atlas *countries;  // NULL: nobody knows where anything is
	// Labels are by rules or from a table, of one of the two; both NULL: there are none.
	const struct label_rules *label_rules;
	const struct host_labels *label_table;
};

// Infected hosts of a cluster by something.
struct model_count {
	uint32_t cluster, key;
	uint64_t infected;
};
struct model_counts {
	struct model_count *
		list;  // by cluster; of a cluster those with the most first, of equal ones the lowest key
	size_t count;
};

struct models {
	struct hosts hosts;
	struct device_clusters found;
	uint32_t *medoids;             // [found.count + 1]: the item that stands for each
	struct neighbour *neighbours;  // [found.count + 1]: the cluster that is nearest to each,
	struct cluster_tells tells;    // and what tells it from that
	struct cluster_places homes;   // where hosts are on the last day, infected or not
	uint64_t *infected;            // [found.count + 1]
	struct model_counts ports;     // keys are ports
	struct model_counts places;    // of the atlas
	struct model_counts days;      // that number; here by day
	uint32_t vectors;              // different answers of a host on all ports
	bool are_too_many;             // then there are no clusters
	uint64_t sources, answered;    // that count for the family; those of them that answered
	const struct host_labels *labels;  // the table, or `of_rules`; NULL: there are none
	struct host_labels of_rules;
	struct cluster_label *names;  // [found.count + 1], if there are labels
	uint64_t rules_gave_up;       // expressions that were ended by a limit
	struct floods_left_out floods;
};

// Once through the responses, once through host-days. Memory is that of clusters.h, and a little for each host.
bool models_find(struct holdings *, const struct models_request *, const struct limits *,
                 struct models *out, struct error *error) MUST_CHECK;
void models_done(struct models *);  // accepts one of zeros
