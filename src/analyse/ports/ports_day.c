// SPDX-License-Identifier: MIT
// The ports of one day: from the tables of its piece, or from its host-days.
#include "analyse/ports/ports_private.h"
#include "hostday/evidence.h"

static bool is_wanted(const struct port_series *series, int32_t day)
{
	return day_range_holds(series->days, day);
}

// *out_are_there is false if the piece has no such tables.
static bool open_tables(struct port_day *d, struct holdings *holdings, size_t piece,
                        const struct port_series_list *series, bool *out_are_there,
                        struct error *error)
{
	*out_are_there = true;
	for (size_t i = 0; i < series->count; i++) {
		if (!is_wanted(&series->entries[i], d->day))
			continue;
		if (!holdings_open_ports(holdings, piece, series->entries[i].field, &d->tables[i],
		                         error))
			return false;
		*out_are_there = *out_are_there && d->tables[i] != NULL;
	}
	return true;
}

bool port_day_open(struct port_day *d, struct holdings *holdings, const struct held_day *held,
                   const struct port_series_list *series, bool without_floods, struct error *error)
{
	bool has_tables = false;
	d->fields = 0;
	for (size_t i = 0; i < series->count; i++)
		if (is_wanted(&series->entries[i], held->day))
			d->fields |= UINT64_C(1) << series->entries[i].field;
	d->day = held->day;
	d->reader = NULL;
	d->floods = NULL;
	d->left_out = 0;
	if (!held_day_has_unknown(holdings, held, &d->has_unknown, error) ||
	    (without_floods && !floods_find(holdings, d->day, &d->floods, error)) ||
	    (held->count == 1 && !without_floods &&
	     !open_tables(d, holdings, held->first, series, &has_tables, error)))
		return false;
	const uint64_t columns = d->fields << COLUMN_FIELD | (without_floods ? FLOOD_COLUMNS : 0);
	return has_tables ||
	       holdings_open_hosts(holdings, period_of_day(d->day), columns, &d->reader, error);
}

static bool count_tables(struct port_day *d, const struct port_series_list *series)
{
	struct port_count row;
	for (size_t i = 0; i < series->count; i++) {
		if (d->tables[i] == NULL)
			continue;
		while (d->tables[i]->next(d->tables[i], &row, &d->error))
			if (!port_counts_put(d->counts, series->entries[i].field, &row))
				return error_memory(&d->error, "ports");
		if (d->error.kind != ERROR_NONE)
			return false;
	}
	return true;
}

static bool count_hosts(struct port_day *d)
{
	const struct host_day *host;
	while ((host = holdings_next_host(d->reader, &d->error)) != NULL) {
		if (d->floods != NULL && floods_suspect(d->floods, host))
			d->left_out++;
		else if (!port_counts_add(d->counts, host, d->fields, host_day_counted(host)))
			return error_memory(&d->error, "ports");
	}
	return d->error.kind == ERROR_NONE;
}

bool port_day_count(struct port_day *d, const struct port_series_list *series)
{
	d->error.kind = ERROR_NONE;
	return d->reader != NULL ? count_hosts(d) : count_tables(d, series);
}

void port_day_close(struct port_day *d)
{
	holdings_close_hosts(d->reader);
	d->reader = NULL;
	for (size_t i = 0; i < PORT_SERIES_MAX; i++) {
		holdings_close_ports(d->tables[i]);
		d->tables[i] = NULL;
	}
	floods_free(d->floods);
	d->floods = NULL;
	port_counts_clear(d->counts);
}
