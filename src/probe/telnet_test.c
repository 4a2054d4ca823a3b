// SPDX-License-Identifier: MIT
#include "probe/telnet.h"

#include "base/random.h"
#include "base/test.h"

struct heard {
	size_t text;
	struct buffer reply;
};

// Hears the stream in two segments.
static struct heard hear(const char *bytes, size_t length, size_t cut)
{
	struct telnet telnet = { .state = 0 };
	struct heard heard = { .reply = buffer_up_to(TELNET_REPLIES_MAX + 1) };
	heard.text = telnet_take(&telnet, (struct span){ (const uint8_t *)bytes, cut },
	                         &heard.reply);
	heard.text += telnet_take(
		&telnet, (struct span){ (const uint8_t *)bytes + cut, length - cut }, &heard.reply);
	return heard;
}

// Wherever the stream is cut.
static bool says(const char *bytes, size_t length, size_t text, const char *reply,
                 size_t reply_length)
{
	bool ok = true;
	for (size_t cut = 0; cut <= length; cut++) {
		struct heard heard = hear(bytes, length, cut);
		ok &= heard.text == text && heard.reply.length == reply_length &&
		      (reply_length == 0 || memcmp(heard.reply.bytes, reply, reply_length) == 0);
		buffer_done(&heard.reply);
	}
	return ok;
}
#define SAYS(bytes, text, reply) says(bytes, sizeof bytes - 1, text, reply, sizeof reply - 1)

TEST(every_option_is_refused)
{
	CHECK(SAYS("\xff\xfb\x01", 0, "\xff\xfe\x01"));
	CHECK(SAYS("\xff\xfd\x1f", 0, "\xff\xfc\x1f"));
	CHECK(SAYS("\xff\xfd\x18\xff\xfb\x18login: ", 7, "\xff\xfc\x18\xff\xfe\x18"));
	CHECK(SAYS("\xff\xfd\xff", 0, "\xff\xfc\xff"));
}

TEST(once)
{
	CHECK(SAYS("\xff\xfb\x01\xff\xfb\x01\xff\xfb\x03\xff\xfb\x01", 0,
	           "\xff\xfe\x01\xff\xfe\x03"));
}

TEST(refusals_are_not_answered)
{
	CHECK(SAYS("\xff\xfc\x01\xff\xfe\x01", 0, ""));
}

TEST(subnegotiations_are_skipped)
{
	CHECK(SAYS("a\xff\xfa\x18\x01text\xff\xf0z", 2, ""));
	CHECK(SAYS("\xff\xfa\x01\xff\xff\xf0\xff\xfb\x05\xff\xf0z", 1, ""));
	// One that never ends.
	CHECK(SAYS("\xff\xfa\x18login: \xff\xfb\x01", 0, ""));
}

TEST(escaped_bytes_are_text_and_commands_are_none)
{
	CHECK(SAYS("\xff\xff", 1, ""));
	CHECK(SAYS("a\xff\xf9"
	           "b\xff\xf1\xff\xef",
	           2, ""));
	CHECK(SAYS("\xff", 0, ""));
}

TEST(replies_to_any_stream_have_a_limit)
{
	struct random random = random_from(7);
	for (unsigned round = 0; round < random_rounds(40); round++) {
		static uint8_t bytes[1 << 16];
		struct telnet telnet = { .state = 0 };
		struct buffer reply = buffer_up_to(TELNET_REPLIES_MAX + 1);
		for (size_t i = 0; i < sizeof bytes; i++)
			bytes[i] = (uint8_t)(i % 3 == 0   ? 255
			                     : i % 3 == 1 ? 251 + random_below(&random, 4)
			                                  : random_below(&random, 256));
		const size_t text = telnet_take(&telnet, (struct span){ bytes, sizeof bytes },
		                                &reply);
		CHECK(text < sizeof bytes && !reply.failed);
		CHECK(reply.length == TELNET_REPLIES_MAX);
		buffer_done(&reply);
	}
}

TEST_MAIN
