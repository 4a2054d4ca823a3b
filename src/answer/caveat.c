// SPDX-License-Identifier: MIT
#include "answer/caveat.h"

#include "base/memory.h"

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
	c->list[c->count++] = *caveat;
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
	memory_free(c->list);
	*c = (struct caveats){ .list = NULL };
}
