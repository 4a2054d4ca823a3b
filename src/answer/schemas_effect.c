// SPDX-License-Identifier: MIT
// The columns of answers about whether it helped.
#include "answer/schemas.h"

static const struct column effect[] = {
	{ "group", CELL_TEXT },
	{ "sources", CELL_NUMBER, UNIT_SOURCES },
	{ "recovered", CELL_NUMBER, UNIT_SOURCES },
	{ "returned", CELL_NUMBER, UNIT_SOURCES },
	{ "median_days", CELL_REAL, UNIT_DAYS },
	{ "lower_95", CELL_REAL, UNIT_DAYS, .spare = 1 },
	{ "upper_95", CELL_REAL, UNIT_DAYS, .spare = 1 },
	{ "log_rank_p", CELL_REAL },
	{ "not_infected_then", CELL_NUMBER, UNIT_SOURCES, .spare = 2 },
};
static const struct column effect_curve[] = {
	{ "group", CELL_TEXT },
	{ "days", CELL_NUMBER, UNIT_DAYS },
	{ "at_risk", CELL_NUMBER, UNIT_SOURCES },
	{ "ended", CELL_NUMBER, UNIT_SOURCES },
	{ "open", CELL_NUMBER, UNIT_SOURCES },
	{ "survival", CELL_REAL, UNIT_SHARE },
	{ "standard_error", CELL_REAL, .spare = 2 },
	{ "lower_95", CELL_REAL, UNIT_SHARE, .spare = 1 },
	{ "upper_95", CELL_REAL, UNIT_SHARE, .spare = 1 },
};

void effect_schema(const struct question *q, struct schema *out)
{
	(void)q;
	ADD(out, effect);
}

void effect_curve_schema(const struct question *q, struct schema *out)
{
	(void)q;
	ADD(out, effect_curve);
}
