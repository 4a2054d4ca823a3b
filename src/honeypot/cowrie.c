// SPDX-License-Identifier: MIT
// Cowrie's JSON, of 2017 to today: one event a line, told apart by "eventid" (src/cowrie/output/jsonlog.py,
// docs/OUTPUT.rst).
//
// What differs between its versions, and exports of it:
//
// - "protocol", and the ports and the address of the honeypot, are on session.connect only until 3.0.10, and
//   "protocol" on no line of 2017: there "system" names the transport.
// - In direct-tcpip.* events "src_port", "dst_ip" and "dst_port" are those of a tunnel that the client asks for. So
//   ports and the honeypot's address are read from session.connect alone.
// - A line that was typed is command.input; the commands of it come again as command.success (2017), or
//   command.failed. Those, and what was typed into a program (session.input; under scp it is called
//   session.file_download, with "input") are HONEYPOT_RAN, so that lines are not counted twice.
// - session.file_download without "url" is a file that the shell wrote by > or >>: the bytes came through the
//   session, and so it is an upload of "destfile".
// - Times end in Z, in an offset, or in nothing (UTC); or are a number.
// - What is no UTF-8 is Python's b'...' as text; client.version is quoted so until 2021 even if it is.
// - T-Pot renames dst_ to dest_ and has "@timestamp"; Elasticsearch wraps all in "_source".
//
// How long a session was is told in four ways ("duration" as a number or text, "duration_ms"), and
// never needed: its events have times.
#include "honeypot/flat.h"
#include "honeypot/json_form.h"

static struct span raw_of(const struct flat *flat, enum flat_member member)
{
	return flat->values[member].raw;
}

// A text of the attacker's.
static struct span text_of(struct log_reading *r, const struct flat *flat, enum flat_member member)
{
	const struct flat_value *value = &flat->values[member];
	if (!value->is_text)
		return (struct span){ .length = 0 };
	return log_python(r, value->has_escapes ? log_unescape(r, value->raw) : value->raw);
}

// A name of the honeypot's own; a number as it is written.
static struct span name_of(struct log_reading *r, const struct flat *flat, enum flat_member member)
{
	const struct flat_value *value = &flat->values[member];
	if (!value->is_text && !value->is_number)
		return (struct span){ .length = 0 };
	return value->has_escapes ? log_unescape(r, value->raw) : value->raw;
}

static bool read_time(struct log_reading *r, const struct flat *flat, uint64_t *out)
{
	static const enum flat_member members[] = { FLAT_TIMESTAMP, FLAT_AT_TIMESTAMP, FLAT_EPOCH,
		                                    FLAT_TIME };
	for (unsigned i = 0; i < sizeof members / sizeof *members; i++)
		if (log_time(r, raw_of(flat, members[i]), out))
			return true;
	return false;
}

static bool has(struct span text, const char *word)
{
	const size_t length = __builtin_strlen(word);
	return text.length >= length && memmem(text.bytes, text.length, word, length) != NULL;
}

// In 2017 "HoneyPotSSHTransport,13477,192.0.2.1", "cowrie.telnet.transport.HoneyPotTelnetFactory", ...
static enum honeypot_protocol protocol_of(const struct flat *flat)
{
	const struct flat_value *protocol = &flat->values[FLAT_PROTOCOL];
	const struct span system = raw_of(flat, FLAT_SYSTEM);
	if (protocol->is_there)
		return protocol->is_text ? log_protocol(protocol->raw) : HONEYPOT_PROTOCOL_UNKNOWN;
	if (has(system, "TelnetTransport") || has(system, "TelnetFactory"))
		return HONEYPOT_TELNET;
	return has(system, "SSH") ? HONEYPOT_SSH : HONEYPOT_PROTOCOL_UNKNOWN;
}

// What the lines of each kind give, beside what all have.

static void take_connect(struct log_reading *r, const struct flat *flat,
                         struct honeypot_event *event)
{
	(void)r;
	log_address(raw_of(flat, FLAT_DESTINATION), &event->destination);
	event->source_port = log_port(raw_of(flat, FLAT_SOURCE_PORT));
	event->port = log_port(raw_of(flat, FLAT_PORT));
}

static void take_login(struct log_reading *r, const struct flat *flat, struct honeypot_event *event)
{
	event->text = log_pair(r, text_of(r, flat, FLAT_USER), text_of(r, flat, FLAT_PASSWORD));
}

static void take_input(struct log_reading *r, const struct flat *flat, struct honeypot_event *event)
{
	event->text = text_of(r, flat, FLAT_INPUT);
}

static bool is_wanting(const struct flat *flat, enum flat_member member)
{
	return raw_of(flat, member).length == 0;
}

