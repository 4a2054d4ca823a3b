// SPDX-License-Identifier: MIT
// What is held of the past, as whoever asks sees it: facts by period, wherever they rest. A store on
// disk is one, a window of the last minutes in memory another.
//
// Analysis asks a `struct holdings`, a table of functions, and knows nothing of files. What is held is a
// list of pieces, each the host-days of one period; several pieces of a period, and the panes of a day,
// add up. To add another place for facts, fill the table and call the functions below, which are the
// only way in.
//
// Everything handed out stays as it was when the holdings were opened, until they are closed. Pieces
// are opened by one thread; what was opened may be read by others, each by one at a time. What is damaged
// is found when it is read, and fails with ERROR_CORRUPT; holdings_lose() then goes on without it.
#pragma once

#include "base/calendar.h"
#include "base/error.h"
#include "base/period.h"
#include "burst/burst.h"
#include "capture/drops.h"
#include "hostday/hostday.h"
#include "hostday/ports.h"
#include "ingest/ledger.h"
#include "ingest/seen.h"
#include "ipset/telescope.h"
#include "honeypot/event.h"
#include "response/response.h"

// What a family is called where all SYNs are meant.
enum { HOLDINGS_ALL_SYNS = 255 };

// The host-days of one period, or some of them.
struct holding {
	struct period period;
	// 0: nothing was dropped. Else header values that fewer sources used were.
	uint32_t floor;
};

// What holds for all of it.
struct holdings_about {
	const char *name;  // for messages: the path of a store
	const struct zone *zone;
	const char *telescope;                   // as it was written; "": every destination counts
	const struct ipset_prefixes *prefixes;   // of it, on any day
	const struct telescope *telescope_days;  // of it, day by day
	const struct fingerprint_set *fingerprints;
};

// A set of sources in the portable form of Roaring (ipset.h), to be read in parts: a survey reads those
// of all days side by side and has no memory for them. The bytes are a stranger's until end() found that
// they are what was written; whoever reads them looks at every length.
struct holdings_set {
	const struct holdings_set_functions *functions;
	size_t length;  // bytes; 0: there are no sources
};
struct holdings_set_functions {
	bool (*read)(const struct holdings_set *, size_t from, size_t length, uint8_t *out,
	             struct error *error);
	// Bytes that were read `from` there on, no later than where the last call ended.
	void (*hash)(struct holdings_set *, size_t from, struct span bytes);
	// Reads what was not hashed yet, and compares the checksum.
	bool (*end)(struct holdings_set *, struct error *error);
	void (*close)(struct holdings_set *);
};

// Ports of one of PORT_FIELDS, ascending: packets, and the sources that sent them.
struct holdings_ports {
	// False at the end (then *error is ERROR_NONE) or at damage.
	bool (*next)(struct holdings_ports *, struct port_count *out, struct error *error);
	void (*close)(struct holdings_ports *);
};

// Host-days of one period, merged over its pieces, ascending by source.
struct holdings_hosts {
	// Valid until the next call. NULL at the end (then *error is ERROR_NONE) or at a failure.
	const struct host_day *(*next)(struct holdings_hosts *, struct error *error);
	void (*close)(struct holdings_hosts *);
};

// One thing that was taken in: a file, or what came through a pipe.
struct holdings_capture {
	const char *name;                    // as it was given
	const char *format;                  // "pcap"
	const char *damage;                  // why it ended early; NULL: it was whole
	bool is_hashed;                      // its sources are hashes, not addresses
	bool is_simulated;                   // something carries the mark of `hotaru simulate`
	uint64_t first_ns, last_ns;          // of all that is in it; first > last: there is nothing
	const struct ingest_ledger *ledger;  // NULL: no packets were in it
	const struct capture_drops *drops;   // NULL: it does not say, or nobody kept it
	const struct capture_seen *seen;     // NULL: nobody kept it, or there is nothing in it
	// It goes on after the days that are shown (analyse/ended.h): its ledger and drops are of the whole of it.
	bool goes_on;
	uint64_t frames_after;  // that come then; HOLDINGS_FRAMES_UNKNOWN: nobody kept how many
};
#define HOLDINGS_FRAMES_UNKNOWN UINT64_MAX

// All of them, by name.
struct holdings_captures {
	const struct holdings_capture *list;
	size_t count;
	void (*close)(struct holdings_captures *);
};

// A day of which nothing is held any more, because some of it was found to be damaged. It is unknown, which
// is not a day on which nothing was seen.
struct lost_day {
	int32_t day;
	const char *why;  // what is damaged, and what to do
};

