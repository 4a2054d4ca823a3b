// SPDX-License-Identifier: MIT
#include "base/interrupt.h"

#include <poll.h>
#include <signal.h>
#include <stdatomic.h>
#include <stddef.h>
#include <unistd.h>

// Other threads than the one that signals come to ask, too.
static atomic_int noted;

static void note(int number)
{
	noted = number;
}

static void lose_file(int number)
{
	static const char line[] = "hotaru: a file that was being read is gone or cannot be read; "
				   "run `hotaru verify` on the store\n";
	(void)number;
	(void)!write(STDERR_FILENO, line, sizeof line - 1);
	_exit(1);
}

void interrupt_catch(void)
{
	static const int numbers[] = { SIGINT, SIGTERM, SIGHUP };
	// No SA_RESTART: a read that waits for standard input comes back.
	struct sigaction action = { .sa_handler = note, .sa_flags = (int)SA_RESETHAND };
	for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
		struct sigaction before;
		// What the parent had ignored (nohup) stays ignored.
		if (sigaction(numbers[i], NULL, &before) == 0 && before.sa_handler != SIG_IGN)
			sigaction(numbers[i], &action, NULL);
	}
	signal(SIGPIPE, SIG_IGN);
	signal(SIGBUS, lose_file);
}

bool interrupt_requested(void)
{
	return noted != 0;
}

bool interrupt_wait(int fd)
{
	struct pollfd readable = { .fd = fd, .events = POLLIN };
	sigset_t all, before;
	sigfillset(&all);
	// With the signals held back the question and the waiting are one act.
	pthread_sigmask(SIG_SETMASK, &all, &before);
	int ready = 0;
	while (noted == 0 && ready == 0)
		ready = ppoll(&readable, 1, NULL, &before);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	return noted == 0;
}

bool interrupt_peek(int fd, int milliseconds)
{
	struct pollfd readable = { .fd = fd, .events = POLLIN };
	return poll(&readable, 1, milliseconds) != 0;
}

static void end_by(int number)
{
	signal(number, SIG_DFL);
	raise(number);
}

void interrupt_pass_on(void)
{
	if (noted != 0)
		end_by(noted);
}

void interrupt_pipe_closed(void)
{
	end_by(SIGPIPE);
}
