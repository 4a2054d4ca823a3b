// SPDX-License-Identifier: MIT
// The section of devices, and its figure: what they say, and of what is missing.
#include "present/page/page.h"

#include "present/page/devices_sample.h"
#include "present/page/figure.h"
#include "present/page/xml_check.h"

static const char *written(struct buffer *b, const struct report *report)
{
	*b = buffer_up_to(1 << 28);
	CHECK(page_write(b, report));
	buffer_byte(b, '\0');
	return b->failed ? "" : (const char *)b->bytes;
}

static const char *drawn(struct buffer *b, const struct report *report, enum figure_kind kind,
                         unsigned variant)
{
	const struct figure figure = { .kind = kind,
		                       .is_narrow = (variant & 1) != 0,
		                       .stands_alone = (variant & 2) != 0 };
	*b = buffer_up_to(1 << 24);
	CHECK(figure_draw(b, report, figure));
	buffer_byte(b, '\0');
	return b->failed ? "" : (const char *)b->bytes;
}

static bool has(const char *text, const char *part)
{
	return strstr(text, part) != NULL;
}

static bool says(const struct report *report, const char *text)
{
	struct buffer b;
	const char *page = written(&b, report);
	const bool found = has(page, text);
	CHECK(xml_is_well_formed(page));
	CHECK(!has(page, "{1:") && !has(page, "{2:") && !has(page, "{1}") && !has(page, "{2}") &&
	      !has(page, "{3}") && !has(page, "{4}"));
	buffer_done(&b);
	return found;
}

static size_t count(const char *text, const char *part)
{
	size_t found = 0;
	for (; (text = strstr(text, part)) != NULL; text++)
		found++;
	return found;
}

TEST(a_group_for_each_attacked_port_has_a_bar_for_each_that_answers)
{
	struct report_sample s;
	struct devices_sample d;
	sample_make(&s, 20, false);
	devices_make(&d, &s, false);
	for (unsigned i = 0; i < 8; i++) {
		struct buffer b;
		s.report.lang = i < 4 ? LANG_EN : LANG_JA;
		const char *svg = drawn(&b, &s.report, FIGURE_ACCESSIBILITY, i % 4);
		CHECK(xml_is_well_formed(svg));
		CHECK(!has(svg, "nan") && !has(svg, "inf\"") && !has(svg, "{1}"));
		CHECK(count(svg, "<g><title>") == 10 * 11);
		// What is on the attacked port itself has another colour: nine bars, and the
		// legend.
		CHECK(count(svg, "class=\"a2\"") == 10);
		if (i < 4)
			CHECK(has(
				svg,
				"Of 433,786 hosts that attacked port 23, 30,581 answered on port 23</title>"));
		buffer_done(&b);
	}
	sample_done(&s);
}

// A coordinate, behind the next command of that letter.
static double number_behind(const char *at, char command)
{
	double value = 0, unit = 1;
	for (at = strchr(at, command) + 1; (*at >= '0' && *at <= '9') || *at == '.'; at++)
		if (*at == '.') {
			unit = 0.1;
		} else {
			value = unit < 1 ? value + (*at - '0') * unit : value * 10 + (*at - '0');
		}
	return value;
}

// Shares are of one scale: a bar that is twice as long is twice the share.
TEST(bars_of_all_groups_have_one_scale)
{
	struct report_sample s;
	struct devices_sample d;
	struct buffer b;
	sample_make(&s, 20, false);
	devices_make(&d, &s, false);
	d.rows[0] = (struct report_accessible){ 22, 21, 1000, 500 };
	d.rows[1] = (struct report_accessible){ 23, 21, 1000, 250 };
	d.accessibility.row_count = 2;
	d.accessibility.attacked_count = 2;
	d.accessibility.probed_count = 1;
	d.accessibility.attacked[1] = 23;
	const char *svg = drawn(&b, &s.report, FIGURE_ACCESSIBILITY, 0);
	double ends[2][2] = { { 0 } };
	const char *at = strstr(svg, "<g><title>");
	for (size_t i = 0; i < 2 && at != NULL; i++) {
		at = strstr(at, "d=\"M");
		ends[i][0] = at != NULL ? number_behind(at, 'M') : 0;
		ends[i][1] = at != NULL ? number_behind(at, 'H') : 0;
		at = at != NULL ? strstr(at, "<g><title>") : NULL;
	}
	const double first = ends[0][1] - ends[0][0], second = ends[1][1] - ends[1][0];
	CHECK(first > 20 && first - 2 * second < 0.3 && 2 * second - first < 0.3);
	CHECK(has(svg, ">50.0%<") && has(svg, ">25.0%<"));
	buffer_done(&b);
	sample_done(&s);
}

