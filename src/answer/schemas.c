// SPDX-License-Identifier: MIT
// The columns of every answer; of those about what hosts answered see schemas_devices.c.
#include "answer/schemas.h"

#include "base/text.h"

#include <assert.h>

// ---- survey

static const struct column survey[] = {
	{ "day", CELL_DAY },
	{ "family", CELL_TEXT },
	{ "packets", CELL_NUMBER, UNIT_PACKETS, .spare = 1 },
	{ "sources", CELL_NUMBER, UNIT_SOURCES },
	{ "new", CELL_NUMBER, UNIT_SOURCES },
	{ "returned", CELL_NUMBER, UNIT_SOURCES, .spare = 2 },
	{ "recovered", CELL_NUMBER, UNIT_SOURCES },
	{ "cumulative_new", CELL_NUMBER, UNIT_SOURCES, .spare = 3 },
	{ "cumulative_recovered", CELL_NUMBER, UNIT_SOURCES, .spare = 3 },
	{ "active", CELL_NUMBER, UNIT_SOURCES },
};
static const struct column survey_coverage[] = { { "coverage", CELL_REAL, UNIT_SHARE,
	                                           .spare = 1 } };
static const struct column survey_estimates[] = {
	{ "seen_probability", CELL_REAL, UNIT_SHARE, .spare = 4 },
	{ "estimated_sources", CELL_NUMBER, UNIT_SOURCES },
	{ "estimated_low", CELL_NUMBER, UNIT_SOURCES, .spare = 4 },
	{ "estimated_high", CELL_NUMBER, UNIT_SOURCES, .spare = 4 },
	{ "chao1", CELL_NUMBER, UNIT_SOURCES, .spare = 5 },
	{ "chao1_low", CELL_NUMBER, UNIT_SOURCES, .spare = 5 },
	{ "chao1_high", CELL_NUMBER, UNIT_SOURCES, .spare = 5 },
	{ "gone_after_days", CELL_NUMBER, UNIT_DAYS, .spare = 5 },
	{ "slow_internet_rate", CELL_REAL, UNIT_PACKETS_A_SECOND, .spare = 5 },
};

static const struct column survey_final[] = { { "is_final", CELL_NUMBER, .form = FORM_BOOL } };

// A row for each family and age: how many days after the day of a row the survey ended that said it first.
// Changes are (now - then) / then, of so many views: analyse/survey/revisions.h.
static const struct column revisions[] = {
	{ "family", CELL_TEXT },
	{ "days_after", CELL_NUMBER, UNIT_DAYS },
	{ "views", CELL_NUMBER },
	{ "active_median", CELL_REAL, UNIT_SHARE },
	{ "active_most", CELL_REAL, UNIT_SHARE },
	{ "recovered_median", CELL_REAL, UNIT_SHARE },
	{ "recovered_most", CELL_REAL, UNIT_SHARE },
};

// The one row. gap_days is unknown where nobody said what the telescope is, or no day has data; what it rests on is empty
// where it was not asked (analyse/survey/gap.h).
static const struct column gap[] = {
	{ "gap_days", CELL_NUMBER, UNIT_DAYS },     { "addresses", CELL_NUMBER },
	{ "size_days", CELL_NUMBER, UNIT_DAYS },    { "silences", CELL_NUMBER },
	{ "silence_days", CELL_NUMBER, UNIT_DAYS },
};

static void gap_schema(const struct question *q, struct schema *out)
{
	(void)q;
	ADD(out, gap);
}

static void revisions_schema(const struct question *q, struct schema *out)
{
	(void)q;
	ADD(out, revisions);
}

static void survey_schema(const struct question *q, struct schema *out)
{
	ADD(out, survey);
	if (q->survey.has_coverage || q->survey.has_estimates)
		ADD(out, survey_coverage);
	if (q->survey.has_estimates)
		ADD(out, survey_estimates);
	if (q->survey.has_final)
		ADD(out, survey_final);
}

