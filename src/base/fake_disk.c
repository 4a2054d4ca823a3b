// SPDX-License-Identifier: MIT
// The heap is not base/memory.h's: a test that has the N-th allocation fail
// does not mean those of its disk.
#include "base/fake_disk.h"

#include "base/text.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { SECTOR = 512 };

enum change_kind { CHANGE_CREATE, CHANGE_RENAME, CHANGE_REMOVE };

struct fake_change {
	enum change_kind kind;
	char name[FAKE_NAME_SIZE], to[FAKE_NAME_SIZE];
	struct fake_file *file;
};

struct disk_file {
	struct fake_disk *disk;
	struct fake_file *file;
	char name[FAKE_NAME_SIZE];
};

static void *room(void *old, size_t size)
{
	void *new = realloc(old, size + 1);
	assert(new != NULL);
	return new;
}

static struct fake_name *entry_of(struct fake_names *names, const char *name)
{
	for (size_t i = 0; i < names->count; i++)
		if (text_equal(names->entries[i].name, name))
			return &names->entries[i];
	return NULL;
}

static void set_name(struct fake_names *names, const char *name, struct fake_file *file)
{
	struct fake_name *entry = entry_of(names, name);
	if (entry == NULL) {
		assert(names->count < FAKE_NAMES_MAX);
		entry = &names->entries[names->count++];
		text_copy(entry->name, sizeof entry->name, name);
	}
	entry->file = file;
}

static void drop_name(struct fake_names *names, const char *name)
{
	struct fake_name *entry = entry_of(names, name);
	if (entry != NULL)
		*entry = names->entries[--names->count];
}

// ---- faults

enum call { CALL_READ, CALL_CHANGE, CALL_WRITE, CALL_GROW };
enum verdict { DO, DO_HALF, DO_AND_FAIL, FAIL };

static bool is_counted(enum fake_fault fault, enum call call)
{
	switch (fault) {
	case FAKE_NONE: return false;
	case FAKE_POWER: return call != CALL_READ;
	case FAKE_ONCE:
	case FAKE_FOR_EVER: return true;
	case FAKE_SHORT: return call == CALL_WRITE || call == CALL_GROW;
	case FAKE_FULL: return call == CALL_GROW;
	}
	return false;
}

static enum verdict judge(struct fake_disk *d, enum call call)
{
	errno = EIO;
	if (d->has_fired && d->power_after > 0 && call != CALL_READ && --d->power_after == 0)
		d->is_off = true;
	if (d->is_off)
		return FAIL;
	if (!is_counted(d->fault, call) || ++d->calls < d->fault_at)
		return DO;
	const bool is_first = d->calls == d->fault_at;
	if (!is_first && (d->fault == FAKE_ONCE || d->fault == FAKE_SHORT))
		return DO;
	d->has_fired = true;
	switch (d->fault) {
	case FAKE_POWER: d->is_off = true; return DO_AND_FAIL;
	case FAKE_SHORT: return DO_HALF;
	case FAKE_FULL: errno = ENOSPC; return is_first ? DO_HALF : FAIL;
	case FAKE_NONE:
	case FAKE_ONCE:
	case FAKE_FOR_EVER: break;
	}
	return FAIL;
}

bool fake_asks(struct fake_disk *d)
{
	return judge(d, CALL_READ) == DO;
}

void fake_disk_fail(struct fake_disk *d, enum fake_fault fault, unsigned at)
{
	d->fault = fault;
	d->fault_at = at;
	d->calls = d->power_after = 0;
	d->has_fired = d->is_off = false;
}

void fake_disk_mend(struct fake_disk *d)
{
	fake_disk_fail(d, FAKE_NONE, 0);
}

// ---- content

static struct fake_file *file_new(struct fake_disk *d)
{
	struct fake_file *file = room(NULL, sizeof *file);
	*file = (struct fake_file){ .now = NULL };
	d->files = room(d->files, (d->file_count + 1) * sizeof(struct fake_file *));
	d->files[d->file_count++] = file;
	return file;
}

static void set_length(struct fake_file *file, size_t length)
{
	if (length > file->capacity) {
		file->capacity = length * 2;
		file->now = room(file->now, file->capacity);
	}
	if (length > file->now_length)
		memset(file->now + file->now_length, 0, length - file->now_length);
	file->now_length = length;
	file->is_dirty = true;
}

