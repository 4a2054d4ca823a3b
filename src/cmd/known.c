// SPDX-License-Identifier: MIT
#include "cmd/known.h"

#include "base/key_map.h"
#include "base/memory.h"

#include <stdlib.h>
#include <string.h>

// A head (capture_head()) is that of a whole capture below this, and says nothing of longer ones.
enum { LONG = 64 * 1024 };

// What captures are found by. Each has the first; a long one the second; others the third, the last
// digest that they have, or, of those without digests, nothing. By the last, the digests at some lengths,
// those are found that a shorter one may be the beginning of.
enum key { KEY_IDENTITY, KEY_HEAD, KEY_LAST, KEY_PART };

static const uint32_t part_lengths[] = { 4,   24,  40,  64,   80,   96,   112,  128,   160,  192,
	                                 224, 256, 512, 1024, 2048, 4096, 8192, 16384, 32768 };
enum { PARTS = sizeof part_lengths / sizeof *part_lengths };

struct link {
	uint32_t capture, next;  // next: 0 ends the list
};

struct known_captures {
	struct store *store;
	const struct take_options *options;
	struct known_capture *captures;
	size_t count, capacity;
	size_t first_of_run;  // those from here on are not committed
	struct link *links;   // from 1 on
	size_t link_count, link_capacity;
	struct key_map first;         // link of a key
	bool is_last[BEGINNING_MAX];  // whether some capture's last digest is at that length
	uint32_t *undigested;         // short ones without digests
	size_t undigested_count, undigested_capacity;
};

// Different keys may be the same number: who follows links looks at what he finds.
static uint32_t key_of(enum key key, size_t index, uint32_t digest)
{
	return digest + (uint32_t)index * UINT32_C(0x9e3779b1) +
	       (uint32_t)key * UINT32_C(0x85ebca6b);
}

static uint32_t identity_key(const struct capture_identity *identity)
{
	uint32_t digest;
	memcpy(&digest, identity->digest, sizeof digest);
	return key_of(KEY_IDENTITY, 0, digest);
}

static size_t index_of(uint64_t length)
{
	return beginning_count(length) - 1;
}

// Room for one more; element 0 of links is not used.
static bool make_room(void **items, size_t count, size_t *capacity, size_t size,
                      struct error *error)
{
	if (count < *capacity)
		return true;
	const size_t more = *capacity == 0 ? 64 : *capacity * 2;
	void *larger = memory_resize(*items, more, size);
	if (larger == NULL)
		return error_memory(error, "the list of captures");
	*items = larger;
	*capacity = more;
	return true;
}

static bool add_link(struct known_captures *k, uint32_t key, uint32_t capture, struct error *error)
{
	void *links = k->links;
	const bool has_room = make_room(&links, k->link_count + 1, &k->link_capacity,
	                                sizeof *k->links, error);
	k->links = links;
	if (!has_room)
		return false;
	const uint32_t link = (uint32_t)++k->link_count;
	uint32_t *first = key_map_find(&k->first, key);
	k->links[link] = (struct link){ capture, first != NULL ? *first : 0 };
	if (first != NULL)
		*first = link;
	return first != NULL || key_map_add(&k->first, key, link) ||
	       error_memory(error, "the list of captures");
}

static uint32_t first_link(const struct known_captures *k, uint32_t key)
{
	const uint32_t *first = key_map_find(&k->first, key);
	return first != NULL ? *first : 0;
}

static bool add_undigested(struct known_captures *k, uint32_t capture, struct error *error)
{
	void *list = k->undigested;
	const bool has_room = make_room(&list, k->undigested_count, &k->undigested_capacity,
	                                sizeof *k->undigested, error);
	k->undigested = list;
	if (has_room)
		k->undigested[k->undigested_count++] = capture;
	return has_room;
}

static bool add_parts(struct known_captures *k, uint32_t capture, uint64_t length,
                      const uint32_t *digests, struct error *error)
{
	bool ok = true;
	for (size_t i = 0; ok && i < PARTS && part_lengths[i] <= length; i++) {
		const size_t index = index_of(part_lengths[i]);
		ok = add_link(k, key_of(KEY_PART, index, digests[index]), capture, error);
	}
	return ok;
}

