// SPDX-License-Identifier: MIT
// Ingest against a naive model: the host-days that come out must be those of
// test_traffic.h, byte for byte, whatever the memory, the threads and the order of
// packets. And the ledger: every frame is in it once.
#include "ingest/test_traffic.h"

#include <unistd.h>

// The command asks for INGEST_MEMORY_MIN; ingest itself works with any pool that
// has a chunk, so that a few thousand packets fill it and make it spill.
enum { SMALL_MEMORY = 1 << 20, TINY_MEMORY = 300 << 10 };
#define TELESCOPE "198.51.100.0/25,192.0.2.0/24"

// What came of one day. Days may come on several threads, each with a slot of its own.
struct slot {
	struct host_columns columns;
	uint64_t begin_ns;
	int32_t day;
	unsigned begun, ended, hosts, sampled;
};

enum { DAY_SLOTS = 8 };

struct recorder {
	struct host_day_receiver receiver;
	struct slot slots[DAY_SLOTS];
};

static void *record_begin(struct host_day_receiver *receiver, int32_t day, uint64_t begin_ns,
                          struct error *error)
{
	struct recorder *r = (struct recorder *)receiver;
	struct slot *slot = &r->slots[(unsigned)day % DAY_SLOTS];
	(void)error;
	CHECK(slot->begun == 0 || slot->day == day);
	slot->begun++;
	slot->day = day;
	slot->begin_ns = begin_ns;
	host_columns_init(&slot->columns, begin_ns, SIZE_MAX);
	return slot;
}

static void record_host(struct slot *slot, const struct host_day *host)
{
	// Sources ascend within the day: host_columns_add() asserts it.
	host_columns_add(&slot->columns, host);
	slot->hosts++;
	for (unsigned field = 0; field < FIELD_COUNT; field++)
		slot->sampled += (host->fields_mask >> field & 1) && host->sets[field].is_sampled;
}

static bool record_hosts(struct host_day_receiver *receiver, void *day,
                         const struct host_batch *batch, struct error *error)
{
	struct slot *slot = day;
	struct host_day host = { .items = NULL };
	struct host_reader reader;
	uint32_t first = 0, last = 0;
	(void)receiver;
	(void)error;
	CHECK(slot->ended == 0 && batch->base_ns == slot->begin_ns);
	CHECK(batch->host_count > 0 && batch->host_count <= INGEST_BATCH_HOSTS);
	host_reader_open(&reader, batch->columns, batch->host_count, batch->base_ns, COLUMNS_ALL);
	while (host_reader_next(&reader, &host)) {
		first = reader.next == 1 ? host.source : first;
		last = host.source;
		record_host(slot, &host);
	}
	CHECK(!reader.is_damaged && first == batch->first_source && last == batch->last_source);
	host_day_done(&host);
	return true;
}

static bool record_end(struct host_day_receiver *receiver, void *day, bool is_whole,
                       struct error *error)
{
	struct slot *slot = day;
	(void)receiver;
	(void)error;
	CHECK(!is_whole || (slot->hosts > 0 && !host_columns_failed(&slot->columns)));
	slot->ended++;
	return true;
}

static struct recorder recorder_new(void)
{
	return (struct recorder){ .receiver = { record_begin, record_hosts, record_end } };
}

static void recorder_done(struct recorder *r)
{
	for (unsigned i = 0; i < DAY_SLOTS; i++) {
		CHECK(r->slots[i].begun == r->slots[i].ended);
		host_columns_done(&r->slots[i].columns);
	}
}

static unsigned hosts_in(const struct recorder *r)
{
	unsigned sum = 0;
	for (unsigned i = 0; i < DAY_SLOTS; i++)
		sum += r->slots[i].hosts;
	return sum;
}

