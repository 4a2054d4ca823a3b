// SPDX-License-Identifier: MIT
// The filter of system calls, compiled to BPF by libseccomp.
//
// Three lists. What is on `allowed` works. What is on `deadly` only an intruder asks for: the
// process dies of SIGSYS, before anything else happens. All the rest fails with ENOSYS, as on an older
// kernel, so that a newer libc which tries a new call falls back to an old one: that is also
// why clone3(2), whose flags no filter can see, is on neither list.
#include "base/sandbox_private.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <seccomp.h>
#include <stdint.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#define COUNT_OF(list) (sizeof(list) / sizeof *(list))

static const int allowed[] = {
	// files; which ones is Landlock's business

	SCMP_SYS(close),
	SCMP_SYS(read),
	SCMP_SYS(readv),
	SCMP_SYS(pread64),
	SCMP_SYS(preadv),
	SCMP_SYS(write),
	SCMP_SYS(writev),
	SCMP_SYS(pwrite64),
	SCMP_SYS(pwritev),
	SCMP_SYS(lseek),
	SCMP_SYS(_llseek),
	SCMP_SYS(fsync),
	SCMP_SYS(fdatasync),
	SCMP_SYS(ftruncate),
	SCMP_SYS(ftruncate64),
	SCMP_SYS(fallocate),
	SCMP_SYS(fadvise64),
	SCMP_SYS(fadvise64_64),
	SCMP_SYS(flock),
	SCMP_SYS(dup),
	SCMP_SYS(poll),
	SCMP_SYS(ppoll),
	SCMP_SYS(select),
	SCMP_SYS(_newselect),
	SCMP_SYS(pselect6),
	SCMP_SYS(getdents),
	SCMP_SYS(getdents64),
	SCMP_SYS(stat),
	SCMP_SYS(stat64),
	SCMP_SYS(lstat),
	SCMP_SYS(lstat64),
	SCMP_SYS(fstat),
	SCMP_SYS(fstat64),
	SCMP_SYS(newfstatat),
	SCMP_SYS(fstatat64),
	SCMP_SYS(statx),
	SCMP_SYS(statfs),
	SCMP_SYS(statfs64),
	SCMP_SYS(fstatfs),
	SCMP_SYS(fstatfs64),
	SCMP_SYS(access),
	SCMP_SYS(faccessat),
	SCMP_SYS(faccessat2),
	SCMP_SYS(readlink),
	SCMP_SYS(readlinkat),
	SCMP_SYS(getcwd),
	SCMP_SYS(mkdir),
	SCMP_SYS(mkdirat),
	SCMP_SYS(rmdir),
	SCMP_SYS(unlink),
	SCMP_SYS(unlinkat),
	SCMP_SYS(rename),
	SCMP_SYS(renameat),
	SCMP_SYS(renameat2),
	SCMP_SYS(fchmod),
	SCMP_SYS(fchown),
	SCMP_SYS(fchown32),
	SCMP_SYS(umask),
	// memory; executable memory is in `conditions`
	SCMP_SYS(brk),
	SCMP_SYS(munmap),
	SCMP_SYS(mremap),
	SCMP_SYS(madvise),
	SCMP_SYS(msync),
	// threads, and waiting for the helper that was there before
	SCMP_SYS(futex),
	SCMP_SYS(futex_time64),
	SCMP_SYS(set_robust_list),
	SCMP_SYS(rseq),
	SCMP_SYS(membarrier),
	SCMP_SYS(sched_yield),
	SCMP_SYS(sched_getaffinity),
	SCMP_SYS(getcpu),
	SCMP_SYS(exit),
	SCMP_SYS(exit_group),
	SCMP_SYS(wait4),
	SCMP_SYS(waitid),
	SCMP_SYS(gettid),
	SCMP_SYS(getpid),
	SCMP_SYS(restart_syscall),
	// signals to oneself: see `conditions`
	SCMP_SYS(rt_sigaction),
	SCMP_SYS(rt_sigprocmask),
	SCMP_SYS(rt_sigreturn),
	SCMP_SYS(sigaltstack),
	// clocks, randomness, and who one is
	SCMP_SYS(clock_gettime),
	SCMP_SYS(clock_gettime64),
	SCMP_SYS(clock_getres),
	SCMP_SYS(gettimeofday),
	SCMP_SYS(time),
	SCMP_SYS(nanosleep),
	SCMP_SYS(clock_nanosleep),
	SCMP_SYS(clock_nanosleep_time64),
	SCMP_SYS(getrandom),
	SCMP_SYS(uname),
	SCMP_SYS(sysinfo),
	SCMP_SYS(getrusage),
	SCMP_SYS(getrlimit),
	SCMP_SYS(ugetrlimit),
	SCMP_SYS(getuid),
	SCMP_SYS(geteuid),
	SCMP_SYS(getgid),
	SCMP_SYS(getegid),
	SCMP_SYS(getppid),
};

