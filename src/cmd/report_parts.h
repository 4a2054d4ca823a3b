// SPDX-License-Identifier: MIT
// Private to cmd/: the parts of the report that say who and where. Each asks the store, owns what
// it found, and has it as the page wants it (present/page/report.h). A part points into itself: once it is
// filled it stays where it is. All accept being done when half filled, or not at all.
#pragma once

#include "cmd/report_rules_found.h"

enum {
	REPORT_RECENT_DAYS = 28,  // places, networks and prefixes are of so many last days
	REPORT_FIGURES_MAX = 2,
	REPORT_TCP_ROWS = 15,  // ports of the last day
	REPORT_UDP_ROWS = 5,
	REPORT_PORT_ROWS = REPORT_TCP_ROWS + REPORT_UDP_ROWS,
	REPORT_NEW_ROWS = 20,
	REPORT_ACROSS_PORTS = 10,   // whose countries stand side by side,
	REPORT_ACROSS_PLACES = 5,   // so many of each
	REPORT_COUNTRIES = 10,      // whose networks are listed,
	REPORT_NETWORKS_EACH = 3,   // so many of each
	REPORT_DATABASES_MAX = 16,  // that are named
	REPORT_LENGTHS = 2,
	REPORT_POINTS_MAX = 300,  // of a curve
	REPORT_FULLEST = 20,
	REPORT_CHANGES_EACH = 4,
	REPORT_RULES_DAYS = 366,  // the last days of the page, in which rules are looked for
	REPORT_RULES = 250,       // that are listed
	REPORT_EMERGENCES = 60,   // the latest
	REPORT_EMERGED_PLACES = 5,
};

// What all parts ask.
struct report_question {
	const struct analysis_command *analysis;
	const struct dataset *dataset;
	const struct report_survey *shown;  // the days of the page,
	int32_t last_day;                   // and of these the last one with data
	enum lang lang;
	bool without_floods;
	const uint16_t *ports;  // of the figure; count 0: the published ones
	size_t port_count;      // at most REPORT_FIGURE_PORTS_MAX
	bool is_log;
	uint64_t support_min;  // of association rules
	double confidence_min;
};
// The last days of the page, REPORT_RECENT_DAYS at most.
struct day_range report_recent(const struct report_question *);
// All sources of these days.
struct source_choice report_choice(const struct report_question *, struct day_range);

struct report_ports_part {
	struct report_ports ports;
	struct report_port_figure figures[REPORT_FIGURES_MAX];
	struct report_port_days days[REPORT_FIGURES_MAX][REPORT_FIGURE_PORTS_MAX];
	uint64_t *sources;  // by figure, port and day
	struct report_port_row rows[REPORT_PORT_ROWS];
	struct report_port_row new_rows[REPORT_NEW_ROWS];  // whether or not they are among the rows
	size_t new_count;
};
bool report_ports_fill(struct report_ports_part *, const struct report_question *,
                       struct error *error) MUST_CHECK;
void report_ports_done(struct report_ports_part *);

// Countries or networks: of the recent days, in groups, and of the last day and those before.
enum report_compared { REPORT_LAST_DAY, REPORT_DAY_BEFORE, REPORT_WEEK_BEFORE, REPORT_COMPARED };
struct report_found {
	struct place_atlas *atlas;
	struct places all, grouped;
	struct places compared[REPORT_COMPARED];
	bool is_compared[REPORT_COMPARED];  // that day has data
	struct report_place *rows;          // of `all`
	struct report_place *group_rows;
	struct report_database databases[REPORT_DATABASES_MAX];
	char names[REPORT_DATABASES_MAX][256], types[REPORT_DATABASES_MAX][128];
};

struct report_places_part {
	struct report_found countries, networks;
	struct report_port_places by_port[REPORT_ACROSS_PORTS];
	struct report_country_networks by_country[REPORT_COUNTRIES];
	struct report_places places;
	struct report_networks report_networks;
};
bool report_places_fill(struct report_places_part *, const struct report_question *,
                        struct error *error) MUST_CHECK;
void report_places_done(struct report_places_part *);

struct report_prefixes_part {
	struct prefixes found[REPORT_LENGTHS];
	struct report_point points[REPORT_LENGTHS][REPORT_POINTS_MAX];
	struct report_prefix fullest[REPORT_LENGTHS][REPORT_FULLEST];
	struct report_prefixes lengths[REPORT_LENGTHS];
	struct report_concentration concentration;
};
bool report_prefixes_fill(struct report_prefixes_part *, const struct report_question *,
                          struct error *error) MUST_CHECK;
void report_prefixes_done(struct report_prefixes_part *);

// What changed on the last day; it points into the other parts and the survey.
struct report_changes_part {
	struct report_change rows[REPORT_SUBJECTS * REPORT_CHANGES_EACH];
	struct report_changes changes;
};
void report_changes_fill(struct report_changes_part *, const struct report_question *,
                         const struct report_ports_part *, const struct report_places_part *);

// Blocks of memory that live as long as a part.
struct report_room {
	void **blocks;
	size_t count, size;
};
// Zeroed, for one more than `count`; NULL: no memory.
void *report_room_take(struct report_room *, size_t count, size_t size);
void report_room_done(struct report_room *);

struct report_rules_part {
	struct rules_command command;  // that prints what is in the CSVs
	struct report_rules_timeline_found timeline;
	struct report_rules_news_found news;
	const struct report_survey *shown;
	const struct fingerprint_set *fingerprints;
	bool has_mirai;  // the store knows what a Mirai host is
	char lower[128];
	const char *fields[HEADER_FIELDS_MAX];
	struct report_rule_figure figures[HEADER_FIELDS_MAX];
	char files[HEADER_FIELDS_MAX][64];
	struct report_emergence emergences[REPORT_EMERGENCES];
	struct report_room room;  // of what `rules` points to
	struct report_rules rules;
};
bool report_rules_fill(struct report_rules_part *, const struct report_question *,
                       struct error *error) MUST_CHECK;
void report_rules_done(struct report_rules_part *);
// Private to report_rules.c and report_emergences.c: false if there is no memory.
bool report_items(struct report_room *, const struct header_item *, size_t count,
                  const struct report_item **out) MUST_CHECK;
bool report_emergences_fill(struct report_rules_part *, enum lang) MUST_CHECK;
