// SPDX-License-Identifier: MIT
// Texts that bots of the Mirai kind keep in their tables, found under all 256 keys at once.
//
// XOR with one byte changes every byte and leaves the difference (XOR) of neighbours as it was. So
// the differences of a text are looked for in the differences of the file, once, and the key follows from the first byte
// that is there: key 0 is the text itself. A case that is swapped is key 0x20, for letters alone.
//
// Sources: the table of mirai-toushi (IIJ, sample/xor_table.json, sample/xor_scanner.json), the fields of
// its fork of 2026 that are scored, Trend Micro 2019-05-23 (a key for watchdogs, another for credentials), and the
// strings that honeypots see.
#pragma once

#include "base/cursor.h"

enum marker_kind {
	MARKER_TABLE,  // a piece of an entry
	MARKER_LOGIN,  // a user or password, whole
};

struct marker {
	const char *text;
	enum marker_kind kind;
	uint8_t weight;  // 1 to 3: longer ones, and those that hardly any other program has, tell more
	bool is_begin;     // entries begin with it
	bool has_letters;  // alone: it is there under key 0x20 where another case is meant
};

enum { MARKERS_MAX = 128, MARKER_LENGTH_MIN = 4 };
extern const struct marker markers[];
extern const size_t marker_count;

// What finds them; NULL: no memory. 64 KiB, for as many files as there are.
struct marker_index;
struct marker_index *marker_index_new(void);
void marker_index_free(struct marker_index *);  // accepts NULL

struct marker_hit {
	size_t offset;
	uint8_t marker;  // number in `markers`
	uint8_t key;
};

// Walks over the bytes once; hits come in ascending order of offsets, several of one offset in any.
struct marker_scan {
	const struct marker_index *index;
	struct span bytes;
	size_t at;      // private
	uint8_t tried;  // private
};
struct marker_scan marker_scan_over(const struct marker_index *, struct span bytes);
bool marker_next(struct marker_scan *, struct marker_hit *out);
