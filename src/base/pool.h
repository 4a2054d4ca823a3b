// SPDX-License-Identifier: MIT
// Threads that share a list of independent jobs.
//
// pool_run() hands out job numbers 0 .. jobs-1, each once, in ascending order
// of start, to `threads` threads of which the caller is one. Results must not
// depend on which thread did which job: a job writes only to its own slot, or to
// scratch room of its thread.
#pragma once

#include <stdbool.h>
#include <stddef.h>

enum { POOL_THREADS_MAX = 256 };

// `thread` is 0 .. threads-1. False stops handing out jobs: something failed,
// and the job has noted what in `context`.
typedef bool pool_job(void *context, size_t job, unsigned thread);

// True if every job was done. With threads that cannot be started the others do
// the work.
bool pool_run(unsigned threads, size_t jobs, pool_job *run, void *context);

// The same in two steps: the jobs begin on threads 1 .. threads-1 while the caller
// does something else, and at the end the caller, as thread 0, helps with what is left.
// NULL: no memory.
struct pool_work;
struct pool_work *pool_begin(unsigned threads, size_t jobs, pool_job *run, void *context);
bool pool_end(struct pool_work *);

// The threads of work for which so many were asked: 1 to POOL_THREADS_MAX; 0 is 1.
unsigned pool_threads(unsigned requested);

// Processors that this process may use, at most POOL_THREADS_MAX.
unsigned pool_processors(void);
