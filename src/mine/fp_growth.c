// SPDX-License-Identifier: MIT
// All frequent itemsets by FP-growth, as published (J. Han, J. Pei and Y. Yin, SIGMOD 2000), without
// any of the tricks that came later: this is what the other ways are compared with.
//
// A tree has the transactions, frequent items first, so that common beginnings are one path; the
// nodes of an item form a chain. What contains an item is the paths above its chain: of these a
// smaller tree is made, and so on. A tree that is one path is all combinations of its nodes.
#include "mine/database.h"

#include <string.h>

enum { NODE_NONE = UINT32_MAX, ROOT = 0 };

struct node {
	uint32_t rank, parent, first_child, sibling, chain;
	uint64_t count;  // packed
};

struct tree {
	struct node *nodes;
	uint32_t node_count;
	uint32_t rank_count;
	uint32_t *chains;    // [rank_count]
	uint64_t *supports;  // [rank_count] packed
	uint32_t *tops;      // [rank_count]: the children of the root, of which there are many
};

struct growth {
	struct search *search;
	const uint32_t *items;  // by rank
	uint32_t *suffix;       // items as they were chosen
	uint32_t suffix_count;
	uint32_t *sorted;  // room for as many
};

static bool tree_start(struct search *s, struct tree *tree, uint32_t ranks, size_t nodes_max)
{
	*tree = (struct tree){ .rank_count = ranks, .node_count = 1 };
	tree->nodes = search_room(s, nodes_max + 1, sizeof *tree->nodes);
	tree->chains = search_room(s, ranks, sizeof *tree->chains);
	tree->supports = search_room(s, ranks, sizeof *tree->supports);
	tree->tops = search_room(s, ranks, sizeof *tree->tops);
	if (tree->nodes == NULL || tree->chains == NULL || tree->supports == NULL ||
	    tree->tops == NULL)
		return false;
	memset(tree->tops, 0xff, ranks * sizeof *tree->tops);
	tree->nodes[ROOT] = (struct node){
		NODE_NONE, NODE_NONE, NODE_NONE, NODE_NONE, NODE_NONE, 0
	};
	memset(tree->chains, 0xff, ranks * sizeof *tree->chains);
	memset(tree->supports, 0, ranks * sizeof *tree->supports);
	return true;
}

static uint32_t find_child(struct tree *tree, uint32_t parent, uint32_t rank)
{
	uint32_t child = parent == ROOT ? tree->tops[rank] : tree->nodes[parent].first_child;
	while (child != NODE_NONE && tree->nodes[child].rank != rank)
		child = tree->nodes[child].sibling;
	if (child != NODE_NONE)
		return child;
	child = tree->node_count++;
	tree->nodes[child] = (struct node){ .rank = rank,
		                            .parent = parent,
		                            .first_child = NODE_NONE,
		                            .sibling = tree->nodes[parent].first_child,
		                            .chain = tree->chains[rank] };
	tree->nodes[parent].first_child = child;
	tree->chains[rank] = child;
	if (parent == ROOT)
		tree->tops[rank] = child;
	return child;
}

static void tree_insert(struct tree *tree, const uint32_t *ranks, uint32_t count, uint64_t weight)
{
	uint32_t at = ROOT;
	for (uint32_t i = 0; i < count; i++) {
		at = find_child(tree, at, ranks[i]);
		tree->nodes[at].count += weight;
		tree->supports[ranks[i]] += weight;
	}
}

static bool grow_from(struct growth *g, const struct tree *tree);

// ---- the tree of what contains one more item

// Counts the ranks above the chain. Returns how many nodes that were.
static size_t count_above(const struct tree *tree, uint32_t rank, uint64_t *supports)
{
	size_t nodes = 0;
	memset(supports, 0, rank * sizeof *supports);
	for (uint32_t n = tree->chains[rank]; n != NODE_NONE; n = tree->nodes[n].chain)
		for (uint32_t up = tree->nodes[n].parent; up != ROOT; up = tree->nodes[up].parent) {
			supports[tree->nodes[up].rank] += tree->nodes[n].count;
			nodes++;
		}
	return nodes;
}

