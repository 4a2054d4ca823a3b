// SPDX-License-Identifier: MIT
// Which other cluster is nearest to each, and what tells it from that one.
#pragma once

#include "analyse/devices/clusters.h"
#include "base/buffer.h"

// The distances of so many clusters are looked at, those with most hosts: they take 0.8 GB. Smaller ones have no
// neighbour.
enum { NEIGHBOURS_MAX = 20000 };

struct neighbour {
	uint32_t cluster;  // 0: none has a port in common with it
	float distance;
};

// The cluster whose medoid is nearest to that of each, of those that have a port in common with it, by the distance of
// host_distance.h, into out[1 .. count]; of equal ones the first. `medoids` are items (medoids.h).
bool cluster_neighbours(const struct hosts *, const struct device_clusters *,
                        const uint32_t *medoids, struct neighbour *out, const struct limits *,
                        struct error *error) MUST_CHECK;

// ---- what tells them apart

// Of each cluster a text: up to three words with the port on which hosts answer so, "80:NR-40 23:1.15". A word is a run
// of printable ASCII without blanks, quotes, brackets, "=", ";" and ",", of 2 bytes at least, of which 48 count; what was
// masked is none, nor are names of tags. Taken are
//
//   1. words that at least half more of its hosts have than of the neighbour's, of those that answered on the port:
//      first on ports that both clusters answer on, then by how many more; of as many what is rarest, then
//      by port and bytes. A word is named on one port only
//   2. where there are none: such words of the neighbour that its own hosts have not, with "-" before: "-80:Beta"
//   3. else the longest piece of its medoid's answer whose 3-grams the neighbour's has not, in the first 4 KiB, of 32
//      bytes at most, with blanks, backslashes and what is no printable ASCII as \xHH
//
// Looked at are the TELLS_ITEMS_MAX different answers of a cluster that most hosts have. Without a neighbour it is
// what most of its own hosts say. Hosts' bytes are hostile: the text is printable ASCII.
enum {
	TELLS_ITEMS_MAX = 16,
	TELLS_WORDS = 3,
	TELLS_WORD_MIN = 2,
	TELLS_WORD_MAX = 48,
	TELLS_PIECE_MAX = 32,
	TELLS_LOOK_MAX = 4096,
};

struct cluster_tells {
	struct buffer text;
	size_t *begins, *ends;  // [count + 1]: of each cluster, in `text`
};

// Time and memory go with the texts of all answers, whichever neighbours clusters have.
bool cluster_tells_find(const struct hosts *, const struct device_clusters *,
                        const uint32_t *medoids, const struct neighbour *,
                        struct cluster_tells *out, struct error *error) MUST_CHECK;
void cluster_tells_done(struct cluster_tells *);  // accepts one of zeros

static inline struct span cluster_tells_of(const struct cluster_tells *t, uint32_t cluster)
{
	return (struct span){ t->text.bytes + t->begins[cluster],
		              t->ends[cluster] - t->begins[cluster] };
}
