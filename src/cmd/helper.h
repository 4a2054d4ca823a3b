// SPDX-License-Identifier: MIT
// Private to cmd/: a process that is forked before the sandbox is entered, for the
// little that cannot be done inside. It reads nothing of what the program reads: all that
// comes to it are short requests through a pipe, which it checks.
#pragma once

#include "cmd/cmd.h"

#include <sys/types.h>

struct helper {
	pid_t process;  // 0: none
	int requests;   // where they are written to
};

// Forks a process that calls `serve` and ends. Its standard streams are /dev/null, and
// signals that interrupt the program do not reach it: it ends with its requests.
// False: there is none, and requests go nowhere.
bool helper_start(struct helper *, void (*serve)(const void *context, int requests),
                  const void *context);
void helper_ask(const struct helper *, const void *request, size_t size);
// Closes the pipe and waits until the helper is done. Accepts one that was not started.
void helper_end(struct helper *);

// For `serve`: the next request. False at the end.
bool helper_next(int requests, void *request, size_t size);
