// SPDX-License-Identifier: MIT
// What figures and page are drawn from, beside the survey: plain structs that say who
// was seen where, each filled by whoever asks the store. Included by present/present.h.
//
// Every pointer may be NULL with a count of 0, and every part may be missing: then the page has no such
// section, or says what is missing and how to get it. Rows stand on the page in the order in
// which they come here, which is the order of the CSV beside it: by sources, descending. All texts
// may come from outside; they are escaped where they are written.
//
// Arrays by day have one entry for each day of the report's survey: [survey->day_count].
#pragma once

#include "base/buffer.h"
#include "present/chart/report_place.h"
#include "present/page/report_rules.h"
#include "present/page/report_survey.h"
#include "present/page/report_variants.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct report;

// A number that nobody knows: the day has no captures, or its packets came as flows.
#define REPORT_UNKNOWN UINT64_MAX
// A number that there cannot be: Mirai's mark is in the TCP header, so no datagram has it or lacks it.
#define REPORT_NOT_APPLICABLE (UINT64_MAX - 1)

struct report_port {
	uint16_t number;
	bool is_udp;
};

// One line, or one panel, of a figure.
struct report_port_days {
	struct report_port port;
	const uint64_t *sources;  // by day; on days without captures it is not read
};

// Up to two ports share a plot; more have a small one each. On a logarithmic axis all of them have the
// same scale, on a linear one each its own. At most REPORT_FIGURE_PORTS_MAX are drawn.
enum { REPORT_FIGURE_PORTS_MAX = 12 };
struct report_port_figure {
	const char *name;  // of its anchor, #ports-NAME: a-z 0-9 -
	const struct report_port_days *ports;
	size_t port_count;
	bool is_log;
	const char *file;  // of its SVG, beside the page; NULL: no link
};

// One port on one day.
struct report_port_row {
	struct report_port port;
	uint64_t packets, sources;
	uint64_t
		family_sources;  // those of report_ports.family; or REPORT_UNKNOWN, of UDP not applicable
	uint64_t day_before, week_before;  // sources then; or REPORT_UNKNOWN
	bool is_new;                       // by report_new_rule
};

// A port is new if it had at least `sources_min` sources, and more than `times` as many as on any
// of the `past_days` before; not if fewer than `past_days_min` of these have data. All zeros: the rule
// is not stated.
struct report_new_rule {
	uint64_t sources_min;
	uint32_t times, past_days, past_days_min;
};

struct report_ports {
	int32_t day;           // of the rows
	uint64_t sources;      // that day, that sent SYNs to whatever port, each once
	uint64_t udp_sources;  // that sent datagrams, likewise
	const struct report_port_row *rows;
	size_t row_count;
	uint64_t tcp_rows_max, udp_rows_max;  // that are listed; 0: all are
	const char *family;                   // whose share the rows have: "mirai"; NULL: none
	struct report_new_rule rule;
	const struct report_port_figure *figures;
	size_t figure_count;
};

// The places with the most sources of one port, country or whatever `of` names.
struct report_port_places {
	struct report_port port;
	uint64_t sources;  // of the port, each once: what shares are shares of
	const struct report_place *top;
	size_t top_count;
};
struct report_country_networks {
	struct report_place country;  // its sources are what shares are shares of
	const struct report_place *top;
	size_t top_count;
};

// A database that places came from, for the note under every table of them.
struct report_database {
	const char *name, *type;  // "iptoasn-country.mmdb", "GeoLite2-Country"
	int32_t built_day;        // INT32_MIN: the database does not say
	int32_t from, to;         // the days it was asked for; INT32_MIN, INT32_MAX: no limit
	const char *attribution;  // whom it is by, on which terms; NULL or "": not said
};

struct report_databases {
	const struct report_database *entries;  // none: nothing but "unknown" was found
	size_t count;
	const char *how_to_get;  // a command, for the hint where there is none; NULL: no such line
};

// Draws a map of report->places->countries, like the functions of present.h: false if there is
// nothing to draw.
typedef bool report_map_draw(struct buffer *out, const struct report *, bool is_narrow,
                             bool stands_alone);

struct report_places {
	int32_t from, to;  // the days, both included
	uint64_t sources;  // over all of them, each once
	const struct report_place *countries;
	size_t country_count;
	const struct report_port_places *by_port;
	size_t port_count;
	struct report_databases databases;
	report_map_draw *map;  // NULL: no map
};

