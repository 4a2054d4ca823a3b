// SPDX-License-Identifier: MIT
// Reading ahead in a thread: gives what reading without it gives, byte by byte and word
// by word; costs no more memory than it may; and ends when nobody wants it any more. The
// linker puts the functions __wrap_x() of this file where capture/ calls x().
#include "capture/test_codec.h"

#include "base/interrupt.h"
#include "base/memory.h"
#include "base/random.h"
#include "capture/ahead.h"
#include "capture/stream.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/wait.h>
#include <xxhash.h>

enum { BUDGET = 16 * (AHEAD_BLOCK + AHEAD_FRONT + 4096), TRACE = 4096 };

static bool refuses_threads;
static atomic_uint threads_started, pieces_read;

int __real_pthread_create(pthread_t *id, const pthread_attr_t *attributes, void *(*run)(void *),
                          void *argument);
int __wrap_pthread_create(pthread_t *id, const pthread_attr_t *attributes, void *(*run)(void *),
                          void *argument);
struct content_piece __real_content_read(struct content *, uint8_t *to, size_t size);
struct content_piece __wrap_content_read(struct content *, uint8_t *to, size_t size);

int __wrap_pthread_create(pthread_t *id, const pthread_attr_t *attributes, void *(*run)(void *),
                          void *argument)
{
	if (refuses_threads)
		return EAGAIN;
	atomic_fetch_add(&threads_started, 1);
	return __real_pthread_create(id, attributes, run, argument);
}

struct content_piece __wrap_content_read(struct content *content, uint8_t *to, size_t size)
{
	atomic_fetch_add(&pieces_read, 1);
	return __real_content_read(content, to, size);
}

// Rows that repeat with small changes: many times smaller when compressed.
static struct buffer make_content(size_t length, uint64_t seed)
{
	struct buffer content = buffer_up_to(MADE_MAX);
	struct random random = random_from(seed);
	uint8_t row[4096];
	for (size_t i = 0; i < sizeof row; i++)
		row[i] = (uint8_t)random_u64(&random);
	while (content.length < length) {
		for (int i = 0; i < 30; i++)
			row[random_below(&random, sizeof row)] = (uint8_t)random_u64(&random);
		buffer_append(&content, row, sizeof row);
	}
	content.length = length;
	return content;
}

// What a reader sees of a stream.
struct trace {
	bool is_open, is_damaged;
	struct error error;
	uint64_t sum;  // of the window, the place and the bytes read after every step
	uint64_t length;
	struct capture_identity identity;
};

static void note_step(struct trace *trace, const struct stream *s, size_t wanted, bool got)
{
	const uint64_t step[] = { trace->sum, stream_offset(s),
		                  wanted,     got,
		                  s->length,  stream_bytes_read(s),
		                  s->is_over, cursor_left(&s->window) };
	trace->sum = XXH3_64bits_withSeed(s->window.at, got ? wanted : cursor_left(&s->window),
	                                  XXH3_64bits(step, sizeof step));
}

// Steps of a record's length, now and then of several blocks or the most that may be.
static size_t random_step(struct random *random)
{
	static const uint32_t below[] = { 100, 2000, 70000, AHEAD_BLOCK, 3 * AHEAD_BLOCK };
	if (random_below(random, 200) == 0)
		return STREAM_NEED_MAX;
	return 1 + random_below(random, below[random_below(random, 100) / 24]);
}

static struct trace trace_path(const char *path, uint64_t memory, uint64_t seed)
{
	struct random random = random_from(seed);
	struct trace trace = { 0 };
	struct stream *s;
	trace.is_open = stream_open(&s, path, 0, &trace.error);
	if (!trace.is_open)
		return trace;
	if (memory > 0)
		stream_read_ahead(s, memory);
	bool got;
	do {
		const size_t wanted = random_step(&random);
		got = stream_need(s, wanted);
		note_step(&trace, s, wanted, got);
		const size_t left = cursor_left(&s->window);
		s->window.at += left < wanted ? left : wanted;
	} while (got || cursor_left(&s->window) > 0 || !s->is_over);
	trace.is_damaged = stream_report(s, &trace.error);
	trace.length = s->length;
	trace.identity = stream_identity(s);
	stream_free(s);
	return trace;
}

static bool same_trace(const struct trace *a, const struct trace *b)
{
	return a->is_open == b->is_open && a->is_damaged == b->is_damaged &&
	       text_equal(a->error.text, b->error.text) && a->sum == b->sum &&
	       a->length == b->length && identity_equal(a->identity, b->identity);
}

// False if no thread was needed.
static bool check_same(const char *path, uint64_t seed)
{
	static const uint64_t budgets[] = { 1, BUDGET, UINT64_MAX };
	const struct trace right = trace_path(path, 0, seed);
	const unsigned before = atomic_load(&threads_started);
	const struct trace ahead = trace_path(path, budgets[seed % 3], seed);
	CHECK(same_trace(&right, &ahead));
	return atomic_load(&threads_started) != before;
}