static const struct column lifetimes[] = {
	{ "family", CELL_TEXT },
	{ "sources", CELL_NUMBER, UNIT_SOURCES },
	{ "spells", CELL_NUMBER },
	{ "open_spells", CELL_NUMBER, .spare = 1 },
	{ "mean_days", CELL_REAL, UNIT_DAYS, .spare = 2 },
	{ "median_days", CELL_REAL, UNIT_DAYS },
	{ "p90_days", CELL_NUMBER, UNIT_DAYS },
	{ "kaplan_meier_median_days", CELL_NUMBER, UNIT_DAYS },
};

// A row for each family and length from 0 days to the longest that was seen: the spells that lasted so
// long, be they ended or open, and the share of spells that last longer, after Kaplan
// and Meier.
static const struct column survival[] = {
	{ "family", CELL_TEXT },
	{ "days", CELL_NUMBER, UNIT_DAYS },
	{ "spells", CELL_NUMBER },
	{ "survival", CELL_REAL, UNIT_SHARE },
};

static void lifetimes_schema(const struct question *q, struct schema *out)
{
	(void)q;
	ADD(out, lifetimes);
}

static void survival_schema(const struct question *q, struct schema *out)
{
	(void)q;
	ADD(out, survival);
}

// ---- source-days

static const struct column sources[] = {
	{ "day", CELL_DAY },
	{ "source", CELL_ADDRESS },
	{ "first", CELL_TIME, .spare = 2 },
	{ "last", CELL_TIME, .spare = 3 },
	{ "packets", CELL_NUMBER, UNIT_PACKETS },
	{ "destinations", CELL_NUMBER },
	{ "ports", CELL_NUMBER, .spare = 1 },
	{ "rate", CELL_REAL, UNIT_PACKETS_A_SECOND, .spare = 1 },
	{ "rate_while_seen", CELL_REAL, UNIT_PACKETS_A_SECOND, .spare = 5 },
	{ "shape", CELL_TEXT },
	{ "is_flood_suspect", CELL_NUMBER, .form = FORM_BOOL, .spare = 4 },
	{ "fingerprints", CELL_TEXT, .form = FORM_LIST },  // "mirai;zmap"
};

static const struct column shapes[] = {
	{ "day", CELL_DAY },
	{ "family", CELL_TEXT },
	{ "shape", CELL_TEXT },
	{ "sources", CELL_NUMBER, UNIT_SOURCES },
	{ "packets", CELL_NUMBER, UNIT_PACKETS },
	{ "flood_suspects", CELL_NUMBER, UNIT_SOURCES },
};

static void sources_schema(const struct question *q, struct schema *out)
{
	(void)q;
	ADD(out, sources);
}

static void shapes_schema(const struct question *q, struct schema *out)
{
	(void)q;
	ADD(out, shapes);
}

// ---- ports

static const struct column ports[] = {
	{ "day", CELL_DAY },
	{ "protocol", CELL_TEXT },
	{ "port", CELL_NUMBER },
	{ "family", CELL_TEXT },
	{ "packets", CELL_NUMBER, UNIT_PACKETS, .spare = 1 },
	{ "sources", CELL_NUMBER, UNIT_SOURCES },
	{ "day_before", CELL_NUMBER, UNIT_SOURCES, .spare = 2 },
	{ "week_before", CELL_NUMBER, UNIT_SOURCES, .spare = 2 },
	{ "most_before", CELL_NUMBER, UNIT_SOURCES },
	{ "is_new", CELL_NUMBER, .form = FORM_BOOL },
};

static void ports_schema(const struct question *q, struct schema *out)
{
	(void)q;
	ADD(out, ports);
}

// ---- places and prefixes

static const struct column prefixes[] = {
	{ "rank", CELL_NUMBER },
	{ "prefix", CELL_TEXT },
	{ "sources", CELL_NUMBER, UNIT_SOURCES },
	{ "cumulative_sources", CELL_NUMBER, UNIT_SOURCES },
	{ "cumulative_share", CELL_REAL, UNIT_SHARE },
};

