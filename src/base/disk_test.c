// SPDX-License-Identifier: MIT
// The real disk in a temporary folder, and lock files.
#include "base/disk.h"
#include "base/interrupt.h"
#include "base/lock.h"
#include "base/memory.h"
#include "base/test.h"
#include "base/text.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static const uint8_t nine[] = { 1, 2, 3, 4, 5, 6, 7, 8, 9 };

struct listing {
	unsigned count, stop_after;
	bool has_b;
};

static bool list_name(void *context, const char *name)
{
	struct listing *listing = context;
	listing->count++;
	listing->has_b |= text_equal(name, "b");
	return listing->count != listing->stop_after;
}

static void write_and_read_back(struct disk *disk)
{
	struct error error = { .kind = ERROR_NONE };
	struct disk_file *file = NULL, *second = NULL;
	uint8_t bytes[4] = { 0 };
	CHECK(disk->create(disk, "a", &file, &error));
	CHECK(!disk->create(disk, "a", &second, &error) && second == NULL);
	CHECK(error.kind == ERROR_FAILED && strstr(error.text, "/a'") != NULL);
	CHECK(disk->append(file, (struct span){ nine, 4 }, &error));
	CHECK(disk->append(file, (struct span){ nine + 4, 5 }, &error));
	CHECK(disk->read_at(file, 3, bytes, 4, &error) && memcmp(bytes, nine + 3, 4) == 0);
	CHECK(!disk->read_at(file, 7, bytes, 4, &error) && strstr(error.text, "/a'") != NULL);
	CHECK(disk->append(file, (struct span){ nine, 1 }, &error));
	CHECK(disk->sync(file, &error) && disk->sync_folder(disk, &error));
	disk->close(file);
	disk->close(NULL);
	memset(bytes, 0, sizeof bytes);
	CHECK(!disk->open(disk, "b", &file, &error) && strstr(error.text, "/b'") != NULL);
	CHECK(disk->open(disk, "a", &file, &error));
	CHECK(disk->read_at(file, 3, bytes, 4, &error) && memcmp(bytes, nine + 3, 4) == 0);
	CHECK(!disk->read_at(file, 7, bytes, 4, &error) && strstr(error.text, "/a'") != NULL);
	disk->close(file);
	struct span map;
	CHECK(disk->rename(disk, "a", "b", &error));
	CHECK(!disk->map(disk, "a", &map, &error) && error.kind == ERROR_FAILED);
	CHECK(disk->map(disk, "b", &map, &error));
	CHECK(map.length == 10 && memcmp(map.bytes, nine, 9) == 0 && map.bytes[9] == 1);
	disk->release(disk, (struct span){ map.bytes + 2, 3 });
	disk->release(disk, (struct span){ .length = 0 });
	CHECK(map.length == 10 && memcmp(map.bytes, nine, 9) == 0);
	disk->unmap(disk, map);
}

static void list_and_remove(struct disk *disk)
{
	struct error error = { .kind = ERROR_NONE };
	struct disk_file *file = NULL;
	struct span map = { .length = 1 };
	CHECK(disk->create(disk, "empty", &file, &error));
	disk->close(file);
	CHECK(disk->map(disk, "empty", &map, &error) && map.length == 0);
	disk->unmap(disk, map);
	struct listing listing = { .count = 0 };
	CHECK(disk->list(disk, list_name, &listing, &error) && listing.count == 2 && listing.has_b);
	listing = (struct listing){ .stop_after = 1 };
	CHECK(!disk->list(disk, list_name, &listing, &error) && listing.count == 1);
	CHECK(disk->remove(disk, "b", &error) && !disk->map(disk, "b", &map, &error));
	CHECK(!disk->rename(disk, "gone", "b", &error) && strstr(error.text, "gone") != NULL);
}

