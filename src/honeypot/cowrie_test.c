// SPDX-License-Identifier: MIT
// Cowrie's JSON of every version, made here after what it writes. Real ones are in HOTARU_HONEYPOT
// (tests/honeypot_test.py).
#include "honeypot/test_honeypot.h"

static struct kept kept;

#define FROM "\"src_ip\":\"192.0.2.7\""
#define MODERN(time, id)                                                                           \
	"{\"eventid\":\"cowrie." id "\",\"timestamp\":\"" time "\"," FROM                          \
	",\"session\":\"c0ffee001122\""
#define AT "2026-04-26T00:00:01.455076Z"
#define EVENT(id) MODERN(AT, id)

TEST(a_session_of_2017)
{
	CHECK(keep_text(
		"{\"eventid\": \"cowrie.session.connect\", \"timestamp\": \"2017-02-11T10:50:44.693595Z\", "
		"\"session\": \"TT10\", \"message\": \"New connection: 192.0.2.7:55800 (10.8.41.81:2223) "
		"[session: TT10]\", \"src_port\": 55800, \"system\": "
		"\"cowrie.telnet.transport.HoneyPotTelnetFactory\", \"isError\": 0, \"src_ip\": \"192.0.2.7\", "
		"\"dst_port\": 2223, \"dst_ip\": \"10.8.41.81\", \"sensor\": \"scw-7462ef\"}\n"
		"{\"eventid\": \"cowrie.command.input\", \"timestamp\": \"2017-02-11T10:50:45.000001Z\", "
		"\"message\": \"CMD: /bin/busybox ECCHI\", \"system\": \"CowrieTelnetTransport,0,192.0.2.7\", "
		"\"isError\": 0, \"src_ip\": \"192.0.2.7\", \"session\": \"TT10\", \"input\": \"/bin/busybox "
		"ECCHI\", \"sensor\": \"scw-7462ef\"}\n"
		"{\"eventid\": \"cowrie.command.success\", \"timestamp\": \"2017-02-11T10:50:45.000002Z\", "
		"\"system\": \"CowrieTelnetTransport,0,192.0.2.7\", \"src_ip\": \"192.0.2.7\", \"session\": "
		"\"TT10\", \"input\": \"/bin/busybox ECCHI\", \"sensor\": \"scw-7462ef\"}\n"
		"{\"eventid\": \"cowrie.login.failed\", \"timestamp\": \"2017-02-11T10:50:46.5Z\", \"system\": "
		"\"SSHService 'ssh-userauth' on HoneyPotSSHTransport,0,192.0.2.7\", \"src_ip\": \"192.0.2.7\", "
		"\"session\": \"630a36c1\", \"username\": \"aha\", \"password\": \"lol\"}\n",
		&kept));
	CHECK(!kept.is_damaged && text_equal(kept.form, "cowrie") && kept.count == 4);
	CHECK(kept_is(
		&kept, 0,
		"2017-02-11T10:50:44.693595Z scw-7462ef TT10 192.0.2.7:55800 > 10.8.41.81:2223 "
		"telnet connect "));
	CHECK(kept_is(&kept, 1,
	              "2017-02-11T10:50:45.000001Z scw-7462ef TT10 192.0.2.7:0 > 0.0.0.0:0 telnet "
	              "input /bin/busybox ECCHI"));
	CHECK(kept_ends(&kept, 2, " telnet ran /bin/busybox ECCHI"));
	CHECK(kept_is(
		&kept, 3,
		"2017-02-11T10:50:46.500000Z  630a36c1 192.0.2.7:0 > 0.0.0.0:0 ssh login_failed "
		"aha|lol"));
}

