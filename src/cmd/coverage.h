// SPDX-License-Identifier: MIT
// Private to cmd/: how much of each day the captures saw, as a table.
#pragma once

#include "cmd/dataset.h"

extern const struct column coverage_columns[];
extern const size_t coverage_column_count;
bool coverage_write(struct table *, struct store *, struct error *error) MUST_CHECK;
