// SPDX-License-Identifier: MIT
#include "base/json.h"

#include "base/memory.h"

struct parser {
	struct json *json;
	const uint8_t *at, *end;
	uint32_t open[JSON_DEPTH_MAX];  // values: the containers around
	unsigned depth;
	enum json_fault fault;
};

static bool fail(struct parser *p, enum json_fault fault)
{
	p->fault = fault;
	return false;
}

// What is wrong at p->at: a byte that cannot be there, or that there is none.
static bool unexpected(struct parser *p)
{
	return fail(p, p->at == p->end ? JSON_BREAKS_OFF : JSON_IS_NONE);
}

static bool is_space(uint8_t byte)
{
	return byte == ' ' || byte == '\t' || byte == '\n' || byte == '\r';
}

static void skip_space(struct parser *p)
{
	while (p->at < p->end && is_space(*p->at))
		p->at++;
}

static bool grow(struct parser *p)
{
	struct json *json = p->json;
	if (json->count == JSON_VALUES_MAX)
		return fail(p, JSON_IS_LARGE);
	const size_t capacity = json->capacity == 0 ? 64 : json->capacity * 2;
	struct json_value *values = memory_resize(json->values, capacity, sizeof *values);
	if (values == NULL)
		return fail(p, JSON_NO_MEMORY);
	json->values = values;
	json->capacity = capacity;
	return true;
}

// A new value that begins at `begin` and is not over.
static struct json_value *add(struct parser *p, enum json_kind kind, const uint8_t *begin)
{
	struct json *json = p->json;
	if (json->count == json->capacity && !grow(p))
		return NULL;
	struct json_value *value = &json->values[json->count++];
	*value = (struct json_value){
		.begin = (uint32_t)(begin - json->document.bytes),
		.next = (uint32_t)json->count & 0x7fffffff,
		.kind = kind,
	};
	return value;
}

static void close_value(struct parser *p, struct json_value *value)
{
	value->next = (uint32_t)p->json->count & 0x7fffffff;
	value->length = (uint32_t)(p->at - p->json->document.bytes) - value->begin;
}

static int hex_digit(uint8_t byte)
{
	if (byte >= '0' && byte <= '9')
		return byte - '0';
	byte |= 0x20;
	return byte >= 'a' && byte <= 'f' ? byte - 'a' + 10 : -1;
}

// Behind a backslash.
static bool read_escape(struct parser *p)
{
	if (p->at == p->end)
		return unexpected(p);
	if (*p->at != 'u') {
		if (memchr("\"\\/bfnrt", *p->at, 8) == NULL)
			return unexpected(p);
		p->at++;
		return true;
	}
	p->at++;
	for (unsigned i = 0; i < 4; i++, p->at++)
		if (p->at == p->end || hex_digit(*p->at) < 0)
			return unexpected(p);
	return true;
}

static bool read_text(struct parser *p)
{
	struct json_value *value = add(p, JSON_TEXT, ++p->at);
	if (value == NULL)
		return false;
	for (;;) {
		while (p->at < p->end && *p->at >= ' ' && *p->at != '"' && *p->at != '\\')
			p->at++;
		if (p->at == p->end || *p->at != '\\')
			break;
		value->has_escapes = 1;
		p->at++;
		if (!read_escape(p))
			return false;
	}
	close_value(p, value);
	if (p->at == p->end || *p->at != '"')
		return unexpected(p);
	p->at++;
	return true;
}

static bool read_digits(struct parser *p)
{
	const uint8_t *begin = p->at;
	while (p->at < p->end && *p->at >= '0' && *p->at <= '9')
		p->at++;
	return p->at > begin || unexpected(p);
}

static bool at_byte(const struct parser *p, uint8_t byte)
{
	return p->at < p->end && *p->at == byte;
}

static bool read_number(struct parser *p)
{
	struct json_value *value = add(p, JSON_NUMBER, p->at);
	if (value == NULL)
		return false;
	p->at += at_byte(p, '-');
	if (at_byte(p, '0'))
		p->at++;
	else if (!read_digits(p))
		return false;
	if (at_byte(p, '.')) {
		p->at++;
		if (!read_digits(p))
			return false;
	}
	if (p->at < p->end && (*p->at | 0x20) == 'e') {
		p->at++;
		p->at += at_byte(p, '-') || at_byte(p, '+');
		if (!read_digits(p))
			return false;
	}
	close_value(p, value);
	return true;
}

static bool read_word(struct parser *p, const char *word, enum json_kind kind)
{
	struct json_value *value = add(p, kind, p->at);
	if (value == NULL)
		return false;
	for (; *word != '\0'; word++, p->at++)
		if (!at_byte(p, (uint8_t)*word))
			return unexpected(p);
	close_value(p, value);
	return true;
}

