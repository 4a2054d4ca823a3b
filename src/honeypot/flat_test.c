// SPDX-License-Identifier: MIT
// What the flat scan takes json_read() takes, too, and with the same members: of real shapes, changed anywhere.
#include "honeypot/flat.h"

#include "base/random.h"
#include "base/test.h"

#include <string.h>

static const char *const lines[] = {
	"{\"eventid\":\"cowrie.session.connect\",\"src_ip\":\"192.0.2.7\",\"src_port\":5,\"dst_ip\":\"198.51.100.1\",\"dst_port\":2223,"
	"\"session\":\"c0ffee\",\"protocol\":\"telnet\",\"message\":[],\"sensor\":\"\",\"timestamp\":\"2018-06-15T00:04:39.596202Z\"}",
	"{\"eventid\": \"cowrie.login.failed\", \"username\": \"b'\\\\xff\\\"'\", \"password\": \"\\u00e9\\ud83d\\ude00\", \"isError\": 0, "
	"\"time\": 1529021079.5, \"x\": null, \"y\": true}",
	"{\"kexAlgs\":[\"a\",\"b\\n\"],\"duration\":0.5,\"input\":\"a\",\"input\":\"b\",\"dest_ip\":\"\",\"@timestamp\":7,\"uuid\":false}",
	"{\"geoip\":{\"location\":{\"lat\":1.5e3}},\"url\":\"http://example.com\",\"shasum\":[[]],\"version\":-1}",
};

static bool is_same(const struct flat *a, const struct flat *b)
{
	bool is_same = true;
	for (unsigned i = 0; i < FLAT_MEMBERS; i++) {
		const struct flat_value *x = &a->values[i], *y = &b->values[i];
		is_same &= x->is_there == y->is_there && x->is_text == y->is_text &&
		           x->is_number == y->is_number;
		if (x->is_text || x->is_number)
			is_same &= x->raw.bytes == y->raw.bytes && x->raw.length == y->raw.length &&
			           x->has_escapes == y->has_escapes;
	}
	return is_same;
}

// 1: both read it, 0: the flat scan does not.
static int compare(struct json *json, struct span line)
{
	struct flat flat, other;
	if (!flat_read(&flat, line))
		return 0;
	if (json_read(json, line) != JSON_FINE)
		return -1;
	flat_of_json(&other, json, json_root(json));
	return is_same(&flat, &other) ? 1 : -1;
}

static struct span text(const char *words)
{
	return (struct span){ (const uint8_t *)words, strlen(words) };
}

TEST(plain_lines_are_read_and_others_are_not)
{
	struct json json = { .count = 0 };
	CHECK(compare(&json, text(lines[0])) == 1 && compare(&json, text(lines[1])) == 1);
	CHECK(compare(&json, text(lines[2])) == 1 && compare(&json, text(lines[3])) == 0);
	CHECK(compare(&json, text("{}")) == 0 && compare(&json, text("")) == 0);
	json_done(&json);
}

static const char *const bad[] = {
	"{\"a\":01}",        "{\"a\":1.}",
	"{\"a\":.5}",        "{\"a\":1.2.3}",
	"{\"a\":}",          "{\"a\":tru}",
	"{\"a\":[\"b\",]}",  "{\"a\":[}",
	"{\"a\"}",           "{\"a\":1,}",
	"{\"a\":\"\\x\"}",   "{\"a\":\"\\u12g4\"}",
	"{\"a\":\"b\tc\"}",  "{\"a\":\"b",
	"{\"a\":1}x",        "{\"a\":\"b\\\"}",
	"{\"a\":1 \"b\":2}", "{a:1}",
	"{\"a\":1",          "{\"a\":\"\\u123\"}",
	"{\"a\":\"\x1f\"}",  "{\"a\":\"12345678\x01\"}",
};

TEST(what_is_no_json_is_not_read)
{
	struct flat flat;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		CHECK(!flat_read(&flat, text(bad[i])));
}

// Changes some bytes to others that lines are made of.
static size_t change(struct random *random, uint8_t *line, size_t length)
{
	static const char marks[] = "\"\\{}[]:,0.5eu-tfn \t\x01\x1f\x7f\x80\xff"
				    "a";
	for (uint32_t changes = 1 + random_below(random, 3); changes > 0 && length > 1; changes--) {
		const size_t at = random_below(random, (uint32_t)length);
		const uint8_t mark = (uint8_t)marks[random_below(random, sizeof marks - 1)];
		const uint32_t how = random_below(random, 3);
		if (how == 1)
			memmove(line + at, line + at + 1, --length - at);
		else if (how == 2)
			memmove(line + at + 1, line + at, length++ - at);
		if (how != 1)
			line[at] = mark;
	}
	return length;
}

TEST(changed_lines_are_read_alike)
{
	struct json json = { .count = 0 };
	struct random random = random_from(16);
	unsigned read = 0, unlike = 0;
	const unsigned rounds = 200000 / sweep_step();
	for (unsigned i = 0; i < rounds; i++) {
		// A block of just that size, so that reading behind it is found.
		uint8_t room[1024];
		const struct span line = text(lines[i % 4]);
		memcpy(room, line.bytes, line.length);
		const int found = compare(
			&json, (struct span){ room, change(&random, room, line.length) });
		read += found == 1;
		unlike += found < 0;
	}
	CHECK(unlike == 0 && read > rounds / 20);
	json_done(&json);
}

TEST_MAIN
