// SPDX-License-Identifier: MIT
// What changed, as the report's first screen has it: for a look in the morning, and for cron.
#include "answer/answer.h"
#include "cmd/ask.h"
#include "cmd/atlas.h"
#include "cmd/families.h"
#include "cmd/home.h"
#include "cmd/rules.h"
#include "present/page/changes.h"
#include "present/page/changes_text.h"

#include <string.h>

enum { WEEK_DAYS = 7, DAYS_MAX = 366, WORK_MAX = 2000000000, TEXT_MAX = 16 << 20 };

struct changes_command {
	struct analysis_command analysis;
	uint64_t days;  // rows are of; 0: as many as the format has by default
	const char *support;
	uint64_t support_min;  // 0: by day
	const char *home_text;
	struct home home;
	bool has_places[PLACE_KINDS];  // that kind of place is known of sources
	bool has_hashes;               // sources are hashes, and nowhere
};

static const struct option changes_options[] = {
	{ "day", 'd', OPTION_DAY, offsetof(struct changes_command, analysis.days.to), "DAY",
	  "what changed on this day (default: the last one with data): YYYY-MM-DD, today, yesterday, "
	  "or -7 for seven days before that",
	  0, 0, NULL },
	{ "days", 0, OPTION_NUMBER, offsetof(struct changes_command, days), "N",
	  "rows of the N days up to that one (default: 1; of the text for people 7)", 1, DAYS_MAX,
	  NULL },
	{ "min-support", 0, OPTION_TEXT, offsetof(struct changes_command, support), "N",
	  "association rules: " RULES_SUPPORT_TEXT, 0, 0, NULL },
	HOME_OPTION(struct changes_command, home_text),
};
static const struct option_table changes_table = {
	changes_options, sizeof changes_options / sizeof *changes_options
};

// ---- the text for people

// "Not known of AS4713: ...": why the countries, networks or prefixes that --home names are not compared.
static const char *why_unknown(const struct changes_command *c, enum place_kind kind)
{
	static const char *const texts[PLACE_KINDS] = {
		[PLACE_COUNTRY] = "countries of sources are not known here (--country-db)",
		[PLACE_NETWORK] = "networks of sources are not known here (--asn-db)",
	};
	if (c->has_places[kind])
		return NULL;
	return c->has_hashes ? "sources are hashes here, which are nowhere" : texts[kind];
}

static struct changes_text text_of(const struct changes_command *c,
                                   const struct report_changes *changes)
{
	return (struct changes_text){
		.changes = changes,
		.home = &c->home,
		.unknown = { [HOME_COUNTRY] = why_unknown(c, PLACE_COUNTRY),
		             [HOME_NETWORK] = why_unknown(c, PLACE_NETWORK),
		             [HOME_PREFIX] = "countries and networks are compared, no prefixes" },
		.more = c->days > 0 ? NULL : "... and days before these: --days shows them",
	};
}

static bool print_text(const struct changes_command *c, const struct report_changes *changes,
                       struct error *error)
{
	const struct changes_text text = text_of(c, changes);
	struct buffer out = buffer_up_to(TEXT_MAX);
	FILE *file = command_output_open(c->analysis.output, error);
	if (file == NULL)
		return false;
	changes_text(&out, &text);
	const bool failed = out.failed;
	if (!failed)
		fwrite(out.bytes, 1, out.length, file);
	buffer_done(&out);
	return command_output_close(file, c->analysis.output, error) &&
	       (!failed || error_memory(error, "what changed"));
}

// Beside rows the same is a note.
static void say_unknown(const struct changes_command *c)
{
	const struct changes_text about = text_of(c, NULL);
	for (enum home_kind kind = 0; kind < HOME_KINDS; kind++) {
		struct buffer text = buffer_up_to(TEXT_MAX);
		const bool has_some = changes_text_unknown(&text, &about, kind,
		                                           "note: not known of ");
		buffer_byte(&text, '\0');
		if (has_some && !text.failed)
			command_say((const char *)text.bytes);
		buffer_done(&text);
	}
}

