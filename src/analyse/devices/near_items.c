// SPDX-License-Identifier: MIT
#include "analyse/devices/near_items.h"

#include "analyse/devices/host_distance.h"
#include "analyse/devices/port_texts.h"
#include "base/memory.h"
#include "base/pool.h"
#include "cluster/gram_near.h"
#include "device/rarity.h"

#include <math.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#define SLACK 1e-6  // rounding must not lose anything

// A text on a port is a slot; those of a port are one behind the other, in the order of ports.
struct near_items {
	const struct host_items *items;
	double most;        // for items
	double most_texts;  // what is not within this counts as much as what is missing
	unsigned threads;
	uint16_t *ports;
	uint32_t port_count, slot_count, texts_max;
	struct gram_near **near;  // [port_count]
	uint32_t *bases;          // [port_count + 1]: the first slot of a port
	uint16_t *port_of;        // [slot_count]: as an index of `ports`
	size_t *begins;           // [items + 1]: where the answers of an item begin
	uint32_t *slots;          // of each answer
	bool *is_asked;           // of each answer: whether its item asks for others there
	uint32_t *weights;        // by text of the hosts: what it tells
	float *totals;            // [items]: of the weights of all answers
	size_t *lists;            // [slot_count + 1]: where the items of a slot begin
	size_t *asking;           // [slot_count]: where those end that ask there; they come first
	uint32_t *members;        // items by slot
	atomic_uint *parents;     // of the parts: [items]
	struct room *rooms;       // [threads]
	const struct limits *limits;
	const struct distance_watch *watch;
	atomic_ullong done;
};

// Distances of texts that were asked for last.
enum { KNOWN = 1 << 16 };
struct known {
	uint32_t low, high;
	float distance;
};

struct room {
	struct known *known;
	uint8_t *marks;   // [texts_max], all zero
	uint32_t *found;  // [texts_max + 1], of slots
};

static bool is_cancelled(const struct limits *limits)
{
	return limits->is_cancelled != NULL && limits->is_cancelled(limits->context);
}

static bool is_one_port(const struct host_items *items)
{
	for (uint32_t i = 0; i < items->count; i++)
		if (items->items[i].host->count > 1 ||
		    items->items[i].host->answers[0].port != items->items[0].host->answers[0].port)
			return false;
	return true;
}

double near_items_reach(const struct host_items *items)
{
	return is_one_port(items) ? 1 : sqrt((double)HOST_UNKNOWN_SQUARED);
}

// ---- making it

static bool take_port(struct near_items *n, const struct hosts *hosts, uint32_t port,
                      const uint8_t *rarity, uint32_t *counts, struct error *error)
{
	struct port_texts p;
	if (!port_texts_make(hosts, n->items, n->ports[port], &p))
		return error_memory(error, "distances of hosts");
	struct span *texts = memory_new((size_t)p.text_count + 1, sizeof *texts);
	bool is_done = texts != NULL || error_memory(error, "distances of hosts");
	if (is_done) {
		for (uint32_t x = 0; x < p.text_count; x++)
			texts[x] = hosts->texts[p.texts[x]];
		n->near[port] = gram_near_new(texts, p.text_count, rarity, n->most_texts, error);
		is_done = n->near[port] != NULL;
	}
	for (uint32_t k = 0; is_done && k < p.item_count; k++) {
		const uint32_t item = p.items[k];
		n->slots[n->begins[item] + counts[item]++] = n->bases[port] + p.local[k];
	}
	n->bases[port + 1] = n->bases[port] + p.text_count;
	n->texts_max = p.text_count > n->texts_max ? p.text_count : n->texts_max;
	memory_free(texts);
	port_texts_done(&p);
	return is_done;
}

static inline float weight_of(const struct near_items *n, uint32_t item, size_t answer)
{
	return (float)n->weights[n->items->items[item].host->answers[answer].text];
}

