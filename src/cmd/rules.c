// SPDX-License-Identifier: MIT
#include "cmd/rules.h"

#include "base/text.h"
#include "cmd/cmd.h"

#include <inttypes.h>

enum {
	ITEMS_MAX = 64,
	WINDOW_DAYS_MAX = 366,
	WORK_MILLIONS = 2000,
	WORK_MILLIONS_MAX = 1000000000
};
// What the rules of a field and day may be and take, for each thread: the same for any number of these,
// and so are the results.
enum { RULES_MAX = 1000000, RULES_BYTES_MAX = 512 << 20 };

const struct column rules_columns[RULES_COLUMNS] = {
	{ "day", CELL_TEXT },
	{ "antecedent", CELL_TEXT },
	{ "consequent", CELL_TEXT },
	{ "support", CELL_NUMBER },
	{ "antecedent_support", CELL_NUMBER },
	{ "confidence", CELL_NUMBER },
	{ "lift", CELL_NUMBER },
	{ "target_sources", CELL_NUMBER },
	{ "mirai_sources", CELL_NUMBER },
	{ "mirai_share", CELL_NUMBER },
	// Not in a table for people, but for the last, with --across.
	{ "leverage", CELL_NUMBER },
	{ "conviction", CELL_NUMBER },
	{ "improvement", CELL_NUMBER },
	{ "p_value", CELL_NUMBER },
	{ "one_packet_sources", CELL_NUMBER },
};

enum { COLUMNS_FOR_PEOPLE = 10 };

static const struct option options[] = {
	{ "fields", 0, OPTION_TEXT, offsetof(struct rules_command, fields), "FIELDS",
	  "header fields, separated by commas (default: window,dport,ttl,tos); also sport, ip_id, "
	  "length, flags, options, mss, destination, udp_port, backscatter_port",
	  0, 0, NULL },
	{ "across", 0, OPTION_FLAG, offsetof(struct rules_command, across), NULL,
	  "rules over the values of all these fields together, not of each by itself", 0, 0, NULL },
	{ "min-support", 0, OPTION_NUMBER, offsetof(struct rules_command, support_min), "N",
	  "sources that used all values of the rule (default: 1000)", 1, UINT32_MAX, NULL },
	{ "min-confidence", 0, OPTION_REAL, offsetof(struct rules_command, confidence_min), "C",
	  "the share of those with the antecedent that have the consequent, 0 to 1 (default: 0.9)",
	  0, 0, NULL },
	{ "max-items", 0, OPTION_NUMBER, offsetof(struct rules_command, items_max), "N",
	  "values of a rule, of both sides (default: no limit)", 2, ITEMS_MAX, NULL },
	{ "consequents", 0, OPTION_NUMBER, offsetof(struct rules_command, consequents_max), "N",
	  "values of the consequent, at most (default: 1)", 1, RULE_CONSEQUENTS_MAX, NULL },
	{ "window-days", 0, OPTION_NUMBER, offsetof(struct rules_command, window_days), "N",
	  "what a source used on so many days, of which the row has the last (default: 1)", 1,
	  WINDOW_DAYS_MAX, NULL },
	{ "all", 0, OPTION_FLAG, offsetof(struct rules_command, all), NULL,
	  "every rule of that support and confidence, also those that follow from shorter ones", 0,
	  0, NULL },
	{ "alpha", 0, OPTION_REAL, offsetof(struct rules_command, alpha), "A",
	  "how likely one rule of a day may be that is none, without --all (default: 0.05)", 0, 0,
	  NULL },
	{ "no-buckets", 0, OPTION_FLAG, offsetof(struct rules_command, no_buckets), NULL,
	  "all values of sources that used more than 32 of a field, not one bucket in their place",
	  0, 0, NULL },
	{ "work", 0, OPTION_NUMBER, offsetof(struct rules_command, work_millions), "N",
	  "end with a partial answer after so many million steps for each day and field (default: "
	  "2000)",
	  1, WORK_MILLIONS_MAX, NULL },
};
static const struct option_table rules_table = { options, sizeof options / sizeof *options };

// ---- what is asked for

struct rules_command rules_defaults(void)
{
	return (struct rules_command){ .analysis = analysis_defaults(),
		                       .fields = "window,dport,ttl,tos",
		                       .support_min = 1000,
		                       .confidence_min = 0.9,
		                       .consequents_max = 1,
		                       .window_days = 1,
		                       .alpha = 0.05,
		                       .work_millions = WORK_MILLIONS };
}

static bool unknown_field(const char *name, struct error *error)
{
	char known[256] = "";
	size_t length = 0;
	for (unsigned field = 0; field < HEADER_FIELDS_MAX; field++) {
		text_format(known + length, sizeof known - length, "%s%s", field > 0 ? ", " : "",
		            header_field_name(field));
		length = strlen(known);
	}
	return error_set(error, ERROR_USAGE, "there is no field '%s'; there are %s", name, known);
}

