// SPDX-License-Identifier: MIT
// Who stands for a model and who is new are one collection, whose distances are computed as always; each new one then looks
// at those to the models.
#include "analyse/devices/known_models_private.h"

#include "analyse/devices/clusters_private.h"
#include "base/memory.h"
#include "base/text.h"

#include <string.h>

enum { NOBODY = UINT32_MAX };

struct assigning {
	const struct hosts *hosts;
	const struct known_models *known;
	const struct cluster_options *options;
	struct device_clusters *found;
	uint32_t *model_of;  // [items]: the model that it joined; NOBODY: none
	const struct limits *limits;
	const struct distance_watch *watch;
};

// ---- joining models

// Texts of both, the models' behind those of the new.
struct both {
	struct hosts hosts;
	struct host *standing;
	struct host_answer *answers;
	struct host_items items;  // first who stands for models
};

static void both_done(struct both *b)
{
	memory_free(b->hosts.texts);
	memory_free(b->standing);
	memory_free(b->answers);
	host_items_done(&b->items);
}

static bool both_new(const struct assigning *a, struct both *b)
{
	const struct hosts *known = &a->known->hosts;
	const struct host_items *items = &a->found->items;
	const size_t texts = (size_t)a->hosts->text_count + known->text_count;
	size_t answers = 0;
	for (uint32_t i = 0; i < known->count; i++)
		answers += known->hosts[i].count;
	*b = (struct both){
		.hosts = { .texts = memory_new(texts + 1, sizeof *b->hosts.texts),
		           .text_count = (uint32_t)texts },
		.standing = memory_new((size_t)known->count + 1, sizeof *b->standing),
		.answers = memory_new(answers + 1, sizeof *b->answers),
		.items = { .items = memory_new((size_t)known->count + items->count + 1,
		                               sizeof *b->items.items),
		           .count = known->count + items->count },
	};
	return b->hosts.texts != NULL && b->standing != NULL && b->answers != NULL &&
	       b->items.items != NULL;
}

static void fill(const struct assigning *a, struct both *b)
{
	const struct hosts *known = &a->known->hosts;
	struct host_answer *next = b->answers;
	memcpy(b->hosts.texts, a->hosts->texts, a->hosts->text_count * sizeof *b->hosts.texts);
	memcpy(b->hosts.texts + a->hosts->text_count, known->texts,
	       known->text_count * sizeof *b->hosts.texts);
	for (uint32_t i = 0; i < known->count; i++) {
		b->standing[i] = known->hosts[i];
		b->standing[i].answers = next;
		for (uint32_t k = 0; k < known->hosts[i].count; k++, next++) {
			*next = known->hosts[i].answers[k];
			next->text += a->hosts->text_count;
		}
		b->items.items[i] = (struct host_item){ &b->standing[i], 1 };
	}
	memcpy(b->items.items + known->count, a->found->items.items,
	       a->found->items.count * sizeof *b->items.items);
}

// The model with the least mean distance, as far as the cut. `sums` and `weights` are scratch room of [models].
static uint32_t nearest_model(const struct assigning *a, const float *d, uint32_t all, uint32_t at,
                              double *sums, double *weights)
{
	const struct known_models *known = a->known;
	const double cut = (double)(float)a->found->cut;
	uint32_t best = NOBODY;
	double least = 0;
	memset(sums, 0, known->count * sizeof *sums);
	memset(weights, 0, known->count * sizeof *weights);
	for (uint32_t i = 0; i < known->hosts.count; i++) {
		const struct standing *s = &known->standing[known->hosts.hosts[i].address];
		sums[s->model] += s->hosts * (double)d[condensed_at(all, i, at)];
		weights[s->model] += s->hosts;
	}
	for (uint32_t m = 0; m < known->count; m++) {
		const double mean = sums[m] / weights[m];
		if (mean <= cut && (best == NOBODY || mean < least)) {
			best = m;
			least = mean;
		}
	}
	return best;
}

static bool look_at(const struct assigning *a, const struct both *b, struct error *error)
{
	const uint32_t standing = a->known->hosts.count, all = b->items.count;
	float *d = memory_large((pairs_of(all) + 1) * sizeof *d);
	double *room = memory_new(2 * (size_t)a->known->count + 1, sizeof *room);
	const bool is_done = (d != NULL && room != NULL)
	                             ? vector_distances(&b->hosts, &b->items, TEXT_NGRAM,
	                                                COMPRESSOR_BZIP2, d, a->limits, a->watch,
	                                                error)
	                             : error_memory(error, "distances to models");
	for (uint32_t i = 0; is_done && i < a->found->items.count; i++)
		a->model_of[i] = nearest_model(a, d, all, standing + i, room,
		                               room + a->known->count);
	memory_free(d);
	memory_free(room);
	return is_done;
}

static bool join_models(const struct assigning *a, struct error *error)
{
	struct both b;
	for (uint32_t i = 0; i < a->found->items.count; i++)
		a->model_of[i] = NOBODY;
	if (a->known == NULL || a->known->hosts.count == 0)
		return true;
	if ((uint64_t)a->known->hosts.count + a->found->items.count > CLUSTER_VECTORS_MAX)
		return error_set(error, ERROR_FAILED,
		                 "%u answers that stand for models and %u different new ones are "
		                 "too many: %d are compared at most",
		                 a->known->hosts.count, a->found->items.count, CLUSTER_VECTORS_MAX);
	bool is_done = both_new(a, &b) || error_memory(error, "distances to models");
	if (is_done) {
		fill(a, &b);
		is_done = look_at(a, &b, error);
	}
	both_done(&b);
	return is_done;
}

