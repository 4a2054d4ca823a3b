// SPDX-License-Identifier: MIT
// One segment file, written to and read from memory: round trips over random
// host-days, every flipped bit, every truncation, and the worked example of
// doc/segment.md.
#include "store/segment.h"
#include "hostday/evidence.h"
#include "store/test_store.h"

enum { EXAMPLE_MAX = 4096 };
#define NAME "2016-09-01.000001.segment"
#define BEGIN_NS ((uint64_t)TEST_DAY * DAY_NS)

// A disk that is one file in memory.
struct memory_disk {
	struct disk disk;
	struct buffer bytes;
};

struct disk_file {
	struct memory_disk *disk;
};

static bool memory_create(struct disk *disk, const char *name, struct disk_file **out,
                          struct error *error)
{
	struct disk_file *file = memory_new(1, sizeof *file);
	(void)name;
	(void)error;
	file->disk = (struct memory_disk *)disk;
	*out = file;
	return true;
}

static bool memory_append(struct disk_file *file, struct span bytes, struct error *error)
{
	(void)error;
	buffer_append(&file->disk->bytes, bytes.bytes, bytes.length);
	return !file->disk->bytes.failed;
}

static bool memory_sync(struct disk_file *file, struct error *error)
{
	(void)file;
	(void)error;
	return true;
}

static void memory_close(struct disk_file *file)
{
	memory_free(file);
}

static bool memory_map(struct disk *disk, const char *name, struct span *out, struct error *error)
{
	(void)name;
	(void)error;
	*out = buffer_span(&((struct memory_disk *)disk)->bytes);
	return true;
}

static void memory_unmap(struct disk *disk, struct span bytes)
{
	(void)disk;
	(void)bytes;
}

static void memory_release(struct disk *disk, struct span bytes)
{
	(void)disk;
	(void)bytes;
}

static struct memory_disk memory_disk_new(void)
{
	return (struct memory_disk){
		.disk = { .create = memory_create,
		          .append = memory_append,
		          .sync = memory_sync,
		          .close = memory_close,
		          .map = memory_map,
		          .unmap = memory_unmap,
		          .release = memory_release },
		.bytes = buffer_up_to(SIZE_MAX),
	};
}

// Host-days of one day written as a segment; `batch_max` 0: one by one.
static struct store_segment write_segment(struct memory_disk *d, const struct hosts *hosts,
                                          size_t batch_max, uint32_t floor,
                                          struct segment_summary *summary)
{
	struct segment_writer *w;
	struct store_segment entry = { .day = 0 };
	struct error error;
	struct host_columns columns;
	host_columns_init(&columns, BEGIN_NS, SIZE_MAX);
	CHECK(segment_writer_new(&d->disk, NAME, TEST_DAY, BEGIN_NS, 6, &w, &error));
	for (size_t i = 0; i < hosts->count; i++) {
		if (batch_max == 0) {
			CHECK(segment_writer_add(w, &hosts->entries[i].host, &error));
			continue;
		}
		host_columns_add(&columns, &hosts->entries[i].host);
		if (columns.host_count == batch_max || i + 1 == hosts->count) {
			const struct host_batch batch = host_columns_batch(&columns);
			CHECK(segment_writer_append(w, &batch, &error));
			host_columns_reset(&columns, BEGIN_NS);
		}
	}
	CHECK(segment_writer_finish(w, floor, &entry, summary, &error));
	CHECK(entry.bytes == d->bytes.length && entry.hosts == hosts->count);
	CHECK(entry.day == TEST_DAY && entry.floor == floor && text_equal(entry.file, NAME));
	segment_writer_free(w);
	host_columns_done(&columns);
	return entry;
}

static void check_hosts(const struct segment *s, const struct hosts *hosts, uint64_t wanted)
{
	struct segment_hosts *reader = segment_hosts_new(s, wanted, SEGMENT_WINDOW_MIN);
	struct host_stream *stream = segment_hosts_stream(reader);
	struct host_day host = { .items = NULL };
	size_t at = 0;
	while (host_stream_next(stream, &host)) {
		CHECK(at < hosts->count && host_day_same(&host, &hosts->entries[at].host, wanted));
		if (++at > hosts->count)
			break;
	}
	CHECK(at == hosts->count && !stream->is_damaged && !host.failed);
	CHECK(segment_hosts_error(reader)->kind == ERROR_NONE);
	host_day_done(&host);
	segment_hosts_free(reader);
}

