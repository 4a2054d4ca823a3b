// SPDX-License-Identifier: MIT
// `hotaru cluster --assign`, `--save`: models that keep their names.
#include "cmd/cluster.h"

#include "analyse/devices/known_models.h"
#include "base/memory.h"
#include "base/text.h"
#include "cmd/atlas.h"
#include "response/response_file.h"

enum { CODEC_MEMORY = 128 << 20 };
#define SAVED_MAX ((size_t)1 << 31)

bool cluster_models_check(const struct cluster_command *c, struct error *error)
{
	if (c->assign == NULL && c->save == NULL)
		return true;
	if (c->distance != 0)
		return error_set(error, ERROR_USAGE,
		                 "--assign and --save are for distances by 3-grams");
	return c->assign == NULL ||
	       (!c->linkage && !c->score && c->newick == NULL && c->dendrogram == NULL) ||
	       error_set(
		       error, ERROR_USAGE,
		       "--assign joins hosts to models, not in a tree: leave --linkage, --newick, "
		       "--dendrogram and --score out");
}

bool cluster_files(const struct cluster_command *c, char ***out, struct error *error)
{
	char **files;
	size_t count = 0;
	if (!database_files(&c->analysis.take, &files, error))
		return false;
	while (files[count] != NULL)
		count++;
	char **more = memory_resize(files, count + 2, sizeof *more);
	if (more == NULL) {
		database_files_done(files);
		return error_memory(error, "the list of files");
	}
	more[count] = c->assign != NULL ? memory_text(c->assign) : NULL;
	more[count + 1] = NULL;
	*out = more;
	return true;
}

bool cluster_models_read(struct cluster_command *c, struct error *error)
{
	struct response_file *file;
	struct error damage;
	if (c->assign == NULL)
		return true;
	c->known = known_models_new(error);
	if (c->known == NULL || !response_file_open(c->assign, CODEC_MEMORY, &file, error))
		return false;
	struct error why;
	bool is_done = response_file_read(
		file, &(struct response_receiver){ known_models_take, c->known }, &why);
	if (!is_done)
		error_set(error, why.kind, "'%s': %s", c->assign, why.text);
	// With a part of them the others would get new names.
	if (is_done && response_file_damage(file, &damage)) {
		*error = damage;
		is_done = false;
	}
	response_file_free(file);
	return is_done && known_models_ready(c->known, error);
}

bool cluster_models_name(struct cluster_command *c, const struct device_clusters *found,
                         struct error *error)
{
	if (c->save == NULL || c->models != NULL)
		return true;
	c->models = memory_new((size_t)found->count + 1, sizeof *c->models);
	if (c->models == NULL)
		return error_memory(error, "models");
	for (uint32_t k = 1; k <= found->count; k++) {
		c->models[k].is_new = true;
		text_format(c->models[k].text, sizeof c->models[k].text, "m%u", k);
	}
	return true;
}

bool cluster_models_save(const struct cluster_command *c, const struct hosts *hosts,
                         const struct device_clusters *found, struct error *error)
{
	struct buffer text = buffer_up_to(SAVED_MAX);
	if (c->save == NULL)
		return true;
	const bool is_done = known_models_write(c->known, hosts, found, c->models, c->newest_ns,
	                                        &text, error) &&
	                     cluster_write_file(c->save, &text, error);
	buffer_done(&text);
	return is_done;
}
