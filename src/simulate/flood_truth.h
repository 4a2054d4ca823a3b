// SPDX-License-Identifier: MIT
// What `hotaru attacks` must find in the simulated capture: every answer to a forged packet is kept, sorted by victim and
// time, and counted in the plainest way.
//
// Memory: 24 bytes for each answer, half as much again while the list grows.
#pragma once

#include "base/buffer.h"
#include "base/error.h"
#include "simulate/craft.h"

struct flood_answer;
struct flood_truth {
	struct flood_answer *list;
	size_t count, capacity;
	bool is_out_of_memory;
};

// Notes a packet, if it is an answer to a forged one.
void flood_truth_note(struct flood_truth *, const struct sketch *);

// Appends the table, its header line first: the columns of `hotaru attacks` up to first_port, by its default rule.
bool flood_truth_write(struct flood_truth *, struct buffer *out, struct error *error) MUST_CHECK;
void flood_truth_done(struct flood_truth *);
