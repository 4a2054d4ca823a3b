// SPDX-License-Identifier: MIT
#include "base/folder.h"

#include "base/memory.h"
#include "base/text.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static bool add_path(struct folder_files *files, const char *path, struct error *error)
{
	if (files->count == files->capacity) {
		const size_t capacity = 2 * files->capacity + 64;
		void *more = memory_resize(files->paths, capacity, sizeof *files->paths);
		if (more == NULL)
			return error_memory(error, "the list of files");
		files->paths = more;
		files->capacity = capacity;
	}
	files->paths[files->count] = memory_text(path);
	if (files->paths[files->count] == NULL)
		return error_memory(error, "the list of files");
	files->count++;
	return true;
}

// Folders to look into are kept in a list of the same kind, so that no depth of them costs stack.
struct walk {
	struct folder_files *files;
	struct folder_files folders;
	const char *marker;
};

static bool join(const char *folder, const char *name, char path[PATH_MAX], struct error *error)
{
	const bool ends = text_ends(folder, "/");
	return text_format(path, PATH_MAX, "%s%s%s", folder, ends ? "" : "/", name) ||
	       error_set(error, ERROR_FAILED, "the path of a file below '%.200s' is too long",
	                 folder);
}

static bool has_marker(const struct walk *w, const char *folder)
{
	char path[PATH_MAX];
	struct stat status;
	struct error ignored;
	return w->marker != NULL && join(folder, w->marker, path, &ignored) &&
	       lstat(path, &status) == 0;
}

// What is gone by now was never there.
static bool add_entry(struct walk *w, const char *folder, const char *name, struct error *error)
{
	char path[PATH_MAX];
	struct stat status;
	if (name[0] == '.')
		return true;
	if (!join(folder, name, path, error))
		return false;
	if (lstat(path, &status) != 0)
		return true;
	if (S_ISDIR(status.st_mode))
		return has_marker(w, path) || add_path(&w->folders, path, error);
	const bool is_there = !S_ISLNK(status.st_mode) || stat(path, &status) == 0;
	if (is_there && S_ISREG(status.st_mode) && status.st_size > 0)
		return add_path(w->files, path, error);
	w->files->others++;
	return true;
}

static bool look_into(struct walk *w, const char *folder, struct error *error)
{
	DIR *entries = opendir(folder);
	const struct dirent *entry;
	bool ok = true;
	if (entries == NULL)
		return error_errno(error, "cannot read '%s'", folder);
	errno = 0;
	while (ok && (entry = readdir(entries)) != NULL) {
		ok = add_entry(w, folder, entry->d_name, error);
		errno = 0;
	}
	if (ok && errno != 0)
		ok = error_errno(error, "cannot read '%s'", folder);
	closedir(entries);
	return ok;
}

static int by_bytes(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

bool folder_files_add(struct folder_files *files, const char *folder, const char *marker,
                      struct error *error)
{
	struct walk w = { .files = files, .marker = marker };
	const size_t before = files->count;
	bool ok = has_marker(&w, folder) || add_path(&w.folders, folder, error);
	while (ok && w.folders.count > 0) {
		char *next = w.folders.paths[--w.folders.count];
		ok = look_into(&w, next, error);
		memory_free(next);
	}
	folder_files_done(&w.folders);
	if (files->count > before)
		qsort(files->paths + before, files->count - before, sizeof *files->paths, by_bytes);
	return ok;
}

void folder_files_done(struct folder_files *files)
{
	for (size_t i = 0; i < files->count; i++)
		memory_free(files->paths[i]);
	memory_free(files->paths);
	*files = (struct folder_files){ .count = 0 };
}
