// SPDX-License-Identifier: MIT
// For tests: requests to all of analysis over the days of holdings/test_world.h, and what they find, as
// text with every number and the bits of every fraction.
#pragma once

#include "analyse/test_alone.h"
#include "analyse/coverage.h"
#include "analyse/notices/notices.h"
#include "analyse/ports/ports.h"
#include "analyse/rules/emergences.h"
#include "analyse/rules/rule_lives.h"
#include "analyse/rules/rule_supports.h"
#include "analyse/shapes/shapes.h"
#include "analyse/survey/estimate.h"
#include "analyse/survey/survey.h"
#include "analyse/where/where.h"
#include "holdings/test_same.h"
#include "holdings/test_world.h"
#include "place/place.h"

#include <inttypes.h>

static inline void put_floods(struct buffer *out, const struct floods_left_out *left_out)
{
	buffer_format(out, "floods %" PRIu64 " %u %u\n", left_out->source_days, left_out->days,
	              left_out->days_unseen);
}

static inline void put_numbers(struct buffer *out, const char *name, const uint64_t *numbers,
                               size_t count)
{
	buffer_format(out, "%s", name);
	for (size_t i = 0; i < count; i++)
		buffer_format(out, " %" PRIu64, numbers[i]);
	buffer_byte(out, '\n');
}

// ---- the survey

static inline void put_lifetimes(struct buffer *out, const struct survey *s,
                                 const struct lifetimes *l)
{
	double *survival = memory_new((size_t)s->day_count + 1, sizeof *survival);
	buffer_format(out, "lifetimes %" PRIu64 " %" PRIu64 " %" PRIu64 " %a %a %u %u\n",
	              l->sources, l->spells, l->open_spells, l->mean_days, l->median_days,
	              l->p90_days, l->kaplan_meier_median_days);
	put_numbers(out, "ended", l->ended, (size_t)s->day_count + 1);
	put_numbers(out, "open", l->open, (size_t)s->day_count + 1);
	lifetimes_survival(l, s->day_count, survival);
	for (uint32_t i = 0; i <= s->day_count; i++)
		buffer_format(out, "%a\n", survival[i]);
	memory_free(survival);
}

static inline void put_survey(struct buffer *out, const struct survey *s)
{
	buffer_format(out, "survey %u %d %u %u\n", s->gap_days, s->first_day, s->day_count,
	              survey_unknown_days(s));
	for (size_t f = 0; f < s->family_count; f++) {
		buffer_format(out, "%s %d\n", s->families[f].name, survey_is_unknown(s, f));
		for (uint32_t i = 0; i < s->day_count; i++) {
			const struct survey_day *d = &s->families[f].days[i];
			const uint64_t numbers[] = { d->packets,
				                     d->sources,
				                     d->new_sources,
				                     d->returned,
				                     d->recovered,
				                     d->cumulative_new,
				                     d->cumulative_recovered,
				                     d->active };
			buffer_format(out, "%u %d %d", i, s->has_data[i], s->has_unknown[i]);
			put_numbers(out, "", numbers, 8);
		}
		put_lifetimes(out, s, &s->families[f].lifetimes);
	}
}

static inline bool ask_survey(const void *what, struct holdings *h, struct buffer *out,
                              struct error *error)
{
	struct survey survey;
	if (!survey_run(h, what, &survey, error))
		return false;
	put_survey(out, &survey);
	survey_done(&survey);
	return true;
}

static inline bool ask_coverage(const void *what, struct holdings *h, struct buffer *out,
                                struct error *error)
{
	struct coverage coverage;
	(void)what;
	if (!coverage_make(h, &coverage, error))
		return false;
	buffer_format(out, "coverage %d %" PRIu64 "\n", coverage.first_day, coverage.silence_ns);
	for (uint32_t i = 0; i < coverage.day_count; i++) {
		const struct coverage_day *d = &coverage.days[i];
		buffer_format(out, "%" PRIu64 " %" PRIu64 " %u %u %d\n", d->length_ns,
		              d->covered_ns, d->holes, d->captures, d->has_packets);
	}
	coverage_done(&coverage);
	return true;
}

