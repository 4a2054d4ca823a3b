// SPDX-License-Identifier: MIT
#include "probe/probe.h"

#include "base/clock.h"
#include "base/interrupt.h"
#include "base/memory.h"
#include "base/random.h"
#include "base/text.h"

#include <errno.h>
#include <netinet/in.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
	READ_MAX = 64 * 1024,
	EVENTS_MAX = 256,
	TURN_MAX =
		1024,  // hosts that come in, and items that are due, before sockets are looked at again
	LONGEST_WAIT_MS = 250,
	MILLISECOND_NS = 1000000
};
#define POSTPONED_NS UINT64_C(1000000000)

enum state { FREE, WAITING, CONNECTING, TALKING, RESTING };

struct slot {
	struct conversation talk;  // TALKING
	struct target target;
	uint64_t asked_ns;     // clock_now_ns()
	uint64_t asked_at_ns;  // since 1970
	int fd;
	uint8_t state, port;  // index of the port that is asked
};

struct loop {
	const struct probe_request *request;
	struct probe_totals *totals;
	struct agenda agenda;
	struct limiter *limiter;
	struct slot *slots;
	uint32_t *spare;
	size_t spare_count, in_count;
	size_t room;  // bytes of answers that are held
	struct random random;
	struct buffer reply;
	uint8_t *read;
	int epoll;
	uint64_t now_ns;
	bool has_all;   // no target comes any more
	bool has_more;  // to let in at once
	struct error *error;
};

static uint32_t number_of(const struct loop *l, const struct slot *s)
{
	return (uint32_t)(s - l->slots);
}

// ---- hosts come and go

static void let_out(struct loop *l, struct slot *s)
{
	limiter_leave(l->limiter, number_of(l, s), l->now_ns);
	agenda_remove(&l->agenda, number_of(l, s));
	s->state = FREE;
	l->spare[l->spare_count++] = number_of(l, s);
	l->in_count--;
}

static bool begin_or_wait(struct loop *l, struct slot *s);

static bool let_in(struct loop *l)
{
	unsigned count = 0;
	l->has_more = false;
	while (!l->has_all && l->spare_count > 0) {
		if (count++ == TURN_MAX) {
			l->has_more = true;
			return true;
		}
		struct slot *s = &l->slots[l->spare[l->spare_count - 1]];
		// Buckets are asked for first: a target that was taken cannot be put back.
		if (!limiter_has_room(l->limiter))
			return true;
		if (!l->request->next(l->request->context, &s->target, l->error)) {
			l->has_all = true;
			return l->error->kind == ERROR_NONE;
		}
		// Whoever plans is not to be trusted with what there is.
		s->target.todo &= (uint32_t)((UINT64_C(1) << l->request->port_count) - 1);
		if (s->target.todo == 0)
			continue;
		l->spare_count--;
		l->in_count++;
		l->totals->hosts++;
		limiter_enter(l->limiter, number_of(l, s), s->target.address, s->target.network,
		              l->now_ns);
		if (!begin_or_wait(l, s))
			return false;
	}
	return true;
}

// ---- connections end

static bool hand_on(struct loop *l, const struct slot *s, enum response_status status)
{
	const bool has_talked = s->state == TALKING;
	const char *probe = has_talked ? conversation_probe(&s->talk) : "connect";
	const struct response response = {
		.address = s->target.address,
		.port = l->request->ports[s->port],
		.status = status,
		.time_ns = s->asked_at_ns,
		.probe = { (const uint8_t *)probe, strlen(probe) },
		.bytes = has_talked ? buffer_span(&s->talk.bytes) : (struct span){ .length = 0 },
		.is_cut = has_talked && s->talk.is_cut,
	};
	l->totals->connections++;
	l->totals->by_status[status]++;
	return l->request->receiver.take(l->request->receiver.context, &response, l->error);
}

static void hang_up(struct loop *l, struct slot *s)
{
	if (s->state == TALKING) {
		l->room -= s->talk.bytes.capacity;
		conversation_done(&s->talk);
	}
	if (s->fd >= 0) {
		close(s->fd);
		l->totals->open--;
	}
	s->fd = -1;
}

