// SPDX-License-Identifier: MIT
// The section of association rules: what it says, and what it says of what is missing.
#include "present/page/page.h"

#include "present/page/rule_text.h"
#include "present/page/rules_sample.h"
#include "present/page/xml_check.h"

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

// Whether the page of the report has a text.
static bool says(const struct report *report, const char *text)
{
	struct buffer b;
	const char *page = written(&b, report);
	const bool found = has(page, text);
	CHECK(xml_is_well_formed(page));
	CHECK(!has(page, "{1}") && !has(page, "{2}") && !has(page, "{3}"));
	CHECK(!has(page, ">nan") && !has(page, "\"nan") && !has(page, ">inf<"));
	buffer_done(&b);
	return found;
}

TEST(the_section_says_what_was_found)
{
	struct report_sample s;
	struct rules_sample r;
	struct buffer b;
	sample_make(&s, 100, false);
	rules_sample_make(&r, &s, false);
	const char *page = written(&b, &s.report);
	CHECK(has(page,
	          "<h2 id=\"rules-name\">Association rules: what is spreading, named or not"));
	CHECK(has(page, "<li><a href=\"#rules\">Association rules</a></li>"));
	CHECK(has(page,
	          "2016-07-01 to 2016-09-30. Fields, each by itself: window size, destination "
	          "port, TTL, type of service. Support at least 1,000 sources a day, "
	          "confidence at least 90.0%."));
	CHECK(!has(page, "The support is that of each day"));
	CHECK(has(page,
	          "<span>1320</span><i>,</i> <span>2376</span> <b>⇒</b>\u00a0<span>792</span>"));
	CHECK(has(page, "<p class=\"when\">2016-08-02<span>window size</span></p>"));
	CHECK(has(page, "<span class=\"new\">none known</span>"));
	CHECK(has(page, "mirai-2016\u00a0<small>99.8%</small>, zmap\u00a0<small>0.2%</small>"));
	CHECK(has(page, "23\u00a0<small>99.9%</small>, 2323\u00a0<small>11.7%</small>"));
	CHECK(has(page, "Vietnam\u00a0<small>34.2%</small>"));
	CHECK(has(page, "<span>window=1320</span> <span>dport=23</span>"));
	CHECK(has(page, "<span>4488</span></span> <small>2016-08-03</small>"));
	CHECK(has(page, "the only SYN of a target source") && has(page, "that sent 14 SYNs"));
	CHECK(has(page, "passed on any of the 28 days before, and more than 3 times as many "));
	CHECK(has(page, "but the last 7") && has(page, "fewer than 7 of the earlier days"));
	CHECK(has(page, "14 days were not judged for that reason."));
	CHECK(has(page, "On 2 days there may be more rules"));
	CHECK(has(page, "says about how many: 40,217 times."));
	CHECK(has(page, "<code>hotaru rules --min-support 100</code>"));
	CHECK(has(page, "href=\"rules-timeline.csv\"") && has(page, "href=\"rules-new.csv\""));
	CHECK(has(page, "href=\"rules.csv\"") && has(page, "href=\"rules-window.svg\""));
	CHECK(has(page, "<dt>Mirai host</dt>"));
	CHECK(!has(page, "was asked for") && !has(page, "left out: ") && !has(page, "as flows"));
	buffer_done(&b);
	s.report.lang = LANG_JA;
	CHECK(says(&s.report, "最小支持度: 1日あたり1,000送信元、最小確信度: 90.0%。"));
	rules_sample_done(&r);
	sample_done(&s);
}

