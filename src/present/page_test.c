// SPDX-License-Identifier: MIT
#include "present/page.h"

#include "present/report_sample.h"
#include "present/xml_check.h"

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

// What holds for every page: it loads nothing and runs nothing.
static void check_page(const struct report *report)
{
	struct buffer b;
	const char *page = written(&b, report);
	CHECK(xml_is_well_formed(page));
	CHECK(has(page, "<head>\n<meta http-equiv=\"Content-Security-Policy\" "
	                "content=\"default-src 'none';"));
	CHECK(!has(page, "script-src"));
	CHECK(!has(page, "<script") && !has(page, "<img") && !has(page, "javascript:"));
	CHECK(!has(page, "@import") && !has(page, "url("));
	CHECK(!has(page, "src=\"") && !has(page, "href=\"http") && !has(page, "href=\"//"));
	CHECK(has(page, report->lang == LANG_JA ? "<html lang=\"ja\">" : "<html lang=\"en\">"));
	CHECK(!has(page, "{1}") && !has(page, "{2}"));
	buffer_done(&b);
}

TEST(pages_of_any_size_are_well_formed)
{
	static const uint32_t counts[] = { 1, 14, 15, 184, 1100 };
	for (size_t i = 0; i < sizeof counts / sizeof *counts; i++) {
		struct report_sample s;
		sample_make(&s, counts[i], false);
		check_page(&s.report);
		s.report.lang = LANG_JA;
		s.survey.gap_days = 14;
		s.report.telescope = "";
		check_page(&s.report);
		sample_done(&s);
	}
}

TEST(hostile_texts_stay_text)
{
	struct report_sample s;
	sample_make(&s, 40, true);
	check_page(&s.report);
	sample_done(&s);
}

TEST(an_empty_report_says_so)
{
	struct report_sample s;
	struct buffer b;
	sample_make(&s, 40, false);
	s.survey.family_count = 0;
	s.report.ledger = (struct report_ledger){ .counters = NULL };
	check_page(&s.report);
	CHECK(has(written(&b, &s.report), "No family was asked for."));
	buffer_done(&b);
	s.survey.family_count = SAMPLE_FAMILIES;
	s.survey.day_count = 0;
	check_page(&s.report);
	CHECK(has(written(&b, &s.report), "The store holds no packets"));
	CHECK(has((const char *)b.bytes, "No frame was read."));
	buffer_done(&b);
	sample_done(&s);
}

TEST(the_page_holds_what_was_found)
{
	struct report_sample s;
	struct buffer b;
	sample_make(&s, 40, false);
	const char *page = written(&b, &s.report);
	CHECK(has(page, "Simulated data."));
	CHECK(has(page, "192.0.2.0/24"));
	CHECK(has(page, "2016-07-01 to 2016-08-09"));
	CHECK(has(page, "No source of this family was seen."));
	CHECK(has(page, "<td class=\"n\">90,000</td>"));
	CHECK(has(page, "90.0%"));
	CHECK(has(page, "breaks off"));
	CHECK(has(page, "EtherType 0x0806"));
	CHECK(has(page, "href=\"survey.csv\"") && has(page, "href=\"a%20figure.svg\""));
	CHECK(has(page, "hajime-raw leaves out"));
	buffer_done(&b);
	s.report.is_simulated = false;
	CHECK(!has(written(&b, &s.report), "Simulated data."));
	buffer_done(&b);
	sample_done(&s);
}

TEST(long_lists_of_captures_are_cut)
{
	static struct report_capture captures[200];
	struct report_sample s;
	struct buffer b;
	sample_make(&s, 40, false);
	for (size_t i = 0; i < 200; i++)
		captures[i] = s.captures[0];
	s.report.ledger.captures = captures;
	s.report.ledger.capture_count = 200;
	s.report.files.ledger_csv = "ledger.csv";
	CHECK(has(written(&b, &s.report), "and 150 more, see ledger.csv"));
	buffer_done(&b);
	sample_done(&s);
}

TEST(the_same_report_gives_the_same_bytes)
{
	struct report_sample s;
	struct buffer a, b;
	sample_make(&s, 60, false);
	written(&a, &s.report);
	written(&b, &s.report);
	CHECK(a.length == b.length && memcmp(a.bytes, b.bytes, a.length) == 0);
	buffer_done(&a);
	buffer_done(&b);
	sample_done(&s);
}

TEST(running_out_of_room_or_memory_is_told)
{
	struct report_sample s;
	sample_make(&s, 3, true);
	struct buffer small = buffer_up_to(5000);
	CHECK(!page_write(&small, &s.report));
	buffer_done(&small);
	for (unsigned long n = 1; n < 200; n += 7) {
		struct buffer b = buffer_up_to(1 << 26);
		memory_fail_at(n);
		CHECK(!page_write(&b, &s.report));
		memory_fail_at(0);
		buffer_done(&b);
	}
	sample_done(&s);
}

TEST_MAIN
