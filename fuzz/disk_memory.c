// SPDX-License-Identifier: MIT
#include "disk_memory.h"

#include "base/text.h"
#include "fuzz.h"

#include <stdlib.h>
#include <string.h>

enum { FILES_MAX = 256, NAME_SIZE = 128 };

struct disk_file {
	char name[NAME_SIZE];
	uint8_t *bytes;
	size_t length, capacity;
	bool is_there;
};

struct disk_memory {
	struct disk disk;
	struct disk_file files[FILES_MAX];
};

static struct disk_memory *memory_of(struct disk *disk)
{
	return (struct disk_memory *)disk;
}

static struct disk_file *find(struct disk *disk, const char *name)
{
	for (size_t i = 0; i < FILES_MAX; i++) {
		struct disk_file *file = &memory_of(disk)->files[i];
		if (file->is_there && text_equal(file->name, name))
			return file;
	}
	return NULL;
}

static bool create(struct disk *disk, const char *name, struct disk_file **out, struct error *error)
{
	if (find(disk, name) != NULL)
		return error_set(error, ERROR_FAILED, "'%s' is there already", name);
	for (size_t i = 0; i < FILES_MAX; i++) {
		struct disk_file *file = &memory_of(disk)->files[i];
		if (file->is_there)
			continue;
		*file = (struct disk_file){ .is_there = true };
		REQUIRE(text_copy(file->name, sizeof file->name, name));
		*out = file;
		return true;
	}
	return error_set(error, ERROR_FAILED, "the disk is full");
}

static bool open_there(struct disk *disk, const char *name, struct disk_file **out,
                       struct error *error)
{
	struct disk_file *file = find(disk, name);
	if (file == NULL)
		return error_set(error, ERROR_FAILED, "there is no '%s'", name);
	*out = file;
	return true;
}

static bool append(struct disk_file *file, struct span bytes, struct error *error)
{
	(void)error;
	if (bytes.length == 0)
		return true;
	if (bytes.length > file->capacity - file->length) {
		file->capacity = 2 * (file->length + bytes.length);
		file->bytes = realloc(file->bytes, file->capacity);
		REQUIRE(file->bytes != NULL);
	}
	memcpy(file->bytes + file->length, bytes.bytes, bytes.length);
	file->length += bytes.length;
	return true;
}

static bool read_at(struct disk_file *file, uint64_t offset, uint8_t *bytes, size_t length,
                    struct error *error)
{
	if (offset > file->length || length > file->length - offset)
		return error_set(error, ERROR_FAILED, "'%s' ends before", file->name);
	if (length > 0)
		memcpy(bytes, file->bytes + offset, length);
	return true;
}

static bool sync_file(struct disk_file *file, struct error *error)
{
	(void)file;
	(void)error;
	return true;
}

static void close_file(struct disk_file *file)
{
	(void)file;
}

static bool remove_file(struct disk *disk, const char *name, struct error *error)
{
	struct disk_file *file = find(disk, name);
	if (file == NULL)
		return error_set(error, ERROR_FAILED, "there is no '%s'", name);
	free(file->bytes);
	*file = (struct disk_file){ .is_there = false };
	return true;
}

static bool rename_file(struct disk *disk, const char *from, const char *to, struct error *error)
{
	struct disk_file *file = find(disk, from);
	if (file == NULL)
		return error_set(error, ERROR_FAILED, "there is no '%s'", from);
	if (find(disk, to) != NULL && !remove_file(disk, to, error))
		return false;
	REQUIRE(text_copy(file->name, sizeof file->name, to));
	return true;
}

static bool sync_folder(struct disk *disk, struct error *error)
{
	(void)disk;
	(void)error;
	return true;
}

static bool exists(struct disk *disk, const char *name)
{
	return find(disk, name) != NULL;
}

static bool map(struct disk *disk, const char *name, struct span *out, struct error *error)
{
	const struct disk_file *file = find(disk, name);
	if (file == NULL)
		return error_set(error, ERROR_FAILED, "there is no '%s'", name);
	uint8_t *bytes = file->length == 0 ? NULL : malloc(file->length);
	REQUIRE(file->length == 0 || bytes != NULL);
	if (bytes != NULL)
		memcpy(bytes, file->bytes, file->length);
	*out = (struct span){ bytes, file->length };
	return true;
}

static void unmap(struct disk *disk, struct span bytes)
{
	(void)disk;
	free((void *)(uintptr_t)bytes.bytes);
}

static void release(struct disk *disk, struct span bytes)
{
	(void)disk;
	(void)bytes;
}

static bool list(struct disk *disk, bool (*each)(void *context, const char *name), void *context,
                 struct error *error)
{
	(void)error;
	for (size_t i = 0; i < FILES_MAX; i++)
		if (memory_of(disk)->files[i].is_there &&
		    !each(context, memory_of(disk)->files[i].name))
			break;
	return true;
}

static void free_disk(struct disk *disk)
{
	for (size_t i = 0; i < FILES_MAX; i++)
		free(memory_of(disk)->files[i].bytes);
	free(disk);
}

struct disk *fuzz_disk_new(void)
{
	struct disk_memory *memory = fuzz_room(sizeof *memory);
	memory->disk = (struct disk){
		.create = create,
		.open = open_there,
		.append = append,
		.read_at = read_at,
		.sync = sync_file,
		.close = close_file,
		.rename = rename_file,
		.remove = remove_file,
		.sync_folder = sync_folder,
		.map = map,
		.unmap = unmap,
		.release = release,
		.list = list,
		.exists = exists,
		.free = free_disk,
	};
	return &memory->disk;
}

void fuzz_disk_put(struct disk *disk, const char *name, struct span bytes)
{
	struct disk_file *file = find(disk, name);
	struct error error;
	if (file == NULL)
		REQUIRE(create(disk, name, &file, &error));
	file->length = 0;
	REQUIRE(append(file, bytes, &error));
}

size_t fuzz_disk_count(const struct disk *disk)
{
	const struct disk_memory *memory = (const struct disk_memory *)disk;
	size_t count = 0;
	for (size_t i = 0; i < FILES_MAX; i++)
		count += memory->files[i].is_there;
	return count;
}