TEST(a_session_of_today)
{
	CHECK(KEEP_LINES(
		&kept,
		EVENT("session.connect") ",\"src_port\":59004,\"dst_ip\":\"198.51.100.1\",\"dst_port\":2222,\"protocol\":\"ssh\",\"message\":\"New connection\",\"sensor\":\"\",\"uuid\":\"ae2442d4-1c48\"}",
		EVENT("client.version") ",\"version\":\"SSH-2.0-Go\",\"protocol\":\"ssh\",\"src_port\":9}",
		EVENT("client.kex") ",\"kexAlgs\":[\"a\",\"b\"],\"hassh\":\"00\"}",
		EVENT("session.params") ",\"arch\":\"linux-x64-lsb\",\"message\":[]}",
		EVENT("login.success") ",\"username\":\"root\",\"password\":\"a\\u00e9\\\"b\"}",
		EVENT("command.failed") ",\"input\":\"SATORI\"}",
		EVENT("session.input") ",\"realm\":\"cat\",\"input\":\"x\"}",
		EVENT("session.closed") ",\"duration_ms\":195}",
		EVENT("session.closed") ",\"duration\":\"120.0\"}",
		EVENT("session.closed") ",\"duration\":12.163265705108643}"));
	CHECK(!kept.is_damaged && kept.count == 8 && kept.ledger.others == 2 &&
	      kept.ledger.records == 10);
	CHECK(kept_is(&kept, 0,
	              "2026-04-26T00:00:01.455076Z ae2442d4-1c48 c0ffee001122 192.0.2.7:59004 > "
	              "198.51.100.1:2222 ssh connect "));
	CHECK(kept_ends(&kept, 1, "192.0.2.7:0 > 0.0.0.0:0 ssh client SSH-2.0-Go"));
	CHECK(kept_ends(&kept, 2, "unknown login root|a??\"b"));
	CHECK(kept_ends(&kept, 3, "ran SATORI") && kept_ends(&kept, 4, "ran x"));
	CHECK(kept_ends(&kept, 5, "closed ") && kept_ends(&kept, 7, "closed "));
}

TEST(files_that_are_fetched_sent_and_written)
{
	CHECK(KEEP_LINES(
		&kept,
		EVENT("session.file_download") ",\"url\":\"http://example.com/a\",\"shasum\":\"26e8\",\"destfile\":\"/a\"}",
		EVENT("session.file_download.failed") ",\"url\":\"http://example.com/b\"}",
		EVENT("session.file_download") ",\"destfile\":\"/tmp/.h\",\"outfile\":\"var/x\",\"shasum\":\"01\"}",
		EVENT("session.file_upload") ",\"filename\":\"k\",\"outfile\":\"var/x\",\"shasum\":\"02\"}",
		EVENT("session.file_download") ",\"realm\":\"scp\",\"input\":\"ls -lah\"}"));
	CHECK(kept_ends(&kept, 0, "fetch http://example.com/a|26e8"));
	CHECK(kept_ends(&kept, 1, "fetch http://example.com/b|"));
	CHECK(kept_ends(&kept, 2, "upload /tmp/.h|01") && kept_ends(&kept, 3, "upload k|02"));
	CHECK(kept_ends(&kept, 4, "ran ls -lah"));
}

TEST(tunnels_give_no_target)
{
	CHECK(KEEP_LINES(
		&kept,
		EVENT("direct-tcpip.request") ",\"dst_ip\":\"2001:db8::1\",\"dst_port\":25,\"src_port\":0}",
		EVENT("direct-tcpip.data") ",\"dst_ip\":\"198.51.100.9\",\"dst_port\":80,\"data\":\"b'GET'\"}",
		EVENT("login.failed") ",\"dst_ip\":\"198.51.100.9\",\"dst_port\":80,\"src_port\":4}"));
	CHECK(kept.count == 1 && kept.ledger.others == 2 && !kept.is_damaged);
	CHECK(kept_ends(&kept, 0, " 192.0.2.7:0 > 0.0.0.0:0 unknown login_failed |"));
}

