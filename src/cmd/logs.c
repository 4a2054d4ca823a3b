// SPDX-License-Identifier: MIT
#include "cmd/logs.h"

#include "answer/local/local.h"
#include "base/interrupt.h"
#include "base/memory.h"
#include "base/progress.h"
#include "base/text.h"
#include "cmd/atlas.h"
#include "cmd/confine.h"
#include "cmd/taken.h"
#include "honeypot/honeypot_file.h"

#include <inttypes.h>
#include <string.h>

enum { LOOK_EVERY = 4096, LINE_SIZE = 768, TABLE_MAX = 1 << 20 };

static const struct option options[] = {
	{ "families", 0, OPTION_TEXT, offsetof(struct logs_command, table), "FILE",
	  "names of families by what they say, in place of the table that is built in "
	  "(doc/variants.md)",
	  0, 0, NULL },
	{ "zone", 'z', OPTION_TEXT, offsetof(struct take_command, take.zone), "ZONE",
	  "in which days begin, of a store that is made: UTC, +09:00, Asia/Tokyo (default: UTC)", 0,
	  0, NULL },
	{ "memory", 0, OPTION_SIZE, offsetof(struct take_command, take.memory_bytes), "SIZE",
	  "use about this much memory, 64M to 1T (default: 1G)", INGEST_MEMORY_MIN, TAKE_MEMORY_MAX,
	  NULL },
	{ "threads", 0, OPTION_NUMBER, offsetof(struct take_command, take.threads), "N",
	  "read on N threads (default: one per processor)", 1, 256, NULL },
};
const struct option_table logs_table = { options, sizeof options / sizeof *options };

struct logs_command logs_defaults(void)
{
	return (struct logs_command){ .analysis = analysis_defaults(),
		                      .text = buffer_up_to(TABLE_MAX + 1) };
}

// ---- the table of families

static bool read_table(struct logs_command *c, struct error *error)
{
	FILE *file = fopen(c->table, "re");
	bool ok = true;
	if (file == NULL)
		return error_errno(error, "cannot read '%s'", c->table);
	if (!buffer_reserve(&c->text, TABLE_MAX + 1))
		ok = error_memory(error, "a table of families");
	else
		c->text.length = fread(c->text.bytes, 1, TABLE_MAX + 1, file);
	if (ok && ferror(file))
		ok = error_errno(error, "cannot read '%s'", c->table);
	fclose(file);
	if (ok && c->text.length > TABLE_MAX)
		ok = error_set(error, ERROR_USAGE,
		               "'%s' is larger than 1 MiB, and so no table of "
		               "families",
		               c->table);
	return ok;
}

static bool families(const struct logs_command *c, struct variants_question *out,
                     struct error *error)
{
	if (c->table == NULL)
		return true;
	if (c->text.length == 0)
		return error_set(error, ERROR_USAGE, "'%s': there is no family in it", c->table);
	out->table = buffer_span(&c->text);
	out->table_name = c->table;
	return true;
}

bool logs_families(struct logs_command *c, struct variants_question *out, struct error *error)
{
	return families(c, out, error);
}

// ---- taking in

struct taking {
	struct store_take *take;
	const struct honeypot_file *file;
	struct progress *progress;
	uint64_t count;
};

static bool take_one(void *context, const struct honeypot_event *event, struct error *error)
{
	struct taking *t = context;
	if (++t->count % LOOK_EVERY == 0) {
		if (interrupt_requested())
			return error_set(error, ERROR_FAILED, "interrupted; nothing was taken in");
		progress_tick(t->progress, honeypot_file_bytes_read(t->file), t->count);
	}
	return store_take_event(t->take, event, error);
}

static void say_more(char line[LINE_SIZE], uint64_t count, const char *words)
{
	char more[128];
	const size_t length = strlen(line);
	if (count == 0)
		return;
	text_format(more, sizeof more, "%s%" PRIu64 " %s", strchr(line, ';') == NULL ? "; " : ", ",
	            count, words);
	text_copy(line + length, LINE_SIZE - length, more);
}

