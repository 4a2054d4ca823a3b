// SPDX-License-Identifier: MIT
#include "cmd/ask.h"

#include "answer/local/local.h"
#include "cmd/atlas.h"
#include "cmd/caveats.h"
#include "cmd/choice.h"

// A table where --output and --format want it. The file is made when the question was accepted: what
// is refused leaves no table that is empty.
struct printer {
	struct outlet outlet;
	const struct analysis_command *options;
	struct output output;
	bool is_open;
};

static bool begin(struct receiver *receiver, const struct schema *schema, struct error *error)
{
	struct printer *p = (struct printer *)receiver;
	p->is_open = output_open(&p->output, p->options, schema->columns, schema->count, error);
	return p->is_open;
}

static bool take_row(struct receiver *receiver, const struct cell *cells)
{
	return table_row(&((struct printer *)receiver)->output.table, cells);
}

static bool close_printer(struct outlet *outlet, bool is_answered, struct error *error)
{
	struct printer *p = (struct printer *)outlet;
	return (!p->is_open || output_close(&p->output, error)) && is_answered;
}

static bool ask(const struct analysis *a, struct engine *engine, const struct question *question,
                struct error *error)
{
	const struct analysis_command *options = a->options;
	const struct limits limits = { .threads = (unsigned)options->take.take.threads };
	struct printer printer = { { { begin, take_row }, NULL, close_printer }, options };
	struct outlet *outlet = a->outlet != NULL ? a->outlet : &printer.outlet;
	struct inquiry inquiry = { question, &outlet->receiver };
	struct error ignored;
	bool ok = engine_ask(engine, &inquiry, 1, &limits, error);
	ok = outlet->close(outlet, ok, ok ? error : &ignored) && ok;
	// Of a result that nobody has there is nothing to be said.
	if (ok)
		caveats_say(&inquiry.caveats, engine_describe(engine), options->take.common.quiet);
	caveats_done(&inquiry.caveats);
	return ok;
}

static bool has_addresses(const struct analysis *a, struct store *store, struct error *error)
{
	bool has_hashes, has_addresses;
	if (a->without_addresses == NULL)
		return choice_has_addresses(store, error);
	return store_source_kinds(store, &has_hashes, &has_addresses, error) &&
	       (!has_hashes || error_set(error, ERROR_FAILED, "%s", a->without_addresses));
}

static bool open_places(const struct analysis *a, const struct dataset *dataset,
                        struct place_atlas *atlases[PLACE_KINDS], struct error *error)
{
	enum place_kind kinds[PLACE_KINDS];
	const size_t count = a->places != NULL ? a->places(a->options, kinds) : 0;
	for (size_t i = 0; i < count; i++)
		if (!atlas_open(kinds[i], a->options, dataset, &atlases[kinds[i]], error))
			return false;
	return true;
}

static bool ask_dataset(const struct analysis *a, struct dataset *dataset, struct error *error)
{
	struct place_atlas *atlases[PLACE_KINDS] = { NULL };
	struct question question = { .days = all_days };
	struct engine *engine = NULL;
	bool ok = (a->outlet == NULL || a->outlet->open == NULL ||
	           a->outlet->open(a->outlet, error)) &&
	          (!a->needs_addresses || has_addresses(a, dataset->store, error)) &&
	          open_places(a, dataset, atlases, error);
	const struct local_world world = { store_holdings(dataset->store), atlases[PLACE_COUNTRY],
		                           atlases[PLACE_NETWORK] };
	ok = ok && local_engine_open(&world, &engine, error) &&
	     a->question(a->options, engine_describe(engine), &question, error) &&
	     ask(a, engine, &question, error);
	engine_close(engine);
	for (unsigned kind = 0; kind < PLACE_KINDS; kind++)
		place_atlas_close(atlases[kind]);
	return ok;
}

int analysis_run(const struct analysis *a, struct option_words words)
{
	struct dataset dataset = { .store = NULL };
	struct error error;
	int exit_code;
	if (!command_parse(a->command, &words, a->options, &exit_code))
		return exit_code;
	const bool ok = (a->check == NULL || a->check(a->options, &error)) &&
	                dataset_open(&dataset, a->options, &words, &error) &&
	                ask_dataset(a, &dataset, &error);
	exit_code = analysis_exit(ok, &dataset, &error);
	dataset_close(&dataset);
	return exit_code;
}
