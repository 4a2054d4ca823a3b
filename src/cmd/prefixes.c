// SPDX-License-Identifier: MIT
#include "cmd/choice.h"
#include "cmd/place_tables.h"

#include "base/text.h"

#include <inttypes.h>
#include <string.h>

enum { BITS_DEFAULT = 16, FULLEST_SHOWN = 3 };

struct prefixes_command {
	struct choice_command choice;
	uint64_t bits;
};

static const struct option options[] = {
	{ "bits", 'b', OPTION_NUMBER, offsetof(struct prefixes_command, bits), "BITS",
	  "count by prefixes of this length, 8 to 24 (default: 16)", PREFIX_BITS_MIN,
	  PREFIX_BITS_MAX, NULL },
};
static const struct option_table own_table = { options, sizeof options / sizeof *options };

// How concentrated they are, in the words of the published observations.
static void say_share(const struct prefixes *p)
{
	char line[160];
	const size_t fifth = prefixes_that_hold(p, 1, 5), half = prefixes_that_hold(p, 1, 2);
	text_format(line, sizeof line,
	            "%zu /%u%s a fifth, %zu %s half of %" PRIu64 " sources in %zu prefixes", fifth,
	            p->bits, fifth == 1 ? " holds" : "s hold", half, half == 1 ? "holds" : "hold",
	            p->sources, p->count);
	command_say(line);
}

static void say_fullest(const struct prefixes *p)
{
	char line[256] = "the fullest:";
	for (size_t i = 0; i < p->count && i < FULLEST_SHOWN; i++) {
		char prefix[PREFIX_TEXT_SIZE], part[PREFIX_TEXT_SIZE + 32];
		prefix_format(p->rows[i].first, p->bits, prefix);
		text_format(part, sizeof part, "%s %s with %" PRIu32, i == 0 ? "" : ",", prefix,
		            p->rows[i].sources);
		text_copy(line + strlen(line), sizeof line - strlen(line), part);
	}
	command_say(line);
}

static void say_summary(const struct prefixes *p)
{
	choice_say_days(&p->seen);
	if (p->sources == 0)
		return;
	say_share(p);
	if (p->bits == PREFIX_BITS_MAX)
		say_fullest(p);
}

static int run(const struct command *self, struct option_words words)
{
	struct prefixes_command c = { .choice = choice_defaults(), .bits = BITS_DEFAULT };
	struct dataset dataset = { .store = NULL };
	struct prefixes prefixes = { .rows = NULL };
	struct output output;
	struct error error;
	int exit_code;
	if (!command_parse(self, &words, &c, &exit_code))
		return exit_code;
	const struct analysis_command *analysis = &c.choice.analysis;
	bool ok = choice_check(&c.choice, &error) &&
	          dataset_open(&dataset, analysis, &words, &error) &&
	          choice_has_addresses(dataset.store, &error);
	if (ok) {
		const struct source_choice choice = choice_of(&c.choice);
		ok = prefixes_run(store_holdings(dataset.store), &choice, (unsigned)c.bits,
		                  &prefixes, &error) &&
		     output_open(&output, analysis, prefix_columns, PREFIX_COLUMNS, &error);
	}
	if (ok) {
		prefix_write(&output.table, &prefixes, c.choice.top);
		ok = output_close(&output, &error);
	}
	if (ok && !analysis->take.common.quiet)
		say_summary(&prefixes);
	if (ok)
		floods_say(analysis, &prefixes.seen.left_out);
	prefixes_done(&prefixes);
	exit_code = analysis_exit(ok, &dataset, &error);
	dataset_close(&dataset);
	return exit_code;
}

static const struct option_table *const tables[] = { &own_table,    &choice_table, &top_table,
	                                             &floods_table, &store_table,  &days_table,
	                                             &output_table, &take_table,   &common_table,
	                                             NULL };

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
