// SPDX-License-Identifier: MIT
// Children enter the sandbox and try what an intruder would, and what hotaru has to.
#include "base/sandbox.h"

#include "base/calendar.h"
#include "base/disk.h"
#include "base/memory.h"
#include "base/pool.h"
#include "base/test.h"
#include "base/text.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <seccomp.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

// ---- a folder to play in

enum { PLACE_SIZE = 256, PATH_SIZE = PLACE_SIZE + 32 };

struct place {
	char folder[PLACE_SIZE];
	char read[PATH_SIZE], write[PATH_SIZE], secret[PATH_SIZE], work[PATH_SIZE],
		holder[PATH_SIZE];
};
static struct place here;

static void path_in(const char *folder, const char *name, char out[PATH_SIZE])
{
	CHECK(text_format(out, PATH_SIZE, "%s/%s", folder, name));
}

static void make_file(const char *path)
{
	FILE *file = fopen(path, "w");
	CHECK(file != NULL);
	if (file != NULL) {
		fputs("text", file);
		fclose(file);
	}
}

// read, write, secret: files. work: a folder with a file and a link to the secret. holder: with an
// empty folder.
static void set_up(void)
{
	struct error error;
	char path[PATH_SIZE];
	CHECK(disk_temporary(here.folder, sizeof here.folder, &error));
	path_in(here.folder, "read", here.read);
	path_in(here.folder, "write", here.write);
	path_in(here.folder, "secret", here.secret);
	path_in(here.folder, "work", here.work);
	path_in(here.folder, "holder", here.holder);
	make_file(here.read);
	make_file(here.write);
	make_file(here.secret);
	CHECK(mkdir(here.work, 0755) == 0 && mkdir(here.holder, 0755) == 0);
	path_in(here.work, "file", path);
	make_file(path);
	path_in(here.work, "link", path);
	CHECK(symlink(here.secret, path) == 0);
	path_in(here.holder, "empty", path);
	CHECK(mkdir(path, 0755) == 0);
}

static void tear_down(void)
{
	char path[PATH_SIZE];
	path_in(here.holder, "empty", path);
	rmdir(path);
	disk_remove_folder(here.work);
	disk_remove_folder(here.holder);
	disk_remove_folder(here.folder);
}

static bool enter(enum sandbox_purpose purpose, struct sandbox_state *state)
{
	const struct sandbox_rule rules[] = {
		{ here.read, SANDBOX_READ_FILE },
		{ here.write, SANDBOX_WRITE_FILE },
		{ here.work, SANDBOX_WORK_FOLDER },
		{ here.holder, SANDBOX_REMOVE_FOLDERS },
		{ "/usr/share/zoneinfo", SANDBOX_READ_FOLDER },
		{ "/nowhere/at/all", SANDBOX_READ_FILE },
	};
	const struct sandbox_rule running[] = { { "/", SANDBOX_RUN_FOLDER } };
	struct error error;
	return purpose == SANDBOX_RUN
	               ? sandbox_enter(running, 1, purpose, state, &error)
	               : sandbox_enter(rules, sizeof rules / sizeof *rules, purpose, state, &error);
}

// How a child ends that enters the sandbox and then does `act`: its exit code, 100 if it
// could not enter, or 1000 and the signal that it died of.
static int try_inside(enum sandbox_purpose purpose, int (*act)(const void *), const void *context)
{
	int status = 0;
	fflush(stdout);
	const pid_t child = fork();
	if (child == 0) {
		struct sandbox_state state;
		_exit(enter(purpose, &state) ? act(context) : 100);
	}
	CHECK(child > 0 && waitpid(child, &status, 0) == child);
	return WIFSIGNALED(status) ? 1000 + WTERMSIG(status) : WEXITSTATUS(status);
}

static bool has_landlock(void)
{
	return syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION) > 0;
}

// ---- files

struct attempt {
	const char *what;
	int (*act)(const char *path);  // 0, or errno
	const char *path;
	bool works;
};

static int opens(const char *path, int flags)
{
	const int fd = open(path, flags | O_CLOEXEC, 0644);
	if (fd < 0)
		return errno;
	close(fd);
	return 0;
}

static int reads(const char *path)
{
	return opens(path, O_RDONLY);
}

static int writes(const char *path)
{
	return opens(path, O_WRONLY);
}

