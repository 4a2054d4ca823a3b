// SPDX-License-Identifier: MIT
#include "analyse/variants/variants.h"

#include "analyse/text_pool.h"
#include "base/memory.h"

#include <stdlib.h>
#include <string.h>

// ---- whose session it is

static bool is_equal(struct span a, const char *b)
{
	return a.length == strlen(b) && memcmp(a.bytes, b, a.length) == 0;
}

static const struct family_token *listed_token(const struct variant_world *w,
                                               const struct session *s)
{
	const struct family_token *found = NULL;
	for (unsigned i = 0; found == NULL && i < s->token_count; i++)
		found = families_find(w->families, session_token_span(&s->tokens[i]));
	return found;
}

static bool is_hajimes(const struct variant_world *w, const struct session *s)
{
	return (s->signs.signs & (SIGN_HAJIME | SIGN_MOUNTS)) != 0 &&
	       w->families->hajime != SIZE_MAX && listed_token(w, s) == NULL;
}

struct span session_family(const struct variant_world *w, const struct session *s)
{
	static const struct span other = { (const uint8_t *)VARIANT_OTHER,
		                           sizeof VARIANT_OTHER - 1 };
	if (s->token_count == 0)
		return (struct span){ .length = 0 };
	const struct family_token *listed = listed_token(w, s);
	if (listed != NULL || is_hajimes(w, s)) {
		const char *name =
			w->families->list[listed != NULL ? listed->family : w->families->hajime]
				.name;
		return (struct span){ (const uint8_t *)name, strlen(name) };
	}
	for (unsigned i = 0; i < s->token_count; i++)
		if (token_is_named(w->names, session_token_span(&s->tokens[i])))
			return session_token_span(&s->tokens[i]);
	return other;
}

enum session_role session_role(const struct variant_world *w, const struct session *s)
{
	const struct family_token *listed = listed_token(w, s);
	unsigned programs = 0;
	bool is_of_loaders = false;
	if (listed != NULL)
		programs = w->families->list[listed->family].programs;
	else if (is_hajimes(w, s))
		programs = w->families->list[w->families->hajime].programs;
	for (unsigned i = 0; i < s->token_count; i++) {
		const struct family_token *token = families_find(w->families,
		                                                 session_token_span(&s->tokens[i]));
		is_of_loaders |= token != NULL && token->is_loaders;
	}
	return role_of(&s->signs, s->token_count > 0, is_of_loaders, programs);
}

enum source_flag session_flag(const struct variant_world *w, const struct session *s)
{
	const enum source_flag flag = source_flag_of(s->source);
	if (flag != SOURCE_COUNTS)
		return flag;
	return token_names_is_own(w->names, s->sensor, s->source) ? SOURCE_OWN : SOURCE_COUNTS;
}

// ---- counting

// Sessions of one source; alike ones are added up.
struct note {
	int32_t day;
	uint32_t name, place, source, sessions;
};

struct counting {
	const struct variant_world *world;
	const struct variants_request *request;
	const struct variants_receiver *receiver;
	struct variants_seen *seen;
	struct note *notes;
	size_t count, capacity, placed;  // placed: of these places are known
	struct text_pool names;
};

static int by_day_and_source(const void *a, const void *b)
{
	const struct note *x = a, *y = b;
	if (x->day != y->day)
		return x->day < y->day ? -1 : 1;
	return (x->source > y->source) - (x->source < y->source);
}

static int by_place(const void *a, const void *b)
{
	const struct note *x = a, *y = b;
	if (x->day != y->day)
		return x->day < y->day ? -1 : 1;
	if (x->name != y->name)
		return x->name < y->name ? -1 : 1;
	if (x->place != y->place)
		return x->place < y->place ? -1 : 1;
	return (x->source > y->source) - (x->source < y->source);
}

// In ascending order an atlas is asked once a range.
static bool find_places(struct counting *c, struct error *error)
{
	const size_t count = c->count - c->placed;
	struct place_range range = { 1, 0, PLACE_UNKNOWN };
	if (count == 0)
		return true;
	struct note *fresh = c->notes + c->placed;
	if (count > 1)
		qsort(fresh, count, sizeof *fresh, by_day_and_source);
	for (size_t i = 0; i < count && c->request->countries != NULL; i++) {
		const bool is_known = i > 0 && fresh[i].day == fresh[i - 1].day &&
		                      fresh[i].source >= range.first &&
		                      fresh[i].source <= range.last;
		if (!is_known &&
		    !place_find(c->request->countries, fresh[i].day, fresh[i].source, &range))
			return error_memory(error, "places");
		fresh[i].place = range.place;
	}
	for (size_t i = 0; c->request->is_over_days && i < count; i++)
		fresh[i].day = 0;
	c->placed = c->count;
	return true;
}

static bool condense(struct counting *c, struct error *error)
{
	size_t kept = 0;
	if (!find_places(c, error))
		return false;
	if (c->count > 1)
		qsort(c->notes, c->count, sizeof *c->notes, by_place);
	for (size_t i = 0; i < c->count; i++) {
		if (kept > 0 && by_place(&c->notes[kept - 1], &c->notes[i]) == 0)
			c->notes[kept - 1].sessions += c->notes[i].sessions;
		else
			c->notes[kept++] = c->notes[i];
	}
	c->count = c->placed = kept;
	return true;
}

