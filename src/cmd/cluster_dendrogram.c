// SPDX-License-Identifier: MIT
// `hotaru cluster --dendrogram`: the tree of all merges, without the clusters that have no room.
#include "cmd/cluster.h"

#include "base/memory.h"
#include "base/text.h"
#include "present/chart/dendrogram.h"

#include <inttypes.h>

enum { LEAF_TEXT_SIZE = 96, PORTS_SHOWN = 5 };
#define NOT_SHOWN UINT32_MAX

struct pruned {
	struct dendrogram_leaf leaves[DENDROGRAM_LEAVES_MAX];
	char texts[DENDROGRAM_LEAVES_MAX][LEAF_TEXT_SIZE];
	struct dendrogram_merge merges[DENDROGRAM_LEAVES_MAX];
	uint32_t leaf_count, merge_count;
};

// The largest clusters are leaves; a merge of two branches that are shown stays, others fall away.
static void prune(const struct device_clusters *found, uint32_t *nodes, struct pruned *p)
{
	const uint32_t n = found->items.count;
	for (uint32_t i = 0; i < n; i++)
		nodes[i] = found->of_item[i] <= p->leaf_count ? found->of_item[i] - 1 : NOT_SHOWN;
	for (uint32_t k = 0; k + 1 < n; k++) {
		const struct merge *m = &found->merges[k];
		const uint32_t left = nodes[m->left], right = nodes[m->right];
		if (left == NOT_SHOWN || right == NOT_SHOWN) {
			nodes[n + k] = left == NOT_SHOWN ? right : left;
		} else if (left == right) {
			p->leaves[left].height = m->height;
			nodes[n + k] = left;
		} else {
			nodes[n + k] = p->leaf_count + p->merge_count;
			p->merges[p->merge_count++] = (struct dendrogram_merge){ left, right,
				                                                 m->height };
		}
	}
}

// "45 hosts, 23;2323": the ports of the item that most hosts of the cluster are.
static void describe(const struct device_clusters *found, uint32_t cluster,
                     char text[LEAF_TEXT_SIZE])
{
	const struct host_item *most = &found->items.items[0];
	bool is_found = false;
	for (uint32_t i = 0; i < found->items.count; i++) {
		const struct host_item *item = &found->items.items[i];
		if (found->of_item[i] != cluster || (is_found && item->weight <= most->weight))
			continue;
		most = item;
		is_found = true;
	}
	struct buffer b = { .bytes = (uint8_t *)text,
		            .maximum = LEAF_TEXT_SIZE - 1,
		            .capacity = LEAF_TEXT_SIZE - 1 };
	buffer_format(&b, "%" PRIu32 " host%s, port%s ", found->hosts[cluster],
	              found->hosts[cluster] == 1 ? "" : "s", most->host->count == 1 ? "" : "s");
	for (uint32_t k = 0; k < most->host->count && k < PORTS_SHOWN; k++)
		buffer_format(&b, "%s%u", k > 0 ? ";" : "", (unsigned)most->host->answers[k].port);
	if (most->host->count > PORTS_SHOWN)
		buffer_text(&b, ";...");
	text[b.length] = '\0';
}

static void subtitle_of(const struct hosts *hosts, const struct device_clusters *found,
                        const struct pruned *p, char *out, size_t size)
{
	uint32_t left_out = 0;
	for (uint32_t k = p->leaf_count + 1; k <= found->count; k++)
		left_out += found->hosts[k];
	text_format(out, size, "%" PRIu32 " hosts, %" PRIu32 " clusters at cut %g", hosts->count,
	            found->count, found->cut);
	if (left_out > 0) {
		char rest[96];
		text_format(rest, sizeof rest,
		            "%s; not drawn: %" PRIu32 " hosts of the %" PRIu32 " smallest", out,
		            left_out, found->count - p->leaf_count);
		text_copy(out, size, rest);
	}
}

bool cluster_draw(const struct hosts *hosts, const struct device_clusters *found,
                  struct buffer *out, struct error *error)
{
	uint32_t *nodes = memory_new(2 * (size_t)found->items.count + 1, sizeof *nodes);
	struct pruned *p = memory_new(1, sizeof *p);
	char subtitle[160];
	const bool is_done = nodes != NULL && p != NULL;
	if (is_done) {
		p->leaf_count = found->count < DENDROGRAM_LEAVES_MAX ? found->count
		                                                     : DENDROGRAM_LEAVES_MAX;
		for (uint32_t i = 0; i < p->leaf_count; i++) {
			describe(found, i + 1, p->texts[i]);
			p->leaves[i] = (struct dendrogram_leaf){ .number = i + 1,
				                                 .text = p->texts[i] };
		}
		prune(found, nodes, p);
		subtitle_of(hosts, found, p, subtitle, sizeof subtitle);
		dendrogram_draw(out, &(struct dendrogram){
					     .frame = { .title = "Hosts by what they answered",
		                                        .subtitle = subtitle,
		                                        .stands_alone = true },
					     .leaves = p->leaves,
					     .merges = p->merges,
					     .leaf_count = p->leaf_count,
					     .cut = found->cut,
					     .distance_title = "distance",
				     });
	}
	memory_free(nodes);
	memory_free(p);
	return (is_done && !out->failed) || error_memory(error, "a dendrogram");
}
