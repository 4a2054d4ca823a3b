// SPDX-License-Identifier: MIT
// What changed on the last day: every family, the new ports, and those ports, countries and networks
// whose change is none that chance makes.
#include "answer/rows.h"
#include "report/sections.h"

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

static void add(struct changes_section *s, const struct report_change *change)
{
	s->rows[s->report.count++] = *change;
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

static void add_families(struct changes_section *s, const struct report_survey *survey,
                         int32_t last_day)
{
	for (size_t f = 0; f < survey->family_count && f < REPORT_CHANGES_EACH; f++)
		add(s,
		    &(struct report_change){ .subject = REPORT_FAMILY,
		                             .name = survey->families[f].name,
		                             .sources = sources_on(survey, f, last_day),
		                             .day_before = sources_on(survey, f, last_day - 1),
		                             .week_before = sources_on(survey, f, last_day - 7) });
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

static void add_all(struct changes_section *s, const struct strongest *strongest)
{
	for (size_t i = 0; i < strongest->count; i++)
		add(s, &strongest->rows[i]);
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

static void add_ports(struct changes_section *s, const struct ports_section *ports)
{
	struct strongest strongest = { .count = 0 };
	for (size_t i = 0; i < ports->new_count && i < REPORT_CHANGES_EACH; i++) {
		const struct report_change change = change_of_port(REPORT_NEW_PORT,
		                                                   &ports->new_rows[i]);
		add(s, &change);
	}
	for (size_t i = 0; i < ports->report.row_count; i++) {
		const struct report_change change = change_of_port(REPORT_PORT, &ports->rows[i]);
		if (!ports->rows[i].is_new)
			keep(&strongest, &change);
	}
	add_all(s, &strongest);
}

// ---- places

static uint64_t place_sources(const struct places_found *found, const struct plan *plan,
                              enum report_compared day, const char *id)
{
	if (!found->is_compared[day])
		return REPORT_UNKNOWN;
	const struct answer *a = plan_answer(plan, found->compared[day]);
	const size_t place = answer_column(a, "place"), sources = answer_column(a, "sources");
	for (size_t row = 0; row < a->row_count; row++)
		if (text_equal(answer_text(a, row, place), id))
			return answer_number(a, row, sources);
	return 0;
}

// Places of the recent days: those of the last day, and those that it no longer has, are among them.
static void add_places(struct changes_section *s, enum report_subject subject,
                       const struct places_found *found, const struct plan *plan)
{
	enum { LOOKED_AT = 1000 };  // the fullest ones: what changes much is among them
	struct strongest strongest = { .count = 0 };
	for (size_t i = 0; i < found->count && i < LOOKED_AT; i++) {
		const struct report_place *place = &found->rows[i];
		const struct report_change change = {
			.subject = subject,
			.name = place->name,
			.id = place->id,
			.sources = place_sources(found, plan, REPORT_LAST_DAY, place->id),
			.day_before = place_sources(found, plan, REPORT_DAY_BEFORE, place->id),
			.week_before = place_sources(found, plan, REPORT_WEEK_BEFORE, place->id),
		};
		keep(&strongest, &change);
	}
	add_all(s, &strongest);
}

void changes_section_fill(struct changes_section *s, const struct report_about *about,
                          const struct plan *plan, const struct survey_section *survey,
                          const struct ports_section *ports, const struct places_section *places)
{
	s->report = (struct report_changes){ .day = about->last_day, .rows = s->rows };
	add_families(s, &survey->shown, about->last_day);
	add_ports(s, ports);
	if (places->countries.database_count > 0)
		add_places(s, REPORT_COUNTRY, &places->countries, plan);
	if (places->networks.database_count > 0)
		add_places(s, REPORT_NETWORK, &places->networks, plan);
}

// ---- the table

static const struct schema columns = {
	{ { "subject", CELL_TEXT },
	  { "id", CELL_TEXT },
	  { "name", CELL_TEXT },
	  { "sources", CELL_NUMBER, UNIT_SOURCES },
	  { "day_before", CELL_NUMBER, UNIT_SOURCES },
	  { "week_before", CELL_NUMBER, UNIT_SOURCES } },
	6,
};

static void write_number(struct rows *rows, uint64_t sources)
{
	if (sources == REPORT_UNKNOWN)
		rows_unknown(rows);
	else
		rows_number(rows, sources);
}

static void write_row(struct rows *rows, const struct report_change *c)
{
	static const char *const subjects[REPORT_SUBJECTS] = {
		[REPORT_FAMILY] = "family",   [REPORT_NEW_PORT] = "new_port",
		[REPORT_PORT] = "port",       [REPORT_COUNTRY] = "country",
		[REPORT_NETWORK] = "network",
	};
	const bool is_port = c->subject == REPORT_PORT || c->subject == REPORT_NEW_PORT;
	char port[24];
	text_format(port, sizeof port, "%s/%u", c->port.is_udp ? "udp" : "tcp", c->port.number);
	rows_text(rows, subjects[c->subject]);
	rows_text(rows, is_port ? port : c->id != NULL ? c->id : c->name);
	rows_text(rows, is_port ? "" : c->name);
	write_number(rows, c->sources);
	write_number(rows, c->day_before);
	write_number(rows, c->week_before);
	rows_end(rows);
}

bool changes_answer(const struct changes_section *s, struct answer *out, struct error *error)
{
	struct rows rows;
	bool ok = rows_begin(&rows, &out->receiver, &columns, error);
	for (size_t i = 0; ok && i < s->report.count; i++)
		write_row(&rows, &s->rows[i]);
	return rows_finish(&rows, error) && ok;
}