static int empties(const char *path)
{
	return opens(path, O_WRONLY | O_TRUNC);
}

static int creates(const char *path)
{
	return opens(path, O_WRONLY | O_CREAT | O_EXCL);
}

static int removes(const char *path)
{
	return unlink(path) == 0 ? 0 : errno;
}

static int removes_folder(const char *path)
{
	return rmdir(path) == 0 ? 0 : errno;
}

static int makes_folder(const char *path)
{
	return mkdir(path, 0755) == 0 ? 0 : errno;
}

static int renames_back_and_forth(const char *path)
{
	char other[PATH_SIZE + 8];
	text_format(other, sizeof other, "%s.new", path);
	return rename(path, other) == 0 && rename(other, path) == 0 ? 0 : errno;
}

static int moves_out(const char *path)
{
	char other[PATH_SIZE];
	text_format(other, sizeof other, "%s/moved", here.folder);
	return rename(path, other) == 0 ? 0 : errno;
}

static int act_attempt(const void *context)
{
	const struct attempt *a = context;
	return a->act(a->path);
}

TEST(files_are_those_of_the_rules)
{
	if (!has_landlock())
		SKIP("this kernel has no Landlock");
	set_up();
	char inside[PATH_SIZE], link[PATH_SIZE], new[PATH_SIZE], beside[PATH_SIZE],
		empty[PATH_SIZE], below[PATH_SIZE];
	path_in(here.work, "file", inside);
	path_in(here.work, "link", link);
	path_in(here.work, "new", new);
	path_in(here.work, "below", below);
	path_in(here.folder, "beside", beside);
	path_in(here.holder, "empty", empty);
	const struct attempt attempts[] = {
		{ "read what is to be read", reads, here.read, true },
		{ "write what is to be read", writes, here.read, false },
		{ "empty what is to be read", empties, here.read, false },
		{ "remove what is to be read", removes, here.read, false },
		{ "write an output", writes, here.write, true },
		{ "empty an output", empties, here.write, true },
		{ "read an output", reads, here.write, false },
		{ "read a file beside them", reads, here.secret, false },
		{ "create a file beside them", creates, beside, false },
		{ "list the folder above", reads, here.folder, false },
		{ "read /etc/passwd", reads, "/etc/passwd", false },
		// A sanitizer may.
		{ "read /proc/self/maps", reads, "/proc/self/maps", !sandbox_filters_calls() },
		{ "list /", reads, "/", false },
		{ "read in the working folder", reads, inside, true },
		{ "write in the working folder", empties, inside, true },
		{ "list the working folder", reads, here.work, true },
		{ "rename in the working folder", renames_back_and_forth, inside, true },
		{ "create in the working folder", creates, new, true },
		{ "remove in the working folder", removes, new, true },
		{ "make a folder there", makes_folder, below, false },
		{ "follow a link out of it", reads, link, false },
		{ "move a file out of it", moves_out, inside, false },
		{ "remove the working folder", removes_folder, here.work, false },
		{ "create where folders may go", creates, below, false },
		{ "remove an empty folder", removes_folder, empty, true },
		{ "read a zone", reads, "/usr/share/zoneinfo/Asia/Tokyo", true },
		{ "see that a file is missing", reads, "/nowhere/at/all", false },
	};
	path_in(here.holder, "new", below);
	for (size_t i = 0; i < sizeof attempts / sizeof *attempts; i++) {
		const struct attempt *a = &attempts[i];
		const int code = try_inside(SANDBOX_DECODE, act_attempt, a);
		const bool is_right = a->works ? code == 0
		                               : code == EACCES || code == EXDEV || code == ENOENT;
		if (!is_right)
			printf("%s: %d\n", a->what, code);
		CHECK(is_right);
	}
	tear_down();
}

// ---- calls

struct call {
	const char *name;
	long number;
	long a, b, c;
	int error;  // 0: the process dies of SIGSYS
};

static int act_call(const void *context)
{
	const struct call *c = context;
	// 99: it worked.
	return syscall(c->number, c->a, c->b, c->c, 0L, 0L, 0L) >= 0 ? 99 : errno;
}