static bool has_time(const char *member, const char *time)
{
	char line[512];
	text_format(line, sizeof line,
	            "{\"eventid\":\"cowrie.session.closed\",%s,\"src_ip\":\"192.0.2.7\"}", member);
	return keep_text(line, &kept) && kept.count == 1 &&
	       strncmp(kept.lines[0], time, strlen(time)) == 0;
}

TEST(times_of_every_form)
{
	CHECK(has_time("\"timestamp\":\"2018-06-15T00:04:39.596202Z\"",
	               "2018-06-15T00:04:39.596202Z"));
	CHECK(has_time("\"timestamp\":\"2018-06-15T09:04:39.596202+0900\"",
	               "2018-06-15T00:04:39.596202Z"));
	CHECK(has_time("\"timestamp\":\"2018-06-14T20:04:39.596202-04:00\"",
	               "2018-06-15T00:04:39.596202Z"));
	CHECK(has_time("\"timestamp\":\"2018-06-15T00:04:39.596202\"",
	               "2018-06-15T00:04:39.596202Z"));
	CHECK(has_time("\"timestamp\":\"2018-06-15 00:04:39,596\"", "2018-06-15T00:04:39.596000Z"));
	CHECK(has_time("\"timestamp\":\"2018-06-15T00:04:39+0000\"",
	               "2018-06-15T00:04:39.000000Z"));
	CHECK(has_time("\"@timestamp\":\"2018-06-15T00:04:39.596Z\"",
	               "2018-06-15T00:04:39.596000Z"));
	CHECK(has_time("\"epoch\":1529021079596", "2018-06-15T00:04:39.596000Z"));
	CHECK(has_time("\"time\":1529021079.596202", "2018-06-15T00:04:39.596202Z"));
	CHECK(has_time("\"timestamp\":null,\"epoch\":1529021079596",
	               "2018-06-15T00:04:39.596000Z"));
	CHECK(has_time("\"time\":\"1529021079\"", "2018-06-15T00:04:39.000000Z"));
}

static bool is_bad(const char *line, enum honeypot_skip skip)
{
	char text[512];
	text_format(text, sizeof text, MODERN(AT, "session.closed") "}\n%s\n", line);
	return keep_text(text, &kept) && kept.count == 1 && kept.ledger.skipped[skip] == 1 &&
	       kept.is_damaged == honeypot_skip_is_damage(skip) &&
	       (!kept.is_damaged || strstr(kept.error.text, "line 2 ") != NULL);
}

TEST(lines_of_no_use_are_counted)
{
	CHECK(is_bad("{\"eventid\":\"cowrie.session.closed\"," FROM "}", HONEYPOT_SKIP_TIME));
	CHECK(is_bad("{\"eventid\":\"cowrie.session.closed\"," FROM
	             ",\"timestamp\":\"2018-13-15T00:00:00Z\"}",
	             HONEYPOT_SKIP_TIME));
	CHECK(is_bad("{\"eventid\":\"cowrie.session.closed\"," FROM
	             ",\"timestamp\":\"2018-02-29T00:00:00.000000Z\"}",
	             HONEYPOT_SKIP_TIME));
	CHECK(is_bad("{\"eventid\":\"cowrie.session.closed\"," FROM ",\"timestamp\":{}}",
	             HONEYPOT_SKIP_TIME));
	CHECK(is_bad("{\"eventid\":\"cowrie.session.closed\",\"timestamp\":\"" AT
	             "\",\"src_ip\":\"2001:db8::1\"}",
	             HONEYPOT_SKIP_ADDRESS));
	CHECK(is_bad("{\"eventid\":\"cowrie.session.closed\",\"timestamp\":\"" AT
	             "\",\"src_ip\":\"192.0.2.07\"}",
	             HONEYPOT_SKIP_ADDRESS));
	CHECK(is_bad("{\"eventid\":\"cowrie.session.closed\",\"timestamp\":\"" AT
	             "\",\"src_ip\":[]}",
	             HONEYPOT_SKIP_ADDRESS));
	CHECK(is_bad("{\"eventid\":\"cowrie.session.closed\",\"timestamp\":\"" AT "\"}",
	             HONEYPOT_SKIP_ADDRESS));
	CHECK(is_bad("{\"type\":\"Suricata\"}", HONEYPOT_SKIP_UNKNOWN) &&
	      is_bad("[]{}", HONEYPOT_SKIP_SYNTAX));
	CHECK(is_bad("{\"eventid\":\"cowrie.session.clo", HONEYPOT_SKIP_SYNTAX));
	CHECK(is_bad("garbage", HONEYPOT_SKIP_SYNTAX));
}

