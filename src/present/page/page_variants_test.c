// SPDX-License-Identifier: MIT
// The section of variants, and its figures: what they say, what is unknown, and what is hostile.
#include "present/page/page.h"

#include "present/page/figure.h"
#include "present/page/variants_sample.h"
#include "present/page/xml_check.h"

static bool has(const char *text, const char *part)
{
	return strstr(text, part) != NULL;
}

static const char *written(struct buffer *b, const struct report *report)
{
	*b = buffer_up_to(1 << 28);
	CHECK(page_write(b, report));
	buffer_byte(b, '\0');
	const char *page = b->failed ? "" : (const char *)b->bytes;
	CHECK(xml_is_well_formed(page));
	CHECK(!has(page, "{1}") && !has(page, "{2}") && !has(page, "{3}") && !has(page, "{4}"));
	return page;
}

static size_t count(const char *text, const char *part)
{
	size_t found = 0;
	for (; (text = strstr(text, part)) != NULL; text++)
		found++;
	return found;
}

TEST(the_section_says_what_is_known_and_what_is_not)
{
	struct report_sample s;
	struct variants_sample v;
	struct buffer b;
	sample_make(&s, 40, false);
	variants_make(&v, &s, false);
	const char *page = written(&b, &s.report);
	CHECK(has(page, "6 families came to the honeypots."));
	CHECK(has(page, "On 4 days no honeypot logged anything."));
	CHECK(has(page, "the telescope saw 10,281 infected sources in all countries together"));
	CHECK(has(page, "there were at least 10,480 to 11,201."));
	CHECK(has(page, "In Japan it saw 4,129, and there were at least 4,209 to 4,498."));
	CHECK(has(page, ">no honeypot logged<"));
	// Of the family on days that the telescope does not know nobody can say who was seen.
	CHECK(has(page, "<th scope=\"row\">daddyl33t</th>") &&
	      has(page, "<td class=\"n\">unknown</td>"));
	CHECK(has(page, "href=\"variants.csv\"") && has(page, "<td>MIRAI;ECCHI</td>"));
	buffer_done(&b);
	s.report.lang = LANG_JA;
	page = written(&b, &s.report);
	CHECK(has(page, "6個のファミリーを確認しました") &&
	      has(page, "Japanでは観測4,129、少なくとも4,209～4,498です。"));
	buffer_done(&b);
	s.report.variants = NULL;
	page = written(&b, &s.report);
	CHECK(!has(page, "id=\"variants\""));
	buffer_done(&b);
	sample_done(&s);
}

TEST(every_figure_in_every_form)
{
	struct report_sample s;
	struct variants_sample v;
	sample_make(&s, 40, false);
	variants_make(&v, &s, false);
	for (enum figure_kind kind = FIGURE_VARIANTS; kind <= FIGURE_INFECTED; kind++)
		for (unsigned i = 0; i < 8; i++) {
			const struct figure figure = { .kind = kind,
				                       .is_narrow = (i & 1) != 0,
				                       .stands_alone = (i & 2) != 0 };
			struct buffer b = buffer_up_to(1 << 24);
			s.report.lang = i < 4 ? LANG_EN : LANG_JA;
			CHECK(figure_draw(&b, &s.report, figure));
			buffer_byte(&b, '\0');
			const char *svg = b.failed ? "" : (const char *)b.bytes;
			CHECK(xml_is_well_formed(svg) && !has(svg, "nan") && !has(svg, "{1}"));
			CHECK((kind >= FIGURE_JOINED) ==
			      !(has(svg, "no honeypot logged") || has(svg, "ログなし")));
			buffer_done(&b);
		}
	sample_done(&s);
}

TEST(hostile_strings_are_texts)
{
	struct report_sample s;
	struct variants_sample v;
	struct buffer b;
	sample_make(&s, 40, true);
	variants_make(&v, &s, true);
	v.report.drawn.name = sample_hostile;
	const char *page = written(&b, &s.report);
	CHECK(!has(page, "<script>alert") && !has(page, "<img src=x"));
	CHECK(count(page, "&lt;script&gt;alert(1)") > VARIANTS_FAMILIES);
	buffer_done(&b);
	sample_done(&s);
}

TEST_MAIN
