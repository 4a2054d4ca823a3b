// SPDX-License-Identifier: MIT
// Codecs, one by one: what they give does not depend on the pieces in which it is
// asked for, and of files that break off or are damaged they give what came before.
#include "capture/test_codec.h"

#include "base/memory.h"
#include "base/random.h"
#include "capture/codec.h"

#include <dirent.h>
#include <sys/wait.h>
#include <xxhash.h>

// Bytes that can be compressed, but not to nothing.
static struct buffer make_content(size_t length, uint64_t seed)
{
	struct buffer content = buffer_up_to(MADE_MAX);
	struct random random = random_from(seed);
	while (content.length < length)
		buffer_u64(&content, random_u64(&random) & UINT64_C(0x0f0f00000f0f000f));
	content.length = length;
	return content;
}

struct unpacked {
	struct buffer content;
	const char *damage;
	struct error failure;
	const char *suffix;
};

static void unpacked_done(struct unpacked *u)
{
	buffer_done(&u->content);
}

// Reads the whole file in pieces of `size`.
static struct unpacked unpack_path(const char *path, size_t size)
{
	struct unpacked u = { .content = buffer_up_to(MADE_MAX) };
	struct input input;
	if (!input_open(&input, path, &u.failure)) {
		input_done(&input);
		return u;
	}
	const struct cursor head = input.unread;
	const struct codec *codec = codec_for((struct span){ head.at, cursor_left(&head) });
	u.suffix = codec->suffix;
	void *state = codec->open();
	size_t length = state != NULL;
	if (state == NULL)
		input_out_of_memory(&input);
	while (length > 0 && u.damage == NULL && input.failure.kind == ERROR_NONE) {
		CHECK(buffer_reserve(&u.content, size));
		length = codec->read(state, &input, u.content.bytes + u.content.length, size,
		                     &u.damage);
		CHECK(length <= size);
		u.content.length += length;
	}
	if (state != NULL)
		codec->close(state);
	u.failure = input.failure;
	input_done(&input);
	return u;
}

static struct unpacked unpack(struct span packed, size_t size)
{
	const struct test_file file = file_with(packed);
	struct unpacked u = unpack_path(file.path, size);
	unlink(file.path);
	return u;
}

static bool is_beginning(struct span of, struct span beginning)
{
	return beginning.length <= of.length &&
	       (beginning.length == 0 || memcmp(of.bytes, beginning.bytes, beginning.length) == 0);
}

static bool same_bytes(struct span a, struct span b)
{
	return a.length == b.length && is_beginning(a, b);
}

static bool same_text(const char *a, const char *b)
{
	return a == b || (a != NULL && b != NULL && text_equal(a, b));
}

// In pieces as a stream asks for them, and in others: all give the same.
static struct unpacked unpack_in_all_sizes(const char *path)
{
	static const size_t sizes[] = { 1, 61 };
	struct unpacked u = unpack_path(path, INPUT_BLOCK);
	CHECK(u.failure.kind == ERROR_NONE);
	for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
		struct unpacked other = unpack_path(path, sizes[i]);
		CHECK(same_bytes(buffer_span(&u.content), buffer_span(&other.content)));
		CHECK(same_text(u.damage, other.damage));
		unpacked_done(&other);
	}
	return u;
}

static void check_unpacks(struct span packed, struct span content, const char *damage)
{
	struct unpacked u = unpack(packed, INPUT_BLOCK);
	CHECK(same_bytes(buffer_span(&u.content), content));
	CHECK(same_text(u.damage, damage));
	CHECK(u.failure.kind == ERROR_NONE);
	unpacked_done(&u);
}