static void rest(struct loop *l, struct slot *s, uint64_t for_ns)
{
	s->state = RESTING;
	agenda_set(&l->agenda, number_of(l, s), l->now_ns + for_ns);
}

static bool end(struct loop *l, struct slot *s, enum response_status status)
{
	const bool ok = hand_on(l, s, status);
	hang_up(l, s);
	s->target.todo &= ~(UINT32_C(1) << s->port);
	if (s->target.todo == 0)
		let_out(l, s);
	else
		rest(l, s, l->request->gap_ns);
	return ok;
}

// ---- connections begin

// What a SYN came to, other than a connection. False: it was this machine's doing.
static bool status_of(int number, enum response_status *out)
{
	switch (number) {
	case ECONNREFUSED: *out = RESPONSE_REFUSED; return true;
	case ETIMEDOUT: *out = RESPONSE_TIMEOUT; return true;
	case EHOSTUNREACH:
	case ENETUNREACH:
	case EHOSTDOWN:
	case ENOPROTOOPT:
	case EPROTO:
	case ENONET: *out = RESPONSE_UNREACHABLE; return true;
	default: return false;
	}
}

static bool postpone(struct loop *l, struct slot *s)
{
	l->totals->postponed++;
	hang_up(l, s);
	rest(l, s, POSTPONED_NS);
	return true;
}

static bool fail(struct loop *l, const struct slot *s, int number)
{
	char address[TEXT_IPV4_SIZE];
	text_from_ipv4(s->target.address, address);
	errno = number;
	error_errno(l->error, "cannot connect to %s port %u from this machine", address,
	            (unsigned)l->request->ports[s->port]);
	return error_suffix(l->error, "; an opt-out leaves the address out");
}

static bool is_shortage(int number)
{
	return number == EADDRNOTAVAIL || number == EAGAIN || number == EMFILE ||
	       number == ENFILE || number == ENOBUFS || number == ENOMEM;
}

// That no connection stands. `at_once`: before any packet was sent, so that no route is one's own trouble.
static bool take_failure(struct loop *l, struct slot *s, int number, bool at_once)
{
	enum response_status status;
	if (is_shortage(number))
		return postpone(l, s);
	if ((at_once && number == ENETUNREACH) || !status_of(number, &status))
		return fail(l, s, number);
	return end(l, s, status);
}

static bool connect_to(struct loop *l, struct slot *s)
{
	const struct sockaddr_in to = {
		.sin_family = AF_INET,
		.sin_port = htons(l->request->ports[s->port]),
		.sin_addr.s_addr = htonl(s->target.address),
	};
	s->fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (s->fd < 0)
		return take_failure(l, s, errno, true);
	l->totals->open++;
	if (l->totals->open > l->totals->open_most)
		l->totals->open_most = l->totals->open;
	struct epoll_event event = { .events = EPOLLOUT, .data.u32 = number_of(l, s) };
	if (epoll_ctl(l->epoll, EPOLL_CTL_ADD, s->fd, &event) != 0 ||
	    (connect(s->fd, (const struct sockaddr *)(const void *)&to, sizeof to) != 0 &&
	     errno != EINPROGRESS))
		return take_failure(l, s, errno, true);
	agenda_set(&l->agenda, number_of(l, s), l->now_ns + l->request->connect_ns);
	return true;
}

// A port of those that are to be done, whichever.
static uint8_t choose_port(struct loop *l, uint32_t todo)
{
	uint32_t skip = random_below(&l->random, (uint32_t)__builtin_popcount(todo));
	while (skip-- > 0)
		todo &= todo - 1;
	return (uint8_t)__builtin_ctz(todo);
}

static bool begin(struct loop *l, struct slot *s)
{
	s->fd = -1;
	if (guard_ask(l->request->guard, s->target.address) != GUARD_FREE) {
		l->totals->blocked += (uint64_t)__builtin_popcount(s->target.todo);
		let_out(l, s);
		return true;
	}
	s->port = choose_port(l, s->target.todo);
	s->state = CONNECTING;
	s->asked_ns = l->now_ns;
	s->asked_at_ns = clock_today_ns();
	return connect_to(l, s);
}

