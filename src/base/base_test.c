// SPDX-License-Identifier: MIT
// The toolbox: buffers, cursors, texts, errors, the heap and threads.
#include "base/buffer.h"
#include "base/error.h"
#include "base/memory.h"
#include "base/period.h"
#include "base/pool.h"
#include "base/random.h"
#include "base/test.h"
#include "base/text.h"

#include <errno.h>
#include <limits.h>
#include <math.h>
#include <stdatomic.h>
#include <sys/wait.h>
#include <unistd.h>

// ASan stops the program at an impossible allocation unless it is told to return NULL.
const char *__asan_default_options(void);
const char *__asan_default_options(void)
{
	return "allocator_may_return_null=1";
}

// How a piece of work ended that runs in a process of its own, for two seconds at most.
static int status_of(void (*work)(void))
{
	int status = 0;
	fflush(stdout);
	const pid_t child = fork();
	if (child == 0) {
		// The message of a failed assertion is what is expected here, not news.
		fclose(stderr);
		alarm(2);
		work();
		_exit(0);
	}
	waitpid(child, &status, 0);
	return status;
}

static bool buffer_is(const struct buffer *b, const void *bytes, size_t length)
{
	return b->length == length && (length == 0 || memcmp(b->bytes, bytes, length) == 0);
}

TEST(buffer_holds_what_was_appended)
{
	struct buffer b = buffer_up_to(1000);
	CHECK(b.bytes == NULL);
	buffer_text(&b, "ab");
	buffer_append(&b, "c\0d", 3);
	buffer_append(&b, NULL, 0);
	buffer_byte(&b, 'e');
	buffer_format(&b, "%u-%s", 42u, "x");
	CHECK(buffer_is(&b, "abc\0de42-x", 10));
	buffer_done(&b);

	buffer_u16(&b, 0x0102);
	buffer_u32(&b, 0x03040506);
	buffer_u64(&b, 0x0708090a0b0c0d0e);
	CHECK(buffer_is(&b, "\2\1\6\5\4\3\16\15\14\13\12\11\10\7", 14));
	CHECK(buffer_span(&b).length == 14 && buffer_span(&b).bytes == b.bytes && !b.failed);
	buffer_done(&b);
	struct buffer zeros = { .bytes = NULL };
	buffer_done(&zeros);
}

TEST(buffer_fills_up_to_its_maximum_and_no_further)
{
	struct buffer b = buffer_up_to(3);
	buffer_text(&b, "abc");
	CHECK(buffer_is(&b, "abc", 3) && !b.failed);
	buffer_append(&b, "", 0);
	CHECK(!b.failed);
	buffer_byte(&b, 'd');
	CHECK(buffer_is(&b, "abc", 3) && b.failed);
	buffer_done(&b);

	b = buffer_up_to(3);
	buffer_text(&b, "a");
	buffer_text(&b, "bcd");
	buffer_text(&b, "b");
	CHECK(buffer_is(&b, "a", 1) && b.failed && !buffer_reserve(&b, 1));
	buffer_done(&b);
}

TEST(buffer_takes_a_number_whole_or_not_at_all)
{
	struct buffer two = buffer_up_to(1), four = buffer_up_to(3), eight = buffer_up_to(7);
	buffer_u16(&two, 1);
	buffer_u32(&four, 1);
	buffer_u64(&eight, 1);
	CHECK(two.failed && two.length == 0);
	CHECK(four.failed && four.length == 0);
	CHECK(eight.failed && eight.length == 0);
	buffer_done(&two);
	buffer_done(&four);
	buffer_done(&eight);
}

TEST(buffer_that_failed_ignores_every_append)
{
	static const uint8_t bytes[200];
	struct buffer b = buffer_up_to(300);
	buffer_append(&b, bytes, sizeof bytes);
	buffer_append(&b, bytes, sizeof bytes);
	CHECK(b.failed && b.length == sizeof bytes);
	buffer_varint(&b, 1);
	buffer_byte(&b, 1);
	buffer_format(&b, "x");
	buffer_u64(&b, 1);
	CHECK(b.length == sizeof bytes);
	buffer_done(&b);
}

