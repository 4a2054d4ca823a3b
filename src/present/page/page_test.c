// SPDX-License-Identifier: MIT
#include "present/page/page.h"

#include "present/page/devices_sample.h"
#include "present/page/rules_sample.h"
#include "present/page/where_sample.h"
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

// The name that stands behind each `before`, up to a quotation mark: into a list of names.
struct names {
	const char *at[2000];
	size_t lengths[2000], count;
};

static void collect(const char *page, const char *before, struct names *out)
{
	out->count = 0;
	for (const char *at = page; (at = strstr(at, before)) != NULL && out->count < 2000;) {
		at += strlen(before);
		out->at[out->count] = at;
		out->lengths[out->count++] = strcspn(at, "\"");
	}
}

static size_t times_in(const struct names *names, const char *name, size_t length)
{
	size_t times = 0;
	for (size_t i = 0; i < names->count; i++)
		times += names->lengths[i] == length && strncmp(names->at[i], name, length) == 0;
	return times;
}

// Every address within the page leads somewhere, and to one place.
static void check_addresses(const char *page)
{
	static struct names ids, links;
	collect(page, " id=\"", &ids);
	collect(page, " href=\"#", &links);
	for (size_t i = 0; i < ids.count; i++)
		CHECK(ids.lengths[i] > 0 && times_in(&ids, ids.at[i], ids.lengths[i]) == 1);
	for (size_t i = 0; i < links.count; i++)
		CHECK(times_in(&ids, links.at[i], links.lengths[i]) == 1);
	CHECK(links.count >= 3);  // a page without a day has these sections
}

// The script is the page's own, whose hash the policy has, and makes no markup of strings.
static void check_script(const char *page)
{
	const char *script = strstr(page, "<script>");
	CHECK(has(page, "; script-src 'sha256-"));
	CHECK(has(page, "; require-trusted-types-for 'script'; trusted-types 'none'\"/>"));
	CHECK(script != NULL);
	if (script == NULL)
		return;
	CHECK(!has(script + 1, "<script") && has(script, "</script>\n</body>\n</html>\n"));
	static const char *const makers[] = { "innerHTML",      "outerHTML",
		                              "insertAdjacent", "document.write",
		                              "DOMParser",      "createContextualFragment",
		                              "eval(",          "Function(",
		                              "setTimeout",     "import(",
		                              "fetch(" };
	for (size_t i = 0; i < sizeof makers / sizeof *makers; i++)
		CHECK(!has(script, makers[i]));
}

// What holds for every page: it loads nothing, and runs nothing but its script.
static void check_page(const struct report *report)
{
	struct buffer b;
	const char *page = written(&b, report);
	CHECK(xml_is_well_formed(page));
	CHECK(has(page, "<head>\n<meta http-equiv=\"Content-Security-Policy\" "
	                "content=\"default-src 'none';"));
	check_script(page);
	CHECK(!has(page, "<img") && !has(page, "javascript:"));
	CHECK(!has(page, "@import") && !has(page, "url("));
	CHECK(!has(page, "src=\"") && !has(page, "href=\"http") && !has(page, "href=\"//"));
	CHECK(has(page, report->lang == LANG_JA ? "<html lang=\"ja\">" : "<html lang=\"en\">"));
	CHECK(!has(page, "{1}") && !has(page, "{2}") && !has(page, "{3}") && !has(page, "{4}"));
	check_addresses(page);
	buffer_done(&b);
}

static size_t times(const char *page, const char *text)
{
	size_t count = 0;
	for (const char *at = page; (at = strstr(at, text)) != NULL; at++)
		count++;
	return count;
}

// Bands in both drawings of two panels, and a legend for each drawing; the days in the table.
static void check_open(struct report_sample *s, const char *caption, const char *card)
{
	struct buffer b;
	const char *page = written(&b, &s->report);
	CHECK(times(page, "<path class=\"open\"") == 2 * 3 + 2 * 2);  // mirai, and all families
	CHECK(times(page, "<small class=\"beside\">not final yet</small></th>") == 3);
	CHECK(times(page, caption) == 2 && times(page, card) == 1);
	check_page(&s->report);
	buffer_done(&b);
}

