// SPDX-License-Identifier: MIT
// Whom to ask: addresses, each once, in random order, less what was asked before. It takes 4 bytes an
// address, 4 more while they are sorted, and 4 more where there was a run before: ten million are 80 MB,
// for a moment 120.
#pragma once

#include "base/cursor.h"
#include "base/error.h"
#include "probe/guard.h"

enum { TARGETS_MAX = 1 << 26, TARGET_PORTS_MAX = 32 };

struct targets {
	uint32_t *addresses;
	uint32_t *todo;  // bit i: port i; NULL: all ports of all
	size_t count;
	uint32_t all_ports;  // of `todo`
	size_t room;         // private
};

static inline struct targets targets_of(size_t port_count)
{
	return (struct targets){ .all_ports = (uint32_t)((UINT64_C(1) << port_count) - 1) };
}
void targets_done(struct targets *);

bool targets_add(struct targets *, uint32_t address, struct error *error) MUST_CHECK;

// Ascending, each once.
bool targets_sort(struct targets *, struct error *error) MUST_CHECK;

// After targets_sort(): leaves out those that nobody asks, and counts them.
void targets_filter(struct targets *, const struct guard *, uint64_t *special, uint64_t *opted_out);

// After targets_sort(): that port of that address was asked. An address that is no target is passed over.
bool targets_mark(struct targets *, uint32_t address, unsigned port,
                  struct error *error) MUST_CHECK;

// Mixes them, and leaves out those of which nothing is left to do. Of those that were never begun so many
// are kept that `budget` is not passed with those that were, finished or not; 0: no budget. Those that
// were begun come first.
void targets_order(struct targets *, uint64_t seed, uint64_t budget);

// How many connections are left.
uint64_t targets_connections(const struct targets *);

// A list of addresses as people and programs write them: one a line, blank lines and what follows # are for people.
// Bytes come in pieces of any size.
struct target_list {
	const char *name;
	uint64_t line;  // that is read, from 1
	char text[64];
	uint8_t length;
	bool is_comment, is_too_long;
};
bool target_list_take(struct target_list *, struct span, struct targets *out,
                      struct error *error) MUST_CHECK;
// At the end of the bytes.
bool target_list_end(struct target_list *, struct targets *out, struct error *error) MUST_CHECK;
