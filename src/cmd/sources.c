// SPDX-License-Identifier: MIT
#include "cmd/ask.h"
#include "cmd/source_days.h"

enum { TOP_MAX = 100000 };

struct sources_command {
	struct source_days_command source_days;
	unsigned shape;  // of shape_choices
	uint64_t top;    // 0: all
};

static const char *const shape_choices[] = { "any",   "few",     "horizontal", "vertical",
	                                     "mixed", "unknown", NULL };

static const struct option options[] = {
	{ "family", 'f', OPTION_TEXT,
	  offsetof(struct sources_command, source_days.analysis.families), "NAME",
	  "look at the SYNs that match this fingerprint (default: *, all SYNs)", 0, 0, NULL },
	{ "shape", 0, OPTION_CHOICE, offsetof(struct sources_command, shape), "SHAPE",
	  "only few, horizontal, vertical, mixed or unknown (default: any)", 0, 0, shape_choices },
	{ "top", 'n', OPTION_NUMBER, offsetof(struct sources_command, top), "N",
	  "only the N of each day with the most packets, these first", 1, TOP_MAX, NULL },
};
static const struct option_table sources_table = { options, sizeof options / sizeof *options };

static bool question(void *context, const struct description *d, struct question *out,
                     struct error *error)
{
	struct sources_command *c = context;
	if (!source_days_question(&c->source_days, d, "*", out, error))
		return false;
	if (out->family_count != 1)
		return error_set(error, ERROR_USAGE, "--family takes one fingerprint here");
	out->kind = QUESTION_SOURCES;
	out->top = c->top;
	out->sources.shape = c->shape > 0 ? shape_choices[c->shape] : NULL;
	return true;
}

static int run(const struct command *self, struct option_words words)
{
	struct sources_command c = { .source_days = source_days_defaults() };
	return analysis_run(&(struct analysis){ self, &c, NULL, question }, words);
}

static const struct option_table *const tables[] = {
	&sources_table, &store_table,  &strict_table, &days_table,   &packets_table,
	&floods_table,  &output_table, &take_table,   &common_table, NULL
};

const struct command command_sources = {
	.name = "sources",
	.summary = "each source on each day: when, how much, how fast, what shape of scanning",
	.operands = "[CAPTURE...]",
	.description =
		"One row a source and day, by day and source: first and last time (UTC) and distinct "
		"destinations of all its packets (destinations beyond 64 are estimated), SYNs or those of "
		"--family, and the ports they went to. rate is what the source would send in a second to all of "
		"IPv4 if it treats all addresses alike: packets x 2^32 / addresses of the telescope / seconds of "
		"the day that the captures cover; "
		"rate_while_seen the same from the first to the last: (packets - 1) x 2^32 / addresses / "
		"(last - first). They are unknown if the store was not told its telescope. `hotaru shapes "
		"--help` has the shapes. is_flood_suspect: the source sent one packet on the whole day, a SYN or "
		"UDP, within ten seconds (they begin every five) in which at least 1,000 such sources sent one "
		"to that port, and 20 times as many as in the port's median ten seconds of the day: the mark of "
		"a flood with forged sources.",
	.tables = tables,
	.run = run,
};
