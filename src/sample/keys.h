// SPDX-License-Identifier: MIT
// Which keys a file's tables have.
//
// All 256 are tried at once (marker.h). A marker counts for a key if its text goes on to an encoded end: bytes that print
// when decoded, and then the key; and one marker an entry. A key is accepted with three distinct markers that weigh
// KEYS_WEIGHT together; several keys in one file are normal (Akiru: 0xb4 and 0x54; LZRD: 0x22 and 0x04; Trend Micro 2019:
// 0x22, 0x37 and 0xea), so once there is one, another needs two markers or one of weight 3. Under 0x20
// markers of letters alone do not count: they may be capitals.
//
// Key 0 is clear text, which every program has. There it takes what only a bot has: `/bin/busybox X` as a whole
// text, of an X that is no applet, and either `X: applet not found` with the same X and one more marker, or four more;
// each a whole text between zero bytes. So BusyBox, and rules and lists that mention such texts, have no table.
//
// Credentials have a key of their own, and end with the true zero byte alone: three distinct ones, whole, where a
// table was found, else five.
#pragma once

#include "sample/entries.h"

enum {
	KEYS_MAX = 16,  // of a file; those with the most weight
	KEYS_WEIGHT = 4,
	KEYS_LOGINS = 3,
	KEYS_LOGINS_ALONE = 5,
};

struct key_found {
	uint8_t key;
	bool has_table, has_logins;
	enum entry_fill fill;
	unsigned markers, logins;  // distinct ones
	unsigned weight;           // of markers
	uint8_t image_key;  // behind nearly all encoded ends is this in the place of a zero byte; 0: no such
	uint32_t original;  // the published constant that folds to it, found in the file; 0: none
	size_t original_offset;
	// Where each marker was first, in no order.
	struct marker_hit evidence[MARKERS_MAX];
	size_t evidence_count;
};

struct keys {
	struct key_found found[KEYS_MAX];  // most weight first
	size_t count;
	bool is_cut;  // there are more
};

// Room for the search, the same for all files; NULL: no memory.
struct keys_room;
struct keys_room *keys_room_new(void);
void keys_room_free(struct keys_room *);  // accepts NULL

// `is_image`: the file was encoded as a whole and is not any more; of key 0 two more markers beside one of the two
// are enough then.
void keys_find(struct keys_room *, const struct marker_index *, struct span file, bool is_image,
               struct keys *out);
