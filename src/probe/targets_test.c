// SPDX-License-Identifier: MIT
#include "probe/targets.h"

#include "base/memory.h"
#include "base/random.h"
#include "base/test.h"

#include <string.h>

static bool lists(const char *text, size_t piece, struct targets *out, struct error *error)
{
	struct target_list list = { .name = "list" };
	const size_t length = strlen(text);
	for (size_t at = 0; at < length; at += piece) {
		const size_t some = length - at < piece ? length - at : piece;
		if (!target_list_take(&list, (struct span){ (const uint8_t *)text + at, some }, out,
		                      error))
			return false;
	}
	return target_list_end(&list, out, error);
}

TEST(lists_come_in_pieces_of_any_size)
{
	static const char text[] = "# targets\n1.2.3.4\n\n  5.6.7.8 # a camera\r\n1.2.3.4\n9.9.9.9";
	for (size_t piece = 1; piece < sizeof text; piece++) {
		struct targets t = targets_of(11);
		struct error error;
		CHECK(lists(text, piece, &t, &error) && t.count == 4);
		CHECK(targets_sort(&t, &error) && t.count == 3);
		CHECK(t.addresses[0] == 0x01020304 && t.addresses[1] == 0x05060708 &&
		      t.addresses[2] == 0x09090909);
		targets_done(&t);
	}
}

TEST(a_line_that_is_no_address_is_named)
{
	static const char *const wrong[] = { "1.2.3.0/24",      "1.2.3",     "example.org",
		                             "1.2.3.4 5.6.7.8", "1.2.3.256", "2001:db8::1",
		                             "1.2.3.4,AS1" };
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
		struct targets t = targets_of(11);
		struct error error;
		char text[64];
		text_format(text, sizeof text, "1.1.1.1\n#\n%s\n2.2.2.2\n", wrong[i]);
		CHECK(!lists(text, 7, &t, &error) && error.kind == ERROR_FAILED);
		CHECK(strstr(error.text, "'list' line 3 ") != NULL);
		targets_done(&t);
	}
	struct targets t = targets_of(11);
	struct error error;
	char text[200];
	memset(text, '1', sizeof text);
	text[sizeof text - 1] = '\0';
	CHECK(!lists(text, 200, &t, &error));
	targets_done(&t);
}

static struct targets first(uint32_t count, size_t ports)
{
	struct targets t = targets_of(ports);
	struct error error;
	for (uint32_t i = 0; i < count; i++)
		CHECK(targets_add(&t, i * 3, &error));
	CHECK(targets_sort(&t, &error));
	return t;
}

TEST(whom_nobody_asks_is_counted)
{
	struct ipset_prefix opted = { 0x05060700, 0x050607ff };
	const struct guard guard = { .opt_outs = { &opted, 1 } };
	struct targets t = targets_of(4);
	struct error error;
	uint64_t special, opted_out;
	CHECK(lists("10.0.0.1\n5.6.7.8\n5.6.8.8\n127.0.0.1\n5.6.7.9\n224.0.0.1\n1.1.1.1\n", 9, &t,
	            &error) &&
	      targets_sort(&t, &error));
	targets_filter(&t, &guard, &special, &opted_out);
	CHECK(special == 3 && opted_out == 2 && t.count == 2);
	CHECK(t.addresses[0] == 0x01010101 && t.addresses[1] == 0x05060808);
	CHECK(targets_connections(&t) == 8);
	CHECK(targets_mark(&t, 0x01010101, 2, &error) && targets_connections(&t) == 7);
	targets_done(&t);
}

TEST(order_has_each_once_and_differs_by_seed)
{
	static bool is_there[1000];
	struct targets a = first(1000, 11), b = first(1000, 11);
	size_t same = 0, in_place = 0;
	targets_order(&a, 1, 0);
	targets_order(&b, 2, 0);
	CHECK(a.count == 1000 && b.count == 1000);
	for (uint32_t i = 0; i < 1000; i++) {
		CHECK(a.addresses[i] % 3 == 0 && !is_there[a.addresses[i] / 3]);
		is_there[a.addresses[i] / 3] = true;
		same += a.addresses[i] == b.addresses[i];
		in_place += a.addresses[i] == i * 3;
	}
	CHECK(same < 20 && in_place < 20);
	targets_done(&a);
	targets_done(&b);
}

TEST(what_was_asked_is_left_out)
{
	struct targets t = first(10, 3);
	struct error error;
	for (unsigned port = 0; port < 3; port++)
		CHECK(targets_mark(&t, 6, port, &error));
	CHECK(targets_mark(&t, 9, 1, &error) && targets_mark(&t, 10, 0, &error));
	targets_order(&t, 5, 0);
	CHECK(t.count == 9 && t.addresses[0] == 9 && t.todo[0] == 5);
	for (size_t i = 1; i < t.count; i++)
		CHECK(t.addresses[i] != 6 && t.todo[i] == 7);
	targets_done(&t);
}

TEST(a_budget_counts_those_that_were_begun)
{
	struct error error;
	for (uint64_t budget = 1; budget < 14; budget++) {
		struct targets t = first(10, 2);
		CHECK(targets_mark(&t, 0, 0, &error) && targets_mark(&t, 0, 1, &error));
		CHECK(targets_mark(&t, 3, 1, &error));
		targets_order(&t, 5, budget);
		const size_t want = budget <= 2 ? 1 : budget < 10 ? (size_t)budget - 1 : 9;
		CHECK(t.count == want && t.addresses[0] == 3);
		targets_done(&t);
	}
	struct targets t = first(10, 2);
	targets_order(&t, 5, 4);
	CHECK(t.count == 4);
	targets_done(&t);
}

TEST(no_memory_is_said)
{
	struct targets t = targets_of(2);
	struct error error;
	memory_fail_at(1);
	CHECK(!targets_add(&t, 1, &error));
	memory_fail_at(0);
	CHECK(targets_add(&t, 1, &error));
	memory_fail_at(1);
	CHECK(!targets_sort(&t, &error) && !targets_mark(&t, 1, 0, &error));
	memory_fail_at(0);
	targets_done(&t);
}

TEST_MAIN