// Byte for byte: each day once, with the same begin and the same columns.
static bool is_same(const struct recorder *a, const struct recorder *b)
{
	for (unsigned i = 0; i < DAY_SLOTS; i++) {
		const struct slot *x = &a->slots[i], *y = &b->slots[i];
		if (x->begun > 1 || x->begun != y->begun || x->day != y->day ||
		    x->begin_ns != y->begin_ns || x->hosts != y->hosts)
			return false;
		for (unsigned c = 0; c < COLUMN_COUNT; c++) {
			const struct buffer *left = &x->columns.column[c],
					    *right = &y->columns.column[c];
			if (left->length != right->length ||
			    (left->length > 0 &&
			     memcmp(left->bytes, right->bytes, left->length) != 0))
				return false;
		}
	}
	return true;
}

static bool is_in_telescope(uint32_t address)
{
	return address >> 8 == 0xc00002 || address >> 7 == 0xc6336400 >> 7;
}

// Sorts the traffic; packets outside the telescope count in t->frames as such.
static struct recorder model_of(struct traffic *t, int32_t offset_s, bool has_telescope)
{
	struct recorder r = recorder_new();
	struct error error;
	struct sent *counted = memory_new(t->count + 1, sizeof *counted);
	size_t count = 0;
	for (size_t i = 0; i < t->count; i++) {
		struct sent p = t->sent[i];
		p.day = (int32_t)(((int64_t)(p.time_ns / NANOSECONDS_A_SECOND) + offset_s) / 86400);
		if (!kind_is_packet(p.kind))
			continue;
		if (has_telescope && !is_in_telescope(p.destination)) {
			t->frames[p.kind]--;
			t->frames[KIND_OUTSIDE_TELESCOPE]++;
			continue;
		}
		counted[count++] = p;
	}
	qsort(counted, count, sizeof *counted, by_day_and_source);
	struct host_day host = { .items = memory_new(count * FIELD_COUNT + 1, sizeof *host.items) };
	void *slot = NULL;
	for (size_t begin = 0, end; begin < count; begin = end) {
		for (end = begin; end < count && !by_day_and_source(&counted[begin], &counted[end]);
		     end++)
			;
		if (begin == 0 || counted[begin].day != counted[begin - 1].day)
			slot = record_begin(
				&r.receiver, counted[begin].day,
				(uint64_t)((int64_t)counted[begin].day * 86400 - offset_s) *
					NANOSECONDS_A_SECOND,
				&error);
		naive_host_day(&counted[begin], end - begin, &host);
		record_host(slot, &host);
		if (end == count || counted[end].day != counted[begin].day)
			record_end(&r.receiver, slot, true, &error);
	}
	memory_free(host.items);
	memory_free(counted);
	return r;
}

// A folder for captures and spill files, whose disk counts what is asked of it and can
// refuse the append of that number.
struct place {
	char path[256];
	struct disk *disk;
	struct disk real;
};

static unsigned creates, appends, append_to_refuse;
static bool (*real_create)(struct disk *, const char *, struct disk_file **, struct error *);
static bool (*real_append)(struct disk_file *, struct span, struct error *);

static bool counting_create(struct disk *disk, const char *name, struct disk_file **out,
                            struct error *error)
{
	creates++;
	return real_create(disk, name, out, error);
}

static bool counting_append(struct disk_file *file, struct span bytes, struct error *error)
{
	if (++appends == append_to_refuse)
		return error_set(error, ERROR_FAILED, "the disk is full");
	return real_append(file, bytes, error);
}

static struct place place_new(void)
{
	struct place p;
	struct error error;
	CHECK(disk_temporary(p.path, sizeof p.path, &error));
	CHECK(disk_real_open(p.path, false, &p.disk, &error));
	real_create = p.disk->create;
	real_append = p.disk->append;
	p.disk->create = counting_create;
	p.disk->append = counting_append;
	creates = appends = append_to_refuse = 0;
	return p;
}

static bool count_name(void *context, const char *name)
{
	(void)name;
	++*(unsigned *)context;
	return true;
}

// Nothing may be left in the folder: neither captures nor spill files.
static void place_done(struct place *p)
{
	struct error error;
	unsigned names = 0;
	CHECK(p->disk->list(p->disk, count_name, &names, &error) && names == 0);
	p->disk->free(p->disk);
	disk_remove_folder(p->path);
}

static void no_tick(void *context, const struct capture *capture, uint64_t frames)
{
	(void)context;
	(void)capture;
	(void)frames;
}

