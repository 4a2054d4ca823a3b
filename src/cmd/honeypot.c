// SPDX-License-Identifier: MIT
// Logs of honeypots: into a store, and the sessions of logs and of a store.
#include "cmd/malware_names.h"
#include "cmd/logs.h"

#include "base/memory.h"

struct honeypot_command {
	struct logs_command logs;
	struct malware_names families;
};

static const struct option options[] = {
	{ "store", 's', OPTION_TEXT, offsetof(struct analysis_command, store), "DIR",
	  "take the logs in there, making it if it is not there; without logs, list what it has "
	  "(default: $HOTARU_STORE)",
	  0, 0, NULL },
	{ "family", 'f', OPTION_TEXT, offsetof(struct analysis_command, families), "NAMES",
	  "only sessions of these families, separated by commas (default: all sessions)", 0, 0,
	  NULL },
};
static const struct option_table table = { options, sizeof options / sizeof *options };

static bool question(void *context, const struct description *d, struct question *out,
                     struct error *error)
{
	struct honeypot_command *c = context;
	(void)d;
	*out = (struct question){ .kind = QUESTION_SESSIONS,
		                  .days = days_range(&c->logs.analysis.days),
		                  .families = c->families.list,
		                  .family_count = c->families.count };
	return logs_families(&c->logs, &out->variants, error);
}

static bool work(struct honeypot_command *c, const struct option_words *words, struct error *error)
{
	const struct analysis analysis = { .options = c, .question = question };
	if (!malware_names_parse(c->logs.analysis.families, &c->families, error))
		return false;
	return words->count > 0 && c->logs.analysis.store != NULL
	               ? logs_take_in(&c->logs, words, error)
	               : logs_ask(&c->logs, &analysis, words, error);
}

static int run(const struct command *self, struct option_words words)
{
	struct honeypot_command c = { .logs = logs_defaults() };
	struct error error;
	int exit_code;
	if (!command_parse(self, &words, &c, &exit_code)) {
		buffer_done(&c.logs.text);
		return exit_code;
	}
	const bool ok = work(&c, &words, &error);
	malware_names_done(&c.families);
	return logs_exit(&c.logs, ok, &error);
}

static const struct option_table *const tables[] = { &table,      &logs_table,   &strict_table,
	                                             &days_table, &output_table, &common_table,
	                                             NULL };

const struct command command_honeypot = {
	.name = "honeypot",
	.summary = "sessions at honeypots, from their logs",
	.operands = "[LOG...]",
	.description =
		"Reads logs of honeypots, told by content, plain, .gz, .zst, .lz4, .xz or .bz2 (- is standard input), rotated "
		"and in any order; doc/variants.md has the forms. With -s their events are kept in that store, by the day on which they happened, each once however "
		"often it comes; without logs it lists the sessions that the store has, without -s those of the logs. A session is what has one name, sensor and source until another connection "
		"begins, or an hour of silence has passed; it is of the day of its first event. tokens are words that busybox was called with and that are none of its applets; "
		"family is whose they are; role says what somebody was there for: scanner, loader, both in one session, human or unknown; stage how far he "
		"came: connect, login (a password was accepted), shell (something was typed), token, download. flag says why a source does not count: "
		"private, special or one of the sensor's own addresses. URLs are written so that nobody follows them by accident.",
	.tables = tables,
	.run = run,
};
