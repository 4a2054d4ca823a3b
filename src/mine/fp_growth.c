// SPDX-License-Identifier: MIT
// All frequent itemsets by FP-growth, as published (J. Han, J. Pei and Y. Yin, SIGMOD 2000), without
// any of the tricks that came later: this is what the other ways are compared with.
//
// A tree has the transactions, frequent items first, so that common beginnings are one path; the
// nodes of an item form a chain. What contains an item is the paths above its chain: of these a
// smaller tree is made, and so on. A tree that is one path is all combinations of its nodes.
#include "mine/projection_merge.h"
#include "mine/path.h"

#include <stdlib.h>
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
	uint32_t *items;     // [rank_count]
	uint32_t *chains;    // [rank_count]
	uint64_t *supports;  // [rank_count] packed
	// For the trees that are made of this one, by rank: counts, which are 0 in between, and what
	// a rank becomes.
	uint64_t *counts;
	uint32_t *becomes, *path;
};

struct growth {
	struct search *search;
	uint32_t *suffix;  // the items that were chosen, ascending
	uint32_t suffix_count;
};

static bool tree_start(struct search *s, struct tree *tree, uint32_t ranks, size_t nodes_max)
{
	*tree = (struct tree){ .rank_count = ranks, .node_count = 1 };
	tree->nodes = search_room(s, nodes_max + 1, sizeof *tree->nodes);
	tree->items = search_room(s, ranks, sizeof *tree->items);
	tree->chains = search_room(s, ranks, sizeof *tree->chains);
	tree->supports = search_room(s, ranks, sizeof *tree->supports);
	tree->counts = search_room(s, ranks, sizeof *tree->counts);
	tree->becomes = search_room(s, ranks, sizeof *tree->becomes);
	tree->path = search_room(s, (size_t)ranks + 1, sizeof *tree->path);
	if (s->end != SEARCH_GOES_ON)
		return false;
	tree->nodes[ROOT] = (struct node){
		NODE_NONE, NODE_NONE, NODE_NONE, NODE_NONE, NODE_NONE, 0
	};
	memset(tree->chains, 0xff, ranks * sizeof *tree->chains);
	memset(tree->supports, 0, ranks * sizeof *tree->supports);
	memset(tree->counts, 0, ranks * sizeof *tree->counts);
	return true;
}

static uint32_t find_child(struct tree *tree, uint32_t parent, uint32_t rank)
{
	uint32_t child = tree->nodes[parent].first_child;
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

// Counts the ranks above the chain, and notes them in the path. Returns how many are noted; *nodes is
// how many nodes that were.
static uint32_t count_above(const struct tree *tree, uint32_t rank, size_t *nodes)
{
	uint32_t noted = 0;
	*nodes = 0;
	for (uint32_t n = tree->chains[rank]; n != NODE_NONE; n = tree->nodes[n].chain)
		for (uint32_t up = tree->nodes[n].parent; up != ROOT; up = tree->nodes[up].parent) {
			const uint32_t r = tree->nodes[up].rank;
			tree->path[noted] = r;
			noted += tree->counts[r] == 0;
			tree->counts[r] += tree->nodes[n].count;
			++*nodes;
		}
	return noted;
}

// Of the ranks that were noted, those that are frequent become the ranks of the smaller tree, in the
// same order. Returns how many these are.
static uint32_t choose_ranks(const struct search *s, const struct tree *tree, uint32_t noted)
{
	uint32_t left = 0;
	for (uint32_t i = 0; i < noted; i++) {
		const uint32_t r = tree->path[i];
		tree->becomes[r] = NODE_NONE;
		if (support_all(tree->counts[r]) >= s->request->support_min)
			tree->path[left++] = r;
		tree->counts[r] = 0;
	}
	projection_sort_ranks(tree->path, left);
	for (uint32_t i = 0; i < left; i++)
		tree->becomes[tree->path[i]] = i;
	return left;
}

static bool conditional_tree(struct growth *g, const struct tree *tree, uint32_t rank,
                             struct tree *out)
{
	struct search *s = g->search;
	size_t nodes;
	const uint32_t ranks = choose_ranks(s, tree, count_above(tree, rank, &nodes));
	if (!search_work(s, nodes) || !tree_start(s, out, ranks, nodes))
		return false;
	for (uint32_t i = 0; i < ranks; i++)
		out->items[i] = tree->items[tree->path[i]];
	for (uint32_t n = tree->chains[rank]; n != NODE_NONE; n = tree->nodes[n].chain) {
		uint32_t at = ranks;
		for (uint32_t up = tree->nodes[n].parent; up != ROOT; up = tree->nodes[up].parent)
			if (tree->becomes[tree->nodes[up].rank] != NODE_NONE)
				out->path[--at] = tree->becomes[tree->nodes[up].rank];
		tree_insert(out, out->path + at, ranks - at, tree->nodes[n].count);
	}
	return true;
}

// ---- sets

static bool hand_out(struct growth *g, uint64_t support)
{
	const struct itemset set = { .items = g->suffix,
		                     .count = g->suffix_count,
		                     .support = support_unpack(support) };
	return search_found(g->search, &set);
}

static bool may_grow(const struct growth *g)
{
	const size_t most = g->search->request->items_max;
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
		const uint32_t item = tree->items[tree->nodes[node].rank];
		path_insert(g->suffix, g->suffix_count++, item);
		goes_on = hand_out(g, support) &&
		          combine(g, tree, tree->nodes[node].parent, support);
		path_remove(g->suffix, g->suffix_count--, item);
	}
	search_up(g->search);
	return goes_on;
}