static const struct column places[] = {
	{ "place", CELL_TEXT },
	{ "name", CELL_TEXT },
	{ "sources", CELL_NUMBER, UNIT_SOURCES },
	{ "share", CELL_REAL, UNIT_SHARE },
};
enum { PLACE_COLUMNS = sizeof places / sizeof *places };

// What stands before a network that is ranked within a country.
static const struct column within_country[] = {
	{ "country", CELL_TEXT },
	{ "country_name", CELL_TEXT, .spare = 1 },
	{ "country_sources", CELL_NUMBER, UNIT_SOURCES, .spare = 2 },
	{ "country_share", CELL_REAL, UNIT_SHARE, .spare = 3 },
};
static const struct column rank[] = { { "rank", CELL_NUMBER } };

_Static_assert(1 + (int)PLACES_ACROSS_MAX * (int)PLACE_COLUMNS <= (int)SCHEMA_COLUMNS_MAX,
               "there is room for the ports that may be asked for");

// rank; place_P, name_P, sources_P, share_P of each port P.
static void across_schema(const struct question *q, struct schema *out)
{
	ADD(out, rank);
	for (size_t p = 0; p < q->port_count; p++)
		for (size_t i = 0; i < PLACE_COLUMNS; i++) {
			// The place and its sources are what the ports are compared by.
			static const unsigned char spares[PLACE_COLUMNS] = { 0, 1, 0, 2 };
			struct column column = places[i];
			column.spare = spares[i];
			text_format(column.name, sizeof column.name, "%s_%u", places[i].name,
			            q->ports[p]);
			schema_add(out, &column, 1);
		}
}

static void places_schema(const struct question *q, struct schema *out)
{
	if (q->places.is_across) {
		across_schema(q, out);
		return;
	}
	if (q->places.is_per_country)
		ADD(out, within_country);
	ADD(out, places);
}

static void prefixes_schema(const struct question *q, struct schema *out)
{
	(void)q;
	ADD(out, prefixes);
}

// ---- notices

// By source and family. Of ports those that most packets went to, with how many: "23:5;2323:1".
static const struct column notices[] = {
	{ "source", CELL_ADDRESS },
	{ "family", CELL_TEXT },
	{ "first", CELL_TIME },
	{ "last", CELL_TIME },
	{ "days", CELL_NUMBER, UNIT_DAYS },
	{ "packets", CELL_NUMBER, UNIT_PACKETS },
	{ "ports", CELL_TEXT },
	{ "ports_seen", CELL_NUMBER },
	{ "country", CELL_TEXT },
	{ "country_name", CELL_TEXT },
	{ "network", CELL_TEXT },
	{ "network_name", CELL_TEXT },
};

static void notices_schema(const struct question *q, struct schema *out)
{
	(void)q;
	ADD(out, notices);
}

// ---- changes

// The newest day first. `change` is new, grown or gone, `subject` family, port, rule, country or network; `id` its name as
// in the answer about it, of a port "tcp/7547", of a rule "window=1320 => window=792", `name` that of a place. usual
// (empty for a rule that is new) and most_before are the median and the most of the 28 days before.
static const struct column changes[] = {
	{ "day", CELL_DAY },
	{ "change", CELL_TEXT },
	{ "subject", CELL_TEXT },
	{ "id", CELL_TEXT },
	{ "name", CELL_TEXT },
	{ "sources", CELL_NUMBER, UNIT_SOURCES },
	{ "usual", CELL_NUMBER, UNIT_SOURCES },
	{ "most_before", CELL_NUMBER, UNIT_SOURCES },
};

static void changes_schema(const struct question *q, struct schema *out)
{
	(void)q;
	ADD(out, changes);
}

// ---- around a day

// Means of sources a day; `ratio` is empty where nobody was before. Nine of ten other pairs of windows lie between
// usual_low and usual_high; in as_large of all `pairs` as much changed or more. Days: those that the means are of.
static const struct column around[] = {
	{ "measure", CELL_TEXT },
	{ "key", CELL_TEXT },
	{ "before", CELL_REAL, UNIT_SOURCES },
	{ "after", CELL_REAL, UNIT_SOURCES },
	{ "ratio", CELL_REAL },
	{ "usual_low", CELL_REAL },
	{ "usual_high", CELL_REAL },
	{ "as_large", CELL_NUMBER },
	{ "pairs", CELL_NUMBER },
	{ "days_before", CELL_NUMBER, UNIT_DAYS, .spare = 1 },
	{ "days_after", CELL_NUMBER, UNIT_DAYS, .spare = 1 },
};

