// SPDX-License-Identifier: MIT
// Honeypots joined with the telescope, and how many hosts are infected: two questions of one pass.
#include "analyse/variants/join_models.h"
#include "analyse/variants/join_rules.h"
#include "analyse/variants/sightings.h"

#include "answer/local/variants_basis.h"
#include "base/buffer.h"
#include "place/place.h"

#include <math.h>
#include <string.h>

enum { PORTS_SHOWN = 5, RULES_SHOWN = 3, TEXT_MAX = 1 << 16 };
// Rules are those that `hotaru rules` finds where nobody says anything else.
enum { RULES_MAX = 1000000 };
static const unsigned rule_fields[] = { FIELD_WINDOW, FIELD_DESTINATION_PORT, FIELD_TTL,
	                                FIELD_TOS };
// Of more different answers there are no models: work and memory go with the square.
enum { ANSWERS_MAX = 8000 };
static const char default_fingerprint[] = "mirai";

// ---- the join

static void write_counts(struct rows *rows, const struct answering *a, const struct join_row *row,
                         enum join_what what)
{
	const struct fingerprint_set *set = holdings_about(a->holdings).fingerprints;
	struct buffer text = buffer_up_to(TEXT_MAX);
	const size_t shown = what == JOIN_PORTS && row->counts[what] > PORTS_SHOWN
	                             ? PORTS_SHOWN
	                             : row->counts[what];
	for (size_t i = 0; i < shown; i++) {
		const struct pair_count *c = &row->of[what][i];
		buffer_text(&text, i > 0 ? ";" : "");
		if (what == JOIN_PORTS)
			buffer_format(&text, "%u:%llu", (unsigned)c->place,
			              (unsigned long long)c->count);
		else
			buffer_format(&text, "%s:%llu", set->entries[c->place].name,
			              (unsigned long long)c->count);
	}
	rows->is_out_of_memory |= text.failed;
	rows_text_span(rows, buffer_span(&text));
	buffer_done(&text);
}

// What one pass finds for both questions; rules and models only for who asks for the join.
struct joined {
	struct sightings sightings;
	struct join join;
	struct join_rules rules;
	struct join_models models;
};

static void write_rules(struct rows *rows, const struct joined *j, size_t row)
{
	const struct join_rules *r = &j->rules;
	struct buffer text = buffer_up_to(TEXT_MAX);
	size_t end = r->first[row + 1];
	if (!r->is_known[row]) {
		rows_unknown(rows);
		return;
	}
	end = end - r->first[row] > RULES_SHOWN ? r->first[row] + RULES_SHOWN : end;
	for (size_t i = r->first[row]; i < end; i++) {
		const struct pair_count *c = &r->counts.slots[i];
		buffer_text(&text, i > r->first[row] ? ";" : "");
		buffer_format(&text, "%s:%llu", join_rules_text(r, c->place),
		              (unsigned long long)c->count);
	}
	rows->is_out_of_memory |= text.failed;
	rows_text_span(rows, buffer_span(&text));
	buffer_done(&text);
}

// A cluster by its number, and what it is called; a label is of a table or rules of the user's.
static void write_model(struct buffer *text, const struct models *m, const struct pair_count *c)
{
	const struct cluster_label *label = m->names != NULL ? &m->names[c->place] : NULL;
	buffer_format(text, "%u", (unsigned)c->place);
	if (label != NULL && label->name != 0) {
		const size_t begin = text->length;
		buffer_format(text, " %s", m->labels->names[label->name]);
		for (size_t i = begin; i < text->length; i++)
			text->bytes[i] = text->bytes[i] == ';' ? ',' : text->bytes[i];
	}
	buffer_format(text, ":%llu", (unsigned long long)c->count);
}

static void write_models(struct rows *rows, const struct joined *j, size_t row)
{
	const struct join_models *m = &j->models;
	struct buffer text = buffer_up_to(TEXT_MAX);
	if (!m->is_known[row]) {
		rows_unknown(rows);
		return;
	}
	for (size_t i = m->first[row]; i < m->first[row + 1]; i++) {
		buffer_text(&text, i > m->first[row] ? ";" : "");
		write_model(&text, &m->models, &m->counts.slots[i]);
	}
	rows->is_out_of_memory |= text.failed;
	rows_text_span(rows, buffer_span(&text));
	buffer_done(&text);
}

