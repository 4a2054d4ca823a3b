// SPDX-License-Identifier: MIT
#include "honeypot/reader.h"

#include "base/base64.h"
#include "base/calendar.h"
#include "base/memory.h"
#include "base/text.h"

enum { EVENTS_FIRST = 1024 };

// ---- what a line gave

void log_skip(struct log_reading *r, enum honeypot_skip skip, const char *words)
{
	r->ledger.skipped[skip]++;
	if (r->damage != NULL || !honeypot_skip_is_damage(skip))
		return;
	r->damage = words;
	r->damaged_line = r->lines;
	r->damaged_at = r->line;
}

void log_other(struct log_reading *r)
{
	r->ledger.others++;
}

static bool grow(struct log_reading *r)
{
	const size_t capacity = r->events_capacity == 0 ? EVENTS_FIRST : 2 * r->events_capacity;
	struct honeypot_event *events = memory_resize(r->events, capacity, sizeof *events);
	if (events == NULL)
		return false;
	r->events = events;
	r->events_capacity = capacity;
	return true;
}

static struct span cut(struct span text, size_t maximum)
{
	if (text.length > maximum)
		text.length = maximum;
	return text;
}

void log_event(struct log_reading *r, const struct honeypot_event *event)
{
	if (++r->line_events > LOG_EVENTS_MAX) {
		if (r->line_events == LOG_EVENTS_MAX + 1)
			log_skip(r, HONEYPOT_SKIP_LONG, "gives more than 65536 events");
		return;
	}
	if (r->count == r->events_capacity && !grow(r)) {
		r->has_no_memory = true;
		return;
	}
	struct honeypot_event *kept = &r->events[r->count++];
	*kept = *event;
	kept->sensor = cut(event->sensor, HONEYPOT_SENSOR_MAX);
	kept->session = cut(event->session, HONEYPOT_SESSION_MAX);
	kept->text = cut(event->text, HONEYPOT_TEXT_MAX);
	kept->is_cut |= event->text.length > HONEYPOT_TEXT_MAX;
	r->ledger.cut += kept->is_cut;
}

// ---- pieces of lines

bool log_is(struct span s, const char *text)
{
	return s.length == strlen(text) && (s.length == 0 || memcmp(s.bytes, text, s.length) == 0);
}

bool log_starts(struct span s, const char *start)
{
	const size_t length = strlen(start);
	return s.length >= length && (length == 0 || memcmp(s.bytes, start, length) == 0);
}

struct span log_until(struct span *s, uint8_t separator)
{
	const uint8_t *end = s->length == 0 ? NULL : memchr(s->bytes, separator, s->length);
	const size_t length = end == NULL ? s->length : (size_t)(end - s->bytes);
	const struct span taken = { s->bytes, length };
	*s = span_from(*s, length + 1);
	return taken;
}

static bool is_blank(uint8_t byte)
{
	return byte == ' ' || byte == '\t' || byte == '\r';
}

struct span log_trim(struct span s)
{
	while (s.length > 0 && is_blank(s.bytes[0]))
		s = span_from(s, 1);
	while (s.length > 0 && is_blank(s.bytes[s.length - 1]))
		s.length--;
	return s;
}

bool log_u64(struct span s, uint64_t maximum, uint64_t *out)
{
	uint64_t value = 0;
	if (s.length == 0 || s.length > 19)
		return false;
	for (size_t i = 0; i < s.length; i++) {
		const unsigned digit = s.bytes[i] - (unsigned)'0';
		if (digit > 9)
			return false;
		value = value * 10 + digit;
	}
	if (value > maximum)
		return false;
	*out = value;
	return true;
}

// The number at the front, up to 255, without zeros in front of it.
static bool take_octet(struct span *s, uint32_t *address)
{
	uint32_t value = 0;
	size_t digits = 0;
	for (; digits < 3 && digits < s->length; digits++) {
		const unsigned digit = s->bytes[digits] - (unsigned)'0';
		if (digit > 9)
			break;
		value = value * 10 + digit;
	}
	if (digits == 0 || value > 255 || (digits > 1 && s->bytes[0] == '0'))
		return false;
	*address = *address << 8 | value;
	*s = span_from(*s, digits);
	return true;
}