static inline void put_estimates(struct buffer *out, const struct survey *s,
                                 const struct estimates *estimates)
{
	for (uint32_t i = 0; i < s->day_count; i++)
		for (size_t f = 0; f < s->family_count; f++) {
			const struct estimate_day *d = estimates_on(estimates, i, f);
			const struct estimate *e = &d->estimate;
			buffer_format(out, "%u %zu %d %a %a %a %a %a %a %a %a %" PRIu64 " %a\n", i,
			              f, e->is_known, e->seen_probability, e->sources,
			              e->sources_low, e->sources_high, e->chao1, e->chao1_low,
			              e->chao1_high, e->slow_rate, d->gone_after_days,
			              d->slow_internet_rate);
		}
}

static inline bool ask_estimates(const void *what, struct holdings *h, struct buffer *out,
                                 struct error *error)
{
	struct survey survey;
	struct coverage coverage;
	struct estimates estimates;
	if (!survey_run(h, what, &survey, error))
		return false;
	bool ok = coverage_make(h, &coverage, error);
	if (ok) {
		const struct estimate_request request = { &survey, &coverage, all_days, 0.05 };
		ok = estimates_make(h, &request, &estimates, error);
		coverage_done(&coverage);
	}
	if (ok) {
		put_estimates(out, &survey, &estimates);
		estimates_done(&estimates);
	}
	survey_done(&survey);
	return ok;
}

// ---- ports

static inline bool put_ports(void *context, const struct ports_day *day)
{
	struct buffer *out = context;
	buffer_format(out, "day %d %d\n", day->day, day->has_unknown);
	for (size_t i = 0; i < day->row_count; i++) {
		const struct port_row *r = &day->rows[i];
		buffer_format(out, "%d %u %s %d", (int)r->protocol, r->port, r->family,
		              r->is_known);
		if (r->is_known)
			buffer_format(out,
			              " %" PRIu64 " %" PRIu64 " %d %" PRIu64 " %d %" PRIu64
			              " %d %" PRIu64 " %d",
			              r->packets, r->sources, r->day_before.is_there,
			              r->day_before.sources, r->week_before.is_there,
			              r->week_before.sources, r->most_before.is_there,
			              r->most_before.sources, (int)r->is_new);
		buffer_byte(out, '\n');
	}
	return true;
}

static inline bool ask_ports(const void *what, struct holdings *h, struct buffer *out,
                             struct error *error)
{
	struct ports_request request = *(const struct ports_request *)what;
	struct floods_left_out left_out = { .days = 0 };
	request.left_out = &left_out;
	request.each = put_ports;
	request.context = out;
	if (!ports_run(h, &request, 1, 3, error))
		return false;
	put_floods(out, &left_out);
	return true;
}

// ---- where sources are

static inline void put_seen(struct buffer *out, const struct source_days_seen *seen)
{
	buffer_format(out, "seen %d %d %u %u %d\n", seen->first, seen->last, seen->days,
	              seen->unknown_days, seen->is_family);
	put_floods(out, &seen->left_out);
}

static inline bool ask_places(const void *what, struct holdings *h, struct buffer *out,
                              struct error *error)
{
	const struct source_choice *choice = what;
	struct place_atlas *atlas;
	struct places places;
	if (!place_atlas_open(PLACE_COUNTRY, NULL, 0, &atlas, error))
		return false;
	const struct places_request request = { .atlas = atlas,
		                                .is_by_port = choice->port_count > 1 };
	const bool ok = places_run(h, choice, &request, &places, error);
	for (size_t g = 0; ok && g < places.group_count; g++) {
		const struct places_group *group = &places.groups[g];
		buffer_format(out, "group %u %" PRIu64 "\n", group->port, group->sources);
		for (size_t i = 0; i < group->count; i++)
			buffer_format(out, "%s %" PRIu64 "\n", group->rows[i].place.id,
			              group->rows[i].sources);
	}
	if (ok) {
		put_seen(out, &places.seen);
		places_done(&places);
	}
	place_atlas_close(atlas);
	return ok;
}

static inline bool ask_prefixes(const void *what, struct holdings *h, struct buffer *out,
                                struct error *error)
{
	static const unsigned bits[] = { 8, 16, 24 };
	for (size_t i = 0; i < 3; i++) {
		struct prefixes prefixes;
		if (!prefixes_run(h, what, bits[i], &prefixes, error))
			return false;
		for (size_t r = 0; r < prefixes.count; r++) {
			const struct prefixes_row row = prefixes_row_at(&prefixes, r);
			buffer_format(out, "%08x %u\n", row.first, row.sources);
		}
		put_seen(out, &prefixes.seen);
		prefixes_done(&prefixes);
	}
	return true;
}

