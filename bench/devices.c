// SPDX-License-Identifier: MIT
// Very many devices on loopback, for measuring who asks them: every address of 127.0.0.0/8 answers on a
// port with a banner, some time after it was connected to, and then waits for the other side to close.
//
//   bench-devices PORT DELAY_MS SECONDS
//
// Prints how many connections were accepted, how many were open at once, and how many began in the
// busiest second.
#include "base/clock.h"
#include "base/memory.h"
#include "base/text.h"

#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

enum { FILES_MAX = 65536, EVENTS_MAX = 512, BACKLOG = 4096 };
#define SECOND_NS UINT64_C(1000000000)

struct waiting {
	int fd;
	uint64_t due_ns;
};

struct devices {
	int listening, epoll;
	uint64_t delay_ns, end_ns;
	struct waiting *queue;  // a ring, by time
	size_t first, queued;
	uint64_t accepted, open, open_most, second_ns, in_second, in_second_most;
};

static bool start(struct devices *d, uint16_t port)
{
	struct sockaddr_in at = { .sin_family = AF_INET, .sin_port = htons(port) };
	const struct rlimit files = { FILES_MAX, FILES_MAX };
	const int yes = 1;
	struct epoll_event event = { .events = EPOLLIN };
	// Bound to the device, nobody else can connect, although every address is taken.
	d->listening = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	d->epoll = epoll_create1(EPOLL_CLOEXEC);
	event.data.fd = d->listening;
	d->queue = memory_new(FILES_MAX, sizeof *d->queue);
	(void)setrlimit(RLIMIT_NOFILE, &files);
	return d->queue != NULL && d->listening >= 0 && d->epoll >= 0 &&
	       setsockopt(d->listening, SOL_SOCKET, SO_BINDTODEVICE, "lo", 3) == 0 &&
	       setsockopt(d->listening, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes) == 0 &&
	       bind(d->listening, (const struct sockaddr *)(const void *)&at, sizeof at) == 0 &&
	       listen(d->listening, BACKLOG) == 0 &&
	       epoll_ctl(d->epoll, EPOLL_CTL_ADD, d->listening, &event) == 0;
}

static void count(struct devices *d, uint64_t now_ns)
{
	if (now_ns - d->second_ns >= SECOND_NS) {
		d->second_ns = now_ns;
		d->in_second = 0;
	}
	d->in_second++;
	d->accepted++;
	d->open++;
	d->open_most = d->open > d->open_most ? d->open : d->open_most;
	d->in_second_most = d->in_second > d->in_second_most ? d->in_second : d->in_second_most;
}

static void take(struct devices *d, uint64_t now_ns)
{
	int fd;
	while (d->queued < FILES_MAX &&
	       (fd = accept4(d->listening, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC)) >= 0) {
		struct epoll_event event = { .events = EPOLLIN | EPOLLRDHUP, .data.fd = fd };
		(void)epoll_ctl(d->epoll, EPOLL_CTL_ADD, fd, &event);
		d->queue[(d->first + d->queued++) % FILES_MAX] = (struct waiting){
			fd, now_ns + d->delay_ns
		};
		count(d, now_ns);
	}
}

static void answer(struct devices *d, uint64_t now_ns)
{
	static const char banner[] = "\xff\xfd\x01\xff\xfb\x03\r\nBusyBox login: ";
	while (d->queued > 0 && d->queue[d->first].due_ns <= now_ns) {
		(void)!send(d->queue[d->first].fd, banner, sizeof banner - 1, MSG_NOSIGNAL);
		d->first = (d->first + 1) % FILES_MAX;
		d->queued--;
	}
}

static void hear(struct devices *d, int fd)
{
	char heard[4096];
	ssize_t length;
	while ((length = recv(fd, heard, sizeof heard, 0)) > 0)
		continue;
	if (length == 0 || errno != EAGAIN) {
		close(fd);
		d->open--;
	}
}

static void serve(struct devices *d)
{
	struct epoll_event events[EVENTS_MAX];
	for (uint64_t now_ns; (now_ns = clock_now_ns()) < d->end_ns;) {
		const int ready = epoll_wait(d->epoll, events, EVENTS_MAX, 2);
		for (int i = 0; i < ready; i++)
			if (events[i].data.fd == d->listening)
				take(d, now_ns);
			else
				hear(d, events[i].data.fd);
		answer(d, now_ns);
	}
}

int main(int argc, char **argv)
{
	static struct devices d;
	uint64_t port, delay_ms, seconds;
	if (argc != 4 || !text_u64(argv[1], UINT16_MAX, &port) ||
	    !text_u64(argv[2], 60000, &delay_ms) || !text_u64(argv[3], 3600, &seconds)) {
		fprintf(stderr, "usage: bench-devices PORT DELAY_MS SECONDS\n");
		return 2;
	}
	d.delay_ns = delay_ms * 1000000;
	d.end_ns = clock_now_ns() + seconds * SECOND_NS;
	if (!start(&d, (uint16_t)port)) {
		perror("bench-devices");
		return 1;
	}
	printf("ready\n");
	fflush(stdout);
	serve(&d);
	printf("%llu accepted, %llu open at once, %llu in a second\n",
	       (unsigned long long)d.accepted, (unsigned long long)d.open_most,
	       (unsigned long long)d.in_second_most);
	return 0;
}
