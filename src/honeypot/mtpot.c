// SPDX-License-Identifier: MIT
// MTPot's log, by Python's logging, whose times are those of its machine without a zone: taken as UTC.
//
//   2016-11-01 12:34:56,789 [HoneyTelnet] INFO MTPot.py:93 [192.0.2.7:50294] logon credentials used: user:root pass:root
//   2016-11-01 12:34:57,001 [HoneyTelnet] DEBUG MTPot.py:71 [192.0.2.7:50294] executed: ECCHI
//
// Older versions write the address alone, with brackets or without. "executed" tells what busybox was called
// with, without its name: that is put back. Everybody is let in. A session is the port that it came from.
#include "honeypot/reader.h"

struct said {
	struct span source, words;  // "192.0.2.7:50294", and all behind it
};

static bool starts_any(struct span words, const char *const begins[])
{
	for (; *begins != NULL; begins++)
		if (log_starts(words, *begins))
			return true;
	return false;
}

// What stands behind "MTPot.py:93 ". False: it is no line of MTPot's.
static bool split(struct span line, struct span *time, struct said *out)
{
	static const char mark[] = " [HoneyTelnet] ";
	const uint8_t *at = memmem(line.bytes, line.length, mark, sizeof mark - 1);
	if (at == NULL)
		return false;
	*time = (struct span){ line.bytes, (size_t)(at - line.bytes) };
	struct span rest = span_from(line, time->length + sizeof mark - 1);
	log_until(&rest, ' ');
	log_until(&rest, ' ');
	out->source = log_until(&rest, ' ');
	out->words = rest;
	return true;
}

static bool read_source(struct span source, struct honeypot_event *event)
{
	if (source.length >= 2 && source.bytes[0] == '[' && source.bytes[source.length - 1] == ']')
		source = (struct span){ source.bytes + 1, source.length - 2 };
	const struct span address = log_until(&source, ':');
	event->session = source;
	event->source_port = log_port(source);
	return log_address(address, &event->source);
}

// "user:root pass:xc3511"
static void read_login(struct log_reading *r, struct span words, struct honeypot_event *event)
{
	static const char border[] = " pass:";
	const uint8_t *at = memmem(words.bytes, words.length, border, sizeof border - 1);
	const size_t length = at == NULL ? words.length : (size_t)(at - words.bytes);
	event->kind = HONEYPOT_LOGIN;
	event->text = log_pair(r, (struct span){ words.bytes, length },
	                       span_from(words, length + sizeof border - 1));
}

static void read_command(struct log_reading *r, struct span words, struct honeypot_event *event)
{
	static const char busybox[] = "/bin/busybox ";
	uint8_t *out = log_room(r, sizeof busybox - 1 + words.length);
	memcpy(out, busybox, sizeof busybox - 1);
	if (words.length > 0)
		memcpy(out + sizeof busybox - 1, words.bytes, words.length);
	event->kind = HONEYPOT_INPUT;
	event->text = (struct span){ out, sizeof busybox - 1 + words.length };
}

// False: it is nothing that an event is.
static bool read_words(struct log_reading *r, struct span words, struct honeypot_event *event)
{
	static const char login[] = "logon credentials used: user:", command[] = "executed: ";
	static const char *const ends[] = { "session ended", "session timed out", NULL };
	if (log_starts(words, login))
		read_login(r, span_from(words, sizeof login - 1), event);
	else if (log_starts(words, command))
		read_command(r, span_from(words, sizeof command - 1), event);
	else if (starts_any(words, ends))
		event->kind = HONEYPOT_CLOSED;
	else
		return log_is(words, "session started");
	return true;
}

static void take(struct log_reading *r, struct span line)
{
	struct span time;
	struct said said;
	struct honeypot_event event = { .kind = HONEYPOT_CONNECT, .protocol = HONEYPOT_TELNET };
	if (!split(line, &time, &said) || !read_words(r, said.words, &event))
		log_other(r);
	else if (!log_time(r, time, &event.time_ns))
		log_skip(r, HONEYPOT_SKIP_TIME, "has no time");
	else if (!read_source(said.source, &event))
		log_skip(r, HONEYPOT_SKIP_ADDRESS, NULL);
	else
		log_event(r, &event);
}

static bool recognise(struct log_reading *r, struct span head)
{
	while (head.length > 0) {
		uint64_t time_ns;
		struct span time;
		struct said said;
		if (split(log_until(&head, '\n'), &time, &said) && log_time(r, time, &time_ns))
			return true;
	}
	return false;
}

const struct log_form log_form_mtpot = {
	.name = "mtpot",
	.recognise = recognise,
	.take = take,
};
