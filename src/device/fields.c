// SPDX-License-Identifier: MIT
#include "device/fields_private.h"

static const char *const form_names[ANSWER_FORMS] = {
	"empty", "http", "rtsp", "html",   "ssh",  "ftp",
	"smtp",  "pop3", "imap", "telnet", "text", "binary",
};

static const char *const kind_names[FIELD_KINDS] = {
	"status-line", "server",     "rtsp-server", "authenticate", "realm",  "cookie",
	"cookie-name", "powered-by", "location",    "title",        "ssh",    "ftp",
	"smtp",        "pop3",       "imap",        "text",         "binary",
};

const char *field_kind_name(enum field_kind kind)
{
	return kind_names[kind];
}

const char *answer_form_name(enum answer_form form)
{
	return form_names[form];
}

void fields_add(struct fields *f, enum field_kind kind, struct span text)
{
	if (text.length == 0)
		return;
	if (f->count == FIELDS_MAX) {
		f->left_out++;
		return;
	}
	f->list[f->count++] = (struct field){ kind, span_to(text, FIELD_LENGTH_MAX) };
}

struct span fields_first(const struct fields *f, enum field_kind kind)
{
	for (size_t i = 0; i < f->count; i++)
		if (f->list[i].kind == kind)
			return f->list[i].text;
	return (struct span){ 0 };
}

// ---- SSH

static bool is_digit(uint8_t byte)
{
	return byte >= '0' && byte <= '9';
}

// What follows "SSH-2.0-" in a line that begins so, the version being any; empty: it does not.
static struct span identification(struct span line)
{
	if (line.length < 5 || memcmp(line.bytes, "SSH-", 4) != 0 || !is_digit(line.bytes[4]))
		return (struct span){ 0 };
	size_t at = 5;
	while (at < line.length && (is_digit(line.bytes[at]) || line.bytes[at] == '.'))
		at++;
	if (at == line.length || line.bytes[at] != '-')
		return (struct span){ 0 };
	return span_from(line, at + 1);
}

static bool fields_of_ssh(struct span answer, struct fields *out)
{
	while (answer.length > 0) {
		const struct span found = identification(span_line(&answer));
		if (found.length == 0)
			continue;
		out->form = ANSWER_SSH;
		fields_add(out, FIELD_SSH, found);
		return true;
	}
	return false;
}

// ---- FTP, SMTP

// The codes that a connection begins with: RFC 959, and what servers say that want nobody.
static bool is_greeting(struct span answer)
{
	static const char *const codes[] = {
		"220", "120", "230", "421", "500", "530", "550", "554"
	};
	if (answer.length < 4 || (answer.bytes[3] != ' ' && answer.bytes[3] != '-'))
		return false;
	for (size_t i = 0; i < sizeof codes / sizeof *codes; i++)
		if (memcmp(answer.bytes, codes[i], 3) == 0)
			return true;
	return false;
}

static bool says_smtp(struct span text)
{
	for (size_t at = 0; at < text.length; at++)
		if (span_begins(span_from(text, at), "smtp"))
			return true;
	return false;
}

// Lines up to the one with the code and a blank, without the code where it stands again. What has no
// such line ends where the answer does, or where a field does.
static struct span join_greeting(struct span answer, uint8_t room[FIELD_LENGTH_MAX])
{
	const uint8_t *code = answer.bytes;
	size_t length = 0;
	bool is_last = false;
	while (!is_last && answer.length > 0 && length + 2 < FIELD_LENGTH_MAX) {
		struct span line = span_line(&answer);
		const bool has_code = line.length >= 3 && memcmp(line.bytes, code, 3) == 0;
		is_last = has_code && (line.length == 3 || line.bytes[3] == ' ');
		if (has_code && (is_last || line.bytes[3] == '-'))
			line = span_from(line, line.length == 3 ? 3 : 4);
		if (length > 0) {
			memcpy(room + length, "\r\n", 2);
			length += 2;
		}
		line = span_to(line, FIELD_LENGTH_MAX - length);
		memcpy(room + length, line.bytes, line.length);
		length += line.length;
	}
	return (struct span){ .bytes = room, .length = length };
}

static void fields_of_greeting(struct span answer, struct fields *out)
{
	struct span text = answer;
	if (answer.bytes[3] == ' ')
		text = span_from(span_line(&answer), 4);
	else
		text = join_greeting(answer, out->room);
	text = span_to(text, FIELD_LENGTH_MAX);
	out->form = says_smtp(text) ? ANSWER_SMTP : ANSWER_FTP;
	fields_add(out, out->form == ANSWER_SMTP ? FIELD_SMTP : FIELD_FTP, text);
}

// ---- the rest

// The status of POP3 and IMAP, which a greeting begins with: the text behind it.
static bool fields_of_mail(struct span answer, struct fields *out)
{
	static const struct {
		const char *start;
		enum answer_form form;
		enum field_kind kind;
	} starts[] = {
		{ "+ok ", ANSWER_POP3, FIELD_POP3 },
		{ "* ok ", ANSWER_IMAP, FIELD_IMAP },
	};
	for (size_t i = 0; i < sizeof starts / sizeof *starts; i++) {
		if (!span_begins(answer, starts[i].start))
			continue;
		out->form = starts[i].form;
		fields_add(out, starts[i].kind,
		           span_from(span_line(&answer), strlen(starts[i].start)));
		return true;
	}
	return false;
}

// Control characters but those of terminals: BEL to CR, ESC.
static bool is_text(struct span answer)
{
	for (size_t i = 0; i < answer.length; i++) {
		const uint8_t byte = answer.bytes[i];
		if (byte < 7 || (byte > '\r' && byte < 0x20 && byte != 0x1b) || byte == 0x7f)
			return false;
	}
	return true;
}

static void fields_of_text(struct span answer, struct fields *out)
{
	const struct span text = span_trim(answer);
	if (span_begins(text, "<!doctype") || span_begins(text, "<html") ||
	    span_begins(text, "<head")) {
		out->form = ANSWER_HTML;
		fields_of_page(text, out);
	} else if (telnet_has_option(answer)) {
		out->form = ANSWER_TELNET;
		fields_of_telnet(answer, out);
	} else if (is_text(answer)) {
		out->form = ANSWER_TEXT;
		fields_of_telnet(answer, out);
	} else {
		out->form = ANSWER_BINARY;
		fields_add(out, FIELD_BINARY, answer);
	}
}

void fields_of(struct span answer, struct fields *out)
{
	out->form = ANSWER_EMPTY;
	out->count = out->left_out = 0;
	if (answer.length == 0)
		return;
	if (span_begins(answer, "http/") || span_begins(answer, "rtsp/")) {
		out->form = span_begins(answer, "http/") ? ANSWER_HTTP : ANSWER_RTSP;
		fields_of_http(answer, out);
	} else if (is_greeting(answer)) {
		fields_of_greeting(answer, out);
	} else if (!fields_of_mail(answer, out) && !fields_of_ssh(answer, out)) {
		fields_of_text(answer, out);
	}
}