TEST(content_of_any_length_comes_back)
{
	static const size_t limits[] = { 1, 65536, 131072, 262144, 4 << 20, 8 << 20 };
	struct buffer content = make_content((8 << 20) + 1, 1);
	for (const struct compression *c = compressions; c < compressions + COMPRESSIONS; c++)
		for (size_t i = 0; i < 3 * sizeof limits / sizeof limits[0]; i++) {
			const size_t length = limits[i / 3] - 1 + i % 3;
			if (length > 300000 && !text_equal(c->suffix, ".lz4"))
				break;  // no blocks of theirs are that long
			const struct span part = span_part(buffer_span(&content), 0, length);
			struct buffer packed = buffer_up_to(MADE_MAX);
			c->make(&packed, part, MADE_MAX);
			check_unpacks(buffer_span(&packed), part, NULL);
			buffer_done(&packed);
		}
	buffer_done(&content);
}

TEST(they_are_told_by_content)
{
	struct buffer content = make_content(1000, 2);
	for (const struct compression *c = compressions; c < compressions + COMPRESSIONS; c++) {
		struct buffer packed = buffer_up_to(MADE_MAX);
		c->make(&packed, buffer_span(&content), 100);
		struct unpacked u = unpack(buffer_span(&packed), INPUT_BLOCK);
		CHECK(text_equal(u.suffix, c->suffix));
		unpacked_done(&u);
		buffer_done(&packed);
	}
	struct unpacked u = unpack((struct span){ (const uint8_t *)"BZh9 is a name", 14 }, 100);
	CHECK(text_equal(u.suffix, "") && u.content.length == 14);
	unpacked_done(&u);
	buffer_done(&content);
}

// All that is in one of several streams, some of them empty.
TEST(streams_follow_one_another)
{
	struct buffer content = make_content(700000, 3);
	const struct span whole = buffer_span(&content);
	for (const struct compression *c = compressions; c < compressions + COMPRESSIONS; c++)
		for (size_t step = 17; step < 2 * whole.length; step = step * 6 + 5) {
			struct buffer packed = buffer_up_to(MADE_MAX);
			size_t length = step < 1000 ? 20000 : whole.length;
			// What a sanitizer makes of a compressor's megabytes takes its time.
			if (sweep_step() > 1 && length > 20 * step)
				length = 20 * step;
			for (size_t at = 0; at < length; at += step) {
				const size_t end = length - at < step ? length : at + step;
				c->make(&packed, span_part(whole, at, at), 1);
				c->make(&packed, span_part(whole, at, end), MADE_MAX);
			}
			const struct span part = span_part(whole, 0, length);
			check_unpacks(buffer_span(&packed), part, NULL);
			buffer_text(&packed, "garbage behind it");
			check_unpacks(buffer_span(&packed), part, c->garbage);
			buffer_done(&packed);
		}
	buffer_done(&content);
}

// Three streams, the second one empty, so that there is something before every
// damage and behind it.
static struct test_file small_file(const struct compression *c, struct buffer *content,
                                   struct buffer *packed)
{
	struct buffer half = make_content(1500, 4);
	const struct span bytes = buffer_span(&half);
	*content = buffer_up_to(MADE_MAX);
	*packed = buffer_up_to(MADE_MAX);
	c->make(packed, bytes, 350);
	c->make(packed, span_part(bytes, 0, 0), 1);
	c->make(packed, bytes, 800);
	buffer_append(content, bytes.bytes, bytes.length);
	buffer_append(content, bytes.bytes, bytes.length);
	buffer_done(&half);
	return file_with(buffer_span(packed));
}

// Where a file is cut, its content is a beginning, and the longer the file the
// longer the content. Nothing but a checksum is behind the last content. Only
// between streams, and between blocks of a legacy frame, a cut is no damage.
TEST(a_file_cut_at_any_byte_gives_what_came_before)
{
	for (const struct compression *c = compressions; c < compressions + COMPRESSIONS; c++) {
		struct buffer content, packed;
		const struct test_file file = small_file(c, &content, &packed);
		size_t longest = content.length;
		unsigned undamaged = 0;
		for (size_t cut = packed.length - 1; cut >= 10;
		     cut -= cut > sweep_step() ? sweep_step() : cut) {
			CHECK(truncate(file.path, (off_t)cut) == 0);
			struct unpacked u = unpack_in_all_sizes(file.path);
			CHECK(is_beginning(buffer_span(&content), buffer_span(&u.content)));
			CHECK(u.content.length <= longest);
			CHECK(cut < packed.length - 1 || !c->has_checksum ||
			      u.content.length == longest);
			CHECK(u.damage == NULL || text_equal(u.damage, c->breaks_off));
			longest = u.content.length;
			undamaged += u.damage == NULL;
			unpacked_done(&u);
		}
		const unsigned whole_streams = c->make == make_bzip2 ? 7  // 5 + 1 + 2 streams
		                               : c->make == make_lz4_legacy ? 8  // 5 + 2 blocks
		                                                            : 2;
		CHECK(sweep_step() > 1 || undamaged == whole_streams);
		unlink(file.path);
		buffer_done(&content);
		buffer_done(&packed);
	}
}

