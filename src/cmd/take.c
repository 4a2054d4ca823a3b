// SPDX-License-Identifier: MIT
// Captures -> store. Files are read into one ingest and committed together.
//
// The same content must count once, also where it is the beginning of more (known.h). What a capture
// holds is known only when it was read, but its first 64 KiB are known at once: only if they equal those
// of another capture, a file is read twice, the first time to compare the whole. Standard
// input cannot be read twice, so it is an ingest of its own, thrown away
// if it turns out to be known, up to where it does.
#include "cmd/take.h"

#include "cmd/refill.h"

#include "base/memory.h"
#include "base/pool.h"
#include "base/progress.h"
#include "base/text.h"
#include "cmd/known.h"
#include "cmd/remarks.h"
#include "cmd/uncounted.h"

#include <inttypes.h>
#include <string.h>
#include <sys/stat.h>

enum { OPEN_MAX = 4 };

struct take {
	struct store *store;
	const struct take_command *options;
	struct ingest *ingest;
	struct burst_sink *bursts;  // NULL: none are made
	struct known_captures *known;
	struct store_capture *captures;  // read, but not committed
	size_t capture_count, capture_capacity;
	bool has_hashes,
		has_addresses;  // some capture that is known, instead of sources or as sources
	uint64_t ahead_bytes;   // for a stream to get ahead; 0: it is not to
	struct take_result result;
	struct ingest_ledger counted;  // of all that was new
	struct elsewhere *elsewhere;
	const struct take_anew *anew;  // NULL: captures are taken in beside those that are there
	struct telescope telescope;    // then
	size_t turn;                   // of the captures that were named
	struct progress progress;
	uint64_t bytes_done, frames_done;  // of captures that were read
};

static struct ingest_options options_of(const struct take *t)
{
	struct ingest_options options = take_ingest_options(t->store, &t->options->take);
	options.elsewhere = t->elsewhere;
	if (t->anew != NULL)
		options.telescope = t->telescope.count > 0 ? &t->telescope : NULL;
	return options;
}

