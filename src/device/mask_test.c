// SPDX-License-Identifier: MIT
#include "device/mask.h"

#include "base/clock.h"
#include "base/random.h"
#include "base/test.h"
#include "response/response.h"

#include <string.h>

static bool masks(const char *answer, const char *expected)
{
	struct buffer out = buffer_up_to(4096);
	mask_answer((struct span){ (const uint8_t *)answer, strlen(answer) }, &out);
	buffer_byte(&out, 0);
	const bool is_equal = !out.failed && text_equal((const char *)out.bytes, expected);
	if (!is_equal)
		printf("%s\n  became %s\n", answer, (const char *)out.bytes);
	buffer_done(&out);
	return is_equal;
}

TEST(dates)
{
	CHECK(masks("Date: Tue, 29 Jul 2014 16:26:06 GMT\r\n", "Date: <date>\r\n"));
	CHECK(masks("Sunday, 06-Nov-94 08:49:37 GMT", "<date>"));
	CHECK(masks("Sun Nov  6 08:49:37 1994", "<date>"));
	CHECK(masks("Built on Tue Jul 29 16:26:06 PDT 2014 by", "Built on <date> by"));
	CHECK(masks("[29/Jul/2014:16:26:06 +0900]", "[<date>]"));
	CHECK(masks("2014-07-29T16:26:06.123Z 2014/07/29 29.07.2014", "<date> <date> <date>"));
	CHECK(masks("Jul 29 2014, at 16:26:06", "<date>, at <date>"));
	CHECK(masks("July 29, 2014 4:26:06 PM.", "<date>."));
	CHECK(masks("2014-07-29 16:26:06+09:00", "<date>"));
}

TEST(addresses)
{
	CHECK(masks("http://192.168.1.1/index.html", "http://<ip>/index.html"));
	CHECK(masks("from 10.0.0.255.", "from <ip>."));
	CHECK(masks("at 00:1a:2B:3c:4d:5e, 00-1A-2B-3C-4D-5E", "at <mac>, <mac>"));
	// They begin as a clock or a date does.
	CHECK(masks("00:12:34:ab:cd:ef 12:34:56:11:22:33 20-14-07-29-11-22", "<mac> <mac> <mac>"));
}

TEST(digits_and_values)
{
	CHECK(masks("id deadbe0f 0x12345678 20160921", "id <hex> <hex> <hex>"));
	CHECK(masks("uuid:c64ad0de-1234-5678-9abc-2b0123456789::", "uuid:<hex>::"));
	CHECK(masks("Set-Cookie: SID=abcd/efg; path=/\r\n", "Set-Cookie: SID=<value>; path=/\r\n"));
	CHECK(masks("Digest realm=\"DCS-2130\", nonce=\"a8 zz\", opaque=xyzzy, qop",
	            "Digest realm=\"DCS-2130\", nonce=\"<value>\", opaque=<value>, qop"));
	CHECK(masks("/login?sessionid=77zz&x=1", "/login?sessionid=<value>&x=1"));
}

// Models and versions, and what only looks like one of those.
TEST(what_tells_models_apart_stays)
{
	static const char *const stay[] = {
		"DCS-2130 1.2.3",
		"lighttpd/1.4.2.3",
		"v5.0.0.1",
		"fw-1.2.3.4 1.2.3.4-rc1 256.1.1.1 1.2.3.4.5",
		"TL-WR841N",
		"ZXHN H108N V2.5",
		"SSH-2.0-OpenSSH_6.6.1p1 Ubuntu-2ubuntu2",
		"deadbeefcafe",
		"1234567",
		"12345678g",
		"x12345678",
		"May 7",
		"monday mornings",
		"12:30",
		"99:99:99",
		"1:2:3:4",
		"nonce=\"\" token=abc sid=",
		"Set-Cookie: a",
		"2014-13-45",
		"00:11:22:33:44",
		"0.0.0",
		"IP-Com 2014",
		"jan",
		"29 Jul",
		"",
	};
	for (size_t i = 0; i < sizeof stay / sizeof *stay; i++)
		CHECK(masks(stay[i], stay[i]));
}

// Any bytes: bounded, also where they are cut anywhere.
TEST(all_bytes_are_taken)
{
	static const char pieces[][16] = { "nonce=",   "Set-Cookie:", "12:34:56", "Mon, ",
		                           "Jul ",     "29 ",         "2014",     "0x",
		                           "abcdef0",  "1.2.",        "a:",       "-",
		                           "session=", "\"",          "\0\xff",   ";" };
	struct random r = random_from(3);
	for (unsigned round = 0; round < random_rounds(4000); round++) {
		char text[512];
		size_t length = 0;
		while (length < 480 && random_below(&r, 40) > 0) {
			const char *piece = pieces[random_below(&r, 16)];
			const size_t size = piece[0] == '\0' ? 2 : strlen(piece);
			memcpy(text + length, piece, size);
			length += size;
		}
		char *exact = malloc(length +
		                     1);  // so that a sanitizer sees what is read behind it
		memcpy(exact, text, length);
		struct buffer out = buffer_up_to(2 * length + 16);
		mask_answer((struct span){ (const uint8_t *)exact, length }, &out);
		CHECK(!out.failed && out.length <= 2 * length);
		buffer_done(&out);
		free(exact);
	}
}

// The worst that one can think of: 64 KiB that look like the beginning of something all the way.
TEST(time_is_linear)
{
	static const char *const beginnings[] = {
		"0x",   "a",   "1",        "1.",           "1:1:",    "Mon, ",
		"Jul ", "ab:", "nonce=",   "set-cookie: ", "12:34:",  "a-",
		"1-",   "\"",  "\xff\x01", "session=\"",   "0123456 "
	};
	static char text[RESPONSE_BYTES_MAX];
	uint64_t slowest = 0;
	for (size_t i = 0; i < sizeof beginnings / sizeof *beginnings; i++) {
		const size_t size = strlen(beginnings[i]);
		for (size_t at = 0; at < sizeof text; at++)
			text[at] = beginnings[i][at % size];
		struct buffer out = buffer_up_to(2 * sizeof text);
		const uint64_t begin = clock_now_ns();
		mask_answer((struct span){ (const uint8_t *)text, sizeof text }, &out);
		const uint64_t took = clock_now_ns() - begin;
		slowest = took > slowest ? took : slowest;
		CHECK(!out.failed);
		buffer_done(&out);
	}
	CHECK(slowest <
	      500 * UINT64_C(1000000));  // some milliseconds; of quadratic time it would be minutes
}

TEST_MAIN
