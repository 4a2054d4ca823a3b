// SPDX-License-Identifier: MIT
// The columns of every answer.
#include "answer/question.h"

#include <assert.h>

static void add(struct schema *out, const struct column *columns, size_t count)
{
	assert(out->count + count <= SCHEMA_COLUMNS_MAX);
	for (size_t i = 0; i < count; i++)
		out->columns[out->count++] = columns[i];
}
#define ADD(out, columns) add(out, columns, sizeof(columns) / sizeof *(columns))

// ---- survey

static const struct column survey[] = {
	{ "day", CELL_DAY },
	{ "family", CELL_TEXT },
	{ "packets", CELL_NUMBER, UNIT_PACKETS },
	{ "sources", CELL_NUMBER, UNIT_SOURCES },
	{ "new", CELL_NUMBER, UNIT_SOURCES },
	{ "returned", CELL_NUMBER, UNIT_SOURCES },
	{ "recovered", CELL_NUMBER, UNIT_SOURCES },
	{ "cumulative_new", CELL_NUMBER, UNIT_SOURCES },
	{ "cumulative_recovered", CELL_NUMBER, UNIT_SOURCES },
	{ "active", CELL_NUMBER, UNIT_SOURCES },
};
static const struct column survey_coverage[] = { { "coverage", CELL_REAL, UNIT_SHARE } };
static const struct column survey_estimates[] = {
	{ "seen_probability", CELL_REAL, UNIT_SHARE },
	{ "estimated_sources", CELL_NUMBER, UNIT_SOURCES },
	{ "estimated_low", CELL_NUMBER, UNIT_SOURCES },
	{ "estimated_high", CELL_NUMBER, UNIT_SOURCES },
	{ "chao1", CELL_NUMBER, UNIT_SOURCES },
	{ "chao1_low", CELL_NUMBER, UNIT_SOURCES },
	{ "chao1_high", CELL_NUMBER, UNIT_SOURCES },
	{ "gone_after_days", CELL_NUMBER, UNIT_DAYS },
	{ "slow_internet_rate", CELL_REAL, UNIT_PACKETS_A_SECOND },
};

static void survey_schema(const struct question *q, struct schema *out)
{
	ADD(out, survey);
	if (q->survey.has_coverage || q->survey.has_estimates)
		ADD(out, survey_coverage);
	if (q->survey.has_estimates)
		ADD(out, survey_estimates);
}

static const struct column lifetimes[] = {
	{ "family", CELL_TEXT },
	{ "sources", CELL_NUMBER, UNIT_SOURCES },
	{ "spells", CELL_NUMBER },
	{ "open_spells", CELL_NUMBER },
	{ "mean_days", CELL_REAL, UNIT_DAYS },
	{ "median_days", CELL_REAL, UNIT_DAYS },
	{ "p90_days", CELL_NUMBER, UNIT_DAYS },
	{ "kaplan_meier_median_days", CELL_NUMBER, UNIT_DAYS },
};

// A row for each family and length from 0 days to the longest that was seen: the share of spells that last longer, after Kaplan
// and Meier.
static const struct column survival[] = {
	{ "family", CELL_TEXT },
	{ "days", CELL_NUMBER, UNIT_DAYS },
	{ "survival", CELL_REAL, UNIT_SHARE },
};

static void lifetimes_schema(const struct question *q, struct schema *out)
{
	(void)q;
	ADD(out, lifetimes);
}

static void survival_schema(const struct question *q, struct schema *out)
{
	(void)q;
	ADD(out, survival);
}

// ---- all

void question_schema(const struct question *q, struct schema *out)
{
	static void (*const schemas[QUESTION_KINDS])(const struct question *, struct schema *) = {
		[QUESTION_SURVEY] = survey_schema,
		[QUESTION_LIFETIMES] = lifetimes_schema,
		[QUESTION_SURVIVAL] = survival_schema,
	};
	assert(schemas[q->kind] != NULL);
	out->count = 0;
	schemas[q->kind](q, out);
}
