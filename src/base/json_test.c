// SPDX-License-Identifier: MIT
#include "base/json.h"

#include "base/test.h"
#include "base/base64.h"

static struct json json;

static enum json_fault read_text(const char *text)
{
	return json_read(&json, (struct span){ (const uint8_t *)text, strlen(text) });
}

static bool stands_for(const char *quoted, const char *bytes, size_t length)
{
	struct buffer out = buffer_up_to(1000);
	const bool is_text = read_text(quoted) == JSON_FINE &&
	                     json_text(&json, json_root(&json), &out);
	const bool is_same = is_text && out.length == length &&
	                     (length == 0 || memcmp(out.bytes, bytes, length) == 0);
	buffer_done(&out);
	return is_same;
}

TEST(values_are_found)
{
	uint64_t number = 0;
	char text[8];
	CHECK(read_text(
		      " {\"a\": [1, {\"b\": \"x\"}, []], \"c\" : {\"d\":{\"e\":42}}, \"a\":2}\r") ==
	      JSON_FINE);
	const struct json_value *root = json_root(&json), *list = json_member(&json, root, "a");
	CHECK(list != NULL && list->kind == JSON_ARRAY);
	const struct json_value *item = json_first(&json, list);
	CHECK(item != NULL && json_u64(&json, item, 1, &number) && number == 1);
	item = json_next(&json, list, item);
	CHECK(json_copy(&json, json_member(&json, item, "b"), text, 2) && text_equal(text, "x"));
	CHECK(!json_copy(&json, json_member(&json, item, "b"), text, 1));
	item = json_next(&json, list, item);
	CHECK(item != NULL && json_first(&json, item) == NULL);
	CHECK(item != NULL && json_next(&json, list, item) == NULL);
	CHECK(json_u64(&json, json_find(&json, root, "c.d.e"), 42, &number) && number == 42);
	CHECK(!json_u64(&json, json_find(&json, root, "c.d.e"), 41, &number));
	CHECK(json_find(&json, root, "c.d.x.y") == NULL);
	CHECK(json_member(&json, list, "b") == NULL);
	json_done(&json);
}

TEST(texts_are_bytes)
{
	CHECK(stands_for("\"a\\u0000b\"", "a\0b", 3));
	CHECK(stands_for("\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"", "\"\\/\b\f\n\r\t", 8));
	CHECK(stands_for("\"\\u00e9\\u20ac\\ud83d\\ude00\"", "\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80",
	                 9));
	CHECK(stands_for("\"\\ud83d\"", "\xef\xbf\xbd", 3));
	CHECK(stands_for("\"\\ud83d\\u0041\"",
	                 "\xef\xbf\xbd"
	                 "A",
	                 4));
	CHECK(stands_for("\"\\udc00x\"", "\xef\xbf\xbdx", 4));
	CHECK(stands_for("\"\xff\x80\"", "\xff\x80", 2));
	CHECK(read_text("{\"\\u0061\\n\":1}") == JSON_FINE);
	CHECK(json_member(&json, json_root(&json), "a\n") != NULL);
	CHECK(json_member(&json, json_root(&json), "a") == NULL);
	CHECK(json_member(&json, json_root(&json), "a\nb") == NULL);
	json_done(&json);
}

TEST(what_is_none)
{
	static const char *const none[] = {
		"x",      "{]",         "[1 2]", "[1,]",  "{\"a\" 1}", "{1:2}",   "01",
		"1.",     "-",          "nul",   "nulls", "1 1",       "\"\\x\"", "\"\\u12g4\"",
		"\"\n\"", "{\"a\":1,}", "+1",    "[1}",   "1e+",       ".5",      "'a'",
	};
	for (size_t i = 0; i < sizeof none / sizeof *none; i++)
		CHECK(read_text(none[i]) == JSON_IS_NONE || read_text(none[i]) == JSON_BREAKS_OFF);
	CHECK(read_text("x") == JSON_IS_NONE);
	CHECK(json_read(&json, (struct span){ (const uint8_t *)"[\0]", 3 }) == JSON_IS_NONE);
	json_done(&json);
}

