// SPDX-License-Identifier: MIT
// Private to cmd/: which sources a command is about: --port, --protocol, one --family, and days.
#pragma once

#include "answer/engine.h"
#include "cmd/dataset.h"

// The struct of such a command starts with this one.
struct choice_command {
	struct analysis_command analysis;
	const char *ports;
	unsigned protocol;
	uint64_t top;  // 0: all
	uint16_t port_list[CHOICE_PORTS_MAX];
	size_t port_count;
	const char *family;
};
extern const struct option_table choice_table, top_table;
struct choice_command choice_defaults(void);

// Reads "PORT[,PORT...]", each port once, at most `room` of them. What --port is called in errors.
bool port_list_parse(const char *text, size_t room, uint16_t *out, size_t *out_count,
                     struct error *error) MUST_CHECK;

// Reads the ports, and looks at what contradicts itself: before anything is opened.
bool choice_check(struct choice_command *, struct error *error) MUST_CHECK;
// What it says of the question, which points into the command and the description.
bool choice_question(struct choice_command *, const struct description *, struct question *out,
                     struct error *error) MUST_CHECK;