// How an ingest is run.
struct way {
	const char *zone, *telescope;
	uint64_t memory_bytes;
	unsigned threads;
};

static bool take(struct ingest *in, struct place *p, struct span bytes,
                 struct ingest_ledger *ledger, struct error *error)
{
	struct capture *capture;
	struct disk_file *file;
	char path[300];
	CHECK(real_create(p->disk, "capture", &file, error) && real_append(file, bytes, error));
	p->disk->close(file);
	CHECK(text_format(path, sizeof path, "%s/capture", p->path));
	const bool is_open = capture_open(path, &capture, error);
	CHECK(is_open);
	unlink(path);
	if (!is_open)
		return false;
	const bool ok = ingest_capture(in, capture, no_tick, NULL, ledger, error);
	CHECK(!ok || !capture_damage(capture, error));
	capture_free(capture);
	return ok;
}

// Takes in the bytes of captures, `count` of them, and hands everything to the recorder.
static bool run(struct place *p, const struct way *way, const struct span *captures, size_t count,
                struct ingest_ledger *ledgers, struct recorder *out, struct error *error)
{
	struct zone zone;
	struct telescope telescope = { .count = 0 };
	struct fingerprint_set fingerprints;
	CHECK(zone_parse(way->zone, &zone, error));
	CHECK(way->telescope == NULL || telescope_parse(way->telescope, &telescope, error));
	CHECK(fingerprint_set_init(&fingerprints, NULL, NULL, error));
	const struct ingest_options options = {
		.zone = &zone,
		.telescope = way->telescope != NULL ? &telescope : NULL,
		.fingerprints = &fingerprints,
		.memory_bytes = way->memory_bytes,
		.threads = way->threads,
		.disk = p->disk,
		.spill_name = "test.spill",
	};
	struct ingest *in = ingest_new(&options, error);
	CHECK(in != NULL);
	bool ok = in != NULL;
	for (size_t i = 0; ok && i < count; i++)
		ok = take(in, p, captures[i], &ledgers[i], error);
	ok = ok && ingest_finish(in, &out->receiver, error);
	ingest_free(in);
	telescope_done(&telescope);
	fingerprint_set_done(&fingerprints);
	return ok;
}

// Runs the traffic that way, three times in other orders, and compares.
static void compare(struct traffic *t, const struct way *way, const struct recorder *model)
{
	struct place p = place_new();
	struct error error;
	for (unsigned order = 0; order < 3; order++) {
		struct recorder found = recorder_new();
		struct ingest_ledger ledger;
		struct buffer pcap = pcap_of(t);
		const struct span bytes = buffer_span(&pcap);
		CHECK(run(&p, way, &bytes, 1, &ledger, &found, &error));
		CHECK(hosts_in(&found) == hosts_in(model) && is_same(&found, model));
		CHECK(memcmp(ledger.frames, t->frames, sizeof t->frames) == 0);
		CHECK(ingest_ledger_total(&ledger) == t->count);
		CHECK(!ledger.is_simulated);
		recorder_done(&found);
		buffer_done(&pcap);
		shuffle(t);
	}
	CHECK(creates > 0 || way->memory_bytes != SMALL_MEMORY);
	CHECK(creates == 0 || way->memory_bytes != INGEST_MEMORY_MIN);
	place_done(&p);
}

static void compare_ways(uint64_t seed, uint32_t sources, size_t packets, uint64_t memory_bytes)
{
	static const struct way ways[] = { { "UTC", NULL, 0, 1 },
		                           { "+09:00", TELESCOPE, 0, 2 },
		                           { "-03:30", TELESCOPE, 0, 3 } };
	for (size_t i = 0; i < 3; i++) {
		struct way way = ways[i];
		struct traffic t = traffic_from(seed + i, sources, 4, packets);
		int32_t offset_s = i == 1 ? 9 * 3600 : i == 2 ? -3 * 3600 - 1800 : 0;
		struct recorder model = model_of(&t, offset_s, way.telescope != NULL);
		way.memory_bytes = memory_bytes;
		const unsigned failed = test_failed_checks;
		compare(&t, &way, &model);
		CHECK(model.slots[17046 % DAY_SLOTS].sampled > 0 || sources > 100);
		if (test_failed_checks > failed)
			printf("seed %llu, %u sources, zone %s\n", (unsigned long long)(seed + i),
			       sources, way.zone);
		recorder_done(&model);
		memory_free(t.sent);
	}
}

