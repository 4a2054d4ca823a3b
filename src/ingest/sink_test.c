// SPDX-License-Identifier: MIT
// Sinks beside that of host-days: which packets they get, in which order they are called, and what
// becomes of the others when one fails.
#include "ingest/test_traffic.h"

#include "base/disk.h"
#include "ingest/host_day_sink.h"

#include <stdatomic.h>
#include <string.h>
#include <unistd.h>

enum { SMALL_MEMORY = 1 << 20, CALLS_MAX = 64 };

// The calls of all sinks, one after the other: the name of the sink, and p, e, f or x for packets,
// end of a capture, finish and forget.
struct calls {
	char text[2 * CALLS_MAX + 1];
	size_t length;
};

// Compares what comes with what was sent, and counts it.
struct checker {
	struct packet_sink sink;
	const char *name;
	struct calls *calls;          // NULL: nobody asks
	const struct sent *expected;  // that count, in their order; NULL: nobody asks
	size_t taken;
	uint64_t frames[KIND_COUNT];
	char fails_at;  // that call; 0: none
};

static bool say(const struct checker *c, char what, struct error *error)
{
	if (c->calls != NULL && c->calls->length + 2 < sizeof c->calls->text) {
		c->calls->text[c->calls->length++] = c->name[0];
		c->calls->text[c->calls->length++] = what;
	}
	return c->fails_at != what ||
	       error_set(error, ERROR_FAILED, "%s fails at %c", c->name, what);
}

static void compare(const struct packet *p, const struct sent *sent)
{
	CHECK(p->kind == sent->kind && p->time_ns == sent->time_ns && p->source == sent->source);
	CHECK(p->destination == sent->destination && p->fingerprints == sent->fingerprints);
	CHECK(p->ip.length == ip_length(sent) && p->packets == 1);
	// The bytes are still there.
	CHECK(p->ip.length >= 20 && span_u32(p->ip, 12) == sent->source);
}

static bool take_packets(struct packet_sink *sink, const struct packet *packets, size_t count,
                         struct error *error)
{
	struct checker *c = (struct checker *)sink;
	CHECK(count > 0);
	for (size_t i = 0; i < count; i++) {
		if (c->expected != NULL)
			compare(&packets[i], &c->expected[c->taken]);
		c->frames[packets[i].kind]++;
		c->taken++;
	}
	return say(c, 'p', error);
}

static bool end_capture(struct packet_sink *sink, struct error *error)
{
	return say((struct checker *)sink, 'e', error);
}

static bool finish(struct packet_sink *sink, struct error *error)
{
	return say((struct checker *)sink, 'f', error);
}

static void forget(struct packet_sink *sink)
{
	struct error ignored;
	(void)say((struct checker *)sink, 'x', &ignored);
}

static struct checker checker(const char *name, struct calls *calls)
{
	return (struct checker){ .sink = { take_packets, end_capture, finish, forget },
		                 .name = name,
		                 .calls = calls };
}

// Who receives host-days, on several threads: only counts them.
struct host_counter {
	struct host_day_receiver receiver;
	atomic_uint days, hosts;
};

static void *begin_day(struct host_day_receiver *receiver, int32_t day, uint64_t begin_ns,
                       struct error *error)
{
	(void)day;
	(void)begin_ns;
	(void)error;
	((struct host_counter *)receiver)->days++;
	return receiver;
}

static bool count_hosts(struct host_day_receiver *receiver, void *day,
                        const struct host_batch *batch, struct error *error)
{
	(void)day;
	(void)error;
	((struct host_counter *)receiver)->hosts += (unsigned)batch->host_count;
	return true;
}

static bool end_day(struct host_day_receiver *receiver, void *day, bool is_whole,
                    struct error *error)
{
	(void)error;
	return day == receiver && is_whole;
}

static void no_tick(void *context, const struct capture *capture, uint64_t frames)
{
	(void)context;
	(void)capture;
	(void)frames;
}

