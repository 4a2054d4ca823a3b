// SPDX-License-Identifier: MIT
#include "honeypot/event.h"

#include <string.h>

const char *honeypot_event_kind_name(enum honeypot_event_kind kind)
{
	static const char *const names[HONEYPOT_EVENT_KINDS] = {
		"connect", "closed", "login_failed", "login",  "input",
		"ran",     "fetch",  "upload",       "client", "syn",
	};
	return names[kind];
}

const char *honeypot_protocol_name(enum honeypot_protocol protocol)
{
	static const char *const names[HONEYPOT_PROTOCOLS] = { "unknown", "ssh", "telnet",
		                                               "other" };
	return names[protocol];
}

bool honeypot_session_is_transport(struct span session)
{
	const size_t begin = session.length >= 3 && memcmp(session.bytes, "SSH", 3) == 0  ? 3
	                     : session.length >= 2 && memcmp(session.bytes, "TT", 2) == 0 ? 2
	                                                                                  : 0;
	for (size_t i = begin; i < session.length; i++)
		if (session.bytes[i] < '0' || session.bytes[i] > '9')
			return false;
	return begin > 0 && session.length > begin;
}

static int compare_spans(struct span a, struct span b)
{
	size_t common = a.length < b.length ? a.length : b.length;
	int order = common == 0 ? 0 : memcmp(a.bytes, b.bytes, common);
	return order != 0 ? order : (a.length > b.length) - (a.length < b.length);
}

static int compare_numbers(uint64_t a, uint64_t b)
{
	return (a > b) - (a < b);
}

int honeypot_event_compare(const struct honeypot_event *a, const struct honeypot_event *b)
{
	int order = compare_spans(a->sensor, b->sensor);
	if (order == 0)
		order = compare_spans(a->session, b->session);
	if (order == 0)
		order = compare_numbers(a->source, b->source);
	if (order == 0)
		order = compare_numbers(a->time_ns, b->time_ns);
	if (order == 0)
		order = compare_numbers(a->kind, b->kind);
	if (order == 0)
		order = compare_spans(a->text, b->text);
	if (order == 0)
		order = compare_numbers(a->is_cut, b->is_cut);
	if (order == 0)
		order = compare_numbers(a->destination, b->destination);
	if (order == 0)
		order = compare_numbers(a->source_port, b->source_port);
	if (order == 0)
		order = compare_numbers(a->port, b->port);
	return order != 0 ? order : compare_numbers(a->protocol, b->protocol);
}
