// SPDX-License-Identifier: MIT
// Sessions at honeypots, in the order of their time.
#include "answer/local/variants_basis.h"

#include "base/memory.h"

#include <stdlib.h>
#include <string.h>

enum { TEXTS = 6, FETCHED_MAX = 240, CLIENT_MAX = 40 };

// A session until all of some days are known. The texts stand behind each other: sensor, name, tokens, family, client,
// what was fetched.
struct kept {
	uint64_t first_ns, last_ns;
	size_t offset;
	uint16_t lengths[TEXTS];
	uint32_t source;
	uint8_t protocol, role, stage, flag;
	uint32_t logins, commands, downloads, failed;
};

struct listing {
	const struct variant_world *world;
	const struct question *question;
	struct rows *rows;
	struct kept *list;
	size_t count, capacity;
	struct buffer texts;
	struct buffer one;  // text that is made
};

static bool is_wanted(const struct question *q, struct span family)
{
	bool is_one = q->family_count == 0;
	for (size_t i = 0; i < q->family_count; i++)
		is_one = is_one || (strlen(q->families[i]) == family.length &&
		                    memcmp(q->families[i], family.bytes, family.length) == 0);
	return is_one;
}

static uint32_t clamp(uint64_t number)
{
	return number < UINT32_MAX ? (uint32_t)number : UINT32_MAX;
}

static void keep_text(struct listing *l, struct kept *k, unsigned number, struct span text)
{
	k->lengths[number] = (uint16_t)text.length;
	buffer_append(&l->texts, text.bytes, text.length);
}

static struct span tokens_of(struct listing *l, const struct session *s)
{
	l->one.length = 0;
	for (unsigned i = 0; i < s->token_count; i++) {
		if (i > 0)
			buffer_byte(&l->one, ';');
		buffer_append(&l->one, s->tokens[i].bytes, s->tokens[i].length);
	}
	return buffer_span(&l->one);
}

static struct span client_of(struct listing *l, const struct session *s)
{
	struct span client = s->client;
	if (client.length > CLIENT_MAX)
		client.length = CLIENT_MAX;
	l->one.length = 0;
	variants_escape(&l->one, client);
	return buffer_span(&l->one);
}

// As many as there is room for, each whole.
static struct span fetched_of(struct listing *l, const struct session *s)
{
	struct span rest = s->fetched;
	l->one.length = 0;
	while (rest.length > 0) {
		const size_t before = l->one.length;
		const uint8_t *end = memchr(rest.bytes, '\n', rest.length);
		const size_t length = end == NULL ? rest.length : (size_t)(end - rest.bytes);
		if (before > 0)
			buffer_byte(&l->one, ' ');
		variants_defang(&l->one, (struct span){ rest.bytes, length });
		if (l->one.length > FETCHED_MAX) {
			l->one.length = before > 0 ? before : FETCHED_MAX;
			break;
		}
		rest = span_from(rest, length + 1);
	}
	return buffer_span(&l->one);
}

static bool grow(struct listing *l, struct error *error)
{
	if (l->count < l->capacity)
		return true;
	const size_t capacity = 2 * l->capacity + 1024;
	void *more = memory_resize(l->list, capacity, sizeof *l->list);
	if (more == NULL)
		return error_memory(error, "sessions");
	l->list = more;
	l->capacity = capacity;
	return true;
}

static bool keep(void *context, const struct session *s, struct error *error)
{
	struct listing *l = context;
	const struct span family = session_family(l->world, s);
	if (!is_wanted(l->question, family))
		return true;
	if (!grow(l, error))
		return false;
	struct kept *k = &l->list[l->count++];
	*k = (struct kept){ .first_ns = s->first_ns,
		            .last_ns = s->last_ns,
		            .offset = l->texts.length,
		            .source = s->source,
		            .protocol = (uint8_t)s->protocol,
		            .role = (uint8_t)session_role(l->world, s),
		            .stage = (uint8_t)s->stage,
		            .flag = (uint8_t)session_flag(l->world, s),
		            .logins = clamp(s->logins),
		            .commands = clamp(s->commands),
		            .downloads = clamp(s->downloads),
		            .failed = clamp(s->failed) };
	keep_text(l, k, 0, s->sensor);
	keep_text(l, k, 1, s->name);
	keep_text(l, k, 2, tokens_of(l, s));
	keep_text(l, k, 3, family);
	keep_text(l, k, 4, client_of(l, s));
	keep_text(l, k, 5, fetched_of(l, s));
	return (!l->texts.failed && !l->one.failed) || error_memory(error, "sessions");
}

