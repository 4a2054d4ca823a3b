// SPDX-License-Identifier: MIT
// Private to cmd/: what `hotaru cluster` has found, and how it is told.
#pragma once

#include "analyse/devices/clusters.h"
#include "analyse/devices/known_models.h"
#include "cmd/cluster_labels.h"
#include "cmd/confine.h"
#include "cmd/dataset.h"
#include "response/response.h"

struct cluster_command {
	struct analysis_command analysis;
	bool is_published, summary, linkage, score;
	struct place_atlas *countries;  // with --summary, where there are databases
	uint64_t newest_ns;             // of answers: where hosts are is asked of that day
	struct response_receiver next;  // who gets answers when their time was noted
	unsigned distance, compressor, lang;
	double cut;  // less than 0: not given
	const char *newick, *dendrogram;
	const char *assign, *save;   // files of models
	struct known_models *known;  // of --assign
	struct model_name *models;   // of clusters, with one of the two; NULL: they have no names
	struct label_source source;
	struct cluster_label *names;                 // of clusters; NULL: there are no labels
	struct cluster_scores scores;                // with --score
	const char *files[CONFINE_OUTPUTS_MAX + 1];  // all that are written beside the table
};

// Hands on what the store has of the days on which hosts were asked.
bool cluster_read_store(struct cluster_command *, const struct response_receiver *,
                        struct error *error) MUST_CHECK;

// The rows: hosts by cluster, clusters, or merges.
bool cluster_print(const struct cluster_command *, const struct hosts *,
                   const struct device_clusters *, struct error *error) MUST_CHECK;

// Models that keep their names: what contradicts itself; the file of --assign is read; without one clusters get names;
// the file of --save is written.
bool cluster_models_check(const struct cluster_command *, struct error *error) MUST_CHECK;
// For confine_enter(): databases, and models. The caller frees the list with database_files_done().
bool cluster_files(const struct cluster_command *, char ***out, struct error *error) MUST_CHECK;
bool cluster_models_read(struct cluster_command *, struct error *error) MUST_CHECK;
bool cluster_models_name(struct cluster_command *, const struct device_clusters *,
                         struct error *error) MUST_CHECK;
bool cluster_models_save(const struct cluster_command *, const struct hosts *,
                         const struct device_clusters *, struct error *error) MUST_CHECK;

bool cluster_write_file(const char *path, const struct buffer *text,
                        struct error *error) MUST_CHECK;

// The files beside the table.
bool cluster_write_files(const struct cluster_command *, const struct hosts *,
                         const struct device_clusters *, struct error *error) MUST_CHECK;

// The tree as an SVG, for cluster_write_files().
bool cluster_draw(const struct cluster_command *, const struct hosts *,
                  const struct device_clusters *, struct buffer *out,
                  struct error *error) MUST_CHECK;

// One row a cluster, for cluster_print().
extern const struct schema cluster_summary_schema;
struct rows;
bool cluster_print_summary(const struct cluster_command *, struct rows *, const struct hosts *,
                           const struct device_clusters *, struct error *error) MUST_CHECK;
