// SPDX-License-Identifier: MIT
#include "cmd/rules.h"

#include "base/suggest.h"
#include "base/text.h"
#include "cmd/atlas.h"

#include <inttypes.h>

enum {
	ITEMS_MAX = 64,
	WINDOW_DAYS_MAX = 366,
	WORK_MILLIONS_MAX = 1000000000,
	RULES_TOP_MAX = 100000,
	PAST_DAYS_MAX = 366
};
// Shorter pasts can never have enough days before the recent ones.
enum { PAST_DAYS_MIN = NEW_RULES_RECENT_DAYS + NEW_RULES_DATA_DAYS };

static const struct option options[] = {
	{ "fields", 0, OPTION_TEXT, offsetof(struct rules_command, fields), "FIELDS",
	  "header fields, separated by commas (default: window,dport,ttl,tos); also sport, ip_id, "
	  "length, flags, options, mss, destination, udp_port, backscatter_port",
	  0, 0, NULL },
	{ "across", 0, OPTION_FLAG, offsetof(struct rules_command, across), NULL,
	  "rules over the values of all these fields together, not of each by itself", 0, 0, NULL },
	{ "min-support", 0, OPTION_TEXT, offsetof(struct rules_command, support), "N",
	  RULES_SUPPORT_TEXT, 0, 0, NULL },
	{ "min-confidence", 0, OPTION_REAL, offsetof(struct rules_command, confidence_min), "C",
	  "the share of those with the antecedent that have the consequent, 0 to 1 (default: 0.9)",
	  0, 0, NULL },
	{ "max-items", 0, OPTION_NUMBER, offsetof(struct rules_command, items_max), "N",
	  "values of a rule, of both sides (default: no limit)", 2, ITEMS_MAX, NULL },
	{ "consequents", 0, OPTION_NUMBER, offsetof(struct rules_command, consequents_max), "N",
	  "values of the consequent, at most (default: 1)", 1, RULES_CONSEQUENTS_MAX, NULL },
	{ "window-days", 0, OPTION_NUMBER, offsetof(struct rules_command, window_days), "N",
	  "what a source used on so many days, of which the row has the last (default: 1)", 1,
	  WINDOW_DAYS_MAX, NULL },
	{ "all", 0, OPTION_FLAG, offsetof(struct rules_command, all), NULL,
	  "every rule of that support and confidence, also those that follow from shorter ones", 0,
	  0, NULL },
	{ "alpha", 0, OPTION_REAL, offsetof(struct rules_command, alpha), "A",
	  "how likely one rule of a day may be that is none, without --all (default: 0.05)", 0, 0,
	  NULL },
	{ "no-buckets", 0, OPTION_FLAG, offsetof(struct rules_command, no_buckets), NULL,
	  "all values of sources that used more than 32 of a field, not one bucket in their place",
	  0, 0, NULL },
	{ "work", 0, OPTION_NUMBER, offsetof(struct rules_command, work_millions), "N",
	  "end with a partial answer after so many million steps for each day and field (default: "
	  "2000)",
	  1, WORK_MILLIONS_MAX, NULL },
};
static const struct option_table rules_table = { options, sizeof options / sizeof *options };

static const struct option timeline_options[] = {
	{ "timeline", 0, OPTION_FLAG, offsetof(struct rules_command, timeline), NULL,
	  "a row a rule instead: when it was found first and last, and when most", 0, 0, NULL },
	{ "top", 'n', OPTION_NUMBER, offsetof(struct rules_command, top), "N",
	  "with --timeline: the N rules with the most sources on a day (default: all)", 1,
	  RULES_TOP_MAX, NULL },
};
static const struct option_table timeline_table = { timeline_options, 2 };

static const struct option new_options[] = {
	{ "new", 0, OPTION_FLAG, offsetof(struct rules_command, only_new), NULL,
	  "what is new on the day instead: rules of values that none of the days before had", 0, 0,
	  NULL },
	{ "past-days", 0, OPTION_NUMBER, offsetof(struct rules_command, past_days), "N",
	  "with --new: look back so many days (default: 28)", PAST_DAYS_MIN, PAST_DAYS_MAX, NULL },
	{ "country-db", 0, OPTION_TEXT,
	  offsetof(struct rules_command, analysis.take.databases[PLACE_COUNTRY]), "FILES",
	  "with --new: take countries from this MaxMind database or table of ranges (default: the "
	  "store's), FILE[@FROM..TO][,FILE...]",
	  0, 0, NULL },
};
static const struct option_table new_table = { new_options, 3 };

