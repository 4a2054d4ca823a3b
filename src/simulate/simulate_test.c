// SPDX-License-Identifier: MIT
// Simulates at a small scale and holds the bytes against what was promised:
// order, checksums, determinism, the truth, and the story of the built-in scenario.
#include "simulate/simulate.h"

#include "base/memory.h"
#include "base/test.h"
#include "decode/decode.h"
#include "response/response.h"
#include "simulate/recount.h"

#include <string.h>

enum { CAPTURE_SIZE_MAX = 1 << 28 };
#define SMALL 700  // millionths: some 200,000 packets
#define AT_DAY(month, day) ((uint64_t)day_from_date(2016, month, day) * UINT64_C(86400000000))

static bool keep(void *context, const struct simulate_chunk *chunk, struct error *error)
{
	struct buffer *out = context;
	buffer_append(out, chunk->bytes.bytes, chunk->bytes.length);
	return !out->failed || error_memory(error, "the capture");
}

static struct scenario *read_builtin(void)
{
	struct scenario *scenario = NULL;
	struct error error;
	const char *text = simulate_builtin("mirai-2016");
	const struct span span = { .bytes = (const uint8_t *)text, .length = strlen(text) };
	CHECK(simulate_scenario_read("mirai-2016", span, &scenario, &error));
	return scenario;
}

struct asked {
	uint64_t scale, seed, days;
	const char *zone;
	int gap_days;
	const struct simulate_devices *devices;
};

// The capture; the truth too, if it is asked for.
static struct buffer simulate(const struct asked *asked, struct buffer *truth)
{
	struct buffer out = buffer_up_to(CAPTURE_SIZE_MAX);
	struct scenario *scenario = read_builtin();
	struct error error;
	struct zone zone;
	struct simulate_totals totals;
	const struct simulate_sink sink = { .write = keep, .context = &out };
	CHECK(zone_parse(asked->zone, &zone, &error));
	const struct simulate_request request = {
		.scenario = scenario,
		.scale_millionths = asked->scale,
		.seed = asked->seed,
		.days = asked->days,
		.zone = &zone,
		.has_gap = asked->gap_days >= 0,
		.gap_days = (uint64_t)asked->gap_days,
		.devices = asked->devices,
	};
	buffer_append(&out, simulate_header, sizeof simulate_header);
	CHECK(simulate_run(&request, &sink, truth, &totals, &error));
	CHECK(totals.bytes + sizeof simulate_header == out.length);
	simulate_scenario_free(scenario);
	return out;
}

static const struct asked small_request = {
	.scale = SMALL, .seed = 1, .zone = "UTC", .gap_days = -1
};

static bool is_same(const struct buffer *a, const struct buffer *b)
{
	return a->length == b->length && memcmp(a->bytes, b->bytes, a->length) == 0;
}

TEST(same_seed_same_bytes_and_other_seed_other_bytes)
{
	struct asked request = small_request;
	request.days = 40;
	struct buffer a = simulate(&request, NULL), truth = buffer_up_to(1 << 24);
	// Neither the truth nor its zone has an influence on the packets.
	request.zone = "+09:00";
	struct buffer b = simulate(&request, &truth);
	request.seed = 2;
	struct buffer c = simulate(&request, NULL);
	CHECK(a.length > 300000);
	CHECK(is_same(&a, &b));
	CHECK(!is_same(&a, &c));
	// The first days of half a year are those of a shorter run.
	request.days = 20;
	request.seed = 1;
	struct buffer d = simulate(&request, NULL);
	CHECK(d.length < a.length && memcmp(a.bytes, d.bytes, d.length) == 0);
	buffer_done(&a);
	buffer_done(&b);
	buffer_done(&c);
	buffer_done(&d);
	buffer_done(&truth);
}

// FNV-1a, so that a change of the bytes is noticed on whatever machine.
static uint64_t hash_of(const struct buffer *b)
{
	uint64_t hash = UINT64_C(0xcbf29ce484222325);
	for (size_t i = 0; i < b->length; i++)
		hash = (hash ^ b->bytes[i]) * UINT64_C(0x100000001b3);
	return hash;
}

TEST(bytes_are_the_same_everywhere)
{
	struct asked request = small_request;
	request.days = 60;
	struct buffer a = simulate(&request, NULL);
	CHECK(hash_of(&a) == UINT64_C(0xf03dc368eee23f8c));
	buffer_done(&a);
}

