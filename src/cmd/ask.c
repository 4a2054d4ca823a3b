// SPDX-License-Identifier: MIT
#include "cmd/ask.h"

#include "answer/local/local.h"
#include "cmd/atlas.h"
#include "cmd/caveats.h"
#include "cmd/choice.h"

// Rows to where --output and --format want them. The file is made when the question was accepted: what
// is refused leaves no table that is empty.
struct printer {
	struct receiver receiver;
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

static bool ask(struct engine *engine, const struct analysis_command *options,
                const struct question *question, struct error *error)
{
	const struct limits limits = { .threads = (unsigned)options->take.take.threads };
	struct printer printer = { { begin, take_row }, options };
	struct inquiry inquiry = { question, &printer.receiver };
	struct error ignored;
	bool ok = engine_ask(engine, &inquiry, 1, &limits, error);
	if (printer.is_open)
		ok = output_close(&printer.output, ok ? error : &ignored) && ok;
	// Of a result that nobody has there is nothing to be said.
	if (ok)
		caveats_say(&inquiry.caveats, engine_describe(engine), options->take.common.quiet);
	caveats_done(&inquiry.caveats);
	return ok;
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
	bool ok = (!a->needs_addresses || choice_has_addresses(dataset->store, error)) &&
	          open_places(a, dataset, atlases, error);
	const struct local_world world = { store_holdings(dataset->store), atlases[PLACE_COUNTRY],
		                           atlases[PLACE_NETWORK] };
	ok = ok && local_engine_open(&world, &engine, error) &&
	     a->question(a->options, engine_describe(engine), &question, error) &&
	     ask(engine, a->options, &question, error);
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
