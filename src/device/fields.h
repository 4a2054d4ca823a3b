// SPDX-License-Identifier: MIT
// What an answer consists of: the pieces that rules for labels are about, and that a person looks at
// first.
//
// What an answer is, is told by its bytes and never by the port: devices speak HTTP on 23 and Telnet
// on 80. All of it takes time in proportion to the answer, whatever the answer is.
//
//   HTTP    status line and headers (RFC 9112, a line may end in LF alone; folded lines are one value),
//           the title of the page; RTSP is alike. A page without a status line is HTML.
//   SSH     the identification without "SSH-2.0-" (RFC 4253, 4.2); lines may stand before it
//   FTP     the greeting without its codes, several lines joined by CR LF (RFC 959, 4.2); what replies
//           follow is left out. One that says SMTP is of that; POP3 and IMAP have "+OK", "* OK" in front.
//   Telnet  the text without options (RFC 854: an IAC in the text is one byte FF, CR NUL is CR), trimmed.
//           Text that is none of the others is taken for the same, since options need not be there.
//   binary  the bytes as they came
#pragma once

#include "base/cursor.h"

enum answer_form {
	ANSWER_EMPTY,
	ANSWER_HTTP,
	ANSWER_RTSP,
	ANSWER_HTML,
	ANSWER_SSH,
	ANSWER_FTP,
	ANSWER_SMTP,
	ANSWER_POP3,
	ANSWER_IMAP,
	ANSWER_TELNET,  // options came with the text, or nothing but options
	ANSWER_TEXT,
	ANSWER_BINARY,
	ANSWER_FORMS
};

enum field_kind {
	FIELD_STATUS_LINE,
	FIELD_SERVER,
	FIELD_RTSP_SERVER,
	FIELD_AUTHENTICATE,  // WWW-Authenticate as it is: Basic realm="..."
	FIELD_REALM,         // of it: ...
	FIELD_COOKIE,        // Set-Cookie as it is: NAME=value; path=/
	FIELD_COOKIE_NAME,
	FIELD_POWERED_BY,
	FIELD_LOCATION,
	FIELD_TITLE,  // trimmed; entities as they are
	FIELD_SSH,
	FIELD_FTP,
	FIELD_SMTP,
	FIELD_POP3,
	FIELD_IMAP,
	FIELD_TEXT,    // of Telnet, or of what nobody told
	FIELD_BINARY,  // what is no text
	FIELD_KINDS
};

// Of one answer so many fields are kept, and of a field so many bytes.
enum { FIELDS_MAX = 32, FIELD_LENGTH_MAX = 4096 };

struct field {
	enum field_kind kind;
	struct span text;  // into the answer, or into the room; never empty
};

// About 5 KiB; fields may point into the room, so one that is copied is of no use.
struct fields {
	enum answer_form form;
	struct field list[FIELDS_MAX];  // in the order of the answer
	size_t count, left_out;
	uint8_t room[FIELD_LENGTH_MAX];
};

// Splits an answer. Never fails.
void fields_of(struct span answer, struct fields *out);

// The first field of a kind; without bytes: there is none.
struct span fields_first(const struct fields *, enum field_kind);

const char *field_kind_name(enum field_kind);    // "server", "ssh", ...
const char *answer_form_name(enum answer_form);  // "http", "telnet", ...
