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
#include "cmd/home.h"
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
	const char *home_text;
	struct home home;
	bool has_places[PLACE_KINDS];  // that kind of place is known of sources
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

// ---- one's own

// Rows of one's own countries and networks, and all others, each as they came. They point into what was found.
struct parts {
	struct report_changes own, others;
	struct report_change *rows;
};

static bool is_own(const struct home *home, const struct report_change *change)
{
	return (change->subject == REPORT_COUNTRY || change->subject == REPORT_NETWORK) &&
	       home_has_place(home, change->id);
}

static bool part(const struct home *home, const struct report_changes *all, struct parts *out,
                 struct error *error)
{
	*out = (struct parts){ *all, *all, memory_new(all->count + 1, sizeof *out->rows) };
	size_t count = 0;
	if (out->rows == NULL)
		return error_memory(error, "what changed");
	for (unsigned others = 0; others < 2; others++) {
		for (size_t i = 0; i < all->count; i++)
			if (is_own(home, &all->rows[i]) != (others == 1))
				out->rows[count++] = all->rows[i];
		out->own.count = others == 0 ? count : out->own.count;
	}
	out->own.rows = out->rows;
	out->own.names_all = true;
	out->others.rows = out->rows + out->own.count;
	out->others.count = count - out->own.count;
	return true;
}

static bool is_compared(const struct changes_command *c, enum home_kind kind)
{
	return kind != HOME_PREFIX &&
	       c->has_places[kind == HOME_COUNTRY ? PLACE_COUNTRY : PLACE_NETWORK];
}

static void write_entry(struct buffer *out, const struct home_entry *entry, bool is_first)
{
	buffer_format(out, "%s%s", is_first ? "" : ", ", entry->text);
}

// "Not known of AS4713: ..." behind what leads there; false, and nothing written: nothing is to be said of the kind.
static bool write_unknown(struct buffer *out, const struct changes_command *c, enum home_kind kind,
                          const char *lead)
{
	static const char *const why[] = {
		[HOME_COUNTRY] = "countries of sources are not known here (--country-db)",
		[HOME_NETWORK] = "networks of sources are not known here (--asn-db)",
		[HOME_PREFIX] = "countries and networks are compared, no prefixes",
	};
	size_t count = 0;
	if (is_compared(c, kind))
		return false;
	for (size_t i = 0; i < c->home.count; i++) {
		if (c->home.entries[i].kind != kind)
			continue;
		buffer_text(out, count == 0 ? lead : "");
		write_entry(out, &c->home.entries[i], count++ == 0);
	}
	if (count > 0)
		buffer_format(out, ": %s", why[kind]);
	return count > 0;
}

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

// "New: ...  Gone: ..." in one line; false: nothing.
static bool write_kinds(struct buffer *out, const struct report_changes *changes, int32_t day,
                        bool has_numbers)
{
	bool has_some = false;
	for (enum report_change_kind kind = 0; kind < REPORT_CHANGE_KINDS; kind++)
		has_some |= write_kind(out, changes, day, kind, has_numbers);
	return has_some;
}

static void write_own(struct buffer *out, const struct changes_command *c,
                      const struct report_changes *own)
{
	struct buffer text = buffer_up_to(TEXT_MAX);
	size_t count = 0;
	for (size_t i = 0; i < c->home.count; i++) {
		const struct home_entry *entry = &c->home.entries[i];
		if (!is_compared(c, entry->kind))
			continue;
		buffer_text(&text, count == 0 ? "Your own (" : "");
		write_entry(&text, entry, count++ == 0);
	}
	buffer_text(&text, "): ");
	if (!write_kinds(&text, own, own->day, true))
		buffer_text(&text, "nothing changed.");
	if (count > 0) {
		write_plain(out, &text, 2);
		buffer_byte(out, '\n');
	}
	buffer_done(&text);
}

static void write_all_unknown(struct buffer *out, const struct changes_command *c)
{
	for (enum home_kind kind = 0; kind < HOME_KINDS; kind++) {
		struct buffer text = buffer_up_to(TEXT_MAX);
		if (write_unknown(&text, c, kind, "Not known of ")) {
			buffer_byte(&text, '.');
			buffer_byte(out, '\n');
			write_plain(out, &text, 2);
		}
		buffer_done(&text);
	}
}

