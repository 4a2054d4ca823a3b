// SPDX-License-Identifier: MIT
// Tokens, families, names and halves of sessions, one by one; tests/variants_test.py has a naive model of the whole.
#include "analyse/variants/variants.h"

#include "analyse/variants/transports.h"
#include "base/buffer.h"
#include "base/calendar.h"
#include "base/test.h"
#include "holdings/test_memory.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#define SECOND_NS UINT64_C(1000000000)
#define NOON_NS (UINT64_C(17299) * 86400 * SECOND_NS + 43200 * SECOND_NS)

static struct span text(const char *words)
{
	return (struct span){ (const uint8_t *)words, strlen(words) };
}

// The tokens of a line, joined by blanks; a mark has a * behind it.
static bool says(const char *line, const char *wanted)
{
	struct buffer found = buffer_up_to(256);
	struct span token;
	bool is_mark;
	for (size_t at = 0; token_next(text(line), &at, &token, &is_mark);) {
		if (found.length > 0)
			buffer_byte(&found, ' ');
		buffer_append(&found, token.bytes, token.length);
		buffer_text(&found, is_mark ? "*" : "");
	}
	const bool ok = found.length == strlen(wanted) &&
	                (found.length == 0 || memcmp(found.bytes, wanted, found.length) == 0);
	buffer_done(&found);
	return ok;
}

TEST(tokens_are_words_that_are_no_applets)
{
	CHECK(says("/bin/busybox MIRAI", "MIRAI"));
	CHECK(says("busybox daddyl33t ", "daddyl33t"));
	CHECK(says("  /usr/bin/busybox  XX\r\n", "XX"));
	CHECK(says("/bin/busybox cat /proc/mounts; /bin/busybox ECCHI", "ECCHI*"));
	CHECK(says("cd /tmp||/bin/busybox A_1&&busybox B2;", "A_1* B2*"));
	CHECK(says("(/bin/busybox AB) | { busybox CD; }", "AB* CD*"));
	CHECK(says("/bin/busybox wget", ""));
	CHECK(says("/bin/busybox WGET", "WGET"));
	CHECK(says("/bin/busybox X", ""));
	CHECK(says("/bin/busybox ABCDEFGHIJKLMNOPQ", ""));
	CHECK(says("/bin/busybox ABCDEFGHIJKLMNOP", "ABCDEFGHIJKLMNOP"));
	CHECK(says("/bin/busybox MIRAI now", ""));
	CHECK(says("/bin/busybox MIRAI > /dev/null", "MIRAI"));
	CHECK(says("/bin/busybox MI-RAI", ""));
	CHECK(says("echo /bin/busybox MIRAI", ""));
	CHECK(says("/bin/mybusybox MIRAI", ""));
	CHECK(says("/bin/busyboxMIRAI", ""));
	CHECK(says("busybox", "") && says("busybox ", "") && says("", ""));
	CHECK(says("sh -c \"/bin/busybox MIRAI\"", "MIRAI*"));
	const struct span login = { (const uint8_t *)"busybox AA\0/bin/busybox BB", 26 };
	size_t at = 0;
	struct span token;
	bool is_mark;
	CHECK(token_next(login, &at, &token, &is_mark) && token.bytes[0] == 'A');
	CHECK(token_next(login, &at, &token, &is_mark) && token.bytes[0] == 'B');
	CHECK(!token_next(login, &at, &token, &is_mark));
}

TEST(applets_are_found)
{
	CHECK(is_applet(text("[")) && is_applet(text("zcip")) && is_applet(text("wget")));
	CHECK(!is_applet(text("")) && !is_applet(text("wge")) && !is_applet(text("wgett")));
	CHECK(is_applet(text("tftp")) && is_applet(text("ps")) && is_applet(text("dd")));
	CHECK(token_has_random_shape(text("PEGOK")) && !token_has_random_shape(text("PEGO")));
	CHECK(!token_has_random_shape(text("Akiru")) && !token_has_random_shape(text("IZ1H9")));
}

