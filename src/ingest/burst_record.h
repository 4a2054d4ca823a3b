// SPDX-License-Identifier: MIT
// Private to ingest/: what a packet becomes in a burst (burst_sink.h has the rules).
#pragma once

#include "burst/burst.h"
#include "decode/decode.h"

// Kinds of packets, as bits, of which some become records of the form.
extern const uint32_t burst_kinds[BURST_FORMS];

// Fills `out` and returns true if the packet is of the form.
bool burst_record_of(enum burst_form, const struct packet *, struct burst_record *out) MUST_CHECK;
