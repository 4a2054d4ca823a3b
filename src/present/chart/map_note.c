// SPDX-License-Identifier: MIT
// What the map cannot show, in words: sources of codes that are no country on it. Those with the
// most sources are named, as far as there is room, the others counted.
#include "present/chart/map.h"

#include "base/text.h"
#include "present/words/markup.h"
#include "present/words/width.h"

#include <string.h>

enum { NAMED_MAX = 4, CODE_EM_MAX = 8 };

struct strangers {
	const struct report_place *named[NAMED_MAX];  // by sources, descending
	size_t named_count, named_max, count;
	uint64_t sources;  // of those that are not named
};

static bool comes_before(const struct report_place *a, const struct report_place *b)
{
	return a->sources != b->sources ? a->sources > b->sources : strcmp(a->id, b->id) < 0;
}

// Each row pushes the ones behind it back by one; the last one falls out.
static void add(struct strangers *strangers, const struct report_place *row)
{
	strangers->count++;
	for (size_t i = 0; i < strangers->named_count; i++) {
		if (comes_before(row, strangers->named[i])) {
			const struct report_place *later = strangers->named[i];
			strangers->named[i] = row;
			row = later;
		}
	}
	if (strangers->named_count < strangers->named_max)
		strangers->named[strangers->named_count++] = row;
	else
		strangers->sources += row->sources;
}

static void append(struct buffer *out, enum lang lang, const struct report_place *row)
{
	const char *code = text_equal(row->id, "unknown") ? word_in(lang, WORD_UNKNOWN) : row->id;
	char number[NUMBER_SIZE];
	number_grouped(row->sources, number);
	buffer_append(out, code, width_fit(code, CODE_EM_MAX));
	buffer_format(out, " %s", number);
}

static void append_all(struct buffer *out, enum lang lang, const struct strangers *strangers)
{
	for (size_t i = 0; i < strangers->named_count; i++) {
		buffer_text(out, i > 0 ? " · " : "");
		append(out, lang, strangers->named[i]);
	}
	if (strangers->count > strangers->named_count) {
		char codes[NUMBER_SIZE], number[NUMBER_SIZE];
		number_grouped(strangers->count - strangers->named_count, codes);
		number_grouped(strangers->sources, number);
		buffer_text(out, " · ");
		markup_plain_phrase(out, lang, WORD_MAP_OTHERS,
		                    (struct markup_values){ codes, number, NULL, NULL });
	}
	buffer_byte(out, '\0');
}

void map_note(const struct figure_map *map, char out[MAP_NOTE_SIZE])
{
	struct strangers strangers = { .named_max = map->is_narrow ? 1 : NAMED_MAX };
	struct buffer list = buffer_up_to(MAP_NOTE_SIZE);
	size_t country;
	for (size_t i = 0; i < map->row_count; i++)
		if (map->rows[i].sources > 0 && !world_find(map->rows[i].id, &country))
			add(&strangers, &map->rows[i]);
	append_all(&list, map->lang, &strangers);
	out[0] = '\0';
	if (strangers.count > 0 && !list.failed)
		map_phrase(map->lang, WORD_MAP_NOT_ON,
		           (struct markup_values){ .one = (const char *)list.bytes }, out);
	buffer_done(&list);
}