static bool take_answers(struct near_items *n, const struct hosts *hosts, struct error *error)
{
	uint32_t *counts = memory_new((size_t)n->items->count + 1, sizeof *counts);
	uint8_t *rarity = rarity_weights_new();
	bool is_done = (counts != NULL && rarity != NULL) ||
	               error_memory(error, "distances of hosts");
	for (uint32_t port = 0; is_done && port < n->port_count; port++)
		is_done = take_port(n, hosts, port, rarity, counts, error);
	n->weights = is_done ? answer_weights_new(hosts, rarity) : NULL;
	is_done = is_done && (n->weights != NULL || error_memory(error, "distances of hosts"));
	for (uint32_t i = 0; is_done && i < n->items->count; i++)
		for (uint32_t k = 0; k < n->items->items[i].host->count; k++)
			n->totals[i] += weight_of(n, i, k);
	memory_free(counts);
	memory_free(rarity);
	n->slot_count = n->bases[n->port_count];
	return is_done;
}

// ---- where each item asks

static int compare_loads(const void *a, const void *b, void *context)
{
	const struct near_items *n = context;
	const uint32_t x = n->slots[*(const size_t *)a], y = n->slots[*(const size_t *)b];
	const size_t loads[2] = { n->lists[x + 1] - n->lists[x], n->lists[y + 1] - n->lists[y] };
	if (loads[0] != loads[1])
		return loads[0] > loads[1] ? -1 : 1;
	return x < y ? -1 : 1;
}

// The answers that most items have are left out first, as long as those near on no other ports are too far away.
static void choose_asked(struct near_items *n, double share)
{
	size_t order[UINT8_MAX];
	for (uint32_t i = 0; i < n->items->count; i++) {
		const size_t begin = n->begins[i], count = n->begins[i + 1] - begin;
		for (size_t k = 0; k < count; k++)
			n->is_asked[begin + k] = true;
		if (count > UINT8_MAX)
			continue;
		for (size_t k = 0; k < count; k++)
			order[k] = begin + k;
		qsort_r(order, count, sizeof *order, compare_loads, n);
		double left_out = 0;
		for (size_t k = 0; k < count; k++) {
			left_out += (double)weight_of(n, i, order[k] - begin);
			if (left_out >= share * (double)n->totals[i])
				break;
			n->is_asked[order[k]] = false;
		}
	}
}

static void fill_lists(struct near_items *n, bool is_asking, size_t *next)
{
	for (uint32_t i = 0; i < n->items->count; i++)
		for (size_t k = n->begins[i]; k < n->begins[i + 1]; k++)
			if (n->is_asked[k] == is_asking)
				n->members[next[n->slots[k]]++] = i;
}

static bool list_items(struct near_items *n, double share)
{
	const size_t answers = n->begins[n->items->count];
	size_t *next = memory_new((size_t)n->slot_count + 1, sizeof *next);
	n->lists = memory_new((size_t)n->slot_count + 1, sizeof *n->lists);
	n->asking = memory_new((size_t)n->slot_count + 1, sizeof *n->asking);
	n->members = memory_new(answers + 1, sizeof *n->members);
	n->port_of = memory_new((size_t)n->slot_count + 1, sizeof *n->port_of);
	const bool is_done = next != NULL && n->lists != NULL && n->asking != NULL &&
	                     n->members != NULL && n->port_of != NULL;
	if (is_done) {
		for (size_t k = 0; k < answers; k++)
			n->lists[n->slots[k] + 1]++;
		for (uint32_t s = 0; s < n->slot_count; s++)
			n->lists[s + 1] += n->lists[s];
		for (uint32_t p = 0; p < n->port_count; p++)
			for (uint32_t s = n->bases[p]; s < n->bases[p + 1]; s++)
				n->port_of[s] = (uint16_t)p;
		choose_asked(n, share);
		memcpy(next, n->lists, n->slot_count * sizeof *next);
		fill_lists(n, true, next);
		memcpy(n->asking, next, n->slot_count * sizeof *next);
		fill_lists(n, false, next);
	}
	memory_free(next);
	return is_done;
}

static bool rooms_new(struct near_items *n)
{
	n->rooms = memory_new(n->threads, sizeof *n->rooms);
	bool is_done = n->rooms != NULL;
	for (unsigned i = 0; is_done && i < n->threads; i++) {
		n->rooms[i].marks = memory_new((size_t)n->texts_max + 1, 1);
		n->rooms[i].found = memory_new((size_t)n->texts_max + 2, sizeof(uint32_t));
		n->rooms[i].known = memory_new(KNOWN, sizeof(struct known));
		is_done = n->rooms[i].known != NULL && n->rooms[i].marks != NULL &&
		          n->rooms[i].found != NULL;
	}
	return is_done;
}

