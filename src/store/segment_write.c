// SPDX-License-Identifier: MIT
// Host-days -> a segment file: row groups as they fill, then the sets, the tables of
// ports, the summary, the table of contents and the footer.
#include "store/segment.h"
#include "store/set_writer.h"

#include "base/memory.h"
#include "base/text.h"
#include "hostday/evidence.h"

#include <xxhash.h>

enum { SETS = SET_WRITER_SETS, SET_ALL = FINGERPRINTS_MAX, LOOK_EVERY = 256 };

struct segment_writer {
	struct disk *disk;
	struct disk_file *file;
	char name[STORE_NAME_SIZE];
	int32_t day;
	uint64_t begin_ns, offset, host_count;
	uint32_t group_count, entry_count;
	struct host_columns columns;
	struct set_writer *sets;
	struct port_counts *ports;  // of the row groups that are written
	struct segment_summary summary;
	struct buffer toc;
	struct buffer scratch;
	uint8_t header[SEGMENT_HEADER_SIZE];
	struct host_day light;  // to read a batch
};

uint64_t segment_frame_checksum(const uint8_t *header, const uint8_t *footer)
{
	uint8_t frame[SEGMENT_HEADER_SIZE + SEGMENT_FOOTER_CHECKED];
	memcpy(frame, header, SEGMENT_HEADER_SIZE);
	memcpy(frame + SEGMENT_HEADER_SIZE, footer, SEGMENT_FOOTER_CHECKED);
	return XXH3_64bits(frame, sizeof frame);
}

static bool append(struct segment_writer *w, struct span bytes, struct error *error)
{
	if (!w->disk->append(w->file, bytes, error))
		return false;
	w->offset += bytes.length;
	return true;
}

static bool write_header(struct segment_writer *w, struct error *error)
{
	struct buffer *b = &w->scratch;
	b->length = 0;
	buffer_append(b, SEGMENT_MAGIC, 8);
	buffer_u16(b, SEGMENT_VERSION);
	buffer_u16(b, SEGMENT_HEADER_SIZE);
	buffer_u32(b, 0);
	buffer_u32(b, (uint32_t)w->day);
	buffer_u32(b, 0);
	buffer_u64(b, w->begin_ns);
	if (b->failed)
		return error_memory(error, "a segment");
	assert(b->length == SEGMENT_HEADER_SIZE);
	memcpy(w->header, b->bytes, SEGMENT_HEADER_SIZE);
	return append(w, buffer_span(b), error);
}

// Enters a chunk that ends here in the table of contents, and pads to the alignment.
static bool end_chunk(struct segment_writer *w, const struct chunk *chunk, struct error *error)
{
	static const uint8_t zeros[SEGMENT_ALIGNMENT];
	const uint64_t length = w->offset - chunk->offset;
	buffer_byte(&w->toc, (uint8_t)chunk->kind);
	buffer_byte(&w->toc, chunk->id);
	buffer_u16(&w->toc, 0);
	buffer_u32(&w->toc, chunk->group);
	buffer_u64(&w->toc, chunk->offset);
	buffer_u64(&w->toc, length);
	buffer_u64(&w->toc, chunk->count);
	buffer_u64(&w->toc, chunk->checksum);
	w->entry_count++;
	if (w->toc.failed)
		return error_memory(error, "a segment");
	return append(w, (struct span){ zeros, -length % SEGMENT_ALIGNMENT }, error);
}

static bool write_chunk(struct segment_writer *w, struct chunk chunk, struct span bytes,
                        struct error *error)
{
	chunk.offset = w->offset;
	chunk.checksum = XXH3_64bits(bytes.bytes, bytes.length);
	return append(w, bytes, error) && end_chunk(w, &chunk, error);
}

bool segment_writer_new(struct disk *disk, const char *name, int32_t day, uint64_t begin_ns,
                        uint32_t fingerprint_count, struct segment_writer **out,
                        struct error *error)
{
	struct segment_writer *w = memory_new(1, sizeof *w);
	if (w == NULL)
		return error_memory(error, "a segment");
	w->disk = disk;
	w->day = day;
	w->begin_ns = begin_ns;
	w->summary.fingerprint_count = fingerprint_count;
	w->toc = buffer_up_to(SIZE_MAX);
	w->scratch = buffer_up_to(SIZE_MAX);
	text_copy(w->name, sizeof w->name, name);
	host_columns_init(&w->columns, begin_ns, SEGMENT_COLUMN_BYTES_MAX);
	const uint64_t sets = ((UINT64_C(1) << fingerprint_count) - 1) |
	                      UINT64_C(1) << FINGERPRINT_UNKNOWN | UINT64_C(1) << SET_ALL;
	w->ports = port_counts_new();
	w->sets = set_writer_new(disk, name, sets, SET_WRITER_MEMORY);
	bool ok = w->ports != NULL && w->sets != NULL;
	if (!ok)
		error_memory(error, "a segment");
	ok = ok && disk->create(disk, name, &w->file, error) && write_header(w, error);
	if (!ok) {
		segment_writer_free(w);
		return false;
	}
	*out = w;
	return true;
}