static bool parse_fields(struct rules_command *c, struct error *error)
{
	const char *list = c->fields;
	char name[32];
	uint32_t seen = 0;
	while (text_next(&list, ',', name, sizeof name)) {
		unsigned field;
		if (!header_field_find(name, &field))
			return unknown_field(name, error);
		if (!(seen >> field & 1))
			c->field_list[c->field_count++] = field;
		seen |= UINT32_C(1) << field;
	}
	return c->field_count > 0 || error_set(error, ERROR_USAGE, "--fields names no field");
}

// Written so that what is no number at all is refused, too.
static bool is_share(double x)
{
	return x >= 0 && x <= 1;
}

bool rules_check(struct rules_command *c, struct error *error)
{
	if (!is_share(c->confidence_min))
		return error_set(error, ERROR_USAGE, "--min-confidence is from 0 to 1");
	if (!is_share(c->alpha))
		return error_set(error, ERROR_USAGE, "--alpha is from 0 to 1");
	return parse_fields(c, error) && analysis_check(&c->analysis, error);
}

struct header_rules_request rules_request_of(const struct rules_command *c)
{
	return (struct header_rules_request){
		.window = analysis_window(&c->analysis),
		.days = (uint32_t)c->window_days,
		.fields = c->field_list,
		.field_count = c->field_count,
		.is_across = c->across,
		.without_buckets = c->no_buckets,
		.without_floods = c->analysis.without_floods,
		.rules = { .support_min = c->support_min,
		           .confidence_min = c->confidence_min,
		           .items_max = (size_t)c->items_max,
		           .consequents_max = (size_t)c->consequents_max,
		           .is_all = c->all,
		           .alpha = c->alpha,
		           .work_max = c->work_millions * 1000000,
		           .rules_max = RULES_MAX,
		           .bytes_max = RULES_BYTES_MAX },
		.threads = (unsigned)c->analysis.take.take.threads,
	};
}

bool rules_days_check(const struct store *store, const struct rules_command *c, struct error *error)
{
	const size_t count = store_segment_count(store);
	char first[CALENDAR_DAY_SIZE], last[CALENDAR_DAY_SIZE];
	for (size_t i = 0; i < count; i++)
		if (analysis_wants_day(&c->analysis, store_segment_at(store, i)->day))
			return true;
	if (count == 0)
		return error_set(error, ERROR_FAILED, "there is no packet to find rules in");
	day_format(store_segment_at(store, 0)->day, first);
	day_format(store_segment_at(store, count - 1)->day, last);
	return error_set(error, ERROR_FAILED,
	                 "there is no packet on these days; the store has %s to %s", first, last);
}

// ---- what has to be known

void rules_totals_add(struct rules_totals *t, const struct header_rules_day *day)
{
	t->days++;
	t->rules += day->count;
	if (day->is_partial &&
	    (t->partial_days == 0 || day->antecedents_whole < t->antecedents_whole))
		t->antecedents_whole = day->antecedents_whole;
	t->partial_days += day->is_partial;
	t->bucket_days += day->bucketed_sources > 0;
	t->sample_days += day->sampled_sources > 0;
	t->unsure_days += day->unsure_sources > 0;
	t->unknown_days += day->has_unknown;
	t->bucketed += day->bucketed_sources;
	t->sampled += day->sampled_sources;
	t->unsure += day->unsure_sources;
}

static void say_partial(const struct rules_command *c, const struct rules_totals *t)
{
	char line[400];
	if (t->partial_days == 0)
		return;
	text_format(line, sizeof line,
	            "on %" PRIu64 " of %" PRIu64 " days there are more rules than these: the work "
	            "came to its end (--work %" PRIu64
	            ") or the room did; a higher --min-support or "
	            "--max-items needs less",
	            t->partial_days, t->days, c->work_millions);
	command_warn(line);
}

static void say_buckets(const struct rules_totals *t)
{
	char line[256];
	if (t->bucketed > 0) {
		text_format(line, sizeof line,
		            "note: %" PRIu64 " sources on %" PRIu64
		            " days used more than %d values "
		            "of a field: they have a bucket in place of these (--no-buckets)",
		            t->bucketed, t->bucket_days, HEADER_VALUES_MAX);
		command_say(line);
	}
	if (t->sampled > 0) {
		text_format(line, sizeof line,
		            "note: of %" PRIu64 " sources on %" PRIu64 " days the store keeps a "
		            "sample of the values of a field: target_sources may lack them%s",
		            t->sampled, t->sample_days,
		            t->bucketed > 0 ? "" : ", and so may support");
		command_say(line);
	}
	if (t->unsure > 0) {
		text_format(line, sizeof line,
		            "note: of %" PRIu64 " sources on %" PRIu64
		            " days a floor dropped values "
		            "(compact --floor): they may belong in another bucket than they are in",
		            t->unsure, t->unsure_days);
		command_say(line);
	}
}

