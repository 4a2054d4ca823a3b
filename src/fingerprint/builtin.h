// SPDX-License-Identifier: MIT
// Private to fingerprint/.
#pragma once

#include "fingerprint/fingerprint.h"

extern const struct fingerprint builtin_fingerprints[];
extern const size_t builtin_fingerprint_count;

// The built-in fingerprints that a SYN with KNOWN_HEADER matches; bits as in the table.
uint32_t builtin_match(const struct packet *);
