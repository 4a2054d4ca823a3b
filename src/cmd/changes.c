// SPDX-License-Identifier: MIT
// What changed, as the report's first screen has it: for a look in the morning, and for cron.
#include "answer/answer.h"
#include "answer/local/local.h"
#include "base/calendar.h"
#include "base/escape.h"
#include "base/memory.h"
#include "base/text.h"
#include "cmd/ask.h"
#include "cmd/atlas.h"
#include "cmd/families.h"
#include "cmd/rules.h"
#include "present/page/changes.h"
#include "present/words/markup.h"
#include "present/words/width.h"

#include <string.h>

enum {
	LINE_CELLS = 79,
	SCREEN_LINES = 19,
	DATE_CELLS = 12,
	WEEK_DAYS = 7,
	DAYS_MAX = 366,
	WORK_MAX = 2000000000,
	TEXT_MAX = 1 << 20
};

struct changes_command {
	struct analysis_command analysis;
	uint64_t days;  // rows are of; 0: as many as the format has by default
	const char *support;
	uint64_t support_min;  // 0: by day
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
};
static const struct option_table changes_table = {
	changes_options, sizeof changes_options / sizeof *changes_options
};

// ---- the text for people

// A paragraph, broken between words; lines behind the first one are indented by `indent`. Blanks at its end are left
// out.
static void write_wrapped(struct buffer *out, const char *text, size_t indent)
{
	size_t column = 0, blanks = 0;
	while (*text != '\0') {
		const size_t length = strcspn(text, " "), cells = width_cells(text, length);
		if (length == 0) {
			blanks++;
			text++;
			continue;
		}
		if (column > 0 && column + blanks + cells > LINE_CELLS) {
			buffer_format(out, "\n%*s", (int)indent, "");
			column = indent;
		} else {
			buffer_format(out, "%*s", (int)blanks, "");
			column += blanks;
		}
		buffer_append(out, text, length);
		column += cells;
		text += length;
		blanks = 0;
	}
	buffer_byte(out, '\n');
}

static void write_name(struct buffer *out, const struct report_change *change, void *context)
{
	struct buffer name = buffer_up_to(TEXT_MAX);
	(void)context;
	changes_name(&name, LANG_EN, change, true);
	out->failed = out->failed || name.failed;
	if (!out->failed)
		escape_terminal(out, (const char *)name.bytes, name.length);
	buffer_done(&name);
}

static void write_plain(struct buffer *out, struct buffer *text, size_t indent)
{
	buffer_byte(text, '\0');
	out->failed = out->failed || text->failed;
	if (!out->failed)
		write_wrapped(out, (const char *)text->bytes, indent);
}

// "New: ports ... "; false: nothing.
static bool write_kind(struct buffer *out, const struct report_changes *changes, int32_t day,
                       enum report_change_kind kind, bool has_numbers)
{
	if (changes_kind_count(changes, day, kind) == 0)
		return false;
	buffer_format(out, "%s ", word_in(LANG_EN, changes_kind_label(kind)));
	changes_sentence(out, LANG_EN, changes, day, kind, has_numbers, write_name, NULL);
	buffer_text(out, "  ");
	return true;
}

static void write_today(struct buffer *out, const struct report_changes *changes)
{
	struct buffer text = buffer_up_to(TEXT_MAX);
	char day[CALENDAR_DAY_SIZE];
	const bool has_nothing = changes_nothing(&text, LANG_EN, changes);
	if (has_nothing)
		write_plain(out, &text, 0);
	buffer_done(&text);
	if (has_nothing)
		return;
	day_format(changes->day, day);
	buffer_format(out, "What changed on %s\n\n", day);
	for (enum report_change_kind kind = 0; kind < REPORT_CHANGE_KINDS; kind++) {
		struct buffer line = buffer_up_to(TEXT_MAX);
		if (write_kind(&line, changes, changes->day, kind, true))
			write_plain(out, &line, 2);
		buffer_done(&line);
	}
}

static size_t count_lines(const struct buffer *b)
{
	size_t count = 0;
	for (size_t i = 0; i < b->length; i++)
		count += b->bytes[i] == '\n';
	return count;
}

