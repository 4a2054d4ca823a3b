// SPDX-License-Identifier: MIT
#include "analyse/variants/table.h"

#include "analyse/text_pool.h"
#include "base/memory.h"

#include <stdlib.h>
#include <string.h>

// A fact of a source: what it is of, by the upper bits of the key.
enum { KEY_SOURCE, KEY_ROLE, KEY_TOKEN, KEY_PLACE };
enum { KEY_BITS = 28 };

struct fact {
	uint32_t family, key, source;
};

struct total {
	uint64_t sessions;
	int32_t first_day, last_day;
};

struct making {
	const struct variant_world *world;
	const struct variants_request *request;
	struct variants_seen *seen;
	struct text_pool families, tokens;
	struct total *totals;  // by number of the family
	uint32_t total_capacity;
	struct fact *facts;
	size_t count, capacity;
	struct place_range range;
	int32_t range_day;
};

static int compare(const void *a, const void *b)
{
	const struct fact *x = a, *y = b;
	if (x->family != y->family)
		return x->family < y->family ? -1 : 1;
	if (x->key != y->key)
		return x->key < y->key ? -1 : 1;
	return (x->source > y->source) - (x->source < y->source);
}

static void condense(struct making *m)
{
	size_t kept = 0;
	if (m->count > 1)
		qsort(m->facts, m->count, sizeof *m->facts, compare);
	for (size_t i = 0; i < m->count; i++)
		if (i == 0 || compare(&m->facts[i], &m->facts[kept - 1]) != 0)
			m->facts[kept++] = m->facts[i];
	m->count = kept;
}

static bool add_fact(struct making *m, uint32_t family, unsigned kind, uint32_t key,
                     uint32_t source, struct error *error)
{
	if (m->count == m->capacity) {
		condense(m);
		if (m->count >= m->capacity / 2) {
			const size_t capacity = 2 * m->capacity + 4096;
			void *more = memory_resize(m->facts, capacity, sizeof *m->facts);
			if (more == NULL)
				return error_memory(error, "variants");
			m->facts = more;
			m->capacity = capacity;
		}
	}
	m->facts[m->count++] = (struct fact){ family, (uint32_t)kind << KEY_BITS | key, source };
	return true;
}

static bool count_total(struct making *m, uint32_t family, int32_t day, struct error *error)
{
	if (family >= m->total_capacity) {
		const uint32_t capacity = 2 * family + 64;
		struct total *more = memory_resize(m->totals, capacity, sizeof *more);
		if (more == NULL)
			return error_memory(error, "variants");
		memset(more + m->total_capacity, 0, (capacity - m->total_capacity) * sizeof *more);
		m->totals = more;
		m->total_capacity = capacity;
	}
	struct total *t = &m->totals[family];
	if (t->sessions == 0 || day < t->first_day)
		t->first_day = day;
	if (t->sessions == 0 || day > t->last_day)
		t->last_day = day;
	t->sessions++;
	return true;
}

static bool place_of(struct making *m, const struct session *s, uint32_t *out, struct error *error)
{
	struct place_range *r = &m->range;
	*out = PLACE_UNKNOWN;
	if (m->request->countries == NULL)
		return true;
	if ((s->day != m->range_day || s->source < r->first || s->source > r->last) &&
	    !place_find(m->request->countries, s->day, s->source, r))
		return error_memory(error, "places");
	m->range_day = s->day;
	*out = r->place;
	return true;
}

// A token that would be told in a line: of a table, or a name.
static bool is_name(const struct making *m, struct span token)
{
	return families_find(m->world->families, token) != NULL ||
	       token_is_named(m->world->names, token);
}

static bool add_tokens(struct making *m, const struct session *s, uint32_t family,
                       struct error *error)
{
	for (unsigned i = 0; i < s->token_count; i++) {
		const struct span token = session_token_span(&s->tokens[i]);
		uint32_t number;
		if (!is_name(m, token))
			continue;
		if (!text_pool_add(&m->tokens, token, &number, error))
			return false;
		if (number >> KEY_BITS != 0)
			return error_memory(error, "variants");
		if (!add_fact(m, family, KEY_TOKEN, number, s->source, error))
			return false;
	}
	return true;
}

static bool is_wanted(const struct variants_request *r, struct span family)
{
	bool is_one = r->family_count == 0;
	for (size_t i = 0; i < r->family_count; i++)
		is_one = is_one || (strlen(r->families[i]) == family.length &&
		                    memcmp(r->families[i], family.bytes, family.length) == 0);
	return is_one;
}

static bool take(void *context, const struct session *s, struct error *error)
{
	struct making *m = context;
	const struct span name = session_family(m->world, s);
	uint32_t family, place;
	m->seen->sessions++;
	if (session_flag(m->world, s) != SOURCE_COUNTS) {
		m->seen->flagged++;
		return true;
	}
	m->seen->without_token += s->token_count == 0;
	if (name.length == 0 || !is_wanted(m->request, name))
		return true;
	if (!text_pool_add(&m->families, name, &family, error))
		return false;
	return place_of(m, s, &place, error) && count_total(m, family, s->day, error) &&
	       add_fact(m, family, KEY_SOURCE, 0, s->source, error) &&
	       add_fact(m, family, KEY_ROLE, (uint32_t)session_role(m->world, s), s->source,
	                error) &&
	       add_fact(m, family, KEY_PLACE, place, s->source, error) &&
	       add_tokens(m, s, family, error);
}