TEST(calls_of_intruders_are_deadly_and_unknown_ones_are_not_there)
{
	if (!sandbox_filters_calls())
		SKIP("programs under a sanitizer have no filter of calls");
	set_up();
	void *page = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	char *const words[] = { "/bin/true", NULL };
	const struct call calls[] = {
		{ "execve", SYS_execve, (long)words[0], (long)words, 0, 0 },
		{ "execveat", SYS_execveat, AT_FDCWD, (long)words[0], (long)words, 0 },
		{ "fork", SYS_clone, SIGCHLD, 0, 0, 0 },
		{ "a process that shares memory", SYS_clone, CLONE_VM | SIGCHLD, 0, 0, 0 },
		{ "clone3", SYS_clone3, 0, 0, 0, ENOSYS },
		{ "socket", SYS_socket, 2, 1, 0, EACCES },
		{ "connect", SYS_connect, 0, 0, 0, 0 },
		{ "bind", SYS_bind, 0, 0, 0, 0 },
		{ "socketpair", SYS_socketpair, 1, 1, 0, 0 },
		{ "ptrace", SYS_ptrace, 0, 0, 0, 0 },
		{ "process_vm_readv", SYS_process_vm_readv, getpid(), 0, 0, 0 },
		{ "kill another", SYS_kill, getpid(), 0, 0, 0 },
		{ "tgkill another", SYS_tgkill, getpid(), getpid(), 0, 0 },
		{ "mprotect executable", SYS_mprotect, (long)page, 4096, PROT_READ | PROT_EXEC, 0 },
		{ "mmap executable", SYS_mmap, 0, 4096, PROT_READ | PROT_EXEC, EACCES },
		{ "empty by reading", SYS_openat, AT_FDCWD, (long)here.read, O_RDONLY | O_TRUNC,
		  0 },
		{ "truncate", SYS_truncate, (long)here.work, 0, 0, ENOSYS },
		{ "io_uring_setup", SYS_io_uring_setup, 1, 0, 0, 0 },
		{ "bpf", SYS_bpf, 0, 0, 0, 0 },
		{ "perf_event_open", SYS_perf_event_open, 0, 0, 0, 0 },
		{ "userfaultfd", SYS_userfaultfd, 1, 0, 0, 0 },
		{ "personality", SYS_personality, 0xffffffff, 0, 0, 0 },
		{ "mount", SYS_mount, 0, 0, 0, 0 },
		{ "unshare", SYS_unshare, 0, 0, 0, 0 },
		{ "setns", SYS_setns, 0, 0, 0, 0 },
		{ "chroot", SYS_chroot, 0, 0, 0, 0 },
		{ "setuid", SYS_setuid, getuid(), 0, 0, 0 },
		{ "memfd_create", SYS_memfd_create, (long)"x", 0, 0, 0 },
		{ "open_by_handle_at", SYS_open_by_handle_at, 0, 0, 0, 0 },
		{ "add_key", SYS_add_key, 0, 0, 0, 0 },
		{ "fcntl F_SETOWN", SYS_fcntl, 0, F_SETOWN, getpid(), ENOSYS },
		{ "ioctl TIOCSTI", SYS_ioctl, 0, TIOCSTI, (long)"x", ENOSYS },
		{ "a second look at limits", SYS_prlimit64, 0, RLIMIT_CORE, (long)page, ENOSYS },
		{ "a call of the future", 1000, 0, 0, 0, ENOSYS },
	};
	for (size_t i = 0; i < sizeof calls / sizeof *calls; i++) {
		const int code = try_inside(SANDBOX_DECODE, act_call, &calls[i]);
		const int want = calls[i].error != 0 ? calls[i].error : 1000 + SIGSYS;
		if (code != want)
			printf("%s: %d\n", calls[i].name, code);
		CHECK(code == want);
	}
	munmap(page, 4096);
	tear_down();
}

// ---- what has to work

// 1 if this thread is not inside.
static bool is_outside(void)
{
	const bool has_socket = sandbox_filters_calls() &&
	                        (syscall(SYS_socket, 2, 1, 0) >= 0 || errno != EACCES);
	const bool has_file = has_landlock() && reads("/etc/passwd") != EACCES;
	return has_socket || has_file;
}

static bool job(void *context, size_t number, unsigned thread)
{
	bool *fine = context;
	(void)thread;
	// Room that grows past the size from which libc maps memory, and moves it.
	char *room = memory_room(1000);
	for (size_t size = 1000; room != NULL && size < 8000000; size *= 2)
		room = memory_resize(room, size * 2, 1);
	fine[number] = room != NULL && !is_outside();
	memory_free(room);
	return true;
}

