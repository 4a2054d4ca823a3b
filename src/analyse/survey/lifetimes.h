// SPDX-License-Identifier: MIT
// Private to analyse/.
#pragma once

#include "analyse/survey/survey.h"

// Fills mean, median, 90th percentile and Kaplan-Meier median from the counts by length.
void lifetimes_summarise(struct lifetimes *, uint32_t day_count);
