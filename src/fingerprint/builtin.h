// SPDX-License-Identifier: MIT
// Private to fingerprint/.
#pragma once

#include "fingerprint/fingerprint.h"

extern const struct fingerprint builtin_fingerprints[];
extern const size_t builtin_fingerprint_count;

// Sets the bits of the SYNs among the packets: those, as in the table, of the built-in fingerprints
// that they match, or FINGERPRINT_UNKNOWN of those without KNOWN_HEADER.
void builtin_match(struct packet *packets, size_t count);
// For a set that has the first `known` of them only: takes the others away, and where one of those was
// split off one that is known, gives it back.
void builtin_fold(struct packet *packets, size_t count, size_t known);
