// SPDX-License-Identifier: MIT
// Words of a cluster and of its neighbour, each as a sorted table with the hosts that have them. Clusters are taken in the
// order of their neighbours, so that the table of each is made twice at most.
#include "analyse/devices/neighbours.h"

#include "analyse/devices/cluster_answers.h"
#include "analyse/text_pool.h"
#include "base/memory.h"
#include "cluster/gram.h"
#include "device/rarity.h"

#include <stdlib.h>
#include <string.h>

enum { TEXT_ALL_MAX = 1 << 30, WORDS_MIN = 256 };

// The empty word stands for the port itself, and is the first of its port.
struct word {
	struct span bytes;
	uint32_t hosts;
	uint16_t port, item;  // item: which of those that are looked at
};

struct words {
	struct word *list;
	size_t count, capacity;
	uint32_t cluster;  // whose they are; 0: nobody's
};

// A word that one cluster has more of than another.
struct candidate {
	const struct word *word;
	double more;  // share of hosts
	uint32_t rare;
	bool is_common;  // both answer on its port
};

struct telling {
	const struct hosts *hosts;
	const struct device_clusters *found;
	const uint32_t *medoids;
	const struct neighbour *neighbours;
	struct cluster_answers answers;  // for its chains
	struct words own, other;
	struct candidate *candidates;
	size_t room;
	uint8_t *seen, *weights;
	struct buffer *out;
};

// ---- words of a cluster

static bool is_of_word(uint8_t c)
{
	return c > ' ' && c < 0x7f && strchr("\"'<>()[]{}=;,", c) == NULL;
}

// How many bytes are no word from a byte on that belongs to none: it, or a marker that a mask left there ("<date>"), or
// the name of a tag.
static size_t skip(struct span text, size_t at)
{
	static const char *const markers[] = { "<date>", "<ip>", "<mac>", "<hex>", "<value>" };
	for (size_t i = 0; i < sizeof markers / sizeof *markers; i++) {
		const size_t length = strlen(markers[i]);
		if (length <= text.length - at && memcmp(text.bytes + at, markers[i], length) == 0)
			return length;
	}
	size_t end = at + 1;
	while (text.bytes[at] == '<' && end < text.length && is_of_word(text.bytes[end]))
		end++;
	return end - at;
}

static bool add(struct words *w, struct word word)
{
	if (w->count == w->capacity) {
		const size_t capacity = w->capacity == 0 ? WORDS_MIN : 2 * w->capacity;
		struct word *list = memory_resize(w->list, capacity, sizeof *list);
		if (list == NULL)
			return false;
		w->list = list;
		w->capacity = capacity;
	}
	w->list[w->count++] = word;
	return true;
}

static bool add_text(struct words *w, struct span text, struct word like)
{
	like.bytes = (struct span){ text.bytes, 0 };
	if (!add(w, like))
		return false;
	for (size_t at = 0; at < text.length;) {
		const size_t begin = at;
		while (at < text.length && is_of_word(text.bytes[at]))
			at++;
		const size_t length = at - begin;
		like.bytes = (struct span){ text.bytes + begin,
			                    length < TELLS_WORD_MAX ? length : TELLS_WORD_MAX };
		if (length >= TELLS_WORD_MIN && !add(w, like))
			return false;
		if (at < text.length)
			at += skip(text, at);
	}
	return true;
}

static int compare_keys(const struct word *a, const struct word *b)
{
	return a->port != b->port ? (a->port < b->port ? -1 : 1) : text_compare(a->bytes, b->bytes);
}

static int compare_words(const void *a, const void *b)
{
	const struct word *x = a, *y = b;
	const int order = compare_keys(x, y);
	return order != 0 ? order : (x->item > y->item) - (x->item < y->item);
}

// Each word once, with all hosts of the items that have it.
static void pack(struct words *w)
{
	size_t count = 0;
	if (w->count > 1)
		qsort(w->list, w->count, sizeof *w->list, compare_words);
	for (size_t i = 0; i < w->count; i++) {
		struct word *last = count > 0 ? &w->list[count - 1] : NULL;
		if (last == NULL || compare_keys(last, &w->list[i]) != 0) {
			w->list[count++] = w->list[i];
		} else if (last->item != w->list[i].item) {
			last->hosts += w->list[i].hosts;
			last->item = w->list[i].item;
		}
	}
	w->count = count;
}

