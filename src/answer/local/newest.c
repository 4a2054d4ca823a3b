// SPDX-License-Identifier: MIT
#include "answer/local/newest.h"

#include "analyse/survey/revisions.h"
#include "base/buffer.h"
#include "holdings/days.h"

#include <math.h>

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

static void write_tools(struct buffer *out, const struct survey *s)
{
	for (size_t f = 0; f < s->family_count; f++) {
		const uint64_t sources = s->families[f].lifetimes.sources;
		if (sources > 0)
			buffer_format(out, "%s%s (%llu source%s)", out->length > 0 ? ", " : "",
			              s->families[f].name, (unsigned long long)sources,
			              sources == 1 ? "" : "s");
	}
	buffer_byte(out, '\0');
}

// Of a fingerprint that no packet matched the sets are not read.
static bool has_packets(const struct answering *a, struct day_range days, const char *name,
                        bool *out, struct error *error)
{
	struct held_day day = { .count = 0 };
	uint64_t packets = 0;
	unsigned bit;
	if (!holdings_family(a->holdings, name, &bit, error))
		return false;
	while (packets == 0 && held_day_next(a->holdings, days, &day))
		if (!held_day_syns(a->holdings, &day, bit, &packets, error))
			return false;
	*out = packets > 0;
	return true;
}

bool tools_caveat(const struct answering *a, struct inquiry *inquiry, struct error *error)
{
	const struct fingerprint_set *set = holdings_about(a->holdings).fingerprints;
	const char *names[FINGERPRINTS_MAX];
	struct survey_request request = { .families = names,
		                          .gap_days = SURVEY_GAP_NONE,
		                          .window = &inquiry->question->days,
		                          .threads = a->limits->threads };
	struct buffer text = buffer_up_to(1 << 16);
	struct survey survey;
	for (size_t i = 0; i < set->count; i++) {
		bool has_some = false;
		if (set->entries[i].kind == FINGERPRINT_TOOL &&
		    !has_packets(a, inquiry->question->days, set->entries[i].name, &has_some,
		                 error))
			return false;
		if (has_some)
			names[request.family_count++] = set->entries[i].name;
	}
	if (request.family_count == 0)
		return true;
	if (!survey_run(a->holdings, &request, &survey, error))
		return false;
	write_tools(&text, &survey);
	survey_done(&survey);
	const struct caveat tools = { CAVEAT_TOOLS, .texts = { (const char *)text.bytes } };
	const bool ok = text.failed ? error_memory(error, "the names of tools")
	                            : text.length == 1 || add_caveat(inquiry, &tools, error);
	buffer_done(&text);
	return ok;
}
