// SPDX-License-Identifier: MIT
#include "simulate/device_text.h"

#include "base/calendar.h"
#include "base/text.h"

#include <string.h>

enum { NAME_SIZE = 256, REPEAT_MAX = 64 };

// The value of a hexadecimal digit; 16: it is none.
static unsigned hex_value(char c)
{
	return c >= '0' && c <= '9'   ? (unsigned)(c - '0')
	       : c >= 'a' && c <= 'f' ? (unsigned)(c - 'a') + 10
	       : c >= 'A' && c <= 'F' ? (unsigned)(c - 'A') + 10
	                              : 16;
}

// The byte that an escape is, and how many characters that takes; 0: it is none.
static size_t escape(const char *text, uint8_t *out)
{
	static const char letters[] = "rnt\\", bytes[] = "\r\n\t\\";
	const char *letter = text[1] == 0 ? NULL : strchr(letters, text[1]);
	if (letter != NULL) {
		*out = (uint8_t)bytes[letter - letters];
		return 2;
	}
	if (text[1] != 'x' || hex_value(text[2]) == 16 || hex_value(text[3]) == 16)
		return 0;
	*out = (uint8_t)(hex_value(text[2]) << 4 | hex_value(text[3]));
	return 4;
}

// Wed, 21 Oct 2015 07:28:00 GMT (RFC 9110, 5.6.7).
static void say_date(uint64_t time_ns, struct buffer *out)
{
	static const char days[7][4] = { "Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed" };
	static const char months[12][4] = { "Jan", "Feb", "Mar", "Apr", "May", "Jun",
		                            "Jul", "Aug", "Sep", "Oct", "Nov", "Dec" };
	char text[CALENDAR_DAY_SIZE], year[8], month[4], day[4];
	uint64_t month_number;
	const uint64_t second = time_ns / 1000000000;
	const int32_t number = (int32_t)(second / 86400);
	day_format(number, text);
	const char *rest = text;
	text_next(&rest, '-', year, sizeof year);
	text_next(&rest, '-', month, sizeof month);
	text_next(&rest, '-', day, sizeof day);
	if (text_u64(month, 12, &month_number) && month_number > 0)
		buffer_format(out, "%s, %s %s %s %02u:%02u:%02u GMT", days[number % 7], day,
		              months[month_number - 1], year, (unsigned)(second / 3600 % 24),
		              (unsigned)(second / 60 % 60), (unsigned)(second % 60));
}

// "hex:8" with `word` hex: 8; 0: it is not that.
static uint64_t repeats(const char *name, const char *word)
{
	uint64_t count;
	const size_t length = strlen(word);
	return strncmp(name, word, length) == 0 && name[length] == ':' &&
	                       text_u64(name + length + 1, REPEAT_MAX, &count)
	               ? count
	               : 0;
}

static void say_choice(const char *name, struct device_voice *voice, struct buffer *out)
{
	uint32_t count = 1;
	for (const char *at = name; *at != 0; at++)
		count += *at == '|';
	uint32_t left = random_below(&voice->its_own, count);
	const char *at = name;
	for (; left > 0; at++)
		left -= *at == '|';
	buffer_append(out, at, strcspn(at, "|"));
}

// What stands in braces; false: nobody knows it. Without a voice nothing is said.
static bool say_name(const char *name, struct device_voice *voice, struct buffer *out)
{
	const uint64_t hex = repeats(name, "hex"), digits = repeats(name, "digits");
	const bool is_choice = strchr(name, '|') != NULL, is_date = text_equal(name, "date");
	const bool is_address = text_equal(name, "address"), is_mac = text_equal(name, "mac");
	if (voice == NULL)
		return hex > 0 || digits > 0 || is_choice || is_date || is_address || is_mac;
	char text[TEXT_IPV4_SIZE];
	if (is_choice)
		say_choice(name, voice, out);
	if (is_date)
		say_date(voice->time_ns, out);
	if (is_mac)
		buffer_format(out, "02:53:49:%02x:%02x:%02x", voice->mac >> 16 & 0xff,
		              voice->mac >> 8 & 0xff, voice->mac & 0xff);
	if (is_address) {
		text_from_ipv4(voice->address, text);
		buffer_text(out, text);
	}
	for (uint64_t i = 0; i < hex + digits; i++)
		buffer_byte(out, (uint8_t) "0123456789abcdef"[random_below(&voice->anew,
		                                                           hex > 0 ? 16 : 10)]);
	return true;
}

// Walks over the text. False, with *why, where it is none of this form.
static bool walk(const char *text, struct device_voice *voice, struct buffer *out, const char **why)
{
	while (*text != 0) {
		char name[NAME_SIZE];
		uint8_t byte = (uint8_t)*text;
		size_t length = 1;
		if (byte == '\\') {
			length = escape(text, &byte);
			*why = "a \\ stands before r, n, t, \\ or xHH";
			if (length == 0)
				return false;
		}
		if (*text == '{') {
			length = strcspn(text, "}");
			*why = "braces have date, address, mac, hex:N, digits:N (N from 1 to 64) or "
			       "choices: {1.0|1.1}; a { alone is \\x7b";
			if (text[length] == 0 || length > NAME_SIZE)
				return false;
			memcpy(name, text + 1, length - 1);
			name[length - 1] = 0;
			if (!say_name(name, voice, out))
				return false;
			text += length + 1;
			continue;
		}
		if (voice != NULL)
			buffer_byte(out, byte);
		text += length;
	}
	return true;
}

bool device_text_check(const char *text, const char **why)
{
	return walk(text, NULL, NULL, why);
}

void device_text_say(const char *text, struct device_voice *voice, struct buffer *out)
{
	const char *why;
	(void)walk(text, voice, out, &why);
}