TEST(buffer_without_memory_fails_and_keeps_its_content)
{
	struct buffer b = buffer_up_to(5000);
	memory_fail_at(1);
	buffer_text(&b, "a");
	CHECK(b.failed && b.length == 0);
	buffer_done(&b);
	memory_fail_at(2);
	buffer_text(&b, "a");
	static const uint8_t bytes[4000];
	buffer_append(&b, bytes, sizeof bytes);
	memory_fail_at(0);
	CHECK(b.failed && buffer_is(&b, "a", 1));
	buffer_done(&b);
}

static void reserve_more_than_half_of_everything(void)
{
	struct buffer b = buffer_up_to(SIZE_MAX);
	if (buffer_reserve(&b, SIZE_MAX / 2 + 2) || !b.failed)
		_exit(1);
}

TEST(buffer_reserve_of_an_impossible_size_fails)
{
	CHECK(status_of(reserve_more_than_half_of_everything) == 0);
}

// Random appends against a flat array.
static void compare_with_array(uint64_t seed)
{
	struct random r = random_from(seed);
	uint8_t model[4096], piece[512];
	const size_t maximum = random_below(&r, sizeof model);
	struct buffer b = buffer_up_to(maximum);
	size_t length = 0;
	bool failed = false;
	for (int step = 0; step < 40; step++) {
		const size_t size = random_below(&r, 4) == 0 ? random_below(&r, sizeof piece)
		                                             : random_below(&r, 9);
		for (size_t i = 0; i < size; i++)
			piece[i] = (uint8_t)random_u32(&r);
		buffer_append(&b, piece, size);
		failed |= size > maximum - length;
		if (!failed) {
			memcpy(model + length, piece, size);
			length += size;
		}
		CHECK(b.failed == failed && buffer_is(&b, model, length));
	}
	buffer_done(&b);
}

TEST(buffer_behaves_like_an_array_with_a_maximum)
{
	for (uint64_t seed = 0; seed < 500; seed++) {
		const unsigned before = test_failed_checks;
		compare_with_array(seed);
		if (test_failed_checks > before)
			printf("seed %llu\n", (unsigned long long)seed);
	}
}

TEST(varints_of_every_width_come_back)
{
	struct random r = random_from(7);
	for (unsigned round = 0; round < 4096; round++) {
		const unsigned bits = round % 65;
		const uint64_t value = bits == 0 ? 0 : random_u64(&r) >> (64 - bits);
		struct buffer b = buffer_up_to(100);
		buffer_varint(&b, value);
		CHECK(b.length ==
		      (bits == 0 || value < 2 ? 1 : (size_t)(70 - __builtin_clzll(value)) / 7));
		struct cursor whole = cursor_over(buffer_span(&b));
		CHECK(cursor_varint(&whole) == value && !whole.is_short &&
		      cursor_left(&whole) == 0);
		struct cursor cut = cursor_over((struct span){ b.bytes, b.length - 1 });
		CHECK(cursor_varint(&cut) == 0 && cut.is_short && cursor_left(&cut) == 0);
		buffer_done(&b);
	}
}

TEST(varint_that_does_not_end_in_ten_bytes_is_short)
{
	static const uint8_t endless[] = { 0x80, 0x80, 0x80, 0x80, 0x80, 0x80,
		                           0x80, 0x80, 0x80, 0x80, 0 };
	struct cursor c = cursor_over((struct span){ endless, sizeof endless });
	CHECK(cursor_varint(&c) == 0 && c.is_short);
}

static const uint8_t nine[] = { 1, 2, 3, 4, 5, 6, 7, 8, 9 };

TEST(cursor_gives_no_more_than_there_is)
{
	struct cursor c = cursor_over((struct span){ nine, sizeof nine });
	const struct span s = cursor_take(&c, 8);
	CHECK(s.bytes == nine && s.length == 8 && cursor_left(&c) == 1 && !c.is_short);
	CHECK(span_u8(s, 7) == 8 && span_u16(s, 6) == 0x0708 && span_u16_le(s, 6) == 0x0807);
	CHECK(span_u32(s, 4) == 0x05060708 && span_u32_le(s, 4) == 0x08070605);
	CHECK(span_u64_le(s, 0) == 0x0807060504030201);
	CHECK(span_from(s, 3).bytes == nine + 3 && span_from(s, 3).length == 5);
	CHECK(span_from(s, 8).length == 0 && span_from(s, SIZE_MAX).length == 0);
	CHECK(cursor_take(&c, 2).length == 0 && c.is_short && cursor_left(&c) == 0);
	CHECK(cursor_take(&c, 1).length == 0 && cursor_take(&c, 0).length == 0 && c.is_short);
}

