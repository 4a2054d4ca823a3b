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
	bool places_are_extra;  // places_asked.are_extra
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

// Which databases of places a command asks, in the order in which they are opened.
struct places_asked {
	const enum place_kind *kinds;
	size_t count;
	// Nobody has to have them, and that they are not there is no news. Those that know nothing are left out: of no
	// database, and where sources are hashes. They are opened all the same: a table that is named is looked at,
	// and what is wrong with it told, whether or not it is of use.
	bool are_extra;
};

// Opens them as options or the store name them, and lets the dataset's engine have them. `atlases`, NULL before, has
// those that are opened, also when it fails: the caller calls dataset_places_close().
bool dataset_places_open(const struct dataset *, const struct analysis_command *,
                         const struct places_asked *, struct place_atlas *atlases[PLACE_KINDS],
                         struct error *error) MUST_CHECK;
// Closes the engine, noting whether days were lost, and then them, which have to outlive it.
void dataset_places_close(struct dataset *, struct place_atlas *atlases[PLACE_KINDS]);