// ---- who is left

// Clusters of models first, as they stand in the file, then those of who is left; numbers from 0.
static bool number_models(const struct assigning *a, struct error *error)
{
	const uint32_t models = a->known != NULL ? a->known->count : 0;
	uint32_t *numbers = memory_new((size_t)models + 1, sizeof *numbers);
	if (numbers == NULL)
		return error_memory(error, "clusters");
	for (uint32_t i = 0; i < a->found->items.count; i++)
		if (a->model_of[i] != NOBODY)
			numbers[a->model_of[i]] = 1;
	for (uint32_t m = 0; m < models; m++)
		numbers[m] = numbers[m] > 0 ? a->found->count++ : 0;
	for (uint32_t i = 0; i < a->found->items.count; i++)
		if (a->model_of[i] != NOBODY)
			a->found->of_item[i] = numbers[a->model_of[i]];
	memory_free(numbers);
	return true;
}

static bool cluster_rest(const struct assigning *a, struct error *error)
{
	const struct host_items *items = &a->found->items;
	struct hosts rest = *a->hosts;
	struct cluster_options options = *a->options;
	struct device_clusters found = { 0 };
	options.cut = a->found->cut;
	rest.gathered = NULL;
	rest.count = 0;
	rest.hosts = memory_new((size_t)a->hosts->count + 1, sizeof *rest.hosts);
	if (rest.hosts == NULL)
		return error_memory(error, "clusters");
	for (uint32_t i = 0; i < a->hosts->count; i++)
		if (a->model_of[items->of_host[i]] == NOBODY)
			rest.hosts[rest.count++] = a->hosts->hosts[i];
	const bool is_done = rest.count == 0 || device_clusters_find(&rest, &options, &found,
	                                                             a->limits, a->watch, error);
	for (uint32_t i = 0, k = 0; is_done && i < a->hosts->count; i++) {
		const uint32_t item = items->of_host[i];
		if (a->model_of[item] == NOBODY)
			a->found->of_item[item] = a->found->count +
			                          found.of_item[found.items.of_host[k++]] - 1;
	}
	a->found->count += found.count;
	device_clusters_done(&found);
	memory_free(rest.hosts);
	return is_done;
}

// ---- all of them

// New names in the order of size.
static void name_all(const struct assigning *a, struct model_name *names)
{
	uint32_t last = a->known != NULL ? a->known->last_number : 0;
	for (uint32_t i = 0; i < a->found->items.count; i++)
		if (a->model_of[i] != NOBODY)
			names[a->found->of_item[i]] = a->known->names[a->model_of[i]];
	for (uint32_t k = 1; k <= a->found->count; k++)
		if (names[k].text[0] == '\0') {
			names[k].is_new = true;
			text_format(names[k].text, sizeof names[k].text, "m%u", ++last);
		}
}

static bool assign(struct assigning *a, struct error *error)
{
	a->model_of = memory_new((size_t)a->found->items.count + 1, sizeof *a->model_of);
	a->found->of_item = memory_new((size_t)a->found->items.count + 1,
	                               sizeof *a->found->of_item);
	if (a->model_of == NULL || a->found->of_item == NULL)
		return error_memory(error, "clusters");
	return join_models(a, error) && number_models(a, error) && cluster_rest(a, error) &&
	       (clusters_rank(a->hosts, a->found) || error_memory(error, "clusters"));
}

// That of hosts and models together.
static double cut_of(const struct hosts *hosts, const struct known_models *known,
                     const struct cluster_options *options)
{
	const double cut = clusters_cut(hosts, options);
	if (options->cut >= 0 || known == NULL || known->hosts.count == 0)
		return cut;
	const struct hosts *others = &known->hosts;
	const bool is_one_port = cut == CLUSTER_CUT_ONE_PORT &&
	                         clusters_cut(others, options) == CLUSTER_CUT_ONE_PORT &&
	                         others->hosts[0].answers[0].port ==
	                                 hosts->hosts[0].answers[0].port;
	return is_one_port ? cut : CLUSTER_CUT_OWN;
}

bool device_clusters_assign(const struct hosts *hosts, const struct known_models *known,
                            const struct cluster_options *options, struct device_clusters *out,
                            struct model_name **names, const struct limits *limits,
                            const struct distance_watch *watch, struct error *error)
{
	struct device_clusters found = { .cut = cut_of(hosts, known, options) };
	struct assigning a = { .hosts = hosts,
		               .known = known,
		               .options = options,
		               .found = &found,
		               .limits = limits,
		               .watch = watch };
	struct model_name *list = NULL;
	bool is_done = host_items_grouped(hosts, &found.items, error) && assign(&a, error);
	if (is_done) {
		list = memory_new((size_t)found.count + 1, sizeof *list);
		is_done = list != NULL || error_memory(error, "clusters");
	}
	if (is_done) {
		name_all(&a, list);
		*out = found;
		*names = list;
	} else {
		device_clusters_done(&found);
	}
	memory_free(a.model_of);
	return is_done;
}
