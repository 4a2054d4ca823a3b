// SPDX-License-Identifier: MIT
// Private to cmd/: what every analysis command is: options in, question out, answer printed.
#pragma once

#include "answer/engine.h"
#include "cmd/dataset.h"
#include "place/place.h"

// Who takes the rows of an answer, to where a command wants them.
struct outlet {
	struct receiver receiver;
	// Before anything is asked: whether there is a place for them. NULL: it is found when they begin.
	bool (*open)(struct outlet *, struct error *error);
	// Once, when all rows have come, or it has failed; also if nothing ever began. False: what was
	// answered did not get there.
	bool (*close)(struct outlet *, bool is_answered, struct error *error);
};

// A command is what makes a question of its options.
struct analysis {
	const struct command *command;
	// Its options: a struct that begins with struct analysis_command, with defaults.
	void *options;
	// What contradicts itself, before anything is opened; NULL: nothing can.
	bool (*check)(void *options, struct error *error);
	// The question, which may point into the options and the description.
	bool (*question)(void *options, const struct description *, struct question *out,
	                 struct error *error);
	bool needs_addresses;           // sources that are hashes have no place and no prefix
	const char *without_addresses;  // what is said of hashes then; NULL: that
	// The databases that it asks, in the order in which they are opened; NULL: none.
	size_t (*places)(const void *options, enum place_kind out[PLACE_KINDS]);
	struct outlet
		*outlet;  // who takes the rows; NULL: a table, where --output and --format want it
};

// Runs it from its words to its exit code.
int analysis_run(const struct analysis *, struct option_words words);