TEST(a_thread_makes_no_difference)
{
	for (const struct compression *c = compressions; c < compressions + COMPRESSIONS; c++)
		for (uint64_t seed = 0; seed < 9; seed++) {
			const size_t lengths[] = { 1000,
				                   AHEAD_BLOCK - 1,
				                   AHEAD_BLOCK,
				                   AHEAD_BLOCK + 1,
				                   2 * AHEAD_BLOCK,
				                   (size_t)3000000 + 100000 * seed };
			const size_t length = lengths[seed < 5 ? seed : 5];
			struct buffer content = make_content(length, seed);
			struct buffer packed = buffer_up_to(MADE_MAX);
			c->make(&packed, buffer_span(&content), 90000);
			const struct test_file file = file_with(buffer_span(&packed));
			CHECK(check_same(file.path, seed) == (length >= AHEAD_BLOCK));
			unlink(file.path);
			buffer_done(&packed);
			buffer_done(&content);
		}
}

TEST(nor_where_a_file_is_cut_or_damaged)
{
	struct buffer content = make_content(2 * AHEAD_BLOCK + 50000, 1);
	for (const struct compression *c = compressions; c < compressions + COMPRESSIONS; c++) {
		struct buffer packed = buffer_up_to(MADE_MAX);
		unsigned threads = 0;
		c->make(&packed, buffer_span(&content), 90000);
		const struct test_file file = file_with(buffer_span(&packed));
		const size_t cuts = sweep_step() > 10 ? 4 : 40 / sweep_step();
		const size_t step = packed.length / cuts + 1;
		for (size_t cut = packed.length; cut > step; cut -= step) {
			const uint8_t bad = packed.bytes[cut - 1] ^ 0x55;
			FILE *writable = fopen(file.path, "r+b");
			CHECK(pwrite(fileno(writable), &bad, 1, (off_t)cut - 1) == 1);
			check_same(file.path, cut);
			CHECK(truncate(file.path, (off_t)cut - 1) == 0 && fclose(writable) == 0);
			threads += check_same(file.path, cut);
		}
		CHECK(threads > 5 / sweep_step());
		unlink(file.path);
		buffer_done(&packed);
	}
	buffer_done(&content);
}

TEST(nor_does_a_bomb)
{
	struct buffer packed = buffer_up_to(MADE_MAX);
	const size_t length = 130 * 1024 * 1024;
	uint8_t *zeros = memory_new(length, 1);
	make_zstd(&packed, (struct span){ zeros, length });
	make_zstd(&packed, (struct span){ zeros, length });
	const struct test_file file = file_with(buffer_span(&packed));
	CHECK(check_same(file.path, 1));
	const struct trace trace = trace_path(file.path, BUDGET, 1);
	CHECK(trace.is_damaged && trace.length == 1025 * (uint64_t)AHEAD_BLOCK);
	unlink(file.path);
	memory_free(zeros);
	buffer_done(&packed);
}

// A file of four megabytes, gzipped.
static struct test_file long_file(void)
{
	struct buffer content = make_content(16 * AHEAD_BLOCK, 2), packed = buffer_up_to(MADE_MAX);
	make_gzip(&packed, buffer_span(&content));
	const struct test_file file = file_with(buffer_span(&packed));
	buffer_done(&packed);
	buffer_done(&content);
	return file;
}

TEST(where_there_is_no_thread_it_goes_on_without)
{
	const struct test_file file = long_file();
	refuses_threads = true;
	CHECK(!check_same(file.path, 3));
	refuses_threads = false;
	CHECK(check_same(file.path, 3));
	unlink(file.path);
}

TEST(plain_files_need_none)
{
	struct buffer content = make_content(4 * AHEAD_BLOCK, 4);
	const struct test_file file = file_with(buffer_span(&content));
	CHECK(!check_same(file.path, 4));
	unlink(file.path);
	buffer_done(&content);
}

// Wherever the memory ends, reading fails, or it does without what it could not get.
TEST(no_memory_is_an_error_or_no_matter)
{
	for (const struct compression *c = compressions; c < compressions + COMPRESSIONS; c++) {
		struct buffer content = make_content(3 * AHEAD_BLOCK, 5);
		struct buffer packed = buffer_up_to(MADE_MAX);
		c->make(&packed, buffer_span(&content), 300000);
		const struct test_file file = file_with(buffer_span(&packed));
		const struct trace right = trace_path(file.path, 0, 6);
		unsigned failures = 0, tries = 0;
		for (unsigned n = 1; n <= 60; n += sweep_step(), tries++) {
			memory_fail_at(n);
			const struct trace trace = trace_path(file.path, BUDGET, 6);
			memory_fail_at(0);
			const bool has_failed = trace.error.kind == ERROR_FAILED;
			CHECK(has_failed || same_trace(&right, &trace));
			failures += has_failed;
		}
		CHECK(failures > 3 / sweep_step() && (failures < tries || tries == 1));
		unlink(file.path);
		buffer_done(&packed);
		buffer_done(&content);
	}
}