// ---- rows

struct ranked {
	struct span name;
	uint32_t number;
	uint64_t sources;
};

static bool is_before(const struct ranked *a, const struct ranked *b)
{
	return a->sources != b->sources ? a->sources > b->sources
	                                : text_compare(a->name, b->name) < 0;
}

// Into a list of so many at most, in order.
static void rank(struct ranked *list, size_t *count, size_t most, struct ranked one)
{
	size_t at = *count;
	while (at > 0 && is_before(&one, &list[at - 1]))
		at--;
	if (at == most)
		return;
	*count += *count < most;
	memmove(list + at + 1, list + at, (*count - at - 1) * sizeof *list);
	list[at] = one;
}

struct row_making {
	struct family_row row;
	struct ranked tokens[TABLE_TOKENS_MAX], places[TABLE_COUNTRIES_MAX];
};

static struct span id_of(const struct making *m, uint32_t place)
{
	const char *id = m->request->countries == NULL ? ""
	                                               : place_at(m->request->countries, place)->id;
	return (struct span){ (const uint8_t *)id, strlen(id) };
}

static void take_count(const struct making *m, struct row_making *r, uint32_t key, uint64_t sources)
{
	const uint32_t number = key & ((UINT32_C(1) << KEY_BITS) - 1);
	struct family_row *row = &r->row;
	switch (key >> KEY_BITS) {
	case KEY_SOURCE: row->sources = sources; break;
	case KEY_ROLE:
		row->scanners += number == ROLE_SCANNER ? sources : 0;
		row->loaders += number == ROLE_LOADER ? sources : 0;
		row->both += number == ROLE_BOTH ? sources : 0;
		break;
	case KEY_TOKEN:
		rank(r->tokens, &row->token_count, TABLE_TOKENS_MAX,
		     (struct ranked){ m->tokens.texts[number], number, sources });
		break;
	default:
		rank(r->places, &row->place_count, TABLE_COUNTRIES_MAX,
		     (struct ranked){ id_of(m, number), number, sources });
	}
}

static const struct malware_family *published_of(const struct malware_families *f, struct span name)
{
	for (size_t i = 0; i < f->count; i++)
		if (strlen(f->list[i].name) == name.length &&
		    memcmp(f->list[i].name, name.bytes, name.length) == 0)
			return &f->list[i];
	return NULL;
}

static unsigned programs_of(const struct family_row *row)
{
	if (row->published != NULL && row->published->programs != 0)
		return row->published->programs;
	if (row->both > row->loaders)
		return 1;
	return row->loaders > 0 && row->scanners > 0 ? 2 : 0;
}

// The row of the family whose facts begin there; the end of these.
static size_t make_row(const struct making *m, size_t begin, struct family_row *out)
{
	const uint32_t family = m->facts[begin].family;
	const struct total *total = &m->totals[family];
	struct row_making r = { .row = { .name = m->families.texts[family],
		                         .sessions = total->sessions,
		                         .first_day = total->first_day,
		                         .last_day = total->last_day } };
	size_t at = begin;
	while (at < m->count && m->facts[at].family == family) {
		size_t end = at;
		while (end < m->count && m->facts[end].family == family &&
		       m->facts[end].key == m->facts[at].key)
			end++;
		take_count(m, &r, m->facts[at].key, end - at);
		at = end;
	}
	for (size_t i = 0; i < r.row.token_count; i++)
		r.row.tokens[i] = r.tokens[i].name;
	for (size_t i = 0; i < r.row.place_count; i++)
		r.row.places[i] = (struct family_place){ r.places[i].number, r.places[i].sources };
	r.row.published = published_of(m->world->families, r.row.name);
	r.row.programs = programs_of(&r.row);
	*out = r.row;
	return at;
}

static int by_sources(const void *a, const void *b)
{
	const struct family_row *x = a, *y = b;
	if (x->sources != y->sources)
		return x->sources > y->sources ? -1 : 1;
	return text_compare(x->name, y->name);
}

static bool hand_out(struct making *m, const struct family_receiver *receiver, struct error *error)
{
	struct family_row *rows = memory_new(m->families.count + 1, sizeof *rows);
	size_t count = 0;
	if (rows == NULL)
		return error_memory(error, "variants");
	condense(m);
	for (size_t at = 0; at < m->count;)
		at = make_row(m, at, &rows[count++]);
	if (count > 1)
		qsort(rows, count, sizeof *rows, by_sources);
	bool ok = true;
	for (size_t i = 0; ok && i < count; i++)
		ok = receiver->row(receiver->context, &rows[i], error);
	memory_free(rows);
	return ok;
}

bool variants_table_find(struct holdings *h, const struct variant_world *world,
                         const struct variants_request *request,
                         const struct family_receiver *receiver, struct variants_seen *seen,
                         struct error *error)
{
	struct making m = {
		.world = world, .request = request, .seen = seen, .range = { 1, 0, PLACE_UNKNOWN }
	};
	const struct session_visitor visitor = { take, NULL, &m };
	*seen = (struct variants_seen){ .sessions = 0 };
	const bool ok = sessions_walk(h, request->days, &visitor, error) &&
	                hand_out(&m, receiver, error);
	text_pool_done(&m.families);
	text_pool_done(&m.tokens);
	memory_free(m.totals);
	memory_free(m.facts);
	return ok;
}
