// SPDX-License-Identifier: MIT
// Streams: the window, compression by its content, and how streams end.
#include "capture/test_codec.h"

#include "base/memory.h"
#include "base/random.h"
#include "capture/stream.h"

// Bytes that can be compressed, but not to nothing.
static struct buffer make_content(size_t length, uint64_t seed)
{
	struct buffer content = buffer_up_to(MADE_MAX);
	struct random random = random_from(seed);
	while (content.length < length)
		buffer_u64(&content, random_u64(&random) & UINT64_C(0x0f0f0f0f0f0f0f0f));
	content.length = length;
	return content;
}

// Takes the stream apart in pieces of random size and compares it with the bytes.
static void check_content(struct stream *s, struct span content, struct random *random)
{
	size_t at = 0;
	while (at < content.length) {
		const size_t left = content.length - at;
		const uint32_t below = random_below(random, 50) == 0 ? 3 * STREAM_BLOCK : 3000;
		const size_t wanted = 1 + random_below(random, below);
		const size_t piece = wanted < left ? wanted : left;
		CHECK(stream_offset(s) == at);
		CHECK(stream_need(s, wanted) == (wanted <= left));
		CHECK(cursor_left(&s->window) >= piece);
		CHECK(memcmp(s->window.at, content.bytes + at, piece) == 0);
		s->window.at += piece;
		at += piece;
	}
	CHECK(!stream_need(s, 1) && s->length == content.length);
}

static void check_file(struct span packed, struct span content, const char *suffix)
{
	struct random random = random_from(content.length);
	const struct test_file file = file_with(packed);
	struct stream *s;
	struct error error;
	CHECK(stream_open(&s, file.path, 0, &error));
	check_content(s, content, &random);
	CHECK(!stream_report(s, &error));
	CHECK(text_equal(stream_suffix(s), suffix));
	CHECK(stream_bytes_read(s) == stream_bytes_total(s));
	stream_free(s);
	unlink(file.path);
}

TEST(the_window_shows_the_content)
{
	for (size_t length = 1; length < 8 * 1024 * 1024; length = length * 5 + 1) {
		struct buffer content = make_content(length, length);
		const struct span whole = buffer_span(&content);
		check_file(whole, whole, "");
		for (const struct compression *c = compressions; c < compressions + COMPRESSIONS;
		     c++) {
			struct buffer packed = buffer_up_to(MADE_MAX);
			c->make(&packed, whole, MADE_MAX);
			check_file(buffer_span(&packed), whole, c->suffix);
			buffer_done(&packed);
		}
		buffer_done(&content);
	}
}

// Opens a stream over `packed`, goes to its end, and leaves it to be asked.
static struct stream *drained(struct span packed)
{
	const struct test_file file = file_with(packed);
	struct stream *s = NULL;
	struct error error;
	CHECK(stream_open(&s, file.path, 0, &error));
	unlink(file.path);
	if (s != NULL)
		stream_drain(s);
	return s;
}

static void check_stream(struct span packed, struct span content, const char *damage)
{
	struct stream *s = drained(packed);
	struct stream *expected = drained(content);
	struct error error = { 0 };
	CHECK(stream_report(s, &error) == (damage != NULL));
	CHECK(damage == NULL || text_ends(error.text, damage));
	CHECK(identity_equal(stream_identity(s), stream_identity(expected)));
	CHECK(s->head == expected->head);
	stream_free(s);
	stream_free(expected);
}

// `step` bytes from `at` on, but none behind `end`.
static struct span span_step(struct span s, size_t at, size_t step, size_t end)
{
	return span_part(s, at, end - at < step ? end : at + step);
}

