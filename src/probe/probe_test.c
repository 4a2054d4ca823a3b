// SPDX-License-Identifier: MIT
// On loopback, with listening sockets that the kernel answers for. Hosts that talk are in tests/probe_test.py.
#include "probe/probe.h"

#include "base/clock.h"
#include "base/test.h"

#include <errno.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

enum { LOOPBACK = 0x7f000001, MANY_MAX = 64 };
#define SECOND UINT64_C(1000000000)

struct world {
	struct target targets[MANY_MAX];
	size_t target_count, next;
	struct response responses[MANY_MAX];
	uint64_t times_ns[MANY_MAX];
	size_t response_count;
	size_t cut_count, byte_count;  // of the responses
	uint64_t open_most;
	int listening;  // 0: none; whoever connects is sent `greeting` bytes
	size_t greeting;
};

static bool next(void *context, struct target *out, struct error *error)
{
	struct world *w = context;
	(void)error;
	if (w->next == w->target_count)
		return false;
	*out = w->targets[w->next++];
	return true;
}

static bool take(void *context, const struct response *response, struct error *error)
{
	struct world *w = context;
	(void)error;
	if (w->response_count == MANY_MAX)
		return false;
	w->times_ns[w->response_count] = clock_now_ns();
	w->responses[w->response_count++] = *response;
	w->cut_count += response->is_cut;
	w->byte_count += response->bytes.length;
	return true;
}

// The descriptors stay open until the test ends: the host is silent then.
static void greet(const struct world *w)
{
	static const char text[60000];
	int fd;
	while ((fd = accept(w->listening, NULL, NULL)) >= 0)
		CHECK(send(fd, text, w->greeting, MSG_NOSIGNAL) == (ssize_t)w->greeting);
}

static bool turn(void *context, const struct probe_totals *totals, struct error *error)
{
	struct world *w = context;
	(void)error;
	w->open_most = totals->open > w->open_most ? totals->open : w->open_most;
	if (w->listening > 0)
		greet(w);
	return true;
}

// Listens on a port of the kernel's choice.
static int listen_on(uint32_t address, int backlog, uint16_t *out_port)
{
	struct sockaddr_in at = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(address) };
	struct sockaddr *const any = (struct sockaddr *)(void *)&at;
	socklen_t size = sizeof at;
	const int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	CHECK(fd >= 0 && bind(fd, any, size) == 0 && listen(fd, backlog) == 0 &&
	      getsockname(fd, any, &size) == 0);
	*out_port = ntohs(at.sin_port);
	return fd;
}

static int connect_once(uint32_t address, uint16_t port)
{
	const struct sockaddr_in to = { .sin_family = AF_INET,
		                        .sin_port = htons(port),
		                        .sin_addr.s_addr = htonl(address) };
	const int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	CHECK(fd >= 0);
	CHECK(connect(fd, (const struct sockaddr *)(const void *)&to, sizeof to) == 0 ||
	      errno == EINPROGRESS);
	return fd;
}

static bool was_connected(int listening)
{
	const int fd = accept(listening, NULL, NULL);
	if (fd >= 0)
		close(fd);
	return fd >= 0;
}

static struct manners manners;

static struct probe_request request_of(struct world *w, const struct guard *guard,
                                       const uint16_t *ports, size_t count)
{
	struct error error;
	CHECK(manners_init(&manners, "soc@example.org", "https://p.example/", "1", &error));
	return (struct probe_request){
		.guard = guard,
		.rules = { .wait_ns = SECOND / 50,
		           .quiet_ns = SECOND / 50,
		           .deadline_ns = SECOND / 10,
		           .bytes_max = 1000,
		           .manners = &manners },
		.connect_ns = SECOND / 20,
		.ports = ports,
		.port_count = count,
		.hosts_max = 8,
		.room_max = 1 << 20,
		.next = next,
		.turn = turn,
		.receiver = { take, w },
		.context = w,
	};
}

static void add(struct world *w, uint32_t address, uint32_t todo)
{
	w->targets[w->target_count++] = (struct target){ address, 0, todo };
}

TEST(whom_the_guard_forbids_nobody_connects_to)
{
	const struct guard strict = { .is_loopback = false }, loopback = { .is_loopback = true };
	struct ipset_prefix opted = { LOOPBACK, LOOPBACK };
	const struct guard opted_out = { .is_loopback = true, .opt_outs = { &opted, 1 } };
	const struct guard *const guards[] = { &strict, &opted_out, &loopback };
	for (size_t i = 0; i < 3; i++) {
		struct world w = { .next = 0 };
		struct probe_totals totals;
		struct error error;
		uint16_t port;
		const int listening = listen_on(LOOPBACK, 8, &port);
		const struct probe_request request = request_of(&w, guards[i], &port, 1);
		// Targets that no plan let through: the guard is asked where the connection is opened.
		add(&w, LOOPBACK, 1);
		CHECK(probe_run(&request, &totals, &error));
		CHECK(was_connected(listening) == (i == 2));
		CHECK(totals.blocked == (i < 2) && totals.connections == (i == 2));
		CHECK(w.response_count == (i == 2));
		close(listening);
	}
}

