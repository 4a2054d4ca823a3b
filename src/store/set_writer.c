// SPDX-License-Identifier: MIT
#include "store/set_writer.h"

#include "base/memory.h"
#include "base/text.h"
#include "ipset/ipset.h"

enum { PIECE_BYTES = 64 << 10 };

// Bytes of a set that are in the file.
struct extent {
	uint64_t offset;
	size_t length;
	unsigned set;
};

struct set_writer {
	struct disk *disk;
	struct disk_file *file;  // NULL: nothing was put aside
	char name[STORE_NAME_SIZE];
	uint64_t file_bytes;
	size_t memory;
	struct ipset_builder *sets[SET_WRITER_SETS];
	struct extent *extents;  // as they were written
	size_t count, capacity;
	uint8_t piece[PIECE_BYTES];
};

struct set_writer *set_writer_new(struct disk *disk, const char *segment, uint64_t mask,
                                  size_t memory)
{
	struct set_writer *w = memory_new(1, sizeof *w);
	if (w == NULL)
		return NULL;
	w->disk = disk;
	w->memory = memory;
	bool ok = text_format(w->name, sizeof w->name, "sets-%s", segment);
	for (unsigned i = 0; i < SET_WRITER_SETS; i++)
		if (mask >> i & 1)
			ok = (w->sets[i] = ipset_builder_new()) != NULL && ok;
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
	for (unsigned i = 0; i < SET_WRITER_SETS; i++)
		ipset_builder_free(w->sets[i]);
	memory_free(w->extents);
	memory_free(w);
}

void set_writer_add(struct set_writer *w, unsigned set, uint32_t source)
{
	ipset_builder_add(w->sets[set], source);
}

static struct extent *new_extent(struct set_writer *w)
{
	if (w->count == w->capacity) {
		const size_t capacity = 2 * w->capacity + 64;
		struct extent *more = memory_resize(w->extents, capacity, sizeof *more);
		if (more == NULL)
			return NULL;
		w->extents = more;
		w->capacity = capacity;
	}
	return &w->extents[w->count++];
}

static bool put_aside(struct set_writer *w, unsigned set, struct error *error)
{
	const struct span bytes = ipset_builder_bytes(w->sets[set]);
	if (w->file == NULL && !w->disk->create(w->disk, w->name, &w->file, error))
		return false;
	struct extent *extent = new_extent(w);
	if (extent == NULL)
		return error_memory(error, "a set of sources");
	if (!w->disk->append(w->file, bytes, error))
		return false;
	*extent = (struct extent){ w->file_bytes, bytes.length, set };
	w->file_bytes += bytes.length;
	ipset_builder_forget(w->sets[set]);
	return true;
}

static size_t held(const struct set_writer *w, unsigned set)
{
	return w->sets[set] == NULL ? 0 : ipset_builder_held(w->sets[set]);
}

bool set_writer_settle(struct set_writer *w, struct error *error)
{
	size_t bytes = 0;
	for (unsigned i = 0; i < SET_WRITER_SETS; i++)
		bytes += held(w, i);
	for (unsigned i = 0; bytes > w->memory && i < SET_WRITER_SETS; i++)
		if (held(w, i) > 0 && !put_aside(w, i, error))
			return false;
	return true;
}

static bool hand_out(struct set_writer *w, const struct extent *extent, set_writer_take *take,
                     void *context, struct error *error)
{
	for (size_t at = 0, length; at < extent->length; at += length) {
		length = extent->length - at < PIECE_BYTES ? extent->length - at : PIECE_BYTES;
		if (!w->disk->read_at(w->file, extent->offset + at, w->piece, length, error) ||
		    !take(context, (struct span){ w->piece, length }, error))
			return false;
	}
	return true;
}

bool set_writer_finish(struct set_writer *w, unsigned set, set_writer_take *take, void *context,
                       struct error *error)
{
	struct span head, rest;
	if (!ipset_builder_end(w->sets[set], &head, &rest))
		return error_memory(error, "a set of sources");
	bool ok = take(context, head, error);
	for (size_t i = 0; ok && i < w->count; i++)
		ok = w->extents[i].set != set || hand_out(w, &w->extents[i], take, context, error);
	ok = ok && take(context, rest, error);
	ipset_builder_clear(w->sets[set]);
	return ok;
}
