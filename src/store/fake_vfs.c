// SPDX-License-Identifier: MIT
#include "store/fake_vfs.h"

#include "base/text.h"

#include <errno.h>
#include <sqlite3.h>
#include <string.h>

enum { REGIONS_MAX = 64, SECTOR_BYTES = 4096, PATH_MAX_BYTES = 512 };

struct vfs_file {
	sqlite3_file base;
	struct fake_file *file;
	bool needs_folder_sync;
	bool keeps_log;  // SQLITE_FCNTL_PERSIST_WAL
};

static struct fake_disk *on;
static unsigned open_files;
static uint64_t random_calls;
static void *regions[REGIONS_MAX];  // of the one database that is open

static struct vfs_file *of(sqlite3_file *file)
{
	return (struct vfs_file *)file;
}

static const char *name_in(const char *path)
{
	const char *slash = strrchr(path, '/');
	return slash == NULL ? path : slash + 1;
}

static int failure(int code)
{
	return errno == ENOSPC ? SQLITE_FULL : code;
}

static void forget_regions(void)
{
	for (size_t i = 0; i < REGIONS_MAX; i++) {
		sqlite3_free(regions[i]);
		regions[i] = NULL;
	}
}

static int file_close(sqlite3_file *file)
{
	(void)file;
	if (--open_files == 0)
		forget_regions();
	return SQLITE_OK;
}

static int file_read(sqlite3_file *file, void *to, int length, sqlite3_int64 offset)
{
	const struct fake_file *from = of(file)->file;
	if (!fake_asks(on))
		return SQLITE_IOERR_READ;
	const size_t left = (size_t)offset < from->now_length ? from->now_length - (size_t)offset
	                                                      : 0;
	const size_t count = left < (size_t)length ? left : (size_t)length;
	memset(to, 0, (size_t)length);
	if (count > 0)
		memcpy(to, from->now + offset, count);
	return count < (size_t)length ? SQLITE_IOERR_SHORT_READ : SQLITE_OK;
}

static int file_write(sqlite3_file *file, const void *from, int length, sqlite3_int64 offset)
{
	const struct span bytes = { from, (size_t)length };
	return fake_write(on, of(file)->file, (uint64_t)offset, bytes)
	               ? SQLITE_OK
	               : failure(SQLITE_IOERR_WRITE);
}

static int file_truncate(sqlite3_file *file, sqlite3_int64 length)
{
	return fake_truncate(on, of(file)->file, (uint64_t)length) ? SQLITE_OK
	                                                           : SQLITE_IOERR_TRUNCATE;
}

static int file_sync(sqlite3_file *file, int flags)
{
	(void)flags;
	if (!fake_sync(on, of(file)->file))
		return SQLITE_IOERR_FSYNC;
	if (of(file)->needs_folder_sync && !fake_sync_folder(on))
		return SQLITE_IOERR_DIR_FSYNC;
	of(file)->needs_folder_sync = false;
	return SQLITE_OK;
}

static int file_size(sqlite3_file *file, sqlite3_int64 *out)
{
	*out = (sqlite3_int64)of(file)->file->now_length;
	return SQLITE_OK;
}

static int file_lock(sqlite3_file *file, int level)
{
	(void)file;
	(void)level;
	return SQLITE_OK;
}

static int file_check_lock(sqlite3_file *file, int *out)
{
	(void)file;
	*out = 0;
	return SQLITE_OK;
}

static int file_control(sqlite3_file *file, int operation, void *argument)
{
	if (operation != SQLITE_FCNTL_PERSIST_WAL)
		return SQLITE_NOTFOUND;
	int *stays = argument;
	if (*stays >= 0)
		of(file)->keeps_log = *stays > 0;
	*stays = of(file)->keeps_log;
	return SQLITE_OK;
}

static int file_sector_size(sqlite3_file *file)
{
	(void)file;
	return SECTOR_BYTES;
}

static int file_promises(sqlite3_file *file)
{
	(void)file;
	return SQLITE_IOCAP_POWERSAFE_OVERWRITE;
}

static int shm_map(sqlite3_file *file, int region, int size, int may_extend, void volatile **out)
{
	(void)file;
	assert(region < REGIONS_MAX);
	if (regions[region] == NULL && may_extend) {
		regions[region] = sqlite3_malloc(size);
		if (regions[region] == NULL)
			return SQLITE_NOMEM;
		memset(regions[region], 0, (size_t)size);
	}
	*out = regions[region];
	return SQLITE_OK;
}

static int shm_lock(sqlite3_file *file, int offset, int count, int flags)
{
	(void)file;
	(void)offset;
	(void)count;
	(void)flags;
	return SQLITE_OK;
}

