// SPDX-License-Identifier: MIT
// SHA-256 (FIPS 180-4): by it other programs name bytes that they do not show.
#pragma once

#include "base/cursor.h"

enum { SHA256_SIZE = 32 };

void sha256(struct span bytes, uint8_t out[SHA256_SIZE]);
