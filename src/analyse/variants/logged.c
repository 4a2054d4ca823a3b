// SPDX-License-Identifier: MIT
#include "analyse/variants/logged.h"

#include "base/calendar.h"
#include "base/memory.h"
#include "base/period.h"
#include "base/buffer.h"
#include "honeypot/event.h"

#include <stdlib.h>
#include <string.h>

#define MINUTE_NS UINT64_C(60000000000)
enum { DAY_MINUTES_MAX = 2 * 1440 };

struct sensor {
	uint8_t name[HONEYPOT_SENSOR_MAX];
	size_t length;
	int32_t first_day, last_day;
	struct buffer minutes;  // uint32_t since 1970, ascending
};

struct logging {
	struct holdings *holdings;
	struct sensor *sensors;
	size_t count, capacity;
	// Of the sensor and day at hand:
	struct sensor *sensor;
	uint32_t first_minute;
	bool is_active[DAY_MINUTES_MAX];
};

static bool fail_memory(struct error *error)
{
	return error_memory(error, "what honeypots logged");
}

// ---- minutes in which something happened

static bool find_sensor(struct logging *l, struct span name, int32_t day)
{
	for (size_t i = 0; i < l->count; i++)
		if (l->sensors[i].length == name.length &&
		    (name.length == 0 ||
		     memcmp(l->sensors[i].name, name.bytes, name.length) == 0)) {
			l->sensor = &l->sensors[i];
			l->sensor->last_day = day;
			return true;
		}
	if (l->count == l->capacity) {
		const size_t capacity = 2 * l->capacity + 8;
		void *more = memory_resize(l->sensors, capacity, sizeof *l->sensors);
		if (more == NULL)
			return false;
		l->sensors = more;
		l->capacity = capacity;
	}
	l->sensor = &l->sensors[l->count++];
	*l->sensor = (struct sensor){ .length = name.length,
		                      .first_day = day,
		                      .last_day = day,
		                      .minutes = buffer_up_to(SIZE_MAX) };
	if (name.length > 0)
		memcpy(l->sensor->name, name.bytes, name.length);
	return true;
}

// The sensor's day is through.
static bool keep_minutes(struct logging *l)
{
	for (uint32_t i = 0; l->sensor != NULL && i < DAY_MINUTES_MAX; i++)
		if (l->is_active[i]) {
			const uint32_t minute = l->first_minute + i;
			buffer_append(&l->sensor->minutes, &minute, sizeof minute);
			l->is_active[i] = false;
		}
	return l->sensor == NULL || !l->sensor->minutes.failed;
}

static bool take(struct logging *l, const struct honeypot_event *e, int32_t day)
{
	const bool is_same = l->sensor != NULL && l->sensor->length == e->sensor.length &&
	                     (e->sensor.length == 0 ||
	                      memcmp(l->sensor->name, e->sensor.bytes, e->sensor.length) == 0);
	if (!is_same && (!keep_minutes(l) || !find_sensor(l, e->sensor, day)))
		return false;
	const uint64_t minute = e->time_ns / MINUTE_NS - l->first_minute;
	if (minute < DAY_MINUTES_MAX)
		l->is_active[minute] = true;
	return true;
}

static bool read_day(struct logging *l, int32_t day, struct error *error)
{
	struct holdings_events *events;
	struct honeypot_event e;
	if (!holdings_open_events(l->holdings, day, day, &events, error))
		return false;
	bool ok = true;
	const struct day_span span = zone_span_of_day(holdings_about(l->holdings).zone, day);
	l->first_minute = (uint32_t)(span.begin_ns / MINUTE_NS);
	l->sensor = NULL;
	while (ok && events->next(events, &e, error))
		ok = take(l, &e, day) || fail_memory(error);
	holdings_close_events(events);
	return ok && error->kind == ERROR_NONE && (keep_minutes(l) || fail_memory(error));
}

// ---- gaps of one sensor

// A silence after a visit: from its last minute to the first of the next.
struct silence {
	uint32_t from, to;
};

static int by_number(const void *a, const void *b)
{
	const uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
	return (x > y) - (x < y);
}

static bool is_gap(const struct silence *list, size_t count, size_t at)
{
	const uint32_t length = list[at].to - list[at].from;
	uint32_t around[2 * LOGGED_AROUND];
	size_t kept = 0;
	if (length <= LOGGED_SILENCE_MINUTES)
		return false;
	const size_t from = at > LOGGED_AROUND ? at - LOGGED_AROUND : 0;
	for (size_t i = from; i < count && i <= at + LOGGED_AROUND; i++)
		if (i != at)
			around[kept++] = list[i].to - list[i].from;
	qsort(around, kept, sizeof *around, by_number);
	return kept >= LOGGED_KNOWN && length > LOGGED_TIMES * (uint64_t)around[kept / 2];
}