static const int deadly[] = {
	// programs and processes
	SCMP_SYS(execve),
	SCMP_SYS(execveat),
	SCMP_SYS(fork),
	SCMP_SYS(vfork),
	SCMP_SYS(kill),
	SCMP_SYS(tkill),
	SCMP_SYS(rt_sigqueueinfo),
	SCMP_SYS(rt_tgsigqueueinfo),
	SCMP_SYS(ptrace),
	SCMP_SYS(process_vm_readv),
	SCMP_SYS(process_vm_writev),
	SCMP_SYS(pidfd_open),
	SCMP_SYS(pidfd_getfd),
	SCMP_SYS(pidfd_send_signal),
	SCMP_SYS(personality),
	SCMP_SYS(modify_ldt),
	SCMP_SYS(process_madvise),
	SCMP_SYS(kcmp),
	// the network (socket and connect are in `no_network`)
	SCMP_SYS(socketpair),
	SCMP_SYS(socketcall),
	SCMP_SYS(bind),
	SCMP_SYS(listen),
	SCMP_SYS(accept),
	SCMP_SYS(accept4),
	// the kernel's side doors
	SCMP_SYS(io_uring_setup),
	SCMP_SYS(io_uring_enter),
	SCMP_SYS(io_uring_register),
	SCMP_SYS(bpf),
	SCMP_SYS(perf_event_open),
	SCMP_SYS(userfaultfd),
	SCMP_SYS(add_key),
	SCMP_SYS(request_key),
	SCMP_SYS(keyctl),
	SCMP_SYS(open_by_handle_at),
	SCMP_SYS(memfd_create),
	SCMP_SYS(init_module),
	SCMP_SYS(finit_module),
	SCMP_SYS(delete_module),
	SCMP_SYS(kexec_load),
	SCMP_SYS(kexec_file_load),
	SCMP_SYS(reboot),
	SCMP_SYS(swapon),
	SCMP_SYS(swapoff),
	SCMP_SYS(iopl),
	SCMP_SYS(ioperm),
	SCMP_SYS(acct),
	SCMP_SYS(quotactl),
	// namespaces and mounts
	SCMP_SYS(mount),
	SCMP_SYS(umount2),
	SCMP_SYS(pivot_root),
	SCMP_SYS(chroot),
	SCMP_SYS(unshare),
	SCMP_SYS(setns),
	SCMP_SYS(fsopen),
	SCMP_SYS(fsmount),
	SCMP_SYS(fsconfig),
	SCMP_SYS(open_tree),
	SCMP_SYS(move_mount),
	SCMP_SYS(mount_setattr),
	// privileges, and files in ways that hotaru does not use
	SCMP_SYS(setuid),
	SCMP_SYS(setgid),
	SCMP_SYS(setreuid),
	SCMP_SYS(setregid),
	SCMP_SYS(setresuid),
	SCMP_SYS(setresgid),
	SCMP_SYS(setgroups),
	SCMP_SYS(setfsuid),
	SCMP_SYS(setfsgid),
	SCMP_SYS(capset),
	SCMP_SYS(mknod),
	SCMP_SYS(mknodat),
	SCMP_SYS(symlink),
	SCMP_SYS(symlinkat),
	SCMP_SYS(link),
	SCMP_SYS(linkat),
	SCMP_SYS(chown),
	SCMP_SYS(lchown),
	SCMP_SYS(fchownat),
	SCMP_SYS(setxattr),
	SCMP_SYS(lsetxattr),
	SCMP_SYS(fsetxattr),
	SCMP_SYS(settimeofday),
	SCMP_SYS(clock_settime),
	SCMP_SYS(sethostname),
};

// An action for a call if (argument & mask) == value, or with `is_other` if it is not.
struct condition {
	int call;
	uint32_t action;
	unsigned argument;
	uint64_t mask, value;
	bool is_other;
};