TEST(a_mapped_address_is_ipv4)
{
	CHECK(keep_text("{\"eventid\":\"cowrie.session.closed\",\"timestamp\":\"" AT
	                "\",\"src_ip\":\"::ffff:192.0.2.7\"}\n",
	                &kept));
	CHECK(kept_ends(&kept, 0, " 192.0.2.7:0 > 0.0.0.0:0 unknown closed "));
}

#define INPUT(text) MODERN(AT, "command.input") ",\"input\":\"" text "\"}\n"
#define CLIENT(text) MODERN(AT, "client.version") ",\"version\":\"" text "\"}\n"

TEST(bytes_that_python_wrote)
{
	CHECK(keep_text(INPUT("b'a\\\\xff\\\\n\\\\'z'") INPUT("b'") INPUT("b'a'b'")
	                        INPUT("b'\\\\q'") INPUT("b\\\"'\\\"") CLIENT("b'SSH-2.0-PuTTY'")
	                                CLIENT("'SSH-2.0-libssh-0.1'"),
	                &kept));
	CHECK(kept_ends(&kept, 0, "input a??\'z") && kept_ends(&kept, 1, "input b'"));
	CHECK(kept_ends(&kept, 2, "input b'a'b'") && kept_ends(&kept, 3, "input b'\\q'"));
	CHECK(kept_ends(&kept, 4, "input '"));
	CHECK(kept_ends(&kept, 5, "client SSH-2.0-PuTTY") &&
	      kept_ends(&kept, 6, "client SSH-2.0-libssh-0.1"));
}

TEST(names_end_where_they_end)
{
	CHECK(KEEP_LINES(
		&kept,
		EVENT("login.failed") ",\"username\":\"a\\u0000b\",\"password\":\"c\\u0000d\"}",
		EVENT("login.failed") ",\"username\":7,\"password\":null}"));
	CHECK(kept_ends(&kept, 0, "login_failed a b|c|d") && kept_ends(&kept, 1, "login_failed |"));
}

TEST(of_two_members_the_first_counts)
{
	CHECK(KEEP_LINES(
		&kept, EVENT("command.input") ",\"input\":\"a\",\"input\":\"b\"}",
		EVENT("command.input") ",\"input\":\"a\",\"input\":\"b\",\"x\":{}}",
		EVENT("command.input") ",\"x\":[[]],\"in\\u0070ut\":\"a\",\"input\":\"b\"}"));
	CHECK(kept_ends(&kept, 0, "input a") && kept_ends(&kept, 1, "input a") &&
	      kept_ends(&kept, 2, "input a"));
}

// ---- T-Pot, Elasticsearch

#define TPOT                                                                                                               \
	"{\"eventid\":\"cowrie.session.connect\",\"@timestamp\":\"2024-01-26T21:59:42.976Z\",\"type\":\"Cowrie\","         \
	"\"geoip\":{\"ip\":\"192.0.2.7\",\"location\":{\"lat\":1.5}},\"src_ip\":\"192.0.2.7\",\"src_port\":9,\"dest_ip\":" \
	"\"198.51.100.1\",\"dest_port\":2223,\"protocol\":\"telnet\",\"session\":\"hits\",\"sensor\":\"s\"}"
#define TPOT_IS "2024-01-26T21:59:42.976000Z s hits 192.0.2.7:9 > 198.51.100.1:2223 telnet connect "

