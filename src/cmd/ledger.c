// SPDX-License-Identifier: MIT
#include "cmd/ledger.h"
#include "cmd/reasons.h"

#include "base/text.h"

struct ledger_command {
	struct analysis_command analysis;
	bool wants_reasons;
};

static const struct option ledger_options[] = {
	{ "reasons", 0, OPTION_FLAG, offsetof(struct ledger_command, wants_reasons), NULL,
	  "instead, why frames were not understood: by link type and reason", 0, 0, NULL },
};
static const struct option_table ledger_table = { ledger_options, 1 };

const struct column ledger_columns[] = {
	{ "capture", CELL_TEXT },
	{ "counter", CELL_TEXT },
	{ "frames", CELL_NUMBER },
};
const size_t ledger_column_count = sizeof ledger_columns / sizeof *ledger_columns;

static void write_row(struct table *table, const char *capture, const char *counter,
                      uint64_t frames)
{
	table_text(table, capture);
	table_text(table, counter);
	table_u64(table, frames);
	table_end_row(table);
}

static void write_ledger(struct table *table, const char *capture,
                         const struct ingest_ledger *ledger)
{
	for (unsigned kind = 0; kind < KIND_COUNT; kind++)
		write_row(table, capture, kind_names[kind], ledger->frames[kind]);
	write_row(table, capture, "frames", ingest_ledger_total(ledger));
}

void ledger_write(struct table *table, const struct store_capture *captures, size_t count)
{
	struct ingest_ledger total = { .detail_count = 0 };
	for (size_t i = 0; i < count; i++) {
		if (captures[i].ledger == NULL)
			continue;
		write_ledger(table, captures[i].name, captures[i].ledger);
		for (unsigned kind = 0; kind < KIND_COUNT; kind++)
			total.frames[kind] += captures[i].ledger->frames[kind];
	}
	write_ledger(table, "*", &total);
}

// Keeps the captures that have frames on the days asked for, moving them to the front.
static size_t choose(const struct analysis_command *c, const struct zone *zone,
                     struct store_capture *captures, size_t count)
{
	size_t kept = 0;
	for (size_t i = 0; i < count; i++) {
		const struct store_capture *capture = &captures[i];
		const bool is_empty = capture->first_ns > capture->last_ns;
		const bool is_late = c->to.is_given &&
		                     (is_empty ||
		                      zone_day(zone, capture->first_ns).day > c->to.day);
		const bool is_early = c->from.is_given &&
		                      (is_empty ||
		                       zone_day(zone, capture->last_ns).day < c->from.day);
		if (is_late || is_early)
			continue;
		const struct store_capture swap = captures[kept];
		captures[kept++] = captures[i];
		captures[i] = swap;
	}
	return kept;
}

static void warn_of_damage(const struct store_capture *captures, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		char line[1024];
		if (captures[i].damage == NULL)
			continue;
		text_format(line, sizeof line, "'%s' is %s", captures[i].name, captures[i].damage);
		command_warn(line);
	}
}

static bool write_result(const struct ledger_command *c, struct store *store,
                         struct store_capture *captures, size_t count, struct error *error)
{
	struct output output;
	const bool wants_reasons = c->wants_reasons;
	if (!output_open(&output, &c->analysis, wants_reasons ? reasons_columns : ledger_columns,
	                 wants_reasons ? reasons_column_count : ledger_column_count, error))
		return false;
	const size_t chosen = choose(&c->analysis, &store_settings(store)->zone, captures, count);
	bool ok = true;
	if (wants_reasons)
		ok = reasons_write(&output.table, captures, chosen, error);
	else
		ledger_write(&output.table, captures, chosen);
	struct error close_error;
	return output_close(&output, ok ? error : &close_error) && ok;
}

static int run(const struct command *self, struct option_words words)
{
	struct ledger_command c = { .analysis = analysis_defaults() };
	struct dataset dataset = { .store = NULL };
	struct store_capture *captures = NULL;
	size_t count = 0;
	struct error error;
	int exit_code;
	if (!command_parse(self, &words, &c, &exit_code))
		return exit_code;
	c.analysis.take.take.only_ledger = true;
	const bool ok = dataset_open(&dataset, &c.analysis, &words, &error) &&
	                store_captures(dataset.store, &captures, &count, &error) &&
	                write_result(&c, dataset.store, captures, count, &error);
	if (ok && dataset.temporary[0] == '\0')
		warn_of_damage(captures, count);
	store_captures_done(captures, count);
	exit_code = analysis_exit(ok, &dataset, &error);
	dataset_close(&dataset);
	return exit_code;
}

static const struct option_table *const tables[] = { &ledger_table, &store_table, &days_table,
	                                             &output_table, &take_table,  &common_table,
	                                             NULL };

const struct command command_ledger = {
	.name = "ledger",
	.summary = "where every frame went, by capture",
	.operands = "[CAPTURE...]",
	.description =
		"Every frame read counts as exactly one thing: a packet of some kind, outside the "
		"telescope, or not understood and why. The last rows, of capture *, are the totals. With "
		"--from and --to: of the captures that have frames on those days.\n\n"
		"--reasons takes unknown_link, not_ip, malformed and cut_short apart: a row for each link "
		"type (LINKTYPE) and reason, the most frames first, with the number that the reason is "
		"about, and in words what that is. A capture's ledger has room for 64 reasons; frames of "
		"others count as `other`.",
	.tables = tables,
	.run = run,
};
