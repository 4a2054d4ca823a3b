// SPDX-License-Identifier: MIT
#include "analyse/variants/transports.h"

#include "base/memory.h"

#include <stdlib.h>
#include <string.h>

// A connection and nothing else.
struct stub {
	int32_t day;
	uint32_t source, destination;
	uint64_t first_ns;
	uint16_t source_port, port;
	uint8_t protocol, sensor_length, name_length;
	bool is_taken;
	size_t next;  // of one that is taken: no later than the next that is free
	uint8_t sensor[HONEYPOT_SENSOR_MAX], name[HONEYPOT_SESSION_MAX];
};

// A transport: a session, and behind it what it points to.
struct torn {
	struct session *session;
	uint64_t number;
};

bool transports_is_half(const struct session *s, bool is_connected, uint64_t events)
{
	const bool is_transport = honeypot_session_is_transport(s->name);
	return is_connected ? events == 1 && !is_transport : is_transport;
}

static bool keep_stub(struct transports *t, const struct session *s, struct error *error)
{
	if (t->stub_count == t->stub_capacity) {
		const size_t capacity = 2 * t->stub_capacity + 64;
		void *more = memory_resize(t->stubs, capacity, sizeof *t->stubs);
		if (more == NULL)
			return error_memory(error, "sessions");
		t->stubs = more;
		t->stub_capacity = capacity;
	}
	struct stub *stub = &t->stubs[t->stub_count++];
	*stub = (struct stub){ .day = s->day,
		               .source = s->source,
		               .destination = s->destination,
		               .first_ns = s->first_ns,
		               .source_port = s->source_port,
		               .port = s->port,
		               .protocol = (uint8_t)s->protocol,
		               .sensor_length = (uint8_t)s->sensor.length,
		               .name_length = (uint8_t)s->name.length };
	if (s->sensor.length > 0)
		memcpy(stub->sensor, s->sensor.bytes, s->sensor.length);
	if (s->name.length > 0)
		memcpy(stub->name, s->name.bytes, s->name.length);
	return true;
}

static struct session *copy(const struct session *s)
{
	const struct span *from[] = { &s->sensor, &s->name, &s->client, &s->fetched };
	const size_t length = s->sensor.length + s->name.length + s->client.length +
	                      s->fetched.length;
	struct session *kept = memory_room(sizeof *kept + length);
	if (kept == NULL)
		return NULL;
	*kept = *s;
	struct span *to[] = { &kept->sensor, &kept->name, &kept->client, &kept->fetched };
	uint8_t *at = (uint8_t *)(kept + 1);
	for (size_t i = 0; i < sizeof to / sizeof *to; i++) {
		if (from[i]->length > 0)
			memcpy(at, from[i]->bytes, from[i]->length);
		to[i]->bytes = at;
		at += from[i]->length;
	}
	return kept;
}

// The digits at the end of its name.
static uint64_t number_of(struct span name)
{
	uint64_t number = 0;
	for (size_t i = 0; i < name.length; i++)
		if (name.bytes[i] >= '0' && name.bytes[i] <= '9')
			number = number * 10 + name.bytes[i] - '0';
	return number;
}

bool transports_keep(struct transports *t, const struct session *s, bool is_connected,
                     struct error *error)
{
	if (is_connected)
		return keep_stub(t, s, error);
	if (t->count == t->capacity) {
		const size_t capacity = 2 * t->capacity + 64;
		void *more = memory_resize(t->list, capacity, sizeof *t->list);
		if (more == NULL)
			return error_memory(error, "sessions");
		t->list = more;
		t->capacity = capacity;
	}
	struct session *kept = copy(s);
	if (kept == NULL)
		return error_memory(error, "sessions");
	t->list[t->count++] = (struct torn){ kept, number_of(s->name) };
	return true;
}

static int by_source_and_time(const void *a, const void *b)
{
	const struct stub *x = a, *y = b;
	if (x->source != y->source)
		return x->source < y->source ? -1 : 1;
	if (x->first_ns != y->first_ns)
		return x->first_ns < y->first_ns ? -1 : 1;
	const size_t common = x->name_length < y->name_length ? x->name_length : y->name_length;
	const int order = memcmp(x->name, y->name, common);
	return order != 0 ? order : x->name_length - y->name_length;
}