static bool add_keys(struct known_captures *k, const struct known_capture *c,
                     const uint32_t *digests, struct error *error)
{
	const uint32_t capture = (uint32_t)k->count;
	const uint64_t length = c->identity.length_bytes;
	if (!add_link(k, identity_key(&c->identity), capture, error))
		return false;
	if (length >= LONG && !add_link(k, key_of(KEY_HEAD, 0, (uint32_t)c->head), capture, error))
		return false;
	if (beginning_count(length) == 0)
		digests = NULL;
	if (digests == NULL)
		return length >= LONG || add_undigested(k, capture, error);
	const size_t last = index_of(length);
	k->is_last[last] = k->is_last[last] || length < LONG;
	return (length >= LONG ||
	        add_link(k, key_of(KEY_LAST, last, digests[last]), capture, error)) &&
	       add_parts(k, capture, length, digests, error);
}

static bool add(struct known_captures *k, const struct known_capture *c, const uint32_t *digests,
                struct error *error)
{
	void *captures = k->captures;
	const bool has_room = make_room(&captures, k->count, &k->capacity, sizeof *k->captures,
	                                error);
	k->captures = captures;
	if (!has_room || !add_keys(k, c, digests, error))
		return false;
	k->captures[k->count++] = *c;
	return true;
}

static bool add_stored(void *context, const struct capture_identity *identity, uint64_t head,
                       const uint32_t *digests, struct error *error)
{
	const struct known_capture c = { .identity = *identity, .head = head };
	return add(context, &c, digests, error);
}

bool known_open(struct store *store, const struct take_options *options,
                struct known_captures **out, struct error *error)
{
	struct known_captures *k = memory_new(1, sizeof *k);
	if (k == NULL)
		return error_memory(error, "the list of captures");
	k->store = store;
	k->options = options;
	if (store != NULL && !store_beginnings(store, add_stored, k, error)) {
		known_free(k);
		return false;
	}
	k->first_of_run = k->count;
	*out = k;
	return true;
}

void known_free(struct known_captures *k)
{
	if (k == NULL)
		return;
	key_map_done(&k->first);
	memory_free(k->captures);
	memory_free(k->links);
	memory_free(k->undigested);
	memory_free(k);
}

bool known_add(struct known_captures *k, const struct store_capture *capture, uint32_t read,
               struct error *error)
{
	const struct known_capture c = { .identity = capture->identity,
		                         .head = capture->head,
		                         .read = read,
		                         .beginning = capture->beginning };
	return add(k, &c, capture->beginning, error);
}

void known_committed(struct known_captures *k)
{
	for (; k->first_of_run < k->count; k->first_of_run++) {
		k->captures[k->first_of_run].read = 0;
		k->captures[k->first_of_run].beginning = NULL;
	}
}

static bool is_same(const struct capture_identity *a, const struct capture_identity *b)
{
	return a->length_bytes == b->length_bytes && memcmp(a->digest, b->digest, 16) == 0;
}

static struct known_capture *find_same(const struct known_captures *k,
                                       const struct capture_identity *identity)
{
	uint32_t link = first_link(k, identity_key(identity));
	while (link != 0 && !is_same(&k->captures[k->links[link].capture].identity, identity))
		link = k->links[link].next;
	return link != 0 ? &k->captures[k->links[link].capture] : NULL;
}

void known_outgrown(struct known_captures *k, const struct capture_identity *identity)
{
	struct known_capture *c = find_same(k, identity);
	if (c != NULL)
		*c = (struct known_capture){ .read = 0 };
}

struct kin known_longer_than(const struct known_captures *k,
                             const struct capture_identity *identity)
{
	const struct known_capture *c = find_same(k, identity);
	return c != NULL ? (struct kin){ KIN_LONGER, *c } : (struct kin){ .kinship = KIN_NONE };
}

// Whether a known capture begins with all digests of a shorter one.
static bool begins_with(struct known_captures *k, const struct known_capture *c, uint64_t length,
                        const uint32_t *digests, bool *out, struct error *error)
{
	uint32_t own[BEGINNING_MAX];
	const uint32_t *beginning = c->beginning;
	bool is_there = beginning != NULL;
	if (!is_there) {
		if (!store_capture_beginning(k->store, &c->identity, own, &is_there, error))
			return false;
		beginning = own;
	}
	*out = is_there && memcmp(beginning, digests, beginning_count(length) * sizeof *own) == 0;
	return true;
}