// The numbers that the header has.
TEST(names_take_as_many_sources_as_chance_asks)
{
	CHECK(token_name_sources(0) == 3 && token_name_sources(20000) == 3);
	CHECK(token_name_sources(50000) == 3 && token_name_sources(50500) == 4);
	CHECK(token_name_sources(278000) == 4 && token_name_sources(280000) == 5);
	CHECK(token_name_sources(UINT64_C(100000000)) > 5);
}

TEST(the_built_in_table_is_sound)
{
	struct malware_families f;
	struct error error;
	CHECK(families_parse(text(families_builtin), "built in", &f, &error));
	CHECK(f.count >= 18 && f.hajime != SIZE_MAX);
	const struct family_token *token = families_find(&f, text("ECCHI"));
	CHECK(token != NULL && token->is_loaders && f.list[token->family].programs == 2);
	CHECK(families_find(&f, text("ecchi")) == NULL && families_find(&f, text("")) == NULL);
	token = families_find(&f, text("SATORI"));
	CHECK(token != NULL && !token->is_loaders && f.list[token->family].programs == 1);
	for (size_t i = 1; i < f.token_count; i++)
		CHECK(memcmp(f.tokens[i - 1].token.bytes, f.tokens[i].token.bytes, 2) <= 0);
	families_done(&f);
}

TEST(addresses_that_do_not_count_are_flagged)
{
	CHECK(source_flag_of(0x0a000001) == SOURCE_PRIVATE &&
	      source_flag_of(0xac110001) == SOURCE_PRIVATE);
	CHECK(source_flag_of(0xac200001) == SOURCE_COUNTS &&
	      source_flag_of(0x64400001) == SOURCE_PRIVATE);
	CHECK(source_flag_of(0x7f000001) == SOURCE_SPECIAL &&
	      source_flag_of(0xe0000001) == SOURCE_SPECIAL);
	CHECK(source_flag_of(UINT32_MAX) == SOURCE_SPECIAL && source_flag_of(0) == SOURCE_SPECIAL);
	CHECK(source_flag_of(0xc0000201) == SOURCE_COUNTS &&
	      source_flag_of(0xc6336401) == SOURCE_COUNTS);
}

// ---- sessions

struct seen {
	struct session list[16];
	char names[16][HONEYPOT_SESSION_MAX + 1];
	size_t count;
};

static bool see(void *context, const struct session *s, struct error *error)
{
	struct seen *seen = context;
	(void)error;
	CHECK(seen->count < 16);
	seen->list[seen->count] = *s;
	memset(seen->names[seen->count], 0, HONEYPOT_SESSION_MAX + 1);
	memcpy(seen->names[seen->count++], s->name.bytes, s->name.length);
	return true;
}

static int by_order(const void *a, const void *b)
{
	return honeypot_event_compare(a, b);
}

static struct seen walk(struct honeypot_event *events, size_t count, struct day_range days)
{
	static const struct zone utc;
	struct zone zone = utc;
	struct error error;
	struct seen seen = { .count = 0 };
	const struct session_visitor visitor = { see, NULL, &seen };
	CHECK(zone_parse("UTC", &zone, &error));
	struct memory_holdings memory = { .holdings = { &memory_functions },
		                          .about = { .zone = &zone },
		                          .events = events,
		                          .event_count = count };
	qsort(events, count, sizeof *events, by_order);
	CHECK(sessions_walk(&memory.holdings, days, &visitor, &error));
	CHECK(memory.open == 0);
	return seen;
}

static struct honeypot_event event(const char *session, enum honeypot_event_kind kind,
                                   double second)
{
	return (struct honeypot_event){ .time_ns = NOON_NS + (uint64_t)(second * 1e9),
		                        .sensor = text("s"),
		                        .session = text(session),
		                        .source = 0xc0000201,
		                        .kind = kind,
		                        .text = text(kind == HONEYPOT_INPUT ? "w" : "") };
}