TEST(every_piece_breaks_off)
{
	static const char whole[] = "{\"a\":[1.5e3,true,null,\"x\\u0041\"],\"b\":{}}";
	for (size_t length = 0; length < sizeof whole - 1; length++)
		CHECK(json_read(&json, (struct span){ (const uint8_t *)whole, length }) ==
		      JSON_BREAKS_OFF);
	CHECK(read_text(whole) == JSON_FINE);
	CHECK(read_text("{\"a\":1,\"b\":{\"c\":\"cut he") == JSON_BREAKS_OFF);
	CHECK(json_find(&json, json_root(&json), "b.c") != NULL);
	json_done(&json);
}

TEST(depth_and_number_have_limits)
{
	static char deep[200001];
	memset(deep, '[', 100000);
	memset(deep + 100000, ']', 100000);
	CHECK(read_text(deep) == JSON_IS_DEEP);
	deep[200000 - (100000 - 64)] = '\0';
	CHECK(read_text(deep + 100000 - 64) == JSON_FINE);
	const size_t many = (size_t)JSON_VALUES_MAX * 2 + 4;
	struct buffer wide = buffer_up_to(many);
	buffer_text(&wide, "[1");
	while (wide.length < many - 2)
		buffer_text(&wide, ",1");
	CHECK(json_read(&json, buffer_span(&wide)) == JSON_IS_LARGE);
	buffer_done(&wide);
	json_done(&json);
}

static bool decodes(const char *text, const char *bytes, size_t length)
{
	struct buffer out = buffer_up_to(100);
	const bool is_decoded = base64_decode(&out,
	                                      (struct span){ (const uint8_t *)text, strlen(text) });
	const bool is_same = is_decoded && out.length == length &&
	                     (length == 0 || memcmp(out.bytes, bytes, length) == 0);
	CHECK(is_decoded || out.length == 0);
	buffer_done(&out);
	return is_same;
}

TEST(base64_is_strict)
{
	CHECK(decodes("", "", 0) && decodes("Zg==", "f", 1) && decodes("Zm8=", "fo", 2));
	CHECK(decodes("Zm9v", "foo", 3) && decodes("Zm9vYg==", "foob", 4));
	CHECK(decodes("AP/+", "\0\xff\xfe", 3));
	static const char *const wrong[] = { "Z",    "Zg",     "Zg=",      "Zm9",  "Zh==",
		                             "Zm9=", "====",   "Zg==Zg==", "Zm9-", "Z===",
		                             "Zm 9", "Zm9v\n", "=Zm9",     "Zg=a", "Zm9*Zm9v" };
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
		CHECK(!decodes(wrong[i], "", 0));
}

TEST(base64_comes_back)
{
	uint8_t bytes[300];
	for (size_t i = 0; i < sizeof bytes; i++)
		bytes[i] = (uint8_t)(i * 167 + i / 7);
	for (size_t length = 0; length <= sizeof bytes; length++) {
		struct buffer text = buffer_up_to(1000), back = buffer_up_to(1000);
		base64_encode(&text, (struct span){ bytes, length });
		CHECK(base64_decode(&back, buffer_span(&text)) && back.length == length);
		CHECK(length == 0 || memcmp(back.bytes, bytes, length) == 0);
		buffer_done(&text);
		buffer_done(&back);
	}
}

TEST(hex_is_pairs)
{
	struct buffer out = buffer_up_to(10);
	CHECK(hex_decode(&out, (struct span){ (const uint8_t *)"00fFA1", 6 }));
	CHECK(out.length == 3 && memcmp(out.bytes, "\0\xff\xa1", 3) == 0);
	CHECK(!hex_decode(&out, (struct span){ (const uint8_t *)"0", 1 }));
	CHECK(!hex_decode(&out, (struct span){ (const uint8_t *)"0g", 2 }) && out.length == 3);
	buffer_done(&out);
}

TEST_MAIN
