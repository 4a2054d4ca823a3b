// SPDX-License-Identifier: MIT
// Lengths against those that Python's bz2, lzma and zlib gave, and pairs that HOTARU_GOLDEN names.
#include "cluster/compress.h"

#include "base/disk.h"
#include "base/memory.h"
#include "base/random.h"
#include "base/test.h"

#include <cjson/cJSON.h>
#include <string.h>

static struct span text(const char *t)
{
	return (struct span){ (const uint8_t *)t, strlen(t) };
}

static uint32_t length(struct compressor *c, struct span x, struct span y)
{
	struct error error;
	uint32_t out = UINT32_MAX;
	CHECK(compressor_length(c, x, y, &out, &error));
	return out;
}

// By Python 3.11: bz2.compress(b, 9), lzma.compress(b), 18 and 6 more than raw deflate, and so on; of zstd
// and LZMA only what no version changes.
TEST(lengths_are_pythons)
{
	static const struct {
		const char *x, *y;
		uint32_t lengths[COMPRESSOR_KINDS];
	} known[] = {
		{ "", "", { 14, 32, 20, 9, 8, 2, 10, 9 } },
		{ "SSH-2.0-dropbear_2014.63\r\n", "", { 72, 84, 46, 35, 34, 28, 37, 35 } },
		{ "220 Welcome to FTP service.\r\n",
		  "220 Welcome to FTP service.\r\n",
		  { 81, 100, 52, 45, 40, 34, 43, 45 } },
	};
	for (unsigned kind = 0; kind < COMPRESSOR_KINDS; kind++) {
		struct error error;
		struct compressor *c = compressor_new(kind, 4096, &error);
		CHECK(c != NULL);
		if (c == NULL)
			return;
		for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
			const uint32_t got = length(c, text(known[i].x), text(known[i].y));
			if (got != known[i].lengths[kind])
				printf("%s %zu: %u\n", compressor_names[kind], i, got);
			CHECK(got == known[i].lengths[kind]);
		}
		compressor_free(c);
	}
}

TEST(what_is_too_long_is_refused)
{
	struct error error;
	uint32_t out = 7;
	struct compressor *c = compressor_new(COMPRESSOR_BZIP2, 10, &error);
	CHECK(c != NULL && !compressor_length(c, text("123456"), text("12345"), &out, &error));
	CHECK(out == 7);
	CHECK(length(c, text("123456"), text("1234")) > 14);
	compressor_free(c);
}

// Short texts of few different bytes: runs cross seams all the time.
static struct span made(struct random *r, uint8_t *room, uint32_t size)
{
	const uint32_t length = random_below(r, size + 1), letters = 1 + random_below(r, 3);
	for (uint32_t i = 0; i < length; i++)
		room[i] = i > 0 && random_below(r, 3) > 0
		                  ? room[i - 1]
		                  : (uint8_t)('a' + random_below(r, letters));
	return (struct span){ room, length };
}

TEST(bzip2_is_symmetric_where_it_is_said_to_be)
{
	struct error error;
	struct random r = random_from(11);
	struct compressor *c = compressor_new(COMPRESSOR_BZIP2, 1024, &error);
	CHECK(c != NULL);
	unsigned other = 0;
	for (unsigned i = 0; c != NULL && i < random_rounds(4000); i++) {
		uint8_t a[300], b[300];
		const struct span x = made(&r, a, i % 2 == 0 ? 12 : 300), y = made(&r, b, 40);
		const bool is_equal = length(c, x, y) == length(c, y, x);
		CHECK(is_equal || !compressor_is_symmetric(COMPRESSOR_BZIP2, x, y));
		other += !is_equal;
	}
	CHECK(other > 0);  // or the rule had nothing to do
	CHECK(compressor_is_symmetric(COMPRESSOR_BZIP2, text("HTTP/1.1 "), text("SSH-2.0-")));
	CHECK(!compressor_is_symmetric(COMPRESSOR_BZIP2, text("ab__"), text("__c")));
	CHECK(!compressor_is_symmetric(COMPRESSOR_GZIP, text("a"), text("b")));
	compressor_free(c);
}