// A bar for each day and country: parts of cards in their order, then the rest; of what is not there nothing.
TEST(infected_hosts_are_divided_by_day_and_country)
{
	struct report_sample s;
	struct devices_sample d;
	struct buffer b;
	sample_make(&s, 20, false);
	devices_make(&d, &s, false);
	for (unsigned i = 0; i < 8; i++) {
		s.report.lang = i < 4 ? LANG_EN : LANG_JA;
		const char *svg = drawn(&b, &s.report, FIGURE_MODELS, i % 4);
		CHECK(xml_is_well_formed(svg));
		CHECK(!has(svg, "nan") && !has(svg, "inf\"") && !has(svg, "{1}"));
		// All four parts of seven bars, but for the rest of a day, which is none.
		CHECK(count(svg, "<g><title>") == 4 * 7 - 1);
		CHECK(has(svg, i < 4 ? "2016-07-02: 70 of 160 hosts are of 2: no label<"
		                     : "2016-07-02: 160ホスト中70が「2: ラベルなし」<"));
		CHECK(i >= 4 || has(svg, "Japan: 34 of 90 hosts are of all other clusters<"));
		buffer_done(&b);
	}
	s.report.lang = LANG_EN;
	// Of 200 hosts 100 are of the first: half of what there is, but for the gap.
	const char *at = strstr(drawn(&b, &s.report, FIGURE_MODELS, 0), "2016-07-01: 100 of 200");
	at = at != NULL ? strstr(at, "d=\"M") : NULL;
	const double first = at != NULL ? number_behind(at, 'M') : 0,
		     end = at != NULL ? number_behind(at, 'H') : 0;
	// The next part begins where that ends.
	at = at != NULL ? strstr(at, "d=\"M") : NULL;
	at = at != NULL ? strstr(at + 1, "d=\"M") : NULL;
	CHECK(at != NULL && number_behind(at, 'M') - end > 0.8 &&
	      number_behind(at, 'M') - end < 1.2);
	at = at != NULL ? strstr(at, "2016-07-01: 30 of 200 hosts are of all other clusters")
	                : NULL;
	at = at != NULL ? strstr(at, "d=\"M") : NULL;
	const double whole = at != NULL ? number_behind(at, 'H') - first : 0;
	CHECK(whole > 500 && 2 * (end - first) - whole > -2 && 2 * (end - first) - whole < 2);
	buffer_done(&b);
	CHECK(says(&s.report, "<figure id=\"models\">") &&
	      says(&s.report, "<a href=\"devices.svg\">"));
	CHECK(says(&s.report, "Drawn are the 3 of 20 countries with the most"));
	d.found.country_count = 0;
	d.found.countries_all = 0;
	CHECK(says(&s.report, "<figure id=\"models\">") && !says(&s.report, ">by country<"));
	CHECK(!says(&s.report, "Drawn are the 0"));
	d.found.day_count = 1;
	CHECK(!says(&s.report, "<figure id=\"models\">"));
	sample_done(&s);
}

TEST(the_section_says_who_was_asked_and_when)
{
	struct report_sample s;
	struct devices_sample d;
	sample_make(&s, 20, false);
	devices_make(&d, &s, false);
	CHECK(says(&s.report, "<li><a href=\"#devices\">Devices</a></li>"));
	CHECK(says(&s.report, "<figure id=\"accessibility\">"));
	CHECK(says(&s.report, "<h3 id=\"accessibility-table\">Ports that answer, 2016-07-01</h3>"));
	CHECK(says(&s.report,
	           "Hosts were asked on 2016-07-04. 500,000 of 556,693 such sources were asked"));
	CHECK(says(&s.report,
	           "Drawn are the 10 attacked ports with the most hosts and the 11 ports"));
	CHECK(says(&s.report, "2 with fewer answers are not listed"));
	CHECK(says(&s.report, "<a href=\"accessibility.csv\">") &&
	      says(&s.report, "<a href=\"accessibility.svg\">"));
	CHECK(says(&s.report,
	           "<tr><th scope=\"row\">23</th><td>23</td><td class=\"n\">433,786</td>"));
	d.accessibility.asked_to++;
	CHECK(says(&s.report, "Hosts were asked from 2016-07-04 to 2016-07-05."));
	d.accessibility.asked_to -= 2;
	CHECK(!says(&s.report, "Hosts were asked"));
	s.report.lang = LANG_JA;
	CHECK(says(&s.report, "機器</h2>"));
	sample_done(&s);
}

