// SPDX-License-Identifier: MIT
// Answers of each form, made here, and what their fields are; then what hosts send that mean harm.
#include "base/memory.h"
#include "base/random.h"
#include "base/test.h"
#include "device/fields.h"

#include <string.h>
#include <time.h>

// "status-line=HTTP/1.0 200 OK|server=x": what there is, in order.
static void describe(struct span answer, char *out, size_t size)
{
	static struct fields f;
	fields_of(answer, &f);
	size_t at = (size_t)snprintf(out, size, "%s", answer_form_name(f.form));
	for (size_t i = 0; i < f.count && at < size; i++)
		at += (size_t)snprintf(out + at, size - at, "|%s=%.*s",
		                       field_kind_name(f.list[i].kind), (int)f.list[i].text.length,
		                       (const char *)f.list[i].text.bytes);
}

static bool becomes(const char *bytes, size_t length, const char *expected)
{
	char text[2048];
	describe((struct span){ (const uint8_t *)bytes, length }, text, sizeof text);
	const bool is_same = strcmp(text, expected) == 0;
	if (!is_same)
		printf("is      \"%s\"\nand not \"%s\"\n", text, expected);
	return is_same;
}

// The literal's bytes, with the zero bytes inside it.
#define BECOMES(bytes, expected) CHECK(becomes(bytes, sizeof bytes - 1, expected))

TEST(http_has_headers_and_a_title)
{
	BECOMES("HTTP/1.1 401 Unauthorized\r\nServer: Nagi/2.1 \r\n"
	        "WWW-AUTHENTICATE: Basic realm=\"Nagi NR-40\"\r\nSet-Cookie: sid=0a1b; path=/\r\n"
	        "set-cookie : lang=en\r\nX-Powered-By: Kaze\r\nDate: x\r\n\r\n"
	        "<html><HEAD><Title lang=\"en\">\r\n Log in \r\n</TITLE><title>no</title>",
	        "http|status-line=HTTP/1.1 401 Unauthorized|server=Nagi/2.1"
	        "|authenticate=Basic realm=\"Nagi NR-40\"|realm=Nagi NR-40"
	        "|cookie=sid=0a1b; path=/|cookie-name=sid|cookie=lang=en|cookie-name=lang"
	        "|powered-by=Kaze|title=Log in");
	// Lines that end in LF alone, a folded one, headers that break off, a page of its own.
	BECOMES("HTTP/1.0 302 Found\nLocation: /web/\n index\nServer:\n\n",
	        "http|status-line=HTTP/1.0 302 Found|location=/web/\n index");
	BECOMES("HTTP/1.0 200 OK\r\nServer: Na", "http|status-line=HTTP/1.0 200 OK|server=Na");
	BECOMES("HTTP/1.0 200 OK\r\nno header\r\nServer: a\r\n\r\nServer: b\r\n",
	        "http|status-line=HTTP/1.0 200 OK|server=a");
	BECOMES("\r\n<!DOCTYPE html><titles>a</titles><title>Nagi</title>", "html|title=Nagi");
	BECOMES("RTSP/1.0 200 OK\r\nServer: Umi\r\n\r\n",
	        "rtsp|status-line=RTSP/1.0 200 OK|rtsp-server=Umi");
	BECOMES("HTTP/1.0 200 OK\r\n\r\n<title>no end",
	        "http|status-line=HTTP/1.0 200 OK|title=no end");
	BECOMES("HTTP/1.0 200 OK\r\n\r\n<title", "http|status-line=HTTP/1.0 200 OK");
}

TEST(realms_are_in_quotes_or_not)
{
	static const struct {
		const char *challenge, *realm;
	} cases[] = {
		{ "Basic realm=\"a b\"", "a b" },
		{ "Digest qop=\"auth\", REALM=\"c\\\"d\", nonce=\"1\"", "c\\\"d" },
		{ "Digest norealm=\"x\",realm=y,nonce=1", "y" },
		{ "Basic realm=\"open", "open" },
		{ "Basic realm=\"back\\", "back\\" },
		{ "Negotiate", "" },
		{ "Basic realm=", "" },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		char answer[200];
		static struct fields f;
		text_format(answer, sizeof answer, "HTTP/1.1 401 x\r\nWWW-Authenticate: %s\r\n\r\n",
		            cases[i].challenge);
		fields_of((struct span){ (uint8_t *)answer, strlen(answer) }, &f);
		const struct span realm = fields_first(&f, FIELD_REALM);
		CHECK(realm.length == strlen(cases[i].realm) &&
		      (realm.length == 0 ||
		       memcmp(realm.bytes, cases[i].realm, realm.length) == 0));
	}
}

