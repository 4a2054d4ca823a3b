// SPDX-License-Identifier: MIT
// One row a source-day, straight from the walk; with --top those of a day are kept in a heap whose
// top is the next to go.
#include "cmd/shaped.h"

#include "base/memory.h"
#include "base/text.h"

#include <stdlib.h>

enum { TOP_MAX = 100000, FINGERPRINTS_SIZE = FINGERPRINTS_MAX * (FINGERPRINT_NAME_SIZE + 1) };

static const struct column columns[] = {
	{ "day", CELL_TEXT },
	{ "source", CELL_TEXT },
	{ "first", CELL_TEXT },
	{ "last", CELL_TEXT },
	{ "packets", CELL_NUMBER },
	{ "destinations", CELL_NUMBER },
	{ "ports", CELL_NUMBER },
	{ "rate", CELL_NUMBER },
	{ "rate_while_seen", CELL_NUMBER },
	{ "shape", CELL_TEXT },
	{ "is_flood_suspect", CELL_NUMBER },
	{ "fingerprints", CELL_TEXT },
};

static const char *const shape_choices[] = { "any",   "few",     "horizontal", "vertical",
	                                     "mixed", "unknown", NULL };

static const struct option options[] = {
	{ "family", 'f', OPTION_TEXT, offsetof(struct shaped_command, analysis.families), "NAME",
	  "look at the SYNs that match this fingerprint (default: *, all SYNs)", 0, 0, NULL },
	{ "shape", 0, OPTION_CHOICE, offsetof(struct shaped_command, shape), "SHAPE",
	  "only few, horizontal, vertical, mixed or unknown (default: any)", 0, 0, shape_choices },
	{ "top", 'n', OPTION_NUMBER, offsetof(struct shaped_command, top), "N",
	  "only the N of each day with the most packets", 1, TOP_MAX, NULL },
};
static const struct option_table sources_table = { options, sizeof options / sizeof *options };

struct row {
	uint32_t source, matched_mask;
	bool is_flood_suspect, is_rate_known;
	struct source_shape shape;
};

struct rows {
	struct table *table;
	const struct fingerprint_set *fingerprints;
	int32_t day;
	struct row *heap;  // NULL: rows are written as they come
	size_t count, room;
	bool has_any;
};

static void write_time(struct table *table, uint64_t time_ns)
{
	char text[CALENDAR_TIME_SIZE];
	time_format(time_ns, 6, text);
	table_text(table, text);
}

static void write_known(struct table *table, uint64_t number)
{
	if (number > 0)
		table_u64(table, number);
	else
		table_unknown(table);
}

static void write_fingerprints(const struct rows *rows, uint32_t mask)
{
	char names[FINGERPRINTS_SIZE] = "";
	size_t length = 0;
	for (; mask != 0; mask &= mask - 1) {
		const char *name = fingerprint_name(rows->fingerprints,
		                                    (unsigned)__builtin_ctz(mask));
		if (name == NULL)
			continue;
		text_format(names + length, sizeof names - length, "%s%s", length > 0 ? ";" : "",
		            name);
		while (names[length] != '\0')
			length++;
	}
	table_text(rows->table, names);
}

static void write_row(const struct rows *rows, const struct row *row)
{
	struct table *table = rows->table;
	const struct source_shape *s = &row->shape;
	char day[CALENDAR_DAY_SIZE], source[TEXT_IPV4_SIZE];
	day_format(rows->day, day);
	text_from_ipv4(row->source, source);
	table_text(table, day);
	table_text(table, source);
	write_time(table, s->first_ns);
	write_time(table, s->last_ns);
	table_u64(table, s->packets);
	write_known(table, s->destinations);
	write_known(table, s->ports);
	if (!row->is_rate_known)
		table_unknown(table);
	else
		table_real(table, s->rate);
	if (!row->is_rate_known)
		table_unknown(table);
	else if (s->rate_while_seen < 0)
		table_empty(table);
	else
		table_real(table, s->rate_while_seen);
	table_text(table, shape_names[s->shape]);
	table_u64(table, row->is_flood_suspect);
	write_fingerprints(rows, row->matched_mask);
	table_end_row(table);
}

// ---- the top of a day

// Fewer packets go first, of as many the later source.
static bool goes_before(const struct row *a, const struct row *b)
{
	return a->shape.packets != b->shape.packets ? a->shape.packets < b->shape.packets
	                                            : a->source > b->source;
}

static void sink(struct row *heap, size_t count, const struct row *row)
{
	size_t at = 0;
	for (size_t child = 1; child < count; child = 2 * at + 1) {
		if (child + 1 < count && goes_before(&heap[child + 1], &heap[child]))
			child++;
		if (!goes_before(&heap[child], row))
			break;
		heap[at] = heap[child];
		at = child;
	}
	heap[at] = *row;
}