TEST(exports_of_tpot)
{
	CHECK(keep_text(TPOT "\n{\"type\":\"Suricata\"}\n", &kept) && kept_is(&kept, 0, TPOT_IS));
	CHECK(keep_text("{\"_index\":\"logstash\",\"_id\":\"x\",\"_source\":" TPOT "}\n", &kept) &&
	      kept_is(&kept, 0, TPOT_IS));
	CHECK(keep_text("[" TPOT ",\n" TPOT "]\n", &kept) && kept.count == 2 &&
	      kept_is(&kept, 1, TPOT_IS));
	CHECK(keep_text("[\n {\"_source\":\n" TPOT "}\n]\n", &kept) && kept.count == 1 &&
	      kept_is(&kept, 0, TPOT_IS));
	CHECK(keep_text(
		"{\"took\":5,\"_shards\":{\"total\":1},\"hits\":{\"total\":{\"value\":2},\"max_score\":1.0,\"hits\":["
		"{\"_id\":\"1\",\"_source\":" TPOT "},{\"_id\":\"2\",\"_source\":" TPOT "}]}}\n",
		&kept));
	CHECK(kept.count == 2 && kept_is(&kept, 0, TPOT_IS) && kept_is(&kept, 1, TPOT_IS) &&
	      !kept.is_damaged);
	CHECK(text_equal(kept.form, "cowrie"));
}

TEST(objects_over_lines)
{
	CHECK(keep_text(
		"{\n \"type\": \"Suricata\",\n \"x\": \"}\"\n}\n{\n \"eventid\": \"cowrie.command.input\",\n "
		"\"timestamp\": \"" AT "\",\n " FROM ",\n \"input\": \"{hits\"\n}\n",
		&kept));
	CHECK(kept.count == 1 && kept_ends(&kept, 0, "input {hits") && !kept.is_damaged);
	CHECK(text_equal(kept.form, "cowrie") && kept.ledger.skipped[HONEYPOT_SKIP_UNKNOWN] == 1);
	CHECK(keep_text("[{\"type\":\"Suricata\"}," TPOT "]", &kept) && kept.count == 1);
}

TEST(a_document_that_breaks_off)
{
	CHECK(keep_text("[\n" TPOT ",\n{\"eventid\":\"cowrie.session.conn", &kept));
	CHECK(kept.count == 1 && kept.is_damaged && kept.ledger.skipped[HONEYPOT_SKIP_SYNTAX] == 1);
	CHECK(keep_text("[\n {\"eventid\":\"cowrie.session.closed\",\n \"session\":\"a\nb\"}]\n",
	                &kept));
	CHECK(kept.count == 0 && kept.ledger.skipped[HONEYPOT_SKIP_SYNTAX] == 1);
}

// ---- blocks

// So many lines that blocks end in them everywhere.
static void write_many(struct buffer *out, unsigned lines, unsigned padding)
{
	for (unsigned i = 0; i < lines; i++) {
		buffer_format(out, MODERN(AT, "command.input") ",\"input\":\"%u\",\"x\":\"", i);
		for (unsigned k = 0; k < (i * 7919) % padding; k++)
			buffer_byte(out, 'x');
		buffer_text(out, i % 100 == 7 ? "\",\"y\":{}}\n" : "\"}\n");
	}
}

TEST(events_come_in_order_on_any_number_of_threads)
{
	char path[] = "/tmp/hotaru-honeypot-XXXXXX";
	struct buffer log = buffer_up_to(64 << 20);
	write_many(&log, 5000, 600);
	const int fd = mkstemp(path);
	CHECK(fd >= 0 && write(fd, log.bytes, log.length) == (ssize_t)log.length);
	close(fd);
	uint64_t hash = 0;
	for (unsigned threads = 1; threads <= 8; threads *= 2) {
		CHECK(keep_file(path, threads, &kept) && kept.count == 5000 && !kept.is_damaged);
		CHECK(kept_ends(&kept, 42, "input 42"));
		CHECK(hash == 0 || hash == kept.hash);
		hash = kept.hash;
	}
	unlink(path);
	buffer_done(&log);
}

