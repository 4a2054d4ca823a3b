// SPDX-License-Identifier: MIT
// Children enter the sandbox of who asks hosts, and try more than that.
#include "base/sandbox.h"

#include "base/test.h"

#include <errno.h>
#include <linux/landlock.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

struct asker {
	uint16_t open, other;  // ports of loopback on which somebody listens
	int (*act)(const struct asker *);
};

// 99: it worked.
static int connects(int type, uint16_t port)
{
	const struct sockaddr_in to = { .sin_family = AF_INET,
		                        .sin_port = htons(port),
		                        .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	const int fd = socket(AF_INET, type, 0);
	return fd >= 0 && connect(fd, (const struct sockaddr *)(const void *)&to, sizeof to) == 0
	               ? 99
	               : errno;
}

static int asks(const struct asker *a)
{
	struct epoll_event event = { .events = EPOLLOUT };
	const int epoll = epoll_create1(EPOLL_CLOEXEC);
	return epoll >= 0 && epoll_wait(epoll, &event, 1, 0) == 0
	               ? connects(SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, a->open) ==
	                                 EINPROGRESS
	                         ? 99
	                         : connects(SOCK_STREAM, a->open)
	               : errno;
}

static int asks_elsewhere(const struct asker *a)
{
	return connects(SOCK_STREAM, a->other);
}

static int asks_fast(const struct asker *a)
{
	const struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons(a->other) };
	const int fd = socket(AF_INET, SOCK_STREAM, 0);
	return sendto(fd, "x", 1, MSG_FASTOPEN, (const struct sockaddr *)(const void *)&to,
	              sizeof to) >= 0
	               ? 99
	               : errno;
}

static int sends_datagrams(const struct asker *a)
{
	return connects(SOCK_DGRAM, a->open);
}

static int opens_another_family(const struct asker *a)
{
	(void)a;
	return socket(AF_INET6, SOCK_STREAM, 0) >= 0 || socket(AF_UNIX, SOCK_STREAM, 0) >= 0
	               ? 99
	               : errno;
}

static int listens(const struct asker *a)
{
	(void)a;
	return listen(socket(AF_INET, SOCK_STREAM, 0), 1) == 0 ? 99 : errno;
}

static int reads_passwd(const struct asker *a)
{
	(void)a;
	FILE *file = fopen("/etc/passwd", "re");
	return file != NULL && fclose(file) == 0 ? 99 : errno;
}

static int runs(const struct asker *a)
{
	(void)a;
	execl("/bin/true", "true", NULL);
	return errno;
}

static int act_asker(const void *context)
{
	const struct asker *a = context;
	struct sandbox_state state;
	struct error error;
	if (!sandbox_enter_to_connect(NULL, 0, &a->open, 1, &state, &error))
		return 100;
	return a->act(a);
}

static int listen_on_loopback(uint16_t *out_port)
{
	struct sockaddr_in at = { .sin_family = AF_INET,
		                  .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t size = sizeof at;
	const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	CHECK(fd >= 0 && bind(fd, (const struct sockaddr *)(const void *)&at, size) == 0 &&
	      listen(fd, 16) == 0 && getsockname(fd, (struct sockaddr *)(void *)&at, &size) == 0);
	*out_port = ntohs(at.sin_port);
	return fd;
}

TEST(who_asks_hosts_connects_to_its_ports_and_does_nothing_else)
{
	if (!sandbox_filters_calls())
		SKIP("programs under a sanitizer have no filter of calls");
	struct asker asker;
	const int fds[] = { listen_on_loopback(&asker.open), listen_on_loopback(&asker.other) };
	const long version = syscall(SYS_landlock_create_ruleset, NULL, 0,
	                             LANDLOCK_CREATE_RULESET_VERSION);
	const struct {
		const char *what;
		int (*act)(const struct asker *);
		int want;
	} attempts[] = {
		{ "asks", asks, 99 },
		{ "asks another port", asks_elsewhere, version >= 4 ? EACCES : 99 },
		{ "connects by sending", asks_fast, ENOSYS },
		{ "sends datagrams", sends_datagrams, ENOSYS },
		{ "opens another family", opens_another_family, ENOSYS },
		{ "listens", listens, 1000 + SIGSYS },
		{ "reads a file", reads_passwd, version > 0 ? EACCES : 99 },
		{ "runs a program", runs, 1000 + SIGSYS },
	};
	for (size_t i = 0; i < sizeof attempts / sizeof *attempts; i++) {
		int status = 0;
		asker.act = attempts[i].act;
		fflush(stdout);
		const pid_t child = fork();
		if (child == 0)
			_exit(act_asker(&asker));
		CHECK(child > 0 && waitpid(child, &status, 0) == child);
		const int code = WIFSIGNALED(status) ? 1000 + WTERMSIG(status)
		                                     : WEXITSTATUS(status);
		if (code != attempts[i].want)
			printf("%s: %d\n", attempts[i].what, code);
		CHECK(code == attempts[i].want);
	}
	close(fds[0]);
	close(fds[1]);
}

TEST_MAIN