TEST(greetings_lose_their_codes)
{
	BECOMES("SSH-2.0-nagi_1.4 rev 3\r\n\0\0\1\x5c\n", "ssh|ssh=nagi_1.4 rev 3");
	BECOMES("Keep out\r\nSSH-1.99-Umi\n", "ssh|ssh=Umi");
	BECOMES("SSH-2.0-", "text|text=SSH-2.0-");
	BECOMES("SSH-key: 2-3", "text|text=SSH-key: 2-3");
	BECOMES("220 Umi FTP (1.2) ready.\r\n530 Log in\r\n", "ftp|ftp=Umi FTP (1.2) ready.");
	BECOMES("220-Umi\r\n220- two\r\nthree\r\n220 ready\r\n221 Bye\r\n",
	        "ftp|ftp=Umi\r\n two\r\nthree\r\nready");
	BECOMES("220-Umi\r\n221 other\r\n220\r\nmore", "ftp|ftp=Umi\r\n221 other\r\n");
	BECOMES("220-breaks off", "ftp|ftp=breaks off");
	BECOMES("220 nagi.example ESMTP\r\n", "smtp|smtp=nagi.example ESMTP");
	BECOMES("421 Too many", "ftp|ftp=Too many");
	BECOMES("220", "text|text=220");
	BECOMES("2200 volts", "text|text=2200 volts");
	BECOMES("+OK Umi <1.2@x>\r\n", "pop3|pop3=Umi <1.2@x>");
	BECOMES("* OK [CAPABILITY x] Umi\r\n", "imap|imap=[CAPABILITY x] Umi");
}

TEST(telnet_is_what_is_left_without_options)
{
	BECOMES("\xff\xfd\x01\xff\xfb\x03\r\nNagi NR-40\r\0\nlogin: ",
	        "telnet|text=Nagi NR-40\r\nlogin:");
	// A subnegotiation with a doubled IAC in it, two-byte commands, an IAC of the text.
	BECOMES("a\xff\xfa\x18\x01 \xff\xff\xf0 x\xff\xf0"
	        "b\xff\xf9"
	        "c\xff\xff"
	        "d\xff\xefz",
	        "telnet|text=abc\xff"
	        "dz");
	// Without an end it is three bytes; what breaks off is dropped; other bytes behind IAC are text.
	BECOMES("\xff\xfa\x18\r\nlogin: \xff", "telnet|text=login:");
	BECOMES("\xff\xfd\x18", "telnet");
	BECOMES("\xff\xfd", "telnet");
	BECOMES("gr\xff"
	        "n",
	        "text|text=gr\xff"
	        "n");
	BECOMES("\r\n\x1b[2Jlogin: ", "text|text=\x1b[2Jlogin:");
	BECOMES("\x15\x03\x01\0\x02", "binary|binary=\x15\x03\x01");
	BECOMES(" \r\n", "text");
	BECOMES("", "empty");
}

// ---- what means harm

static struct span fill(uint8_t *bytes, size_t length, const char *start, const char *again)
{
	size_t at = strlen(start);
	memcpy(bytes, start, at);
	for (size_t i = 0; at < length; i++)
		bytes[at++] = (uint8_t)again[i % strlen(again)];
	return (struct span){ bytes, length };
}

// Each is 64 KiB of what is worst, or tries to be: time grows with the length, no more.
TEST(hostile_answers_take_no_longer)
{
	enum { LENGTH = 64 * 1024, ROUNDS = 20 };
	static const char *const shapes[][2] = {
		{ "HTTP/1.1 200 OK\r\n", "Server: x\r\n" },
		{ "HTTP/1.1 200 OK\r\n\r\n", "<title>" },
		{ "HTTP/1.1 200 OK\r\n\r\n", "<title" },
		{ "HTTP/1.1 200 OK\r\n\r\n", "<" },
		{ "HTTP/1.1 200 OK\r\nServer: a\r\n", " \t\r\n" },
		{ "HTTP/1.1 401 x\r\nWWW-Authenticate: ", "realm=" },
		{ "HTTP/1.1 401 x\r\n", "WWW-Authenticate: realm\r\n" },
		{ "\xff\xfd\x01", "\xff\xfa\x18" },
		{ "\xff\xfd\x01", "\xff\xff" },
		{ "220-", "220-\r\n" },
		{ "220-", "smtsmts" },
		{ "", "SSH-\r\n" },
		{ "", "SSH-2" },
		{ "", " " },
	};
	uint8_t *bytes = memory_new(LENGTH, 1);
	static struct fields f;
	for (size_t i = 0; bytes != NULL && i < sizeof shapes / sizeof *shapes; i++) {
		const struct span answer = fill(bytes, LENGTH, shapes[i][0], shapes[i][1]);
		const clock_t before = clock();
		for (unsigned round = 0; round < ROUNDS; round++)
			fields_of(answer, &f);
		// Linear is some milliseconds for all rounds; what is quadratic takes minutes.
		const double seconds = (double)(clock() - before) / CLOCKS_PER_SEC;
		if (seconds > 2)
			printf("shape %zu takes %.2f s\n", i, seconds);
		CHECK(seconds <= 2);
		CHECK(f.count <= FIELDS_MAX);
		for (size_t k = 0; k < f.count; k++)
			CHECK(f.list[k].text.length > 0 &&
			      f.list[k].text.length <= FIELD_LENGTH_MAX);
	}
	fields_of(fill(bytes, LENGTH, shapes[0][0], shapes[0][1]), &f);
	CHECK(f.count == FIELDS_MAX && f.left_out > 5000);
	memory_free(bytes);
}

TEST_MAIN