static void take_gap(struct logged *out, const struct zone *zone, struct silence gap)
{
	const int32_t first = zone_day(zone, gap.from * MINUTE_NS).day;
	for (uint32_t i = (uint32_t)(first - out->first_day); i < out->day_count; i++) {
		const struct day_span span = zone_span_of_day(zone, out->first_day + (int32_t)i);
		if (span.begin_ns / MINUTE_NS >= gap.to)
			break;
		const uint64_t begin = span.begin_ns / MINUTE_NS, end = span.end_ns / MINUTE_NS;
		const uint64_t from = begin > gap.from ? begin : gap.from;
		const uint64_t to = end < gap.to ? end : gap.to;
		if (from < to)
			out->days[i].logged -= to - from;
	}
}

static void add_days(struct logged *out, const struct zone *zone, const struct sensor *s)
{
	for (int32_t day = s->first_day; day <= s->last_day; day++) {
		struct logged_day *d = &out->days[day - out->first_day];
		const struct day_span span = zone_span_of_day(zone, day);
		const uint64_t minutes = (span.end_ns - span.begin_ns) / MINUTE_NS;
		d->sensors++;
		d->logged += minutes;
		d->possible += minutes;
	}
}

// Whatever the rates: of a day on which nobody logged anything nothing is known.
static void note_days_without_events(struct holdings *h, struct logged *out)
{
	for (uint32_t i = 0; i < out->day_count; i++) {
		const int32_t day = out->first_day + (int32_t)i;
		int32_t next;
		if (!holdings_next_event_day(h, day, &next) || next != day)
			out->days[i].logged = 0;
	}
}

// The first silence is before all visits, the last behind them.
static size_t list_silences(const struct zone *zone, const struct sensor *s, struct silence *out)
{
	const uint32_t *minutes = (const uint32_t *)(const void *)s->minutes.bytes;
	const size_t count = s->minutes.length / sizeof *minutes;
	const uint64_t begin = zone_span_of_day(zone, s->first_day).begin_ns / MINUTE_NS,
		       end = zone_span_of_day(zone, s->last_day).end_ns / MINUTE_NS;
	size_t kept = 0;
	out[kept++] = (struct silence){ (uint32_t)begin, minutes[0] };
	for (size_t i = 1; i < count; i++)
		if (minutes[i] - minutes[i - 1] > LOGGED_VISIT_MINUTES)
			out[kept++] = (struct silence){ minutes[i - 1] + 1, minutes[i] };
	out[kept++] = (struct silence){ minutes[count - 1] + 1, (uint32_t)end };
	return kept;
}

static bool find_gaps(struct logged *out, const struct zone *zone, const struct sensor *s)
{
	struct silence *list = memory_new(s->minutes.length / sizeof(uint32_t) + 2, sizeof *list);
	if (list == NULL)
		return false;
	add_days(out, zone, s);
	const size_t count = list_silences(zone, s, list);
	for (size_t i = 0; i < count; i++)
		if (is_gap(list, count, i))
			take_gap(out, zone, list[i]);
	memory_free(list);
	return true;
}

// ---- all of them

static bool add_up(const struct logging *l, struct logged *out, struct error *error)
{
	const struct zone *zone = holdings_about(l->holdings).zone;
	int32_t last = INT32_MIN;
	bool ok = true;
	if (l->count == 0)
		return true;
	out->first_day = INT32_MAX;
	for (size_t i = 0; i < l->count; i++) {
		const struct sensor *s = &l->sensors[i];
		out->first_day = s->first_day < out->first_day ? s->first_day : out->first_day;
		last = s->last_day > last ? s->last_day : last;
	}
	out->day_count = (uint32_t)(last - out->first_day) + 1;
	out->days = memory_new(out->day_count, sizeof *out->days);
	ok = out->days != NULL;
	for (size_t i = 0; ok && i < l->count; i++)
		ok = l->sensors[i].minutes.length == 0 || find_gaps(out, zone, &l->sensors[i]);
	if (ok)
		note_days_without_events(l->holdings, out);
	return ok || fail_memory(error);
}

bool logged_find(struct holdings *h, struct logged *out, struct error *error)
{
	struct logging l = { .holdings = h };
	bool ok = true;
	*out = (struct logged){ .day_count = 0 };
	error->kind = ERROR_NONE;
	for (int32_t day = INT32_MIN; ok && holdings_next_event_day(h, day, &day);) {
		ok = read_day(&l, day, error);
		if (day++ == INT32_MAX)
			break;
	}
	ok = ok && add_up(&l, out, error);
	for (size_t i = 0; i < l.count; i++)
		buffer_done(&l.sensors[i].minutes);
	memory_free(l.sensors);
	if (!ok)
		logged_done(out);
	return ok;
}

void logged_done(struct logged *l)
{
	memory_free(l->days);
	*l = (struct logged){ .day_count = 0 };
}

double logged_share(const struct logged_day *d)
{
	return d->possible == 0 ? 0 : (double)d->logged / (double)d->possible;
}
