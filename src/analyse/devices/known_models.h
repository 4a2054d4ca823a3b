// SPDX-License-Identifier: MIT
// Models that have a name: clusters of an earlier day, by what stands for them. New hosts are assigned to them, so that a
// model keeps its name over the months.
//
// They rest in a file of hotaru's own lines (response/json_lines.h), an answer a line, as it was when the model got its name:
// masked, with the time of the newest answer then. `probe` says whose it is, NAME:HOSTS, and `address` is no host's, but counts
// who stands for models: those of one number are the answers of one host, which HOSTS hosts gave alike. A name is letters,
// digits, ".", "-" and "_"; m1, m2, ... are given, and whoever renames one in the file has renamed the model.
#pragma once

#include "analyse/devices/clusters.h"
#include "base/buffer.h"

// Of a cluster so many different answers stand for a model, those that most hosts gave. Up to so many the distance
// to a model is that to the whole cluster.
enum { MODEL_HOSTS_MAX = 16, MODEL_NAME_SIZE = 48 };

struct known_models;

struct known_models *known_models_new(struct error *error) MUST_CHECK;
void known_models_free(struct known_models *);  // accepts NULL

// As a response_receiver's, of a file of models. Fails where a response is none of a model's.
bool known_models_take(void *known, const struct response *, struct error *error) MUST_CHECK;
// Behind the last.
bool known_models_ready(struct known_models *, struct error *error) MUST_CHECK;

// ---- assigning

// Each host of the collection joins the model to whose hosts its mean distance is least, if that is the cut at most; of equal
// ones that which stands first in the file. That is the rule of average linkage for one host and a cluster that
// stays as it is, so that neither other hosts nor their order make a difference. Who is left is clustered as
// device_clusters_find() does, by itself, and gets new names, the largest cluster first.
//
// `known` may be without models, or NULL: then all get new names. *out has no merges, and clusters by size; names, of [count
// + 1], the caller gives to memory_free(). By 3-grams only. False: too many different answers, no memory, or
// cancelled.
struct model_name {
	char text[MODEL_NAME_SIZE];
	bool is_new;
};
bool device_clusters_assign(const struct hosts *, const struct known_models *,
                            const struct cluster_options *, struct device_clusters *out,
                            struct model_name **names, const struct limits *,
                            const struct distance_watch *, struct error *error) MUST_CHECK;

// Appends the file: the models that were known, as they were, and those that are new. A cluster that has no name is left out.
bool known_models_write(const struct known_models *, const struct hosts *,
                        const struct device_clusters *, const struct model_name *names,
                        uint64_t time_ns, struct buffer *out, struct error *error) MUST_CHECK;