// An ingest, and all that it needs.
struct bench {
	struct zone zone;
	struct telescope telescope;
	struct fingerprint_set fingerprints;
	struct disk *disk;
	struct packet_sink *sinks[3];
	struct host_counter host_days;
	struct ingest *ingest;
	struct error error;
	char folder[256];
};

struct way {
	const char *telescope;  // NULL: every destination
	unsigned threads;
	bool only_ledger;
};

static void bench_init(struct bench *b, const struct way *way, struct checker *checkers,
                       size_t count)
{
	*b = (struct bench){ .host_days.receiver = { begin_day, count_hosts, end_day } };
	CHECK(zone_parse("UTC", &b->zone, &b->error));
	CHECK(way->telescope == NULL || telescope_parse(way->telescope, &b->telescope, &b->error));
	CHECK(fingerprint_set_init(&b->fingerprints, NULL, NULL, &b->error));
	CHECK(disk_temporary(b->folder, sizeof b->folder, &b->error));
	CHECK(disk_real_open(b->folder, false, &b->disk, &b->error));
	for (size_t i = 0; i < count; i++)
		b->sinks[i] = &checkers[i].sink;
	const struct ingest_options options = {
		.zone = &b->zone,
		.telescope = way->telescope != NULL ? &b->telescope : NULL,
		.fingerprints = &b->fingerprints,
		.memory_bytes = SMALL_MEMORY,
		.threads = way->threads,
		.only_ledger = way->only_ledger,
		.disk = b->disk,
		.spill_name = "spill",
		.sinks = b->sinks,
		.sink_count = count,
	};
	b->ingest = ingest_new(&options, &b->error);
	CHECK(b->ingest != NULL);
}

static void bench_done(struct bench *b)
{
	ingest_free(b->ingest);
	telescope_done(&b->telescope);
	fingerprint_set_done(&b->fingerprints);
	b->disk->free(b->disk);
	disk_remove_folder(b->folder);
}

static bool take(struct bench *b, const struct traffic *t, struct ingest_ledger *ledger)
{
	struct buffer pcap = pcap_of(t);
	struct capture *capture = NULL;
	char path[300];
	CHECK(text_format(path, sizeof path, "%s/capture", b->folder));
	FILE *file = fopen(path, "wb");
	CHECK(file != NULL && fwrite(pcap.bytes, 1, pcap.length, file) == pcap.length);
	CHECK(file != NULL && fclose(file) == 0);
	CHECK(capture_open(path, &capture, &b->error));
	unlink(path);
	buffer_done(&pcap);
	const bool ok = ingest_capture(b->ingest, capture, no_tick, NULL, ledger, &b->error);
	capture_free(capture);
	return ok;
}

static bool finish_all(struct bench *b)
{
	return ingest_finish(b->ingest, &b->host_days.receiver, &b->error);
}

// One packet a capture, of that kind.
static bool take_one(struct bench *b, uint8_t kind)
{
	struct sent sent = { .time_ns = FIRST_SECOND * NANOSECONDS_A_SECOND,
		             .destination = 0xc0000201,
		             .protocol = 17,
		             .kind = kind };
	struct ingest_ledger ledger;
	const struct traffic t = { .sent = &sent, .count = 1 };
	return take(b, &t, &ledger);
}

static bool are(const struct calls *calls, const char *expected)
{
	const bool is_same = text_equal(calls->text, expected);
	if (!is_same)
		printf("calls: %s\n", calls->text);
	return is_same;
}

// 198.51.100.0/25 on all days but the first, 192.0.2.0/24 on all.
static bool counts(const struct sent *p, bool has_telescope, bool has_dates)
{
	const bool is_first_day = p->time_ns < (FIRST_SECOND + 86400) * NANOSECONDS_A_SECOND;
	if (!kind_is_packet(p->kind))
		return false;
	return !has_telescope || p->destination >> 8 == 0xc00002 ||
	       (p->destination >> 7 == 0xc6336400 >> 7 && !(has_dates && is_first_day));
}

