// SPDX-License-Identifier: MIT
// Variants of pcap whose magic number does not tell them apart: the record headers
// of some patched writers are longer than others' under the same number.
#pragma once

#include "base/cursor.h"

struct pcap_records {
	bool is_big_endian;
	bool is_modified;    // the magic number is that of the modified format
	bool is_all;         // the file ends where `bytes` do
	uint32_t frame_max;  // a longer frame is not believed
	struct span bytes;   // behind the file header: the first records, or part of them
};

// How many bytes a record header has behind the first 16. What the magic number
// says (0, and 8 if it is the modified one) stays unless the first records
// contradict it, and do not contradict another variant.
uint32_t pcap_variant_more(const struct pcap_records *);