static void write_joined(struct rows *rows, const struct answering *a, const struct joined *j,
                         size_t number)
{
	const struct join_row *row = &j->join.rows[number];
	rows_day(rows, row->day);
	rows_text(rows, row->family == JOIN_ALL_FAMILIES
	                        ? "*"
	                        : sightings_family(&j->sightings, row->family));
	rows_number(rows, row->sources);
	if (row->is_known) {
		rows_number(rows, row->seen);
		rows_real(rows, (double)row->seen / (double)row->sources);
		write_counts(rows, a, row, JOIN_FINGERPRINTS);
		write_counts(rows, a, row, JOIN_PORTS);
	} else {
		for (unsigned i = 0; i < 4; i++)
			rows_unknown(rows);
	}
	write_rules(rows, j, number);
	write_models(rows, j, number);
}

// ---- infected hosts

static void write_estimate(struct rows *rows, const struct join *join, size_t day,
                           const char *country, uint64_t telescope)
{
	uint32_t days;
	const struct join_day *d = &join->days[day];
	const struct infected_sample sample = join_sample_around(join, day, &days);
	const struct infected_estimate e = infected_estimate_make(telescope, &sample);
	rows_day(rows, d->day);
	rows_text(rows, country);
	if (!d->knows_fingerprints) {
		rows_rest_unknown(rows);
		return;
	}
	rows_number(rows, telescope);
	if (e.is_known) {
		rows_number(rows, (uint64_t)llround(e.sources));
		rows_number(rows, (uint64_t)llround(floor(e.low)));
		rows_number(rows, (uint64_t)llround(ceil(e.high)));
		rows_real(rows, e.share);
	} else {
		for (unsigned i = 0; i < 4; i++)
			rows_unknown(rows);
	}
	rows_number(rows, infected_sample_size(&sample));
	rows_number(rows, sample.seen.sources);
	rows_number(rows, days);
}

static void write_infected(struct rows *rows, const struct answering *a, const struct join *join,
                           struct day_range wanted)
{
	size_t place = 0;
	for (size_t i = 0; i < join->day_count; i++) {
		const struct join_day *d = &join->days[i];
		const bool is_wanted = d->is_known && day_range_holds(wanted, d->day);
		if (is_wanted) {
			write_estimate(rows, join, i, "*", d->telescope);
			rows_end(rows);
		}
		for (; place < join->place_count && join->places.slots[place].group == i; place++)
			if (is_wanted && d->knows_fingerprints) {
				const struct pair_count *c = &join->places.slots[place];
				write_estimate(rows, join, i, place_at(a->countries, c->place)->id,
				               c->count);
				rows_end(rows);
			}
	}
}

// ---- both

static const char *fingerprint_of(const struct question *q)
{
	return q->variants.fingerprint != NULL ? q->variants.fingerprint : default_fingerprint;
}

static bool hand_out(const struct answering *a, struct inquiry *inquiry, const struct joined *j,
                     struct error *error)
{
	const struct question *q = inquiry->question;
	struct schema schema;
	struct rows rows;
	struct error ignored;
	question_schema(q, &schema);
	bool ok = rows_begin(&rows, inquiry->receiver, &schema, error);
	if (ok && q->kind == QUESTION_INFECTED)
		write_infected(&rows, a, &j->join, q->days);
	for (size_t i = 0; ok && q->kind == QUESTION_JOIN && i < j->join.row_count; i++)
		if (day_range_holds(q->days, j->join.rows[i].day)) {
			write_joined(&rows, a, j, i);
			if (!rows_end(&rows))
				break;
		}
	if (ok && q->kind == QUESTION_INFECTED && a->countries != NULL)
		ok = database_caveats(inquiry, a->countries, false, q->days, error);
	return rows_finish(&rows, ok ? error : &ignored) && ok;
}

