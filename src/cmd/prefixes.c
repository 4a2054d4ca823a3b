// SPDX-License-Identifier: MIT
#include "cmd/choice.h"

#include "base/text.h"

#include <inttypes.h>
#include <string.h>

enum { BITS_DEFAULT = 16, FULLEST_SHOWN = 3, PREFIX_SIZE = TEXT_IPV4_SIZE + 4 };

static const struct column columns[] = {
	{ "rank", false },
	{ "prefix", true },
	{ "sources", false },
	{ "cumulative_sources", false },
	{ "cumulative_share", false },
};

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

static void prefix_format(uint32_t first, unsigned bits, char out[PREFIX_SIZE])
{
	char address[TEXT_IPV4_SIZE];
	text_from_ipv4(first, address);
	text_format(out, PREFIX_SIZE, "%s/%u", address, bits);
}

static void write_rows(struct table *table, const struct prefixes *p, uint64_t top)
{
	uint64_t sum = 0;
	for (size_t i = 0; i < p->count && (top == 0 || i < top); i++) {
		char prefix[PREFIX_SIZE];
		prefix_format(p->rows[i].first, p->bits, prefix);
		sum += p->rows[i].sources;
		table_u64(table, i + 1);
		table_text(table, prefix);
		table_u64(table, p->rows[i].sources);
		table_u64(table, sum);
		table_real(table, (double)sum / (double)p->sources);
		table_end_row(table);
	}
}

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
		char prefix[PREFIX_SIZE], part[PREFIX_SIZE + 32];
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
	struct source source = { .store = NULL };
	struct prefixes prefixes = { .rows = NULL };
	struct output output;
	struct error error;
	int exit_code;
	if (!command_parse(self, &words, &c, &exit_code))
		return exit_code;
	const struct analysis_command *analysis = &c.choice.analysis;
	bool ok = choice_check(&c.choice, &error) &&
	          source_open(&source, analysis, &words, &error) &&
	          choice_has_addresses(source.store, &error);
	if (ok) {
		const struct source_choice choice = choice_of(&c.choice);
		ok = prefixes_run(source.store, &choice, (unsigned)c.bits, &prefixes, &error) &&
		     output_open(&output, analysis, columns, sizeof columns / sizeof *columns,
		                 &error);
	}
	if (ok) {
		write_rows(&output.table, &prefixes, c.choice.top);
		ok = output_close(&output, &error);
	}
	if (ok && !analysis->take.common.quiet)
		say_summary(&prefixes);
	prefixes_done(&prefixes);
	exit_code = analysis_exit(ok, &source, &error);
	source_close(&source);
	return exit_code;
}

static const struct option_table *const tables[] = { &own_table,   &choice_table, &top_table,
	                                             &store_table, &days_table,   &output_table,
	                                             &take_table,  &common_table, NULL };

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