TEST(gzip_members_follow_one_another)
{
	struct buffer content = make_content(900000, 3);
	const struct span whole = buffer_span(&content);
	for (size_t step = 11; step < 2 * whole.length; step = step * 7 + 3) {
		struct buffer packed = buffer_up_to(MADE_MAX);
		const size_t length = step < 1000 ? 5000 : whole.length;
		for (size_t at = 0; at < length; at += step)
			make_gzip(&packed, span_step(whole, at, step, length));
		const struct span part = span_part(whole, 0, length);
		check_stream(buffer_span(&packed), part, NULL);
		for (int i = 0; i < 300; i++)
			buffer_byte(&packed, 0);
		check_stream(buffer_span(&packed), part, NULL);
		make_gzip(&packed, span_part(whole, 0, 0));
		check_stream(buffer_span(&packed), part, NULL);
		buffer_text(&packed, "garbage");
		check_stream(buffer_span(&packed), part, "what follows is no gzip member");
		buffer_done(&packed);
	}
	buffer_done(&content);
}

TEST(zstd_frames_follow_one_another)
{
	struct buffer content = make_content(900000, 4);
	const struct span whole = buffer_span(&content);
	for (size_t step = 11; step < 2 * whole.length; step = step * 7 + 3) {
		struct buffer packed = buffer_up_to(MADE_MAX);
		const size_t length = step < 1000 ? 5000 : whole.length;
		buffer_u32(&packed, 0x184d2a53);  // a skippable frame
		buffer_u32(&packed, 9);
		buffer_text(&packed, "skip this");
		for (size_t at = 0; at < length; at += step)
			make_zstd(&packed, span_step(whole, at, step, length));
		const struct span part = span_part(whole, 0, length);
		check_stream(buffer_span(&packed), part, NULL);
		buffer_text(&packed, "garbage");
		check_stream(buffer_span(&packed), part, "what follows is no zstd frame");
		buffer_done(&packed);
	}
	buffer_done(&content);
}

TEST(checksums_are_looked_at)
{
	struct buffer content = make_content(100000, 5);
	struct buffer packed = buffer_up_to(MADE_MAX);
	make_gzip(&packed, buffer_span(&content));
	packed.bytes[packed.length - 8] ^= 1;
	check_stream(buffer_span(&packed), buffer_span(&content),
	             "the checksum of its gzip stream is wrong");
	packed.length = 0;
	make_zstd(&packed, buffer_span(&content));
	packed.bytes[packed.length - 1] ^= 1;
	check_stream(buffer_span(&packed), buffer_span(&content),
	             "the checksum of its zstd stream is wrong");
	buffer_done(&packed);
	buffer_done(&content);
}

// What came before the break must be a beginning of the content.
static size_t check_broken(struct span packed, struct span content, const char *damage)
{
	struct stream *s = drained(packed);
	struct error error = { 0 };
	const size_t length = (size_t)s->length;
	CHECK(stream_report(s, &error) && error.kind == ERROR_DAMAGED);
	CHECK(damage == NULL || text_ends(error.text, damage));
	CHECK(length <= content.length);
	struct stream *expected = length > 0 ? drained(span_part(content, 0, length)) : NULL;
	CHECK(length == 0 || identity_equal(stream_identity(s), stream_identity(expected)));
	stream_free(s);
	stream_free(expected);
	return length;
}

TEST(breaking_off_gives_what_came_before)
{
	struct buffer content = make_content(1500000, 6), packed = buffer_up_to(MADE_MAX);
	const struct span whole = buffer_span(&content);
	make_gzip(&packed, whole);
	for (size_t cut = 5; cut < packed.length; cut += packed.length / 60) {
		const size_t length = check_broken(span_part(buffer_span(&packed), 0, cut), whole,
		                                   "its gzip stream breaks off");
		const double share = (double)cut / (double)packed.length;
		CHECK((double)length >= share * 0.95 * (double)whole.length - 65536);
	}
	packed.length = 0;
	make_zstd(&packed, whole);
	for (size_t cut = 5; cut < packed.length; cut += packed.length / 60) {
		const size_t length = check_broken(span_part(buffer_span(&packed), 0, cut), whole,
		                                   "its zstd stream breaks off");
		const double share = (double)cut / (double)packed.length;
		CHECK((double)length >= share * 0.95 * (double)whole.length - 2 * 131072);
	}
	buffer_done(&packed);
	buffer_done(&content);
}