bool log_address(struct span s, uint32_t *out)
{
	uint32_t address = 0;
	if (log_starts(s, "::ffff:"))
		s = span_from(s, 7);
	for (unsigned i = 0; i < 4; i++) {
		if (i > 0) {
			if (s.length == 0 || s.bytes[0] != '.')
				return false;
			s = span_from(s, 1);
		}
		if (!take_octet(&s, &address))
			return false;
	}
	if (s.length > 0)
		return false;
	*out = address;
	return true;
}

uint16_t log_port(struct span s)
{
	uint64_t port;
	return log_u64(s, UINT16_MAX, &port) ? (uint16_t)port : 0;
}

// ---- times

// Two digits, each checked.
static bool pair_at(struct span s, size_t at, unsigned maximum, unsigned *out)
{
	const unsigned tens = s.bytes[at] - (unsigned)'0', ones = s.bytes[at + 1] - (unsigned)'0';
	*out = tens * 10 + ones;
	return tens <= 9 && ones <= 9 && *out <= maximum;
}

static bool is_day(struct log_reading *r, struct span text)
{
	char date[sizeof r->day_text + 1];
	int32_t day;
	if (memcmp(text.bytes, r->day_text, sizeof r->day_text) == 0)
		return true;
	memcpy(date, text.bytes, sizeof r->day_text);
	date[sizeof r->day_text] = '\0';
	if (!day_parse(date, &day) || day < 0 || day >= day_from_date(2199, 12, 31))
		return false;
	memcpy(r->day_text, text.bytes, sizeof r->day_text);
	r->day = day;
	return true;
}

// What nearly all have: 2018-06-15T00:04:39.596202Z. False: it is another, or none.
static bool read_plain_time(struct log_reading *r, struct span text, uint64_t *out_ns)
{
	enum { DAY = 10, FRACTION = 19, SECONDS_A_DAY = 86400 };
	unsigned hour, minute, second, fraction = 0, digits = 0;
	if (text.length != 27 || text.bytes[DAY] != 'T' || text.bytes[26] != 'Z' ||
	    text.bytes[13] != ':' || text.bytes[16] != ':' || text.bytes[FRACTION] != '.' ||
	    !pair_at(text, 11, 23, &hour) || !pair_at(text, 14, 59, &minute) ||
	    !pair_at(text, 17, 59, &second) || !is_day(r, text))
		return false;
	for (; digits < 6; digits++) {
		const unsigned digit = text.bytes[FRACTION + 1 + digits] - (unsigned)'0';
		if (digit > 9)
			return false;
		fraction = fraction * 10 + digit;
	}
	const uint64_t seconds = (uint64_t)r->day * SECONDS_A_DAY + hour * 3600 + minute * 60 +
	                         second;
	*out_ns = seconds * NANOSECONDS_A_SECOND + UINT64_C(1000) * fraction;
	return true;
}

// +0900, as Python writes it, gets its colon.
static void mend_offset(char text[64])
{
	const size_t length = strlen(text);
	if (length < 24 || length > 60 || (text[length - 5] != '+' && text[length - 5] != '-'))
		return;
	memmove(text + length - 1, text + length - 2, 3);
	text[length - 2] = ':';
}

// Seconds, or milliseconds, since 1970; an exponent is none.
static bool read_number_time(struct span text, uint64_t *out_ns)
{
	const uint64_t seconds_max = 7258032000, milliseconds_min = 100000000000;
	uint64_t whole, fraction_ns = 0, unit_ns = NANOSECONDS_A_SECOND;
	struct span rest = text;
	if (!log_u64(log_until(&rest, '.'), UINT64_MAX / 1000000, &whole))
		return false;
	for (; rest.length > 0; rest = span_from(rest, 1)) {
		if (rest.bytes[0] < '0' || rest.bytes[0] > '9')
			return false;
		unit_ns /= 10;
		fraction_ns += (uint64_t)(rest.bytes[0] - '0') * unit_ns;
	}
	if (whole >= milliseconds_min) {
		*out_ns = whole * 1000000 + fraction_ns / 1000;
		return whole / 1000 < seconds_max;
	}
	*out_ns = whole * NANOSECONDS_A_SECOND + fraction_ns;
	return whole < seconds_max;
}

