// SPDX-License-Identifier: MIT
// `hotaru cluster --dendrogram`: the tree of all merges, folded to as many rows as can be read.
//
// Clusters are numbered by size, and a node of the tree has a `first`, the largest cluster below it. Where the N largest are
// shown, each branch without any of these is folded into one row.
#include "cmd/cluster.h"

#include "base/memory.h"
#include "base/text.h"
#include "present/chart/dendrogram.h"
#include "present/words/markup.h"
#include "present/words/numbers.h"

#include <math.h>
#include <stdlib.h>

// Of the rows so many at least are clusters, if there are that many.
enum { CLUSTERS_MIN = DENDROGRAM_LEAVES_MAX / 2, LEAF_TEXT_SIZE = 384, PORTS_SHOWN = 5 };
#define NOT_SHOWN UINT32_MAX

struct node {
	uint32_t first, clusters, hosts;
	uint32_t
		leaf;  // that it is, or is in; NOT_SHOWN; of a branch with several a node of the drawing
};

// A branch that is one row.
struct fold {
	uint32_t node, first, hosts;
};

struct pruning {
	const struct device_clusters *found;
	struct node *nodes;  // items, then merges
	struct fold *folds;
	uint32_t fold_count, shown;  // clusters
	struct dendrogram_leaf leaves[DENDROGRAM_LEAVES_MAX];
	char texts[DENDROGRAM_LEAVES_MAX][LEAF_TEXT_SIZE];
	struct dendrogram_merge merges[DENDROGRAM_LEAVES_MAX];
	uint32_t leaf_count, merge_count;
	uint32_t hosts_left_out, clusters_left_out;
};

// ---- the tree

static void fill_nodes(struct pruning *p)
{
	const struct device_clusters *found = p->found;
	const uint32_t n = found->items.count;
	for (uint32_t i = 0; i < n; i++)
		p->nodes[i] = (struct node){ .first = found->of_item[i],
			                     .clusters = 1,
			                     .hosts = found->items.items[i].weight,
			                     .leaf = NOT_SHOWN };
	for (uint32_t k = 0; k + 1 < n; k++) {
		const struct node *left = &p->nodes[found->merges[k].left],
				  *right = &p->nodes[found->merges[k].right];
		// A cluster is a whole branch: below its own merge there is no other.
		const bool is_inside = left->clusters == 1 && right->clusters == 1 &&
		                       left->first == right->first;
		p->nodes[n + k] = (struct node){
			.first = left->first < right->first ? left->first : right->first,
			.clusters = is_inside ? 1 : left->clusters + right->clusters,
			.hosts = left->hosts + right->hosts,
			.leaf = NOT_SHOWN,
		};
	}
}

// Of two branches that merge one is folded, if only the other has a cluster that is shown; the fold: UINT32_MAX, none.
static uint32_t folded_of(const struct pruning *p, uint32_t merge, uint32_t shown)
{
	const struct merge *m = &p->found->merges[merge];
	const bool left = p->nodes[m->left].first > shown, right = p->nodes[m->right].first > shown;
	return left == right ? UINT32_MAX : left ? m->left : m->right;
}

static uint32_t count_folds(const struct pruning *p, uint32_t shown)
{
	uint32_t count = 0;
	for (uint32_t k = 0; k + 1 < p->found->items.count; k++)
		count += folded_of(p, k, shown) != UINT32_MAX;
	return count;
}

// As many clusters as have room with all that is folded beside them.
static void choose_shown(struct pruning *p)
{
	const uint32_t count = p->found->count;
	p->shown = count < DENDROGRAM_LEAVES_MAX ? count : DENDROGRAM_LEAVES_MAX;
	while (p->shown > CLUSTERS_MIN &&
	       p->shown + count_folds(p, p->shown) > DENDROGRAM_LEAVES_MAX)
		p->shown--;
}

static int by_hosts(const void *a, const void *b)
{
	const struct fold *x = a, *y = b;
	if (x->hosts != y->hosts)
		return x->hosts > y->hosts ? -1 : 1;
	return x->first < y->first ? -1 : 1;
}

