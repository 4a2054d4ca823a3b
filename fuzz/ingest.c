// SPDX-License-Identifier: MIT
// A capture through the pipeline, with a pool of one chunk or a few, one to
// four threads and all blocks spilled: the host-days that come out are those of
// a naive count, and byte for byte the same as with other memory and threads; so are the bursts.
//
// Input: two bytes of choices, then the capture.
#include "base/memory.h"
#include "disk_memory.h"
#include "fuzz.h"
#include "ingest/burst_sink.h"
#include "naive.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

enum { DAYS_MAX = 4096, LENGTH_MAX = 32 * 1024, BYTES_MAX = 1 << 24 };
enum { MEMORY_ONE_CHUNK = 8 * 3200, MEMORY_PLENTY = 1 << 20 };

struct setting {
	struct zone zone;
	struct telescope telescopes[2];  // of all days, and one with dates
	struct fingerprint_set fingerprints;
};
static struct setting setting;

// What came out, each day as columns of all its host-days.
struct day {
	struct host_columns columns;
	struct burst_writer bursts[BURST_FORMS];
	int32_t day;
	uint64_t begin_ns;
};

// A second outlet: what the ledger counts, and a number that tells orders apart.
struct counter {
	struct packet_sink sink;
	uint64_t frames[KIND_COUNT];
	uint64_t order;
	bool is_finished;
};

struct result {
	struct host_day_receiver receiver;
	struct burst_days *bursts;
	struct counter counter;
	pthread_mutex_t mutex;
	struct day *days[DAYS_MAX];
	size_t count;
};

void fuzz_setup(void)
{
	struct error error;
	REQUIRE(zone_parse("+05:30", &setting.zone, &error));
	REQUIRE(telescope_parse("198.51.0.0/16,0.0.0.0/1", &setting.telescopes[0], &error));
	REQUIRE(telescope_parse("198.51.0.0/16@2016-09-02..,0.0.0.0/1@..2016-09-02,10.0.0.0/8",
	                        &setting.telescopes[1], &error));
	REQUIRE(fingerprint_set_init(&setting.fingerprints, NULL, "", &error));
}

// All of a day as one block: it is there when the day's host-days come.
static void take_bursts(struct result *result, struct day *d, enum burst_form form)
{
	struct burst_stream *stream = NULL;
	const struct burst *burst = NULL;
	uint64_t evicted[2];
	struct error error;
	burst_writer_begin(&d->bursts[form]);
	if (!WORKS(result->bursts->open(result->bursts, form, d->day, &stream, evicted, &error)))
		return;
	REQUIRE(stream != NULL && evicted[0] == 0 && evicted[1] == 0);
	while (WORKS(stream->next(stream, &burst, &error)) && burst != NULL)
		burst_writer_add(&d->bursts[form], burst);
	stream->close(stream);
}

static void *begin_day(struct host_day_receiver *receiver, int32_t day, uint64_t begin_ns,
                       struct error *error)
{
	struct result *result = (struct result *)receiver;
	struct day *d = fuzz_room(sizeof *d);
	(void)error;
	d->day = day;
	d->begin_ns = begin_ns;
	host_columns_init(&d->columns, begin_ns, BYTES_MAX);
	for (unsigned form = 0; form < BURST_FORMS; form++)
		take_bursts(result, d, form);
	pthread_mutex_lock(&result->mutex);
	REQUIRE(result->count < DAYS_MAX);
	result->days[result->count++] = d;
	pthread_mutex_unlock(&result->mutex);
	return d;
}

// Host-day by host-day: where a batch ends must not show.
static bool take_hosts(struct host_day_receiver *receiver, void *day,
                       const struct host_batch *batch, struct error *error)
{
	struct day *d = day;
	struct host_reader reader;
	struct host_day host = { .items = NULL };
	(void)receiver;
	REQUIRE(batch->base_ns == d->begin_ns && batch->host_count > 0);
	host_reader_open(&reader, batch->columns, batch->host_count, batch->base_ns, COLUMNS_ALL);
	uint64_t count = 0;
	while (host_reader_next(&reader, &host)) {
		REQUIRE(count > 0 || host.source == batch->first_source);
		REQUIRE(d->columns.host_count == 0 || host.source > d->columns.last_source);
		host_columns_add(&d->columns, &host);
		count++;
	}
	const bool ok = WORKS(count == batch->host_count && !host_columns_failed(&d->columns));
	host_day_done(&host);
	return ok || error_memory(error, "the receiver");
}

