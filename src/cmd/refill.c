// SPDX-License-Identifier: MIT
// Captures that owe the same days are one ingest, and so make the segment that they made once.
#include "cmd/refill.h"

#include "base/memory.h"
#include "base/text.h"

#include <string.h>
#include <sys/stat.h>

struct refill {
	struct store *store;
	const struct take_command *options;
	struct ingest *ingest;  // NULL: nothing was read
	struct burst_sink *bursts;
	int32_t *days;  // that those which were read owe, and that are not committed
	size_t day_count;
	struct capture_identity *captures;  // [room]
	size_t count, room;
};

static bool new_ingest(struct refill *r, struct error *error)
{
	struct ingest_options options = take_ingest_options(r->store, &r->options->take);
	if ((r->bursts = take_new_bursts(r->store, &options, error)) == NULL)
		return false;
	struct packet_sink *sink;
	take_add_bursts(r->bursts, &sink, &options);
	r->ingest = ingest_new(&options, error);
	return r->ingest != NULL;
}

static void forget(struct refill *r)
{
	ingest_free(r->ingest);
	burst_sink_free(r->bursts);
	memory_free(r->days);
	r->ingest = NULL;
	r->bursts = NULL;
	r->days = NULL;
	r->day_count = r->count = 0;
}

static bool commit(struct refill *r, struct error *error)
{
	struct store_ingest *change;
	if (r->count == 0)
		return true;
	if (!store_ingest_begin(r->store, &change, error))
		return false;
	store_ingest_bursts(change, burst_sink_days(r->bursts));
	store_ingest_refill(change, r->days, r->day_count, r->captures, r->count);
	const bool ok = ingest_finish(r->ingest, store_ingest_receiver(change), error) &&
	                store_ingest_commit(change, NULL, 0, error);
	if (ok)
		store_ingest_tidy(change);
	store_ingest_free(change);
	forget(r);
	return ok;
}

static bool is_among(const struct refill *r, const struct capture_identity *identity)
{
	bool is_there = false;
	for (size_t i = 0; i < r->count; i++)
		is_there = is_there || memcmp(&r->captures[i], identity, sizeof *identity) == 0;
	return is_there;
}

static bool note(struct refill *r, const struct capture_identity *identity, struct error *error)
{
	if (r->count == r->room) {
		const size_t room = 2 * r->room + 8;
		void *more = memory_resize(r->captures, room, sizeof *r->captures);
		if (more == NULL)
			return error_memory(error, "captures");
		r->captures = more;
		r->room = room;
	}
	r->captures[r->count++] = *identity;
	return true;
}

static void say(const struct refill *r, const char *name)
{
	char first[CALENDAR_DAY_SIZE], last[CALENDAR_DAY_SIZE], line[512];
	if (r->options->common.quiet)
		return;
	day_format(r->days[0], first);
	day_format(r->days[r->day_count - 1], last);
	if (r->day_count == 1)
		text_format(line, sizeof line, "'%.200s' fills %s again", name, first);
	else
		text_format(line, sizeof line, "'%.200s' fills %zu days again, from %s to %s", name,
		            r->day_count, first, last);
	command_say(line);
}

static void no_tick(void *context, const struct capture *capture, uint64_t frames)
{
	(void)context;
	(void)capture;
	(void)frames;
}

// Takes the days over. Those that are read already may owe others: then they are committed first.
static bool join(struct refill *r, int32_t *days, size_t count, struct error *error)
{
	const bool is_same = r->day_count == count &&
	                     (count == 0 || memcmp(r->days, days, count * sizeof *days) == 0);
	if (r->ingest != NULL && is_same) {
		memory_free(days);
		return true;
	}
	const bool ok = commit(r, error);
	forget(r);
	r->days = days;
	r->day_count = count;
	return ok && new_ingest(r, error);
}

static bool read_capture(struct refill *r, const char *name,
                         const struct capture_identity *identity, struct error *error)
{
	struct capture *capture;
	struct ingest_ledger ledger;
	struct error damage;
	if (!take_open(&r->options->take, name, &capture, error))
		return false;
	capture_may_grow(capture);
	bool ok = ingest_capture(r->ingest, capture, no_tick, NULL, &ledger, error);
	const struct capture_identity now = capture_identity(capture);
	if (ok && memcmp(&now, identity, sizeof now) != 0)
		ok = error_set(error, ERROR_FAILED, "'%.200s' changed while it was read", name);
	if (ok && capture_damage(capture, &damage) && damage.kind == ERROR_FAILED) {
		*error = damage;
		ok = false;
	}
	capture_free(capture);
	return ok && note(r, identity, error);
}

// What a capture is called by, if its head is that of one that owes something. False: there was no need to know.
static bool identify(struct refill *r, const char *name, struct capture_identity *out, bool *out_ok,
                     struct error *error)
{
	struct capture *capture;
	struct error ignored;
	struct stat status;
	bool owes = false;
	*out_ok = true;
	// What cannot be opened is told when it is taken in.
	if (stat(name, &status) != 0 || !S_ISREG(status.st_mode) ||
	    !take_open(&r->options->take, name, &capture, &ignored))
		return false;
	*out_ok = store_owes_head(r->store, capture_head(capture), &owes, error);
	if (owes) {
		capture_skim(capture);
		*out = capture_identity(capture);
	}
	capture_free(capture);
	return owes;
}

static bool refill_of(struct refill *r, const char *name, struct error *error)
{
	struct capture_identity identity;
	int32_t *days = NULL;
	size_t count = 0;
	bool ok;
	if (!identify(r, name, &identity, &ok, error) || is_among(r, &identity))
		return ok;
	if (!store_owed_days(r->store, &identity, &days, &count, error))
		return false;
	if (count == 0) {
		memory_free(days);
		return true;
	}
	if (!join(r, days, count, error) || !read_capture(r, name, &identity, error))
		return false;
	say(r, name);
	return true;
}

bool refill_days(struct store *store, const struct take_command *options,
                 const struct option_words *names, struct error *error)
{
	struct refill r = { .store = store, .options = options };
	bool owes, ok = store_owes_any(store, &owes, error);
	for (size_t i = 0; ok && owes && i < names->count; i++)
		ok = refill_of(&r, names->words[i], error);
	ok = ok && commit(&r, error);
	forget(&r);
	memory_free(r.captures);
	return ok;
}
