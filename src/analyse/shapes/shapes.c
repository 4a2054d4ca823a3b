// SPDX-License-Identifier: MIT
#include "analyse/shapes/shapes.h"

#include "base/memory.h"

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
	struct holdings_hosts *hosts;  // of the day that was entered; NULL: none was
	struct floods *floods;
};

bool shape_reader_open(struct holdings *holdings, struct shape_reader **out, struct error *error)
{
	struct shape_reader *r = memory_new(1, sizeof *r);
	if (r == NULL)
		return error_memory(error, "the source-days");
	if (!coverage_make(holdings, &r->coverage, error)) {
		memory_free(r);
		return false;
	}
	r->holdings = holdings;
	*out = r;
	return true;
}

static void leave_day(struct shape_reader *r)
{
	holdings_close_hosts(r->hosts);
	floods_free(r->floods);
	r->hosts = NULL;
	r->floods = NULL;
}

bool shape_reader_enter(struct shape_reader *r, const struct held_day *held, uint64_t columns,
                        struct shape_day *out, struct error *error)
{
	struct shape_day day = { .day = held->day,
		                 .scale = shape_scale_of(r->holdings, &r->coverage, held->day) };
	leave_day(r);
	if (!held_day_has_unknown(r->holdings, held, &day.has_unknown, error) ||
	    !floods_find(r->holdings, held->day, &r->floods, error) ||
	    !holdings_open_hosts(r->holdings, period_of_day(held->day), columns | FLOOD_COLUMNS,
	                         &r->hosts, error))
		return false;
	day.floods = r->floods;
	*out = day;
	return true;
}

bool shape_reader_next(struct shape_reader *r, struct source_day *out, struct error *error)
{
	const struct host_day *host = holdings_next_host(r->hosts, error);
	if (host == NULL)
		return false;
	*out = (struct source_day){ host, floods_suspect(r->floods, host) };
	return true;
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

bool shape_count_add(struct shape_count counts[SHAPE_COUNT], const struct source_filter *filter,
                     const struct shape_scale *scale, const struct source_day *at)
{
	struct source_shape shape;
	if (source_filter_packets(filter, at->host) == 0)
		return false;
	shape_of(filter, scale, at->host, &shape);
	struct shape_count *count = &counts[shape.shape];
	count->flood_suspects += at->is_flood_suspect;
	if (!at->is_flood_suspect || !filter->without_floods) {
		count->sources++;
		count->packets += shape.packets;
	}
	return true;
}
