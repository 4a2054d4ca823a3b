// SPDX-License-Identifier: MIT
// The order of responses: address, port, time, and then whatever else tells two apart, so that of the same
// responses, in whatever order and how often they came, there is one.
#pragma once

#include "response/response.h"

// Less than, equal to, or greater than 0. Two that are equal are the same response.
int response_compare(const struct response *, const struct response *);
