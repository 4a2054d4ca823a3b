// SPDX-License-Identifier: MIT
#include "cmd/uncounted.h"

#include "base/text.h"
#include "cmd/cmd.h"
#include "present/words/reason.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { COUNTED_SHARE = 100, LINE_SIZE = 1024, PREFIXES_MAX = 3, NAMED_SHARE = 10 };

// Appends what fits.
static void append(char line[LINE_SIZE], const char *text)
{
	const size_t length = strlen(line);
	text_copy(line + length, LINE_SIZE - length, text);
}

static void append_share(char line[LINE_SIZE], uint64_t part, uint64_t whole)
{
	char text[32];
	const double share = 100 * (double)part / (double)whole;
	text_format(text, sizeof text, share < 0.1 ? " (<0.1 %%)" : " (%.1f %%)",
	            part < whole && share > 99.9 ? 99.9 : share);
	append(line, text);
}

// ---- reasons

struct cause {
	unsigned kind;
	uint64_t frames;
};

static int by_frames(const void *a, const void *b)
{
	const struct cause *x = a, *y = b;
	if (x->frames != y->frames)
		return x->frames < y->frames ? 1 : -1;
	return (x->kind > y->kind) - (x->kind < y->kind);
}

static const char *const causes[HOST_KIND_FIRST] = {
	[KIND_UNKNOWN_LINK] = "of an unknown link type",
	[KIND_NOT_IP] = "not IP",
	[KIND_IPV6] = "IPv6, which hotaru does not count",
	[KIND_MALFORMED] = "malformed",
	[KIND_CUT_SHORT] = "cut short, so that nobody knows what they are",
	[KIND_OUTSIDE_TELESCOPE] = "to other destinations than the telescope's",
};

static const struct ingest_detail *main_detail(const struct ingest_ledger *ledger, unsigned kind)
{
	const struct ingest_detail *most = NULL;
	for (size_t i = 0; i < ledger->detail_count; i++) {
		const struct ingest_detail *d = &ledger->details[i];
		if (d->kind == kind && !reason_is_remark(d->reason) &&
		    (most == NULL || d->frames > most->frames))
			most = d;
	}
	return most;
}

static void append_cause(char line[LINE_SIZE], const struct ingest_ledger *ledger,
                         const struct cause *cause, uint64_t all)
{
	const struct ingest_detail *detail = main_detail(ledger, cause->kind);
	char text[REASON_TEXT_SIZE];
	text_format(text, sizeof text, "%" PRIu64, cause->frames);
	append(line, text);
	append_share(line, cause->frames, all);
	append(line, cause->frames == 1 ? " is " : " are ");
	append(line, causes[cause->kind]);
	if (detail == NULL)
		return;
	reason_text(LANG_EN, reason_names[detail->reason], detail->number, text);
	append(line, 2 * detail->frames > cause->frames ? " (mostly: " : " (most often: ");
	append(line, text);
	append(line, ")");
}

static void warn(const struct ingest_ledger *ledger, uint64_t packets, uint64_t all)
{
	struct cause list[HOST_KIND_FIRST];
	char line[LINE_SIZE];
	const char *ending = all == 1 ? "" : "s";
	if (packets == 0)
		text_format(line, sizeof line, "of %" PRIu64 " frame%s none counts: ", all, ending);
	else
		text_format(line, sizeof line,
		            "of %" PRIu64 " frame%s only %" PRIu64 " count%s: ", all, ending,
		            packets, packets == 1 ? "s" : "");
	for (unsigned kind = 0; kind < HOST_KIND_FIRST; kind++)
		list[kind] = (struct cause){ kind, ledger->frames[kind] };
	qsort(list, HOST_KIND_FIRST, sizeof *list, by_frames);
	for (size_t i = 0; i < HOST_KIND_FIRST && list[i].frames > 0; i++) {
		append(line, i > 0 ? ", " : "");
		append_cause(line, ledger, &list[i], all);
	}
	command_warn(line);
}

// ---- elsewhere

struct place {
	const struct store *store;
	const struct elsewhere *elsewhere;
	bool is_kept, is_little;
	uint64_t packets;  // that went elsewhere
};

static void append_prefix(char line[LINE_SIZE], const struct elsewhere_prefix *prefix)
{
	char address[TEXT_IPV4_SIZE], text[32];
	text_from_ipv4(prefix->first, address);
	text_format(text, sizeof text, "%s/%u", address, prefix->bits);
	append(line, text);
}

