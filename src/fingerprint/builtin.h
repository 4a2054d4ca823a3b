// SPDX-License-Identifier: MIT
// Private to fingerprint/.
#pragma once

#include "fingerprint/fingerprint.h"

extern const struct fingerprint builtin_fingerprints[];
extern const size_t builtin_fingerprint_count;