// The largest of them have the rows that are left.
static void choose_folds(struct pruning *p)
{
	for (uint32_t k = 0; k + 1 < p->found->items.count; k++) {
		const uint32_t at = folded_of(p, k, p->shown);
		if (at != UINT32_MAX)
			p->folds[p->fold_count++] = (struct fold){ at, p->nodes[at].first,
				                                   p->nodes[at].hosts };
	}
	qsort(p->folds, p->fold_count, sizeof *p->folds, by_hosts);
	const uint32_t room = DENDROGRAM_LEAVES_MAX - p->shown;
	for (uint32_t i = room; i < p->fold_count; i++) {
		p->hosts_left_out += p->folds[i].hosts;
		p->clusters_left_out += p->nodes[p->folds[i].node].clusters;
	}
	p->fold_count = p->fold_count < room ? p->fold_count : room;
	p->leaf_count = p->shown + p->fold_count;
	for (uint32_t i = 0; i < p->fold_count; i++)
		p->nodes[p->folds[i].node].leaf = p->shown + i;
	for (uint32_t i = 0; i < p->found->items.count; i++)
		if (p->nodes[i].first <= p->shown)
			p->nodes[i].leaf = p->nodes[i].first - 1;
}

// A merge of two branches that are shown stays, others fall away.
static void prune(struct pruning *p)
{
	const uint32_t n = p->found->items.count;
	for (uint32_t k = 0; k + 1 < n; k++) {
		const struct merge *m = &p->found->merges[k];
		const uint32_t left = p->nodes[m->left].leaf, right = p->nodes[m->right].leaf;
		struct node *node = &p->nodes[n + k];
		if (node->leaf != NOT_SHOWN) {
			p->leaves[node->leaf].height = m->height;
		} else if (left == NOT_SHOWN || right == NOT_SHOWN) {
			node->leaf = left == NOT_SHOWN ? right : left;
		} else if (left == right) {
			p->leaves[left].height = m->height;
			node->leaf = left;
		} else {
			node->leaf = p->leaf_count + p->merge_count;
			p->merges[p->merge_count++] = (struct dendrogram_merge){ left, right,
				                                                 m->height };
		}
	}
}

// ---- words

static void phrase(char *out, size_t size, enum lang lang, enum word word,
                   struct markup_values values)
{
	struct buffer b = buffer_up_to(size - 1);
	markup_plain_phrase(&b, lang, word, values);
	buffer_byte(&b, '\0');
	text_copy(out, size, b.failed ? "" : (const char *)b.bytes);
	buffer_done(&b);
}

// The ports of the item that most hosts of the cluster are: "23, 2323".
static void write_ports(const struct device_clusters *found, uint32_t cluster, char out[96],
                        char count[NUMBER_SIZE])
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
	struct buffer b = buffer_up_to(95);
	for (uint32_t k = 0; k < most->host->count && k < PORTS_SHOWN; k++)
		buffer_format(&b, "%s%u", k > 0 ? ", " : "", (unsigned)most->host->answers[k].port);
	buffer_text(&b, most->host->count > PORTS_SHOWN ? " …" : "");
	buffer_byte(&b, '\0');
	text_copy(out, 96, b.failed ? "" : (const char *)b.bytes);
	buffer_done(&b);
	number_grouped(most->host->count, count);
}

static void describe_cluster(const struct cluster_command *c, struct pruning *p, uint32_t leaf,
                             uint32_t cluster)
{
	char hosts[NUMBER_SIZE], ports[96], count[NUMBER_SIZE];
	const uint32_t name = c->names != NULL ? c->names[cluster].name : 0;
	number_grouped(p->found->hosts[cluster], hosts);
	write_ports(p->found, cluster, ports, count);
	phrase(p->texts[leaf], LEAF_TEXT_SIZE, c->lang,
	       name != 0 ? WORD_TREE_LEAF_NAMED : WORD_TREE_LEAF,
	       (struct markup_values){ hosts, ports, count,
	                               name != 0 ? c->source.labels.names[name] : NULL });
	p->leaves[leaf].number = cluster;
}