static void keep(struct rows *rows, const struct row *row)
{
	if (rows->count == rows->room) {
		if (goes_before(&rows->heap[0], row))
			sink(rows->heap, rows->count, row);
		return;
	}
	size_t at = rows->count++;
	for (; at > 0 && goes_before(row, &rows->heap[(at - 1) / 2]); at = (at - 1) / 2)
		rows->heap[at] = rows->heap[(at - 1) / 2];
	rows->heap[at] = *row;
}

static int by_source(const void *a, const void *b)
{
	const struct row *x = a, *y = b;
	return (x->source > y->source) - (x->source < y->source);
}

static void write_kept(struct rows *rows)
{
	if (rows->count == 0)
		return;
	qsort(rows->heap, rows->count, sizeof *rows->heap, by_source);
	for (size_t i = 0; i < rows->count; i++)
		write_row(rows, &rows->heap[i]);
	rows->count = 0;
}

// ---- the command

static void take(struct rows *rows, const struct row *row, int32_t day)
{
	if (day != rows->day)
		write_kept(rows);
	rows->day = day;
	rows->has_any = true;
	if (rows->heap != NULL)
		keep(rows, row);
	else
		write_row(rows, row);
}

static bool walk(struct store *store, const struct shaped_command *c,
                 const struct source_filter *filter, struct rows *rows, struct error *error)
{
	struct shape_reader *walk;
	struct source_day at;
	if (!shape_reader_open(store_holdings(store), filter, shape_columns(filter), &walk, error))
		return false;
	while (!rows->table->failed && shape_reader_next(walk, &at, error)) {
		struct row row = { .source = at.host->source,
			           .matched_mask = at.host->matched_mask,
			           .is_flood_suspect = at.is_flood_suspect,
			           .is_rate_known = at.scale.addresses > 0 };
		shape_of(filter, &at.scale, at.host, &row.shape);
		if (c->shape == 0 || c->shape == row.shape.shape + 1u)
			take(rows, &row, at.day);
	}
	write_kept(rows);
	const bool ok = rows->table->failed || error->kind == ERROR_NONE;
	const struct floods_left_out left_out = shape_reader_left_out(walk);
	shape_reader_close(walk);
	if (ok)
		floods_say(&c->analysis, &left_out);
	return ok;
}

static bool run_on(struct dataset *dataset, const struct shaped_command *c, struct error *error)
{
	struct source_filter filter = shaped_filter(c);
	struct rows rows = { .fingerprints = &store_settings(dataset->store)->fingerprints,
		             .room = (size_t)c->top };
	struct family_bits families;
	struct output output;
	struct error ignored;
	if (!shaped_families(dataset->store, c, "*", &families, error))
		return false;
	if (families.count != 1)
		return error_set(error, ERROR_USAGE, "--family takes one fingerprint here");
	filter.family = families.bits[0];
	if (c->top > 0 && (rows.heap = memory_new(rows.room, sizeof *rows.heap)) == NULL)
		return error_memory(error, "the top of a day");
	bool ok = output_open(&output, &c->analysis, columns, sizeof columns / sizeof *columns,
	                      error);
	if (ok) {
		rows.table = &output.table;
		ok = walk(dataset->store, c, &filter, &rows, error);
		ok = output_close(&output, ok ? error : &ignored) && ok;
	}
	memory_free(rows.heap);
	if (ok && !rows.has_any)
		command_say("note: no source-day is like that");
	return ok && families_say_unknown(dataset->store, &c->analysis, &families, error);
}

static int run(const struct command *self, struct option_words words)
{
	struct shaped_command c = shaped_defaults();
	struct dataset dataset = { .store = NULL };
	struct error error;
	int exit_code;
	if (!command_parse(self, &words, &c, &exit_code))
		return exit_code;
	const bool ok = dataset_open(&dataset, &c.analysis, &words, &error) &&
	                run_on(&dataset, &c, &error);
	exit_code = analysis_exit(ok, &dataset, &error);
	dataset_close(&dataset);
	return exit_code;
}

static const struct option_table *const tables[] = { &sources_table, &store_table,  &days_table,
	                                             &packets_table, &floods_table, &output_table,
	                                             &take_table,    &common_table, NULL };

const struct command command_sources = {
	.name = "sources",
	.summary = "each source on each day: when, how much, how fast, what shape of scanning",
	.operands = "[CAPTURE...]",
	.description =
		"One row a source and day, by day and source: first and last time (UTC) and distinct "
		"destinations of all its packets (destinations beyond 64 are estimated), SYNs or those of "
		"--family, and the ports they went to. rate is what the source would send in a second to all of "
		"IPv4 if it treats all addresses alike: packets x 2^32 / addresses of the telescope / seconds of "
		"the day that the captures cover; "
		"rate_while_seen the same from the first to the last: (packets - 1) x 2^32 / addresses / "
		"(last - first). They are unknown if the store was not told its telescope. `hotaru shapes "
		"--help` has the shapes. is_flood_suspect: the source sent one packet on the whole day, a SYN or "
		"UDP, within ten seconds (they begin every five) in which at least 1,000 such sources sent one "
		"to that port, and 20 times as many as in the port's median ten seconds of the day: the mark of "
		"a flood with forged sources.",
	.tables = tables,
	.run = run,
};
