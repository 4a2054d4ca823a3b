// SPDX-License-Identifier: MIT
// What the store has of packets does not say where they went, and of those that went elsewhere it has nothing
// at all. So all captures are read again.
#include "cmd/recount.h"

#include "base/memory.h"
#include "base/text.h"
#include "cmd/known.h"

#include <string.h>

struct plan {
	struct store *store;
	const struct take_command *options;
	struct known_captures *known;
	struct take_again *list;  // [room] as those below
	size_t count;
	struct capture_identity *before;
	size_t before_count;
};

static bool is_planned(const struct plan *p, const struct capture_identity *identity)
{
	bool is_there = false;
	for (size_t i = 0; i < p->before_count; i++)
		is_there = is_there || memcmp(&p->before[i], identity, sizeof *identity) == 0;
	return is_there;
}

static void add(struct plan *p, char *name, const struct kin *kin, const uint32_t *digests)
{
	struct take_again *again = &p->list[p->count++];
	again->name = name;
	again->of = kin->of.identity;
	again->has_grown = kin->kinship == KIN_LONGER;
	if (again->has_grown)
		memcpy(again->digests, digests,
		       beginning_count(again->of.length_bytes) * sizeof *digests);
	if (!is_planned(p, &again->of))
		p->before[p->before_count++] = again->of;
}

static void say_left_out(const struct plan *p, const char *name, bool is_beginning)
{
	char line[512];
	text_format(line, sizeof line,
	            is_beginning
	                    ? "'%.200s' is only the beginning of a capture that the store has, "
	                      "and is left out"
	                    : "'%.200s' was never taken in, and is left out; `hotaru ingest` "
	                      "takes it in",
	            name);
	if (!p->options->common.quiet)
		command_say(line);
}

static bool find(struct plan *p, char *name, struct error *error)
{
	uint32_t digests[BEGINNING_MAX] = { 0 };
	struct capture *capture;
	struct kin kin;
	if (take_reads_once(name))
		return error_set(error, ERROR_USAGE,
		                 "'%.200s' can be read only once, and for --telescope captures are "
		                 "read twice; name files",
		                 name);
	if (!take_open(&p->options->take, name, &capture, error))
		return false;
	capture_may_grow(capture);
	const bool ok = known_find(p->known, name, capture, &kin, digests, error);
	capture_free(capture);
	if (!ok)
		return false;
	if (kin.kinship == KIN_SAME || kin.kinship == KIN_LONGER)
		add(p, name, &kin, digests);
	else
		say_left_out(p, name, kin.kinship == KIN_SHORTER);
	return true;
}

// Whether any of its frames may count for one telescope and not for another.
static bool matters(struct plan *p, const struct store_capture *capture, bool *out,
                    struct error *error)
{
	const struct ingest_ledger *ledger = capture->ledger;
	uint64_t packets = 0;
	int32_t *days;
	size_t count;
	if (!store_owed_days(p->store, &capture->identity, &days, &count, error))
		return false;
	memory_free(days);
	for (unsigned kind = KIND_OUTSIDE_TELESCOPE; ledger != NULL && kind < KIND_COUNT; kind++)
		packets += ledger->frames[kind];
	// Of one that has nothing on days that are kept, nothing would count.
	*out = capture->first_ns <= capture->last_ns && (packets > 0 || count > 0);
	return true;
}

static bool check_missing(struct plan *p, const struct store_capture *captures, size_t count,
                          struct error *error)
{
	size_t missing = 0;
	for (size_t i = 0; i < count; i++) {
		bool is_needed;
		if (is_planned(p, &captures[i].identity))
			continue;
		if (!matters(p, &captures[i], &is_needed, error))
			return false;
		if (is_needed)
			command_say_capture("is missing", captures[i].name);
		missing += is_needed;
	}
	return missing == 0 ||
	       error_set(
		       error, ERROR_FAILED,
		       "another telescope takes all captures again, and %zu of %zu %s missing: name "
		       "the files behind the options; the store is as it was",
		       missing, count, missing == 1 ? "is" : "are");
}

static bool make_plan(struct plan *p, const struct option_words *names, struct error *error)
{
	struct store_capture *captures;
	size_t count;
	p->list = memory_new(names->count + 1, sizeof *p->list);
	p->before = memory_new(names->count + 1, sizeof *p->before);
	if (p->list == NULL || p->before == NULL)
		return error_memory(error, "the list of captures");
	if (!known_open(p->store, &p->options->take, &p->known, error))
		return false;
	bool ok = true;
	for (size_t i = 0; ok && i < names->count; i++)
		ok = find(p, names->words[i], error);
	if (!ok || !store_captures(p->store, &captures, &count, error))
		return false;
	ok = check_missing(p, captures, count, error);
	store_captures_done(captures, count);
	return ok;
}

static bool is_other(const struct store *store, const char *text, bool *out, struct error *error)
{
	struct telescope telescope = { .count = 0 };
	if (text[0] != '\0' && !telescope_parse(text, &telescope, error))
		return false;
	*out = !telescope_same(&telescope, &store_settings(store)->telescope_days);
	telescope_done(&telescope);
	return true;
}

bool recount(struct store *store, const struct take_command *options,
             const struct option_words *names, struct take_result *out, bool *out_is_new,
             struct error *error)
{
	struct plan plan = { .store = store, .options = options };
	const char *telescope = options->take.telescope;
	if (!is_other(store, telescope, out_is_new, error))
		return false;
	if (!*out_is_new)
		return true;
	bool ok = make_plan(&plan, names, error);
	const struct take_anew anew = { .telescope = telescope,
		                        .list = plan.list,
		                        .count = plan.count,
		                        .before = plan.before,
		                        .before_count = plan.before_count };
	ok = ok && take_captures_anew(store, options, &anew, out, error);
	known_free(plan.known);
	memory_free(plan.list);
	memory_free(plan.before);
	return ok;
}
