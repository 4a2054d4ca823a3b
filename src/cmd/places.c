// SPDX-License-Identifier: MIT
#include "cmd/ask.h"
#include "cmd/atlas.h"
#include "cmd/choice.h"

// In the order of enum by.
static const char *const by_names[] = { "country", "asn", "prefix16", "prefix24", NULL };
enum by { BY_COUNTRY, BY_NETWORK, BY_PREFIX16, BY_PREFIX24 };

enum { TOP_ACROSS = 5 };

struct places_command {
	struct choice_command choice;
	unsigned by;
	bool is_across, is_per_country;
};

static const struct option options[] = {
	{ "by", 'b', OPTION_CHOICE, offsetof(struct places_command, by), "WHAT",
	  "count by country (default), asn, prefix16 or prefix24", 0, 0, by_names },
	{ "across", 0, OPTION_FLAG, offsetof(struct places_command, is_across), NULL,
	  "one ranking for each port of --port, side by side (default: --top 5)", 0, 0, NULL },
	{ "per-country", 0, OPTION_FLAG, offsetof(struct places_command, is_per_country), NULL,
	  "with --by asn: networks within each country, of --top both", 0, 0, NULL },
};
static const struct option_table own_table = { options, sizeof options / sizeof *options };

static bool is_by_prefix(const struct places_command *c)
{
	return c->by == BY_PREFIX16 || c->by == BY_PREFIX24;
}

static bool check_across(struct places_command *c, struct error *error)
{
	if (is_by_prefix(c))
		return error_set(error, ERROR_USAGE, "--across is for countries and networks");
	if (c->choice.port_count == 0)
		return error_set(error, ERROR_USAGE,
		                 "--across compares ports: name them with --port 23,2323,...");
	if (c->choice.port_count > PLACES_ACROSS_MAX)
		return error_set(error, ERROR_USAGE, "--across shows at most %d ports",
		                 PLACES_ACROSS_MAX);
	if (c->choice.top == 0)
		c->choice.top = TOP_ACROSS;
	return true;
}

static bool check(void *context, struct error *error)
{
	struct places_command *c = context;
	if (!choice_check(&c->choice, error))
		return false;
	if (c->is_across && c->is_per_country)
		return error_set(error, ERROR_USAGE, "--across or --per-country, not both");
	if (c->is_per_country && c->by != BY_NETWORK)
		return error_set(error, ERROR_USAGE, "--per-country is for --by asn");
	return !c->is_across || check_across(c, error);
}

static size_t places(const void *context, enum place_kind out[PLACE_KINDS])
{
	const struct places_command *c = context;
	size_t count = 0;
	if (!is_by_prefix(c))
		out[count++] = c->by == BY_NETWORK ? PLACE_NETWORK : PLACE_COUNTRY;
	if (c->is_per_country)
		out[count++] = PLACE_COUNTRY;
	return count;
}

static bool question(void *context, const struct description *d, struct question *out,
                     struct error *error)
{
	static const enum place_grain grains[] = { PLACES_BY_COUNTRY, PLACES_BY_NETWORK,
		                                   PLACES_BY_PREFIX, PLACES_BY_PREFIX };
	struct places_command *c = context;
	if (!choice_question(&c->choice, d, out, error))
		return false;
	out->kind = QUESTION_PLACES;
	out->places = (struct places_question){ .by = grains[c->by],
		                                .bits = c->by == BY_PREFIX24 ? 24 : 16,
		                                .is_across = c->is_across,
		                                .is_per_country = c->is_per_country };
	return true;
}

static int run(const struct command *self, struct option_words words)
{
	struct places_command c = { .choice = choice_defaults() };
	const struct analysis analysis = { .command = self,
		                           .options = &c,
		                           .check = check,
		                           .question = question,
		                           .needs_addresses = true,
		                           .places = places };
	return analysis_run(&analysis, words);
}

static const struct option_table *const tables[] = { &own_table,    &choice_table, &top_table,
	                                             &floods_table, &places_table, &store_table,
	                                             &strict_table, &days_table,   &output_table,
	                                             &take_table,   &common_table, NULL };

const struct command command_places = {
	.name = "places",
	.summary = "sources by country, network or prefix",
	.operands = "[CAPTURE...]",
	.description =
		"How many sources were in each country (--by country) or network (--by asn), with their share "
		"of all. A source counts once, on however many days it was seen, and is where a database has it "
		"on the last of them; sources that no database knows are in the place \"unknown\". What --top "
		"leaves out is a last row \"other\": sources always add up to all of them. --across ranks "
		"places for each of several ports, side by side, and a source counts in each port that it "
		"sent to. --per-country ranks networks within countries, and their shares are of the country.",
	.tables = tables,
	.run = run,
};