static void make_safe(struct fake_file *file)
{
	file->safe = room(file->safe, file->now_length);
	if (file->now_length > 0)
		memcpy(file->safe, file->now, file->now_length);
	file->safe_length = file->now_length;
	file->is_dirty = false;
}

bool fake_write(struct fake_disk *d, struct fake_file *file, uint64_t offset, struct span bytes)
{
	const size_t end = (size_t)offset + bytes.length;
	const enum verdict verdict = judge(d, end > file->now_length ? CALL_GROW : CALL_WRITE);
	const int why = errno;
	if (verdict == FAIL)
		return false;
	const size_t length = verdict == DO_HALF ? bytes.length / 2 : bytes.length;
	if (length > 0) {
		if (offset + length > file->now_length)
			set_length(file, (size_t)offset + length);
		memcpy(file->now + offset, bytes.bytes, length);
		file->is_dirty = true;
	}
	errno = why;
	return verdict == DO;
}

bool fake_truncate(struct fake_disk *d, struct fake_file *file, uint64_t length)
{
	const enum verdict verdict = judge(d, CALL_CHANGE);
	if (verdict == DO || verdict == DO_AND_FAIL)
		set_length(file, (size_t)length);
	return verdict == DO;
}

bool fake_sync(struct fake_disk *d, struct fake_file *file)
{
	if (judge(d, CALL_CHANGE) != DO)
		return false;
	make_safe(file);
	return true;
}

// ---- names

static void note_change(struct fake_disk *d, enum change_kind kind, const char *name,
                        const char *to, struct fake_file *file)
{
	if (d->change_count == d->change_capacity) {
		d->change_capacity = d->change_capacity * 2 + 16;
		d->changes = room(d->changes, d->change_capacity * sizeof *d->changes);
	}
	struct fake_change *change = &d->changes[d->change_count++];
	*change = (struct fake_change){ .kind = kind, .file = file };
	text_copy(change->name, sizeof change->name, name);
	text_copy(change->to, sizeof change->to, to);
}

static void apply(struct fake_names *names, const struct fake_change *change)
{
	switch (change->kind) {
	case CHANGE_CREATE: set_name(names, change->name, change->file); break;
	case CHANGE_REMOVE: drop_name(names, change->name); break;
	case CHANGE_RENAME:
		drop_name(names, change->name);
		set_name(names, change->to, change->file);
		break;
	}
}

static bool change_names(struct fake_disk *d, enum change_kind kind, const char *name,
                         const char *to, struct fake_file *file)
{
	const enum verdict verdict = judge(d, CALL_CHANGE);
	if (verdict == FAIL)
		return false;
	note_change(d, kind, name, to, file);
	apply(&d->now, &d->changes[d->change_count - 1]);
	return verdict == DO;
}

struct fake_file *fake_find(struct fake_disk *d, const char *name)
{
	struct fake_name *entry = entry_of(&d->now, name);
	errno = ENOENT;
	return entry == NULL ? NULL : entry->file;
}

struct fake_file *fake_create(struct fake_disk *d, const char *name)
{
	struct fake_file *file = file_new(d);
	return change_names(d, CHANGE_CREATE, name, "", file) ? file : NULL;
}

bool fake_remove(struct fake_disk *d, const char *name)
{
	return change_names(d, CHANGE_REMOVE, name, "", NULL);
}

bool fake_sync_folder(struct fake_disk *d)
{
	if (judge(d, CALL_CHANGE) != DO)
		return false;
	d->safe = d->now;
	d->change_count = 0;
	return true;
}

// ---- after the loss of power

static void tear(struct fake_file *file, struct random *dice)
{
	const size_t least = file->now_length < file->safe_length ? file->now_length
	                                                          : file->safe_length;
	const size_t most = file->now_length + file->safe_length - least;
	const size_t lengths[] = { file->now_length, file->safe_length,
		                   least + random_below(dice, (uint32_t)(most - least) + 1) };
	const size_t length = lengths[random_below(dice, 3)];
	uint8_t *torn = room(NULL, length);
	memset(torn, 0, length);
	for (size_t at = 0; at < length; at += SECTOR) {
		const bool is_new = random_below(dice, 2) == 1;
		const uint8_t *from = is_new ? file->now : file->safe;
		const size_t from_length = is_new ? file->now_length : file->safe_length;
		size_t end = at + SECTOR < length ? at + SECTOR : length;
		end = end < from_length ? end : from_length;
		if (at < end)
			memcpy(torn + at, from + at, end - at);
	}
	free(file->now);
	file->now = torn;
	file->now_length = file->capacity = length;
}

