// SPDX-License-Identifier: MIT
// Private to report/: the sections of the page. Each adds its questions to the plan, and when these are
// answered makes of them what the page draws (present/page/report.h), which it owns.
//
// A section is three functions: X_ask() adds questions, X_fill() reads their answers, X_done() frees, and
// accepts a section that was never filled. It points into itself: it stays where it is. To add one:
// these in a file, its struct here, and its lines in report.c, files.c and present/page/.
#pragma once

#include "present/page/changes.h"
#include "report/plan.h"
#include "report/ranking.h"
#include "report/report.h"

enum { REPORT_FAMILIES_MAX = 33, REPORT_FILE_SIZE = 64 };

enum {
	REPORT_RECENT_DAYS = 28,  // places, networks and prefixes are of so many last days
};

// What all sections ask about.
struct report_about {
	const struct report_options *options;
	const struct description *description;
	bool has_shown;           // the page has days
	struct day_range shown;   // and these are they
	uint32_t days_before;     // the first of them, from the first there is on
	bool has_data;            // some of them has packets; else only survey and ledger ask
	int32_t last_day;         // and of these the last one with data
	struct day_range recent;  // its last days, REPORT_RECENT_DAYS at most
};

// The fingerprint of that name; NULL: there is none.
const struct described_fingerprint *report_fingerprint(const struct report_about *,
                                                       const char *name);

// ---- infections by day and family (survey.c)

struct survey_section {
	size_t survey, lifetimes, survival, revisions, of_tools;  // numbers of questions
	const char *tool_names[REPORT_FAMILIES_MAX];              // asked about; none: no question
	size_t tool_name_count;
	struct report_tool tools[REPORT_FAMILIES_MAX];
	size_t tool_count;
	struct report_survey shown;
	struct report_survey_family families[REPORT_FAMILIES_MAX];
	struct report_family about[REPORT_FAMILIES_MAX];
	char figure_files[REPORT_FAMILIES_MAX][REPORT_FILE_SIZE];
	double *survival_values;
};
void survey_section_ask(struct survey_section *, const struct report_about *, struct plan *);
bool survey_section_fill(struct survey_section *, const struct report_about *, const struct plan *,
                         struct error *error) MUST_CHECK;
void survey_section_done(struct survey_section *);

// ---- where every frame went, and how much of each day was seen (ledger.c)

struct ledger_section {
	size_t ledger, of_captures, reasons, drops, coverage;  // numbers of questions
	double *coverage_values;                               // of the days shown
	const char **counters;
	uint64_t *frames;  // by capture and counter, then the totals
	struct report_capture *captures;
	struct report_flaw *flaws;
	struct report_ledger report;
};
void ledger_section_ask(struct ledger_section *, const struct report_about *, struct plan *);
bool ledger_section_fill(struct ledger_section *, const struct report_about *, const struct plan *,
                         struct error *error) MUST_CHECK;
void ledger_section_done(struct ledger_section *);

// ---- ports (ports.c)

enum {
	REPORT_FIGURES_MAX = 1,
	REPORT_TCP_ROWS = 15,  // ports of the last day
	REPORT_UDP_ROWS = 5,
	REPORT_PORT_ROWS = REPORT_TCP_ROWS + REPORT_UDP_ROWS,
	REPORT_NEW_ROWS = 20,
	REPORT_PORTS_A_DAY = 20,  // in the CSV
};
struct ports_section {
	size_t of_figures, of_last_day, every_last_day, new_ones, every_day, last_day_sources,
		last_day_udp_sources;  // numbers of questions
	const char *families[2], *all_families[REPORT_FAMILIES_MAX + 1];
	uint16_t asked[REPORT_FIGURES_MAX * REPORT_FIGURE_PORTS_MAX];
	struct report_ports report;
	struct report_port_figure figures[REPORT_FIGURES_MAX];
	struct report_port_days days[REPORT_FIGURES_MAX][REPORT_FIGURE_PORTS_MAX];
	uint64_t *sources;  // by figure, port and day
	struct report_port_row rows[REPORT_PORT_ROWS];
	struct report_port_row new_rows[REPORT_NEW_ROWS];  // whether or not they are among the rows
	size_t new_count;
};
// First of all, since what is asked depends on it: which ports are drawn.
bool ports_section_choose(struct ports_section *, const struct report_about *, struct engine *,
                          const struct limits *, struct error *error) MUST_CHECK;
void ports_section_ask(struct ports_section *, const struct report_about *, struct plan *);
bool ports_section_fill(struct ports_section *, const struct report_about *, const struct plan *,
                        struct error *error) MUST_CHECK;
void ports_section_done(struct ports_section *);