void segment_writer_free(struct segment_writer *w)
{
	if (w == NULL)
		return;
	w->disk->close(w->file);
	host_columns_done(&w->columns);
	host_day_done(&w->light);
	port_counts_free(w->ports);
	set_writer_free(w->sets);
	buffer_done(&w->toc);
	buffer_done(&w->scratch);
	memory_free(w);
}

// Whole columns at once, whichever way their host-days came. Those of which it takes evidence are counted with
// the host-days.
static bool count_ports(struct segment_writer *w, struct error *error)
{
	for (uint64_t rest = PORT_FIELDS & ~SEGMENT_EVIDENCE_FIELDS; rest != 0; rest &= rest - 1) {
		const unsigned field = (unsigned)__builtin_ctzll(rest);
		const struct span column = buffer_span(&w->columns.column[COLUMN_FIELD + field]);
		if (column.length > 0 && !port_counts_add_column(w->ports, field, column))
			return error_memory(error, "a segment's ports");
	}
	return true;
}

static bool write_group(struct segment_writer *w, struct error *error)
{
	for (unsigned i = 0; i < COLUMN_COUNT; i++) {
		const struct buffer *column = &w->columns.column[i];
		const struct chunk chunk = { .kind = CHUNK_COLUMN,
			                     .id = (uint8_t)i,
			                     .group = w->group_count,
			                     .count = w->columns.host_count };
		if (column->length > 0 && !write_chunk(w, chunk, buffer_span(column), error))
			return false;
	}
	if (!count_ports(w, error) || !set_writer_settle(w->sets, error))
		return false;
	w->group_count++;
	host_columns_reset(&w->columns, w->begin_ns);
	return true;
}

static bool sum(struct segment_writer *w, const struct host_day *h, struct error *error)
{
	const uint32_t counted = host_day_counted(h);
	w->host_count++;
	for (unsigned kind = 0; kind < HOST_KINDS; kind++)
		w->summary.packets[kind] += h->packets[kind];
	if (host_day_packets(h, KIND_SYN) > 0) {
		w->summary.syn_sources++;
		set_writer_add(w->sets, SET_ALL, h->source);
	}
	for (uint32_t rest = h->matched_mask; rest != 0; rest &= rest - 1) {
		const unsigned f = (unsigned)__builtin_ctz(rest);
		w->summary.syns[f] += h->matched[f];
		if (!(counted >> f & 1))
			continue;
		w->summary.sources[f]++;
		set_writer_add(w->sets, f, h->source);
	}
	return (h->matched_mask & (fingerprints_weighed | FINGERPRINT_TOOLS)) == 0 ||
	       port_counts_add(w->ports, h, SEGMENT_EVIDENCE_FIELDS, counted) ||
	       error_memory(error, "a segment's ports");
}

// Of the row group at hand; below SEGMENT_GROUP_BYTES where a batch is appended.
static size_t group_bytes(const struct segment_writer *w)
{
	return host_columns_bytes(&w->columns) - w->columns.column[COLUMN_SOURCE].length;
}

// Ends the row group if it is full.
static bool end_full_group(struct segment_writer *w, struct error *error)
{
	if (host_columns_failed(&w->columns))
		return error_memory(error, "a segment's row group");
	const bool is_full = w->columns.host_count == SEGMENT_GROUP_HOSTS ||
	                     group_bytes(w) >= SEGMENT_GROUP_BYTES;
	return !is_full || write_group(w, error);
}

bool segment_writer_add(struct segment_writer *w, const struct host_day *h, struct error *error)
{
	host_columns_add(&w->columns, h);
	if (!sum(w, h, error))
		return false;
	// Looked at every so often: adding up the columns costs more than a host-day does.
	const bool may_be_full = w->columns.host_count % LOOK_EVERY == 0 ||
	                         w->columns.item_count >= INGEST_BATCH_ITEMS;
	return !may_be_full || end_full_group(w, error);
}

