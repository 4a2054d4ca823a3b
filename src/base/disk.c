// SPDX-License-Identifier: MIT
// The real disk: a folder held open by its descriptor, so that renaming it or a
// change of the working folder does no harm.
#include "base/disk.h"

#include "base/memory.h"
#include "base/text.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PATH_SIZE = 4096 };

struct disk_real {
	struct disk disk;
	int folder;
	char path[PATH_SIZE];
};

struct disk_file {
	struct disk_real *disk;
	int fd;
	char name[256];
};

static struct disk_real *real(struct disk *disk)
{
	return (struct disk_real *)disk;
}

const char *const disk_entry_names[] = { "nothing", "a file", "a folder", "a pipe or a device" };

static enum disk_entry entry_of(const struct stat *status)
{
	return S_ISREG(status->st_mode)   ? ENTRY_FILE
	       : S_ISDIR(status->st_mode) ? ENTRY_FOLDER
	                                  : ENTRY_OTHER;
}

static enum disk_entry real_look(struct disk *disk, const char *name)
{
	struct stat status;
	return fstatat(real(disk)->folder, name, &status, 0) == 0 ? entry_of(&status) : ENTRY_NONE;
}

// What failed, and errno says why: unless something that is no file has the name.
static bool cannot(struct disk *disk, const char *what, const char *name, struct error *error)
{
	const int number = errno;
	const enum disk_entry entry = real_look(disk, name);
	errno = number;
	if (entry == ENTRY_FOLDER || entry == ENTRY_OTHER)
		return error_set(error, ERROR_FAILED,
		                 "cannot %s '%s/%s': %s has that name; move it away", what,
		                 real(disk)->path, name, disk_entry_names[entry]);
	return error_errno(error, "cannot %s '%s/%s'", what, real(disk)->path, name);
}

static bool open_file(struct disk *disk, const char *name, int flags, const char *what,
                      struct disk_file **out, struct error *error)
{
	struct disk_file *file = memory_new(1, sizeof *file);
	if (file == NULL)
		return error_memory(error, "a file");
	file->disk = real(disk);
	text_copy(file->name, sizeof file->name, name);
	file->fd = openat(real(disk)->folder, name, flags | O_CLOEXEC, 0644);
	if (file->fd < 0) {
		const int number = errno;
		memory_free(file);
		errno = number;
		return cannot(disk, what, name, error);
	}
	*out = file;
	return true;
}

static bool real_create(struct disk *disk, const char *name, struct disk_file **out,
                        struct error *error)
{
	return open_file(disk, name, O_RDWR | O_CREAT | O_EXCL, "create", out, error);
}

static bool real_open(struct disk *disk, const char *name, struct disk_file **out,
                      struct error *error)
{
	return open_file(disk, name, O_RDONLY, "open", out, error);
}

static bool real_append(struct disk_file *file, struct span bytes, struct error *error)
{
	while (bytes.length > 0) {
		const ssize_t written = write(file->fd, bytes.bytes, bytes.length);
		if (written < 0 && errno == EINTR)
			continue;
		if (written < 0)
			return error_errno(error, "cannot write '%s/%s'", file->disk->path,
			                   file->name);
		bytes = span_from(bytes, (size_t)written);
	}
	return true;
}

static bool real_read_at(struct disk_file *file, uint64_t offset, uint8_t *bytes, size_t length,
                         struct error *error)
{
	while (length > 0) {
		const ssize_t count = pread(file->fd, bytes, length, (off_t)offset);
		if (count < 0 && errno == EINTR)
			continue;
		if (count < 0)
			return error_errno(error, "cannot read '%s/%s'", file->disk->path,
			                   file->name);
		if (count == 0)
			return error_set(error, ERROR_FAILED, "'%s/%s' ends at byte %llu",
			                 file->disk->path, file->name, (unsigned long long)offset);
		bytes += count;
		length -= (size_t)count;
		offset += (uint64_t)count;
	}
	return true;
}

