// SPDX-License-Identifier: MIT
#include "analyse/shapes/shapes.h"

#include "base/interrupt.h"
#include "base/memory.h"
#include "holdings/days.h"

#include <assert.h>

enum { SOURCES_A_LOOK = 4096 };  // between two questions for an interrupt

const char *const shape_names[SHAPE_COUNT + 1] = { "few",   "horizontal", "vertical",
	                                           "mixed", "unknown",    NULL };

struct shape_scale shape_scale_of(const struct holdings *holdings, const struct coverage *coverage,
                                  int32_t day)
{
	const struct coverage_day *covered = coverage_on(coverage, day);
	return (struct shape_scale){
		.addresses = telescope_size(holdings_about(holdings).telescope_days, day),
		.seconds = covered != NULL ? (double)covered->covered_ns / 1e9 : 0,
	};
}

uint64_t shape_columns(const struct source_filter *filter)
{
	return COLUMN_BIT(COLUMN_TIME) | COLUMN_BIT(COLUMN_FIELD + FIELD_DESTINATION) |
	       COLUMN_BIT(COLUMN_FIELD + source_filter_field(filter));
}

static enum shape shape_by(uint64_t destinations, uint64_t ports)
{
	if (destinations == 0 || ports == 0)
		return SHAPE_UNKNOWN;
	if (destinations < SHAPE_LEAST)
		return ports < SHAPE_LEAST ? SHAPE_FEW : SHAPE_VERTICAL;
	return ports < SHAPE_LEAST ? SHAPE_HORIZONTAL : SHAPE_MIXED;
}

// Packets to `addresses` in so many seconds -> packets a second to all of IPv4.
static double rate_of(uint64_t packets, const struct shape_scale *scale, double seconds)
{
	if (scale->addresses == 0 || seconds <= 0)
		return -1;
	return (double)packets * 0x1p32 / (double)scale->addresses / seconds;
}

void shape_of(const struct source_filter *filter, const struct shape_scale *scale,
              const struct host_day *host, struct source_shape *out)
{
	struct source_filter any_port = *filter;
	any_port.port = SOURCE_ANY_PORT;
	const uint64_t packets = source_filter_packets(&any_port, host);
	const uint64_t destinations = host_day_distinct(host, FIELD_DESTINATION);
	const double seconds = (double)(host->last_ns - host->first_ns) / 1e9;
	*out = (struct source_shape){
		.packets = packets,
		.ports = host_day_distinct(host, source_filter_field(filter)),
		.destinations = destinations < packets ? destinations : packets,
		.first_ns = host->first_ns,
		.last_ns = host->last_ns,
		.rate = rate_of(packets, scale, scale->seconds),
		.rate_while_seen = packets > 1 ? rate_of(packets - 1, scale, seconds) : -1,
	};
	out->shape = shape_by(out->destinations, out->ports);
}

// ---- source-days

struct shape_reader {
	struct holdings *holdings;
	struct coverage coverage;
	struct source_filter filter;
	uint64_t columns;
	struct held_day day;            // that is read, or was last
	struct holdings_hosts *reader;  // NULL: between two days
	struct floods *floods;
	struct source_day now;
	uint64_t left_out_here;  // on the day
	struct floods_left_out left_out;
	unsigned since_look;
};

bool shape_reader_open(struct holdings *holdings, const struct source_filter *filter,
                       uint64_t columns, struct shape_reader **out, struct error *error)
{
	struct shape_reader *r = memory_new(1, sizeof *r);
	if (r == NULL)
		return error_memory(error, "the source-days");
	if (!coverage_make(holdings, &r->coverage, error)) {
		memory_free(r);
		return false;
	}
	r->holdings = holdings;
	r->filter = *filter;
	r->columns = columns | FLOOD_COLUMNS |
	             COLUMN_BIT(COLUMN_FIELD + source_filter_field(filter));
	*out = r;
	return true;
}

static void leave_day(struct shape_reader *r)
{
	if (r->floods != NULL)
		floods_leave_out(&r->left_out, r->floods, r->left_out_here);
	r->left_out_here = 0;
	holdings_close_hosts(r->reader);
	floods_free(r->floods);
	r->reader = NULL;
	r->floods = NULL;
}

static bool enter_day(struct shape_reader *r, int32_t day, struct error *error)
{
	r->now = (struct source_day){ .day = day,
		                      .scale = shape_scale_of(r->holdings, &r->coverage, day) };
	return floods_find(r->holdings, day, &r->floods, error) &&
	       holdings_open_hosts(r->holdings, period_of_day(day), r->columns, &r->reader, error);
}

