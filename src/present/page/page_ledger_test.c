// SPDX-License-Identifier: MIT
// What the head and the table of frames say of captures.
#include "present/page/page.h"

#include "present/page/where_sample.h"

#include <string.h>

static const char *written(struct buffer *b, const struct report *report)
{
	*b = buffer_up_to(1 << 28);
	CHECK(page_write(b, report));
	buffer_byte(b, '\0');
	return b->failed ? "" : (const char *)b->bytes;
}

static bool has(const char *page, const char *text)
{
	return strstr(page, text) != NULL;
}

TEST(captures_that_go_on_are_told)
{
	struct report_sample s;
	struct buffer b;
	sample_make(&s, 20, false);
	const char *page = written(&b, &s.report);
	CHECK(has(page, "100,000<small>from 3 captures</small>"));
	CHECK(!has(page, "go on after") && !has(page, "sums begin"));
	buffer_done(&b);
	s.report.ledger.going_on = (struct report_going_on){ .captures = 2,
		                                             .frames = 1234,
		                                             .day = 17002 };
	s.survey.days_before = 3;
	page = written(&b, &s.report);
	CHECK(has(page, "98,766<small>from 3 captures, 2 of them going on after 2016-07-20"));
	CHECK(has(page, "Captures that go on after 2016-07-20: 2. Here each is counted as a "
	                "whole. 1,234 of the frames are later than that day."));
	CHECK(has(page, "20 days, 1 of them without captures, sums begin on 2016-06-28"));
	buffer_done(&b);
	s.report.ledger.going_on.is_unknown = true;
	s.report.ledger.capture_count = s.report.ledger.going_on.captures = 1;
	page = written(&b, &s.report);
	CHECK(has(page, "at most 98,766<small>from 1 capture, which goes on after 2016-07-20"));
	CHECK(has(page, "How many of the frames are later than that day is not known."));
	buffer_done(&b);
	sample_done(&s);
}

TEST_MAIN