static bool real_sync(struct disk_file *file, struct error *error)
{
	return fsync(file->fd) == 0 ||
	       error_errno(error, "cannot sync '%s/%s'", file->disk->path, file->name);
}

static void real_close(struct disk_file *file)
{
	if (file == NULL)
		return;
	close(file->fd);
	memory_free(file);
}

static bool real_rename(struct disk *disk, const char *from, const char *to, struct error *error)
{
	const int folder = real(disk)->folder;
	if (renameat(folder, from, folder, to) == 0)
		return true;
	if (real_look(disk, to) == ENTRY_FOLDER)
		return cannot(disk, "write", to, error);
	return error_errno(error, "cannot rename '%s/%s' to '%s'", real(disk)->path, from, to);
}

static bool real_remove(struct disk *disk, const char *name, struct error *error)
{
	return unlinkat(real(disk)->folder, name, 0) == 0 || errno == ENOENT ||
	       error_errno(error, "cannot remove '%s/%s'", real(disk)->path, name);
}

static bool real_sync_folder(struct disk *disk, struct error *error)
{
	return fsync(real(disk)->folder) == 0 ||
	       error_errno(error, "cannot sync '%s'", real(disk)->path);
}

// Maps what `fd` has open; `name` is what messages call it.
static bool map_open_file(int fd, const char *name, struct span *out, struct error *error)
{
	struct stat status;
	void *bytes = NULL;
	if (fstat(fd, &status) != 0)
		return error_errno(error, "cannot look at '%s'", name);
	if (!S_ISREG(status.st_mode))
		return error_set(error, ERROR_FAILED, "'%s' is no file on a disk, but %s", name,
		                 disk_entry_names[entry_of(&status)]);
	if (status.st_size > 0) {
		bytes = mmap(NULL, (size_t)status.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
		if (bytes == MAP_FAILED)
			return error_errno(error, "cannot map '%s'", name);
	}
	*out = (struct span){ .bytes = bytes, .length = (size_t)status.st_size };
	return true;
}

static bool real_map(struct disk *disk, const char *name, struct span *out, struct error *error)
{
	char path[PATH_SIZE + 256];
	text_format(path, sizeof path, "%s/%s", real(disk)->path, name);
	// Opening a pipe would wait for somebody to write.
	const int fd = openat(real(disk)->folder, name, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0) {
		return error_errno(error, "cannot open '%s'", path);
	}
	const bool ok = map_open_file(fd, path, out, error);
	close(fd);
	return ok;
}

static void real_unmap(struct disk *disk, struct span bytes)
{
	(void)disk;
	disk_unmap_file(bytes);
}

static void real_release(struct disk *disk, struct span bytes)
{
	const uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);
	const uintptr_t from = (uintptr_t)bytes.bytes & ~(page - 1);
	(void)disk;
	// Of a private map that nobody wrote to the file has everything.
	if (bytes.length > 0)
		(void)madvise((void *)from, (uintptr_t)bytes.bytes - from + bytes.length,
		              MADV_DONTNEED);
}