// Copies as much of the batch as the row group still takes. A group ends with the same host-day
// however the host-days came in batches, so that equal days are equal files.
static bool append_some(struct segment_writer *w, struct host_batch *rest, struct error *error)
{
	const uint64_t hosts = SEGMENT_GROUP_HOSTS - w->columns.host_count;
	const size_t bytes = SEGMENT_GROUP_BYTES - group_bytes(w);
	struct host_batch next = *rest;
	const bool has_room = rest->host_count <= hosts && host_batch_bytes(rest) < bytes;
	if (has_room)
		rest->host_count = 0;
	else if (!host_batch_take(rest, hosts, bytes, &w->light, &next))
		return error_memory(error, "a segment's row group");
	host_columns_append(&w->columns, &next);
	return end_full_group(w, error);
}

bool segment_writer_append(struct segment_writer *w, const struct host_batch *batch,
                           struct error *error)
{
	struct host_batch rest = *batch;
	while (rest.host_count > 0)
		if (!append_some(w, &rest, error))
			return false;
	struct host_reader reader;
	host_reader_open(&reader, batch->columns, batch->host_count, batch->base_ns,
	                 SEGMENT_EVIDENCE_FIELDS << COLUMN_FIELD);
	bool ok = true;
	while (ok && host_reader_next(&reader, &w->light))
		ok = sum(w, &w->light, error);
	assert(!reader.is_damaged);
	return ok && (!w->light.failed || error_memory(error, "a segment"));
}

// The bit of SYNs of flows stands behind all others, and is counted where there are such.
static void count_unknown(struct segment_summary *summary)
{
	if (summary->sources[FINGERPRINT_UNKNOWN] > 0)
		summary->fingerprint_count = FINGERPRINTS_MAX;
}

// A set that is written in pieces.
struct set_chunk {
	struct segment_writer *writer;
	XXH3_state_t *hash;
};

static bool write_piece(void *context, struct span bytes, struct error *error)
{
	struct set_chunk *c = context;
	XXH3_64bits_update(c->hash, bytes.bytes, bytes.length);
	return append(c->writer, bytes, error);
}

static bool write_set(struct segment_writer *w, unsigned set, uint64_t count, struct error *error)
{
	struct set_chunk c = { w, XXH3_createState() };
	struct chunk chunk = { .kind = CHUNK_SET,
		               .count = count,
		               .offset = w->offset,
		               .id = set == SET_ALL ? STORE_ALL : (uint8_t)set };
	if (c.hash == NULL)
		return error_memory(error, "a set of sources");
	XXH3_64bits_reset(c.hash);
	const bool ok = set_writer_finish(w->sets, set, write_piece, &c, error);
	chunk.checksum = XXH3_64bits_digest(c.hash);
	XXH3_freeState(c.hash);
	return ok && end_chunk(w, &chunk, error);
}

static bool write_sets(struct segment_writer *w, struct error *error)
{
	for (unsigned i = 0; i < SETS; i++) {
		const uint64_t count = i == SET_ALL ? w->summary.syn_sources
		                                    : w->summary.sources[i];
		if (count > 0 && !write_set(w, i, count, error))
			return false;
	}
	return true;
}

static bool write_block(struct segment_writer *w, enum burst_form form, uint32_t group,
                        const struct burst_writer *block, struct error *error)
{
	const struct chunk chunk = {
		.kind = CHUNK_BURSTS, .id = (uint8_t)form, .group = group, .count = block->count
	};
	if (block->block.failed)
		return error_memory(error, "a block of bursts");
	return write_chunk(w, chunk, buffer_span(&block->block), error);
}

// Writes full blocks, and the last one.
static bool write_blocks(struct segment_writer *w, enum burst_form form,
                         struct burst_stream *stream, struct burst_writer *block,
                         struct error *error)
{
	struct store_bursts *sum = &w->summary.bursts[form];
	const struct burst *burst;
	uint32_t group = 0;
	for (;;) {
		if (!stream->next(stream, &burst, error))
			return false;
		if (burst == NULL)
			return block->count == 0 || write_block(w, form, group, block, error);
		burst_writer_add(block, burst);
		sum->bursts++;
		sum->packets += burst->packets;
		if (!burst_writer_is_full(block) && !block->block.failed)
			continue;
		if (!write_block(w, form, group++, block, error))
			return false;
		burst_writer_begin(block);
	}
}

