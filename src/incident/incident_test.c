// SPDX-License-Identifier: MIT
#include "incident/incident.h"

#include "base/calendar.h"
#include "base/memory.h"
#include "base/random.h"
#include "base/test.h"
#include "base/text.h"

#include <math.h>
#include <string.h>

static struct span span_of(const char *text)
{
	return (struct span){ (const uint8_t *)text, strlen(text) };
}

static bool merge(struct incidents *all, const char *text, struct error *error)
{
	return incidents_built_in(all, error) && incidents_merge(all, span_of(text), "f", error);
}

// "": there is no error.
static const char *why(const char *text, struct error *error)
{
	struct incidents all;
	const bool ok = merge(&all, text, error);
	incidents_done(&all);
	return ok ? "" : error->text;
}

TEST(built_in_ones_are_whole)
{
	struct incidents all;
	struct error error;
	CHECK(incidents_built_in(&all, &error) && all.count == 20);
	for (size_t i = 0; i < all.count; i++) {
		const struct incident *one = &all.list[i];
		CHECK(i == 0 || all.list[i - 1].day <= one->day);
		CHECK(one->source[0] != '\0' && one->confidence[0] != '\0' && !one->is_own);
		CHECK(one->label_ja[0] != '\0' && isnan(one->size) == (one->unit[0] == '\0'));
	}
	incidents_done(&all);
}

TEST(own_ones_are_merged)
{
	struct incidents all;
	struct error error;
	CHECK(merge(&all,
	            "\xef\xbb\xbflabel,note,date,size\r\n"
	            "# ours\n\n"
	            "\"a, \"\"b\"\"\",x,2016-10-01,1.5\r\n"
	            "dyn ATTACKED,x,2016-10-22\n"
	            "Mozi published,,-",
	            &error));
	CHECK(all.count == 20);
	for (size_t i = 0; i < all.count; i++)
		CHECK(!text_equal(all.list[i].label, "Dyn attacked") &&
		      !text_equal(all.list[i].label, "Mozi published"));
	const struct incident *own = incidents_find(&all, "a, \"b\"", &error);
	CHECK(own != NULL && own->size == 1.5 && own->is_own);
	CHECK(own != NULL && own->day == day_from_date(2016, 10, 1));
	own = incidents_find(&all, "Dyn", &error);
	CHECK(own != NULL && own->day == day_from_date(2016, 10, 22));
	incidents_done(&all);
}

// Two of a label on days of their own are two.
TEST(own_ones_leave_each_other_alone)
{
	struct incidents all;
	struct error error;
	CHECK(merge(&all, "2020-01-02,outage\n2020-01-01,outage\n", &error));
	CHECK(all.count == 22);
	CHECK(incidents_find(&all, "outage", &error) == NULL);
	CHECK(strstr(error.text, "2020-01-01 outage; 2020-01-02 outage") != NULL);
	CHECK(incidents_find(&all, "no such", &error) == NULL);
	CHECK(incidents_find(&all, "surge in Japan", &error) == NULL);
	CHECK(incidents_find(&all, "second surge", &error) != NULL);
	incidents_done(&all);
}

TEST(what_is_wrong_is_told_with_its_line)
{
	static const struct {
		const char *text, *why;
	} cases[] = {
		{ "date,label\n2016-02-30,a", "'f' line 2 has a date that is no YYYY-MM-DD" },
		{ "Date,label\n", "'f' line 1 has a date that is no YYYY-MM-DD" },
		{ "\n#\n2016-01-01,", "'f' line 3 has no label" },
		{ "2016-01-01", "'f' line 1 has no label" },
		{ "2016-01-01,a,many", "'f' line 1 has a size that is no number from 0 on" },
		{ "2016-01-01,a,-1", "'f' line 1 has a size that is no number from 0 on" },
		{ "2016-01-01,a,,,,sure",
		  "'f' line 1 has a confidence that is none of high, medium, "
		  "low (a colon and the reason may follow)" },
		{ "2016-01-01,a,,,,highly",
		  "'f' line 1 has a confidence that is none of high, medium, "
		  "low (a colon and the reason may follow)" },
		{ "2016-01-01,\"a", "'f' line 1 has a quote that is not closed" },
		{ "2016-01-01,\"a\"b", "'f' line 1 has text behind a closed quote" },
		{ "2016-01-01,a\x1b[31m", "'f' line 1 has bytes that are no text" },
		{ "2016-01-01,a,,,,,,,", "'f' line 1 has more fields than there are columns" },
		{ "date,labels\n", "'f' line 1 names no column label" },
		{ "date,label,date\n", "'f' line 1 names a column twice" },
		{ "2016-01-01,a,1,b,c,low: d,e", "" },
	};
	struct error error;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		CHECK(text_equal(why(cases[i].text, &error), cases[i].why));
}

TEST(nothing_is_too_long)
{
	char text[1000] = "2016-01-01,";
	struct error error;
	memset(text + 11, 'x', 160);
	CHECK(text_equal(why(text, &error), ""));
	memset(text + 11, 'x', 161);
	CHECK(strstr(why(text, &error), "line 1 has a label or unit of more than 160") != NULL);
	memset(text + 11, 'x', 321);
	CHECK(strstr(why(text, &error), "line 1 has a field of more than 320") != NULL);
	memset(text, ',', sizeof text - 1);
	CHECK(strstr(why(text, &error), "line 1 has more than 32 fields") != NULL);
}

// Any bytes are read or refused.
TEST(changed_bytes_do_no_harm)
{
	struct random random = random_from(5);
	for (int i = 0; i < 20000; i++) {
		char text[] = "date,label,size\n2016-01-01,\"a\"\"b\",1\n-,Dyn attacked\n#\n";
		struct error error;
		for (int j = 0; j < 3; j++)
			text[random_below(&random, sizeof text - 1)] =
				",\"\n\r-0129azdl# \x01\xff"[random_below(&random, 18)];
		const char *wrong = why(text, &error);
		CHECK(wrong[0] == '\0' || text_starts(wrong, "'f' line "));
	}
}

TEST(an_axis_shows_what_it_has_room_for)
{
	struct incidents all;
	struct error error;
	CHECK(incidents_built_in(&all, &error));
	const int32_t day = day_from_date(2016, 10, 21);
	struct incidents_shown shown = incidents_on_axis(&all, day, 1);
	CHECK(shown.count == 1 && shown.hits[0].index == 0 && shown.left_out == 0);
	CHECK(incidents_on_axis(&all, day + 1, 1).count == 0);
	CHECK(incidents_on_axis(NULL, 0, 30000).count == 0);
	CHECK(incidents_merge(&all, span_of("2030-01-01,ours\n"), "f", &error));
	shown = incidents_on_axis(&all, 0, 30000);
	CHECK(shown.count == INCIDENTS_ON_AXIS && shown.left_out + INCIDENTS_ON_AXIS == 21);
	CHECK(shown.hits[shown.count - 1].incident->is_own);
	size_t sized = 0;
	for (size_t i = 0; i < shown.count; i++) {
		CHECK(i == 0 || shown.hits[i - 1].index <= shown.hits[i].index);
		sized += isnan(shown.hits[i].incident->size) ? 0 : 1;
	}
	CHECK(sized == 8);
	incidents_done(&all);
}

TEST(no_memory_is_an_error)
{
	bool worked = false;
	for (unsigned long n = 1; n < 50 && !worked; n++) {
		struct incidents all;
		struct error error;
		memory_fail_at(n);
		worked = merge(&all, "2016-01-01,a\n", &error);
		memory_fail_at(0);
		incidents_done(&all);
	}
	CHECK(worked);
}

TEST_MAIN
