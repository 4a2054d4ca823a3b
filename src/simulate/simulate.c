// SPDX-License-Identifier: MIT
// Minute by minute: the world says who sends when, each packet is sketched,
// crafted into the output and noted in the truth.
#include "simulate/simulate.h"

#include "base/memory.h"
#include "simulate/country.h"
#include "simulate/craft.h"
#include "simulate/devices.h"
#include "simulate/flood_truth.h"
#include "simulate/honeypots.h"
#include "simulate/sketch.h"
#include "simulate/truth.h"
#include "simulate/world.h"

enum { OUTPUT_SIZE = 1 << 16, LOOK_AHEAD = 12 };

const uint8_t simulate_header[SIMULATE_HEADER_SIZE] = { 0xd4, 0xc3, 0xb2, 0xa1, 2, 0, 4, 0,
	                                                0,    0,    0,    0,    0, 0, 0, 0,
	                                                0xff, 0xff, 0,    0,    1, 0, 0, 0 };

struct run {
	const struct simulate_request *request;
	const struct simulate_sink *sink;
	struct simulate_totals totals;
	struct world world;
	struct truth truth;
	bool has_truth;
	struct devices devices;
	struct honeypots honeypots;
	struct flood_truth floods;
	uint64_t devices_from_us, devices_to_us;  // the day whose sources are asked
	uint64_t begin_us;                        // of the scenario, since the Unix epoch
	uint8_t *output;
	size_t output_length;
};

static bool flush(struct run *r, struct error *error)
{
	const struct simulate_chunk chunk = {
		.bytes = { .bytes = r->output, .length = r->output_length },
		.day = r->request->scenario->start_day +
		       (int32_t)(r->world.wheel.now / SLOTS_A_DAY),
		.packets = r->totals.packets,
	};
	if (r->output_length == 0)
		return true;
	r->totals.bytes += r->output_length;
	r->output_length = 0;
	return r->sink->write(r->sink->context, &chunk, error);
}

// Sources that are asked: infected ones, which send SYNs, of populations that have models.
static void note_device(struct run *r, const struct host *host, const struct sketch *sketch)
{
	if (sketch->time_us < r->devices_from_us || sketch->time_us >= r->devices_to_us ||
	    sketch->send != SEND_SYN || r->world.crowds[host->population].rules->models.count == 0)
		return;
	const uint64_t second = (sketch->time_us - r->devices_from_us) / MICROSECONDS_A_SECOND;
	devices_note(&r->devices, sketch->source, (uint32_t)second, host->population);
}

static bool emit(struct run *r, uint64_t event, struct error *error)
{
	struct host *host = &r->world.hosts[(uint32_t)event];
	struct sketch sketch;
	const unsigned families = sketch_packet(&r->world, host, &sketch);
	sketch.time_us = r->begin_us + r->world.wheel.now * SLOT_US + (event >> 32);
	if (OUTPUT_SIZE - r->output_length < CRAFT_SIZE_MAX && !flush(r, error))
		return false;
	r->output_length += craft_packet(&sketch, r->output + r->output_length);
	r->totals.packets++;
	note_device(r, host, &sketch);
	honeypots_note_sender(&r->honeypots, host, sketch.time_us);
	if (r->request->floods != NULL)
		flood_truth_note(&r->floods, &sketch);
	if (r->has_truth && sketch.send != SEND_ARP)
		truth_note(&r->truth, sketch.time_us * 1000, sketch.source, families, &host->memo);
	return true;
}

// Hosts and sightings are scattered over memory that no cache holds: ask for
// them some packets before their turn.
static void look_ahead(const struct run *r, size_t at)
{
	const struct world *w = &r->world;
	if (at + LOOK_AHEAD < w->event_count)
		__builtin_prefetch(&w->hosts[(uint32_t)w->events[at + LOOK_AHEAD]]);
	if (r->has_truth && at + LOOK_AHEAD / 2 < w->event_count) {
		const struct host *host = &w->hosts[(uint32_t)w->events[at + LOOK_AHEAD / 2]];
		truth_expect(&r->truth, host->source, &host->memo);
	}
}

static bool run_slot(struct run *r, struct error *error)
{
	struct world *w = &r->world;
	if (!world_live(w, error))
		return false;
	for (size_t i = 0; i < w->event_count; i++) {
		look_ahead(r, i);
		if (!emit(r, w->events[i], error))
			return false;
	}
	if (!honeypots_live(&r->honeypots, w, error))
		return false;
	return w->wheel.now % SLOTS_A_DAY != SLOTS_A_DAY - 1 || flush(r, error);
}

static bool run_all(struct run *r, uint64_t days, struct error *error)
{
	const struct simulate_request *request = r->request;
	r->output = memory_new(OUTPUT_SIZE, 1);
	if (r->output == NULL)
		return error_memory(error, "the output");
	if (!world_init(&r->world, request->scenario, request->scale_millionths, request->seed,
	                error))
		return false;
	if (r->has_truth && !truth_init(&r->truth, request->zone, r->begin_us * 1000,
	                                (r->begin_us + days * DAY_US) * 1000, error))
		return false;
	if (!honeypots_init(&r->honeypots, request->scenario, request->honeypots, request->zone,
	                    request->seed, error))
		return false;
	for (; r->world.wheel.now < days * SLOTS_A_DAY; r->world.wheel.now++)
		if (!run_slot(r, error))
			return false;
	r->totals.hosts_max = r->world.host_count;
	return true;
}

struct simulate_days simulate_days(const struct simulate_request *request)
{
	const struct scenario *s = request->scenario;
	const uint64_t days = request->days > 0 && request->days < s->days ? request->days
	                                                                   : s->days;
	return (struct simulate_days){ s->start_day, s->start_day + (int32_t)days - 1 };
}

static bool ask_devices(struct run *r, struct error *error)
{
	const struct simulate_devices *asked = r->request->devices;
	return asked == NULL || devices_ask(&r->devices, r->request->scenario, r->request->seed,
	                                    asked->day, asked->receiver, asked->truth, error);
}

void simulate_countries(const struct scenario *scenario, struct buffer *out)
{
	country_write(scenario, out);
}

bool simulate_run(const struct simulate_request *request, const struct simulate_sink *sink,
                  struct buffer *truth, struct simulate_totals *totals, struct error *error)
{
	const struct simulate_days days = simulate_days(request);
	struct run r = {
		.request = request,
		.sink = sink,
		.has_truth = truth != NULL,
		.begin_us = (uint64_t)days.first * DAY_US,
	};
	if (request->devices != NULL) {
		r.devices_from_us = (uint64_t)request->devices->day * DAY_US;
		r.devices_to_us = r.devices_from_us + DAY_US;
	}
	bool done = run_all(&r, (uint64_t)(days.last - days.first) + 1, error) &&
	            ask_devices(&r, error) && honeypots_finish(&r.honeypots, days.last, error);
	if (done && truth != NULL)
		done = truth_write(&r.truth, request->has_gap ? request->gap_days : UINT64_MAX,
		                   truth, error);
	if (done && request->floods != NULL)
		done = flood_truth_write(&r.floods, request->floods, error);
	if (done)
		*totals = r.totals;
	world_done(&r.world);
	truth_done(&r.truth);
	devices_done(&r.devices);
	honeypots_done(&r.honeypots);
	flood_truth_done(&r.floods);
	memory_free(r.output);
	return done;
}