static void around_schema(const struct question *q, struct schema *out)
{
	(void)q;
	ADD(out, around);
}

// ---- captures, of those that have frames on the days

// A row for each counter, "copy" only where there are some, the last being their sum, "frames"; last come the totals, of capture "*".
static const struct column ledger[] = {
	{ "capture", CELL_TEXT },
	{ "counter", CELL_TEXT },
	{ "frames", CELL_NUMBER, UNIT_FRAMES },
};

// Those of a capture by counter, the most frames first; last those of all, of capture "*".
static const struct column reasons[] = {
	{ "capture", CELL_TEXT },
	{ "counter", CELL_TEXT },
	{ "frames", CELL_NUMBER, UNIT_FRAMES },
	{ "link_type", CELL_NUMBER, .spare = 2 },  // empty: not known
	{ "reason", CELL_TEXT, .spare = 1 },
	{ "number", CELL_NUMBER, .spare = 3 },  // that the reason is about
	{ "link_name", CELL_TEXT, .is_detail = true },
};

// A row for each counter that a capture has; last the sums, of capture "*".
static const struct column drops[] = {
	{ "capture", CELL_TEXT },
	{ "counter", CELL_TEXT },
	{ "packets", CELL_NUMBER, UNIT_PACKETS },
};

// By name, as everywhere. Frames are empty where it had no packets in it: then it is in no ledger.
static const struct column captures[] = {
	{ "capture", CELL_TEXT },
	{ "format", CELL_TEXT },
	{ "first", CELL_TIME },
	{ "last", CELL_TIME },
	{ "frames", CELL_NUMBER, UNIT_FRAMES },
	{ "is_simulated", CELL_NUMBER, .form = FORM_BOOL },
	{ "damage", CELL_TEXT },  // empty: it was whole
};

static const struct column coverage[] = {
	{ "day", CELL_DAY },
	{ "captures", CELL_NUMBER },
	{ "covered_seconds", CELL_NUMBER, UNIT_SECONDS },
	{ "share", CELL_REAL, UNIT_SHARE },
	{ "status", CELL_TEXT },
	{ "holes", CELL_NUMBER },
	{ "known_by",
	  CELL_TEXT },  // "frames": when they came; "spans": of some only the first and last
};

static void captures_schema(const struct question *q, struct schema *out)
{
	if (q->kind == QUESTION_LEDGER)
		ADD(out, ledger);
	else if (q->kind == QUESTION_REASONS)
		ADD(out, reasons);
	else if (q->kind == QUESTION_DROPS)
		ADD(out, drops);
	else
		ADD(out, captures);
}

static void coverage_schema(const struct question *q, struct schema *out)
{
	(void)q;
	ADD(out, coverage);
}

// ---- rules

static const struct column rules[] = {
	{ "day", CELL_DAY },
	{ "antecedent", CELL_TEXT, .form = FORM_LIST },
	{ "consequent", CELL_TEXT, .form = FORM_LIST },
	{ "support", CELL_NUMBER, UNIT_SOURCES },
	{ "antecedent_support", CELL_NUMBER, UNIT_SOURCES, .spare = 4 },
	{ "confidence", CELL_REAL, UNIT_SHARE },
	{ "lift", CELL_REAL, .spare = 2 },
	{ "target_sources", CELL_NUMBER, UNIT_SOURCES, .spare = 3 },
	{ "mirai_sources", CELL_NUMBER, UNIT_SOURCES, .spare = 3 },
	{ "mirai_share", CELL_REAL, UNIT_SHARE },
	{ "leverage", CELL_REAL, UNIT_NONE, true },
	{ "conviction", CELL_REAL, UNIT_NONE, true },
	{ "improvement", CELL_REAL, UNIT_NONE, true },
	{ "p_value", CELL_SMALL, UNIT_NONE, true },
};
static const struct column one_packet[] = { { "one_packet_sources", CELL_NUMBER, UNIT_SOURCES } };
static const struct column mirai_any_port[] = {
	{ "mirai_any_port_sources", CELL_NUMBER, UNIT_SOURCES, true },
	{ "mirai_any_port_share", CELL_REAL, UNIT_SHARE, true },
};

