// SPDX-License-Identifier: MIT
#include "cluster/compress.h"

#include "base/memory.h"
#include "cluster/bzip2_length.h"

#include <bzlib.h>
#include <lzma.h>
#include <string.h>
#include <zlib.h>
#include <zstd.h>

const char *const compressor_names[COMPRESSOR_KINDS + 1] = { "bzip2", "xz",     "gzip",
	                                                     "zstd",  "zlib",   "deflate",
	                                                     "lzma",  "zstd-3", NULL };

// For what is longer than bzip2_length.h computes. libbz2 asks for four blocks, the same for each stream, and gives
// them back. 7 MB of them would come from the kernel and go back to it for each pair of answers.
enum { BZIP2_BLOCKS = 8 };
struct bzip2_blocks {
	void *blocks[BZIP2_BLOCKS];
	size_t sizes[BZIP2_BLOCKS];
	unsigned next;
};

enum { GZIP_FRAME = 18, DEFLATE_MEMORY = 8, LZMA_RAW_DICTIONARY = 64 * 1024 };

struct compressor {
	enum compressor_kind kind;
	uint8_t *in, *out;
	size_t in_max, out_max;
	struct bzip2_room *bzip2;
	struct bzip2_blocks blocks;
	z_stream deflate;
	bool has_deflate;
	lzma_stream lzma;
	lzma_options_lzma lzma_options;
	lzma_filter lzma_filters[2];
	ZSTD_CCtx *zstd;
};

// ---- bzip2

static void *bzip2_take(void *context, int count, int size)
{
	struct bzip2_blocks *room = context;
	const size_t wanted = (size_t)count * (size_t)size;
	const unsigned at = room->next;
	if (at >= BZIP2_BLOCKS)
		return NULL;
	if (room->sizes[at] < wanted) {
		memory_free(room->blocks[at]);
		room->sizes[at] = 0;
		room->blocks[at] = memory_room(wanted);
		if (room->blocks[at] == NULL)
			return NULL;
		room->sizes[at] = wanted;
	}
	room->next++;
	return room->blocks[at];
}

static void bzip2_give(void *context, void *block)
{
	(void)context, (void)block;  // bzip2_make() takes all of them back
}

static bool bzip2_make(struct compressor *c, size_t length, uint32_t *out)
{
	if (length <= BZIP2_LENGTH_MAX) {
		*out = bzip2_length(c->bzip2, c->in, length);
		return true;
	}
	bz_stream s = { .bzalloc = bzip2_take, .bzfree = bzip2_give, .opaque = &c->blocks };
	c->blocks.next = 0;
	if (BZ2_bzCompressInit(&s, 9, 0, 0) != BZ_OK)
		return false;
	s.next_in = (char *)c->in;
	s.avail_in = (unsigned)length;
	s.next_out = (char *)c->out;
	s.avail_out = (unsigned)c->out_max;
	const int status = BZ2_bzCompress(&s, BZ_FINISH);
	*out = s.total_out_lo32;
	BZ2_bzCompressEnd(&s);
	return status == BZ_STREAM_END;
}

// ---- deflate

static bool deflate_start(struct compressor *c)
{
	c->has_deflate = deflateInit2(&c->deflate, 9, Z_DEFLATED, -MAX_WBITS, DEFLATE_MEMORY,
	                              Z_DEFAULT_STRATEGY) == Z_OK;
	return c->has_deflate;
}

static bool deflate_length(struct compressor *c, size_t length, uint32_t *out)
{
	if (deflateReset(&c->deflate) != Z_OK)
		return false;
	c->deflate.next_in = c->in;
	c->deflate.avail_in = (unsigned)length;
	c->deflate.next_out = c->out;
	c->deflate.avail_out = (unsigned)c->out_max;
	if (deflate(&c->deflate, Z_FINISH) != Z_STREAM_END)
		return false;
	*out = (uint32_t)c->deflate.total_out;
	return true;
}

// ---- xz and LZMA: the stream keeps its memory while it is not ended

static void lzma_start(struct compressor *c)
{
	c->lzma = (lzma_stream)LZMA_STREAM_INIT;
	lzma_lzma_preset(&c->lzma_options, 6);
	c->lzma_options.dict_size = LZMA_RAW_DICTIONARY;
	c->lzma_filters[0] = (lzma_filter){ .id = LZMA_FILTER_LZMA1, .options = &c->lzma_options };
	c->lzma_filters[1] = (lzma_filter){ .id = LZMA_VLI_UNKNOWN };
}

static bool lzma_length(struct compressor *c, size_t length, uint32_t *out)
{
	const lzma_ret begun = c->kind == COMPRESSOR_XZ
	                               ? lzma_easy_encoder(&c->lzma, 6, LZMA_CHECK_CRC64)
	                               : lzma_raw_encoder(&c->lzma, c->lzma_filters);
	if (begun != LZMA_OK)
		return false;
	c->lzma.next_in = c->in;
	c->lzma.avail_in = length;
	c->lzma.next_out = c->out;
	c->lzma.avail_out = c->out_max;
	const lzma_ret status = lzma_code(&c->lzma, LZMA_FINISH);
	*out = (uint32_t)c->lzma.total_out;
	return status == LZMA_STREAM_END;
}

