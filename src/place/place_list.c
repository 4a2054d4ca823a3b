// SPDX-License-Identifier: MIT
#include "place/place_list.h"

#include "base/escape.h"
#include "base/memory.h"
#include "base/text.h"

#include <string.h>
#include <strings.h>

// Longer pieces of text are cut before they are looked at.
enum { TEXT_READ_MAX = 4 * PLACE_NAME_SIZE };

static bool is_letter(uint8_t byte)
{
	const uint8_t low = byte | 0x20;
	return low >= 'a' && low <= 'z';
}

static bool is_digit(uint8_t byte)
{
	return byte >= '0' && byte <= '9';
}

bool place_is_country(struct span s)
{
	return s.length == 2 && is_letter(s.bytes[0]) &&
	       (is_letter(s.bytes[1]) || is_digit(s.bytes[1]));
}

bool place_read_network(struct span s, uint64_t *out)
{
	uint64_t value = 0;
	if (s.length > 2 && strncasecmp((const char *)s.bytes, "AS", 2) == 0)
		s = span_from(s, 2);
	if (s.length == 0 || s.length > 10)
		return false;
	for (size_t i = 0; i < s.length; i++) {
		if (!is_digit(s.bytes[i]))
			return false;
		value = value * 10 + (uint64_t)(s.bytes[i] - '0');
	}
	*out = value;
	return value <= UINT32_MAX;
}

bool place_is_nothing(struct span s)
{
	static const char *const words[] = { "-", "None", "Unknown", "ZZ", "XX" };
	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (strlen(words[i]) == s.length &&
		    strncasecmp(words[i], (const char *)s.bytes, s.length) == 0)
			return true;
	return s.length == 0;
}

bool place_list_init(struct place_list *list)
{
	*list = (struct place_list){ .capacity = 64 };
	list->places = memory_new(list->capacity, sizeof *list->places);
	list->ranks = memory_new(list->capacity, sizeof *list->ranks);
	if (list->places == NULL || list->ranks == NULL) {
		place_list_done(list);
		return false;
	}
	text_copy(list->places[PLACE_UNKNOWN].id, PLACE_ID_SIZE, "unknown");
	list->count = 1;
	return true;
}

void place_list_done(struct place_list *list)
{
	memory_free(list->places);
	memory_free(list->ranks);
	key_map_done(&list->by_key);
	*list = (struct place_list){ .places = NULL };
}

static bool grow(struct place_list *list)
{
	const size_t capacity = list->capacity * 2;
	struct place *places = memory_resize(list->places, capacity, sizeof *places);
	if (places == NULL)
		return false;
	list->places = places;
	unsigned *ranks = memory_resize(list->ranks, capacity, sizeof *ranks);
	if (ranks == NULL)
		return false;
	list->ranks = ranks;
	list->capacity = capacity;
	return true;
}

// Whether a text is harmless as it stands: most are.
static bool is_plain(struct span text)
{
	uint8_t odd = 0;
	for (size_t i = 0; i < text.length; i++)
		odd |= text.bytes[i] < ' ' || text.bytes[i] > '~';
	return !odd;
}

bool place_clean_text(struct span text, char out[PLACE_NAME_SIZE])
{
	if (text.length < PLACE_NAME_SIZE && is_plain(text)) {
		if (text.length > 0)
			memcpy(out, text.bytes, text.length);
		out[text.length] = '\0';
		return true;
	}
	struct buffer clean = buffer_up_to(16 * TEXT_READ_MAX);
	const size_t length = text.length < TEXT_READ_MAX ? text.length : TEXT_READ_MAX;
	escape_terminal(&clean, (const char *)text.bytes, length);
	size_t fits = clean.length < PLACE_NAME_SIZE ? clean.length : PLACE_NAME_SIZE - 1;
	if (fits < clean.length)
		while (fits > 0 && (clean.bytes[fits] & 0xc0) == 0x80)
			fits--;
	if (fits > 0)
		memcpy(out, clean.bytes, fits);
	out[fits] = '\0';
	const bool ok = !clean.failed;
	buffer_done(&clean);
	return ok;
}

// The key of a place, and its id. False: the words name none.
static bool identify(const struct place_words *words, uint32_t *key, char id[PLACE_ID_SIZE])
{
	if (words->kind == PLACE_NETWORK) {
		*key = (uint32_t)words->network;
		text_format(id, PLACE_ID_SIZE, "AS%u", (unsigned)*key);
		return words->network > 0 && words->network <= UINT32_MAX;
	}
	if (!place_is_country(words->country) || place_is_nothing(words->country))
		return false;
	for (size_t i = 0; i < 2; i++) {
		const uint8_t byte = words->country.bytes[i];
		id[i] = (char)(is_letter(byte) ? byte & ~0x20 : byte);
	}
	id[2] = '\0';
	*key = (uint32_t)(id[0] << 8 | id[1]);
	return true;
}

static bool is_better(const struct place *has, unsigned has_rank, const char *name, unsigned rank)
{
	if (name[0] == '\0' || has->name[0] == '\0')
		return name[0] != '\0';
	return rank != has_rank ? rank > has_rank : strcmp(name, has->name) < 0;
}

bool place_list_add(struct place_list *list, const struct place_words *words, unsigned rank,
                    uint32_t *out)
{
	char id[PLACE_ID_SIZE], name[PLACE_NAME_SIZE];
	uint32_t key;
	if (!identify(words, &key, id)) {
		*out = PLACE_UNKNOWN;
		return true;
	}
	const char *known = words->kind == PLACE_COUNTRY ? place_country_name(id, false) : NULL;
	if (known != NULL)
		text_copy(name, sizeof name, known);
	else if (!place_clean_text(words->name, name))
		return false;
	const uint32_t *number = key_map_find(&list->by_key, key);
	if (number == NULL) {
		if ((list->count == list->capacity && !grow(list)) ||
		    !key_map_add(&list->by_key, key, (uint32_t)list->count))
			return false;
		text_copy(list->places[list->count].id, PLACE_ID_SIZE, id);
		list->places[list->count].name[0] = '\0';
		list->ranks[list->count] = 0;
		list->count++;
		number = key_map_find(&list->by_key, key);
	}
	struct place *place = &list->places[*number];
	if (is_better(place, list->ranks[*number], name, rank)) {
		text_copy(place->name, sizeof place->name, name);
		list->ranks[*number] = rank;
	}
	*out = *number;
	return true;
}
