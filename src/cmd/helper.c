// SPDX-License-Identifier: MIT
#include "cmd/helper.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

static bool is_detached(void)
{
	static const int numbers[] = { SIGINT, SIGTERM, SIGHUP };
	for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
		signal(numbers[i], SIG_IGN);
	return freopen("/dev/null", "r", stdin) != NULL &&
	       freopen("/dev/null", "w", stdout) != NULL &&
	       freopen("/dev/null", "w", stderr) != NULL;
}

bool helper_start(struct helper *h, void (*serve)(const void *context, int requests),
                  const void *context)
{
	int ends[2];
	*h = (struct helper){ .process = 0 };
	fflush(NULL);
	if (pipe2(ends, O_CLOEXEC) != 0)
		return false;
	const pid_t process = fork();
	if (process == 0) {
		close(ends[1]);
		if (is_detached())
			serve(context, ends[0]);
		_exit(0);
	}
	close(ends[0]);
	if (process < 0) {
		close(ends[1]);
		return false;
	}
	*h = (struct helper){ .process = process, .requests = ends[1] };
	return true;
}

void helper_ask(const struct helper *h, const void *request, size_t size)
{
	// Shorter than PIPE_BUF, so all of it or nothing. A helper that died does not matter.
	if (h->process > 0)
		while (write(h->requests, request, size) < 0 && errno == EINTR)
			continue;
}

void helper_end(struct helper *h)
{
	int status;
	if (h->process <= 0)
		return;
	close(h->requests);
	while (waitpid(h->process, &status, 0) < 0 && errno == EINTR)
		continue;
	h->process = 0;
}

bool helper_next(int requests, void *request, size_t size)
{
	ssize_t got;
	do {
		got = read(requests, request, size);
	} while (got < 0 && errno == EINTR);
	return got == (ssize_t)size;
}
