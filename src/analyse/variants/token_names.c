// SPDX-License-Identifier: MIT
#include "analyse/variants/token_names.h"

#include "analyse/variants/sources.h"
#include "base/memory.h"

#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

struct pair {
	uint64_t token;  // hash
	uint32_t source;
	uint32_t
		sensor;  // the low bits of its hash, of which one says whether the token has five capitals
};

struct finding {
	const struct malware_families *families;
	struct token_names *out;
	struct pair *pairs;
	size_t count, capacity;
	size_t own_capacity;
};

static uint64_t hash_of(struct span bytes)
{
	return XXH3_64bits(bytes.bytes, bytes.length);
}

static uint64_t own_hash(uint64_t sensor, uint32_t address)
{
	return (sensor & ~(uint64_t)UINT32_MAX) | address;
}

static int compare_numbers(const void *a, const void *b)
{
	const uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
	return (x > y) - (x < y);
}

static int compare_pairs(const void *a, const void *b)
{
	const struct pair *x = a, *y = b;
	if (x->token != y->token)
		return x->token < y->token ? -1 : 1;
	if (x->source != y->source)
		return x->source < y->source ? -1 : 1;
	return (x->sensor > y->sensor) - (x->sensor < y->sensor);
}

// Sorts numbers, each once.
static size_t sort_numbers(uint64_t *list, size_t count)
{
	size_t kept = 0;
	if (count > 1)
		qsort(list, count, sizeof *list, compare_numbers);
	for (size_t i = 0; i < count; i++)
		if (i == 0 || list[i] != list[i - 1])
			list[kept++] = list[i];
	return kept;
}

static void sort_pairs(struct finding *f)
{
	size_t kept = 0;
	if (f->count > 1)
		qsort(f->pairs, f->count, sizeof *f->pairs, compare_pairs);
	for (size_t i = 0; i < f->count; i++)
		if (i == 0 || compare_pairs(&f->pairs[i], &f->pairs[kept - 1]) != 0)
			f->pairs[kept++] = f->pairs[i];
	f->count = kept;
}

// What came again is dropped before there is more room.
static bool add_pair(struct finding *f, const struct pair *pair, struct error *error)
{
	if (f->count == f->capacity) {
		sort_pairs(f);
		if (f->count >= f->capacity / 2) {
			const size_t capacity = 2 * f->capacity + 1024;
			void *more = memory_resize(f->pairs, capacity, sizeof *f->pairs);
			if (more == NULL)
				return error_memory(error, "tokens");
			f->pairs = more;
			f->capacity = capacity;
		}
	}
	f->pairs[f->count++] = *pair;
	return true;
}

static bool add_own(struct finding *f, uint64_t number, struct error *error)
{
	struct token_names *out = f->out;
	if (out->own_count == f->own_capacity) {
		out->own_count = sort_numbers(out->own, out->own_count);
		if (out->own_count >= f->own_capacity / 2) {
			const size_t capacity = 2 * f->own_capacity + 1024;
			void *more = memory_resize(out->own, capacity, sizeof *out->own);
			if (more == NULL)
				return error_memory(error, "addresses of sensors");
			out->own = more;
			f->own_capacity = capacity;
		}
	}
	if (out->own_count == 0 || out->own[out->own_count - 1] != number)
		out->own[out->own_count++] = number;
	return true;
}

static bool take_line(struct finding *f, const struct honeypot_event *e, uint64_t sensor,
                      struct error *error)
{
	struct span token;
	bool ignored;
	for (size_t at = 0; token_next(e->text, &at, &token, &ignored);) {
		const bool is_random = token_has_random_shape(token);
		const struct pair pair = { hash_of(token), e->source,
			                   (uint32_t)(sensor >> 32 & ~1u) | is_random };
		if (families_find(f->families, token) == NULL && !add_pair(f, &pair, error))
			return false;
	}
	return true;
}

static bool take(struct finding *f, const struct honeypot_event *e, uint64_t sensor,
                 struct error *error)
{
	if (e->kind == HONEYPOT_CONNECT && e->destination != 0)
		return add_own(f, own_hash(sensor, e->destination), error);
	if (e->kind < HONEYPOT_LOGIN_FAILED || e->kind > HONEYPOT_RAN ||
	    source_flag_of(e->source) != SOURCE_COUNTS)
		return true;
	return take_line(f, e, sensor, error);
}

