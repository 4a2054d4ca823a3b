// SPDX-License-Identifier: MIT
// Being asked to stop: SIGINT, SIGTERM, SIGHUP, and a reader that went away.
//
// After interrupt_catch() these signals only leave a note, so that work can stop
// at a good place and clean up behind itself. Loops that take long ask
// interrupt_requested(). A second signal of the same kind ends the process at once.
#pragma once

#include <stdbool.h>

//
// It also gives SIGBUS a line and exit code 1: a mapped file could not be read, or was
// made shorter by somebody; there is no place to go on from.
void interrupt_catch(void);
bool interrupt_requested(void);

// Waits until something can be read from the descriptor, or its end. False: the
// user interrupts. A signal that comes just before the waiting is not missed.
bool interrupt_wait(int fd);

// For threads that hold signals back, which nothing wakes: waits so long at most. Whether
// something can be read from the descriptor, or its end.
bool interrupt_peek(int fd, int milliseconds);

// After cleaning up: ends the process by the signal that was noted, as its parent
// expects it; returns if there was none.
void interrupt_pass_on(void);
// The same for a standard output that nobody reads any more.
void interrupt_pipe_closed(void);
