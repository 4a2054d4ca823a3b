// SPDX-License-Identifier: MIT
// A disk (base/disk.h) that is a list of blocks on the heap: for spill files and
// segments of a fuzz target. A mapped file is a block of just its size.
#pragma once

#include "base/disk.h"

struct disk *fuzz_disk_new(void);

// Puts a file there, in place of one of that name.
void fuzz_disk_put(struct disk *, const char *name, struct span bytes);

// How many files there are.
size_t fuzz_disk_count(const struct disk *);
