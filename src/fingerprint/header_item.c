// SPDX-License-Identifier: MIT
#include "fingerprint/header_item.h"

#include "base/text.h"

#include <assert.h>
#include <inttypes.h>

enum { BITS_A_CODE = 3, CODES = 8, LAYOUT_WORD_SIZE = 24 };

// The names that items are written with, those that the store has, and the bytes of a value.
static const struct {
	const char *name, *long_name;
	unsigned width;
} fields[HEADER_FIELDS_MAX] = {
	[FIELD_WINDOW] = { "window", "window", 2 },
	[FIELD_DESTINATION_PORT] = { "dport", "destination_port", 2 },
	[FIELD_TTL] = { "ttl", "ttl", 1 },
	[FIELD_TOS] = { "tos", "tos", 1 },
	[FIELD_SOURCE_PORT] = { "sport", "source_port", 2 },
	[FIELD_IP_ID] = { "ip_id", "ip_id", 2 },
	[FIELD_LENGTH] = { "length", "length", 2 },
	[FIELD_TCP_FLAGS] = { "flags", "tcp_flags", 1 },
	[FIELD_OPTIONS] = { "options", "options", 4 },
	[FIELD_MSS] = { "mss", "mss", 2 },
	[FIELD_DESTINATION] = { "destination", "destination", 4 },
	[FIELD_UDP_PORT] = { "udp_port", "udp_port", 2 },
	[FIELD_BACKSCATTER_PORT] = { "backscatter_port", "backscatter_port", 2 },
};

bool header_field_find(const char *name, unsigned *out_field)
{
	for (unsigned f = 0; f < HEADER_FIELDS_MAX; f++)
		if (text_equal(name, fields[f].name) || text_equal(name, fields[f].long_name)) {
			*out_field = f;
			return true;
		}
	return false;
}

const char *header_field_name(unsigned field)
{
	assert(field < HEADER_FIELDS_MAX);
	return fields[field].name;
}

const char *header_field_long_name(unsigned field)
{
	assert(field < HEADER_FIELDS_MAX);
	return fields[field].long_name;
}

uint64_t header_field_values(unsigned field)
{
	assert(field < HEADER_FIELDS_MAX);
	return UINT64_C(1) << 8 * fields[field].width;
}

uint32_t header_bucket(unsigned field, uint64_t distinct)
{
	const uint64_t all = header_field_values(field);
	uint64_t bucket = HEADER_VALUES_MAX;
	// An estimate may exceed what the field can hold.
	for (distinct = distinct < all ? distinct : all; 2 * bucket < distinct; bucket *= 2)
		;
	return (uint32_t)bucket;
}

// ---- text

static void value_text(unsigned field, uint32_t value, char out[DECODE_LAYOUT_SIZE])
{
	if (field == FIELD_DESTINATION)
		text_from_ipv4(value, out);
	else if (field == FIELD_OPTIONS)
		decode_layout_text(value, out);
	else
		text_format(out, DECODE_LAYOUT_SIZE, "%" PRIu32, value);
}

void header_item_text(const struct header_item *item, char out[HEADER_ITEM_TEXT_SIZE])
{
	char value[DECODE_LAYOUT_SIZE];
	if (item->is_bucket)
		text_format(value, sizeof value, "%" PRIu64 "-%" PRIu64 "_values",
		            (uint64_t)item->value + 1, 2 * (uint64_t)item->value);
	else
		value_text(item->field, item->value, value);
	text_format(out, HEADER_ITEM_TEXT_SIZE, "%s=%s", header_field_name(item->field), value);
}

// ---- reading it

static bool bucket_parse(unsigned field, const char *text, struct header_item *out)
{
	char first[16];
	uint64_t above;
	if (!text_ends(text, "_values") || !text_next(&text, '-', first, sizeof first) ||
	    !text_u64(first, header_field_values(field), &above) || above <= HEADER_VALUES_MAX)
		return false;
	*out = (struct header_item){ .field = (uint8_t)field,
		                     .is_bucket = true,
		                     .value = (uint32_t)(above - 1) };
	return out->value == header_bucket(field, above);
}

// The bits of one word of a layout.
static bool layout_word(const char *word, unsigned at, uint32_t *layout)
{
	char name[DECODE_LAYOUT_SIZE];
	const uint32_t mark = text_equal(word, "more")        ? OPTIONS_MORE
	                      : text_equal(word, "malformed") ? OPTIONS_MALFORMED
	                                                      : 0;
	*layout |= mark;
	if (mark != 0)
		return true;
	for (uint32_t code = 1; code < CODES; code++) {
		decode_layout_text(code, name);
		if (!text_equal(word, name))
			continue;
		*layout |= at * BITS_A_CODE < 30 ? code << at * BITS_A_CODE : 0;
		return true;
	}
	return false;
}

static bool layout_parse(const char *text, uint32_t *out)
{
	char word[LAYOUT_WORD_SIZE];
	*out = 0;
	if (text_equal(text, "none"))
		return true;
	for (unsigned at = 0; text_next(&text, ',', word, sizeof word); at++)
		if (!layout_word(word, at, out))
			return false;
	return true;
}

static bool value_parse(unsigned field, const char *text, struct header_item *out)
{
	uint64_t number;
	*out = (struct header_item){ .field = (uint8_t)field };
	if (field == FIELD_DESTINATION)
		return text_ipv4(text, &out->value);
	if (field == FIELD_OPTIONS)
		return layout_parse(text, &out->value);
	if (!text_u64(text, header_field_values(field) - 1, &number))
		return false;
	out->value = (uint32_t)number;
	return true;
}

// There is one way to write an item: whatever reads otherwise than it is written is refused.
static bool is_as_written(const struct header_item *item, const char *value)
{
	char text[HEADER_ITEM_TEXT_SIZE];
	const char *rest = text;
	header_item_text(item, text);
	while (*rest++ != '=')
		;
	return text_equal(rest, value);
}

bool header_item_parse(const char *text, struct header_item *out, struct error *error)
{
	char name[32];
	const char *value = text;
	struct header_item item;
	unsigned field;
	if (!text_next(&value, '=', name, sizeof name) || !header_field_find(name, &field) ||
	    value[-1] != '=')
		return error_set(error, ERROR_USAGE,
		                 "'%.120s' is no header value: window=1320 is one", text);
	if ((!bucket_parse(field, value, &item) && !value_parse(field, value, &item)) ||
	    !is_as_written(&item, value))
		return error_set(error, ERROR_USAGE, "%s has no value '%.120s'",
		                 header_field_name(field), value);
	*out = item;
	return true;
}

// ---- order

int header_item_compare(const struct header_item *a, const struct header_item *b)
{
	if (a->field != b->field)
		return a->field < b->field ? -1 : 1;
	if (a->is_bucket != b->is_bucket)
		return a->is_bucket ? 1 : -1;
	return (a->value > b->value) - (a->value < b->value);
}