// As many days as a screen has room for, unless somebody asked for them.
static void write_before(struct buffer *out, const struct report_changes *changes, bool shows_all)
{
	if (changes->from == changes->day)
		return;
	const size_t today = changes_count(changes, changes->day);
	if (changes->count == today) {
		if (changes->state == REPORT_CHANGES_KNOWN)
			buffer_format(out, "\nNothing changed in the %d days before.\n",
			              changes->day - changes->from);
		return;
	}
	buffer_format(out, "\nIn the %d days before:\n", changes->day - changes->from);
	for (int32_t day = changes->day - 1; day >= changes->from; day--) {
		if (count_lines(out) >= SCREEN_LINES && !shows_all) {
			buffer_text(out, "... and days before these: --days shows them\n");
			return;
		}
		struct buffer text = buffer_up_to(TEXT_MAX);
		char date[CALENDAR_DAY_SIZE];
		if (changes_count(changes, day) == 0)
			continue;
		day_format(day, date);
		buffer_format(&text, "%s  ", date);
		for (enum report_change_kind kind = 0; kind < REPORT_CHANGE_KINDS; kind++)
			write_kind(&text, changes, day, kind, false);
		write_plain(out, &text, DATE_CELLS);
		buffer_done(&text);
	}
}

static bool print_text(const struct changes_command *c, const struct report_changes *changes,
                       struct error *error)
{
	struct buffer out = buffer_up_to(16 * TEXT_MAX);
	FILE *file = command_output_open(c->analysis.output, error);
	if (file == NULL)
		return false;
	write_today(&out, changes);
	write_before(&out, changes, c->days > 0);
	const bool failed = out.failed;
	if (!failed)
		fwrite(out.bytes, 1, out.length, file);
	buffer_done(&out);
	return command_output_close(file, c->analysis.output, error) &&
	       (!failed || error_memory(error, "what changed"));
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

static bool print_rows(const struct changes_command *c, const struct answer *answer,
                       struct error *error)
{
	struct printer printer = printer_to(&c->analysis);
	struct error ignored;
	const bool ok = answer_replay(answer, &printer.outlet.receiver, error);
	return printer.outlet.close(&printer.outlet, ok, ok ? error : &ignored) && ok;
}

static bool print(const struct changes_command *c, const struct answer *answer,
                  const struct caveats *caveats, struct day_range days, bool *has_changed,
                  struct error *error)
{
	struct changes_found found;
	if (!changes_read(answer, caveats, days, &found, error))
		return false;
	*has_changed = changes_count(&found.changes, days.to) > 0;
	const bool ok = c->analysis.format == FORMAT_TABLE ? print_text(c, &found.changes, error)
	                                                   : print_rows(c, answer, error);
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
	caveats_done(&inquiry.caveats);
	answer_done(&answer);
	return ok;
}

static bool ask_with_places(const struct changes_command *c, struct dataset *dataset,
                            bool *has_changed, struct error *error)
{
	struct place_atlas *atlases[PLACE_KINDS] = { NULL };
	struct analysis_command quiet = c->analysis;
	const bool has_addresses = engine_describe(dataset->engine)->has_addresses;
	bool ok = true;
	quiet.take.common.quiet = true;
	for (unsigned kind = 0; ok && has_addresses && kind < PLACE_KINDS; kind++) {
		ok = atlas_open(kind, &quiet, dataset, &atlases[kind], error);
		if (ok && place_origin_count(atlases[kind]) == 0) {
			place_atlas_close(atlases[kind]);
			atlases[kind] = NULL;
		}
	}
	ok = ok &&
	     local_engine_places(dataset->engine, atlases[PLACE_COUNTRY], atlases[PLACE_NETWORK],
	                         error) &&
	     ask(c, dataset, has_changed, error);
	dataset->is_damaged |= engine_describe(dataset->engine)->lost_count > 0;
	engine_close(dataset->engine);
	dataset->engine = NULL;
	for (unsigned kind = 0; kind < PLACE_KINDS; kind++)
		place_atlas_close(atlases[kind]);
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
	const bool ok = rules_support_parse(c.support, &c.support_min, &error) &&
	                dataset_open(&dataset, &c.analysis, &words, &error) &&
	                ask_with_places(&c, &dataset, &has_changed, &error);
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
		"news against the 28 days before, of which 7 have to be known. new: at least 20 sources, and "
		"more than three times as many as on any of those days. grown: more than a quarter above any of "
		"them, or more than twice as many as on any but the last 7, and more than chance (5 standard "
		"deviations). gone: less than a tenth of the least of them but the last 7. What took days is told "
		"once. Countries and networks are compared by their share of all sources. Rules are new as `hotaru "
		"rules --new` says, and gone a week after they were last found, if they were found on every day of "
		"the three weeks before. usual and most_before are the median and the most of the 28 days before. "
		"The exit code is 4 if something changed on the day, and 0 if nothing did, or if it is not known. "
		"doc/report.md has the rule, and how often it is wrong.",
	.tables = tables,
	.run = run,
};
