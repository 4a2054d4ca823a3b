// SPDX-License-Identifier: MIT
// A lock file that one process at a time can hold. The kernel lets go of it when
// the process ends, however it ends.
#pragma once

#include "base/error.h"

enum lock_status { LOCK_TAKEN, LOCK_HELD_ELSEWHERE, LOCK_FAILED };

// Creates the file if it is not there. *out_fd is for lock_release().
enum lock_status lock_take(const char *path, int *out_fd, struct error *error) MUST_CHECK;
void lock_release(int fd);
