// SPDX-License-Identifier: MIT
#include "probe/conversation.h"

// A server may say something before its identification (RFC 4253, 4.2); further down nobody looks.
enum { LINES_MAX = 32, IAC = 255 };

bool conversation_is_web(uint16_t port)
{
	return port == 80 || port == 81 || port == 88 || port == 7547 || port == 8080;
}

static uint64_t earlier(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

static void ask(struct conversation *c, const struct conversation_rules *rules,
                struct buffer *reply)
{
	c->was_asked = true;
	manners_get(rules->manners, c->address, c->port, reply);
	c->wake_ns = c->deadline_ns;
}

void conversation_begin(struct conversation *c, const struct conversation_rules *rules,
                        uint32_t address, uint16_t port, uint64_t asked_ns, uint64_t now_ns,
                        struct buffer *reply)
{
	*c = (struct conversation){
		.bytes = buffer_up_to(rules->bytes_max),
		.deadline_ns = asked_ns + rules->deadline_ns,
		.address = address,
		.port = port,
	};
	c->wake_ns = earlier(c->deadline_ns, now_ns + rules->wait_ns);
	if (conversation_is_web(port))
		ask(c, rules, reply);
}

void conversation_done(struct conversation *c)
{
	buffer_done(&c->bytes);
}

// ---- lines: SSH and FTP

static bool starts(struct span line, const char *start)
{
	const size_t length = strlen(start);
	return line.length >= length && memcmp(line.bytes, start, length) == 0;
}

static bool is_digit(uint8_t byte)
{
	return byte >= '0' && byte <= '9';
}

// "220 " or "220-": replies of FTP begin with 1 to 5 (RFC 959, 4.2).
static bool is_reply(struct span line)
{
	return line.length >= 4 && line.bytes[0] >= '1' && line.bytes[0] <= '5' &&
	       is_digit(line.bytes[1]) && is_digit(line.bytes[2]) &&
	       (line.bytes[3] == ' ' || line.bytes[3] == '-');
}

static void quit(struct conversation *c, struct buffer *reply)
{
	c->said_quit = true;
	buffer_text(reply, "QUIT\r\n");
}

static void look_at(struct conversation *c, const struct conversation_rules *rules,
                    struct span line, struct buffer *reply)
{
	if (c->service == SERVICE_UNTOLD && starts(line, "SSH-")) {
		c->service = SERVICE_SSH;
		manners_identification(rules->manners, reply);
	} else if (c->service == SERVICE_UNTOLD && c->lines == 0 && is_reply(line)) {
		c->service = SERVICE_FTP;
		memcpy(c->code, line.bytes, sizeof c->code);
	}
	if (c->service == SERVICE_FTP && !c->said_quit && is_reply(line) && line.bytes[3] == ' ' &&
	    memcmp(line.bytes, c->code, sizeof c->code) == 0)
		quit(c, reply);
	c->lines++;
}

// The lines that have ended since it was asked last.
static void look_at_lines(struct conversation *c, const struct conversation_rules *rules,
                          struct buffer *reply)
{
	while (c->service != SERVICE_SSH && !c->said_quit && c->lines < LINES_MAX) {
		const struct span rest = span_from(buffer_span(&c->bytes), c->line_at);
		const uint8_t *end = rest.length > 0 ? memchr(rest.bytes, '\n', rest.length) : NULL;
		if (end == NULL)
			return;
		const size_t length = (size_t)(end - rest.bytes);
		look_at(c, rules, (struct span){ rest.bytes, length }, reply);
		c->line_at += (uint32_t)length + 1;
	}
}

// ---- bytes and times

static bool speaks_telnet(const struct conversation *c)
{
	return c->service == SERVICE_UNTOLD &&
	       (!conversation_is_web(c->port) || c->bytes.bytes[0] == IAC);
}

static void tell_text(struct conversation *c, struct span bytes, struct buffer *reply)
{
	if (!speaks_telnet(c)) {
		c->has_text = true;
		return;
	}
	const size_t before = reply->length;
	c->has_text |= telnet_take(&c->telnet, bytes, reply) > 0;
	c->has_options |= reply->length > before;
}

void conversation_take(struct conversation *c, const struct conversation_rules *rules,
                       struct span bytes, uint64_t now_ns, struct buffer *reply)
{
	const size_t room = rules->bytes_max - c->bytes.length;
	if (bytes.length == 0)
		return;
	if (bytes.length > room) {
		c->is_cut = c->is_over = true;
		bytes.length = room;
	}
	buffer_append(&c->bytes, bytes.bytes, bytes.length);
	if (c->bytes.failed)
		c->is_cut = c->is_over = true;
	if (c->bytes.failed || c->bytes.length == 0)
		return;
	// Lines first: what follows an identification in the same segment is no Telnet.
	if (!c->was_asked)
		look_at_lines(c, rules, reply);
	tell_text(c, bytes, reply);
	// Behind options a prompt may take its time: some servers ask for the name of the client first.
	c->wake_ns = earlier(c->deadline_ns,
	                     now_ns + (c->has_text ? rules->quiet_ns : rules->wait_ns));
}

void conversation_wake(struct conversation *c, uint64_t now_ns,
                       const struct conversation_rules *rules, struct buffer *reply)
{
	if (now_ns < c->deadline_ns && !c->was_asked && c->bytes.length == 0)
		ask(c, rules, reply);
	else
		c->is_over = true;
}

// An alert of TLS (RFC 8446, 6): what a server says that wants nothing but TLS.
static bool is_alert(struct span s)
{
	return s.length >= 5 && s.bytes[0] == 21 && s.bytes[1] == 3 && s.bytes[2] <= 4 &&
	       s.bytes[3] == 0 && s.bytes[4] == 2;
}

enum response_status conversation_status(const struct conversation *c,
                                         enum conversation_ending ending)
{
	if (is_alert(buffer_span(&c->bytes)))
		return RESPONSE_TLS;
	if (c->has_text)
		return RESPONSE_ANSWERED;
	return ending == ENDING_RESET ? RESPONSE_RESET : RESPONSE_EMPTY;
}

const char *conversation_probe(const struct conversation *c)
{
	if (c->service == SERVICE_SSH)
		return "ssh";
	if (c->service == SERVICE_FTP)
		return "ftp";
	if (c->was_asked)
		return "get";
	return c->has_options ? "telnet" : "listen";
}
