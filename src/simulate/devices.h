// SPDX-License-Identifier: MIT
// What sources of a day answer when somebody asks them on the same day, some minutes after they were
// seen: a host has a model, drawn from those of its population, and a model has what it says on its
// ports. Most hosts say nothing: what has infected them closed its door, or they are behind another
// device.
//
// All of it follows from the seed, the source and the scenario, and nothing from the stream of random
// numbers that packets come from: a capture is the same whether devices are asked or not.
#pragma once

#include "base/buffer.h"
#include "response/response.h"
#include "simulate/scenario.h"
#include "simulate/simulate.h"

struct sighting {
	uint32_t source, second;  // of the day; of its first packet
	uint32_t population;
};

struct devices {
	struct sighting *sightings;
	size_t count, capacity;
	bool is_out_of_memory;
};

void devices_done(struct devices *);

// A source sent a SYN on the day.
void devices_note(struct devices *, uint32_t source, uint32_t second, uint32_t population);

// Asks each source once, in ascending order, on each port of devices_ports(), and hands on what came.
// Appends the truth to `truth` unless that is NULL, its header line first: address, model, and the ports
// that answered, joined by semicolons.
bool devices_ask(struct devices *, const struct scenario *, uint64_t seed, int32_t day,
                 const struct response_receiver *, struct buffer *truth,
                 struct error *error) MUST_CHECK;

// The ports that are asked: those of the published study, and those on which a model answers; ascending.
enum { DEVICES_PORTS_MAX = 11 + SCENARIO_MODELS_MAX * MODEL_ANSWERS_MAX };
size_t devices_ports(const struct scenario *, uint16_t out[DEVICES_PORTS_MAX]);
