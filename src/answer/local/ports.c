// SPDX-License-Identifier: MIT
// Ports by day.
#include "answer/local/topic.h"

#include "analyse/ports/ports.h"

_Static_assert((int)PROTOCOL_TCP_SYN == (int)SOURCE_TCP, "protocols are the same in a question");
_Static_assert((int)PROTOCOL_UDP_DATAGRAM == (int)SOURCE_UDP, "and where it is answered");

// An inquiry while its days come.
struct listener {
	struct inquiry *inquiry;
	struct schema schema;
	struct rows rows;
	struct floods_left_out left_out;
	uint64_t days, unknown_days;
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
		rows_text(rows, row->is_new == PORT_NEW ? "yes" : "no");
}

static bool write_row(struct rows *rows, int32_t day, const struct port_row *row)
{
	rows_day(rows, day);
	rows_text(rows, row->protocol == SOURCE_TCP ? "tcp" : "udp");
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
	l->days++;
	l->unknown_days += day->has_unknown;
	for (size_t i = 0; wants_more && i < day->row_count; i++)
		wants_more = write_row(&l->rows, day->day, &day->rows[i]);
	return wants_more;
}

static struct ports_request request_of(const struct answering *a, struct listener *l)
{
	const struct question *q = l->inquiry->question;
	return (struct ports_request){
		.families = q->families,
		.family_count = q->family_count,
		.protocols = { q->of_ports.protocols[PROTOCOL_TCP_SYN],
		               q->of_ports.protocols[PROTOCOL_UDP_DATAGRAM] },
		.window = &q->days,
		.ports = q->ports,
		.port_count = q->port_count,
		.only_new = q->of_ports.only_new,
		.top = (uint32_t)q->top,
		.without_floods = q->without_floods,
		.left_out = &l->left_out,
		.threads = a->limits->threads
	};
}

// Why there are no rows, and what of those that there are is not known.
static bool ports_caveats(const struct listener *l, struct error *error)
{
	struct inquiry *inquiry = l->inquiry;
	const struct caveat no_days = { CAVEAT_PORTS_NO_DAYS };
	const struct caveat none_new = { CAVEAT_PORTS_NONE_NEW, { PORTS_PAST_DAYS_MIN } };
	const struct caveat none = { CAVEAT_PORTS_NONE };
	const struct caveat unknown = { CAVEAT_PORTS_UNKNOWN_FAMILIES,
		                        { l->unknown_days, l->days } };
	const struct caveat *why_empty = l->days == 0                           ? &no_days
	                                 : inquiry->question->of_ports.only_new ? &none_new
	                                                                        : &none;
	return (l->rows.count > 0 || add_caveat(inquiry, why_empty, error)) &&
	       (l->unknown_days == 0 || add_caveat(inquiry, &unknown, error)) &&
	       floods_caveats(inquiry, &l->left_out, error);
}

static bool answer_one(const struct answering *a, struct inquiry *inquiry, struct error *error)
{
	struct listener l = { .inquiry = inquiry };
	struct error ignored;
	question_schema(inquiry->question, &l.schema);
	const struct ports_request request = request_of(a, &l);
	const bool ok = rows_begin(&l.rows, inquiry->receiver, &l.schema, error) &&
	                ports_run(a->holdings, &request, write_day, &l, error) &&
	                ports_caveats(&l, error);
	return rows_finish(&l.rows, ok ? error : &ignored) && ok;
}

bool answer_ports(const struct answering *a, struct inquiry *const *list, size_t count,
                  struct error *error)
{
	bool ok = true;
	for (size_t i = 0; ok && i < count; i++)
		ok = answer_one(a, list[i], error);
	return ok;
}