// Nothing of a log is dropped silently.
static void say_ledger(const char *name, const struct honeypot_file *file)
{
	const struct honeypot_ledger *l = honeypot_file_ledger(file);
	char line[LINE_SIZE], begin[LINE_SIZE];
	text_format(begin, sizeof begin, "'%.200s' (%s): ", name, honeypot_file_form(file));
	text_format(line, sizeof line, "%" PRIu64 " events", l->events);
	say_more(line, l->others, "lines of other things");
	for (enum honeypot_skip skip = 0; skip < HONEYPOT_SKIPS; skip++)
		say_more(line, l->skipped[skip], honeypot_skip_words(skip));
	const size_t length = strlen(begin);
	text_copy(begin + length, sizeof begin - length, line);
	command_say(begin);
}

static bool read_open_file(struct logs_command *c, const char *name, struct honeypot_file *file,
                           struct store_take *take, struct error *error)
{
	const struct common_options *common = &c->analysis.take.common;
	struct progress progress;
	struct taking taking = { .take = take, .file = file, .progress = &progress };
	const struct honeypot_receiver receiver = { take_one, &taking };
	struct error damage;
	progress_start(&progress, name, honeypot_file_bytes_total(file),
	               !common->quiet && !common->no_progress);
	const bool ok = honeypot_file_read(file, (unsigned)c->analysis.take.take.threads, &receiver,
	                                   error);
	progress_stop(&progress);
	if (!ok)
		return false;
	if (honeypot_file_damage(file, &damage)) {
		if (damage.kind != ERROR_DAMAGED) {
			*error = damage;
			return false;
		}
		command_warn(damage.text);
		c->is_damaged = true;
	}
	if (!common->quiet)
		say_ledger(name, file);
	return true;
}

// Of several logs for a store one that cannot be read is told and passed over.
static bool read_file(struct logs_command *c, const char *name, bool is_kept,
                      struct store_take *take, struct error *error)
{
	struct honeypot_file *file = NULL;
	if (!honeypot_file_open(name, c->analysis.take.take.memory_bytes / 4, &file, error)) {
		if (!is_kept)
			return false;
		command_fail(error);
		c->is_unreadable = true;
		return true;
	}
	const bool ok = read_open_file(c, name, file, take, error);
	honeypot_file_free(file);
	return ok;
}

static bool take_files(struct logs_command *c, const struct option_words *words,
                       struct store *store, bool is_kept, struct store_taken *out,
                       struct error *error)
{
	const uint64_t memory = c->analysis.take.take.memory_bytes;
	struct store_take *take = NULL;
	if (!store_take_begin(store, STORE_EVENTS, memory - memory / 4, &take, error))
		return false;
	bool ok = true;
	for (size_t i = 0; ok && i < words->count; i++)
		ok = read_file(c, words->words[i], is_kept, take, error);
	ok = ok && store_take_commit(take, (unsigned)c->analysis.take.take.threads, out, error);
	store_take_free(take);
	return ok;
}

bool logs_take_in(struct logs_command *c, const struct option_words *words, struct error *error)
{
	const struct store_request request = { .zone = c->analysis.take.take.zone };
	const struct confine confine = { .common = &c->analysis.take.common,
		                         .captures = words,
		                         .folder = c->analysis.store };
	struct store_taken taken;
	struct store *store = NULL;
	confine_make_folder(c->analysis.store);
	const bool ok = confine_enter(&confine, error) &&
	                store_open_writing(c->analysis.store, &request, &store, error) &&
	                take_files(c, words, store, true, &taken, error);
	store_close_used(store);
	if (ok && !c->analysis.take.common.quiet)
		taken_say(&taken, "events", c->analysis.store);
	return ok;
}

// ---- asking