#define ALL UINT64_MAX
#define DENY SCMP_ACT_ERRNO(EACCES)
#define DIE SCMP_ACT_KILL_PROCESS
#define ALLOW SCMP_ACT_ALLOW
#define NAMESPACES                                                                                 \
	(CLONE_NEWNS | CLONE_NEWCGROUP | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWUSER |             \
	 CLONE_NEWPID | CLONE_NEWNET)

// Who decodes. libc's name service asks for sockets and modules when a filter expression holds a name:
// it is told no, and looks the name up in files; so these two fail, and are not deadly.
static const struct condition no_network[] = {
	{ SCMP_SYS(socket), DENY, 0, 0, 0, false },
	{ SCMP_SYS(connect), DIE, 0, 0, 0, false },
};

// Who asks hosts, beside `socket`. No address may stand in sendto: by TCP Fast Open that would connect
// past Landlock.
static const struct condition network[] = {
	{ SCMP_SYS(connect), ALLOW, 0, 0, 0, false },
	{ SCMP_SYS(sendto), ALLOW, 4, ALL, 0, false },
	{ SCMP_SYS(recvfrom), ALLOW, 4, ALL, 0, false },
	{ SCMP_SYS(getsockopt), ALLOW, 1, ALL, SOL_SOCKET, false },
	{ SCMP_SYS(epoll_create1), ALLOW, 0, 0, 0, false },
	{ SCMP_SYS(epoll_ctl), ALLOW, 0, 0, 0, false },
	{ SCMP_SYS(epoll_wait), ALLOW, 0, 0, 0, false },
	{ SCMP_SYS(epoll_pwait), ALLOW, 0, 0, 0, false },
};

static const struct condition conditions[] = {
	// Landlock before Linux 6.2 lets a file that may be read be emptied in this way.
	{ SCMP_SYS(open), ALLOW, 1, O_TRUNC, 0, false },
	{ SCMP_SYS(open), ALLOW, 1, O_TRUNC | O_ACCMODE, O_TRUNC | O_WRONLY, false },
	{ SCMP_SYS(open), DIE, 1, O_TRUNC | O_ACCMODE, O_TRUNC | O_RDONLY, false },
	{ SCMP_SYS(openat), ALLOW, 2, O_TRUNC, 0, false },
	{ SCMP_SYS(openat), ALLOW, 2, O_TRUNC | O_ACCMODE, O_TRUNC | O_WRONLY, false },
	{ SCMP_SYS(openat), DIE, 2, O_TRUNC | O_ACCMODE, O_TRUNC | O_RDONLY, false },
	{ SCMP_SYS(mmap), ALLOW, 2, PROT_EXEC, 0, false },
	{ SCMP_SYS(mmap), DENY, 2, PROT_EXEC, PROT_EXEC, false },
	{ SCMP_SYS(mmap2), ALLOW, 2, PROT_EXEC, 0, false },
	{ SCMP_SYS(mmap2), DENY, 2, PROT_EXEC, PROT_EXEC, false },
	{ SCMP_SYS(mprotect), ALLOW, 2, PROT_EXEC, 0, false },
	{ SCMP_SYS(mprotect), DIE, 2, PROT_EXEC, PROT_EXEC, false },
	{ SCMP_SYS(pkey_mprotect), DIE, 2, PROT_EXEC, PROT_EXEC, false },
	{ SCMP_SYS(clone), ALLOW, 0, CLONE_THREAD | NAMESPACES, CLONE_THREAD, false },
	{ SCMP_SYS(clone), DIE, 0, CLONE_THREAD, 0, false },
	{ SCMP_SYS(ioctl), ALLOW, 1, ALL, TCGETS, false },
	{ SCMP_SYS(ioctl), ALLOW, 1, ALL, TIOCGWINSZ, false },
	{ SCMP_SYS(prlimit64), ALLOW, 2, ALL, 0, false },  // to ask, not to set
	{ SCMP_SYS(fcntl), ALLOW, 1, ALL, F_DUPFD_CLOEXEC, false },
	{ SCMP_SYS(fcntl), ALLOW, 1, ALL, F_GETFD, false },
	{ SCMP_SYS(fcntl), ALLOW, 1, ALL, F_SETFD, false },
	{ SCMP_SYS(fcntl), ALLOW, 1, ALL, F_GETFL, false },
	{ SCMP_SYS(fcntl), ALLOW, 1, ALL, F_SETFL, false },
	{ SCMP_SYS(fcntl), ALLOW, 1, ALL, F_GETLK, false },
	{ SCMP_SYS(fcntl), ALLOW, 1, ALL, F_SETLK, false },
	{ SCMP_SYS(fcntl), ALLOW, 1, ALL, F_SETLKW, false },
	{ SCMP_SYS(fcntl), ALLOW, 1, ALL, F_SETPIPE_SZ, false },
};