// ---- what is asked for

static struct rules_command rules_defaults(void)
{
	return (struct rules_command){ .analysis = analysis_defaults(),
		                       .fields = "window,dport,ttl,tos",
		                       .confidence_min = RULES_CONFIDENCE,
		                       .consequents_max = 1,
		                       .window_days = 1,
		                       .alpha = RULES_ALPHA,
		                       .work_millions = RULES_WORK / 1000000 };
}

static bool unknown_field(const char *name, struct error *error)
{
	struct suggestion meant = { .word = name };
	char known[256] = "";
	size_t length = 0;
	for (unsigned field = 0; field < HEADER_FIELDS_MAX; field++) {
		text_format(known + length, sizeof known - length, "%s%s", field > 0 ? ", " : "",
		            header_field_name(field));
		length = strlen(known);
		suggestion_try(&meant, header_field_name(field));
	}
	error_set(error, ERROR_USAGE, "there is no field '%s'; there are %s", name, known);
	return suggestion_add(&meant, "", error);
}

static bool parse_fields(struct rules_command *c, struct error *error)
{
	const char *list = c->fields;
	char name[32];
	uint32_t seen = 0;
	while (text_next(&list, ',', name, sizeof name)) {
		unsigned field;
		if (!header_field_find(name, &field))
			return unknown_field(name, error);
		if (!(seen >> field & 1))
			c->field_list[c->field_count++] = field;
		seen |= UINT32_C(1) << field;
	}
	return c->field_count > 0 || error_set(error, ERROR_USAGE, "--fields names no field");
}

bool rules_support_parse(const char *text, uint64_t *out, struct error *error)
{
	uint64_t support = 0;
	if (text == NULL || text_equal(text, "auto"))
		*out = 0;
	else if (text_equal(text, "study"))
		*out = RULES_SUPPORT_STUDY;
	else if (text_u64(text, UINT32_MAX, &support) && support > 0)
		*out = support;
	else
		return error_set(error, ERROR_USAGE,
		                 "--min-support takes a number of sources from 1 to %" PRIu32
		                 ", study or auto, not '%s'",
		                 UINT32_MAX, text);
	return true;
}

// Written so that what is no number at all is refused, too.
static bool is_share(double x)
{
	return x >= 0 && x <= 1;
}

static bool rules_check(struct rules_command *c, struct error *error)
{
	if (!is_share(c->confidence_min))
		return error_set(error, ERROR_USAGE, "--min-confidence is from 0 to 1");
	if (!is_share(c->alpha))
		return error_set(error, ERROR_USAGE, "--alpha is from 0 to 1");
	return rules_support_parse(c->support, &c->support_min, error) && parse_fields(c, error) &&
	       days_check(&c->analysis.days, error);
}

// ---- the command

struct rules_options {
	struct rules_command command;
	const char *fields[HEADER_FIELDS_MAX];
	struct rules_fingerprints fingerprints;
};

static bool check_ways(struct rules_command *c, struct error *error)
{
	if (c->timeline && c->only_new)
		return error_set(error, ERROR_USAGE, "--timeline or --new, not both");
	if (c->as_fingerprint && (c->timeline || c->analysis.format != FORMAT_TABLE))
		return error_set(error, ERROR_USAGE,
		                 "--as-fingerprint prints lines for --fingerprints: no --timeline "
		                 "and no --format with it");
	if (c->top > 0 && !c->timeline)
		return error_set(error, ERROR_USAGE, "--top is for --timeline");
	if (c->past_days > 0 && !c->only_new)
		return error_set(error, ERROR_USAGE, "--past-days is for --new");
	if (c->only_new && c->window_days > 1)
		return error_set(error, ERROR_USAGE,
		                 "--new compares single days: it takes no --window-days");
	if (c->only_new && c->consequents_max > 1)
		return error_set(error, ERROR_USAGE,
		                 "--new tells sets of values, each by its strongest rule, which "
		                 "has one consequent: it takes no --consequents");
	if (c->past_days == 0)
		c->past_days = NEW_RULES_PAST_DAYS;
	return true;
}