static void lose_content(struct fake_file *file, struct random *dice)
{
	if (!file->is_dirty)
		return;
	const bool was_emptied = file->now_length == 0;
	switch (random_below(dice, was_emptied ? 2 : 3)) {
	case 0: break;
	case 1:
		set_length(file, file->safe_length);
		if (file->safe_length > 0)
			memcpy(file->now, file->safe, file->safe_length);
		break;
	default: tear(file, dice); break;
	}
	make_safe(file);
}

static void lose_names(struct fake_disk *d, struct random *dice)
{
	const uint32_t way = random_below(dice, 4);
	const size_t prefix = way == 0   ? 0
	                      : way == 1 ? d->change_count
	                                 : random_below(dice, (uint32_t)d->change_count + 1);
	d->now = d->safe;
	for (size_t i = 0; i < d->change_count; i++)
		if (way == 3 ? random_below(dice, 2) == 1 : i < prefix)
			apply(&d->now, &d->changes[i]);
	d->safe = d->now;
	d->change_count = 0;
}

void fake_disk_power_on(struct fake_disk *d, uint64_t seed)
{
	struct random dice = random_from(seed);
	assert(d->open == 0);
	lose_names(d, &dice);
	for (size_t i = 0; i < d->file_count; i++)
		lose_content(d->files[i], &dice);
	fake_disk_mend(d);
}

// ---- struct disk

static struct fake_disk *fake(struct disk *disk)
{
	return (struct fake_disk *)disk;
}

static bool disk_create(struct disk *disk, const char *name, struct disk_file **out,
                        struct error *error)
{
	struct fake_disk *d = fake(disk);
	struct fake_file *found = fake_find(d, name), *made = NULL;
	if (found == NULL)
		made = fake_create(d, name);
	else
		errno = EEXIST;
	if (made == NULL)
		return error_errno(error, "cannot create '%s'", name);
	struct disk_file *file = room(NULL, sizeof *file);
	*file = (struct disk_file){ .disk = d, .file = made };
	text_copy(file->name, sizeof file->name, name);
	d->open++;
	*out = file;
	return true;
}

static bool disk_open(struct disk *disk, const char *name, struct disk_file **out,
                      struct error *error)
{
	struct fake_disk *d = fake(disk);
	struct fake_file *found = fake_find(d, name);
	if (found == NULL)
		errno = ENOENT;
	if (found == NULL || !fake_asks(d))
		return error_errno(error, "cannot open '%s'", name);
	struct disk_file *file = room(NULL, sizeof *file);
	*file = (struct disk_file){ .disk = d, .file = found };
	text_copy(file->name, sizeof file->name, name);
	d->open++;
	*out = file;
	return true;
}

static bool disk_append(struct disk_file *file, struct span bytes, struct error *error)
{
	return fake_write(file->disk, file->file, file->file->now_length, bytes) ||
	       error_errno(error, "cannot write '%s'", file->name);
}

static bool disk_read_at(struct disk_file *file, uint64_t offset, uint8_t *bytes, size_t length,
                         struct error *error)
{
	if (!fake_asks(file->disk))
		return error_errno(error, "cannot read '%s'", file->name);
	if (offset + length > file->file->now_length)
		return error_set(error, ERROR_FAILED, "'%s' ends at byte %zu", file->name,
		                 file->file->now_length);
	memcpy(bytes, file->file->now + offset, length);
	return true;
}

static bool disk_sync(struct disk_file *file, struct error *error)
{
	return fake_sync(file->disk, file->file) ||
	       error_errno(error, "cannot sync '%s'", file->name);
}

static void disk_close(struct disk_file *file)
{
	if (file == NULL)
		return;
	file->disk->open--;
	free(file);
}

static bool disk_rename(struct disk *disk, const char *from, const char *to, struct error *error)
{
	struct fake_file *file = fake_find(fake(disk), from);
	return (file != NULL && change_names(fake(disk), CHANGE_RENAME, from, to, file)) ||
	       error_errno(error, "cannot rename '%s' to '%s'", from, to);
}