static void read_outside_a_span(void)
{
	_exit(span_u32((struct span){ nine, 4 }, 1) == 0);
}

TEST(reading_outside_a_span_stops_the_program)
{
	const int status = status_of(read_outside_a_span);
	CHECK(WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT);
}

TEST(random_numbers_repeat_and_stay_below)
{
	struct random a = random_from(1), b = random_from(1), c = random_from(2);
	unsigned differ = 0;
	for (unsigned i = 0; i < 1000; i++) {
		const uint64_t x = random_u64(&a);
		CHECK(x == random_u64(&b));
		differ += x != random_u64(&c);
		CHECK(random_below(&c, 1 + i) <= i);
		const double unit = random_unit(&c);
		CHECK(unit >= 0 && unit < 1);
	}
	CHECK(differ == 1000);
}

TEST(texts_are_compared_and_copied_within_bounds)
{
	char to[4];
	CHECK(text_equal("ab", "ab") && !text_equal("ab", "abc") && !text_equal("ab", "aB"));
	CHECK(text_starts("abc", "ab") && text_starts("abc", "") && !text_starts("a", "ab"));
	CHECK(text_ends("abc", "bc") && text_ends("abc", "") && !text_ends("c", "bc"));
	CHECK(text_copy(to, sizeof to, "abc") && text_equal(to, "abc"));
	CHECK(!text_copy(to, sizeof to, "wxyz") && text_equal(to, "wxy"));
	CHECK(text_format(to, sizeof to, "%d", 123) && text_equal(to, "123"));
	CHECK(!text_format(to, sizeof to, "%d", 4567) && text_equal(to, "456"));
}

TEST(whole_numbers_are_read_and_nothing_else)
{
	uint64_t n = 7;
	CHECK(text_u64("0", 0, &n) && n == 0);
	CHECK(text_u64("18446744073709551615", UINT64_MAX, &n) && n == UINT64_MAX);
	n = 7;
	static const char *const bad[] = { "",
		                           "-1",
		                           "+1",
		                           " 1",
		                           "1 ",
		                           "1x",
		                           "0x1",
		                           "1.0",
		                           "18446744073709551616",
		                           "99999999999999999999",
		                           "184467440737095516150" };
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		CHECK(!text_u64(bad[i], UINT64_MAX, &n) && n == 7);
	CHECK(text_u64("10", 10, &n) && !text_u64("11", 10, &n) && n == 10);
}

TEST(sizes_have_units_that_do_not_overflow)
{
	uint64_t n = 7;
	CHECK(text_size("0", &n) && n == 0);
	CHECK(text_size("1K", &n) && n == 1024);
	CHECK(text_size("512M", &n) && n == UINT64_C(512) << 20);
	CHECK(text_size("4G", &n) && n == UINT64_C(4) << 30);
	CHECK(text_size("16777215T", &n) && n == UINT64_C(16777215) << 40);
	CHECK(text_size("18446744073709551615", &n) && n == UINT64_MAX);
	n = 7;
	static const char *const bad[] = { "",
		                           "K",
		                           "1k",
		                           "1KB",
		                           "K1",
		                           "1 K",
		                           "-1K",
		                           "1KK",
		                           "1.5G",
		                           "16777216T",
		                           "18014398509481984K",
		                           "1000000000000000000000000" };
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		CHECK(!text_size(bad[i], &n) && n == 7);
}