static void check_damaged(const struct compression *c, const struct test_file *file,
                          struct span content, struct span cut)
{
	static const size_t sizes[] = { INPUT_BLOCK, 61 };
	const char *damage[2];
	for (size_t i = 0; i < 2; i++) {
		struct unpacked u = unpack_path(file->path, sizes[i]);
		CHECK(is_beginning(buffer_span(&u.content), cut));
		CHECK(u.damage != NULL || !c->has_checksum ||
		      same_bytes(buffer_span(&u.content), content));
		CHECK(u.failure.kind == ERROR_NONE);
		damage[i] = u.damage;
		unpacked_done(&u);
	}
	CHECK(same_text(damage[0], damage[1]));
}

// What is damaged gives at least what the file would give if it were cut there.
TEST(a_file_damaged_at_any_byte_gives_what_came_before)
{
	static const uint8_t flips[] = { 0x01, 0x80, 0xff };
	for (const struct compression *c = compressions; c < compressions + COMPRESSIONS; c++) {
		struct buffer content, packed;
		const struct test_file file = small_file(c, &content, &packed);
		FILE *writable = fopen(file.path, "r+b");
		const int fd = fileno(writable);
		for (size_t at = 10; at < packed.length; at += sweep_step()) {
			struct unpacked cut = unpack(span_part(buffer_span(&packed), 0, at),
			                             INPUT_BLOCK);
			const uint8_t bad = packed.bytes[at] ^ flips[at % sizeof flips];
			CHECK(pwrite(fd, &bad, 1, (off_t)at) == 1);
			check_damaged(c, &file, buffer_span(&content), buffer_span(&cut.content));
			CHECK(pwrite(fd, packed.bytes + at, 1, (off_t)at) == 1);
			unpacked_done(&cut);
		}
		fclose(writable);
		unlink(file.path);
		buffer_done(&content);
		buffer_done(&packed);
	}
}

// Where damage is behind more content than a reader asks for at once.
TEST(damage_far_behind_costs_nothing_before_it)
{
	struct buffer content = make_content(1 << 20, 5);
	const struct span whole = buffer_span(&content);
	for (const struct compression *c = compressions; c < compressions + COMPRESSIONS; c++) {
		struct buffer packed = buffer_up_to(MADE_MAX);
		c->make(&packed, whole, 90000);
		for (size_t at = 1000; at < packed.length;
		     at += packed.length / 40 * sweep_step()) {
			struct unpacked cut = unpack(span_part(buffer_span(&packed), 0, at),
			                             INPUT_BLOCK);
			const uint8_t good = packed.bytes[at];
			packed.bytes[at] ^= 0x55;
			const struct test_file file = file_with(buffer_span(&packed));
			check_damaged(c, &file, whole, buffer_span(&cut.content));
			// A block with a checksum of its own comes right or not at all.
			struct unpacked u = unpack_path(file.path, INPUT_BLOCK);
			CHECK(c->make != make_lz4_blocks ||
			      is_beginning(whole, buffer_span(&u.content)));
			unpacked_done(&u);
			unlink(file.path);
			packed.bytes[at] = good;
			unpacked_done(&cut);
		}
		buffer_done(&packed);
	}
	buffer_done(&content);
}

