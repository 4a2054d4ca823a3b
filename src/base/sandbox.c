// SPDX-License-Identifier: MIT
// Entering the sandbox: privileges here, files and calls in files of their own.
#include "base/sandbox.h"

#include "base/sandbox_private.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <sched.h>
#include <stdint.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

// The sets of capabilities as capget(2) has them: 64 bits in two halves.
struct capabilities {
	struct __user_cap_data_struct half[_LINUX_CAPABILITY_U32S_3];
};

static struct __user_cap_header_struct own_header(void)
{
	return (struct __user_cap_header_struct){ .version = _LINUX_CAPABILITY_VERSION_3 };
}

static bool get_capabilities(struct capabilities *out)
{
	struct __user_cap_header_struct header = own_header();
	return syscall(SYS_capget, &header, out->half) == 0;
}

static bool set_capabilities(const struct capabilities *wanted)
{
	struct __user_cap_header_struct header = own_header();
	return syscall(SYS_capset, &header, wanted->half) == 0;
}

static bool has_any(const struct capabilities *c)
{
	uint32_t any = 0;
	for (unsigned i = 0; i < _LINUX_CAPABILITY_U32S_3; i++)
		any |= c->half[i].effective | c->half[i].permitted | c->half[i].inheritable;
	return any != 0;
}

static bool is_refused(const struct sandbox_rule *rule)
{
	static const int modes[] = {
		[SANDBOX_READ_FILE] = R_OK,
		[SANDBOX_WRITE_FILE] = W_OK,
		[SANDBOX_READ_FOLDER] = R_OK | X_OK,
		[SANDBOX_WORK_FOLDER] = R_OK | W_OK | X_OK,
		[SANDBOX_REMOVE_FOLDERS] = W_OK | X_OK,
		[SANDBOX_RUN_FOLDER] = R_OK | X_OK,
	};
	return faccessat(AT_FDCWD, rule->path, modes[rule->access], AT_EACCESS) != 0 &&
	       errno == EACCES;
}

// With the capabilities switched off: is there a path that cannot be used without them?
static bool needs_override(const struct sandbox_rule *rules, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (is_refused(&rules[i]))
			return true;
	return false;
}

static void forget_ways_back(void)
{
	// Of no effect without capabilities; what cannot be dropped could not be used either.
	(void)prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
	for (unsigned long c = 0; prctl(PR_CAPBSET_READ, c, 0, 0, 0) >= 0; c++)
		(void)prctl(PR_CAPBSET_DROP, c, 0, 0, 0);
}

// Whoever has none keeps none. Root that was told to work on the files of others keeps
// CAP_DAC_OVERRIDE, and CAP_CHOWN, by which SQLite gives the catalogue's log to the catalogue's owner;
// Landlock confines both to the paths of the rules.
static bool drop_capabilities(const struct sandbox_rule *rules, size_t count, struct error *error)
{
	static const uint32_t override = 1U << CAP_DAC_OVERRIDE | 1U << CAP_CHOWN;
	struct capabilities had = { 0 }, now = { 0 }, kept = { 0 };
	if (!get_capabilities(&had))
		return error_errno(error, "cannot enter the sandbox: capabilities");
	if (!has_any(&had))
		return true;
	forget_ways_back();
	struct capabilities off = had;
	for (unsigned i = 0; i < _LINUX_CAPABILITY_U32S_3; i++)
		off.half[i].effective = off.half[i].inheritable = 0;
	if (!set_capabilities(&off))
		return error_errno(error, "cannot enter the sandbox: capabilities");
	if (needs_override(rules, count))
		kept.half[0].effective = kept.half[0].permitted = had.half[0].permitted & override;
	if (!set_capabilities(&kept) || !get_capabilities(&now))
		return error_errno(error, "cannot enter the sandbox: capabilities");
	if ((now.half[0].permitted & ~override) != 0 || now.half[1].permitted != 0)
		return error_set(error, ERROR_FAILED,
		                 "cannot enter the sandbox: capabilities are still there");
	return true;
}

// unshare(CLONE_THREAD) does nothing, except to fail where there are other threads.
static bool is_single_thread(void)
{
	return SANDBOX_SANITIZED || unshare(CLONE_THREAD) == 0 || errno != EINVAL;
}

static bool enter(const struct sandbox_rule *rules, size_t count, enum sandbox_purpose purpose,
                  struct sandbox_ports ports, struct sandbox_state *out, struct error *error)
{
	struct sandbox_state state = { .files = false };
	if (!is_single_thread())
		return error_set(error, ERROR_FAILED,
		                 "cannot enter the sandbox: threads are running already");
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
		return error_errno(error, "cannot enter the sandbox: no_new_privs");
	if (!drop_capabilities(rules, count, error) ||
	    !sandbox_files(rules, count, ports, &state.files, error))
		return false;
	if (purpose == SANDBOX_DECODE && !sandbox_calls(ports.count > 0, &state.calls, error))
		return false;
	*out = state;
	return true;
}

bool sandbox_enter(const struct sandbox_rule *rules, size_t count, enum sandbox_purpose purpose,
                   struct sandbox_state *out, struct error *error)
{
	return enter(rules, count, purpose, (struct sandbox_ports){ NULL, 0 }, out, error);
}

bool sandbox_enter_to_connect(const struct sandbox_rule *rules, size_t count, const uint16_t *ports,
                              size_t port_count, struct sandbox_state *out, struct error *error)
{
	return enter(rules, count, SANDBOX_DECODE, (struct sandbox_ports){ ports, port_count }, out,
	             error);
}
