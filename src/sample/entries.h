// SPDX-License-Identifier: MIT
// The entries of an encoded table, for one key: texts and ports.
//
// The bot has an array of pointers and lengths; what they point to are literals of its source, one behind the other. A
// text is encoded with the zero byte at its end, which becomes the key, and behind it the compiler puts a zero byte of its
// own, and perhaps some to align what comes. A port is two bytes, big-endian, encoded, without an end
// (mirai-toushi, Morishita, CSS 2024).
//
// Decoded first, split then: a text ends where the key stands and nowhere else, because a zero byte of the file
// may be a letter. Under 0x62 `/bin/busybox` has two zero bytes, under 0x54 `TSource Engine Query` begins with
// one. So true zero bytes are hints only, taken where the key is no character, where a port or a clear text
// stands alone between them, and, for the first letter, where all other entries begin as their alignment wants it.
//
// What belongs together: entries that follow each other with nothing but such fill and ports between
// them, of which one has a marker; and what stands alone between zero bytes, has four letters, and looks better decoded.
#pragma once

#include "sample/elf.h"
#include "sample/marker.h"

enum {
	ENTRY_TEXT_MAX = 512,  // longer entries are none
	ENTRIES_MAX = 4096,    // of a file, all keys together
};

// What stands behind an encoded text.
enum entry_fill {
	FILL_ZERO,  // the compiler's zero byte
	FILL_KEY,   // the same, encoded too: the whole image is; or the key is 0
	FILL_NONE,  // the next entry
};

struct entry {
	size_t offset, length;  // in the file, the encoded end included
	uint8_t key;
	bool is_port;
	uint16_t port;
};

struct entries {
	struct entry *entries;  // ascending offsets
	size_t count, capacity;
	bool is_cut;  // there are more than ENTRIES_MAX
	bool is_out_of_memory;
};

// What else is known of the file.
struct entries_way {
	const struct marker_index *index;
	const struct elf *elf;  // entries of different parts do not follow each other
	size_t wall;  // no entry reaches over it: where the constant of the key ends; 0: nobody knows
};

// Adds what is found under the key.
void entries_decode(struct entries *, struct span file, const struct entries_way *, uint8_t key,
                    enum entry_fill fill);
void entries_done(struct entries *);

// Under one key may be what belongs to another: of entries that lie over each other the longer stays. Sorts by offset.
void entries_settle(struct entries *);

// The text of an entry, decoded, without its end; at most ENTRY_TEXT_MAX bytes. Returns its length.
size_t entry_text(struct span file, const struct entry *, char out[ENTRY_TEXT_MAX + 1]);

// Whether a decoded byte can be in a text: ASCII that prints, tab and line ends.
static inline bool entry_is_text(uint8_t byte)
{
	return (byte >= 0x20 && byte < 0x7f) || byte == '\t' || byte == '\r' || byte == '\n';
}