// A pipe that delivers byte by byte gives what the file gives.
static void check_pipe(struct span packed)
{
	int ends[2];
	char path[32];
	CHECK(pipe(ends) == 0 && text_format(path, sizeof path, "/dev/fd/%d", ends[0]));
	const pid_t writer = fork();
	if (writer == 0) {
		close(ends[0]);
		for (size_t i = 0; i < packed.length; i++)
			if (write(ends[1], packed.bytes + i, 1) != 1 ||
			    (i < 3 && usleep(3000) != 0))  // the reader waits for more
				_exit(1);
		_exit(0);
	}
	close(ends[1]);
	struct unpacked piped = unpack_path(path, INPUT_BLOCK);
	struct unpacked filed = unpack(packed, INPUT_BLOCK);
	CHECK(same_bytes(buffer_span(&piped.content), buffer_span(&filed.content)));
	CHECK(same_text(piped.damage, filed.damage) && filed.content.length > 0);
	unpacked_done(&piped);
	unpacked_done(&filed);
	close(ends[0]);
	CHECK(waitpid(writer, NULL, 0) == writer);
}

TEST(a_pipe_gives_what_a_file_gives)
{
	struct buffer content = make_content(20000, 6);
	for (const struct compression *c = compressions; c < compressions + COMPRESSIONS; c++) {
		struct buffer packed = buffer_up_to(MADE_MAX);
		c->make(&packed, buffer_span(&content), 3000);
		check_pipe(buffer_span(&packed));
		check_pipe(span_part(buffer_span(&packed), 0, packed.length * 3 / 4));
		packed.bytes[packed.length / 2] ^= 0x55;
		check_pipe(buffer_span(&packed));
		buffer_done(&packed);
	}
	buffer_done(&content);
}

// With the n-th allocation failing: what was decoded until then. False if it
// came to the end of the content.
static bool fails_at(unsigned long n, const char *path, struct span content)
{
	static uint8_t room[INPUT_BLOCK];
	const char *damage = NULL;
	struct input input;
	struct error error = { 0 };
	memory_fail_at(n);
	const bool is_open = input_open(&input, path, &error);
	const struct cursor head = input.unread;
	const struct codec *codec = codec_for((struct span){ head.at, cursor_left(&head) });
	void *state = is_open ? codec->open() : NULL;
	const size_t length = state != NULL ? codec->read(state, &input, room, sizeof room, &damage)
	                                    : 0;
	if (state != NULL)
		codec->close(state);
	memory_fail_at(0);
	CHECK(damage == NULL || input.failure.kind != ERROR_NONE);
	CHECK(is_beginning(content, (struct span){ room, length }));
	CHECK(state == NULL || input.failure.kind != ERROR_NONE || length == content.length);
	const bool has_failed = state == NULL || input.failure.kind == ERROR_FAILED;
	input_done(&input);
	return has_failed;
}

TEST(no_memory_is_no_damage)
{
	for (const struct compression *c = compressions; c < compressions + COMPRESSIONS; c++) {
		// So long that a block does not lie in one piece in the input.
		struct buffer content = make_content(100000, 11), packed = buffer_up_to(MADE_MAX);
		c->make(&packed, buffer_span(&content), 20000);
		const struct test_file file = file_with(buffer_span(&packed));
		unsigned long n = 1;
		while (n < 200 && fails_at(n, file.path, buffer_span(&content)))
			n++;
		// The block of the input, the codec, and what its library needs; ISA-L needs nothing.
		CHECK(n < 200 && n > (text_equal(c->suffix, ".gz") ? 2 : 3));
		unlink(file.path);
		buffer_done(&content);
		buffer_done(&packed);
	}
}

