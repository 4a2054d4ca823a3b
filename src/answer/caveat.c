// SPDX-License-Identifier: MIT
#include "answer/caveat.h"

#include "base/memory.h"

static bool copy_texts(struct caveat *c)
{
	bool ok = true;
	for (size_t i = 0; i < CAVEAT_TEXTS; i++)
		if (c->texts[i] != NULL) {
			c->texts[i] = memory_text(c->texts[i]);
			ok = ok && c->texts[i] != NULL;
		}
	return ok;
}

static void free_texts(const struct caveat *c)
{
	for (size_t i = 0; i < CAVEAT_TEXTS; i++)
		memory_free((void *)(uintptr_t)c->texts[i]);
}

bool caveats_add(struct caveats *c, const struct caveat *caveat, struct error *error)
{
	if (c->count == c->room) {
		const size_t room = 2 * c->room + 4;
		struct caveat *list = memory_resize(c->list, room, sizeof *list);
		if (list == NULL)
			return error_memory(error, "what has to be known of an answer");
		c->list = list;
		c->room = room;
	}
	struct caveat copy = *caveat;
	if (!copy_texts(&copy)) {
		free_texts(&copy);
		return error_memory(error, "what has to be known of an answer");
	}
	c->list[c->count++] = copy;
	return true;
}

const struct caveat *caveats_find(const struct caveats *c, enum caveat_kind kind)
{
	for (size_t i = 0; i < c->count; i++)
		if (c->list[i].kind == kind)
			return &c->list[i];
	return NULL;
}

void caveats_done(struct caveats *c)
{
	for (size_t i = 0; i < c->count; i++)
		free_texts(&c->list[i]);
	memory_free(c->list);
	*c = (struct caveats){ .list = NULL };
}
