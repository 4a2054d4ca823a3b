// SPDX-License-Identifier: MIT
// Command lines from a table: parsing, --help and the man page read the same one.
//
// A command declares its options as an array of struct option and a struct of
// its own that they fill. Long options take "--name value" and "--name=value";
// short ones "-s value" and "-svalue". "--" ends the options, "-" alone is an
// operand. An option that is given twice keeps the last value.
#pragma once

#include "base/error.h"

#include <stddef.h>
#include <stdint.h>

enum option_kind {
	OPTION_FLAG,    // bool
	OPTION_TEXT,    // const char *, points into argv
	OPTION_NUMBER,  // uint64_t, minimum to maximum
	OPTION_SIZE,    // uint64_t of bytes, "512M", minimum to maximum
	OPTION_REAL,    // double
	OPTION_DAY,     // struct option_day: YYYY-MM-DD, today, yesterday, -N
	OPTION_CHOICE,  // unsigned: index of the word in `choices`
	OPTION_WORD,    // const char *: the word in `choices`
	OPTION_ABSENT,  // none, but users look for it here: `help` is the reason, and help has no line
};

// A day of the calendar, or one that is known only with the data: "today" and "yesterday" are
// those of its zone, "-7" is seven days before the last day that it has.
enum option_day_from { DAY_OF_CALENDAR, DAY_FROM_TODAY, DAY_FROM_LAST };
struct option_day {
	bool is_given;
	enum option_day_from from;
	int32_t day;  // of the calendar; else how many days after that one: 0 or less
};

struct option {
	const char *name;  // without "--"
	char letter;       // 0: none
	enum option_kind kind;
	size_t offset;               // offsetof() the field in the command's struct
	const char *value;           // what the value is called in help: "DIR"
	const char *help;            // one sentence without a full stop
	uint64_t minimum, maximum;   // OPTION_NUMBER and _SIZE; a maximum of 0 means none
	const char *const *choices;  // OPTION_CHOICE and _WORD, NULL at the end
};

// The words of a command line, and after options_parse() the operands among them.
struct option_words {
	char **words;
	size_t count;
};

// Options in several tables make one command line: its own, and those that it
// shares with other commands. A list of tables ends in NULL.
struct option_table {
	const struct option *options;
	size_t count;
};

// Reads the words. Fields that no option names keep the value they had, so set
// defaults before. Operands move to the front of `words` in their order, and
// words->count becomes their number. ERROR_USAGE on anything unknown or out of range, with all
// choices, the limits, and what was probably meant.
bool options_parse(const struct option_table *const *tables, void *fields,
                   struct option_words *words, struct error *error) MUST_CHECK;

// The left column of --help: "-s, --store DIR".
enum { OPTION_LABEL_SIZE = 64 };
void option_label(const struct option *option, char out[OPTION_LABEL_SIZE]);