TEST(silence_and_connections_divide_sessions)
{
	struct honeypot_event events[] = {
		event("TX1", HONEYPOT_CONNECT, 0),    event("TX1", HONEYPOT_INPUT, 3600),
		event("TX1", HONEYPOT_INPUT, 7200.5), event("TX1", HONEYPOT_CONNECT, 7210),
		event("TX1", HONEYPOT_INPUT, 7211),
	};
	const struct seen seen = walk(events, 5, all_days);
	CHECK(seen.count == 3);
	CHECK(seen.list[0].commands == 1 &&
	      seen.list[0].last_ns - seen.list[0].first_ns == 3600 * SECOND_NS);
	CHECK(seen.list[1].commands == 1 && seen.list[2].commands == 1);
	CHECK(seen.list[0].stage == STAGE_SHELL);
}

// It is of the day of its first event, and has what came until the end of the day after.
TEST(a_session_is_of_its_first_day)
{
	struct honeypot_event events[64];
	size_t count = 0;
	for (unsigned hour = 0; hour < 60; hour++)
		events[count++] = event("a", HONEYPOT_INPUT, 3600.0 * hour);
	struct seen seen = walk(events, count, all_days);
	CHECK(seen.count == 1 && seen.list[0].day == 17299 && seen.list[0].commands == 36);
	seen = walk(events, count, (struct day_range){ 17299, 17299 });
	CHECK(seen.count == 1 && seen.list[0].commands == 36);
	seen = walk(events, count, (struct day_range){ 17300, 17303 });
	CHECK(seen.count == 0);
}

TEST(what_a_firewall_saw_is_no_session)
{
	struct honeypot_event events[] = { event("", HONEYPOT_SYN, 0), event("", HONEYPOT_SYN, 1) };
	CHECK(walk(events, 2, all_days).count == 0);
}

// Two connections of a source at once; the first says nothing until it is hung up on. And one that nobody goes on with.
TEST(halves_are_joined_by_their_numbers)
{
	struct honeypot_event events[] = {
		event("aaa", HONEYPOT_CONNECT, 0),         event("bbb", HONEYPOT_CONNECT, 10),
		event("TT9", HONEYPOT_CLOSED, 120),        event("TT10", HONEYPOT_LOGIN_FAILED, 11),
		event("TT10", HONEYPOT_CLOSED, 12),        event("ccc", HONEYPOT_CONNECT, 500),
		event("TT11", HONEYPOT_LOGIN_FAILED, 801), event("ddd", HONEYPOT_CONNECT, 900),
	};
	events[7].protocol = HONEYPOT_SSH;
	struct honeypot_event more = event("TT12", HONEYPOT_LOGIN_FAILED, 901);
	more.protocol = HONEYPOT_TELNET;
	struct honeypot_event all[9];
	memcpy(all, events, sizeof events);
	all[8] = more;
	const struct seen seen = walk(all, 9, all_days);
	static const struct {
		const char *name;
		uint64_t failed;
		unsigned seconds;
	} wanted[] = { { "aaa", 0, 120 }, { "bbb", 1, 2 }, { "TT11", 1, 0 },
		       { "TT12", 1, 0 },  { "ccc", 0, 0 }, { "ddd", 0, 0 } };
	CHECK(seen.count == 6);
	for (size_t i = 0; i < 6; i++) {
		bool is_there = false;
		for (size_t j = 0; j < seen.count; j++)
			is_there |= strcmp(seen.names[j], wanted[i].name) == 0 &&
			            seen.list[j].failed == wanted[i].failed &&
			            seen.list[j].last_ns - seen.list[j].first_ns ==
			                    wanted[i].seconds * SECOND_NS;
		CHECK(is_there);
	}
}

static bool count_session(void *context, const struct session *s, struct error *error)
{
	size_t *joined = context;
	(void)error;
	*joined += s->stage == STAGE_SHELL && s->name.bytes[0] == 'c';
	return true;
}

