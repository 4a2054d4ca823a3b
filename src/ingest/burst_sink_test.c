// SPDX-License-Identifier: MIT
// The sink of bursts: what each packet becomes, and that neither memory nor threads nor order matter.
#include "ingest/burst_sink.h"

#include "base/disk.h"
#include "base/memory.h"
#include "base/random.h"
#include "base/test.h"
#include "burst/test_bursts.h"
#include "ingest/burst_record.h"

enum { SMALL = 64 << 10, LARGE = 8 << 20, PACKETS = 30000, DAY = 17045 };
enum { VICTIM = 0x08080808, TELESCOPE = 0x0b000000, ROUTER = 0x09090909 };
#define DAY_NS UINT64_C(86400000000000)
#define BEGIN_NS (DAY * DAY_NS)

// ---- what a packet becomes

enum { ROOM = 128 };

struct made {
	struct packet packet;
	uint8_t bytes[ROOM];
};

static void put_u16(uint8_t *at, uint32_t value)
{
	at[0] = (uint8_t)(value >> 8);
	at[1] = (uint8_t)value;
}

static void put_u32(uint8_t *at, uint32_t value)
{
	put_u16(at, value >> 16);
	put_u16(at + 2, value & 0xffff);
}

static void put_ip(uint8_t *at, unsigned words, size_t length, uint8_t protocol, uint32_t source,
                   uint32_t destination)
{
	at[0] = (uint8_t)(0x40 | words);
	put_u16(at + 2, (uint32_t)length);
	at[8] = 64;
	at[9] = protocol;
	put_u32(at + 12, source);
	put_u32(at + 16, destination);
}

// Decodes what is a frame of LINKTYPE_RAW, as ingest does.
static void decode(struct made *m, size_t length)
{
	const struct frame frame = { .time_ns = BEGIN_NS + 5,
		                     .captured = { m->bytes, length },
		                     .link_type = 101,
		                     .length_wire = (uint32_t)length };
	decode_frames(&frame, 1, &m->packet);
}

// An ICMP error from a router about a packet from the telescope to the victim, of `words` of header,
// of which `inner` bytes came along.
static void make_error(struct made *m, uint8_t type, unsigned words, size_t inner, uint8_t protocol)
{
	*m = (struct made){ .bytes = { 0 } };
	put_ip(m->bytes, 5, 28 + inner, 1, ROUTER, TELESCOPE + 7);
	m->bytes[20] = type;
	uint8_t *in = m->bytes + 28;
	put_ip(in, words, words * 4 + 8, protocol, TELESCOPE + 7, VICTIM);
	put_u16(in + words * 4, 40000);
	put_u16(in + words * 4 + 2, 53);
	decode(m, 28 + inner);
}

static bool is_record(const struct made *m, enum burst_form form, uint32_t address,
                      uint8_t protocol, uint32_t port, unsigned flags)
{
	struct burst_record r;
	if (!burst_record_of(form, &m->packet, &r))
		return false;
	return r.address == address && r.other == TELESCOPE + 7 && r.protocol == protocol &&
	       r.packets == 1 && r.time_ns == BEGIN_NS + 5 && r.flags == flags &&
	       (form == BURST_SCAN ? r.key_port : r.port) == port;
}

TEST(an_error_tells_of_the_packet_that_it_is_about)
{
	static const uint8_t errors[] = { 3, 4, 5, 11, 12 };
	struct made m;
	for (size_t i = 0; i < sizeof errors; i++) {
		make_error(&m, errors[i], 5, 28, 17);
		CHECK(is_record(&m, BURST_BACKSCATTER, VICTIM, 17, 53, 0));
	}
	// Its ports stand behind its options.
	make_error(&m, 3, 15, 68, 6);
	CHECK(is_record(&m, BURST_BACKSCATTER, VICTIM, 6, 53, 0));
	// It was an error itself, or a ping: there is no port.
	make_error(&m, 3, 5, 28, 1);
	CHECK(is_record(&m, BURST_BACKSCATTER, VICTIM, 1, 0, BURST_NO_PORT));
	// Who sent it, it says, was somebody else.
	make_error(&m, 11, 5, 28, 17);
	put_u32(m.bytes + 28 + 12, 0x01020304);
	decode(&m, 56);
	CHECK(is_record(&m, BURST_BACKSCATTER, VICTIM, 17, 53, BURST_MISMATCH));
	// A later fragment has no ports.
	put_u16(m.bytes + 28 + 6, 100);
	decode(&m, 56);
	CHECK(is_record(&m, BURST_BACKSCATTER, VICTIM, 17, 0, BURST_MISMATCH | BURST_NO_PORT));
}