static bool begin_or_wait(struct loop *l, struct slot *s)
{
	s->state = WAITING;
	return !limiter_ask(l->limiter, number_of(l, s), l->now_ns) || begin(l, s);
}

// ---- connections stand

static void say(struct loop *l, const struct slot *s)
{
	// What cannot be sent shows when the host's end is read; all of it fits any socket's buffer.
	if (l->reply.length > 0)
		(void)!send(s->fd, l->reply.bytes, l->reply.length, MSG_NOSIGNAL);
	l->reply.length = 0;
}

static bool go_on(struct loop *l, struct slot *s, enum conversation_ending ending)
{
	if (s->talk.is_over)
		return end(l, s, conversation_status(&s->talk, ending));
	say(l, s);
	agenda_set(&l->agenda, number_of(l, s), s->talk.wake_ns);
	return true;
}

static void begin_talk(struct loop *l, struct slot *s)
{
	s->state = TALKING;
	l->reply.length = 0;
	conversation_begin(&s->talk, &l->request->rules, s->target.address,
	                   l->request->ports[s->port], s->asked_ns, l->now_ns, &l->reply);
}

// A connection stood and was reset before anybody looked. What came before that is still there.
static bool take_stillborn(struct loop *l, struct slot *s)
{
	ssize_t length;
	begin_talk(l, s);
	while (!s->talk.is_over && (length = recv(s->fd, l->read, READ_MAX, 0)) > 0)
		conversation_take(&s->talk, &l->request->rules,
		                  (struct span){ l->read, (size_t)length }, l->now_ns, &l->reply);
	l->room += s->talk.bytes.capacity;
	return end(l, s, conversation_status(&s->talk, ENDING_RESET));
}

static bool take_connection(struct loop *l, struct slot *s)
{
	struct epoll_event event = { .events = EPOLLIN, .data.u32 = number_of(l, s) };
	socklen_t size = sizeof(int);
	int number = 0;
	if (getsockopt(s->fd, SOL_SOCKET, SO_ERROR, &number, &size) != 0)
		number = errno;
	if (number == ECONNRESET || number == EPIPE)
		return take_stillborn(l, s);
	if (number != 0)
		return take_failure(l, s, number, false);
	if (epoll_ctl(l->epoll, EPOLL_CTL_MOD, s->fd, &event) != 0)
		return postpone(l, s);
	begin_talk(l, s);
	return go_on(l, s, ENDING_SILENCE);
}

// Bytes of all answers together have a limit: who would pass it keeps what is there.
static void keep_room(struct loop *l, struct slot *s, size_t before)
{
	l->room += s->talk.bytes.capacity - before;
	if (l->room > l->request->room_max && !s->talk.is_over) {
		s->talk.is_over = s->talk.is_cut = true;
		l->totals->cut_short++;
	}
}

static bool read_some(struct loop *l, struct slot *s)
{
	enum conversation_ending ending = ENDING_SILENCE;
	const ssize_t length = recv(s->fd, l->read, READ_MAX, 0);
	if (length < 0 && (errno == EAGAIN || errno == EINTR))
		return true;
	l->reply.length = 0;
	if (length > 0) {
		const size_t before = s->talk.bytes.capacity;
		conversation_take(&s->talk, &l->request->rules,
		                  (struct span){ l->read, (size_t)length }, l->now_ns, &l->reply);
		keep_room(l, s, before);
	} else {
		s->talk.is_over = true;
		ending = length == 0           ? ENDING_CLOSED
		         : errno == ECONNRESET ? ENDING_RESET
		                               : ENDING_SILENCE;
	}
	return go_on(l, s, ending);
}

static bool take_event(struct loop *l, struct slot *s)
{
	if (s->state == CONNECTING)
		return take_connection(l, s);
	return s->state != TALKING || read_some(l, s);
}

// ---- time

static bool wake(struct loop *l, struct slot *s)
{
	switch ((enum state)s->state) {
	case CONNECTING: return end(l, s, RESPONSE_TIMEOUT);
	case TALKING:
		l->reply.length = 0;
		conversation_wake(&s->talk, l->now_ns, &l->request->rules, &l->reply);
		return go_on(l, s, ENDING_SILENCE);
	case RESTING: return begin_or_wait(l, s);
	case FREE:
	case WAITING: break;
	}
	return true;
}

