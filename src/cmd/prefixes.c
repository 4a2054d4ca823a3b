// SPDX-License-Identifier: MIT
#include "cmd/ask.h"
#include "cmd/choice.h"

enum { BITS_DEFAULT = 16 };

struct prefixes_command {
	struct choice_command choice;
	uint64_t bits;
};

static const struct option options[] = {
	{ "bits", 'b', OPTION_NUMBER, offsetof(struct prefixes_command, bits), "BITS",
	  "count by prefixes of this length, 8 to 24 (default: 16)", PREFIX_LENGTH_MIN,
	  PREFIX_LENGTH_MAX, NULL },
};
static const struct option_table own_table = { options, sizeof options / sizeof *options };

static bool check(void *context, struct error *error)
{
	return choice_check(&((struct prefixes_command *)context)->choice, error);
}

static bool question(void *context, const struct description *d, struct question *out,
                     struct error *error)
{
	struct prefixes_command *c = context;
	if (!choice_question(&c->choice, d, out, error))
		return false;
	out->kind = QUESTION_PREFIXES;
	out->prefixes.bits = (unsigned)c->bits;
	return true;
}

static int run(const struct command *self, struct option_words words)
{
	struct prefixes_command c = { .choice = choice_defaults(), .bits = BITS_DEFAULT };
	const struct analysis analysis = { .command = self,
		                           .options = &c,
		                           .check = check,
		                           .question = question,
		                           .needs_addresses = true };
	return analysis_run(&analysis, words);
}

static const struct option_table *const tables[] = { &own_table,    &choice_table, &top_table,
	                                             &floods_table, &store_table,  &strict_table,
	                                             &days_table,   &output_table, &take_table,
	                                             &common_table, NULL };

const struct command command_prefixes = {
	.name = "prefixes",
	.summary = "sources by prefix, and how concentrated they are",
	.operands = "[CAPTURE...]",
	.description =
		"Prefixes of --bits bits by the number of their sources, the fullest first, with the sum so far "
		"and its share of all sources. A source counts once, on however many days and ports it was "
		"seen. --top shortens the list, not what shares are of. Which prefixes hold a fifth and half of "
		"all sources is said on standard error.",
	.tables = tables,
	.run = run,
};
