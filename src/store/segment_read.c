// SPDX-License-Identifier: MIT
// A mapped segment file. Opening checks footer, header and table of contents; the
// bytes of a chunk are checked against its checksum whenever they are asked for,
// so that damage is found before it is believed, and named.
#include "store/segment.h"

#include "base/memory.h"
#include "base/text.h"

#include <xxhash.h>

enum {
	PIECE_BYTES = 1 << 20,   // that are in memory at a time, of a chunk that is only checked
	AROUND_BYTES = 2 << 20,  // that the kernel maps before and behind a byte, at most
};

struct segment {
	struct disk *disk;
	char file[STORE_NAME_SIZE];
	struct span bytes;
	struct chunk *chunks;
	uint32_t chunk_count, group_count, fingerprint_count, floor;
	uint64_t host_count, begin_ns;
	int32_t day;
	unsigned version;
	bool is_checked;
	atomic_bool *is_suspect;  // NULL: nobody wants to know
};

static bool damaged(const char *file, const char *what, struct error *error)
{
	return error_set(error, ERROR_CORRUPT,
	                 "segment '%s' is damaged: %s; restore it, or see `hotaru verify "
	                 "--drop-damaged`",
	                 file, what);
}

bool segment_damaged(const struct segment *s, const char *what, struct error *error)
{
	if (s->is_suspect != NULL)
		atomic_store(s->is_suspect, true);
	return damaged(s->file, what, error);
}

void segment_watch(struct segment *s, atomic_bool *is_suspect)
{
	s->is_suspect = is_suspect;
}

static bool check_header(struct segment *s, struct error *error)
{
	if (s->bytes.length < SEGMENT_HEADER_SIZE + SEGMENT_FOOTER_SIZE)
		return segment_damaged(s, "it is too short", error);
	if (memcmp(s->bytes.bytes, SEGMENT_MAGIC, 8) != 0)
		return segment_damaged(s, "it does not begin with the magic of a segment", error);
	s->version = span_u16_le(s->bytes, 8);
	if (s->version < SEGMENT_VERSION_MIN || s->version > SEGMENT_VERSION)
		return error_set(
			error, ERROR_FAILED,
			"segment '%s' has format %u, this hotaru reads %d to %d; use a newer hotaru",
			s->file, s->version, SEGMENT_VERSION_MIN, SEGMENT_VERSION);
	if (span_u16_le(s->bytes, 10) != SEGMENT_HEADER_SIZE || span_u32_le(s->bytes, 12) != 0 ||
	    span_u32_le(s->bytes, 20) != 0)
		return segment_damaged(s, "its header", error);
	s->day = (int32_t)span_u32_le(s->bytes, 16);
	s->begin_ns = span_u64_le(s->bytes, 24);
	return true;
}

bool segment_has_ports(const struct segment *s)
{
	return s->version >= SEGMENT_VERSION_PORTS;
}

bool segment_is_by_evidence(const struct segment *s)
{
	return s->version >= SEGMENT_VERSION_EVIDENCE;
}

unsigned segment_version(const struct segment *s)
{
	return s->version;
}

static bool read_chunk(struct segment *s, struct span entry, uint64_t end, struct chunk *out)
{
	*out = (struct chunk){
		.kind = span_u8(entry, 0),
		.id = span_u8(entry, 1),
		.group = span_u32_le(entry, 4),
		.offset = span_u64_le(entry, 8),
		.length = span_u64_le(entry, 16),
		.count = span_u64_le(entry, 24),
		.checksum = span_u64_le(entry, 32),
	};
	if (out->offset < SEGMENT_HEADER_SIZE || out->offset > end ||
	    out->length > end - out->offset)
		return false;
	switch (out->kind) {
	case CHUNK_COLUMN: return out->id < COLUMN_COUNT && out->group < s->group_count;
	case CHUNK_SET: return out->id < s->fingerprint_count || out->id == STORE_ALL;
	case CHUNK_SUMMARY: return true;
	case CHUNK_BURSTS: return s->version >= SEGMENT_VERSION_BURSTS && out->id < BURST_FORMS;
	case CHUNK_PORTS:
		return segment_has_ports(s) && out->id < FIELD_COUNT && PORT_FIELDS >> out->id & 1;
	}
	return false;
}