static bool grow_by(struct growth *g, const struct tree *tree, uint32_t rank)
{
	struct search *s = g->search;
	const struct arena_mark mark = arena_mark(&s->arena);
	struct tree smaller;
	path_insert(g->suffix, g->suffix_count++, tree->items[rank]);
	bool goes_on = hand_out(g, tree->supports[rank]);
	if (goes_on && may_grow(g))
		goes_on = conditional_tree(g, tree, rank, &smaller) && grow_from(g, &smaller);
	path_remove(g->suffix, g->suffix_count--, tree->items[rank]);
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

// ---- the first tree

struct line {
	const uint32_t *ranks;
	uint32_t count;
	uint64_t weight;
};

static int compare_lines(const void *a, const void *b)
{
	const struct line *x = a, *y = b;
	const uint32_t both = x->count < y->count ? x->count : y->count;
	for (uint32_t i = 0; i < both; i++)
		if (x->ranks[i] != y->ranks[i])
			return x->ranks[i] < y->ranks[i] ? -1 : 1;
	return (x->count > y->count) - (x->count < y->count);
}

// Transactions in order: the child that is looked for is then the newest, or there is none.
static bool plant(struct search *s, const struct projection *d, struct tree *tree)
{
	size_t nodes = 0;
	struct line *lines = search_room(s, d->count, sizeof *lines);
	if (lines == NULL)
		return false;
	for (uint32_t t = 0; t < d->count; t++) {
		const struct projection_row *row = &d->rows[t];
		lines[t] = (struct line){ d->ranks + row->start, row->end - row->start,
			                  row->weight };
		nodes += lines[t].count;
	}
	if (!tree_start(s, tree, d->item_count, nodes))
		return false;
	if (d->count > 0)
		qsort(lines, d->count, sizeof *lines, compare_lines);
	memcpy(tree->items, d->items, d->item_count * sizeof *tree->items);
	for (uint32_t t = 0; t < d->count; t++)
		tree_insert(tree, lines[t].ranks, lines[t].count, lines[t].weight);
	return true;
}

bool search_fp_growth(struct search *s, const struct projection *d)
{
	struct growth g = { .search = s };
	struct tree tree;
	g.suffix = search_room(s, d->item_count, sizeof *g.suffix);
	return g.suffix != NULL && plant(s, d, &tree) && grow_from(&g, &tree);
}