// Twenty thousand streams with nothing in them take a moment, not more.
TEST(empty_streams_take_no_time)
{
	static const uint8_t x[] = "x";
	for (const struct compression *c = compressions; c < compressions + COMPRESSIONS; c++) {
		struct buffer packed = buffer_up_to(MADE_MAX);
		c->make(&packed, (struct span){ x, 0 }, 1);
		const size_t length = packed.length;
		for (unsigned i = 1;
		     i < (sweep_step() > 10 ? 2000u : 20000u) && buffer_reserve(&packed, length);
		     i++)
			buffer_append(&packed, packed.bytes, length);
		c->make(&packed, (struct span){ x, 1 }, 1);
		check_unpacks(buffer_span(&packed), (struct span){ x, 1 }, NULL);
		buffer_done(&packed);
	}
}

// zstd and lz4 share them; what is behind them says which it is.
TEST(skippable_frames_are_skipped)
{
	struct buffer content = make_content(1000, 7);
	for (const struct compression *c = compressions + 1; c < compressions + 5; c++) {
		struct buffer packed = buffer_up_to(MADE_MAX);
		for (uint32_t i = 0; i < 16; i++) {
			buffer_u32(&packed, 0x184d2a50 + i);
			buffer_u32(&packed, 5 * i);
			for (uint32_t j = 0; j < i; j++)
				buffer_text(&packed, "skip!");
			if (i == 3 || i == 12)
				c->make(&packed, span_part(buffer_span(&content), i, 50 * i), 100);
		}
		struct unpacked u = unpack(buffer_span(&packed), 1000);
		struct unpacked cut = unpack(span_part(buffer_span(&packed), 0, packed.length - 1),
		                             1000);
		CHECK(text_equal(u.suffix, c->suffix) && u.damage == NULL);
		CHECK(u.content.length == 147 + 588);
		CHECK(memcmp(u.content.bytes, content.bytes + 3, 147) == 0);
		CHECK(memcmp(u.content.bytes + 147, content.bytes + 12, 588) == 0);
		CHECK(cut.content.length == 147 + 588 && same_text(cut.damage, c->breaks_off));
		unpacked_done(&u);
		unpacked_done(&cut);
		buffer_done(&packed);
	}
	buffer_done(&content);
}

TEST(xz_may_be_padded_with_zeros_in_fours)
{
	struct buffer content = make_content(1000, 8), packed = buffer_up_to(MADE_MAX);
	make_xz(&packed, buffer_span(&content), 1000);
	for (int i = 0; i < 8; i++)
		buffer_byte(&packed, 0);
	check_unpacks(buffer_span(&packed), buffer_span(&content), NULL);
	buffer_byte(&packed, 0);
	check_unpacks(buffer_span(&packed), buffer_span(&content), "its xz stream is corrupt");
	buffer_done(&packed);
	buffer_done(&content);
}

// The block header stands at byte 12: its length in fours, flags, the filter
// (0x21, LZMA2), the length of its properties, the size of the dictionary.
TEST(an_xz_dictionary_above_the_limit_is_refused)
{
	static const struct {
		uint8_t dictionary;
		const char *damage;
	} cases[] = { { 28, NULL },  // 64 MiB, as `xz -9`
		      { 29, NULL },  // 96 MiB
		      { 30, "its xz stream needs more memory" },
		      { 40, "its xz stream needs more memory" },
		      { 41, "its xz stream is of an unknown kind" } };
	struct buffer content = make_content(1000, 9), packed = buffer_up_to(MADE_MAX);
	make_xz(&packed, buffer_span(&content), 1000);
	uint8_t *header = packed.bytes + 12;
	CHECK(header[0] == 2 && header[2] == 0x21);
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		header[4] = cases[i].dictionary;
		const uint32_t check = lzma_crc32(header, 8, 0);
		for (int byte = 0; byte < 4; byte++)
			header[8 + byte] = (uint8_t)(check >> 8 * byte);
		check_unpacks(buffer_span(&packed),
		              span_part(buffer_span(&content), 0, cases[i].damage ? 0 : 1000),
		              cases[i].damage);
	}
	buffer_done(&packed);
	buffer_done(&content);
}