// Waits until the thread does not read on.
static unsigned settled(void)
{
	unsigned before, now = atomic_load(&pieces_read);
	do {
		before = now;
		usleep(100000);
		now = atomic_load(&pieces_read);
	} while (now != before);
	return now;
}

TEST(it_gets_ahead_as_far_as_it_may)
{
	static const struct {
		uint64_t memory;
		unsigned blocks;
	} cases[] = { { 0, AHEAD_BLOCKS_MIN }, { BUDGET / 2, 8 }, { BUDGET - 1, 15 } };
	const struct test_file file = long_file();
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct content content;
		struct error error;
		CHECK(content_open(&content, file.path, 0, &error));
		const unsigned before = atomic_load(&pieces_read);
		struct ahead *ahead = ahead_begin(&content, cases[i].memory);
		CHECK(ahead != NULL && settled() - before == cases[i].blocks);
		ahead_give_back(ahead, ahead_take(ahead));
		CHECK(settled() - before == cases[i].blocks + 1);
		ahead_end(ahead);
		content_done(&content);
	}
	unlink(file.path);
}

TEST(it_ends_when_nobody_wants_more)
{
	const struct test_file file = long_file();
	for (unsigned blocks = 0; blocks < 17; blocks++) {
		struct stream *s;
		struct error error;
		CHECK(stream_open(&s, file.path, 0, &error));
		stream_read_ahead(s, blocks % 2 == 0 ? 0 : BUDGET);
		CHECK(stream_skip(s, (uint64_t)blocks * AHEAD_BLOCK) == (blocks < 17));
		if (blocks % 3 == 0)
			usleep(3000);
		stream_free(s);
	}
	unlink(file.path);
}

// A pipe with the beginning of a file in it, after which nothing comes.
static struct stream *stream_of_silent_pipe(int ends[2])
{
	char path[32];
	struct stream *s = NULL;
	struct error error;
	struct buffer content = make_content(4 * AHEAD_BLOCK, 7), packed = buffer_up_to(MADE_MAX);
	make_zstd(&packed, buffer_span(&content));
	// What one block of input can hold comes at once.
	struct buffer noise = make_content(INPUT_BLOCK + INPUT_HEAD + 4096, 8);
	CHECK(pipe(ends) == 0 && text_format(path, sizeof path, "/dev/fd/%d", ends[0]));
	const pid_t writer = fork();
	if (writer == 0) {
		for (size_t at = 0; at < packed.length;) {
			const ssize_t length = write(ends[1], packed.bytes + at,
			                             packed.length - at);
			at += length > 0 ? (size_t)length : packed.length;
		}
		// A skippable frame that brings the block of input to its end, and a bit more.
		uint8_t head[8] = { 0x50, 0x2a, 0x4d, 0x18, 0, 0, 0, 1 };
		CHECK(write(ends[1], head, sizeof head) == (ssize_t)sizeof head);
		for (size_t at = 0; at < noise.length;) {
			const ssize_t length = write(ends[1], noise.bytes + at, noise.length - at);
			at += length > 0 ? (size_t)length : noise.length;
		}
		_exit(0);
	}
	CHECK(stream_open(&s, path, 0, &error));
	CHECK(waitpid(writer, NULL, 0) == writer);
	buffer_done(&noise);
	buffer_done(&packed);
	buffer_done(&content);
	return s;
}

TEST(it_ends_where_it_waits_for_a_pipe)
{
	int ends[2];
	struct stream *s = stream_of_silent_pipe(ends);
	stream_read_ahead(s, BUDGET);
	settled();
	stream_free(s);
	close(ends[0]);
	close(ends[1]);
}

static void *interrupt_later(void *thread)
{
	usleep(100000);
	pthread_kill(*(pthread_t *)thread, SIGINT);
	return NULL;
}

// In a process of its own, for an interrupt is never forgotten.
TEST(an_interrupt_ends_the_waiting)
{
	int ends[2], status;
	struct stream *s = stream_of_silent_pipe(ends);
	const pid_t child = fork();
	if (child == 0) {
		pthread_t self = pthread_self(), other;
		alarm(100);  // what waits for ever is not to outlive the test
		struct error error = { 0 };
		signal(SIGINT, SIG_DFL);  // it may have been ignored, and hotaru keeps that
		interrupt_catch();
		stream_read_ahead(s, BUDGET);
		pthread_create(&other, NULL, interrupt_later, &self);
		stream_drain(s);
		const bool ok = stream_report(s, &error) && error.kind == ERROR_FAILED &&
		                text_starts(error.text, "interrupted while reading");
		pthread_join(other, NULL);
		stream_free(s);
		_exit(ok ? 0 : 1);
	}
	CHECK(waitpid(child, &status, 0) == child && status == 0);
	stream_free(s);
	close(ends[0]);
	close(ends[1]);
}

TEST_MAIN
