// SPDX-License-Identifier: MIT
// --help and the man page, both from the tables of the commands.
#pragma once

#include "cmd/cmd.h"

void help_overview(FILE *, const struct command *const *commands);
void help_command(FILE *, const struct command *);
// roff for man(7).
void help_man(FILE *, const struct command *const *commands);
