// SPDX-License-Identifier: MIT
#include "fingerprint/header_item.h"

#include "base/random.h"
#include "base/test.h"
#include "base/text.h"

static bool reads_as(const char *text, struct header_item want)
{
	struct header_item got;
	struct error error;
	return header_item_parse(text, &got, &error) && header_item_compare(&got, &want) == 0;
}

static bool is_refused(const char *text, const char *why)
{
	struct header_item untouched = { .value = 4711 };
	struct error error;
	return !header_item_parse(text, &untouched, &error) && untouched.value == 4711 &&
	       error.kind == ERROR_USAGE && text_equal(error.text, why);
}

static bool is_written(struct header_item item, const char *want)
{
	char text[HEADER_ITEM_TEXT_SIZE];
	header_item_text(&item, text);
	return text_equal(text, want) && reads_as(want, item);
}

TEST(fields_have_two_names)
{
	unsigned field = 99;
	CHECK(header_field_find("dport", &field) && field == FIELD_DESTINATION_PORT);
	CHECK(header_field_find("destination_port", &field) && field == FIELD_DESTINATION_PORT);
	CHECK(header_field_find("sport", &field) && field == FIELD_SOURCE_PORT);
	CHECK(header_field_find("source_port", &field) && field == FIELD_SOURCE_PORT);
	CHECK(header_field_find("flags", &field) && field == FIELD_TCP_FLAGS);
	CHECK(header_field_find("tcp_flags", &field) && field == FIELD_TCP_FLAGS);
	for (unsigned f = 0; f < HEADER_FIELDS_MAX; f++) {
		CHECK(header_field_find(header_field_name(f), &field) && field == f);
		CHECK(header_field_find(header_field_long_name(f), &field) && field == f);
	}
	CHECK(!header_field_find("matched_port", &field));
	CHECK(!header_field_find("Window", &field));
	CHECK(!header_field_find("", &field));
}

TEST(items_are_written_and_read)
{
	CHECK(is_written((struct header_item){ FIELD_WINDOW, false, 1320 }, "window=1320"));
	CHECK(is_written((struct header_item){ FIELD_DESTINATION_PORT, false, 23 }, "dport=23"));
	CHECK(is_written((struct header_item){ FIELD_TOS, false, 0 }, "tos=0"));
	CHECK(is_written((struct header_item){ FIELD_DESTINATION, false, 0xc6336407 },
	                 "destination=198.51.100.7"));
	CHECK(is_written((struct header_item){ FIELD_OPTIONS, false, 0 }, "options=none"));
	CHECK(is_written((struct header_item){ FIELD_OPTIONS, false,
	                                       OPTION_CODE_MSS | OPTION_CODE_SACK_PERMITTED << 3 },
	                 "options=mss,sack_permitted"));
	CHECK(is_written(
		(struct header_item){ FIELD_OPTIONS, false, OPTION_CODE_NOP | OPTIONS_MALFORMED },
		"options=nop,malformed"));
	CHECK(is_written((struct header_item){ FIELD_DESTINATION_PORT, true, 32 },
	                 "dport=33-64_values"));
	CHECK(is_written((struct header_item){ FIELD_IP_ID, true, 32768 },
	                 "ip_id=32769-65536_values"));
	CHECK(is_written((struct header_item){ FIELD_DESTINATION, true, UINT32_C(1) << 31 },
	                 "destination=2147483649-4294967296_values"));
	CHECK(reads_as("destination_port=23", (struct header_item){ 1, false, 23 }));
}

TEST(the_longest_text_has_room)
{
	// Ten options of the longest name, and both marks.
	uint32_t layout = OPTIONS_MORE | OPTIONS_MALFORMED;
	for (unsigned i = 0; i < 10; i++)
		layout |= (uint32_t)OPTION_CODE_SACK_PERMITTED << 3 * i;
	char text[HEADER_ITEM_TEXT_SIZE];
	const struct header_item item = { FIELD_OPTIONS, false, layout };
	header_item_text(&item, text);
	CHECK(text_starts(text, "options=sack_permitted,sack"));
	CHECK(text_ends(text, ",sack_permitted,more,malformed"));
	CHECK(reads_as(text, item));
}

