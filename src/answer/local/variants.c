// SPDX-License-Identifier: MIT
// Sources and sessions at honeypots by what scanners say: by day, family, token, country, and the table of families.
#include "analyse/variants/table.h"

#include "answer/local/logged.h"
#include "answer/local/variants_basis.h"

#include <string.h>

enum { TEXT_MAX = 1 << 16 };

struct writing {
	const struct answering *a;
	const struct question *question;
	struct rows *rows;
	struct buffer text;
};

static void write_country(struct writing *w, uint32_t place)
{
	if (w->a->countries == NULL)
		rows_text(w->rows, "unknown");
	else
		rows_text(w->rows, place_at(w->a->countries, place)->id);
}

static bool write_row(void *context, const struct variants_row *row, struct error *error)
{
	struct writing *w = context;
	(void)error;
	if (w->rows->is_enough)
		return true;
	if (w->question->variants.by != VARIANTS_BY_COUNTRY)
		rows_day(w->rows, row->day);
	rows_text_span(w->rows, row->name);
	write_country(w, row->place);
	rows_number(w->rows, row->sources);
	rows_number(w->rows, row->sessions);
	rows_end(w->rows);
	return true;
}

static void write_list(struct writing *w, const struct family_row *row)
{
	w->text.length = 0;
	for (size_t i = 0; i < row->token_count; i++) {
		if (i > 0)
			buffer_byte(&w->text, ';');
		buffer_append(&w->text, row->tokens[i].bytes, row->tokens[i].length);
	}
	rows_text_span(w->rows, buffer_span(&w->text));
	w->text.length = 0;
	for (size_t i = 0; i < row->place_count && w->a->countries != NULL; i++)
		buffer_format(&w->text, "%s%s:%llu", i > 0 ? ";" : "",
		              place_at(w->a->countries, row->places[i].place)->id,
		              (unsigned long long)row->places[i].sources);
	rows_text_span(w->rows, buffer_span(&w->text));
}

static bool write_family(void *context, const struct family_row *row, struct error *error)
{
	struct writing *w = context;
	const struct malware_family *p = row->published;
	if (w->rows->is_enough)
		return true;
	rows_text_span(w->rows, row->name);
	if (row->programs == 0)
		rows_empty(w->rows);
	else
		rows_number(w->rows, row->programs);
	write_list(w, row);
	rows_text_span(w->rows, p != NULL ? p->keys : (struct span){ .length = 0 });
	rows_number(w->rows, row->sources);
	rows_number(w->rows, row->sessions);
	rows_number(w->rows, row->scanners);
	rows_number(w->rows, row->loaders);
	rows_number(w->rows, row->both);
	rows_day(w->rows, row->first_day);
	rows_day(w->rows, row->last_day);
	rows_text_span(w->rows, p != NULL ? p->source : (struct span){ .length = 0 });
	rows_end(w->rows);
	return !w->text.failed || error_memory(error, "variants");
}

static bool count(struct writing *w, const struct variants_basis *h, struct variants_seen *seen,
                  struct error *error)
{
	const struct question *q = w->question;
	const struct variants_request request = {
		.days = q->days,
		.is_by_token = q->variants.by == VARIANTS_BY_TOKEN,
		.is_over_days = q->variants.by == VARIANTS_BY_COUNTRY,
		.families = q->families,
		.family_count = q->family_count,
		.countries = w->a->countries,
	};
	const struct variants_receiver rows = { write_row, w };
	const struct family_receiver families = { write_family, w };
	if (q->variants.by == VARIANTS_TABLE)
		return variants_table_find(w->a->holdings, &h->world, &request, &families, seen,
		                           error);
	return variants_count(w->a->holdings, &h->world, &request, &rows, seen, error);
}

static bool caveats(const struct answering *a, struct inquiry *inquiry,
                    const struct variants_basis *h, const struct variants_seen *seen,
                    struct error *error)
{
	const struct caveat about = { CAVEAT_VARIANTS,
		                      { seen->sessions, seen->without_token, seen->flagged,
		                        h->names.random, h->names.sources_min } };
	struct logged logged;
	if (!logged_find(a->holdings, &logged, error))
		return false;
	const bool ok = logged_caveat(inquiry, &logged, error);
	logged_done(&logged);
	return ok && add_caveat(inquiry, &about, error) &&
	       (a->countries == NULL ||
	        database_caveats(inquiry, a->countries, false, inquiry->question->days, error));
}

static bool answer_one(const struct answering *a, struct inquiry *inquiry, struct error *error)
{
	struct schema schema;
	struct rows rows;
	struct variants_basis h;
	struct variants_seen seen;
	struct error ignored;
	struct writing w = { a, inquiry->question, &rows, buffer_up_to(TEXT_MAX) };
	question_schema(inquiry->question, &schema);
	bool ok = variants_basis_begin(&h, a, &inquiry->question->variants, error);
	if (ok) {
		ok = rows_begin(&rows, inquiry->receiver, &schema, error) &&
		     count(&w, &h, &seen, error) && caveats(a, inquiry, &h, &seen, error);
		ok = rows_finish(&rows, ok ? error : &ignored) && ok;
	}
	variants_basis_done(&h);
	buffer_done(&w.text);
	return ok;
}

bool answer_variants(const struct answering *a, struct inquiry *const *list, size_t count_of,
                     struct error *error)
{
	bool ok = true;
	for (size_t i = 0; ok && i < count_of; i++)
		ok = answer_one(a, list[i], error);
	return ok;
}
