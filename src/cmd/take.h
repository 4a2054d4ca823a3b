// SPDX-License-Identifier: MIT
// Private to cmd/: taking captures into a store, for `ingest` and for the analysis
// commands that are given captures.
#pragma once

#include "cmd/cmd.h"
#include "ingest/burst_sink.h"
#include "store/store.h"

// Options of everything that reads captures. The struct of such a command starts
// with struct take_command.
struct take_options {
	const char *zone, *telescope, *fingerprints;
	const char *fractions;
	uint64_t memory_bytes, threads;
	bool counts_copies;
	bool keeps_events;  // store_request.keeps_events; an option of `ingest`
	bool only_ledger;   // no option: for commands that ask for nothing else
};

// Words of --fractions, and the most that --memory takes; the least is INGEST_MEMORY_MIN.
extern const char *const take_fraction_words[];
#define TAKE_MEMORY_MAX (UINT64_C(1) << 40)

struct take_command {
	struct common_options common;
	struct take_options take;
	const char *databases[2];  // --country-db, --asn-db, by enum place_kind: cmd/atlas.h
};
extern const struct option_table take_table;
struct take_command take_defaults(void);

// The request that the options make. *out_text is the content of the file of
// fingerprints, NULL without one; the caller frees it.
bool take_request(const struct take_options *, struct store_request *out, char **out_text,
                  struct error *error) MUST_CHECK;

// How captures are taken into the store, which outlives what comes of it.
struct ingest_options take_ingest_options(struct store *, const struct take_options *);

// What makes bursts beside host-days, of the forms that the store keeps, as these options ask. The caller frees it, behind the ingest.
struct burst_sink *take_new_bursts(struct store *, const struct ingest_options *,
                                   struct error *error);
// Enters the sink, of which NULL is none, in the options of an ingest. `room` outlives ingest_new().
static inline void take_add_bursts(struct burst_sink *bursts, struct packet_sink **room,
                                   struct ingest_options *options)
{
	*room = bursts != NULL ? burst_sink_entry(bursts) : NULL;
	options->sinks = room;
	options->sink_count = bursts != NULL;
}

// Opens a capture as the options ask, which take_request() has found valid.
bool take_open(const struct take_options *, const char *name, struct capture **out,
               struct error *error) MUST_CHECK;

// Whether what can be read there is no capture at all. False where it cannot be read.
bool take_is_other(const struct take_options *, const char *name);

// What is to be done about a capture that takes so much memory to decompress: at the end of
// error->text. Nothing if it is 0.
void take_advise(uint64_t needed_bytes, struct error *error);

// What can be read only once: standard input, a pipe, a device.
bool take_reads_once(const char *name);

// Whether at least one of the captures can be opened; otherwise why the last one
// cannot, after printing why the others cannot. What can be read only once is not tried.
bool take_any_opens(const struct take_options *, const struct option_words *names,
                    struct error *error) MUST_CHECK;

struct take_result {
	size_t taken, known, damaged, unreadable;
	uint64_t frames, packets;
};

// Takes the captures in. Into a store that is kept, one that cannot be opened is reported and passed
// over, and one may come again when there is more of it (capture_may_grow()); else it is an error, and
// none does. Damage is warned of.
bool take_captures(struct store *, const struct take_command *, const struct option_words *names,
                   bool is_kept, struct take_result *out, struct error *error) MUST_CHECK;

// Takes captures that a store has in anew, for another telescope: in place of all that it has of packets, in one
// change. Which those are, cmd/recount.h finds out.
struct take_again {
	char *name;  // of the file
	struct capture_identity
		of;  // of the store; the file is the same content, or begins with it
	bool has_grown;
	uint32_t digests[BEGINNING_MAX];  // of one that has grown, up to the length of the other
};
struct take_anew {
	const char *telescope;
	const struct take_again *list;
	size_t count;
	const struct capture_identity *before;  // captures of the store that go
	size_t before_count;
};
bool take_captures_anew(struct store *, const struct take_command *, const struct take_anew *,
                        struct take_result *out, struct error *error) MUST_CHECK;
