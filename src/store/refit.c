// SPDX-License-Identifier: MIT
// Other fingerprints of sources for a store that is there.
//
// What they ask of, a store has: the values that each source used on each day. So every day is
// written anew, in one change with the settings. Bits that mean what they meant before are taken over,
// also where a floor has dropped the values since; only what is new is asked.
#include "store/day.h"
#include "store/rewrite.h"

#include "base/memory.h"
#include "base/pool.h"
#include "base/text.h"

struct refit {
	struct store_change *change;
	const struct store_refit *request;
	struct host_marks marks;
	size_t *firsts;  // segments that begin a day
	size_t day_count, done;
	pthread_mutex_t mutex;  // over `done` and `error`
	struct error error;     // the first one
};

// ---- what changes

// The bit of the store's fingerprint that asks the same; FINGERPRINTS_MAX: none does.
static unsigned find_same(const struct fingerprint_set *set, const struct fingerprint *f)
{
	for (unsigned i = 0; i < set->count; i++)
		if (fingerprint_is_of_sources(f) && fingerprint_same(&set->entries[i], f))
			return i;
	return FINGERPRINTS_MAX;
}

// A fingerprint of packets has to be there with the same rule.
static bool find_packets(const struct fingerprint_set *set, const struct fingerprint *f,
                         unsigned *out, struct error *error)
{
	const struct fingerprint *found = fingerprint_find(set, f->name, out);
	if (found == NULL || fingerprint_is_of_sources(found))
		return error_set(error, ERROR_USAGE,
		                 "fingerprint '%s' is of packets, which are gone: a store that is "
		                 "there can only be given fingerprints of sources",
		                 f->name);
	return fingerprint_same(found, f) ||
	       error_set(error, ERROR_USAGE,
	                 "fingerprint '%s' asks packets for something else than the store's, and "
	                 "they are gone; the store has '%s'",
	                 f->name, found->rule);
}

static bool all_stay(const struct fingerprint_set *before, const struct fingerprint_set *after,
                     struct error *error)
{
	for (size_t i = 0; i < before->count; i++) {
		const struct fingerprint *f = &before->entries[i];
		const struct fingerprint *found = fingerprint_find(after, f->name, NULL);
		if (!fingerprint_is_of_sources(f) &&
		    (found == NULL || fingerprint_is_of_sources(found)))
			return error_set(
				error, ERROR_USAGE,
				"fingerprint '%s' of the store is of packets, and could not be brought "
				"back: it has to stay in the file",
				f->name);
	}
	return true;
}

static bool make_marks(const struct fingerprint_set *before, const struct fingerprint_set *after,
                       struct host_marks *out, struct error *error)
{
	struct host_marks marks = { .set = after };
	memset(marks.from, HOST_MARK_NONE, sizeof marks.from);
	marks.from[FINGERPRINT_UNKNOWN] = FINGERPRINT_UNKNOWN;
	for (size_t f = 0; f < after->count; f++) {
		const struct fingerprint *entry = &after->entries[f];
		unsigned bit = find_same(before, entry);
		if (!fingerprint_is_of_sources(entry) && !find_packets(before, entry, &bit, error))
			return false;
		marks.from[f] = bit == FINGERPRINTS_MAX ? HOST_MARK_ASK : (uint8_t)bit;
	}
	if (!all_stay(before, after, error))
		return false;
	*out = marks;
	return true;
}

// Whether all bits mean what they meant, under the same names.
static bool is_same(const struct fingerprint_set *before, const struct fingerprint_set *after,
                    const struct host_marks *marks)
{
	bool same = before->count == after->count;
	for (size_t f = 0; same && f < after->count; f++)
		same = marks->from[f] == f &&
		       text_equal(before->entries[f].name, after->entries[f].name);
	return same;
}

