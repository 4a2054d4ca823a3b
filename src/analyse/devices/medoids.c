// SPDX-License-Identifier: MIT
#include "analyse/devices/medoids.h"

#include "analyse/devices/host_distance.h"
#include "base/memory.h"
#include "cluster/gram.h"
#include "device/rarity.h"

#include <stdlib.h>

struct grams {
	uint32_t *list;
	uint32_t count;
};

struct candidate {
	uint32_t item, weight;
	const struct host *host;
	struct grams *answers;  // [host->count]
	double sum;
};

struct search {
	const struct hosts *hosts;
	uint8_t *seen, *weights;
	uint32_t *tells;               // weights of answers
	struct candidate *candidates;  // of the cluster at hand
	uint32_t count;
};

static void forget(struct search *s)
{
	for (uint32_t i = 0; i < s->count; i++) {
		struct candidate *c = &s->candidates[i];
		for (uint32_t k = 0; c->answers != NULL && k < c->host->count; k++)
			memory_free(c->answers[k].list);
		memory_free(c->answers);
	}
	s->count = 0;
}

static bool take_grams(struct search *s, struct candidate *c)
{
	c->answers = memory_new(c->host->count, sizeof *c->answers);
	for (uint32_t k = 0; c->answers != NULL && k < c->host->count; k++) {
		const struct span text = s->hosts->texts[c->host->answers[k].text];
		struct grams *g = &c->answers[k];
		g->list = memory_room((text.length + 1) * sizeof *g->list);
		if (g->list == NULL)
			return false;
		g->count = gram_set(text, s->seen, g->list);
	}
	return c->answers != NULL;
}

static float distance(const struct search *s, const struct candidate *a, const struct candidate *b)
{
	float known = 0, weights = 0;
	for (uint32_t i = 0, k = 0; i < a->host->count || k < b->host->count;) {
		const uint32_t x = i < a->host->count ? a->host->answers[i].port : UINT32_MAX;
		const uint32_t y = k < b->host->count ? b->host->answers[k].port : UINT32_MAX;
		const uint32_t weight = (x <= y ? s->tells[a->host->answers[i].text] : 0) +
		                        (y <= x ? s->tells[b->host->answers[k].text] : 0);
		weights += (float)weight;
		if (x == y)
			known += port_known(weight, (float)gram_distance(
							    a->answers[i].list, a->answers[i].count,
							    b->answers[k].list, b->answers[k].count,
							    s->weights));
		i += x <= y;
		k += y <= x;
	}
	return host_distance(known, weights);
}

static int compare_weights(const void *a, const void *b)
{
	const struct candidate *x = a, *y = b;
	if (x->weight != y->weight)
		return x->weight > y->weight ? -1 : 1;
	return (x->item > y->item) - (x->item < y->item);
}

// The candidates are those that most hosts have; *out becomes one of them.
static bool nearest_to_all(struct search *s, uint32_t *out)
{
	if (s->count > 1)
		qsort(s->candidates, s->count, sizeof *s->candidates, compare_weights);
	s->count = s->count < MEDOID_ITEMS_MAX ? s->count : MEDOID_ITEMS_MAX;
	for (uint32_t i = 0; s->count > 2 && i < s->count; i++)
		if (!take_grams(s, &s->candidates[i]))
			return false;
	for (uint32_t i = 0; s->count > 2 && i < s->count; i++)
		for (uint32_t k = i + 1; k < s->count; k++) {
			struct candidate *a = &s->candidates[i], *b = &s->candidates[k];
			const double d = (double)distance(s, a, b);
			a->sum += d * b->weight;
			b->sum += d * a->weight;
		}
	// Of one or two it is the first, which has most hosts.
	const struct candidate *best = &s->candidates[0];
	for (uint32_t i = 1; i < s->count; i++) {
		const struct candidate *c = &s->candidates[i];
		if (c->sum < best->sum ||
		    (c->sum == best->sum && s->count > 2 && c->item < best->item))
			best = c;
	}
	*out = best->item;
	return true;
}

static bool search_all(struct search *s, const struct device_clusters *found, uint32_t *heads,
                       uint32_t *nexts, uint32_t *out)
{
	for (uint32_t k = 0; k <= found->count; k++)
		heads[k] = UINT32_MAX;
	for (uint32_t i = found->items.count; i-- > 0;) {
		nexts[i] = heads[found->of_item[i]];
		heads[found->of_item[i]] = i;
	}
	bool is_done = true;
	for (uint32_t k = 1; is_done && k <= found->count; k++) {
		for (uint32_t i = heads[k]; i != UINT32_MAX; i = nexts[i]) {
			const struct host_item *item = &found->items.items[i];
			s->candidates[s->count++] = (struct candidate){ .item = i,
				                                        .weight = item->weight,
				                                        .host = item->host };
		}
		is_done = nearest_to_all(s, &out[k]);
		forget(s);
	}
	return is_done;
}

bool cluster_medoids(const struct hosts *hosts, const struct device_clusters *found, uint32_t *out,
                     struct error *error)
{
	struct search s = {
		.hosts = hosts,
		.seen = memory_new(GRAM_SEEN_BYTES, 1),
		.weights = rarity_weights_new(),
		.candidates = memory_new((size_t)found->items.count + 1, sizeof *s.candidates),
	};
	uint32_t *heads = memory_new((size_t)found->count + 1, sizeof *heads);
	uint32_t *nexts = memory_new((size_t)found->items.count + 1, sizeof *nexts);
	s.tells = s.weights != NULL ? answer_weights_new(hosts, s.weights) : NULL;
	const bool is_done = s.seen != NULL && s.tells != NULL && s.candidates != NULL &&
	                     heads != NULL && nexts != NULL &&
	                     search_all(&s, found, heads, nexts, out);
	memory_free(s.seen);
	memory_free(s.weights);
	memory_free(s.tells);
	memory_free(s.candidates);
	memory_free(heads);
	memory_free(nexts);
	return is_done || error_memory(error, "medoids of clusters");
}