static void check_packets(const struct way *way, bool has_dates)
{
	enum { CAPTURES = 3, A_CAPTURE = 1500 };
	struct traffic t = traffic_from(7, 300, 3, CAPTURES * A_CAPTURE);
	struct sent *counted = memory_new(t.count, sizeof *counted);
	struct checker checkers[2] = { checker("a", NULL), checker("b", NULL) };
	uint64_t in_ledgers[KIND_COUNT] = { 0 };
	size_t count = 0;
	struct bench b;
	for (size_t i = 0; i < t.count; i++)
		if (counts(&t.sent[i], way->telescope != NULL, has_dates))
			counted[count++] = t.sent[i];
	checkers[0].expected = checkers[1].expected = counted;
	bench_init(&b, way, checkers, 2);
	for (size_t i = 0; i < CAPTURES; i++) {
		const struct traffic part = { .sent = t.sent + i * A_CAPTURE, .count = A_CAPTURE };
		struct ingest_ledger ledger;
		CHECK(take(&b, &part, &ledger));
		CHECK(ingest_ledger_total(&ledger) == A_CAPTURE);
		for (unsigned kind = HOST_KIND_FIRST; kind < KIND_COUNT; kind++)
			in_ledgers[kind] += ledger.frames[kind];
	}
	CHECK(finish_all(&b));
	CHECK(checkers[0].taken == count && checkers[1].taken == count);
	CHECK(memcmp(checkers[0].frames, in_ledgers, sizeof in_ledgers) == 0);
	CHECK(way->only_ledger ? b.host_days.days == 0 : b.host_days.days == 3);
	bench_done(&b);
	memory_free(counted);
	memory_free(t.sent);
}

TEST(sinks_get_the_packets_that_count)
{
	static const char undated[] = "198.51.100.0/25,192.0.2.0/24";
	static const char dated[] = "198.51.100.0/25@2016-09-02..,192.0.2.0/24";
	check_packets(&(struct way){ .threads = 1 }, false);
	check_packets(&(struct way){ .telescope = undated, .threads = 1 }, false);
	check_packets(&(struct way){ .telescope = dated, .threads = 1 }, true);
	check_packets(&(struct way){ .telescope = dated, .threads = 3 }, true);
	check_packets(&(struct way){ .telescope = dated, .threads = 1, .only_ledger = true }, true);
}

TEST(order_of_the_calls)
{
	static const struct way way = { .threads = 1 };
	struct calls calls = { .length = 0 };
	struct checker checkers[3] = { checker("a", &calls), checker("b", &calls),
		                       checker("c", &calls) };
	struct bench b;
	checkers[1].sink.end_capture = NULL;
	bench_init(&b, &way, checkers, 3);
	CHECK(take_one(&b, KIND_UDP) && take_one(&b, KIND_NOT_IP) && take_one(&b, KIND_UDP));
	CHECK(finish_all(&b) && b.host_days.hosts == 1);
	CHECK(are(&calls, "apbpcpaece"
	                  "aece"
	                  "apbpcpaece"
	                  "afbfcfaxbxcx"));
	// And again: nothing is left of what was.
	calls = (struct calls){ .length = 0 };
	CHECK(finish_all(&b) && b.host_days.hosts == 1);
	CHECK(take_one(&b, KIND_UDP) && finish_all(&b) && b.host_days.hosts == 2);
	bench_done(&b);
	CHECK(are(&calls, "afbfcfaxbxcx"
	                  "apbpcpaece"
	                  "afbfcfaxbxcx"
	                  "axbxcx"));
}

