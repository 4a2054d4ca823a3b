// SPDX-License-Identifier: MIT
// SHA-256 (FIPS 180-4): by it zgrab2 says which bytes a text once was.
#pragma once

#include "base/cursor.h"

enum { SHA256_SIZE = 32 };

void sha256(struct span bytes, uint8_t out[SHA256_SIZE]);