static bool read_toc(struct segment *s, struct span footer, const struct store_segment *expected,
                     struct error *error)
{
	const uint64_t offset = span_u64_le(footer, 0), end = s->bytes.length - SEGMENT_FOOTER_SIZE;
	s->chunk_count = span_u32_le(footer, 8);
	s->group_count = span_u32_le(footer, 12);
	s->host_count = span_u64_le(footer, 16);
	s->floor = span_u32_le(footer, 24);
	s->fingerprint_count = span_u32_le(footer, 28);
	if (offset > end || end - offset != (uint64_t)s->chunk_count * SEGMENT_ENTRY_SIZE ||
	    s->fingerprint_count > FINGERPRINTS_MAX || s->group_count > SEGMENT_GROUPS_MAX)
		return segment_damaged(s, "its footer", error);
	const struct span toc = { s->bytes.bytes + offset, (size_t)(end - offset) };
	const uint64_t digest = XXH3_64bits(toc.bytes, toc.length);
	if (digest != span_u64_le(footer, 32) || digest != expected->toc_digest)
		return segment_damaged(s, "its table of contents", error);
	s->chunks = memory_new((size_t)s->chunk_count + 1, sizeof *s->chunks);
	if (s->chunks == NULL)
		return error_memory(error, "a segment");
	for (uint32_t i = 0; i < s->chunk_count; i++) {
		const struct span entry = { toc.bytes + (size_t)i * SEGMENT_ENTRY_SIZE,
			                    SEGMENT_ENTRY_SIZE };
		if (!read_chunk(s, entry, offset, &s->chunks[i]))
			return segment_damaged(s, "an entry of its table of contents", error);
	}
	return true;
}

static bool check(struct segment *s, const struct store_segment *expected, struct error *error)
{
	if (!check_header(s, error))
		return false;
	const struct span footer = { s->bytes.bytes + s->bytes.length - SEGMENT_FOOTER_SIZE,
		                     SEGMENT_FOOTER_SIZE };
	if (memcmp(footer.bytes + 56, SEGMENT_MAGIC, 8) != 0 ||
	    span_u64_le(footer, 40) != s->bytes.length ||
	    span_u64_le(footer, 48) != segment_frame_checksum(s->bytes.bytes, footer.bytes))
		return segment_damaged(s, "its header or footer", error);
	if (!read_toc(s, footer, expected, error))
		return false;
	if (s->bytes.length != expected->bytes || s->day != expected->day ||
	    s->host_count != expected->hosts || s->floor != expected->floor)
		return segment_damaged(s, "it is not the one that the catalogue names", error);
	return true;
}

// If something else has its name, or nothing, that is damage; of a file that cannot be opened nobody knows.
static void not_there(struct disk *disk, const char *file, struct error *error)
{
	const enum disk_entry entry = disk->look(disk, file);
	char what[64];
	if (entry == ENTRY_FILE)
		return;
	if (entry == ENTRY_NONE)
		text_copy(what, sizeof what, "it is missing");
	else
		text_format(what, sizeof what, "it is no file, but %s", disk_entry_names[entry]);
	damaged(file, what, error);
}

bool segment_map(struct disk *disk, const struct store_segment *entry, struct segment **out,
                 struct error *error)
{
	struct segment *s = memory_new(1, sizeof *s);
	if (s == NULL)
		return error_memory(error, "a segment");
	s->disk = disk;
	text_copy(s->file, sizeof s->file, entry->file);
	if (!disk->map(disk, entry->file, &s->bytes, error)) {
		not_there(disk, entry->file, error);
		segment_free(s);
		return false;
	}
	*out = s;
	return true;
}

bool segment_check(struct segment *s, const struct store_segment *expected, struct error *error)
{
	if (s->is_checked)
		return true;
	memory_free(s->chunks);
	s->chunks = NULL;
	s->is_checked = check(s, expected, error);
	// Of thousands of segments that are asked for one number each, no more should stay in
	// memory than what was copied: around each byte the kernel maps another 64 KiB.
	segment_release(s, 0, s->bytes.length);
	return s->is_checked;
}

