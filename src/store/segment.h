// SPDX-License-Identifier: MIT
// Private to store/: one segment file. doc/segment.md is the format, byte by byte.
#pragma once

#include "store/store.h"

enum {
	SEGMENT_VERSION = 4,
	SEGMENT_VERSION_BURSTS = 4,    // the first that says of bursts whether it has them
	SEGMENT_VERSION_TOOLS = 4,     // the first that may have fingerprints of tools
	SEGMENT_VERSION_EVIDENCE = 3,  // the first whose sets, sums and tables are by evidence
	SEGMENT_VERSION_PORTS = 2,     // the first with tables of ports
	SEGMENT_VERSION_MIN = 1,
	SEGMENT_HEADER_SIZE = 32,
	SEGMENT_FOOTER_SIZE = 64,
	SEGMENT_ENTRY_SIZE = 40,
	SEGMENT_BURSTS_SIZE = 40,        // of what the summary says of a form
	SEGMENT_ALIGNMENT = 8,           // chunks begin at multiples of it
	SEGMENT_FOOTER_CHECKED = 48,     // bytes of the footer under its checksum
	SEGMENT_GROUP_HOSTS = 65536,     // host-days in a row group at most
	SEGMENT_GROUP_BYTES = 16 << 20,  // a row group ends with the addition that passes this
	SEGMENT_GROUPS_MAX = 1 << 20,
	SEGMENT_COLUMN_BYTES_MAX = 64 << 20,
};
#define SEGMENT_MAGIC "HOTARUSG"

enum chunk_kind {
	CHUNK_COLUMN = 1,
	CHUNK_SET = 2,
	CHUNK_SUMMARY = 3,
	CHUNK_PORTS = 4,
	CHUNK_BURSTS = 5,
};

struct chunk {
	enum chunk_kind kind;
	uint8_t id;  // column, fingerprint (STORE_ALL: all SYNs), field of ports, or form of bursts
	uint32_t
		group;  // row group of a column; of a block of bursts: how many of its form come before it
	uint64_t offset, length;
	uint64_t
		count;  // host-days of a column, sources of a set, ports of a table, bursts of a block
	uint64_t checksum;  // XXH3-64 of the bytes
};

// A table of ports as the bytes of its chunk, appended; returns how many ports it has.
uint64_t segment_ports_encode(const struct port_counts *, unsigned field, unsigned version,
                              struct buffer *out);
// Fields of ports of the fingerprints that sources count for by evidence (hostday/evidence.h): since version 3, and
// those of tools since version 4, where they may be.
#define SEGMENT_WEIGHED_FIELDS ((uint64_t)fingerprints_weighed << FIELD_MATCHED_PORT)
#define SEGMENT_EVIDENCE_FIELDS                                                                    \
	((uint64_t)(fingerprints_weighed | FINGERPRINT_TOOLS) << FIELD_MATCHED_PORT)

// Sums over the host-days of a segment.
struct segment_summary {
	uint64_t packets[HOST_KINDS];
	uint64_t syns[FINGERPRINTS_MAX];     // by fingerprint
	uint64_t sources[FINGERPRINTS_MAX];  // that count for it
	uint64_t syn_sources;
	uint32_t fingerprint_count;
	struct store_bursts bursts[BURST_FORMS];
};

// The checksum in the footer: of the header and the first bytes of the footer.
uint64_t segment_frame_checksum(const uint8_t *header, const uint8_t *footer);

// Writing: host-days in ascending order of sources, one by one or in batches.
struct segment_writer;
bool segment_writer_new(struct disk *, const char *name, int32_t day, uint64_t begin_ns,
                        uint32_t fingerprint_count, struct segment_writer **out,
                        struct error *error) MUST_CHECK;
bool segment_writer_add(struct segment_writer *, const struct host_day *,
                        struct error *error) MUST_CHECK;
bool segment_writer_append(struct segment_writer *, const struct host_batch *batch,
                           struct error *error) MUST_CHECK;
// All bursts of a form, behind all host-days; forms ascend. One that is not kept is left out. The stream stays the
// caller's.
bool segment_writer_bursts(struct segment_writer *, enum burst_form, struct holdings_kept,
                           struct burst_stream *, struct error *error) MUST_CHECK;
// Writes sets, table of contents and footer, and syncs. Fills what the catalogue keeps.
bool segment_writer_finish(struct segment_writer *, uint32_t floor, struct store_segment *out,
                           struct segment_summary *out_summary, struct error *error) MUST_CHECK;
void segment_writer_free(struct segment_writer *);  // accepts NULL

// Reading: a mapped file. Nothing of it may be used before it was checked.
struct segment;
bool segment_map(struct disk *, const struct store_segment *, struct segment **out,
                 struct error *error) MUST_CHECK;
// Checks header, footer and table of contents; once is enough, later calls do nothing.
bool segment_check(struct segment *, const struct store_segment *expected,
                   struct error *error) MUST_CHECK;