TEST(corrupt_streams_end_in_damage)
{
	struct buffer content = make_content(600000, 7);
	const struct span whole = buffer_span(&content);
	for (int kind = 0; kind < 2; kind++) {
		struct buffer packed = buffer_up_to(MADE_MAX);
		if (kind == 0)
			make_gzip(&packed, whole);
		else
			make_zstd(&packed, whole);
		for (size_t at = 20; at < packed.length; at += packed.length / 50) {
			packed.bytes[at] ^= 0x55;
			struct stream *s = drained(buffer_span(&packed));
			struct error error;
			CHECK(stream_report(s, &error) && error.kind == ERROR_DAMAGED);
			stream_free(s);
			packed.bytes[at] ^= 0x55;
		}
		buffer_done(&packed);
	}
	buffer_done(&content);
}

// Frame header: no single segment, no content size, a window of 2^log bytes.
#define ZSTD_FRAME(log) 0x28, 0xb5, 0x2f, 0xfd, 0x00, ((log)-10) << 3, 1, 0, 0

static bool is_reported(const uint8_t *frame, size_t length, uint64_t memory, uint64_t needed,
                        const char *report)
{
	const struct test_file file = file_with((struct span){ frame, length });
	struct stream *s;
	struct error error = { .text = "" };
	CHECK(stream_open(&s, file.path, memory, &error));
	stream_drain(s);
	const bool is_right = stream_report(s, &error) == (report[0] != '\0') &&
	                      text_ends(error.text, report) && stream_needed_memory(s) == needed;
	if (!is_right)
		printf("%s\n", error.text);
	stream_free(s);
	unlink(file.path);
	return is_right;
}

// Each is an empty frame of one block.
TEST(zstd_windows_above_the_memory_are_told)
{
	static const uint8_t frames[][9] = {
		{ ZSTD_FRAME(27) }, { ZSTD_FRAME(28) }, { ZSTD_FRAME(31) }, { ZSTD_FRAME(32) }
	};
	const uint64_t mib = 1024 * 1024;
	CHECK(is_reported(frames[0], 9, 0, 0, ""));
	CHECK(is_reported(frames[1], 9, 0, 256 * mib,
	                  "' takes 256 MiB of memory to decompress, more than the 128 MiB that are "
	                  "allowed"));
	CHECK(is_reported(frames[1], 9, 256 * mib - 1, 256 * mib,
	                  "' takes 256 MiB of memory to decompress, more than the 255 MiB that are "
	                  "allowed"));
	CHECK(is_reported(frames[1], 9, 256 * mib, 0, ""));
	CHECK(is_reported(
		frames[2], 9, 1024 * mib, 2048 * mib,
		"' takes 2048 MiB of memory to decompress, more than the 1024 MiB that are "
		"allowed"));
	CHECK(is_reported(
		frames[3], 9, 8192 * mib, 0,
		"its zstd stream needs a window above 2 GiB, more than zstd itself allows"));
}

TEST(a_later_zstd_frame_may_need_more_memory)
{
	static const uint8_t large[] = { ZSTD_FRAME(30) };
	struct buffer packed = buffer_up_to(MADE_MAX);
	make_zstd(&packed, (struct span){ (const uint8_t *)"content", 7 });
	buffer_append(&packed, large, sizeof large);
	CHECK(is_reported(
		packed.bytes, packed.length, 0, UINT64_C(1) << 30,
		"' is left at byte 7 of its decompressed content: the rest takes 1024 MiB "
		"of memory to decompress, more than the 128 MiB that are allowed"));
	buffer_done(&packed);
}

// Where the window begins, and how long it is.
static bool is_window(const struct stream *s, uint64_t offset, size_t length)
{
	return stream_offset(s) == offset && cursor_left(&s->window) == length;
}

