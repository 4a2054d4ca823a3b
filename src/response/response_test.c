// SPDX-License-Identifier: MIT
#include "base/buffer.h"
#include "response/json_lines.h"
#include "response/test_responses.h"

static struct kept kept;

static void write_line(struct buffer *out, uint32_t address, uint16_t port, uint64_t time_ns,
                       enum response_status status, struct span bytes)
{
	const struct response response = {
		.address = address,
		.port = port,
		.time_ns = time_ns,
		.status = status,
		.probe = { (const uint8_t *)"test", 4 },
		.bytes = bytes,
	};
	json_lines_write(out, &response);
}

TEST(a_line_is_as_documented)
{
	struct buffer out = buffer_up_to(1000);
	write_line(&out, 0xc0000207, 23, 1494648306789000000, RESPONSE_ANSWERED,
	           (struct span){ (const uint8_t *)"login: ", 7 });
	buffer_byte(&out, '\0');
	CHECK(text_equal(
		(const char *)out.bytes,
		"{\"address\":\"192.0.2.7\",\"port\":23,\"time\":\"2017-05-13T04:05:06.789Z\","
		"\"probe\":\"test\",\"status\":\"answered\",\"response\":\"bG9naW46IA==\"}\n"));
	buffer_done(&out);
}

TEST(lines_come_back)
{
	static const uint64_t times[] = { 0, 1494648306000000000, 1494648306789000000,
		                          1494648306000001000, 1494648306000000001 };
	uint8_t bytes[256];
	struct buffer out = buffer_up_to(100000);
	for (size_t i = 0; i < sizeof bytes; i++)
		bytes[i] = (uint8_t)i;
	for (unsigned i = 0; i < 50; i++) {
		const enum response_status status = i % RESPONSE_STATUSES;
		const size_t length = status == RESPONSE_ANSWERED ? 1 + i * 5 : 0;
		write_line(&out, i * 0x01010101u, (uint16_t)(i * 1300 + 1), times[i % 5], status,
		           (struct span){ bytes, length });
	}
	CHECK(!out.failed && keep_bytes(out.bytes, out.length, &kept) && kept.count == 50);
	CHECK(text_equal(kept.form, "hotaru") && !kept.is_damaged);
	CHECK(kept.ledger.records == 50 && kept.ledger.responses == 50);
	for (unsigned i = 0; i < kept.count; i++) {
		const struct response *r = &kept.responses[i];
		CHECK(r->address == i * 0x01010101u && r->port == i * 1300 + 1);
		CHECK(r->time_ns == times[i % 5] && r->status == i % RESPONSE_STATUSES);
		CHECK(text_equal(kept.probes[i], "test") && !r->is_cut && !r->is_lossy);
		CHECK(kept_is(&kept, i, (const char *)bytes,
		              r->status == RESPONSE_ANSWERED ? 1 + i * 5 : 0));
	}
	buffer_done(&out);
}

TEST(flags_come_back)
{
	const struct response response = {
		.address = 1, .port = 80, .status = RESPONSE_EMPTY, .is_cut = true, .is_lossy = true
	};
	struct buffer out = buffer_up_to(1000);
	json_lines_write(&out, &response);
	CHECK(keep_bytes(out.bytes, out.length, &kept) && kept.count == 1);
	CHECK(kept.responses[0].is_cut && kept.responses[0].is_lossy);
	CHECK(kept.ledger.cut == 1 && kept.ledger.lossy == 1 && kept.ledger.without_time == 1);
	buffer_done(&out);
}

#define LINE "{\"address\":\"192.0.2.1\",\"port\":80,\"response\":\"aGk=\"}\n"

TEST(what_is_not_said)
{
	CHECK(keep_text(
		"\xef\xbb\xbf" LINE "\r\n\n  \n"
		"{\"port\":81,\"time\":1494648306.25,\"response\":\"\",\"x\":[{}],"
		"\"address\":\"192.0.2.2\"}\r\n"
		"{\"address\":\"192.0.2.3\",\"port\":82,\"time\":1494648306,\"status\":\"tls\"}",
		&kept));
	CHECK(kept.count == 3 && !kept.is_damaged && kept.ledger.records == 3);
	CHECK(kept.responses[0].status == RESPONSE_ANSWERED && kept.responses[0].time_ns == 0);
	CHECK(kept_text(&kept, 0, "hi"));
	CHECK(kept.responses[1].status == RESPONSE_EMPTY &&
	      kept.responses[1].time_ns == 1494648306250000000);
	CHECK(kept.responses[2].status == RESPONSE_TLS &&
	      kept.responses[2].time_ns == 1494648306000000000);
}