TEST(packets_are_in_order_whole_and_marked)
{
	struct buffer capture = simulate(&small_request, NULL);
	struct seen_reader reader = seen_begin(buffer_span(&capture));
	struct seen s;
	uint64_t last_us = AT_DAY(7, 1), wrong_sums = 0, outside = 0, inside_sources = 0,
		 unmarked = 0;
	while (seen_next(&reader, &s)) {
		CHECK(s.time_us >= last_us);
		last_us = s.time_us;
		if (s.ip.length == 0)
			continue;
		wrong_sums += !seen_sums_are_right(&s);
		outside += s.destination >> 16 != 0xc633;
		inside_sources += s.source >> 16 == 0xc633;
		unmarked += memcmp(s.ip.bytes - 8, decode_simulated_mac, 6) != 0;
	}
	CHECK(reader.is_good && last_us < AT_DAY(12, 31) + UINT64_C(86400000000));
	CHECK(wrong_sums == 0 && outside == 0 && inside_sources == 0 && unmarked == 0);
	buffer_done(&capture);
}

static void check_truth(const char *zone, int offset_s, int gap_days, uint64_t days)
{
	struct asked request = small_request;
	struct buffer truth = buffer_up_to(1 << 24), counted = buffer_up_to(1 << 24);
	request.zone = zone;
	request.gap_days = gap_days;
	request.days = days;
	struct buffer capture = simulate(&request, &truth);
	recount(buffer_span(&capture), offset_s, gap_days, &counted);
	CHECK(truth.length > 1000);
	CHECK(is_same(&truth, &counted));
	buffer_done(&truth);
	buffer_done(&counted);
	buffer_done(&capture);
}

TEST(truth_is_what_the_bytes_say)
{
	check_truth("UTC", 0, -1, 0);
	check_truth("UTC", 0, 0, 0);
	check_truth("UTC", 0, 2, 0);
	check_truth("+09:00", 9 * 3600, -1, 0);
	check_truth("+09:00", 9 * 3600, 2, 0);
	check_truth("+09:00", 9 * 3600, 0, 0);
	check_truth("-05:30", -19800, 10, 100);
	check_truth("UTC", 0, 500, 70);
}

// The check above is only worth something if it notices a single packet.
TEST(recount_notices_one_packet)
{
	struct asked request = small_request;
	request.days = 70;
	struct buffer truth = buffer_up_to(1 << 24);
	struct buffer capture = simulate(&request, &truth);
	struct seen_reader reader = seen_begin(buffer_span(&capture));
	struct seen s;
	size_t at = 0;
	while (seen_next(&reader, &s) && s.time_us < AT_DAY(9, 5))
		if (s.is_syn && s.seq == s.destination)
			at = (size_t)(s.ip.bytes - capture.bytes);
	static const struct {
		size_t offset;
		uint8_t flip;
	} mutants[] = {
		{ 24 + 3, 1 },     // the sequence number
		{ 24 + 9, 0x10 },  // flags: SYN-ACK
		{ 12, 0x20 },      // the source
		{ 22 + 1, 1 },     // the port: still Mirai, but not that of 2016
		{ 34, 0 },
	};
	for (size_t i = 0; i < sizeof mutants / sizeof *mutants; i++) {
		struct buffer counted = buffer_up_to(1 << 24);
		capture.bytes[at + mutants[i].offset] ^= mutants[i].flip;
		recount(buffer_span(&capture), 0, -1, &counted);
		CHECK(is_same(&truth, &counted) == (mutants[i].flip == 0));
		capture.bytes[at + mutants[i].offset] ^= mutants[i].flip;
		buffer_done(&counted);
	}
	buffer_done(&truth);
	buffer_done(&capture);
}

struct story {
	uint64_t prototypes, prototypes_outside, mirai_early, hajime_before, raw_before, raw;
	uint64_t port_23, port_2323, port_7547_before, port_7547, tos_24, tos_other;
	uint64_t zmap, zmap_odd, masscan, masscan_odd, low_ports;
	uint64_t arp, later_fragments, udp, echo, answers_quiet, answers_krebs, answers_dyn;
};

static bool is_prototype_window(uint16_t window)
{
	return window == 792 || window == 1320 || window == 2376 || window == 4488;
}

static void tell_mirai(struct story *t, const struct seen *s)
{
	t->mirai_early += s->time_us < AT_DAY(8, 1);
	t->low_ports += s->source_port <= 1024;
	if (is_prototype_window(s->window)) {
		t->prototypes++;
		t->prototypes_outside += s->time_us < AT_DAY(8, 2) || s->time_us >= AT_DAY(9, 28) ||
		                         s->destination_port != 23;
		return;
	}
	if (s->time_us < AT_DAY(10, 1)) {
		t->port_23 += s->destination_port == 23;
		t->port_2323 += s->destination_port == 2323;
	}
	t->port_7547_before += s->destination_port == 7547 && s->time_us < AT_DAY(11, 26);
	t->port_7547 += s->destination_port == 7547;
	t->tos_24 += s->tos == 24 || s->tos == 184;
	t->tos_other += s->tos != 0 && s->tos != 24 && s->tos != 184;
}

