// SPDX-License-Identifier: MIT
// Landlock (linux/Documentation/userspace-api/landlock.rst), by raw system calls: libc has none.
//
// The kernel says which version of the interface it has, and every right that
// this version knows is taken away, then given back by path. The numbers are written out here
// because the headers of Debian 12 end at version 3.
#include "base/sandbox_private.h"

#include "base/memory.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

enum right {
	EXECUTE = 1 << 0,
	WRITE_FILE = 1 << 1,
	READ_FILE = 1 << 2,
	READ_DIR = 1 << 3,
	REMOVE_DIR = 1 << 4,
	REMOVE_FILE = 1 << 5,
	MAKE_REG = 1 << 8,
	REFER = 1 << 13,
	TRUNCATE = 1 << 14,
	IOCTL_DEV = 1 << 15,
	RIGHTS_VERSION_1 = (1 << 13) - 1,
	TCP_CONNECT = 2,
	TCP_BIND_CONNECT = 3,
	SCOPE_ABSTRACT_SOCKETS_SIGNALS = 3,
};

// struct landlock_ruleset_attr of version 6; zeros at its end mean what their absence does.
struct ruleset {
	uint64_t files, network, scoped;
};

struct path_rule {
	uint64_t rights;
	int32_t fd;
} __attribute__((packed));

struct port_rule {
	uint64_t rights, port;
};

static struct ruleset rights_of_version(int version)
{
	struct ruleset all = { .files = RIGHTS_VERSION_1 };
	if (version >= 2)
		all.files |= REFER;
	if (version >= 3)
		all.files |= TRUNCATE;
	if (version >= 4)
		all.network = TCP_BIND_CONNECT;
	if (version >= 5)
		all.files |= IOCTL_DEV;
	if (version >= 6)
		all.scoped = SCOPE_ABSTRACT_SOCKETS_SIGNALS;
	return all;
}

static uint64_t rights_of(enum sandbox_access access, bool is_folder)
{
	enum { READ = READ_FILE | READ_DIR };
	static const struct {
		uint64_t file, folder;
	} rights[] = {
		[SANDBOX_READ_FILE] = { READ_FILE, READ_DIR },
		[SANDBOX_WRITE_FILE] = { WRITE_FILE | TRUNCATE | IOCTL_DEV, 0 },
		[SANDBOX_READ_FOLDER] = { 0, READ },
		[SANDBOX_WORK_FOLDER] = { 0,
		                          READ | WRITE_FILE | TRUNCATE | MAKE_REG | REMOVE_FILE },
		[SANDBOX_REMOVE_FOLDERS] = { 0, REMOVE_DIR },
		[SANDBOX_RUN_FOLDER] = { 0, READ | EXECUTE },
	};
	return is_folder ? rights[access].folder : rights[access].file;
}

static bool add_rule(int ruleset, const struct sandbox_rule *rule, uint64_t known,
                     struct error *error)
{
	enum { PATH_BENEATH = 1 };
	struct stat status;
	const int fd = open(rule->path, O_PATH | O_CLOEXEC);
	if (fd < 0) {
		// What is not there, or may not be reached, needs no rule. Running out is something else.
		const bool is_ours = errno == EMFILE || errno == ENFILE || errno == ENOMEM;
		return !is_ours || error_errno(error, "cannot enter the sandbox: '%s'", rule->path);
	}
	bool ok = true;
	if (fstat(fd, &status) == 0) {
		struct path_rule path = {
			.rights = rights_of(rule->access, S_ISDIR(status.st_mode)) & known,
			.fd = fd,
		};
		// EBADFD: a pipe or the like behind /dev/fd, which Landlock leaves alone.
		ok = path.rights == 0 ||
		     syscall(SYS_landlock_add_rule, ruleset, PATH_BENEATH, &path, 0) == 0 ||
		     errno == EBADFD ||
		     error_errno(error, "cannot enter the sandbox: '%s'", rule->path);
	}
	close(fd);
	return ok;
}

static bool add_rules(int ruleset, const struct sandbox_rule *rules, size_t count, uint64_t known,
                      struct error *error)
{
	for (size_t i = 0; i < count; i++)
		if (!add_rule(ruleset, &rules[i], known, error))
			return false;
	return true;
}

static bool add_ports(int ruleset, struct sandbox_ports ports, uint64_t known, struct error *error)
{
	enum { NET_PORT = 2 };
	for (size_t i = 0; known != 0 && i < ports.count; i++) {
		const struct port_rule port = { TCP_CONNECT, ports.list[i] };
		if (syscall(SYS_landlock_add_rule, ruleset, NET_PORT, &port, 0) != 0)
			return error_errno(error, "cannot enter the sandbox: port %u",
			                   (unsigned)ports.list[i]);
	}
	return true;
}

bool sandbox_files(const struct sandbox_rule *rules, size_t count, struct sandbox_ports ports,
                   bool *out, struct error *error)
{
	static const struct sandbox_rule of_sanitizers[] = {
		{ "/proc", SANDBOX_READ_FOLDER },
		{ "/usr", SANDBOX_RUN_FOLDER },
	};
	enum { ASK_VERSION = 1 };
	const long version = syscall(SYS_landlock_create_ruleset, NULL, 0, ASK_VERSION);
	if (version < 0) {
		*out = false;
		return true;
	}
	const struct ruleset all = rights_of_version((int)version);
	const int ruleset = (int)syscall(SYS_landlock_create_ruleset, &all, sizeof all, 0);
	if (ruleset < 0)
		return error_errno(error, "cannot enter the sandbox: Landlock");
	const bool ok = add_rules(ruleset, rules, count, all.files, error) &&
	                add_ports(ruleset, ports, all.network, error) &&
	                (!SANDBOX_SANITIZED ||
	                 add_rules(ruleset, of_sanitizers, 2, all.files, error)) &&
	                (syscall(SYS_landlock_restrict_self, ruleset, 0) == 0 ||
	                 error_errno(error, "cannot enter the sandbox: Landlock"));
	close(ruleset);
	*out = ok;
	return ok;
}