// Cards of those with the most infected hosts; answers line by line, where the device ended one.
TEST(a_card_says_what_its_cluster_is)
{
	struct report_sample s;
	struct devices_sample d;
	sample_make(&s, 20, false);
	devices_make(&d, &s, false);
	CHECK(says(&s.report,
	           "602 hosts answered, in 5 clusters. Of 9,122 sources of mirai, 315 answered."));
	CHECK(says(&s.report, "<dd>23, 80</dd>"));
	CHECK(says(&s.report, "<dt>most like</dt><dd>cluster 2, no label; distance 0.38</dd>"));
	CHECK(says(&s.report, "<dt>told apart by</dt><dd><code>81:TsukiCam 23:-x</code></dd>"));
	CHECK(says(&s.report,
	           "<dt>told apart by</dt><dd>it has not <code>81:H40 81:&lt;b&gt;</code></dd>"));
	CHECK(says(&s.report,
	           "<dd>23\u00a0<small>100.0%</small>, 2323\u00a0<small>50.0%</small></dd>"));
	CHECK(says(&s.report, "<dd>Japan\u00a0<small>100.0%</small></dd>"));
	CHECK(says(&s.report, "3 days, 2016-07-01 to 2016-07-05, most on 2016-07-03"));
	CHECK(says(
		&s.report,
		"<code>\\xFF\\xFB\\x01\\xFF\\xFB\\x03\\r\\n<br/>TSUKIREC-8CH (none)\\r\\n<br/>login: </code>"));
	// A backslash of the device's own is none of an escape.
	CHECK(says(&s.report, "Location: C:\\\\new\\\\start.html\\r\\n<br/>"));
	CHECK(says(&s.report, "1 more cluster<") &&
	      says(&s.report, "220 \\xE2\\x80\\xAE ready\\n</code>"));
	CHECK(says(&s.report, "id=\"clusters\"") && says(&s.report, "id=\"cluster-table\""));
	CHECK(says(&s.report, "id=\"cluster-2\"") && says(&s.report, "id=\"cluster-4\""));
	CHECK(!says(&s.report, "id=\"cluster-3\"") && !says(&s.report, "id=\"cluster-5\""));
	d.found.are_too_many = true;
	d.found.count = d.found.card_count = 0;
	CHECK(says(&s.report, "602 hosts answered in 311 different ways: too many"));
	CHECK(!says(&s.report, "cluster-table") && !says(&s.report, "No host was asked later."));
	d.found.is_past = true;
	CHECK(says(&s.report, "No host was asked later."));
	sample_done(&s);
}

// What has no name says so; where nobody gave any, the numbers stand in their place, and no column is empty.
TEST(clusters_have_names_where_some_were_given)
{
	struct report_sample s;
	struct devices_sample d;
	sample_make(&s, 20, false);
	devices_make(&d, &s, false);
	CHECK(says(&s.report, "203 of the 602 hosts have a label themselves"));
	CHECK(says(&s.report,
	           "<h4>Hoshikam H40</h4><p class=\"of\"><b>99 infected (mirai)</b> of 270 "
	           "hosts that answered so (36.7%)</p>"));
	CHECK(says(&s.report, "<dd>75.0% of its hosts have it themselves</dd>"));
	CHECK(says(&s.report,
	           "<h4><i>no label</i></h4><p class=\"of\"><b>140 infected (mirai)</b>"));
	CHECK(says(&s.report, "<tr><th scope=\"row\">1</th><td>Hoshikam H40</td>"));
	CHECK(says(&s.report, "<tr><th scope=\"row\">2</th><td><i>no label</i></td>"));
	CHECK(says(&s.report,
	           "<th scope=\"col\">label</th><th scope=\"col\" class=\"n\">hosts</th>"));
	CHECK(!says(&s.report, "took too long"));
	d.found.rules_gave_up = 7;
	CHECK(says(&s.report, "Rules took too long 7 times"));
	d.found.rules_gave_up = 0;
	d.found.has_labels = false;
	for (size_t i = 0; i < DEVICES_MODELS; i++)
		d.models[i].label = NULL;
	CHECK(says(&s.report, "no rules or table for these were given"));
	CHECK(says(
		&s.report,
		"<h4>140 infected (mirai)</h4><p class=\"of\">of 140 hosts that answered so (100.0%)</p>"));
	CHECK(!says(&s.report, "no label") && !says(&s.report, ">label<"));
	CHECK(says(&s.report, "<tr><th scope=\"row\">1</th><td class=\"n\">270</td>"));
	sample_done(&s);
}

TEST(hostile_answers_stay_text)
{
	struct report_sample s;
	struct devices_sample d;
	struct buffer b;
	sample_make(&s, 20, true);
	devices_make(&d, &s, true);
	const char *page = written(&b, &s.report);
	CHECK(xml_is_well_formed(page) && has(page, "<figure id=\"models\">"));
	CHECK(strstr(page, "<script") == strstr(page, "<script>(() =") && !has(page, "<img"));
	CHECK(!has(page, "\xe2\x80\xae") && !has(page, "\x1b") && has(page, "&lt;script&gt;"));
	buffer_done(&b);
	sample_done(&s);
}

TEST(where_nobody_was_asked_there_is_no_section)
{
	struct report_sample s;
	struct buffer b = buffer_up_to(1 << 20);
	sample_make(&s, 20, false);
	CHECK(!says(&s.report, "#devices") && !says(&s.report, "accessibility"));
	CHECK(!figure_accessibility(&b, &s.report) && b.length == 0);
	sample_done(&s);
}

TEST_MAIN
