// SPDX-License-Identifier: MIT
#include "simulate/cowrie.h"

#include "base/escape.h"
#include "base/memory.h"
#include "base/text.h"
#include "base/uuid.h"
#include "simulate/visit.h"

#include <stdlib.h>
#include <string.h>

enum { TEXT_MAX = 1 << 30, NUMBER_SIZE = 24 };
#define DAY_LENGTH_US (86400 * UINT64_C(1000000))

struct cowrie_log cowrie_log_new(const struct scenario *scenario, bool is_old)
{
	return (struct cowrie_log){ .scenario = scenario,
		                    .is_old = is_old,
		                    .text = buffer_up_to(TEXT_MAX) };
}

void cowrie_log_done(struct cowrie_log *log)
{
	buffer_done(&log->text);
	memory_free(log->lines);
}

// ---- a line

static void put_name(struct cowrie_log *log, const char *name)
{
	const bool is_first = log->text.bytes[log->text.length - 1] == '{';
	buffer_format(&log->text, "%s\"%s\"%s",
	              is_first      ? ""
	              : log->is_old ? ", "
	                            : ",",
	              name, log->is_old ? ": " : ":");
}

static void put_text(struct cowrie_log *log, const char *name, const char *text)
{
	put_name(log, name);
	buffer_byte(&log->text, '"');
	escape_json(&log->text, text, strlen(text));
	buffer_byte(&log->text, '"');
}

static void put_raw(struct cowrie_log *log, const char *name, const char *text)
{
	put_name(log, name);
	buffer_text(&log->text, text);
}

static void put_port(struct cowrie_log *log, const char *name, uint16_t port)
{
	char number[NUMBER_SIZE];
	text_format(number, sizeof number, "%u", (unsigned)port);
	put_raw(log, name, number);
}

uint16_t cowrie_port(const struct visit *visit)
{
	return visit->protocol == VISIT_SSH ? 2222 : 2223;
}

static void put_ends(struct cowrie_log *log, const struct visit *visit)
{
	char address[TEXT_IPV4_SIZE];
	text_from_ipv4(log->scenario->sensors[visit->sensor].address, address);
	put_port(log, "src_port", visit->source_port);
	put_text(log, "dst_ip", address);
	put_port(log, "dst_port", cowrie_port(visit));
}

// The part of Twisted that wrote the line, as logs of 2017 have it.
static void put_system(struct cowrie_log *log, const struct visit *visit, const char *source,
                       bool is_connect)
{
	static const char *const factories[] = { "cowrie.telnet.transport.HoneyPotTelnetFactory",
		                                 "cowrie.ssh.factory.CowrieSSHFactory" };
	static const char *const transports[] = { "CowrieTelnetTransport", "HoneyPotSSHTransport" };
	char name[80];
	text_format(name, sizeof name, "%s,%u,%s", transports[visit->protocol],
	            (unsigned)visit->transport, source);
	put_text(log, "system", is_connect ? factories[visit->protocol] : name);
	put_raw(log, "isError", "0");
}

static void put_sensor(struct cowrie_log *log, const struct visit *visit)
{
	static const struct uuid space = { { 0x53, 0x49, 0x4d, 0x55, 0x4c } };
	const char *name = log->scenario->sensors[visit->sensor].name;
	const struct uuid uuid = uuid_of_name(&space,
	                                      (struct span){ (const uint8_t *)name, strlen(name) });
	char text[UUID_TEXT_SIZE];
	uuid_format(&uuid, text);
	put_text(log, "sensor", name);
	if (!log->is_old)
		put_text(log, "uuid", text);
}