TEST(nothing_found_is_told)
{
	struct report_sample s;
	struct rules_sample r;
	sample_make(&s, 30, false);
	rules_sample_make(&r, &s, false);
	r.rules.life_count = r.rules.figure_count = r.rules.emergence_count = 0;
	CHECK(says(&s.report,
	           "No rule passes a support of 1,000 sources and a confidence of 90.0%"));
	CHECK(says(&s.report, "Nothing emerged on these days."));
	CHECK(says(&s.report, "<code>hotaru rules --min-support 100</code>"));
	CHECK(!says(&s.report, "class=\"card emergence\""));
	r.rules.support_listed = 1100;
	CHECK(says(&s.report, "With a support of 1,100 there is one: <code>hotaru rules"));
	CHECK(!says(&s.report, "To ask with a lower support"));
	r.rules.support_listed = 0;
	r.rules.lower_command = NULL;
	CHECK(!says(&s.report, "To ask with a lower support"));
	rules_sample_done(&r);
	sample_done(&s);
}

TEST(a_support_of_each_day_says_why)
{
	struct report_sample s;
	struct rules_sample r;
	sample_make(&s, 30, false);
	rules_sample_make(&r, &s, false);
	r.rules.support_min = 10;
	r.rules.support_max = 1062;
	r.rules.support_one_in = 293;
	r.rules.support_least = 10;
	r.rules.sources_min = 785;
	r.rules.sources_max = 311070;
	CHECK(says(&s.report, "Support at least 10 to 1,062 sources a day, confidence"));
	CHECK(says(&s.report, "one in 293 of its 785 to 311,070 sources, as 1,000 were in the "
	                      "published study, and 10 at least"));
	CHECK(!says(&s.report, "smaller than the study"));
	r.rules.is_support_by_telescope = true;
	CHECK(says(&s.report, "The telescope is smaller than the study’s /16"));
	s.report.lang = LANG_JA;
	CHECK(says(&s.report, "最小支持度: 1日あたり10～1,062送信元"));
	CHECK(says(&s.report, "当日の送信元数（785～311,070）の293分の1"));
	rules_sample_done(&r);
	sample_done(&s);
}

TEST(what_is_missing_is_told)
{
	struct report_sample s;
	struct rules_sample r;
	sample_make(&s, 130, false);
	rules_sample_make(&r, &s, false);
	r.rules.from += 30;
	r.rules.to += 30;
	r.rules.days_left_out = 30;
	r.rules.support_asked = 10;
	s.survey.has_unknown[29] = s.survey.has_unknown[30] = s.survey.has_unknown[40] = true;
	CHECK(says(&s.report, "30 days of this page before 2016-07-31 are left out."));
	CHECK(says(&s.report, "A support of 10 was asked for. The store dropped values that fewer "
	                      "than 1,000 sources"));
	CHECK(says(&s.report, "On 2 days packets came as flows"));
	CHECK(says(&s.report,
	           "On 3 of 130 days (2016-07-30, 2016-07-31, 2016-08-10) packets came as flows"));
	r.rules.support_one_in = 293;
	CHECK(!says(&s.report, "A support of 10 was asked for."));
	CHECK(says(&s.report,
	           "The support was raised to 1,000 on days that have fewer sources: the store "
	           "dropped"));
	rules_sample_done(&r);
	sample_done(&s);
}

TEST(what_nobody_knows_has_no_number)
{
	struct report_sample s;
	struct rules_sample r;
	struct buffer b;
	sample_make(&s, 30, false);
	rules_sample_make(&r, &s, false);
	r.emergences[0].targets.mirai = REPORT_UNKNOWN;
	r.emergences[0].lift = INFINITY;
	r.emergences[0].match_count = r.emergences[0].port_count = 0;
	r.emergences[0].country_count = r.emergences[0].network_count = 0;
	r.emergences[0].example.items = NULL;
	r.lives[0].peak.mirai = REPORT_UNKNOWN;
	r.rules.emergence_count = r.rules.life_count = 1;
	r.rules.figure_count = 0;
	const char *page = written(&b, &s.report);
	CHECK(!has(page, "<dt>Mirai hosts: over"));
	CHECK(has(page,
	          "<div><dd>–</dd><dt>times as often as among all sources (lift)</dt></div>"));
	CHECK(has(page, "<dt>Ports</dt><dd>–</dd>") && !has(page, "<dt>Countries</dt>"));
	CHECK(!has(page, "<dt>Networks</dt>") && !has(page, "<dt>Example</dt>"));
	buffer_done(&b);
	rules_sample_done(&r);
	sample_done(&s);
}

