// SPDX-License-Identifier: MIT
// The lines of a log, read in blocks on several threads; their events are handed on in the order of the log.
//
// While the caller hands on what one round of blocks gave and fills the next, the other threads read
// another round. A block has whole lines; one line that is longer than a block has one of its own. So memory
// is bounded: two rounds of blocks, and what they gave.
#pragma once

#include "capture/stream.h"
#include "honeypot/reader.h"

enum { LOG_BLOCK = 512 * 1024 };

struct log_blocks {
	struct stream *stream;
	const struct log_form *form;
	struct log_header *header;
	unsigned threads;
	bool is_document;  // the log is objects over many lines: each is handed to the form as a line
	struct honeypot_ledger *ledger;
	const struct honeypot_receiver *receiver;
};

bool log_blocks_read(const struct log_blocks *, struct error *error) MUST_CHECK;
