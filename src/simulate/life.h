// SPDX-License-Identifier: MIT
// What happens to one host; world.c says when.
#pragma once

#include "simulate/world.h"

// Makes a host a new one of crowd number `crowd`, infected at `now_us`, and puts it on the list of
// infected, which has room.
void life_begin(struct world *, uint32_t host, uint8_t crowd, uint64_t now_us);

// Takes an infected host off its population's list.
void life_discharge(struct world *, uint32_t host);

// Lives until `until_us`: moments at which the host sends go to world.events,
// which has room for LIFE_PACKETS_MAX. False if that was not enough: the caller
// makes room and calls again. A host that is gone for good is HOST_CURED afterwards.
enum { LIFE_PACKETS_MAX = 64 };
bool life_run(struct world *, uint32_t host, uint64_t until_us);

// Whether a source of the population that is about to send does so: there are hours of the day in which it is slow.
// Microseconds since the scenario began.
bool life_is_awake(struct random *, const struct population *, uint32_t source, uint64_t time_us);

// Values that a scanner draws for itself.
uint16_t life_window(struct world *, const struct population *);
uint16_t life_source_port(struct world *, const struct population *);
