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

// The number by which a place is found again. False: the words name none.
static bool key_of(const struct place_words *words, uint32_t *out)
{
	if (words->kind == PLACE_NETWORK) {
		*out = (uint32_t)words->network;
		return words->network > 0 && words->network <= UINT32_MAX;
	}
	if (!place_is_country(words->country) || place_is_nothing(words->country))
		return false;
	const uint8_t second = words->country.bytes[1];
	*out = (uint32_t)(words->country.bytes[0] & ~0x20) << 8 |
	       (uint32_t)(is_letter(second) ? second & ~0x20 : second);
	return true;
}

static bool add_new(struct place_list *list, enum place_kind kind, uint32_t key)
{
	if ((list->count == list->capacity && !grow(list)) ||
	    !key_map_add(&list->by_key, key, (uint32_t)list->count))
		return false;
	struct place *place = &list->places[list->count];
	*place = (struct place){ .name = "" };
	if (kind == PLACE_NETWORK)
		text_format(place->id, sizeof place->id, "AS%u", (unsigned)key);
	else
		text_format(place->id, sizeof place->id, "%c%c", (char)(key >> 8), (char)key);
	list->ranks[list->count++] = 0;
	return true;
}

static bool is_better(const struct place *has, unsigned has_rank, const char *name, unsigned rank)
{
	if (name[0] == '\0' || has->name[0] == '\0')
		return name[0] != '\0';
	return rank != has_rank ? rank > has_rank : strcmp(name, has->name) < 0;
}

static bool is_name(struct span text, const char *name)
{
	return text.length > 0 && text.length < PLACE_NAME_SIZE && name[text.length] == '\0' &&
	       memcmp(text.bytes, name, text.length) == 0;
}

// Takes the name of the words if it is better than the one that the place has.
static bool name_place(struct place_list *list, uint32_t number, const struct place_words *words,
                       unsigned rank)
{
	struct place *place = &list->places[number];
	char name[PLACE_NAME_SIZE];
	// What nearly every line of a table repeats.
	if (rank == list->ranks[number] && is_name(words->name, place->name))
		return true;
	const char *known = words->kind == PLACE_COUNTRY ? place_country_name(place->id, false)
	                                                 : NULL;
	if (known != NULL)
		text_copy(name, sizeof name, known);
	else if (!place_clean_text(words->name, name))
		return false;
	if (is_better(place, list->ranks[number], name, rank)) {
		text_copy(place->name, sizeof place->name, name);
		list->ranks[number] = rank;
	}
	return true;
}

bool place_list_add(struct place_list *list, const struct place_words *words, unsigned rank,
                    uint32_t *out)
{
	uint32_t key, number = (uint32_t)list->count;
	if (!key_of(words, &key)) {
		*out = PLACE_UNKNOWN;
		return true;
	}
	const uint32_t *known = key_map_find(&list->by_key, key);
	if (known != NULL)
		number = *known;
	else if (!add_new(list, words->kind, key))
		return false;
	if (!name_place(list, number, words, rank))
		return false;
	*out = number;
	return true;
}
