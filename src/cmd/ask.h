// SPDX-License-Identifier: MIT
// Private to cmd/: what every analysis command is: options in, question out, answer printed.
#pragma once

#include "answer/engine.h"
#include "cmd/dataset.h"
#include "place/place.h"

// Who takes the rows of an answer, to where a command wants them.
struct outlet {
	struct receiver receiver;
	// Once, when all rows have come, or it has failed; also if nothing ever began. False: what was
	// answered did not get there.
	bool (*close)(struct outlet *, bool is_answered, struct error *error);
	// Then, if all went well, what has to be known. NULL: the caveats in words.
	void (*say)(struct outlet *, const struct caveats *);
	// Before it is closed, when all rows have come: whether it wants them all once more, behind these. NULL:
	// never.
	bool (*wants_again)(struct outlet *);
};

// A table where --output and --format want it. The file is made when the rows begin: what is refused
// leaves no table that is empty.
struct printer {
	struct outlet outlet;
	const struct analysis_command *options;
	struct output output;
	bool is_open;
};
struct printer printer_to(const struct analysis_command *);

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
	// They are opened if they are there, and if sources have addresses: that they are not is no news.
	bool places_are_extra;
	// Whether there is a place for the answer, before anything is asked; NULL: it is found when rows come.
	bool (*open)(const void *options, struct error *error);
	// What the question depends on and the engine has to be asked for; NULL: nothing.
	bool (*prepare)(void *options, struct engine *, struct listener, struct error *error);
	// Who takes the rows; NULL, here or handed out: a table, where --output and --format want it.
	struct outlet *(*outlet)(void *options, const struct description *);
};

// Runs it from its words to its exit code.
int analysis_run(const struct analysis *, struct option_words words);

// The part of it that asks, for commands that open what they ask themselves.
bool analysis_ask(const struct analysis *, struct engine *, struct listener,
                  struct error *error) MUST_CHECK;