static void check_failure(char at, const char *expected, const char *error, unsigned hosts)
{
	static const struct way way = { .threads = 1 };
	struct calls calls = { .length = 0 };
	struct checker checkers[3] = { checker("a", &calls), checker("b", &calls),
		                       checker("c", &calls) };
	struct bench b;
	checkers[1].fails_at = at;
	bench_init(&b, &way, checkers, 3);
	CHECK(!(take_one(&b, KIND_UDP) && finish_all(&b)));
	CHECK(text_equal(b.error.text, error) && b.host_days.hosts == hosts);
	bench_done(&b);
	CHECK(are(&calls, expected));
}

// Nobody behind the sink that failed is asked, host-days neither, and all of them forget.
TEST(failure_of_a_sink)
{
	check_failure('p',
	              "apbp"
	              "axbxcx",
	              "b fails at p", 0);
	check_failure('e',
	              "apbpcp"
	              "aebe"
	              "axbxcx",
	              "b fails at e", 0);
	check_failure('f',
	              "apbpcp"
	              "aebece"
	              "afbf"
	              "axbxcx"
	              "axbxcx",
	              "b fails at f", 0);
}

// Host-days forget as well, though their own sink did not fail.
TEST(what_was_not_finished_is_forgotten)
{
	static const struct way way = { .threads = 2 };
	struct checker failing = checker("a", NULL);
	struct bench b;
	bench_init(&b, &way, &failing, 1);
	failing.fails_at = 'f';
	CHECK(take_one(&b, KIND_UDP) && !finish_all(&b) && b.host_days.hosts == 0);
	failing.fails_at = 0;
	CHECK(finish_all(&b) && b.host_days.hosts == 0);
	CHECK(take_one(&b, KIND_UDP) && finish_all(&b) && b.host_days.hosts == 1);
	CHECK(take_one(&b, KIND_UDP));
	bench_done(&b);
	CHECK(b.host_days.hosts == 1);
}

// The pool is full and being condensed when somebody fails.
TEST(failure_while_host_days_are_condensed)
{
	static const struct way way = { .threads = 3 };
	struct traffic t = traffic_from(9, 300, 3, 8000);
	struct checker failing = checker("a", NULL);
	struct ingest_ledger ledger;
	struct bench b;
	failing.fails_at = 'e';
	bench_init(&b, &way, &failing, 1);
	CHECK(!take(&b, &t, &ledger) && text_equal(b.error.text, "a fails at e"));
	bench_done(&b);
	CHECK(b.host_days.days == 0);
	memory_free(t.sent);
}

// So many packets of a minute, each of a source of its own.
static bool send(struct packet_sink *sink, uint32_t first_source, unsigned count)
{
	struct error error;
	for (unsigned i = 0; i < count; i++) {
		const struct packet p = { .time_ns = FIRST_SECOND * NANOSECONDS_A_SECOND,
			                  .source = first_source + i,
			                  .kind = KIND_UDP,
			                  .packets = 1 };
		if (!sink->packets(sink, &p, 1, &error))
			return false;
	}
	return true;
}

TEST(host_days_are_as_new_when_they_forgot)
{
	struct zone zone;
	struct error error;
	struct host_counter found = { .receiver = { begin_day, count_hosts, end_day } };
	CHECK(zone_parse("UTC", &zone, &error));
	const struct ingest_options options = { .zone = &zone,
		                                .memory_bytes = SMALL_MEMORY,
		                                .threads = 2 };
	struct host_day_sink *host_days = host_day_sink_new(&options, &error);
	CHECK(host_days != NULL);
	struct packet_sink *sink = host_day_sink_entry(host_days);
	host_day_sink_hand_to(host_days, &found.receiver);
	// Of the first some are condensed already, others lie in the pool.
	CHECK(send(sink, 0, 2000));
	sink->forget(sink);
	CHECK(send(sink, 0x80000000, 3) && sink->finish(sink, &error));
	CHECK(found.days == 1 && found.hosts == 3);
	host_day_sink_free(host_days);
}

TEST_MAIN
