// SPDX-License-Identifier: MIT
#include "answer/rows.h"
#include "cmd/ask.h"
#include "cmd/confine.h"

#include "base/memory.h"
#include "base/text.h"

static const struct schema schema = {
	{
		{ "name", CELL_TEXT },
		{ "kind", CELL_TEXT },
		{ "strength", CELL_TEXT },
		{ "rule", CELL_TEXT },
		{ "what", CELL_TEXT },
		{ "source", CELL_TEXT },
		{ "chance", CELL_NUMBER, .form = FORM_ONE_IN },
		{ "evidence", CELL_TEXT },
	},
	8,
};

// How often a SYN of random fields matches.
static void write_chance(struct rows *rows, const struct fingerprint *f)
{
	if (f->chance_bits > 0)
		rows_number(rows, UINT64_C(1) << f->chance_bits);
	else
		rows_empty(rows);
}

// What a source has to send on a day to count.
static void write_evidence(struct rows *rows, const struct fingerprint *f)
{
	const bool is_weighed = f->chance_bits > 0 && f->chance_bits <= FINGERPRINT_WEIGHED_BITS;
	const bool is_tool = f->evidence_min > 1 && !is_weighed;
	rows_text(rows, fingerprint_is_of_sources(f) ? "all of its values"
	                : f->is_paired               ? "two that differ, half of all"
	                : is_tool                    ? "two packets"
	                : !is_weighed                ? "one packet"
	                : f->evidence_min == 1       ? "more packets than chance"
	                                             : "two packets, and more than chance");
}

static void write_rows(struct rows *rows, const struct fingerprint_set *set)
{
	for (size_t i = 0; i < set->count; i++) {
		const struct fingerprint *f = &set->entries[i];
		rows_text(rows, f->name);
		rows_text(rows, fingerprint_kind_names[f->kind]);
		rows_text(rows, f->strength);
		rows_text(rows, f->rule);
		rows_text(rows, f->what);
		rows_text(rows, f->source);
		write_chance(rows, f);
		write_evidence(rows, f);
		rows_end(rows);
	}
}

static bool print(const struct analysis_command *c, const struct fingerprint_set *set,
                  struct error *error)
{
	struct printer printer = printer_to(c);
	struct rows rows;
	struct error later;
	bool ok = rows_begin(&rows, &printer.outlet.receiver, &schema, error);
	if (ok)
		write_rows(&rows, set);
	ok = rows_finish(&rows, ok ? error : &later) && ok;
	return printer.outlet.close(&printer.outlet, ok, ok ? error : &later) && ok;
}

// Those of a store if one is named, else the built-in ones and those of --fingerprints.
static bool load(const struct analysis_command *c, struct store **store,
                 struct fingerprint_set *own, struct error *error)
{
	const struct confine confine = { .common = &c->take.common,
		                         .read = c->take.take.fingerprints,
		                         .folder = c->store,
		                         .output = c->output };
	struct store_request request;
	char *text = NULL;
	if (!confine_enter(&confine, error))
		return false;
	if (c->store != NULL && c->take.take.fingerprints == NULL)
		return store_open(c->store, store, error);
	if (!take_request(&c->take.take, &request, &text, error))
		return false;
	const bool ok = fingerprint_set_init(own, text, request.fingerprint_where, error);
	memory_free(text);
	return ok;
}

static int run(const struct command *self, struct option_words words)
{
	struct analysis_command c = analysis_defaults();
	struct store *store = NULL;
	struct fingerprint_set own = { .count = 0 };
	struct error error;
	int exit_code;
	if (!command_parse(self, &words, &c, &exit_code))
		return exit_code;
	const bool ok = load(&c, &store, &own, &error) &&
	                print(&c, store != NULL ? &store_settings(store)->fingerprints : &own,
	                      &error);
	fingerprint_set_done(&own);
	store_close(store);
	return ok ? EXIT_DONE : command_fail(&error);
}

static const struct option_table *const tables[] = { &store_table, &output_table, &take_table,
	                                             &common_table, NULL };

const struct command command_fingerprints = {
	.name = "fingerprints",
	.summary = "the table of fingerprints in force",
	.operands = "",
	.description =
		"Names, rules, sources and strength of the fingerprints: those of the store if one is "
		"named, else the built-in ones and those of --fingerprints. chance is how often a SYN of "
		"random fields matches; evidence is what a source has to send on a day to count. Where "
		"chance is 1/65536, k of n SYNs are more than chance if k is at least 3 l and l^k / k! at "
		"most 1/1000, l being n/65536: 2 of up to 2930, 3 of up to 11908. Packets count as they "
		"match.",
	.tables = tables,
	.run = run,
};