static bool take_words(const struct telling *t, uint32_t cluster, struct words *w)
{
	uint32_t chosen[TELLS_ITEMS_MAX];
	if (w->cluster == cluster)
		return true;
	w->count = 0;
	w->cluster = cluster;
	const unsigned count = cluster > 0 ? cluster_answers_most(&t->answers, cluster, chosen,
	                                                          TELLS_ITEMS_MAX)
	                                   : 0;
	for (unsigned i = 0; i < count; i++) {
		const struct host_item *item = &t->found->items.items[chosen[i]];
		for (uint32_t k = 0; k < item->host->count; k++) {
			const struct host_answer *answer = &item->host->answers[k];
			const struct word like = { .hosts = item->weight,
				                   .port = answer->port,
				                   .item = (uint16_t)i };
			if (!add_text(w, t->hosts->texts[answer->text], like))
				return false;
		}
	}
	pack(w);
	return true;
}

// ---- what one has and the other has not

static int compare_candidates(const void *a, const void *b)
{
	const struct candidate *x = a, *y = b;
	if (x->is_common != y->is_common)
		return x->is_common ? -1 : 1;
	if (x->more > y->more || x->more < y->more)
		return x->more > y->more ? -1 : 1;
	if (x->rare != y->rare)
		return x->rare > y->rare ? -1 : 1;
	return compare_keys(x->word, y->word);
}

// Those of `a`, best first.
static size_t compare_tables(struct telling *t, const struct words *a, const struct words *b)
{
	size_t count = 0, k = 0;
	double on_a = 1, on_b = 0;
	for (size_t i = 0; i < a->count; i++) {
		const struct word *word = &a->list[i];
		while (k < b->count && compare_keys(&b->list[k], word) < 0)
			k++;
		const bool has = k < b->count && compare_keys(&b->list[k], word) == 0;
		if (word->bytes.length == 0) {
			on_a = word->hosts;
			on_b = has ? b->list[k].hosts : 0;
			continue;
		}
		const double more = word->hosts / on_a - (has ? b->list[k].hosts / on_b : 0);
		if (more < 0.5)
			continue;
		t->candidates[count++] = (struct candidate){
			word, more, gram_total(word->bytes, t->seen, t->weights), on_b > 0
		};
	}
	if (count > 1)
		qsort(t->candidates, count, sizeof *t->candidates, compare_candidates);
	return count;
}

static void write_words(const struct telling *t, size_t count, const char *before)
{
	unsigned written = 0;
	for (size_t i = 0; i < count && written < TELLS_WORDS; i++) {
		const struct word *word = t->candidates[i].word;
		bool is_there = false;
		for (size_t k = 0; k < i; k++)
			is_there |= text_compare(t->candidates[k].word->bytes, word->bytes) == 0;
		if (is_there)
			continue;
		buffer_format(t->out, "%s%s%u:", written++ > 0 ? " " : "", before,
		              (unsigned)word->port);
		buffer_append(t->out, word->bytes.bytes, word->bytes.length);
	}
}

// ---- pieces

static bool has_gram(const uint32_t *grams, uint32_t count, uint32_t gram)
{
	uint32_t low = 0, high = count;
	while (low < high) {
		const uint32_t middle = low + (high - low) / 2;
		if (grams[middle] < gram)
			low = middle + 1;
		else
			high = middle;
	}
	return low < count && grams[low] == gram;
}

// The longest stretch of `own` whose grams `other` has not.
static bool piece_of(struct telling *t, struct span own, struct span other, struct span *out)
{
	uint32_t *grams = memory_room((other.length + 1) * sizeof *grams);
	if (grams == NULL)
		return false;
	const uint32_t count = gram_set(other, t->seen, grams);
	size_t begin = 0;
	for (size_t i = 0; i + 3 <= own.length; i++) {
		const uint8_t *b = own.bytes + i;
		if (has_gram(grams, count, (uint32_t)(b[0] << 16 | b[1] << 8 | b[2])))
			begin = i + 1;
		else if (i + 3 - begin > out->length)
			*out = (struct span){ own.bytes + begin, i + 3 - begin };
	}
	memory_free(grams);
	return true;
}

static void write_piece(const struct telling *t, uint16_t port, struct span piece)
{
	buffer_format(t->out, "%u:", (unsigned)port);
	for (size_t i = 0; i < piece.length && i < TELLS_PIECE_MAX; i++) {
		const uint8_t c = piece.bytes[i];
		if (c > ' ' && c < 0x7f && c != '\\')
			buffer_byte(t->out, c);
		else
			buffer_format(t->out, "\\x%02X", c);
	}
}

static struct span beginning(const struct telling *t, uint32_t text)
{
	struct span s = t->hosts->texts[text];
	s.length = s.length < TELLS_LOOK_MAX ? s.length : TELLS_LOOK_MAX;
	return s;
}

