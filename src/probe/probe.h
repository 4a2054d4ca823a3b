// SPDX-License-Identifier: MIT
// Asks hosts on their ports, and hands on what they answered: one thread, one event loop.
//
// It is epoll, and not a library above it: all that is needed is "this socket can be read" and "what is due
// when" (agenda.h). libuv would add its own timers, a thread pool, pipes and an eventfd, each of which the
// sandbox would have to allow, and hands on errors that no longer tell ICMP's from one's own.
//
// A host that is in is asked on one port after the other, in random order, with `gap_ns` between the end of one
// connection and the beginning of the next: never two at a time. Before each connection the guard is
// asked again. A slot is free again at the deadline of its connection, whatever the host does.
//
// Memory: 700 bytes for each of `hosts_max`, and `room_max` bytes of answers in all; where these do not suffice an
// answer is cut, and counted. The conversation that ends is written once; one that was
// broken off by the end of the process is not.
#pragma once

#include "probe/conversation.h"
#include "probe/guard.h"
#include "probe/limiter.h"
#include "probe/targets.h"

struct target {
	uint32_t address, network;  // of a network (AS) the number; 0: unknown
	uint32_t todo;              // bit i: port i
};

struct probe_totals {
	uint64_t hosts;        // that were let in
	uint64_t connections;  // that ended, each with a response
	uint64_t by_status[RESPONSE_STATUSES];
	uint64_t blocked;    // connections that the guard forbade at the last moment
	uint64_t cut_short;  // answers for which there was no room
	uint64_t postponed;  // connections for which this machine had no port, descriptor or memory
	uint64_t open;       // now
	uint64_t open_most;
	bool is_interrupted;
};

struct probe_request {
	const struct guard *guard;
	struct conversation_rules rules;
	uint64_t connect_ns;  // how long a SYN may be unanswered
	uint64_t gap_ns;
	const uint16_t *ports;
	size_t port_count;
	struct limiter_rates rates;
	size_t hosts_max;  // that are in at a time, and so connections that are open
	size_t room_max;
	uint64_t seed;
	// The next target; false: there is none any more, or it failed, which the error then says.
	bool (*next)(void *context, struct target *out, struct error *error);
	// Of each turn, when its responses were taken: a good moment to write them, and to show progress.
	bool (*turn)(void *context, const struct probe_totals *, struct error *error);
	struct response_receiver receiver;
	void *context;
};

// Until all were asked, or an interrupt is noted: then what is open is closed and not handed on. A failure is one's own:
// no route, a firewall of one's own, a receiver that failed.
bool probe_run(const struct probe_request *, struct probe_totals *out,
               struct error *error) MUST_CHECK;
