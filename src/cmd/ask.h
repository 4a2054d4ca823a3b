// SPDX-License-Identifier: MIT
// Private to cmd/: what every analysis command is: options in, question out, answer printed.
#pragma once

#include "answer/engine.h"
#include "cmd/dataset.h"
#include "place/place.h"

// Who shows an answer.
struct showing {
	struct receiver receiver;
	// Called once in every case, `ok` or not; whether it is still.
	bool (*close)(struct showing *, bool ok, struct error *error);
	// Then, if all went well, what has to be known.
	void (*say)(struct showing *, const struct caveats *);
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
	bool needs_addresses;  // sources that are hashes have no place and no prefix
	// The databases that it asks, in the order in which they are opened; NULL: none.
	size_t (*places)(const void *options, enum place_kind out[PLACE_KINDS]);
	// They are asked if they are there, and if sources have addresses: that they are not is no news.
	bool places_are_extra;
	// Who shows the answer; NULL, here or handed out: a table, as --format and --output want it.
	struct showing *(*show)(void *options, const struct description *);
};

// Runs it from its words to its exit code.
int analysis_run(const struct analysis *, struct option_words words);