void rules_totals_say(const struct rules_command *c, const struct rules_totals *t,
                      const struct floods_left_out *left_out)
{
	char line[256];
	say_partial(c, t);
	if (c->analysis.take.common.quiet)
		return;
	if (t->rules == 0)
		command_say(c->all ? "note: no rule on these days"
		                   : "note: no rule on these days; --all also lists those that are "
		                     "not productive");
	say_buckets(t);
	if (t->unknown_days > 0) {
		text_format(line, sizeof line,
		            "note: on %" PRIu64 " of %" PRIu64
		            " days packets came as flows, which do "
		            "not tell families: Mirai hosts are unknown there",
		            t->unknown_days, t->days);
		command_say(line);
	}
	floods_say(&c->analysis, left_out);
}

// ---- rows

void rules_items_text(const struct header_item *items, size_t count, struct buffer *out)
{
	char text[HEADER_ITEM_TEXT_SIZE];
	for (size_t i = 0; i < count; i++) {
		header_item_text(&items[i], text);
		if (i > 0)
			buffer_byte(out, ';');
		buffer_text(out, text);
	}
}

void rules_write_items(struct table *table, const struct header_item *items, size_t count)
{
	struct buffer text = buffer_up_to(1 << 20);
	rules_items_text(items, count, &text);
	table_text_span(table, buffer_span(&text));
	buffer_done(&text);
}

void rules_write_mirai(struct table *table, uint64_t sources, uint64_t mirai_sources,
                       bool is_unknown)
{
	if (is_unknown) {
		table_unknown(table);
		table_unknown(table);
		return;
	}
	table_u64(table, mirai_sources);
	table_real(table, (double)mirai_sources / (double)sources);
}

struct rows {
	struct table *table;
	const struct rules_command *command;
	struct rules_totals totals;
};

// A line of all columns is too long to be read.
static bool is_for_people(const struct rules_command *c)
{
	return c->analysis.format == FORMAT_TABLE;
}

static size_t choose_columns(const struct rules_command *c, struct column out[RULES_COLUMNS])
{
	for (size_t i = 0; i < RULES_COLUMNS; i++)
		out[i] = rules_columns[i];
	if (!is_for_people(c))
		return RULES_COLUMNS;
	out[COLUMNS_FOR_PEOPLE] = rules_columns[RULES_COLUMNS - 1];
	return COLUMNS_FOR_PEOPLE + c->across;
}

// `people`: the command, if the table is for people; else NULL.
static void write_rule(struct table *table, const struct rules_command *people,
                       const struct header_rules_day *day, const struct header_rule *rule)
{
	const struct rule *r = &rule->rule;
	char date[CALENDAR_DAY_SIZE];
	day_format(day->day, date);
	table_text(table, date);
	rules_write_items(table, rule->antecedent, rule->antecedent_count);
	rules_write_items(table, rule->consequent, rule->consequent_count);
	table_u64(table, r->support.all);
	table_u64(table, r->antecedent_support.all);
	table_real(table, r->confidence);
	table_real(table, r->lift);
	table_u64(table, rule->target_sources);
	rules_write_mirai(table, rule->target_sources, rule->mirai_sources, day->has_unknown);
	if (people == NULL) {
		table_real(table, r->leverage);
		table_real(table, r->conviction);
		table_real(table, r->improvement);
		table_small(table, r->p_value);
	}
	if (people != NULL && !people->across)
		;
	else if (rule->one_packet_sources == HEADER_NOT_ONE_PACKET)
		table_empty(table);
	else
		table_u64(table, rule->one_packet_sources);
	table_end_row(table);
}

static bool write_day(void *context, const struct header_rules_day *day)
{
	struct rows *rows = context;
	const bool is_people = is_for_people(rows->command);
	rules_totals_add(&rows->totals, day);
	for (size_t i = 0; i < day->count; i++)
		write_rule(rows->table, is_people ? rows->command : NULL, day, &day->list[i]);
	return !rows->table->failed;
}

bool rules_write_day(struct table *table, const struct header_rules_day *day)
{
	for (size_t i = 0; i < day->count; i++)
		write_rule(table, NULL, day, &day->list[i]);
	return !table->failed;
}

