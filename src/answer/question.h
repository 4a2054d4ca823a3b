// SPDX-License-Identifier: MIT
// A question, as data: what is asked, of which days, families and ports, within which limits. It names
// no store and no file, so that a folder, a live window or a cluster can be asked the same.
//
// To add a question: a kind here, its columns in schemas.c, and whoever answers it in local/ (one line
// in the table of local/local.c).
#pragma once

#include "answer/schema.h"
#include "base/period.h"

enum question_kind {
	QUESTION_SURVEY,         // infections by day and family
	QUESTION_LIFETIMES,      // how long spells last, by family
	QUESTION_SURVIVAL,       // spells by length: what the Kaplan-Meier curve is drawn from
	QUESTION_REVISIONS,      // by how much the survey's newest days moved in the past
	QUESTION_GAP,            // the gap that suits the telescope
	QUESTION_COVERAGE,       // how much of each day was seen
	QUESTION_PORTS,          // packets and sources by day and port
	QUESTION_SOURCES,        // each source on each day
	QUESTION_SHAPES,         // source-days by shape of scanning
	QUESTION_PLACES,         // sources by country or network
	QUESTION_PREFIXES,       // sources by prefix
	QUESTION_RULES,          // association rules by day
	QUESTION_RULE_TIMELINE,  // rules, and the days on which each was found
	QUESTION_NEW_RULES,      // rules that emerged
	QUESTION_RULE_DAYS,      // each rule of a timeline, day by day
	QUESTION_RULE_TARGETS,   // what the targets of each new rule did, and where they are
	QUESTION_NOTICES,        // whom to tell
	QUESTION_CHANGES,        // what is new, has grown and is gone
	QUESTION_LEDGER,         // where every frame of a capture went
	QUESTION_REASONS,        // why frames were not understood
	QUESTION_DROPS,          // what captures say they lost
	QUESTION_CAPTURES,       // what was taken in
	QUESTION_RESPONSES,      // what hosts answered
	QUESTION_ACCESSIBILITY,  // on which ports the sources of a port answer
	QUESTION_DEVICES,        // hosts that answered alike, and how many of them are infected
	QUESTION_EFFECT,         // whether sources that were treated recovered sooner
	QUESTION_EFFECT_CURVE,   // the same by days since
	QUESTION_ATTACKS,        // victims of floods with forged sources
	QUESTION_SESSIONS,       // sessions at honeypots
	QUESTION_LOGGED,         // how much of each day honeypots logged
	QUESTION_VARIANTS,       // sources and sessions by what scanners say
	QUESTION_JOIN,           // which of these sources the telescope saw
	QUESTION_INFECTED,       // how many hosts are infected, with those that were not seen
	QUESTION_EVENTS,         // scan events
	QUESTION_BIG_SCANNERS,   // sources that are big by published definitions
	QUESTION_SOURCE_GROUPS,  // sources that behave alike
	QUESTION_AROUND,         // what changed around a day
	QUESTION_KINDS
};

// Packets by which sources are chosen: SYNs, or UDP datagrams.
enum packet_protocol { PROTOCOL_TCP_SYN, PROTOCOL_UDP_DATAGRAM };

// No limit: a source has one spell, from its first sighting to its last.
#define GAP_NONE UINT32_MAX

struct survey_question {
	uint32_t gap_days;                 // or GAP_NONE
	bool has_coverage, has_estimates;  // columns at the right; estimates have coverage, too
	bool has_final;                    // and whether no day to come changes the row
	bool names_tools;  // which fingerprints matched that are no families, as a caveat
	double error;      // of gone_after_days: that who is there counts as gone
};

struct ports_question {
	bool protocols[2];  // enum packet_protocol
	bool only_new;
	// `top`: of each day and protocol.
};

// About one family. Of `ports` at most one: source-days that sent something to it.
struct sources_question {
	const char *shape;  // "few", "horizontal", "vertical", "mixed" or "unknown"; NULL: any
			    // `top`: of each day, those with the most packets.
};

// Places and prefixes are of distinct sources, each once: of one family at most (none: all SYNs), and
// of so many ports.
enum { CHOICE_PORTS_MAX = 64, PREFIX_LENGTH_MIN = 8, PREFIX_LENGTH_MAX = 24 };

// Whatever `top` leaves out is one row "other": sources always add up to all of them.
enum place_grain { PLACES_BY_COUNTRY, PLACES_BY_NETWORK, PLACES_BY_PREFIX };
enum { PLACES_ACROSS_MAX = 15 };
struct places_question {
	enum place_grain by;
	unsigned bits;        // of PLACES_BY_PREFIX
	bool is_across;       // a ranking for each port, side by side, PLACES_ACROSS_MAX at most
	bool is_per_country;  // networks within countries, of `top` both
};

// The `top` fullest, and how concentrated all are is a caveat.
struct prefixes_question {
	unsigned bits;
};

