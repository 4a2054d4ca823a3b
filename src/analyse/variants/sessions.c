// SPDX-License-Identifier: MIT
#include "analyse/variants/sessions.h"

#include "analyse/variants/transports.h"
#include "base/memory.h"

#include <string.h>

struct walk {
	const struct zone *zone;
	const struct session_visitor *visitor;
	struct day_range days;  // whose sessions are wanted
	struct day_span span;   // the day of the last event
	bool has_span, is_open;
	struct session session;
	uint64_t heard_ns,
		connected_ns;  // the last event of it, also if it does not count; its connection
	bool is_connected;
	uint64_t events;  // of the session
	struct transports transports;
	// What the session points to.
	uint8_t sensor[HONEYPOT_SENSOR_MAX], name[HONEYPOT_SESSION_MAX];
	uint8_t client[HONEYPOT_TEXT_MAX], fetched[SESSION_FETCHED_MAX];
};

const char *session_stage_name(enum session_stage stage)
{
	static const char *const names[STAGES] = { "connect", "login", "shell", "token",
		                                   "download" };
	return names[stage];
}

static int32_t day_of(struct walk *w, uint64_t time_ns)
{
	if (time_ns == 0)
		return 0;
	if (!w->has_span || time_ns < w->span.begin_ns || time_ns >= w->span.end_ns) {
		w->span = zone_day(w->zone, time_ns);
		w->has_span = true;
	}
	return w->span.day;
}

static struct span keep(uint8_t *room, struct span text)
{
	if (text.length > 0)
		memcpy(room, text.bytes, text.length);
	return (struct span){ room, text.length };
}

static bool is_equal(struct span a, struct span b)
{
	return a.length == b.length && (a.length == 0 || memcmp(a.bytes, b.bytes, a.length) == 0);
}

static bool is_of_session(const struct walk *w, const struct honeypot_event *e)
{
	const struct session *s = &w->session;
	if (!w->is_open || e->source != s->source || !is_equal(e->session, s->name) ||
	    !is_equal(e->sensor, s->sensor) || e->time_ns - w->heard_ns > SESSION_SILENCE_NS)
		return false;
	return e->kind != HONEYPOT_CONNECT || (w->is_connected && e->time_ns == w->connected_ns &&
	                                       e->source_port == s->source_port);
}

static bool end_session(struct walk *w, struct error *error)
{
	const struct session *s = &w->session;
	if (!w->is_open)
		return true;
	w->is_open = false;
	if (transports_is_half(s, w->is_connected, w->events))
		return transports_keep(&w->transports, s, w->is_connected, error);
	return !day_range_holds(w->days, s->day) ||
	       w->visitor->session(w->visitor->context, s, error);
}

static bool end_sensor(struct walk *w, struct error *error)
{
	return end_session(w, error) && transports_join(&w->transports, w->days, w->visitor, error);
}

static void begin_session(struct walk *w, const struct honeypot_event *e, int32_t day)
{
	w->session = (struct session){ .day = day,
		                       .first_ns = e->time_ns,
		                       .sensor = keep(w->sensor, e->sensor),
		                       .name = keep(w->name, e->session),
		                       .source = e->source,
		                       .fetched = { w->fetched, 0 } };
	w->is_open = true;
	w->is_connected = false;
	w->events = 0;
}

static void reach(struct session *s, enum session_stage stage)
{
	if (s->stage < stage)
		s->stage = stage;
}

static void note_token(struct session *s, struct span token)
{
	for (unsigned i = 0; i < s->token_count; i++)
		if (is_equal(session_token_span(&s->tokens[i]), token))
			return;
	if (s->token_count == SESSION_TOKENS_MAX)
		return;
	struct session_token *t = &s->tokens[s->token_count++];
	memcpy(t->bytes, token.bytes, token.length);
	t->length = (uint8_t)token.length;
	reach(s, STAGE_TOKEN);
}

static void note_tokens(struct session *s, struct span line, bool is_typed)
{
	size_t at = 0;
	struct span token;
	bool is_mark;
	while (token_next(line, &at, &token, &is_mark)) {
		note_token(s, token);
		if (is_typed)
			role_note_token(&s->signs, is_mark);
	}
}

// The name, and what stands behind the zero byte.
static struct span first_of(struct span text, struct span *second)
{
	const uint8_t *end = text.length == 0 ? NULL : memchr(text.bytes, 0, text.length);
	const size_t length = end == NULL ? text.length : (size_t)(end - text.bytes);
	*second = span_from(text, end == NULL ? length : length + 1);
	return (struct span){ text.bytes, length };
}

