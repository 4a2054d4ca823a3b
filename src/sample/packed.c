// SPDX-License-Identifier: MIT
#include "sample/packed.h"

#include <math.h>
#include <string.h>

enum {
	LOADER_SIZE = 12,                // l_info: checksum, magic, size, version, format
	PACKED_SIZE = LOADER_SIZE + 12,  // and p_info: program, file, block
	BLOCK_SIZE = PACKED_SIZE + 12,   // and the first b_info: unpacked, packed, method
	HEAD_MAX = 1024,
	TRAILER_MAX = 64,
	DENSE_MIN = 1024,
};
static const double dense_bits = 7.2;
static const char magic[] = "UPX!";
static const char *const stub_texts[] = {
	"$Info: This file is packed with the UPX",
	"PROT_EXEC|PROT_WRITE failed.",
	"UPX!",
};

const char *packed_name(enum packed p)
{
	static const char *const names[] = { "", "upx", "upx-damaged", "dense" };
	return names[p];
}

static double entropy_of(struct span file)
{
	size_t counts[256] = { 0 };
	double bits = 0;
	for (size_t i = 0; i < file.length; i++)
		counts[file.bytes[i]]++;
	for (size_t i = 0; i < 256; i++)
		if (counts[i] > 0) {
			const double share = (double)counts[i] / (double)file.length;
			bits -= share * log2(share);
		}
	return bits;
}

static bool find(struct span s, const char *text, size_t *out)
{
	const uint8_t *at = s.length > 0 ? memmem(s.bytes, s.length, text, strlen(text)) : NULL;
	if (at != NULL)
		*out = (size_t)(at - s.bytes);
	return at != NULL;
}

static uint32_t word(const struct elf *elf, struct span s, size_t at)
{
	return elf->is_big ? span_u32(s, at) : span_u32_le(s, at);
}

// Sizes behind the program headers that only a packed program has.
static bool has_sizes(const struct elf *elf, struct span l)
{
	if (l.length < BLOCK_SIZE)
		return false;
	const uint32_t file = word(elf, l, LOADER_SIZE + 4), block = word(elf, l, LOADER_SIZE + 8);
	const uint32_t unpacked = word(elf, l, PACKED_SIZE), packed = word(elf, l, PACKED_SIZE + 4);
	return word(elf, l, LOADER_SIZE) == 0 && file >= 512 && block == file && unpacked > 0 &&
	       packed > 0 && packed <= unpacked && unpacked <= file;
}

// The headers of the packer: where the magic is among the first bytes, else where they belong.
static struct span loader_of(struct span file, const struct elf *elf, bool *has_magic)
{
	const size_t head = file.length < HEAD_MAX ? file.length : HEAD_MAX;
	size_t at = 0;
	*has_magic = find((struct span){ file.bytes, head }, magic, &at) && at >= 4;
	if (*has_magic)
		return span_from(file, at - 4);
	return span_from(file, elf->header_end > 0 ? elf->header_end : file.length);
}

static bool find_upx(struct span file, const struct elf *elf, bool is_dense,
                     struct packed_look *out)
{
	bool has_magic;
	const struct span loader = loader_of(file, elf, &has_magic);
	const bool is_whole = has_sizes(elf, loader);
	const size_t tail = file.length > TRAILER_MAX ? file.length - TRAILER_MAX : 0;
	size_t at = 0;
	out->packed = has_magic && is_whole ? PACKED_UPX : PACKED_UPX_DAMAGED;
	out->offset = file.length - loader.length;
	out->mark = has_magic ? "UPX! behind the headers"
	                      : "UPX's sizes behind the headers, without UPX!";
	if (has_magic || is_whole)
		return true;
	out->mark = "UPX! in the last bytes";
	if (find(span_from(file, tail), magic, &at)) {
		out->offset = tail + at;
		return true;
	}
	out->mark = "a text of UPX's stub";
	for (size_t i = 0; i < sizeof stub_texts / sizeof *stub_texts; i++)
		if (is_dense && find(file, stub_texts[i], &out->offset))
			return true;
	return false;
}

struct packed_look packed_look(struct span file, const struct elf *elf, bool has_table)
{
	struct packed_look look = { .entropy = entropy_of(file) };
	const bool is_dense = file.length >= DENSE_MIN && look.entropy >= dense_bits;
	// Bytes of any kind may have the four letters.
	if (!elf->is_elf && !is_dense)
		return look;
	if (find_upx(file, elf, is_dense, &look))
		return look;
	look.packed = is_dense && elf->is_elf && !has_table ? PACKED_DENSE : PACKED_NO;
	look.offset = 0;
	look.mark = look.packed == PACKED_DENSE ? "bytes as of compressed data, and no mark" : NULL;
	return look;
}
