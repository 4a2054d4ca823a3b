// SPDX-License-Identifier: MIT
// Private to cmd/: the ledger as ledger and report use it.
#pragma once

#include "cmd/dataset.h"

extern const struct column ledger_columns[];
extern const size_t ledger_column_count;
void ledger_write(struct table *, const struct store_capture *, size_t count);