// One's own countries, networks and prefixes, in the order in which they were named.
enum report_home_kind { REPORT_HOME_COUNTRY, REPORT_HOME_NETWORK, REPORT_HOME_PREFIX };
struct report_home_row {
	enum report_home_kind kind;
	struct report_place
		place;  // of a prefix the id is the prefix; `sources` may be REPORT_UNKNOWN
	bool has_row;   // a table of the page has it
};
struct report_home {
	int32_t from, to;
	uint64_t sources;  // all there are, what shares are shares of
	const struct report_home_row *rows;
	size_t count;
};

// The ports that most sources of a network asked for (TCP), descending.
enum { REPORT_NETWORK_PORTS_MAX = 3 };
struct report_network_ports {
	uint16_t ports[REPORT_NETWORK_PORTS_MAX];
	uint64_t sources[REPORT_NETWORK_PORTS_MAX];
	size_t count;
};

struct report_networks {
	int32_t from, to;
	const struct report_network_ports
		*ports;  // of the first `port_rows` networks; NULL: not known
	size_t port_rows;
	const uint16_t *asked;  // the ports that these are of
	size_t asked_count;
	uint64_t
		ports_among;  // a network's are known of which it is among so many with the most sources
	uint64_t sources;
	const struct report_place *networks;
	size_t network_count;
	const struct report_country_networks *by_country;
	size_t country_count;
	struct report_databases databases;
};

// How many of the fullest prefixes hold how many sources.
struct report_point {
	uint64_t prefixes, sources;  // the first so many hold so many: both cumulative
};
struct report_prefix {
	uint32_t first;  // address, host byte order
	uint64_t sources;
};

// Prefixes of one length. The points ascend; a few hundred, evenly spread on a logarithmic
// axis, are as good as all. The last one is all prefixes and all sources.
struct report_prefixes {
	unsigned bits;
	const struct report_point *points;
	size_t point_count;
	uint64_t fifth, half;  // the least number of prefixes that hold so much; 0: not known
	const struct report_prefix *top;
	size_t top_count;
};

// At most REPORT_LENGTHS_MAX lengths are drawn, each with a curve.
enum { REPORT_LENGTHS_MAX = 4 };
struct report_concentration {
	int32_t from, to;
	const struct report_prefixes *lengths;
	size_t length_count;
};

// What changed: the first thing that somebody looks for in the morning. The rule is analyse/changes/changes.h.
enum report_subject {
	REPORT_FAMILY,
	REPORT_PORT,
	REPORT_RULE,
	REPORT_COUNTRY,
	REPORT_NETWORK,
	REPORT_SUBJECTS
};
enum report_change_kind { REPORT_NEW, REPORT_GROWN, REPORT_GONE, REPORT_CHANGE_KINDS };
struct report_change {
	int32_t day;
	enum report_change_kind kind;
	enum report_subject subject;
	// Of a family its name, of a port "tcp/23", of a rule "window=1320 => window=792", of a country "JP", of a
	// network "AS4713".
	const char *id;
	const char *name;         // of a country or network, for people; "": none
	struct report_port port;  // of a port
	struct report_rule rule;  // of a rule
	uint64_t sources;
	uint64_t usual,
		most;  // the median, and the most, of the days before; usual may be REPORT_UNKNOWN
	bool is_home;  // of one's own countries and networks
};

// Whether it is known what changed on the day: not if it has no captures, or is lost, or of too few days before it
// anything is known.
enum report_changes_state {
	REPORT_CHANGES_KNOWN,
	REPORT_CHANGES_TOO_FEW,
	REPORT_CHANGES_NO_DATA,
	REPORT_CHANGES_LOST
};
// Which rows sentences and counts are about.
enum report_whose { REPORT_OF_ALL, REPORT_OF_HOME, REPORT_OF_OTHERS };
struct report_changes {
	int32_t day, from;  // rows are of the days `from` to `day`
	enum report_changes_state state;
	uint64_t compared;     // subjects
	uint64_t past_days;    // that are known, of those before the day
	uint64_t needed_days;  // of these, to know what changed
	bool has_places;       // countries and networks are among the subjects
	bool names_all;        // in a sentence, however many
	enum report_whose whose;
	const struct report_change *rows;  // the newest day first, of a day by subject
	size_t count;
};