// A file that came through the session, by the first name that is there.
static void take_upload(struct log_reading *r, const struct flat *flat,
                        struct honeypot_event *event)
{
	static const enum flat_member members[] = { FLAT_FILENAME, FLAT_DESTFILE, FLAT_OUTFILE };
	unsigned i = 0;
	while (i + 1 < sizeof members / sizeof *members && is_wanting(flat, members[i]))
		i++;
	event->kind = HONEYPOT_UPLOAD;
	event->text = log_pair(r, text_of(r, flat, members[i]), name_of(r, flat, FLAT_DIGEST));
}

static void take_fetch(struct log_reading *r, const struct flat *flat, struct honeypot_event *event)
{
	if (!is_wanting(flat, FLAT_URL)) {
		event->text = log_pair(r, text_of(r, flat, FLAT_URL),
		                       name_of(r, flat, FLAT_DIGEST));
	} else if (is_wanting(flat, FLAT_DIGEST) && flat->values[FLAT_INPUT].is_there) {
		event->kind = HONEYPOT_RAN;
		take_input(r, flat, event);
	} else {
		take_upload(r, flat, event);
	}
}

// 'SSH-2.0-Go' until 2021, in quotes or as bytes.
static void take_client(struct log_reading *r, const struct flat *flat,
                        struct honeypot_event *event)
{
	struct span text = text_of(r, flat, FLAT_VERSION);
	if (text.length >= 2 && text.bytes[0] == '\'' && text.bytes[text.length - 1] == '\'')
		text = (struct span){ text.bytes + 1, text.length - 2 };
	event->text = text;
}

static void take_nothing(struct log_reading *r, const struct flat *flat,
                         struct honeypot_event *event)
{
	(void)r;
	(void)flat;
	(void)event;
}

#define KIND(name, kind, take)                                                                     \
	{                                                                                          \
		sizeof name - 1, name, kind, take                                                  \
	}
static const struct kind {
	size_t length;
	const char *name;  // behind "cowrie."
	enum honeypot_event_kind kind;
	void (*take)(struct log_reading *, const struct flat *, struct honeypot_event *);
} kinds[] = {
	KIND("command.input", HONEYPOT_INPUT, take_input),
	KIND("session.connect", HONEYPOT_CONNECT, take_connect),
	KIND("session.closed", HONEYPOT_CLOSED, take_nothing),
	KIND("login.failed", HONEYPOT_LOGIN_FAILED, take_login),
	KIND("login.success", HONEYPOT_LOGIN, take_login),
	KIND("client.version", HONEYPOT_CLIENT, take_client),
	KIND("command.failed", HONEYPOT_RAN, take_input),
	KIND("command.success", HONEYPOT_RAN, take_input),
	KIND("session.input", HONEYPOT_RAN, take_input),
	KIND("session.file_download", HONEYPOT_FETCH, take_fetch),
	KIND("session.file_download.failed", HONEYPOT_FETCH, take_fetch),
	KIND("session.file_upload", HONEYPOT_UPLOAD, take_upload),
};

static const struct kind *kind_of(struct span eventid)
{
	const struct span name = span_from(eventid, sizeof "cowrie." - 1);
	for (unsigned i = 0; i < sizeof kinds / sizeof *kinds; i++)
		if (name.length == kinds[i].length &&
		    memcmp(name.bytes, kinds[i].name, name.length) == 0)
			return &kinds[i];
	return NULL;
}

bool cowrie_is(const struct flat *flat)
{
	return flat->values[FLAT_EVENTID].is_text &&
	       log_starts(raw_of(flat, FLAT_EVENTID), "cowrie.");
}

void cowrie_take(struct log_reading *r, const struct flat *flat)
{
	const struct kind *kind = kind_of(raw_of(flat, FLAT_EVENTID));
	struct honeypot_event event = { .kind = HONEYPOT_CONNECT };
	if (kind == NULL) {
		log_other(r);
		return;
	}
	if (!read_time(r, flat, &event.time_ns)) {
		log_skip(r, HONEYPOT_SKIP_TIME, "has no time");
		return;
	}
	if (!flat->values[FLAT_SOURCE].is_text ||
	    !log_address(raw_of(flat, FLAT_SOURCE), &event.source)) {
		log_skip(r, HONEYPOT_SKIP_ADDRESS, NULL);
		return;
	}
	event.kind = kind->kind;
	event.protocol = protocol_of(flat);
	event.session = name_of(r, flat, FLAT_SESSION);
	event.sensor = name_of(r, flat, FLAT_SENSOR);
	if (event.sensor.length == 0)
		event.sensor = name_of(r, flat, FLAT_UUID);
	kind->take(r, flat, &event);
	log_event(r, &event);
}