TEST(an_error_that_does_not_tell_counts_as_its_type)
{
	struct made m;
	for (size_t inner = 0; inner < 20; inner++) {
		make_error(&m, 3, 5, inner, 6);
		CHECK(is_record(&m, BURST_BACKSCATTER, ROUTER, 1, 3, 0));
	}
	for (size_t inner = 20; inner < 24; inner++) {
		make_error(&m, 3, 5, inner, 6);
		CHECK(is_record(&m, BURST_BACKSCATTER, VICTIM, 6, 0, BURST_NO_PORT));
	}
	make_error(&m, 11, 4, 28, 6);
	CHECK(is_record(&m, BURST_BACKSCATTER, ROUTER, 1, 11, 0));
	make_error(&m, 11, 5, 28, 6);
	m.bytes[28] = 0x65;
	decode(&m, 56);
	CHECK(is_record(&m, BURST_BACKSCATTER, ROUTER, 1, 11, 0));
}

TEST(answers_of_ICMP_are_those_of_the_published_method)
{
	struct made m;
	for (unsigned type = 0; type < 256; type++) {
		const bool is_answer = type == 0 || (type >= 3 && type <= 5) || type == 11 ||
		                       type == 12 || type == 14 || type == 16 || type == 18;
		make_error(&m, (uint8_t)type, 5, 0, 6);
		CHECK(is_record(&m, BURST_BACKSCATTER, ROUTER, 1, type, 0) == is_answer);
		CHECK(is_record(&m, BURST_SCAN, ROUTER, 1, 0, BURST_NO_PORT | BURST_FORM_SCAN) ==
		      (type == 8));
	}
}

static void make_tcp(struct made *m, uint8_t flags, uint32_t fragment)
{
	*m = (struct made){ .bytes = { 0 } };
	put_ip(m->bytes, 5, 40, 6, VICTIM, TELESCOPE + 7);
	put_u16(m->bytes + 6, fragment);
	put_u16(m->bytes + 20, 80);
	put_u16(m->bytes + 22, 2323);
	m->bytes[32] = 0x50;
	m->bytes[33] = flags;
	decode(m, 40);
}

TEST(flags_of_TCP)
{
	struct made m;
	struct burst_record r;
	for (unsigned flags = 0; flags < 256; flags++) {
		const bool is_syn = (flags & (TCP_SYN | TCP_ACK)) == TCP_SYN;
		const bool is_answer = (flags & (TCP_SYN | TCP_ACK)) == (TCP_SYN | TCP_ACK) ||
		                       (!is_syn && (flags & TCP_RST));
		make_tcp(&m, (uint8_t)flags, 0);
		CHECK(is_record(&m, BURST_BACKSCATTER, VICTIM, 6, 80, 0) == is_answer);
		CHECK(is_record(&m, BURST_SCAN, VICTIM, 6, 2323, BURST_NO_PORT | BURST_FORM_SCAN) ==
		      is_syn);
	}
	make_tcp(&m, TCP_SYN | TCP_ACK, 100);
	CHECK(!burst_record_of(BURST_BACKSCATTER, &m.packet, &r));
	CHECK(!burst_record_of(BURST_SCAN, &m.packet, &r));
	// A flow of an ICMP error has no bytes to read.
	m.packet = (struct packet){ .kind = KIND_ICMP,
		                    .known = KNOWN_ICMP,
		                    .icmp_type = 3,
		                    .source = VICTIM,
		                    .packets = 9 };
	CHECK(burst_record_of(BURST_BACKSCATTER, &m.packet, &r));
	CHECK(r.address == VICTIM && r.protocol == 1 && r.port == 3 && r.packets == 9 &&
	      r.flags == BURST_NO_OTHER);
}

