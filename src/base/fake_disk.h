// SPDX-License-Identifier: MIT
// For tests: a disk in memory that fails, fills up, or loses power at a chosen call.
//
// Of every file it keeps two contents: what was written, and what is durable, which
// is what was there at the last sync. Of the names likewise: what was created, renamed and
// removed since the folder was synced may be undone. Losing power ends the disk: the call
// under way and all later ones fail. fake_disk_power_on() then decides, by seed,
// what of the rest survived:
//
//   names     none of the changes, all, the first few, or each by itself
//   content   the old, the new, or torn: each sector of 512 bytes the old or the new
//             one, and the length the old, the new, or any between; what nobody
//             wrote reads as zeros. A file that was cut to nothing is so or as it was: SQLite
//             counts on that
//
// That is more than ext4 or XFS lose, and nearly all that POSIX allows. It is not safe for threads.
#pragma once

#include "base/disk.h"
#include "base/random.h"

enum fake_fault {
	FAKE_NONE,
	FAKE_POWER,     // counted: calls that change something. Power is lost in that call
	FAKE_ONCE,      // counted: all calls. That one fails with EIO, and does nothing
	FAKE_FOR_EVER,  // that one and all after it
	FAKE_SHORT,     // counted: writes. That one writes the half and fails with EIO
	FAKE_FULL,      // counted: writes that make a file longer. That one writes the half and
			// fails with ENOSPC, the later ones write nothing and fail
};

enum { FAKE_NAME_SIZE = 64, FAKE_NAMES_MAX = 64 };

struct fake_file {
	uint8_t *now, *safe;  // as written; as of the last sync
	size_t now_length, safe_length, capacity;
	bool is_dirty;
};

struct fake_name {
	char name[FAKE_NAME_SIZE];
	struct fake_file *file;
};

struct fake_names {
	struct fake_name entries[FAKE_NAMES_MAX];
	size_t count;
};

struct fake_change;

struct fake_disk {
	struct disk disk;  // disk.free only checks that everything was closed
	enum fake_fault fault;
	unsigned fault_at;  // the number of the call, from 1
	// Power is lost too, that many changes after the fault; 0: not.
	unsigned power_after;

	unsigned calls;  // counted since the fault was set
	bool has_fired, is_off;
	unsigned open;  // files and maps that were not closed

	// Private.
	struct fake_names now, safe;
	struct fake_change *changes;  // of names, since the folder was synced
	size_t change_count, change_capacity;
	struct fake_file **files;
	size_t file_count;
};

struct fake_disk *fake_disk_new(void);
struct fake_disk *fake_disk_copy(const struct fake_disk *);  // what is written there now
void fake_disk_free(struct fake_disk *);

void fake_disk_fail(struct fake_disk *, enum fake_fault, unsigned at);
// Everything works again. After a loss of power, or to have one now, at no call.
void fake_disk_mend(struct fake_disk *);
void fake_disk_power_on(struct fake_disk *, uint64_t seed);

// What struct disk and a VFS have in common. Those that can fail set errno.
struct fake_file *fake_find(struct fake_disk *, const char *name);
bool fake_asks(struct fake_disk *);  // whether a call that only reads works
struct fake_file *fake_create(struct fake_disk *, const char *name);
bool fake_write(struct fake_disk *, struct fake_file *, uint64_t offset, struct span bytes);
bool fake_truncate(struct fake_disk *, struct fake_file *, uint64_t length);
bool fake_sync(struct fake_disk *, struct fake_file *);
bool fake_sync_folder(struct fake_disk *);
bool fake_remove(struct fake_disk *, const char *name);
