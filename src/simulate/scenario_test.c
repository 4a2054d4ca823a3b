// SPDX-License-Identifier: MIT
// The reader of scenario files: what it accepts, what it says about the rest, and
// that no text whatever does harm, neither to it nor to a simulation of it.
#include "simulate/scenario.h"
#include "simulate/simulate.h"

#include "base/memory.h"
#include "base/test.h"
#include "base/text.h"

#include <string.h>

enum { MUTANTS = 3000, MUTANT_BYTES_MAX = 1 << 20 };

static struct span span_of(const char *text)
{
	return (struct span){ .bytes = (const uint8_t *)text, .length = strlen(text) };
}

static bool reads(const char *text, struct scenario **out)
{
	struct error error;
	const bool ok = simulate_scenario_read("test", span_of(text), out, &error);
	if (!ok)
		printf("%s\n", error.text);
	return ok;
}

TEST(builtin_scenario_is_read)
{
	struct scenario *s;
	CHECK(simulate_builtin("mirai-2017") == NULL);
	if (!reads(simulate_builtin("mirai-2016"), &s)) {
		CHECK(false);
		return;
	}
	CHECK(s->start_day == day_from_date(2016, 7, 1));
	CHECK(s->days == 184);
	CHECK(s->telescope.address == UINT32_C(0xc6330000) && s->telescope.bits == 16);
	CHECK(s->population_count == 19);
	const struct population *mirai = &s->populations[1];
	CHECK(text_equal(mirai->name, "mirai"));
	CHECK(mirai->ports.count == 2 && mirai->ports.values[1] == 2323);
	CHECK(mirai->ports.sums[0] == 9 && mirai->ports.sums[1] == 10);
	CHECK(mirai->seq == SEQ_DESTINATION && mirai->windows.is_random);
	simulate_scenario_free(s);
}

TEST(comments_blanks_and_line_ends_do_not_matter)
{
	struct scenario *s;
	const char *text = "# head\r\n\n  days=3 # three\r\n\t[ population a ]\t\n"
			   "active\t=  2016-07-02T12:30   7 ,2016-07-03 9 #\n ports = 1:2,3 ";
	if (!reads(text, &s)) {
		CHECK(false);
		return;
	}
	CHECK(s->days == 3);
	const struct population *p = &s->populations[0];
	CHECK(text_equal(p->name, "a"));
	CHECK(p->active.count == 2 && p->active.points[0].hosts == 7);
	CHECK(p->active.points[0].minute % 1440 == 750);
	CHECK(p->ports.count == 2 && p->ports.sums[1] == 3);
	simulate_scenario_free(s);
}

TEST(curves_are_straight_lines_with_steps)
{
	const struct curve c = { .count = 4,
		                 .points = { { 10, 0 }, { 20, 100 }, { 20, 7 }, { 30, 5 } } };
	CHECK(curve_hosts(&c, 9) == 0);
	CHECK(curve_hosts(&c, 10) == 0);
	CHECK(curve_hosts(&c, 15) == 50);
	CHECK(curve_hosts(&c, 19) == 90);
	CHECK(curve_hosts(&c, 20) == 7);
	CHECK(curve_hosts(&c, 25) == 6);
	CHECK(curve_hosts(&c, 1000) == 5);
}

TEST(models_have_answers)
{
	static const char text[] =
		"[model nagiwa]\nport_percent = 50\nanswer = 80 HTTP/1.0 200 OK\\r\\n\n"
		"answer = 23\nanswer = 80 \\r\\n{a|b}\n[model umitsu]\n"
		"answering_percent = 0\n"
		"[population a]\nactive = 2016-07-01 5\n"
		"models = umitsu:2, none:3\n";
	struct scenario *s = NULL;
	struct error error;
	CHECK(simulate_scenario_read("test", span_of(text), &s, &error));
	const struct model *m = &s->models[0];
	CHECK(s->model_count == 2 && m->port_percent == 50 && m->answering_percent == 25);
	CHECK(s->models[1].answering_percent == 0 && s->models[1].answer_count == 0);
	CHECK(m->answer_count == 2 && m->answers[0].port == 80 && m->answers[1].port == 23);
	CHECK(text_equal((const char *)m->answers[0].text.bytes,
	                 "HTTP/1.0 200 OK\\r\\n\\r\\n{a|b}"));
	CHECK(m->answers[1].text.length == 0);
	const struct choice *c = &s->populations[0].models;
	CHECK(c->count == 2 && c->values[0] == 2 && c->values[1] == 0 && c->sums[1] == 5);
	simulate_scenario_free(s);
}