// Whoever finds something wrong with it from now on sets the flag.
void segment_watch(struct segment *, atomic_bool *is_suspect);
// Both.
bool segment_open(struct disk *, const struct store_segment *, struct segment **out,
                  struct error *error) MUST_CHECK;
void segment_free(struct segment *);  // accepts NULL

size_t segment_chunk_count(const struct segment *);
const struct chunk *segment_chunk(const struct segment *, size_t index);
uint32_t segment_group_count(const struct segment *);
uint64_t segment_begin_ns(const struct segment *);
uint64_t segment_length(const struct segment *);
uint64_t segment_host_count(const struct segment *);

// The bytes of a chunk, after its checksum was compared.
bool segment_chunk_bytes(const struct segment *, const struct chunk *, struct span *out,
                         struct error *error) MUST_CHECK;
// Only compares it, a piece at a time; then nothing of it is in memory.
bool segment_chunk_check(const struct segment *, const struct chunk *,
                         struct error *error) MUST_CHECK;
// The same before it was compared: bytes of a stranger, of which nothing may be believed.
struct span segment_chunk_unchecked(const struct segment *, const struct chunk *);
// The file, to be read without the map; the caller closes it on segment_disk(). False: it cannot be
// opened, for it was replaced, or too many files are open. The map still has its bytes.
bool segment_file(const struct segment *, struct disk_file **out) MUST_CHECK;
struct disk *segment_disk(const struct segment *);
// Lets go of the memory of bytes of the map; they come back when they are looked at.
void segment_release(const struct segment *, uint64_t from, uint64_t to);
void segment_chunk_release(const struct segment *, const struct chunk *);
// Whether it is a column of those that are read where these are wanted.
bool segment_is_wanted(const struct chunk *, uint64_t wanted);
// Whether chunks follow each other as they were written, zeros between them.
bool segment_is_padded(const struct segment *);
// NULL: there is none (an empty set, a column that no host-day has).
const struct chunk *segment_find(const struct segment *, enum chunk_kind kind, uint8_t id,
                                 uint32_t group);
bool segment_summary(const struct segment *, struct segment_summary *out,
                     struct error *error) MUST_CHECK;

// The ports of one of PORT_FIELDS in a segment, ascending: packets, and the sources that sent them.
// A segment that an older hotaru wrote has none of these tables, or none by evidence: its host-days have to
// be asked.
struct store_ports {
	bool is_there;  // false: it is such a segment
	const struct segment *segment;
	const struct chunk *chunk;  // NULL: no source used any
	struct cursor rest;
	uint64_t left, sources_max;
	unsigned sources_less;  // than there are, by so many, is what the table says
	uint32_t next;
};
bool store_segment_ports(struct store *, size_t index, unsigned field, struct store_ports *out,
                         struct error *error) MUST_CHECK;
// False at the end (then *error is ERROR_NONE) or at damage. Different tables may be read by
// different threads, until store_close().
bool store_ports_next(struct store_ports *, struct port_count *out, struct error *error) MUST_CHECK;
// When it was read: nothing of it stays in memory.
void store_ports_release(const struct store_ports *);

// Whether the segment has tables of ports at all; if so, the one of the field.
bool segment_has_ports(const struct segment *);
// Whether sets, sums and tables are by evidence; else by what matches.
bool segment_is_by_evidence(const struct segment *);
unsigned segment_version(const struct segment *);
bool segment_ports(const struct segment *, unsigned field, struct store_ports *out,
                   struct error *error) MUST_CHECK;
// "It is damaged: WHAT", with its name and what to do, as ERROR_CORRUPT. Returns false.
bool segment_damaged(const struct segment *, const char *what, struct error *error);

// Compares the checksums of the chunks with these column bits; of all chunks. Nothing of them stays in memory.
bool segment_check_columns(const struct segment *, uint64_t wanted, struct error *error) MUST_CHECK;
bool segment_check_all(const struct segment *, struct error *error) MUST_CHECK;

// The host-days of a segment as a stream. Before anything of a row group is believed its checksums are compared, a piece
// at a time; then its columns are read through windows of so many bytes each. Memory: the windows, and what a
// host-day takes that is larger.
enum { SEGMENT_WINDOW_MIN = 256, SEGMENT_WINDOW_MAX = 16 << 10 };
struct segment_hosts;
unsigned segment_columns(uint64_t wanted);  // how many they are at most
struct segment_hosts *segment_hosts_new(const struct segment *, uint64_t wanted,
                                        size_t window_bytes);
void segment_hosts_free(struct segment_hosts *);
struct host_stream *segment_hosts_stream(struct segment_hosts *);
const struct error *segment_hosts_error(struct segment_hosts *);

// The bursts of a form that a segment has, of which one block at a time is looked at: none, where it keeps none.
// Each block's checksum is compared before anything of it is believed. NULL: no memory.
struct burst_stream *segment_bursts_new(const struct segment *, enum burst_form);
