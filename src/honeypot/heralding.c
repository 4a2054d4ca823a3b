// SPDX-License-Identifier: MIT
// Heralding, which takes passwords and lets nobody in: log_session.json (a session a line), and the tables
// log_auth.csv and log_session.csv, by the names in their header line, in any order; names have changed ("souce_port" of
// 2016, "auth_type"), and T-Pot has others. Times are UTC.
//
// A cell in quotes may go over lines. It is cut there, and the lines that it goes on in are passed over, so that
// nobody can write rows of the table by a password.
#include "honeypot/json_form.h"

#include "base/calendar.h"

static const char *const session_ids[] = { "session_id", NULL }, *const users[] = { "username",
	                                                                            NULL };
static const char *const passwords[] = { "password", NULL }, *const durations[] = { "duration",
	                                                                            NULL };
static const char *const times[] = { "timestamp", NULL }, *const clients[] = { "client_version",
	                                                                       NULL };

static bool is_heralding(const struct json *json, const struct json_value *object)
{
	return json_member(json, object, "session_id") != NULL &&
	       (json_member(json, object, "auth_attempts") != NULL ||
	        json_member(json, object, "auth_id") != NULL ||
	        json_member(json, object, "num_auth_attempts") != NULL);
}

// When a session ended: whole seconds behind its beginning.
static void closed(struct log_reading *r, struct honeypot_event event, struct span duration)
{
	enum { YEAR_S = 366 * 86400 };
	uint64_t seconds;
	if (!log_u64(log_until(&duration, '.'), YEAR_S, &seconds))
		return;
	event.kind = HONEYPOT_CLOSED;
	event.time_ns += seconds * NANOSECONDS_A_SECOND;
	log_event(r, &event);
}

static void take_attempt(struct log_reading *r, struct honeypot_event event,
                         const struct json_value *attempt)
{
	const struct span time = source_text(r, attempt, times);
	if (time.length > 0 && !log_time(r, time, &event.time_ns)) {
		log_skip(r, HONEYPOT_SKIP_TIME, "has an attempt with a time that is none");
		return;
	}
	event.kind = HONEYPOT_LOGIN_FAILED;
	event.text = log_pair(r, source_text(r, attempt, users),
	                      source_text(r, attempt, passwords));
	log_event(r, &event);
}

static void take_json(struct log_reading *r, const struct json_value *object)
{
	const struct json *json = &r->json;
	struct honeypot_event event = { .kind = HONEYPOT_CONNECT };
	if (!source_begin(r, object, &event))
		return;
	event.session = source_text(r, object, session_ids);
	if (json_member(json, object, "auth_id") != NULL) {
		take_attempt(r, event, object);
		return;
	}
	log_event(r, &event);
	const struct json_value *attempts = json_member(json, object, "auth_attempts");
	for (const struct json_value *attempt = json_first(json, attempts); attempt != NULL;
	     attempt = json_next(json, attempts, attempt))
		take_attempt(r, event, attempt);
	struct honeypot_event client = event;
	client.kind = HONEYPOT_CLIENT;
	client.text = log_python(
		r, source_text(r, json_member(json, object, "auxiliary_data"), clients));
	if (client.text.length > 0)
		log_event(r, &client);
	const struct json_value *is_ended = json_member(json, object, "session_ended");
	if (is_ended == NULL || is_ended->kind == JSON_TRUE)
		closed(r, event, source_text(r, object, durations));
}

const struct json_source json_source_heralding = { "heralding", is_heralding, take_json };

// ---- tables

static const struct {
	const char *name;
	enum log_column column;
} columns[] = {
	{ "timestamp", LOG_TIME },          { "session_id", LOG_SESSION },
	{ "source_ip", LOG_SOURCE },        { "src_ip", LOG_SOURCE },
	{ "source_port", LOG_SOURCE_PORT }, { "souce_port", LOG_SOURCE_PORT },
	{ "src_port", LOG_SOURCE_PORT },    { "destination_ip", LOG_DESTINATION },
	{ "dest_ip", LOG_DESTINATION },     { "dst_ip", LOG_DESTINATION },
	{ "destination_port", LOG_PORT },   { "dest_port", LOG_PORT },
	{ "dst_port", LOG_PORT },           { "protocol", LOG_PROTOCOL },
	{ "proto", LOG_PROTOCOL },          { "username", LOG_USER },
	{ "password", LOG_PASSWORD },       { "duration", LOG_DURATION },
};

struct row {
	struct span cells[LOG_CELLS_MAX];
	size_t count;
	bool is_open;  // the last cell goes on in the next line
};

