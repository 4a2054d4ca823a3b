// SPDX-License-Identifier: MIT
// Private to cmd/: what `hotaru probe` is told, and its two processes.
//
// The planner reads what comes from outside (lists, stores, databases, the answers of a run before) and may
// open no socket. The asker may, and reads nothing but answers, and from a pipe whom to ask; it asks the
// guard once more before it does.
#pragma once

#include "cmd/dataset.h"
#include "probe/probe.h"

struct probe_command {
	struct analysis_command analysis;
	const char *contact, *page, *opt_outs, *port_list, *answers;
	bool is_authorised, is_dry_run, is_resumed, is_loopback, prints_probing_txt;
	uint64_t budget, parallel;
	double rate, rate_network, rate_prefix, gap_s, wait_s, deadline_s;
	// Not from options:
	const char *list;  // NULL: from a store
	struct guard guard;
	uint16_t ports[TARGET_PORTS_MAX];
	size_t port_count;
	uint64_t seed;
};

// What a plan came to.
struct probe_plan {
	uint64_t listed;              // addresses, each once
	uint64_t special, opted_out;  // of them, left out
	uint64_t targets, connections;
	bool is_damaged;  // some of the store was
};

// Enters the sandbox of who reads. Writes the plan and then the targets (struct target) to the file.
bool probe_plan_write(struct probe_command *, FILE *to, struct error *error) MUST_CHECK;
// The same, but says in words what would be done.
bool probe_plan_say(struct probe_command *, FILE *to, bool *is_damaged,
                    struct error *error) MUST_CHECK;
