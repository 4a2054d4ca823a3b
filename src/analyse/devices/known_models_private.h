// SPDX-License-Identifier: MIT
// Private to analyse/devices: models that have a name.
#pragma once

#include "analyse/devices/known_models.h"

// Whom one of `hosts` stands for.
struct standing {
	uint32_t model, hosts;
	uint64_t time_ns;
};

struct known_models {
	struct hosts hosts;         // by number
	struct standing *standing;  // [room], by number; hosts 0: nobody has it
	struct model_name *names;   // [count], as they stand in the file
	uint32_t room, count, capacity;
	uint32_t last_number;  // of names that were given: m7
	struct host_gatherer *gatherer;
};
