// SPDX-License-Identifier: MIT
#include "analyse/devices/cluster_places.h"

#include "analyse/pair_counts.h"
#include "base/memory.h"
#include "place/place.h"

#include <stdlib.h>
#include <string.h>

static bool count_hosts(const struct hosts *hosts, const struct device_clusters *found,
                        struct place_atlas *atlas, int32_t day, struct pair_counts *counts)
{
	struct place_range here = { .first = 1, .last = 0 };
	for (uint32_t i = 0; i < hosts->count; i++) {
		const uint32_t address = hosts->hosts[i].address;
		if ((address < here.first || address > here.last) &&
		    !place_find(atlas, day, address, &here))
			return false;
		if (!pair_counts_add(counts, found->of_item[found->items.of_host[i]], here.place,
		                     1))
			return false;
	}
	return true;
}

static int compare(const void *a, const void *b, void *context)
{
	const struct cluster_place *x = a, *y = b;
	if (x->cluster != y->cluster)
		return x->cluster < y->cluster ? -1 : 1;
	if (x->hosts != y->hosts)
		return x->hosts > y->hosts ? -1 : 1;
	return strcmp(place_at(context, x->place)->id, place_at(context, y->place)->id);
}

bool cluster_places_find(const struct hosts *hosts, const struct device_clusters *found,
                         struct place_atlas *atlas, int32_t day, struct cluster_places *out,
                         struct error *error)
{
	struct pair_counts counts = { .used = 0 };
	struct cluster_places places = { .count = 0 };
	const bool is_asked = atlas != NULL && place_origin_count(atlas) > 0;
	const bool is_counted = !is_asked || count_hosts(hosts, found, atlas, day, &counts);
	const size_t count = is_counted ? pair_counts_pack(&counts) : 0;
	places.list = memory_new(count + 1, sizeof *places.list);
	const bool is_done = is_counted && places.list != NULL;
	for (; is_done && places.count < count; places.count++) {
		const struct pair_count *c = &counts.slots[places.count];
		places.list[places.count] = (struct cluster_place){ c->group, c->place,
			                                            (uint32_t)c->count };
	}
	if (is_done && count > 1)
		qsort_r(places.list, count, sizeof *places.list, compare, atlas);
	pair_counts_done(&counts);
	if (is_done)
		*out = places;
	else
		cluster_places_done(&places);
	return is_done || error_memory(error, "places of clusters");
}

void cluster_places_write(const struct cluster_places *p, const struct device_clusters *found,
                          const struct place_atlas *atlas, uint32_t cluster, size_t *next,
                          struct buffer *out)
{
	for (unsigned i = 0; *next < p->count && p->list[*next].cluster == cluster; i++, ++*next)
		if (i < CLUSTER_PLACES_SHOWN)
			buffer_format(out, "%s%s=%.4g", i > 0 ? ";" : "",
			              place_at(atlas, p->list[*next].place)->id,
			              (double)p->list[*next].hosts / found->hosts[cluster]);
}

void cluster_places_done(struct cluster_places *places)
{
	memory_free(places->list);
	*places = (struct cluster_places){ .count = 0 };
}
