// SPDX-License-Identifier: MIT
// Private to store/: host-days as a kind of fact, whose operations are in several files.
//
// They come as a stream while an ingest ends (day_writer.c), and are in segments (segment.h).
#pragma once

#include "store/kind.h"

// verify_hosts.c
void hosts_verify(struct verifier *, const struct store_segment *, const struct segment *);
