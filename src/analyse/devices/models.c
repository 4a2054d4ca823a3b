// SPDX-License-Identifier: MIT
#include "analyse/devices/models.h"

#include "analyse/devices/accessibility.h"
#include "analyse/devices/medoids.h"
#include "analyse/pair_counts.h"
#include "base/memory.h"
#include "device/mask.h"
#include "place/place.h"

#include <stdlib.h>

enum { PORT_COUNT = UINT16_MAX + 1 };

struct joining {
	const struct models_request *request;
	struct models *out;
	unsigned field;     // of host-days: the ports of SYNs
	uint32_t next;      // host
	uint32_t *on_port;  // the last source that was seen to attack it, + 1
	struct place_range here;
	int32_t here_day;
	bool has_here;
	struct pair_counts ports, places, days;
};

// ---- hosts

// Who takes the answers; without rules the second is NULL.
struct gatherers {
	struct host_gatherer *hosts;
	struct label_gatherer *labels;
};

static bool take(const struct gatherers *g, const struct response *r, struct error *error)
{
	return host_gatherer_take(g->hosts, r, error) &&
	       (g->labels == NULL || label_gatherer_take(g->labels, r, error));
}

static bool gather(struct holdings *h, struct day_range days, const struct gatherers *g,
                   struct error *error)
{
	const int32_t to = days.to > INT32_MAX - ACCESSIBILITY_DAYS_AFTER
	                           ? INT32_MAX
	                           : days.to + ACCESSIBILITY_DAYS_AFTER;
	struct holdings_responses *responses;
	struct response r;
	if (!holdings_open_responses(h, days.from, to, true, &responses, error))
		return false;
	bool ok = true;
	while (ok && responses->next(responses, &r, error))
		ok = take(g, &r, error);
	holdings_close_responses(responses);
	return ok && error->kind == ERROR_NONE;
}

static bool find_hosts(struct holdings *h, const struct models_request *r, struct label_work *work,
                       struct models *out, struct error *error)
{
	struct gatherers g = { .hosts = host_gatherer_new(mask_answer, error) };
	bool ok = g.hosts != NULL;
	if (ok && work != NULL)
		ok = (g.labels = label_gatherer_new(work, error)) != NULL;
	if (!ok || !gather(h, r->days, &g, error)) {
		host_gatherer_free(g.hosts);
		label_gatherer_free(g.labels);
		return false;
	}
	ok = host_gatherer_finish(g.hosts, &out->hosts, error);
	if (g.labels != NULL && !ok)
		label_gatherer_free(g.labels);
	else if (g.labels != NULL)
		ok = label_gatherer_finish(g.labels, &out->of_rules, error);
	return ok;
}

// With their labels, if there are rules or a table of these.
static bool find_labelled_hosts(struct holdings *h, const struct models_request *r,
                                struct models *out, struct error *error)
{
	struct label_work *work = NULL;
	if (r->label_rules != NULL && (work = label_work_new(r->label_rules, error)) == NULL)
		return false;
	const bool ok = find_hosts(h, r, work, out, error);
	if (work != NULL)
		out->rules_gave_up = label_gave_up(work);
	label_work_free(work);
	out->labels = r->label_rules != NULL ? &out->of_rules : r->label_table;
	return ok;
}

// ---- clusters

static void nobody_watches(void *context, uint64_t done, uint64_t total)
{
	(void)context;
	(void)done;
	(void)total;
}

static bool count_vectors(const struct models_request *r, struct models *out, struct error *error)
{
	struct host_items items;
	if (!host_items_grouped(&out->hosts, &items, error))
		return false;
	out->vectors = items.count;
	out->are_too_many = items.count > r->vectors_max;
	host_items_done(&items);
	return true;
}

static bool find_clusters(const struct models_request *r, const struct limits *limits,
                          struct models *out, struct error *error)
{
	static const struct cluster_options own = { .distance = TEXT_NGRAM, .cut = -1 };
	const struct distance_watch watch = { nobody_watches, NULL };
	if (!device_clusters_find(&out->hosts, &own, &out->found, limits, &watch, error))
		return false;
	out->medoids = memory_new((size_t)out->found.count + 1, sizeof *out->medoids);
	out->infected = memory_new((size_t)out->found.count + 1, sizeof *out->infected);
	out->neighbours = memory_new((size_t)out->found.count + 1, sizeof *out->neighbours);
	if (out->medoids == NULL || out->infected == NULL || out->neighbours == NULL)
		return error_memory(error, "clusters");
	return cluster_medoids(&out->hosts, &out->found, out->medoids, error) &&
	       cluster_neighbours(&out->hosts, &out->found, out->medoids, out->neighbours, limits,
	                          error) &&
	       cluster_tells_find(&out->hosts, &out->found, out->medoids, out->neighbours,
	                          &out->tells, error) &&
	       cluster_places_find(&out->hosts, &out->found, r->countries, r->days.to, &out->homes,
	                           error);
}

static bool name_clusters(struct models *out, struct error *error)
{
	if (out->labels == NULL)
		return true;
	out->names = memory_new((size_t)out->found.count + 1, sizeof *out->names);
	if (out->names == NULL)
		return error_memory(error, "labels of clusters");
	return cluster_labels_find(&out->hosts, &out->found, out->labels, out->names, error);
}

// ---- what the telescope saw

// The cluster of a source; 0: it did not answer. Sources come ascending.
static uint32_t cluster_of(struct joining *j, uint32_t source)
{
	const struct hosts *hosts = &j->out->hosts;
	while (j->next < hosts->count && hosts->hosts[j->next].address < source)
		j->next++;
	if (j->next == hosts->count || hosts->hosts[j->next].address != source)
		return 0;
	return j->out->found.of_item[j->out->found.items.of_host[j->next]];
}