// Members of the stored set, by walking it; each must be the next source that `bit` selects.
static void check_set(const struct segment *s, const struct hosts *hosts, uint8_t id)
{
	static uint16_t values[65536];
	const struct chunk *chunk = segment_find(s, CHUNK_SET, id, 0);
	struct ipset_container container;
	struct ipset_view view = { .is_damaged = false };
	struct error error;
	struct span bytes;
	size_t at = 0;
	uint64_t count = 0;
	CHECK(chunk == NULL || segment_chunk_bytes(s, chunk, &bytes, &error));
	CHECK(chunk == NULL || ipset_view_open(bytes, &view));
	while (chunk != NULL && ipset_view_next(&view, &container)) {
		const uint32_t found = ipset_container_values(&container, values);
		for (uint32_t i = 0; i < found; i++, count++) {
			const uint32_t source = (uint32_t)container.key << 16 | values[i];
			while (at < hosts->count && hosts->entries[at].host.source < source) {
				const struct host_day *h = &hosts->entries[at++].host;
				CHECK(id == STORE_ALL ? host_day_packets(h, KIND_SYN) == 0
				                      : !(host_day_counted(h) >> id & 1));
			}
			CHECK(at < hosts->count && hosts->entries[at++].host.source == source);
		}
	}
	CHECK(!view.is_damaged && (chunk == NULL || chunk->count == count));
	for (; at < hosts->count; at++) {
		const struct host_day *h = &hosts->entries[at].host;
		CHECK(id == STORE_ALL ? host_day_packets(h, KIND_SYN) == 0
		                      : !(host_day_counted(h) >> id & 1));
	}
}

static void check_summary(const struct segment *s, const struct hosts *hosts,
                          const struct segment_summary *written)
{
	struct segment_summary expected = { .fingerprint_count = 6 }, found;
	struct error error;
	for (size_t i = 0; i < hosts->count; i++) {
		const struct host_day *h = &hosts->entries[i].host;
		for (unsigned kind = 0; kind < HOST_KINDS; kind++)
			expected.packets[kind] += h->packets[kind];
		expected.syn_sources += host_day_packets(h, KIND_SYN) > 0;
		for (unsigned f = 0; f < 6; f++)
			if (h->matched_mask >> f & 1) {
				expected.syns[f] += h->matched[f];
				expected.sources[f] += host_day_counted(h) >> f & 1;
			}
	}
	CHECK(segment_summary(s, &found, &error));
	CHECK(memcmp(&found, &expected, sizeof found) == 0);
	CHECK(memcmp(written, &expected, sizeof expected) == 0);
}

// The table of a field against a look at every item of every host-day.
static void check_ports(const struct segment *s, const struct hosts *hosts, unsigned field)
{
	static uint64_t packets[PORTS], sources[PORTS];
	struct store_ports table;
	struct port_count row;
	struct error error;
	memset(packets, 0, sizeof packets);
	memset(sources, 0, sizeof sources);
	for (size_t i = 0; i < hosts->count; i++) {
		const struct host_day *h = &hosts->entries[i].host;
		const bool has_field = h->fields_mask >> field & 1;
		for (uint32_t at = 0; has_field && at < h->sets[field].count; at++) {
			const struct item *item = &h->items[h->sets[field].begin + at];
			packets[item->value] += item->packets;
			sources[item->value] += field < FIELD_MATCHED_PORT ||
			                        host_day_counted(h) >>
			                                        (field - FIELD_MATCHED_PORT) &
			                                1;
		}
	}
	CHECK(segment_has_ports(s) && segment_ports(s, field, &table, &error) && table.is_there);
	uint32_t port = 0;
	while (store_ports_next(&table, &row, &error)) {
		for (; port < row.port; port++)
			CHECK(packets[port] == 0);
		CHECK(row.packets == packets[port] && row.sources == sources[port]);
		port++;
	}
	CHECK(error.kind == ERROR_NONE);
	for (; port < PORTS; port++)
		CHECK(packets[port] == 0);
}