static bool disk_remove(struct disk *disk, const char *name, struct error *error)
{
	return fake_find(fake(disk), name) == NULL || fake_remove(fake(disk), name) ||
	       error_errno(error, "cannot remove '%s'", name);
}

static bool disk_sync_folder(struct disk *disk, struct error *error)
{
	return fake_sync_folder(fake(disk)) || error_errno(error, "cannot sync the folder");
}

// A copy of exactly that length, so that a sanitizer sees who reads behind its end.
static bool disk_map(struct disk *disk, const char *name, struct span *out, struct error *error)
{
	const struct fake_file *file = fake_find(fake(disk), name);
	if (file == NULL || !fake_asks(fake(disk)))
		return error_errno(error, "cannot map '%s'", name);
	uint8_t *copy = malloc(file->now_length);
	if (file->now_length > 0)
		memcpy(copy, file->now, file->now_length);
	*out = (struct span){ copy, file->now_length };
	fake(disk)->open++;
	return true;
}

static void disk_unmap(struct disk *disk, struct span bytes)
{
	if (bytes.bytes == NULL)
		return;
	fake(disk)->open--;
	free((void *)(uintptr_t)bytes.bytes);
}

static void disk_release(struct disk *disk, struct span bytes)
{
	(void)disk;
	(void)bytes;
}

static bool disk_list(struct disk *disk, bool (*each)(void *context, const char *name),
                      void *context, struct error *error)
{
	struct fake_disk *d = fake(disk);
	if (!fake_asks(d))
		return error_errno(error, "cannot list the folder");
	// Callers remove what they are shown.
	const struct fake_names names = d->now;
	for (size_t i = 0; i < names.count; i++)
		if (!each(context, names.entries[i].name))
			return false;
	return true;
}

static bool disk_exists(struct disk *disk, const char *name)
{
	return fake_find(fake(disk), name) != NULL;
}

static enum disk_entry disk_look(struct disk *disk, const char *name)
{
	return disk_exists(disk, name) ? ENTRY_FILE : ENTRY_NONE;
}

static bool disk_may_write(struct disk *disk)
{
	(void)disk;
	return true;
}

static enum lock_status disk_lock(struct disk *disk, const char *name, int *out_fd,
                                  struct error *error)
{
	struct fake_disk *d = fake(disk);
	if (fake_find(d, name) == NULL && fake_create(d, name) == NULL) {
		error_errno(error, "cannot open '%s'", name);
		return LOCK_FAILED;
	}
	*out_fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
	assert(*out_fd >= 0);
	return LOCK_TAKEN;
}

static void disk_free(struct disk *disk)
{
	assert(fake(disk)->open == 0);
}

struct fake_disk *fake_disk_new(void)
{
	static const struct disk functions = {
		.create = disk_create,
		.open = disk_open,
		.append = disk_append,
		.read_at = disk_read_at,
		.sync = disk_sync,
		.close = disk_close,
		.rename = disk_rename,
		.remove = disk_remove,
		.sync_folder = disk_sync_folder,
		.map = disk_map,
		.unmap = disk_unmap,
		.release = disk_release,
		.list = disk_list,
		.exists = disk_exists,
		.look = disk_look,
		.may_write = disk_may_write,
		.lock = disk_lock,
		.free = disk_free,
	};
	struct fake_disk *d = room(NULL, sizeof *d);
	*d = (struct fake_disk){ .disk = functions };
	return d;
}

struct fake_disk *fake_disk_copy(const struct fake_disk *from)
{
	struct fake_disk *d = fake_disk_new();
	d->disk.vfs = from->disk.vfs;
	for (size_t i = 0; i < from->now.count; i++) {
		const struct fake_name *entry = &from->now.entries[i];
		struct fake_file *file = file_new(d);
		if (entry->file->now_length > 0) {
			set_length(file, entry->file->now_length);
			memcpy(file->now, entry->file->now, file->now_length);
		}
		make_safe(file);
		set_name(&d->now, entry->name, file);
	}
	d->safe = d->now;
	return d;
}

void fake_disk_free(struct fake_disk *d)
{
	if (d == NULL)
		return;
	for (size_t i = 0; i < d->file_count; i++) {
		free(d->files[i]->now);
		free(d->files[i]->safe);
		free(d->files[i]);
	}
	free(d->files);
	free(d->changes);
	free(d);
}