static bool end_day(struct host_day_receiver *receiver, void *day, bool is_whole,
                    struct error *error)
{
	(void)receiver;
	(void)day;
	(void)error;
	REQUIRE(is_whole || fuzz_is_starving);
	return true;
}

static bool take_packets(struct packet_sink *sink, const struct packet *packets, size_t count,
                         struct error *error)
{
	struct counter *c = (struct counter *)sink;
	(void)error;
	REQUIRE(count > 0);
	for (size_t i = 0; i < count; i++) {
		REQUIRE(kind_is_packet(packets[i].kind));
		c->frames[packets[i].kind] += packets[i].packets;
		c->order = c->order * 31 + (packets[i].time_ns ^ packets[i].source);
	}
	return true;
}

static bool finish_counter(struct packet_sink *sink, struct error *error)
{
	(void)error;
	((struct counter *)sink)->is_finished = true;
	return true;
}

// What is asked of it is asked when the ingest is gone.
static void forget_nothing(struct packet_sink *sink)
{
	(void)sink;
}

static int by_day(const void *a, const void *b)
{
	const struct day *x = *(struct day *const *)a, *y = *(struct day *const *)b;
	return (x->day > y->day) - (x->day < y->day);
}

static void tick(void *context, const struct capture *capture, uint64_t frames)
{
	(void)context;
	(void)capture;
	(void)frames;
}

static bool run_ingest(struct ingest *in, const char *path, struct result *result,
                       struct ingest_ledger *ledger)
{
	struct capture *capture;
	struct error error;
	if (!WORKS(capture_open(path, &capture, &error)))
		return false;
	const bool ok = WORKS(ingest_capture(in, capture, tick, NULL, ledger, &error)) &&
	                WORKS(ingest_finish(in, &result->receiver, &error));
	capture_free(capture);
	qsort(result->days, result->count, sizeof(struct day *), by_day);
	return ok;
}

static bool ingest_file(const char *path, uint64_t memory_bytes, unsigned threads,
                        const struct telescope *telescope, struct result *result,
                        struct ingest_ledger *ledger)
{
	*result = (struct result){ .receiver = { begin_day, take_hosts, end_day } };
	pthread_mutex_init(&result->mutex, NULL);
	result->counter.sink = (struct packet_sink){ .packets = take_packets,
		                                     .finish = finish_counter,
		                                     .forget = forget_nothing };
	// Bursts have threads of their own, and such a disk is for one.
	struct disk *disk = fuzz_disk_new(), *burst_disk = fuzz_disk_new();
	const struct burst_sink_options burst_options = { .zone = &setting.zone,
		                                          .telescope = telescope,
		                                          .keeps = { true, true },
		                                          .memory_bytes = memory_bytes / 8,
		                                          .room_bytes = UINT64_MAX / 2,
		                                          .threads = threads,
		                                          .disk = burst_disk };
	struct error error;
	struct burst_sink *bursts = burst_sink_new(&burst_options, &error);
	if (!WORKS(bursts != NULL)) {
		disk->free(disk);
		burst_disk->free(burst_disk);
		return false;
	}
	result->bursts = burst_sink_days(bursts);
	struct packet_sink *const sinks[] = { &result->counter.sink, burst_sink_entry(bursts) };
	const struct ingest_options options = {
		.zone = &setting.zone,
		.telescope = telescope,
		.fingerprints = &setting.fingerprints,
		.memory_bytes = memory_bytes,
		.threads = threads,
		.disk = disk,
		.spill_name = "spill",
		.sinks = sinks,
		.sink_count = 2,
	};
	struct ingest *in = ingest_new(&options, &error);
	const bool ok = WORKS(in != NULL) && run_ingest(in, path, result, ledger);
	ingest_free(in);
	burst_sink_free(bursts);
	REQUIRE(fuzz_disk_count(disk) == 0 && fuzz_disk_count(burst_disk) == 0);
	disk->free(disk);
	burst_disk->free(burst_disk);
	return ok;
}

static void result_done(struct result *result)
{
	for (size_t i = 0; i < result->count; i++) {
		host_columns_done(&result->days[i]->columns);
		for (unsigned form = 0; form < BURST_FORMS; form++)
			burst_writer_done(&result->days[i]->bursts[form]);
		free(result->days[i]);
	}
	pthread_mutex_destroy(&result->mutex);
}

