// SPDX-License-Identifier: MIT
// What holds for all of a store, and the part of it that can be changed: the databases of
// countries and networks.
#include "cmd/atlas.h"
#include "cmd/confine.h"

#include "base/text.h"

static bool enter(const struct analysis_command *c, struct error *error)
{
	char **files;
	if (c->store == NULL)
		return error_set(error, ERROR_USAGE, "name a store: -s DIR or HOTARU_STORE");
	if (!database_files(&c->take, &files, error))
		return false;
	const struct confine confine = {
		.common = &c->take.common, .folder = c->store, .files = files, .output = c->output
	};
	const bool ok = confine_enter(&confine, error);
	database_files_done(files);
	return ok;
}

// Opened to read first: changing settings must not make a store where there is none.
static bool change(const struct analysis_command *c, struct error *error)
{
	const struct store_wish wish = { .zone = NULL };
	struct store *store;
	if (!store_open(c->store, &store, error))
		return false;
	store_close(store);
	if (!atlas_try(&c->take, error) || !store_open_writing(c->store, &wish, &store, error))
		return false;
	const bool ok = atlas_keep(store, &c->take, error);
	store_close(store);
	return ok;
}

static void write_row(struct table *table, const char *setting, const char *value)
{
	table_text(table, setting);
	table_text(table, value);
	table_end_row(table);
}

static void write_settings(struct table *table, const struct store *store)
{
	const struct store_settings *settings = store_settings(store);
	const struct fingerprint_set *set = &settings->fingerprints;
	write_row(table, "zone", settings->zone.name);
	write_row(table, "telescope",
	          settings->telescope[0] != '\0' ? settings->telescope : "every destination");
	for (size_t i = 0; i < set->count; i++)
		if (text_equal(set->entries[i].strength, "user")) {
			char text[FINGERPRINT_NAME_SIZE + FINGERPRINT_RULE_SIZE + 8];
			text_format(text, sizeof text, "%s = %s", set->entries[i].name,
			            set->entries[i].rule);
			write_row(table, "fingerprint", text);
		}
	atlas_write_kept(table, store);
}

static int run(const struct command *self, struct option_words words)
{
	static const struct column columns[] = { { "setting", true }, { "value", true } };
	struct analysis_command c = analysis_defaults();
	struct store *store = NULL;
	struct output output;
	struct error error;
	int exit_code;
	if (!command_parse(self, &words, &c, &exit_code))
		return exit_code;
	const bool changes = c.take.databases[PLACE_COUNTRY] != NULL ||
	                     c.take.databases[PLACE_NETWORK] != NULL;
	bool ok = enter(&c, &error) && (!changes || change(&c, &error)) &&
	          store_open(c.store, &store, &error) &&
	          output_open(&output, &c, columns, 2, &error);
	if (ok) {
		write_settings(&output.table, store);
		ok = output_close(&output, &error);
	}
	store_close(store);
	return ok ? EXIT_DONE : command_fail(&error);
}

static const struct option_table *const tables[] = { &store_table, &keep_databases_table,
	                                             &output_table, &common_table, NULL };

const struct command command_settings = {
	.name = "settings",
	.summary = "what holds for all of a store; sets its databases",
	.operands = "",
	.description =
		"Zone, telescope and users' fingerprints, which the first ingest fixes, and the databases of "
		"countries and networks that are kept with the store. --country-db and --asn-db put "
		"copies of other databases in their place, '' nothing; analysis commands then use those. "
		"With @FROM..TO a database is for these days only (YYYY-MM-DD; either may be left out): "
		"addresses move, and what a database says holds for about its own date.",
	.tables = tables,
	.run = run,
};
