// SPDX-License-Identifier: MIT
// Runs a target over files, and over all files in folders, in every build: the
// corpus as an ordinary test. Its last line is "N passed, N failed".
//
// Usage: TARGET [--starve N] [--max BYTES] FILE|FOLDER...
//   --starve N   runs each input of what follows N times more, with no memory
//                from its 1st, 2nd, ... allocation on
//   --max BYTES  leaves out larger files of what follows
// "$NAME/PATH" is below the folder that the environment names, if it does.
//
// The inputs run in a child process, which notes where it is in shared memory.
// When one of them ends it, another child goes on behind that one. Leaks are
// looked for after each input where there is a leak checker.
#include "fuzz.h"

#include "base/text.h"

#include <dirent.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum { INPUTS_MAX = 100000, SECONDS_MAX = 60 };

extern int __lsan_do_recoverable_leak_check(void) __attribute__((weak));

struct input {
	char *path;
	uint64_t starve;
};

static struct {
	struct input *all;
	size_t count;
	uint64_t starve, size_max;  // of the words that come next
} inputs = { .size_max = 1 << 20 };

struct place {
	size_t input;
	unsigned long fail_at;
};
static volatile struct place *place;  // where the child is

static int add(const char *path, const struct stat *about, int kind, struct FTW *where)
{
	(void)where;
	if (kind == FTW_F && (uint64_t)about->st_size <= inputs.size_max &&
	    inputs.count < INPUTS_MAX) {
		struct input *input = &inputs.all[inputs.count++];
		*input = (struct input){ .path = strdup(path), .starve = inputs.starve };
		REQUIRE(input->path != NULL);
	}
	return 0;
}

static int by_name(const void *a, const void *b)
{
	const struct input *x = a, *y = b;
	return strcmp(x->path, y->path);
}

// The bytes of a file in a heap block of just that size, so that a sanitizer
// sees what reads past them.
static struct span load(const char *path)
{
	struct stat about;
	const int fd = open(path, O_RDONLY | O_CLOEXEC);
	REQUIRE(fd >= 0 && fstat(fd, &about) == 0);
	const size_t length = (size_t)about.st_size;
	uint8_t *bytes = malloc(length > 0 ? length : 1);
	REQUIRE(bytes != NULL && read(fd, bytes, length) == (ssize_t)length);
	close(fd);
	return (struct span){ bytes, length };
}

static void check_leaks(void)
{
	if (__lsan_do_recoverable_leak_check != NULL)
		REQUIRE(__lsan_do_recoverable_leak_check() == 0);
}

static void run_one(size_t index)
{
	const struct span input = load(inputs.all[index].path);
	place->input = index;
	place->fail_at = 0;
	alarm(SECONDS_MAX);
	fuzz_run(input.bytes, input.length, 0);
	const unsigned long own = fuzz_fail_at(input.bytes, input.length);
	if (own != 0) {
		place->fail_at = own;
		fuzz_run(input.bytes, input.length, own);
	}
	for (unsigned long at = 1; at <= inputs.all[index].starve; at++) {
		place->fail_at = at;
		fuzz_run(input.bytes, input.length, at);
	}
	check_leaks();
	free((void *)(uintptr_t)input.bytes);
}

// Runs the inputs from `first` on; returns the one that ended the child.
static size_t run_from(size_t first)
{
	fflush(stdout);
	const pid_t child = fork();
	REQUIRE(child >= 0);
	if (child == 0) {
		fuzz_setup();
		for (size_t i = first; i < inputs.count; i++)
			run_one(i);
		exit(0);
	}
	int status;
	REQUIRE(waitpid(child, &status, 0) == child);
	if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
		return inputs.count;
	printf("FAILED %s (no memory from allocation %lu on; 0: always some): %s %d\n",
	       inputs.all[place->input].path, place->fail_at,
	       WIFSIGNALED(status) ? "signal" : "exit code",
	       WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status));
	return place->input;
}

static int usage(const char *name)
{
	fprintf(stderr, "usage: %s [--starve N] [--max BYTES] FILE|FOLDER...\n", name);
	return 2;
}

static bool read_option(const char *name, const char *value)
{
	if (value != NULL && text_equal(name, "--starve"))
		return text_u64(value, UINT32_MAX, &inputs.starve);
	return value != NULL && text_equal(name, "--max") &&
	       text_u64(value, UINT32_MAX, &inputs.size_max);
}

// Adds a file or a folder with all below it.
static bool add_path(const char *path)
{
	char name[64], whole[4096];
	if (path[0] != '$')
		return nftw(path, add, 16, FTW_PHYS) == 0;
	const char *rest = path + 1;
	text_next(&rest, '/', name, sizeof name);
	const char *folder = getenv(name);
	if (folder == NULL)
		return true;
	return text_format(whole, sizeof whole, "%s/%s", folder, rest) &&
	       nftw(whole, add, 16, FTW_PHYS) == 0;
}

int main(int argc, char **argv)
{
	size_t failed = 0;
	place = mmap(NULL, sizeof *place, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1,
	             0);
	inputs.all = calloc(INPUTS_MAX, sizeof *inputs.all);
	REQUIRE(place != MAP_FAILED && inputs.all != NULL);
	for (int at = 1; at < argc; at++) {
		if (!text_starts(argv[at], "--")) {
			if (!add_path(argv[at]))
				printf("there is no '%s'\n", argv[at]);
			continue;
		}
		if (!read_option(argv[at], argv[at + 1]))
			return usage(argv[0]);
		at++;
	}
	qsort(inputs.all, inputs.count, sizeof *inputs.all, by_name);
	for (size_t next = 0; next < inputs.count; next++) {
		next = run_from(next);
		failed += next < inputs.count;
	}
	// Nothing to run is not a test that passed.
	if (inputs.count == 0)
		failed = 1;
	printf("%zu passed, %zu failed\n",
	       inputs.count - (failed < inputs.count ? failed : inputs.count), failed);
	return failed > 0;
}
