// SPDX-License-Identifier: MIT
#include "sample/roles.h"

#include "base/memory.h"
#include "base/text.h"
#include "sample/applet.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { REPORT_PORT = 48101, LOADER_MIN = 2, SUFFIXES_MIN = 3, LABEL_MAX = 63, HOST_MAX = 253 };

static const char asks[] = "busybox ", says[] = ": applet not found";
static const char *const loader_words[] = {
	"wget", "tftp", "ftpget", "ftp", "get", "echo", "curl"
};
// Behind the last dot of a file.
static const char *const suffixes[] = { "arm",   "arm4", "arm4l", "arm4t", "arm5",   "arm5l",
	                                "arm5n", "arm6", "arm7",  "mips",  "mpsl",   "mipsel",
	                                "ppc",   "spc",  "sparc", "x86",   "x86_64", "i586",
	                                "i686",  "m68k", "sh4",   "arc",   "dbg" };
static const char *const file_ends[] = { "sh",   "so",   "bin", "elf", "py",  "pl",  "php",
	                                 "cgi",  "html", "htm", "js",  "css", "png", "txt",
	                                 "conf", "cfg",  "log", "xml", "c",   "h",   "o",
	                                 "exe",  "json", "pid", "tmp", "gz",  "zip" };

const char *entry_role_name(enum entry_role role)
{
	static const char *const names[] = { "text",   "port", "query",   "reply",
		                             "loader", "c2",   "c2-port", "url" };
	return names[role];
}

// What is gathered beside the roles.
struct gathering {
	struct roles *roles;
	struct span file;
	const struct entries *table;
	unsigned loader_replies, suffixes;
	size_t loader_at, suffix_at;
	bool has_echodone;
	size_t echodone_at;
};

static struct span span_of(const char *text, size_t length)
{
	return (struct span){ (const uint8_t *)text, length };
}

static bool is_in(const char *word, const char *const *list, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (text_equal(word, list[i]))
			return true;
	return false;
}
#define IS_IN(word, list) is_in(word, list, sizeof list / sizeof *list)

// ---- tokens

static struct role_token *token(struct roles *r, struct span word)
{
	char text[sizeof r->tokens[0].text];
	text_format(text, sizeof text, "%.*s", (int)word.length, (const char *)word.bytes);
	for (size_t i = 0; i < r->token_count; i++)
		if (text_equal(r->tokens[i].text, text))
			return &r->tokens[i];
	if (r->token_count == ROLES_TOKENS_MAX)
		return NULL;
	struct role_token *t = &r->tokens[r->token_count++];
	*t = (struct role_token){ .is_asked = false };
	text_copy(t->text, sizeof t->text, text);
	return t;
}

// A text may hold several commands.
static bool find_queries(struct roles *r, const char *text, size_t offset)
{
	bool has_one = false;
	for (const char *at = strstr(text, asks); at != NULL; at = strstr(at, asks)) {
		at += strlen(asks);
		const size_t length = strcspn(at, " \t\r\n;&|");
		if (!applet_is_token(span_of(at, length)))
			continue;
		struct role_token *t = token(r, span_of(at, length));
		has_one = true;
		if (t != NULL && !t->is_asked) {
			t->is_asked = true;
			t->asked_at = offset;
		}
	}
	return has_one;
}

static enum entry_role find_reply(struct gathering *g, const char *text, size_t length,
                                  size_t offset)
{
	char word[sizeof g->roles->tokens[0].text];
	if (!text_ends(text, says))
		return ROLE_TEXT;
	const struct span name = span_of(text, length - strlen(says));
	text_format(word, sizeof word, "%.*s", (int)(name.length < 19 ? name.length : 19), text);
	if (IS_IN(word, loader_words)) {
		g->loader_replies++;
		g->loader_at = offset;
		return ROLE_LOADER;
	}
	if (!applet_is_token(name))
		return ROLE_TEXT;
	struct role_token *t = token(g->roles, name);
	if (t != NULL && !t->is_answered) {
		t->is_answered = true;
		t->answered_at = offset;
	}
	return ROLE_REPLY;
}

// ---- hosts

static bool is_label(const char *label, size_t length)
{
	if (length == 0 || length > LABEL_MAX || label[0] == '-' || label[length - 1] == '-')
		return false;
	for (size_t i = 0; i < length; i++) {
		const char c = label[i];
		if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
		      c == '-'))
			return false;
	}
	return true;
}

