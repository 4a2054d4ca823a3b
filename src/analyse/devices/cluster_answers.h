// SPDX-License-Identifier: MIT
// What the hosts of a cluster answered, for a row about it: on which ports, and the answer that stands for all.
#pragma once

#include "analyse/devices/clusters.h"

// Of an answer so many bytes are shown: models are named early, and pages are long.
enum { CLUSTER_BANNER_MAX = 1024 };

struct cluster_answers {
	const struct hosts *hosts;
	const struct device_clusters *found;
	uint32_t *heads, *nexts;  // items by cluster: chains, UINT32_MAX at the end
	uint32_t *on_port;        // hosts of the cluster at hand, by port
};

bool cluster_answers_begin(struct cluster_answers *, const struct hosts *,
                           const struct device_clusters *, struct error *error) MUST_CHECK;
void cluster_answers_done(struct cluster_answers *);

// The items of the cluster that most hosts have, of as many the first, up to `room`; returns how many.
unsigned cluster_answers_most(const struct cluster_answers *, uint32_t cluster, uint32_t *items,
                              unsigned room);

// Appends the ports of the cluster, ascending, joined by ";"; returns that on which most of its hosts answered, of
// equal ones the lowest.
uint16_t cluster_answers_ports(struct cluster_answers *, uint32_t cluster, struct buffer *out);

// Appends what a host answered on that port, or else on its first, as it would stand in a program: what is no printable
// ASCII is \r, \n, \t or \xHH.
void cluster_answers_banner(const struct cluster_answers *, const struct host *, uint16_t port,
                            struct buffer *out);