TEST(the_window_ends_at_a_pause)
{
	static const struct capture_identity pauses[] = {
		{ .length_bytes = 100 },  { .length_bytes = 200 },    { .length_bytes = 200 },
		{ .length_bytes = 1000 }, { .length_bytes = 300000 },
	};
	struct buffer content = make_content(300000, 77);
	const struct test_file file = file_with(buffer_span(&content));
	struct stream *s;
	struct error error;
	CHECK(stream_open(&s, file.path, 0, &error));
	stream_pause(s, pauses, sizeof pauses / sizeof *pauses);
	CHECK(stream_hold(s) && is_window(s, 0, 100) && s->length == 100);
	// Who looks ahead sees what is there; then the pause is one again.
	CHECK(stream_need(s, 500) && is_window(s, 0, 1000));
	CHECK(stream_hold(s) && is_window(s, 0, 100));
	s->window.at += 100;
	CHECK(stream_hold(s) && is_window(s, 100, 0));
	CHECK(stream_need(s, 50) && is_window(s, 100, 100));
	s->window.at += 50;
	CHECK(stream_hold(s) && is_window(s, 150, 50));
	// A record that reaches over two pauses.
	CHECK(stream_need(s, 2000) && memcmp(s->window.at, content.bytes + 150, 2000) == 0);
	s->window.at += 2000;
	CHECK(stream_hold(s) && s->length < 300000 && !s->is_over);
	// The end is at the last pause: there is nothing to hold.
	CHECK(!stream_need(s, 300000) && is_window(s, 2150, 300000 - 2150) && s->is_over);
	CHECK(stream_hold(s) && s->is_over);
	CHECK(memcmp(s->window.at, content.bytes + 2150, 300000 - 2150) == 0);
	stream_free(s);
	unlink(file.path);
	buffer_done(&content);
}

TEST(no_memory_is_an_error_and_leaks_nothing)
{
	struct buffer content = make_content(100000, 8), packed = buffer_up_to(MADE_MAX);
	make_zstd(&packed, buffer_span(&content));
	const struct test_file file = file_with(buffer_span(&packed));
	bool is_open = false;
	unsigned long failures = 0;
	for (; !is_open && failures < 100; failures++) {
		struct stream *s;
		struct error error = { 0 };
		memory_fail_at(failures + 1);
		is_open = stream_open(&s, file.path, 0, &error);
		memory_fail_at(0);
		CHECK(is_open || error.kind == ERROR_FAILED);
		if (is_open)
			stream_free(s);
	}
	CHECK(is_open && failures > 3);
	unlink(file.path);
	buffer_done(&content);
	buffer_done(&packed);
}

// `length` zero bytes behind `noise` bytes that cannot be compressed.
static void check_expansion(size_t length, size_t noise, const char *damage)
{
	struct buffer content = make_content(noise, 9), packed = buffer_up_to(MADE_MAX);
	struct random random = random_from(10);
	for (size_t i = 0; i < noise; i++)
		content.bytes[i] = (uint8_t)random_u64(&random);
	const size_t piece = 64 * 1024 * 1024;
	uint8_t *zeros = memory_new(piece, 1);
	CHECK(zeros != NULL);
	make_zstd(&packed, buffer_span(&content));
	for (size_t left = length; left > 0;) {
		const size_t step = left < piece ? left : piece;
		make_zstd(&packed, (struct span){ .bytes = zeros, .length = step });
		left -= step;
	}
	struct stream *s = drained(buffer_span(&packed));
	struct error error = { 0 };
	CHECK(stream_report(s, &error) == (damage != NULL));
	CHECK(damage == NULL || text_ends(error.text, damage));
	CHECK(damage != NULL ? s->length == 1024 * STREAM_BLOCK + STREAM_BLOCK
	                     : s->length == noise + length);
	stream_free(s);
	memory_free(zeros);
	buffer_done(&packed);
	buffer_done(&content);
}

TEST(a_file_may_expand_a_thousand_times)
{
	check_expansion(256 * 1024 * 1024, 0, NULL);
	check_expansion(257 * 1024 * 1024, 0,
	                "it expands more than 1,000 times, as no capture does");
	check_expansion(300 * 1024 * 1024, 310 * 1024, NULL);
}

TEST_MAIN