// Fields of the header of a frame, with a check byte that is right.
TEST(lz4_headers_are_checked)
{
	static const struct {
		uint8_t flags, maximum;
		const char *damage;
	} cases[] = { { 0x60, 0x40, NULL },
		      { 0x60, 0x70, NULL },
		      { 0x60, 0x30, "its lz4 stream is corrupt" },
		      { 0x60, 0xc0, "its lz4 stream is corrupt" },
		      { 0x60, 0x41, "its lz4 stream is corrupt" },
		      { 0x62, 0x40, "its lz4 stream is corrupt" },
		      { 0xa0, 0x40, "its lz4 stream is corrupt" },
		      { 0x61, 0x40, "its lz4 stream needs a dictionary" },
		      { 0x68, 0x40, "its lz4 stream is corrupt" } };  // states a length of 0
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct buffer packed = buffer_up_to(1000);
		buffer_u32(&packed, 0x184d2204);
		buffer_byte(&packed, cases[i].flags);
		buffer_byte(&packed, cases[i].maximum);
		if ((cases[i].flags & 8) != 0)
			buffer_u64(&packed, 0);
		if ((cases[i].flags & 1) != 0)
			buffer_u32(&packed, 1);
		const uint32_t check = XXH32(packed.bytes + 4, packed.length - 4, 0);
		buffer_byte(&packed, (uint8_t)(check >> 8));
		buffer_u32(&packed, UINT32_C(0x80000003));
		buffer_text(&packed, "abc");
		buffer_u32(&packed, 0);
		const bool is_read = cases[i].damage == NULL || cases[i].flags == 0x68;
		check_unpacks(buffer_span(&packed),
		              (struct span){ (const uint8_t *)"abc", is_read ? 3 : 0 },
		              cases[i].damage);
		packed.bytes[packed.length - 8 - 4] ^= 1;
		const bool is_checked = is_read || cases[i].flags == 0x61;
		check_unpacks(buffer_span(&packed), (struct span){ NULL, 0 },
		              is_checked ? "the checksum of its lz4 stream is wrong"
		                         : cases[i].damage);
		buffer_done(&packed);
	}
}

static bool is_good_xz(const char *name, struct span packed)
{
	(void)packed;
	return text_starts(name, "good-");
}

// Four of the files are judged wrongly by libzstd 1.5.4, so it is the judge itself.
static bool is_good_zstd(const char *name, struct span packed)
{
	static uint8_t room[2 << 20];
	(void)name;
	return !ZSTD_isError(ZSTD_decompress(room, sizeof room, packed.bytes, packed.length));
}

static void check_suite(const char *suite, const char *suffix,
                        bool (*judge)(const char *name, struct span packed))
{
	char folder[300], path[600];
	unsigned files[2] = { 0 }, with_content = 0;
	CHECK(text_format(folder, sizeof folder, "%s/hostile/%s", getenv("HOTARU_CAPTURES"),
	                  suite));
	DIR *entries = opendir(folder);
	CHECK(entries != NULL);
	for (struct dirent *entry; entries != NULL && (entry = readdir(entries)) != NULL;) {
		if (!text_ends(entry->d_name, suffix))
			continue;
		CHECK(text_format(path, sizeof path, "%s/%s", folder, entry->d_name));
		static uint8_t room[1 << 20];
		FILE *file = fopen(path, "rb");
		const size_t length = fread(room, 1, sizeof room, file);
		CHECK(length > 0 && fclose(file) == 0);
		const bool good = judge(entry->d_name, (struct span){ room, length });
		struct unpacked u = unpack_path(path, INPUT_BLOCK);
		CHECK((u.damage == NULL) == good && text_equal(u.suffix, suffix));
		files[good]++;
		with_content += u.content.length > 0;
		unpacked_done(&u);
	}
	CHECK(files[false] >= 1 && files[true] >= 3 && with_content >= 3);
	closedir(entries);
}

TEST(what_xz_and_zstd_test_themselves_with)
{
	if (getenv("HOTARU_CAPTURES") == NULL)
		SKIP("HOTARU_CAPTURES is not set");
	check_suite("xz-suite", ".xz", is_good_xz);
	check_suite("zstd-suite", ".zst", is_good_zstd);
}

TEST_MAIN