TEST(fractions_are_read_without_the_locale)
{
	double x = 7;
	CHECK(text_double("0", &x) && fabs(x) < 1e-300);
	CHECK(text_double("0.1", &x) && fabs(x - 0.1) < 1e-17);
	CHECK(text_double("-12.5", &x) && fabs(x + 12.5) < 1e-12);
	CHECK(text_double(".5", &x) && fabs(x - 0.5) < 1e-12);
	x = 7;
	static const char *const bad[] = { "",    "-",   ".",   "-.",  "+1",  " 1",  "1 ",
		                           "1,5", "1e3", "0x1", "inf", "nan", "--1", "1.2.3" };
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		CHECK(!text_double(bad[i], &x) && x > 6.9);
	char digits[400];
	memset(digits, '9', sizeof digits);
	digits[sizeof digits - 1] = '\0';
	CHECK(!text_double(digits, &x));
}

TEST(addresses_are_dotted_quads)
{
	uint32_t address = 7;
	CHECK(text_ipv4("192.0.2.1", &address) && address == 0xc0000201);
	CHECK(text_ipv4("255.255.255.255", &address) && address == UINT32_MAX);
	address = 7;
	static const char *const bad[] = { "",           "1",        "1.2.3",     "1.2.3.4.5",
		                           "1.2.3.256",  "1.2.3.",   ".1.2.3",    "1..2.3",
		                           "1.2.3.4 ",   " 1.2.3.4", "1.2.3.4/8", "1.2.3.-4",
		                           "1.2.3.0004", "a.b.c.d" };
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		CHECK(!text_ipv4(bad[i], &address) && address == 7);
	struct random r = random_from(3);
	for (int i = 0; i < 1000; i++) {
		const uint32_t expected = random_u32(&r);
		char text[TEXT_IPV4_SIZE];
		text_from_ipv4(expected, text);
		CHECK(text_ipv4(text, &address) && address == expected);
	}
}

TEST(lists_are_cut_into_pieces)
{
	const char *list = " a b ,\tc\t,,toolong,d";
	char piece[6];
	CHECK(text_next(&list, ',', piece, sizeof piece) && text_equal(piece, "a b"));
	CHECK(text_next(&list, ',', piece, sizeof piece) && text_equal(piece, "c"));
	CHECK(text_next(&list, ',', piece, sizeof piece) && text_equal(piece, ""));
	CHECK(text_next(&list, ',', piece, sizeof piece) && text_equal(piece, ""));
	CHECK(text_next(&list, ',', piece, sizeof piece) && text_equal(piece, "d"));
	CHECK(!text_next(&list, ',', piece, sizeof piece) && *list == '\0');
}

TEST(errors_say_what_where_and_why_in_one_line)
{
	struct error error = { .kind = ERROR_NONE };
	CHECK(!error_set(&error, ERROR_DAMAGED, "at %d", 5));
	CHECK(error.kind == ERROR_DAMAGED && text_equal(error.text, "at 5"));
	CHECK(!error_prefix(&error, "file"));
	CHECK(error.kind == ERROR_DAMAGED && text_equal(error.text, "file: at 5"));
	errno = ENOENT;
	CHECK(!error_errno(&error, "cannot open '%s'", "x"));
	CHECK(error.kind == ERROR_FAILED &&
	      text_equal(error.text, "cannot open 'x': No such file or directory"));
	CHECK(!error_memory(&error, "sets"));
	CHECK(error.kind == ERROR_FAILED && text_starts(error.text, "out of memory for sets"));
}

TEST(long_errors_lose_their_middle)
{
	struct error error;
	char text[2000];
	memset(text, 'x', sizeof text);
	text[sizeof text - 1] = '\0';
	error_set(&error, ERROR_USAGE, "%s", text);
	CHECK(strlen(error.text) == sizeof error.text - 1);
	error_prefix(&error, "where");
	CHECK(strlen(error.text) == sizeof error.text - 1 && text_starts(error.text, "where: xxx"));
	error_prefix(&error, text);
	CHECK(strlen(error.text) == sizeof error.text - 1);
	error_set(&error, ERROR_USAGE, "begin '%s' is wrong", text);
	CHECK(strlen(error.text) == sizeof error.text - 1);
	CHECK(text_starts(error.text, "begin 'xxx") && text_ends(error.text, "xxx' is wrong"));
	CHECK(strstr(error.text, "xxx...xxx") != NULL);
	errno = EIO;
	error_errno(&error, "cannot read '%s'", text);
	CHECK(strlen(error.text) == sizeof error.text - 1);
	CHECK(text_ends(error.text, "xxx': Input/output error"));
}