// ---- the sink

struct bench {
	struct zone zone;
	struct telescope telescope;
	char folder[256];
	struct disk *disk;
	struct burst_sink *sink;
	struct error error;
};

static void bench_init(struct bench *b, struct burst_sink_options options)
{
	*b = (struct bench){ .sink = NULL };
	CHECK(zone_parse("UTC", &b->zone, &b->error));
	CHECK(telescope_parse("11.0.0.0/8", &b->telescope, &b->error));
	CHECK(disk_temporary(b->folder, sizeof b->folder, &b->error));
	CHECK(disk_real_open(b->folder, false, &b->disk, &b->error));
	options.zone = &b->zone;
	options.telescope = &b->telescope;
	options.disk = b->disk;
	b->sink = burst_sink_new(&options, &b->error);
	CHECK(b->sink != NULL);
}

static bool count_file(void *context, const char *name)
{
	(void)name;
	++*(unsigned *)context;
	return true;
}

static void bench_done(struct bench *b)
{
	unsigned files = 0;
	burst_sink_free(b->sink);
	CHECK(b->disk->list(b->disk, count_file, &files, &b->error) && files == 0);
	telescope_done(&b->telescope);
	b->disk->free(b->disk);
	disk_remove_folder(b->folder);
}

static bool take(struct bench *b, const struct packet *packets, size_t count)
{
	struct packet_sink *sink = burst_sink_entry(b->sink);
	for (size_t at = 0, more; at < count; at += more) {
		more = count - at < 128 ? count - at : 128;
		if (!sink->packets(sink, packets + at, more, &b->error))
			return false;
	}
	return sink->finish(sink, &b->error);
}

// All bursts of a day; the sum of its packets.
static uint64_t read_day(struct bench *b, enum burst_form form, int32_t day,
                         struct test_blocks *out, uint64_t evicted[2])
{
	struct burst_days *days = burst_sink_days(b->sink);
	struct burst_stream *stream = NULL;
	const struct burst *burst = NULL;
	uint64_t sum = 0;
	CHECK(days->open(days, form, day, &stream, evicted, &b->error) && stream != NULL);
	while (stream != NULL && stream->next(stream, &burst, &b->error) && burst != NULL) {
		sum += burst->packets;
		CHECK(test_blocks_take(out, burst, &b->error));
		CHECK(burst->first_ns / DAY_NS == (uint64_t)day &&
		      burst->last_ns / DAY_NS == (uint64_t)day);
	}
	if (out->count > 0)
		test_blocks_end(out);
	if (stream != NULL)
		stream->close(stream);
	return sum;
}

static struct packet random_packet(struct random *r, uint32_t victims, uint32_t days)
{
	static const uint8_t kinds[] = { KIND_SYN, KIND_SYN_ACK, KIND_RST, KIND_UDP,
		                         KIND_TCP_OTHER };
	return (struct packet){
		.time_ns = BEGIN_NS + random_below(r, days) * DAY_NS +
		           random_below(r, 86400) * NANOSECONDS_A_SECOND,
		.source = 0x08000000 + random_below(r, victims),
		.destination = TELESCOPE + random_below(r, 1 << 24),
		.source_port = (uint16_t)random_below(r, 3),
		.destination_port = (uint16_t)random_below(r, 3),
		.kind = kinds[random_below(r, sizeof kinds)],
		.packets = 1,
		.known = KNOWN_IPV4 | KNOWN_PORTS,
		.fingerprints = random_below(r, 4),
	};
}