static void tell_syn(struct story *t, const struct seen *s)
{
	const uint16_t masscan = (uint16_t)(s->destination ^ s->destination_port ^ s->seq);
	if (s->seq == s->destination)
		tell_mirai(t, s);
	if (s->window == 14600) {
		t->hajime_before += s->time_us < AT_DAY(10, 1);
		t->raw_before += !s->has_kernel_options && s->time_us < AT_DAY(10, 1);
		t->raw += !s->has_kernel_options;
	}
	t->zmap += s->ip_id == 54321;
	t->zmap_odd += s->ip_id == 54321 && (s->window != 65535 || s->ttl < 200);
	t->masscan += s->ip_id == masscan;
	t->masscan_odd += s->ip_id == masscan && (s->window != 1024 || s->body.length != 20);
}

static void tell_answer(struct story *t, uint64_t time_us, uint16_t port)
{
	const uint64_t hour_us = UINT64_C(3600000000);
	t->answers_quiet += time_us >= AT_DAY(9, 13) && time_us < AT_DAY(9, 14);
	t->answers_krebs += time_us >= AT_DAY(9, 21) && time_us < AT_DAY(9, 22);
	t->answers_dyn += port == 53 && time_us >= AT_DAY(10, 21) + 11 * hour_us &&
	                  time_us < AT_DAY(10, 21) + 17 * hour_us;
}

static void tell(struct story *t, const struct seen *s)
{
	if (s->ip.length == 0)
		t->arp++;
	else if (s->is_later_fragment)
		t->later_fragments++;
	else if (s->protocol == 17)
		t->udp++;
	else if (s->protocol == 1)
		t->echo += span_u8(s->body, 0) == 8;
	else if (s->is_syn)
		tell_syn(t, s);
	else
		tell_answer(t, s->time_us, s->source_port);
}

TEST(the_story_is_told)
{
	struct asked request = small_request;
	request.scale = 3000;
	struct buffer capture = simulate(&request, NULL);
	struct seen_reader reader = seen_begin(buffer_span(&capture));
	struct story t = { 0 };
	struct seen s;
	while (seen_next(&reader, &s))
		tell(&t, &s);
	CHECK(t.prototypes > 10000 && t.prototypes_outside == 0);
	CHECK(t.mirai_early == 0 && t.low_ports == 0);
	CHECK(t.hajime_before > 1000 && t.raw_before == 0 && t.raw > 10000);
	CHECK(t.port_23 > t.port_2323 * 8 && t.port_23 < t.port_2323 * 10);
	CHECK(t.port_7547 > 1000 && t.port_7547_before == 0);
	CHECK(t.tos_24 > 1000 && t.tos_other == 0);
	CHECK(t.zmap > 1000 && t.zmap_odd == 0);
	CHECK(t.masscan > 1000 && t.masscan_odd == 0);
	CHECK(t.arp > 100 && t.later_fragments > 10 && t.udp > 1000 && t.echo > 100);
	CHECK(t.answers_krebs > 10 * t.answers_quiet && t.answers_dyn > 10 * t.answers_quiet);
	buffer_done(&capture);
}

// A host of the prototypes uses several of the four windows, and a bot keeps its window
// and source port for as long as its process lives.
TEST(processes_keep_window_and_port)
{
	struct asked request = small_request;
	struct buffer capture = simulate(&request, NULL);
	struct seen_reader reader = seen_begin(buffer_span(&capture));
	struct seen s, last = { .time_us = 0 };
	uint64_t pairs = 0, kept = 0;
	while (seen_next(&reader, &s)) {
		if (!s.is_syn || s.seq != s.destination || is_prototype_window(s.window))
			continue;
		if (last.time_us == 0 && s.time_us > AT_DAY(9, 20))
			last = s;
		if (last.time_us == 0 || s.source != last.source || s.time_us == last.time_us)
			continue;
		pairs++;
		kept += (s.window == last.window) == (s.source_port == last.source_port);
		last = s;
	}
	CHECK(pairs > 3 && kept == pairs);
	buffer_done(&capture);
}

static bool refuse(void *context, const struct simulate_chunk *chunk, struct error *error)
{
	unsigned *calls = context;
	CHECK(chunk->bytes.length > 0 && chunk->packets > 0);
	return ++*calls < 3 || error_set(error, ERROR_FAILED, "no more");
}

