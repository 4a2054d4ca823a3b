// SPDX-License-Identifier: MIT
#include "honeypot/flat.h"

#include <string.h>

// By length, then as written. T-Pot has dest_ for dst_.
static const struct name {
	uint8_t length, member;
	char text[16];  // zeros behind it
} names[] = {
	{ 3, FLAT_URL, "url" },
	{ 4, FLAT_TIME, "time" },
	{ 4, FLAT_UUID, "uuid" },
	{ 5, FLAT_EPOCH, "epoch" },
	{ 5, FLAT_INPUT, "input" },
	{ 6, FLAT_SOURCE, "src_ip" },
	{ 6, FLAT_DESTINATION, "dst_ip" },
	{ 6, FLAT_SENSOR, "sensor" },
	{ 6, FLAT_SYSTEM, "system" },
	{ 6, FLAT_DIGEST, "shasum" },
	{ 7, FLAT_EVENTID, "eventid" },
	{ 7, FLAT_SESSION, "session" },
	{ 7, FLAT_DESTINATION, "dest_ip" },
	{ 7, FLAT_VERSION, "version" },
	{ 7, FLAT_OUTFILE, "outfile" },
	{ 8, FLAT_SOURCE_PORT, "src_port" },
	{ 8, FLAT_PORT, "dst_port" },
	{ 8, FLAT_PROTOCOL, "protocol" },
	{ 8, FLAT_USER, "username" },
	{ 8, FLAT_PASSWORD, "password" },
	{ 8, FLAT_FILENAME, "filename" },
	{ 8, FLAT_DESTFILE, "destfile" },
	{ 9, FLAT_TIMESTAMP, "timestamp" },
	{ 9, FLAT_PORT, "dest_port" },
	{ 10, FLAT_AT_TIMESTAMP, "@timestamp" },
};
enum { NAMES = sizeof names / sizeof names[0], LONGEST = 10, OTHER = FLAT_MEMBERS };

// Where the names of each length begin.
static const uint8_t first_of[LONGEST + 2] = { 0, 0, 0, 0, 1, 3, 5, 10, 15, 22, 24, NAMES };

// Eight bytes as a number, the first one lowest.
static uint64_t load(const void *at)
{
	uint64_t word;
	memcpy(&word, at, sizeof word);
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
	word = __builtin_bswap64(word);
#endif
	return word;
}

// The first eight bytes of a name, zeros behind it; `room`: so many bytes are there, of whatever.
static uint64_t begin_of(struct span name, size_t room)
{
	if (room >= 8)
		return name.length >= 8 ? load(name.bytes)
		                        : load(name.bytes) & ((UINT64_C(1) << 8 * name.length) - 1);
	uint8_t copy[8] = { 0 };
	memcpy(copy, name.bytes, name.length);
	return load(copy);
}

static unsigned member_of(struct span name, size_t room)
{
	if (name.length > LONGEST || name.length == 0)
		return OTHER;
	const uint64_t begin = begin_of(name, room);
	for (unsigned i = first_of[name.length]; i < first_of[name.length + 1]; i++)
		if (load(names[i].text) == begin &&
		    (name.length <= 8 ||
		     memcmp(names[i].text + 8, name.bytes + 8, name.length - 8) == 0))
			return names[i].member;
	return OTHER;
}

struct scan {
	const uint8_t *at, *end;
};

static void skip_blanks(struct scan *s)
{
	while (s->at < s->end && (*s->at == ' ' || *s->at == '\t' || *s->at == '\r'))
		s->at++;
}

static bool take(struct scan *s, uint8_t byte)
{
	if (s->at == s->end || *s->at != byte)
		return false;
	s->at++;
	return true;
}

// Marks, of eight bytes, those that end a text or are no plain ones: a quote, a backslash, a control character. The
// lowest mark is right; those above it may be wrong.
static uint64_t marks(uint64_t word)
{
	const uint64_t ones = 0x0101010101010101, highs = 0x8080808080808080;
	const uint64_t quotes = word ^ ones * '"', slashes = word ^ ones * '\\';
	const uint64_t found = ((word - ones * 0x20) & ~word) | ((quotes - ones) & ~quotes) |
	                       ((slashes - ones) & ~slashes);
	return found & highs;
}

// Goes to the next byte that is no plain one, or to the end.
static void skip_plain(struct scan *s)
{
	while (s->end - s->at >= 8) {
		const uint64_t found = marks(load(s->at));
		if (found != 0) {
			s->at += __builtin_ctzll(found) / 8;
			return;
		}
		s->at += 8;
	}
	while (s->at < s->end && *s->at != '"' && *s->at != '\\' && *s->at >= ' ')
		s->at++;
}