static bool check(void *context, struct error *error)
{
	struct rules_options *o = context;
	return rules_check(&o->command, error) && check_ways(&o->command, error);
}

static bool question(void *context, const struct description *d, struct question *out,
                     struct error *error)
{
	struct rules_options *o = context;
	const struct rules_command *c = &o->command;
	(void)d;
	(void)error;
	for (size_t i = 0; i < c->field_count; i++)
		o->fields[i] = header_field_name(c->field_list[i]);
	*out = (struct question){ .kind = c->only_new   ? QUESTION_NEW_RULES
		                          : c->timeline ? QUESTION_RULE_TIMELINE
		                                        : QUESTION_RULES,
		                  .days = days_range(&c->analysis.days),
		                  .without_floods = c->analysis.without_floods,
		                  .top = c->top,
		                  .rules = { .fields = o->fields,
		                             .field_count = c->field_count,
		                             .is_across = c->across,
		                             .is_all = c->all,
		                             .without_buckets = c->no_buckets,
		                             .support_min = c->support_min,
		                             .confidence_min = c->confidence_min,
		                             .alpha = c->alpha,
		                             .items_max = (size_t)c->items_max,
		                             .consequents_max = (size_t)c->consequents_max,
		                             .window_days = (uint32_t)c->window_days,
		                             .past_days = (uint32_t)c->past_days,
		                             .work_max = c->work_millions * 1000000,
		                             .has_targets = !c->as_fingerprint,
		                             .has_one_packet = c->as_fingerprint } };
	return true;
}

static size_t places(const void *context, enum place_kind out[PLACE_KINDS])
{
	const struct rules_options *o = context;
	out[0] = PLACE_COUNTRY;
	return o->command.only_new && !o->command.as_fingerprint ? 1 : 0;
}

static struct outlet *outlet(void *context, const struct description *d)
{
	struct rules_options *o = context;
	return o->command.as_fingerprint
	               ? rules_fingerprints_outlet(&o->fingerprints, &o->command, d)
	               : NULL;
}

static int run(const struct command *self, struct option_words words)
{
	struct rules_options o = { .command = rules_defaults() };
	const struct analysis analysis = { .command = self,
		                           .options = &o,
		                           .check = check,
		                           .question = question,
		                           .places = places,
		                           .places_are_extra = true,
		                           .outlet = outlet };
	return analysis_run(&analysis, words);
}

static const struct option_table *const tables[] = {
	&rules_table,  &timeline_table, &new_table,    &rules_fingerprint_table,
	&floods_table, &store_table,    &strict_table, &days_table,
	&output_table, &take_table,     &common_table, NULL
};

const struct command command_rules = {
	.name = "rules",
	.summary =
		"association rules over header values, by day: what is spreading that has no name",
	.operands = "[CAPTURE...]",
	.description =
		"For each day the rules antecedent => consequent over the values of a header field that the "
		"same source used at least once in its SYNs: support sources used all values of both, which "
		"is the share confidence of the antecedent_support sources that used those of the antecedent; "
		"lift is how many times the share of all sources that is. Without --all only rules are listed "
		"that no shorter one implies and that Fisher's exact test holds against each shorter one. "
		"target_sources are the support and those in buckets that used all values, too; "
		"mirai_sources of them sent SYNs of which more than 90 % match mirai-2016, mirai_any_port_sources "
		"such as do but for the destination port (at the end of a row). A source that used "
		"more than 32 values of a field has a bucket (dport=33-64_values) in their place. "
		"one_packet_sources, with --across, surely sent all values in one packet. --from and --to "
		"choose rows; --window-days reads the days before, too. "
		"--timeline has a row a rule: the first_day, last_day and number of days on which it was "
		"found, the peak_day with the most targets (peak_sources), and as sources all its targets of "
		"the days asked for, each once. --new has a row for each set of values that emerged: a rule "
		"of all of them was found, none was on the 28 days before, and they have more than three "
		"times the support that they had on any of these but the last 7, which it may take to grow; "
		"or they have more than ten times the support that they had on any of the 28. "
		"Its ports, places and fingerprints are by how many of the day's targets, its example is the "
		"commonest header values of the target with the fewest SYNs, most_before the most support on "
		"one of the days before. doc/rules.md has the definitions.",
	.tables = tables,
	.run = run,
};
