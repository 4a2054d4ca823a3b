// SPDX-License-Identifier: MIT
// The map of the countries of a report.
#include "present/page/figure.h"

#include "base/calendar.h"
#include "present/chart/map.h"

bool figure_countries(struct buffer *out, const struct report *report, bool is_narrow,
                      bool stands_alone)
{
	const struct report_places *places = report->places;
	char from[CALENDAR_DAY_SIZE], to[CALENDAR_DAY_SIZE], subtitle[MAP_NOTE_SIZE];
	const char *telescope = report->telescope;
	if (places == NULL)
		return false;
	if (telescope[0] == '\0')
		telescope = word_in(report->lang, WORD_EVERY_DESTINATION);
	day_format(places->from, from);
	day_format(places->to, to);
	map_phrase(report->lang, WORD_SUBTITLE,
	           (struct markup_values){ from, to, report->zone, telescope }, subtitle);
	return figure_map(out, &(struct figure_map){ .lang = report->lang,
	                                             .title = word_in(report->lang, WORD_TITLE_MAP),
	                                             .subtitle = subtitle,
	                                             .is_simulated = report->is_simulated,
	                                             .is_narrow = is_narrow,
	                                             .stands_alone = stands_alone,
	                                             .rows = places->countries,
	                                             .row_count = places->country_count });
}
