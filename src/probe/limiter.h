// SPDX-License-Identifier: MIT
// How fast: connections a second to one /24, to one network (AS), and in all.
//
// Each is a bucket that lets one connection begin and is then shut for 1 / rate seconds: between two
// connections to one /24 there is never less, however long it was idle before. That of all may catch up
// what it missed in the last 20 ms, since a process is not woken more exactly than that on a busy machine.
// Who finds a bucket shut waits in its queue and is woken in turn; only when all three are open at the same
// moment does a connection begin, and shuts them.
//
// Buckets are made when a host comes in and go when the last of theirs has left and they are open again;
// there are four a host that can be in, so a list of any length takes no more.
#pragma once

#include "probe/agenda.h"

// Connections a second; 0: no limit.
struct limiter_rates {
	double all, network, prefix;
};

struct limiter;
// Hosts are 0 .. hosts - 1. Buckets stand in the agenda, as items from `hosts` on: limiter_items() of them.
size_t limiter_items(size_t hosts);
bool limiter_new(const struct limiter_rates *, size_t hosts, struct agenda *, struct limiter **out,
                 struct error *error) MUST_CHECK;
void limiter_free(struct limiter *);  // accepts NULL

// Whether there are buckets for one more host; if not, there are when some are open again.
bool limiter_has_room(const struct limiter *);
// A host comes in; network 0: nobody knows it, and no limit of its own holds.
void limiter_enter(struct limiter *, uint32_t host, uint32_t address, uint32_t network,
                   uint64_t now_ns);
void limiter_leave(struct limiter *, uint32_t host, uint64_t now_ns);

// Whether the host may begin a connection now, which then counts. Otherwise it stands in a queue.
bool limiter_ask(struct limiter *, uint32_t host, uint64_t now_ns);

// The agenda handed out an item from `hosts` on. If it wakes a host that host is to ask again; false: nobody.
bool limiter_wake(struct limiter *, uint32_t item, uint64_t now_ns, uint32_t *out_host);
