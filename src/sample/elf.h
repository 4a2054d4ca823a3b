// SPDX-License-Identifier: MIT
// What the headers of an ELF file say (System V ABI, gABI 4.1), as far as they can be believed.
//
// All classes and byte orders. Headers of samples are damaged on purpose, so nothing here fails: what lies
// outside the file, or contradicts itself, is left out and named.
#pragma once

#include "base/cursor.h"

enum { ELF_RANGES_MAX = 32, ELF_FORMAT_SIZE = 32 };

// Bytes of the file that have an address in memory.
struct elf_range {
	uint64_t offset, length, address;
};

struct elf {
	bool is_elf;   // it begins with the four magic bytes
	bool is_sane;  // class and byte order can be
	bool is_wide;  // 64 bits
	bool is_big;   // big-endian
	uint16_t machine;
	size_t header_end;  // where the table of program headers ends; 0: there is none that can be believed
	const char *damage;  // why not all is believed, for people; NULL: all is
	struct elf_range ranges[ELF_RANGES_MAX];
	size_t range_count;
};

struct elf elf_read(struct span file);

// "elf32-le-arm"; machines without a name have their number. Where class or byte order cannot be: "elf-damaged".
void elf_format(const struct elf *, char out[ELF_FORMAT_SIZE]);

// Where a byte of the file is in memory; false: nothing says so.
bool elf_address(const struct elf *, uint64_t offset, uint64_t *out);

// The number of the range that it is in; ELF_RANGES_MAX: of none.
size_t elf_range_of(const struct elf *, uint64_t offset);