TEST(what_a_syn_comes_to_is_told_apart)
{
	const struct guard guard = { .is_loopback = true };
	struct world w = { .next = 0 };
	struct probe_totals totals;
	struct error error;
	uint16_t ports[3];
	int busy[4];
	const int silent = listen_on(LOOPBACK, 8, &ports[0]);
	const int gone = listen_on(LOOPBACK, 8, &ports[1]);
	const int full = listen_on(LOOPBACK, 0, &ports[2]);
	close(gone);
	for (size_t i = 0; i < 4; i++)
		busy[i] = connect_once(LOOPBACK, ports[2]);
	const struct probe_request request = request_of(&w, &guard, ports, 3);
	add(&w, LOOPBACK, 7);
	CHECK(probe_run(&request, &totals, &error) && w.response_count == 3);
	CHECK(totals.by_status[RESPONSE_EMPTY] == 1 && totals.by_status[RESPONSE_REFUSED] == 1 &&
	      totals.by_status[RESPONSE_TIMEOUT] == 1);
	for (size_t i = 0; i < 3; i++) {
		const struct response *r = &w.responses[i];
		const enum response_status want = r->port == ports[0]   ? RESPONSE_EMPTY
		                                  : r->port == ports[1] ? RESPONSE_REFUSED
		                                                        : RESPONSE_TIMEOUT;
		CHECK(r->status == want && r->address == LOOPBACK && r->bytes.length == 0);
		CHECK(clock_today_ns() - r->time_ns < 10 * SECOND);
	}
	for (size_t i = 0; i < 4; i++)
		close(busy[i]);
	close(silent);
	close(full);
}

TEST(a_host_has_one_connection_at_a_time_and_gaps_between)
{
	const struct guard guard = { .is_loopback = true };
	struct world w = { .next = 0 };
	struct probe_totals totals;
	struct error error;
	uint16_t ports[4];
	int listening[4];
	for (size_t i = 0; i < 4; i++)
		listening[i] = listen_on(LOOPBACK, 8, &ports[i]);
	struct probe_request request = request_of(&w, &guard, ports, 4);
	request.gap_ns = SECOND / 20;
	add(&w, LOOPBACK, 15);
	const uint64_t before_ns = clock_now_ns();
	CHECK(probe_run(&request, &totals, &error));
	CHECK(totals.open_most == 1 && w.open_most == 1 && w.response_count == 4);
	CHECK(clock_now_ns() - before_ns >= 4 * SECOND / 10 + 3 * SECOND / 20);
	for (size_t i = 1; i < 4; i++)
		CHECK(w.times_ns[i] - w.times_ns[i - 1] >= SECOND / 10 + SECOND / 20);
	for (size_t i = 0; i < 4; i++)
		close(listening[i]);
}

TEST(answers_that_do_not_fit_together_are_cut_and_counted)
{
	const struct guard guard = { .is_loopback = true };
	struct probe_totals totals;
	struct error error;
	for (int is_tight = 0; is_tight < 2; is_tight++) {
		struct world w = { .greeting = 40000 };
		uint16_t port;
		w.listening = listen_on(LOOPBACK, 64, &port);
		struct probe_request request = request_of(&w, &guard, &port, 1);
		request.rules.bytes_max = RESPONSE_BYTES_MAX;
		request.rules.deadline_ns = SECOND;
		request.rules.wait_ns = request.rules.quiet_ns = SECOND / 4;
		request.connect_ns = SECOND;
		request.room_max = is_tight ? 3 * 65536 : 16 * 65536;
		for (size_t i = 0; i < 8; i++)
			add(&w, LOOPBACK, 1);
		CHECK(probe_run(&request, &totals, &error) && w.response_count == 8);
		CHECK(totals.by_status[RESPONSE_ANSWERED] == 8);
		CHECK(totals.cut_short == w.cut_count && (w.cut_count > 0) == (is_tight == 1));
		CHECK(is_tight == 1 || w.byte_count == 8 * 40000);
		CHECK(w.byte_count > 8 * 1000);
		close(w.listening);
	}
}

TEST(ports_that_there_are_not_are_not_asked)
{
	const struct guard guard = { .is_loopback = true };
	struct world w = { .next = 0 };
	struct probe_totals totals;
	struct error error;
	uint16_t port;
	close(listen_on(LOOPBACK, 8, &port));
	const struct probe_request request = request_of(&w, &guard, &port, 1);
	add(&w, LOOPBACK, UINT32_MAX);
	add(&w, LOOPBACK, 2);
	CHECK(probe_run(&request, &totals, &error) && w.response_count == 1);
}

TEST(many_hosts_go_through_few_slots)
{
	const struct guard guard = { .is_loopback = true };
	struct world w = { .next = 0 };
	struct probe_totals totals;
	struct error error;
	static bool is_there[MANY_MAX];
	uint16_t port;
	close(listen_on(LOOPBACK, 8, &port));
	struct probe_request request = request_of(&w, &guard, &port, 1);
	request.hosts_max = 3;
	for (uint32_t i = 0; i < MANY_MAX; i++)
		add(&w, LOOPBACK + i, 1);
	CHECK(probe_run(&request, &totals, &error) && w.response_count == MANY_MAX);
	CHECK(totals.hosts == MANY_MAX && totals.by_status[RESPONSE_REFUSED] == MANY_MAX);
	for (size_t i = 0; i < MANY_MAX; i++) {
		CHECK(!is_there[w.responses[i].address - LOOPBACK]);
		is_there[w.responses[i].address - LOOPBACK] = true;
	}
}

TEST_MAIN