static bool start(struct near_items *n)
{
	const uint32_t count = n->items->count;
	n->begins = memory_new((size_t)count + 1, sizeof *n->begins);
	if (n->begins == NULL || !ports_of_items(n->items, &n->ports, &n->port_count))
		return false;
	for (uint32_t i = 0; i < count; i++)
		n->begins[i + 1] = n->begins[i] + n->items->items[i].host->count;
	n->slots = memory_new(n->begins[count] + 1, sizeof *n->slots);
	n->is_asked = memory_new(n->begins[count] + 1, sizeof *n->is_asked);
	n->near = memory_new((size_t)n->port_count + 1, sizeof(struct gram_near *));
	n->bases = memory_new((size_t)n->port_count + 1, sizeof *n->bases);
	n->totals = memory_new((size_t)count + 1, sizeof *n->totals);
	return n->slots != NULL && n->is_asked != NULL && n->near != NULL && n->bases != NULL &&
	       n->totals != NULL;
}

bool near_items_new(const struct hosts *hosts, const struct host_items *items, double most,
                    unsigned threads, struct near_items **out, struct error *error)
{
	struct near_items *n = memory_new(1, sizeof *n);
	const bool is_one = is_one_port(items);
	const double reach = near_items_reach(items);
	if (n == NULL)
		return error_memory(error, "distances of hosts");
	n->items = items;
	n->most = most;
	n->threads = pool_threads(threads);
	n->most_texts = is_one ? most : reach;
	const double share = is_one ? 1 : 1 - most * most / (reach * reach) - SLACK;
	const bool is_done = (start(n) || error_memory(error, "distances of hosts")) &&
	                     take_answers(n, hosts, error) &&
	                     ((list_items(n, share) && rooms_new(n)) ||
	                      error_memory(error, "distances of hosts"));
	if (is_done)
		*out = n;
	else
		near_items_free(n);
	return is_done;
}

void near_items_free(struct near_items *n)
{
	if (n == NULL)
		return;
	for (uint32_t i = 0; n->near != NULL && i < n->port_count; i++)
		gram_near_free(n->near[i]);
	for (unsigned i = 0; n->rooms != NULL && i < n->threads; i++) {
		memory_free(n->rooms[i].known);
		memory_free(n->rooms[i].marks);
		memory_free(n->rooms[i].found);
	}
	memory_free(n->rooms);
	memory_free(n->near);
	memory_free(n->ports);
	memory_free(n->bases);
	memory_free(n->port_of);
	memory_free(n->begins);
	memory_free(n->slots);
	memory_free(n->is_asked);
	memory_free(n->weights);
	memory_free(n->totals);
	memory_free(n->lists);
	memory_free(n->asking);
	memory_free(n->members);
	memory_free(n);
}

// ---- distances

static float slot_distance(const struct near_items *n, const struct room *room, uint32_t x,
                           uint32_t y)
{
	const uint32_t low = x < y ? x : y, high = x < y ? y : x;
	if (x == y)
		return 0;
	struct known *known = &room->known[(low * UINT32_C(0x9e3779b1) ^ high) % KNOWN];
	if (known->low != low || known->high != high) {
		const uint32_t port = n->port_of[x], base = n->bases[port];
		*known = (struct known){
			low, high, gram_near_distance(n->near[port], low - base, high - base)
		};
	}
	return known->distance;
}

// What those answers add to the squared distance, at least, that have no counterpart.
static float missing(const struct near_items *n, uint32_t i, uint32_t j)
{
	const struct host *a = n->items->items[i].host, *b = n->items->items[j].host;
	float alone = 0;
	for (uint32_t k = 0, l = 0; k < a->count || l < b->count;) {
		const uint32_t x = k < a->count ? a->answers[k].port : UINT32_MAX;
		const uint32_t y = l < b->count ? b->answers[l].port : UINT32_MAX;
		alone += x == y ? 0 : x < y ? weight_of(n, i, k) : weight_of(n, j, l);
		k += x <= y;
		l += y <= x;
	}
	return alone * HOST_UNKNOWN_SQUARED;
}