// ---- all of them

static bool zstd_length(struct compressor *c, size_t length, uint32_t *out)
{
	const int level = c->kind == COMPRESSOR_ZSTD ? 19 : 3;
	const size_t result = ZSTD_compressCCtx(c->zstd, c->out, c->out_max, c->in, length, level);
	*out = (uint32_t)result;
	return ZSTD_isError(result) == 0;
}

static bool start(struct compressor *c)
{
	switch (c->kind) {
	case COMPRESSOR_GZIP:
	case COMPRESSOR_ZLIB:
	case COMPRESSOR_DEFLATE: return deflate_start(c);
	case COMPRESSOR_ZSTD:
	case COMPRESSOR_ZSTD_3: c->zstd = ZSTD_createCCtx(); return c->zstd != NULL;
	case COMPRESSOR_XZ:
	case COMPRESSOR_LZMA: lzma_start(c); return true;
	case COMPRESSOR_BZIP2:
		c->bzip2 = bzip2_room_new(c->in_max < BZIP2_LENGTH_MAX ? c->in_max
		                                                       : BZIP2_LENGTH_MAX);
		return c->bzip2 != NULL;
	case COMPRESSOR_KINDS: break;
	}
	return true;
}

struct compressor *compressor_new(enum compressor_kind kind, size_t input_max, struct error *error)
{
	struct compressor *c = memory_new(1, sizeof *c);
	if (c != NULL) {
		c->kind = kind;
		c->in_max = input_max;
		c->out_max = input_max + input_max / 8 + 1024;  // what none of them exceeds
		c->in = memory_room(input_max + 1);
		c->out = memory_room(c->out_max);
		if (c->in != NULL && c->out != NULL && start(c))
			return c;
		compressor_free(c);
	}
	error_memory(error, "compressing answers");
	return NULL;
}

void compressor_free(struct compressor *c)
{
	if (c == NULL)
		return;
	for (unsigned i = 0; i < BZIP2_BLOCKS; i++)
		memory_free(c->blocks.blocks[i]);
	if (c->has_deflate)
		deflateEnd(&c->deflate);
	if (c->kind == COMPRESSOR_XZ || c->kind == COMPRESSOR_LZMA)
		lzma_end(&c->lzma);
	ZSTD_freeCCtx(c->zstd);
	bzip2_room_free(c->bzip2);
	memory_free(c->in);
	memory_free(c->out);
	memory_free(c);
}

static bool length_of(struct compressor *c, size_t length, uint32_t *out)
{
	switch (c->kind) {
	case COMPRESSOR_BZIP2: return bzip2_make(c, length, out);
	case COMPRESSOR_XZ:
	case COMPRESSOR_LZMA: return lzma_length(c, length, out);
	case COMPRESSOR_GZIP:
	case COMPRESSOR_ZLIB:
	case COMPRESSOR_DEFLATE:
		if (!deflate_length(c, length, out))
			return false;
		*out += c->kind == COMPRESSOR_GZIP   ? GZIP_FRAME
		        : c->kind == COMPRESSOR_ZLIB ? 6
		                                     : 0;
		return true;
	case COMPRESSOR_ZSTD:
	case COMPRESSOR_ZSTD_3: return zstd_length(c, length, out);
	case COMPRESSOR_KINDS: break;
	}
	return false;
}

bool compressor_length(struct compressor *c, struct span x, struct span y, uint32_t *out,
                       struct error *error)
{
	if (x.length > c->in_max || y.length > c->in_max - x.length)
		return error_set(error, ERROR_FAILED, "an answer is too long to compress");
	if (x.length > 0)
		memcpy(c->in, x.bytes, x.length);
	if (y.length > 0)
		memcpy(c->in + x.length, y.bytes, y.length);
	uint32_t length;
	if (!length_of(c, x.length + y.length, &length))
		return error_set(error, ERROR_FAILED, "%s cannot compress an answer: no memory",
		                 compressor_names[c->kind]);
	*out = length;
	return true;
}

// ---- distances

// A run of 4 and more equal bytes that has bytes of both, where `a` is followed by `b`.
static bool run_crosses(struct span a, struct span b)
{
	const uint8_t byte = a.bytes[a.length - 1];
	size_t before = 1, behind = 0;
	while (before < 4 && before < a.length && a.bytes[a.length - 1 - before] == byte)
		before++;
	while (behind < 4 && behind < b.length && b.bytes[behind] == byte)
		behind++;
	return behind > 0 && before + behind >= 4;
}

bool compressor_is_symmetric(enum compressor_kind kind, struct span x, struct span y)
{
	if (kind != COMPRESSOR_BZIP2)
		return false;
	return x.length == 0 || y.length == 0 || (!run_crosses(x, y) && !run_crosses(y, x));
}

double ncd_of_lengths(uint32_t x, uint32_t y, uint32_t xy)
{
	const uint32_t least = x < y ? x : y, most = x < y ? y : x;
	return most == 0 ? 0 : ((double)xy - least) / most;
}
