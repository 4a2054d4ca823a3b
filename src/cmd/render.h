// SPDX-License-Identifier: MIT
// Private to cmd/: figures as PNG, by rsvg-convert, where that is installed. Programs are
// started by a helper outside of the sandbox, which takes names of figures and nothing else.
#pragma once

#include "cmd/helper.h"

// Before the sandbox is entered. `folder` has to outlive the helper's requests. With `confined`,
// rsvg-convert can read what it likes, and write only in the folder. As many figures are made at a time as there are
// processors.
void render_start(struct helper *, const char *folder, bool confined);

// NAME.svg -> NAME.png in the folder, at the latest when helper_end() returns. A failure
// is no failure of the report.
void render_figure(const struct helper *, const char *name);
