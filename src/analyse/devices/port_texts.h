// SPDX-License-Identifier: MIT
// Private to analyse/devices: what stands on one port.
#pragma once

#include "analyse/devices/hosts.h"

struct port_texts {
	uint16_t port;
	uint32_t text_count;
	uint32_t *texts;  // ascending numbers of texts of `hosts`
	uint32_t item_count;
	uint32_t *items;  // ascending: those that have the port
	uint32_t *local;  // [item_count]: which of `texts` an item has
};

// The ports of all items, ascending. False: no memory.
bool ports_of_items(const struct host_items *, uint16_t **out, uint32_t *count);

bool port_texts_make(const struct hosts *, const struct host_items *, uint16_t port,
                     struct port_texts *out);
void port_texts_done(struct port_texts *);

// On how many ports both answered.
uint32_t common_ports(const struct host *, const struct host *);
