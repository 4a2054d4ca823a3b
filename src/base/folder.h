// SPDX-License-Identifier: MIT
// The files in a folder of the user's, and in the folders below it.
#pragma once

#include "base/error.h"

#include <stddef.h>

struct folder_files {
	char **paths;  // "FOLDER/a/b", ascending as strings of bytes
	size_t count, capacity;
	size_t others;  // left out: empty files, pipes, devices, and what symbolic links lead to but files
};

// Adds the regular files below a folder, in its folders too, that are not empty; symbolic links count as what
// they lead to if that is a file, and no folder is entered through one, so that nothing comes in circles. What
// begins with a dot is not there. A folder in which there is a file called `marker` is left out, with all
// that is in it; NULL: none is. In case of failure what was added stays. The caller calls folder_files_done().
bool folder_files_add(struct folder_files *, const char *folder, const char *marker,
                      struct error *error) MUST_CHECK;
void folder_files_done(struct folder_files *);
