// SPDX-License-Identifier: MIT
#include "analyse/variants/sightings.h"

#include "base/memory.h"
#include "base/text.h"

#include <stdlib.h>
#include <string.h>

enum { NAMES_MAX = 1 << 26 };
static const char hajime[] = "hajime";

struct gathering {
	const struct variant_world *world;
	const struct sightings_request *request;
	struct sightings *out;
};

static bool fail_memory(struct error *error)
{
	return error_memory(error, "who was at honeypots");
}

void sightings_done(struct sightings *s)
{
	memory_free(s->list);
	memory_free(s->offsets);
	memory_free(s->order);
	buffer_done(&s->names);
	*s = (struct sightings){ .count = 0 };
}

// ---- names

static int compare_name(const struct sightings *s, uint32_t number, struct span name)
{
	const char *other = sightings_family(s, number);
	const size_t length = strlen(other);
	const int order = memcmp(other, name.bytes, length < name.length ? length : name.length);
	return order != 0 ? order : (length > name.length) - (length < name.length);
}

static bool make_room_for_name(struct sightings *s)
{
	if (s->family_count < s->family_capacity)
		return true;
	const size_t capacity = s->family_capacity * 2 + 64;
	size_t *offsets = memory_resize(s->offsets, capacity, sizeof *offsets);
	s->offsets = offsets != NULL ? offsets : s->offsets;
	uint32_t *order = memory_resize(s->order, capacity, sizeof *order);
	s->order = order != NULL ? order : s->order;
	if (offsets == NULL || order == NULL)
		return false;
	s->family_capacity = capacity;
	return true;
}

// The number of a name, a new one behind all others.
static bool number_of(struct sightings *s, struct span name, uint32_t *out)
{
	size_t low = 0, high = s->family_count;
	while (low < high) {
		const size_t middle = low + (high - low) / 2;
		const int order = compare_name(s, s->order[middle], name);
		if (order == 0) {
			*out = s->order[middle];
			return true;
		}
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	if (!make_room_for_name(s))
		return false;
	memmove(&s->order[low + 1], &s->order[low], (s->family_count - low) * sizeof *s->order);
	*out = s->order[low] = (uint32_t)s->family_count;
	s->offsets[s->family_count++] = s->names.length;
	buffer_append(&s->names, name.bytes, name.length);
	buffer_byte(&s->names, 0);
	return !s->names.failed;
}

// ---- sightings

static int by_day_source_family(const void *a, const void *b)
{
	const struct honeypot_sighting *x = a, *y = b;
	if (x->day != y->day)
		return x->day < y->day ? -1 : 1;
	if (x->source != y->source)
		return x->source < y->source ? -1 : 1;
	return (x->family > y->family) - (x->family < y->family);
}

// Leaves each once, in order; who scanned in one session scans.
static void condense(struct sightings *s)
{
	size_t kept = 0;
	if (s->count > 0)
		qsort(s->list, s->count, sizeof *s->list, by_day_source_family);
	for (size_t i = 0; i < s->count; i++) {
		if (kept > 0 && by_day_source_family(&s->list[kept - 1], &s->list[i]) == 0)
			s->list[kept - 1].scans |= s->list[i].scans;
		else
			s->list[kept++] = s->list[i];
	}
	s->count = kept;
}

static bool make_room(struct sightings *s)
{
	condense(s);
	if (s->count < s->capacity / 2)
		return true;
	const size_t capacity = s->capacity * 2 + 1024;
	struct honeypot_sighting *larger = memory_resize(s->list, capacity, sizeof *larger);
	if (larger == NULL)
		return false;
	s->list = larger;
	s->capacity = capacity;
	return true;
}

static bool add(struct sightings *s, struct honeypot_sighting sighting)
{
	if (s->count == s->capacity && !make_room(s))
		return false;
	s->list[s->count++] = sighting;
	return true;
}

static bool is_equal(struct span a, const char *b)
{
	return a.length == strlen(b) && memcmp(a.bytes, b, a.length) == 0;
}

static bool is_wanted(const struct sightings_request *r, struct span family)
{
	bool is_one = r->family_count == 0;
	for (size_t i = 0; i < r->family_count; i++)
		is_one = is_one || is_equal(family, r->families[i]);
	return is_one && family.length > 0;
}

// Whether the fingerprint stands for the family.
static bool stands_for(const struct sightings_request *r, struct span family)
{
	return r->fingerprint == NULL ||
	       text_starts(r->fingerprint, hajime) == is_equal(family, hajime);
}

static bool take_session(void *context, const struct session *session, struct error *error)
{
	struct gathering *g = context;
	const struct span family = session_family(g->world, session);
	const enum session_role role = session_role(g->world, session);
	struct honeypot_sighting sighting = { .day = session->day, .source = session->source };
	if (!is_wanted(g->request, family) || session_flag(g->world, session) != SOURCE_COUNTS)
		return true;
	sighting.scans = (role == ROLE_SCANNER || role == ROLE_BOTH) &&
	                 stands_for(g->request, family);
	return (number_of(g->out, family, &sighting.family) && add(g->out, sighting)) ||
	       fail_memory(error);
}

// Numbers become ranks of names.
static bool put_in_order(struct sightings *s, struct error *error)
{
	uint32_t *ranks = memory_new(s->family_count + 1, sizeof *ranks);
	size_t *offsets = memory_new(s->family_count + 1, sizeof *offsets);
	if (ranks == NULL || offsets == NULL) {
		memory_free(ranks);
		memory_free(offsets);
		return fail_memory(error);
	}
	for (size_t i = 0; i < s->family_count; i++) {
		ranks[s->order[i]] = (uint32_t)i;
		offsets[i] = s->offsets[s->order[i]];
	}
	for (size_t i = 0; i < s->count; i++)
		s->list[i].family = ranks[s->list[i].family];
	memory_free(ranks);
	memory_free(s->offsets);
	s->offsets = offsets;
	condense(s);
	return true;
}

bool sightings_find(struct holdings *h, const struct variant_world *world,
                    const struct sightings_request *request, struct sightings *out,
                    struct error *error)
{
	struct gathering g = { .world = world, .request = request, .out = out };
	const struct session_visitor visitor = { .session = take_session, .context = &g };
	*out = (struct sightings){ .names = buffer_up_to(NAMES_MAX) };
	if (sessions_walk(h, request->days, &visitor, error) && put_in_order(out, error))
		return true;
	sightings_done(out);
	return false;
}
