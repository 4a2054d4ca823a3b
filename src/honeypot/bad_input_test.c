// SPDX-License-Identifier: MIT
// What attackers and crashes leave in logs: bounded, and counted.
#include "base/random.h"
#include "honeypot/test_honeypot.h"

static struct kept kept;

#define INPUT(text)                                                                                                                            \
	"{\"eventid\":\"cowrie.command.input\",\"timestamp\":\"2018-06-15T00:04:39.596202Z\",\"src_ip\":\"192.0.2.7\",\"session\":\"c0ffee\"," \
	"\"input\":\"" text "\"}\n"

static void repeat(struct buffer *out, const char *text, unsigned count)
{
	for (unsigned i = 0; i < count; i++)
		buffer_text(out, text);
}

TEST(nests_and_garbage_between_lines)
{
	struct buffer log = buffer_up_to(4 << 20);
	buffer_text(&log, INPUT("a"));
	repeat(&log, "[", 100000);
	buffer_text(&log, "\n");
	repeat(&log, "{\"a\":", 100000);
	buffer_text(&log, "\n{\"eventid\":\"cowrie.command.input\",\"x\":");
	repeat(&log, "[", 100);
	repeat(&log, "]", 100);
	buffer_text(&log, "}\n");
	buffer_append(&log, "\0\0\0\xff\xfe\x1b[2J\n", 10);
	buffer_text(&log, INPUT("b"));
	CHECK(keep_bytes(log.bytes, log.length, &kept));
	CHECK(kept.count == 2 && kept_ends(&kept, 1, "input b") &&
	      kept.ledger.skipped[HONEYPOT_SKIP_SYNTAX] == 4);
	CHECK(strstr(kept.error.text, "line 2 is JSON nested deeper than 64") != NULL);
	buffer_done(&log);
}

TEST(nests_in_a_document)
{
	struct buffer log = buffer_up_to(4 << 20);
	buffer_text(&log, "[" INPUT("a") ",");
	repeat(&log, "{\"a\":", 100000);
	repeat(&log, "}", 100000);
	buffer_text(&log, "," INPUT("b") "]");
	repeat(&log, "{\"hits\":", 100000);
	CHECK(keep_bytes(log.bytes, log.length, &kept));
	CHECK(kept.count == 2 && kept_ends(&kept, 1, "input b") && kept.is_damaged);
	buffer_done(&log);
}

TEST(bytes_of_all_kinds_are_handed_on_raw)
{
	CHECK(keep_text(INPUT("\\u001b[31m\\u0000\xff\xc3(\x7f\\ud800\\\\x"), &kept));
	CHECK(kept.count == 1 && kept_ends(&kept, 0, "input ?[31m|\?\?(?\?\?\?\\x"));
}

// Half a line, and what was written after the honeypot was started again.
TEST(half_a_line_takes_the_next_one_with_it)
{
	CHECK(keep_text(
		INPUT("a") "{\"eventid\":\"cowrie.command.input\",\"src_ip\":\"192.0." INPUT("b")
			INPUT("c"),
		&kept));
	CHECK(kept.count == 2 && kept_ends(&kept, 1, "input c") &&
	      kept.ledger.skipped[HONEYPOT_SKIP_SYNTAX] == 1);
}

TEST(a_log_that_is_cut_anywhere_gives_what_is_whole)
{
	static const char log[] = INPUT("a") INPUT("b") "\n" INPUT("c");
	const size_t line = strlen(INPUT("a"));
	for (size_t length = line; length < sizeof log; length += sweep_step()) {
		CHECK(keep_bytes(log, length, &kept));
		const size_t rest = length - (length > 2 * line), whole = (rest + 1) / line;
		CHECK(kept.count == whole);
		CHECK(kept.is_damaged == (rest > whole * line));
	}
}

TEST(a_line_gives_so_many_events_and_no_more)
{
	struct buffer log = buffer_up_to(8 << 20);
	buffer_text(
		&log,
		"{\"type\":\"connection\",\"ip\":\"192.0.2.7\",\"user\":\"u\",\"pass\":\"p\",\"date\":1497684357,\"stream\":"
		"[{\"in\":true,\"ts\":0,\"data\":\"");
	repeat(&log, "a\\n", 70000);
	buffer_text(&log, "\"}]}\n" INPUT("b"));
	CHECK(keep_bytes(log.bytes, log.length, &kept) && kept.count == (1 << 16) + 1);
	CHECK(kept.is_damaged && kept.ledger.skipped[HONEYPOT_SKIP_LONG] == 1);
	buffer_done(&log);
}

TEST(names_are_cut)
{
	struct buffer log = buffer_up_to(1 << 16);
	buffer_text(
		&log,
		"{\"eventid\":\"cowrie.session.closed\",\"timestamp\":\"2018-06-15T00:04:39.596202Z\",\"src_ip\":\"192.0.2.7\",\"session\":\"");
	repeat(&log, "s", 1000);
	buffer_text(&log, "\",\"sensor\":\"");
	repeat(&log, "n", 1000);
	buffer_text(&log, "\"}\n");
	CHECK(keep_bytes(log.bytes, log.length, &kept) && kept.count == 1);
	CHECK(strlen(kept.lines[0]) ==
	      strlen("2018-06-15T00:04:39.596202Z   192.0.2.7:0 > 0.0.0.0:0 unknown closed ") +
	              HONEYPOT_SENSOR_MAX + HONEYPOT_SESSION_MAX);
	buffer_done(&log);
}

// Of each form one line, changed anywhere: it is read or counted, and so is what follows.
static const char *const forms[] = {
	INPUT("a"),
	"2018-06-15T09:04:39.596202+0900 [CowrieTelnetTransport,1583,192.0.2.7] login attempt [a/b] failed\n",
	"2016-11-01 12:34:57,002 [HoneyTelnet] DEBUG MTPot.py:71 [192.0.2.7:5] executed: ECCHI\n",
	"1702359975 sensor kernel: SRC=192.0.2.7 DST=198.51.100.1 LEN=40 TTL=42 PROTO=TCP SPT=6 DPT=23 WINDOW=5 SYN\n",
	"{\"timestamp\":\"2026-05-28T01:02:03Z\",\"srcHost\":\"192.0.2.7\",\"srcPort\":\"5\",\"handler\":\"telnet\",\"payload\":\"c2gNCnM=\"}\n",
};

static uint64_t skipped(const struct honeypot_ledger *ledger)
{
	uint64_t sum = 0;
	for (unsigned i = 0; i < HONEYPOT_SKIPS; i++)
		sum += ledger->skipped[i];
	return sum;
}

TEST(changed_lines_are_read_or_counted)
{
	struct random random = random_from(5);
	for (unsigned i = 0; i < random_rounds(400); i++) {
		char log[1024];
		const char *line = forms[i % 5];
		const size_t length = strlen(line);
		text_format(log, sizeof log, "%s%s%s", line, line, line);
		for (unsigned k = 0; k < 1 + i % 4; k++)
			log[length + random_below(&random, (uint32_t)length - 1)] = (char)
				random_below(&random, 256);
		CHECK(keep_bytes(log, 3 * length, &kept));
		const uint64_t events = kept.ledger.events,
			       lost = kept.ledger.others + skipped(&kept.ledger);
		CHECK(events >= 2 && events == kept.count && kept.ledger.records >= 3);
		CHECK(lost + events >= kept.ledger.records);
	}
}

TEST_MAIN