// Values of one field are never in one packet.
static void rules_schema(const struct question *q, struct schema *out)
{
	ADD(out, rules);
	ADD(out, one_packet);
	out->columns[out->count - 1].is_detail = !q->rules.is_across;
	ADD(out, mirai_any_port);
}

static const struct column rule_timeline[] = {
	{ "antecedent", CELL_TEXT, .form = FORM_LIST },
	{ "consequent", CELL_TEXT, .form = FORM_LIST },
	{ "first_day", CELL_DAY },
	{ "last_day", CELL_DAY },
	{ "days", CELL_NUMBER, UNIT_DAYS, .spare = 1 },
	{ "peak_day", CELL_DAY, .spare = 2 },
	{ "peak_sources", CELL_NUMBER, UNIT_SOURCES },
	{ "sources", CELL_NUMBER, UNIT_SOURCES },
	{ "mirai_sources", CELL_NUMBER, UNIT_SOURCES, .spare = 3 },
	{ "mirai_share", CELL_REAL, UNIT_SHARE, .spare = 1 },
};

// Of the day of the peak.
static const struct column rule_peak[] = {
	{ "peak_confidence", CELL_REAL, UNIT_SHARE, true },
	{ "peak_mirai_any_port_sources", CELL_NUMBER, UNIT_SOURCES, true },
};

static void rule_timeline_schema(const struct question *q, struct schema *out)
{
	(void)q;
	ADD(out, rule_timeline);
	ADD(out, mirai_any_port);
	ADD(out, rule_peak);
}

// A row for each rule of the timeline, by the number of its row from 1 on, and day on which it had
// targets; the columns from found_sources on are empty where the rule was not found.
static const struct column rule_days[] = {
	{ "rule", CELL_NUMBER },
	{ "day", CELL_DAY },
	{ "sources", CELL_NUMBER, UNIT_SOURCES },
	{ "mirai_sources", CELL_NUMBER, UNIT_SOURCES },
	{ "found_sources", CELL_NUMBER, UNIT_SOURCES },
	{ "found_mirai_sources", CELL_NUMBER, UNIT_SOURCES },
	{ "confidence", CELL_REAL, UNIT_SHARE },
	{ "mirai_any_port_sources", CELL_NUMBER, UNIT_SOURCES },
	{ "found_mirai_any_port_sources", CELL_NUMBER, UNIT_SOURCES },
};

static void rule_days_schema(const struct question *q, struct schema *out)
{
	(void)q;
	ADD(out, rule_days);
}

static const struct column new_rules[] = {
	{ "day", CELL_DAY },
	{ "antecedent", CELL_TEXT, .form = FORM_LIST },
	{ "consequent", CELL_TEXT, .form = FORM_LIST },
	{ "support", CELL_NUMBER, UNIT_SOURCES },
	{ "confidence", CELL_REAL, UNIT_SHARE },
	{ "lift", CELL_REAL, UNIT_NONE, true },
	{ "target_sources", CELL_NUMBER, UNIT_SOURCES, true },
	{ "mirai_sources", CELL_NUMBER, UNIT_SOURCES, true },
	{ "mirai_share", CELL_REAL, UNIT_SHARE },
};
static const struct column new_rules_targets[] = {
	{ "ports", CELL_TEXT, .form = FORM_COUNTS },
	{ "places", CELL_TEXT, .form = FORM_COUNTS },
	{ "fingerprints", CELL_TEXT, .form = FORM_COUNTS },
	{ "example", CELL_TEXT, .form = FORM_WORDS },
};
// How many there are; the cells above have the first of them.
static const struct column new_rules_seen[] = {
	{ "ports_seen", CELL_NUMBER, UNIT_NONE, true },
	{ "places_seen", CELL_NUMBER, UNIT_NONE, true },
};
static const struct column new_rules_before[] = {
	{ "most_before", CELL_NUMBER, UNIT_SOURCES, true },
};