TEST(long_lines_and_lines_that_are_too_long)
{
	struct buffer log = buffer_up_to(64 << 20);
	write_many(&log, 10, 10);
	const size_t lengths[] = { 600 << 10, 10 << 20, 17 << 20 };
	for (unsigned i = 0; i < 3; i++) {
		buffer_text(&log, MODERN(AT, "command.input") ",\"input\":\"");
		for (size_t k = 0; k < lengths[i]; k++)
			buffer_byte(&log, 'a');
		buffer_text(&log, "\"}\n");
		buffer_text(&log, INPUT("between"));
	}
	CHECK(keep_bytes(log.bytes, log.length, &kept));
	CHECK(kept.count == 15 && kept.ledger.records == 16 && kept.ledger.cut == 2);
	CHECK(kept.ledger.skipped[HONEYPOT_SKIP_LONG] == 1 &&
	      kept_ends(&kept, 14, "input between"));
	CHECK(kept.is_damaged && strstr(kept.error.text, "line 15 is longer") != NULL);
	buffer_done(&log);
}

TEST(texts_are_cut)
{
	struct buffer log = buffer_up_to(1 << 20);
	for (size_t length = HONEYPOT_TEXT_MAX; length <= HONEYPOT_TEXT_MAX + 1; length++) {
		log.length = 0;
		buffer_text(&log, MODERN(AT, "command.input") ",\"input\":\"");
		for (size_t k = 0; k < length; k++)
			buffer_byte(&log, 'a');
		buffer_text(&log, "\"}\n");
		CHECK(keep_bytes(log.bytes, log.length, &kept) &&
		      kept.text_length == HONEYPOT_TEXT_MAX);
		CHECK(kept.is_cut == (length > HONEYPOT_TEXT_MAX));
	}
	buffer_done(&log);
}

TEST(what_is_no_log_is_refused)
{
	CHECK(!keep_text("{\"a\":1}\n", &kept) &&
	      strstr(kept.error.text, "is no log of a honeypot") != NULL);
	CHECK(!keep_text("", &kept) && strstr(kept.error.text, "is empty") != NULL);
	CHECK(!keep_text("\x1f\x8b\x08", &kept));
}

TEST(empty_lines_marks_and_ends_of_windows)
{
	CHECK(keep_text("\xef\xbb\xbf" INPUT("a") "\r\n\n  \n" INPUT("b") "\r\n" MODERN(
				AT, "session.closed") "}",
	                &kept));
	CHECK(kept.count == 3 && kept.ledger.records == 3 && !kept.is_damaged);
}

static bool refuse(void *context, const struct honeypot_event *event, struct error *error)
{
	unsigned *left = context;
	(void)event;
	return (*left)-- > 0 || error_set(error, ERROR_FAILED, "no more");
}

TEST(a_receiver_that_fails_ends_it)
{
	char path[] = "/tmp/hotaru-honeypot-XXXXXX";
	struct buffer log = buffer_up_to(64 << 20);
	write_many(&log, 5000, 300);
	const int fd = mkstemp(path);
	CHECK(fd >= 0 && write(fd, log.bytes, log.length) == (ssize_t)log.length);
	close(fd);
	for (unsigned wanted = 0; wanted < 5000; wanted += 1249) {
		struct honeypot_file *file = NULL;
		struct error error = { .kind = ERROR_NONE };
		unsigned left = wanted;
		const struct honeypot_receiver receiver = { refuse, &left };
		CHECK(honeypot_file_open(path, 0, &file, &error));
		CHECK(!honeypot_file_read(file, 2, &receiver, &error) &&
		      text_equal(error.text, "no more"));
		honeypot_file_free(file);
	}
	unlink(path);
	buffer_done(&log);
}

TEST_MAIN