#define POPULATION "[population a]\nactive = 2016-07-01 5\n"

static const struct {
	const char *text, *error;
} refused[] = {
	{ "", "test:0: the scenario ends without a [population NAME]" },
	{ "days = 5\n", "test:1: the scenario ends without a [population NAME]" },
	{ "\n\nhours = 5\n", "test:3: unknown key 'hours'; before the first population: "
	                     "start, days, telescope, countries" },
	{ "days = 0\n", "test:1: days: '0' is not a whole number from 1 to 1100" },
	{ "days = five\n", "test:1: days: 'five' is not a whole number from 1 to 1100" },
	{ "days = 99999999999999999999\n",
	  "test:1: days: '99999999999999999999' is not a whole number from 1 to 1100" },
	{ "days = 1\ndays = 2\n", "test:2: 'days' is given twice" },
	{ "days\n", "test:1: expected KEY = VALUE or [population NAME]" },
	{ "days =\n", "test:1: days: a value is missing" },
	{ "start = 2016-02-30\n",
	  "test:1: start: '2016-02-30' is not a day from 1990-01-01 to 2100-01-01" },
	{ "telescope = 10.0.0.1/16\n", "test:1: telescope: '10.0.0.1/16' is not a prefix: "
	                               "address bits behind its length are set" },
	{ "telescope = 10.0.0.0/4\n", "test:1: telescope: '4' is not a whole number from 8 to 24" },
	{ "telescope = 10.0.0/8\n", "test:1: telescope: '10.0.0/8' is not ADDRESS/BITS" },
	{ "[people]\n",
	  "test:1: expected [population NAME], [model NAME], [variant NAME] or [honeypot NAME], NAME of "
	  "at most 31 of a-z 0-9 - _" },
	{ "[population A]\n",
	  "test:1: expected [population NAME], [model NAME], [variant NAME] or [honeypot NAME], NAME of "
	  "at most 31 of a-z 0-9 - _" },
	{ "[population a] b\n",
	  "test:1: expected [population NAME], [model NAME], [variant NAME] or [honeypot NAME], NAME of "
	  "at most 31 of a-z 0-9 - _" },
	{ POPULATION "\n" POPULATION, "test:4: a population of this name is there already" },
	{ POPULATION "speed = 5\n",
	  "test:3: unknown key 'speed'; see doc/scenarios.md for those of a population" },
	{ "[population a]\nports = 23\n",
	  "test:1: this population has no 'active = TIME HOSTS, ...'" },
	{ "[population a]\nactive = 2016-07-01\n", "test:2: active: '2016-07-01' is not "
	                                           "YYYY-MM-DD HOSTS or YYYY-MM-DDTHH:MM HOSTS" },
	{ "[population a]\nactive = 2016-07-01T24:00 5\n",
	  "test:2: active: '2016-07-01T24:00 5' "
	  "is not YYYY-MM-DD HOSTS or YYYY-MM-DDTHH:MM HOSTS" },
	{ "[population a]\nactive = 2016-07-02 5, 2016-07-01 5\n",
	  "test:2: active: '2016-07-01' is not later than the point before it" },
	{ POPULATION "ports = 23:0\n", "test:3: ports: '23:0' is not VALUE:WEIGHT with a weight "
	                               "from 1 to 1000000" },
	{ POPULATION "ports = 70000\n",
	  "test:3: ports: '70000' is not a whole number from 0 to 65535" },
	{ POPULATION "ports = ,\n", "test:3: ports: '' is not VALUE or VALUE:WEIGHT" },
	{ POPULATION "ports = 1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25\n",
	  "test:3: ports: a list has at most 24 values" },
	{ POPULATION "tos = random\n",
	  "test:3: tos: 'random' is not a whole number from 0 to 255" },
	{ POPULATION "seq = dst\n", "test:3: seq: 'dst' is none of: random, destination" },
	{ POPULATION "path = 9-3\n", "test:3: path: '9-3' is not FROM-TO with FROM not above TO" },
	{ POPULATION "ttl = 20\n", "test:1: a ttl is used up by the longest path" },
	{ POPULATION "packets_per_day = 1e5\n",
	  "test:3: packets_per_day: '1e5' is not a number from 0.001 to 1e+07" },
	{ POPULATION "lifetime_mean_days = 2\n", "test:1: lifetime_median_days is above "
	                                         "lifetime_mean_days; the mean is the larger one" },
	{ POPULATION "lifetime_median_days = 2\n",
	  "test:1: lifetime_mean_days is above 32 times lifetime_median_days" },
	{ "[model a]\n[model a]\n", "test:2: a model of this name is there already" },
	{ "[model none]\n", "test:1: 'none' is what a host is that is of no model and no variant" },
	{ "[model a]\nports = 23\n",
	  "test:2: unknown key 'ports'; a model has answering_percent, port_percent, answer" },
	{ "[model a]\nanswer = x y\n",
	  "test:2: answer: 'x' is not a whole number from 1 to 65535" },
	{ "[model a]\nanswer = 80 a\\q\n",
	  "test:2: answer: a \\ stands before r, n, t, \\ or xHH" },
	{ "[model a]\nanswer = 80 {mac} {name}\n",
	  "test:2: answer: braces have date, address, mac, hex:N, digits:N (N from 1 to 64) or "
	  "choices: {1.0|1.1}; a { alone is \\x7b" },
	{ "[model a]\n" POPULATION "models = a:2, b\n", "test:4: models: 'b' is none of: none, a" },
	{ POPULATION "models = none\n[model a]\n" POPULATION,
	  "test:5: a population of this name is there already" },
	{ "[variant none]\n",
	  "test:1: 'none' is what a host is that is of no model and no variant" },
	{ "[variant a]\ntoken = a-b\n",
	  "test:2: token: 'a-b' is not a token: 2 to 16 of A-Z a-z 0-9 _" },
	{ "[variant a]\ntoken = ABCDEFGHIJKLMNOPQ\n",
	  "test:2: token: 'ABCDEFGHIJKLMNOPQ' is not a token: 2 to 16 of A-Z a-z 0-9 _" },
	{ "[variant a]\ncountries = Jp:3\n",
	  "test:2: countries: 'Jp' is not a country: two capital letters" },
	{ "[honeypot a]\naddress = 1.2.3\n", "test:2: address: '1.2.3' is not an address" },
	{ "[honeypot a]\ngap = 2016-07-02 2016-07-02\n",
	  "test:2: gap: '2016-07-02 2016-07-02' is not two times, FROM TO, FROM before TO" },
	{ "[honeypot a]\ngap = 2016-07-02 2016-07-05\ngap = 2016-07-04 2016-07-06\n",
	  "test:3: gap: '2016-07-04 2016-07-06' is not behind the gap before it" },
	{ "[honeypot a]\nport = 23\n",
	  "test:2: unknown key 'port'; a honeypot has address, addresses, gap" },
	{ POPULATION "variants = mirai\n", "test:3: variants: 'mirai' is none of: none" },
	{ "days = 1\001\n", "test:1: the line is longer than 2047 characters, or has control "
	                    "characters: expected plain text" },
};