static bool open_container(struct parser *p, enum json_kind kind)
{
	if (p->depth == JSON_DEPTH_MAX)
		return fail(p, JSON_IS_DEEP);
	if (add(p, kind, p->at) == NULL)
		return false;
	p->open[p->depth++] = (uint32_t)p->json->count - 1;
	p->at++;
	return true;
}

static void close_container(struct parser *p)
{
	close_value(p, &p->json->values[p->open[--p->depth]]);
}

static bool read_value(struct parser *p)
{
	if (p->at == p->end)
		return unexpected(p);
	switch (*p->at) {
	case '{': return open_container(p, JSON_OBJECT);
	case '[': return open_container(p, JSON_ARRAY);
	case '"': return read_text(p);
	case 't': return read_word(p, "true", JSON_TRUE);
	case 'f': return read_word(p, "false", JSON_FALSE);
	case 'n': return read_word(p, "null", JSON_NULL);
	default: return read_number(p);
	}
}

// The next item of the innermost container, with its name if it is an object.
static bool read_item(struct parser *p)
{
	skip_space(p);
	if (p->json->values[p->open[p->depth - 1]].kind == JSON_OBJECT) {
		if (!at_byte(p, '"'))
			return unexpected(p);
		if (!read_text(p))
			return false;
		skip_space(p);
		if (!at_byte(p, ':'))
			return unexpected(p);
		p->at++;
		skip_space(p);
	}
	return read_value(p);
}

static bool at_end_of_container(const struct parser *p)
{
	const bool is_object = p->json->values[p->open[p->depth - 1]].kind == JSON_OBJECT;
	return at_byte(p, is_object ? '}' : ']');
}

// A value was read, or a container opened: goes on until the next one is, or all are closed.
static bool go_on(struct parser *p)
{
	const struct json *json = p->json;
	skip_space(p);
	if (at_end_of_container(p)) {
		p->at++;
		close_container(p);
		return true;
	}
	if (json->count - 1 == p->open[p->depth - 1])
		return read_item(p);
	if (!at_byte(p, ','))
		return unexpected(p);
	p->at++;
	return read_item(p);
}

static enum json_fault parse(struct parser *p)
{
	skip_space(p);
	if (!read_value(p))
		return p->fault;
	while (p->depth > 0)
		if (!go_on(p))
			return p->fault;
	skip_space(p);
	return p->at == p->end ? JSON_FINE : JSON_IS_NONE;
}

enum json_fault json_read(struct json *json, struct span document)
{
	struct parser p = { .json = json };
	json->count = 0;
	json->document = document;
	if (document.length > JSON_TEXT_MAX)
		return JSON_IS_LARGE;
	if (document.length == 0)
		return JSON_BREAKS_OFF;
	p.at = document.bytes;
	p.end = document.bytes + document.length;
	const enum json_fault fault = parse(&p);
	// What is open is closed where it broke off.
	while (p.depth > 0)
		close_container(&p);
	return fault;
}

void json_done(struct json *json)
{
	memory_free(json->values);
	*json = (struct json){ .count = 0 };
}

const char *json_fault_words(enum json_fault fault)
{
	switch (fault) {
	case JSON_FINE: return "is JSON";
	case JSON_IS_NONE: return "is no JSON";
	case JSON_BREAKS_OFF: return "breaks off";
	case JSON_IS_DEEP: return "is JSON nested deeper than 64";
	case JSON_IS_LARGE: return "is JSON of more than a million values";
	case JSON_NO_MEMORY: return "is too large for the memory that there is";
	}
	return "";
}

const struct json_value *json_root(const struct json *json)
{
	return json->count == 0 ? NULL : &json->values[0];
}

const struct json_value *json_first(const struct json *json, const struct json_value *container)
{
	if (container == NULL || container->kind < JSON_ARRAY)
		return NULL;
	const struct json_value *first = container + 1;
	return first < json->values + container->next ? first : NULL;
}

const struct json_value *json_next(const struct json *json, const struct json_value *container,
                                   const struct json_value *item)
{
	const size_t next = item->next;
	return next < container->next ? &json->values[next] : NULL;
}

struct span json_raw(const struct json *json, const struct json_value *value)
{
	if (value == NULL)
		return (struct span){ .length = 0 };
	return (struct span){ json->document.bytes + value->begin, value->length };
}

static uint32_t hex4(struct span s, size_t at)
{
	uint32_t value = 0;
	for (size_t i = 0; i < 4; i++)
		value = value << 4 | (uint32_t)hex_digit(span_u8(s, at + i));
	return value;
}

// UTF-8 of a code point, with how many bytes it has.
static size_t encode(uint32_t code, uint8_t out[4])
{
	static const uint8_t lead[] = { 0, 0, 0xc0, 0xe0, 0xf0 };
	const size_t length = code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
	for (size_t i = length; i-- > 1; code >>= 6)
		out[i] = (uint8_t)(0x80 | (code & 0x3f));
	out[0] = (uint8_t)(lead[length] | code);
	return length;
}