static bool tell_piece(struct telling *t, uint32_t cluster)
{
	const struct host_item *items = t->found->items.items;
	const struct host *own = items[t->medoids[cluster]].host;
	const struct host *other = items[t->medoids[t->neighbours[cluster].cluster]].host;
	struct span best = { NULL, 0 };
	uint16_t port = 0;
	for (uint32_t i = 0, k = 0; i < own->count && k < other->count;) {
		const struct host_answer *x = &own->answers[i], *y = &other->answers[k];
		const size_t before = best.length;
		if (x->port == y->port &&
		    !piece_of(t, beginning(t, x->text), beginning(t, y->text), &best))
			return false;
		port = best.length > before ? x->port : port;
		i += x->port <= y->port;
		k += y->port <= x->port;
	}
	if (best.length > 0)
		write_piece(t, port, best);
	return true;
}

// ---- all of them

static bool room_for(struct telling *t)
{
	const size_t most = t->own.count > t->other.count ? t->own.count : t->other.count;
	if (most <= t->room)
		return true;
	struct candidate *candidates = memory_resize(t->candidates, most, sizeof *candidates);
	if (candidates == NULL)
		return false;
	t->candidates = candidates;
	t->room = most;
	return true;
}

static bool tell(struct telling *t, uint32_t cluster)
{
	const uint32_t neighbour = t->neighbours[cluster].cluster;
	if (!take_words(t, neighbour, &t->other) || !take_words(t, cluster, &t->own) ||
	    !room_for(t))
		return false;
	size_t count = compare_tables(t, &t->own, &t->other);
	if (count > 0) {
		write_words(t, count, "");
		return true;
	}
	count = compare_tables(t, &t->other, &t->own);
	if (count > 0)
		write_words(t, count, "-");
	return count > 0 || neighbour == 0 || tell_piece(t, cluster);
}

static int compare_neighbours(const void *a, const void *b, void *context)
{
	const struct neighbour *n = context;
	const uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
	if (n[x].cluster != n[y].cluster)
		return n[x].cluster < n[y].cluster ? -1 : 1;
	return (x > y) - (x < y);
}

static bool tell_all(struct telling *t, uint32_t *order, struct cluster_tells *out)
{
	const uint32_t count = t->found->count;
	for (uint32_t k = 0; k < count; k++)
		order[k] = k + 1;
	if (count > 1)
		qsort_r(order, count, sizeof *order, compare_neighbours,
		        (void *)(uintptr_t)t->neighbours);
	for (uint32_t k = 0; k < count; k++) {
		out->begins[order[k]] = out->text.length;
		if (!tell(t, order[k]))
			return false;
		out->ends[order[k]] = out->text.length;
	}
	return !out->text.failed;
}

bool cluster_tells_find(const struct hosts *hosts, const struct device_clusters *found,
                        const uint32_t *medoids, const struct neighbour *neighbours,
                        struct cluster_tells *out, struct error *error)
{
	struct cluster_tells tells = {
		.text = buffer_up_to(TEXT_ALL_MAX),
		.begins = memory_new((size_t)found->count + 1, sizeof *tells.begins),
		.ends = memory_new((size_t)found->count + 1, sizeof *tells.ends),
	};
	struct telling t = { .hosts = hosts,
		             .found = found,
		             .medoids = medoids,
		             .neighbours = neighbours,
		             .seen = memory_new(GRAM_SEEN_BYTES, 1),
		             .weights = rarity_weights_new(),
		             .out = &tells.text };
	uint32_t *order = memory_new((size_t)found->count + 1, sizeof *order);
	const bool has_room = tells.begins != NULL && tells.ends != NULL && t.seen != NULL &&
	                      t.weights != NULL && order != NULL;
	const bool is_done = has_room && cluster_answers_begin(&t.answers, hosts, found, error) &&
	                     tell_all(&t, order, &tells);
	cluster_answers_done(&t.answers);
	memory_free(t.own.list);
	memory_free(t.other.list);
	memory_free(t.candidates);
	memory_free(t.seen);
	memory_free(t.weights);
	memory_free(order);
	if (is_done) {
		*out = tells;
		return true;
	}
	cluster_tells_done(&tells);
	return error_memory(error, "what tells clusters apart");
}

void cluster_tells_done(struct cluster_tells *t)
{
	buffer_done(&t->text);
	memory_free(t->begins);
	memory_free(t->ends);
	*t = (struct cluster_tells){ .begins = NULL };
}
