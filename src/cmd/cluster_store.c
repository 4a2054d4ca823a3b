// SPDX-License-Identifier: MIT
// `hotaru cluster -s STORE`: answers that a store keeps.
#include "cmd/cluster.h"

#include "answer/local/local.h"
#include "base/interrupt.h"
#include "base/text.h"
#include "cmd/atlas.h"
#include "store/store.h"

// Days that are meant become those of the calendar, by those with data.
static bool resolve(struct analysis_command *options, struct holdings *holdings,
                    struct error *error)
{
	const struct local_world world = { .holdings = holdings };
	struct engine *engine;
	if (!local_engine_open(&world, &engine, error))
		return false;
	const struct description *about = engine_describe(engine);
	const struct held_days held = { about->zone, about->days, about->day_count };
	const bool ok = days_resolve(&options->days, &held, error);
	engine_close(engine);
	return ok;
}

static bool read_days(struct holdings *holdings, struct day_range days,
                      const struct response_receiver *receiver, struct error *error)
{
	struct holdings_responses *responses;
	struct response r;
	if (!holdings_open_responses(holdings, days.from, days.to, true, &responses, error))
		return false;
	bool ok = true;
	while (ok && responses->next(responses, &r, error)) {
		ok = receiver->take(receiver->context, &r, error);
		if (ok && interrupt_requested())
			ok = error_set(error, ERROR_FAILED, "interrupted");
	}
	holdings_close_responses(responses);
	return ok && error->kind == ERROR_NONE;
}

// Those that the command line names, else those of the store; nothing is said where there are none.
static bool open_countries(struct cluster_command *c, struct store *store, struct error *error)
{
	const struct dataset dataset = { .store = store };
	bool has_some = c->analysis.take.databases[PLACE_COUNTRY] != NULL;
	for (size_t i = 0; i < store_database_count(store); i++)
		has_some |= text_equal(store_database_at(store, i)->kind, "country");
	return !c->summary || !has_some ||
	       atlas_open(PLACE_COUNTRY, &c->analysis, &dataset, &c->countries, error);
}

bool cluster_read_store(struct cluster_command *c, const struct response_receiver *receiver,
                        struct error *error)
{
	struct analysis_command *options = &c->analysis;
	struct store *store;
	if (!store_open(options->store, &store, error))
		return false;
	const bool ok = open_countries(c, store, error) &&
	                resolve(options, store_holdings(store), error) &&
	                read_days(store_holdings(store), days_range(&options->days), receiver,
	                          error);
	store_close(store);
	return ok;
}
