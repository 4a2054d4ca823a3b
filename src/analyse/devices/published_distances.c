// SPDX-License-Identifier: MIT
#include "analyse/devices/distances.h"

#include "analyse/devices/port_texts.h"
#include "analyse/devices/text_lengths.h"
#include "base/memory.h"
#include "cluster/linkage.h"

// Adds the distances on one port to those of the pairs of hosts that have it.
static void add_port(const struct port_texts *p, const struct text_lengths *lengths, uint32_t hosts,
                     double *condensed)
{
	for (uint32_t i = 0; i < p->item_count; i++)
		for (uint32_t k = i + 1; k < p->item_count; k++)
			condensed[condensed_at(hosts, p->items[i], p->items[k])] +=
				text_lengths_ncd(lengths, p->local[i], p->local[k]);
}

static void divide(const struct hosts *hosts, double *condensed)
{
	for (uint32_t i = 0; i < hosts->count; i++)
		for (uint32_t k = i + 1; k < hosts->count; k++, condensed++) {
			const uint32_t common = common_ports(&hosts->hosts[i], &hosts->hosts[k]);
			*condensed = common == 0 ? 1 : *condensed / common;
		}
}

bool published_distances(const struct hosts *hosts, enum compressor_kind kind, double *condensed,
                         const struct limits *limits, const struct distance_watch *watch,
                         struct error *error)
{
	struct host_items items;
	uint16_t *ports = NULL;
	uint32_t port_count = 0;
	if (!host_items_single(hosts, &items, error))
		return false;
	bool is_done = ports_of_items(&items, &ports, &port_count) ||
	               error_memory(error, "distances of hosts");
	for (size_t i = 0; i < pairs_of(hosts->count); i++)
		condensed[i] = 0;
	for (uint32_t i = 0; is_done && i < port_count; i++) {
		struct port_texts p;
		struct text_lengths lengths;
		is_done = port_texts_make(hosts, &items, ports[i], &p) ||
		          error_memory(error, "distances of hosts");
		if (!is_done)
			break;
		is_done = text_lengths_make(hosts, &p, kind, true, &lengths, limits, watch, error);
		if (is_done) {
			add_port(&p, &lengths, hosts->count, condensed);
			text_lengths_done(&lengths);
		}
		port_texts_done(&p);
	}
	if (is_done)
		divide(hosts, condensed);
	memory_free(ports);
	host_items_done(&items);
	return is_done;
}