static bool add_note(struct counting *c, const struct note *note, struct error *error)
{
	if (c->count == c->capacity) {
		if (!condense(c, error))
			return false;
		if (c->count >= c->capacity / 2) {
			const size_t capacity = 2 * c->capacity + 4096;
			void *more = memory_resize(c->notes, capacity, sizeof *c->notes);
			if (more == NULL)
				return error_memory(error, "variants");
			c->notes = more;
			c->capacity = capacity;
		}
	}
	c->notes[c->count++] = *note;
	return true;
}

static bool is_wanted(const struct variants_request *r, struct span family)
{
	bool is_one = r->family_count == 0;
	for (size_t i = 0; i < r->family_count; i++)
		is_one = is_one || is_equal(family, r->families[i]);
	return is_one;
}

static bool count_name(struct counting *c, const struct session *s, struct span text,
                       struct error *error)
{
	struct note note = { .day = s->day, .source = s->source, .sessions = 1 };
	return text_pool_add(&c->names, text, &note.name, error) && add_note(c, &note, error);
}

static bool count_session(void *context, const struct session *s, struct error *error)
{
	struct counting *c = context;
	c->seen->sessions++;
	if (session_flag(c->world, s) != SOURCE_COUNTS) {
		c->seen->flagged++;
		return true;
	}
	c->seen->without_token += s->token_count == 0;
	const struct span family = session_family(c->world, s);
	if (family.length == 0 || !is_wanted(c->request, family))
		return true;
	bool ok = c->request->is_by_token || count_name(c, s, family, error);
	for (unsigned i = 0; ok && c->request->is_by_token && i < s->token_count; i++)
		ok = count_name(c, s, session_token_span(&s->tokens[i]), error);
	return ok;
}

// ---- rows

struct sorted_row {
	struct variants_row row;
	const char *id;  // of the country
};

static int compare_rows(const void *a, const void *b)
{
	const struct sorted_row *left = a, *right = b;
	const struct variants_row *x = &left->row, *y = &right->row;
	if (x->day != y->day)
		return x->day < y->day ? -1 : 1;
	const size_t common = x->name.length < y->name.length ? x->name.length : y->name.length;
	const int order = memcmp(x->name.bytes, y->name.bytes, common);
	if (order != 0)
		return order;
	if (x->name.length != y->name.length)
		return x->name.length < y->name.length ? -1 : 1;
	if (x->sources != y->sources)
		return x->sources > y->sources ? -1 : 1;
	return strcmp(left->id, right->id);
}

static size_t make_rows(const struct counting *c, struct sorted_row *rows)
{
	const struct place_atlas *countries = c->request->countries;
	size_t count = 0;
	for (size_t i = 0; i < c->count; i++) {
		const struct note *n = &c->notes[i];
		if (i == 0 || n->day != n[-1].day || n->name != n[-1].name ||
		    n->place != n[-1].place)
			rows[count++] = (struct sorted_row){
				.row = { .day = n->day,
				         .name = c->names.texts[n->name],
				         .place = n->place },
				.id = countries == NULL ? "" : place_at(countries, n->place)->id
			};
		rows[count - 1].row.sources++;
		rows[count - 1].row.sessions += n->sessions;
	}
	return count;
}

static bool hand_out(struct counting *c, struct error *error)
{
	if (!condense(c, error))
		return false;
	struct sorted_row *rows = memory_new(c->count + 1, sizeof *rows);
	if (rows == NULL)
		return error_memory(error, "variants");
	const size_t count = make_rows(c, rows);
	if (count > 1)
		qsort(rows, count, sizeof *rows, compare_rows);
	bool ok = true;
	for (size_t i = 0; ok && i < count; i++)
		ok = c->receiver->row(c->receiver->context, &rows[i].row, error);
	memory_free(rows);
	return ok;
}

// The names go with the notes: there may be one for each session.
static void let_go(struct counting *c)
{
	c->count = c->placed = 0;
	text_pool_done(&c->names);
}

static bool end_days(void *context, struct day_range days, struct error *error)
{
	struct counting *c = context;
	(void)days;
	if (c->request->is_over_days)
		return true;
	const bool ok = hand_out(c, error);
	let_go(c);
	return ok;
}

bool variants_count(struct holdings *h, const struct variant_world *world,
                    const struct variants_request *request,
                    const struct variants_receiver *receiver, struct variants_seen *seen,
                    struct error *error)
{
	struct counting c = {
		.world = world, .request = request, .receiver = receiver, .seen = seen
	};
	const struct session_visitor visitor = { count_session, end_days, &c };
	*seen = (struct variants_seen){ .sessions = 0 };
	const bool ok = sessions_walk(h, request->days, &visitor, error) &&
	                (!request->is_over_days || hand_out(&c, error));
	text_pool_done(&c.names);
	memory_free(c.notes);
	return ok;
}