// What has a name is folded, and apart from what has none.
TEST(named_and_unnamed_stand_apart)
{
	struct report_sample s;
	struct rules_sample r;
	struct buffer b;
	sample_make(&s, 100, false);
	rules_sample_make(&r, &s, false);
	const char *page = written(&b, &s.report);
	const char *unnamed = strstr(page, "<h4 class=\"kind\">Without a known name: 2</h4>");
	const char *named = strstr(page, "<details class=\"named\"><summary>With a known name: 2 "
	                                 "(mirai-2016 2)</summary>");
	CHECK(unnamed != NULL && named != NULL && unnamed < named);
	CHECK(strstr(page, "<span class=\"new\">none known</span>") < named);
	CHECK(strstr(page, "mirai-2016\u00a0<small>") > named);
	CHECK(!has(page, "Everything that emerged has a known name."));
	buffer_done(&b);
	r.emergences[2].name = r.emergences[3].name = r.emergences[1].name = "own";
	CHECK(says(&s.report, "<p>Everything that emerged has a known name.</p>"));
	CHECK(says(&s.report, "With a known name: 4 (mirai-2016 1, own 3)"));
	CHECK(!says(&s.report, "Without a known name"));
	for (size_t i = 0; i < RULES_EMERGENCES; i++)
		r.emergences[i].name = NULL;
	CHECK(!says(&s.report, "With a known name"));
	rules_sample_done(&r);
	sample_done(&s);
}

// Two shares of Mirai on one card say what each is a share of, and by which SYNs.
TEST(each_share_of_a_card_says_of_what)
{
	struct report_sample s;
	struct rules_sample r;
	struct buffer b;
	sample_make(&s, 100, false);
	rules_sample_make(&r, &s, false);
	r.emergences[0].targets.mirai = 0;
	r.emergences[1].matches = NULL;
	r.emergences[1].match_count = 0;
	r.emergences[1].name = NULL;
	r.emergences[1].is_unknown = true;
	r.emergences[1].targets.mirai = REPORT_UNKNOWN;
	const char *page = written(&b, &s.report);
	CHECK(has(page, "<p class=\"of\">Of the 1,204 target sources:</p>"));
	CHECK(has(page,
	          "<dt>Fingerprints: any SYN</dt><dd>mirai-2016\u00a0<small>99.8%</small>, "
	          "zmap\u00a0<small>0.2%</small></dd></div>\n<div><dt>Mirai hosts: over 90% of "
	          "SYNs</dt><dd><small>0.0%</small></dd>"));
	CHECK(has(page, "<dt>of sources with the left side have the right (confidence)</dt>"));
	CHECK(has(page, "<span>unknown: packets came as flows</span>"));
	CHECK(!has(page, "Mirai share"));
	buffer_done(&b);
	rules_sample_done(&r);
	sample_done(&s);
}

TEST(a_rule_that_is_new_leads_to_what_emerged)
{
	static const struct report_item items[] = { { "tos", "24" }, { "tos", "0" } };
	struct report_sample s;
	struct rules_sample r;
	sample_make(&s, 100, false);
	rules_sample_make(&r, &s, false);
	struct report_change change = { .day = r.emergences[0].day,
		                        .kind = REPORT_NEW,
		                        .subject = REPORT_RULE,
		                        .id = "tos=24 => tos=0",
		                        .name = "",
		                        .rule = { items, 1, 1 },
		                        .sources = 29 };
	struct report_changes changes = {
		.day = change.day, .from = change.day, .rows = &change, .count = 1
	};
	s.report.changes = &changes;
	CHECK(says(&s.report, "<a href=\"#emergences\">type of service 24 ⇒ 0</a> (29 sources"));
	changes.day++;
	CHECK(says(&s.report, "Nothing changed on 2016-09-27: of 0 families, ports and rules"));
	rules_sample_done(&r);
	sample_done(&s);
}

