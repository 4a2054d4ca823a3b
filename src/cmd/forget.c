// SPDX-License-Identifier: MIT
#include "answer/local/local.h"
#include "base/text.h"
#include "cmd/ask.h"
#include "cmd/confine.h"

#include <inttypes.h>

struct forget_command {
	struct analysis_command analysis;
	struct option_day before;
};

static const struct option options[] = {
	{ "before", 0, OPTION_DAY, offsetof(struct forget_command, before), "DAY",
	  "forget days before this one: YYYY-MM-DD, today, yesterday, or -180 for 180 days before the "
	  "last one with data",
	  0, 0, NULL },
};
static const struct option_table table = { options, sizeof options / sizeof *options };

static bool enter(const struct forget_command *c, struct error *error)
{
	const struct confine confine = { .common = &c->analysis.take.common,
		                         .folder = c->analysis.store };
	if (c->analysis.store == NULL)
		return error_set(error, ERROR_USAGE, "name a store: -s DIR or HOTARU_STORE");
	if (!c->before.is_given)
		return error_set(error, ERROR_USAGE,
		                 "say which days are to be kept: --before 2016-09-01, or --before "
		                 "-180");
	return confine_enter(&confine, error);
}

// A slip of the pen must not cost all that there is.
static bool check_day(const struct held_days *held, int32_t before, struct error *error)
{
	char last[CALENDAR_DAY_SIZE], day[CALENDAR_DAY_SIZE];
	if (held->count == 0 || before <= held->days[held->count - 1])
		return true;
	day_format(held->days[held->count - 1], last);
	day_format(before, day);
	return error_set(error, ERROR_USAGE,
	                 "before %s there are all days, of which %s is the last; --before names a "
	                 "day of which something stays",
	                 day, last);
}

// Opened to read, which makes no store where there is none, and knows the last day.
static bool resolve(struct forget_command *c, int32_t *out, struct error *error)
{
	struct chosen_days days = { .from = c->before };
	struct store *store;
	struct engine *engine;
	if (!store_open(c->analysis.store, &store, error))
		return false;
	const struct local_world world = { .holdings = store_holdings(store) };
	bool ok = local_engine_open(&world, &engine, error);
	if (ok) {
		const struct description *about = engine_describe(engine);
		const struct held_days held = { about->zone, about->days, about->day_count };
		ok = days_resolve(&days, &held, error);
		// Of a store without a day nothing is the last one.
		*out = days.from.is_given ? days.from.day : INT32_MIN;
		ok = ok && check_day(&held, *out, error);
		engine_close(engine);
	}
	store_close(store);
	return ok;
}

static void say(const struct store_forgotten *f, int32_t kept_from)
{
	char line[512], first[CALENDAR_DAY_SIZE], last[CALENDAR_DAY_SIZE],
		from[CALENDAR_DAY_SIZE] = "";
	day_format(f->first, first);
	day_format(f->last, last);
	if (kept_from != INT32_MIN)
		day_format(kept_from, from);
	if (f->days == 0)
		text_format(line, sizeof line,
		            from[0] != '\0' ? "no day was there; days before %s are forgotten"
		                            : "no day was there%s",
		            from);
	else
		text_format(line, sizeof line,
		            "forgot %zu day%s, %s to %s: %zu segment%s, %" PRIu64
		            " host-days; what is new, returned or active is counted from %s on",
		            f->days, f->days == 1 ? "" : "s", first, last, f->segments,
		            f->segments == 1 ? "" : "s", f->hosts, from);
	command_say(line);
	for (unsigned form = 0; form < STORE_RECORDS; form++) {
		if (f->records[form] == 0)
			continue;
		text_format(line, sizeof line,
		            form == STORE_RESPONSES
		                    ? "forgot %" PRIu64 " answers of hosts (`hotaru responses`)"
		                    : "forgot %" PRIu64 " events of honeypots (`hotaru honeypot`)",
		            f->records[form]);
		command_say(line);
	}
}

static bool forget(struct forget_command *c, struct error *error)
{
	const struct store_request nothing = { .zone = NULL };
	struct store_forgotten forgotten;
	struct store *store;
	int32_t before;
	if (!resolve(c, &before, error) ||
	    !store_open_writing(c->analysis.store, &nothing, &store, error))
		return false;
	const bool ok = store_forget(store, before, &forgotten, error);
	const int32_t kept_from = store_settings(store)->kept_from;
	store_close(store);
	if (ok && !c->analysis.take.common.quiet)
		say(&forgotten, kept_from);
	return ok;
}

static int run(const struct command *self, struct option_words words)
{
	struct forget_command c = { .analysis = analysis_defaults() };
	struct error error;
	int exit_code;
	if (!command_parse(self, &words, &c, &exit_code))
		return exit_code;
	return enter(&c, &error) && forget(&c, &error) ? EXIT_DONE : command_fail(&error);
}

static const struct option_table *const tables[] = { &table, &store_table, &common_table, NULL };

const struct command command_forget = {
	.name = "forget",
	.summary = "take the days before a day out of a store, for good",
	.operands = "",
	.description =
		"For those who may keep data for so long and no longer. Days before --before are taken out of the "
		"store in one step, and their segments are deleted; there is no way back. All that spans days is "
		"counted from the first day that is kept on: a source that was seen before it is new when it is "
		"seen next, lifetimes, spells and cumulative numbers begin there, and a port is new as if there had been "
		"no data. Captures stay known, so that none is taken in again as if it were new, and their ledgers "
		"count all frames that they had; of a capture that comes later, what lies on forgotten days is "
		"not kept, and ingest says how many frames that are. Readers that have the store open see it as it "
		"was until they end.",
	.tables = tables,
	.run = run,
};