static struct packet *random_packets(uint64_t seed, uint32_t victims, uint32_t days)
{
	static struct packet packets[PACKETS];
	struct random r = random_from(seed);
	for (size_t i = 0; i < PACKETS; i++)
		packets[i] = random_packet(&r, victims, days);
	return packets;
}

static void shuffle(struct packet *packets)
{
	struct random r = random_from(1);
	for (uint32_t i = PACKETS; i > 1; i--) {
		const uint32_t k = random_below(&r, i);
		const struct packet held = packets[k];
		packets[k] = packets[i - 1];
		packets[i - 1] = held;
	}
}

// The same bytes of every day as in the one that has room for all.
static void check_same(struct bench *whole, struct bench *b, int32_t days, uint64_t packets)
{
	uint64_t sum = 0;
	for (unsigned form = 0; form < BURST_FORMS; form++)
		for (int32_t day = DAY - 1; day <= DAY + days; day++) {
			struct test_blocks x = { .count = 0 }, y = { .count = 0 };
			uint64_t evicted[2];
			(void)read_day(whole, form, day, &x, evicted);
			sum += read_day(b, form, day, &y, evicted);
			CHECK(evicted[0] == 0 && evicted[1] == 0);
			CHECK(x.count == y.count && x.bytes.length == y.bytes.length);
			CHECK(x.count == 0 ||
			      memcmp(x.bytes.bytes, y.bytes.bytes, x.bytes.length) == 0);
			test_blocks_done(&x);
			test_blocks_done(&y);
		}
	CHECK(sum == packets);
}

static const struct burst_sink_options small = {
	.keeps = { true, true }, .memory_bytes = SMALL, .room_bytes = UINT64_MAX / 2, .threads = 1
};

static void check_memory(uint32_t victims, uint32_t days, unsigned threads)
{
	struct bench whole, b;
	struct burst_sink_options options = small;
	struct packet *packets = random_packets(victims, victims, days);
	uint64_t expected = 0;
	for (size_t i = 0; i < PACKETS; i++)
		expected += packets[i].kind != KIND_TCP_OTHER;
	options.memory_bytes = LARGE;
	bench_init(&whole, options);
	CHECK(take(&whole, packets, PACKETS));
	shuffle(packets);
	options.memory_bytes = SMALL;
	options.threads = threads;
	bench_init(&b, options);
	// Twice: nothing is left of what was.
	for (unsigned turn = 0; turn < 2; turn++) {
		CHECK(take(&b, packets, PACKETS));
		check_same(&whole, &b, (int32_t)days, expected);
		burst_sink_entry(b.sink)->forget(burst_sink_entry(b.sink));
	}
	bench_done(&b);
	bench_done(&whole);
}

TEST(neither_memory_nor_threads_nor_order_matter)
{
	check_memory(20, 3, 1);
	check_memory(5000, 2, 3);
	check_memory(1, 1, 2);
	check_memory(1000, 400, 2);
}

TEST(victims_that_cannot_be_are_counted)
{
	struct bench b;
	struct packet p[4];
	struct test_blocks none = { .count = 0 };
	uint64_t evicted[2];
	bench_init(&b, small);
	for (size_t i = 0; i < 4; i++)
		p[i] = (struct packet){ .time_ns = BEGIN_NS,
			                .kind = KIND_RST,
			                .packets = 1 + (uint32_t)i };
	p[0].source = TELESCOPE + 3;
	p[1].source = 0x0a000001;
	p[2].source = 0xe0000001;
	p[3].source = VICTIM;
	CHECK(take(&b, p, 4));
	const struct burst_left_out out = burst_sink_left_out(b.sink);
	CHECK(out.own == 1 && out.special == 5);
	CHECK(read_day(&b, BURST_BACKSCATTER, DAY, &none, evicted) == 4 && none.count == 1);
	test_blocks_done(&none);
	bench_done(&b);
}

