// SPDX-License-Identifier: MIT
#include "capture/ahead.h"

#include "base/memory.h"

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>

enum { PAGE = 4096, BLOCK_MEMORY = AHEAD_FRONT + AHEAD_BLOCK + PAGE };

struct ahead {
	struct content *content;
	pthread_t thread;
	bool is_running;  // it has to be joined
	atomic_bool is_unwanted;

	pthread_mutex_t mutex;  // for all below
	pthread_cond_t changed;
	struct ahead_block *unused;                  // a stack
	struct ahead_block *first_full, *last_full;  // a queue
	uint64_t room;                               // blocks that may still be allocated
};

// The block's own place is in front of its bytes, in the same memory.
static struct ahead_block *new_block(void)
{
	uint8_t *memory = memory_room(sizeof(struct ahead_block) + BLOCK_MEMORY);
	if (memory == NULL)
		return NULL;
	struct ahead_block *block = (struct ahead_block *)(void *)memory;
	const uintptr_t end = (uintptr_t)memory + sizeof *block + AHEAD_FRONT;
	*block = (struct ahead_block){ .bytes = (uint8_t *)((end + PAGE - 1) / PAGE * PAGE) };
	return block;
}

static void free_blocks(struct ahead_block *block)
{
	while (block != NULL) {
		struct ahead_block *next = block->next;
		memory_free(block);
		block = next;
	}
}

static struct ahead_block *pop(struct ahead_block **stack)
{
	struct ahead_block *block = *stack;
	if (block != NULL)
		*stack = block->next;
	return block;
}

static void push(struct ahead_block **stack, struct ahead_block *block)
{
	block->next = *stack;
	*stack = block;
}

// A block to write to; NULL: no more is wanted.
static struct ahead_block *take_unused(struct ahead *ahead)
{
	struct ahead_block *block = NULL;
	pthread_mutex_lock(&ahead->mutex);
	while (!atomic_load(&ahead->is_unwanted) && block == NULL) {
		block = pop(&ahead->unused);
		if (block == NULL && ahead->room > 0) {
			// Where there is no memory the blocks that are there have to do.
			block = new_block();
			ahead->room = block != NULL ? ahead->room - 1 : 0;
		}
		if (block == NULL)
			pthread_cond_wait(&ahead->changed, &ahead->mutex);
	}
	pthread_mutex_unlock(&ahead->mutex);
	return block;
}

static void put_full(struct ahead *ahead, struct ahead_block *block)
{
	block->next = NULL;
	pthread_mutex_lock(&ahead->mutex);
	if (ahead->first_full == NULL)
		ahead->first_full = block;
	else
		ahead->last_full->next = block;
	ahead->last_full = block;
	pthread_cond_broadcast(&ahead->changed);
	pthread_mutex_unlock(&ahead->mutex);
}

static void *read_on(void *argument)
{
	struct ahead *ahead = argument;
	struct ahead_block *block;
	bool is_last = false;
	while (!is_last && (block = take_unused(ahead)) != NULL) {
		block->piece = content_read(ahead->content, block->bytes, AHEAD_BLOCK);
		is_last = block->piece.is_last;
		put_full(ahead, block);
	}
	return NULL;
}

// Signals are for the thread that waits for them, as in base/pool.c.
static bool start_thread(struct ahead *ahead)
{
	sigset_t all, before;
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	ahead->is_running = pthread_create(&ahead->thread, NULL, read_on, ahead) == 0;
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	return ahead->is_running;
}

static void wait_for_thread(struct ahead *ahead)
{
	if (ahead->is_running)
		pthread_join(ahead->thread, NULL);
	ahead->is_running = false;
	ahead->content->input.is_unwanted = NULL;
}

struct ahead *ahead_begin(struct content *content, uint64_t memory_bytes)
{
	struct ahead *ahead = memory_new(1, sizeof *ahead);
	bool ok = ahead != NULL;
	if (!ok)
		return NULL;
	ahead->content = content;
	pthread_mutex_init(&ahead->mutex, NULL);
	pthread_cond_init(&ahead->changed, NULL);
	for (unsigned i = 0; ok && i < AHEAD_BLOCKS_MIN; i++) {
		struct ahead_block *block = new_block();
		ok = block != NULL;
		if (ok)
			push(&ahead->unused, block);
	}
	const uint64_t blocks = memory_bytes / BLOCK_MEMORY;
	ahead->room = blocks > AHEAD_BLOCKS_MIN ? blocks - AHEAD_BLOCKS_MIN : 0;
	content->input.is_unwanted = &ahead->is_unwanted;
	if (ok && start_thread(ahead))
		return ahead;
	ahead_end(ahead);
	return NULL;
}

struct ahead_block *ahead_take(struct ahead *ahead)
{
	pthread_mutex_lock(&ahead->mutex);
	while (ahead->first_full == NULL)
		pthread_cond_wait(&ahead->changed, &ahead->mutex);
	struct ahead_block *block = pop(&ahead->first_full);
	pthread_mutex_unlock(&ahead->mutex);
	if (block->piece.is_last)
		wait_for_thread(ahead);
	return block;
}

void ahead_give_back(struct ahead *ahead, struct ahead_block *block)
{
	pthread_mutex_lock(&ahead->mutex);
	push(&ahead->unused, block);
	pthread_cond_broadcast(&ahead->changed);
	pthread_mutex_unlock(&ahead->mutex);
}

void ahead_stop(struct ahead *ahead)
{
	pthread_mutex_lock(&ahead->mutex);
	atomic_store(&ahead->is_unwanted, true);
	pthread_cond_broadcast(&ahead->changed);
	pthread_mutex_unlock(&ahead->mutex);
	wait_for_thread(ahead);
}

void ahead_end(struct ahead *ahead)
{
	if (ahead == NULL)
		return;
	ahead_stop(ahead);
	free_blocks(ahead->unused);
	free_blocks(ahead->first_full);
	pthread_cond_destroy(&ahead->changed);
	pthread_mutex_destroy(&ahead->mutex);
	memory_free(ahead);
}