// In the order in which vector_distances() adds, so that it is the same number; infinite as soon as it is known that
// it is more than `far`.
static float item_distance(const struct near_items *n, const struct room *room, uint32_t i,
                           uint32_t j, double far)
{
	const struct host *a = n->items->items[i].host, *b = n->items->items[j].host;
	const float total = n->totals[i] + n->totals[j];
	const float most = (float)((far + SLACK) * (far + SLACK)) * total;
	float known = 0, least = missing(n, i, j);
	for (uint32_t k = 0, l = 0; k < a->count && l < b->count && least <= most;) {
		const uint16_t x = a->answers[k].port, y = b->answers[l].port;
		if (x == y) {
			const float d = slot_distance(n, room, n->slots[n->begins[i] + k],
			                              n->slots[n->begins[j] + l]);
			const uint32_t weights = n->weights[a->answers[k].text] +
			                         n->weights[b->answers[l].text];
			known += port_known(weights, d);
			least += (float)weights * d * d;
		}
		k += x <= y;
		l += y <= x;
	}
	return least <= most ? host_distance(known, total) : INFINITY;
}

// Slots of the same port that may be near slot x, and x itself first. How many.
static uint32_t near_slots(const struct near_items *n, uint32_t x, const struct room *room,
                           uint32_t *out)
{
	const uint32_t port = n->port_of[x], base = n->bases[port];
	const uint32_t count = gram_near_candidates(n->near[port], x - base, room->marks, out + 1);
	out[0] = x;
	for (uint32_t k = 1; k <= count; k++)
		out[k] += base;
	return count + 1;
}

// ---- parts

static uint32_t root_of(struct near_items *n, uint32_t i)
{
	for (;;) {
		uint32_t up = atomic_load_explicit(&n->parents[i], memory_order_relaxed);
		if (up == i)
			return i;
		const uint32_t above = atomic_load_explicit(&n->parents[up], memory_order_relaxed);
		if (above != up)
			atomic_compare_exchange_weak_explicit(&n->parents[i], &up, above,
			                                      memory_order_relaxed,
			                                      memory_order_relaxed);
		i = above;
	}
}

// The later root goes below the earlier one, whoever else joins meanwhile.
static void join(struct near_items *n, uint32_t i, uint32_t j)
{
	for (;;) {
		const uint32_t x = root_of(n, i), y = root_of(n, j);
		const uint32_t low = x < y ? x : y, high = x < y ? y : x;
		uint32_t expected = high;
		if (low == high ||
		    atomic_compare_exchange_strong(&n->parents[high], &expected, low))
			return;
	}
}

// Joins who asks at slot x with those of slot y that are near. What is together already is not looked at again.
static void join_slots(struct near_items *n, const struct room *room, uint32_t x, uint32_t y)
{
	const float most = (float)n->most;
	bool is_near = x == y;
	for (size_t a = n->lists[x]; a < n->asking[x]; a++) {
		const uint32_t i = n->members[a];
		for (size_t b = n->lists[y]; b < n->lists[y + 1]; b++) {
			const uint32_t j = n->members[b];
			if (root_of(n, i) == root_of(n, j))
				continue;
			is_near = is_near ||
			          (double)slot_distance(n, room, x, y) <= n->most_texts + SLACK;
			if (!is_near)
				return;
			if (item_distance(n, room, i, j, n->most) <= most)
				join(n, i, j);
		}
	}
}

static bool slot_job(void *context, size_t job, unsigned thread)
{
	struct near_items *n = context;
	const uint32_t x = (uint32_t)job;
	const struct room *room = &n->rooms[thread];
	if (is_cancelled(n->limits))
		return false;
	if (n->asking[x] > n->lists[x]) {
		const uint32_t count = near_slots(n, x, room, room->found);
		for (uint32_t k = 0; k < count; k++)
			join_slots(n, room, x, room->found[k]);
	}
	const uint64_t done = atomic_fetch_add(&n->done, 1) + 1;
	if (thread == 0 && n->watch != NULL)
		n->watch->tick(n->watch->context, done, n->slot_count);
	return true;
}

