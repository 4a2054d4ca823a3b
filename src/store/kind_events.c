// SPDX-License-Identifier: MIT
// What was done at honeypots (honeypot/event.h): a row for each day of which there is something, with the file
// that has the events, each once, in the order that keeps those of a session together.
#include "store/kind.h"
#include "store/records.h"

static const char layout[] =
	"CREATE TABLE events (day TEXT NOT NULL, day_number INTEGER PRIMARY KEY,"
	"  file TEXT NOT NULL UNIQUE, bytes INTEGER NOT NULL, events INTEGER NOT NULL,"
	"  digest INTEGER NOT NULL);";

static const char *const checks[] = {
	("SELECT 'day and day_number differ: ' || file FROM events"
	 " WHERE day <> date(day_number * 86400, 'unixepoch')"),
	("SELECT 'events that cannot be: ' || file FROM events"
	 " WHERE typeof(bytes) <> 'integer' OR typeof(events) <> 'integer'"
	 " OR typeof(digest) <> 'integer' OR bytes <= 0 OR events <= 0"),
	NULL,
};

const struct store_kind kind_events = {
	.name = "events",
	.layout = layout,
	.checks = checks,
};

// The first byte of an event in the columns.
enum { KIND = 15, SAME_PLACE = 16, SAME_LINE = 32, IS_CUT = 64 };
_Static_assert(HONEYPOT_EVENT_KINDS <= KIND + 1, "a kind is four bits");
_Static_assert((int)HONEYPOT_SENSOR_MAX <= (int)RECORDS_NAME_MAX, "a sensor is a name");

static int compare(const union store_record *a, const union store_record *b)
{
	return honeypot_event_compare(&a->event, &b->event);
}

static uint64_t time_ns(const union store_record *r)
{
	return r->event.time_ns;
}

static struct span group(const union store_record *r)
{
	return r->event.sensor;
}

// The beginning of the session's name; without one the source, and the time.
static uint64_t key(const union store_record *r)
{
	const struct honeypot_event *e = &r->event;
	uint64_t name = 0;
	if (e->session.length == 0)
		return (uint64_t)e->source << 31 | e->time_ns >> 33;
	for (size_t i = 0; i < sizeof name; i++)
		name = name << 8 | (i < e->session.length ? e->session.bytes[i] : 0);
	return UINT64_C(1) << 63 | name >> 1;
}

static unsigned spans(union store_record *r, struct span *out[RECORDS_SPANS])
{
	out[0] = &r->event.sensor;
	out[1] = &r->event.session;
	out[2] = &r->event.text;
	return 3;
}

static bool is_equal(struct span a, struct span b)
{
	return a.length == b.length && (a.length == 0 || memcmp(a.bytes, b.bytes, a.length) == 0);
}

static bool is_same_place(const struct honeypot_event *a, const struct honeypot_event *b)
{
	return a->source == b->source && is_equal(a->session, b->session) &&
	       is_equal(a->sensor, b->sensor);
}

static bool is_same_line(const struct honeypot_event *a, const struct honeypot_event *b)
{
	return a->destination == b->destination && a->source_port == b->source_port &&
	       a->port == b->port && a->protocol == b->protocol;
}

static struct span keep(uint8_t *room, struct span span)
{
	if (span.length > 0)
		memcpy(room, span.bytes, span.length);
	return (struct span){ room, span.length };
}

static void write_place(struct records_writer *w, const struct honeypot_event *e)
{
	struct buffer *keys = records_keys(w);
	uint8_t *room;
	struct honeypot_event *last = &records_written(w, &room)->event;
	records_put_name(w, e->sensor);
	buffer_varint(keys, e->session.length);
	buffer_append(keys, e->session.bytes, e->session.length);
	buffer_u32(keys, e->source);
	last->sensor = keep(room, e->sensor);
	last->session = keep(room + HONEYPOT_SENSOR_MAX, e->session);
	last->source = e->source;
}

static void write_line(struct buffer *keys, const struct honeypot_event *e)
{
	buffer_u32(keys, e->destination);
	buffer_u16(keys, e->source_port);
	buffer_u16(keys, e->port);
	buffer_byte(keys, (uint8_t)e->protocol);
}

static void write(struct records_writer *w, const union store_record *record)
{
	const struct honeypot_event *e = &record->event;
	struct buffer *keys = records_keys(w);
	uint8_t *ignored;
	struct honeypot_event *last = &records_written(w, &ignored)->event;
	assert(e->sensor.length <= HONEYPOT_SENSOR_MAX &&
	       e->session.length <= HONEYPOT_SESSION_MAX && e->text.length <= HONEYPOT_TEXT_MAX);
	const bool same_place = is_same_place(e, last), same_line = is_same_line(e, last);
	buffer_byte(keys, (uint8_t)((unsigned)e->kind | (same_place ? SAME_PLACE : 0u) |
	                            (same_line ? SAME_LINE : 0u) | (e->is_cut ? IS_CUT : 0u)));
	buffer_varint(keys, zigzag(e->time_ns - last->time_ns));
	if (!same_place)
		write_place(w, e);
	if (!same_line)
		write_line(keys, e);
	records_put_text(w, e->text);
	const struct honeypot_event place = *last;
	*last = *e;
	last->sensor = place.sensor;
	last->session = place.session;
}

static bool read_place(struct records_reader *reader, struct honeypot_event *out)
{
	struct cursor *c = records_columns(reader);
	if (!records_get_name(reader, &out->sensor) || out->sensor.length > HONEYPOT_SENSOR_MAX)
		return false;
	const uint64_t length = cursor_varint(c);
	if (c->is_short || length > HONEYPOT_SESSION_MAX)
		return false;
	out->session = cursor_take(c, (size_t)length);
	const struct span source = cursor_take(c, 4);
	if (c->is_short)
		return false;
	out->source = span_u32_le(source, 0);
	return true;
}

static bool read_line(struct cursor *c, struct honeypot_event *out)
{
	const struct span line = cursor_take(c, 9);
	if (c->is_short || span_u8(line, 8) >= HONEYPOT_PROTOCOLS)
		return false;
	out->destination = span_u32_le(line, 0);
	out->source_port = span_u16_le(line, 4);
	out->port = span_u16_le(line, 6);
	out->protocol = span_u8(line, 8);
	return true;
}

static bool read(struct records_reader *reader, union store_record *out)
{
	struct cursor *c = records_columns(reader);
	const struct span first = cursor_take(c, 1);
	const uint64_t time = cursor_varint(c);
	if (c->is_short || span_u8(first, 0) >= 2 * IS_CUT ||
	    (span_u8(first, 0) & KIND) >= HONEYPOT_EVENT_KINDS)
		return false;
	const unsigned bits = span_u8(first, 0);
	*out = *records_read(reader);
	out->event.kind = bits & KIND;
	out->event.is_cut = (bits & IS_CUT) != 0;
	out->event.time_ns += unzigzag(time);
	return ((bits & SAME_PLACE) != 0 || read_place(reader, &out->event)) &&
	       ((bits & SAME_LINE) != 0 || read_line(c, &out->event)) &&
	       records_get_text(reader, HONEYPOT_TEXT_MAX, &out->event.text);
}

const struct records_form records_events = {
	.table = "events",
	.all = "events",
	.magic = "hotaruE\1",
	.compare = compare,
	.time_ns = time_ns,
	.group = group,
	.key = key,
	.spans = spans,
	.write = write,
	.read = read,
};