static int act_work(const void *context)
{
	(void)context;
	bool fine[8] = { false };
	if (!pool_run(4, 8, job, fine))
		return 1;
	for (size_t i = 0; i < 8; i++)
		if (!fine[i])
			return 2;
	struct zone zone;
	struct error error;
	if (!zone_parse("Asia/Tokyo", &zone, &error) || zone_day(&zone, 0).day != 0)
		return 3;
	struct pollfd none = { .fd = -1 };
	if (poll(&none, 1, 1) != 0 || isatty(STDIN_FILENO) < 0)
		return 4;
	struct disk *disk;
	struct disk_file *file;
	struct span map;
	const uint8_t bytes[] = { 1, 2, 3 };
	const bool ok = disk_real_open(here.work, true, &disk, &error) &&
	                disk->create(disk, "a", &file, &error) &&
	                disk->append(file, (struct span){ bytes, 3 }, &error) &&
	                disk->sync(file, &error) && disk->sync_folder(disk, &error) &&
	                disk->rename(disk, "a", "b", &error) &&
	                disk->map(disk, "b", &map, &error) && map.length == 3 &&
	                disk->remove(disk, "b", &error);
	return ok ? 42 : 5;
}

static int act_abort(const void *context)
{
	(void)context;
	signal(SIGABRT, SIG_DFL);
	abort();
}

TEST(work_goes_on_inside_in_every_thread)
{
	set_up();
	const int code = try_inside(SANDBOX_DECODE, act_work, NULL);
	if (code != 42)
		printf("ended with %d\n", code);
	CHECK(code == 42);
	CHECK(try_inside(SANDBOX_DECODE, act_abort, NULL) == 1000 + SIGABRT);
	tear_down();
}

static int act_run(const void *context)
{
	(void)context;
	const int socket_fd = (int)syscall(SYS_socket, 2, 1, 0);
	const uint8_t somewhere[16] = { 2, 0, 0, 9, 127, 0, 0, 1 };
	const long version = syscall(SYS_landlock_create_ruleset, NULL, 0,
	                             LANDLOCK_CREATE_RULESET_VERSION);
	if (version >= 4 &&
	    (syscall(SYS_connect, socket_fd, somewhere, 16) == 0 || errno != EACCES))
		return 1;
	if (version >= 6 && (kill(getppid(), 0) == 0 || errno != EPERM))
		return 2;
	if (version > 0 && creates("/tmp/hotaru-sandbox-test") != EACCES)
		return 3;
	execl("/bin/sh", "sh", "-c", "exit 42", NULL);
	return 4;
}

TEST(a_helper_may_start_programs_and_little_else)
{
	CHECK(try_inside(SANDBOX_RUN, act_run, NULL) == 42);
}

// ---- privileges

static bool status_has(const char *status, const char *line)
{
	const char *at = strstr(status, line);
	return at != NULL && at > status && at[-1] == '\n';
}

// What the kernel says of a child that is inside. `rules` NULL: those of enter().
static void look_at_child(const struct sandbox_rule *rules, size_t count, char *out, size_t size)
{
	int ready[2], end[2];
	char byte, path[64];
	out[0] = '\0';
	CHECK(pipe(ready) == 0 && pipe(end) == 0);
	fflush(stdout);
	const pid_t child = fork();
	if (child == 0) {
		struct sandbox_state state;
		struct error error;
		close(end[1]);
		const bool ok = rules != NULL ? sandbox_enter(rules, count, SANDBOX_DECODE, &state,
		                                              &error)
		                              : enter(SANDBOX_DECODE, &state);
		const bool is_read = rules == NULL || reads(rules[0].path) == 0;
		const bool told = write(ready[1], ok && is_read ? "y" : "n", 1) == 1;
		_exit(told && read(end[0], &byte, 1) == 0 ? 0 : 1);
	}
	CHECK(read(ready[0], &byte, 1) == 1 && byte == 'y');
	text_format(path, sizeof path, "/proc/%d/status", (int)child);
	FILE *file = fopen(path, "r");
	CHECK(file != NULL);
	if (file != NULL) {
		out[fread(out, 1, size - 1, file)] = '\0';
		fclose(file);
	}
	close(ready[0]);
	close(ready[1]);
	close(end[0]);
	close(end[1]);
	waitpid(child, NULL, 0);
}

