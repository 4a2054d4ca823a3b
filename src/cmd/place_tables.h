// SPDX-License-Identifier: MIT
// Private to cmd/: the tables of places of the report. Whatever `top` leaves out is one row "other", so that the
// sources of a table always add up to all of them, and shares are of all. A `top` of 0: all.
#pragma once

#include "analyse/survey/survey.h"
#include "present/present.h"

enum { PLACE_COLUMNS = 4, COUNTRY_COLUMNS = 8, PLACE_PORTS_MAX = 15 };

// place, name, sources, share.
extern const struct column place_columns[PLACE_COLUMNS];
void place_write(struct table *, const struct places_group *, uint64_t top);

// rank, prefix, sources, cumulative_sources, cumulative_share: the fullest, and no "other".
enum { PREFIX_COLUMNS = 5, PREFIX_TEXT_SIZE = 20 };
extern const struct column prefix_columns[PREFIX_COLUMNS];
void prefix_write(struct table *, const struct prefixes *, uint64_t top);

// Networks within each country: the `top` countries, and of each the `top` networks.
extern const struct column country_columns[COUNTRY_COLUMNS];
void place_write_countries(struct table *, const struct places *, uint64_t top);

// The ranking of each port beside those of the others: rank; place_P, name_P, sources_P, share_P of
// each port P.
struct port_columns {
	struct column columns[1 + PLACE_PORTS_MAX * PLACE_COLUMNS];
	char names[1 + PLACE_PORTS_MAX * PLACE_COLUMNS][24];
	size_t count;
};
// It must stay where it is. `ports`: at most PLACE_PORTS_MAX.
void port_columns_init(struct port_columns *, const uint16_t *ports, size_t count);
void place_write_across(struct table *, const struct places *, uint64_t top);
