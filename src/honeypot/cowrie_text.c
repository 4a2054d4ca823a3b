// SPDX-License-Identifier: MIT
// Cowrie's log in text (cowrie.log), of 2017 to today:
//
//   2018-06-15T00:04:39.596202+0000 [cowrie.ssh.factory.CowrieSSHFactory] New connection:
//     192.0.2.7:50294 (172.17.0.3:2222) [session: 0e2042aaf8db]                         (one line)
//   2018-06-15T00:04:40.267463+0000 [SSHService 'ssh-userauth' on HoneyPotSSHTransport,13477,192.0.2.7]
//     login attempt [oracle/oracle@1] failed                                           (one line)
//
// Only the line of a connection has its session; all others have the number of the transport, which counts
// connections of one protocol since the honeypot was started. So their session is that: "SSH13477", "TT1583",
// and who reads events together joins the two (honeypot_session_is_transport()). Early in 2017
// Telnet's sessions were called TT1583 by Cowrie itself.
//
// Lines of a downloader ("[HTTPPageDownloader,client]", "[-]") do not say of whom they are: no source. Lines that do
// not begin with a time go on with the one before. Of "user/password" the first "/" is the border,
// as nobody can tell.
#include "honeypot/reader.h"

struct text_line {
	struct span time, system, message;
};

// False: it is no such line.
static bool split(struct span line, struct text_line *out)
{
	out->time = log_until(&line, ' ');
	if (out->time.length < 19 || out->time.bytes[4] != '-' || !log_starts(line, "["))
		return false;
	const uint8_t *end = memmem(line.bytes, line.length, "] ", 2);
	if (end == NULL)
		return false;
	const size_t length = (size_t)(end - line.bytes);
	out->system = (struct span){ line.bytes + 1, length - 1 };
	out->message = span_from(line, length + 2);
	return true;
}

static bool has(struct span text, const char *word)
{
	const size_t length = __builtin_strlen(word);
	return text.length >= length && memmem(text.bytes, text.length, word, length) != NULL;
}

// Takes the text behind the last such byte off the end, and the byte. False: there is none.
static bool take_last(struct span *s, uint8_t separator, struct span *out)
{
	const uint8_t *at = s->length == 0 ? NULL : memrchr(s->bytes, separator, s->length);
	if (at == NULL)
		return false;
	*out = span_from(*s, (size_t)(at - s->bytes) + 1);
	s->length = (size_t)(at - s->bytes);
	return true;
}

// Takes `end` off the end of the text. False: it ends otherwise.
static bool take_end(struct span *s, const char *end)
{
	const size_t length = __builtin_strlen(end);
	if (s->length < length || memcmp(s->bytes + s->length - length, end, length) != 0)
		return false;
	s->length -= length;
	return true;
}

static enum honeypot_protocol protocol_of(struct span system)
{
	if (has(system, "Telnet"))
		return HONEYPOT_TELNET;
	return has(system, "SSH") ? HONEYPOT_SSH : HONEYPOT_PROTOCOL_UNKNOWN;
}

// "... on HoneyPotSSHTransport,13477,192.0.2.7". False: it is of no transport, or not of IPv4.
static bool read_transport(struct log_reading *r, struct span system, struct honeypot_event *event)
{
	struct span address, number;
	uint64_t value;
	if (!take_last(&system, ',', &address) || !take_last(&system, ',', &number) ||
	    !take_end(&system, "Transport") || !log_address(address, &event->source) ||
	    !log_u64(number, UINT32_MAX, &value))
		return false;
	const struct span prefix = log_words(event->protocol == HONEYPOT_TELNET ? "TT" : "SSH");
	uint8_t *name = log_room(r, prefix.length + number.length);
	memcpy(name, prefix.bytes, prefix.length);
	memcpy(name + prefix.length, number.bytes, number.length);
	event->session = (struct span){ name, prefix.length + number.length };
	return true;
}

// "192.0.2.7:50294 (172.17.0.3:2222) [session: 0e2042aaf8db]"
static bool read_connection(struct span text, struct honeypot_event *event)
{
	struct span from = log_until(&text, ' '), port;
	if (!take_last(&from, ':', &port) || !log_address(from, &event->source))
		return false;
	event->source_port = log_port(port);
	struct span to = log_until(&text, ' ');
	if (log_starts(to, "(") && take_end(&to, ")") && take_last(&to, ':', &port)) {
		log_address(span_from(to, 1), &event->destination);
		event->port = log_port(port);
	}
	if (log_starts(text, "[session: ") && take_end(&text, "]"))
		event->session = span_from(text, sizeof "[session: " - 1);
	return true;
}

// ---- what is said behind the prefix

typedef bool read_message(struct log_reading *, struct span, struct honeypot_event *);

static bool read_text(struct log_reading *r, struct span text, struct honeypot_event *event)
{
	event->text = log_python(r, text);
	return true;
}

static bool read_closed(struct log_reading *r, struct span text, struct honeypot_event *event)
{
	(void)r;
	(void)event;
	return take_end(&text, " seconds");
}

static bool read_client(struct log_reading *r, struct span text, struct honeypot_event *event)
{
	if (text.length >= 2 && text.bytes[0] == '\'' && take_end(&text, "'"))
		text = span_from(text, 1);
	return read_text(r, text, event);
}

// "root/admin] failed", in Python 3 of a time "b'root'/b'admin'] failed".
static bool read_login(struct log_reading *r, struct span text, struct honeypot_event *event)
{
	event->kind = HONEYPOT_LOGIN;
	if (!take_end(&text, "] succeeded")) {
		event->kind = HONEYPOT_LOGIN_FAILED;
		if (!take_end(&text, "] failed"))
			return false;
	}
	const bool is_quoted = log_starts(text, "b'") && has(text, "'/b'");
	const uint8_t *border = is_quoted ? memmem(text.bytes, text.length, "'/b'", 4) : NULL;
	const size_t before = border == NULL ? 0 : (size_t)(border - text.bytes) + 1;
	struct span user = { text.bytes, before }, password = span_from(text, before + 1);
	if (border == NULL) {
		password = text;
		user = log_until(&password, '/');
	}
	event->text = log_pair(r, log_python(r, user), log_python(r, password));
	return true;
}

