// SPDX-License-Identifier: MIT
// A test framework in one page. TEST(name) { ... } registers itself, and they
// run in the order in which they stand. CHECK notes a failure and goes on;
// SKIP ends a test that cannot run here. A test program is a file of TESTs and
// TEST_MAIN; its last line is "N passed, N failed, N skipped".
#pragma once

#include "base/text.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

struct test_case {
	const char *name;
	void (*run)(void);
	struct test_case *next;
};

static struct test_case *test_first, **test_last = &test_first;
static unsigned test_failed_checks;
static bool test_skipped;

static inline void test_register(struct test_case *test)
{
	*test_last = test;
	test_last = &test->next;
}

#define TEST(test_name)                                                                            \
	static void test_name(void);                                                               \
	__attribute__((constructor)) static void register_##test_name(void)                        \
	{                                                                                          \
		static struct test_case self = { #test_name, test_name, NULL };                    \
		test_register(&self);                                                              \
	}                                                                                          \
	static void test_name(void)

#define CHECK(condition)                                                                           \
	((condition) ? (void)0                                                                     \
	             : (void)(test_failed_checks++,                                                \
	                      printf("%s:%d: %s\n", __FILE__, __LINE__, #condition)))

#define SKIP(reason)                                                                               \
	do {                                                                                       \
		printf("skipped: %s\n", reason);                                                   \
		test_skipped = true;                                                               \
		return;                                                                            \
	} while (0)

// Sweeps try every call, or every byte; with HOTARU_COARSE=N every N-th, for builds that are slow and
// only look for other things.
static inline unsigned sweep_step(void)
{
	uint64_t step;
	const char *text = getenv("HOTARU_COARSE");
	return text != NULL && text_u64(text, 1000, &step) && step > 0 ? (unsigned)step : 1;
}

// Rounds of random cases: all, or a quarter of them, two at least, where sweeps are very coarse.
static inline unsigned random_rounds(unsigned all)
{
	const unsigned few = all / 4 > 2 ? all / 4 : 2;
	return sweep_step() > 20 && few < all ? few : all;
}

static inline int test_run_all(void)
{
	unsigned passed = 0, failed = 0, skipped = 0;
	for (struct test_case *test = test_first; test != NULL; test = test->next) {
		test_failed_checks = 0;
		test_skipped = false;
		test->run();
		if (test_failed_checks > 0) {
			failed++;
			printf("FAILED %s\n", test->name);
		} else if (test_skipped) {
			skipped++;
		} else {
			passed++;
		}
	}
	printf("%u passed, %u failed, %u skipped\n", passed, failed, skipped);
	return failed != 0;
}

#define TEST_MAIN                                                                                  \
	int main(void)                                                                             \
	{                                                                                          \
		return test_run_all();                                                             \
	}
