// SPDX-License-Identifier: MIT
// Captures -> host-days, in bounded memory.
//
// Packets become records in a pool of fixed size, partitioned by the high bits
// of the source so that each part fits the cache. When the pool is full every
// part is sorted and aggregated into blocks of host-days, by as many threads as there
// are; when the blocks outgrow their share of memory they go to a spill file.
// At the end the blocks of each day and part are merged, so that days come out
// in ascending order, and sources within them. Neither the order of packets nor
// the memory nor the threads make a difference to what comes out.
#pragma once

#include "base/calendar.h"
#include "base/disk.h"
#include "capture/capture.h"
#include "hostday/hostday.h"
#include "ipset/telescope.h"

enum { INGEST_MEMORY_MIN = 64 << 20, INGEST_DETAILS_MAX = 64 };

struct ingest_options {
	const struct zone *zone;
	const struct telescope *telescope;  // NULL: every destination counts
	const struct fingerprint_set *fingerprints;
	uint64_t memory_bytes;  // for pool, blocks and scratch; below INGEST_MEMORY_MIN it is slow
	unsigned threads;
	bool only_ledger;        // count frames, and keep nothing of them
	struct disk *disk;       // for the spill file
	const char *spill_name;  // its name there; removed when ingest is done
};

// Frames that were not understood, by link type and reason.
struct ingest_detail {
	enum kind kind;      // one that has a reason
	int32_t link_type;   // of the frame; LINK_TYPE_UNSAID: not known
	enum reason reason;  // REASON_OTHER: several
	uint32_t number;     // as in enum reason
	uint64_t frames;
};
enum { LINK_TYPE_UNSAID = -1 };

// Where the frames of one capture went. A flow counts as the packets that it stands for.
struct ingest_ledger {
	uint64_t frames[KIND_COUNT];
	uint64_t first_ns, last_ns;  // of all frames; first > last: there were none
	bool is_simulated;           // some frame carries the mark of `hotaru simulate`
	struct ingest_detail
		details[INGEST_DETAILS_MAX];  // the first that came; more are only in frames
	size_t detail_count;                  // 0: nothing was, or it is not known
};

uint64_t ingest_ledger_total(const struct ingest_ledger *);

struct ingest;

struct ingest *ingest_new(const struct ingest_options *, struct error *error);
void ingest_free(struct ingest *);  // accepts NULL; removes the spill file

// Called now and then while a capture is read.
typedef void ingest_tick(void *context, const struct capture *, uint64_t frames);

// Reads the capture to its end. What it ended with is for the caller to ask:
// capture_damage(). False: no memory, the spill file cannot be written, or the user
// interrupts.
bool ingest_capture(struct ingest *, struct capture *, ingest_tick *tick, void *tick_context,
                    struct ingest_ledger *ledger, struct error *error) MUST_CHECK;

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

// Hands out everything, once, and forgets it.
bool ingest_finish(struct ingest *, struct host_day_receiver *, struct error *error) MUST_CHECK;
