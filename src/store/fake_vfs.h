// SPDX-License-Identifier: MIT
// For tests: SQLite on the same fake disk as the segments, so that both fail and lose
// power together. It does what SQLite's own VFS for Unix does: the same sector size
// and promises, and the folder is synced with the first sync of a journal or log.
// The memory that connections share (-shm) is no part of the disk: whoever opens
// the database first after a loss of power rebuilds it from the log.
#pragma once

#include "base/fake_disk.h"

// From now on databases of that disk are on it; one disk at a time. Names are what
// follows the last slash of a path.
void fake_vfs_use(struct fake_disk *);
// Connections that are open. Forgets the shared memory once there are none.
unsigned fake_vfs_open_files(void);