static struct span text_of(const struct listing *l, const struct kept *k, unsigned number)
{
	size_t offset = k->offset;
	for (unsigned i = 0; i < number; i++)
		offset += k->lengths[i];
	return (struct span){ l->texts.bytes + offset, k->lengths[number] };
}

static int compare_spans(struct span a, struct span b)
{
	const size_t common = a.length < b.length ? a.length : b.length;
	const int order = common == 0 ? 0 : memcmp(a.bytes, b.bytes, common);
	return order != 0 ? order : (a.length > b.length) - (a.length < b.length);
}

// Time, session, sensor, source.
static int compare(const void *a, const void *b, void *context)
{
	const struct kept *x = a, *y = b;
	if (x->first_ns != y->first_ns)
		return x->first_ns < y->first_ns ? -1 : 1;
	int order = compare_spans(text_of(context, x, 1), text_of(context, y, 1));
	if (order == 0)
		order = compare_spans(text_of(context, x, 0), text_of(context, y, 0));
	return order != 0 ? order : (x->source > y->source) - (x->source < y->source);
}

static void write_row(const struct listing *l, const struct kept *k)
{
	struct rows *rows = l->rows;
	if (k->first_ns == 0)
		rows_empty(rows);
	else
		rows_time(rows, k->first_ns);
	rows_text_span(rows, text_of(l, k, 0));
	rows_text_span(rows, text_of(l, k, 1));
	rows_address(rows, k->source);
	rows_text(rows, honeypot_protocol_name(k->protocol));
	rows_text_span(rows, text_of(l, k, 2));
	rows_text(rows, session_role_name(k->role));
	rows_text_span(rows, text_of(l, k, 3));
	rows_text(rows, session_stage_name(k->stage));
	rows_number(rows, k->logins);
	rows_number(rows, k->commands);
	rows_number(rows, k->downloads);
	rows_number(rows, k->failed);
	rows_real(rows, (double)(k->last_ns - k->first_ns) / 1e9);
	rows_text(rows, source_flag_name(k->flag));
	rows_text_span(rows, text_of(l, k, 4));
	rows_text_span(rows, text_of(l, k, 5));
	rows_end(rows);
}

static bool write_days(void *context, struct day_range days, struct error *error)
{
	struct listing *l = context;
	(void)days;
	(void)error;
	if (l->count > 1)
		qsort_r(l->list, l->count, sizeof *l->list, compare, l);
	for (size_t i = 0; i < l->count && !l->rows->is_enough; i++)
		write_row(l, &l->list[i]);
	l->count = l->texts.length = 0;
	return true;
}

static bool write_rows(const struct answering *a, const struct question *q, struct rows *rows,
                       struct error *error)
{
	struct variants_basis h;
	struct listing l = { .world = &h.world, .question = q, .rows = rows };
	const struct session_visitor visitor = { keep, write_days, &l };
	l.texts = buffer_up_to(SIZE_MAX);
	l.one = buffer_up_to(16 * SESSION_FETCHED_MAX);
	const bool ok = variants_basis_begin(&h, a, &q->variants, error) &&
	                sessions_walk(a->holdings, q->days, &visitor, error);
	variants_basis_done(&h);
	memory_free(l.list);
	buffer_done(&l.texts);
	buffer_done(&l.one);
	return ok;
}

static bool answer_one(const struct answering *a, struct inquiry *inquiry, struct error *error)
{
	struct schema schema;
	struct rows rows;
	struct error ignored;
	question_schema(inquiry->question, &schema);
	const bool ok = rows_begin(&rows, inquiry->receiver, &schema, error) &&
	                write_rows(a, inquiry->question, &rows, error);
	return rows_finish(&rows, ok ? error : &ignored) && ok;
}

bool answer_sessions(const struct answering *a, struct inquiry *const *list, size_t count,
                     struct error *error)
{
	bool ok = true;
	for (size_t i = 0; ok && i < count; i++)
		ok = answer_one(a, list[i], error);
	return ok;
}