static void count_changes(const struct refit *r, const struct fingerprint_set *before,
                          struct store_refitted *out)
{
	const struct store *s = r->change->store;
	uint32_t kept = 0;
	for (size_t f = 0; f < r->marks.set->count; f++) {
		out->added += r->marks.from[f] == HOST_MARK_ASK;
		kept |= r->marks.from[f] == HOST_MARK_ASK ? 0 : UINT32_C(1) << r->marks.from[f];
	}
	for (size_t f = 0; f < before->count; f++)
		out->removed += !(kept >> f & 1);
	for (size_t i = 0; out->added > 0 && i < s->segment_count; i++) {
		const struct store_segment *segment = &s->segments[i];
		if (segment->floor <= 1)
			continue;
		out->floor_first = out->floor_days == 0 ? segment->day : out->floor_first;
		out->floor_last = segment->day;
		out->floor_max = segment->floor > out->floor_max ? segment->floor : out->floor_max;
		out->floor_days++;
	}
}

// ---- all days

static bool refit_day(void *context, size_t job, unsigned thread)
{
	struct refit *r = context;
	struct store *s = r->change->store;
	const size_t first = r->firsts[job];
	const struct rewrite rewrite = { .floor = s->segments[first].floor,
		                         .marks = &r->marks,
		                         .interrupted = "the store is as it was" };
	struct error error;
	(void)thread;
	const bool ok = store_rewrite_day(r->change, first, store_day_segments(s, first), &rewrite,
	                                  &error);
	pthread_mutex_lock(&r->mutex);
	if (!ok && r->error.kind == ERROR_NONE)
		r->error = error;
	r->done += ok;
	if (ok && r->request->progress != NULL)
		r->request->progress(r->request->context, r->done);
	pthread_mutex_unlock(&r->mutex);
	return ok;
}

static bool refit_days(struct refit *r, struct error *error)
{
	const struct store *s = r->change->store;
	r->firsts = memory_new(s->segment_count + 1, sizeof *r->firsts);
	if (r->firsts == NULL)
		return error_memory(error, "a change of the store");
	for (size_t first = 0; first < s->segment_count; first += store_day_segments(s, first))
		r->firsts[r->day_count++] = first;
	if (pool_run(r->request->threads, r->day_count, refit_day, r))
		return true;
	*error = r->error;
	return error->kind != ERROR_NONE ? false : error_memory(error, "a change of the store");
}

static bool commit(struct refit *r, bool has_days, struct error *error)
{
	r->change->has_fingerprints = true;
	return (!has_days || refit_days(r, error)) && store_change_commit(r->change, error);
}

// With the new settings in the store, which are taken back if it fails.
static bool refit(struct store *s, const struct store_refit *request, struct store_settings *before,
                  struct store_refitted *out, struct error *error)
{
	const struct fingerprint_set *after = &s->settings.fingerprints;
	struct refit r = { .request = request, .mutex = PTHREAD_MUTEX_INITIALIZER };
	struct store_refitted refitted = { .added = 0 };
	if (!make_marks(&before->fingerprints, after, &r.marks, error) ||
	    !store_change_begin(s, &r.change, error))
		return false;
	count_changes(&r, &before->fingerprints, &refitted);
	const bool has_days = !is_same(&before->fingerprints, after, &r.marks);
	const bool ok = commit(&r, has_days, error);
	refitted.days = r.day_count;
	store_change_free(r.change);
	memory_free(r.firsts);
	if (ok)
		*out = refitted;
	return ok;
}

bool store_set_fingerprints(struct store *s, const struct store_refit *request,
                            struct store_refitted *out, struct error *error)
{
	struct store_settings before = s->settings, after = s->settings;
	const unsigned format = s->format;
	after.fingerprint_text = memory_text(request->text);
	if (after.fingerprint_text == NULL)
		return error_memory(error, "fingerprints");
	if (!fingerprint_set_init_of(&after.fingerprints, before.fingerprints.builtin_count,
	                             request->text, request->where, error)) {
		memory_free(after.fingerprint_text);
		return false;
	}
	s->settings = after;
	const bool ok = refit(s, request, &before, out, error);
	if (!ok) {
		s->settings = before;
		s->format = format;
		before = after;
	}
	memory_free(before.fingerprint_text);
	fingerprint_set_done(&before.fingerprints);
	return ok;
}
