// SPDX-License-Identifier: MIT
// Private to the local engine: what receivers were handed on, so that a question can be asked anew when something
// of what is held turns out to be damaged.
//
// A receiver that can restart forgets what it got. One that cannot, a table on its way to standard output, keeps it:
// the rows that it has do not come again. Whoever answers sees to it that these rows are the same ones then: a row
// of a day is handed on when all of the day was read or checked, after those of the days before it.
#pragma once

#include "answer/engine.h"

struct handed;
// Takes the place of the receivers of all inquiries, until handed_free() gives it back.
bool handed_new(struct inquiry *, size_t count, struct handed **out,
                struct error *error) MUST_CHECK;
// All is asked anew.
void handed_restart(struct handed *);
void handed_free(struct handed *);  // accepts NULL
