// SPDX-License-Identifier: MIT
// SHA-1 against the examples of FIPS 180, identifiers against those of RFC 9562 and of STIX 2.1.
#include "base/uuid.h"

#include "base/test.h"
#include "base/text.h"

#include <string.h>

static struct span span_of(const char *text)
{
	return (struct span){ .bytes = (const uint8_t *)text, .length = strlen(text) };
}

static bool hashes_to(struct span bytes, const char *hex)
{
	uint8_t digest[SHA1_BYTES];
	char got[2 * SHA1_BYTES + 1];
	sha1(bytes, digest);
	for (unsigned i = 0; i < SHA1_BYTES; i++)
		text_format(got + 2 * i, 3, "%02x", digest[i]);
	return text_equal(got, hex);
}

TEST(sha1_is_that_of_the_standard)
{
	CHECK(hashes_to(span_of(""), "da39a3ee5e6b4b0d3255bfef95601890afd80709"));
	CHECK(hashes_to(span_of("abc"), "a9993e364706816aba3e25717850c26c9cd0d89d"));
	CHECK(hashes_to(span_of("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"),
	                "84983e441c3bd26ebaae4aa1f95129e5e54670f1"));
	static uint8_t many[1000000];
	memset(many, 'a', sizeof many);
	CHECK(hashes_to((struct span){ .bytes = many, .length = sizeof many },
	                "34aa973cd4c4daa4f61eeb2bdbad27316534016f"));
}

static bool is_named(const struct uuid *space, const char *name, const char *uuid)
{
	char got[UUID_TEXT_SIZE];
	const struct uuid u = uuid_of_name(space, span_of(name));
	uuid_format(&u, got);
	return text_equal(got, uuid);
}

TEST(names_have_the_identifiers_of_the_standards)
{
	static const struct uuid dns = { { 0x6b, 0xa7, 0xb8, 0x10, 0x9d, 0xad, 0x11, 0xd1, 0x80,
		                           0xb4, 0x00, 0xc0, 0x4f, 0xd4, 0x30, 0xc8 } };
	static const struct uuid stix = { { 0x00, 0xab, 0xed, 0xb4, 0xaa, 0x42, 0x46, 0x6c, 0x9c,
		                            0x01, 0xfe, 0xd2, 0x33, 0x15, 0xa9, 0xb7 } };
	CHECK(is_named(&dns, "www.example.com", "2ed6657d-e927-568b-95e1-2665a8aea6a2"));
	// The example of STIX 2.1.
	CHECK(is_named(&stix, "{\"value\":\"198.51.100.3\"}",
	               "28bb3599-77cd-5a82-a950-b5bc3caf07c4"));
}

TEST_MAIN
