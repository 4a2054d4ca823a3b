// SPDX-License-Identifier: MIT
// Where sources are: places and prefixes. Questions about the same sources share one pass over them.
#include "answer/local/topic.h"

#include "answer/local/place_rows.h"
#include "base/memory.h"
#include "base/text.h"

_Static_assert((int)CHOICE_PORTS_MAX == (int)CHOSEN_PORTS_MAX, "a question can be asked");
_Static_assert((int)PREFIX_LENGTH_MIN == (int)PREFIX_BITS_MIN, "a question can be asked");
_Static_assert((int)PREFIX_LENGTH_MAX == (int)PREFIX_BITS_MAX, "a question can be asked");

enum { FULLEST_BITS = 24 };

static struct source_choice choice_of(const struct answering *a, const struct question *q)
{
	return (struct source_choice){ .window = q->days,
		                       .family = q->family_count > 0 ? q->families[0] : NULL,
		                       .protocol = (enum source_protocol)q->protocol,
		                       .ports = q->ports,
		                       .port_count = q->port_count,
		                       .without_floods = q->without_floods,
		                       .threads = a->limits->threads };
}

static bool is_of_prefixes(const struct question *q)
{
	return q->kind == QUESTION_PREFIXES || q->places.by == PLACES_BY_PREFIX;
}

static unsigned bits_of(const struct question *q)
{
	return q->kind == QUESTION_PREFIXES ? q->prefixes.bits : q->places.bits;
}

static struct where_request request_of(const struct answering *a, const struct question *q)
{
	if (is_of_prefixes(q))
		return (struct where_request){ .bits = bits_of(q) };
	const bool is_of_networks = q->places.by == PLACES_BY_NETWORK;
	return (struct where_request){
		.places = { .atlas = is_of_networks ? a->networks : a->countries,
		            .countries = q->places.is_per_country ? a->countries : NULL,
		            .is_by_port = q->places.is_across },
	};
}

static bool is_same_family(const struct question *a, const struct question *b)
{
	const char *x = a->family_count > 0 ? a->families[0] : "*";
	const char *y = b->family_count > 0 ? b->families[0] : "*";
	return text_equal(x, y);
}

// Whether they are about the same sources.
static bool is_same_choice(const struct question *a, const struct question *b)
{
	bool is_same = a->days.from == b->days.from && a->days.to == b->days.to &&
	               a->protocol == b->protocol && a->port_count == b->port_count &&
	               a->without_floods == b->without_floods && is_same_family(a, b);
	for (size_t i = 0; is_same && i < a->port_count; i++)
		is_same = a->ports[i] == b->ports[i];
	return is_same;
}

// ---- what has to be known

static bool days_caveats(struct inquiry *inquiry, const struct source_days_seen *seen,
                         struct error *error)
{
	const struct caveat no_days = { CAVEAT_SOURCES_NO_DAYS };
	const struct caveat not_counted = { CAVEAT_SOURCES_NOT_COUNTED,
		                            { seen->unknown_days, seen->days } };
	return (seen->days + seen->lost_days > 0 || add_caveat(inquiry, &no_days, error)) &&
	       (!seen->is_family || seen->unknown_days == 0 ||
	        add_caveat(inquiry, &not_counted, error));
}

static bool concentration_caveats(struct inquiry *inquiry, const struct prefixes *p,
                                  struct error *error)
{
	const struct caveat concentration = {
		CAVEAT_CONCENTRATION,
		{ p->bits, prefixes_that_hold(p, 1, 5), prefixes_that_hold(p, 1, 2), p->sources,
		  p->count },
	};
	struct caveat fullest = { CAVEAT_FULLEST };
	for (size_t i = 0; i < p->count && i < CAVEAT_NUMBERS / 2; i++) {
		const struct prefixes_row row = prefixes_row_at(p, i);
		fullest.numbers[2 * i] = row.first;
		fullest.numbers[2 * i + 1] = row.sources;
	}
	return p->sources == 0 ||
	       (add_caveat(inquiry, &concentration, error) &&
	        (p->bits != FULLEST_BITS || add_caveat(inquiry, &fullest, error)));
}

static bool places_caveats(const struct answering *a, struct inquiry *inquiry,
                           const struct source_days_seen *seen, struct error *error)
{
	const struct places_question *q = &inquiry->question->places;
	const struct day_range asked = { seen->first, seen->last };
	const bool is_of_networks = q->by == PLACES_BY_NETWORK;
	return seen->days == 0 ||
	       ((!q->is_per_country ||
	         database_caveats(inquiry, a->countries, false, asked, error)) &&
	        database_caveats(inquiry, is_of_networks ? a->networks : a->countries,
	                         is_of_networks, asked, error));
}