// What hosts answered, in the order of response/order.h, each response once.
struct holdings_responses {
	// What *out points to is valid until the next call. False at the end (then error->kind is
	// ERROR_NONE) or at damage.
	bool (*next)(struct holdings_responses *, struct response *out, struct error *error);
	void (*close)(struct holdings_responses *);
};

// What was done at honeypots, in the order of honeypot_event_compare(), each event once.
struct holdings_events {
	// As that of responses.
	bool (*next)(struct holdings_events *, struct honeypot_event *out, struct error *error);
	void (*close)(struct holdings_events *);
};

// What is kept of the bursts of a form (burst/burst.h) on a period. What was taken in before there were bursts,
// or without them, has none: of that nobody knows, which is not that there were none.
struct holdings_kept {
	bool is_some;   // of something that is held of the period they are kept
	bool is_whole;  // of all that is held of it; then is_some, too
	// That were left out because there were too many, of those that few packets made.
	uint64_t evicted_bursts, evicted_packets;
};

struct holdings;
struct holdings_functions {
	size_t (*count)(const struct holdings *);
	struct holding (*at)(const struct holdings *, size_t index);
	struct holdings_about (*about)(const struct holdings *);
	bool (*syns)(struct holdings *, size_t index, unsigned family, uint64_t *out,
	             struct error *error);
	bool (*open_set)(struct holdings *, size_t index, unsigned family,
	                 struct holdings_set **out, struct error *error);
	bool (*open_ports)(struct holdings *, size_t index, unsigned field,
	                   struct holdings_ports **out, struct error *error);
	bool (*open_hosts)(struct holdings *, struct period, uint64_t columns,
	                   struct holdings_hosts **out, struct error *error);
	bool (*open_captures)(struct holdings *, struct holdings_captures **out,
	                      struct error *error);
	bool (*check_hosts)(struct holdings *, struct period, uint64_t columns,
	                    struct error *error);
	const struct lost_day *(*lost)(const struct holdings *, size_t *out_count);
	bool (*lose)(struct holdings *, bool looks_at_all, size_t *out_days, struct error *error);
	bool (*open_responses)(struct holdings *, int32_t from, int32_t to, bool wants_bytes,
	                       struct holdings_responses **out, struct error *error);
	bool (*next_asked_day)(const struct holdings *, int32_t from, int32_t *out);
	bool (*open_events)(struct holdings *, int32_t from, int32_t to,
	                    struct holdings_events **out, struct error *error);
	bool (*next_event_day)(const struct holdings *, int32_t from, int32_t *out);
	bool (*open_bursts)(struct holdings *, struct period, enum burst_form,
	                    struct burst_stream **out, struct error *error);
	struct holdings_kept (*kept)(const struct holdings *, struct period, enum burst_form);
};
struct holdings {
	const struct holdings_functions *functions;
};

// Pieces, ascending by period.
static inline size_t holdings_count(const struct holdings *h)
{
	return h->functions->count(h);
}
static inline struct holding holdings_at(const struct holdings *h, size_t index)
{
	return h->functions->at(h, index);
}
static inline int32_t holdings_day(const struct holdings *h, size_t index)
{
	return holdings_at(h, index).period.day;
}
static inline struct holdings_about holdings_about(const struct holdings *h)
{
	return h->functions->about(h);
}

// The bit of the fingerprint of that name. NULL or "*": HOLDINGS_ALL_SYNS.
bool holdings_family(const struct holdings *, const char *name, unsigned *out,
                     struct error *error) MUST_CHECK;

// SYNs of a piece that match fingerprint `family`; of all SYNs for HOLDINGS_ALL_SYNS.
static inline MUST_CHECK bool holdings_syns(struct holdings *h, size_t index, unsigned family,
                                            uint64_t *out, struct error *error)
{
	return h->functions->syns(h, index, family, out, error);
}

// The set of the sources that count for it by what is in the piece (hostday/evidence.h): of a day of several
// pieces day_set.h has it. *out is NULL where that is not known: its host-days have to be asked. The caller
// closes it.
static inline MUST_CHECK bool holdings_open_set(struct holdings *h, size_t index, unsigned family,
                                                struct holdings_set **out, struct error *error)
{
	return h->functions->open_set(h, index, family, out, error);
}
static inline void holdings_close_set(struct holdings_set *set)  // accepts NULL
{
	if (set != NULL)
		set->functions->close(set);
}

// The table of ports of a piece, with sources that count by what is in the piece. *out is NULL where it has none: its host-days have to be asked.
static inline MUST_CHECK bool holdings_open_ports(struct holdings *h, size_t index, unsigned field,
                                                  struct holdings_ports **out, struct error *error)
{
	return h->functions->open_ports(h, index, field, out, error);
}
static inline void holdings_close_ports(struct holdings_ports *ports)  // accepts NULL
{
	if (ports != NULL)
		ports->close(ports);
}