static void note_login(struct session *s, const struct honeypot_event *e)
{
	struct span password;
	const struct span user = first_of(e->text, &password);
	s->failed += e->kind == HONEYPOT_LOGIN_FAILED;
	s->logins += e->kind == HONEYPOT_LOGIN;
	if (e->kind == HONEYPOT_LOGIN)
		reach(s, STAGE_LOGIN);
	role_note_line(&s->signs, e->time_ns, user, false);
	role_note_line(&s->signs, e->time_ns, password, false);
	note_tokens(s, e->text, false);
}

static void note_line(struct session *s, const struct honeypot_event *e)
{
	const bool is_typed = e->kind == HONEYPOT_INPUT;
	s->commands += is_typed;
	reach(s, STAGE_SHELL);
	role_note_line(&s->signs, e->time_ns, e->text, is_typed);
	note_tokens(s, e->text, is_typed);
}

static void note_file(struct walk *w, const struct honeypot_event *e)
{
	struct session *s = &w->session;
	struct span digest;
	const struct span name = first_of(e->text, &digest);
	s->downloads++;
	s->signs.signs |= SIGN_LOADS;
	reach(s, STAGE_DOWNLOAD);
	if (name.length == 0 || name.length >= sizeof w->fetched - s->fetched.length)
		return;
	memcpy(w->fetched + s->fetched.length, name.bytes, name.length);
	w->fetched[s->fetched.length + name.length] = '\n';
	s->fetched.length += name.length + 1;
}

static void note_connection(struct walk *w, const struct honeypot_event *e)
{
	struct session *s = &w->session;
	if (e->kind == HONEYPOT_CONNECT && !w->is_connected) {
		w->is_connected = true;
		w->connected_ns = e->time_ns;
	}
	if (s->protocol == HONEYPOT_PROTOCOL_UNKNOWN)
		s->protocol = e->protocol;
	if (s->destination == 0)
		s->destination = e->destination;
	if (s->source_port == 0)
		s->source_port = e->source_port;
	if (s->port == 0)
		s->port = e->port;
}

static void note_event(struct walk *w, const struct honeypot_event *e)
{
	struct session *s = &w->session;
	s->last_ns = e->time_ns;
	note_connection(w, e);
	switch (e->kind) {
	case HONEYPOT_LOGIN_FAILED:
	case HONEYPOT_LOGIN: note_login(s, e); break;
	case HONEYPOT_INPUT:
	case HONEYPOT_RAN: note_line(s, e); break;
	case HONEYPOT_FETCH:
	case HONEYPOT_UPLOAD: note_file(w, e); break;
	case HONEYPOT_CLIENT:
		if (s->client.length == 0)
			s->client = keep(w->client, e->text);
		break;
	case HONEYPOT_CONNECT:
	case HONEYPOT_CLOSED:
	case HONEYPOT_SYN:
	case HONEYPOT_EVENT_KINDS: break;
	}
}

static bool take_event(struct walk *w, const struct honeypot_event *e, struct error *error)
{
	const int32_t day = day_of(w, e->time_ns);
	if (e->kind == HONEYPOT_SYN)
		return true;
	if (!is_of_session(w, e)) {
		const bool is_of_sensor = w->is_open && is_equal(e->sensor, w->session.sensor);
		if (!(is_of_sensor ? end_session : end_sensor)(w, error))
			return false;
		begin_session(w, e, day);
	}
	w->heard_ns = e->time_ns;
	w->events++;
	if (day <= w->session.day + 1)
		note_event(w, e);
	return true;
}

// A session of these days may have begun the day before, or end the day after.
static bool walk_window(struct holdings *h, struct walk *w, struct error *error)
{
	struct holdings_events *events;
	struct honeypot_event event;
	if (!holdings_open_events(h, w->days.from - 1, w->days.to + 1, &events, error))
		return false;
	bool ok = true;
	while (ok && events->next(events, &event, error))
		ok = take_event(w, &event, error);
	ok = ok && error->kind == ERROR_NONE && end_sensor(w, error);
	holdings_close_events(events);
	return ok &&
	       (w->visitor->days == NULL || w->visitor->days(w->visitor->context, w->days, error));
}

bool sessions_walk(struct holdings *h, struct day_range days, const struct session_visitor *visitor,
                   struct error *error)
{
	struct walk *w = memory_new(1, sizeof *w);
	int32_t day = days.from;
	bool ok = w != NULL || error_memory(error, "sessions");
	if (ok) {
		w->zone = holdings_about(h).zone;
		w->visitor = visitor;
	}
	while (ok && day <= days.to && holdings_next_event_day(h, day, &day) && day <= days.to) {
		const int64_t end = (int64_t)day + SESSIONS_WINDOW - 1;
		w->days = (struct day_range){ day, end < days.to ? (int32_t)end : days.to };
		ok = walk_window(h, w, error);
		if (w->days.to == INT32_MAX)
			break;
		day = w->days.to + 1;
	}
	if (w != NULL)
		transports_done(&w->transports);
	memory_free(w);
	return ok;
}
