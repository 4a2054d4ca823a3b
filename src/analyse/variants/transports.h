// SPDX-License-Identifier: MIT
// Joining what a log in text tears apart: the line of a connection, which has the name of its session, and all that comes
// then, whose session is the number of the transport ("SSH13477", honeypot_session_is_transport()).
//
// Of one sensor and source transports take connections in the order of their numbers: each the first that nobody has taken, that is
// of its protocol or of none that is known, and was there at its first event and TRANSPORT_WAIT_NS before at most: a client that says
// nothing is hung up on after two minutes, and that is said then. The session has the name, the time, the day and the ports of the connection. What finds no
// other half is a session by itself.
//
// Memory: 200 bytes for each connection without anything else, a KiB for each transport, of one sensor and the days that are
// walked together.
#pragma once

#include "analyse/variants/sessions.h"

#define TRANSPORT_WAIT_NS (UINT64_C(300) * 1000000000)

struct transports {
	struct stub *stubs;  // connections
	size_t stub_count, stub_capacity;
	struct torn *list;
	size_t count, capacity;
};

// Whether a session is one half or the other: of nothing but a connection, or of a transport without one.
bool transports_is_half(const struct session *, bool is_connected, uint64_t events);
// Keeps it.
bool transports_keep(struct transports *, const struct session *, bool is_connected,
                     struct error *error) MUST_CHECK;
// Hands out all that were kept, joined, if their day is one of these; none is kept then.
bool transports_join(struct transports *, struct day_range, const struct session_visitor *,
                     struct error *error) MUST_CHECK;
void transports_done(struct transports *);
