// SPDX-License-Identifier: MIT
#include "capture/input.h"

#include "base/interrupt.h"
#include "base/memory.h"
#include "base/text.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PAGE = 4096, PEEK_MILLISECONDS = 50 };

// A path too long for one line of text keeps its end, which tells files apart.
static void name_input(struct input *input, const char *path)
{
	if (text_equal(path, "-"))
		text_copy(input->name, sizeof input->name, "standard input");
	else if (!text_format(input->name, sizeof input->name, "'%s'", path)) {
		const char *end = path;
		while (*end != '\0')
			end++;
		text_format(input->name, sizeof input->name, "'...%s'",
		            end - (sizeof input->name - sizeof "'...'"));
	}
}

static bool open_file(struct input *input, const char *path, struct error *error)
{
	// Standard input is duplicated, so that every input closes what is its own.
	input->fd = text_equal(path, "-") ? fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3)
	                                  : open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	struct stat about;
	// A shell hands on a pattern that nothing matches.
	if (input->fd < 0 && errno == ENOENT && strpbrk(path, "*?[") != NULL)
		return error_set(error, ERROR_FAILED,
		                 "no file matches %s; a folder can stand for all captures in it",
		                 input->name);
	if (input->fd < 0 || fstat(input->fd, &about) != 0)
		return error_errno(error, "cannot read %s", input->name);
	if (S_ISDIR(about.st_mode))
		return error_set(error, ERROR_FAILED, "%s is a folder; name the captures in it",
		                 input->name);
	if (S_ISREG(about.st_mode) && about.st_size > 0)
		input->bytes_total = (uint64_t)about.st_size;
	(void)posix_fadvise(input->fd, 0, 0, POSIX_FADV_SEQUENTIAL);  // no more than a hint
	return true;
}

// A file is always ready; a pipe may keep its reader waiting for ever.
static bool wait_until_ready(struct input *input)
{
	if (input->bytes_total != 0)
		return true;
	if (input->is_unwanted == NULL)
		return interrupt_wait(input->fd);
	while (!atomic_load(input->is_unwanted) && !interrupt_requested())
		if (interrupt_peek(input->fd, PEEK_MILLISECONDS))
			return true;
	return false;
}

// What one read() gives; 0 at the end, or with `failure` set.
static size_t read_some(struct input *input, uint8_t *to, size_t size)
{
	ssize_t got;
	if (!wait_until_ready(input)) {
		error_set(&input->failure, ERROR_FAILED, "interrupted while reading %s",
		          input->name);
		input->is_over = true;
		return 0;
	}
	do {
		got = read(input->fd, to, size);
	} while (got < 0 && errno == EINTR);
	if (got < 0)
		error_errno(&input->failure, "cannot read %s", input->name);
	if (got <= 0) {
		input->is_over = true;
		return 0;
	}
	input->bytes_read += (uint64_t)got;
	return (size_t)got;
}

static bool fill_block(struct input *input, size_t size)
{
	size_t length = 0;
	while (length < size && !input->is_over)
		length += read_some(input, input->block + length, size - length);
	input->unread = cursor_over((struct span){ .bytes = input->block, .length = length });
	return length > 0;
}

bool input_open(struct input *input, const char *path, struct error *error)
{
	*input = (struct input){ .fd = -1 };
	name_input(input, path);
	if (!open_file(input, path, error))
		return false;
	// At a page, for the reason that stream.h gives.
	input->memory = memory_room(INPUT_BLOCK + PAGE);
	if (input->memory == NULL)
		return error_memory(error, "reading a capture");
	input->block = (uint8_t *)(((uintptr_t)input->memory + PAGE - 1) / PAGE * PAGE);
	if (fill_block(input, INPUT_HEAD))
		return true;
	if (input->failure.kind != ERROR_NONE) {
		*error = input->failure;
		return false;
	}
	return error_set(error, ERROR_FAILED, "%s is empty", input->name);
}

void input_done(struct input *input)
{
	if (input->fd >= 0)
		close(input->fd);
	input->fd = -1;
	memory_free(input->memory);
	input->memory = NULL;
}

bool input_fill(struct input *input)
{
	return fill_block(input, INPUT_BLOCK);
}

void input_out_of_memory(struct input *input)
{
	error_memory(&input->failure, "decompressing a capture");
	input->is_over = true;
}

size_t input_read(struct input *input, uint8_t *to, size_t size)
{
	const size_t left = cursor_left(&input->unread);
	if (left == 0)
		return input->is_over ? 0 : read_some(input, to, size);
	const struct span taken = cursor_take(&input->unread, left < size ? left : size);
	memcpy(to, taken.bytes, taken.length);
	return taken.length;
}