bool segment_open(struct disk *disk, const struct store_segment *expected, struct segment **out,
                  struct error *error)
{
	struct segment *s;
	if (!segment_map(disk, expected, &s, error))
		return false;
	if (!segment_check(s, expected, error)) {
		segment_free(s);
		return false;
	}
	*out = s;
	return true;
}

void segment_free(struct segment *s)
{
	if (s == NULL)
		return;
	s->disk->unmap(s->disk, s->bytes);
	memory_free(s->chunks);
	memory_free(s);
}

size_t segment_chunk_count(const struct segment *s)
{
	return s->chunk_count;
}

const struct chunk *segment_chunk(const struct segment *s, size_t index)
{
	return &s->chunks[index];
}

uint32_t segment_group_count(const struct segment *s)
{
	return s->group_count;
}

uint64_t segment_begin_ns(const struct segment *s)
{
	return s->begin_ns;
}

uint64_t segment_length(const struct segment *s)
{
	return s->bytes.length;
}

uint64_t segment_host_count(const struct segment *s)
{
	return s->host_count;
}

struct span segment_chunk_unchecked(const struct segment *s, const struct chunk *chunk)
{
	return (struct span){ s->bytes.bytes + chunk->offset, (size_t)chunk->length };
}

bool segment_file(const struct segment *s, struct disk_file **out)
{
	struct error ignored;
	return s->disk->open(s->disk, s->file, out, &ignored);
}

struct disk *segment_disk(const struct segment *s)
{
	return s->disk;
}

// Around a byte that is looked at the kernel maps what it likes, of large pages megabytes: also what was
// let go of before.
void segment_release(const struct segment *s, uint64_t from, uint64_t to)
{
	assert(from <= to && to <= s->bytes.length);
	if (from == to)
		return;
	from = from > AROUND_BYTES ? from - AROUND_BYTES : 0;
	to = s->bytes.length - to > AROUND_BYTES ? to + AROUND_BYTES : s->bytes.length;
	s->disk->release(s->disk, (struct span){ s->bytes.bytes + from, (size_t)(to - from) });
}

// Columns below COLUMN_FIELD are read always.
bool segment_is_wanted(const struct chunk *chunk, uint64_t wanted)
{
	return chunk->kind == CHUNK_COLUMN &&
	       (chunk->id < COLUMN_FIELD || ((wanted | COLUMNS_OF_PAIRS) & COLUMN_BIT(chunk->id)));
}

static bool chunk_damaged(const struct segment *s, const struct chunk *chunk, struct error *error)
{
	static const char *const names[] = { "", "column", "set", "summary", "ports", "bursts" };
	char what[96];
	text_format(what, sizeof what, "%s %u of group %u, at byte %llu", names[chunk->kind],
	            chunk->id, chunk->group, (unsigned long long)chunk->offset);
	return segment_damaged(s, what, error);
}

bool segment_chunk_bytes(const struct segment *s, const struct chunk *chunk, struct span *out,
                         struct error *error)
{
	const struct span bytes = segment_chunk_unchecked(s, chunk);
	if (XXH3_64bits(bytes.bytes, bytes.length) != chunk->checksum)
		return chunk_damaged(s, chunk, error);
	*out = bytes;
	return true;
}

void segment_chunk_release(const struct segment *s, const struct chunk *chunk)
{
	segment_release(s, chunk->offset, chunk->offset + chunk->length);
}

bool segment_chunk_check(const struct segment *s, const struct chunk *chunk, struct error *error)
{
	const struct span bytes = segment_chunk_unchecked(s, chunk);
	XXH3_state_t *hash = XXH3_createState();
	if (hash == NULL)
		return error_memory(error, "a checksum");
	XXH3_64bits_reset(hash);
	for (size_t at = 0, length; at < bytes.length; at += length) {
		const size_t left = bytes.length - at;
		length = left < PIECE_BYTES ? left : PIECE_BYTES;
		XXH3_64bits_update(hash, bytes.bytes + at, length);
		segment_release(s, chunk->offset + at, chunk->offset + at + length);
	}
	const bool is_same = XXH3_64bits_digest(hash) == chunk->checksum;
	XXH3_freeState(hash);
	return is_same || chunk_damaged(s, chunk, error);
}

