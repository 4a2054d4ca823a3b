// SPDX-License-Identifier: MIT
#include "answer/local/handed.h"

#include "base/memory.h"

// Stands before the receiver of one inquiry.
struct keeper {
	struct receiver base;
	struct receiver *inner;
	struct inquiry *inquiry;
	struct schema schema;  // that of the first time goes with who answered
	bool has_begun;
	uint64_t handed, left;  // rows that were handed on; and those that come again
};

struct handed {
	struct keeper *keepers;
	size_t count;
};

static bool begin(struct receiver *receiver, const struct schema *schema, struct error *error)
{
	struct keeper *k = (struct keeper *)receiver;
	if (k->has_begun)
		return true;
	k->schema = *schema;
	k->has_begun = k->inner->begin(k->inner, &k->schema, error);
	return k->has_begun;
}

static bool take_row(struct receiver *receiver, const struct cell *cells)
{
	struct keeper *k = (struct keeper *)receiver;
	if (k->left > 0) {
		k->left--;
		return true;
	}
	k->handed++;
	return k->inner->row(k->inner, cells);
}

bool handed_new(struct inquiry *inquiries, size_t count, struct handed **out, struct error *error)
{
	struct handed *h = memory_new(1, sizeof *h);
	struct keeper *keepers = memory_new(count + 1, sizeof *keepers);
	if (h == NULL || keepers == NULL) {
		memory_free(h);
		memory_free(keepers);
		return error_memory(error, "an answer");
	}
	for (size_t i = 0; i < count; i++) {
		keepers[i] = (struct keeper){ .base = { begin, take_row },
			                      .inner = inquiries[i].receiver,
			                      .inquiry = &inquiries[i] };
		inquiries[i].receiver = &keepers[i].base;
	}
	*h = (struct handed){ keepers, count };
	*out = h;
	return true;
}

void handed_restart(struct handed *h)
{
	for (size_t i = 0; i < h->count; i++) {
		struct keeper *k = &h->keepers[i];
		caveats_done(&k->inquiry->caveats);
		if (k->inner->restart != NULL) {
			k->inner->restart(k->inner);
			k->has_begun = false;
			k->handed = 0;
		}
		k->left = k->handed;
	}
}

void handed_free(struct handed *h)
{
	if (h == NULL)
		return;
	for (size_t i = 0; i < h->count; i++)
		h->keepers[i].inquiry->receiver = h->keepers[i].inner;
	memory_free(h->keepers);
	memory_free(h);
}