TEST(memory_is_zeroed_and_refuses_what_overflows)
{
	uint8_t *block = memory_new(100, 3);
	CHECK(block != NULL && block[0] == 0 && block[299] == 0);
	block[299] = 9;
	CHECK(memory_resize(block, SIZE_MAX / 2, 3) == NULL && block[299] == 9);
	CHECK(memory_new(SIZE_MAX / 2, 3) == NULL);
	block = memory_resize(block, 600, 1);
	CHECK(block != NULL && block[299] == 9);
	// NULL says that the old block is still there: an empty one must not be NULL.
	block = memory_resize(block, 0, 1);
	CHECK(block != NULL);
	memory_free(block);
	memory_free(NULL);
	void *room = memory_room(0);
	CHECK(room != NULL);
	memory_free(room);
	char *copy = memory_text("text");
	CHECK(copy != NULL && text_equal(copy, "text"));
	memory_free(copy);
}

// MiB of this process that are in memory.
static unsigned long resident_mib(void)
{
	unsigned long size, resident = 0;
	FILE *file = fopen("/proc/self/statm", "r");
	CHECK(file != NULL && fscanf(file, "%lu %lu", &size, &resident) == 2);
	fclose(file);
	return resident * (unsigned long)sysconf(_SC_PAGESIZE) >> 20;
}

static void *written(void *block, size_t size)
{
	return block == NULL ? NULL : memset(block, 1, size);
}

// Neither what was freed before, nor what lies behind it and is still in use, keeps it.
TEST(what_is_freed_or_rests_goes_back)
{
	enum { MIB = 1 << 20 };
#ifdef __SANITIZE_ADDRESS__
	return;  // AddressSanitizer keeps what is freed for a while
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
	return;
#endif
#endif
	memory_keep_little();
	memory_free(written(memory_room(16 * MIB), 16 * MIB));
	const unsigned long before = resident_mib();
	void *block = written(memory_room(8 * MIB), 8 * MIB);
	void *behind = written(memory_room(100), 100);
	CHECK(resident_mib() >= before + 8);
	memory_free(block);
	CHECK(resident_mib() <= before + 1);
	uint8_t *large = written(memory_large(8 * MIB), 8 * MIB);
	CHECK(resident_mib() >= before + 8);
	memory_rest(large, 8 * MIB);
	CHECK(resident_mib() <= before + 3);  // what aligns it may have been written, too
	large[8 * MIB - 1] = 7;
	CHECK(large[8 * MIB - 1] == 7);
	memory_free(large);
	memory_free(behind);
}

TEST(memory_fails_at_the_nth_allocation_and_ever_after)
{
	memory_fail_at(3);
	void *first = memory_new(1, 1), *second = memory_resize(NULL, 1, 1);
	CHECK(first != NULL && second != NULL);
	CHECK(memory_new(1, 1) == NULL && memory_text("x") == NULL && memory_room(1) == NULL);
	CHECK(memory_resize(first, 2, 1) == NULL);
	memory_fail_at(0);
	memory_free(first);
	memory_free(second);
	void *again = memory_new(1, 1);
	CHECK(again != NULL);
	memory_free(again);
}

// So many that two threads would meet at a job now and then, were it handed out carelessly.
enum { JOBS_MAX = 20000 };

struct jobs {
	atomic_uint done[JOBS_MAX], bad_threads, all;
	unsigned threads;
	size_t fail_at, last;
	bool is_ascending;
};

static bool do_job(void *context, size_t job, unsigned thread)
{
	struct jobs *jobs = context;
	if (thread >= (jobs->threads > 1 ? jobs->threads : 1))
		atomic_fetch_add(&jobs->bad_threads, 1);
	if (jobs->threads <= 1) {
		jobs->is_ascending &= job == jobs->last;
		jobs->last = job + 1;
	}
	atomic_fetch_add(&jobs->done[job], 1);
	atomic_fetch_add(&jobs->all, 1);
	return job != jobs->fail_at;
}

