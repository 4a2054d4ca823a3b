// SPDX-License-Identifier: MIT
// What holds of every packet that decode/ makes of a frame, whatever the frame.
#pragma once

#include "decode/decode.h"

void check_packet(const struct frame *, const struct packet *);

// All fields, where the span of one packet stands in `a` and that of the other in `b`.
bool same_packet(const struct packet *, const uint8_t *a, const struct packet *, const uint8_t *b);
