// SPDX-License-Identifier: MIT
// What all fuzz targets share. A target is one file with fuzz_one(), and one
// word in the list of meson.build; fuzz/README.md says how they are run.
//
// A target does not only wait for a crash: it REQUIREs what must hold of every
// input. One input in eight (its own hash decides, so that it can be run again)
// is worked on while memory runs out: fuzz_is_starving. Then functions may
// fail, WORKS() lets them, and all that is asked is that nothing leaks.
#pragma once

#include "base/cursor.h"
#include "base/error.h"

// The target. `input` is a heap block of just that size.
void fuzz_one(struct span input);

// What a target needs once, before the first input; empty where it defines none.
void fuzz_setup(void);

extern bool fuzz_is_starving;

// Runs the target on one input; from allocation number `fail_at` on there is no
// memory, 0: there always is.
void fuzz_run(const uint8_t *bytes, size_t length, unsigned long fail_at);

// The allocation that fails where the input itself decides.
unsigned long fuzz_fail_at(const uint8_t *bytes, size_t length);

// What libFuzzer calls, and fuzz/replay.c.
int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

_Noreturn void fuzz_fail(const char *file, int line, const char *what);

// A property: without it the run ends here.
#define REQUIRE(condition) ((condition) ? (void)0 : fuzz_fail(__FILE__, __LINE__, #condition))

// An operation that can fail for want of memory, and for nothing else. Is it done?
#define WORKS(operation) ((operation) || (fuzz_must_starve(__FILE__, __LINE__, #operation), false))
void fuzz_must_starve(const char *file, int line, const char *what);

// Room that is always there: the target's own, not what is tested.
void *fuzz_room(size_t size);

// A file in memory that holds the bytes, and its path. There are FUZZ_FILES of
// them; a slot is used again with every input.
enum { FUZZ_FILES = 4 };
const char *fuzz_file(unsigned slot, struct span bytes);
// What stands in it now; the caller frees the bytes.
struct span fuzz_file_content(unsigned slot);

// A new empty folder in memory, the same path with every call; and its end. There
// may be folders in it.
const char *fuzz_folder(void);
void fuzz_folder_done(void);
bool fuzz_write(const char *path, struct span bytes);

// Takes numbers off the front of an input; 0 where it has none left.
static inline uint8_t fuzz_u8(struct span *input)
{
	const uint8_t byte = input->length > 0 ? span_u8(*input, 0) : 0;
	*input = span_from(*input, 1);
	return byte;
}

static inline uint16_t fuzz_u16(struct span *input)
{
	const uint8_t low = fuzz_u8(input);
	return (uint16_t)(fuzz_u8(input) << 8 | low);
}

// The rest of the input as a text, up to its first zero byte; the caller frees it.
char *fuzz_text(struct span input);

// Takes the text before the next `separator` (or the end) off the front.
char *fuzz_text_until(struct span *input, char separator);
