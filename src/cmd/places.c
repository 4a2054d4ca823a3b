// SPDX-License-Identifier: MIT
#include "cmd/atlas.h"
#include "cmd/choice.h"
#include "cmd/place_tables.h"

#include "base/memory.h"

// In the order of enum by.
static const char *const by_names[] = { "country", "asn", "prefix16", "prefix24", NULL };
enum by { BY_COUNTRY, BY_NETWORK, BY_PREFIX16, BY_PREFIX24 };

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

// What was found: places, or prefixes, which are none.
struct finding {
	struct place_atlas *places, *countries;  // those that were asked
	struct places found;
	struct prefixes prefixes;
};

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
	if (c->choice.port_count > PLACE_PORTS_MAX)
		return error_set(error, ERROR_USAGE, "--across shows at most %d ports",
		                 PLACE_PORTS_MAX);
	if (c->choice.top == 0)
		c->choice.top = TOP_ACROSS;
	return true;
}

static bool check(struct places_command *c, struct error *error)
{
	if (!choice_check(&c->choice, error))
		return false;
	if (c->is_across && c->is_per_country)
		return error_set(error, ERROR_USAGE, "--across or --per-country, not both");
	if (c->is_per_country && c->by != BY_NETWORK)
		return error_set(error, ERROR_USAGE, "--per-country is for --by asn");
	return !c->is_across || check_across(c, error);
}

static enum place_kind kind_of(const struct places_command *c)
{
	return c->by == BY_NETWORK ? PLACE_NETWORK : PLACE_COUNTRY;
}

static bool find_prefixes(const struct dataset *dataset, const struct places_command *c,
                          struct finding *out, struct error *error)
{
	const struct source_choice choice = choice_of(&c->choice);
	return prefixes_run(store_holdings(dataset->store), &choice, c->by == BY_PREFIX24 ? 24 : 16,
	                    &out->prefixes, error);
}

static bool find_places(const struct dataset *dataset, const struct places_command *c,
                        struct finding *out, struct error *error)
{
	const struct source_choice choice = choice_of(&c->choice);
	const struct analysis_command *analysis = &c->choice.analysis;
	struct places_request request = { .choice = &choice, .is_by_port = c->is_across };
	if (!atlas_open(kind_of(c), analysis, dataset, &out->places, error) ||
	    (c->is_per_country &&
	     !atlas_open(PLACE_COUNTRY, analysis, dataset, &out->countries, error)))
		return false;
	request.atlas = out->places;
	request.countries = out->countries;
	return places_run(store_holdings(dataset->store), &request, &out->found, error);
}

static bool write_table(const struct places_command *c, const struct finding *f,
                        struct error *error)
{
	struct port_columns *ports = memory_new(1, sizeof *ports);
	const struct column *columns = place_columns;
	size_t count = PLACE_COLUMNS;
	struct output output;
	if (ports == NULL)
		return error_memory(error, "a table");
	if (c->is_across) {
		port_columns_init(ports, c->choice.port_list, c->choice.port_count);
		columns = ports->columns;
		count = ports->count;
	} else if (c->is_per_country) {
		columns = country_columns;
		count = COUNTRY_COLUMNS;
	}
	bool ok = output_open(&output, &c->choice.analysis, columns, count, error);
	if (ok) {
		if (c->is_across)
			place_write_across(&output.table, &f->found, c->choice.top);
		else if (c->is_per_country)
			place_write_countries(&output.table, &f->found, c->choice.top);
		else if (is_by_prefix(c))
			place_write_prefixes(&output.table, &f->prefixes, c->choice.top);
		else
			place_write(&output.table, &f->found.groups[0], c->choice.top);
		ok = output_close(&output, error);
	}
	memory_free(ports);
	return ok;
}

// Of an atlas that has no database, atlas_open() has said so.
static void say_origin(enum place_kind kind, const struct place_atlas *atlas,
                       const struct source_days_seen *seen, bool is_quiet)
{
	if (atlas != NULL && place_origin_count(atlas) > 0 && seen->days > 0)
		atlas_say_note(kind, atlas, seen->first, seen->last, is_quiet);
}

static void say_notes(const struct places_command *c, const struct finding *f)
{
	const bool is_quiet = c->choice.analysis.take.common.quiet;
	const struct source_days_seen *seen = is_by_prefix(c) ? &f->prefixes.seen : &f->found.seen;
	if (!is_quiet)
		choice_say_days(seen);
	floods_say(&c->choice.analysis, &seen->left_out);
	say_origin(PLACE_COUNTRY, f->countries, seen, is_quiet);
	say_origin(kind_of(c), f->places, seen, is_quiet);
}

static int run(const struct command *self, struct option_words words)
{
	struct places_command c = { .choice = choice_defaults() };
	struct dataset dataset = { .store = NULL };
	struct finding finding = { .places = NULL };
	struct error error;
	int exit_code;
	if (!command_parse(self, &words, &c, &exit_code))
		return exit_code;
	const bool ok = check(&c, &error) &&
	                dataset_open(&dataset, &c.choice.analysis, &words, &error) &&
	                choice_has_addresses(dataset.store, &error) &&
	                (is_by_prefix(&c) ? find_prefixes(&dataset, &c, &finding, &error)
	                                  : find_places(&dataset, &c, &finding, &error)) &&
	                write_table(&c, &finding, &error);
	if (ok)
		say_notes(&c, &finding);
	places_done(&finding.found);
	prefixes_done(&finding.prefixes);
	place_atlas_close(finding.places);
	place_atlas_close(finding.countries);
	exit_code = analysis_exit(ok, &dataset, &error);
	dataset_close(&dataset);
	return exit_code;
}

static const struct option_table *const tables[] = { &own_table,    &choice_table, &top_table,
	                                             &floods_table, &places_table, &store_table,
	                                             &days_table,   &output_table, &take_table,
	                                             &common_table, NULL };

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