// A day's estimate takes honeypots of days around it.
static struct day_range with_days_around(struct day_range days)
{
	days = day_range_with_past(days, JOIN_DAYS_AROUND);
	days.to = days.to > INT32_MAX - JOIN_DAYS_AROUND ? INT32_MAX : days.to + JOIN_DAYS_AROUND;
	return days;
}

static bool is_alike(const struct question *a, const struct question *b)
{
	return a->days.from == b->days.from && a->days.to == b->days.to &&
	       strcmp(fingerprint_of(a), fingerprint_of(b)) == 0 && asks_same_families(a, b) &&
	       a->variants.table.bytes == b->variants.table.bytes;
}

static bool find_sightings(const struct answering *a, const struct question *q,
                           struct day_range days, struct sightings *out, struct error *error)
{
	struct variants_basis basis;
	const struct sightings_request request = {
		.days = days,
		.fingerprint = strcmp(fingerprint_of(q), "*") == 0 ? NULL : fingerprint_of(q),
		.families = q->families,
		.family_count = q->family_count,
	};
	const bool ok = variants_basis_begin(&basis, a, &q->variants, error) &&
	                sightings_find(a->holdings, &basis.world, &request, out, error);
	variants_basis_done(&basis);
	return ok;
}

static bool find_rules(const struct answering *a, const struct question *q, struct joined *j,
                       struct error *error)
{
	const struct header_rules_request request = {
		.days = 1,
		.fields = rule_fields,
		.field_count = sizeof rule_fields / sizeof *rule_fields,
		.is_support_by_day = true,
		.rules = { .support_min = RULES_SUPPORT_LEAST,
		           .confidence_min = RULES_CONFIDENCE,
		           .consequents_max = 1,
		           .alpha = RULES_ALPHA,
		           .work_max = RULES_WORK,
		           .rules_max = RULES_MAX },
		.threads = a->limits->threads,
	};
	return join_rules_find(a->holdings, &j->join, j->sightings.list, j->sightings.count,
	                       q->days, &request, &j->rules, error);
}

static bool find_models(const struct answering *a, const struct question *q, struct joined *j,
                        struct error *error)
{
	const struct models_request request = { .days = q->days,
		                                .family = HOLDINGS_ALL_SYNS,
		                                .vectors_max = ANSWERS_MAX,
		                                .label_rules = a->label_rules,
		                                .label_table = a->label_table };
	return join_models_find(a->holdings, &j->join, j->sightings.list, j->sightings.count,
	                        &request, a->limits, &j->models, error);
}

static bool hand_out_all(const struct answering *a, struct inquiry *const *list, size_t count,
                         struct joined *j, struct error *error)
{
	bool wants_join = false, ok = true;
	for (size_t i = 0; i < count; i++)
		wants_join |= list[i]->question->kind == QUESTION_JOIN;
	if (wants_join)
		ok = find_rules(a, list[0]->question, j, error) &&
		     find_models(a, list[0]->question, j, error);
	for (size_t i = 0; ok && i < count; i++)
		ok = hand_out(a, list[i], j, error);
	join_rules_done(&j->rules);
	join_models_done(&j->models);
	return ok;
}

static bool answer_group(const struct answering *a, struct inquiry *const *list, size_t count,
                         struct error *error)
{
	const struct question *q = list[0]->question;
	struct join_request request = { .days = with_days_around(q->days),
		                        .countries = a->countries,
		                        .wants_ports = true,
		                        .wants_countries = true };
	struct joined j = { .rules = { .first = NULL } };
	if (!holdings_family(a->holdings, fingerprint_of(q), &request.fingerprint, error) ||
	    !find_sightings(a, q, request.days, &j.sightings, error))
		return false;
	request.sightings = j.sightings.list;
	request.count = j.sightings.count;
	const bool ok = join_make(a->holdings, &request, &j.join, error) &&
	                hand_out_all(a, list, count, &j, error);
	join_done(&j.join);
	sightings_done(&j.sightings);
	return ok;
}

bool answer_join(const struct answering *a, struct inquiry *const *list, size_t count,
                 struct error *error)
{
	return answer_alike(a, list, count, is_alike, answer_group, error);
}
