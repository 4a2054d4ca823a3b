// SPDX-License-Identifier: MIT
// Cuts a log into blocks of whole lines.
#pragma once

#include "honeypot/blocks.h"

struct log_block {
	struct buffer bytes;
	uint64_t offset;  // where in the log it begins
	bool is_long;     // it has no bytes, but stands for one line that is too long
	struct log_reading reading;
};

// Fills the block with the next lines. False: there are none left. Where there is no memory, bytes.failed is set.
bool log_fill_lines(struct stream *, struct log_block *);

// The same with objects: each becomes a line. What is around them (lists, and objects that have "hits", as answers of
// Elasticsearch do) is passed over.
bool log_fill_objects(struct stream *, struct log_block *);

// The length of the object that a text begins with; 0: it is not whole.
size_t log_object_length(struct span text);
