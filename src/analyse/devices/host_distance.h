// SPDX-License-Identifier: MIT
// The distance of two hosts, from those of their answers:
//
//	D^2 = (sum over ports of both of (w_x + w_y) d^2  +  sum over ports of one alone of w / 8) / sum of all w
//
// d is the distance of the two answers on a port, w what an answer tells, whatever the port: that of a rare page much,
// that of a greeting which half the world sends hardly anything. d^2 is one minus a cosine, so that D^2 is one minus a
// mean of cosines, and what differs on one port is not lost among ports that agree. A port on which one alone answered
// tells little, since hosts lose ports by chance: it draws towards 1/8, at half the weight. That is also the distance
// (its root, 0.354) of hosts without a common port. Why these numbers: doc/devices.md.
//
// Weights are whole numbers, so that sums are exact, and hosts at no distance on all of their ports are at 0.
#pragma once

#include "analyse/devices/hosts.h"

#include <math.h>

#define HOST_UNKNOWN_SQUARED 0.125F

// The weight of an answer: the largest, and of how many of the rarest grams half of it is.
enum { ANSWER_WEIGHT_MAX = 4096, ANSWER_WEIGHT_HALF_GRAMS = 64 };

// What each text tells, 1 to ANSWER_WEIGHT_MAX, by its number. NULL: no memory. The caller gives it to memory_free().
uint32_t *answer_weights_new(const struct hosts *, const uint8_t *rarity);

// What a port of both adds to what is known of two hosts.
static inline float port_known(uint32_t weights, float distance)
{
	return (float)weights * (distance * distance - HOST_UNKNOWN_SQUARED);
}

// The distance by the sum of what is known, and the weights of all answers of both.
static inline float host_distance(float known, float weights)
{
	const float square = known / weights + HOST_UNKNOWN_SQUARED;
	return square > 0 ? sqrtf(square) : 0;
}
