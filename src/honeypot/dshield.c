// SPDX-License-Identifier: MIT
// Firewall lines of a DShield sensor, as netfilter logs them:
//
//   1702359975 sensor kernel:[58063.594435]  DSHIELDINPUT IN=eth0 OUT= MAC=... SRC=192.0.2.7 DST=198.51.100.1 LEN=40
//     TOS=0x00 PREC=0x00 TTL=42 ID=20851 PROTO=TCP SPT=6246 DPT=23 WINDOW=54935 RES=0x00 SYN URGP=0     (one line)
//
// The time is seconds since 1970, or RFC 3339 where syslog writes that; of others nobody knows the year.
// Only SYNs without ACK are events. Sequence numbers are there with --log-tcp-sequence alone, and not read.
#include "honeypot/reader.h"

// What stands behind "NAME=" in the line; empty: nothing does.
static struct span value_of(struct span line, const char *name)
{
	const size_t length = __builtin_strlen(name);
	while (line.length > 0) {
		const struct span word = log_until(&line, ' ');
		if (log_starts(word, name))
			return span_from(word, length);
	}
	return (struct span){ .length = 0 };
}

static bool has_word(struct span line, const char *wanted)
{
	while (line.length > 0)
		if (log_is(log_until(&line, ' '), wanted))
			return true;
	return false;
}

static void append(uint8_t *out, size_t *length, struct span text)
{
	if (text.length > 0)
		memcpy(out + *length, text.bytes, text.length);
	*length += text.length;
}

// "54935 42 SYN", flags as the line has them, with commas between them.
static struct span text_of(struct log_reading *r, struct span line, struct span window,
                           struct span ttl)
{
	static const char *const flags[] = { "CWR", "ECE", "URG", "PSH", "RST", "SYN", "FIN" };
	uint8_t *out = log_room(r,
	                        window.length + ttl.length + 2 + sizeof flags / sizeof *flags * 4);
	size_t length = 0;
	append(out, &length, window);
	append(out, &length, log_words(" "));
	append(out, &length, ttl);
	for (size_t i = 0, count = 0; i < sizeof flags / sizeof *flags; i++) {
		if (!has_word(line, flags[i]))
			continue;
		append(out, &length, log_words(count++ == 0 ? " " : ","));
		append(out, &length, log_words(flags[i]));
	}
	r->used = (size_t)(out - r->room) + length;
	return (struct span){ out, length };
}

static bool is_syn(struct span line)
{
	return log_is(value_of(line, "PROTO="), "TCP") && has_word(line, "SYN") &&
	       !has_word(line, "ACK");
}

static bool is_firewall(struct span line)
{
	return value_of(line, "SRC=").length > 0 && value_of(line, "DST=").length > 0 &&
	       value_of(line, "PROTO=").length > 0;
}

static void take(struct log_reading *r, struct span line)
{
	struct span rest = log_trim(line);
	struct honeypot_event event = { .kind = HONEYPOT_SYN };
	if (!is_firewall(rest) || !is_syn(rest)) {
		log_other(r);
		return;
	}
	if (!log_time(r, log_until(&rest, ' '), &event.time_ns)) {
		log_skip(r, HONEYPOT_SKIP_TIME, "has no time with a year");
		return;
	}
	event.sensor = log_until(&rest, ' ');
	if (!log_address(value_of(rest, "SRC="), &event.source)) {
		log_skip(r, HONEYPOT_SKIP_ADDRESS, NULL);
		return;
	}
	log_address(value_of(rest, "DST="), &event.destination);
	event.source_port = log_port(value_of(rest, "SPT="));
	event.port = log_port(value_of(rest, "DPT="));
	event.text = text_of(r, rest, value_of(rest, "WINDOW="), value_of(rest, "TTL="));
	log_event(r, &event);
}

static bool recognise(struct log_reading *r, struct span head)
{
	(void)r;
	while (head.length > 0)
		if (is_firewall(log_trim(log_until(&head, '\n'))))
			return true;
	return false;
}

const struct log_form log_form_dshield = {
	.name = "dshield",
	.recognise = recognise,
	.take = take,
};