TEST(a_form_that_is_not_kept_has_no_stream)
{
	struct bench b;
	struct burst_sink_options options = small;
	struct burst_stream *stream = NULL;
	uint64_t evicted[2];
	options.keeps[BURST_SCAN] = false;
	bench_init(&b, options);
	CHECK(take(&b, random_packets(1, 9, 1), PACKETS));
	struct burst_days *days = burst_sink_days(b.sink);
	CHECK(days->open(days, BURST_SCAN, DAY, &stream, evicted, &b.error) && stream == NULL);
	CHECK(days->open(days, BURST_BACKSCATTER, DAY, &stream, evicted, &b.error) &&
	      stream != NULL);
	stream->close(stream);
	bench_done(&b);
}

// Answers from everywhere, one from each source, and among them a real victim, all in one day.
static struct packet *storm(void)
{
	static struct packet packets[PACKETS];
	struct random r = random_from(4);
	for (uint32_t i = 0; i < PACKETS; i++) {
		packets[i] = random_packet(&r, 1 << 24, 1);
		packets[i].kind = KIND_SYN_ACK;
		packets[i].time_ns = BEGIN_NS + i * UINT64_C(2000000);
		if (i % 10 == 0)
			packets[i].source = VICTIM;
	}
	return packets;
}

TEST(in_a_storm_what_is_alone_goes_first_and_is_counted)
{
	struct bench b;
	struct burst_sink_options options = small;
	struct test_blocks made = { .count = 0 };
	uint64_t evicted[2];
	options.room_bytes = 96 << 10;
	options.keeps[BURST_SCAN] = false;
	options.threads = 2;
	bench_init(&b, options);
	const struct packet *packets = storm();
	uint64_t victims = 0;
	for (size_t i = 0; i < PACKETS; i++)
		victims += packets[i].source == VICTIM;
	CHECK(take(&b, packets, PACKETS));
	const uint64_t kept = read_day(&b, BURST_BACKSCATTER, DAY, &made, evicted);
	CHECK(evicted[0] > PACKETS / 2 && kept + evicted[1] == PACKETS);
	CHECK(made.bytes.length < 192 << 10);
	// The victim is whole.
	struct burst_stream *stream = test_stream_new(BURST_BACKSCATTER, buffer_span(&made.bytes));
	const struct burst *burst = NULL;
	uint64_t found = 0;
	while (stream->next(stream, &burst, &b.error) && burst != NULL)
		found += burst->key.address == VICTIM ? burst->packets : 0;
	CHECK(found == victims);
	stream->close(stream);
	test_blocks_done(&made);
	bench_done(&b);
}

// Ordinary days have as many probes that come alone as a storm has answers.
TEST(where_scans_are_kept_nothing_is_evicted)
{
	struct bench b;
	struct burst_sink_options options = small;
	struct test_blocks made = { .count = 0 };
	uint64_t evicted[2];
	options.room_bytes = 0;
	bench_init(&b, options);
	struct packet *packets = storm();
	for (size_t i = 0; i < PACKETS; i++)
		packets[i].kind = KIND_SYN;
	CHECK(take(&b, packets, PACKETS));
	CHECK(read_day(&b, BURST_SCAN, DAY, &made, evicted) == PACKETS);
	CHECK(evicted[0] == 0 && evicted[1] == 0);
	test_blocks_done(&made);
	bench_done(&b);
}

TEST(without_memory_it_fails)
{
	struct packet *packets = random_packets(3, 200, 2);
	unsigned failures = 0;
	for (unsigned long at = 1; at<400; at += sweep_step()> 1 ? 1 + at / 4 : 1) {
		struct bench b;
		bench_init(&b, small);
		memory_fail_at(at);
		const bool ok = take(&b, packets, 4000);
		memory_fail_at(0);
		failures += !ok;
		burst_sink_entry(b.sink)->forget(burst_sink_entry(b.sink));
		CHECK(take(&b, packets, 4000));
		bench_done(&b);
	}
	CHECK(failures > 5);
}

TEST_MAIN
