// SPDX-License-Identifier: MIT
// Least privilege: what a process may still do once it reads bytes of strangers.
//
// sandbox_enter() gives up, for good, for this thread and all that it starts later:
//
//   files   (Landlock) every path but those of the rules; with a newer kernel also TCP, and
//           signals and abstract sockets to processes outside
//   calls   (seccomp) every system call but those that reading, computing and writing
//           take: no new program or process, no socket, no executable memory, no signal to others
//   privileges: capabilities, and the ways to gain some (no_new_privs)
//
// A path is looked up once, when the sandbox is entered; a rule stays with what lay there then,
// wherever it is renamed to. A path that cannot be looked up makes no rule: opening it later fails
// for the reason that it fails for now. What is open stays usable.
#pragma once

#include "base/error.h"

#include <stddef.h>
#include <stdint.h>

enum sandbox_access {
	SANDBOX_READ_FILE,       // a folder of that name may be opened too, to see that it is one
	SANDBOX_WRITE_FILE,      // it must exist
	SANDBOX_READ_FOLDER,     // all that is below it
	SANDBOX_WORK_FOLDER,     // below it: read, create, write, rename and remove files
	SANDBOX_REMOVE_FOLDERS,  // below it: remove empty folders
	SANDBOX_RUN_FOLDER,      // below it: read, and execute
};

struct sandbox_rule {
	const char *path;
	enum sandbox_access access;
};

enum sandbox_purpose {
	SANDBOX_DECODE,  // as above
	SANDBOX_RUN,     // may start programs: no filter of calls, the rest as above
};

// What is in force. What is not, the kernel cannot do (Landlock: Linux 5.13), or whoever
// started the process does not let it.
struct sandbox_state {
	bool files, calls;
};

// False: this program was built without a filter of calls, see below.
bool sandbox_filters_calls(void);

// Must be called while there is one thread. Fails, and must not be gone on from, where the
// kernel has what it takes and entering failed all the same.
//
// Root keeps the power to pass by file permissions only if a rule's path needs it.
//
// Programs built with ASan, TSan or MSan have no filter of calls, and may read /proc and run what
// is in /usr, because their runtimes do so when they report.
bool sandbox_enter(const struct sandbox_rule *rules, size_t count, enum sandbox_purpose purpose,
                   struct sandbox_state *out, struct error *error) MUST_CHECK;

// As SANDBOX_DECODE, for who asks hosts: TCP connections over IPv4 may be opened, and nothing can be
// listened on. Where the kernel can tell (Landlock of Linux 6.7) to these ports alone.
bool sandbox_enter_to_connect(const struct sandbox_rule *rules, size_t count, const uint16_t *ports,
                              size_t port_count, struct sandbox_state *out,
                              struct error *error) MUST_CHECK;
