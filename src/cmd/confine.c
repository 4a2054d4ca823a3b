// SPDX-License-Identifier: MIT
// The rules of the sandbox, from what a command was told to work on.
#include "cmd/confine.h"

#include "base/disk.h"
#include "base/memory.h"
#include "base/sandbox.h"
#include "base/text.h"
#include "cmd/helper.h"

#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PATH_SIZE = 4096, OTHER_RULES_MAX = 16 };

// What was made before entering, to be taken back if it was for nothing.
static struct {
	char folder[PATH_SIZE];
	char folder_parent[PATH_SIZE];
	struct helper output;
} made;

// What libraries read by themselves: zones, names of services and protocols in
// filter expressions, and SQLite's random numbers.
static const struct sandbox_rule of_libraries[] = {
	{ "/usr/share/zoneinfo", SANDBOX_READ_FOLDER }, { "/etc/nsswitch.conf", SANDBOX_READ_FILE },
	{ "/etc/services", SANDBOX_READ_FILE },         { "/etc/protocols", SANDBOX_READ_FILE },
	{ "/dev/urandom", SANDBOX_READ_FILE },
};

struct rules {
	struct sandbox_rule *list;
	size_t count;
	char temporary_parent[PATH_SIZE];
};

static void add(struct rules *rules, const char *path, enum sandbox_access access)
{
	if (path != NULL && path[0] != '\0' && !text_equal(path, "-"))
		rules->list[rules->count++] = (struct sandbox_rule){ path, access };
}

// The folder that `path` lies in: "a/b/" is in "a", "a" in ".", "/a" in "/".
static void parent_of(const char *path, char out[PATH_SIZE])
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

void confine_make_folder(const char *path)
{
	if (!text_copy(made.folder, sizeof made.folder, path) || mkdir(path, 0755) != 0) {
		made.folder[0] = '\0';
		return;
	}
	parent_of(path, made.folder_parent);
}

// An output that was made and never filled is removed by a process that stayed outside: inside,
// nothing may be removed where the output lies.
static void remove_output(const void *path, int requests)
{
	struct stat status;
	char is_done;
	if (helper_next(requests, &is_done, 1))
		return;
	if (stat(path, &status) == 0 && S_ISREG(status.st_mode) && status.st_size == 0)
		unlink(path);
}

static void make_output(const char *path)
{
	if (path != NULL && !text_equal(path, "-") && disk_make_file(path) &&
	    !helper_start(&made.output, remove_output, path))
		unlink(path);  // and writing it will fail
}

static void warn_of_missing(const struct sandbox_state *state)
{
	char line[256];
	const bool has_calls = state->calls || !sandbox_filters_calls();
	if (state->files && has_calls)
		return;
	text_format(line, sizeof line, "without %s from the kernel, input is decoded %s%s",
	            state->files ? "seccomp"
	            : has_calls  ? "Landlock (Linux 5.13, lsm=landlock)"
	                         : "Landlock (Linux 5.13, lsm=landlock) and seccomp",
	            state->files || has_calls ? "in half a sandbox" : "without a sandbox",
	            geteuid() == 0 ? "; do not do that as root" : "");
	command_warn(line);
}

static void collect(const struct confine *c, struct rules *rules)
{
	for (size_t i = 0; i < sizeof of_libraries / sizeof *of_libraries; i++)
		rules->list[rules->count++] = of_libraries[i];
	for (size_t i = 0; c->captures != NULL && i < c->captures->count; i++)
		add(rules, c->captures->words[i], SANDBOX_READ_FILE);
	add(rules, c->read, SANDBOX_READ_FILE);
	for (size_t i = 0; c->files != NULL && c->files[i] != NULL; i++)
		add(rules, c->files[i], SANDBOX_READ_FILE);
	add(rules, c->folder, SANDBOX_WORK_FOLDER);
	add(rules, c->output_folder, SANDBOX_WORK_FOLDER);
	add(rules, c->output, SANDBOX_WRITE_FILE);
	add(rules, made.folder_parent, SANDBOX_REMOVE_FOLDERS);
	if (c->temporary != NULL) {
		parent_of(c->temporary, rules->temporary_parent);
		add(rules, c->temporary, SANDBOX_WORK_FOLDER);
		add(rules, rules->temporary_parent, SANDBOX_REMOVE_FOLDERS);
	}
}

static bool is_same(const struct stat *a, const struct stat *b)
{
	return a->st_dev == b->st_dev && a->st_ino == b->st_ino;
}

static bool is_store(const char *folder)
{
	char path[PATH_SIZE];
	struct stat status;
	return text_format(path, sizeof path, "%s/catalog.sqlite", folder) &&
	       stat(path, &status) == 0;
}

// Whether a regular file that is read is the output, or lies in the folder of it.
static bool is_in_the_way(const char *input, const struct confine *c)
{
	struct stat in, out;
	char parent[PATH_SIZE];
	if (input == NULL || stat(input, &in) != 0 || !S_ISREG(in.st_mode))
		return false;
	if (c->output != NULL && stat(c->output, &out) == 0 && is_same(&in, &out))
		return true;
	parent_of(input, parent);
	return c->output_folder != NULL && stat(parent, &in) == 0 &&
	       stat(c->output_folder, &out) == 0 && is_same(&in, &out);
}

static bool is_apart(const char *input, const struct confine *c, struct error *error)
{
	return !is_in_the_way(input, c) ||
	       error_set(error, ERROR_USAGE,
	                 "'%s' is an input of this command; write the output elsewhere", input);
}

// A slip in the command line must not write over what is to be read, or into a store.
static bool check_outputs(const struct confine *c, struct error *error)
{
	char parent[PATH_SIZE] = "";
	const char *place = c->output_folder;
	if (c->output != NULL && !text_equal(c->output, "-")) {
		parent_of(c->output, parent);
		place = parent;
	}
	if (place != NULL && is_store(place))
		return error_set(error, ERROR_USAGE, "'%s' is a store; write the output elsewhere",
		                 place);
	const size_t captures = c->captures != NULL ? c->captures->count : 0;
	for (size_t i = 0; i < captures; i++)
		if (!is_apart(c->captures->words[i], c, error))
			return false;
	for (size_t i = 0; c->files != NULL && c->files[i] != NULL; i++)
		if (!is_apart(c->files[i], c, error))
			return false;
	return is_apart(c->read, c, error);
}

static size_t count_files(char *const *files)
{
	size_t count = 0;
	while (files != NULL && files[count] != NULL)
		count++;
	return count;
}

bool confine_enter(const struct confine *c, struct error *error)
{
	struct sandbox_state state;
	struct rules rules = { .count = 0 };
	if (!check_outputs(c, error))
		return false;
	if (c->common->no_sandbox)
		return true;
	make_output(c->output);
	const size_t captures = c->captures != NULL ? c->captures->count : 0;
	const size_t inputs = captures + count_files(c->files);
	rules.list = memory_new(inputs + OTHER_RULES_MAX, sizeof *rules.list);
	if (rules.list == NULL)
		return error_memory(error, "the sandbox");
	collect(c, &rules);
	const bool ok = sandbox_enter(rules.list, rules.count, SANDBOX_DECODE, &state, error);
	memory_free(rules.list);
	if (ok && !c->common->quiet)
		warn_of_missing(&state);
	return ok;
}

void confine_leave(bool is_done)
{
	if (is_done)
		helper_ask(&made.output, "", 1);
	else if (made.folder[0] != '\0')
		rmdir(made.folder);  // if it is empty
	helper_end(&made.output);
}