// Days count back from the last one of which there are events.
static bool resolve_days(struct logs_command *c, const struct store *store, struct error *error)
{
	const size_t count = store_record_days(store, STORE_EVENTS);
	int32_t *days = memory_new(count + 1, sizeof *days);
	if (days == NULL)
		return error_memory(error, "days");
	for (size_t i = 0; i < count; i++)
		days[i] = store_record_day_at(store, STORE_EVENTS, i).day;
	const struct held_days held = { &store_settings(store)->zone, days, count };
	const bool ok = days_resolve(&c->analysis.days, &held, error);
	memory_free(days);
	return ok;
}

static bool ask_store(struct logs_command *c, const struct analysis *a, struct dataset *dataset,
                      struct error *error)
{
	const struct local_world world = { .holdings = store_holdings(dataset->store),
		                           .is_strict = c->analysis.is_strict };
	struct place_atlas *atlases[PLACE_KINDS] = { NULL };
	enum place_kind kinds[PLACE_KINDS];
	const struct places_asked asked = {
		.kinds = kinds, .count = a->places != NULL ? a->places(a->options, kinds) : 0
	};
	if (!local_engine_open(&world, &dataset->engine, error))
		return false;
	const bool ok = resolve_days(c, dataset->store, error) &&
	                dataset_places_open(dataset, &c->analysis, &asked, atlases, error) &&
	                analysis_ask(a, dataset->engine, dataset_listener(dataset, &c->analysis),
	                             error);
	dataset_places_close(dataset, atlases);
	c->is_damaged |= dataset->is_damaged;
	return ok;
}

static bool open_dataset(struct logs_command *c, const struct option_words *words, char **files,
                         struct dataset *dataset, struct error *error)
{
	const struct store_request request = { .zone = c->analysis.take.take.zone };
	const bool is_temporary = words->count > 0;
	struct store_taken taken;
	if (is_temporary && !disk_temporary(dataset->temporary, sizeof dataset->temporary, error))
		return false;
	const struct confine confine = { .common = &c->analysis.take.common,
		                         .captures = words,
		                         .files = files,
		                         .read = c->table,
		                         .temporary = is_temporary ? dataset->temporary : NULL,
		                         .folder = is_temporary ? NULL : c->analysis.store,
		                         .output = c->analysis.output };
	if (!confine_enter(&confine, error) || (c->table != NULL && !read_table(c, error)))
		return false;
	if (!is_temporary)
		return store_open(c->analysis.store, &dataset->store, error);
	return store_open_writing(dataset->temporary, &request, &dataset->store, error) &&
	       take_files(c, words, dataset->store, false, &taken, error);
}

static bool check_store(const struct logs_command *c, const struct option_words *words,
                        struct error *error)
{
	if (words->count > 0)
		return true;
	if (c->analysis.store == NULL)
		return error_set(error, ERROR_USAGE,
		                 "name logs of honeypots, or a store: -s DIR or HOTARU_STORE");
	return c->analysis.take.take.zone == NULL ||
	       error_set(error, ERROR_USAGE, "a store has its zone; leave --zone away");
}

bool logs_ask(struct logs_command *c, const struct analysis *a, const struct option_words *words,
              struct error *error)
{
	struct dataset dataset = { .store = NULL };
	char **files;
	if (!days_check(&c->analysis.days, error) || !check_store(c, words, error) ||
	    !database_files(&c->analysis.take, &files, error))
		return false;
	const bool ok = open_dataset(c, words, files, &dataset, error) &&
	                ask_store(c, a, &dataset, error);
	dataset_close(&dataset);
	database_files_done(files);
	return ok;
}

int logs_exit(struct logs_command *c, bool ok, const struct error *error)
{
	buffer_done(&c->text);
	if (!ok)
		return command_fail(error);
	if (c->is_unreadable)
		return EXIT_FAILED;
	return c->is_damaged ? EXIT_DAMAGED : EXIT_DONE;
}
