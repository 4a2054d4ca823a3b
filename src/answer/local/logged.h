// SPDX-License-Identifier: MIT
// Private to the local engine: what has to be known of days that honeypots did not log, or not whole.
#pragma once

#include "analyse/variants/logged.h"
#include "answer/local/topic.h"

// CAVEAT_LOGGED, if any of the days that are wanted, between the first and the last that was logged, is such a one.
bool logged_caveat(struct inquiry *, const struct logged *, struct error *error) MUST_CHECK;
