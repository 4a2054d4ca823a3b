// SPDX-License-Identifier: MIT
// The columns of answers that join honeypots with the telescope.
#include "answer/schemas.h"

// A row for each day of honeypots and family, "*" for all of them: sources; those of them that the telescope saw that day,
// by fingerprint, by the ports that most of them sent a SYN to, and by the rules of the day ("window=5840&dport=23 => ttl=50")
// that most of them are targets of; and sources, seen or not, by device model: the number of a cluster, and its label.
// Unknown is what the telescope does not know, and models where nobody was asked.
static const struct column join[] = {
	{ "day", CELL_DAY },
	{ "family", CELL_TEXT },
	{ "sources", CELL_NUMBER, UNIT_SOURCES },
	{ "seen", CELL_NUMBER, UNIT_SOURCES },
	{ "share", CELL_REAL, UNIT_SHARE },
	{ "fingerprints", CELL_TEXT, .form = FORM_COUNTS, .spare = 1 },
	{ "ports", CELL_TEXT, .form = FORM_COUNTS, .spare = 2 },
	{ "rules", CELL_TEXT, .form = FORM_COUNTS, .spare = 4 },
	{ "models", CELL_TEXT, .form = FORM_COUNTS, .spare = 3 },
};

void join_schema(const struct question *q, struct schema *out)
{
	(void)q;
	ADD(out, join);
}

// A row for each day of the telescope and country, "*" for all of them: sources that count for the fingerprint, how many
// there were with those that were not seen (analyse/variants/infected.h), and what that rests on: the sources of
// honeypots on so many days around, those of them that the telescope saw, and their share. Unknown is an estimate that
// rests on too few, and what flows do not tell.
static const struct column infected[] = {
	{ "day", CELL_DAY },
	{ "country", CELL_TEXT },
	{ "telescope", CELL_NUMBER, UNIT_SOURCES },
	{ "estimate", CELL_NUMBER, UNIT_SOURCES },
	{ "lower_95", CELL_NUMBER, UNIT_SOURCES },
	{ "upper_95", CELL_NUMBER, UNIT_SOURCES },
	{ "share", CELL_REAL, UNIT_SHARE, .spare = 1 },
	{ "honeypots", CELL_NUMBER, UNIT_SOURCES, .spare = 2 },
	{ "both", CELL_NUMBER, UNIT_SOURCES, .spare = 3 },
	{ "sample_days", CELL_NUMBER, UNIT_DAYS, .spare = 3 },
};

void infected_schema(const struct question *q, struct schema *out)
{
	(void)q;
	ADD(out, infected);
}