TEST(few_sources_that_fill_their_caps)
{
	compare_ways(1, 3, 8000, TINY_MEMORY);
	compare_ways(5, 3, 5000, INGEST_MEMORY_MIN);
}

TEST(many_sources_that_spill)
{
	compare_ways(11, 4000, 10000, SMALL_MEMORY);
}

TEST(enough_memory_spills_nothing)
{
	compare_ways(21, 200, 3000, INGEST_MEMORY_MIN);
}

// All sources in one part of the pool: it has several blocks a day, which with enough
// memory do not overlap and are handed on as they are.
TEST(more_host_days_than_a_batch_has)
{
	static const uint64_t memory_bytes[] = { INGEST_MEMORY_MIN, 8 << 20 };
	struct traffic t = traffic_from(61, 30000, 1, 30000);
	for (size_t i = 0; i < t.count; i++)
		t.sent[i].source >>= 10;
	struct recorder model = model_of(&t, 0, false);
	struct buffer pcap = pcap_of(&t);
	const struct span bytes = buffer_span(&pcap);
	CHECK(hosts_in(&model) > INGEST_BATCH_HOSTS);
	for (size_t i = 0; i < 2; i++) {
		const struct way way = { "UTC", NULL, memory_bytes[i], 2 };
		struct place p = place_new();
		struct recorder found = recorder_new();
		struct ingest_ledger ledger;
		struct error error;
		CHECK(run(&p, &way, &bytes, 1, &ledger, &found, &error));
		CHECK(hosts_in(&found) == hosts_in(&model) && is_same(&found, &model));
		recorder_done(&found);
		place_done(&p);
	}
	buffer_done(&pcap);
	recorder_done(&model);
	memory_free(t.sent);
}

TEST(threads_make_no_difference)
{
	struct traffic t = traffic_from(31, 700, 3, 8000);
	struct recorder first = recorder_new();
	struct buffer pcap = pcap_of(&t);
	const struct span bytes = buffer_span(&pcap);
	for (unsigned threads = 1; threads <= 4; threads++) {
		const struct way way = { "UTC", NULL, SMALL_MEMORY / threads, threads };
		struct place p = place_new();
		struct recorder found = recorder_new();
		struct ingest_ledger ledger;
		struct error error;
		CHECK(run(&p, &way, &bytes, 1, &ledger, threads == 1 ? &first : &found, &error));
		CHECK(threads == 1 || is_same(&first, &found));
		recorder_done(&found);
		place_done(&p);
	}
	buffer_done(&pcap);
	recorder_done(&first);
	memory_free(t.sent);
}

TEST(pieces_make_no_difference)
{
	struct traffic t = traffic_from(41, 50, 3, 9000);
	struct recorder model = model_of(&t, 0, false), found = recorder_new();
	struct buffer pcaps[3];
	struct span captures[3];
	struct ingest_ledger ledgers[3];
	struct error error;
	const struct way way = { "UTC", NULL, TINY_MEMORY, 2 };
	shuffle(&t);
	for (size_t i = 0; i < 3; i++) {
		pcaps[i] = pcap_of(&(struct traffic){ .sent = t.sent + i * 3000, .count = 3000 });
		captures[i] = buffer_span(&pcaps[i]);
	}
	struct place p = place_new();
	CHECK(run(&p, &way, captures, 3, ledgers, &found, &error));
	CHECK(is_same(&found, &model));
	for (unsigned kind = 0; kind < KIND_COUNT; kind++)
		CHECK(ledgers[0].frames[kind] + ledgers[1].frames[kind] + ledgers[2].frames[kind] ==
		      t.frames[kind]);
	for (size_t i = 0; i < 3; i++)
		buffer_done(&pcaps[i]);
	recorder_done(&found);
	recorder_done(&model);
	memory_free(t.sent);
	place_done(&p);
}