TEST(disk_keeps_files_in_one_folder)
{
	char path[200];
	struct error error;
	struct disk *disk = NULL;
	CHECK(disk_temporary(path, sizeof path, &error));
	struct stat status;
	CHECK(stat(path, &status) == 0 && (status.st_mode & 0777) == 0700);
	CHECK(disk_real_open(path, false, &disk, &error));
	write_and_read_back(disk);
	list_and_remove(disk);
	memory_fail_at(1);
	struct disk_file *file = NULL;
	CHECK(!disk->create(disk, "c", &file, &error) && file == NULL);
	struct disk *none = NULL;
	CHECK(!disk_real_open(path, true, &none, &error) && none == NULL);
	memory_fail_at(0);
	disk->free(disk);
	disk_remove_folder(path);
	CHECK(stat(path, &status) != 0);
}

TEST(disk_opens_a_folder_only_where_there_is_one)
{
	char path[200], below[220];
	struct error error = { .kind = ERROR_NONE };
	struct disk *disk = NULL;
	CHECK(disk_temporary(path, sizeof path, &error));
	text_format(below, sizeof below, "%s/x", path);
	CHECK(!disk_real_open(below, false, &disk, &error) && disk == NULL);
	CHECK(error.kind == ERROR_FAILED && strstr(error.text, below) != NULL);
	CHECK(disk_real_open(below, true, &disk, &error));
	disk->free(disk);
	CHECK(disk_real_open(below, true, &disk, &error));
	disk->free(disk);
	disk_remove_folder(below);
	disk_remove_folder(path);
	// The reason is that the path does not fit, not what errno happened to be.
	errno = 0;
	CHECK(!disk_temporary(path, 5, &error) && strstr(error.text, "Success") == NULL);
}

TEST(lock_has_one_holder_and_ends_with_it)
{
	char folder[200], path[220];
	struct error error = { .kind = ERROR_NONE };
	int fd = -1, other = -1;
	CHECK(disk_temporary(folder, sizeof folder, &error));
	text_format(path, sizeof path, "%s/lock", folder);
	CHECK(lock_take(path, &fd, &error) == LOCK_TAKEN && fd >= 0);
	CHECK(lock_take(path, &other, &error) == LOCK_HELD_ELSEWHERE && other == -1);
	lock_release(fd);
	fflush(stdout);
	const pid_t child = fork();
	if (child == 0)
		_exit(lock_take(path, &fd, &error) == LOCK_TAKEN ? 0 : 1);
	int status = 1;
	waitpid(child, &status, 0);
	CHECK(status == 0);
	CHECK(lock_take(path, &other, &error) == LOCK_TAKEN);
	lock_release(other);
	disk_remove_folder(folder);
	CHECK(lock_take(path, &other, &error) == LOCK_FAILED && error.kind == ERROR_FAILED);
}

// In a child: maps a file, makes it shorter, and reads.
static void read_what_is_gone(const char *folder, int errors)
{
	struct disk *disk;
	struct disk_file *file;
	struct error error;
	struct span mapped;
	char path[220];
	dup2(errors, STDERR_FILENO);
	interrupt_catch();
	text_format(path, sizeof path, "%s/a", folder);
	const bool ok = disk_real_open(folder, false, &disk, &error) &&
	                disk->create(disk, "a", &file, &error) &&
	                disk->append(file, (struct span){ nine, sizeof nine }, &error) &&
	                disk->map(disk, "a", &mapped, &error) && truncate(path, 0) == 0;
	_exit(ok ? 100 + *(const volatile uint8_t *)mapped.bytes : 99);
}

TEST(a_mapped_file_that_goes_away_is_said_in_a_line)
{
	char folder[200], text[200] = "";
	struct error error;
	int ends[2], status = 0;
	CHECK(disk_temporary(folder, sizeof folder, &error) && pipe(ends) == 0);
	fflush(stdout);
	const pid_t child = fork();
	if (child == 0)
		read_what_is_gone(folder, ends[1]);
	close(ends[1]);
	waitpid(child, &status, 0);
	CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 1);
	CHECK(read(ends[0], text, sizeof text - 1) > 0 && text_starts(text, "hotaru: a file"));
	close(ends[0]);
	disk_remove_folder(folder);
}

TEST_MAIN
