// SPDX-License-Identifier: MIT
// Telnet (RFC 854) as somebody who wants none of its options: each that the host offers (WILL) or asks
// for (DO) is refused, once a connection, so that two programs cannot answer each other for ever
// (RFC 1143). Refusals by the host (WONT, DONT) are not answered. It works on the stream: where
// segments end means nothing.
#pragma once

#include "base/buffer.h"

// The most that is ever said on one connection.
enum { TELNET_REPLIES_MAX = 2 * 256 * 3 };

// A struct of zeros is the beginning of a stream.
struct telnet {
	uint8_t state, verb;  // private
	uint32_t refused[2][8];
};

// Takes the next bytes, appends what is to be said to `reply`, and returns how many of the bytes are
// text: neither commands nor subnegotiations. IAC IAC is one byte of text.
size_t telnet_take(struct telnet *, struct span bytes, struct buffer *reply);
