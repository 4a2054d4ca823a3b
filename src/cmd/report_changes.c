// SPDX-License-Identifier: MIT
// What changed on the last day: every family, the new ports, and those ports, countries and networks
// whose change is none that chance makes.
#include "cmd/report_parts.h"

#include "base/text.h"

#include <math.h>
#include <stdlib.h>

// A change against the day before matters from here on: in standard deviations of a difference of
// two counts that are as random as packets, and as a share.
enum { DEVIATIONS_MIN = 4 };
#define SHARE_MIN 0.1

static double deviations(const struct report_change *c)
{
	if (c->day_before == REPORT_UNKNOWN)
		return 0;
	const double now = (double)c->sources, before = (double)c->day_before;
	return fabs(now - before) / sqrt(now + before + 1);
}

static bool matters(const struct report_change *c)
{
	const double now = (double)c->sources, before = (double)c->day_before;
	return deviations(c) >= DEVIATIONS_MIN && fabs(now - before) >= SHARE_MIN * before;
}

static void add(struct report_changes_part *part, const struct report_change *change)
{
	part->rows[part->changes.count++] = *change;
}

// ---- families

static uint64_t sources_on(const struct report_survey *survey, size_t family, int32_t day)
{
	const int64_t at = (int64_t)day - survey->first_day;
	if (at < 0 || at >= survey->day_count || !survey->has_data[at] ||
	    !report_survey_is_known(survey, family, (uint32_t)at))
		return REPORT_UNKNOWN;
	return survey->families[family].days[at].sources;
}

static void add_families(struct report_changes_part *part, const struct report_question *q)
{
	const struct report_survey *survey = q->shown;
	for (size_t f = 0; f < survey->family_count && f < REPORT_CHANGES_EACH; f++)
		add(part, &(struct report_change){
				  .subject = REPORT_FAMILY,
				  .name = survey->families[f].name,
				  .sources = sources_on(survey, f, q->last_day),
				  .day_before = sources_on(survey, f, q->last_day - 1),
				  .week_before = sources_on(survey, f, q->last_day - 7) });
}

// ---- the strongest of a subject

// Keeps the strongest changes, the first one first.
struct strongest {
	struct report_change rows[REPORT_CHANGES_EACH];
	size_t count;
};

static void keep(struct strongest *s, const struct report_change *change)
{
	if (!matters(change))
		return;
	size_t at = s->count < REPORT_CHANGES_EACH ? s->count++ : REPORT_CHANGES_EACH;
	for (; at > 0 && deviations(&s->rows[at - 1]) < deviations(change); at--)
		if (at < REPORT_CHANGES_EACH)
			s->rows[at] = s->rows[at - 1];
	if (at < REPORT_CHANGES_EACH)
		s->rows[at] = *change;
}

static void add_all(struct report_changes_part *part, const struct strongest *s)
{
	for (size_t i = 0; i < s->count; i++)
		add(part, &s->rows[i]);
}

static struct report_change change_of_port(enum report_subject subject,
                                           const struct report_port_row *row)
{
	return (struct report_change){ .subject = subject,
		                       .port = row->port,
		                       .sources = row->sources,
		                       .day_before = row->day_before,
		                       .week_before = row->week_before };
}

static void add_ports(struct report_changes_part *part, const struct report_ports_part *ports)
{
	struct strongest strongest = { .count = 0 };
	for (size_t i = 0; i < ports->new_count && i < REPORT_CHANGES_EACH; i++) {
		const struct report_change change = change_of_port(REPORT_NEW_PORT,
		                                                   &ports->new_rows[i]);
		add(part, &change);
	}
	for (size_t i = 0; i < ports->ports.row_count; i++) {
		const struct report_change change = change_of_port(REPORT_PORT, &ports->rows[i]);
		if (!ports->rows[i].is_new)
			keep(&strongest, &change);
	}
	add_all(part, &strongest);
}

// ---- places

static uint64_t place_sources(const struct report_found *found, enum report_compared day,
                              const char *id)
{
	if (!found->is_compared[day])
		return REPORT_UNKNOWN;
	const struct places_group *group = &found->compared[day].groups[0];
	for (size_t i = 0; i < group->count; i++)
		if (text_equal(group->rows[i].place.id, id))
			return group->rows[i].sources;
	return 0;
}

// Places of the recent days: those of the last day, and those that it no longer has, are among them.
static void add_places(struct report_changes_part *part, enum report_subject subject,
                       const struct report_found *found)
{
	enum { LOOKED_AT = 1000 };  // the fullest ones: what changes much is among them
	struct strongest strongest = { .count = 0 };
	const size_t count = found->all.groups[0].count;
	for (size_t i = 0; i < count && i < LOOKED_AT; i++) {
		const struct report_place *place = &found->rows[i];
		const struct report_change change = {
			.subject = subject,
			.name = place->name,
			.id = place->id,
			.sources = place_sources(found, REPORT_LAST_DAY, place->id),
			.day_before = place_sources(found, REPORT_DAY_BEFORE, place->id),
			.week_before = place_sources(found, REPORT_WEEK_BEFORE, place->id),
		};
		keep(&strongest, &change);
	}
	add_all(part, &strongest);
}

void report_changes_fill(struct report_changes_part *part, const struct report_question *q,
                         const struct report_ports_part *ports,
                         const struct report_places_part *places)
{
	part->changes = (struct report_changes){ .day = q->last_day, .rows = part->rows };
	add_families(part, q);
	add_ports(part, ports);
	if (place_origin_count(places->countries.atlas) > 0)
		add_places(part, REPORT_COUNTRY, &places->countries);
	if (place_origin_count(places->networks.atlas) > 0)
		add_places(part, REPORT_NETWORK, &places->networks);
}