TEST(a_sink_that_fails_ends_the_run)
{
	struct scenario *scenario = read_builtin();
	struct error error;
	struct simulate_totals totals;
	unsigned calls = 0;
	const struct simulate_sink sink = { .write = refuse, .context = &calls };
	const struct simulate_request request = { .scenario = scenario, .scale_millionths = SMALL };
	CHECK(!simulate_run(&request, &sink, NULL, &totals, &error));
	CHECK(calls == 3 && memcmp(error.text, "no more", 8) == 0);
	simulate_scenario_free(scenario);
}

static bool count_bytes(void *context, const struct simulate_chunk *chunk, struct error *error)
{
	(void)error;
	*(uint64_t *)context += chunk->bytes.length;
	return true;
}

// Each allocation in turn fails, and all after it; until a run needs no more.
TEST(without_memory_it_fails_and_leaks_nothing)
{
	struct scenario *scenario = read_builtin();
	struct zone zone;
	struct error error;
	uint64_t taken = 0;
	bool ok = false;
	unsigned long failing = 0;
	const struct simulate_sink sink = { .write = count_bytes, .context = &taken };
	CHECK(zone_parse("UTC", &zone, &error));
	const struct simulate_request request = {
		.scenario = scenario,
		.scale_millionths = 3000,
		.days = 1,
		.zone = &zone,
	};
	while (!ok && failing < 1000) {
		struct simulate_totals totals;
		struct buffer truth = buffer_up_to(1 << 20);
		memory_fail_at(++failing);
		ok = simulate_run(&request, &sink, &truth, &totals, &error);
		memory_fail_at(0);
		CHECK(ok || error.kind == ERROR_FAILED);
		buffer_done(&truth);
	}
	CHECK(ok && failing > 40);
	simulate_scenario_free(scenario);
}

// ---- devices

struct asked_devices {
	struct buffer text;  // a line for each response
	uint64_t count, answered, last_place;
	bool is_in_order;
};

static bool take_response(void *context, const struct response *response, struct error *error)
{
	struct asked_devices *a = context;
	const uint64_t place = (uint64_t)response->address << 16 | response->port;
	a->is_in_order &= a->count == 0 || place > a->last_place;
	a->last_place = place;
	a->count++;
	a->answered += response->status == RESPONSE_ANSWERED;
	CHECK((response->status == RESPONSE_ANSWERED) == (response->bytes.length > 0));
	CHECK(response->time_ns / UINT64_C(3600000000000) >=
	              AT_DAY(10, 20) / UINT64_C(3600000000) &&
	      response->time_ns / 1000 < AT_DAY(10, 21) + UINT64_C(4000000000));
	buffer_format(&a->text, "%08x %u %d ", response->address, (unsigned)response->port,
	              (int)response->status);
	buffer_append(&a->text, response->bytes.bytes, response->bytes.length);
	buffer_byte(&a->text, 10);
	return !a->text.failed || error_memory(error, "responses");
}

// The capture of some days with devices that are asked on one of them.
static struct buffer simulate_devices(uint64_t seed, struct asked_devices *out,
                                      struct buffer *truth)
{
	*out = (struct asked_devices){ .text = buffer_up_to(1 << 26), .is_in_order = true };
	*truth = buffer_up_to(1 << 24);
	const struct response_receiver receiver = { take_response, out };
	const struct simulate_devices devices = { day_from_date(2016, 10, 20), &receiver, truth };
	struct asked request = small_request;
	request.days = 115;
	request.seed = seed;
	request.devices = &devices;
	return simulate(&request, NULL);
}

TEST(devices_answer_the_same_again_and_change_no_packet)
{
	struct asked_devices a, b;
	struct buffer a_truth, b_truth;
	struct asked request = small_request;
	request.days = 115;
	struct buffer without = simulate(&request, NULL);
	struct buffer one = simulate_devices(1, &a, &a_truth),
		      same = simulate_devices(1, &b, &b_truth);
	CHECK(is_same(&without, &one) && is_same(&one, &same));
	CHECK(is_same(&a.text, &b.text) && is_same(&a_truth, &b_truth));
	CHECK(a.is_in_order && a.count > 1000 && a.count % 11 == 0);
	CHECK(a.answered > a.count / 100 && a.answered < a.count / 10);
	buffer_done(&without);
	buffer_done(&one);
	buffer_done(&same);
	buffer_done(&b.text);
	buffer_done(&a_truth);
	buffer_done(&b_truth);
	struct buffer other = simulate_devices(2, &b, &b_truth);
	CHECK(!is_same(&a.text, &b.text));
	buffer_done(&other);
	buffer_done(&a.text);
	buffer_done(&b.text);
	buffer_done(&b_truth);
}

TEST_MAIN