static bool take_escape(struct scan *s)
{
	if (s->end - s->at < 6)
		return false;  // the line would end in a text
	if (s->at[1] != 'u') {
		if (memchr("\"\\/bfnrt", s->at[1], 8) == NULL)
			return false;
		s->at += 2;
		return true;
	}
	for (unsigned i = 2; i < 6; i++) {
		const uint8_t low = s->at[i] | 0x20;
		if (!(s->at[i] >= '0' && s->at[i] <= '9') && !(low >= 'a' && low <= 'f'))
			return false;
	}
	s->at += 6;
	return true;
}

// Behind its first quote, up to behind its last.
static bool take_text(struct scan *s, struct flat_value *out)
{
	const uint8_t *begin = s->at;
	out->has_escapes = false;
	for (;;) {
		skip_plain(s);
		if (s->at == s->end || *s->at < ' ')
			return false;
		if (*s->at == '"')
			break;
		out->has_escapes = true;
		if (!take_escape(s))
			return false;
	}
	out->raw = (struct span){ begin, (size_t)(s->at - begin) };
	out->is_there = out->is_text = true;
	s->at++;
	return true;
}

// Digits, and perhaps a fraction; a sign or an exponent is not plain.
static bool take_number(struct scan *s, struct flat_value *out)
{
	const uint8_t *begin = s->at;
	bool is_behind_point = false;
	while (s->at < s->end && ((*s->at >= '0' && *s->at <= '9') || *s->at == '.')) {
		if (*s->at == '.' && (is_behind_point || s->at == begin))
			return false;
		is_behind_point |= *s->at == '.';
		s->at++;
	}
	const size_t length = (size_t)(s->at - begin);
	if (length == 0 || s->at[-1] == '.' || (length > 1 && begin[0] == '0' && begin[1] != '.'))
		return false;
	out->raw = (struct span){ begin, length };
	out->is_there = out->is_number = true;
	return true;
}

static bool take_word(struct scan *s, struct flat_value *out)
{
	static const char *const words[] = { "true", "false", "null" };
	for (unsigned i = 0; i < 3; i++) {
		const size_t length = strlen(words[i]);
		if ((size_t)(s->end - s->at) < length || memcmp(s->at, words[i], length) != 0)
			continue;
		s->at += length;
		out->is_there = true;
		return true;
	}
	return false;
}

// A list of texts; what else a list may have is not plain.
static bool take_list(struct scan *s, struct flat_value *out)
{
	struct flat_value item;
	out->is_there = true;
	skip_blanks(s);
	if (take(s, ']'))
		return true;
	do {
		skip_blanks(s);
		if (!take(s, '"') || !take_text(s, &item))
			return false;
		skip_blanks(s);
	} while (take(s, ','));
	return take(s, ']');
}

static bool take_value(struct scan *s, struct flat_value *out)
{
	*out = (struct flat_value){ .is_there = false };
	if (take(s, '"'))
		return take_text(s, out);
	if (take(s, '['))
		return take_list(s, out);
	if (s->at < s->end && *s->at >= 'f')
		return take_word(s, out);
	return take_number(s, out);
}

static bool take_member(struct scan *s, struct flat *flat)
{
	struct flat_value name, value;
	skip_blanks(s);
	if (!take(s, '"') || !take_text(s, &name) || name.has_escapes)
		return false;
	skip_blanks(s);
	if (!take(s, ':'))
		return false;
	skip_blanks(s);
	if (!take_value(s, &value))
		return false;
	skip_blanks(s);
	const unsigned member = member_of(name.raw, (size_t)(s->end - name.raw.bytes));
	if (member != OTHER && !flat->values[member].is_there)
		flat->values[member] = value;
	return true;
}

bool flat_read(struct flat *flat, struct span line)
{
	struct scan s = { line.bytes, line.bytes + line.length };
	*flat = (struct flat){ .values = { { .is_there = false } } };
	if (!take(&s, '{'))
		return false;
	do {
		if (!take_member(&s, flat))
			return false;
	} while (take(&s, ','));
	return take(&s, '}') && s.at == s.end;
}

void flat_of_json(struct flat *flat, const struct json *json, const struct json_value *object)
{
	const struct json_value *name = json_first(json, object);
	*flat = (struct flat){ .values = { { .is_there = false } } };
	while (name != NULL && object->kind == JSON_OBJECT) {
		char text[LONGEST + 1] = "";
		const struct json_value *value = json_next(json, object, name);
		const unsigned member = json_copy(json, name, text, sizeof text)
		                                ? member_of((struct span){ (const uint8_t *)text,
		                                                           strlen(text) },
		                                            sizeof text)
		                                : OTHER;
		if (value == NULL)
			return;
		if (member != OTHER && !flat->values[member].is_there)
			flat->values[member] = (struct flat_value){
				.raw = json_raw(json, value),
				.is_there = true,
				.is_text = value->kind == JSON_TEXT,
				.is_number = value->kind == JSON_NUMBER,
				.has_escapes = value->has_escapes,
			};
		name = json_next(json, object, value);
	}
}
