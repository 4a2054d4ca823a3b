// SPDX-License-Identifier: MIT
// The file of answers: hotaru's own JSON Lines (response/json_lines.h), appended in whole lines. It is also
// what a run that was broken off goes on from: a connection is done when its line is there.
//
// Lines are written with one write(2) a turn of the loop, and synced (fdatasync) once a second and at the
// end: a process that is killed loses the connections that were open, a machine that loses power those
// of the last second too. They are asked again; a line that was torn is cut off.
#pragma once

#include "base/buffer.h"
#include "base/error.h"
#include "response/response.h"

struct output_lines {
	const char *name;  // for messages
	int fd;
	struct buffer lines;
	uint64_t synced_ns;
	bool is_dirty;
};

// The file is open for reading and appending. Takes the lock on it, which ends with the process. Nothing
// is changed yet: it may turn out to be another file than was meant.
bool output_lines_begin(struct output_lines *, int fd, const char *name,
                        struct error *error) MUST_CHECK;
// Before the first is added: cuts off a last line without an end.
bool output_lines_cut(struct output_lines *, struct error *error) MUST_CHECK;
bool output_lines_add(struct output_lines *, const struct response *,
                      struct error *error) MUST_CHECK;
// Writes what was added.
bool output_lines_write(struct output_lines *, uint64_t now_ns, struct error *error) MUST_CHECK;
// Writes, and syncs. The descriptor stays the caller's.
bool output_lines_end(struct output_lines *, struct error *error) MUST_CHECK;
void output_lines_done(struct output_lines *);