// One line of this behind a good one.
static enum response_skip skip_of(const char *line)
{
	char text[1000], place[32];
	text_format(place, sizeof place, "at byte %zu:", sizeof LINE - 1);
	text_format(text, sizeof text, LINE "%s\n" LINE, line);
	CHECK(keep_text(text, &kept) && kept.count == 2 && kept.ledger.records == 3);
	for (enum response_skip skip = 0; skip < RESPONSE_SKIPS; skip++)
		if (kept.ledger.skipped[skip] > 0) {
			CHECK(kept.ledger.skipped[skip] == 1);
			CHECK(kept.is_damaged == response_skip_is_damage(skip));
			CHECK(!kept.is_damaged || strstr(kept.error.text, "line 2 ") != NULL);
			CHECK(!kept.is_damaged || strstr(kept.error.text, place) != NULL);
			return skip;
		}
	return RESPONSE_SKIPS;
}

#define TO "\"address\":\"192.0.2.1\",\"port\":80,"

TEST(what_is_wrong_is_counted)
{
	CHECK(skip_of("nonsense") == RESPONSE_SKIP_SYNTAX);
	CHECK(skip_of("[]") == RESPONSE_SKIP_SYNTAX);
	CHECK(skip_of("{" TO "\"response\":\"aGk=\"") == RESPONSE_SKIP_SYNTAX);
	CHECK(skip_of("{\"port\":80,\"response\":\"aGk=\"}") == RESPONSE_SKIP_FIELD);
	CHECK(skip_of("{\"address\":\"2001:db8::1\",\"port\":80,\"response\":\"\"}") ==
	      RESPONSE_SKIP_ADDRESS);
	CHECK(skip_of("{\"address\":\"192.0.2.1\",\"port\":0,\"response\":\"\"}") ==
	      RESPONSE_SKIP_FIELD);
	CHECK(skip_of("{\"address\":\"192.0.2.1\",\"port\":65536,\"response\":\"\"}") ==
	      RESPONSE_SKIP_FIELD);
	CHECK(skip_of("{" TO "\"response\":\"aGk\"}") == RESPONSE_SKIP_ENCODING);
	CHECK(skip_of("{" TO "\"response\":\"aGl=\"}") == RESPONSE_SKIP_ENCODING);
	CHECK(skip_of("{" TO "\"response\":7}") == RESPONSE_SKIP_FIELD);
	CHECK(skip_of("{" TO "\"probe\":\"x\"}") == RESPONSE_SKIP_UNKNOWN);
	CHECK(skip_of("{" TO "\"status\":\"open\"}") == RESPONSE_SKIP_FIELD);
	CHECK(skip_of("{" TO "\"status\":\"answered\"}") == RESPONSE_SKIP_FIELD);
	CHECK(skip_of("{" TO "\"status\":\"timeout\",\"response\":\"aGk=\"}") ==
	      RESPONSE_SKIP_FIELD);
	CHECK(skip_of("{" TO "\"status\":\"empty\",\"time\":\"2017-02-30T00:00:00Z\"}") ==
	      RESPONSE_SKIP_FIELD);
	CHECK(skip_of("{" TO "\"status\":\"empty\",\"time\":1e9}") == RESPONSE_SKIP_FIELD);
	CHECK(skip_of("{" TO "\"status\":\"empty\",\"time\":-1}") == RESPONSE_SKIP_FIELD);
	CHECK(skip_of("{" TO "\"status\":\"empty\",\"probe\":\"\\u001b[0m\"}") ==
	      RESPONSE_SKIP_FIELD);
	CHECK(skip_of("{" TO "\"status\":\"empty\",\"cut\":1}") == RESPONSE_SKIP_FIELD);
}

TEST(a_cut_file_gives_what_came_before)
{
	static const char text[] = LINE LINE;
	const size_t line = sizeof LINE - 1;
	for (size_t length = line; length < sizeof text - 1; length++) {
		CHECK(keep_bytes(text, length, &kept));
		const bool is_whole = length == line || length == 2 * line - 1;
		CHECK(kept.count == (length < 2 * line - 1 ? 1u : 2u));
		CHECK(kept.is_damaged == !is_whole);
	}
}