// ---- source-days

static inline bool put_shapes(struct shape_reader *reader, const struct source_filter *filter,
                              const struct shape_day *day, struct buffer *out, struct error *error)
{
	struct shape_count counts[SHAPE_COUNT] = { { .sources = 0 } };
	struct source_day at;
	buffer_format(out, "day %d %d %" PRIu64 " %a\n", day->day, day->has_unknown,
	              day->scale.addresses, day->scale.seconds);
	while (shape_reader_next(reader, &at, error)) {
		struct source_shape s;
		if (!shape_count_add(counts, filter, &day->scale, &at))
			continue;
		shape_of(filter, &day->scale, at.host, &s);
		buffer_format(out, "%08x %d %d", at.host->source, at.is_flood_suspect,
		              (int)s.shape);
		buffer_format(out, " %" PRIu64 " %" PRIu64 " %" PRIu64, s.packets, s.ports,
		              s.destinations);
		buffer_format(out, " %" PRIu64 " %" PRIu64 " %a %a\n", s.first_ns, s.last_ns,
		              s.rate, s.rate_while_seen);
	}
	for (unsigned i = 0; i < SHAPE_COUNT; i++)
		buffer_format(out, "%s %" PRIu64 " %" PRIu64 " %" PRIu64 "\n", shape_names[i],
		              counts[i].sources, counts[i].packets, counts[i].flood_suspects);
	return error->kind == ERROR_NONE;
}

static inline bool ask_shapes(const void *what, struct holdings *h, struct buffer *out,
                              struct error *error)
{
	const struct source_filter *filter = what;
	struct held_day held = { .count = 0 };
	struct shape_reader *reader;
	struct shape_day day;
	bool ok = true;
	if (!shape_reader_open(h, &reader, error))
		return false;
	while (ok && held_day_next(h, filter->window, &held))
		ok = shape_reader_enter(reader, &held, shape_columns(filter), &day, error) &&
		     put_shapes(reader, filter, &day, out, error);
	shape_reader_close(reader);
	return ok;
}

static inline bool ask_sources(const void *what, struct holdings *h, struct buffer *out,
                               struct error *error)
{
	struct source_merge *merge;
	struct source_days source;
	if (!source_merge_open(h, what, COLUMN_BIT(COLUMN_TIME), &merge, error))
		return false;
	while (source_merge_next(merge, &source, error)) {
		buffer_format(out, "%08x\n", source.source);
		for (size_t i = 0; i < source.count; i++) {
			const struct source_sighting *at = &source.sightings[i];
			buffer_format(out, "%d %" PRIu64 " %" PRIu64 " %" PRIu64 "\n", at->day,
			              at->packets, at->host->first_ns, at->host->last_ns);
		}
	}
	const struct floods_left_out left_out = source_merge_left_out(merge);
	put_floods(out, &left_out);
	source_merge_close(merge);
	return error->kind == ERROR_NONE;
}

static inline bool put_notice(void *context, const struct notice *n)
{
	struct buffer *out = context;
	buffer_format(out, "%08x %zu %u %" PRIu64 " %" PRIu64 " %" PRIu64 " %u %u %u", n->source,
	              n->family, n->days, n->first_ns, n->last_ns, n->packets, n->ports_seen,
	              n->country, n->network);
	for (size_t i = 0; i < n->port_count; i++)
		buffer_format(out, " %u:%" PRIu64, n->ports[i].port, n->ports[i].packets);
	buffer_byte(out, '\n');
	return true;
}

static inline bool ask_notices(const void *what, struct holdings *h, struct buffer *out,
                               struct error *error)
{
	struct notices_request request = *(const struct notices_request *)what;
	struct notices_left_out left_out;
	request.each = put_notice;
	request.context = out;
	if (!notices_find(h, &request, &left_out, error))
		return false;
	buffer_format(out, "own %" PRIu64 "\n", left_out.own);
	put_floods(out, &left_out.floods);
	return true;
}