bool log_time(struct log_reading *r, struct span text, uint64_t *out_ns)
{
	char copy[64];
	if (read_plain_time(r, text, out_ns))
		return true;
	if (text.length == 0 || text.length >= sizeof copy - 1 ||
	    memchr(text.bytes, '\0', text.length) != NULL)
		return false;
	memcpy(copy, text.bytes, text.length);
	copy[text.length] = '\0';
	mend_offset(copy);
	return time_parse(copy, out_ns) || read_number_time(text, out_ns);
}

// ---- names

enum honeypot_protocol log_protocol(struct span name)
{
	if (log_is(name, "ssh") || log_is(name, "SSH"))
		return HONEYPOT_SSH;
	if (log_is(name, "telnet") || log_is(name, "Telnet"))
		return HONEYPOT_TELNET;
	return name.length == 0 ? HONEYPOT_PROTOCOL_UNKNOWN : HONEYPOT_OTHER;
}

// ---- texts that have to be decoded

uint8_t *log_room(struct log_reading *r, size_t length)
{
	assert(length <= r->capacity - r->used);
	uint8_t *at = r->room + r->used;
	r->used += length;
	return at;
}

struct span log_unescape(struct log_reading *r, struct span raw)
{
	uint8_t *out = log_room(r, raw.length);
	const size_t length = json_unescape(raw, out);
	r->used -= raw.length - length;
	return (struct span){ out, length };
}

static int hex_digit(uint8_t byte)
{
	if (byte >= '0' && byte <= '9')
		return byte - '0';
	byte |= 0x20;
	return byte >= 'a' && byte <= 'f' ? byte - 'a' + 10 : -1;
}

// The byte that an escape of Python stands for; moves on behind it. False: it is none.
static bool take_python(struct span *s, uint8_t *out)
{
	static const char names[] = "abfnrtv0\\'\"", bytes[] = "\a\b\f\n\r\t\v\0\\'\"";
	*out = s->bytes[0];
	if (*out != '\\') {
		*s = span_from(*s, 1);
		return true;
	}
	if (s->length >= 4 && s->bytes[1] == 'x' && hex_digit(s->bytes[2]) >= 0 &&
	    hex_digit(s->bytes[3]) >= 0) {
		*out = (uint8_t)(hex_digit(s->bytes[2]) << 4 | hex_digit(s->bytes[3]));
		*s = span_from(*s, 4);
		return true;
	}
	const char *found = s->length < 2 ? NULL : memchr(names, s->bytes[1], sizeof names - 1);
	if (found == NULL)
		return false;
	*out = (uint8_t)bytes[found - names];
	*s = span_from(*s, 2);
	return true;
}

struct span log_python(struct log_reading *r, struct span text)
{
	if (text.length < 3 || text.bytes[0] != 'b' ||
	    (text.bytes[1] != '\'' && text.bytes[1] != '"') ||
	    text.bytes[text.length - 1] != text.bytes[1])
		return text;
	struct span rest = { text.bytes + 2, text.length - 3 };
	uint8_t *out = log_room(r, rest.length);
	size_t length = 0;
	while (rest.length > 0) {
		if (rest.bytes[0] == text.bytes[1] || !take_python(&rest, &out[length])) {
			r->used = (size_t)(out - r->room);
			return text;
		}
		length++;
	}
	r->used = (size_t)(out - r->room) + length;
	return (struct span){ out, length };
}

struct span log_pair(struct log_reading *r, struct span first, struct span second)
{
	const size_t length = first.length + 1 + second.length;
	uint8_t *out = log_room(r, length);
	for (size_t i = 0; i < first.length; i++)
		out[i] = first.bytes[i] == '\0' ? ' ' : first.bytes[i];
	out[first.length] = '\0';
	if (second.length > 0)
		memcpy(out + first.length + 1, second.bytes, second.length);
	return (struct span){ out, length };
}

bool log_base64(struct log_reading *r, struct span text, struct span *out)
{
	r->scratch.length = 0;
	const bool is_read = base64_decode(&r->scratch, text);
	if (r->scratch.failed) {
		r->has_no_memory = true;
		return false;
	}
	if (!is_read)
		return false;
	*out = (struct span){ log_room(r, r->scratch.length), r->scratch.length };
	if (out->length > 0)
		memcpy(r->room + r->used - out->length, r->scratch.bytes, out->length);
	return true;
}
