// SPDX-License-Identifier: MIT
// Everything that hotaru asks of a disk for its own files, so that a test can be the disk.
//
// A disk is one folder. Names are plain file names in it. disk_real_open() is
// the operating system, base/fake_disk.h one in memory that fails and loses power
// on demand. Every function that can fail returns false and fills the error with
// what, where and why.
//
// The one thing that does not come through here is SQLite, which has a table of
// functions of its own, a VFS. On the real disk it is SQLite's for Unix; a disk that is
// not real names its own, so that database and segments lose power together.
#pragma once

#include "base/cursor.h"
#include "base/error.h"
#include "base/lock.h"

struct disk_file;

enum disk_entry { ENTRY_NONE, ENTRY_FILE, ENTRY_FOLDER, ENTRY_OTHER };
extern const char *const disk_entry_names[];  // "a folder", "a pipe or a device"

struct disk {
	// A new empty file, for writing and reading back; it must not exist.
	bool (*create)(struct disk *, const char *name, struct disk_file **out, struct error *);
	// A file that is there, for reading.
	bool (*open)(struct disk *, const char *name, struct disk_file **out, struct error *);
	bool (*append)(struct disk_file *, struct span bytes, struct error *);
	// Fills `bytes` from `offset`; fewer bytes than asked for is a failure.
	bool (*read_at)(struct disk_file *, uint64_t offset, uint8_t *bytes, size_t length,
	                struct error *);
	// Content is durable afterwards.
	bool (*sync)(struct disk_file *, struct error *);
	void (*close)(struct disk_file *);  // accepts NULL

	bool (*rename)(struct disk *, const char *from, const char *to, struct error *);
	bool (*remove)(struct disk *, const char *name, struct error *);
	// Names are durable afterwards.
	bool (*sync_folder)(struct disk *, struct error *);

	// The bytes of a file, read-only, until unmap. An empty file maps to an empty span. Fails for what is no
	// file: a folder, a pipe.
	bool (*map)(struct disk *, const char *name, struct span *out, struct error *);
	void (*unmap)(struct disk *, struct span);
	// Bytes of a map that are not wanted for a while: they may leave memory, and come back
	// when they are looked at. Whole pages go, with what else of the file lies in them.
	void (*release)(struct disk *, struct span);

	// Calls `each` for every name in the folder; stops at the first false.
	bool (*list)(struct disk *, bool (*each)(void *context, const char *name), void *context,
	             struct error *);
	bool (*exists)(struct disk *, const char *name);
	// What has that name. Looking never waits, as opening a pipe would.
	enum disk_entry (*look)(struct disk *, const char *name);
	// Whether new files could be made in the folder.
	bool (*may_write)(struct disk *);
	// As lock_take(), released by lock_release().
	enum lock_status (*lock)(struct disk *, const char *name, int *out_fd, struct error *);
	void (*free)(struct disk *);

	const char *vfs;  // SQLite's VFS for databases in this folder; NULL: SQLite's default
};

// Opens a folder of the real disk; `create` makes it, durably, if it is not there.
// The caller frees it with disk->free.
bool disk_real_open(const char *folder, bool create, struct disk **out,
                    struct error *error) MUST_CHECK;

// The bytes of any file, read-only, until disk_unmap_file(); an empty file maps to an empty
// span. Fails for what is no file on a disk: a folder, a pipe.
bool disk_map_file(const char *path, struct span *out, struct error *error) MUST_CHECK;
void disk_unmap_file(struct span);

// Makes an empty file. False: it is there already, or cannot be made.
bool disk_make_file(const char *path);

// A new folder "hotaru-XXXXXX" below $TMPDIR, else /tmp, readable by the user
// alone. Its path goes to `path`.
bool disk_temporary(char *path, size_t size, struct error *error) MUST_CHECK;

// Removes the folder and the files in it (no folders below it).
void disk_remove_folder(const char *path);