TEST(long_answers_are_cut)
{
	const size_t length = RESPONSE_BYTES_MAX + 1;
	uint8_t *bytes = memory_new(length, 1);
	struct buffer out = buffer_up_to(1 << 20);
	write_line(&out, 1, 1, 0, RESPONSE_ANSWERED, (struct span){ bytes, length });
	write_line(&out, 1, 1, 0, RESPONSE_ANSWERED, (struct span){ bytes, length - 1 });
	CHECK(keep_bytes(out.bytes, out.length, &kept) && kept.count == 2);
	CHECK(kept.responses[0].bytes.length == RESPONSE_BYTES_MAX && kept.responses[0].is_cut);
	CHECK(kept.responses[1].bytes.length == RESPONSE_BYTES_MAX && !kept.responses[1].is_cut);
	CHECK(kept.ledger.cut == 1);
	buffer_done(&out);
	memory_free(bytes);
}

TEST(a_line_has_a_limit)
{
	enum { LIMIT = 16 * 1024 * 1024 };
	struct buffer out = buffer_up_to(40 << 20);
	buffer_text(&out, LINE);
	for (unsigned i = 0; i < LIMIT + 1; i++)
		buffer_byte(&out, ' ');
	buffer_text(&out, "\n" LINE);
	for (unsigned i = 0; i < LIMIT; i++)
		buffer_byte(&out, ' ');
	buffer_text(&out, "\n" LINE);
	CHECK(keep_bytes(out.bytes, out.length, &kept));
	CHECK(kept.count == 3 && kept.ledger.skipped[RESPONSE_SKIP_LONG] == 1);
	CHECK(strstr(kept.error.text, "line 2 is longer") != NULL);
	buffer_done(&out);
}

// Base64 of 10 MiB in one line, and zero bytes: what is there, and no more.
TEST(hostile_lines)
{
	struct buffer out = buffer_up_to(40 << 20);
	buffer_text(&out, LINE "{" TO "\"response\":\"");
	while (out.length < 10 << 20)
		buffer_text(&out, "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA");
	buffer_text(&out, "\"}\n");
	buffer_append(&out, "\0\0\0\n{\0}\n", 8);
	for (unsigned i = 0; i < 100000; i++)
		buffer_text(&out, "[{\"a\":");
	buffer_text(&out, "\n" LINE);
	CHECK(keep_bytes(out.bytes, out.length, &kept) && kept.count == 3);
	CHECK(kept.responses[1].bytes.length == RESPONSE_BYTES_MAX && kept.responses[1].is_cut);
	CHECK(kept.ledger.skipped[RESPONSE_SKIP_SYNTAX] == 3 && kept.ledger.records == 6);
	buffer_done(&out);
}

TEST(what_is_no_file_of_answers)
{
	CHECK(!keep_text("hello\n", &kept) &&
	      strstr(kept.error.text, "no file of answers") != NULL);
	CHECK(!keep_text("", &kept) && strstr(kept.error.text, "empty") != NULL);
	CHECK(!keep_text("{\"a\":1}\n", &kept));
	CHECK(!keep_file("/nonexistent", &kept));
}

static bool refuse(void *context, const struct response *response, struct error *error)
{
	(void)context;
	(void)response;
	return error_set(error, ERROR_FAILED, "enough");
}

TEST(memory_and_receivers_fail)
{
	char path[] = "/tmp/hotaru-responses-XXXXXX";
	const int fd = mkstemp(path);
	CHECK(fd >= 0 && write(fd, LINE LINE, 2 * (sizeof LINE - 1)) > 0);
	close(fd);
	bool is_read = false;
	for (unsigned long at = 1; !is_read && at < 100; at++) {
		memory_fail_at(at);
		is_read = keep_file(path, &kept);
		memory_fail_at(0);
		CHECK(is_read || kept.error.kind == ERROR_FAILED);
	}
	CHECK(is_read && kept.count == 2);
	struct response_file *file = NULL;
	const struct response_receiver receiver = { .take = refuse };
	CHECK(response_file_open(path, 0, &file, &kept.error));
	CHECK(!response_file_read(file, &receiver, &kept.error) &&
	      text_equal(kept.error.text, "enough"));
	response_file_free(file);
	unlink(path);
}

TEST_MAIN