TEST(ranges_of_days)
{
	const struct day_range range = { -3, 5 };
	CHECK(!day_range_holds(range, -4) && day_range_holds(range, -3));
	CHECK(day_range_holds(range, 5) && !day_range_holds(range, 6));
	CHECK(day_range_holds(all_days, INT32_MIN) && day_range_holds(all_days, INT32_MAX));
	CHECK(!day_range_holds((struct day_range){ 1, 0 }, 0));
	const struct day_range longer = day_range_with_past(range, 7);
	CHECK(longer.from == -10 && longer.to == 5);
	CHECK(day_range_with_past(range, 0).from == -3);
	CHECK(day_range_with_past(range, UINT32_MAX).from == INT32_MIN);
	CHECK(day_range_with_past(all_days, 1).from == INT32_MIN);
	CHECK(day_range_with_past((struct day_range){ INT32_MIN + 1, 0 }, 1).from == INT32_MIN);
}

TEST(pool_does_each_job_once)
{
	for (unsigned threads = 0; threads < 6; threads++)
		for (size_t count = 0; count < JOBS_MAX; count += 1 + count / 2) {
			struct jobs jobs = { .threads = threads,
				             .fail_at = SIZE_MAX,
				             .is_ascending = true };
			CHECK(pool_run(threads, count, do_job, &jobs));
			bool is_once = true;
			for (size_t i = 0; i < JOBS_MAX; i++)
				is_once &= atomic_load(&jobs.done[i]) == (i < count);
			CHECK(is_once && atomic_load(&jobs.bad_threads) == 0 && jobs.is_ascending);
		}
	struct jobs jobs = { .threads = POOL_THREADS_MAX, .fail_at = SIZE_MAX };
	CHECK(pool_run(100000, JOBS_MAX, do_job, &jobs));
	CHECK(atomic_load(&jobs.all) == JOBS_MAX && atomic_load(&jobs.bad_threads) == 0);
	CHECK(pool_threads(0) == 1 && pool_threads(1) == 1 && pool_threads(7) == 7);
	CHECK(pool_threads(POOL_THREADS_MAX) == POOL_THREADS_MAX);
	CHECK(pool_threads(POOL_THREADS_MAX + 1) == POOL_THREADS_MAX);
	CHECK(pool_threads(UINT_MAX) == POOL_THREADS_MAX);
	CHECK(pool_processors() >= 1 && pool_processors() <= POOL_THREADS_MAX);
}

TEST(pool_stops_at_a_job_that_fails)
{
	struct jobs jobs = { .threads = 1, .fail_at = 5, .is_ascending = true };
	CHECK(!pool_run(1, JOBS_MAX, do_job, &jobs));
	CHECK(atomic_load(&jobs.all) == 6);
	for (unsigned threads = 2; threads < 5; threads++) {
		struct jobs shared = { .threads = threads, .fail_at = JOBS_MAX - 1 };
		CHECK(!pool_run(threads, JOBS_MAX, do_job, &shared));
		CHECK(atomic_load(&shared.all) == JOBS_MAX);
	}
}

struct two_steps {
	atomic_uint done[64];
	atomic_uint threads_out_of_range;
};

static bool count_job(void *context, size_t job, unsigned thread)
{
	struct two_steps *steps = context;
	atomic_fetch_add(&steps->done[job], 1);
	if (thread >= 3)
		atomic_fetch_add(&steps->threads_out_of_range, 1);
	return job != 63;
}

// Begun and ended apart, every job is done once, with helpers and without.
TEST(pool_work_in_two_steps)
{
	for (unsigned threads = 1; threads <= 3; threads++)
		for (size_t jobs = 0; jobs <= 64; jobs += 16) {
			static const struct two_steps nothing;
			struct two_steps steps = nothing;
			struct pool_work *work = pool_begin(threads, jobs, count_job, &steps);
			CHECK(work != NULL);
			// The last job of all fails.
			CHECK(work != NULL && pool_end(work) == (jobs < 64));
			for (size_t i = 0; i < 64; i++)
				CHECK(atomic_load(&steps.done[i]) == (i < jobs));
			CHECK(atomic_load(&steps.threads_out_of_range) == 0);
		}
}

TEST_MAIN
