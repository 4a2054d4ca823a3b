// SPDX-License-Identifier: MIT
#include "base/memory.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

static unsigned long allocations_until_failure;

static bool has_failed(void)
{
	if (allocations_until_failure == 0)
		return false;
	if (allocations_until_failure > 1)
		allocations_until_failure--;
	return allocations_until_failure == 1;
}

void *memory_new(size_t count, size_t size)
{
	return has_failed() ? NULL : calloc(count, size);
}

void *memory_room(size_t size)
{
	return has_failed() ? NULL : malloc(size == 0 ? 1 : size);
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

void memory_fail_at(unsigned long allocation)
{
	allocations_until_failure = allocation == 0 ? 0 : allocation + 1;
}
