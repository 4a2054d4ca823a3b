// SPDX-License-Identifier: MIT
// Captures -> packets that count -> sinks, of which the last makes host-days of them.
//
// Ingest reads and decodes a capture, enters every frame in a ledger, and hands the packets that
// count to a list of sinks, batch by batch. It knows nothing of what they make of them.
// host_day_sink.h is the last of them; others are given with the options.
#pragma once

#include "base/calendar.h"
#include "base/disk.h"
#include "capture/capture.h"
#include "hostday/hostday.h"
#include "ingest/elsewhere.h"
#include "ingest/ledger.h"
#include "ingest/seen.h"
#include "ipset/telescope.h"

enum { INGEST_MEMORY_MIN = 64 << 20 };

// An outlet of the packet stream: somebody's struct that begins with these functions. All are
// called by the thread that reads, one after the other.
//
// A sink sees the packets that the ledger counts as such (kind_is_packet(), and inside the
// telescope), each once, with its fingerprints, in the order in which captures have them; copies that
// are left out (copies.h) are none of them. What it
// keeps of them is bounded by a limit of its own. What it hands out at the end must not depend on
// threads, on memory, or on where a batch ends; if it depends on the order of captures, that is for
// its header to say.
//
// In any order and number come packets() and end_capture(), then finish(), then forget(): after it
// the sink is as new, and may be used again. After a failure there is only forget().
struct packet_sink {
	// `count` > 0. Packets, and the bytes that their `ip` points to, are valid until it returns;
	// packets of flows stand for several.
	bool (*packets)(struct packet_sink *, const struct packet *packets, size_t count,
	                struct error *);
	// The capture was read to its end, and its last packets were handed on. NULL: it makes no
	// difference to the sink.
	bool (*end_capture)(struct packet_sink *, struct error *);
	// All captures were read: hands out what came of them. Where to is between the sink and
	// whoever made it.
	bool (*finish)(struct packet_sink *, struct error *);
	// Drops all that is kept of packets: it was handed out, or somebody failed. Also comes
	// where nothing is kept.
	void (*forget)(struct packet_sink *);
};

enum { INGEST_SINKS_MAX = 8 };

struct ingest_options {
	const struct zone *zone;
	const struct telescope *telescope;  // NULL: every destination counts
	const struct fingerprint_set *fingerprints;
	// For the pool, blocks and scratch of host-days; below INGEST_MEMORY_MIN it is slow.
	uint64_t memory_bytes;
	unsigned threads;
	bool only_ledger;        // make no host-days
	bool counts_copies;      // though each packet comes several times (copies.h)
	struct disk *disk;       // for the spill file
	const char *spill_name;  // its name there; removed when ingest is done
	// Where packets that the telescope turns away are added, but for those that were known; NULL: nobody
	// asks. It outlives the ingest.
	struct elsewhere *elsewhere;
	// Further sinks, ahead of host-days: what they make of a day is there when it is written. They stay the
	// caller's, and outlive the ingest.
	struct packet_sink *const *sinks;
	size_t sink_count;  // at most INGEST_SINKS_MAX
};

struct ingest;

struct ingest *ingest_new(const struct ingest_options *, struct error *error);
// Accepts NULL. What was read and not finished is forgotten, by all sinks.
void ingest_free(struct ingest *);

// Called now and then while a capture is read.
typedef void ingest_tick(void *context, const struct capture *, uint64_t frames);

// Reads the capture to its end. What it ended with is for the caller to ask:
// capture_damage(). False: a sink failed (no memory, the spill file cannot be written), or the user
// interrupts; then there is only ingest_free().
bool ingest_capture(struct ingest *, struct capture *, ingest_tick *tick, void *tick_context,
                    struct ingest_ledger *ledger, struct error *error) MUST_CHECK;

// When frames of the capture that was read last were seen; until the next one is.
const struct capture_seen *ingest_seen(const struct ingest *);

// What of a capture's beginning was taken in before: the content of another capture, which it goes on
// from. All of it is read and entered in the ledger, but the sinks see only packets of frames that reach
// over it.
//
// Either this is sure, and there is one such beginning; or it shows on the way, at the lengths of several,
// by what capture_measure() finds there: then what the ingest has is forgotten at each that is the same,
// so nothing but this capture must be in it.
struct ingest_known {
	const struct capture_identity *list;   // ascending by length; the capture pauses at each
	const struct capture_identity *found;  // NULL: it is sure
	size_t count;
	// Filled in: the longest that it goes on from, and what the ledger had counted there; NULL: it
	// is no longer than that, or goes on from none.
	const struct capture_identity *is;
	uint64_t frames[KIND_COUNT], copies;
};

bool ingest_grown(struct ingest *, struct capture *, struct ingest_known *, ingest_tick *tick,
                  void *tick_context, struct ingest_ledger *ledger, struct error *error) MUST_CHECK;

// Who receives the host-days. Each day is written by one thread, in batches whose
// sources ascend, but several days may be written at the same time by different
// threads: begin_day, hosts and end_day must be safe for that. What begin_day makes is ended
// by end_day, also after a failure (`is_whole` is false then). A batch has at most
// INGEST_BATCH_HOSTS host-days, and ends with the one that passes INGEST_BATCH_ITEMS items.
enum { INGEST_BATCH_HOSTS = 16384, INGEST_BATCH_ITEMS = 1 << 20 };
struct host_day_receiver {
	void *(*begin_day)(struct host_day_receiver *, int32_t day, uint64_t begin_ns,
	                   struct error *);
	bool (*hosts)(struct host_day_receiver *, void *day, const struct host_batch *,
	              struct error *);
	bool (*end_day)(struct host_day_receiver *, void *day, bool is_whole, struct error *);
};

// Has the sinks hand out everything, once, in their order, and forget it. The first that fails is
// the last one asked.
bool ingest_finish(struct ingest *, struct host_day_receiver *, struct error *error) MUST_CHECK;
