// SPDX-License-Identifier: MIT
// Arbitrary bytes as a block of a store's file of records, behind its checksums: what is read of it is within bounds,
// and written again it is read as the same. Input: the form; how many records; of the rest, in 256ths, how much the columns
// are, and the texts (doc/store.md).
#include "base/memory.h"
#include "disk_memory.h"
#include "fuzz.h"
#include "store/records.h"

#include <stdlib.h>
#include <string.h>
#include <xxhash.h>
#include <zstd.h>

enum { INPUT_MAX = 1 << 16, PACKED_MAX = 2 * INPUT_MAX + 1024, RECORDS_MAX = 512 };
#define NAME "records"

static void put(uint8_t *at, uint64_t number, unsigned bytes)
{
	for (unsigned i = 0; i < bytes; i++)
		at[i] = (uint8_t)(number >> 8 * i);
}

// A section of one block, with its checksums; how long it is.
static size_t make_section(struct span columns, struct span texts, uint32_t count, uint8_t *out)
{
	uint8_t *at = out + RECORDS_BLOCK_HEADER_SIZE;
	const size_t first = ZSTD_compress(at, PACKED_MAX, columns.bytes, columns.length, 1);
	const size_t second = ZSTD_compress(at + first, PACKED_MAX, texts.bytes, texts.length, 1);
	REQUIRE(!ZSTD_isError(first) && !ZSTD_isError(second));
	put(out, count, 4);
	put(out + 4, columns.length, 4);
	put(out + 8, first, 4);
	put(out + 12, texts.length, 4);
	put(out + 16, second, 4);
	put(out + 20, 0, 4);
	put(out + 24, XXH3_64bits(at, first), 8);
	put(out + 32, XXH3_64bits(at + first, second), 8);
	return RECORDS_BLOCK_HEADER_SIZE + first + second;
}

static void require_within_bounds(const struct records_form *form, union store_record *record)
{
	struct span *spans[RECORDS_SPANS];
	size_t length = 0;
	const unsigned count = form->spans(record, spans);
	REQUIRE(count <= RECORDS_SPANS);
	for (unsigned i = 0; i < count; i++)
		length += spans[i]->length;
	REQUIRE(length <= RECORDS_SPAN_BYTES);
	if (form == &records_events) {
		const struct honeypot_event *e = &record->event;
		REQUIRE((unsigned)e->kind < HONEYPOT_EVENT_KINDS &&
		        (unsigned)e->protocol < HONEYPOT_PROTOCOLS);
	}
}

// All of a section, as far as it goes, to the writer if there is one, or beside another that says the same.
static uint64_t read_all(const struct records_form *form, struct records_reader *reader,
                         struct records_writer *writer, struct records_reader *other,
                         bool *out_is_whole)
{
	union store_record record, again;
	struct error error = { .kind = ERROR_NONE };
	uint64_t count = 0;
	bool ok = true;
	while (ok && reader->source.next(&reader->source, &record, &error)) {
		require_within_bounds(form, &record);
		count++;
		if (writer != NULL)
			ok = WORKS(records_writer_add(writer, &record, &error));
		if (other != NULL) {
			struct error ignored = { .kind = ERROR_NONE };
			ok = other->source.next(&other->source, &again, &ignored);
			REQUIRE(ok || fuzz_is_starving);
			REQUIRE(!ok || form->compare(&record, &again) == 0);
		}
	}
	*out_is_whole = ok && error.kind == ERROR_NONE;
	return count;
}

static bool open_section(struct records_reader *reader, const struct records_form *form,
                         struct span section, const struct records_section *is)
{
	struct error error;
	return WORKS(records_reader_open(reader, form, section, is, true, NAME, NULL, &error));
}

static void write_again(const struct records_form *form, struct span section,
                        const struct records_section *is)
{
	struct disk *disk;
	struct disk_file *file;
	struct records_reader reader, other;
	struct records_section written;
	struct span copy = { .length = 0 };
	struct error error;
	bool is_whole = false;
	if (!WORKS((disk = fuzz_disk_new()) != NULL))
		return;
	if (WORKS(disk->create(disk, NAME, &file, &error))) {
		struct records_writer *writer = records_writer_new(form, disk, file);
		if (WORKS(writer != NULL) && open_section(&reader, form, section, is)) {
			read_all(form, &reader, writer, NULL, &is_whole);
			records_reader_done(&reader);
			is_whole = is_whole && WORKS(records_writer_end(writer, &written, &error));
		}
		records_writer_free(writer);
		disk->close(file);
	}
	if (is_whole && WORKS(disk->map(disk, NAME, &copy, &error)) &&
	    open_section(&reader, form, section, is)) {
		REQUIRE(copy.length == written.bytes && written.count == is->count);
		if (open_section(&other, form, copy, &written)) {
			read_all(form, &reader, NULL, &other, &is_whole);
			records_reader_done(&other);
		}
		records_reader_done(&reader);
	}
	if (copy.bytes != NULL)
		disk->unmap(disk, copy);
	disk->free(disk);
}

void fuzz_one(struct span input)
{
	const struct records_form *form = records_forms[fuzz_u8(&input) % STORE_RECORDS];
	const uint32_t count = 1 + fuzz_u16(&input) % RECORDS_MAX;
	const size_t part = fuzz_u8(&input);
	struct records_reader reader;
	bool is_whole;
	if (input.length > INPUT_MAX)
		return;
	const size_t length = input.length * (part + 1) / 256;
	const struct span columns = { input.bytes, length };
	uint8_t *section = fuzz_room(2 * PACKED_MAX);
	const size_t bytes = make_section(columns, span_from(input, length), count, section);
	const struct records_section is = { bytes, count,
		                            XXH3_64bits(section, RECORDS_BLOCK_HEADER_SIZE) };
	const struct span span = { section, bytes };
	if (open_section(&reader, form, span, &is)) {
		const uint64_t got = read_all(form, &reader, NULL, NULL, &is_whole);
		records_reader_done(&reader);
		REQUIRE(!is_whole || got == count);
		if (is_whole)
			write_again(form, span, &is);
	}
	free(section);
}
