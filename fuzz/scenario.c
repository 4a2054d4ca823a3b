// SPDX-License-Identifier: MIT
// The text of a scenario; one that can be read and is small enough is played,
// and its packets are what they claim to be.
#include "simulate/scenario.h"
#include "capture/capture.h"
#include "check_packet.h"
#include "fuzz.h"
#include "response/response.h"
#include "simulate/simulate.h"

#include <string.h>

enum { HOSTS_MAX = 300, PACKETS_MAX = 2000, RATE_MAX_MILLI = 1000000, RECORD = 16 };

struct played {
	uint64_t packets;
	uint32_t last_s, last_us;
};

static bool is_small(const struct scenario *s)
{
	uint64_t hosts = 0;
	for (size_t i = 0; i < s->population_count; i++) {
		const struct population *p = &s->populations[i];
		for (size_t k = 0; k < p->active.count; k++)
			hosts += p->active.points[k].hosts;
		if (p->packets_per_day_milli > RATE_MAX_MILLI)
			return false;
	}
	return hosts <= HOSTS_MAX;
}

static void check_ranges(const struct scenario *s)
{
	REQUIRE(s->population_count >= 1 && s->population_count <= SCENARIO_POPULATIONS_MAX);
	REQUIRE(s->days >= 1 && s->days <= SCENARIO_DAYS_MAX);
	REQUIRE(s->telescope.bits >= 8 && s->telescope.bits <= 24);
	for (size_t i = 0; i < s->population_count; i++) {
		const struct population *p = &s->populations[i];
		REQUIRE(p->active.count >= 1 && p->active.count <= SCENARIO_POINTS_MAX);
		REQUIRE(p->path_min <= p->path_max && p->path_max <= 60);
		REQUIRE(p->send.count >= 1 && p->send.count <= SCENARIO_CHOICES_MAX);
		REQUIRE(memchr(p->name, 0, sizeof p->name) != NULL && p->name[0] != '\0');
	}
}

// Whole records in the order of time; their frames are decoded as anybody's.
static bool take_chunk(void *context, const struct simulate_chunk *chunk, struct error *error)
{
	struct played *played = context;
	struct cursor c = cursor_over(chunk->bytes);
	while (cursor_left(&c) > 0) {
		const struct span header = cursor_take(&c, RECORD);
		REQUIRE(!c.is_short);
		const uint32_t s = span_u32_le(header, 0), us = span_u32_le(header, 4);
		const struct frame frame = { .link_type = 1,
			                     .length_wire = span_u32_le(header, 12),
			                     .captured = cursor_take(&c, span_u32_le(header, 8)) };
		struct packet packet;
		REQUIRE(!c.is_short && us < 1000000);
		REQUIRE(s > played->last_s || (s == played->last_s && us >= played->last_us));
		REQUIRE((int32_t)(s / 86400) == chunk->day);
		decode_frames(&frame, 1, &packet);
		check_packet(&frame, &packet);
		REQUIRE(decode_is_simulated(&frame));
		REQUIRE(packet.kind != KIND_MALFORMED && packet.kind != KIND_CUT_SHORT);
		played->last_s = s;
		played->last_us = us;
		played->packets++;
	}
	REQUIRE(played->packets == chunk->packets);
	return played->packets < PACKETS_MAX || error_set(error, ERROR_FAILED, "that is enough");
}

// What devices answer is within bounds, whatever their texts are.
static bool take_response(void *context, const struct response *response, struct error *error)
{
	uint64_t *count = context;
	REQUIRE(response->bytes.length <= RESPONSE_BYTES_MAX && response->port > 0);
	REQUIRE((response->status == RESPONSE_ANSWERED) == (response->bytes.length > 0));
	return ++*count < PACKETS_MAX || error_set(error, ERROR_FAILED, "that is enough");
}

static void play(const struct scenario *scenario)
{
	struct played played = { .packets = 0 };
	struct zone utc;
	struct error error = { .kind = ERROR_NONE };
	struct simulate_totals totals;
	struct buffer truth = buffer_up_to(1 << 20);
	if (!WORKS(zone_parse("UTC", &utc, &error)))
		return;
	const struct simulate_sink sink = { take_chunk, &played };
	uint64_t responses = 0;
	const struct response_receiver receiver = { take_response, &responses };
	const struct simulate_devices devices = { scenario->start_day, &receiver, NULL };
	const struct simulate_request request = { .scenario = scenario,
		                                  .devices = &devices,
		                                  .scale_millionths = SIMULATE_SCALE_ONE,
		                                  .seed = 1,
		                                  .days = 2,
		                                  .zone = &utc };
	if (simulate_run(&request, &sink, &truth, &totals, &error))
		REQUIRE(totals.packets == played.packets);
	else
		REQUIRE(error.text[0] != '\0');
	buffer_done(&truth);
}

void fuzz_one(struct span input)
{
	struct scenario *scenario;
	struct error error = { .kind = ERROR_NONE };
	if (simulate_scenario_read("fuzz", input, &scenario, &error)) {
		check_ranges(scenario);
		if (is_small(scenario))
			play(scenario);
		simulate_scenario_free(scenario);
	} else {
		REQUIRE(error.kind == ERROR_USAGE || (fuzz_is_starving && error.kind));
	}
}
