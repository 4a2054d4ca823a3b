// SPDX-License-Identifier: MIT
// Captures -> store. Files are read into one ingest and committed together.
//
// The same capture must count once. What a capture holds is known only when it
// was read, but its first 64 KiB are known at once: only if they equal those of another
// capture, a file is read twice, the first time to compare the whole. Standard
// input cannot be read twice, so it is an ingest of its own, thrown away
// if it turns out to be known.
#include "cmd/take.h"

#include "cmd/refill.h"

#include "base/memory.h"
#include "base/pool.h"
#include "base/progress.h"
#include "base/text.h"

#include <string.h>
#include <sys/stat.h>

enum { FINGERPRINT_FILE_MAX = 1 << 20, OPEN_MAX = 4 };

static const struct option take_options[] = {
	{ "zone", 'z', OPTION_TEXT, offsetof(struct take_command, take.zone), "ZONE",
	  "count days in UTC (default), +HH:MM or Area/City", 0, 0, NULL },
	{ "telescope", 't', OPTION_TEXT, offsetof(struct take_command, take.telescope), "PREFIXES",
	  "count only packets to these prefixes (default: all), separated by commas; "
	  "PREFIX@FROM..TO: only on these days (YYYY-MM-DD, either may be empty)",
	  0, 0, NULL },
	{ "fingerprints", 0, OPTION_TEXT, offsetof(struct take_command, take.fingerprints), "FILE",
	  "your own fingerprints: lines of `name = pcap-filter expression`, or of "
	  "`name = source window=792 window=1320 ...`: what a source used on a day",
	  0, 0, NULL },
	{ "memory", 0, OPTION_SIZE, offsetof(struct take_command, take.memory_bytes), "SIZE",
	  "use about this much memory (default 1G, at least 64M)", 0, 0, NULL },
	{ "threads", 0, OPTION_NUMBER, offsetof(struct take_command, take.threads), "N",
	  "use this many threads (default: as many as processors)", 1, POOL_THREADS_MAX, NULL },
};

const struct option_table take_table = { take_options, sizeof take_options / sizeof *take_options };

struct take_command take_defaults(void)
{
	return (struct take_command){ .take = { .memory_bytes = UINT64_C(1) << 30,
		                                .threads = pool_processors() } };
}

static bool read_text(const char *path, char **out, struct error *error)
{
	FILE *file = fopen(path, "re");
	if (file == NULL)
		return error_errno(error, "cannot read '%s'", path);
	char *text = memory_new(FINGERPRINT_FILE_MAX + 1, 1);
	bool ok = text != NULL || error_memory(error, "fingerprints");
	if (ok) {
		const size_t length = fread(text, 1, FINGERPRINT_FILE_MAX + 1, file);
		if (ferror(file))
			ok = error_errno(error, "cannot read '%s'", path);
		else if (length > FINGERPRINT_FILE_MAX)
			ok = error_set(error, ERROR_USAGE, "'%s' is larger than 1 MiB", path);
		else
			text[length] = '\0';
	}
	fclose(file);
	if (!ok) {
		memory_free(text);
		return false;
	}
	*out = text;
	return true;
}

bool take_request(const struct take_options *options, struct store_request *out, char **out_text,
                  struct error *error)
{
	char *text = NULL;
	if (options->memory_bytes < INGEST_MEMORY_MIN)
		return error_set(error, ERROR_USAGE, "--memory has to be 64M at least");
	if (options->fingerprints != NULL && !read_text(options->fingerprints, &text, error))
		return false;
	*out = (struct store_request){ .zone = options->zone,
		                       .telescope = options->telescope,
		                       .fingerprint_text = text,
		                       .fingerprint_where = options->fingerprints };
	*out_text = text;
	return true;
}

struct take {
	struct store *store;
	const struct take_command *options;
	struct ingest *ingest;
	struct store_capture *captures;  // read, but not committed
	size_t capture_count, capture_capacity;
	struct take_result result;
	struct progress progress;
	uint64_t bytes_done, frames_done;  // of captures that were read
};

// What can be read only once: standard input, a pipe, a device.
static bool is_stream(const char *name)
{
	struct stat status;
	return text_equal(name, "-") ||
	       (stat(name, &status) == 0 && !S_ISREG(status.st_mode) && !S_ISDIR(status.st_mode));
}