TEST(any_item_comes_back)
{
	struct random dice = random_from(6);
	for (unsigned i = 0; i < 20000; i++) {
		char text[HEADER_ITEM_TEXT_SIZE];
		struct header_item item = { .field = (uint8_t)random_below(&dice,
			                                                   HEADER_FIELDS_MAX) };
		const uint64_t values = header_field_values(item.field);
		item.is_bucket = random_below(&dice, 4) == 0;
		item.value = random_u32(&dice) & (uint32_t)(values - 1);
		if (item.field == FIELD_OPTIONS) {
			item.value = OPTIONS_MALFORMED;
			for (unsigned code = random_below(&dice, 10); code-- > 0;)
				item.value |= (1 + random_below(&dice, 7)) << 3 * code;
		}
		if (item.is_bucket)
			item.value = header_bucket(item.field, 33 + item.value);
		header_item_text(&item, text);
		CHECK(reads_as(text, item));
	}
}

TEST(what_is_no_item_is_refused_in_one_line)
{
	CHECK(is_refused("", "'' is no header value: window=1320 is one"));
	CHECK(is_refused("window", "'window' is no header value: window=1320 is one"));
	CHECK(is_refused("widow=1", "'widow=1' is no header value: window=1320 is one"));
	CHECK(is_refused("=1", "'=1' is no header value: window=1320 is one"));
	CHECK(is_refused("window=", "window has no value ''"));
	CHECK(is_refused("window=65536", "window has no value '65536'"));
	CHECK(is_refused("window=01320", "window has no value '01320'"));
	CHECK(is_refused("window= 1320", "window has no value ' 1320'"));
	CHECK(is_refused("ttl=256", "ttl has no value '256'"));
	CHECK(is_refused("flags=syn", "flags has no value 'syn'"));
	CHECK(is_refused("options=mss, nop", "options has no value 'mss, nop'"));
	CHECK(is_refused("options=", "options has no value ''"));
	CHECK(is_refused("options=mss,none", "options has no value 'mss,none'"));
	CHECK(is_refused("options=more,mss", "options has no value 'more,mss'"));
	CHECK(is_refused("options=nop,nop,nop,nop,nop,nop,nop,nop,nop,nop,nop",
	                 "options has no value 'nop,nop,nop,nop,nop,nop,nop,nop,nop,nop,nop'"));
	CHECK(is_refused("destination=1.2.3", "destination has no value '1.2.3'"));
	CHECK(is_refused("dport=1-32_values", "dport has no value '1-32_values'"));
	CHECK(is_refused("dport=17-32_values", "dport has no value '17-32_values'"));
	CHECK(is_refused("dport=33-65_values", "dport has no value '33-65_values'"));
	CHECK(is_refused("dport=34-64_values", "dport has no value '34-64_values'"));
	CHECK(is_refused("dport=65537-131072_values", "dport has no value '65537-131072_values'"));
	CHECK(is_refused("ttl=257-512_values", "ttl has no value '257-512_values'"));
}

TEST(a_bucket_is_a_power_of_two)
{
	CHECK(header_bucket(FIELD_DESTINATION_PORT, 33) == 32);
	CHECK(header_bucket(FIELD_DESTINATION_PORT, 64) == 32);
	CHECK(header_bucket(FIELD_DESTINATION_PORT, 65) == 64);
	CHECK(header_bucket(FIELD_DESTINATION_PORT, 65536) == 32768);
	CHECK(header_bucket(FIELD_TTL, 256) == 128);
	// An estimate that is too high.
	CHECK(header_bucket(FIELD_IP_ID, 70000) == 32768);
	CHECK(header_bucket(FIELD_DESTINATION, UINT64_MAX) == UINT32_C(1) << 31);
}

TEST(items_ascend_by_field_then_values_then_buckets)
{
	static const struct header_item sorted[] = {
		{ FIELD_WINDOW, false, 99 },
		{ FIELD_WINDOW, false, 1320 },
		{ FIELD_WINDOW, true, 32 },
		{ FIELD_WINDOW, true, 64 },
		{ FIELD_DESTINATION_PORT, false, 23 },
		{ FIELD_DESTINATION_PORT, false, 2323 },
		{ FIELD_TTL, false, 0 },
		{ FIELD_OPTIONS, false, 4000000000 },
		{ FIELD_OPTIONS, true, 32 },
		{ FIELD_DESTINATION, false, 1 },
	};
	const int count = sizeof sorted / sizeof *sorted;
	for (int i = 0; i < count; i++)
		for (int k = 0; k < count; k++) {
			const int order = header_item_compare(&sorted[i], &sorted[k]);
			CHECK((order > 0) - (order < 0) == (i > k) - (i < k));
		}
}

TEST_MAIN