// ---- countries and networks (places.c)

enum {
	REPORT_ACROSS_PORTS = 10,   // whose countries stand side by side,
	REPORT_ACROSS_PLACES = 5,   // so many of each
	REPORT_COUNTRIES = 20,      // whose networks are listed,
	REPORT_NETWORKS_EACH = 3,   // so many of each
	REPORT_DATABASES_MAX = 16,  // that are named
	REPORT_FULLEST = 20,
	REPORT_NETWORK_ROWS =
		250,  // whose ports are listed, where they are among so many of a port
};
// Of the recent days, in groups, and of the last day and those that are compared with it.
enum report_compared { REPORT_LAST_DAY, REPORT_DAY_BEFORE, REPORT_WEEK_BEFORE, REPORT_COMPARED };
struct places_found {
	size_t all, grouped, compared[REPORT_COMPARED];  // numbers of questions
	bool is_compared[REPORT_COMPARED];               // that day has data
	struct report_place *rows, *group_rows;
	size_t count;
	uint64_t sources;
	struct report_database databases[REPORT_DATABASES_MAX];
	char names[REPORT_DATABASES_MAX][256], types[REPORT_DATABASES_MAX][128];
	size_t database_count;
};
struct places_section {
	bool is_there;  // sources have addresses
	struct places_found countries, networks;
	struct report_port_places by_port[REPORT_ACROSS_PORTS];
	struct report_country_networks by_country[REPORT_COUNTRIES];
	size_t network_ports;  // number of a question
	struct report_network_ports of_networks[REPORT_NETWORK_ROWS];
	struct report_places report;
	struct report_networks report_networks;
};
void places_section_ask(struct places_section *, const struct report_about *, struct plan *);
bool places_section_fill(struct places_section *, const struct report_about *, const struct plan *,
                         struct error *error) MUST_CHECK;
void places_section_done(struct places_section *);

// ---- how few prefixes hold most sources, and suspected floods (prefixes.c)

enum {
	REPORT_LENGTHS = 2,
	REPORT_POINTS_MAX = 300,  // of a curve
};
struct prefixes_section {
	bool is_there;  // sources have addresses
	struct ranking rankings[REPORT_LENGTHS];
	size_t floods;  // number of a question
	struct report_point points[REPORT_LENGTHS][REPORT_POINTS_MAX];
	struct report_prefix fullest[REPORT_LENGTHS][REPORT_FULLEST];
	struct report_prefixes of_lengths[REPORT_LENGTHS];
	struct report_concentration report;
	struct report_floods report_floods;
};
void prefixes_section_ask(struct prefixes_section *, const struct report_about *, struct plan *);
bool prefixes_section_fill(struct prefixes_section *, const struct report_about *,
                           const struct plan *, struct error *error) MUST_CHECK;
void prefixes_section_done(struct prefixes_section *);

// ---- one's own (home.c): made of places and prefixes

struct home_section {
	struct report_home_row rows[HOME_ENTRIES_MAX];
	struct report_home report;
};
void home_section_fill(struct home_section *, const struct report_about *,
                       const struct places_section *, const struct prefixes_section *);
// Places in their order, but for one's own, which are marked and come first.
void home_section_first(const struct report_about *, struct report_place *places, size_t count);

// ---- what changed on the last day (changes.c)

struct changes_section {
	size_t question;
	struct day_range days;
	struct changes_found found;
};
// With the rules that the section of rules asks for.
void changes_section_ask(struct changes_section *, const struct report_about *,
                         const struct rules_question *, struct plan *);
bool changes_section_fill(struct changes_section *, const struct report_about *,
                          const struct plan *, struct error *error) MUST_CHECK;
void changes_section_done(struct changes_section *);

// ---- what hosts answered (devices.c, models.c)

struct devices_section {
	// Sources have addresses, and some were asked: the newest days on which they were, REPORT_RECENT_DAYS at most.
	// Hosts may be asked after the last day with data: then the last days before that.
	bool is_asked;
	struct day_range days;
	size_t accessibility;    // number of a question
	bool has_accessibility;  // some of the sources was asked
	struct report_accessible *rows;
	struct report_accessibility report;
	size_t clusters, by_port, by_country, by_day;  // numbers of questions
	const char *family;
	bool has_models;  // some host answered
	struct report_model *models;
	struct report_mix mixed_days[REPORT_MIX_DAYS], *mixed_countries;
	struct report_models found;
};
_Static_assert((int)REPORT_MIX_DAYS == (int)REPORT_RECENT_DAYS, "days of the section");
void devices_section_ask(struct devices_section *, const struct report_about *, struct plan *);
bool devices_section_fill(struct devices_section *, const struct report_about *,
                          const struct plan *, struct error *error) MUST_CHECK;
