// SPDX-License-Identifier: MIT
// What is said on one connection, and when it is over: pure, of bytes and times, without a socket.
//
//   On ports of the Web (80, 81, 88, 7547, 8080) a GET is sent at once. Elsewhere the host has `wait` to begin;
//   if it says nothing at all, a GET follows. A host that has said anything, be it Telnet options, is
//   sent no GET any more: at a prompt it would be a name.
//   Telnet options are refused (telnet.h), on ports of the Web if they come first of all.
//   Behind a line that begins with "SSH-" one's own identification is sent, once, and no key exchange.
//   A greeting as of FTP ("220 ", or "220-" up to "220 ") is answered with QUIT.
//   Nothing else is ever sent: no name, no password, no command.
//
// It is over when the host closes, when text came and then nothing for `quiet`, when `bytes_max` bytes are
// there, and at the deadline, whatever the host does. All that came is kept as it came.
#pragma once

#include "probe/manners.h"
#include "probe/telnet.h"
#include "response/response.h"

struct conversation_rules {
	uint64_t wait_ns, quiet_ns;
	uint64_t deadline_ns;  // from the first SYN on
	size_t bytes_max;      // RESPONSE_BYTES_MAX at most
	const struct manners *manners;
};

// All that can be said on one connection.
enum {
	CONVERSATION_REPLIES_MAX = TELNET_REPLIES_MAX + MANNERS_GET_MAX +
	                           MANNERS_IDENTIFICATION_MAX + 16
};

enum conversation_service { SERVICE_UNTOLD, SERVICE_SSH, SERVICE_FTP };
enum conversation_ending { ENDING_CLOSED, ENDING_RESET, ENDING_SILENCE };

struct conversation {
	struct buffer bytes;  // what came
	uint64_t deadline_ns;
	uint64_t wake_ns;  // when conversation_wake() is due
	uint32_t address;
	uint16_t port;
	bool is_over;
	bool is_cut;  // the host sent more than was kept
	// Private:
	bool was_asked;  // by a GET
	bool has_text, has_options;
	uint8_t lines;  // that were looked at
	enum conversation_service service;
	uint32_t line_at;  // where the line begins that has not ended
	char code[3];      // of an FTP greeting
	bool said_quit;
	struct telnet telnet;
};

// A connection stands. `asked_ns` is when it was begun. What is to be sent is appended to `reply`, here and below.
void conversation_begin(struct conversation *, const struct conversation_rules *, uint32_t address,
                        uint16_t port, uint64_t asked_ns, uint64_t now_ns, struct buffer *reply);
void conversation_take(struct conversation *, const struct conversation_rules *, struct span bytes,
                       uint64_t now_ns, struct buffer *reply);
// At wake_ns or later.
void conversation_wake(struct conversation *, uint64_t now_ns, const struct conversation_rules *,
                       struct buffer *reply);
void conversation_done(struct conversation *);

// How it ended, and how it was asked: "get", "ssh", "ftp", "telnet" (options were refused) or "listen".
enum response_status conversation_status(const struct conversation *, enum conversation_ending);
const char *conversation_probe(const struct conversation *);

bool conversation_is_web(uint16_t port);