static int by_source_and_number(const void *a, const void *b)
{
	const struct torn *x = a, *y = b;
	if (x->session->source != y->session->source)
		return x->session->source < y->session->source ? -1 : 1;
	if (x->number != y->number)
		return x->number < y->number ? -1 : 1;
	if (x->session->first_ns != y->session->first_ns)
		return x->session->first_ns < y->session->first_ns ? -1 : 1;
	return (int)x->session->protocol - (int)y->session->protocol;
}

// The first that is free from there on; who asks again goes there at once.
static size_t free_from(struct transports *t, size_t from)
{
	size_t free = from;
	while (free < t->stub_count && t->stubs[free].is_taken)
		free = t->stubs[free].next;
	while (from < free) {
		const size_t next = t->stubs[from].next;
		t->stubs[from].next = free;
		from = next;
	}
	return free;
}

// Where the connections of the source begin that are no older than that.
static size_t first_of(const struct transports *t, uint32_t source, uint64_t time_ns)
{
	size_t low = 0, high = t->stub_count;
	while (low < high) {
		const size_t middle = low + (high - low) / 2;
		const struct stub *stub = &t->stubs[middle];
		if (stub->source < source || (stub->source == source && stub->first_ns < time_ns))
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static bool may_be_of(const struct stub *stub, const struct session *s)
{
	return stub->protocol == s->protocol || stub->protocol == HONEYPOT_PROTOCOL_UNKNOWN ||
	       s->protocol == HONEYPOT_PROTOCOL_UNKNOWN;
}

// The first connection of its source that it may be of; stub_count: there is none.
static size_t find_stub(struct transports *t, const struct session *s)
{
	const uint64_t oldest = s->first_ns < TRANSPORT_WAIT_NS ? 0
	                                                        : s->first_ns - TRANSPORT_WAIT_NS;
	size_t i = free_from(t, first_of(t, s->source, oldest));
	for (; i < t->stub_count; i = free_from(t, i + 1)) {
		const struct stub *stub = &t->stubs[i];
		if (stub->source != s->source || stub->first_ns > s->first_ns)
			break;
		if (may_be_of(stub, s))
			return i;
	}
	return t->stub_count;
}

static void join(struct session *s, struct transports *t, size_t index)
{
	struct stub *stub = &t->stubs[index];
	stub->is_taken = true;
	stub->next = index + 1;
	s->day = stub->day;
	s->first_ns = stub->first_ns;
	s->name = (struct span){ stub->name, stub->name_length };
	s->destination = stub->destination;
	s->source_port = stub->source_port;
	s->port = stub->port;
	if (s->protocol == HONEYPOT_PROTOCOL_UNKNOWN)
		s->protocol = stub->protocol;
}

static struct session of_stub(const struct stub *stub)
{
	return (struct session){ .day = stub->day,
		                 .first_ns = stub->first_ns,
		                 .last_ns = stub->first_ns,
		                 .sensor = { stub->sensor, stub->sensor_length },
		                 .name = { stub->name, stub->name_length },
		                 .source = stub->source,
		                 .destination = stub->destination,
		                 .source_port = stub->source_port,
		                 .port = stub->port,
		                 .protocol = (enum honeypot_protocol)stub->protocol };
}

static void join_all(struct transports *t)
{
	if (t->count == 0)
		return;
	if (t->stub_count > 1)
		qsort(t->stubs, t->stub_count, sizeof *t->stubs, by_source_and_time);
	qsort(t->list, t->count, sizeof *t->list, by_source_and_number);
	for (size_t i = 0; i < t->count; i++) {
		const size_t stub = find_stub(t, t->list[i].session);
		if (stub < t->stub_count)
			join(t->list[i].session, t, stub);
	}
}

static void let_go(struct transports *t)
{
	for (size_t i = 0; i < t->count; i++)
		memory_free(t->list[i].session);
	t->count = t->stub_count = 0;
}

bool transports_join(struct transports *t, struct day_range days,
                     const struct session_visitor *visitor, struct error *error)
{
	bool ok = true;
	join_all(t);
	for (size_t i = 0; ok && i < t->count; i++)
		ok = !day_range_holds(days, t->list[i].session->day) ||
		     visitor->session(visitor->context, t->list[i].session, error);
	for (size_t i = 0; ok && i < t->stub_count; i++) {
		const struct session session = of_stub(&t->stubs[i]);
		ok = t->stubs[i].is_taken || !day_range_holds(days, session.day) ||
		     visitor->session(visitor->context, &session, error);
	}
	let_go(t);
	return ok;
}

void transports_done(struct transports *t)
{
	let_go(t);
	memory_free(t->stubs);
	memory_free(t->list);
}