static bool conditional_tree(struct growth *g, const struct tree *tree, uint32_t rank,
                             struct tree *out)
{
	struct search *s = g->search;
	uint64_t *supports = search_room(s, rank, sizeof *supports);
	uint32_t *path = search_room(s, rank, sizeof *path);
	if (supports == NULL || path == NULL)
		return false;
	const size_t nodes = count_above(tree, rank, supports);
	if (!search_work(s, nodes) || !tree_start(s, out, rank, nodes))
		return false;
	for (uint32_t n = tree->chains[rank]; n != NODE_NONE; n = tree->nodes[n].chain) {
		uint32_t at = rank;
		for (uint32_t up = tree->nodes[n].parent; up != ROOT; up = tree->nodes[up].parent)
			if (support_all(supports[tree->nodes[up].rank]) >= s->wish->support_min)
				path[--at] = tree->nodes[up].rank;
		tree_insert(out, path + at, rank - at, tree->nodes[n].count);
	}
	return true;
}

// ---- sets

static bool hand_out(struct growth *g, uint64_t support)
{
	for (uint32_t i = 0; i < g->suffix_count; i++) {
		const uint32_t item = g->suffix[i];
		uint32_t at = i;
		for (; at > 0 && g->sorted[at - 1] > item; at--)
			g->sorted[at] = g->sorted[at - 1];
		g->sorted[at] = item;
	}
	const struct itemset set = { .items = g->sorted,
		                     .count = g->suffix_count,
		                     .support = support_unpack(support) };
	return search_found(g->search, &set);
}

static bool may_grow(const struct growth *g)
{
	const size_t most = g->search->wish->items_max;
	return most == 0 || g->suffix_count < most;
}

// Where the path of a tree ends that has one path only; NODE_NONE: it has several.
static uint32_t single_path(const struct tree *tree)
{
	uint32_t at = ROOT;
	while (tree->nodes[at].first_child != NODE_NONE) {
		at = tree->nodes[at].first_child;
		if (tree->nodes[at].sibling != NODE_NONE)
			return NODE_NONE;
	}
	return at;
}

// All combinations of nodes of the path, from `node` up, with the suffix. The lowest node has the
// smallest count, and so the support of the whole: it is chosen first.
static bool combine(struct growth *g, const struct tree *tree, uint32_t node, uint64_t lowest)
{
	if (!search_down(g->search))
		return false;
	bool goes_on = true;
	for (; goes_on && node != ROOT && may_grow(g); node = tree->nodes[node].parent) {
		const uint64_t support = lowest != 0 ? lowest : tree->nodes[node].count;
		g->suffix[g->suffix_count++] = g->items[tree->nodes[node].rank];
		goes_on = search_work(g->search, 1) && hand_out(g, support) &&
		          combine(g, tree, tree->nodes[node].parent, support);
		g->suffix_count--;
	}
	search_up(g->search);
	return goes_on;
}

static bool grow_by(struct growth *g, const struct tree *tree, uint32_t rank)
{
	struct search *s = g->search;
	const struct arena_mark mark = arena_mark(&s->arena);
	struct tree smaller;
	g->suffix[g->suffix_count++] = g->items[rank];
	bool goes_on = hand_out(g, tree->supports[rank]);
	if (goes_on && may_grow(g))
		goes_on = conditional_tree(g, tree, rank, &smaller) && grow_from(g, &smaller);
	g->suffix_count--;
	arena_release(&s->arena, mark);
	return goes_on;
}

static bool grow_from(struct growth *g, const struct tree *tree)
{
	const uint32_t path = single_path(tree);
	if (path != NODE_NONE)
		return combine(g, tree, path, 0);
	if (!search_down(g->search))
		return false;
	bool goes_on = true;
	for (uint32_t rank = 0; goes_on && rank < tree->rank_count; rank++)
		if (tree->chains[rank] != NODE_NONE)
			goes_on = grow_by(g, tree, rank);
	search_up(g->search);
	return goes_on;
}

bool search_fp_growth(struct search *s, const struct database *d)
{
	struct growth g = { .search = s, .items = d->items };
	g.suffix = search_room(s, d->item_count, sizeof *g.suffix);
	g.sorted = search_room(s, d->item_count, sizeof *g.sorted);
	size_t nodes = 0;
	for (uint32_t t = 0; t < d->count; t++)
		nodes += d->ends[t] - d->starts[t];
	struct tree tree;
	if (g.suffix == NULL || g.sorted == NULL || nodes >= NODE_NONE ||
	    !tree_start(s, &tree, d->item_count, nodes))
		return false;
	for (uint32_t t = 0; t < d->count; t++)
		tree_insert(&tree, d->ranks + d->starts[t], d->ends[t] - d->starts[t],
		            d->weights[t]);
	return grow_from(&g, &tree);
}
