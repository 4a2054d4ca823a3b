// SPDX-License-Identifier: MIT
#include "cmd/ask.h"
#include "cmd/atlas.h"
#include "cmd/families.h"
#include "cmd/survey.h"
#include "cmd/treatments.h"

#include "base/text.h"

struct effect_command {
	struct survey_command survey;
	const char *treated, *controls;
	bool curve;
	struct treatments treatments;
	const char *family;
	uint32_t gap_days;
};

static const struct option options[] = {
	{ "treated", 0, OPTION_TEXT, offsetof(struct effect_command, treated), "FILE",
	  "what was treated and when, a line each: 192.0.2.7,2016-10-21; prefixes and networks "
	  "(AS64500), too (required)",
	  0, 0, NULL },
	{ "controls", 0, OPTION_TEXT, offsetof(struct effect_command, controls), "FILE",
	  "compare with these, in the same form, days left out (default: all others)", 0, 0, NULL },
	{ "curve", 0, OPTION_FLAG, offsetof(struct effect_command, curve), NULL,
	  "print the Kaplan-Meier curves instead, with 95 % bands", 0, 0, NULL },
	{ "family", 'f', OPTION_TEXT, offsetof(struct effect_command, survey.analysis.families),
	  "NAME", "of sources of this fingerprint (default: mirai; * = all SYNs)", 0, 0, NULL },
	{ "gap", 'g', OPTION_TEXT, offsetof(struct effect_command, survey.gap), "DAYS",
	  "a source that is silent for more days than these has recovered; auto: as many as the telescope "
	  "needs; none: who was not seen on the last day (default: auto, where the telescope is known)",
	  0, 0, NULL },
};
static const struct option_table table = { options, sizeof options / sizeof *options };

static bool check(void *context, struct error *error)
{
	struct effect_command *c = context;
	if (c->treated == NULL)
		return error_set(error, ERROR_USAGE,
		                 "say with --treated FILE what was treated and when");
	return survey_gap(&c->survey, &c->gap_days, error) &&
	       treatments_read(c->treated, false, &c->treatments, error) &&
	       (c->controls == NULL || treatments_read(c->controls, true, &c->treatments, error));
}

static bool prepare(void *context, struct engine *engine, struct listener listener,
                    struct error *error)
{
	struct effect_command *c = context;
	if (c->survey.gap == NULL)
		c->survey.gap = engine_describe(engine)->telescope[0] != '\0' ? "auto" : "none";
	return survey_gap_find(&c->survey, engine, listener, &c->gap_days, error);
}

static bool question(void *context, const struct description *d, struct question *out,
                     struct error *error)
{
	struct effect_command *c = context;
	const char *name = c->survey.analysis.families;
	if (!family_name_parse(d, name != NULL ? name : "mirai", &c->family, error))
		return false;
	*out = (struct question){ .kind = c->curve ? QUESTION_EFFECT_CURVE : QUESTION_EFFECT,
		                  .days = all_days,
		                  .families = &c->family,
		                  .family_count = 1,
		                  .effect = { .gap_days = c->gap_days,
		                              .list = c->treatments.list,
		                              .count = c->treatments.count } };
	return true;
}

// Networks are looked up only where somebody names one.
static size_t places(const void *context, enum place_kind out[PLACE_KINDS])
{
	const struct effect_command *c = context;
	out[0] = PLACE_NETWORK;
	return c->treatments.has_networks ? 1 : 0;
}

static int run(const struct command *self, struct option_words words)
{
	struct effect_command c = { .survey = { .analysis = analysis_defaults() } };
	const int code = analysis_run(&(struct analysis){ .command = self,
	                                                  .options = &c,
	                                                  .check = check,
	                                                  .question = question,
	                                                  .needs_addresses = true,
	                                                  .places = places,
	                                                  .prepare = prepare },
	                              words);
	treatments_done(&c.treatments);
	return code;
}

static const struct option_table *const tables[] = { &table,        &store_table,  &strict_table,
	                                             &places_table, &output_table, &take_table,
	                                             &common_table, NULL };

const struct command command_effect = {
	.name = "effect",
	.summary = "did it help: recovery and return of treated sources beside all others",
	.operands = "[CAPTURE...]",
	.description =
		"Sources that somebody treated (cleaned, told, cut off), and all others: how many, how many of them recovered and returned, "
		"after how many days half had recovered with a 95 % interval, and the log-rank test that both are alike. A "
		"source counts if it was infected on its day, from that day to the end of the spell (`hotaru "
		"survey --help`); one that nobody treated, from the first day of any treatment on which it was infected. Curves are Kaplan and Meier's with "
		"log-log bands: an open spell counts as far as it was seen. Silence is no recovery: addresses that change "
		"hands leave both groups, and how fast the others leave bounds that (doc/effect.md).",
	.tables = tables,
	.run = run,
};
