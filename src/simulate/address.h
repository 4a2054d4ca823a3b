// SPDX-License-Identifier: MIT
// Where hosts live. A population has its networks, all of them /16, and a host
// lives in the first ones more often: with the square of a uniform number 4 % of
// the networks hold 20 % of the hosts and a quarter holds half, which is how
// infected devices were found to be spread (94 and 675 of the /16s).
#pragma once

#include "base/random.h"
#include "simulate/scenario.h"

// Fills `networks` with the upper halves of public addresses outside the telescope.
void address_draw_networks(struct random *, const struct prefix *telescope, uint16_t *networks,
                           size_t count);

// A network out of `count`.
uint16_t address_pick_network(struct random *, const uint16_t *networks, size_t count);

// A host in a network: never .0 or .255.
uint32_t address_in_network(struct random *, uint16_t network);

// Any address of the telescope.
static inline uint32_t address_in_telescope(const struct prefix *telescope, uint32_t random)
{
	return telescope->address | (random & (UINT32_MAX >> telescope->bits));
}