static bool count_ports(struct joining *j, uint32_t cluster, const struct host_day *host)
{
	if (!(host->fields_mask >> j->field & 1))
		return true;
	const struct item_set *set = &host->sets[j->field];
	for (uint32_t at = set->begin; at < set->begin + set->count; at++) {
		const uint16_t port = (uint16_t)(host->items[at].value & 0xffff);
		if (j->on_port[port] == j->next + 1)
			continue;
		j->on_port[port] = j->next + 1;
		if (!pair_counts_add(&j->ports, cluster, port, 1))
			return false;
	}
	return true;
}

static bool count_place(struct joining *j, uint32_t cluster, uint32_t source, int32_t day)
{
	if (j->request->countries == NULL)
		return true;
	if (!j->has_here || j->here_day != day || source < j->here.first || source > j->here.last) {
		if (!place_find(j->request->countries, day, source, &j->here))
			return false;
		j->has_here = true;
		j->here_day = day;
	}
	return pair_counts_add(&j->places, cluster, j->here.place, 1);
}

static bool count_source(struct joining *j, uint32_t cluster, const struct source_days *source)
{
	bool ok = true;
	j->out->answered++;
	j->out->infected[cluster]++;
	for (size_t i = 0; ok && i < source->count; i++)
		ok = pair_counts_add(&j->days, cluster, (uint32_t)source->sightings[i].day, 1) &&
		     count_ports(j, cluster, source->sightings[i].host);
	return ok &&
	       count_place(j, cluster, source->source, source->sightings[source->count - 1].day);
}

static bool count_sources(struct joining *j, struct source_merge *merge, struct error *error)
{
	struct source_days source;
	while (source_merge_next(merge, &source, error)) {
		const uint32_t cluster = cluster_of(j, source.source);
		j->out->sources++;
		if (cluster > 0 && !count_source(j, cluster, &source))
			return error_memory(error, "infected hosts of clusters");
	}
	j->out->floods = source_merge_left_out(merge);
	return error->kind == ERROR_NONE;
}

static int by_most(const void *a, const void *b)
{
	const struct model_count *x = a, *y = b;
	if (x->cluster != y->cluster)
		return x->cluster < y->cluster ? -1 : 1;
	if (x->infected != y->infected)
		return x->infected > y->infected ? -1 : 1;
	return (x->key > y->key) - (x->key < y->key);
}

static int by_day(const void *a, const void *b)
{
	const struct model_count *x = a, *y = b;
	if (x->cluster != y->cluster)
		return x->cluster < y->cluster ? -1 : 1;
	return ((int32_t)x->key > (int32_t)y->key) - ((int32_t)x->key < (int32_t)y->key);
}

static bool sort(struct pair_counts *counts, int (*order)(const void *, const void *),
                 struct model_counts *out, struct error *error)
{
	const size_t count = pair_counts_pack(counts);
	out->list = memory_new(count + 1, sizeof *out->list);
	if (out->list == NULL)
		return error_memory(error, "infected hosts of clusters");
	for (; out->count < count; out->count++) {
		const struct pair_count *slot = &counts->slots[out->count];
		out->list[out->count] = (struct model_count){ slot->group, slot->place,
			                                      slot->count };
	}
	qsort(out->list, count, sizeof *out->list, order);
	return true;
}

static bool read_host_days(struct holdings *h, struct joining *j, struct error *error)
{
	const struct models_request *r = j->request;
	const struct source_filter filter = { .window = r->days,
		                              .family = r->family,
		                              .port = SOURCE_ANY_PORT,
		                              .without_floods = r->without_floods };
	struct source_merge *merge;
	j->field = source_filter_field(&filter);
	if (!source_merge_open(h, &filter, COLUMN_BIT(COLUMN_FIELD + j->field), &merge, error))
		return false;
	const bool ok = count_sources(j, merge, error);
	source_merge_close(merge);
	return ok;
}

static bool join(struct holdings *h, const struct models_request *r, struct models *out,
                 struct error *error)
{
	struct joining j = { .request = r,
		             .out = out,
		             .on_port = memory_new(PORT_COUNT, sizeof *j.on_port) };
	const bool ok = (j.on_port != NULL || error_memory(error, "ports")) &&
	                read_host_days(h, &j, error) &&
	                sort(&j.ports, by_most, &out->ports, error) &&
	                sort(&j.places, by_most, &out->places, error) &&
	                sort(&j.days, by_day, &out->days, error);
	pair_counts_done(&j.ports);
	pair_counts_done(&j.places);
	pair_counts_done(&j.days);
	memory_free(j.on_port);
	return ok;
}

// ---- all of it

bool models_find(struct holdings *h, const struct models_request *r, const struct limits *limits,
                 struct models *out, struct error *error)
{
	*out = (struct models){ .vectors = 0 };
	bool ok = find_labelled_hosts(h, r, out, error);
	if (ok && out->hosts.count > 0)
		ok = count_vectors(r, out, error) &&
		     (out->are_too_many || (find_clusters(r, limits, out, error) &&
		                            name_clusters(out, error) && join(h, r, out, error)));
	if (!ok)
		models_done(out);
	return ok;
}

void models_done(struct models *m)
{
	device_clusters_done(&m->found);
	hosts_done(&m->hosts);
	host_labels_done(&m->of_rules);
	memory_free(m->names);
	memory_free(m->medoids);
	memory_free(m->neighbours);
	cluster_tells_done(&m->tells);
	cluster_places_done(&m->homes);
	memory_free(m->infected);
	memory_free(m->ports.list);
	memory_free(m->places.list);
	memory_free(m->days.list);
	*m = (struct models){ .vectors = 0 };
}
