// SPDX-License-Identifier: MIT
// The engine that answers from holdings in this process.
//
// Each topic has a file: it gets all inquiries about it at once, and shares between them what they have
// in common. To add a question, add its kind to a topic, or a topic to the table in local.c.
#pragma once

#include "answer/engine.h"

struct holdings;
struct host_labels;
struct label_rules;
struct place_atlas;

// The atlases, of countries and of networks, may be NULL: then nobody knows where anything is. All of
// it stays the caller's and has to outlive the engine.
struct local_world {
	struct holdings *holdings;
	struct place_atlas *countries, *networks;
	// What is damaged refuses a question that reads it, and a day that is lost already every question,
	// whatever its days: `new` and lifetimes rest on all of them. Otherwise the days of it are lost: they
	// are unknown in every answer from then on, and the others are answered.
	bool is_strict;
	// What devices are called, by rules or a table, of one of the two. Both NULL: nobody knows.
	const struct label_rules *label_rules;
	const struct host_labels *label_table;
};
bool local_engine_open(const struct local_world *, struct engine **out,
                       struct error *error) MUST_CHECK;

// Days that are far from all others (analyse/near_days.h) are seen where somebody asks for them by name:
// from now on, as far as the range reaches. Until then they are not, and who is answered is told so.
bool local_engine_reach(struct engine *, struct day_range days, struct error *error) MUST_CHECK;

// As if nothing had been captured after `days.to` (analyse/ended.h), and otherwise like the above: from now on, and
// for good. A range that is open there has no end.
bool local_engine_end(struct engine *, struct day_range days, struct error *error) MUST_CHECK;

// Gives it atlases when somebody is going to ask where something is.
bool local_engine_places(struct engine *, struct place_atlas *countries,
                         struct place_atlas *networks, struct error *error) MUST_CHECK;