// Writes and reads back; returns the number of row groups.
static uint32_t round_trip(const struct hosts *hosts, size_t batch_max, uint32_t floor)
{
	struct memory_disk d = memory_disk_new();
	struct segment_summary summary;
	struct error error;
	struct segment *s = NULL;
	const struct store_segment entry = write_segment(&d, hosts, batch_max, floor, &summary);
	CHECK(segment_open(&d.disk, &entry, &s, &error));
	const uint32_t groups = s == NULL ? 0 : segment_group_count(s);
	if (s != NULL) {
		CHECK(segment_begin_ns(s) == BEGIN_NS && segment_length(s) == d.bytes.length);
		check_hosts(s, hosts, COLUMNS_ALL);
		check_hosts(s, hosts, 0);
		check_hosts(s, hosts, COLUMN_BIT(COLUMN_TIME));
		check_hosts(s, hosts,
		            COLUMN_BIT(COLUMN_FIELD + FIELD_TTL) |
		                    COLUMN_BIT(COLUMN_FIELD + FIELD_MATCHED_PORT + 2));
		check_summary(s, hosts, &summary);
		for (uint8_t f = 0; f < 6; f++)
			check_set(s, hosts, f);
		check_set(s, hosts, STORE_ALL);
		check_ports(s, hosts, FIELD_DESTINATION_PORT);
		check_ports(s, hosts, FIELD_UDP_PORT);
		check_ports(s, hosts, FIELD_BACKSCATTER_PORT);
		check_ports(s, hosts, FIELD_MATCHED_PORT + 2);
	}
	segment_free(s);
	buffer_done(&d.bytes);
	return groups;
}

TEST(random_host_days_come_back)
{
	for (uint64_t seed = 1; seed <= random_rounds(40); seed++) {
		const unsigned failed = test_failed_checks;
		const uint32_t sources = seed % 4 == 0 ? 2 : (uint32_t)seed * 20;
		struct pile pile = pile_from(seed, sources, 1, 1, seed * 30);
		struct hosts hosts = pile_hosts(&pile, ALL_PIECES);
		CHECK(round_trip(&hosts, seed % 3 * 7, (uint32_t)seed % 5) == 1);
		if (test_failed_checks > failed)
			printf("seed %llu\n", (unsigned long long)seed);
		hosts_done(&hosts);
		pile_done(&pile);
	}
}

TEST(a_segment_of_nothing)
{
	const struct hosts none = { .count = 0 };
	CHECK(round_trip(&none, 0, 0) == 0);
}

TEST(row_groups_end_when_they_have_enough_host_days)
{
	struct pile pile = pile_from(99, 1, 1, 1, 1);
	const size_t count = SEGMENT_GROUP_HOSTS + 700;
	struct hosts hosts = { .entries = memory_new(count, sizeof *hosts.entries),
		               .count = count };
	struct hosts one = pile_hosts(&pile, ALL_PIECES);
	// All alike but for the source: making each of its own would take long.
	for (size_t i = 0; i < count; i++) {
		hosts.entries[i] = one.entries[0];
		hosts.entries[i].host.source = (uint32_t)i * 5000;
	}
	CHECK(round_trip(&hosts, 0, 0) == 2);
	CHECK(round_trip(&hosts, 1000, 0) == 2);
	CHECK(round_trip(&hosts, SEGMENT_GROUP_HOSTS, 0) == 2);
	memory_free(hosts.entries);
	hosts_done(&one);
	pile_done(&pile);
}

// Sources that knock at every port: a row group ends before it has many of them.
TEST(row_groups_end_when_they_have_enough_bytes)
{
	enum { SOURCES = 600 };
	struct record *records = memory_new(PORTS, sizeof *records);
	const struct record **pointers = memory_new(PORTS, sizeof(struct record *));
	struct hosts hosts = { .entries = memory_new(SOURCES, sizeof *hosts.entries),
		               .count = SOURCES };
	struct aggregator *room = aggregator_new();
	struct host_day host = { .items = NULL };
	for (unsigned i = 0; i < PORTS; i++) {
		records[i] = (struct record){ .time_ns = BEGIN_NS + i,
			                      .day = TEST_DAY,
			                      .source = 1,
			                      .kind = KIND_SYN,
			                      .known = KNOWN_PORTS,
			                      .destination_port = (uint16_t)i };
		pointers[i] = &records[i];
	}
	CHECK(host_day_aggregate(room, pointers, PORTS, &host));
	CHECK(host.sets[FIELD_DESTINATION_PORT].count == PORTS);
	for (uint32_t i = 0; i < SOURCES; i++) {
		hosts.entries[i] = (struct day_host){ .day = TEST_DAY, .host = host };
		hosts.entries[i].host.source = i;
	}
	CHECK(round_trip(&hosts, 0, 0) > 1);
	CHECK(round_trip(&hosts, 100, 0) > 1);
	host_day_done(&host);
	memory_free(hosts.entries);
	aggregator_free(room);
	memory_free(records);
	memory_free(pointers);
}