TEST(what_is_refused_says_where_and_what_is_expected)
{
	for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
		struct scenario *s = NULL;
		struct error error = { .kind = ERROR_NONE };
		CHECK(!simulate_scenario_read("test", span_of(refused[i].text), &s, &error));
		CHECK(s == NULL && error.kind == ERROR_USAGE);
		if (!text_equal(error.text, refused[i].error)) {
			printf("got '%s', expected '%s'\n", error.text, refused[i].error);
			CHECK(false);
		}
	}
}

TEST(sizes_are_bounded)
{
	struct error error;
	struct scenario *s = NULL;
	const size_t size = SIMULATE_SCENARIO_SIZE_MAX + 1;
	uint8_t *text = memory_new(size, 1);
	memset(text, 'a', size);
	CHECK(!simulate_scenario_read("test", (struct span){ text, size }, &s, &error));
	CHECK(!simulate_scenario_read("test", (struct span){ text, 3000 }, &s, &error));
	memset(text, '\n', size);
	CHECK(!simulate_scenario_read("test", (struct span){ text, size - 1 }, &s, &error));
	struct buffer many = buffer_up_to(size);
	for (int i = 0; i < 65; i++)
		buffer_format(&many, "[population p%d]\nactive = 2016-07-01 1\n", i);
	CHECK(!simulate_scenario_read("test", buffer_span(&many), &s, &error));
	CHECK(text_equal(error.text, "test:129: a scenario has at most 64 populations"));
	memory_free(text);
	buffer_done(&many);
}

// Takes a megabyte and then no more, so that a hostile scenario ends soon.
static bool take_some(void *context, const struct simulate_chunk *chunk, struct error *error)
{
	uint64_t *taken = context;
	*taken += chunk->bytes.length;
	return *taken < MUTANT_BYTES_MAX || error_set(error, ERROR_FAILED, "enough");
}

