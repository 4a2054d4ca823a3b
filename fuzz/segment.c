// SPDX-License-Identifier: MIT
// Arbitrary bytes as a segment, behind all of its checksums: they are mended
// before it is opened, with the offset of the table of contents, the size and
// the magic numbers, and the catalogue is made to name just this file. So what
// is read behind them is reached by every mutation.
//
// What can be read whole is written again and has to be the same; then the store
// is surveyed, verified, its ports are counted and its sets are walked. Input: doc/segment.md.
#include "analyse/survey/survey.h"
#include "base/memory.h"
#include "base/text.h"
#include "disk_memory.h"
#include "fuzz.h"
#include "store/catalog.h"

#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

enum { SIZE_MAX_BYTES = 1 << 16, GROUPS_MAX = 64 };
#define NAME "2016-09-01.000001.segment"
#define AGAIN "again"

static struct store store;  // its database and settings; the rest is new for each input

void fuzz_setup(void)
{
	struct error error;
	store.lock_fd = -1;
	store.path = "fuzz";
	REQUIRE(sqlite3_open(":memory:", &store.db) == SQLITE_OK);
	REQUIRE(catalog_lay_out(&store, &error));
	REQUIRE(zone_parse("UTC", &store.settings.zone, &error));
	REQUIRE(fingerprint_set_init(&store.settings.fingerprints, NULL, "", &error));
}

static void put_u64(uint8_t *at, uint64_t number)
{
	for (unsigned i = 0; i < 8; i++)
		at[i] = (uint8_t)(number >> 8 * i);
}

static void mend_chunks(uint8_t *file, struct span toc, uint64_t end)
{
	for (size_t at = 0; at < toc.length; at += SEGMENT_ENTRY_SIZE) {
		const uint64_t offset = span_u64_le(toc, at + 8),
			       length = span_u64_le(toc, at + 16);
		if (offset <= end && length <= end - offset)
			put_u64((uint8_t *)(uintptr_t)toc.bytes + at + 32,
			        XXH3_64bits(file + offset, (size_t)length));
	}
}

// Makes the checksums right, and says what the catalogue says of the file.
static struct store_segment mend(uint8_t *file, size_t length)
{
	struct store_segment entry = { .file = NAME, .bytes = length };
	if (length < SEGMENT_HEADER_SIZE + SEGMENT_FOOTER_SIZE)
		return entry;
	const size_t end = length - SEGMENT_FOOTER_SIZE;
	const struct span footer = { file + end, SEGMENT_FOOTER_SIZE },
			  header = { file, SEGMENT_HEADER_SIZE };
	uint8_t *to = file + end;
	memcpy(file, SEGMENT_MAGIC, 8);
	memcpy(to + 56, SEGMENT_MAGIC, 8);
	const size_t room = (end - SEGMENT_HEADER_SIZE) / SEGMENT_ENTRY_SIZE;
	size_t chunks = span_u32_le(footer, 8);
	if (chunks > room) {
		chunks = room;
		put_u64(to + 8, (uint64_t)span_u32_le(footer, 12) << 32 | chunks);
	}
	const size_t offset = end - chunks * SEGMENT_ENTRY_SIZE;
	const struct span toc = { file + offset, end - offset };
	put_u64(to, offset);
	mend_chunks(file, toc, offset);
	entry.toc_digest = XXH3_64bits(toc.bytes, toc.length);
	put_u64(to + 32, entry.toc_digest);
	put_u64(to + 40, length);
	put_u64(to + 48, segment_frame_checksum(file, to));
	entry.day = (int32_t)span_u32_le(header, 16);
	entry.hosts = span_u64_le(footer, 16);
	entry.floor = span_u32_le(footer, 24);
	return entry;
}

// Writes the host-days of a stream. False: they end in damage.
static bool write_hosts(struct segment_hosts *hosts, struct segment_writer *writer)
{
	struct host_stream *stream = segment_hosts_stream(hosts);
	struct host_day host = { .items = NULL };
	struct error error;
	uint64_t next_source = 0;
	bool ok = true;
	while (ok && host_stream_next(stream, &host)) {
		// From one row group to the next verify says whether sources ascend.
		ok = host.source >= next_source;
		next_source = (uint64_t)host.source + 1;
		ok = ok && WORKS(segment_writer_add(writer, &host, &error));
	}
	ok = ok && !stream->is_damaged && !host.failed;
	host_day_done(&host);
	return ok;
}

static void check_same(const struct segment *a, const struct segment *b)
{
	struct segment_hosts *first = segment_hosts_new(a, COLUMNS_ALL, SEGMENT_WINDOW_MAX),
			     *again = segment_hosts_new(b, COLUMNS_ALL, SEGMENT_WINDOW_MIN);
	struct host_day x = { .items = NULL }, y = { .items = NULL };
	if (WORKS(first != NULL && again != NULL)) {
		struct host_stream *left = segment_hosts_stream(first),
				   *right = segment_hosts_stream(again);
		while (host_stream_next(left, &x)) {
			if (!WORKS(host_stream_next(right, &y)))
				break;
			REQUIRE(x.source == y.source && x.first_ns == y.first_ns &&
			        x.last_ns == y.last_ns && x.matched_mask == y.matched_mask &&
			        x.fields_mask == y.fields_mask && x.item_count == y.item_count &&
			        memcmp(x.packets, y.packets, sizeof x.packets) == 0);
		}
		REQUIRE(fuzz_is_starving || !host_stream_next(right, &y));
	}
	host_day_done(&x);
	host_day_done(&y);
	segment_hosts_free(first);
	segment_hosts_free(again);
}