// A small segment, for damage of all kinds.
struct sample {
	struct memory_disk disk;
	struct hosts hosts;
	struct store_segment entry;
};

static struct sample sample_new(void)
{
	struct sample s = { .disk = memory_disk_new() };
	struct segment_summary summary;
	struct pile pile = pile_from(7, 3, 1, 1, 9);
	s.hosts = pile_hosts(&pile, ALL_PIECES);
	s.entry = write_segment(&s.disk, &s.hosts, 0, 0, &summary);
	pile_done(&pile);
	return s;
}

static void sample_done(struct sample *s)
{
	buffer_done(&s->disk.bytes);
	hosts_done(&s->hosts);
}

// Whether opening and reading every chunk finds nothing wrong. What is found names the file.
static bool is_sound(struct sample *s)
{
	struct segment *segment;
	struct error error = { .text = "" };
	struct span bytes;
	bool ok = segment_open(&s->disk.disk, &s->entry, &segment, &error);
	for (size_t i = 0; ok && i < segment_chunk_count(segment); i++)
		if (!segment_chunk_bytes(segment, segment_chunk(segment, i), &bytes, &error)) {
			segment_free(segment);
			ok = false;
		}
	if (ok)
		segment_free(segment);
	CHECK(ok || strstr(error.text, NAME) != NULL);
	return ok;
}

// Bytes between the end of a chunk and the next multiple of eight.
static bool is_padding(struct sample *s, size_t at)
{
	struct segment *segment;
	struct error error;
	bool found = false;
	if (!segment_open(&s->disk.disk, &s->entry, &segment, &error))
		return false;
	for (size_t i = 0; i < segment_chunk_count(segment); i++) {
		const uint64_t end = segment_chunk(segment, i)->offset +
		                     segment_chunk(segment, i)->length;
		found = found || (at >= end && at < (end + 7) / 8 * 8);
	}
	segment_free(segment);
	return found;
}

// Padding is zero, and readers do not look at it; every other bit counts.
TEST(every_flipped_bit_is_found)
{
	struct sample s = sample_new();
	struct buffer *bytes = &s.disk.bytes;
	unsigned padding = 0, missed = 0;
	CHECK(is_sound(&s));
	for (size_t at = 0; at < bytes->length; at++) {
		if (is_padding(&s, at)) {
			padding++;
			CHECK(bytes->bytes[at] == 0);
			continue;
		}
		for (unsigned bit = 0; bit < 8; bit++) {
			bytes->bytes[at] ^= (uint8_t)(1u << bit);
			if (is_sound(&s) && missed++ == 0)
				printf("bit %u of byte %zu of %zu was the first\n", bit, at,
				       bytes->length);
			bytes->bytes[at] ^= (uint8_t)(1u << bit);
		}
	}
	CHECK(missed == 0 && padding > 0);
	if (missed > 0)
		printf("%u flips were not found\n", missed);
	sample_done(&s);
}

TEST(every_truncation_is_found)
{
	struct sample s = sample_new();
	const size_t length = s.disk.bytes.length;
	for (size_t cut = 0; cut < length; cut++) {
		s.disk.bytes.length = cut;
		CHECK(!is_sound(&s));
	}
	s.disk.bytes.length = length;
	buffer_byte(&s.disk.bytes, 0);
	CHECK(!is_sound(&s));
	s.disk.bytes.length = length;
	CHECK(is_sound(&s));
	sample_done(&s);
}

TEST(another_version_is_named)
{
	struct sample s = sample_new();
	struct segment *segment;
	struct error error = { .text = "" };
	s.disk.bytes.bytes[8] = 5;
	CHECK(!segment_open(&s.disk.disk, &s.entry, &segment, &error));
	CHECK(text_equal(error.text, "segment '" NAME "' has format 5, this hotaru reads 1 to 4; "
	                             "use a newer hotaru"));
	s.disk.bytes.bytes[8] = 0;
	CHECK(!segment_open(&s.disk.disk, &s.entry, &segment, &error));
	sample_done(&s);
}

TEST(a_segment_is_the_one_that_the_catalogue_names)
{
	struct sample s = sample_new();
	struct store_segment entries[4] = { s.entry, s.entry, s.entry, s.entry };
	entries[0].day++;
	entries[1].hosts++;
	entries[2].floor++;
	entries[3].toc_digest++;
	for (size_t i = 0; i < 4; i++) {
		s.entry = entries[i];
		CHECK(!is_sound(&s));
	}
	sample_done(&s);
}

