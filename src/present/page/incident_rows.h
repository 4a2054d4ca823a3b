// SPDX-License-Identifier: MIT
// Incidents as a table: of the command, and beside the page. As CSV it is a file of incidents, too.
#pragma once

#include "answer/rows.h"
#include "base/period.h"
#include "incident/incident.h"

// date, label, size, unit, source, confidence, label_ja.
extern const struct schema incidents_schema;

// Those of the days, in their order.
void incident_rows(struct rows *, const struct incidents *, struct day_range);
