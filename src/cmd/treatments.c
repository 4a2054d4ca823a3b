// SPDX-License-Identifier: MIT
#include "cmd/treatments.h"

#include "base/calendar.h"
#include "base/disk.h"
#include "base/memory.h"
#include "base/text.h"
#include "ipset/ipset.h"

#include <inttypes.h>
#include <string.h>

enum { WORD_SIZE = 64, NETWORK_MAX_DIGITS = 10 };

// The words of a line, without blanks; false: too long, or more than two.
static bool cut(struct span line, char words[2][WORD_SIZE])
{
	size_t word = 0, length = 0;
	words[0][0] = words[1][0] = '\0';
	for (size_t i = 0; i < line.length && line.bytes[i] != '#'; i++) {
		const char c = (char)line.bytes[i];
		if (c == ' ' || c == '\t' || c == '\r' || c == '"')
			continue;
		if (c == ',' && word == 0) {
			word = 1;
			length = 0;
			continue;
		}
		if (c == ',' || c <= ' ' || c == 0x7f || length + 1 >= WORD_SIZE)
			return false;
		words[word][length++] = c;
		words[word][length] = '\0';
	}
	return true;
}

static bool network_parse(const char *word, char out[16])
{
	uint64_t number;
	if ((word[0] != 'A' && word[0] != 'a') || (word[1] != 'S' && word[1] != 's') ||
	    strlen(word) > 2 + NETWORK_MAX_DIGITS || !text_u64(word + 2, UINT32_MAX, &number))
		return false;
	text_format(out, 16, "AS%" PRIu64, number);
	return true;
}

// What is wrong with the line; NULL: nothing.
static const char *parse(char words[2][WORD_SIZE], bool is_control, struct treatment *out)
{
	struct ipset_prefix prefix = { 0, 0 };
	struct error error;
	*out = (struct treatment){ .is_control = is_control };
	if (!network_parse(words[0], out->network) &&
	    !ipset_prefix_parse(words[0], &prefix, &error))
		return "is no address, prefix or network such as AS64500";
	out->first = prefix.first;
	out->last = prefix.last;
	if (words[1][0] == '\0' && !is_control)
		return "has no day behind a comma";
	if (words[1][0] != '\0' && !day_parse(words[1], &out->day))
		return "has a day that is no YYYY-MM-DD";
	return NULL;
}

static bool add(struct treatments *t, const struct treatment *one, struct error *error)
{
	struct treatment *list = t->list;
	if (t->count == t->room) {
		t->room = t->room == 0 ? 64 : 2 * t->room;
		list = memory_resize(t->list, t->room, sizeof *list);
		if (list == NULL)
			return error_memory(error, "who was treated");
		t->list = list;
	}
	t->list[t->count++] = *one;
	t->has_networks |= one->network[0] != '\0';
	return true;
}

static bool read_lines(struct span rest, const char *path, bool is_control, struct treatments *t,
                       struct error *error)
{
	char words[2][WORD_SIZE];
	struct treatment one;
	for (uint64_t number = 1; rest.length > 0; number++) {
		const uint8_t *end = memchr(rest.bytes, '\n', rest.length);
		const size_t length = end == NULL ? rest.length : (size_t)(end - rest.bytes);
		const bool is_cut = cut((struct span){ rest.bytes, length }, words);
		rest = span_from(rest, length + (end != NULL));
		if (is_cut && words[0][0] == '\0' && words[1][0] == '\0')
			continue;
		const char *wrong = is_cut ? parse(words, is_control, &one)
		                           : "has more than two words, or bytes that are no text";
		const bool is_head = number == 1 && is_cut &&
		                     strpbrk(words[0], "0123456789") == NULL;
		if (wrong != NULL && is_head)
			continue;
		if (wrong != NULL)
			return error_set(error, ERROR_USAGE, "'%s' line %" PRIu64 " %s", path,
			                 number, wrong);
		if (!add(t, &one, error))
			return false;
	}
	return true;
}

bool treatments_read(const char *path, bool is_control, struct treatments *t, struct error *error)
{
	struct span text;
	const size_t before = t->count;
	if (!disk_map_file(path, &text, error))
		return false;
	const bool ok = read_lines(text, path, is_control, t, error) &&
	                (t->count > before ||
	                 error_set(error, ERROR_USAGE, "'%s' names nobody", path));
	disk_unmap_file(text);
	return ok;
}

void treatments_done(struct treatments *t)
{
	memory_free(t->list);
	*t = (struct treatments){ .list = NULL };
}