static bool list_rules(struct dataset *dataset, const struct rules_command *c, struct error *error)
{
	struct header_rules_request request = rules_request_of(c);
	struct rows rows = { .command = c };
	struct floods_left_out left_out = { .days = 0 };
	struct column chosen[RULES_COLUMNS];
	struct output output;
	struct error ignored;
	const size_t count = choose_columns(c, chosen);
	// Asked here already, so that what is refused leaves no table that is empty.
	if (!header_rules_check(store_holdings(dataset->store), &request, error) ||
	    !output_open(&output, &c->analysis, chosen, count, error))
		return false;
	rows.table = &output.table;
	request.each = write_day;
	request.context = &rows;
	const bool ok = header_rules_run(store_holdings(dataset->store), &request, &left_out,
	                                 error);
	if (!output_close(&output, ok ? error : &ignored) || !ok)
		return false;
	rules_totals_say(c, &rows.totals, &left_out);
	return true;
}

// ---- the command

static bool check_ways(struct rules_command *c, struct error *error)
{
	if (c->timeline && c->only_new)
		return error_set(error, ERROR_USAGE, "--timeline or --new, not both");
	if (c->as_fingerprint && (c->timeline || c->analysis.format != FORMAT_TABLE))
		return error_set(error, ERROR_USAGE,
		                 "--as-fingerprint prints lines for --fingerprints: no --timeline "
		                 "and no --format with it");
	if (c->top > 0 && !c->timeline)
		return error_set(error, ERROR_USAGE, "--top is for --timeline");
	if (c->past_days > 0 && !c->only_new)
		return error_set(error, ERROR_USAGE, "--past-days is for --new");
	if (c->only_new && c->window_days > 1)
		return error_set(error, ERROR_USAGE,
		                 "--new compares single days: it takes no --window-days");
	if (c->only_new && c->consequents_max > 1)
		return error_set(error, ERROR_USAGE,
		                 "--new tells sets of values, each by its strongest rule, which "
		                 "has one consequent: it takes no --consequents");
	if (c->past_days == 0)
		c->past_days = EMERGENCE_PAST_DAYS;
	return true;
}

static rules_way *way_of(const struct rules_command *c)
{
	return c->as_fingerprint ? rules_fingerprint
	       : c->timeline     ? rules_timeline
	       : c->only_new     ? rules_new
	                         : list_rules;
}

static int run(const struct command *self, struct option_words words)
{
	struct rules_command c = rules_defaults();
	struct dataset dataset = { .store = NULL };
	struct error error;
	int exit_code;
	if (!command_parse(self, &words, &c, &exit_code))
		return exit_code;
	const bool ok = rules_check(&c, &error) && check_ways(&c, &error) &&
	                dataset_open(&dataset, &c.analysis, &words, &error) &&
	                rules_days_check(dataset.store, &c, &error) &&
	                way_of(&c)(&dataset, &c, &error);
	exit_code = analysis_exit(ok, &dataset, &error);
	dataset_close(&dataset);
	return exit_code;
}

static const struct option_table *const tables[] = { &rules_table,
	                                             &rules_timeline_table,
	                                             &rules_new_table,
	                                             &rules_fingerprint_table,
	                                             &floods_table,
	                                             &store_table,
	                                             &days_table,
	                                             &output_table,
	                                             &take_table,
	                                             &common_table,
	                                             NULL };

const struct command command_rules = {
	.name = "rules",
	.summary =
		"association rules over header values, by day: what is spreading that has no name",
	.operands = "[CAPTURE...]",
	.description =
		"For each day the rules antecedent => consequent over the values of a header field that the "
		"same source used at least once in its SYNs: support sources used all values of both, which "
		"is the share confidence of the antecedent_support sources that used those of the antecedent; "
		"lift is how many times the share of all sources that is. Without --all only rules are listed "
		"that no shorter one implies and that Fisher's exact test holds against each shorter one. "
		"target_sources are the support and those in buckets that used all values, too; "
		"mirai_sources of them sent SYNs of which more than 90 % match mirai-2016. A source that used "
		"more than 32 values of a field has a bucket (dport=33-64_values) in their place. "
		"one_packet_sources, with --across, surely sent all values in one packet. --from and --to "
		"choose rows; --window-days reads the days before, too. "
		"--timeline has a row a rule: the first_day, last_day and number of days on which it was "
		"found, the peak_day with the most targets (peak_sources), and as sources all its targets of "
		"the days asked for, each once. --new has a row for each set of values that emerged: a rule "
		"of all of them was found, none was on the 28 days before, and they have more than three "
		"times the support that they had on any of these but the last 7, which it may take to grow. "
		"Its ports, places and fingerprints are by how many of the day's targets, its example is the "
		"commonest header values of the target with the fewest SYNs, most_before the most support on "
		"one of the days before. doc/rules.md has the definitions.",
	.tables = tables,
	.run = run,
};