static bool new_ingest(struct take *t, struct error *error)
{
	static const char spill_name[] = "ingest.spill";
	const struct store_settings *settings = store_settings(t->store);
	const struct ingest_options options = {
		.zone = &settings->zone,
		.telescope = settings->telescope_days.count > 0 ? &settings->telescope_days : NULL,
		.fingerprints = &settings->fingerprints,
		.memory_bytes = t->options->take.memory_bytes,
		.threads = (unsigned)t->options->take.threads,
		.only_ledger = t->options->take.only_ledger,
		.disk = store_disk(t->store),
		.spill_name = spill_name,
	};
	ingest_free(t->ingest);
	t->ingest = ingest_new(&options, error);
	return t->ingest != NULL;
}

static void forget_captures(struct take *t)
{
	store_captures_done(t->captures, t->capture_count);
	t->captures = NULL;
	t->capture_count = t->capture_capacity = 0;
}

static void count_taken(struct take *t)
{
	for (size_t i = 0; i < t->capture_count; i++) {
		const struct ingest_ledger *ledger = t->captures[i].ledger;
		t->result.taken++;
		t->result.frames += ingest_ledger_total(ledger);
		for (unsigned kind = HOST_KIND_FIRST; kind < KIND_COUNT; kind++)
			t->result.packets += ledger->frames[kind];
	}
}

static bool commit(struct take *t, struct error *error)
{
	if (t->capture_count == 0)
		return true;
	struct store_ingest *change;
	if (!store_ingest_begin(t->store, &change, error))
		return false;
	const bool ok = ingest_finish(t->ingest, store_ingest_receiver(change), error) &&
	                store_ingest_commit(change, t->captures, t->capture_count, error);
	store_ingest_free(change);
	if (ok)
		count_taken(t);
	forget_captures(t);
	return ok;
}

// Of the names that one capture came under the smallest stays, so that the order
// in which they came makes no difference; any is better than "-".
static bool take_smaller_name(struct store_capture *capture, const char *name, struct error *error)
{
	const bool is_better = text_equal(capture->name, "-") || strcmp(name, capture->name) < 0;
	if (!is_better || text_equal(name, "-"))
		return true;
	char *copy = memory_text(name);
	if (copy == NULL)
		return error_memory(error, "captures");
	memory_free(capture->name);
	capture->name = copy;
	return true;
}

// Says that the capture is in the store, or among those read in this run.
static bool find_known(struct take *t, const char *name, const struct capture_identity *identity,
                       bool *out, struct error *error)
{
	char other[256] = "";
	bool is_known;
	if (!store_has_capture(t->store, identity, &is_known, other, error) ||
	    (is_known && !store_rename_capture(t->store, identity, name, error)))
		return false;
	for (size_t i = 0; !is_known && i < t->capture_count; i++)
		if (memcmp(&t->captures[i].identity, identity, sizeof *identity) == 0) {
			is_known = true;
			text_copy(other, sizeof other, t->captures[i].name);
			if (!take_smaller_name(&t->captures[i], name, error))
				return false;
		}
	if (is_known) {
		t->result.known++;
		char line[512];
		text_format(line, sizeof line, "'%.200s' was taken in already, as '%.200s'", name,
		            other);
		if (!t->options->common.quiet)
			command_say(line);
	}
	*out = is_known;
	return true;
}

static bool has_twin_head(struct take *t, uint64_t head, bool *out, struct error *error)
{
	if (!store_has_head(t->store, head, out, error))
		return false;
	for (size_t i = 0; i < t->capture_count; i++)
		*out = *out || t->captures[i].head == head;
	return true;
}

// Reads a file whose head is known already once for its identity.
static bool is_known_file(struct take *t, const char *name, const struct capture *capture,
                          bool *out, struct error *error)
{
	struct capture *twin;
	*out = false;
	bool may_be;
	if (!has_twin_head(t, capture_head(capture), &may_be, error))
		return false;
	if (!may_be)
		return true;
	if (!capture_open(name, &twin, error))
		return false;
	capture_skim(twin);
	const struct capture_identity identity = capture_identity(twin);
	capture_free(twin);
	return find_known(t, name, &identity, out, error);
}

