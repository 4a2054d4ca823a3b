// SPDX-License-Identifier: MIT
#include "base/lock.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

enum lock_status lock_take(const char *path, int *out_fd, struct error *error)
{
	const int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0644);
	if (fd < 0) {
		error_errno(error, "cannot open '%s'", path);
		return LOCK_FAILED;
	}
	const bool is_locked = flock(fd, LOCK_EX | LOCK_NB) == 0;
	struct stat status;
	// Whoever held it may have removed the file: then it locks nobody out.
	if (is_locked && fstat(fd, &status) == 0 && status.st_nlink > 0) {
		*out_fd = fd;
		return LOCK_TAKEN;
	}
	const bool is_held = is_locked || errno == EWOULDBLOCK;
	if (!is_held)
		error_errno(error, "cannot lock '%s'", path);
	close(fd);
	return is_held ? LOCK_HELD_ELSEWHERE : LOCK_FAILED;
}

void lock_release(int fd)
{
	close(fd);
}
