// SPDX-License-Identifier: MIT
#include "probe/output.h"

#include "response/json_lines.h"

#include <errno.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

enum { LINES_MAX = 64 << 20, ENOUGH = 1 << 20, PIECE = 4096 };
#define SYNC_NS UINT64_C(1000000000)

static bool fail(const struct output_lines *o, struct error *error)
{
	return error_errno(error, "cannot write '%s'", o->name);
}

// Where the last line ends that has an end.
static bool find_end(const struct output_lines *o, off_t size, off_t *out, struct error *error)
{
	uint8_t piece[PIECE];
	off_t at = size;
	while (at > 0) {
		const size_t length = at < PIECE ? (size_t)at : PIECE;
		if (pread(o->fd, piece, length, at - (off_t)length) != (ssize_t)length)
			return error_errno(error, "cannot read '%s'", o->name);
		for (size_t i = length; i > 0; i--)
			if (piece[i - 1] == '\n') {
				*out = at - (off_t)length + (off_t)i;
				return true;
			}
		at -= (off_t)length;
	}
	*out = 0;
	return true;
}

bool output_lines_begin(struct output_lines *o, int fd, const char *name, struct error *error)
{
	struct output_lines new = { .name = name, .fd = fd, .lines = buffer_up_to(LINES_MAX) };
	struct stat status;
	if (flock(fd, LOCK_EX | LOCK_NB) != 0) {
		if (errno == EWOULDBLOCK)
			return error_set(error, ERROR_FAILED, "another run writes to '%s'", name);
		return error_errno(error, "cannot lock '%s'", name);
	}
	if (fstat(fd, &status) != 0 || !S_ISREG(status.st_mode))
		return error_set(
			error, ERROR_FAILED,
			"'%s' is no file: answers are kept where a run can go on from them", name);
	*o = new;
	return true;
}

bool output_lines_cut(struct output_lines *o, struct error *error)
{
	struct stat status;
	off_t end;
	if (fstat(o->fd, &status) != 0)
		return fail(o, error);
	if (!find_end(o, status.st_size, &end, error))
		return false;
	return ((end == status.st_size || ftruncate(o->fd, end) == 0) &&
	        lseek(o->fd, end, SEEK_SET) == end) ||
	       fail(o, error);
}

static bool write_all(struct output_lines *o, struct error *error)
{
	size_t done = 0;
	while (done < o->lines.length) {
		const ssize_t n = write(o->fd, o->lines.bytes + done, o->lines.length - done);
		if (n < 0 && errno != EINTR)
			return fail(o, error);
		done += n > 0 ? (size_t)n : 0;
	}
	o->is_dirty |= done > 0;
	o->lines.length = 0;
	return true;
}

bool output_lines_add(struct output_lines *o, const struct response *response, struct error *error)
{
	json_lines_write(&o->lines, response);
	if (o->lines.failed)
		return error_memory(error, "answers");
	return o->lines.length < ENOUGH || write_all(o, error);
}

bool output_lines_write(struct output_lines *o, uint64_t now_ns, struct error *error)
{
	if (!write_all(o, error))
		return false;
	if (!o->is_dirty || now_ns - o->synced_ns < SYNC_NS)
		return true;
	o->synced_ns = now_ns;
	o->is_dirty = false;
	return fdatasync(o->fd) == 0 || fail(o, error);
}

bool output_lines_end(struct output_lines *o, struct error *error)
{
	o->is_dirty = true;
	return output_lines_write(o, UINT64_MAX, error);
}

void output_lines_done(struct output_lines *o)
{
	buffer_done(&o->lines);
}
