// SPDX-License-Identifier: MIT
// bench-parts FILE TRUTH [LIMIT...]: clusters of the hosts of bench-answers, with their answers in FILE and their models
// in TRUTH, linked at once and by parts with ever lower limits, down to what has to be thinned out. For each limit: how
// many clusters, how many items were put to others and within which radius, the ARI to the models and to the clusters
// of one matrix, and seconds. `--cut` is the program's.
#include "analyse/devices/clusters.h"
#include "base/clock.h"
#include "base/memory.h"
#include "base/text.h"
#include "cluster/score.h"
#include "device/mask.h"
#include "response/response_file.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct limits limits = { .threads = 2 };

static bool read_hosts(const char *path, struct hosts *out, struct error *error)
{
	struct response_file *file;
	struct host_gatherer *g = host_gatherer_new(mask_answer, error);
	if (g == NULL || !response_file_open(path, 128 << 20, &file, error))
		return false;
	const bool is_read = response_file_read(
		file, &(struct response_receiver){ host_gatherer_take, g }, error);
	response_file_free(file);
	return is_read && host_gatherer_finish(g, out, error);
}

// Lines of address,model in the order of addresses, as hosts are, one for each.
static bool read_models(const char *path, const struct hosts *hosts, uint32_t *models)
{
	char line[64];
	uint32_t count = 0;
	FILE *file = fopen(path, "re");
	while (file != NULL && fgets(line, sizeof line, file) != NULL) {
		const char *comma = strchr(line, ',');
		if (comma != NULL && line[0] != 'a' && count < hosts->count)
			models[count++] = (uint32_t)strtoul(comma + 1, NULL, 10);
	}
	if (file != NULL)
		fclose(file);
	return count == hosts->count;
}

static bool find(const struct hosts *hosts, uint32_t most, const uint32_t *models,
                 uint32_t *clusters, uint32_t *exact, struct error *error)
{
	const struct cluster_options how = { .distance = TEXT_NGRAM,
		                             .cut = -1,
		                             .vectors_max = most };
	struct device_clusters found;
	struct score by_model, by_exact;
	const uint64_t begin = clock_now_ns();
	if (!device_clusters_find(hosts, &how, &found, &limits, NULL, error))
		return false;
	const double seconds = (double)(clock_now_ns() - begin) / 1e9;
	for (uint32_t i = 0; i < hosts->count; i++)
		clusters[i] = found.of_item[found.items.of_host[i]];
	if (most == 0)
		memcpy(exact, clusters, hosts->count * sizeof *exact);
	const bool is_done = score_partitions(clusters, models, hosts->count, &by_model, error) &&
	                     score_partitions(clusters, exact, hosts->count, &by_exact, error);
	if (is_done)
		printf("| %" PRIu32 " | %" PRIu32 " | %" PRIu32 " | %" PRIu32
		       " | %.3f | %.3f | %.3f | %.1f |\n",
		       found.items.count, most, found.count, found.put_items, (double)found.radius,
		       by_model.ari, by_exact.ari, seconds);
	device_clusters_done(&found);
	return is_done;
}

int main(int argc, char **argv)
{
	struct error error = { 0 };
	struct hosts hosts;
	if (argc < 3) {
		fputs("usage: bench-parts FILE TRUTH [LIMIT...]\n", stderr);
		return 2;
	}
	if (!read_hosts(argv[1], &hosts, &error))
		return 1;
	uint32_t *rooms = memory_new(3 * ((size_t)hosts.count + 1), sizeof *rooms);
	uint32_t *models = rooms, *clusters = rooms + hosts.count, *exact = clusters + hosts.count;
	if (rooms == NULL || !read_models(argv[2], &hosts, models))
		return 1;
	puts("| answers | limit | clusters | put | radius | ARI to models | to one matrix | s |\n"
	     "|---|---|---|---|---|---|---|---|");
	bool is_done = find(&hosts, 0, models, clusters, exact, &error);
	for (int i = 3; is_done && i < argc; i++) {
		uint64_t most = 0;
		is_done = text_u64(argv[i], UINT32_MAX, &most) &&
		          find(&hosts, (uint32_t)most, models, clusters, exact, &error);
		fflush(stdout);
	}
	if (!is_done)
		fprintf(stderr, "bench-parts: %s\n", error.text);
	memory_free(rooms);
	hosts_done(&hosts);
	return is_done ? 0 : 1;
}
