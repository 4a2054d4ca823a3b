// SPDX-License-Identifier: MIT
#include "analyse/devices/neighbours.h"

#include "analyse/devices/port_texts.h"
#include "base/memory.h"

// Hosts that answer differently on a port are farther apart than hosts of whom nothing can be compared: those are left out.
static void look_at(const struct host_items *items, const float *d, struct neighbour *out)
{
	for (uint32_t i = 0; i < items->count; i++)
		for (uint32_t k = i + 1; k < items->count; k++, d++) {
			const bool is_nearer = out[i].cluster == 0 || *d < out[i].distance;
			const bool is_nearer_back = out[k].cluster == 0 || *d < out[k].distance;
			if (!(is_nearer || is_nearer_back) ||
			    common_ports(items->items[i].host, items->items[k].host) == 0)
				continue;
			if (is_nearer)
				out[i] = (struct neighbour){ k + 1, *d };
			if (is_nearer_back)
				out[k] = (struct neighbour){ i + 1, *d };
		}
}

bool cluster_neighbours(const struct hosts *hosts, const struct device_clusters *found,
                        const uint32_t *medoids, struct neighbour *out, const struct limits *limits,
                        struct error *error)
{
	const uint32_t count = found->count < NEIGHBOURS_MAX ? found->count : NEIGHBOURS_MAX;
	struct host_items items = { .items = memory_new((size_t)count + 1, sizeof *items.items),
		                    .count = count };
	float *d = memory_large((pairs_of(count) + 1) * sizeof *d);
	bool is_done = (items.items != NULL && d != NULL) ||
	               error_memory(error, "neighbours of clusters");
	for (uint32_t k = 0; k <= found->count; k++)
		out[k] = (struct neighbour){ .cluster = 0 };
	for (uint32_t k = 0; is_done && k < count; k++)
		items.items[k] = found->items.items[medoids[k + 1]];
	is_done = is_done && vector_distances(hosts, &items, TEXT_NGRAM, COMPRESSOR_BZIP2, d,
	                                      limits, NULL, error);
	if (is_done)
		look_at(&items, d, out + 1);
	memory_free(d);
	host_items_done(&items);
	return is_done;
}
