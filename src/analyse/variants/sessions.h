// SPDX-License-Identifier: MIT
// Sessions at honeypots, from events in the order in which holdings have them.
//
// A session is what has one name, at one sensor and from one source, until
//
// - a connection of another time or port begins: logs of 2017 number sessions anew when the honeypot restarts; or
// - SESSION_SILENCE_NS have passed in silence. Cowrie hangs up after 3 to 5 minutes, and of 1,400 real sessions of
//   2017 to 2026 the longest silence was 11 minutes.
//
// What logs in text tear apart is joined (transports.h).
//
// It is of the day of its first event, and has what was done until the end of the day after: what comes later of it belongs to it and is
// not counted. So each day's sessions are the same, whatever other days are asked about, wherever logs were
// cut; and nobody who stays for weeks makes anything wait. What firewalls saw (HONEYPOT_SYN) is no session.
//
// Memory: half a MiB for each of SESSIONS_WINDOW + 2 days, one session, and what transports.h says.
#pragma once

#include "analyse/variants/role.h"
#include "base/calendar.h"
#include "base/period.h"
#include "holdings/holdings.h"

#define SESSION_SILENCE_NS (UINT64_C(3600) * 1000000000)
enum { SESSIONS_WINDOW = 14, SESSION_TOKENS_MAX = 16, SESSION_FETCHED_MAX = 1024 };

// How far it came: each stands for those before it.
enum session_stage {
	STAGE_CONNECT,  // and perhaps tried passwords
	STAGE_LOGIN,    // one was accepted
	STAGE_SHELL,    // something was typed, or run
	STAGE_TOKEN,
	STAGE_DOWNLOAD,  // a file was fetched or sent, or that was tried
	STAGES
};
const char *session_stage_name(enum session_stage);

struct session_token {
	uint8_t bytes[TOKEN_MAX], length;
};
static inline struct span session_token_span(const struct session_token *t)
{
	return (struct span){ t->bytes, t->length };
}

struct session {
	int32_t day;
	uint64_t first_ns, last_ns;
	struct span sensor, name;
	uint32_t source, destination;  // destination: 0: nobody says
	uint16_t source_port, port;
	enum honeypot_protocol protocol;
	uint64_t failed, logins, commands,
		downloads;  // logins: accepted; commands: lines that were typed
	// Each once, as they came; of more than there is room for those that came first. Of lines, of what was run, and
	// of names and passwords: a bot that does not wait types its commands there.
	struct session_token tokens[SESSION_TOKENS_MAX];
	unsigned token_count;
	struct role_signs signs;
	struct span client;  // the first one; may be empty
	struct span
		fetched;  // URLs and names of files, a line's end behind each: the first of them
	enum session_stage stage;
};

struct session_visitor {
	// Those of some days, by sensor; of one those that were joined come last.
	bool (*session)(void *context, const struct session *, struct error *error);
	// Those of these days were all there, and no later one is of them. NULL: nobody asks.
	bool (*days)(void *context, struct day_range, struct error *error);
	void *context;
};
// Sessions of these days.
bool sessions_walk(struct holdings *, struct day_range, const struct session_visitor *,
                   struct error *error) MUST_CHECK;