static void write_today(struct buffer *out, const struct changes_command *c,
                        const struct report_changes *all, const struct parts *parts)
{
	const struct report_changes *changes = &parts->others;
	struct buffer text = buffer_up_to(TEXT_MAX);
	char day[CALENDAR_DAY_SIZE];
	const bool has_nothing = changes_nothing(&text, LANG_EN, all);
	if (has_nothing)
		write_plain(out, &text, 0);
	buffer_done(&text);
	if (has_nothing)
		return;
	day_format(changes->day, day);
	buffer_format(out, "What changed on %s\n\n", day);
	write_own(out, c, &parts->own);
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

// One's own on a line of its own, in front.
static void write_day(struct buffer *out, const struct parts *parts, int32_t day)
{
	const struct report_changes *const both[] = { &parts->own, &parts->others };
	char date[CALENDAR_DAY_SIZE];
	day_format(day, date);
	for (size_t i = 0; i < 2; i++) {
		struct buffer text = buffer_up_to(TEXT_MAX);
		buffer_format(&text, "%-*s%s", DATE_CELLS, date, i == 0 ? "Your own: " : "");
		if (write_kinds(&text, both[i], day, false)) {
			write_plain(out, &text, DATE_CELLS);
			date[0] = '\0';
		}
		buffer_done(&text);
	}
}

// As many days as a screen has room for, unless somebody asked for them.
static void write_before(struct buffer *out, const struct report_changes *changes,
                         const struct parts *parts, bool shows_all)
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
		write_day(out, parts, day);
	}
}

static bool print_text(const struct changes_command *c, const struct report_changes *changes,
                       struct error *error)
{
	struct buffer out = buffer_up_to(16 * TEXT_MAX);
	struct parts parts;
	if (!part(&c->home, changes, &parts, error))
		return false;
	FILE *file = command_output_open(c->analysis.output, error);
	if (file == NULL) {
		memory_free(parts.rows);
		return false;
	}
	write_today(&out, c, changes, &parts);
	write_before(&out, changes, &parts, c->days > 0);
	write_all_unknown(&out, c);
	memory_free(parts.rows);
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

// Rows on their way to the printer, with a column behind them that says which are one's own.
struct marking {
	struct receiver receiver;
	struct receiver *to;
	const struct home *home;
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
	marked[count] = (struct cell){ .state = CELL_VALUE, .number = is_own(m->home, m->next++) };
	return m->to->row(m->to, marked);
}

static bool print_rows(const struct changes_command *c, const struct answer *answer,
                       const struct changes_found *found, struct error *error)
{
	struct printer printer = printer_to(&c->analysis);
	struct receiver *to = &printer.outlet.receiver;
	struct marking marking = {
		{ begin_marked, mark_row, NULL }, to, &c->home, found->rows, { .count = 0 }
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
	*has_changed = changes_count(&found.changes, days.to) > 0;
	const bool ok = c->analysis.format == FORMAT_TABLE ? print_text(c, &found.changes, error)
	                                                   : print_rows(c, answer, &found, error);
	changes_found_done(&found);
	return ok;
}

static void say_unknown(const struct changes_command *c)
{
	for (enum home_kind kind = 0; kind < HOME_KINDS; kind++) {
		struct buffer text = buffer_up_to(TEXT_MAX);
		const bool has_some = write_unknown(&text, c, kind, "note: not known of ");
		buffer_byte(&text, '\0');
		if (has_some && !text.failed)
			command_say((const char *)text.bytes);
		buffer_done(&text);
	}
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

static bool ask_with_places(struct changes_command *c, struct dataset *dataset, bool *has_changed,
                            struct error *error)
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
		c->has_places[kind] = atlases[kind] != NULL;
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
	const bool ok = (c.home_text == NULL || home_parse(c.home_text, &c.home, &error)) &&
	                rules_support_parse(c.support, &c.support_min, &error) &&
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