// The half of it that is about clusters (models.c).
void models_ask(struct devices_section *, const struct report_about *, struct plan *);
bool models_fill(struct devices_section *, const struct report_about *, const struct plan *,
                 struct error *error) MUST_CHECK;
void devices_section_done(struct devices_section *);

// ---- association rules (rules.c, emergences.c)

enum {
	REPORT_RULES_DAYS = 366,  // the last days of the page, in which rules are looked for
	REPORT_RULES = 250,       // that are listed
	REPORT_EMERGENCES = 60,   // the latest
	REPORT_EMERGED_PLACES = 5,
	REPORT_FIELDS = 4,
};

// Blocks of memory that live as long as a section.
struct report_blocks {
	void **list;
	size_t count, room;
};
// Zeroed, for one more than `count`; NULL: no memory.
void *report_block(struct report_blocks *, size_t count, size_t size);
void report_blocks_done(struct report_blocks *);

struct rules_section {
	size_t every_day, timeline, days, new_ones, targets;  // numbers of questions
	struct report_rules report;
	const struct report_survey *shown;
	bool has_mirai;  // there is a fingerprint of what a Mirai host is
	const struct answer *timeline_rows, *day_rows, *new_rows, *target_rows;
	size_t *first_day_row;  // [rules + 1]: where the days of a rule begin
	struct report_rule_figure figures[REPORT_FIELDS];
	char files[REPORT_FIELDS][REPORT_FILE_SIZE];
	struct report_emergence emergences[REPORT_EMERGENCES];
	char lower[128];
	struct report_blocks blocks;  // of what `report` points to
};
void rules_section_ask(struct rules_section *, const struct report_about *, struct plan *);
// Which rules it asks for.
struct rules_question rules_section_wanted(const struct report_options *);
bool rules_section_fill(struct rules_section *, const struct report_about *,
                        const struct report_survey *, const struct plan *,
                        struct error *error) MUST_CHECK;
void rules_section_done(struct rules_section *);

// The values of a rule or of one side of it, as "field=value;field=value" has them, appended to
// items[*count]. False: no memory.
bool rules_section_items(struct rules_section *, const char *text, struct report_item *items,
                         size_t *count) MUST_CHECK;
// Both sides of the rule of that row.
bool rules_section_rule(struct rules_section *, const struct answer *, size_t row,
                        struct report_rule *out) MUST_CHECK;
// What emerged.
bool rules_section_emergences(struct rules_section *, const struct report_about *) MUST_CHECK;

// ---- what honeypots saw (variants.c), and what the telescope saw of it (joined.c)

// The families with the most sources are joined; the CSV has all.
enum { REPORT_JOINED_FAMILIES = 250 };
struct variants_section {
	bool is_there;                                 // honeypots logged something on the days
	size_t by_day, table, join, infected, logged;  // numbers of questions
	struct report_variants report;
	struct report_variant *families;  // of the report
	struct report_blocks blocks;      // of what it points to
};
void variants_section_ask(struct variants_section *, const struct report_about *, struct plan *);
bool variants_section_fill(struct variants_section *, const struct report_about *,
                           const struct plan *, struct error *error) MUST_CHECK;
void variants_section_done(struct variants_section *);
// The half of it that is about the telescope (joined.c). False: no memory.
bool variants_section_join(struct variants_section *, const struct report_about *,
                           const struct plan *) MUST_CHECK;
// Of a country, in the language of the page, where it has a name.
struct report_place variants_place(const struct report_about *, const char *id);

// ---- all of them

struct sections {
	struct report_about about;
	struct survey_section survey;
	struct ledger_section ledger;
	struct ports_section ports;
	struct places_section places;
	struct prefixes_section prefixes;
	struct changes_section changes;
	struct home_section home;
	struct devices_section devices;
	struct variants_section variants;
	struct rules_section rules;
	struct report report;  // what is drawn
};

// Tables of the page that are no answers, as rows: one's own, empty where not known; and captures with what is
// damaged in them, without how they are compressed, which changes nothing.
enum { HOME_COLUMNS = 4, CAPTURE_COLUMNS = 3 };
extern const struct column home_columns[HOME_COLUMNS], capture_columns[CAPTURE_COLUMNS];
void home_section_write(const struct sections *, struct table *to);
void ledger_section_write(const struct sections *, struct table *to);

// The files beside the page (files.c). Earlier ones are removed first.
bool report_files(const struct sections *, const struct plan *, const struct report_folder *,
                  struct error *error) MUST_CHECK;
