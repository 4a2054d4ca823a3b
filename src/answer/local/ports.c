// SPDX-License-Identifier: MIT
// Ports by day: questions share one walk over the days.
#include "answer/local/topic.h"

#include "analyse/ports/ports.h"
#include "base/memory.h"

_Static_assert((int)PROTOCOL_TCP_SYN == (int)SOURCE_TCP, "protocols are the same in a question");
_Static_assert((int)PROTOCOL_UDP_DATAGRAM == (int)SOURCE_UDP, "and where it is answered");

// An inquiry while its days come.
struct listener {
	struct inquiry *inquiry;
	struct schema schema;
	struct rows rows;
	struct floods_left_out left_out;
	uint64_t days, unknown_days, lost_days, doubtful_days;
};

static void write_past(struct rows *rows, struct port_past past)
{
	if (past.is_there)
		rows_number(rows, past.sources);
	else
		rows_empty(rows);
}

static void write_counts(struct rows *rows, const struct port_row *row)
{
	rows_number(rows, row->packets);
	rows_number(rows, row->sources);
	write_past(rows, row->day_before);
	write_past(rows, row->week_before);
	write_past(rows, row->most_before);
	if (row->is_new == PORT_NEW_UNKNOWN)
		rows_unknown(rows);
	else
		rows_number(rows, row->is_new == PORT_NEW);
}

static bool write_row(struct rows *rows, int32_t day, const struct port_row *row)
{
	rows_day(rows, day);
	rows_text(rows, row->protocol == SOURCE_TCP ? "tcp" : "udp");
	if (row->is_any_port)
		rows_unknown(rows);
	else
		rows_number(rows, row->port);
	rows_text(rows, row->family);
	if (row->is_known)
		write_counts(rows, row);
	else
		rows_rest_unknown(rows);
	return rows_end(rows);
}

static bool write_day(void *context, const struct ports_day *day)
{
	struct listener *l = context;
	bool wants_more = true;
	l->days += !day->is_lost;
	l->lost_days += day->is_lost;
	l->unknown_days += day->has_unknown;
	l->doubtful_days += day->is_in_doubt;
	for (size_t i = 0; wants_more && i < day->row_count; i++)
		wants_more = write_row(&l->rows, day->day, &day->rows[i]);
	return wants_more;
}

static struct ports_request request_of(struct listener *l)
{
	const struct question *q = l->inquiry->question;
	const bool *protocols = q->of_ports.protocols;
	return (struct ports_request){ .families = q->families,
		                       .family_count = q->family_count,
		                       .protocols = { protocols[PROTOCOL_TCP_SYN],
		                                      protocols[PROTOCOL_UDP_DATAGRAM] },
		                       .window = &q->days,
		                       .ports = q->ports,
		                       .port_count = q->port_count,
		                       .only_new = q->of_ports.only_new,
		                       .top = q->top <= UINT32_MAX ? (uint32_t)q->top : 0,
		                       .without_floods = q->without_floods,
		                       .left_out = &l->left_out,
		                       .each = write_day,
		                       .context = l };
}

// Why there are no rows, and what of those that there are is not known.
static bool ports_caveats(const struct listener *l, struct error *error)
{
	struct inquiry *inquiry = l->inquiry;
	const struct caveat no_days = { CAVEAT_PORTS_NO_DAYS };
	const struct caveat none_new = { CAVEAT_PORTS_NONE_NEW,
		                         { l->doubtful_days, l->days, PORTS_NEW_SOURCES,
		                           PORTS_NEW_TIMES, PORTS_PAST_DAYS,
		                           PORTS_PAST_DAYS_MIN } };
	const struct caveat none = { CAVEAT_PORTS_NONE };
	const struct caveat unknown = { CAVEAT_PORTS_UNKNOWN_FAMILIES,
		                        { l->unknown_days, l->days } };
	const struct caveat *why_empty = l->days + l->lost_days == 0            ? &no_days
	                                 : inquiry->question->of_ports.only_new ? &none_new
	                                                                        : &none;
	return (l->rows.count > 0 || add_caveat(inquiry, why_empty, error)) &&
	       (l->unknown_days == 0 || add_caveat(inquiry, &unknown, error)) &&
	       floods_caveats(inquiry, &l->left_out, error);
}

static bool begin_all(struct listener *listeners, size_t count, struct error *error)
{
	bool ok = true;
	for (size_t i = 0; ok && i < count; i++) {
		struct listener *l = &listeners[i];
		question_schema(l->inquiry->question, &l->schema);
		ok = rows_begin(&l->rows, l->inquiry->receiver, &l->schema, error);
	}
	return ok;
}

static bool finish_all(struct listener *listeners, size_t count, bool ok, struct error *error)
{
	struct error ignored;
	for (size_t i = 0; i < count; i++) {
		ok = ok && ports_caveats(&listeners[i], error);
		ok = rows_finish(&listeners[i].rows, ok ? error : &ignored) && ok;
	}
	return ok;
}

// Those without floods, or the others: days are read once for all of them.
static bool answer_same(const struct answering *a, struct inquiry *const *list, size_t list_count,
                        bool without_floods, struct error *error)
{
	struct listener *listeners = memory_new(list_count, sizeof *listeners);
	struct ports_request *requests = memory_new(list_count, sizeof *requests);
	size_t count = 0;
	bool ok = (listeners != NULL && requests != NULL) || error_memory(error, "an answer");
	for (size_t i = 0; ok && i < list_count; i++)
		if (list[i]->question->without_floods == without_floods) {
			listeners[count].inquiry = list[i];
			requests[count] = request_of(&listeners[count]);
			count++;
		}
	ok = ok && begin_all(listeners, count, error) &&
	     ports_run(a->holdings, requests, count, a->limits->threads, error);
	ok = finish_all(listeners, count, ok, error);
	memory_free(listeners);
	memory_free(requests);
	return ok;
}

bool answer_ports(const struct answering *a, struct inquiry *const *list, size_t count,
                  struct error *error)
{
	bool ok = true;
	for (size_t i = 0; ok && i < count; i++)
		ok = are_families_known(a, list[i]->question, error);
	return ok && answer_same(a, list, count, false, error) &&
	       answer_same(a, list, count, true, error);
}
