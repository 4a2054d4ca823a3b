// SPDX-License-Identifier: MIT
// Private to cmd/: what a path on the command line is, where something else was expected. Nothing is
// opened: what lies there is not to be trusted.
#pragma once

#include "base/error.h"

enum path_kind {
	PATH_NOTHING,  // there is nothing, or a pipe, or it cannot be seen
	PATH_FILE,
	PATH_FOLDER,
	PATH_STORE,
	PATH_OF_STORE,  // a file of a store
};
enum path_kind path_kind(const char *path);

enum { PATH_SIZE = 4096 };
// The folder that `path` lies in: "a/b/" is in "a", "a" in ".", "/a" in "/".
void path_parent(const char *path, char out[PATH_SIZE]);

// Whether a word that stands where captures do can be one: a store cannot.
bool path_is_no_store(const char *path, struct error *error) MUST_CHECK;
