// SPDX-License-Identifier: MIT
#include "cmd/ask.h"

#include "answer/local/local.h"
#include "cmd/atlas.h"

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

static bool close_table(struct outlet *outlet, bool is_answered, struct error *error)
{
	struct printer *p = (struct printer *)outlet;
	return (!p->is_open || output_close(&p->output, error)) && is_answered;
}

struct printer printer_to(const struct analysis_command *options)
{
	return (struct printer){ .outlet = { { begin, take_row }, close_table, NULL },
		                 .options = options };
}

// Columns that are not there are refused before anything is counted.
static bool has_columns(const struct analysis_command *options, const struct question *question,
                        struct error *error)
{
	const struct table_look look = output_look(options, NULL);
	struct schema schema;
	question_schema(question, &schema);
	return table_look_check(&look, schema.columns, schema.count, error);
}

bool analysis_ask(const struct analysis *a, struct engine *engine, struct listener listener,
                  struct error *error)
{
	const struct analysis_command *options = a->options;
	const struct description *d = engine_describe(engine);
	const struct limits limits = { .threads = (unsigned)options->take.take.threads };
	struct question question = { .days = all_days };
	struct printer printer = printer_to(options);
	struct outlet *other = a->outlet != NULL ? a->outlet(a->options, d) : NULL;
	struct outlet *outlet = other != NULL ? other : &printer.outlet;
	struct inquiry inquiry = { &question, &outlet->receiver };
	struct error ignored;
	if ((a->prepare != NULL && !a->prepare(a->options, engine, listener, error)) ||
	    !a->question(a->options, d, &question, error) ||
	    (other == NULL && !has_columns(options, &question, error)))
		return false;
	bool ok = engine_ask(engine, &inquiry, 1, &limits, error);
	while (ok && outlet->wants_again != NULL && outlet->wants_again(outlet)) {
		caveats_done(&inquiry.caveats);
		inquiry = (struct inquiry){ &question, &outlet->receiver };
		ok = engine_ask(engine, &inquiry, 1, &limits, error);
	}
	ok = outlet->close(outlet, ok, ok ? error : &ignored) && ok;
	// Of a result that nobody has there is nothing to be said.
	if (ok && outlet->say != NULL)
		outlet->say(outlet, &inquiry.caveats);
	else if (ok)
		caveats_say(&inquiry.caveats, d, listener);
	caveats_done(&inquiry.caveats);
	return ok;
}

// Sources that are hashes are nowhere.
static bool has_addresses(const struct analysis *a, const struct description *about,
                          struct error *error)
{
	if (about->has_addresses)
		return true;
	return error_set(error, ERROR_FAILED, "%s",
	                 a->without_addresses != NULL
	                         ? a->without_addresses
	                         : "the sources of this store are hashes, not addresses: they have "
	                           "no prefix and no place");
}

// Of no use are those that know no place, and all where sources are hashes.
static void drop_useless(const struct dataset *dataset, struct place_atlas *atlases[PLACE_KINDS])
{
	const bool has_addresses = engine_describe(dataset->engine)->has_addresses;
	for (unsigned kind = 0; kind < PLACE_KINDS; kind++) {
		if (atlases[kind] == NULL ||
		    (has_addresses && place_origin_count(atlases[kind]) > 0))
			continue;
		place_atlas_close(atlases[kind]);
		atlases[kind] = NULL;
	}
}

bool dataset_places_open(const struct dataset *dataset, const struct analysis_command *options,
                         const struct places_asked *asked, struct place_atlas *atlases[PLACE_KINDS],
                         struct error *error)
{
	struct analysis_command own = *options;
	own.take.common.quiet |= asked->are_extra;
	for (size_t i = 0; i < asked->count; i++)
		if (!atlas_open(asked->kinds[i], &own, dataset, &atlases[asked->kinds[i]], error))
			return false;
	if (asked->are_extra)
		drop_useless(dataset, atlases);
	return local_engine_places(dataset->engine, atlases[PLACE_COUNTRY], atlases[PLACE_NETWORK],
	                           error);
}

void dataset_places_close(struct dataset *dataset, struct place_atlas *atlases[PLACE_KINDS])
{
	dataset->is_damaged |= engine_describe(dataset->engine)->lost_count > 0;
	engine_close(dataset->engine);
	dataset->engine = NULL;
	for (unsigned kind = 0; kind < PLACE_KINDS; kind++)
		place_atlas_close(atlases[kind]);
}

static bool open_places(const struct analysis *a, const struct dataset *dataset,
                        struct place_atlas *atlases[PLACE_KINDS], struct error *error)
{
	enum place_kind kinds[PLACE_KINDS];
	const struct places_asked asked = {
		.kinds = kinds,
		.count = a->places != NULL ? a->places(a->options, kinds) : 0,
		.are_extra = a->places_are_extra,
	};
	return dataset_places_open(dataset, a->options, &asked, atlases, error);
}

static bool ask_dataset(const struct analysis *a, struct dataset *dataset, struct error *error)
{
	const struct listener listener = dataset_listener(dataset, a->options);
	struct place_atlas *atlases[PLACE_KINDS] = { NULL };
	const bool ok = (a->open == NULL || a->open(a->options, error)) &&
	                (!a->needs_addresses ||
	                 has_addresses(a, engine_describe(dataset->engine), error)) &&
	                open_places(a, dataset, atlases, error) &&
	                analysis_ask(a, dataset->engine, listener, error);
	dataset_places_close(dataset, atlases);
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
