// SPDX-License-Identifier: MIT
// For the tests of honeypot/: made logs, read back as lines of text.
#pragma once

#include "base/buffer.h"
#include "base/calendar.h"
#include "base/memory.h"
#include "base/test.h"
#include "honeypot/honeypot_file.h"

#include <string.h>
#include <unistd.h>

enum { KEPT_MAX = 64, KEPT_LINE = 512 };

struct kept {
	// "2018-06-15T00:04:39.596202Z sensor session 192.0.2.1:5 > 192.0.2.2:23 telnet input text"; zero bytes of the
	// text are "|", other control characters and what is above "~" are "?".
	char lines[KEPT_MAX][KEPT_LINE];
	size_t count, text_length;  // of all events; of the last one
	uint64_t hash;              // of all of them, in order
	bool is_cut;                // the last one
	struct honeypot_ledger ledger;
	bool is_damaged;
	struct error error;
	char form[48];
};

static inline uint64_t hash_bytes(uint64_t hash, const void *bytes, size_t length)
{
	const uint8_t *at = bytes;
	for (size_t i = 0; i < length; i++)
		hash = (hash ^ at[i]) * 0x100000001b3;
	return hash;
}

static inline void write_event(const struct honeypot_event *e, char out[KEPT_LINE])
{
	char time[CALENDAR_TIME_SIZE], source[TEXT_IPV4_SIZE], destination[TEXT_IPV4_SIZE];
	char text[256];
	const size_t length = e->text.length < sizeof text ? e->text.length : sizeof text - 1;
	for (size_t i = 0; i < length; i++) {
		const uint8_t byte = e->text.bytes[i];
		text[i] = byte == '\0' ? '|' : byte < ' ' || byte > '~' ? '?' : (char)byte;
	}
	text[length] = '\0';
	time_format(e->time_ns, 6, time);
	text_from_ipv4(e->source, source);
	text_from_ipv4(e->destination, destination);
	text_format(out, KEPT_LINE, "%s %.*s %.*s %s:%u > %s:%u %s %s %s", time,
	            (int)e->sensor.length, (const char *)e->sensor.bytes, (int)e->session.length,
	            (const char *)e->session.bytes, source, e->source_port, destination, e->port,
	            honeypot_protocol_name(e->protocol), honeypot_event_kind_name(e->kind), text);
}

static inline bool keep(void *context, const struct honeypot_event *event, struct error *error)
{
	struct kept *kept = context;
	char line[KEPT_LINE];
	(void)error;
	write_event(event, line);
	if (kept->count < KEPT_MAX)
		memcpy(kept->lines[kept->count], line, sizeof line);
	kept->count++;
	kept->text_length = event->text.length;
	kept->is_cut = event->is_cut;
	kept->hash = hash_bytes(kept->hash, line, strlen(line));
	return true;
}

// False, with kept->error, if it cannot be opened or read.
static inline bool keep_file(const char *path, unsigned threads, struct kept *kept)
{
	struct honeypot_file *file = NULL;
	const struct honeypot_receiver receiver = { .take = keep, .context = kept };
	memset(kept, 0, sizeof *kept);
	if (!honeypot_file_open(path, 0, &file, &kept->error))
		return false;
	const bool is_read = honeypot_file_read(file, threads, &receiver, &kept->error);
	kept->is_damaged = honeypot_file_damage(file, &kept->error);
	kept->ledger = *honeypot_file_ledger(file);
	text_copy(kept->form, sizeof kept->form, honeypot_file_form(file));
	honeypot_file_free(file);
	return is_read;
}

static inline bool keep_bytes(const void *bytes, size_t length, struct kept *kept)
{
	char path[] = "/tmp/hotaru-honeypot-XXXXXX";
	const int fd = mkstemp(path);
	bool is_written = fd >= 0;
	for (size_t at = 0; is_written && at < length;) {
		const ssize_t written = write(fd, (const char *)bytes + at, length - at);
		is_written = written > 0;
		at += written > 0 ? (size_t)written : 0;
	}
	close(fd);
	const bool is_read = is_written && keep_file(path, 2, kept);
	unlink(path);
	return is_read;
}

static inline bool keep_text(const char *text, struct kept *kept)
{
	return keep_bytes(text, strlen(text), kept);
}

// A log of these lines, up to a NULL.
static inline bool keep_lines(const char *const *lines, struct kept *kept)
{
	struct buffer log = buffer_up_to(64 << 10);
	for (; *lines != NULL; lines++)
		buffer_format(&log, "%s\n", *lines);
	const bool is_read = !log.failed && keep_bytes(log.bytes, log.length, kept);
	buffer_done(&log);
	return is_read;
}
#define KEEP_LINES(kept, ...) keep_lines((const char *const[]){ __VA_ARGS__, NULL }, (kept))

static inline bool kept_is(const struct kept *kept, size_t at, const char *line)
{
	const bool is_it = at < kept->count && at < KEPT_MAX && text_equal(kept->lines[at], line);
	if (!is_it)
		printf("%zu of %zu: %s\n", at, kept->count, at < KEPT_MAX ? kept->lines[at] : "");
	return is_it;
}

static inline bool kept_ends(const struct kept *kept, size_t at, const char *end)
{
	const bool is_it = at < kept->count && at < KEPT_MAX && text_ends(kept->lines[at], end);
	if (!is_it)
		printf("%zu of %zu: %s\n", at, kept->count, at < KEPT_MAX ? kept->lines[at] : "");
	return is_it;
}