// "cat): line"
static bool read_input(struct log_reading *r, struct span text, struct honeypot_event *event)
{
	const uint8_t *end = memmem(text.bytes, text.length, "): ", 3);
	return end != NULL && read_text(r, span_from(text, (size_t)(end - text.bytes) + 3), event);
}

// The digest that begins a text.
static struct span digest_of(struct span text)
{
	size_t length = 0;
	while (length < text.length && length < 64 &&
	       __builtin_strchr("0123456789abcdef", text.bytes[length]) != NULL)
		length++;
	return (struct span){ text.bytes, length == 64 ? length : 0 };
}

// "http://example.com/a) with SHA-256 26e80c... to var/lib/..."
static bool read_fetch(struct log_reading *r, struct span text, struct honeypot_event *event)
{
	static const char word[] = " with SHA-256 ";
	const uint8_t *end = memmem(text.bytes, text.length, word, sizeof word - 1);
	if (end == NULL)
		return false;
	struct span url = { text.bytes, (size_t)(end - text.bytes) };
	take_end(&url, ")");
	event->text = log_pair(
		r, url, digest_of(span_from(text, (size_t)(end - text.bytes) + sizeof word - 1)));
	return true;
}

static bool read_failed_fetch(struct log_reading *r, struct span text, struct honeypot_event *event)
{
	if (!take_end(&text, ") failed"))
		return false;
	event->text = log_pair(r, text, (struct span){ .length = 0 });
	return true;
}

// "26e80c... to var/lib/...": what the shell wrote into a file, whose name is not said.
static bool read_written(struct log_reading *r, struct span text, struct honeypot_event *event)
{
	event->text = log_pair(r, (struct span){ .length = 0 }, digest_of(text));
	return true;
}

// "name" to var/lib/.../26e80c...
static bool read_upload(struct log_reading *r, struct span text, struct honeypot_event *event)
{
	static const char word[] = "\" to ";
	struct span digest = { .length = 0 };
	const uint8_t *end = memmem(text.bytes, text.length, word, sizeof word - 1);
	if (end == NULL)
		return false;
	struct span path = span_from(text, (size_t)(end - text.bytes) + sizeof word - 1);
	take_last(&path, '/', &digest);
	event->text = log_pair(r, (struct span){ text.bytes, (size_t)(end - text.bytes) },
	                       digest_of(digest));
	return true;
}

static const struct message {
	const char *begin;
	enum honeypot_event_kind kind;
	read_message *read;
} messages[] = {
	{ "CMD: ", HONEYPOT_INPUT, read_text },
	{ "Command found: ", HONEYPOT_RAN, read_text },
	{ "Command not found: ", HONEYPOT_RAN, read_text },
	{ "INPUT (", HONEYPOT_RAN, read_input },
	{ "login attempt [", HONEYPOT_LOGIN, read_login },
	{ "Connection lost after ", HONEYPOT_CLOSED, read_closed },
	{ "Remote SSH version: ", HONEYPOT_CLIENT, read_client },
	{ "Downloaded URL (", HONEYPOT_FETCH, read_fetch },
	{ "Attempt to download file(s) from URL (", HONEYPOT_FETCH, read_failed_fetch },
	{ "Saved redir contents with SHA-256 ", HONEYPOT_UPLOAD, read_written },
	{ "SFTP Uploaded file \"", HONEYPOT_UPLOAD, read_upload },
};

static const char connection[] = "New connection: ";

// Whether the line says something that an event is, of whomever.
static bool read_any(struct log_reading *r, struct span message, struct honeypot_event *event)
{
	for (unsigned i = 0; i < sizeof messages / sizeof *messages; i++) {
		event->kind = messages[i].kind;
		if (log_starts(message, messages[i].begin))
			return messages[i].read(
				r, span_from(message, __builtin_strlen(messages[i].begin)), event);
	}
	return false;
}

static void take(struct log_reading *r, struct span line)
{
	struct text_line text;
	struct honeypot_event event = { .kind = HONEYPOT_CONNECT };
	if (!split(line, &text)) {
		log_other(r);
		return;
	}
	const bool is_connection = log_starts(text.message, connection);
	if (!is_connection && !read_any(r, text.message, &event)) {
		log_other(r);
		return;
	}
	event.protocol = protocol_of(text.system);
	if (!log_time(r, text.time, &event.time_ns))
		log_skip(r, HONEYPOT_SKIP_TIME, "has no time that can be");
	else if (!(is_connection
	                   ? read_connection(span_from(text.message, sizeof connection - 1), &event)
	                   : read_transport(r, text.system, &event)))
		log_skip(r, HONEYPOT_SKIP_ADDRESS, NULL);
	else
		log_event(r, &event);
}

static bool is_cowrie(struct log_reading *r, struct span line)
{
	struct text_line text;
	uint64_t time_ns;
	return split(line, &text) && log_time(r, text.time, &time_ns) &&
	       (has(text.system, "HoneyPot") || has(text.system, "owrie"));
}

static bool recognise(struct log_reading *r, struct span head)
{
	while (head.length > 0)
		if (is_cowrie(r, log_trim(log_until(&head, '\n'))))
			return true;
	return false;
}

const struct log_form log_form_cowrie_text = {
	.name = "cowrie-text",
	.recognise = recognise,
	.take = take,
};
