// SPDX-License-Identifier: MIT
// Identifiers made of names: UUIDs of version 5 (RFC 9562, section 5.5), for formats that want the
// same thing to have the same identifier wherever it is made. Nothing here is secret or safe: the
// SHA-1 below is what that version is made of, and for nothing else.
#pragma once

#include "base/cursor.h"

enum { UUID_BYTES = 16, UUID_TEXT_SIZE = 37, SHA1_BYTES = 20 };

struct uuid {
	uint8_t bytes[UUID_BYTES];
};

// The UUID of a name in a space of names, which is a UUID itself.
struct uuid uuid_of_name(const struct uuid *space, struct span name);
// 00abedb4-aa42-466c-9c01-fed23315a9b7.
void uuid_format(const struct uuid *, char out[UUID_TEXT_SIZE]);

// FIPS 180-4, section 6.1.
void sha1(struct span bytes, uint8_t out[SHA1_BYTES]);
