// SPDX-License-Identifier: MIT
#include "base/memory.h"

#include <malloc.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

// 0: never; n: the n-th allocation from now fails, and all behind it.
static atomic_ulong failing_allocation;
static atomic_ulong allocations;

static bool has_failed(void)
{
	const unsigned long failing = atomic_load(&failing_allocation);
	return failing != 0 && atomic_fetch_add(&allocations, 1) + 1 >= failing;
}

void *memory_new(size_t count, size_t size)
{
	return has_failed() ? NULL : calloc(count, size);
}

void *memory_room(size_t size)
{
	return has_failed() ? NULL : malloc(size == 0 ? 1 : size);
}

// One at least.
static size_t whole_pages(size_t size)
{
	const size_t page = MEMORY_LARGE_PAGE;
	return size == 0 ? page : (size + page - 1) / page * page;
}

void *memory_large(size_t size)
{
	const size_t page = MEMORY_LARGE_PAGE;
	if (has_failed() || size > SIZE_MAX - page)
		return NULL;
	const size_t whole = whole_pages(size);
	void *block = aligned_alloc(page, whole);
	if (block != NULL)
		(void)madvise(block, whole, MADV_HUGEPAGE);
	return block;
}

void memory_rest(void *large, size_t size)
{
	if (large != NULL)
		(void)madvise(large, whole_pages(size), MADV_DONTNEED);
}

void *memory_resize(void *block, size_t count, size_t size)
{
	if (has_failed() || (size != 0 && count > SIZE_MAX / size))
		return NULL;
	// realloc(block, 0) may free the block and return NULL, which says the opposite here.
	const size_t bytes = count * size;
	return realloc(block, bytes == 0 ? 1 : bytes);
}

void memory_free(void *block)
{
	free(block);
}

char *memory_text(const char *text)
{
	const size_t size = strlen(text) + 1;
	char *copy = memory_new(size, 1);
	if (copy != NULL)
		memcpy(copy, text, size);
	return copy;
}

void memory_keep_little(void)
{
	// Both stay as they are from now on. What is smaller is asked for too often to be mapped each time.
	enum { LARGE = 1 << 20 };
	(void)mallopt(M_MMAP_THRESHOLD, LARGE);
	(void)mallopt(M_TRIM_THRESHOLD, LARGE);
}

void memory_fail_at(unsigned long allocation)
{
	atomic_store(&allocations, 0);
	atomic_store(&failing_allocation, allocation);
}