static bool real_list(struct disk *disk, bool (*each)(void *context, const char *name),
                      void *context, struct error *error)
{
	const int fd = openat(real(disk)->folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *folder = fd < 0 ? NULL : fdopendir(fd);
	if (folder == NULL)
		return error_errno(error, "cannot list '%s'", real(disk)->path);
	const struct dirent *entry;
	bool ok = true;
	while (ok && (entry = readdir(folder)) != NULL)
		if (!text_equal(entry->d_name, ".") && !text_equal(entry->d_name, ".."))
			ok = each(context, entry->d_name);
	closedir(folder);
	return ok;
}

static bool real_exists(struct disk *disk, const char *name)
{
	return faccessat(real(disk)->folder, name, F_OK, 0) == 0;
}

static bool real_may_write(struct disk *disk)
{
	return faccessat(real(disk)->folder, ".", W_OK, 0) == 0;
}

static enum lock_status real_lock(struct disk *disk, const char *name, int *out_fd,
                                  struct error *error)
{
	char path[PATH_SIZE + 256];
	text_format(path, sizeof path, "%s/%s", real(disk)->path, name);
	return lock_take(path, out_fd, error);
}

static void real_free(struct disk *disk)
{
	if (disk == NULL)
		return;
	close(real(disk)->folder);
	memory_free(disk);
}

static const struct disk real_functions = {
	.create = real_create,
	.open = real_open,
	.append = real_append,
	.read_at = real_read_at,
	.sync = real_sync,
	.close = real_close,
	.rename = real_rename,
	.remove = real_remove,
	.sync_folder = real_sync_folder,
	.map = real_map,
	.unmap = real_unmap,
	.release = real_release,
	.list = real_list,
	.exists = real_exists,
	.look = real_look,
	.may_write = real_may_write,
	.lock = real_lock,
	.free = real_free,
};

// A folder that was just made is a name in the one above, and would be gone with
// all that is in it. One that may not be read cannot be synced either.
static bool sync_above(const struct disk_real *disk, struct error *error)
{
	const int above = openat(disk->folder, "..", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (above < 0)
		return true;
	const bool ok = fsync(above) == 0 ||
	                error_errno(error, "cannot sync the folder above '%s'", disk->path);
	close(above);
	return ok;
}

bool disk_real_open(const char *folder, bool create, struct disk **out, struct error *error)
{
	struct disk_real *disk = memory_new(1, sizeof *disk);
	if (disk == NULL)
		return error_memory(error, "a folder");
	disk->disk = real_functions;
	text_copy(disk->path, sizeof disk->path, folder);
	const bool is_new = create && mkdir(folder, 0755) == 0;
	if (create && !is_new && errno != EEXIST) {
		error_errno(error, "cannot create folder '%s'", folder);
		memory_free(disk);
		return false;
	}
	disk->folder = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (disk->folder < 0) {
		error_errno(error, "cannot open folder '%s'", folder);
		memory_free(disk);
		return false;
	}
	if (is_new && !sync_above(disk, error)) {
		real_free(&disk->disk);
		return false;
	}
	*out = &disk->disk;
	return true;
}

bool disk_map_file(const char *path, struct span *out, struct error *error)
{
	// Opening a pipe would wait for somebody to write.
	const int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0)
		return error_errno(error, "cannot open '%s'", path);
	const bool ok = map_open_file(fd, path, out, error);
	close(fd);
	return ok;
}

void disk_unmap_file(struct span bytes)
{
	if (bytes.length > 0)
		munmap((void *)(uintptr_t)bytes.bytes, bytes.length);
}

bool disk_make_file(const char *path)
{
	const int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
	return fd >= 0 && close(fd) == 0;
}

bool disk_temporary(char *path, size_t size, struct error *error)
{
	const char *below = getenv("TMPDIR");
	if (below == NULL || below[0] == '\0')
		below = "/tmp";
	const bool fits = text_format(path, size, "%s/hotaru-XXXXXX", below);
	if (!fits)
		error_set(error, ERROR_FAILED, "TMPDIR '%s' is too long", below);
	if (!fits || (mkdtemp(path) == NULL &&
	              !error_errno(error, "cannot create a temporary folder below '%s'", below))) {
		path[0] = '\0';
		return false;
	}
	return true;
}

static bool remove_one(void *context, const char *name)
{
	struct disk *disk = context;
	struct error ignored;
	disk->remove(disk, name, &ignored);
	return true;
}

void disk_remove_folder(const char *path)
{
	struct disk *disk;
	struct error ignored;
	if (disk_real_open(path, false, &disk, &ignored)) {
		disk->list(disk, remove_one, disk, &ignored);
		disk->free(disk);
	}
	rmdir(path);
}
