// SPDX-License-Identifier: MIT
#include "cmd/ask.h"

#include "base/text.h"

#include <string.h>

// Rows of reasons, to a table.
struct reasons_printer {
	struct outlet outlet;
	struct printer table;
	struct schema schema;
	size_t reason, number;  // columns
};

struct ledger_command {
	struct analysis_command analysis;
	bool wants_reasons, wants_drops;
	struct reasons_printer reasons;
};

static const struct option ledger_options[] = {
	{ "reasons", 0, OPTION_FLAG, offsetof(struct ledger_command, wants_reasons), NULL,
	  "instead, why frames were not understood: by link type and reason", 0, 0, NULL },
	{ "drops", 0, OPTION_FLAG, offsetof(struct ledger_command, wants_drops), NULL,
	  "instead, what captures say of packets that did not get into them", 0, 0, NULL },
};
static const struct option_table ledger_table = { ledger_options, 2 };

static bool check(void *options, struct error *error)
{
	struct ledger_command *c = options;
	// Which days have packets is not known from ledgers.
	c->analysis.take.take.only_ledger = !days_need_data(&c->analysis.days);
	return !c->wants_reasons || !c->wants_drops ||
	       error_set(error, ERROR_USAGE, "--reasons or --drops, not both");
}

static bool question(void *options, const struct description *d, struct question *out,
                     struct error *error)
{
	const struct ledger_command *c = options;
	(void)d;
	(void)error;
	out->kind = c->wants_reasons ? QUESTION_REASONS
	            : c->wants_drops ? QUESTION_DROPS
	                             : QUESTION_LEDGER;
	out->days = days_range(&c->analysis.days);
	return true;
}

// ---- reasons: in place of the name of the link type, the last column, what the reason means in words

static bool begin(struct receiver *receiver, const struct schema *schema, struct error *error)
{
	struct reasons_printer *p = (struct reasons_printer *)receiver;
	struct receiver *table = &p->table.outlet.receiver;
	p->schema = *schema;
	p->schema.columns[schema->count - 1] = (struct column){ "meaning", CELL_TEXT };
	p->reason = schema_find(schema, "reason");
	p->number = schema_find(schema, "number");
	return table->begin(table, &p->schema, error);
}

static struct cell meaning_of(const struct cell *reason, const struct cell *number,
                              char out[REASON_TEXT_SIZE])
{
	char name[64];
	text_format(name, sizeof name, "%.*s", (int)reason->text.length,
	            (const char *)reason->text.bytes);
	reason_text(LANG_EN, name, (uint32_t)number->number, out);
	return (struct cell){ .text = { (const uint8_t *)out, strlen(out) } };
}

static bool take_row(struct receiver *receiver, const struct cell *cells)
{
	struct reasons_printer *p = (struct reasons_printer *)receiver;
	struct receiver *table = &p->table.outlet.receiver;
	struct cell row[SCHEMA_COLUMNS_MAX];
	char meaning[REASON_TEXT_SIZE];
	memcpy(row, cells, p->schema.count * sizeof *row);
	row[p->schema.count - 1] = meaning_of(&cells[p->reason], &cells[p->number], meaning);
	return table->row(table, row);
}

static bool close_table(struct outlet *outlet, bool is_answered, struct error *error)
{
	struct outlet *table = &((struct reasons_printer *)outlet)->table.outlet;
	return table->close(table, is_answered, error);
}

static struct outlet *outlet(void *options, const struct description *d)
{
	struct ledger_command *c = options;
	(void)d;
	c->reasons = (struct reasons_printer){ .outlet = { { begin, take_row }, close_table, NULL },
		                               .table = printer_to(&c->analysis) };
	return c->wants_reasons ? &c->reasons.outlet : NULL;
}

// ---- the command

static int run(const struct command *self, struct option_words words)
{
	struct ledger_command c = { .analysis = analysis_defaults() };
	const struct analysis analysis = { .command = self,
		                           .options = &c,
		                           .check = check,
		                           .question = question,
		                           .outlet = outlet };
	return analysis_run(&analysis, words);
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
		"telescope, or not understood and why. Of a capture that has each packet several times, within a "
		"millisecond, the copies count as `copy`, the last counter, and as nothing else. The last rows, of capture *, are the totals. With "
		"--from and --to: of the captures that have frames on those days.\n\n"
		"--reasons takes unknown_link, not_ip, malformed and cut_short apart: a row for each link "
		"type (LINKTYPE) and reason, the most frames first, with the number that the reason is "
		"about, and in words what that is. A capture's ledger has room for 64 reasons; frames of "
		"others count as `other`. Rows of reason `fraction` are of frames of any kind whose time has a "
		"fraction of more than a second (--fractions); these frames are in other rows of their kind, too. "
		"Of all frames, whatever they count as, it also says how many lie on days that are far from all "
		"others, and on how many days: `frames`, `far_time`.\n\n"
		"--drops has what captures say themselves of packets that did not get into them, which no "
		"other number of hotaru counts: pcapng, ERF and snoop can say that. A counter that a capture does "
		"not have has no row.",
	.tables = tables,
	.run = run,
};
