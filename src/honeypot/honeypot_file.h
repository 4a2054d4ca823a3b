// SPDX-License-Identifier: MIT
// Logs of honeypots: told by content and not by name, compressed or plain, or standard input.
//
// The forms are one file each, one line each in the table of honeypot_file.c. What cannot be used is counted, by
// reason; nothing is dropped silently. A log that breaks off, or has a damaged line, gives what is sound in it,
// and honeypot_file_damage() says where the first damage is. Events come in the order of the log, whatever
// the number of threads.
#pragma once

#include "capture/capture.h"
#include "honeypot/event.h"

// Why a line gave no event. The first group is damage, the others are what a log can hold and events
// cannot be.
enum honeypot_skip {
	HONEYPOT_SKIP_SYNTAX,    // a line that is none of its form: half-written, or garbage
	HONEYPOT_SKIP_LONG,      // one of more than 16 MiB, or what of one is behind 65,536 events
	HONEYPOT_SKIP_TIME,      // no time, or one that cannot be
	HONEYPOT_SKIP_ENCODING,  // base64 that cannot be
	HONEYPOT_SKIP_ADDRESS,   // no IPv4 source: IPv6, or none
	HONEYPOT_SKIP_UNKNOWN,   // of another honeypot or program than hotaru knows
	HONEYPOT_SKIPS
};

// "lines that are none of their form", ...: behind a number.
const char *honeypot_skip_words(enum honeypot_skip);
bool honeypot_skip_is_damage(enum honeypot_skip);

struct honeypot_ledger {
	uint64_t records;  // lines that are not empty; of a document its objects
	uint64_t events;   // handed on; a line may give several
	uint64_t
		others;  // lines that are sound, and tell nothing that an event is: key exchanges, ...
	uint64_t cut;  // events whose text was cut
	uint64_t skipped[HONEYPOT_SKIPS];
};

struct honeypot_file;

// Opens a log, or standard input if `path` is "-". Fails with one line that names it if it cannot be read, or is
// of no form that hotaru knows. Its codec may take so much memory (128 MiB is the least). The
// caller frees *out.
bool honeypot_file_open(const char *path, uint64_t memory_bytes, struct honeypot_file **out,
                        struct error *error) MUST_CHECK;

// Accepts NULL.
void honeypot_file_free(struct honeypot_file *);

// Hands on all events, in the order of the log, on the thread that calls; lines are read on so many threads.
// Fails if the receiver does, or for want of memory; damage is no failure.
bool honeypot_file_read(struct honeypot_file *, unsigned threads, const struct honeypot_receiver *,
                        struct error *error) MUST_CHECK;

// Behind honeypot_file_read(): true if something was damaged; *error (ERROR_DAMAGED, or ERROR_FAILED where
// reading failed) names the log, where and why.
bool honeypot_file_damage(const struct honeypot_file *, struct error *error);
const struct honeypot_ledger *honeypot_file_ledger(const struct honeypot_file *);

// "cowrie", ..., and with compression "cowrie.gz".
const char *honeypot_file_form(const struct honeypot_file *);

// For progress: see capture_bytes_read(). May be asked while it is read.
uint64_t honeypot_file_bytes_read(const struct honeypot_file *);
uint64_t honeypot_file_bytes_total(const struct honeypot_file *);
