// SPDX-License-Identifier: MIT
// Private to fingerprint/.
#pragma once

#include "fingerprint/fingerprint.h"

extern const struct fingerprint builtin_fingerprints[];
extern const size_t builtin_fingerprint_count;

// Sets the bits, as in the table, of the built-in fingerprints that the SYNs with KNOWN_HEADER
// among the packets match.
void builtin_match(struct packet *packets, size_t count);
