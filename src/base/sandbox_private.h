// SPDX-License-Identifier: MIT
// Private to base/: the parts of the sandbox, one file each.
#pragma once

#include "base/sandbox.h"

#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer) ||                         \
	__has_feature(memory_sanitizer)
#define SANDBOX_SANITIZED 1
#endif
#endif
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define SANDBOX_SANITIZED 1
#endif
#ifndef SANDBOX_SANITIZED
#define SANDBOX_SANITIZED 0
#endif

// The ports that may be connected to; none: no socket at all.
struct sandbox_ports {
	const uint16_t *list;
	size_t count;
};

// Landlock. *out is whether it is in force. Needs no_new_privs.
bool sandbox_files(const struct sandbox_rule *rules, size_t count, struct sandbox_ports, bool *out,
                   struct error *error) MUST_CHECK;

// seccomp. *out is whether it is in force. Needs no_new_privs.
bool sandbox_calls(bool may_connect, bool *out, struct error *error) MUST_CHECK;