static bool has_letters_only(const char *text)
{
	return text[strspn(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")] == '\0';
}

static bool is_host_name(const char *text)
{
	size_t labels = 0;
	const char *last = text;
	if (strlen(text) > HOST_MAX)
		return false;
	for (const char *at = text;;) {
		const size_t length = strcspn(at, ".");
		if (!is_label(at, length))
			return false;
		labels++;
		last = at;
		if (at[length] == '\0')
			break;
		at += length + 1;
	}
	const bool is_coded = text_starts(last, "xn--");
	if (labels < 2 || strlen(last) < 2 || (!is_coded && !has_letters_only(last)))
		return false;
	return !IS_IN(last, suffixes) && (labels > 2 || !IS_IN(last, file_ends));
}

// Perhaps with a port behind a colon.
static bool is_host(const char *whole)
{
	char text[HOST_MAX + 1];
	uint64_t port;
	uint32_t address;
	const size_t length = strcspn(whole, ":");
	if (length > HOST_MAX ||
	    (whole[length] == ':' && !text_u64(whole + length + 1, 65535, &port)))
		return false;
	text_format(text, sizeof text, "%.*s", (int)length, whole);
	if (text_ipv4(text, &address))
		return address >> 24 != 0 && address >> 24 != 127 && address >> 24 < 224;
	return is_host_name(text);
}

static void add_host(struct gathering *g, size_t entry)
{
	const struct entries *t = g->table;
	struct roles *r = g->roles;
	const bool has_port = entry + 1 < t->count && t->entries[entry + 1].is_port;
	r->of[entry] = ROLE_C2;
	if (has_port)
		r->of[entry + 1] = ROLE_C2_PORT;
	if (r->host_count < ROLES_HOSTS_MAX)
		r->hosts[r->host_count++] = (struct role_host){ entry,
			                                        has_port ? entry + 1 : SIZE_MAX };
}

void roles_defang(struct buffer *out, const char *host)
{
	for (; *host != '\0'; host++)
		buffer_text(out, *host == '.' ? "[.]" : (char[]){ *host, '\0' });
}

// ---- entries

static bool has_suffix(const char *text)
{
	const char *dot = strrchr(text, '.');
	return dot != NULL && IS_IN(dot + 1, suffixes);
}

static void look(struct gathering *g, size_t entry)
{
	const struct entry *e = &g->table->entries[entry];
	enum entry_role *role = &g->roles->of[entry];
	char text[ENTRY_TEXT_MAX + 1];
	if (e->is_port) {
		if (*role == ROLE_TEXT)
			*role = ROLE_PORT;
		return;
	}
	const size_t length = entry_text(g->file, e, text);
	if (has_suffix(text)) {
		g->suffixes++;
		g->suffix_at = e->offset;
	}
	if (strstr(text, "ECHODONE") != NULL) {
		*role = ROLE_LOADER;
		g->has_echodone = true;
		g->echodone_at = e->offset;
	} else if (find_queries(g->roles, text, e->offset)) {
		*role = ROLE_QUERY;
	} else if (strstr(text, "://") != NULL) {
		*role = ROLE_URL;
	} else if (is_host(text)) {
		add_host(g, entry);
	} else {
		*role = find_reply(g, text, length, e->offset);
	}
}

// ---- one program or two

static void say(struct roles *r, const char *format, ...) __attribute__((format(printf, 2, 3)));
static void say(struct roles *r, const char *format, ...)
{
	char line[256];
	va_list arguments;
	va_start(arguments, format);
	vsnprintf(line, sizeof line, format, arguments);
	va_end(arguments);
	if (r->evidence.length > 0)
		buffer_byte(&r->evidence, ';');
	buffer_text(&r->evidence, line);
}

static bool has_report(const struct gathering *g, size_t *out_port)
{
	const struct roles *r = g->roles;
	size_t with_port = 0;
	for (size_t i = 0; i < g->table->count; i++)
		if (g->table->entries[i].is_port && g->table->entries[i].port == REPORT_PORT) {
			*out_port = i;
			return r->host_count > 0;
		}
	for (size_t i = 0; i < r->host_count; i++)
		if (r->hosts[i].port_entry != SIZE_MAX) {
			with_port++;
			*out_port = r->hosts[i].port_entry;
		}
	return with_port >= 2;
}

static void say_tokens(struct roles *r, bool *out_is_asked)
{
	for (size_t i = 0; i < r->token_count; i++) {
		const struct role_token *t = &r->tokens[i];
		*out_is_asked |= t->is_asked;
		if (t->is_asked && t->is_answered)
			say(r, "branch %s: asked at 0x%zx, answered at 0x%zx", t->text, t->asked_at,
			    t->answered_at);
		else
			say(r, "%s only %s, at 0x%zx", t->text, t->is_asked ? "asked" : "answered",
			    t->is_asked ? t->asked_at : t->answered_at);
	}
}

static void say_programs(struct gathering *g)
{
	struct roles *r = g->roles;
	bool is_asked = false;
	size_t port = 0;
	say_tokens(r, &is_asked);
	if (g->table->count > 0 && r->host_count == 0)
		say(r, "no C2 in the table");
	if (!is_asked)
		return;
	const bool is_loader = g->loader_replies >= LOADER_MIN || g->suffixes >= SUFFIXES_MIN ||
	                       (g->has_echodone && g->loader_replies + g->suffixes > 0);
	if (is_loader) {
		r->programs = 1;
		if (g->loader_replies > 0)
			say(r, "one program: %u answers that a loader waits for, the last at 0x%zx",
			    g->loader_replies, g->loader_at);
		if (g->suffixes > 0)
			say(r, "one program: %u names for processors, the last at 0x%zx",
			    g->suffixes, g->suffix_at);
		if (g->has_echodone)
			say(r, "one program: ECHODONE at 0x%zx", g->echodone_at);
	} else if (g->loader_replies == 0 && !g->has_echodone && has_report(g, &port)) {
		r->programs = 2;
		say(r, "two programs: reports to port %u (0x%zx), and loads nothing itself",
		    (unsigned)g->table->entries[port].port, g->table->entries[port].offset);
	}
}

bool roles_find(struct span file, const struct entries *table, struct roles *out)
{
	struct gathering g = { .roles = out, .file = file, .table = table };
	*out = (struct roles){ .evidence = buffer_up_to(ROLES_EVIDENCE_MAX) };
	out->of = memory_new(table->count + 1, sizeof *out->of);
	if (out->of == NULL)
		return false;
	for (size_t i = 0; i < table->count; i++)
		look(&g, i);
	say_programs(&g);
	return !out->evidence.failed;
}

void roles_done(struct roles *r)
{
	memory_free(r->of);
	buffer_done(&r->evidence);
	*r = (struct roles){ .of = NULL };
}