// Looks for a longer one among those that begin alike.
static bool find_longer(struct known_captures *k, const struct capture_identity *identity,
                        uint64_t head, const uint32_t *digests, struct kin *out,
                        struct error *error)
{
	const uint64_t length = identity->length_bytes;
	size_t part = PARTS, looked_at = 0;
	while (part > 0 && part_lengths[part - 1] > length)
		part--;
	if (part == 0)
		return true;
	const size_t index = index_of(part_lengths[part - 1]);
	const bool is_long = length >= LONG;
	uint32_t link = first_link(k, is_long ? key_of(KEY_HEAD, 0, (uint32_t)head)
	                                      : key_of(KEY_PART, index, digests[index]));
	for (; link != 0 && looked_at < KNOWN_ALIKE_MAX; link = k->links[link].next) {
		const struct known_capture *c = &k->captures[k->links[link].capture];
		bool is_beginning;
		if (c->identity.length_bytes <= length || (is_long && c->head != head))
			continue;
		if (!begins_with(k, c, length, digests, &is_beginning, error))
			return false;
		if (is_beginning) {
			*out = (struct kin){ KIN_SHORTER, *c };
			return true;
		}
		looked_at++;
	}
	return true;
}

static bool find_whole(struct known_captures *k, const struct capture_identity *identity,
                       uint64_t head, const uint32_t *digests, struct kin *out, struct error *error)
{
	const struct known_capture *same = find_same(k, identity);
	if (same == NULL)
		return find_longer(k, identity, head, digests, out, error);
	*out = (struct kin){ KIN_SAME, *same };
	return true;
}

bool known_find_read(struct known_captures *k, const struct capture *capture, struct kin *out,
                     struct error *error)
{
	const struct capture_identity identity = capture_identity(capture);
	*out = (struct kin){ .kinship = KIN_NONE };
	return find_whole(k, &identity, capture_head(capture), capture_beginning(capture), out,
	                  error);
}

struct identities {
	struct capture_identity *items;
	size_t count, capacity;
};

static bool add_identity(struct identities *list, const struct capture_identity *identity,
                         struct error *error)
{
	void *items = list->items;
	const bool has_room = make_room(&items, list->count, &list->capacity, sizeof *list->items,
	                                error);
	list->items = items;
	if (has_room)
		list->items[list->count++] = *identity;
	return has_room;
}

// Short ones whose last digest the capture has, too.
static bool add_short(struct known_captures *k, const struct capture *capture,
                      struct identities *out, struct error *error)
{
	const uint64_t length = capture_length(capture) < LONG ? capture_length(capture) : LONG;
	const size_t count = beginning_count(length);
	const uint32_t *digests = capture_beginning(capture);
	bool ok = true;
	for (size_t i = 0; ok && i < count; i++) {
		uint32_t link = k->is_last[i] ? first_link(k, key_of(KEY_LAST, i, digests[i])) : 0;
		for (; ok && link != 0; link = k->links[link].next) {
			const struct capture_identity *identity =
				&k->captures[k->links[link].capture].identity;
			if (identity->length_bytes <= length &&
			    beginning_count(identity->length_bytes) == i + 1)
				ok = add_identity(out, identity, error);
		}
	}
	for (size_t i = 0; ok && i < k->undigested_count; i++) {
		const struct known_capture *c = &k->captures[k->undigested[i]];
		if (c->identity.length_bytes > 0 && c->identity.length_bytes <= length)
			ok = add_identity(out, &c->identity, error);
	}
	return ok;
}

static bool add_long(struct known_captures *k, const struct capture *capture,
                     struct identities *out, struct error *error)
{
	uint32_t link = 0;
	bool ok = true;
	if (capture_length(capture) >= LONG)
		link = first_link(k, key_of(KEY_HEAD, 0, (uint32_t)capture_head(capture)));
	for (; ok && link != 0; link = k->links[link].next) {
		const struct known_capture *c = &k->captures[k->links[link].capture];
		if (c->identity.length_bytes >= LONG && c->head == capture_head(capture))
			ok = add_identity(out, &c->identity, error);
	}
	return ok;
}

static int by_length(const void *a, const void *b)
{
	const struct capture_identity *x = a, *y = b;
	return (x->length_bytes > y->length_bytes) - (x->length_bytes < y->length_bytes);
}

