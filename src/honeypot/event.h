// SPDX-License-Identifier: MIT
// What a honeypot wrote of one thing that somebody did there: connected, tried a password, typed a line, had
// a file fetched. Logs of all kinds are read into such events.
//
// An event is a fact on its own. Logs are rotated in the middle of sessions, come in any order, and some twice;
// so a store keeps events, each once, by the day of their time, and what a session was is found when its events
// are read together (analyse/variants), never here. Two events that are the same in everything are one: a log
// whose times are whole seconds has one event of a line that was typed twice in a second.
//
// Texts are the attacker's bytes, raw: never text, never to be trusted.
#pragma once

#include "base/cursor.h"
#include "base/error.h"

enum honeypot_event_kind {
	HONEYPOT_CONNECT,       // a connection was accepted
	HONEYPOT_CLOSED,        // it ended; text: nothing
	HONEYPOT_LOGIN_FAILED,  // text: user name, a zero byte, password
	HONEYPOT_LOGIN,         // the same, accepted
	HONEYPOT_INPUT,         // text: a line that was typed
	HONEYPOT_RAN,  // text: what a log tells beside the lines: a command of one, again; what was typed into a program
	HONEYPOT_FETCH,  // a file was fetched, or that was tried; text: URL, a zero byte, its SHA-256 in
			 // hex, which may be empty
	HONEYPOT_UPLOAD,  // a file was sent; text: its name, a zero byte, SHA-256 as above
	HONEYPOT_CLIENT,  // text: how the client's software calls itself
	HONEYPOT_SYN,     // a firewall saw a SYN; there is no session. Text: "window ttl flags"
	HONEYPOT_EVENT_KINDS
};

enum honeypot_protocol {
	HONEYPOT_PROTOCOL_UNKNOWN,
	HONEYPOT_SSH,
	HONEYPOT_TELNET,
	HONEYPOT_OTHER,
	HONEYPOT_PROTOCOLS
};

// Longer ones are cut. A session's name is unique among those of its sensor and source for a while only:
// logs of 2017 have numbers that begin anew when the honeypot does.
enum { HONEYPOT_TEXT_MAX = 8 * 1024, HONEYPOT_SENSOR_MAX = 128, HONEYPOT_SESSION_MAX = 64 };

struct honeypot_event {
	uint64_t time_ns;     // since 1970, UTC
	struct span sensor;   // how the log calls the honeypot; may be empty
	struct span session;  // may be empty: then there is none, or nobody says
	uint32_t source;      // IPv4, host byte order
	uint32_t
		destination;  // where the source thought to be, or what stands before it; 0: nobody says
	uint16_t source_port, port;  // port: that the honeypot listened on; 0: nobody says
	enum honeypot_protocol protocol;
	enum honeypot_event_kind kind;
	struct span text;
	bool is_cut;  // the log had more of the text
};

// "connect", "login_failed", ...; "ssh", "telnet", ...
const char *honeypot_event_kind_name(enum honeypot_event_kind);
const char *honeypot_protocol_name(enum honeypot_protocol);

// A log in text says of a connection which session it is, and of all others only the number of its transport:
// such sessions are called "SSH13477" and "TT1583" (as Cowrie itself did in 2017), and begin without a
// HONEYPOT_CONNECT. That is an event of the same sensor and source in a session of its own, without other
// events. Numbers of a source's connections by one protocol ascend with their times, until the honeypot is started anew.
bool honeypot_session_is_transport(struct span session);

// Less than, equal to, or greater than 0, by sensor, session, source, time, kind and all the rest: the order
// in which a store keeps the events of a day, so that those of a session are together. Two that are equal are
// the same event.
int honeypot_event_compare(const struct honeypot_event *, const struct honeypot_event *);

// Who takes events, one by one; what they point to is valid during the call.
struct honeypot_receiver {
	bool (*take)(void *context, const struct honeypot_event *, struct error *error);
	void *context;
};
