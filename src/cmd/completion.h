// SPDX-License-Identifier: MIT
// Completion of command lines by a shell, from the tables of the commands.
#pragma once

#include "cmd/cmd.h"

// A script for "bash" or "zsh" (both of this century) that completes commands, options, the words that an option takes,
// files and folders. False: there is none for that shell; nothing was printed.
bool completion_print(FILE *, const char *shell, const struct command *const *commands) MUST_CHECK;
