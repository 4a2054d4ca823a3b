// SPDX-License-Identifier: MIT
#include "present/words/markup.h"

#include "base/escape.h"
#include "base/text.h"
#include "present/words/width.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

// U+FFFE and U+FFFF are good UTF-8, but no XML parser takes them.
static void append_xml(struct buffer *out, const char *text, size_t length)
{
	size_t start = 0;
	for (size_t i = 0; i + 2 < length; i++) {
		if (memcmp(text + i, "\xef\xbf\xbe", 3) != 0 &&
		    memcmp(text + i, "\xef\xbf\xbf", 3) != 0)
			continue;
		escape_html(out, text + start, i - start);
		buffer_text(out, "\xef\xbf\xbd");
		start = i + 3;
	}
	escape_html(out, text + start, length - start);
}

static void append_markup(struct buffer *out, const char *text, size_t length)
{
	// Each byte becomes at most the three of U+FFFD.
	struct buffer clean = buffer_up_to(3 * length + 1);
	escape_terminal(&clean, text, length);
	if (clean.failed)
		out->failed = true;
	else if (clean.length > 0)
		append_xml(out, (const char *)clean.bytes, clean.length);
	buffer_done(&clean);
}

void markup_text(struct buffer *out, const char *text)
{
	append_markup(out, text, width_bytes(text));
}

void markup_cut(struct buffer *out, const char *text, double room_em)
{
	const size_t length = width_bytes(text);
	if (width_fit(text, room_em) == length) {
		append_markup(out, text, length);
		return;
	}
	append_markup(out, text, width_fit(text, room_em - 1));
	buffer_text(out, "\xe2\x80\xa6");
}

void markup_coordinate(struct buffer *out, double value)
{
	const long long tenths = llround(value * 10), whole = llabs(tenths) / 10;
	if (tenths < 0)
		buffer_byte(out, '-');
	buffer_format(out, "%lld", whole);
	if (tenths % 10 != 0)
		buffer_format(out, ".%lld", llabs(tenths) % 10);
}

void markup_word(struct buffer *out, enum lang lang, enum word word)
{
	buffer_text(out, word_in(lang, word));
}

typedef void append_value(struct buffer *out, const char *text);

// Where a text between braces ends that begins there: at that character or at the closing brace, whatever stands in
// braces before.
static const char *find_end(const char *at, char end)
{
	unsigned depth = 0;
	for (; *at != '\0'; at++) {
		if (depth == 0 && (*at == end || *at == '}'))
			return at;
		depth += *at == '{';
		depth -= *at == '}';
	}
	return at;
}

// Texts of the table, which are ours, and nested once at most.
static void fill(struct buffer *out, const char *at, const char *end, const char *const texts[4],
                 append_value *append)
{
	for (; at < end; at++) {
		const unsigned which = *at == '{' ? (unsigned)(at[1] - '1') : 4;
		if (which < 4 && at[2] == '}' && texts[which] != NULL) {
			append(out, texts[which]);
			at += 2;
		} else if (which < 4 && at[2] == ':' && texts[which] != NULL) {
			const char *middle = find_end(at + 3, '|'),
				   *last = find_end(middle + 1, '}');
			if (text_equal(texts[which], "1"))
				fill(out, at + 3, middle, texts, append);
			else
				fill(out, middle + 1, last, texts, append);
			at = last;
		} else {
			buffer_byte(out, (uint8_t)*at);
		}
	}
}

static void fill_phrase(struct buffer *out, const char *text, struct markup_values values,
                        append_value *append)
{
	const char *const texts[] = { values.one, values.two, values.three, values.four };
	fill(out, text, text + strlen(text), texts, append);
}

void markup_phrase(struct buffer *out, enum lang lang, enum word word, struct markup_values values)
{
	fill_phrase(out, word_in(lang, word), values, markup_text);
}

void markup_plain_phrase(struct buffer *out, enum lang lang, enum word word,
                         struct markup_values values)
{
	fill_phrase(out, word_in(lang, word), values, buffer_text);
}

void markup_plain_text(char *out, size_t size, enum lang lang, enum word word,
                       struct markup_values values)
{
	struct buffer b = buffer_up_to(size - 1);
	markup_plain_phrase(&b, lang, word, values);
	buffer_byte(&b, '\0');
	text_copy(out, size, b.failed ? "" : (const char *)b.bytes);
	buffer_done(&b);
}

static bool is_plain(uint8_t c)
{
	return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
	       c == '-' || c == '_' || c == '.';
}

void markup_address(struct buffer *out, const char *file_name)
{
	for (const char *at = file_name; *at != '\0'; at++) {
		if (is_plain((uint8_t)*at))
			buffer_byte(out, (uint8_t)*at);
		else
			buffer_format(out, "%%%02X", (uint8_t)*at);
	}
}
