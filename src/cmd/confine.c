// SPDX-License-Identifier: MIT
// The rules of the sandbox, from what a command was told to work on.
#include "cmd/confine.h"

#include "base/disk.h"
#include "base/memory.h"
#include "base/sandbox.h"
#include "base/text.h"
#include "capture/capture.h"
#include "cmd/helper.h"
#include "cmd/path.h"

#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { OTHER_RULES_MAX = 20, LOOK_BYTES = 64 << 20 };

// What was made before entering, to be taken back if it was for nothing.
static struct {
	char folder[PATH_SIZE];
	char folder_parent[PATH_SIZE];
	struct helper outputs[1 + CONFINE_OUTPUTS_MAX];
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

void confine_make_folder(const char *path)
{
	if (!text_copy(made.folder, sizeof made.folder, path) || mkdir(path, 0755) != 0) {
		made.folder[0] = '\0';
		return;
	}
	path_parent(path, made.folder_parent);
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

static void make_output(const char *path, struct helper *helper)
{
	if (path != NULL && !text_equal(path, "-") && disk_make_file(path) &&
	    !helper_start(helper, remove_output, path))
		unlink(path);  // and writing it will fail
}

// A file of `more_outputs`; NULL: there are not so many.
static const char *another_output(const struct confine *c, size_t number)
{
	for (size_t i = 0; c->more_outputs != NULL && c->more_outputs[i] != NULL; i++)
		if (i == number)
			return c->more_outputs[i];
	return NULL;
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
	add(rules, c->read_more, SANDBOX_READ_FILE);
	add(rules, c->read_folder, SANDBOX_READ_FOLDER);
	for (size_t i = 0; c->files != NULL && c->files[i] != NULL; i++)
		add(rules, c->files[i], SANDBOX_READ_FILE);
	add(rules, c->folder, SANDBOX_WORK_FOLDER);
	add(rules, c->output_folder, SANDBOX_WORK_FOLDER);
	add(rules, c->output, SANDBOX_WRITE_FILE);
	for (size_t i = 0; i < CONFINE_OUTPUTS_MAX; i++)
		add(rules, another_output(c, i), SANDBOX_WRITE_FILE);
	add(rules, made.folder_parent, SANDBOX_REMOVE_FOLDERS);
	if (c->temporary != NULL) {
		path_parent(c->temporary, rules->temporary_parent);
		add(rules, c->temporary, SANDBOX_WORK_FOLDER);
		add(rules, rules->temporary_parent, SANDBOX_REMOVE_FOLDERS);
	}
}

static bool is_same(const struct stat *a, const struct stat *b)
{
	return a->st_dev == b->st_dev && a->st_ino == b->st_ino;
}

static bool is_file(const char *path, const struct stat *file)
{
	struct stat status;
	return path != NULL && stat(path, &status) == 0 && is_same(&status, file);
}

// Whether a regular file that is read is an output, or lies in the folder of it.
static bool is_in_the_way(const char *input, const struct confine *c)
{
	struct stat in, out;
	char parent[PATH_SIZE];
	if (input == NULL || stat(input, &in) != 0 || !S_ISREG(in.st_mode))
		return false;
	if (is_file(c->output, &in))
		return true;
	for (size_t i = 0; i < CONFINE_OUTPUTS_MAX; i++)
		if (is_file(another_output(c, i), &in))
			return true;
	path_parent(input, parent);
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
static bool check_place(const char *folder, const char *file, struct error *error)
{
	char parent[PATH_SIZE] = "";
	const char *place = folder;
	if (file != NULL && !text_equal(file, "-")) {
		path_parent(file, parent);
		place = parent;
	}
	return place == NULL || path_kind(place) != PATH_STORE ||
	       error_set(error, ERROR_USAGE, "'%s' is a store; write the output elsewhere", place);
}

static bool check_outputs(const struct confine *c, struct error *error)
{
	if (!check_place(c->output_folder, c->output, error))
		return false;
	for (size_t i = 0; i < CONFINE_OUTPUTS_MAX; i++)
		if (!check_place(NULL, another_output(c, i), error))
			return false;
	const size_t captures = c->captures != NULL ? c->captures->count : 0;
	for (size_t i = 0; i < captures; i++)
		if (!is_apart(c->captures->words[i], c, error))
			return false;
	for (size_t i = 0; c->files != NULL && c->files[i] != NULL; i++)
		if (!is_apart(c->files[i], c, error))
			return false;
	return is_apart(c->read, c, error) && is_apart(c->read_more, c, error);
}

static size_t count_files(char *const *files)
{
	size_t count = 0;
	while (files != NULL && files[count] != NULL)
		count++;
	return count;
}

// A file stands where a store should. Whether it is a capture is asked inside, like everything of it.
static bool refuse_store(const struct confine *c, struct error *error)
{
	char *words[] = { (char *)(uintptr_t)c->folder };
	const struct option_words captures = { words, 1 };
	const struct confine alone = { .common = c->common, .captures = &captures };
	struct capture_way way = { .memory_bytes = LOOK_BYTES };
	struct capture *capture;
	if (!confine_enter(&alone, error))
		return false;
	if (!capture_open_in(&way, c->folder, &capture, error))
		return error_set(error, ERROR_FAILED,
		                 "'%s' is a file, and a store is a folder; `hotaru ingest -s STORE "
		                 "CAPTURE...` makes one",
		                 c->folder);
	capture_free(capture);
	return error_set(error, ERROR_FAILED,
	                 "'%s' is a capture, not a store: `hotaru survey %s` reads it as it is, "
	                 "`hotaru ingest -s STORE %s` makes a store of it",
	                 c->folder, c->folder, c->folder);
}

// A store where captures stand, and the other way round.
static bool check_inputs(const struct confine *c, struct error *error)
{
	const enum path_kind kind = c->folder != NULL ? path_kind(c->folder) : PATH_NOTHING;
	char parent[PATH_SIZE];
	for (size_t i = 0; c->captures != NULL && i < c->captures->count; i++)
		if (!path_is_no_store(c->captures->words[i], error))
			return false;
	if (kind == PATH_FILE)
		return refuse_store(c, error);
	if (kind != PATH_OF_STORE)
		return true;
	path_parent(c->folder, parent);
	return error_set(error, ERROR_FAILED, "'%s' is a file of a store; name its folder: -s %s",
	                 c->folder, parent);
}

bool confine_enter(const struct confine *c, struct error *error)
{
	struct sandbox_state state;
	struct rules rules = { .count = 0 };
	if (!check_inputs(c, error) || !check_outputs(c, error))
		return false;
	if (c->common->no_sandbox)
		return true;
	make_output(c->output, &made.outputs[0]);
	for (size_t i = 0; i < CONFINE_OUTPUTS_MAX; i++)
		make_output(another_output(c, i), &made.outputs[1 + i]);
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

bool confine_to_connect(const struct common_options *common, const uint16_t *ports, size_t count,
                        struct error *error)
{
	struct sandbox_state state;
	return common->no_sandbox || sandbox_enter_to_connect(NULL, 0, ports, count, &state, error);
}

void confine_leave(bool is_done)
{
	if (!is_done && made.folder[0] != '\0')
		rmdir(made.folder);  // if it is empty
	// The last first: each has the pipes of those before it open, too.
	for (size_t i = 1 + CONFINE_OUTPUTS_MAX; i-- > 0;) {
		if (is_done)
			helper_ask(&made.outputs[i], "", 1);
		helper_end(&made.outputs[i]);
	}
}