static void new_rules_schema(const struct question *q, struct schema *out)
{
	ADD(out, new_rules);
	if (q->rules.has_targets)
		ADD(out, new_rules_targets);
	ADD(out, new_rules_before);
	if (q->rules.has_one_packet)
		ADD(out, one_packet);
	ADD(out, mirai_any_port);
	if (q->rules.has_targets)
		ADD(out, new_rules_seen);
}

// Rows of each new rule, by the number of its row from 1 on. `what` and what `count` is of:
//
//	targets      the target sources
//	ports        how many destination ports their SYNs had
//	port         those that sent SYNs to `key`: the ports with most of them
//	fingerprint  those of which any SYN matched `key`
//	country, network  those that are there: `key` is its code or number, `name` what it is called.
//	             No such rows: nobody knows
//	example      the SYNs of the target that sent the fewest; `key` is a header value of these
static const struct column rule_targets[] = {
	{ "rule", CELL_NUMBER }, { "what", CELL_TEXT },    { "key", CELL_TEXT },
	{ "name", CELL_TEXT },   { "count", CELL_NUMBER },
};

static void rule_targets_schema(const struct question *q, struct schema *out)
{
	(void)q;
	ADD(out, rule_targets);
}

// ---- all

void question_schema(const struct question *q, struct schema *out)
{
	static void (*const schemas[QUESTION_KINDS])(const struct question *, struct schema *) = {
		[QUESTION_SURVEY] = survey_schema,
		[QUESTION_LIFETIMES] = lifetimes_schema,
		[QUESTION_SURVIVAL] = survival_schema,
		[QUESTION_REVISIONS] = revisions_schema,
		[QUESTION_GAP] = gap_schema,
		[QUESTION_SOURCES] = sources_schema,
		[QUESTION_SHAPES] = shapes_schema,
		[QUESTION_PORTS] = ports_schema,
		[QUESTION_PLACES] = places_schema,
		[QUESTION_PREFIXES] = prefixes_schema,
		[QUESTION_RULES] = rules_schema,
		[QUESTION_RULE_TIMELINE] = rule_timeline_schema,
		[QUESTION_RULE_DAYS] = rule_days_schema,
		[QUESTION_NEW_RULES] = new_rules_schema,
		[QUESTION_RULE_TARGETS] = rule_targets_schema,
		[QUESTION_NOTICES] = notices_schema,
		[QUESTION_CHANGES] = changes_schema,
		[QUESTION_LEDGER] = captures_schema,
		[QUESTION_REASONS] = captures_schema,
		[QUESTION_DROPS] = captures_schema,
		[QUESTION_CAPTURES] = captures_schema,
		[QUESTION_COVERAGE] = coverage_schema,
		[QUESTION_RESPONSES] = responses_schema,
		[QUESTION_ACCESSIBILITY] = accessibility_schema,
		[QUESTION_DEVICES] = devices_schema,
		[QUESTION_EFFECT] = effect_schema,
		[QUESTION_EFFECT_CURVE] = effect_curve_schema,
		[QUESTION_ATTACKS] = attacks_schema,
		[QUESTION_EVENTS] = events_schema,
		[QUESTION_BIG_SCANNERS] = big_scanners_schema,
		[QUESTION_SOURCE_GROUPS] = source_groups_schema,
		[QUESTION_SESSIONS] = sessions_schema,
		[QUESTION_LOGGED] = logged_schema,
		[QUESTION_VARIANTS] = variants_schema,
		[QUESTION_JOIN] = join_schema,
		[QUESTION_INFECTED] = infected_schema,
		[QUESTION_AROUND] = around_schema,
	};
	assert(schemas[q->kind] != NULL);
	out->count = 0;
	schemas[q->kind](q, out);
}
