// SPDX-License-Identifier: MIT
// Who answers: a table of functions. The local engine asks holdings in this process (local/local.h);
// others will ask a live window or a cluster, and give the same bytes.
#pragma once

#include "answer/caveat.h"
#include "answer/question.h"
#include "answer/receiver.h"
#include "base/calendar.h"
#include "base/work_limits.h"

// A fingerprint that it knows.
struct described_fingerprint {
	const char *name;
	const char *rule;      // for people; of a user's own: as it was written
	const char *what;      // it stands for
	const char *source;    // where the rule was published or seen
	const char *strength;  // "seen", "published", "weak" or "user"
	bool is_family;        // stands for malware
	// A SYN of random fields matches once in 2^chance_bits, at most; 0: nobody knows.
	unsigned chance_bits;
	const char *part_of;  // the one that matches all that this one does; NULL: none
};

// A database of places that it asks, about these days.
struct described_database {
	const char *name;     // as given
	const char *type;     // what it says that it is
	bool is_of_networks;  // else of countries
	int32_t built_day;    // INT32_MIN: it does not say
	struct day_range days;
};

// A day that is unknown in all answers, since something of what is held of it was found to be damaged.
struct described_lost_day {
	int32_t day;
	const char *why;  // and what to do
};

// What there is to be asked; everything is the engine's, until it is refreshed or closed. Days may be lost
// while a question is answered.
struct description {
	const char *name;       // of the store
	const char *telescope;  // prefixes; "": every destination
	const struct zone *zone;
	const int32_t *days;  // with data, ascending; none is lost
	size_t day_count;
	const struct described_lost_day *lost;  // ascending
	size_t lost_count;
	const int32_t
		*asked;  // days on which hosts were asked, ascending; 1970-01-01: nobody says when
	size_t asked_count;
	const int32_t *logged;  // days on which some honeypot logged anything, ascending
	size_t logged_count;
	const struct described_fingerprint *fingerprints;
	size_t fingerprint_count;
	const struct described_database *databases;  // of countries, then of networks
	size_t database_count;
	bool has_addresses;      // false: sources are hashes, and nowhere
	bool has_labels;         // it knows what devices are called
	struct caveats caveats;  // of all answers: where the facts come from
};

// What has to be known of the days that are lost, as caveats: of every answer.
bool lost_caveats(const struct description *, struct caveats *out, struct error *error) MUST_CHECK;

// One question on its way. `caveats` is filled, and the caller's to end.
struct inquiry {
	const struct question *question;
	struct receiver *receiver;
	struct caveats caveats;
};

struct engine;
struct engine_functions {
	const struct description *(*describe)(struct engine *);
	bool (*ask)(struct engine *, struct inquiry *, size_t count, const struct limits *,
	            struct error *error);
	bool (*refresh)(struct engine *, struct error *error);
	void (*close)(struct engine *);
};
struct engine {
	const struct engine_functions *functions;
};

static inline const struct description *engine_describe(struct engine *e)
{
	return e->functions->describe(e);
}

// Answers all of them, sharing what they have in common: days are read, and mined, once. They are
// accepted or refused together, before anything is received. If it fails, what was received is worth
// nothing. If something that is read is found to be damaged, its days are lost and all is answered anew: of
// several inquiries each receiver has to be one that can restart.
static inline MUST_CHECK bool engine_ask(struct engine *e, struct inquiry *inquiries, size_t count,
                                         const struct limits *limits, struct error *error)
{
	return e->functions->ask(e, inquiries, count, limits, error);
}

// Looks at what has come since it was opened.
static inline MUST_CHECK bool engine_refresh(struct engine *e, struct error *error)
{
	return e->functions->refresh(e, error);
}

static inline void engine_close(struct engine *e)  // accepts NULL
{
	if (e != NULL)
		e->functions->close(e);
}