TEST(a_full_disk_is_an_error_and_leaves_nothing)
{
	struct traffic t = traffic_from(51, 5000, 2, 8000);
	struct buffer pcap = pcap_of(&t);
	const struct span bytes = buffer_span(&pcap);
	const struct way way = { "UTC", NULL, SMALL_MEMORY, 2 };
	bool ok = false;
	for (unsigned refuse = 1; !ok; refuse += refuse / 2 + 1) {
		struct place p = place_new();
		struct recorder found = recorder_new();
		struct ingest_ledger ledger;
		struct error error = { .kind = ERROR_NONE };
		append_to_refuse = refuse;
		ok = run(&p, &way, &bytes, 1, &ledger, &found, &error);
		CHECK(ok == (appends < refuse));
		CHECK(ok || text_equal(error.text, "the disk is full"));
		recorder_done(&found);
		place_done(&p);
	}
	buffer_done(&pcap);
	memory_free(t.sent);
}

// Runs Ethernet frames that have a header only: `count` of them, the EtherType of
// frame i being `ethertype + i`, all sent by `sender` but for the first `strange` ones.
static struct ingest_ledger ledger_of(const uint8_t sender[6], size_t strange, size_t count,
                                      uint16_t ethertype)
{
	static const uint8_t stranger[6] = { 2, 0, 0, 0, 0, 2 };
	const struct way way = { "UTC", NULL, TINY_MEMORY, 1 };
	struct buffer pcap = buffer_up_to(BYTES_MAX), frame = buffer_up_to(FRAME_MAX);
	struct recorder found = recorder_new();
	struct ingest_ledger ledger;
	struct error error;
	put_pcap(&pcap, ETHERNET);
	for (size_t i = 0; i < count; i++) {
		put_ethernet(&frame, i < strange ? stranger : sender, (uint16_t)(ethertype + i));
		put_record(&pcap, (1000 + i) * NANOSECONDS_A_SECOND, buffer_span(&frame));
	}
	const struct span bytes = buffer_span(&pcap);
	struct place p = place_new();
	CHECK(run(&p, &way, &bytes, 1, &ledger, &found, &error) && hosts_in(&found) == 0);
	place_done(&p);
	recorder_done(&found);
	buffer_done(&frame);
	buffer_done(&pcap);
	return ledger;
}

TEST(the_mark_of_simulated_frames)
{
	CHECK(ledger_of(decode_simulated_mac, 0, 3, 0x2000).is_simulated);
	CHECK(!ledger_of(decode_simulated_mac, 3, 3, 0x2000).is_simulated);
	CHECK(!ledger_of(decode_simulated_mac, 0, 0, 0x2000).is_simulated);
	// Some frame: it need not be the first one of the capture, nor of a batch.
	CHECK(ledger_of(decode_simulated_mac, 2, 3, 0x2000).is_simulated);
	CHECK(ledger_of(decode_simulated_mac, 700, 701, 0x2000).is_simulated);
}

TEST(details_that_have_no_room_are_only_in_frames)
{
	static const uint8_t sender[6] = { 2, 0, 0, 0, 0, 3 };
	for (size_t count = INGEST_DETAILS_MAX - 2; count < INGEST_DETAILS_MAX + 3; count++) {
		const struct ingest_ledger ledger = ledger_of(sender, 0, count, 0x2000);
		uint64_t sum = 0;
		CHECK(ledger.frames[KIND_NOT_IP] == count && ingest_ledger_total(&ledger) == count);
		CHECK(ledger.detail_count ==
		      (count < INGEST_DETAILS_MAX ? count : INGEST_DETAILS_MAX));
		for (size_t i = 0; i < ledger.detail_count; i++) {
			CHECK(ledger.details[i].kind == KIND_NOT_IP);
			CHECK(ledger.details[i].reason == REASON_ETHERTYPE);
			CHECK(ledger.details[i].number == 0x2000 + i);
			CHECK(ledger.details[i].link_type == 1);
			sum += ledger.details[i].frames;
		}
		CHECK(sum == ledger.detail_count);
	}
}

