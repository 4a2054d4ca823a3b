// SPDX-License-Identifier: MIT
// What simulated devices say: each escape and each thing in braces; what is of the device stays, the rest
// differs each time.
#include "simulate/device_text.h"

#include "base/test.h"

#include <string.h>

static struct device_voice voice(uint32_t address, uint64_t again)
{
	return (struct device_voice){ .address = address,
		                      .time_ns = UINT64_C(1476936306) * 1000000000,
		                      .mac = address & 0xffffff,
		                      .its_own = random_from(address),
		                      .anew = random_from(again) };
}

static struct buffer say(const char *text, uint32_t address, uint64_t again)
{
	struct buffer out = buffer_up_to(1000);
	struct device_voice speaker = voice(address, again);
	const char *why;
	CHECK(device_text_check(text, &why));
	device_text_say(text, &speaker, &out);
	return out;
}

static bool becomes(const char *text, const char *expected, size_t length)
{
	struct buffer out = say(text, 0xc0000207, 1);
	const bool is_same = out.length == length && memcmp(out.bytes, expected, length) == 0;
	if (!is_same)
		printf("%.*s\n", (int)out.length, (const char *)out.bytes);
	buffer_done(&out);
	return is_same;
}

#define BECOMES(text, expected) CHECK(becomes(text, expected, sizeof expected - 1))

TEST(escapes_are_bytes)
{
	BECOMES("a b\\r\\n\\t\\\\\\x00\\xfF\\x7bx}", "a b\r\n\t\\\0\xff{x}");
	BECOMES("{date}|{address}|{mac}",
	        "Thu, 20 Oct 2016 04:05:06 GMT|192.0.2.7|02:53:49:00:02:07");
}

TEST(numbers_differ_each_time_and_choices_by_device)
{
	static const char text[] = "{hex:8} {digits:20} {1.0|1.1|2.0}";
	struct buffer one = say(text, 5, 1), again = say(text, 5, 2), other = say(text, 5, 1);
	CHECK(one.length == 8 + 1 + 20 + 1 + 3 && again.length == one.length);
	CHECK(memcmp(one.bytes, again.bytes, 8) != 0);
	CHECK(memcmp(one.bytes + 30, again.bytes + 30, 3) == 0);
	CHECK(other.length == one.length && memcmp(one.bytes, other.bytes, one.length) == 0);
	for (size_t i = 9; i < 29; i++)
		CHECK(one.bytes[i] >= '0' && one.bytes[i] <= '9');
	buffer_done(&one);
	buffer_done(&again);
	buffer_done(&other);
	unsigned seen[3] = { 0 };
	for (uint32_t address = 0; address < 300; address++) {
		struct buffer out = say("{a|b|c}", address, 0);
		CHECK(out.length == 1 && out.bytes[0] >= 'a' && out.bytes[0] <= 'c');
		seen[(out.bytes[0] - 'a') % 3]++;
		buffer_done(&out);
	}
	CHECK(seen[0] > 50 && seen[1] > 50 && seen[2] > 50);
}

TEST(other_texts_are_none)
{
	static const char *const texts[] = { "\\",     "\\x",   "\\x1",  "\\xg0",   "\\q",
		                             "{",      "{}",    "{dat}", "{hex:0}", "{hex:65}",
		                             "{hex:}", "{hex}", "{date" };
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
		const char *why = NULL;
		CHECK(!device_text_check(texts[i], &why) && why != NULL);
	}
	char text[400] = "{";
	memset(text + 1, '|', 300);
	const char *why;
	CHECK(!device_text_check(text, &why));
	text[301] = '}';
	CHECK(!device_text_check(text, &why));
}

TEST_MAIN