static void put_line(struct cowrie_log *log, const struct visit *visit, uint64_t time_us,
                     const struct cowrie_event *event)
{
	char time[CALENDAR_TIME_SIZE], source[TEXT_IPV4_SIZE], session[16], id[48];
	const bool is_connect = text_equal(event->id, "session.connect");
	time_format(time_us * 1000, 6, time);
	text_from_ipv4(visit->source, source);
	text_format(session, sizeof session, "%0*llx", log->is_old ? 8 : 12,
	            (unsigned long long)(log->is_old ? visit->session >> 16 : visit->session));
	text_format(id, sizeof id, "cowrie.%s", event->id);
	buffer_byte(&log->text, '{');
	put_text(log, "eventid", id);
	for (size_t i = 0; i < event->field_count; i++)
		(event->fields[i].is_number ? put_raw : put_text)(log, event->fields[i].name,
		                                                  event->fields[i].text);
	if (event->message != NULL)
		put_text(log, "message", event->message);
	else
		put_raw(log, "message", "[]");
	put_sensor(log, visit);
	put_text(log, "timestamp", time);
	put_text(log, "src_ip", source);
	put_text(log, "session", session);
	if (log->is_old)
		put_system(log, visit, source, is_connect);
	else
		put_text(log, "protocol", visit->protocol == VISIT_SSH ? "ssh" : "telnet");
	if (is_connect || !log->is_old)
		put_ends(log, visit);
	buffer_text(&log->text, "}\n");
}

void cowrie_tell(struct cowrie_log *log, const struct visit *visit, uint64_t time_us,
                 const struct cowrie_event *event)
{
	if (log->count == log->capacity) {
		const size_t capacity = log->capacity * 2 + 256;
		struct cowrie_line *larger = memory_resize(log->lines, capacity, sizeof *larger);
		if (larger == NULL) {
			log->is_out_of_memory = true;
			return;
		}
		log->lines = larger;
		log->capacity = capacity;
	}
	const size_t offset = log->text.length;
	put_line(log, visit, time_us, event);
	log->lines[log->count++] = (struct cowrie_line){ .time_us = time_us,
		                                         .number = log->number++,
		                                         .offset = offset,
		                                         .length = log->text.length - offset,
		                                         .sensor = visit->sensor };
}

// ---- a day

static int by_sensor_and_time(const void *a, const void *b)
{
	const struct cowrie_line *one = a, *other = b;
	if (one->sensor != other->sensor)
		return one->sensor < other->sensor ? -1 : 1;
	if (one->time_us != other->time_us)
		return one->time_us < other->time_us ? -1 : 1;
	return (one->number > other->number) - (one->number < other->number);
}

// Leaves the lines from `end_us` on, in a text of their own.
static void keep_later(struct cowrie_log *log, uint64_t end_us)
{
	struct buffer kept = buffer_up_to(TEXT_MAX);
	size_t count = 0;
	for (size_t i = 0; i < log->count; i++) {
		struct cowrie_line line = log->lines[i];
		if (line.time_us < end_us)
			continue;
		const size_t offset = kept.length;
		buffer_append(&kept, log->text.bytes + line.offset, line.length);
		line.offset = offset;
		log->lines[count++] = line;
	}
	buffer_done(&log->text);
	log->text = kept;
	log->count = count;
}

bool cowrie_hand_on(struct cowrie_log *log, int32_t day, const struct simulate_honeypots *to,
                    struct error *error)
{
	const uint64_t end_us = (uint64_t)(day + 1) * DAY_LENGTH_US;
	struct buffer out = buffer_up_to(TEXT_MAX);
	bool is_done = true;
	if (log->count > 0)
		qsort(log->lines, log->count, sizeof *log->lines, by_sensor_and_time);
	for (size_t i = 0, next = 0; is_done && i < log->count; i = next) {
		const uint32_t sensor = log->lines[i].sensor;
		out.length = 0;
		for (next = i; next < log->count && log->lines[next].sensor == sensor; next++)
			if (log->lines[next].time_us < end_us)
				buffer_append(&out, log->text.bytes + log->lines[next].offset,
				              log->lines[next].length);
		if (log->is_out_of_memory || log->text.failed || out.failed)
			is_done = error_memory(error, "the logs of honeypots");
		else if (out.length > 0)
			is_done = to->write(to->context, log->scenario->sensors[sensor].name, day,
			                    buffer_span(&out), error);
	}
	buffer_done(&out);
	keep_later(log, end_us);
	return is_done;
}