// The code point of the \u escape at `at` of checked text; moves on behind it, and its other half.
static uint32_t take_code(struct span s, size_t *at)
{
	uint32_t code = hex4(s, *at + 2);
	*at += 6;
	if (code < 0xd800 || code > 0xdfff)
		return code;
	const bool has_half = code < 0xdc00 && *at + 6 <= s.length && s.bytes[*at] == '\\' &&
	                      s.bytes[*at + 1] == 'u';
	const uint32_t low = has_half ? hex4(s, *at + 2) : 0;
	if (low < 0xdc00 || low > 0xdfff)
		return 0xfffd;
	*at += 6;
	return 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00);
}

// The character at `at` of a checked text; moves on behind it.
static size_t take_character(struct span s, size_t *at, uint8_t out[4])
{
	static const char names[] = "bfnrt", bytes[] = "\b\f\n\r\t";
	out[0] = s.bytes[*at];
	if (out[0] != '\\') {
		++*at;
		return 1;
	}
	const uint8_t letter = s.bytes[*at + 1];
	if (letter == 'u')
		return encode(take_code(s, at), out);
	const char *found = memchr(names, letter, sizeof names - 1);
	out[0] = found == NULL ? letter : (uint8_t)bytes[found - names];
	*at += 2;
	return 1;
}

bool json_is(const struct json *json, const struct json_value *value, const char *text)
{
	if (value == NULL || value->kind != JSON_TEXT)
		return false;
	const struct span raw = json_raw(json, value);
	size_t length = strlen(text);
	if (!value->has_escapes)
		return raw.length == length && memcmp(raw.bytes, text, length) == 0;
	for (size_t at = 0; at < raw.length;) {
		uint8_t bytes[4];
		const size_t count = take_character(raw, &at, bytes);
		if (count > length || memcmp(text, bytes, count) != 0)
			return false;
		text += count;
		length -= count;
	}
	return length == 0;
}

const struct json_value *json_member(const struct json *json, const struct json_value *object,
                                     const char *name)
{
	if (object == NULL || object->kind != JSON_OBJECT)
		return NULL;
	const struct json_value *item = json_first(json, object);
	while (item != NULL) {
		const struct json_value *value = json_next(json, object, item);
		if (value == NULL || json_is(json, item, name))
			return value;
		item = json_next(json, object, value);
	}
	return NULL;
}

const struct json_value *json_find(const struct json *json, const struct json_value *object,
                                   const char *path)
{
	char name[64];
	while (object != NULL && *path != '\0') {
		const size_t length = strcspn(path, ".");
		if (length >= sizeof name)
			return NULL;
		memcpy(name, path, length);
		name[length] = '\0';
		object = json_member(json, object, name);
		path += length + (path[length] == '.');
	}
	return object;
}

bool json_text(const struct json *json, const struct json_value *value, struct buffer *out)
{
	if (value == NULL || value->kind != JSON_TEXT)
		return false;
	const struct span raw = json_raw(json, value);
	for (size_t at = 0; at < raw.length;) {
		const struct span rest = span_from(raw, at);
		const uint8_t *escape = value->has_escapes ? memchr(rest.bytes, '\\', rest.length)
		                                           : NULL;
		const size_t plain = escape == NULL ? rest.length : (size_t)(escape - rest.bytes);
		buffer_append(out, rest.bytes, plain);
		at += plain;
		if (escape == NULL)
			break;
		uint8_t bytes[4];
		const size_t count = take_character(raw, &at, bytes);
		buffer_append(out, bytes, count);
	}
	return true;
}

size_t json_unescape(struct span raw, uint8_t *out)
{
	size_t length = 0;
	for (size_t at = 0; at < raw.length;) {
		uint8_t bytes[4];
		const size_t count = take_character(raw, &at, bytes);
		memcpy(out + length, bytes, count);
		length += count;
	}
	return length;
}

bool json_copy(const struct json *json, const struct json_value *value, char *out, size_t size)
{
	if (value == NULL || value->kind != JSON_TEXT)
		return false;
	const struct span raw = json_raw(json, value);
	size_t length = 0;
	for (size_t at = 0; at < raw.length;) {
		uint8_t bytes[4];
		const size_t count = take_character(raw, &at, bytes);
		if (bytes[0] == '\0' || count >= size - length)
			return false;
		memcpy(out + length, bytes, count);
		length += count;
	}
	out[length] = '\0';
	return true;
}

bool json_u64(const struct json *json, const struct json_value *value, uint64_t maximum,
              uint64_t *out)
{
	const struct span raw = json_raw(json, value);
	if (value == NULL || value->kind != JSON_NUMBER || raw.length > 19)
		return false;
	uint64_t number = 0;
	for (size_t i = 0; i < raw.length; i++) {
		if (raw.bytes[i] < '0' || raw.bytes[i] > '9')
			return false;
		number = number * 10 + (uint64_t)(raw.bytes[i] - '0');
	}
	if (number > maximum)
		return false;
	*out = number;
	return true;
}