// Frames of bare IPv4 that are no packets, each kind and reason several times.
TEST(frames_are_counted_by_reason)
{
	static const struct {
		const char *bytes;
		size_t length;
		enum kind kind;
		enum reason reason;
		uint32_t number;
	} frames[] = {
		{ "\x50", 1, KIND_MALFORMED, REASON_IP_VERSION, 5 },
		{ "\x30", 1, KIND_MALFORMED, REASON_IP_VERSION, 3 },
		{ "\x45", 1, KIND_CUT_SHORT, REASON_CUT_IP, 0 },
		{ "\x45\0\0\x28\0\0\0\0\x40\6\0\0\1\2\3\4\1\2\3\4", 20, KIND_CUT_SHORT,
		  REASON_CUT_TCP, 0 },
	};
	const struct way way = { "UTC", NULL, TINY_MEMORY, 1 };
	struct buffer pcap = buffer_up_to(BYTES_MAX);
	struct recorder found = recorder_new();
	struct ingest_ledger ledger;
	struct error error;
	put_pcap(&pcap, 101);
	for (size_t i = 0; i < 4 * 2000; i++) {
		const size_t k = i % 4;
		if (i < 4000 || k > 0)
			put_record(&pcap, NANOSECONDS_A_SECOND,
			           (struct span){ (const uint8_t *)frames[k].bytes,
			                          frames[k].length });
	}
	put_record(&pcap, NANOSECONDS_A_SECOND, (struct span){ (const uint8_t *)"\x60", 1 });
	const struct span bytes = buffer_span(&pcap);
	struct place p = place_new();
	CHECK(run(&p, &way, &bytes, 1, &ledger, &found, &error));
	CHECK(ledger.detail_count == 4 && ingest_ledger_total(&ledger) == 7001);
	for (size_t k = 0; k < 4; k++) {
		const struct ingest_detail *d = &ledger.details[k];
		CHECK(d->kind == frames[k].kind && d->reason == frames[k].reason);
		CHECK(d->number == frames[k].number && d->link_type == 101);
		CHECK(d->frames == (k == 0 ? 1000 : 2000));
	}
	CHECK(ledger.frames[KIND_MALFORMED] == 3000 && ledger.frames[KIND_CUT_SHORT] == 4000);
	place_done(&p);
	recorder_done(&found);
	buffer_done(&pcap);
}

TEST(times_of_a_ledger)
{
	static const uint8_t sender[6] = { 2, 0, 0, 0, 0, 3 };
	const struct ingest_ledger some = ledger_of(sender, 0, 5, 0x2000);
	CHECK(some.first_ns == 1000 * NANOSECONDS_A_SECOND);
	CHECK(some.last_ns == 1004 * NANOSECONDS_A_SECOND);
	const struct ingest_ledger none = ledger_of(sender, 0, 0, 0x2000);
	CHECK(none.first_ns > none.last_ns && ingest_ledger_total(&none) == 0);
}

TEST(link_types_that_nobody_reads)
{
	const struct way way = { "UTC", NULL, TINY_MEMORY, 1 };
	struct buffer pcap = buffer_up_to(BYTES_MAX);
	struct recorder found = recorder_new();
	struct ingest_ledger ledger;
	struct error error;
	put_pcap(&pcap, 147);
	for (unsigned i = 0; i < 9; i++)
		put_record(&pcap, NANOSECONDS_A_SECOND, (struct span){ decode_simulated_mac, 6 });
	const struct span bytes = buffer_span(&pcap);
	struct place p = place_new();
	CHECK(run(&p, &way, &bytes, 1, &ledger, &found, &error));
	CHECK(ledger.frames[KIND_UNKNOWN_LINK] == 9 && ingest_ledger_total(&ledger) == 9);
	CHECK(ledger.detail_count == 1 && ledger.details[0].kind == KIND_UNKNOWN_LINK);
	CHECK(ledger.details[0].reason == REASON_LINK_TYPE && ledger.details[0].number == 147);
	CHECK(ledger.details[0].link_type == 147 && ledger.details[0].frames == 9);
	place_done(&p);
	recorder_done(&found);
	buffer_done(&pcap);
}

TEST_MAIN