static void check_written(struct segment *segment, const struct store_segment *entry)
{
	struct segment_writer *writer;
	struct segment_hosts *hosts = segment_hosts_new(segment, COLUMNS_ALL, SEGMENT_WINDOW_MIN);
	struct store_segment written = { .file = AGAIN };
	struct segment_summary summary;
	struct error error;
	if (!WORKS(hosts != NULL))
		return;
	if (WORKS(segment_writer_new(store.disk, AGAIN, entry->day, segment_begin_ns(segment),
	                             (uint32_t)store.settings.fingerprints.count, &writer,
	                             &error))) {
		const bool is_whole = write_hosts(hosts, writer);
		struct segment *again;
		if (is_whole &&
		    WORKS(segment_writer_finish(writer, entry->floor, &written, &summary,
		                                &error)) &&
		    WORKS(segment_open(store.disk, &written, &again, &error))) {
			check_same(segment, again);
			segment_free(again);
		}
		segment_writer_free(writer);
	}
	segment_hosts_free(hosts);
}

static void note(void *context, const char *line)
{
	uint64_t *lines = context;
	REQUIRE(line[0] != '\0');
	++*lines;
}

// Each table of ports to its end, or to where it contradicts itself.
static void check_tables(void)
{
	for (uint64_t rest = PORT_FIELDS; rest != 0; rest &= rest - 1) {
		struct store_ports table;
		struct port_count row;
		struct error error;
		uint32_t next = 0;
		if (!store_segment_ports(&store, 0, (unsigned)__builtin_ctzll(rest), &table,
		                         &error))
			continue;
		for (; store_ports_next(&table, &row, &error); next = row.port + 1)
			REQUIRE(row.port >= next && row.port < PORTS &&
			        row.sources >= table.sources_less && row.packets > 0 &&
			        row.packets >= row.sources);
	}
}

static bool take_ports(void *context, const struct ports_day *day)
{
	uint64_t *rows = context;
	for (size_t i = 0; i < day->row_count; i++)
		REQUIRE(!day->rows[i].is_known || day->rows[i].packets > 0);
	*rows += day->row_count;
	return true;
}

static void check_ports(void)
{
	static const char *const families[] = { "*", "mirai" };
	uint64_t rows = 0;
	const struct ports_request request = { .families = families,
		                               .family_count = 2,
		                               .protocols = { true, true },
		                               .each = take_ports,
		                               .context = &rows };
	struct error error;
	if (!ports_run(store_holdings(&store), &request, 1, 1, &error))
		REQUIRE(error.text[0] != '\0');
	check_tables();
}

static void check_store(void)
{
	static const char *const families[] = { "*", "mirai" };
	static const struct survey_request request = { families, 2, SURVEY_GAP_NONE, NULL, 2 };
	struct store_verify_result result;
	struct survey survey;
	struct error error;
	uint64_t lines = 0;
	if (WORKS(store_verify(&store, note, &lines, &result, &error)))
		REQUIRE(lines >= result.problems);
	if (survey_run(store_holdings(&store), &request, &survey, &error))
		survey_done(&survey);
	else
		REQUIRE(error.text[0] != '\0');
	check_ports();
	for (unsigned f = 0; f < FINGERPRINTS_MAX; f++) {
		struct holdings_set *set;
		uint64_t syns;
		if (holdings_open_set(store_holdings(&store), 0, f, &set, &error) && set != NULL) {
			(void)!set->functions->end(set, &error);
			holdings_close_set(set);
		}
		if (f < store.settings.fingerprints.count)
			(void)!store_segment_syns(&store, 0, f, &syns, &error);
	}
}

void fuzz_one(struct span input)
{
	struct error error;
	struct segment *segment;
	if (input.length > SIZE_MAX_BYTES)
		return;
	uint8_t *file = fuzz_room(input.length);
	if (input.length > 0)
		memcpy(file, input.bytes, input.length);
	struct store_segment entry = mend(file, input.length);
	store.disk = fuzz_disk_new();
	fuzz_disk_put(store.disk, NAME, (struct span){ file, input.length });
	free(file);
	if (segment_open(store.disk, &entry, &segment, &error)) {
		if (segment_group_count(segment) <= GROUPS_MAX) {
			check_written(segment, &entry);
			store.segments = &entry;
			store.segment_count = 1;
			check_store();
			segment_free(entry.segment);
		}
		segment_free(segment);
	}
	store.segments = NULL;
	store.segment_count = 0;
	store.disk->free(store.disk);
}