enum { RULES_CONSEQUENTS_MAX = 8 };
// What is new is found now, on none of the past days, and has more than so many times the support of any
// of them but the recent ones; of the others so many have data, or nobody knows.
enum {
	NEW_RULES_PAST_DAYS = 28,
	NEW_RULES_RECENT_DAYS = 7,
	NEW_RULES_TIMES = 3,
	NEW_RULES_DATA_DAYS = 7,
};
// Where nobody says what the support is to be: one in so many of the sources of each day, but no more than is to the
// telescope's addresses as the study's 1,000 are to a /16, and never less than so many
// (analyse/rules/header_support.h says why).
enum { RULES_SUPPORT_STUDY = 1000, RULES_SUPPORT_ONE_IN = 293, RULES_SUPPORT_LEAST = 10 };
// What is asked for where nobody says anything else.
#define RULES_CONFIDENCE 0.9
#define RULES_ALPHA 0.05
#define RULES_WORK UINT64_C(2000000000)
// A timeline and its days, what is new and its targets: equal questions number the same rules alike.
// Inquiries that differ in kind, alpha, past days or `top` alone share all the work.
struct rules_question {
	const char *const *fields;  // names of header fields; each by itself, unless
	size_t field_count;
	bool is_across;  // their values are taken together
	bool is_all, without_buckets;
	uint64_t support_min;  // 0: of each day by its sources, see below
	double confidence_min, alpha;
	size_t items_max;        // of a rule; 0: no limit
	size_t consequents_max;  // of what is new: 1
	uint32_t window_days;    // of a transaction; of what is new: 1
	uint32_t past_days;      // that what is new is compared with
	uint64_t work_max;       // for each day, and field if not across; 0: no limit
	// A support below what a floor of the days allows is raised to that, and said (CAVEAT_FLOOR_RAISED),
	// not refused.
	bool raises_support;
	bool has_targets, has_one_packet;  // columns of what is new
	// `top`: of a timeline and its days, the rules with most sources on a day; of the targets of
	// what is new, the countries and the networks of each rule.
};

// What changed (QUESTION_CHANGES) is of the families, of all ports, countries and networks, and of the rules that
// `rules` asks for (none: no fields), by the rule of analyse/changes/changes.h.

// Sources a day from that day on, for so many days, against as many days before it; `days` bound what they are
// compared with. `top`: of each measure.
struct around_question {
	int32_t day;
	uint32_t length;
};

// Of `days` those on which hosts were asked, of `ports` those that they were asked on.
struct responses_question {
	bool is_whole;  // all of each response, as bytes, in place of what people read
};

// Hosts are clustered by what they answered on the days, or up to 30 days after; infected are those that count for the
// family on the days. Inquiries that differ in `by` alone share all the work.
enum devices_grain { DEVICES_CLUSTERS, DEVICES_BY_PORT, DEVICES_BY_COUNTRY, DEVICES_BY_DAY };
struct devices_question {
	enum devices_grain by;
	// With more different answers there are no rows, and CAVEAT_DEVICES says so: work and memory go with the square.
	uint32_t vectors_max;
	bool has_labels;  // columns of what clusters are called
};

// What was treated, or is to be compared with it (analyse/effect/effect.h), of one family.
struct treatment {
	uint32_t first, last;  // addresses
	char network[16];      // "AS4713" instead of them; "": none
	int32_t day;           // of a control it means nothing
	bool is_control;
};
struct effect_question {
	uint32_t gap_days;  // or GAP_NONE
	const struct treatment *list;
	size_t count;
};

// Attacks that start on the days, found as a whole (analyse/attacks/attacks.h has the rule and defaults). Inquiries that
// differ in `by`, choice and `top` alone share all the work.
enum attacks_grain { ATTACKS_EACH, ATTACKS_BY_DAY, ATTACKS_BY_COUNTRY };
struct attacks_question {
	enum attacks_grain by;
	uint64_t packets, seconds, per_minute;
	uint64_t silence_s;                  // 60 (BURST_SILENCE_S) or more
	bool is_scaled;                      // packets and per_minute, to the telescope's size
	uint32_t victim_first, victim_last;  // only victims from there to there
	const char *countries;               // in one of these, as "JP,RU"; NULL: any
	// `top`: the attacks with the highest rate, in the order of all; the countries with the most attacks.
};

// Of what was done at honeypots; `families` of the question are names of a table of families, and only these are wanted
// (analyse/variants/families.h has its form). A wrong table is an error of usage, with its line.
enum variants_grain { VARIANTS_BY_FAMILY, VARIANTS_BY_TOKEN, VARIANTS_BY_COUNTRY, VARIANTS_TABLE };
struct variants_question {
	enum variants_grain by;   // of QUESTION_VARIANTS
	struct span table;        // no bytes: the one that is built in
	const char *table_name;   // for messages
	const char *fingerprint;  // of QUESTION_JOIN and _INFECTED: whose hosts; NULL: "mirai"
};

// Scan events (analyse/events/events.h), or what follows from them. `ports` of the question: only events of these.
struct events_question {
	uint64_t timeout_s;  // 0: of the telescope's size, and
	double rate, miss;   // packets a second of a scan that is silent so long with this chance
	uint64_t packets_min, destinations_min;
	bool leaves_out[3];    // TCP, UDP, ICMP
	double quantile;       // of QUESTION_BIG_SCANNERS
	uint64_t sources_min;  // of QUESTION_SOURCE_GROUPS
};

struct question {
	enum question_kind kind;
	struct day_range days;        // rows that are wanted
	const char *const *families;  // names of fingerprints; "*" is all SYNs
	size_t family_count;
	enum packet_protocol protocol;
	const uint16_t *ports;
	size_t port_count;  // 0: any
	bool without_floods;
	uint64_t top;  // 0: all
	union {
		struct survey_question survey;
		struct ports_question of_ports;
		struct sources_question sources;
		struct places_question places;
		struct prefixes_question prefixes;
		struct rules_question rules;
		struct responses_question responses;
		struct devices_question devices;
		struct effect_question effect;
		struct events_question events;
		struct attacks_question attacks;
		struct variants_question variants;
		struct around_question around;
	};
};

// The columns of its answer.
void question_schema(const struct question *, struct schema *out);