// The next source-day of the day that passes; NULL at its end or at a failure.
static const struct host_day *next_host(struct shape_reader *r, struct error *error)
{
	const struct host_day *host;
	while ((host = holdings_next_host(r->reader, error)) != NULL) {
		if (r->since_look++ % SOURCES_A_LOOK == 0 && interrupt_requested()) {
			error_set(error, ERROR_FAILED, "interrupted");
			return NULL;
		}
		if (source_filter_packets(&r->filter, host) == 0)
			continue;
		r->now.is_flood_suspect = floods_suspect(r->floods, host);
		if (!r->filter.without_floods || !r->now.is_flood_suspect)
			return host;
		r->left_out_here++;
	}
	return NULL;
}

bool shape_reader_next(struct shape_reader *r, struct source_day *out, struct error *error)
{
	for (;;) {
		error->kind = ERROR_NONE;
		if (r->reader != NULL) {
			r->now.host = next_host(r, error);
			if (r->now.host != NULL) {
				*out = r->now;
				return true;
			}
			if (error->kind != ERROR_NONE)
				return false;
			leave_day(r);
		}
		if (!held_day_next(r->holdings, r->filter.window, &r->day) ||
		    !enter_day(r, r->day.day, error))
			return false;
	}
}

struct floods_left_out shape_reader_left_out(const struct shape_reader *r)
{
	struct floods_left_out out = r->left_out;
	if (r->floods != NULL)
		floods_leave_out(&out, r->floods, r->left_out_here);
	return out;
}

void shape_reader_close(struct shape_reader *r)
{
	if (r == NULL)
		return;
	leave_day(r);
	coverage_done(&r->coverage);
	memory_free(r);
}

// ---- counting

// Whether the host-day is of one of the families.
static bool count_families(const struct shapes_request *request, const struct source_day *at,
                           struct shape_day *day)
{
	struct source_filter filter = request->filter;
	struct source_shape shape;
	bool is_of_any = false;
	for (size_t i = 0; i < request->family_count; i++) {
		filter.family = request->families[i];
		if (source_filter_packets(&filter, at->host) == 0)
			continue;
		is_of_any = true;
		shape_of(&filter, &at->scale, at->host, &shape);
		struct shape_count *count = &day->counts[i][shape.shape];
		count->flood_suspects += at->is_flood_suspect;
		if (at->is_flood_suspect && request->filter.without_floods)
			continue;
		count->sources++;
		count->packets += shape.packets;
	}
	return is_of_any;
}

static uint64_t columns_of(const struct shapes_request *request)
{
	uint64_t columns = FLOOD_COLUMNS;
	for (size_t i = 0; i < request->family_count; i++) {
		struct source_filter filter = request->filter;
		filter.family = request->families[i];
		columns |= shape_columns(&filter);
	}
	return columns;
}

struct day_reader {
	struct floods *floods;
	struct holdings_hosts *hosts;
	uint64_t suspects;
};

static bool count_hosts(const struct shapes_request *request, struct day_reader *reader,
                        struct shape_day *day, struct error *error)
{
	struct source_day at = { .day = day->day };
	unsigned since_look = 0;
	while ((at.host = holdings_next_host(reader->hosts, error)) != NULL) {
		if (since_look++ % SOURCES_A_LOOK == 0 && interrupt_requested())
			return error_set(error, ERROR_FAILED, "interrupted");
		at.is_flood_suspect = floods_suspect(reader->floods, at.host);
		if (count_families(request, &at, day))
			reader->suspects += at.is_flood_suspect;
	}
	return error->kind == ERROR_NONE;
}

static bool count_day(struct holdings *holdings, const struct shapes_request *request,
                      struct shape_day *day, struct floods_left_out *left_out, struct error *error)
{
	struct day_reader reader = { .hosts = NULL };
	const bool ok = floods_find(holdings, day->day, &reader.floods, error) &&
	                holdings_open_hosts(holdings, period_of_day(day->day), columns_of(request),
	                                    &reader.hosts, error) &&
	                count_hosts(request, &reader, day, error);
	if (ok)
		floods_leave_out(left_out, reader.floods,
		                 request->filter.without_floods ? reader.suspects : 0);
	holdings_close_hosts(reader.hosts);
	floods_free(reader.floods);
	return ok;
}

bool shapes_count(struct holdings *holdings, const struct shapes_request *request,
                  struct floods_left_out *out, struct error *error)
{
	struct floods_left_out left_out = { .source_days = 0 };
	struct held_day held = { .count = 0 };
	assert(request->family_count <= FINGERPRINTS_MAX + 1);
	while (held_day_next(holdings, request->filter.window, &held)) {
		struct shape_day day = { .day = held.day };
		if (!held_day_has_unknown(holdings, &held, &day.has_unknown, error) ||
		    !count_day(holdings, request, &day, &left_out, error))
			return false;
		request->each(request->context, &day);
	}
	*out = left_out;
	return true;
}
