// SPDX-License-Identifier: MIT
#include "sample/marker.h"

#include "base/memory.h"

#include <string.h>

#define TABLE(text, weight)                                                                        \
	{                                                                                          \
		text, MARKER_TABLE, weight, false, false                                           \
	}
#define BEGINS(text, weight)                                                                       \
	{                                                                                          \
		text, MARKER_TABLE, weight, true, false                                            \
	}
#define LETTERS(text, weight)                                                                      \
	{                                                                                          \
		text, MARKER_TABLE, weight, false, true                                            \
	}
#define LOGIN(text)                                                                                \
	{                                                                                          \
		text, MARKER_LOGIN, 1, false, false                                                \
	}
#define LOGIN_LETTERS(text)                                                                        \
	{                                                                                          \
		text, MARKER_LOGIN, 1, false, true                                                 \
	}

const struct marker markers[] = {
	// what a scanner says and hears
	BEGINS("/bin/busybox ", 3),
	TABLE(": applet not found", 3),
	LETTERS("enable", 1),
	LETTERS("system", 1),
	LETTERS("shell", 1),
	LETTERS("ncorrect", 1),
	LETTERS("assword", 1),
	LETTERS("ogin", 1),
	// what a killer and a watcher look for
	BEGINS("/proc/", 1),
	BEGINS("/dev/watchdog", 2),
	BEGINS("/dev/misc/watchdog", 3),
	BEGINS("/dev/FTWDT101_watchdog", 3),
	BEGINS("/status", 1),
	BEGINS("/cmdline", 1),
	TABLE(" (deleted)", 2),
	BEGINS("REPORT %s:", 2),
	LETTERS("HTTPFLOOD", 2),
	LETTERS("LOLNOGTFO", 3),
	LETTERS("zollard", 2),
	LETTERS("GETLOCALIP", 2),
	LETTERS("dvrHelper", 2),
	BEGINS("\\x58\\x4D\\x4E\\x4E", 3),
	// what it prints
	BEGINS("listening tun0", 2),
	BEGINS("gosh that chinese family", 3),
	// floods
	BEGINS("TSource Engine Query", 3),
	BEGINS("/etc/resolv.conf", 2),
	LETTERS("nameserver", 1),
	BEGINS("Mozilla/5.0 (", 2),
	BEGINS("User-Agent:", 2),
	BEGINS("Connection: keep-alive", 2),
	BEGINS("Accept: text/html", 2),
	BEGINS("Accept-Language:", 2),
	BEGINS("Content-Type: application/", 2),
	TABLE("setCookie('", 2),
	BEGINS("refresh:", 1),
	BEGINS("location:", 1),
	BEGINS("set-cookie:", 1),
	BEGINS("content-length:", 1),
	BEGINS("transfer-encoding:", 1),
	BEGINS("connection:", 1),
	LETTERS("chunked", 1),
	BEGINS("keep-alive", 1),
	BEGINS("server: dosarrest", 3),
	BEGINS("server: cloudflare-nginx", 3),
	// what loads itself
	LETTERS("ECHODONE", 2),
	BEGINS("/dev/null", 1),
	BEGINS("/dev/.", 1),
	BEGINS("/bin/sh", 1),
	BEGINS("/etc/", 1),
	BEGINS("/tmp/", 1),
	BEGINS("/var/", 1),
	TABLE("kill -9 ", 2),
	TABLE("http://", 1),
	TABLE("https://", 1),
	// credentials of the published list and its descendants
	LOGIN("xc3511"),
	LOGIN_LETTERS("vizxv"),
	LOGIN_LETTERS("admin"),
	LOGIN_LETTERS("root"),
	LOGIN_LETTERS("juantech"),
	LOGIN_LETTERS("xmhdipc"),
	LOGIN("klv123"),
	LOGIN("klv1234"),
	LOGIN("Zte521"),
	LOGIN("hi3518"),
	LOGIN_LETTERS("jvbzd"),
	LOGIN("7ujMko0vizxv"),
	LOGIN("7ujMko0admin"),
	LOGIN_LETTERS("dreambox"),
	LOGIN_LETTERS("realtek"),
	LOGIN_LETTERS("meinsm"),
	LOGIN_LETTERS("smcadmin"),
	LOGIN_LETTERS("ikwb"),
	LOGIN_LETTERS("anko"),
	LOGIN_LETTERS("default"),
	LOGIN_LETTERS("support"),
	LOGIN("54321"),
	LOGIN("12345"),
	LOGIN("123456"),
	LOGIN_LETTERS("password"),
	LOGIN_LETTERS("service"),
	LOGIN_LETTERS("supervisor"),
	LOGIN_LETTERS("guest"),
	LOGIN_LETTERS("ubnt"),
	LOGIN_LETTERS("administrator"),
	LOGIN("t0talc0ntr0l4!"),
	LOGIN("vstarcam2015"),
	LOGIN("hacktheworld1337"),
};
const size_t marker_count = sizeof markers / sizeof *markers;
_Static_assert(sizeof markers / sizeof *markers <= MARKERS_MAX, "markers of keys.c are two words");

// By the first two differences of a text: the first marker that has them, and of each the next; 0: none,
// else its number and one more.
struct marker_index {
	uint8_t heads[1 << 16];
	uint8_t next[MARKERS_MAX];
	uint8_t lengths[MARKERS_MAX];
};

static unsigned head_of(const uint8_t *at)
{
	return (unsigned)(at[0] ^ at[1]) << 8 | (unsigned)(at[1] ^ at[2]);
}

struct marker_index *marker_index_new(void)
{
	struct marker_index *index = memory_new(1, sizeof *index);
	if (index == NULL)
		return NULL;
	for (size_t i = 0; i < marker_count; i++) {
		const unsigned head = head_of((const uint8_t *)markers[i].text);
		index->lengths[i] = (uint8_t)strlen(markers[i].text);
		index->next[i] = index->heads[head];
		index->heads[head] = (uint8_t)(i + 1);
	}
	return index;
}

void marker_index_free(struct marker_index *index)
{
	memory_free(index);
}

struct marker_scan marker_scan_over(const struct marker_index *index, struct span bytes)
{
	return (struct marker_scan){ .index = index, .bytes = bytes };
}

// Whether the marker is there, under the key that its first byte tells.
static bool stands_at(const struct marker_scan *s, size_t marker)
{
	const char *text = markers[marker].text;
	const size_t length = s->index->lengths[marker];
	if (length > s->bytes.length - s->at)
		return false;
	const uint8_t *at = s->bytes.bytes + s->at;
	const uint8_t key = at[0] ^ (uint8_t)text[0];
	for (size_t i = 3; i < length; i++)
		if ((at[i] ^ key) != (uint8_t)text[i])
			return false;
	return true;
}

bool marker_next(struct marker_scan *s, struct marker_hit *out)
{
	const size_t end = s->bytes.length;
	for (; s->at + MARKER_LENGTH_MIN <= end; s->at++, s->tried = 0) {
		uint8_t next = s->tried > 0 ? s->index->next[s->tried - 1]
		                            : s->index->heads[head_of(s->bytes.bytes + s->at)];
		for (; next > 0; next = s->index->next[next - 1]) {
			if (!stands_at(s, next - 1U))
				continue;
			*out = (struct marker_hit){
				.offset = s->at,
				.marker = (uint8_t)(next - 1),
				.key = s->bytes.bytes[s->at] ^ (uint8_t)markers[next - 1].text[0],
			};
			s->tried = next;
			return true;
		}
	}
	return false;
}