// ---- asking

static struct day_range days_asked(const struct changes_command *c, const struct description *d)
{
	const int32_t last = d->day_count > 0 ? d->days[d->day_count - 1] : 0;
	const uint64_t days = c->days > 0                          ? c->days
	                      : c->analysis.format == FORMAT_TABLE ? WEEK_DAYS
	                                                           : 1;
	const int32_t to = c->analysis.days.to.is_given ? c->analysis.days.to.day : last;
	return (struct day_range){ to - (int32_t)days + 1, to };
}

// Rows on their way to the printer, with a column behind them that says which are one's own.
struct marking {
	struct receiver receiver;
	struct receiver *to;
	const struct report_change *next;  // the one that the next row is
	struct schema schema;
};

static bool begin_marked(struct receiver *receiver, const struct schema *schema,
                         struct error *error)
{
	struct marking *m = (struct marking *)receiver;
	m->schema = *schema;
	m->schema.columns[m->schema.count++] = (struct column){ "is_home", CELL_NUMBER,
		                                                .form = FORM_BOOL };
	return m->to->begin(m->to, &m->schema, error);
}

static bool mark_row(struct receiver *receiver, const struct cell *cells)
{
	struct marking *m = (struct marking *)receiver;
	const size_t count = m->schema.count - 1;
	struct cell marked[SCHEMA_COLUMNS_MAX];
	memcpy(marked, cells, count * sizeof *cells);
	marked[count] = (struct cell){ .state = CELL_VALUE, .number = (m->next++)->is_home };
	return m->to->row(m->to, marked);
}

static bool print_rows(const struct changes_command *c, const struct answer *answer,
                       const struct changes_found *found, struct error *error)
{
	struct printer printer = printer_to(&c->analysis);
	struct receiver *to = &printer.outlet.receiver;
	struct marking marking = {
		{ begin_marked, mark_row, NULL }, to, found->rows, { .count = 0 }
	};
	struct error ignored;
	const bool ok = answer_replay(answer, c->home_text != NULL ? &marking.receiver : to, error);
	return printer.outlet.close(&printer.outlet, ok, ok ? error : &ignored) && ok;
}

static bool print(const struct changes_command *c, const struct answer *answer,
                  const struct caveats *caveats, struct day_range days, bool *has_changed,
                  struct error *error)
{
	struct changes_found found;
	if (!changes_read(answer, caveats, days, &found, error))
		return false;
	changes_mark_home(&found, &c->home);
	*has_changed = changes_count(&found.changes, days.to) > 0;
	const bool ok = c->analysis.format == FORMAT_TABLE ? print_text(c, &found.changes, error)
	                                                   : print_rows(c, answer, &found, error);
	changes_found_done(&found);
	return ok;
}

// The text for people says itself what is not known.
static struct listener listener_of(const struct changes_command *c, const struct dataset *dataset)
{
	struct listener listener = dataset_listener(dataset, &c->analysis);
	listener.is_quiet |= c->analysis.format == FORMAT_TABLE;
	return listener;
}

