// SPDX-License-Identifier: MIT
#include "cmd/ledger.h"

const struct column ledger_columns[] = {
	{ "capture", true },
	{ "counter", true },
	{ "frames", false },
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
		write_ledger(table, captures[i].name, &captures[i].ledger);
		for (unsigned kind = 0; kind < KIND_COUNT; kind++)
			total.frames[kind] += captures[i].ledger.frames[kind];
	}
	write_ledger(table, "*", &total);
}

static int run(const struct command *self, struct option_words words)
{
	struct analysis_command c = analysis_defaults();
	struct source source = { .store = NULL };
	struct store_capture *captures = NULL;
	size_t count = 0;
	struct output output;
	struct error error;
	int exit_code;
	if (!command_parse(self, &words, &c, &exit_code))
		return exit_code;
	bool ok = source_open(&source, &c, &words, &error) &&
	          store_captures(source.store, &captures, &count, &error) &&
	          output_open(&output, &c, ledger_columns, ledger_column_count, &error);
	if (ok) {
		ledger_write(&output.table, captures, count);
		ok = output_close(&output, &error);
	}
	store_captures_done(captures, count);
	exit_code = analysis_exit(ok, &source, &error);
	source_close(&source);
	return exit_code;
}

static const struct option_table *const tables[] = { &analysis_table, &take_table, &common_table,
	                                             NULL };

const struct command command_ledger = {
	.name = "ledger",
	.summary = "where every frame went, by capture",
	.operands = "[CAPTURE...]",
	.description =
		"Every frame read counts as exactly one thing: a packet of some kind, outside the "
		"telescope, or not understood and why. The last rows, of capture *, are the totals.",
	.tables = tables,
	.run = run,
};
