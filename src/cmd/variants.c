// SPDX-License-Identifier: MIT
// Which variant: sources at honeypots by what they say.
#include "cmd/atlas.h"
#include "cmd/malware_names.h"
#include "cmd/logs.h"

#include "base/memory.h"

// In the order of enum variants_grain.
static const char *const by_names[] = { "family", "token", "country", NULL };

struct variants_command {
	struct logs_command logs;
	struct malware_names families;
	unsigned by;
	bool is_table, is_join, is_estimate, is_coverage;
	const char *fingerprint;
};

static const struct option options[] = {
	{ "by", 'b', OPTION_CHOICE, offsetof(struct variants_command, by), "WHAT",
	  "by day and family (default), by day and token, or country: families in countries, over all days",
	  0, 0, by_names },
	{ "table", 0, OPTION_FLAG, offsetof(struct variants_command, is_table), NULL,
	  "a line for each family: one program or two, what it says, where it is, keys of its samples",
	  0, 0, NULL },
	{ "join", 0, OPTION_FLAG, offsetof(struct variants_command, is_join), NULL,
	  "a line for each day and family: how many of its sources the telescope saw, by fingerprint, port and rule, and which devices they are",
	  0, 0, NULL },
	{ "estimate", 0, OPTION_FLAG, offsetof(struct variants_command, is_estimate), NULL,
	  "a line for each day and country: how many hosts are infected, with those that the telescope did not see",
	  0, 0, NULL },
	{ "coverage", 0, OPTION_FLAG, offsetof(struct variants_command, is_coverage), NULL,
	  "a line for each day: how much of it honeypots logged", 0, 0, NULL },
	{ "fingerprint", 0, OPTION_TEXT, offsetof(struct variants_command, fingerprint), "NAME",
	  "whose hosts --estimate is about (default: mirai)", 0, 0, NULL },
	{ "family", 'f', OPTION_TEXT, offsetof(struct analysis_command, families), "NAMES",
	  "only these families, separated by commas (default: all)", 0, 0, NULL },
};
static const struct option_table table = { options, sizeof options / sizeof *options };

static bool question(void *context, const struct description *d, struct question *out,
                     struct error *error)
{
	struct variants_command *c = context;
	(void)d;
	*out = (struct question){
		.kind = c->is_join       ? QUESTION_JOIN
		        : c->is_estimate ? QUESTION_INFECTED
		        : c->is_coverage ? QUESTION_LOGGED
		                         : QUESTION_VARIANTS,
		.days = days_range(&c->logs.analysis.days),
		.families = c->families.list,
		.family_count = c->families.count,
		.variants = { .by = c->is_table ? VARIANTS_TABLE : (enum variants_grain)c->by },
	};
	if (!logs_families(&c->logs, &out->variants, error))
		return false;
	out->variants.fingerprint = c->fingerprint;
	return true;
}

static size_t places(const void *context, enum place_kind out[PLACE_KINDS])
{
	(void)context;
	out[0] = PLACE_COUNTRY;
	return 1;
}

static bool work(struct variants_command *c, const struct option_words *words, struct error *error)
{
	const struct analysis analysis = { .options = c, .question = question, .places = places };
	if (c->is_table + c->is_join + c->is_estimate + c->is_coverage +
	            (c->by != VARIANTS_BY_FAMILY) >
	    1)
		return error_set(error, ERROR_USAGE,
		                 "--table, --join, --estimate, --coverage or --by: one of them");
	if (c->fingerprint != NULL && !c->is_estimate)
		return error_set(error, ERROR_USAGE,
		                 "--fingerprint says whose hosts --estimate is about");
	return malware_names_parse(c->logs.analysis.families, &c->families, error) &&
	       logs_ask(&c->logs, &analysis, words, error);
}

static int run(const struct command *self, struct option_words words)
{
	struct variants_command c = { .logs = logs_defaults() };
	struct error error;
	int exit_code;
	if (!command_parse(self, &words, &c, &exit_code)) {
		buffer_done(&c.logs.text);
		return exit_code;
	}
	const bool ok = work(&c, &words, &error);
	malware_names_done(&c.families);
	return logs_exit(&c.logs, ok, &error);
}

static const struct option_table *const tables[] = { &table,        &logs_table,   &places_table,
	                                             &store_table,  &strict_table, &days_table,
	                                             &output_table, &common_table, NULL };

const struct command command_variants = {
	.name = "variants",
	.summary = "families of scanners by what they say at honeypots, by day and country",
	.operands = "[LOG...]",
	.description =
		"How many sources and sessions at honeypots (`hotaru honeypot`) each family has, by day and country. A session is of the family that has its token; "
		"of hajime, if it does what Hajime does; a token that no table has is a family of its own if at least three sources said it, "
		"and \"other\" otherwise. Who showed no token is in no row: a token comes after a password that the honeypot takes, "
		"so counts are lower bounds. A source counts once a day and row, with --by country once over all days. Private, special-purpose and the sensors' "
		"own addresses do not count. --table says of each family whether it is one program or two - published, or as its sessions show - and what it "
		"says, where it is, and the published keys of its samples.\n\n"
		"With -s a store that has captures, too, --join says which of these sources the telescope saw on the same day: those that scan are "
		"mostly seen, loaders never; by which fingerprint, on which ports, of which association rules of the day (`hotaru rules`) they are targets, and in which "
		"clusters of devices those are that answered (`hotaru cluster`). A day on which no honeypot logged has no line: nobody knows who came. --estimate takes the share that was seen, of a "
		"sample in which fast sources are more often, and says how many infected hosts there were at least in each country, with a 95 % interval "
		"(doc/estimates.md).",
	.tables = tables,
	.run = run,
};
