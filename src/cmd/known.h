// SPDX-License-Identifier: MIT
// Private to cmd/: the captures that are known, those of a store and those that a run has read, and
// whether another is one of them, goes on from one, or is the beginning of one.
//
// A capture that goes on from a known one takes its place, and only what is new in it counts; one that is
// the beginning of a known one adds nothing. So in whatever order captures come, those count, each once,
// that no other goes on from. What decides is content, after decompression:
//
// The same, and "goes on from", are exact: by length and XXH3-128 of all of the known one. "Is the
// beginning of" is so up to the greatest stated length that the shorter one reaches (capture/beginning.h:
// all of its bytes up to 64, then at least 16 of 17): its digests at all of them are those of the longer
// one. It is not found where the longer one was taken in by a hotaru that kept no digests, nor behind
// the first KNOWN_ALIKE_MAX that begin alike.
//
// What begins alike is found by keys, so that the time for a capture does not depend on how many there
// are; each takes about half a KiB of memory.
#pragma once

#include "cmd/take.h"

enum { KNOWN_ALIKE_MAX = 256 };

struct known_capture {
	struct capture_identity identity;  // length 0: another has taken its place
	uint64_t head;
	uint32_t read;  // 0: it is in the store; else number among those of the run, from 1
	const uint32_t *beginning;  // of one of the run; as long as that is not committed
};

struct known_captures;

// The options outlive it: files are opened by them. A store of NULL has none.
bool known_open(struct store *, const struct take_options *, struct known_captures **out,
                struct error *error) MUST_CHECK;
void known_free(struct known_captures *);  // accepts NULL

// One of the run, which is there until known_committed(): then it is in the store.
bool known_add(struct known_captures *, const struct store_capture *, uint32_t read,
               struct error *error) MUST_CHECK;
void known_committed(struct known_captures *);
// Another, which was added, has taken its place.
void known_outgrown(struct known_captures *, const struct capture_identity *);

enum kinship { KIN_NONE, KIN_SAME, KIN_SHORTER, KIN_LONGER };
struct kin {
	enum kinship kinship;     // of the capture that was asked about
	struct known_capture of;  // to this one
};

// What a file that was just opened is. It is read a second time only if it begins like a long one.
// *digests are then those of its beginning: what is ingested has to begin so, too.
bool known_find(struct known_captures *, const char *name, struct capture *, struct kin *out,
                uint32_t digests[BEGINNING_MAX], struct error *error) MUST_CHECK;

// Of a stream: what it may go on from, for ingest_capture(), and to be freed; the capture pauses there.
// After it was read, what it is: KIN_LONGER is not looked for.
struct known_watch {
	struct capture_identity *list, *found;
	size_t count;
};
bool known_watch(struct known_captures *, struct capture *, struct known_watch *out,
                 struct error *error) MUST_CHECK;
void known_watch_done(struct known_watch *);
bool known_find_read(struct known_captures *, const struct capture *, struct kin *out,
                     struct error *error) MUST_CHECK;
// The one that has that identity.
struct kin known_longer_than(const struct known_captures *, const struct capture_identity *);