static bool take_due(struct loop *l)
{
	uint32_t item, host;
	for (unsigned i = 0; i < TURN_MAX && agenda_take(&l->agenda, l->now_ns, &item); i++) {
		if (item < l->request->hosts_max) {
			if (!wake(l, &l->slots[item]))
				return false;
		} else if (limiter_wake(l->limiter, item, l->now_ns, &host) &&
		           !begin_or_wait(l, &l->slots[host])) {
			return false;
		}
	}
	return true;
}

static int wait_ms(const struct loop *l)
{
	const uint64_t next_ns = agenda_next_ns(&l->agenda);
	if (l->has_more || next_ns <= l->now_ns)
		return 0;
	const uint64_t left_ms = (next_ns - l->now_ns + MILLISECOND_NS - 1) / MILLISECOND_NS;
	return left_ms < LONGEST_WAIT_MS ? (int)left_ms : LONGEST_WAIT_MS;
}

static bool take_turn(struct loop *l)
{
	struct epoll_event events[EVENTS_MAX];
	l->now_ns = clock_now_ns();
	if (!let_in(l))
		return false;
	const int count = epoll_wait(l->epoll, events, EVENTS_MAX, wait_ms(l));
	if (count < 0 && errno != EINTR)
		return error_errno(l->error, "cannot wait for answers");
	l->now_ns = clock_now_ns();
	for (int i = 0; i < count; i++)
		if (!take_event(l, &l->slots[events[i].data.u32]))
			return false;
	return take_due(l) && l->request->turn(l->request->context, l->totals, l->error);
}

// ---- the whole

static bool open_loop(struct loop *l)
{
	const size_t hosts = l->request->hosts_max;
	l->slots = memory_new(hosts, sizeof *l->slots);
	l->spare = memory_new(hosts, sizeof *l->spare);
	l->read = memory_room(READ_MAX);
	l->reply = buffer_up_to(CONVERSATION_REPLIES_MAX);
	if (l->slots == NULL || l->spare == NULL || l->read == NULL ||
	    !buffer_reserve(&l->reply, CONVERSATION_REPLIES_MAX))
		return error_memory(l->error, "connections");
	for (size_t i = hosts; i > 0; i--)
		l->spare[l->spare_count++] = (uint32_t)i - 1;
	l->epoll = epoll_create1(EPOLL_CLOEXEC);
	if (l->epoll < 0)
		return error_errno(l->error, "cannot wait for answers");
	return agenda_init(&l->agenda, hosts + limiter_items(hosts), l->error) &&
	       limiter_new(&l->request->rates, hosts, &l->agenda, &l->limiter, l->error);
}

static void close_loop(struct loop *l)
{
	for (size_t i = 0; l->slots != NULL && i < l->request->hosts_max; i++)
		if (l->slots[i].state == CONNECTING || l->slots[i].state == TALKING)
			hang_up(l, &l->slots[i]);
	if (l->epoll >= 0)
		close(l->epoll);
	limiter_free(l->limiter);
	agenda_done(&l->agenda);
	buffer_done(&l->reply);
	memory_free(l->slots);
	memory_free(l->spare);
	memory_free(l->read);
}

bool probe_run(const struct probe_request *request, struct probe_totals *out, struct error *error)
{
	struct probe_totals totals = { .hosts = 0 };
	struct error why = { .kind = ERROR_NONE };
	struct loop l = { .request = request,
		          .totals = &totals,
		          .random = random_from(request->seed),
		          .epoll = -1,
		          .error = &why };
	bool ok = open_loop(&l);
	while (ok && !interrupt_requested() && (!l.has_all || l.in_count > 0))
		ok = take_turn(&l);
	totals.is_interrupted = interrupt_requested() && (!l.has_all || l.in_count > 0);
	close_loop(&l);
	totals.open = 0;
	*out = totals;
	if (!ok)
		*error = why;
	return ok;
}