TEST(distances_are_what_lengths_say)
{
	CHECK(ncd_of_lengths(0, 0, 0) == 0);
	CHECK(ncd_of_lengths(40, 50, 60) == 0.4);
	CHECK(ncd_of_lengths(50, 40, 60) == 0.4);
	CHECK(ncd_of_lengths(50, 40, 92) > 1);
}

// ---- pairs with all lengths, made elsewhere

static size_t base64(const char *in, uint8_t *out)
{
	static const char digits[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	uint32_t bits = 0;
	unsigned count = 0;
	size_t length = 0;
	for (; *in != '\0' && *in != '='; in++) {
		bits = bits << 6 | (uint32_t)(strchr(digits, *in) - digits);
		count += 6;
		if (count >= 8)
			out[length++] = (uint8_t)(bits >> (count -= 8));
	}
	return length;
}

static struct span bytes_of(const cJSON *pair, const char *name, uint8_t *room)
{
	const char *encoded = cJSON_GetObjectItemCaseSensitive(pair, name)->valuestring;
	return (struct span){ room, base64(encoded, room) };
}

static void check_pair(struct compressor *c, const char *name, const cJSON *pair)
{
	static uint8_t x_room[1 << 20], y_room[1 << 20];
	const struct span none = { NULL, 0 };
	const struct span x = bytes_of(pair, "x", x_room), y = bytes_of(pair, "y", y_room);
	const cJSON *known = cJSON_GetObjectItemCaseSensitive(pair, name);
	if (known == NULL)
		return;
	const double cx = cJSON_GetObjectItemCaseSensitive(known, "cx")->valuedouble;
	const double cy = cJSON_GetObjectItemCaseSensitive(known, "cy")->valuedouble;
	const uint32_t xy = length(c, x, y), yx = length(c, y, x);
	CHECK(length(c, x, none) == cx && length(c, y, none) == cy);
	CHECK(xy == cJSON_GetObjectItemCaseSensitive(known, "cxy")->valuedouble);
	CHECK(yx == cJSON_GetObjectItemCaseSensitive(known, "cyx")->valuedouble);
	CHECK(ncd_of_lengths((uint32_t)cx, (uint32_t)cy, xy) ==
	      cJSON_GetObjectItemCaseSensitive(known, "ncd")->valuedouble);
	CHECK(xy == yx ||
	      !compressor_is_symmetric(text_equal(name, "bz2") ? COMPRESSOR_BZIP2 : COMPRESSOR_GZIP,
	                               x, y));
}

TEST(golden_pairs)
{
	static const char *const names[COMPRESSOR_KINDS] = { "bz2",      "xz",   "gzip",
		                                             "zstd19",   "zlib", "deflate_raw",
		                                             "lzma_raw", "zstd3" };
	const char *folder = getenv("HOTARU_GOLDEN");
	if (folder == NULL)
		SKIP("HOTARU_GOLDEN names no folder");
	char path[4096];
	struct error error;
	struct span file;
	text_format(path, sizeof path, "%s/ncd-pairs.json", folder);
	if (!disk_map_file(path, &file, &error))
		SKIP("no pairs there");
	cJSON *root = cJSON_ParseWithLength((const char *)file.bytes, file.length);
	const cJSON *pairs = cJSON_GetObjectItemCaseSensitive(root, "pairs"), *pair;
	CHECK(cJSON_GetArraySize(pairs) >= 60);
	for (unsigned kind = 0; kind < COMPRESSOR_KINDS; kind++) {
		struct compressor *c = compressor_new(kind, 2 << 20, &error);
		CHECK(c != NULL);
		cJSON_ArrayForEach(pair, pairs) check_pair(c, names[kind], pair);
		compressor_free(c);
	}
	cJSON_Delete(root);
	disk_unmap_file(file);
}

TEST_MAIN