// The host-days of all pieces that lie in the period: none, where there are none. `columns` are those
// that are read (host_reader_open()). Memory: about 100 KiB, and what one source has.
static inline MUST_CHECK bool holdings_open_hosts(struct holdings *h, struct period period,
                                                  uint64_t columns, struct holdings_hosts **out,
                                                  struct error *error)
{
	return h->functions->open_hosts(h, period, columns, out, error);
}
static inline const struct host_day *holdings_next_host(struct holdings_hosts *hosts,
                                                        struct error *error)
{
	return hosts->next(hosts, error);
}
static inline void holdings_close_hosts(struct holdings_hosts *hosts)  // accepts NULL
{
	if (hosts != NULL)
		hosts->close(hosts);
}

// Whether what holdings_open_hosts() would read is what was written: for who hands on what it reads before it
// has read all of it.
static inline MUST_CHECK bool holdings_check_hosts(struct holdings *h, struct period period,
                                                   uint64_t columns, struct error *error)
{
	return h->functions->check_hosts(h, period, columns, error);
}

// Days that are lost, ascending. No piece is of one of them.
static inline const struct lost_day *holdings_lost(const struct holdings *h, size_t *out_count)
{
	return h->functions->lost(h, out_count);
}

// After a failure with ERROR_CORRUPT, when nothing is open: takes the days out of what is held of which
// something was found to be damaged, and says how many they are; then all can be asked anew. Before that,
// nothing changes. `looks_at_all`: it reads everything that is held, to find all that is damaged now.
static inline MUST_CHECK bool holdings_lose(struct holdings *h, bool looks_at_all, size_t *out_days,
                                            struct error *error)
{
	return h->functions->lose(h, looks_at_all, out_days, error);
}

// Everything that was taken in. The caller closes it.
static inline MUST_CHECK bool holdings_open_captures(struct holdings *h,
                                                     struct holdings_captures **out,
                                                     struct error *error)
{
	return h->functions->open_captures(h, out, error);
}
static inline void holdings_close_captures(struct holdings_captures *captures)  // accepts NULL
{
	if (captures != NULL)
		captures->close(captures);
}

// What hosts answered when they were asked on one of these days, both included, of all of them together: so all
// that is known of a host comes in a row. Those without a time are of day 0. Without `wants_bytes` answers are
// empty, whatever their status says, and cost less. Memory: half a MiB at most for each day that has some.
static inline MUST_CHECK bool holdings_open_responses(struct holdings *h, int32_t from, int32_t to,
                                                      bool wants_bytes,
                                                      struct holdings_responses **out,
                                                      struct error *error)
{
	return h->functions->open_responses(h, from, to, wants_bytes, out, error);
}
static inline void holdings_close_responses(struct holdings_responses *responses)  // accepts NULL
{
	if (responses != NULL)
		responses->close(responses);
}

// The first day, from that on, of which there are responses. False: there is none.
static inline bool holdings_next_asked_day(const struct holdings *h, int32_t from, int32_t *out)
{
	return h->functions->next_asked_day(h, from, out);
}

// The events of honeypots of these days, both included, of all of them together: so all of a session comes in a row,
// also where midnight is in it. Memory: half a MiB at most for each day that has some.
static inline MUST_CHECK bool holdings_open_events(struct holdings *h, int32_t from, int32_t to,
                                                   struct holdings_events **out,
                                                   struct error *error)
{
	return h->functions->open_events(h, from, to, out, error);
}
static inline void holdings_close_events(struct holdings_events *events)  // accepts NULL
{
	if (events != NULL)
		events->close(events);
}

// The first day, from that on, of which there are events. False: there is none.
static inline bool holdings_next_event_day(const struct holdings *h, int32_t from, int32_t *out)
{
	return h->functions->next_event_day(h, from, out);
}

// Bursts of a form in all pieces that lie in the period, merged over them, ascending by key and then time: none,
// where none are kept. The caller closes it. Memory: a block (burst/burst.h) for each piece, and what one
// burst has.
static inline MUST_CHECK bool holdings_open_bursts(struct holdings *h, struct period period,
                                                   enum burst_form form, struct burst_stream **out,
                                                   struct error *error)
{
	return h->functions->open_bursts(h, period, form, out, error);
}
// What of them is kept. Of a period that nothing is held of: nothing.
static inline struct holdings_kept holdings_kept(const struct holdings *h, struct period period,
                                                 enum burst_form form)
{
	return h->functions->kept(h, period, form);
}
