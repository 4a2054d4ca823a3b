// SPDX-License-Identifier: MIT
// Private to cmd/: why frames were not understood, over captures.
#pragma once

#include "cmd/dataset.h"

// By kind, and in each the most frames first; its frames are those of the ledgers' kinds
// that have a reason. What a ledger had no room for, and what a store did not keep, is
// REASON_OTHER.
struct reasons {
	struct ingest_detail *rows;
	size_t count;
};

bool report_reasons_gather(const struct store_capture *captures, size_t count, struct reasons *out,
                           struct error *error) MUST_CHECK;
void report_reasons_done(struct reasons *);
