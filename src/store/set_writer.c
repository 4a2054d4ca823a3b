// SPDX-License-Identifier: MIT
#include "store/set_writer.h"

#include "base/memory.h"
#include "base/text.h"

enum { PIECE_BYTES = 32 << 10, SPILL_NAME_SIZE = STORE_NAME_SIZE + 8 };

// Containers of one set, in the file aside.
struct extent {
	uint64_t offset, length;
};

struct set_writer {
	struct disk *disk;
	struct disk_file *file;  // aside; NULL: nothing is there yet
	uint64_t file_bytes;
	char name[SPILL_NAME_SIZE];
	uint32_t key;  // the /16 of the last source
	struct ipset_builder *sets[SETS];
	struct buffer extents[SETS];
	uint8_t piece[PIECE_BYTES];
};

struct set_writer *set_writer_new(struct disk *disk, const char *name, uint32_t fingerprint_count)
{
	struct set_writer *w = memory_new(1, sizeof *w);
	if (w == NULL)
		return NULL;
	bool ok = true;
	w->disk = disk;
	text_format(w->name, sizeof w->name, "%s.spill", name);
	for (unsigned i = 0; i < SETS; i++) {
		w->extents[i] = buffer_up_to(SIZE_MAX);
		if (i < fingerprint_count || i == FINGERPRINT_UNKNOWN || i == SET_ALL)
			ok = (w->sets[i] = ipset_builder_new()) != NULL && ok;
	}
	if (ok)
		return w;
	set_writer_free(w);
	return NULL;
}

void set_writer_free(struct set_writer *w)
{
	struct error ignored;
	if (w == NULL)
		return;
	if (w->file != NULL) {
		w->disk->close(w->file);
		w->disk->remove(w->disk, w->name, &ignored);
	}
	for (unsigned i = 0; i < SETS; i++) {
		ipset_builder_free(w->sets[i]);
		buffer_done(&w->extents[i]);
	}
	memory_free(w);
}

static bool put_aside(struct set_writer *w, unsigned set, struct error *error)
{
	const struct span bytes = ipset_builder_containers(w->sets[set]);
	const struct extent extent = { .offset = w->file_bytes, .length = bytes.length };
	if (bytes.length > 0 && !w->disk->append(w->file, bytes, error))
		return false;
	w->file_bytes += bytes.length;
	if (bytes.length > 0)
		buffer_append(&w->extents[set], &extent, sizeof extent);
	return (!w->extents[set].failed && ipset_builder_forget(w->sets[set])) ||
	       error_memory(error, "a set of sources");
}

// Looked at once a /16: a source alone adds too little.
static bool begin_key(struct set_writer *w, uint32_t key, struct error *error)
{
	size_t bytes = 0;
	w->key = key;
	for (unsigned i = 0; i < SETS; i++)
		if (w->sets[i] != NULL)
			bytes += ipset_builder_containers(w->sets[i]).length;
	if (bytes < SET_WRITER_ROOM)
		return true;
	if (w->file == NULL && !w->disk->create(w->disk, w->name, &w->file, error))
		return false;
	for (unsigned i = 0; i < SETS; i++)
		if (w->sets[i] != NULL && !put_aside(w, i, error))
			return false;
	return true;
}

bool set_writer_add(struct set_writer *w, uint64_t sets, uint32_t source, struct error *error)
{
	if (source >> 16 != w->key && !begin_key(w, source >> 16, error))
		return false;
	for (; sets != 0; sets &= sets - 1)
		ipset_builder_add(w->sets[__builtin_ctzll(sets)], source);
	return true;
}

static bool hand_on_extent(struct set_writer *w, struct extent extent, set_receiver *each,
                           void *context, struct error *error)
{
	while (extent.length > 0) {
		const size_t length = extent.length < PIECE_BYTES ? (size_t)extent.length
		                                                  : PIECE_BYTES;
		if (!w->disk->read_at(w->file, extent.offset, w->piece, length, error) ||
		    !each(context, (struct span){ w->piece, length }, error))
			return false;
		extent.offset += length;
		extent.length -= length;
	}
	return true;
}

static bool hand_on_head(struct ipset_builder *set, set_receiver *each, void *context,
                         struct error *error)
{
	struct buffer head = buffer_up_to(SIZE_MAX);
	const bool ok = ipset_builder_head(set, &head) ? each(context, buffer_span(&head), error)
	                                               : error_memory(error, "a set of sources");
	buffer_done(&head);
	return ok;
}

bool set_writer_end(struct set_writer *w, unsigned set, set_receiver *each, void *context,
                    struct error *error)
{
	if (!hand_on_head(w->sets[set], each, context, error))
		return false;
	const struct buffer *extents = &w->extents[set];
	for (size_t at = 0; at < extents->length; at += sizeof(struct extent)) {
		struct extent extent;
		memcpy(&extent, extents->bytes + at, sizeof extent);
		if (!hand_on_extent(w, extent, each, context, error))
			return false;
	}
	if (!each(context, ipset_builder_containers(w->sets[set]), error))
		return false;
	ipset_builder_clear(w->sets[set]);
	return true;
}
