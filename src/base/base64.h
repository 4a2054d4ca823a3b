// SPDX-License-Identifier: MIT
// Base64 (RFC 4648, section 4) and hex, strict: what one text stands for no other does.
#pragma once

#include "base/buffer.h"
#include "base/error.h"

// With padding, no line breaks.
void base64_encode(struct buffer *out, struct span bytes);

// Appends what the text stands for. False, and nothing is appended, if it has other bytes, no or wrong
// padding, or bits that belong to no byte and are not zero.
bool base64_decode(struct buffer *out, struct span text) MUST_CHECK;

// Pairs of digits, upper or lower case.
bool hex_decode(struct buffer *out, struct span text) MUST_CHECK;