static void shm_barrier(sqlite3_file *file)
{
	(void)file;
}

static int shm_unmap(sqlite3_file *file, int remove)
{
	(void)file;
	(void)remove;
	return SQLITE_OK;
}

static const sqlite3_io_methods methods = {
	.iVersion = 2,
	.xClose = file_close,
	.xRead = file_read,
	.xWrite = file_write,
	.xTruncate = file_truncate,
	.xSync = file_sync,
	.xFileSize = file_size,
	.xLock = file_lock,
	.xUnlock = file_lock,
	.xCheckReservedLock = file_check_lock,
	.xFileControl = file_control,
	.xSectorSize = file_sector_size,
	.xDeviceCharacteristics = file_promises,
	.xShmMap = shm_map,
	.xShmLock = shm_lock,
	.xShmBarrier = shm_barrier,
	.xShmUnmap = shm_unmap,
};

static int vfs_open(sqlite3_vfs *vfs, const char *path, sqlite3_file *file, int flags,
                    int *out_flags)
{
	static const int journals = SQLITE_OPEN_MAIN_JOURNAL | SQLITE_OPEN_WAL;
	struct vfs_file *f = of(file);
	(void)vfs;
	*f = (struct vfs_file){ .needs_folder_sync = false };
	assert(path != NULL);  // no query of the catalogue is so large that it sorts in a file
	if (!fake_asks(on))
		return SQLITE_CANTOPEN;
	f->file = fake_find(on, name_in(path));
	if (f->file == NULL && (flags & SQLITE_OPEN_CREATE)) {
		f->file = fake_create(on, name_in(path));
		f->needs_folder_sync = (flags & journals) != 0;
	}
	if (f->file == NULL)
		return SQLITE_CANTOPEN;
	f->base.pMethods = &methods;
	open_files++;
	if (out_flags != NULL)
		*out_flags = flags;
	return SQLITE_OK;
}

static int vfs_delete(sqlite3_vfs *vfs, const char *path, int sync_folder)
{
	(void)vfs;
	if (fake_find(on, name_in(path)) == NULL)
		return SQLITE_IOERR_DELETE_NOENT;
	if (!fake_remove(on, name_in(path)) || (sync_folder && !fake_sync_folder(on)))
		return SQLITE_IOERR_DELETE;
	return SQLITE_OK;
}

static int vfs_access(sqlite3_vfs *vfs, const char *path, int flags, int *out)
{
	(void)vfs;
	(void)flags;
	const struct fake_file *file = fake_find(on, name_in(path));
	// As SQLite's own does: an empty file counts as none.
	*out = file != NULL && (flags != SQLITE_ACCESS_EXISTS || file->now_length > 0);
	return SQLITE_OK;
}

static int vfs_full_path(sqlite3_vfs *vfs, const char *path, int size, char *out)
{
	(void)vfs;
	text_copy(out, (size_t)size, path);
	return SQLITE_OK;
}

static int vfs_random(sqlite3_vfs *vfs, int size, char *out)
{
	struct random dice = random_from(++random_calls);
	(void)vfs;
	for (int i = 0; i < size; i++)
		out[i] = (char)random_u32(&dice);
	return size;
}

static int vfs_sleep(sqlite3_vfs *vfs, int microseconds)
{
	(void)vfs;
	return microseconds;
}

static int vfs_time(sqlite3_vfs *vfs, double *out)
{
	(void)vfs;
	*out = 2457754.5;  // 2017-01-01
	return SQLITE_OK;
}

static int vfs_last_error(sqlite3_vfs *vfs, int size, char *out)
{
	(void)vfs;
	(void)size;
	(void)out;
	return errno;
}

void fake_vfs_use(struct fake_disk *disk)
{
	static sqlite3_vfs vfs = {
		.iVersion = 1,
		.szOsFile = sizeof(struct vfs_file),
		.mxPathname = PATH_MAX_BYTES,
		.zName = "fake",
		.xOpen = vfs_open,
		.xDelete = vfs_delete,
		.xAccess = vfs_access,
		.xFullPathname = vfs_full_path,
		.xRandomness = vfs_random,
		.xSleep = vfs_sleep,
		.xCurrentTime = vfs_time,
		.xGetLastError = vfs_last_error,
	};
	assert(open_files == 0);
	sqlite3_vfs_register(&vfs, 0);
	disk->disk.vfs = "fake";
	random_calls = 0;
	on = disk;
}

unsigned fake_vfs_open_files(void)
{
	return open_files;
}