// One source that connects all the time, and whose halves do not belong together: who looks through all of its
// connections for each does not end.
TEST(many_halves_of_one_source)
{
	enum { HALVES = 200000, OURS = 1000 };
	struct transports t = { .count = 0 };
	struct error error;
	bool ok = true;
	for (size_t i = 0; ok && i < HALVES; i++) {
		const uint64_t time_ns = NOON_NS + i * SECOND_NS;
		const bool is_ours = i % (HALVES / OURS) == 0;
		struct session s = { .day = 17299, .first_ns = time_ns, .source = 7 };
		s.protocol = is_ours ? HONEYPOT_SSH : HONEYPOT_TELNET;
		s.name = text("c");
		ok = transports_keep(&t, &s, true, &error);
		s.protocol = HONEYPOT_SSH;
		s.stage = STAGE_SHELL;
		s.name = text(is_ours ? "SSH1" : "SSH2");
		ok = ok && transports_keep(&t, &s, false, &error);
	}
	size_t joined = 0;
	const struct session_visitor visitor = { .session = count_session, .context = &joined };
	const clock_t begin = clock();
	CHECK(ok && transports_join(&t, (struct day_range){ 17299, 17299 }, &visitor, &error));
	CHECK(joined == OURS && (clock() - begin) / CLOCKS_PER_SEC < 5);
	transports_done(&t);
}

static enum session_role role_of_lines(const char *const *lines, double pause, unsigned programs)
{
	struct role_signs signs = { .signs = 0 };
	bool has_token = false;
	for (size_t i = 0; lines[i] != NULL; i++) {
		struct span token;
		bool is_mark;
		role_note_line(&signs, (uint64_t)(pause * (double)(i + 1) * 1e9), text(lines[i]),
		               true);
		for (size_t at = 0; token_next(text(lines[i]), &at, &token, &is_mark);) {
			has_token = true;
			role_note_token(&signs, is_mark);
		}
	}
	return role_of(&signs, has_token, false, programs);
}
#define ROLE_OF(pause, programs, ...)                                                              \
	role_of_lines((const char *const[]){ __VA_ARGS__, NULL }, pause, programs)

TEST(roles_are_told_by_lines)
{
	CHECK(ROLE_OF(0.1, 0, "enable", "system", "shell", "sh", "/bin/busybox MIRAI") ==
	      ROLE_SCANNER);
	CHECK(ROLE_OF(0.1, 0, "enable", "shell", "sh") == ROLE_SCANNER);
	CHECK(ROLE_OF(0.1, 0, "enable", "sh") == ROLE_UNKNOWN);
	CHECK(ROLE_OF(0.1, 2, "/bin/busybox ps; /bin/busybox ECCHI") == ROLE_LOADER);
	CHECK(ROLE_OF(0.1, 1, "/bin/busybox ps; /bin/busybox SATORI") == ROLE_BOTH);
	CHECK(ROLE_OF(0.1, 0, "/bin/busybox X1", "cat /bin/echo") == ROLE_BOTH);
	CHECK(ROLE_OF(0.1, 0, "/bin/busybox X1", "/bin/busybox X1", "/bin/busybox X1") ==
	      ROLE_LOADER);
	CHECK(ROLE_OF(0.1, 0, "wget http://192.0.2.1/x") == ROLE_LOADER);
	CHECK(ROLE_OF(0.1, 0, "echo mywget") == ROLE_UNKNOWN);
	CHECK(ROLE_OF(2.0, 0, "w", "ls", "wget http://192.0.2.1/x") == ROLE_HUMAN);
	CHECK(ROLE_OF(0.5, 0, "w", "ls", "id") == ROLE_UNKNOWN);
	CHECK(ROLE_OF(2.0, 0, "w", "ls") == ROLE_UNKNOWN);
	CHECK(ROLE_OF(2.0, 0, "w", "ls", "/bin/busybox MIRAI") == ROLE_SCANNER);
}

TEST_MAIN
