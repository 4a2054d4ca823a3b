// SPDX-License-Identifier: MIT
// Notices: questions that are alike share them.
#include "answer/local/topic.h"

#include "analyse/notices/notices.h"
#include "base/memory.h"
#include "base/text.h"
#include "holdings/days.h"
#include "place/place.h"

enum { PORT_TEXT_SIZE = 28 };  // "65535:18446744073709551615;"

// Inquiries that are alike, while their notices come.
struct listeners {
	const struct answering *answering;
	struct inquiry *const *list;  // [count]
	struct rows *rows;            // [count]
	size_t count;
	struct schema schema;
};

static bool is_alike(const struct question *a, const struct question *b)
{
	return a->days.from == b->days.from && a->days.to == b->days.to &&
	       a->without_floods == b->without_floods && asks_same_families(a, b);
}

// ---- a row

static void write_ports(struct rows *rows, const struct notice *n)
{
	char text[NOTICE_PORTS_MAX * PORT_TEXT_SIZE] = "";
	size_t length = 0;
	for (size_t i = 0; i < n->port_count; i++) {
		text_format(text + length, sizeof text - length, "%s%u:%llu", i > 0 ? ";" : "",
		            n->ports[i].port, (unsigned long long)n->ports[i].packets);
		while (text[length] != '\0')
			length++;
	}
	rows_text(rows, text);
}

static void write_place(struct rows *rows, const struct place_atlas *atlas, uint32_t number)
{
	if (number == PLACE_UNKNOWN) {
		rows_unknown(rows);
		rows_unknown(rows);
		return;
	}
	const struct place *place = place_at(atlas, number);
	rows_text(rows, place->id);
	rows_text(rows, place->name);
}

static bool write_row(const struct listeners *l, size_t i, const struct notice *n)
{
	struct rows *rows = &l->rows[i];
	rows_address(rows, n->source);
	rows_text(rows, l->list[i]->question->families[n->family]);
	rows_time(rows, n->first_ns);
	rows_time(rows, n->last_ns);
	rows_number(rows, n->days);
	rows_number(rows, n->packets);
	write_ports(rows, n);
	rows_number(rows, n->ports_seen);
	write_place(rows, l->answering->countries, n->country);
	write_place(rows, l->answering->networks, n->network);
	return rows_end(rows);
}

static bool take_notice(void *context, const struct notice *n)
{
	const struct listeners *l = context;
	bool is_wanted = false;
	for (size_t i = 0; i < l->count; i++)
		is_wanted |= write_row(l, i, n);
	return is_wanted;
}

// ---- answers

static bool places_caveats(const struct answering *a, struct inquiry *inquiry, struct error *error)
{
	struct day_range days;
	return !held_days_bounds(a->holdings, inquiry->question->days, &days) ||
	       (database_caveats(inquiry, a->countries, false, days, error) &&
	        database_caveats(inquiry, a->networks, true, days, error));
}

static bool add_caveats(const struct answering *a, struct inquiry *inquiry,
                        const struct notices_left_out *left_out, struct error *error)
{
	const struct caveat own = { CAVEAT_OWN_SOURCES, { left_out->own } };
	const struct caveat special = { CAVEAT_SPECIAL_SOURCES, { left_out->special } };
	const struct caveat no_telescope = { CAVEAT_NO_TELESCOPE };
	return (left_out->own == 0 || add_caveat(inquiry, &own, error)) &&
	       (left_out->special == 0 || add_caveat(inquiry, &special, error)) &&
	       (holdings_about(a->holdings).prefixes->count > 0 ||
	        add_caveat(inquiry, &no_telescope, error)) &&
	       floods_caveats(inquiry, &left_out->floods, error) &&
	       places_caveats(a, inquiry, error) && unknown_families_caveat(a, inquiry, error);
}

static bool find(struct listeners *l, struct notices_left_out *out, struct error *error)
{
	const struct question *q = l->list[0]->question;
	unsigned families[FINGERPRINTS_MAX];
	for (size_t i = 0; i < q->family_count; i++)
		if (!holdings_family(l->answering->holdings, q->families[i], &families[i], error))
			return false;
	const struct notices_request request = { .window = q->days,
		                                 .families = families,
		                                 .family_count = q->family_count,
		                                 .without_floods = q->without_floods,
		                                 .countries = l->answering->countries,
		                                 .networks = l->answering->networks,
		                                 .each = take_notice,
		                                 .context = l };
	return notices_find(l->answering->holdings, &request, out, error);
}

static bool answer_listeners(struct listeners *l, struct error *error)
{
	struct notices_left_out left_out;
	struct error ignored;
	bool ok = true;
	for (size_t i = 0; ok && i < l->count; i++)
		ok = rows_begin(&l->rows[i], l->list[i]->receiver, &l->schema, error);
	ok = ok && find(l, &left_out, error);
	for (size_t i = 0; i < l->count; i++) {
		ok = rows_finish(&l->rows[i], ok ? error : &ignored) && ok;
		ok = ok && add_caveats(l->answering, l->list[i], &left_out, error);
	}
	return ok;
}

static bool answer_same(const struct answering *a, struct inquiry *const *list, size_t count,
                        struct error *error)
{
	struct listeners l = { .answering = a,
		               .list = list,
		               .rows = memory_new(count, sizeof *l.rows),
		               .count = count };
	question_schema(list[0]->question, &l.schema);
	const bool ok = (l.rows != NULL || error_memory(error, "notices")) &&
	                answer_listeners(&l, error);
	memory_free(l.rows);
	return ok;
}

// Whoever sends SYNs is not infected: families are named.
static bool check(const struct question *q, struct error *error)
{
	if (q->family_count == 0 || q->family_count > FINGERPRINTS_MAX)
		return error_set(error, ERROR_USAGE, "notices are of 1 to %d families",
		                 FINGERPRINTS_MAX);
	for (size_t i = 0; i < q->family_count; i++)
		if (text_equal(q->families[i], "*"))
			return error_set(error, ERROR_USAGE, "notices are of families, not of all");
	return true;
}

bool answer_notices(const struct answering *a, struct inquiry *const *list, size_t count,
                    struct error *error)
{
	for (size_t i = 0; i < count; i++)
		if (!check(list[i]->question, error))
			return false;
	return answer_alike(a, list, count, is_alike, answer_same, error);
}
