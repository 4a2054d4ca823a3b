// SPDX-License-Identifier: MIT
#include "cluster/newick.h"

#include "base/memory.h"

// A node that is being written: one entry a level, so the deepest tree needs as many as there are nodes.
struct level {
	uint32_t node;
	uint32_t written;  // children
};

static double height_of(const struct merge *merges, uint32_t n, uint32_t node)
{
	return node < n ? 0 : merges[node - n].height;
}

static void branch(struct buffer *out, const struct merge *merges, uint32_t n, uint32_t parent,
                   uint32_t node)
{
	const double apart = height_of(merges, n, parent) - height_of(merges, n, node);
	buffer_format(out, ":%.6g", apart > 0 ? apart / 2 : 0);
}

bool newick_write(struct buffer *out, const struct merge *merges, uint32_t n,
                  void (*name)(const void *context, uint32_t item, struct buffer *out),
                  const void *context, struct error *error)
{
	struct level *levels = memory_new((size_t)n + 1, sizeof *levels);
	uint32_t depth = 0;
	if (levels == NULL)
		return error_memory(error, "a tree");
	if (n > 0)
		levels[depth++].node = n > 1 ? 2 * n - 2 : 0;
	while (depth > 0 && !out->failed) {
		struct level *l = &levels[depth - 1];
		const bool is_leaf = l->node < n;
		if (!is_leaf && l->written < 2) {
			const struct merge *m = &merges[l->node - n];
			buffer_byte(out, l->written == 0 ? '(' : ',');
			levels[depth++] = (struct level){ .node = l->written == 0 ? m->left
				                                                  : m->right };
			l->written++;
			continue;
		}
		if (is_leaf)
			name(context, l->node, out);
		else
			buffer_byte(out, ')');
		if (--depth > 0)
			branch(out, merges, n, levels[depth - 1].node, l->node);
	}
	memory_free(levels);
	buffer_text(out, ";\n");
	return !out->failed || error_memory(error, "a tree");
}