static int add_condition(scmp_filter_ctx filter, const struct condition *c)
{
	const struct scmp_arg_cmp compare = {
		.arg = c->argument,
		.op = c->is_other ? SCMP_CMP_NE : SCMP_CMP_MASKED_EQ,
		.datum_a = c->is_other ? c->value : c->mask,
		.datum_b = c->is_other ? 0 : c->value,
	};
	return seccomp_rule_add_array(filter, c->action, c->call, c->mask == 0 ? 0 : 1, &compare);
}

static int add_list(scmp_filter_ctx filter, uint32_t action, const int *calls, size_t count)
{
	int status = 0;
	for (size_t i = 0; i < count && status == 0; i++)
		status = seccomp_rule_add_array(filter, action, calls[i], 0, NULL);
	return status;
}

static int add_all(scmp_filter_ctx filter, const struct condition *list, size_t count)
{
	int status = 0;
	for (size_t i = 0; i < count && status == 0; i++)
		status = add_condition(filter, &list[i]);
	return status;
}

// TCP over IPv4 is the only socket there is.
static int add_network(scmp_filter_ctx filter)
{
	enum { TYPES = 0xf };
	const struct scmp_arg_cmp tcp[] = {
		{ .arg = 0, .op = SCMP_CMP_EQ, .datum_a = AF_INET },
		{ .arg = 1, .op = SCMP_CMP_MASKED_EQ, .datum_a = TYPES, .datum_b = SOCK_STREAM },
	};
	const int status = seccomp_rule_add_array(filter, ALLOW, SCMP_SYS(socket), 2, tcp);
	return status != 0 ? status : add_all(filter, network, COUNT_OF(network));
}

static int add_conditions(scmp_filter_ctx filter, bool may_connect)
{
	// Signals: to this process, and so only from threads that share its fate.
	const uint64_t self = (uint64_t)getpid();
	const struct condition own[] = {
		{ SCMP_SYS(tgkill), ALLOW, 0, ALL, self, false },
		{ SCMP_SYS(tgkill), DIE, 0, ALL, self, true },
	};
	int status = add_all(filter, conditions, COUNT_OF(conditions));
	if (status == 0)
		status = add_all(filter, own, COUNT_OF(own));
	if (status == 0)
		status = may_connect ? add_network(filter)
		                     : add_all(filter, no_network, COUNT_OF(no_network));
	return status;
}

static int build(scmp_filter_ctx filter, bool may_connect)
{
	enum { BINARY_TREE = 2 };
	int status = seccomp_attr_set(filter, SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_KILL_PROCESS);
	if (status == 0)
		status = seccomp_attr_set(filter, SCMP_FLTATR_CTL_OPTIMIZE, BINARY_TREE);
	if (status == 0)
		status = add_list(filter, ALLOW, allowed, COUNT_OF(allowed));
	if (status == 0)
		status = add_list(filter, DIE, deadly, COUNT_OF(deadly));
	if (status == 0)
		status = add_conditions(filter, may_connect);
	// Kernels before 5.16 slow a filtered process down against speculation attacks by its
	// own untrusted code, of which there is none. An older kernel cannot be asked.
	(void)seccomp_attr_set(filter, SCMP_FLTATR_CTL_SSB, 1);
	return status;
}

bool sandbox_filters_calls(void)
{
	return !SANDBOX_SANITIZED;
}

bool sandbox_calls(bool may_connect, bool *out, struct error *error)
{
	*out = false;
	if (!sandbox_filters_calls())
		return true;
	scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ERRNO(ENOSYS));
	if (filter == NULL)
		return error_memory(error, "the sandbox");
	int status = build(filter, may_connect);
	if (status == 0)
		status = seccomp_load(filter);
	seccomp_release(filter);
	// How libseccomp says that the kernel has no filters of this kind, or would not take it.
	const bool is_missing = status == -EINVAL || status == -EOPNOTSUPP || status == -ECANCELED;
	if (status != 0 && !is_missing) {
		errno = -status;
		return error_errno(error, "cannot enter the sandbox: filter of system calls");
	}
	*out = status == 0;
	return true;
}