static const struct source_days_seen *days_seen(const struct question *q,
                                                const struct where_found *f)
{
	return is_of_prefixes(q) ? &f->prefixes.seen : &f->places.seen;
}

static bool where_caveats(const struct answering *a, struct inquiry *inquiry,
                          const struct where_found *f, struct error *error)
{
	const struct question *q = inquiry->question;
	const struct source_days_seen *seen = days_seen(q, f);
	return days_caveats(inquiry, seen, error) &&
	       (q->kind != QUESTION_PREFIXES ||
	        concentration_caveats(inquiry, &f->prefixes, error)) &&
	       floods_caveats(inquiry, &seen->left_out, error) &&
	       (is_of_prefixes(q) || places_caveats(a, inquiry, seen, error));
}

// ---- asking, and handing out

// Of days that are lost, all of them, nobody knows that there are no sources: a row says so.
static void write_rows(struct rows *rows, const struct question *q, const struct where_found *f)
{
	const struct source_days_seen *seen = days_seen(q, f);
	if (seen->days == 0 && seen->lost_days > 0) {
		rows_rest_unknown(rows);
		rows_end(rows);
	} else if (q->kind == QUESTION_PREFIXES)
		write_prefixes(rows, &f->prefixes, q->top);
	else if (q->places.by == PLACES_BY_PREFIX)
		write_places_by_prefix(rows, &f->prefixes, q->top);
	else if (q->places.is_across)
		write_places_across(rows, &f->places, q->top);
	else if (q->places.is_per_country)
		write_networks_per_country(rows, &f->places, q->top);
	else
		write_places(rows, &f->places, q->top);
}

static bool hand_out(const struct answering *a, struct inquiry *inquiry,
                     const struct where_found *f, struct error *error)
{
	struct rows rows;
	struct schema schema;
	struct error ignored;
	question_schema(inquiry->question, &schema);
	bool ok = rows_begin(&rows, inquiry->receiver, &schema, error);
	if (ok)
		write_rows(&rows, inquiry->question, f);
	ok = ok && where_caveats(a, inquiry, f, error);
	return rows_finish(&rows, ok ? error : &ignored) && ok;
}

// Those that are about the sources of the first one go to the front. Returns how many they are.
static size_t gather_same(struct inquiry **list, size_t count)
{
	size_t same = 1;
	for (size_t i = 1; i < count; i++)
		if (is_same_choice(list[0]->question, list[i]->question)) {
			struct inquiry *other = list[same];
			list[same++] = list[i];
			list[i] = other;
		}
	return same;
}

static bool hand_out_all(const struct answering *a, struct inquiry *const *list, size_t count,
                         struct where_found *found, struct error *error)
{
	bool ok = true;
	for (size_t i = 0; i < count; i++) {
		ok = ok && hand_out(a, list[i], &found[i], error);
		where_found_done(&found[i]);
	}
	return ok;
}

// In one pass over the sources of all of them.
static bool answer_same(const struct answering *a, struct inquiry *const *list, size_t count,
                        struct error *error)
{
	const struct source_choice choice = choice_of(a, list[0]->question);
	struct where_request *requests = memory_new(count, sizeof *requests);
	struct where_found *found = memory_new(count, sizeof *found);
	bool ok = (requests != NULL && found != NULL) || error_memory(error, "an answer");
	for (size_t i = 0; ok && i < count; i++)
		requests[i] = request_of(a, list[i]->question);
	ok = ok && where_run(a->holdings, &choice, requests, count, found, error) &&
	     hand_out_all(a, list, count, found, error);
	memory_free(requests);
	memory_free(found);
	return ok;
}

static bool answer_all(const struct answering *a, struct inquiry *const *list, size_t count,
                       struct error *error)
{
	struct inquiry **left = memory_new(count, sizeof *left);
	bool ok = left != NULL || error_memory(error, "an answer");
	for (size_t i = 0; ok && i < count; i++) {
		ok = are_families_known(a, list[i]->question, error);
		left[i] = list[i];
	}
	for (size_t done = 0, same; ok && done < count; done += same) {
		same = gather_same(left + done, count - done);
		ok = answer_same(a, left + done, same, error);
	}
	memory_free(left);
	return ok;
}

bool answer_where(const struct answering *a, struct inquiry *const *list, size_t count,
                  struct error *error)
{
	struct answering world = *a;
	struct place_atlas *none;
	if (!place_atlas_open(PLACE_COUNTRY, NULL, 0, &none, error))
		return false;
	world.countries = a->countries != NULL ? a->countries : none;
	world.networks = a->networks != NULL ? a->networks : none;
	const bool ok = answer_all(&world, list, count, error);
	place_atlas_close(none);
	return ok;
}
