// SPDX-License-Identifier: MIT
// How far hosts are from each other, as the condensed matrix of cluster/linkage.h.
#pragma once

#include "analyse/devices/hosts.h"
#include "base/work_limits.h"
#include "cluster/compress.h"

// Who is told how far it is; called by the thread that asked, now and then.
struct distance_watch {
	void (*tick)(void *context, uint64_t done, uint64_t total);
	void *context;
};

// The published method (Kasama and Inoue 2017): the mean over the ports that both answered on of the normalised
// compression distance, ports ascending, summed and then divided; 1 for hosts without a common port. What is not
// said there: the text of the host that stands first comes first in C(xy). Of each two texts it is computed once,
// whatever the number of hosts that have them. `condensed` has room for all pairs of hosts.
bool published_distances(const struct hosts *, enum compressor_kind, double *condensed,
                         const struct limits *, const struct distance_watch *,
                         struct error *error) MUST_CHECK;

// The distance of two texts that vector_distances() takes.
enum text_distance {
	TEXT_NGRAM,  // of their 3-grams: cluster/gram.h
	TEXT_NCD,    // by compression, 0 between equal ones; the text that is less comes first
};

// By all that they answered: host_distance.h.
bool vector_distances(const struct hosts *, const struct host_items *, enum text_distance,
                      enum compressor_kind, float *condensed, const struct limits *,
                      const struct distance_watch *, struct error *error) MUST_CHECK;