TEST(days_that_are_not_final_are_marked)
{
	struct report_sample s;
	sample_make(&s, 40, false);
	for (size_t i = 0; i < 40; i++)
		s.survey.has_data[i] = true;
	struct report_survey_family *mirai = &s.families[1];
	mirai->open_days = 3;
	check_open(&s, "Days that are not final yet: 3.", "not final yet</small></dd>");
	mirai->active_moved = (struct report_moved){ true, 0.0602, 0.0704 };
	mirai->recovered_moved = (struct report_moved){ true, -0.31, -0.4 };
	check_open(&s, "Marked as “not final yet”: the last 3 days. Who comes back",
	           "not final yet (+6.0%)</small></dd>");
	check_open(&s,
	           "raised active of a last day by 6.0% (at most 7.0%; median of four weeks). They "
	           "lowered recovered by 31.0% (at most 40.0%).",
	           "not final yet (+6.0%)</small></dd>");
	s.survey.gap_days = 3;
	mirai->active_moved = (struct report_moved){ true, -0.55, -0.66 };
	check_open(&s, "Nobody counts as recovered before more than 3 days of silence",
	           "active on 2016-08-06, final");
	check_open(&s, "lowered active of a last day by 55.0% (at most 66.0%",
	           "seen on 2016-08-09");
	sample_done(&s);
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

TEST(pages_with_every_section_are_well_formed)
{
	static const uint32_t counts[] = { 1, 8, 314, 1100 };
	for (size_t i = 0; i < 2 * sizeof counts / sizeof *counts; i++) {
		struct report_sample s;
		struct where_sample w;
		struct rules_sample r;
		struct devices_sample d;
		sample_make(&s, counts[i / 2], i % 2 == 1);
		where_make(&w, &s, i % 2 == 1);
		rules_sample_make(&r, &s, i % 2 == 1);
		devices_make(&d, &s, i % 2 == 1);
		check_page(&s.report);
		s.report.lang = LANG_JA;
		w.floods.are_left_out = true;
		w.databases[0].to = 17300;
		w.databases[1].to = INT32_MAX;
		check_page(&s.report);
		rules_sample_done(&r);
		where_done(&w);
		sample_done(&s);
	}
}

// Any part may be missing: then nothing leads to it.
TEST(parts_that_are_missing_leave_no_trace)
{
	struct report_sample s;
	struct where_sample w;
	struct rules_sample r;
	sample_make(&s, 20, false);
	where_make(&w, &s, false);
	rules_sample_make(&r, &s, false);
	const struct report whole = s.report;
	for (unsigned parts = 0; parts < 256; parts++) {
		s.report = whole;
		s.report.changes = parts & 1 ? whole.changes : NULL;
		s.report.ports = parts & 2 ? whole.ports : NULL;
		s.report.places = parts & 4 ? whole.places : NULL;
		s.report.networks = parts & 8 ? whole.networks : NULL;
		s.report.concentration = parts & 16 ? whole.concentration : NULL;
		s.report.floods = parts & 32 ? whole.floods : NULL;
		s.report.coverage = parts & 64 ? whole.coverage : NULL;
		s.report.rules = parts & 128 ? whole.rules : NULL;
		check_page(&s.report);
	}
	rules_sample_done(&r);
	where_done(&w);
	sample_done(&s);
}

TEST(sections_without_rows_say_so)
{
	struct report_sample s;
	struct where_sample w;
	struct buffer b;
	sample_make(&s, 20, false);
	where_make(&w, &s, false);
	w.ports.row_count = w.ports.figure_count = 0;
	w.places.country_count = w.places.port_count = w.places.databases.count = 0;
	w.where.network_count = w.where.country_count = w.where.databases.count = 0;
	w.concentration.length_count = 0;
	w.changed.count = 0;
	check_page(&s.report);
	const char *page = written(&b, &s.report);
	CHECK(has(page, "Nothing changed on 2016-07-20: of 1,234 families"));
	CHECK(has(page, "No port was asked for by any source on 2016-07-20."));
	CHECK(has(page, "(--country-db FILE)") && has(page, "(--asn-db FILE)"));
	CHECK(has(page, "<code>tools/get-databases DIR</code>"));
	buffer_done(&b);
	where_done(&w);
	sample_done(&s);
}

// One's own: a link where a row is, a word where nobody counted, and a mark in the tables.
TEST(ones_own_come_first)
{
	struct report_sample s;
	struct where_sample w;
	struct buffer b;
	struct report_home_row rows[] = {
		{ REPORT_HOME_COUNTRY, { "IR", "Iran", 57366, false }, true },
		{ REPORT_HOME_NETWORK, { "AS64999", NULL, 0, false }, false },
		{ REPORT_HOME_PREFIX, { "192.0.2.0/25", NULL, REPORT_UNKNOWN, false }, false },
	};
	const struct report_home home = { 17000, 17027, 573660, rows, 3 };
	sample_make(&s, 40, false);
	where_make(&w, &s, false);
	s.report.home = &home;
	check_page(&s.report);
	const char *page = written(&b, &s.report);
	CHECK(has(page,
	          "<a href=\"#country-IR\">Iran</a></th><td>IR</td><td class=\"n\">57,366</td>"));
	CHECK(has(page, "AS64999</th><td>AS64999</td><td class=\"n\">0</td>"));
	CHECK(has(page, "<td>192.0.2.0/25</td><td class=\"n\">unknown</td>"));
	CHECK(strstr(page, "id=\"home\"") < strstr(page, "id=\"ports\""));
	buffer_done(&b);
	s.report.home = NULL;
	CHECK(!has(written(&b, &s.report), "id=\"home\""));
	buffer_done(&b);
	where_done(&w);
	sample_done(&s);
}

TEST(addresses_stay)
{
	static const char *const ids[] = {
		"summary",
		"by-day",
		"lifetimes",
		"last-days",
		"ledger",
		"definitions",
		"changes",
		"coverage",
		"floods",
		"ports",
		"ports-telnet",
		"port-families",
		"port-table",
		"port-23-tcp",
		"places",
		"countries",
		"country-IR",
		"country-unknown",
		"countries-by-port",
		"networks",
		"networks-figure",
		"networks-of-days",
		"network-AS12389",
		"networks-by-country",
		"concentration",
		"concentration-figure",
		"families",
		"family-mirai",
		"days-mirai",
		"rules",
		"emergences",
		"rules-window",
		"rule-table",
		"devices",
		"accessibility",
		"accessibility-table",
	};
	struct report_sample s;
	struct where_sample w;
	struct rules_sample r;
	struct devices_sample d;
	struct buffer b;
	sample_make(&s, 20, false);
	where_make(&w, &s, false);
	rules_sample_make(&r, &s, false);
	devices_make(&d, &s, false);
	const char *page = written(&b, &s.report);
	for (size_t i = 0; i < sizeof ids / sizeof *ids; i++) {
		char id[64];
		snprintf(id, sizeof id, " id=\"%s\"", ids[i]);
		CHECK(has(page, id));
	}
	buffer_done(&b);
	rules_sample_done(&r);
	where_done(&w);
	sample_done(&s);
}

TEST(the_page_says_what_changed)
{
	struct report_sample s;
	struct where_sample w;
	struct buffer b;
	sample_make(&s, 20, false);
	where_make(&w, &s, false);
	const char *page = written(&b, &s.report);
	CHECK(has(page, "What changed on 2016-07-20"));
	CHECK(has(
		page,
		"<b>New:</b> ports <a href=\"#port-81-tcp\">81 HTTP of cameras</a> (27,276 sources, "
		"at most 4,120 before)"));
	CHECK(has(page, "and 1 more</span>"));
	CHECK(has(page, "In the six days before:") &&
	      has(page, "<b>2016-07-19</b> <span><b>Gone:</b>"));
	// The table has them all, and a dash where there is no number.
	CHECK(has(page,
	          "<th scope=\"row\">2016-07-20</th><td>new</td><td><a href=\"#rules\">window size "
	          "1320 ⇒ 792</a></td><td class=\"n\">80</td><td class=\"n\">–</td>"
	          "<td class=\"n\">3</td>") ||
	      has(page, "<td>new</td><td>window size 1320 ⇒ 792</td><td class=\"n\">80</td>"
	                "<td class=\"n\">–</td><td class=\"n\">3</td>"));
	CHECK(has(page, "<td>gone</td>") && has(page, ">AS2</a>"));
	// A row that is there, and one that is not, for want of a section or not.
	CHECK(has(page, "<a href=\"#country-CN\">China</a>"));
	CHECK(has(page, "<a href=\"#networks\">AS2</a>"));
	buffer_done(&b);
	s.report.places = NULL;
	CHECK(has(written(&b, &s.report), "<td>China</td>"));
	buffer_done(&b);
	where_done(&w);
	sample_done(&s);
}

TEST(what_captures_lost_is_told)
{
	struct report_sample s;
	struct where_sample w;
	struct buffer b;
	sample_make(&s, 20, false);
	where_make(&w, &s, false);
	w.coverage[19] = 1;
	s.survey.has_data[5] = true;
	s.report.ledger.lost = (struct report_lost){ .packets = 12345, .captures = 2, .all = 7 };
	const char *page = written(&b, &s.report);
	CHECK(has(page, "id=\"coverage\""));
	CHECK(has(page,
	          "Packets that did not get into the captures, as 2 of 7 captures say: 12,345."));
	CHECK(!has(page, "are covered partly and") && !has(page, "do not say"));
	buffer_done(&b);
	s.report.ledger.lost.silent = 3;
	s.survey.has_data[5] = false;
	page = written(&b, &s.report);
	CHECK(has(page, "Captures that do not say whether some did not: 3."));
	CHECK(has(page, "Of 20 days, 0 are covered partly and 1 not at all."));
	buffer_done(&b);
	where_done(&w);
	sample_done(&s);
}

TEST(holes_in_the_data_are_told)
{
	struct report_sample s;
	struct where_sample w;
	struct buffer b;
	sample_make(&s, 20, false);
	where_make(&w, &s, false);
	const char *page = written(&b, &s.report);
	CHECK(has(page, "The captures cover 60.0% of 2016-07-20"));
	CHECK(has(page, "Of 20 days, 1 are covered partly and 1 not at all."));
	CHECK(strstr(page, "id=\"coverage\"") < strstr(page, "id=\"changes\""));
	CHECK(has(page, ">2016-07-20<small class=\"beside\">60.0% captured</small></th>"));
	CHECK(has(page, ">2016-07-19</th>"));
	buffer_done(&b);
	w.coverage[19] = 1;
	w.coverage[12] = 0.25;
	page = written(&b, &s.report);
	CHECK(has(page, "Of 2016-07-13, with which it is compared, they cover 25.0%."));
	buffer_done(&b);
	w.coverage[12] = 1;
	page = written(&b, &s.report);
	CHECK(!has(page, "is too low") && !has(page, "with which it is compared"));
	CHECK(strstr(page, "id=\"coverage\"") > strstr(page, "id=\"changes\""));
	buffer_done(&b);
	s.survey.has_data[5] = true;
	CHECK(!has(written(&b, &s.report), "id=\"coverage\""));
	buffer_done(&b);
	where_done(&w);
	sample_done(&s);
}

TEST(tables_of_places_say_what_they_are_from)
{
	struct report_sample s;
	struct where_sample w;
	struct buffer b;
	sample_make(&s, 320, false);
	where_make(&w, &s, false);
	const char *page = written(&b, &s.report);
	CHECK(has(page, "Database: iptoasn-country.mmdb (iptoasn-country), of 2017-05-04. "
	                "Source: IPtoASN, public domain (PDDL)</li>"));
	CHECK(has(page, "Database: asn-ipv4.csv (table), without a date, asked for 2016-07-01 to "
	                "2017-05-14. Source: DB-IP, CC BY 4.0</li>"));
	CHECK(has(page, "<td><a href=\"#country-IR\">Iran</a><small>57,366 · 13.2%</small></td>"));
	CHECK(has(page, "41,203 source-days on 3 days") && has(page, "are counted: 41,203"));
	CHECK(has(page, "<tr><th scope=\"row\">198.51.0.0/16</th>"));
	CHECK(has(page, "href=\"countries-by-port.csv\"") && has(page, "href=\"prefixes.csv\""));
	CHECK(has(page, " <span class=\"new\">new</span></th>"));
	buffer_done(&b);
	w.floods.are_left_out = true;
	CHECK(has(written(&b, &s.report), "are left out: 41,203"));
	buffer_done(&b);
	where_done(&w);
	sample_done(&s);
}

TEST(long_tables_are_folded_and_cut)
{
	static struct report_place many[1000];
	static char ids[1000][16];
	struct report_sample s;
	struct where_sample w;
	struct buffer b;
	sample_make(&s, 20, false);
	where_make(&w, &s, false);
	for (size_t i = 0; i < 1000; i++) {
		snprintf(ids[i], sizeof ids[i], "AS%zu", i + 1);
		many[i] = (struct report_place){ ids[i], NULL, 1000 - i };
	}
	w.where.networks = many;
	w.where.network_count = 1000;
	check_page(&s.report);
	const char *page = written(&b, &s.report);
	CHECK(has(page, "<summary>240 more</summary>"));
	CHECK(has(page, "750 more are left out here; the CSV has all."));
	CHECK(has(page, "id=\"network-AS250\"") && !has(page, "id=\"network-AS251\""));
	buffer_done(&b);
	where_done(&w);
	sample_done(&s);
}

static bool map_drawn(struct buffer *out, const struct report *report, bool is_narrow,
                      bool stands_alone)
{
	CHECK(!stands_alone && report->places->country_count > 0);
	buffer_text(out, is_narrow ? "<svg class=\"small-map\"/>" : "<svg class=\"map\"/>");
	return !out->failed;
}

TEST(a_map_has_its_place)
{
	struct report_sample s;
	struct where_sample w;
	struct buffer b;
	sample_make(&s, 20, false);
	where_make(&w, &s, false);
	w.places.map = map_drawn;
	s.report.files.map_figure = "map.svg";
	check_page(&s.report);
	const char *page = written(&b, &s.report);
	CHECK(has(page, "<figure id=\"map\">") && has(page, "<svg class=\"map\"/>"));
	CHECK(has(page, "<svg class=\"small-map\"/>") && has(page, "href=\"map.svg\""));
	buffer_done(&b);
	where_done(&w);
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
	CHECK(!has((const char *)b.bytes, "none counts"));
	buffer_done(&b);
	const char *const counters[] = { "not_ip", "outside_telescope", "syn" };
	const uint64_t totals[] = { 3, 49534, 0 };
	s.report.ledger = (struct report_ledger){ .counters = counters,
		                                  .totals = totals,
		                                  .counter_count = 3 };
	check_page(&s.report);
	CHECK(has(
		written(&b, &s.report),
		"49,537 frames that were read none counts. 49,534 of them are: not addressed to the telescope. "
		"<a href=\"#ledger\">Where every frame went</a>"));
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
