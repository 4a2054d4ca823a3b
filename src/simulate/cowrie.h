// SPDX-License-Identifier: MIT
// Logs as Cowrie writes them, of several honeypots, in the order of time and cut at midnight UTC.
//
// The form of today (3.0.4 on): compact JSON, `protocol` and ports on every event, `duration_ms`. The older one is
// that of 2017: blanks behind commas and colons, `system` and `isError`, ports on the connection alone, no
// `protocol`, `duration` in seconds, and a command of busybox a second time as command.success.
#pragma once

#include "base/buffer.h"
#include "base/error.h"
#include "simulate/scenario.h"
#include "simulate/simulate.h"

struct visit;

struct cowrie_line {
	uint64_t time_us, number;
	size_t offset, length;  // in `text`
	uint32_t sensor;
};

struct cowrie_log {
	const struct scenario *scenario;
	bool is_old;
	struct buffer text;
	struct cowrie_line *lines;
	size_t count, capacity;
	uint64_t number;
	bool is_out_of_memory;
};

struct cowrie_log cowrie_log_new(const struct scenario *, bool is_old);
void cowrie_log_done(struct cowrie_log *);

// Of an event's own: texts in the attacker's words are escaped, numbers are as they are.
struct cowrie_field {
	const char *name, *text;
	bool is_number;
};
struct cowrie_event {
	const char *id;       // without "cowrie."
	const char *message;  // NULL: an empty list, as some events have
	struct cowrie_field fields[3];
	size_t field_count;
};
void cowrie_tell(struct cowrie_log *, const struct visit *, uint64_t time_us,
                 const struct cowrie_event *);

// That it listens on: behind a router it is not the one that was asked for.
uint16_t cowrie_port(const struct visit *);

// Hands on the lines before a midnight, honeypot by honeypot, and forgets them; `day` is the one that ends.
bool cowrie_hand_on(struct cowrie_log *, int32_t day, const struct simulate_honeypots *,
                    struct error *error) MUST_CHECK;
