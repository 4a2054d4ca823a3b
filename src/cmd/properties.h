// SPDX-License-Identifier: MIT
// Private to cmd/: tables of two columns, a name and a value: what a store is, and what holds for it.
#pragma once

#include "answer/rows.h"
#include "cmd/dataset.h"

void property_add(struct rows *, const char *name, const char *value);
void property_add_number(struct rows *, const char *name, uint64_t value);

// Prints what `write` adds, to where --output and --format want it. `name` is that of the first column.
typedef bool properties_write(struct rows *, struct store *, struct error *error);
bool properties_print(const struct analysis_command *, struct store *, const char *name,
                      properties_write *write, struct error *error) MUST_CHECK;
