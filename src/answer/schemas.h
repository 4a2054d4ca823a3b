// SPDX-License-Identifier: MIT
// Private to answer/: how schemas are put together, and those that have a file of their own.
#pragma once

#include "answer/question.h"

#include <assert.h>

static inline void schema_add(struct schema *out, const struct column *columns, size_t count)
{
	assert(out->count + count <= SCHEMA_COLUMNS_MAX);
	for (size_t i = 0; i < count; i++)
		out->columns[out->count++] = columns[i];
}
#define ADD(out, columns) schema_add(out, columns, sizeof(columns) / sizeof *(columns))

typedef void schema_of_question(const struct question *, struct schema *out);
schema_of_question responses_schema;
schema_of_question accessibility_schema;
schema_of_question devices_schema;
schema_of_question join_schema;
schema_of_question infected_schema;

// schemas_effect.c
schema_of_question effect_schema, effect_curve_schema;
schema_of_question attacks_schema;
schema_of_question events_schema, big_scanners_schema, source_groups_schema;  // schemas_events.c
schema_of_question sessions_schema;
schema_of_question logged_schema;
schema_of_question variants_schema;