// A cell in quotes, of which the first is gone, up to behind the comma that ends it.
static struct span take_quoted(struct log_reading *r, struct span *rest, bool *is_open)
{
	uint8_t *out = log_room(r, rest->length);
	size_t length = 0, at = 0;
	*is_open = true;
	while (at < rest->length && *is_open) {
		const bool is_quote = rest->bytes[at] == '"';
		const bool is_double = is_quote && at + 1 < rest->length &&
		                       rest->bytes[at + 1] == '"';
		*is_open = !is_quote || is_double;
		if (*is_open)
			out[length++] = rest->bytes[at];
		at += is_double ? 2 : 1;
	}
	r->used -= rest->length - length;
	*rest = span_from(*rest, at);
	log_until(rest, ',');
	return (struct span){ out, length };
}

static void split(struct log_reading *r, struct span line, struct row *row)
{
	bool is_last = false;
	row->count = 0;
	row->is_open = false;
	while (!is_last && row->count < LOG_CELLS_MAX) {
		struct span *cell = &row->cells[row->count++];
		if (log_starts(line, "\"")) {
			line = span_from(line, 1);
			*cell = take_quoted(r, &line, &row->is_open);
			is_last = line.length == 0;
		} else {
			is_last = line.length == 0 || memchr(line.bytes, ',', line.length) == NULL;
			*cell = log_until(&line, ',');
		}
	}
}

// Whether the row is a header of such a table; then it is that from now on.
static bool read_header(struct log_header *header, const struct row *row)
{
	struct log_header read = { .is_there = true };
	for (size_t i = 0; i < row->count; i++)
		for (size_t k = 0; k < sizeof columns / sizeof *columns; k++)
			if (log_is(row->cells[i], columns[k].name) &&
			    read.cell_of[columns[k].column] == 0)
				read.cell_of[columns[k].column] = (uint8_t)(i + 1);
	const uint8_t *at = read.cell_of;
	if (at[LOG_TIME] == 0 || at[LOG_SOURCE] == 0 || at[LOG_SESSION] == 0 ||
	    (at[LOG_PASSWORD] == 0 && at[LOG_DURATION] == 0))
		return false;
	*header = read;
	return true;
}

static struct span cell(const struct log_reading *r, const struct row *row, enum log_column column)
{
	const size_t at = r->header->cell_of[column];
	return at == 0 || at > row->count ? (struct span){ .length = 0 } : row->cells[at - 1];
}

static void take_row(struct log_reading *r, const struct row *row)
{
	struct honeypot_event event = { .kind = HONEYPOT_CONNECT };
	if (!log_time(r, cell(r, row, LOG_TIME), &event.time_ns)) {
		log_skip(r, HONEYPOT_SKIP_TIME, "has no time");
		return;
	}
	if (!log_address(cell(r, row, LOG_SOURCE), &event.source)) {
		log_skip(r, HONEYPOT_SKIP_ADDRESS, NULL);
		return;
	}
	log_address(cell(r, row, LOG_DESTINATION), &event.destination);
	event.source_port = log_port(cell(r, row, LOG_SOURCE_PORT));
	event.port = log_port(cell(r, row, LOG_PORT));
	event.protocol = log_protocol(cell(r, row, LOG_PROTOCOL));
	event.session = cell(r, row, LOG_SESSION);
	if (r->header->cell_of[LOG_PASSWORD] != 0) {
		event.kind = HONEYPOT_LOGIN_FAILED;
		event.text = log_pair(r, cell(r, row, LOG_USER), cell(r, row, LOG_PASSWORD));
		event.is_cut = row->is_open;
	}
	log_event(r, &event);
	if (event.kind == HONEYPOT_CONNECT)
		closed(r, event, cell(r, row, LOG_DURATION));
}

// Whether a line has an odd number of quotes.
static bool turns(struct span line)
{
	bool is_odd = false;
	for (size_t i = 0; i < line.length; i++)
		is_odd ^= line.bytes[i] == '"';
	return is_odd;
}

static void take(struct log_reading *r, struct span line)
{
	struct row row;
	if (r->header->is_open) {
		r->header->is_open = !turns(line);
		log_other(r);
		return;
	}
	const size_t used = r->used;
	split(r, line, &row);
	if (read_header(r->header, &row)) {
		r->used = used;
		log_other(r);
		return;
	}
	r->header->is_open = row.is_open;
	take_row(r, &row);
}

// The header may stand behind some blank lines, and nothing else.
static bool recognise(struct log_reading *r, struct span head)
{
	struct row row;
	struct log_header header;
	struct span line = { .length = 0 };
	while (line.length == 0 && head.length > 0)
		line = log_trim(log_until(&head, '\n'));
	if (log_starts(line, "\xef\xbb\xbf"))
		line = span_from(line, 3);
	// Nothing in quotes, so that no room is needed.
	if (line.length == 0 || memchr(line.bytes, '"', line.length) != NULL)
		return false;
	split(r, line, &row);
	return read_header(&header, &row);
}

const struct log_form log_form_heralding_table = {
	.name = "heralding-csv",
	.is_in_order = true,
	.recognise = recognise,
	.take = take,
};