TEST(privileges_are_gone)
{
	char status[8192];
	set_up();
	look_at_child(NULL, 0, status, sizeof status);
	CHECK(status_has(status, "NoNewPrivs:\t1\n"));
	CHECK(status_has(status, "CapPrm:\t0000000000000000\n"));
	CHECK(status_has(status, "CapEff:\t0000000000000000\n"));
	CHECK(status_has(status, "CapInh:\t0000000000000000\n"));
	CHECK(status_has(status, "CapAmb:\t0000000000000000\n"));
	if (geteuid() == 0)
		CHECK(status_has(status, "CapBnd:\t0000000000000000\n"));
	if (sandbox_filters_calls())
		CHECK(status_has(status, "Seccomp:\t2\n"));
	tear_down();
}

TEST(root_keeps_no_more_than_the_files_of_others_need)
{
	char status[8192];
	if (geteuid() != 0)
		SKIP("only root has capabilities to drop");
	set_up();
	CHECK(chown(here.read, 65534, 65534) == 0 && chmod(here.read, 0600) == 0);
	const struct sandbox_rule rules[] = { { here.read, SANDBOX_READ_FILE } };
	look_at_child(rules, 1, status, sizeof status);
	// CAP_CHOWN is bit 0, CAP_DAC_OVERRIDE bit 1.
	CHECK(status_has(status, "CapPrm:\t0000000000000003\n"));
	CHECK(status_has(status, "CapBnd:\t0000000000000000\n"));
	tear_down();
}

// ---- where it cannot be entered

static void *wait_for_ever(void *lock)
{
	pthread_mutex_lock(lock);
	pthread_mutex_unlock(lock);
	return NULL;
}

TEST(it_is_not_entered_beside_other_threads)
{
	if (!sandbox_filters_calls())
		SKIP("sanitizers have threads of their own");
	set_up();
	fflush(stdout);
	const pid_t child = fork();
	if (child == 0) {
		pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
		pthread_t thread;
		struct sandbox_state state;
		pthread_mutex_lock(&lock);
		if (pthread_create(&thread, NULL, wait_for_ever, &lock) != 0)
			_exit(1);
		_exit(enter(SANDBOX_DECODE, &state) ? 2 : 42);
	}
	int status = 0;
	waitpid(child, &status, 0);
	CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 42);
	tear_down();
}

// A kernel without Landlock, without seccomp, or without both, as far as the child can tell.
static bool lose(bool landlock, bool seccomp)
{
	scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ALLOW);
	const struct scmp_arg_cmp sets = { .arg = 0, .op = SCMP_CMP_EQ, .datum_a = PR_SET_SECCOMP };
	int status = 0;
	if (landlock)
		status |= seccomp_rule_add(filter, SCMP_ACT_ERRNO(ENOSYS),
		                           SCMP_SYS(landlock_create_ruleset), 0);
	if (seccomp)
		status |= seccomp_rule_add(filter, SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(seccomp), 0) |
		          seccomp_rule_add(filter, SCMP_ACT_ERRNO(EINVAL), SCMP_SYS(prctl), 1,
		                           sets);
	status |= seccomp_load(filter);
	seccomp_release(filter);
	return status == 0;
}

static int enter_poor_kernel(bool landlock, bool seccomp)
{
	fflush(stdout);
	const pid_t child = fork();
	if (child == 0) {
		struct sandbox_state state;
		if (!lose(landlock, seccomp) || !enter(SANDBOX_DECODE, &state))
			_exit(100);
		const bool reads_all = reads("/etc/passwd") == 0;
		_exit(state.files | state.calls << 1 | reads_all << 2);
	}
	int status = 0;
	waitpid(child, &status, 0);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 1000;
}

TEST(what_the_kernel_lacks_is_told)
{
	if (!has_landlock() || !sandbox_filters_calls())
		SKIP("this kernel has no Landlock, or a sanitizer runs");
	set_up();
	CHECK(enter_poor_kernel(false, false) == 3);
	CHECK(enter_poor_kernel(true, false) == 6);
	CHECK(enter_poor_kernel(false, true) == 1);
	CHECK(enter_poor_kernel(true, true) == 4);
	tear_down();
}

TEST_MAIN