static void tick(void *context, const struct capture *capture, uint64_t frames)
{
	struct take *t = context;
	progress_tick(&t->progress, t->bytes_done + capture_bytes_read(capture),
	              t->frames_done + frames);
}

static bool note_capture(struct take *t, const char *name, const struct capture *capture,
                         const struct ingest_ledger *ledger, struct error *error)
{
	if (t->capture_count == t->capture_capacity) {
		const size_t capacity = t->capture_capacity == 0 ? 16 : t->capture_capacity * 2;
		void *more = memory_resize(t->captures, capacity, sizeof *t->captures);
		if (more == NULL)
			return error_memory(error, "captures");
		t->captures = more;
		t->capture_capacity = capacity;
	}
	struct error damage;
	struct store_capture *noted = &t->captures[t->capture_count];
	*noted = (struct store_capture){ .name = memory_text(name),
		                         .head = capture_head(capture),
		                         .identity = capture_identity(capture),
		                         .is_hashed = capture_content(capture) ==
		                                      CAPTURE_HASHED_FLOWS };
	text_copy(noted->format, sizeof noted->format, capture_format(capture));
	if (capture_damage(capture, &damage)) {
		if (damage.kind == ERROR_FAILED) {
			memory_free(noted->name);
			*error = damage;
			return false;
		}
		// Without the name: a copy may have come under a better one.
		const char *what = strstr(damage.text, "damaged at");
		noted->damage = memory_text(what != NULL ? what : damage.text);
		if (noted->damage == NULL) {
			memory_free(noted->name);
			return error_memory(error, "captures");
		}
		t->result.damaged++;
		progress_stop(&t->progress);
		command_warn(damage.text);
	}
	t->capture_count++;
	struct capture_drops drops;
	return (noted->name != NULL || error_memory(error, "captures")) &&
	       store_capture_set_ledger(noted, ledger, error) &&
	       (!capture_drops(capture, &drops) || store_capture_set_drops(noted, &drops, error));
}

// Hashes of sources are numbers like addresses, and would be taken for them: a store
// has either.
static bool may_join(struct take *t, const char *name, const struct capture *capture,
                     struct error *error)
{
	const bool is_hashed = capture_content(capture) == CAPTURE_HASHED_FLOWS;
	bool has_hashes, has_addresses;
	if (t->options->take.only_ledger)
		return true;
	if (!store_source_kinds(t->store, &has_hashes, &has_addresses, error))
		return false;
	for (size_t i = 0; i < t->capture_count; i++)
		*(t->captures[i].is_hashed ? &has_hashes : &has_addresses) = true;
	if (is_hashed ? !has_addresses : !has_hashes)
		return true;
	return error_set(error, ERROR_FAILED,
	                 is_hashed
	                         ? "'%.200s' has hashes instead of sources, other captures of the "
	                           "store addresses; use a store of its own"
	                         : "'%.200s' has addresses, other captures of the store hashes "
	                           "instead; use a store of its own",
	                 name);
}

static bool take_one(struct take *t, const char *name, struct capture *capture, struct error *error)
{
	const bool reads_once = is_stream(name);
	struct ingest_ledger ledger;
	bool is_known = false;
	if (!may_join(t, name, capture, error))
		return false;
	if (reads_once && !commit(t, error))
		return false;
	if (!reads_once && !is_known_file(t, name, capture, &is_known, error))
		return false;
	if (is_known)
		return true;
	if (!ingest_capture(t->ingest, capture, tick, t, &ledger, error))
		return false;
	t->bytes_done += capture_bytes_read(capture);
	t->frames_done += ingest_ledger_total(&ledger);
	if (!reads_once)
		return note_capture(t, name, capture, &ledger, error);
	const struct capture_identity identity = capture_identity(capture);
	if (!find_known(t, name, &identity, &is_known, error))
		return false;
	if (is_known)
		return new_ingest(t, error);
	return note_capture(t, name, capture, &ledger, error) && commit(t, error);
}

