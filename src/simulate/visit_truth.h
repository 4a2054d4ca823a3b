// SPDX-License-Identifier: MIT
// The truth about honeypots: session by session; sources and sessions by day, variant and country; and how many
// hosts were infected that day in each country, whether they came or not.
//
// Memory: 40 bytes a session, and 16 for each host of the day.
#pragma once

#include "base/buffer.h"
#include "base/calendar.h"
#include "base/error.h"
#include "simulate/scenario.h"
#include "simulate/simulate.h"
#include "simulate/visit.h"
#include "simulate/world.h"

struct visit_note {
	int32_t day;
	uint32_t source;
	uint16_t country;
	uint8_t variant;
};

struct visit_row {
	uint64_t time_us, session;
	size_t offset, length;  // of its line
};

enum { INFECTED_VARIANT_NONE = UINT8_MAX };
struct infected_note {
	uint32_t source;
	uint16_t country;
	uint8_t population, variant;
	bool at_noon;
};

struct visit_truth {
	const struct scenario *scenario;
	const struct simulate_honeypots *asked;
	const struct zone *zone;
	struct visit_note *notes;
	size_t note_count, note_capacity;
	struct visit_row *rows;
	size_t row_count, row_capacity;
	struct buffer lines;
	struct infected_note *infected;  // of the day
	size_t infected_count, infected_capacity;
	bool is_out_of_memory;
};

void visit_truth_done(struct visit_truth *);

// A session that is in the log.
void visit_truth_note(struct visit_truth *, const struct visit *);

// A host of a population is there, whether it has a variant or INFECTED_VARIANT_NONE; looked at several times a day, one of them noon.
void visit_truth_infected(struct visit_truth *, uint32_t source, uint8_t population,
                          uint8_t variant, bool at_noon);
void visit_truth_end_day(struct visit_truth *, int32_t day);

// The tables that were asked for.
bool visit_truth_write(struct visit_truth *, struct error *error) MUST_CHECK;
