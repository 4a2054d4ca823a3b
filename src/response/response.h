// SPDX-License-Identifier: MIT
// What a host answered on one of its ports when somebody asked it: hotaru itself (probe/) or another
// tool, whose output the readers of this folder know (nmap, zgrab2, Censys, Shodan).
//
// The bytes are the host's, raw, as far as whoever asked kept them: never text, never to be trusted.
// What several answers of a host say together is found in analyse/devices, never here.
#pragma once

#include "base/cursor.h"
#include "base/error.h"

// How the conversation ended. The names (response_status_name()) are those of hotaru's own JSON Lines.
enum response_status {
	RESPONSE_ANSWERED,  // the host sent at least one byte that is not Telnet negotiation alone
	RESPONSE_EMPTY,     // a connection stood, and the host closed it or was silent to the end
	RESPONSE_REFUSED,   // RST or ICMP port unreachable instead of a connection
	RESPONSE_RESET,     // RST after a connection stood, nothing came before
	RESPONSE_TIMEOUT,   // nobody said anything to the SYN
	RESPONSE_UNREACHABLE,  // ICMP host or network unreachable, or prohibited
	RESPONSE_TLS,          // speaks TLS only: the bytes are its alert, if any
	RESPONSE_STATUSES
};

// A response of more bytes is cut to so many; also what a host is read up to.
enum { RESPONSE_BYTES_MAX = 64 * 1024, RESPONSE_PROBE_MAX = 64 };

struct response {
	uint32_t address;  // IPv4, host byte order
	uint16_t port;     // of TCP
	enum response_status status;
	uint64_t time_ns;  // when it was asked, since 1970, UTC; 0: nobody says
	struct span
		probe;  // how it was asked, a name in printable ASCII: "get", "nmap-banner"; may be empty
	struct span bytes;  // what came, in the order of the stream, Telnet options included
	bool is_cut;        // the host sent more than was kept
	bool is_lossy;  // some bytes are not what the host sent: they went through text on their way
};

// "answered", "empty", ...
const char *response_status_name(enum response_status);

// Who takes responses, one by one; what they point to is valid during the call.
struct response_receiver {
	bool (*take)(void *context, const struct response *, struct error *error);
	void *context;
};