static void simulate_some(const struct scenario *s)
{
	struct error error;
	struct zone zone;
	struct simulate_totals totals;
	uint64_t taken = 0;
	const struct simulate_sink sink = { .write = take_some, .context = &taken };
	struct buffer truth = buffer_up_to(1 << 24);
	CHECK(zone_parse("+09:00", &zone, &error));
	const struct simulate_request request = {
		.scenario = s,
		.scale_millionths = 10,
		.seed = 1,
		.days = 2,
		.zone = &zone,
	};
	const bool ok = simulate_run(&request, &sink, &truth, &totals, &error);
	CHECK(ok || error.kind == ERROR_FAILED);
	buffer_done(&truth);
}

// Changes a few characters, most of them to such as mean something.
static void mutate(struct random *random, char *text, size_t length)
{
	static const char alphabet[] = "0123456789:,.-= \n[]#Tax";
	for (uint32_t n = 1 + random_below(random, 6); n > 0; n--) {
		const size_t at = random_below(random, (uint32_t)length);
		if (random_below(random, 8) == 0)
			text[at] = (char)random_u32(random);
		else
			text[at] = alphabet[random_below(random, sizeof alphabet - 1)];
		if (random_below(random, 4) == 0 && at + 40 < length)
			memmove(text + at, text + at + random_below(random, 20), 20);
	}
}

TEST(hostile_scenarios_do_no_harm)
{
	const char *original = simulate_builtin("mirai-2016");
	const size_t length = strlen(original);
	struct random random = random_from(20161121);
	unsigned accepted = 0;
	for (int i = 0; i < MUTANTS; i++) {
		struct scenario *s = NULL;
		struct error error;
		char *text = memory_text(original);
		mutate(&random, text, length);
		const struct span span = { .bytes = (uint8_t *)text, .length = length };
		if (simulate_scenario_read("mutant", span, &s, &error)) {
			if (accepted++ % 16 == 0)
				simulate_some(s);
		} else {
			CHECK(error.kind == ERROR_USAGE && text_starts(error.text, "mutant:"));
		}
		simulate_scenario_free(s);
		memory_free(text);
	}
	CHECK(accepted > MUTANTS / 20);
}

static void check_extreme(const char *population)
{
	struct scenario *s;
	struct buffer text = buffer_up_to(4096);
	buffer_format(&text, "start = 2100-01-01\n[population a]\n%s", population);
	buffer_byte(&text, '\0');
	CHECK(!text.failed);
	if (reads((const char *)text.bytes, &s)) {
		simulate_some(s);
		simulate_scenario_free(s);
	} else {
		CHECK(false);
	}
	buffer_done(&text);
}

TEST(extreme_values_do_no_harm)
{
	check_extreme("active = 0001-01-01 100000000, 9999-12-31 0\n");
	check_extreme("active = 2100-01-01 100000000\npackets_per_day = 10000000\n"
	              "spread_percent = 90\nrhythm_percent = 90\n");
	check_extreme("active = 2100-01-01 100000\nlifetime_mean_days = 0.001\n"
	              "lifetime_median_days = 0.001\nprocess_days = 0.001\naddress_days = 0.001\n");
	check_extreme("active = 2100-01-01 1000\nscale_by = packets\npackets_per_day = 10000000\n"
	              "reboot_days = 0.001\nreturn_percent = 100\nreturn_days = 0\n");
	check_extreme(
		"active = 2100-01-01 1000000\npackets_per_day = 0.001\nspread_percent = 90\n"
		"reboot_days = 3650\nlifetime_mean_days = 3650\nlifetime_median_days = 115\n");
	check_extreme("active = 2100-01-01 1000000\nip_id = zmap\nseq = destination\n"
	              "ports = 54321\npackets_per_day = 10000\n");
	check_extreme("active = 2100-01-01 1000000\nsend = udp\npayload_bytes = 1200\nttl = 255\n"
	              "path = 0-60\nnetworks = 20000\npackets_per_day = 10000\n");
}

TEST(too_many_hosts_is_an_error)
{
	struct error error;
	struct scenario *s;
	struct simulate_totals totals;
	uint64_t taken = 0;
	const struct simulate_sink sink = { .write = take_some, .context = &taken };
	if (!reads("[population a]\nactive = 2016-07-01 100000000\n", &s)) {
		CHECK(false);
		return;
	}
	const struct simulate_request request = { .scenario = s, .scale_millionths = 1000000 };
	CHECK(!simulate_run(&request, &sink, NULL, &totals, &error));
	CHECK(text_equal(error.text, "population a has more than 16777216 hosts at once; "
	                             "use a smaller --scale"));
	simulate_scenario_free(s);
}

TEST_MAIN