static bool ask(const struct changes_command *c, struct dataset *dataset, bool *has_changed,
                struct error *error)
{
	static const char *const fields[] = { "window", "dport", "ttl", "tos" };
	const struct description *d = engine_describe(dataset->engine);
	const struct limits limits = { .threads = (unsigned)c->analysis.take.take.threads };
	struct answer answer = answer_new();
	struct family_names families;
	if (!family_names_parse(d, c->analysis.families, &families, error))
		return false;
	const struct question question = { .kind = QUESTION_CHANGES,
		                           .days = days_asked(c, d),
		                           .families = families.list,
		                           .family_count = families.count,
		                           .without_floods = c->analysis.without_floods,
		                           .rules = { .fields = fields,
		                                      .field_count = 4,
		                                      .support_min = c->support_min,
		                                      .confidence_min = 0.9,
		                                      .alpha = 0.05,
		                                      .consequents_max = 1,
		                                      .window_days = 1,
		                                      .past_days = NEW_RULES_PAST_DAYS,
		                                      .work_max = WORK_MAX,
		                                      .raises_support = true } };
	struct inquiry inquiry = { &question, &answer.receiver };
	const bool ok = engine_ask(dataset->engine, &inquiry, 1, &limits, error) &&
	                answer_check(&answer, error) &&
	                print(c, &answer, &inquiry.caveats, question.days, has_changed, error);
	if (ok)
		caveats_say(&inquiry.caveats, d, listener_of(c, dataset));
	if (ok && c->analysis.format != FORMAT_TABLE && !c->analysis.take.common.quiet)
		say_unknown(c);
	caveats_done(&inquiry.caveats);
	answer_done(&answer);
	return ok;
}

static bool ask_dataset(struct changes_command *c, struct dataset *dataset, bool *has_changed,
                        struct error *error)
{
	static const enum place_kind kinds[] = { PLACE_COUNTRY, PLACE_NETWORK };
	const struct places_asked places = { .kinds = kinds,
		                             .count = PLACE_KINDS,
		                             .are_extra = true };
	struct place_atlas *atlases[PLACE_KINDS] = { NULL };
	bool ok = dataset_places_open(dataset, &c->analysis, &places, atlases, error);
	for (unsigned kind = 0; kind < PLACE_KINDS; kind++)
		c->has_places[kind] = atlases[kind] != NULL;
	c->has_hashes = !engine_describe(dataset->engine)->has_addresses;
	ok = ok && ask(c, dataset, has_changed, error);
	dataset_places_close(dataset, atlases);
	return ok;
}

static int run(const struct command *self, struct option_words words)
{
	struct changes_command c = { .analysis = analysis_defaults() };
	struct dataset dataset = { .store = NULL };
	struct error error;
	bool has_changed = false;
	int exit_code;
	if (!command_parse(self, &words, &c, &exit_code))
		return exit_code;
	const bool ok = (c.home_text == NULL || home_parse(c.home_text, &c.home, &error)) &&
	                rules_support_parse(c.support, &c.support_min, &error) &&
	                dataset_open(&dataset, &c.analysis, &words, &error) &&
	                ask_dataset(&c, &dataset, &has_changed, &error);
	exit_code = analysis_exit(ok, &dataset, &error);
	dataset_close(&dataset);
	return ok && has_changed ? EXIT_CHANGED : exit_code;
}

static const struct option_table *const tables[] = {
	&changes_table, &family_table, &places_table, &floods_table, &store_table,
	&strict_table,  &output_table, &take_table,   &common_table, NULL
};

const struct command command_changes = {
	.name = "changes",
	.summary = "what is new, has grown or is gone on a day; exit code 4 if anything is",
	.operands = "[CAPTURE...]",
	.description =
		"Families, ports, association rules, countries and networks whose sources of the day are "
		"news against the 28 days before, of which 7 have to be known. new: more than three times as "
		"many as on any of those days, or on any but the last 7, which it may take to grow. grown: more "
		"than a quarter above any of them, or any but the last 7. Each by more than chance, 5 standard "
		"deviations: 10 sources where nobody was; of countries and networks 20. gone: less than a tenth of "
		"the least of them but the last 7. What took days is told "
		"once. Countries and networks are compared by their share of all sources. Rules are new as `hotaru "
		"rules --new` says, and gone a week after they were last found, if they were found on every day of "
		"the three weeks before. usual and most_before are the median and the most of the 28 days before. "
		"The exit code is 4 if something changed on the day, and 0 if nothing did, or if it is not known. "
		"With --home, one's own countries and networks come first in the text; CSV and JSON have a column "
		"is_home behind the others, in the same order of rows. "
		"doc/report.md has the rule, and how often it is wrong.",
	.tables = tables,
	.run = run,
};
