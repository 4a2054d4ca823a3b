// SPDX-License-Identifier: MIT
// The heap, with sizes that cannot overflow. The only place that calls malloc,
// so that a test can make it fail.
#pragma once

#include <stdbool.h>
#include <stddef.h>

// Zeroed room for `count` items of `size` bytes; NULL if there is none.
void *memory_new(size_t count, size_t size) __attribute__((malloc));

// Room for `size` bytes that are not zeroed; NULL if there is none.
void *memory_room(size_t size) __attribute__((malloc));

// Room for `size` bytes that are not zeroed, for what is read and written all over: on large pages
// where the kernel has some, so that fewer addresses have to be looked up. It is rounded up to
// whole ones. NULL if there is none.
enum { MEMORY_LARGE_PAGE = 2 << 20 };
void *memory_large(size_t size) __attribute__((malloc));

// Room for `count` items with the old content; what is new is not zeroed. NULL
// if there is none: the old block then stays as it was.
void *memory_resize(void *block, size_t count, size_t size);

// Accepts NULL.
void memory_free(void *block);

// A copy of the text on the heap; NULL if there is no room.
char *memory_text(const char *text);

// Gives the pages of what memory_large() made back to the system until they are written again. What
// was in them is gone.
void memory_rest(void *large, size_t size);

// Has freed memory go back to the system, whatever was freed before: by itself the C library keeps ever
// more (up to 64 MiB a thread) once something large was freed, and how much depends on which
// thread was first. For the beginning of a program, before there are threads.
void memory_keep_little(void);

// Makes the N-th allocation from now on fail, and every later one too; 0
// switches this off. For tests.
void memory_fail_at(unsigned long allocation);
