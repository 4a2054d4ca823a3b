// SPDX-License-Identifier: MIT
#include "answer/local/newest.h"

#include "analyse/survey/revisions.h"
#include "base/buffer.h"
#include "holdings/day_set.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static void write_change(struct rows *rows, struct revision_change change)
{
	if (change.is_known) {
		rows_real(rows, change.median);
		rows_real(rows, change.most);
	} else {
		rows_empty(rows);
		rows_empty(rows);
	}
}

static void write_revisions(struct rows *rows, const struct survey *s, size_t family)
{
	struct revision revisions[SURVEY_AGES];
	revisions_make(s, family, revisions);
	for (size_t age = 0; age < SURVEY_AGES; age++) {
		rows_text(rows, s->families[family].name);
		rows_number(rows, survey_ages[age]);
		rows_number(rows, revisions[age].views);
		write_change(rows, revisions[age].active);
		write_change(rows, revisions[age].recovered);
		rows_end(rows);
	}
}

bool hand_revisions(struct inquiry *inquiry, struct rows *rows, const struct survey *s,
                    struct error *error)
{
	struct schema schema;
	question_schema(inquiry->question, &schema);
	if (!rows_begin(rows, inquiry->receiver, &schema, error))
		return false;
	for (size_t f = 0; f < s->family_count; f++)
		write_revisions(rows, s, f);
	return true;
}

// ---- caveats

// Fewer days are a before and an after, which nobody takes for a series.
enum { SERIES_DAYS = 3 };

static uint64_t millionths(struct revision_change change, double of)
{
	return change.is_known ? (uint64_t)(fabs(of) * 1e6 + 0.5) : UINT64_MAX;
}

static bool moved_caveat(struct inquiry *inquiry, const struct survey *s, struct error *error)
{
	const struct survey_family *most = &s->families[0];
	struct revision revisions[SURVEY_AGES];
	for (size_t f = 1; f < s->family_count; f++)
		if (s->families[f].lifetimes.sources > most->lifetimes.sources)
			most = &s->families[f];
	revisions_make(s, (size_t)(most - s->families), revisions);
	const struct revision_change active = revisions[0].active,
				     recovered = revisions[0].recovered;
	const struct caveat moved = { CAVEAT_MOVED,
		                      { millionths(active, active.median),
		                        millionths(active, active.most),
		                        millionths(recovered, recovered.median),
		                        millionths(recovered, recovered.most), s->gap_days },
		                      .texts = { most->name } };
	return !active.is_known || add_caveat(inquiry, &moved, error);
}

bool newest_caveats(struct inquiry *inquiry, const struct survey *s, struct error *error)
{
	const struct question *q = inquiry->question;
	const bool is_of_lifetimes = q->kind == QUESTION_LIFETIMES;
	uint32_t final = s->day_count;
	for (size_t f = 0; f < s->family_count; f++)
		if (s->families[f].final_days < final)
			final = s->families[f].final_days;
	const int32_t first = s->first_day + (int32_t) final;
	const struct caveat not_final = { CAVEAT_NOT_FINAL,
		                          { s->gap_days, final, is_of_lifetimes },
		                          .days = { first } };
	if (s->day_count < SERIES_DAYS || final == s->day_count || q->days.to < first)
		return true;
	return add_caveat(inquiry, &not_final, error) &&
	       (is_of_lifetimes || moved_caveat(inquiry, s, error));
}

// ---- tools

// Where pieces of the day do not tell: as far as the first source that counts.
static bool has_any(struct holdings *h, const struct held_day *day, unsigned bit, bool *out,
                    struct error *error)
{
	struct day_set *set;
	if (!day_set_open(h, day, bit, &set, error))
		return false;
	const bool ok = day_set_begin(set, error);
	*out = ok && day_set_key(set) < IPSET_KEYS;
	day_set_close(set);
	return ok;
}

// Whether any source of the day counts: what it sent may have been chance (hostday/evidence.h). No set is read.
static bool has_sources(struct holdings *h, const struct held_day *day, unsigned bit, bool *out,
                        struct error *error)
{
	const bool is_of_pieces = day_set_is_of_pieces(day, bit);
	*out = false;
	for (size_t i = 0; is_of_pieces && i < day->count && !*out; i++) {
		struct holdings_set *set;
		if (!holdings_open_set(h, day->first + i, bit, &set, error))
			return false;
		if (set == NULL)
			return has_any(h, day, bit, out, error);
		*out = set->length > 0;
		holdings_close_set(set);
	}
	return is_of_pieces || has_any(h, day, bit, out, error);
}

// The SYNs of the days that match; 0: no source counts on any of them.
static bool count_tool(struct holdings *h, struct day_range days, const char *name,
                       uint64_t *packets, struct error *error)
{
	struct held_day day = { .count = 0 };
	uint64_t all = 0, syns;
	bool is_met = false;
	unsigned bit;
	if (!holdings_family(h, name, &bit, error))
		return false;
	for (; held_day_next(h, days, &day); all += syns)
		if (!held_day_syns(h, &day, bit, &syns, error) ||
		    (syns > 0 && !is_met && !has_sources(h, &day, bit, &is_met, error)))
			return false;
	*packets = is_met ? all : 0;
	return true;
}

// By name, as everywhere.
static int by_name(const void *a, const void *b)
{
	const struct fingerprint *const *x = a, *const *y = b;
	return strcmp((*x)->name, (*y)->name);
}

static size_t tools_of(const struct fingerprint_set *set, const struct fingerprint **out)
{
	size_t count = 0;
	for (size_t i = 0; i < set->count; i++)
		if (set->entries[i].kind == FINGERPRINT_TOOL)
			out[count++] = &set->entries[i];
	qsort(out, count, sizeof *out, by_name);
	return count;
}

bool tools_caveat(const struct answering *a, struct inquiry *inquiry, struct error *error)
{
	const struct fingerprint *tools[FINGERPRINTS_MAX];
	const size_t count = tools_of(holdings_about(a->holdings).fingerprints, tools);
	struct buffer text = buffer_up_to(1 << 16);
	bool ok = true;
	for (size_t i = 0; ok && i < count; i++) {
		uint64_t packets = 0;
		ok = count_tool(a->holdings, inquiry->question->days, tools[i]->name, &packets,
		                error);
		if (packets > 0)
			buffer_format(&text, "%s%s (%" PRIu64 " packet%s)",
			              text.length > 0 ? ", " : "", tools[i]->name, packets,
			              packets == 1 ? "" : "s");
	}
	const bool has_some = text.length > 0;
	buffer_byte(&text, '\0');
	const struct caveat caveat = { CAVEAT_TOOLS, .texts = { (const char *)text.bytes } };
	ok = ok && (text.failed ? error_memory(error, "the names of tools")
	                        : !has_some || add_caveat(inquiry, &caveat, error));
	buffer_done(&text);
	return ok;
}