// Of the hosts that attacked a port, how many answered on another, or the same, when they were asked.
struct report_accessible {
	uint16_t attacked, probed;
	uint64_t hosts, accessible;
};
// The ports that are drawn are chosen of those of the rows; at most REPORT_GROUPS_MAX of each kind.
enum { REPORT_GROUPS_MAX = 12 };
struct report_accessibility {
	int32_t from, to;  // days of the attacks
	int32_t asked_from,
		asked_to;  // on which hosts were asked; the other way round: nobody says
	uint64_t sources,
		never_asked;  // that attacked any of the ports; those of them that were asked on none
	uint64_t ports_left_out;               // that hosts were asked on, and no row is about
	const struct report_accessible *rows;  // by attacked port, then by port asked
	size_t row_count;
	size_t attacked_all, probed_all;  // ports that the rows are about
	uint16_t attacked[REPORT_GROUPS_MAX],
		probed[REPORT_GROUPS_MAX];  // that are drawn, ascending
	size_t attacked_count, probed_count;
};

// Hosts that answered alike, as they do who are of one model, and how many of them are infected.
enum { REPORT_MODEL_PORTS = 3, REPORT_MODEL_PLACES = 3, REPORT_MODEL_CARDS = 6 };
struct report_model_port {
	uint16_t port;
	uint64_t infected;  // that attacked it
};
struct report_model {
	uint32_t cluster;  // its number: 1 has most hosts
	uint64_t hosts, infected;
	const char *ports;   // that they answered on: "23;80"
	const char *label;   // NULL or "": nobody knows
	double label_share;  // of its hosts, that have it by themselves
	const char *
		banner;  // what one of them answered, that stands for all: ASCII, other bytes as \xHH
	uint32_t nearest;  // the cluster that is most like it; 0: none
	double nearest_distance;
	const char *
		tells;  // what tells it from that: words with their ports, behind "-" those that it has not
	struct report_model_port attacked[REPORT_MODEL_PORTS];  // by most infected hosts
	size_t attacked_count;
	struct report_place places[REPORT_MODEL_PLACES];  // their `sources` are infected hosts
	size_t place_count;
	uint32_t days;                // on which infected hosts came; 0: never
	int32_t first_day, last_day;  // of them, and that with the most
	int32_t peak_day;
	uint64_t peak;
};
// Infected hosts of a day or country that answered, by cluster.
enum { REPORT_MIX_DAYS = 28, REPORT_MIX_COUNTRIES = 12 };
struct report_mix {
	int32_t day;                // or
	struct report_place place;  // whose `sources` mean nothing here
	uint64_t infected, of_cards[REPORT_MODEL_CARDS];
};
struct report_models {
	int32_t from, to;                   // days of the attacks
	bool is_past;                       // the page has later ones, and nobody was asked on them
	const char *family;                 // whose hosts are infected; NULL: all that sent a SYN
	uint64_t hosts, answers;            // that answered; different answers
	bool are_too_many;                  // of these, to find who answered alike
	uint64_t sources, answered;         // of the family; that answered
	bool has_labels;                    // somebody said how devices are to be named
	uint64_t labelled;                  // hosts that have a label by themselves
	uint64_t rules_gave_up;             // times that a rule took too long
	const struct report_model *models;  // by cluster
	size_t count;
	const struct report_model *cards[REPORT_MODEL_CARDS];  // those with the most infected hosts
	size_t card_count;
	const struct report_mix
		*days;  // on which infected hosts came, ascending; at most REPORT_MIX_DAYS
	size_t day_count;
	const struct report_mix *countries;  // with the most; at most REPORT_MIX_COUNTRIES
	size_t country_count, countries_all;
};

// A fingerprint that is no family, and none of the survey's, that some sources matched.
struct report_tool {
	const char *name, *rule;
	uint64_t sources;  // on the days of the page, each once
};

// Sources that are suspected to be forged, by a flood.
struct report_floods {
	uint64_t source_days;
	uint32_t days;         // on which there were some
	uint32_t days_unseen;  // on which there may be more than could be looked at
	bool are_left_out;     // of ports, places and networks
};
