// SPDX-License-Identifier: MIT
#include "place/home.h"

#include "base/text.h"

#include <string.h>

static bool is_letter(char c)
{
	return c >= 'A' && c <= 'Z';
}

static bool are_digits(const char *text)
{
	size_t count = 0;
	for (; text[count] >= '0' && text[count] <= '9'; count++)
		;
	// A number of 32 bits has ten digits at most, and no zero in front (RFC 5396).
	return count > 0 && count <= 10 && text[count] == '\0' && text[0] != '0';
}

static bool parse_entry(struct home_entry *entry, struct error *error)
{
	struct error ignored;
	char *text = entry->text;
	for (char *at = text; *at != '\0'; at++)
		*at = (char)(*at >= 'a' && *at <= 'z' ? *at - 'a' + 'A' : *at);
	if (is_letter(text[0]) && is_letter(text[1]) && text[2] == '\0')
		entry->kind = HOME_COUNTRY;
	else if (text[0] == 'A' && text[1] == 'S' && are_digits(text + 2))
		entry->kind = HOME_NETWORK;
	else if (strchr(text, '/') != NULL && ipset_prefix_parse(text, &entry->range, &ignored))
		entry->kind = HOME_PREFIX;
	else
		return error_set(
			error, ERROR_USAGE,
			"'%s' is no country (JP), network (AS4713) or prefix (192.0.2.0/24)", text);
	return true;
}

static bool add_entry(struct home *home, const char *text, size_t length, struct error *error)
{
	struct home_entry *entry = &home->entries[home->count];
	if (home->count == HOME_ENTRIES_MAX)
		return error_set(error, ERROR_USAGE, "more than %d places of one's own",
		                 HOME_ENTRIES_MAX);
	if (length >= HOME_TEXT_SIZE)
		length = HOME_TEXT_SIZE - 1;  // which is none of the three
	*entry = (struct home_entry){ .kind = HOME_COUNTRY };
	memcpy(entry->text, text, length);
	if (!parse_entry(entry, error))
		return false;
	if (home_has_place(home, entry->text))
		return error_set(error, ERROR_USAGE, "'%s' is given twice", entry->text);
	home->count++;
	return true;
}

bool home_parse(const char *text, struct home *out, struct error *error)
{
	struct home home = { .count = 0 };
	for (;;) {
		const size_t length = strcspn(text, ",");
		if (!add_entry(&home, text, length, error))
			return false;
		if (text[length] == '\0')
			break;
		text += length + 1;
	}
	*out = home;
	return true;
}

bool home_has_place(const struct home *home, const char *id)
{
	for (size_t i = 0; i < home->count; i++)
		if (text_equal(home->entries[i].text, id))
			return true;
	return false;
}

bool home_has_address(const struct home *home, uint32_t address)
{
	for (size_t i = 0; i < home->count; i++) {
		const struct home_entry *entry = &home->entries[i];
		if (entry->kind == HOME_PREFIX && address >= entry->range.first &&
		    address <= entry->range.last)
			return true;
	}
	return false;
}