bool near_items_parts(struct near_items *n, uint32_t *first_of, const struct limits *limits,
                      const struct distance_watch *watch, struct error *error)
{
	const uint32_t count = n->items->count;
	n->parents = memory_new((size_t)count + 1, sizeof *n->parents);
	if (n->parents == NULL)
		return error_memory(error, "parts of hosts");
	for (uint32_t i = 0; i < count; i++)
		atomic_init(&n->parents[i], i);
	n->limits = limits;
	n->watch = watch;
	n->done = 0;
	const bool is_done = pool_run(n->threads, n->slot_count, slot_job, n) ||
	                     error_set(error, ERROR_FAILED, "interrupted");
	for (uint32_t i = 0; is_done && i < count; i++)
		first_of[i] = root_of(n, i);
	memory_free(n->parents);
	n->parents = NULL;
	return is_done;
}

// ---- leaders

struct leading {
	bool *leads;
	uint32_t *seen;  // by item: for which it was looked at last, and 1 more
	uint32_t *leader_of;
	float *distances, radius;
};

static int compare_members(const void *a, const void *b, void *context)
{
	const struct near_items *n = context;
	const uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
	const uint32_t weights[2] = { n->items->items[x].weight, n->items->items[y].weight };
	if (weights[0] != weights[1])
		return weights[0] > weights[1] ? -1 : 1;
	return (x > y) - (x < y);
}

// Of those in slot y the nearest to item i that leads: all of them if it asks there, else those that do.
static void look_in(const struct near_items *n, struct leading *l, uint32_t i, uint32_t y,
                    bool is_asking)
{
	const size_t end = is_asking ? n->lists[y + 1] : n->asking[y];
	for (size_t b = n->lists[y]; b < end; b++) {
		const uint32_t j = n->members[b];
		if (!l->leads[j] || l->seen[j] == i + 1)
			continue;
		l->seen[j] = i + 1;
		const float d = item_distance(n, &n->rooms[0], i, j, (double)l->radius);
		if (d < l->distances[i] || (d == l->distances[i] && j < l->leader_of[i])) {
			l->distances[i] = d;
			l->leader_of[i] = j;
		}
	}
}

static void find_leader(const struct near_items *n, struct leading *l, uint32_t i)
{
	const struct room *room = &n->rooms[0];
	l->leader_of[i] = i;
	l->distances[i] = INFINITY;
	for (size_t k = n->begins[i]; k < n->begins[i + 1]; k++) {
		const uint32_t count = near_slots(n, n->slots[k], room, room->found);
		for (uint32_t c = 0; c < count; c++)
			look_in(n, l, i, room->found[c], n->is_asked[k]);
	}
	if (!(l->distances[i] <= l->radius)) {
		l->leader_of[i] = i;
		l->distances[i] = 0;
		l->leads[i] = true;
	}
}

bool near_items_lead(struct near_items *n, const uint32_t *members, uint32_t count, float radius,
                     uint32_t *leader_of, float *distances, uint32_t *leaders,
                     const struct limits *limits, struct error *error)
{
	struct leading l = {
		.leads = memory_new((size_t)n->items->count + 1, sizeof *l.leads),
		.seen = memory_new((size_t)n->items->count + 1, sizeof *l.seen),
		.leader_of = leader_of,
		.distances = distances,
		.radius = radius,
	};
	uint32_t *order = memory_room(((size_t)count + 1) * sizeof *order), found = 0;
	bool is_done = (l.leads != NULL && l.seen != NULL && order != NULL) ||
	               error_memory(error, "parts of hosts");
	if (is_done && count > 0) {
		memcpy(order, members, count * sizeof *order);
		qsort_r(order, count, sizeof *order, compare_members, n);
	}
	for (uint32_t k = 0; is_done && k < count; k++) {
		find_leader(n, &l, order[k]);
		found += l.leads[order[k]];
		if (is_cancelled(limits))
			is_done = error_set(error, ERROR_FAILED, "interrupted");
	}
	memory_free(l.leads);
	memory_free(l.seen);
	memory_free(order);
	if (is_done)
		*leaders = found;
	return is_done;
}
