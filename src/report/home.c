// SPDX-License-Identifier: MIT
// One's own on the page: how many sources each country, network and prefix had on the recent days.
#include "report/sections.h"

#include "base/text.h"

#include <string.h>

void home_section_first(const struct report_about *about, struct report_place *places, size_t count)
{
	const struct home *home = about->options->home;
	size_t first = 0;
	for (size_t i = 0; home != NULL && i < count; i++) {
		const struct report_place place = places[i];
		if (!home_has_place(home, place.id))
			continue;
		for (size_t at = i; at > first; at--)
			places[at] = places[at - 1];
		places[first] = place;
		places[first++].is_home = true;
	}
}

static const struct report_place *find(const struct places_found *found, const char *id)
{
	for (size_t i = 0; i < found->count; i++)
		if (text_equal(found->rows[i].id, id))
			return &found->rows[i];
	return NULL;
}

// Whether no prefix of this length is in part inside.
static bool is_counted(struct ipset_prefix range, unsigned bits)
{
	const uint32_t rest = UINT32_MAX >> bits;
	return (range.first & rest) == 0 && (range.last & rest) == rest;
}

// Prefixes of the last length are short enough for all that are counted.
static uint64_t sources_in(const struct prefixes_section *prefixes, struct ipset_prefix range)
{
	const struct ranking *r = &prefixes->rankings[REPORT_LENGTHS - 1];
	uint64_t sources = 0;
	if (!is_counted(range, r->bits))
		return REPORT_UNKNOWN;
	struct ranking_walk walk = ranking_walk(r);
	while (ranking_next(&walk)) {
		const struct ranked ranked = walk.row;
		if (ranked.address >= range.first && ranked.address <= range.last)
			sources += ranked.sources;
	}
	return sources;
}

// Where there is no database everything is unknown.
static bool is_known(const struct home_entry *entry, const struct places_section *places)
{
	return entry->kind == HOME_COUNTRY ? places->countries.database_count > 0
	                                   : places->networks.database_count > 0;
}

static struct report_home_row row_of(const struct home_entry *entry,
                                     const struct places_section *places,
                                     const struct prefixes_section *prefixes, enum lang lang)
{
	static const enum report_home_kind kinds[] = { [HOME_COUNTRY] = REPORT_HOME_COUNTRY,
		                                       [HOME_NETWORK] = REPORT_HOME_NETWORK,
		                                       [HOME_PREFIX] = REPORT_HOME_PREFIX };
	struct report_home_row row = { .kind = kinds[entry->kind], .place = { .id = entry->text } };
	if (entry->kind == HOME_PREFIX) {
		row.place.sources = sources_in(prefixes, entry->range);
		return row;
	}
	if (entry->kind == HOME_COUNTRY)
		row.place.name = place_country_name(entry->text, lang == LANG_JA);
	const struct report_place *place = find(
		entry->kind == HOME_COUNTRY ? &places->countries : &places->networks, entry->text);
	if (place != NULL) {
		row.place = *place;
		row.has_row = true;
	} else if (!is_known(entry, places)) {
		row.place.sources = REPORT_UNKNOWN;
	}
	return row;
}

void home_section_fill(struct home_section *s, const struct report_about *about,
                       const struct places_section *places, const struct prefixes_section *prefixes)
{
	const struct home *home = about->options->home;
	if (home == NULL || !places->is_there)
		return;
	s->report = (struct report_home){ .from = about->recent.from,
		                          .to = about->recent.to,
		                          .sources = places->countries.sources,
		                          .rows = s->rows };
	for (size_t i = 0; i < home->count; i++)
		s->rows[s->report.count++] = row_of(&home->entries[i], places, prefixes,
		                                    about->options->lang);
}

// ---- as CSV: the columns of places

static struct cell cell_of(const char *text)
{
	text = text != NULL ? text : "";
	return (struct cell){ .text = { (const uint8_t *)text, strlen(text) } };
}

static void write_row(struct table *to, const struct report_home *home, size_t row)
{
	const struct report_home_row *r = &home->rows[row];
	const uint64_t sources = r->place.sources;
	const char *name = r->kind == REPORT_HOME_COUNTRY ? place_country_name(r->place.id, false)
	                                                  : r->place.name;
	const bool is_unknown = sources == REPORT_UNKNOWN;
	struct cell cells[] = { cell_of(r->place.id),
		                cell_of(name),
		                { .number = sources },
		                { .real = (double)sources / (double)home->sources } };
	if (is_unknown)
		cells[2] = (struct cell){ .state = CELL_UNKNOWN };
	if (is_unknown || home->sources == 0)
		cells[3] = (struct cell){ .state = CELL_UNKNOWN };
	(void)table_row(to, cells);
}

const struct column home_columns[HOME_COLUMNS] = { { "place", CELL_TEXT },
	                                           { "name", CELL_TEXT },
	                                           { "sources", CELL_NUMBER, UNIT_SOURCES },
	                                           { "share", CELL_REAL, UNIT_SHARE } };

void home_section_write(const struct sections *s, struct table *to)
{
	const struct report_home *home = &s->home.report;
	for (size_t i = 0; i < home->count; i++)
		write_row(to, home, i);
}
