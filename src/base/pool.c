// SPDX-License-Identifier: MIT
#include "base/pool.h"

#include "base/memory.h"

#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>

struct worker {
	struct pool_work *work;
	unsigned thread;
};

struct pool_work {
	pool_job *run;
	void *context;
	size_t jobs;
	atomic_size_t next;
	atomic_bool failed;
	struct worker workers[POOL_THREADS_MAX];
	pthread_t ids[POOL_THREADS_MAX];
	unsigned started;
};

static void *work_off(void *argument)
{
	const struct worker *worker = argument;
	struct pool_work *work = worker->work;
	while (!atomic_load(&work->failed)) {
		const size_t job = atomic_fetch_add(&work->next, 1);
		if (job >= work->jobs)
			break;
		if (!work->run(work->context, job, worker->thread))
			atomic_store(&work->failed, true);
	}
	return NULL;
}

struct pool_work *pool_begin(unsigned threads, size_t jobs, pool_job *run, void *context)
{
	struct pool_work *work = memory_new(1, sizeof *work);
	if (work == NULL)
		return NULL;
	work->run = run;
	work->context = context;
	work->jobs = jobs;
	threads = pool_threads(threads);
	// Signals are for the thread that waits for them (base/interrupt.h): the others
	// inherit a mask that holds all of them back.
	sigset_t all, before;
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	for (unsigned i = 1; i < threads && i <= jobs; i++) {
		work->workers[i] = (struct worker){ .work = work, .thread = i };
		if (pthread_create(&work->ids[work->started], NULL, work_off, &work->workers[i]) !=
		    0)
			break;
		work->started++;
	}
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	return work;
}

bool pool_end(struct pool_work *work)
{
	work->workers[0] = (struct worker){ .work = work };
	work_off(&work->workers[0]);
	for (unsigned i = 0; i < work->started; i++)
		pthread_join(work->ids[i], NULL);
	const bool ok = !atomic_load(&work->failed);
	memory_free(work);
	return ok;
}

bool pool_run(unsigned threads, size_t jobs, pool_job *run, void *context)
{
	struct pool_work *work = pool_begin(threads, jobs, run, context);
	return work != NULL && pool_end(work);
}

unsigned pool_threads(unsigned requested)
{
	return requested == 0 ? 1 : requested < POOL_THREADS_MAX ? requested : POOL_THREADS_MAX;
}

unsigned pool_processors(void)
{
	cpu_set_t set;
	if (sched_getaffinity(0, sizeof set, &set) != 0)
		return 1;
	return pool_threads((unsigned)CPU_COUNT(&set));
}
