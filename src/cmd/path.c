// SPDX-License-Identifier: MIT
#include "cmd/path.h"

#include "base/text.h"

#include <string.h>
#include <sys/stat.h>

static bool is_store(const char *folder)
{
	char path[PATH_SIZE];
	struct stat status;
	return text_format(path, sizeof path, "%s/catalog.sqlite", folder) &&
	       stat(path, &status) == 0;
}

void path_parent(const char *path, char out[PATH_SIZE])
{
	size_t length = strlen(path);
	while (length > 1 && path[length - 1] == '/')
		length--;
	while (length > 0 && path[length - 1] != '/')
		length--;
	while (length > 1 && path[length - 1] == '/')
		length--;
	if (!text_format(out, PATH_SIZE, "%.*s", (int)length, path) || length == 0)
		text_copy(out, PATH_SIZE, ".");
}

// Whether hotaru gave it its name (doc/store.md).
static bool is_of_store(const char *path)
{
	char parent[PATH_SIZE];
	const char *slash = strrchr(path, '/'), *name = slash != NULL ? slash + 1 : path;
	path_parent(path, parent);
	return (text_starts(name, "catalog.sqlite") || text_ends(name, ".segment") ||
	        text_ends(name, ".database")) &&
	       is_store(parent);
}

enum path_kind path_kind(const char *path)
{
	struct stat status;
	if (stat(path, &status) != 0)
		return PATH_NOTHING;
	if (S_ISDIR(status.st_mode))
		return is_store(path) ? PATH_STORE : PATH_FOLDER;
	if (!S_ISREG(status.st_mode))
		return PATH_NOTHING;
	return is_of_store(path) ? PATH_OF_STORE : PATH_FILE;
}

bool path_is_no_store(const char *path, struct error *error)
{
	char parent[PATH_SIZE];
	switch (path_kind(path)) {
	case PATH_STORE:
		return error_set(error, ERROR_FAILED,
		                 "'%s' is a store, not a capture; name it with -s, as in `hotaru "
		                 "survey -s %s`",
		                 path, path);
	case PATH_OF_STORE:
		path_parent(path, parent);
		return error_set(error, ERROR_FAILED,
		                 "'%s' is a file of a store, not a capture; name its folder with "
		                 "-s, as in `hotaru survey -s %s`",
		                 path, parent);
	case PATH_NOTHING:
	case PATH_FILE:
	case PATH_FOLDER: break;
	}
	return true;
}
