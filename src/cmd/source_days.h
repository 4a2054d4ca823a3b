// SPDX-License-Identifier: MIT
// Private to cmd/: what the commands about source-days share.
#pragma once

#include "cmd/dataset.h"
#include "cmd/families.h"

// The struct of such a command starts with this one.
struct source_days_command {
	struct analysis_command analysis;
	uint64_t port;      // above 65535: any
	unsigned protocol;  // enum packet_protocol
	uint16_t chosen_port;
	struct family_names families;
};
extern const struct option_table packets_table;  // --port, --protocol
struct source_days_command source_days_defaults(void);

// What the question of such a command has in common, with the families by name; without --family
// those of `by_default` and, if it is NULL, all families and all SYNs. It points into the command.
bool source_days_question(struct source_days_command *, const struct description *,
                          const char *by_default, struct question *out,
                          struct error *error) MUST_CHECK;
