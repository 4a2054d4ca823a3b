// SPDX-License-Identifier: MIT
#include "fuzz.h"

#include "base/disk.h"
#include "base/memory.h"
#include "base/text.h"

#include <fcntl.h>
#include <ftw.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include <xxhash.h>

enum { STARVE_ONE_IN = 8, PATH_SIZE = 128 };

bool fuzz_is_starving;

static int files[FUZZ_FILES] = { -1, -1, -1, -1 };
static char folder[PATH_SIZE];

__attribute__((weak)) void fuzz_setup(void)
{
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc;
	(void)argv;
	fuzz_setup();
	return 0;
}

// Small numbers are the likely ones: most functions allocate only a few times.
unsigned long fuzz_fail_at(const uint8_t *bytes, size_t length)
{
	const uint64_t hash = XXH3_64bits(bytes, length);
	if (hash % STARVE_ONE_IN != 0)
		return 0;
	const unsigned bits = (unsigned)(hash >> 8 & 7);
	return 1 + (unsigned long)(hash >> 16 & ((1u << bits) - 1));
}

void fuzz_run(const uint8_t *bytes, size_t length, unsigned long fail_at)
{
	fuzz_is_starving = fail_at != 0;
	memory_fail_at(fail_at);
	fuzz_one((struct span){ bytes, length });
	memory_fail_at(0);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
	fuzz_run(bytes, length, fuzz_fail_at(bytes, length));
	return 0;
}

// libpcap looks names up that stand in expressions. No target
// asks the network.
int getaddrinfo(const char *node, const char *service, const struct addrinfo *hints,
                struct addrinfo **out)
{
	(void)node;
	(void)service;
	(void)hints;
	(void)out;
	return EAI_NONAME;
}

void fuzz_fail(const char *file, int line, const char *what)
{
	fprintf(stderr, "%s:%d: not so: %s\n", file, line, what);
	abort();
}

void fuzz_must_starve(const char *file, int line, const char *what)
{
	if (!fuzz_is_starving)
		fuzz_fail(file, line, what);
}

void *fuzz_room(size_t size)
{
	void *room = calloc(size > 0 ? size : 1, 1);
	REQUIRE(room != NULL);
	return room;
}

static void write_all(int fd, struct span bytes)
{
	while (bytes.length > 0) {
		const ssize_t written = write(fd, bytes.bytes, bytes.length);
		REQUIRE(written > 0);
		bytes = span_from(bytes, (size_t)written);
	}
}

const char *fuzz_file(unsigned slot, struct span bytes)
{
	static char paths[FUZZ_FILES][32];
	REQUIRE(slot < FUZZ_FILES);
	if (files[slot] < 0) {
		files[slot] = memfd_create("fuzz", MFD_CLOEXEC);
		REQUIRE(files[slot] >= 0);
		text_format(paths[slot], sizeof paths[slot], "/proc/self/fd/%d", files[slot]);
	}
	REQUIRE(ftruncate(files[slot], 0) == 0 && lseek(files[slot], 0, SEEK_SET) == 0);
	write_all(files[slot], bytes);
	return paths[slot];
}

struct span fuzz_file_content(unsigned slot)
{
	struct stat about;
	REQUIRE(fstat(files[slot], &about) == 0);
	const size_t length = (size_t)about.st_size;
	uint8_t *bytes = fuzz_room(length);
	REQUIRE(pread(files[slot], bytes, length, 0) == (ssize_t)length);
	return (struct span){ bytes, length };
}

static int remove_one(const char *path, const struct stat *about, int kind, struct FTW *where)
{
	(void)about;
	(void)kind;
	(void)where;
	return remove(path);
}

static void remove_folder(void)
{
	if (folder[0] != '\0')
		nftw(folder, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

const char *fuzz_folder(void)
{
	if (folder[0] == '\0') {
		const char *parent = access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp";
		text_format(folder, sizeof folder, "%s/hotaru-fuzz-%d", parent, (int)getpid());
	}
	remove_folder();
	REQUIRE(mkdir(folder, 0700) == 0);
	return folder;
}

void fuzz_folder_done(void)
{
	remove_folder();
}

bool fuzz_write(const char *path, struct span bytes)
{
	const int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	if (fd < 0)
		return false;
	write_all(fd, bytes);
	close(fd);
	return true;
}

char *fuzz_text(struct span input)
{
	return fuzz_text_until(&input, '\0');
}

char *fuzz_text_until(struct span *input, char separator)
{
	size_t length = 0;
	while (length < input->length && input->bytes[length] != (uint8_t)separator &&
	       input->bytes[length] != 0)
		length++;
	char *text = fuzz_room(length + 1);
	if (length > 0)
		memcpy(text, input->bytes, length);
	*input = span_from(*input, length + 1);
	return text;
}
