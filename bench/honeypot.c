// SPDX-License-Identifier: MIT
// Cowrie's JSON of made sessions, and reading it.
//
//   bench-honeypot make MEGABYTES FILE        sessions as a scanner has them, of many sources
//   bench-honeypot read THREADS FILE...       prints lines, events and the seconds that reading took
#include "base/calendar.h"
#include "base/clock.h"
#include "base/random.h"
#include "base/text.h"
#include "honeypot/honeypot_file.h"

#include <stdio.h>
#include <stdlib.h>

// ---- making

struct session {
	char address[TEXT_IPV4_SIZE], name[16];
	uint64_t time_ns;
	FILE *file;
	uint64_t written;
};

static void line(struct session *s, const char *eventid, const char *members)
{
	char time[CALENDAR_TIME_SIZE];
	s->time_ns += 200 * 1000000;
	time_format(s->time_ns, 6, time);
	const int length = fprintf(
		s->file,
		"{\"eventid\":\"cowrie.%s\",%s,\"sensor\":\"d77dbf85c0b8\",\"uuid\":"
		"\"ae2442d4-1c48-11f1-af53-e6c28017fd08\",\"timestamp\":\"%s\","
		"\"src_ip\":\"%s\",\"session\":\"%s\",\"protocol\":\"telnet\"}\n",
		eventid, members, time, s->address, s->name);
	s->written += length > 0 ? (uint64_t)length : 0;
}

static void connection(struct session *s, unsigned port)
{
	char members[256];
	text_format(
		members, sizeof members,
		"\"src_port\":%u,\"dst_ip\":\"198.51.100.1\",\"dst_port\":2223,\"message\":\"New "
		"connection: %s:%u (198.51.100.1:2223) [session: %s]\"",
		port, s->address, port, s->name);
	line(s, "session.connect", members);
}

static void command(struct session *s, const char *typed)
{
	char members[512];
	text_format(members, sizeof members, "\"input\":\"%s\",\"message\":\"CMD: %s\"", typed,
	            typed);
	line(s, "command.input", members);
}

static void session(struct session *s, struct random *random)
{
	static const char *const tokens[] = { "MIRAI", "SATORI", "OWARI", "MASUTA", "ECCHI" };
	char typed[64];
	connection(s, 1024 + (unsigned)random_below(random, 60000));
	line(s, "login.failed",
	     "\"username\":\"root\",\"password\":\"xc3511\",\"message\":\"login attempt [root/xc3511] "
	     "failed\"");
	line(s, "login.success",
	     "\"username\":\"root\",\"password\":\"vizxv\",\"message\":\"login attempt [root/vizxv] "
	     "succeeded\"");
	line(s, "session.params", "\"arch\":\"linux-x64-lsb\",\"message\":[]");
	command(s, "enable");
	command(s, "system");
	command(s, "shell");
	command(s, "sh");
	text_format(typed, sizeof typed, "/bin/busybox %s", tokens[random_below(random, 5)]);
	command(s, typed);
	command(s, "cat /proc/mounts; /bin/busybox \\\"X\\\"");
	line(s, "session.closed",
	     "\"duration\":1.2073,\"message\":\"Connection lost after 1 seconds\"");
}

static int make(uint64_t megabytes, const char *path)
{
	struct random random = random_from(1);
	struct session s = { .time_ns = UINT64_C(1777161600) * NANOSECONDS_A_SECOND };
	s.file = fopen(path, "wbe");
	if (s.file == NULL)
		return 1;
	while (s.written < megabytes * 1000000) {
		// Sources are many, and most of them come once.
		text_from_ipv4(0x0a000000 + (uint32_t)random_below(&random, 1 << 24), s.address);
		text_format(s.name, sizeof s.name, "%012llx",
		            (unsigned long long)random_u64(&random) >> 16);
		session(&s, &random);
	}
	return fclose(s.file) != 0;
}

// ---- reading

static bool take(void *context, const struct honeypot_event *event, struct error *error)
{
	uint64_t *sum = context;
	(void)error;
	*sum += event->source + event->text.length;
	return true;
}

static bool read_one(const char *path, unsigned threads, struct error *error)
{
	struct honeypot_file *file;
	uint64_t sum = 0;
	const struct honeypot_receiver receiver = { take, &sum };
	const uint64_t begin_ns = clock_now_ns();
	if (!honeypot_file_open(path, 0, &file, error))
		return false;
	const bool is_read = honeypot_file_read(file, threads, &receiver, error);
	const struct honeypot_ledger *ledger = honeypot_file_ledger(file);
	if (is_read)
		printf("%llu %llu %.3f\n", (unsigned long long)ledger->records,
		       (unsigned long long)ledger->events,
		       (double)(clock_now_ns() - begin_ns) / (double)NANOSECONDS_A_SECOND);
	honeypot_file_free(file);
	return is_read;
}

int main(int argc, char **argv)
{
	uint64_t number;
	struct error error;
	if (argc < 4 || !text_u64(argv[2], 1 << 20, &number)) {
		fputs("usage: bench-honeypot make MEGABYTES FILE | read THREADS FILE...\n", stderr);
		return 2;
	}
	if (text_equal(argv[1], "make"))
		return make(number, argv[3]);
	for (int i = 3; i < argc; i++)
		if (!read_one(argv[i], (unsigned)number, &error)) {
			fprintf(stderr, "%s\n", error.text);
			return 1;
		}
	return 0;
}
