// SPDX-License-Identifier: MIT
// The columns of answers about scan events.
#include "answer/schemas.h"

// The contract of the CSV ends with `fingerprints`; what is behind it was appended.
static const struct column events[] = {
	{ "source", CELL_ADDRESS },
	{ "protocol", CELL_TEXT },
	{ "port", CELL_NUMBER },
	{ "first", CELL_TIME },
	{ "last", CELL_TIME, .spare = 2 },
	{ "packets", CELL_NUMBER, UNIT_PACKETS },
	{ "destinations", CELL_NUMBER },
	{ "coverage", CELL_REAL, UNIT_SHARE, .spare = 1 },
	{ "estimated_pps", CELL_REAL, UNIT_PACKETS_A_SECOND, .spare = 1 },
	{ "fingerprints", CELL_TEXT, .form = FORM_LIST, .spare = 1 },
	{ "probes_per_address", CELL_REAL, .spare = 4 },
	{ "seconds", CELL_REAL, UNIT_SECONDS, .spare = 3 },
	{ "telescope", CELL_NUMBER, .spare = 5 },
};
static const struct column big_scanners[] = {
	{ "source", CELL_ADDRESS },
	{ "definitions", CELL_TEXT, .form = FORM_LIST },
	{ "first", CELL_TIME, .spare = 2 },
	{ "last", CELL_TIME, .spare = 3 },
	{ "events", CELL_NUMBER },
	{ "packets", CELL_NUMBER, UNIT_PACKETS },
	{ "event_packets", CELL_NUMBER, UNIT_PACKETS, .spare = 1 },
	{ "event_destinations", CELL_NUMBER, .spare = 1 },
	{ "coverage", CELL_REAL, UNIT_SHARE },
	{ "ports_a_day", CELL_NUMBER },
};
static const struct column source_groups[] = {
	{ "group", CELL_NUMBER },
	{ "sources", CELL_NUMBER, UNIT_SOURCES },
	{ "source", CELL_ADDRESS },
	{ "ports", CELL_NUMBER, .spare = 1 },
	{ "port_list", CELL_TEXT, .form = FORM_LIST },
	{ "fingerprints", CELL_TEXT, .form = FORM_LIST },
	{ "first", CELL_TIME },
	{ "last_to_begin", CELL_TIME, .spare = 3 },
	{ "last", CELL_TIME, .spare = 2 },
	{ "packets", CELL_NUMBER, UNIT_PACKETS },
};

void events_schema(const struct question *q, struct schema *out)
{
	(void)q;
	ADD(out, events);
}

void big_scanners_schema(const struct question *q, struct schema *out)
{
	(void)q;
	ADD(out, big_scanners);
}

void source_groups_schema(const struct question *q, struct schema *out)
{
	(void)q;
	ADD(out, source_groups);
}