// The host-days that doc/segment.md describes.
static struct hosts example_hosts(struct pile *pile)
{
	const uint64_t second = NANOSECONDS_A_SECOND;
	const struct record syn = {
		.time_ns = BEGIN_NS + second,
		.day = TEST_DAY,
		.source = 0xc0000201,
		.destination = 0xc6336402,
		.source_port = 40000,
		.destination_port = 2323,
		.window = 1024,
		.ip_id = 4660,
		.length = 40,
		.ttl = 50,
		.tcp_flags = TCP_SYN,
		.kind = KIND_SYN,
		.known = KNOWN_IPV4 | KNOWN_PORTS | KNOWN_SEQ | KNOWN_WINDOW | KNOWN_OPTIONS,
		.fingerprints = 1,
	};
	const struct record udp = {
		.time_ns = BEGIN_NS + 3 * second,
		.day = TEST_DAY,
		.source = 0xc0000203,
		.destination = 0xc6336405,
		.source_port = 5060,
		.destination_port = 53,
		.length = 60,
		.ttl = 60,
		.kind = KIND_UDP,
		.known = KNOWN_IPV4 | KNOWN_PORTS,
	};
	*pile = (struct pile){ .records = memory_new(3, sizeof *pile->records), .count = 3 };
	pile->records[0] = pile->records[1] = syn;
	pile->records[1].time_ns += 500;
	pile->records[1].destination_port = 7547;
	pile->records[2] = udp;
	return pile_hosts(pile, ALL_PIECES);
}

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

// A line is an offset, bytes in pairs of hex digits, and a comment behind ";".
static void read_line(const char *line, struct buffer *out)
{
	const char *rest = line;
	size_t offset = 0;
	for (; hex_digit(*rest) >= 0; rest++)
		offset = offset << 4 | (size_t)hex_digit(*rest);
	CHECK(offset == out->length);
	rest += strspn(rest, " ");
	while (hex_digit(rest[0]) >= 0 && hex_digit(rest[1]) >= 0) {
		buffer_byte(out, (uint8_t)(hex_digit(rest[0]) << 4 | hex_digit(rest[1])));
		rest += rest[2] == ' ' ? 3 : 2;
	}
	rest += strspn(rest, " ");
	CHECK(*rest == ';' || *rest == '\n');
}

// The bytes in the document's block that begins with ```hex.
static bool read_example(const char *root, struct buffer *out)
{
	char path[4096], line[512];
	bool is_inside = false;
	if (!text_format(path, sizeof path, "%s/doc/segment.md", root))
		return false;
	FILE *file = fopen(path, "r");
	if (file == NULL)
		return false;
	while (fgets(line, sizeof line, file) != NULL) {
		if (text_starts(line, "```"))
			is_inside = text_starts(line, "```hex");
		else if (is_inside)
			read_line(line, out);
	}
	fclose(file);
	return true;
}

static void print_bytes(struct span bytes)
{
	for (size_t i = 0; i < bytes.length; i++)
		printf("%s%02x", i % 16 == 0 ? "\n" : " ", bytes.bytes[i]);
	printf("\n");
}

TEST(the_worked_example)
{
	const char *root = getenv("HOTARU_SOURCE_ROOT");
	if (root == NULL)
		SKIP("HOTARU_SOURCE_ROOT is not set");
	struct buffer expected = buffer_up_to(EXAMPLE_MAX);
	struct memory_disk d = memory_disk_new();
	struct segment_summary summary;
	struct pile pile;
	struct hosts hosts = example_hosts(&pile);
	CHECK(read_example(root, &expected));
	struct store_segment entry = write_segment(&d, &hosts, 0, 0, &summary);
	const bool is_same = expected.length == d.bytes.length &&
	                     memcmp(expected.bytes, d.bytes.bytes, expected.length) == 0;
	CHECK(is_same);
	if (!is_same)
		print_bytes(buffer_span(&d.bytes));
	// What the document says is read back, not what was written here.
	const struct buffer written = d.bytes;
	struct segment *s = NULL;
	struct error error;
	d.bytes = expected;
	CHECK(segment_open(&d.disk, &entry, &s, &error));
	if (s != NULL) {
		check_hosts(s, &hosts, COLUMNS_ALL);
		check_ports(s, &hosts, FIELD_DESTINATION_PORT);
	}
	segment_free(s);
	d.bytes = written;
	buffer_done(&expected);
	buffer_done(&d.bytes);
	hosts_done(&hosts);
	pile_done(&pile);
}

TEST_MAIN