// Rows, cards, items and rules beyond what one would read are folded, cut and counted.
TEST(much_is_folded_and_cut)
{
	enum { MANY = 1000, LONG = 200 };
	static struct report_emergence emergences[MANY];
	static struct report_rule_life lives[MANY];
	static struct report_item items[LONG];
	static struct report_related others[LONG];
	struct report_sample s;
	struct rules_sample r;
	sample_make(&s, 100, false);
	rules_sample_make(&r, &s, false);
	for (size_t i = 0; i < LONG; i++) {
		items[i] = (struct report_item){ i % 2 ? "options" : "dport",
			                         "mss,sackOK,timestamp" };
		others[i].rule = r.lives[0].rule;
	}
	for (size_t i = 0; i < MANY; i++) {
		emergences[i] = r.emergences[i % RULES_EMERGENCES];
		lives[i] = r.lives[i % RULES_LIVES];
	}
	emergences[0].rule = lives[0].rule = (struct report_rule){ items, LONG - 1, 1 };
	emergences[0].others = others;
	emergences[0].other_count = LONG;
	r.rules.emergences = emergences;
	r.rules.lives = lives;
	r.rules.emergence_count = r.rules.life_count = MANY;
	r.rules.emergences_more = 31;
	r.rules.lives_more = 17;
	CHECK(says(&s.report, "<summary>250 more</summary>"));
	CHECK(says(&s.report, "<summary>240 more</summary>"));
	CHECK(says(&s.report, "<small>192 more</small>"));
	CHECK(says(&s.report, "757 more are left out here; the CSV has all."));
	CHECK(says(&s.report, "17 more are left out here; the CSV has all."));
	CHECK(says(&s.report, "750 more are left out here; the CSV has all."));
	CHECK(says(&s.report, "<span><small>TCP options</small> mss,sackOK,timestamp</span>"));
	CHECK(says(&s.report, "<span>several fields</span></p>"));
	rules_sample_done(&r);
	sample_done(&s);
}

static bool reads(enum lang lang, const struct report_rule *rule, const char *text)
{
	struct buffer b = buffer_up_to(4096);
	rule_append(&b, lang, rule);
	buffer_byte(&b, '\0');
	const bool same = !b.failed && strcmp((const char *)b.bytes, text) == 0;
	buffer_done(&b);
	return same;
}

TEST(rules_are_written_as_people_write_them)
{
	const struct report_item items[] = {
		{ "dport", "23" }, { "dport", "33-64_values" }, { "ttl", "64" }, { "x", "_values" }
	};
	CHECK(reads(LANG_EN, &(struct report_rule){ items, 1, 1 }, "23 ⇒ 33-64 values"));
	CHECK(reads(LANG_JA, &(struct report_rule){ items, 1, 1 }, "23 ⇒ 33-64種の値"));
	CHECK(reads(LANG_EN, &(struct report_rule){ items, 2, 1 },
	            "destination port 23, destination port 33-64 values ⇒ TTL 64"));
	CHECK(reads(LANG_JA, &(struct report_rule){ items + 2, 1, 1 }, "TTL 64 ⇒ x 種の値"));
	CHECK(reads(LANG_EN, &(struct report_rule){ items, 0, 0 }, ""));
}

TEST(hostile_texts_stay_text)
{
	struct report_sample s;
	struct rules_sample r;
	struct buffer b;
	sample_make(&s, 60, true);
	rules_sample_make(&r, &s, true);
	const char *page = written(&b, &s.report);
	CHECK(xml_is_well_formed(page));
	CHECK(strstr(page, "<script") == strstr(page, "<script>(() =") && !has(page, "<img") &&
	      has(page, "&lt;script&gt;"));
	buffer_done(&b);
	rules_sample_done(&r);
	sample_done(&s);
}

TEST_MAIN