// Events of a sensor come in a row: its hash is that of the last one, mostly.
static bool is_same(struct span a, struct span b)
{
	return a.length == b.length && (a.length == 0 || memcmp(a.bytes, b.bytes, a.length) == 0);
}

static bool take_day(struct holdings *h, struct finding *f, int32_t day, struct error *error)
{
	struct holdings_events *events;
	struct honeypot_event event;
	uint8_t room[HONEYPOT_SENSOR_MAX];
	struct span sensor = { room, 0 };
	uint64_t hash = hash_of(sensor);
	if (!holdings_open_events(h, day, day, &events, error))
		return false;
	bool ok = true;
	while (ok && events->next(events, &event, error)) {
		if (!is_same(event.sensor, sensor)) {
			sensor.length = event.sensor.length;
			if (sensor.length > 0)
				memcpy(room, event.sensor.bytes, sensor.length);
			hash = hash_of(sensor);
		}
		ok = take(f, &event, hash, error);
	}
	ok = ok && error->kind == ERROR_NONE;
	holdings_close_events(events);
	return ok;
}

unsigned token_name_sources(uint64_t random)
{
	const double tokens = 11881376;  // 26^5
	double expected = (double)random;
	unsigned k = 1;
	// n^k / k! / tokens^(k-1), from k - 1 to k.
	while (k < TOKEN_NAME_SOURCES || expected > TOKEN_NAME_CHANCE) {
		k++;
		expected *= (double)random / tokens / k;
	}
	return k;
}

bool token_names_is_own(const struct token_names *names, struct span sensor, uint32_t address)
{
	const uint64_t number = own_hash(hash_of(sensor), address);
	return names->own_count > 0 && bsearch(&number, names->own, names->own_count, sizeof number,
	                                       compare_numbers) != NULL;
}

static bool is_own(const struct token_names *names, const struct pair *pair)
{
	const uint64_t upper = (uint64_t)(pair->sensor & ~1u) << 32;
	for (uint64_t bit = 0; bit < 2; bit++) {
		const uint64_t number = (upper | bit << 32) | pair->source;
		if (names->own_count > 0 && bsearch(&number, names->own, names->own_count,
		                                    sizeof number, compare_numbers) != NULL)
			return true;
	}
	return false;
}

// Sources of each token, each once, of all sensors.
static size_t drop_own(struct finding *f)
{
	size_t kept = 0;
	for (size_t i = 0; i < f->count; i++) {
		const struct pair *p = &f->pairs[i];
		if (is_own(f->out, p) || (kept > 0 && f->pairs[kept - 1].token == p->token &&
		                          f->pairs[kept - 1].source == p->source))
			continue;
		f->pairs[kept++] = *p;
		f->out->random += p->sensor & 1;
	}
	return kept;
}

static bool list_named(struct finding *f, struct error *error)
{
	struct token_names *out = f->out;
	sort_pairs(f);
	f->count = drop_own(f);
	out->sources_min = token_name_sources(out->random);
	out->named = memory_new(f->count / out->sources_min + 1, sizeof *out->named);
	if (out->named == NULL)
		return error_memory(error, "tokens");
	for (size_t i = 0, end; i < f->count; i = end) {
		for (end = i; end < f->count && f->pairs[end].token == f->pairs[i].token;)
			end++;
		if (end - i >= out->sources_min)
			out->named[out->named_count++] = f->pairs[i].token;
	}
	return true;
}

bool token_names_find(struct holdings *h, const struct malware_families *families,
                      struct token_names *out, struct error *error)
{
	struct finding f = { .families = families, .out = out };
	int32_t day = INT32_MIN;
	bool ok = true;
	*out = (struct token_names){ .named_count = 0 };
	while (ok && holdings_next_event_day(h, day, &day)) {
		ok = take_day(h, &f, day, error);
		if (day++ == INT32_MAX)
			break;
	}
	out->own_count = sort_numbers(out->own, out->own_count);
	ok = ok && list_named(&f, error);
	memory_free(f.pairs);
	if (!ok)
		token_names_done(out);
	return ok;
}

void token_names_done(struct token_names *names)
{
	memory_free(names->named);
	memory_free(names->own);
	*names = (struct token_names){ .named_count = 0 };
}

bool token_is_named(const struct token_names *names, struct span token)
{
	const uint64_t hash = hash_of(token);
	return names->named_count > 0 && bsearch(&hash, names->named, names->named_count,
	                                         sizeof hash, compare_numbers) != NULL;
}