static void describe(const struct cluster_command *c, struct pruning *p)
{
	for (uint32_t k = 1; k <= p->shown; k++) {
		describe_cluster(c, p, k - 1, k);
		p->leaves[k - 1].hosts = p->found->hosts[k];
	}
	for (uint32_t i = 0; i < p->fold_count; i++) {
		const struct node *node = &p->nodes[p->folds[i].node];
		const uint32_t leaf = p->shown + i;
		char hosts[NUMBER_SIZE], clusters[NUMBER_SIZE];
		number_grouped(node->hosts, hosts);
		number_grouped(node->clusters, clusters);
		p->leaves[leaf].hosts = node->hosts;
		if (node->clusters == 1)
			describe_cluster(c, p, leaf, node->first);
		else
			phrase(p->texts[leaf], LEAF_TEXT_SIZE, c->lang, WORD_TREE_FOLDED,
			       (struct markup_values){ .one = hosts, .two = clusters });
	}
	for (uint32_t i = 0; i < p->leaf_count; i++)
		p->leaves[i].text = p->texts[i];
}

static void subtitle_of(const struct cluster_command *c, const struct hosts *hosts,
                        const struct pruning *p, char *out, size_t size)
{
	char all[NUMBER_SIZE], clusters[NUMBER_SIZE], cut[NUMBER_SIZE], rest[256];
	number_grouped(hosts->count, all);
	number_grouped(p->found->count, clusters);
	text_format(cut, sizeof cut, "%g", p->found->cut);
	phrase(out, size, c->lang, WORD_TREE_SUBTITLE,
	       (struct markup_values){ .one = all, .two = clusters, .three = cut });
	if (p->hosts_left_out == 0)
		return;
	number_grouped(p->hosts_left_out, all);
	number_grouped(p->clusters_left_out, clusters);
	phrase(rest, sizeof rest, c->lang, WORD_TREE_LEFT_OUT,
	       (struct markup_values){ .one = all, .two = clusters, .three = out });
	text_copy(out, size, rest);
}

// ---- all of it

static void draw(const struct cluster_command *c, const struct hosts *hosts, struct pruning *p,
                 struct buffer *out)
{
	char subtitle[256];
	fill_nodes(p);
	choose_shown(p);
	choose_folds(p);
	prune(p);
	describe(c, p);
	subtitle_of(c, hosts, p, subtitle, sizeof subtitle);
	dendrogram_draw(out, &(struct dendrogram){
				     .frame = { .lang = c->lang,
	                                        .title = word_in(c->lang, WORD_TREE_TITLE),
	                                        .subtitle = subtitle,
	                                        .stands_alone = true },
				     .leaves = p->leaves,
				     .merges = p->merges,
				     .leaf_count = p->leaf_count,
				     .cut = p->found->cut,
				     .distance_title = word_in(c->lang, WORD_TREE_DISTANCE),
				     .cut_title = word_in(c->lang, WORD_TREE_CUT),
			     });
}

bool cluster_draw(const struct cluster_command *c, const struct hosts *hosts,
                  const struct device_clusters *found, struct buffer *out, struct error *error)
{
	struct pruning *p = memory_new(1, sizeof *p);
	struct node *nodes = memory_new(2 * (size_t)found->items.count + 1, sizeof *nodes);
	struct fold *folds = memory_new((size_t)found->items.count + 1, sizeof *folds);
	const bool is_done = p != NULL && nodes != NULL && folds != NULL;
	if (is_done) {
		p->found = found;
		p->nodes = nodes;
		p->folds = folds;
		draw(c, hosts, p, out);
	}
	memory_free(p);
	memory_free(nodes);
	memory_free(folds);
	return (is_done && !out->failed) || error_memory(error, "a dendrogram");
}