// Ends the last row group.
static bool end_hosts(struct segment_writer *w, struct error *error)
{
	if (host_columns_failed(&w->columns))
		return error_memory(error, "a segment's row group");
	return w->columns.host_count == 0 || write_group(w, error);
}

bool segment_writer_bursts(struct segment_writer *w, enum burst_form form,
                           struct holdings_kept kept, struct burst_stream *stream,
                           struct error *error)
{
	struct burst_writer block = { .count = 0 };
	w->summary.bursts[form].kept = kept;
	burst_writer_begin(&block);
	const bool ok = end_hosts(w, error) && write_blocks(w, form, stream, &block, error);
	burst_writer_done(&block);
	return ok;
}

static bool write_ports(struct segment_writer *w, struct error *error)
{
	struct buffer *b = &w->scratch;
	for (uint64_t rest = PORT_FIELDS; rest != 0; rest &= rest - 1) {
		struct chunk chunk = { .kind = CHUNK_PORTS, .id = (uint8_t)__builtin_ctzll(rest) };
		b->length = 0;
		chunk.count = segment_ports_encode(w->ports, chunk.id, SEGMENT_VERSION, b);
		if (b->failed)
			return error_memory(error, "a segment's ports");
		if (chunk.count > 0 && !write_chunk(w, chunk, buffer_span(b), error))
			return false;
	}
	return true;
}

// 0: nobody kept any; 1: of some of what the day holds; 2: of all.
static void put_bursts(struct buffer *out, const struct store_bursts *bursts)
{
	buffer_u64(out, bursts->kept.is_some + bursts->kept.is_whole);
	buffer_u64(out, bursts->bursts);
	buffer_u64(out, bursts->packets);
	buffer_u64(out, bursts->kept.evicted_bursts);
	buffer_u64(out, bursts->kept.evicted_packets);
}

static bool write_summary(struct segment_writer *w, struct error *error)
{
	struct buffer *b = &w->scratch;
	b->length = 0;
	for (unsigned kind = 0; kind < HOST_KINDS; kind++)
		buffer_u64(b, w->summary.packets[kind]);
	buffer_u64(b, w->summary.syn_sources);
	for (unsigned f = 0; f < w->summary.fingerprint_count; f++) {
		buffer_u64(b, w->summary.syns[f]);
		buffer_u64(b, w->summary.sources[f]);
	}
	for (unsigned form = 0; form < BURST_FORMS; form++)
		put_bursts(b, &w->summary.bursts[form]);
	return b->failed
	               ? error_memory(error, "a segment")
	               : write_chunk(
				 w, (struct chunk){ .kind = CHUNK_SUMMARY, .count = w->host_count },
				 buffer_span(b), error);
}

static bool write_footer(struct segment_writer *w, uint32_t floor, uint64_t toc_digest,
                         struct error *error)
{
	struct buffer *b = &w->scratch;
	const uint64_t toc_offset = w->offset;
	if (!append(w, buffer_span(&w->toc), error))
		return false;
	b->length = 0;
	buffer_u64(b, toc_offset);
	buffer_u32(b, w->entry_count);
	buffer_u32(b, w->group_count);
	buffer_u64(b, w->host_count);
	buffer_u32(b, floor);
	buffer_u32(b, w->summary.fingerprint_count);
	buffer_u64(b, toc_digest);
	buffer_u64(b, w->offset + SEGMENT_FOOTER_SIZE);
	if (b->failed)
		return error_memory(error, "a segment");
	buffer_u64(b, segment_frame_checksum(w->header, b->bytes));
	buffer_append(b, SEGMENT_MAGIC, 8);
	assert(b->length == SEGMENT_FOOTER_SIZE);
	return append(w, buffer_span(b), error);
}

bool segment_writer_finish(struct segment_writer *w, uint32_t floor, struct store_segment *out,
                           struct segment_summary *out_summary, struct error *error)
{
	if (!end_hosts(w, error))
		return false;
	count_unknown(&w->summary);
	if (!write_sets(w, error) || !write_ports(w, error) || !write_summary(w, error))
		return false;
	const uint64_t toc_digest = XXH3_64bits(w->toc.bytes, w->toc.length);
	if (!write_footer(w, floor, toc_digest, error) || !w->disk->sync(w->file, error))
		return false;
	*out = (struct store_segment){ .day = w->day,
		                       .hosts = w->host_count,
		                       .bytes = w->offset,
		                       .floor = floor,
		                       .toc_digest = toc_digest };
	text_copy(out->file, sizeof out->file, w->name);
	*out_summary = w->summary;
	return true;
}