// Lengths that the capture has come to are measured at once, where its bytes are still at hand; the
// others, which are `out_rest` from the end, stay zeros.
static bool measure_at_hand(const struct capture *capture, struct known_watch *w, size_t *out_rest,
                            struct error *error)
{
	const struct span first = capture_first_bytes(capture);
	size_t passed = 0, at_hand = 0;
	for (size_t i = 0; i < w->count; i++) {
		const uint64_t length = w->list[i].length_bytes;
		w->found[i] = (struct capture_identity){ .length_bytes = length };
		passed += length <= capture_length(capture);
		at_hand += length <= first.length;
	}
	*out_rest = w->count - passed;
	return capture_identities(first, w->found, at_hand, error);
}

// Those that are still to come are measured when they do.
static bool measure(struct capture *capture, struct known_watch *w, struct error *error)
{
	size_t rest;
	if (!measure_at_hand(capture, w, &rest, error))
		return false;
	capture_measure(capture, w->found + (w->count - rest), rest);
	return true;
}

// All that the capture may go on from.
static bool watch(struct known_captures *k, const struct capture *capture, struct known_watch *out,
                  struct error *error)
{
	struct identities list = { .count = 0 };
	*out = (struct known_watch){ .count = 0 };
	if (!add_short(k, capture, &list, error) || !add_long(k, capture, &list, error)) {
		memory_free(list.items);
		return false;
	}
	out->list = list.items;
	out->count = list.count;
	if (out->count == 0)
		return true;
	qsort(out->list, out->count, sizeof *out->list, by_length);
	out->found = memory_new(out->count, sizeof *out->found);
	return out->found != NULL || error_memory(error, "the list of captures");
}

bool known_watch(struct known_captures *k, struct capture *capture, struct known_watch *out,
                 struct error *error)
{
	if (!watch(k, capture, out, error) || (out->count > 0 && !measure(capture, out, error))) {
		known_watch_done(out);
		return false;
	}
	return true;
}

void known_watch_done(struct known_watch *w)
{
	memory_free(w->list);
	memory_free(w->found);
	*w = (struct known_watch){ .count = 0 };
}

// The longest that the capture goes on from.
static struct kin longest(const struct known_captures *k, const struct known_watch *w)
{
	for (size_t i = w->count; i > 0; i--)
		if (is_same(&w->list[i - 1], &w->found[i - 1]))
			return known_longer_than(k, &w->list[i - 1]);
	return (struct kin){ .kinship = KIN_NONE };
}

// Reads the file a second time, to its end.
static bool read_whole(struct known_captures *k, const char *name, struct known_watch *w,
                       struct kin *out, uint32_t digests[BEGINNING_MAX], struct error *error)
{
	struct capture *twin;
	if (!take_open(k->options, name, &twin, error))
		return false;
	bool ok = measure(twin, w, error);
	if (ok) {
		capture_skim(twin);
		ok = known_find_read(k, twin, out, error);
		memcpy(digests, capture_beginning(twin),
		       beginning_count(capture_length(twin)) * sizeof *digests);
	}
	capture_free(twin);
	return ok;
}

bool known_find(struct known_captures *k, const char *name, struct capture *capture,
                struct kin *out, uint32_t digests[BEGINNING_MAX], struct error *error)
{
	struct known_watch w;
	*out = (struct kin){ .kinship = KIN_NONE };
	if (capture_is_read(capture) && !known_find_read(k, capture, out, error))
		return false;
	if (out->kinship != KIN_NONE)
		return true;
	memcpy(digests, capture_beginning(capture),
	       beginning_count(capture_first_bytes(capture).length) * sizeof *digests);
	if (!watch(k, capture, &w, error))
		return false;
	// Of a file that goes on behind what was read of it, it shows that it is longer than that.
	const bool may_be_shorter = w.count > 0 && !capture_is_read(capture) &&
	                            w.list[w.count - 1].length_bytes >= capture_length(capture);
	size_t rest;
	const bool ok = may_be_shorter ? read_whole(k, name, &w, out, digests, error)
	                               : measure_at_hand(capture, &w, &rest, error);
	if (ok && out->kinship == KIN_NONE)
		*out = longest(k, &w);
	known_watch_done(&w);
	return ok;
}