bool segment_check_columns(const struct segment *s, uint64_t wanted, struct error *error)
{
	bool ok = true;
	for (uint32_t i = 0; ok && i < s->chunk_count; i++)
		if (segment_is_wanted(&s->chunks[i], wanted))
			ok = segment_chunk_check(s, &s->chunks[i], error);
	return ok;
}

bool segment_check_all(const struct segment *s, struct error *error)
{
	bool ok = true;
	for (uint32_t i = 0; ok && i < s->chunk_count; i++)
		ok = segment_chunk_check(s, &s->chunks[i], error);
	return ok;
}

bool segment_is_padded(const struct segment *s)
{
	uint64_t at = SEGMENT_HEADER_SIZE;
	for (uint32_t i = 0; i < s->chunk_count; i++) {
		if (s->chunks[i].offset != at)
			return false;
		at += s->chunks[i].length;
		for (; at % SEGMENT_ALIGNMENT != 0; at++)
			if (at >= s->bytes.length || s->bytes.bytes[at] != 0)
				return false;
		segment_release(s, s->chunks[i].offset, at);
	}
	return true;
}

const struct chunk *segment_find(const struct segment *s, enum chunk_kind kind, uint8_t id,
                                 uint32_t group)
{
	for (uint32_t i = 0; i < s->chunk_count; i++)
		if (s->chunks[i].kind == kind && s->chunks[i].id == id &&
		    s->chunks[i].group == group)
			return &s->chunks[i];
	return NULL;
}

// A segment of an older format has none.
static bool read_bursts(const struct segment *s, struct cursor *c, struct store_bursts *out)
{
	bool ok = true;
	for (unsigned form = 0; s->version >= SEGMENT_VERSION_BURSTS && form < BURST_FORMS;
	     form++) {
		const struct span sums = cursor_take(c, SEGMENT_BURSTS_SIZE);
		if (c->is_short)
			return false;
		const uint64_t kept = span_u64_le(sums, 0);
		ok = ok && kept <= 2;
		out[form] = (struct store_bursts){ { .is_some = kept > 0,
			                             .is_whole = kept == 2,
			                             .evicted_bursts = span_u64_le(sums, 24),
			                             .evicted_packets = span_u64_le(sums, 32) },
			                           span_u64_le(sums, 8),
			                           span_u64_le(sums, 16) };
	}
	return ok;
}

bool segment_summary(const struct segment *s, struct segment_summary *out, struct error *error)
{
	const struct chunk *chunk = segment_find(s, CHUNK_SUMMARY, 0, 0);
	struct span bytes;
	if (chunk == NULL)
		return segment_damaged(s, "it has no summary", error);
	if (!segment_chunk_bytes(s, chunk, &bytes, error))
		return false;
	struct cursor c = cursor_over(bytes);
	const struct span head = cursor_take(&c, (HOST_KINDS + 1) * 8);
	const struct span rest = cursor_take(&c, (size_t)s->fingerprint_count * 16);
	struct segment_summary summary = { .fingerprint_count = s->fingerprint_count };
	if (c.is_short || !read_bursts(s, &c, summary.bursts))
		return segment_damaged(s, "its summary", error);
	for (unsigned kind = 0; kind < HOST_KINDS; kind++)
		summary.packets[kind] = span_u64_le(head, (size_t)kind * 8);
	summary.syn_sources = span_u64_le(head, HOST_KINDS * 8);
	for (unsigned f = 0; f < s->fingerprint_count; f++) {
		summary.syns[f] = span_u64_le(rest, (size_t)f * 16);
		summary.sources[f] = span_u64_le(rest, (size_t)f * 16 + 8);
	}
	*out = summary;
	return true;
}
