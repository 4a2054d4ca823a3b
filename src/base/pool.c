// SPDX-License-Identifier: MIT
#include "base/pool.h"

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>

struct pool {
	pool_job *run;
	void *context;
	size_t jobs;
	atomic_size_t next;
	atomic_bool failed;
};

struct worker {
	struct pool *pool;
	unsigned thread;
};

static void *work(void *argument)
{
	const struct worker *worker = argument;
	struct pool *pool = worker->pool;
	while (!atomic_load(&pool->failed)) {
		const size_t job = atomic_fetch_add(&pool->next, 1);
		if (job >= pool->jobs)
			break;
		if (!pool->run(pool->context, job, worker->thread))
			atomic_store(&pool->failed, true);
	}
	return NULL;
}

bool pool_run(unsigned threads, size_t jobs, pool_job *run, void *context)
{
	struct pool pool = { .run = run, .context = context, .jobs = jobs };
	struct worker workers[POOL_THREADS_MAX];
	pthread_t ids[POOL_THREADS_MAX];
	unsigned started = 0;
	if (threads > POOL_THREADS_MAX)
		threads = POOL_THREADS_MAX;
	for (unsigned i = 1; i < threads && i < jobs; i++) {
		workers[i] = (struct worker){ .pool = &pool, .thread = i };
		if (pthread_create(&ids[started], NULL, work, &workers[i]) != 0)
			break;
		started++;
	}
	workers[0] = (struct worker){ .pool = &pool };
	work(&workers[0]);
	for (unsigned i = 0; i < started; i++)
		pthread_join(ids[i], NULL);
	return !atomic_load(&pool.failed);
}

unsigned pool_processors(void)
{
	cpu_set_t set;
	if (sched_getaffinity(0, sizeof set, &set) != 0)
		return 1;
	const int count = CPU_COUNT(&set);
	return count < 1 ? 1 : count > POOL_THREADS_MAX ? POOL_THREADS_MAX : (unsigned)count;
}