// Some belong to the telescope, on other days than those of the packets.
static bool append_prefixes(char line[LINE_SIZE], const struct place *u,
                            const struct elsewhere_prefix *list, size_t count)
{
	const struct store_settings *settings = store_settings(u->store);
	const bool has_dates = telescope_undated(&settings->telescope_days) == NULL;
	bool is_dated = false;
	for (size_t i = 0; i < count; i++) {
		const bool is_its = has_dates &&
		                    ipset_prefixes_hold(&settings->prefixes, list[i].first);
		append(line, i > 0 ? ", " : "");
		append_prefix(line, &list[i]);
		append_share(line, list[i].packets, u->packets);
		append(line, is_its ? " on other days than the telescope's" : "");
		is_dated = is_dated || is_its;
	}
	return is_dated;
}

// The prefixes to name instead, or beside those of a telescope that has packets: the first, and others
// with a good part.
static void append_telescope(char line[LINE_SIZE], const struct place *u,
                             const struct elsewhere_prefix *list, size_t count)
{
	append(line, "--telescope ");
	if (!u->is_little) {
		append(line, store_settings(u->store)->telescope);
		append(line, ",");
	}
	for (size_t i = 0; i < count; i++) {
		if (i > 0 && list[i].packets < u->packets / NAMED_SHARE)
			continue;
		append(line, i > 0 ? "," : "");
		append_prefix(line, &list[i]);
	}
}

static void say_where(const struct place *u)
{
	struct elsewhere_prefix list[PREFIXES_MAX];
	const size_t count = elsewhere_prefixes(u->elsewhere, list, PREFIXES_MAX);
	char line[LINE_SIZE] = "";
	if (count == 0) {
		append(line,
		       "what went elsewhere went to many prefixes, none of which has 1 % of it");
	} else {
		append(line, "most of what went elsewhere went to ");
		const bool is_dated = append_prefixes(line, u, list, count);
		append(line, is_dated ? "; if these days are the telescope's: "
		                      : "; if that is the telescope: ");
		if (u->is_kept) {
			append(line, "`hotaru settings -s ");
			append(line, store_path(u->store));
			append(line, " ");
		}
		append_telescope(line, u, list, count);
		append(line, u->is_kept ? " CAPTURE...` with these captures counts it" : "");
	}
	command_say(line);
}

static void say_elsewhere(const struct uncounted *u, uint64_t elsewhere, uint64_t packets)
{
	char line[LINE_SIZE];
	text_format(line, sizeof line,
	            "note: more packets went elsewhere than to the telescope (%.200s): %" PRIu64
	            " of %" PRIu64,
	            store_settings(u->store)->telescope, elsewhere, elsewhere + packets);
	append_share(line, elsewhere, elsewhere + packets);
	command_say(line);
}

static void say_telescope(const struct store *store)
{
	char line[LINE_SIZE];
	text_format(line, sizeof line,
	            "the telescope is %.200s; if it should be another: `hotaru settings -s %.400s "
	            "--telescope PREFIXES CAPTURE...` with these captures counts what went there",
	            store_settings(store)->telescope, store_path(store));
	command_say(line);
}

void uncounted_say(const struct uncounted *u)
{
	const struct ingest_ledger *ledger = u->counted;
	const uint64_t elsewhere = ledger->frames[KIND_OUTSIDE_TELESCOPE];
	const uint64_t all = ingest_ledger_total(ledger);
	uint64_t packets = ledger->copies;
	for (unsigned kind = HOST_KIND_FIRST; kind < KIND_COUNT; kind++)
		packets += ledger->frames[kind];
	const bool is_little = all > 0 && packets < all / COUNTED_SHARE + (all % COUNTED_SHARE > 0);
	if (is_little)
		warn(ledger, packets, all);
	else if (elsewhere > packets && !u->is_quiet)
		say_elsewhere(u, elsewhere, packets);
	if (elsewhere <= packets || u->is_quiet)
		return;
	if (u->elsewhere != NULL)
		say_where(&(struct place){ u->store, u->elsewhere, u->is_kept, is_little,
		                           elsewhere_packets(u->elsewhere) });
	else
		say_telescope(u->store);
}

bool uncounted_say_of(struct store *store, bool is_quiet, struct error *error)
{
	struct store_capture *captures;
	struct ingest_ledger sum = { .copies = 0 };
	size_t count;
	if (store_segment_count(store) > 0)
		return true;
	if (!store_captures(store, &captures, &count, error))
		return false;
	for (size_t i = 0; i < count; i++)
		if (captures[i].ledger != NULL)
			ingest_ledger_add(&sum, captures[i].ledger);
	store_captures_done(captures, count);
	uncounted_say(&(struct uncounted){
		.counted = &sum, .store = store, .is_kept = true, .is_quiet = is_quiet });
	return true;
}
