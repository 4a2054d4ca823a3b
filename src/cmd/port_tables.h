// SPDX-License-Identifier: MIT
// Private to cmd/: the table of ports by day, as ports and report write it.
#pragma once

#include "analyse/survey/survey.h"
#include "present/present.h"

// day, protocol, port, family, packets, sources, day_before, week_before, most_before, is_new.
enum { PORT_COLUMNS = 10 };
extern const struct column port_columns_of_days[PORT_COLUMNS];
// Ends early where the table has failed.
void port_write_day(struct table *, const struct ports_day *);
