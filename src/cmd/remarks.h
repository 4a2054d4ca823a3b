// SPDX-License-Identifier: MIT
// What is said of a capture when it was read, beside its damage.
#pragma once

#include "capture/capture.h"

// Of a capture from which capture_next() gave its last frame.
void remarks_say(const char *name, const struct capture *, bool is_quiet);