static void check_host(const struct host_day *h, const struct naive_host *n)
{
	uint64_t ports = 0;
	REQUIRE(h->source == n->source && h->first_ns == n->first_ns && h->last_ns == n->last_ns);
	REQUIRE(memcmp(h->packets, n->packets, sizeof h->packets) == 0);
	for (unsigned f = 0; f < FINGERPRINTS_MAX; f++)
		REQUIRE((h->matched_mask >> f & 1 ? h->matched[f] : 0) == n->matched[f]);
	if (h->fields_mask >> FIELD_DESTINATION_PORT & 1) {
		const struct item_set *set = &h->sets[FIELD_DESTINATION_PORT];
		for (uint32_t i = 0; i < set->count; i++)
			ports += h->items[set->begin + i].packets;
	}
	REQUIRE(ports == n->port_packets);
}

static void check_naive(const struct result *result, const struct naive *naive)
{
	struct host_day host = { .items = NULL };
	size_t at = 0;
	for (size_t i = 0; i < result->count; i++) {
		const struct day *d = result->days[i];
		const struct host_batch batch = host_columns_batch(&d->columns);
		struct host_reader reader;
		REQUIRE(i == 0 || d->day > result->days[i - 1]->day);
		host_reader_open(&reader, batch.columns, batch.host_count, batch.base_ns,
		                 COLUMNS_ALL);
		while (host_reader_next(&reader, &host)) {
			REQUIRE(at < naive->count && naive->hosts[at].day == d->day);
			check_host(&host, &naive->hosts[at++]);
		}
		REQUIRE(!reader.is_damaged);
	}
	REQUIRE(at == naive->count);
	host_day_done(&host);
}

static void check_counters(const struct counter *a, const struct counter *b,
                           const struct naive *naive)
{
	REQUIRE(a->is_finished && b->is_finished && a->order == b->order);
	REQUIRE(memcmp(a->frames, b->frames, sizeof a->frames) == 0);
	for (unsigned kind = 0; kind < KIND_COUNT; kind++)
		REQUIRE(a->frames[kind] == (kind_is_packet(kind) ? naive->frames[kind] : 0));
}

static void check_same_bursts(const struct day *a, const struct day *b)
{
	for (unsigned form = 0; form < BURST_FORMS; form++) {
		const struct burst_writer *x = &a->bursts[form], *y = &b->bursts[form];
		REQUIRE(x->count == y->count && x->block.length == y->block.length);
		REQUIRE(x->count == 0 ||
		        memcmp(x->block.bytes, y->block.bytes, x->block.length) == 0);
	}
}

static void check_same(const struct result *a, const struct result *b)
{
	REQUIRE(a->count == b->count);
	for (size_t i = 0; i < a->count; i++) {
		const struct host_columns *x = &a->days[i]->columns, *y = &b->days[i]->columns;
		REQUIRE(a->days[i]->day == b->days[i]->day && x->base_ns == y->base_ns);
		check_same_bursts(a->days[i], b->days[i]);
		for (unsigned c = 0; c < COLUMN_COUNT; c++)
			REQUIRE(x->column[c].length == y->column[c].length &&
			        (x->column[c].length == 0 ||
			         memcmp(x->column[c].bytes, y->column[c].bytes,
			                x->column[c].length) == 0));
	}
}

void fuzz_one(struct span input)
{
	const unsigned choices = fuzz_u16(&input);
	const struct telescope *telescope = choices >> 8 & 1 ? &setting.telescopes[choices >> 9 & 1]
	                                                     : NULL;
	static struct result plenty, small;  // large
	struct ingest_ledger ledger, again;
	struct naive naive;
	if (input.length > LENGTH_MAX)
		return;
	const char *path = fuzz_file(0, input);
	const bool is_counted = naive_count(path, &setting.zone, telescope, &setting.fingerprints,
	                                    &naive);
	if (naive.is_open && is_counted) {
		const bool ok = ingest_file(path, MEMORY_PLENTY, 1, telescope, &plenty, &ledger);
		const bool ok_again = ingest_file(path, MEMORY_ONE_CHUNK * (1 + (choices & 15)),
		                                  1 + (choices >> 4 & 3), telescope, &small,
		                                  &again);
		if (ok && ok_again && !fuzz_is_starving) {
			REQUIRE(memcmp(ledger.frames, naive.frames, sizeof naive.frames) == 0);
			REQUIRE(memcmp(&ledger, &again, sizeof ledger) == 0);
			check_naive(&plenty, &naive);
			check_same(&plenty, &small);
			check_counters(&plenty.counter, &small.counter, &naive);
		}
		result_done(&plenty);
		result_done(&small);
	}
	naive_done(&naive);
}