bool take_any_opens(const struct option_words *names, struct error *error)
{
	struct error ignored;
	for (size_t i = 0; i < names->count; i++) {
		struct capture *capture;
		if (is_stream(names->words[i]))
			return true;
		if (capture_open(names->words[i], &capture, &ignored)) {
			capture_free(capture);
			return true;
		}
	}
	// Only now are the reasons of interest; what opens after all counts as opening.
	for (size_t i = 0; i < names->count; i++) {
		struct capture *capture;
		if (capture_open(names->words[i], &capture, error)) {
			capture_free(capture);
			return true;
		}
		if (i + 1 < names->count)
			command_fail(error);
	}
	return false;
}

static uint64_t total_size(const struct option_words *names)
{
	uint64_t sum = 0;
	struct stat status;
	for (size_t i = 0; i < names->count; i++) {
		if (is_stream(names->words[i]) || stat(names->words[i], &status) != 0)
			return 0;
		sum += (uint64_t)status.st_size;
	}
	return sum;
}

// Captures that are open: the one that is read, and files behind it, which are decompressed
// meanwhile. What was wrong with one is said when its turn comes.
struct open_captures {
	const struct option_words *names;
	size_t next;  // the first that is not open
	struct opened {
		struct capture *capture;  // NULL: `error` says why
		struct error error;
	} ring[OPEN_MAX];
	size_t count_max;
	uint64_t memory_bytes;  // for each to get ahead
};

// An eighth of the memory is for what was read ahead; ingest leaves more than that. With one
// thread there is none but that.
static struct open_captures no_captures(const struct take *t, const struct option_words *names)
{
	const size_t threads = (size_t)t->options->take.threads;
	const size_t count_max = threads < OPEN_MAX ? threads : OPEN_MAX;
	return (struct open_captures){
		.names = names,
		.count_max = count_max,
		.memory_bytes = t->options->take.memory_bytes / 8 / count_max,
	};
}

static void open_next(struct open_captures *open)
{
	struct opened *opened = &open->ring[open->next % OPEN_MAX];
	*opened = (struct opened){ .capture = NULL };
	const char *name = open->names->words[open->next++];
	if (capture_open(name, &opened->capture, &opened->error) && open->count_max > 1)
		capture_read_ahead(opened->capture, open->memory_bytes);
}

// Opens number i and files behind it; a stream only when it is its turn, for it may be
// the same one twice, or have nothing to say for long.
static struct opened *open_from(struct open_captures *open, size_t i)
{
	if (open->next == i)
		open_next(open);
	while (open->next < open->names->count && open->next - i < open->count_max &&
	       !is_stream(open->names->words[open->next]))
		open_next(open);
	return &open->ring[i % OPEN_MAX];
}

static void close_captures(struct open_captures *open)
{
	for (size_t i = 0; i < OPEN_MAX; i++)
		capture_free(open->ring[i].capture);
}

static bool take_next(struct take *t, struct open_captures *open, size_t i, bool skip_unreadable,
                      struct error *error)
{
	struct opened *opened = open_from(open, i);
	if (opened->capture == NULL && !skip_unreadable) {
		*error = opened->error;
		return false;
	}
	if (opened->capture == NULL) {
		progress_stop(&t->progress);
		command_fail(&opened->error);
		t->result.unreadable++;
		return true;
	}
	const bool ok = take_one(t, open->names->words[i], opened->capture, error);
	capture_free(opened->capture);
	opened->capture = NULL;
	return ok;
}

static bool take_all(struct take *t, const struct option_words *names, bool skip_unreadable,
                     struct error *error)
{
	struct open_captures open = no_captures(t, names);
	bool ok = true;
	for (size_t i = 0; ok && i < names->count; i++)
		ok = take_next(t, &open, i, skip_unreadable, error);
	close_captures(&open);
	return ok && commit(t, error);
}

bool take_captures(struct store *store, const struct take_command *options,
                   const struct option_words *names, bool skip_unreadable, struct take_result *out,
                   struct error *error)
{
	struct take t = { .store = store, .options = options };
	if (!refill_days(store, options, names, error) || !new_ingest(&t, error))
		return false;
	progress_start(&t.progress, "packets", total_size(names),
	               !options->common.quiet && !options->common.no_progress);
	const bool ok = take_all(&t, names, skip_unreadable, error);
	progress_stop(&t.progress);
	forget_captures(&t);
	ingest_free(t.ingest);
	*out = t.result;
	return ok;
}