static bool new_ingest(struct take *t, struct error *error)
{
	struct ingest_options options = options_of(t);
	struct packet_sink *sink;
	take_add_bursts(t->bursts, &sink, &options);
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

static bool say_far(struct take *t, struct error *error)
{
	progress_stop(&t->progress);
	if (!t->options->common.quiet)
		remarks_say_forgotten(t->store, t->captures, t->capture_count);
	return t->options->common.quiet ||
	       remarks_say_far(t->store, t->captures, t->capture_count, error);
}

static bool begin_change(struct take *t, struct store_ingest **out, struct error *error)
{
	const struct take_anew *anew = t->anew;
	if (!store_ingest_begin(t->store, out, error))
		return false;
	store_ingest_bursts(*out, t->bursts != NULL ? burst_sink_days(t->bursts) : NULL);
	return anew == NULL ||
	       store_ingest_anew(*out, anew->telescope, anew->before, anew->before_count, error);
}

static bool commit(struct take *t, struct error *error)
{
	if (t->capture_count == 0 && t->anew == NULL)
		return true;
	struct store_ingest *change = NULL;
	const bool ok = begin_change(t, &change, error) &&
	                ingest_finish(t->ingest, store_ingest_receiver(change), error) &&
	                store_ingest_commit(change, t->captures, t->capture_count, error) &&
	                say_far(t, error);
	if (ok)
		store_ingest_tidy(change);
	store_ingest_free(change);
	if (ok)
		known_committed(t->known);
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

static bool name_of(struct take *t, const struct known_capture *c, char out[256],
                    struct error *error)
{
	bool is_there;
	out[0] = '\0';
	if (c->read == 0)
		return store_has_capture(t->store, &c->identity, &is_there, out, error);
	text_copy(out, 256, t->captures[c->read - 1].name);
	return true;
}

// Says why it is taken in no more, or only in part. The same content has one name.
static bool say_kin(struct take *t, const char *name, const struct kin *kin, struct error *error)
{
	const struct known_capture *of = &kin->of;
	char other[256], line[600];
	if (!name_of(t, of, other, error))
		return false;
	if (kin->kinship == KIN_SAME &&
	    !(of->read == 0 ? store_rename_capture(t->store, &of->identity, name, error)
	                    : take_smaller_name(&t->captures[of->read - 1], name, error)))
		return false;
	t->result.known += kin->kinship != KIN_LONGER;
	text_format(
		line, sizeof line,
		kin->kinship == KIN_SAME ? "'%.200s' was taken in already, as '%.200s'"
		: kin->kinship == KIN_SHORTER
			? "'%.200s' was taken in already, as the beginning of '%.200s'"
			: "'%.200s' goes on from '%.200s', which was taken in already; only what is new "
			  "counts",
		name, other);
	if (!t->options->common.quiet)
		command_say(line);
	return true;
}

static void tick(void *context, const struct capture *capture, uint64_t frames)
{
	struct take *t = context;
	progress_tick(&t->progress, t->bytes_done + capture_bytes_read(capture),
	              t->frames_done + frames);
}

// A copy may have come under a better one.
static const char *without_name(const char *damage)
{
	const char *what = strstr(damage, "damaged at byte ");
	if (what == NULL)
		what = strstr(damage, "left at byte ");
	return what != NULL ? what : damage;
}

static bool note_damage(struct take *t, const struct capture *capture, struct store_capture *noted,
                        struct error *error)
{
	struct error damage;
	if (!capture_damage(capture, &damage))
		return true;
	if (damage.kind == ERROR_FAILED) {
		*error = damage;
		return false;
	}
	noted->damage = memory_text(without_name(damage.text));
	if (noted->damage == NULL)
		return error_memory(error, "captures");
	t->result.damaged++;
	progress_stop(&t->progress);
	take_advise(capture_needed_memory(capture), &damage);
	command_warn(damage.text);
	return true;
}

static bool describe(struct take *t, const char *name, const struct capture *capture,
                     const struct ingest_ledger *ledger, struct store_capture *out,
                     struct error *error)
{
	struct capture_drops drops;
	out->name = memory_text(name);
	out->head = capture_head(capture);
	out->identity = capture_identity(capture);
	out->is_hashed = capture_content(capture) == CAPTURE_HASHED_FLOWS;
	text_copy(out->format, sizeof out->format, capture_format(capture));
	return (out->name != NULL || error_memory(error, "captures")) &&
	       note_damage(t, capture, out, error) &&
	       store_capture_set_ledger(out, ledger, error) &&
	       store_capture_set_seen(out, ingest_seen(t->ingest), error) &&
	       store_capture_set_beginning(out, capture_beginning(capture), error) &&
	       (!capture_drops(capture, &drops) || store_capture_set_drops(out, &drops, error));
}

static bool append(struct take *t, const struct store_capture *capture, struct error *error)
{
	if (t->capture_count == t->capture_capacity) {
		const size_t capacity = t->capture_capacity == 0 ? 16 : t->capture_capacity * 2;
		void *more = memory_resize(t->captures, capacity, sizeof *t->captures);
		if (more == NULL)
			return error_memory(error, "captures");
		t->captures = more;
		t->capture_capacity = capacity;
	}
	t->captures[t->capture_count++] = *capture;
	return true;
}

// A capture takes the place of the one that it goes on from, be that in the store or of this run.
static bool enter(struct take *t, struct store_capture *capture, const struct kin *kin,
                  struct error *error)
{
	const struct known_capture of = kin->of;
	const bool has_grown = kin->kinship == KIN_LONGER;
	uint32_t read = of.read;
	if (has_grown && read > 0) {
		struct store_capture *old = &t->captures[read - 1];
		capture->grown_from = old->grown_from;
		store_capture_done(old);
		*old = *capture;
	} else {
		capture->grown_from = of.identity;
		if (!append(t, capture, error))
			return false;
		read = (uint32_t)t->capture_count;
	}
	if (has_grown)
		known_outgrown(t->known, &of.identity);
	*(capture->is_hashed ? &t->has_hashes : &t->has_addresses) = true;
	const struct store_capture entered = *capture;
	*capture = (struct store_capture){ .name = NULL };
	return known_add(t->known, &entered, read, error);
}

// What the ledger of the capture counts that this one goes on from; zeros: it goes on from none.
static bool ledger_before(struct take *t, const struct kin *kin, struct ingest_ledger *out,
                          struct error *error)
{
	*out = (struct ingest_ledger){ .copies = 0 };
	if (kin->kinship != KIN_LONGER)
		return true;
	if (kin->of.read == 0)
		return store_capture_counts(t->store, &kin->of.identity, out, error);
	*out = *t->captures[kin->of.read - 1].ledger;
	return true;
}

// What was counted stays counted as it was, for so it is in the segments: only what is behind it comes
// from the new ledger. Another hotaru may have counted otherwise; its reasons are not those of this one.
static void join_ledgers(const struct ingest_ledger *before, const struct ingest_known *known,
                         struct ingest_ledger *ledger)
{
	if (memcmp(before->frames, known->frames, sizeof known->frames) != 0)
		ledger->detail_count = 0;
	for (unsigned kind = 0; kind < KIND_COUNT; kind++)
		ledger->frames[kind] += before->frames[kind] - known->frames[kind];
	ledger->copies += before->copies - known->copies;
}

static void count_new(struct take *t, const struct ingest_ledger *before,
                      const struct ingest_ledger *ledger)
{
	struct ingest_ledger *sum = &t->counted;
	t->result.taken++;
	t->result.frames += ingest_ledger_total(ledger) - ingest_ledger_total(before);
	for (unsigned kind = HOST_KIND_FIRST; kind < KIND_COUNT; kind++)
		t->result.packets += ledger->frames[kind] - before->frames[kind];
	ingest_ledger_add(sum, ledger);
	for (unsigned kind = 0; kind < KIND_COUNT; kind++)
		sum->frames[kind] -= before->frames[kind];
	sum->copies -= before->copies;
}

static bool note_capture(struct take *t, const char *name, const struct capture *capture,
                         const struct kin *kin, const struct ingest_known *known,
                         struct ingest_ledger *ledger, struct error *error)
{
	struct store_capture noted = { .name = NULL };
	struct ingest_ledger before;
	if (!ledger_before(t, kin, &before, error))
		return false;
	join_ledgers(&before, known, ledger);
	progress_stop(&t->progress);
	remarks_say(name, capture, t->options->common.quiet);
	if (ledger->copies > 0 && !t->options->common.quiet)
		remarks_say_copies(name, ledger);
	const bool ok = describe(t, name, capture, ledger, &noted, error) &&
	                enter(t, &noted, kin, error);
	store_capture_done(&noted);
	if (ok)
		count_new(t, &before, ledger);
	return ok;
}

// Hashes of sources are numbers like addresses, and would be taken for them: a store
// has either.
static bool may_join(struct take *t, const char *name, const struct capture *capture,
                     struct error *error)
{
	const bool is_hashed = capture_content(capture) == CAPTURE_HASHED_FLOWS;
	if (t->options->take.only_ledger || !(is_hashed ? t->has_addresses : t->has_hashes))
		return true;
	return error_set(error, ERROR_FAILED,
	                 is_hashed
	                         ? "'%.200s' has hashes instead of sources, other captures of the "
	                           "store addresses; use a store of its own"
	                         : "'%.200s' has addresses, other captures of the store hashes "
	                           "instead; use a store of its own",
	                 name);
}

// Reads the capture into the ingest.
static bool read_capture(struct take *t, struct capture *capture, struct ingest_known *known,
                         struct ingest_ledger *ledger, struct error *error)
{
	capture_pause(capture, known->list, known->count);
	if (!ingest_grown(t->ingest, capture, known, tick, t, ledger, error))
		return false;
	t->bytes_done += capture_bytes_read(capture);
	t->frames_done += ingest_ledger_total(ledger);
	return true;
}

static bool changed(const char *name, struct error *error)
{
	return error_set(error, ERROR_FAILED,
	                 "'%.200s' was written anew while it was read; nothing was taken in", name);
}

// Whether what was read is, or begins with, the capture that it takes the place of.
static bool is_that_again(const struct take *t, const struct capture *capture)
{
	const struct take_again *again = &t->anew->list[t->turn];
	const struct capture_identity identity = capture_identity(capture);
	const size_t count = beginning_count(again->of.length_bytes);
	return again->has_grown ? identity.length_bytes > again->of.length_bytes &&
	                                  memcmp(capture_beginning(capture), again->digests,
	                                         count * sizeof *again->digests) == 0
	                        : memcmp(&identity, &again->of, sizeof identity) == 0;
}

static bool take_file(struct take *t, const char *name, struct capture *capture,
                      struct error *error)
{
	uint32_t digests[BEGINNING_MAX];
	struct ingest_ledger ledger;
	struct kin kin;
	if (!known_find(t->known, name, capture, &kin, digests, error))
		return false;
	if (kin.kinship != KIN_NONE && !say_kin(t, name, &kin, error))
		return false;
	if (kin.kinship == KIN_SAME || kin.kinship == KIN_SHORTER)
		return true;
	const uint64_t begin = kin.kinship == KIN_LONGER ? kin.of.identity.length_bytes : 0;
	struct ingest_known known = { .list = &kin.of.identity, .count = begin > 0 };
	if (!read_capture(t, capture, &known, &ledger, error))
		return false;
	if (begin > 0 &&
	    (known.is == NULL || memcmp(capture_beginning(capture), digests,
	                                beginning_count(begin) * sizeof *digests) != 0))
		return changed(name, error);
	if (t->anew != NULL && !is_that_again(t, capture))
		return changed(name, error);
	return note_capture(t, name, capture, &kin, &known, &ledger, error);
}

// What is known of it shows only on the way.
static bool take_watched(struct take *t, const char *name, struct capture *capture,
                         const struct known_watch *watch, struct error *error)
{
	struct ingest_known known = { watch->list, watch->found, watch->count, .is = NULL };
	struct ingest_ledger ledger;
	struct kin kin;
	if (t->ahead_bytes > 0)
		capture_read_ahead(capture, t->ahead_bytes);
	if (!read_capture(t, capture, &known, &ledger, error) ||
	    !known_find_read(t->known, capture, &kin, error))
		return false;
	if (kin.kinship == KIN_NONE && known.is != NULL)
		kin = known_longer_than(t->known, known.is);
	if (kin.kinship != KIN_NONE && !say_kin(t, name, &kin, error))
		return false;
	if (kin.kinship == KIN_SAME || kin.kinship == KIN_SHORTER)
		return new_ingest(t, error);
	return note_capture(t, name, capture, &kin, &known, &ledger, error) && commit(t, error);
}

static bool take_stream(struct take *t, const char *name, struct capture *capture,
                        struct error *error)
{
	struct known_watch watch;
	if (!commit(t, error) || !known_watch(t->known, capture, &watch, error))
		return false;
	const bool ok = take_watched(t, name, capture, &watch, error);
	known_watch_done(&watch);
	return ok;
}

static bool take_one(struct take *t, const char *name, struct capture *capture, struct error *error)
{
	return may_join(t, name, capture, error) &&
	       (take_reads_once(name) ? take_stream : take_file)(t, name, capture, error);
}

static uint64_t total_size(const struct option_words *names)
{
	uint64_t sum = 0;
	struct stat status;
	for (size_t i = 0; i < names->count; i++) {
		if (take_reads_once(names->words[i]) || stat(names->words[i], &status) != 0)
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
	const struct take_options *options;
	uint64_t memory_bytes;  // for each to get ahead
	bool may_grow;
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
		.options = &t->options->take,
		.memory_bytes = t->options->take.memory_bytes / 8 / count_max,
	};
}

static void open_next(struct open_captures *open)
{
	struct opened *opened = &open->ring[open->next % OPEN_MAX];
	*opened = (struct opened){ .capture = NULL };
	const char *name = open->names->words[open->next++];
	if (!take_open(open->options, name, &opened->capture, &opened->error))
		return;
	if (open->may_grow)
		capture_may_grow(opened->capture);
	if (open->count_max > 1 && !take_reads_once(name))
		capture_read_ahead(opened->capture, open->memory_bytes);
}

// Opens number i and files behind it; a stream only when it is its turn, for it may be
// the same one twice, or have nothing to say for long.
static struct opened *open_from(struct open_captures *open, size_t i)
{
	if (open->next == i)
		open_next(open);
	while (open->next < open->names->count && open->next - i < open->count_max &&
	       !take_reads_once(open->names->words[open->next]))
		open_next(open);
	return &open->ring[i % OPEN_MAX];
}

static void close_captures(struct open_captures *open)
{
	for (size_t i = 0; i < OPEN_MAX; i++)
		capture_free(open->ring[i].capture);
}

static bool take_next(struct take *t, struct open_captures *open, size_t i, bool is_kept,
                      struct error *error)
{
	struct opened *opened = open_from(open, i);
	if (opened->capture == NULL && !is_kept) {
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

static bool take_all(struct take *t, const struct option_words *names, bool is_kept,
                     struct error *error)
{
	struct open_captures open = no_captures(t, names);
	bool ok = true;
	open.may_grow = is_kept || t->anew != NULL;
	t->ahead_bytes = open.count_max > 1 ? open.memory_bytes : 0;
	for (size_t i = 0; ok && i < names->count; i++) {
		t->turn = i;
		ok = take_next(t, &open, i, is_kept, error);
	}
	close_captures(&open);
	return ok && commit(t, error);
}

static bool begin(struct take *t, struct error *error)
{
	struct store *store = t->anew == NULL ? t->store : NULL;
	const struct ingest_options options = options_of(t);
	if ((t->elsewhere = elsewhere_new()) == NULL)
		return error_memory(error, "ingest");
	return known_open(store, &t->options->take, &t->known, error) &&
	       (store == NULL ||
	        store_source_kinds(store, &t->has_hashes, &t->has_addresses, error)) &&
	       (t->options->take.only_ledger ||
	        (t->bursts = take_new_bursts(t->store, &options, error)) != NULL) &&
	       new_ingest(t, error);
}

static bool take(struct take *t, const struct option_words *names, bool is_kept,
                 struct error *error)
{
	const struct common_options *common = &t->options->common;
	bool ok = begin(t, error);
	if (ok) {
		progress_start(&t->progress, "packets", total_size(names),
		               !common->quiet && !common->no_progress);
		ok = take_all(t, names, is_kept, error);
		progress_stop(&t->progress);
	}
	if (ok && t->result.taken > 0)
		uncounted_say(&(struct uncounted){ .counted = &t->counted,
		                                   .elsewhere = t->elsewhere,
		                                   .store = t->store,
		                                   .is_kept = is_kept || t->anew != NULL,
		                                   .is_quiet = common->quiet });
	forget_captures(t);
	ingest_free(t->ingest);
	burst_sink_free(t->bursts);
	known_free(t->known);
	elsewhere_free(t->elsewhere);
	return ok;
}

bool take_captures(struct store *store, const struct take_command *options,
                   const struct option_words *names, bool is_kept, struct take_result *out,
                   struct error *error)
{
	struct take t = { .store = store, .options = options };
	const bool ok = refill_days(store, options, names, error) &&
	                take(&t, names, is_kept, error);
	*out = t.result;
	return ok;
}

bool take_captures_anew(struct store *store, const struct take_command *options,
                        const struct take_anew *anew, struct take_result *out, struct error *error)
{
	struct take t = { .store = store, .options = options, .anew = anew };
	struct option_words names = { memory_new(anew->count + 1, sizeof *names.words),
		                      anew->count };
	bool ok = names.words != NULL || error_memory(error, "captures");
	for (size_t i = 0; ok && i < anew->count; i++)
		names.words[i] = anew->list[i].name;
	ok = ok &&
	     (anew->telescope[0] == '\0' ||
	      telescope_parse(anew->telescope, &t.telescope, error)) &&
	     take(&t, &names, false, error);
	telescope_done(&t.telescope);
	memory_free(names.words);
	*out = t.result;
	return ok;
}
