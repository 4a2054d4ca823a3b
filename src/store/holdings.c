// SPDX-License-Identifier: MIT
// The store as holdings: pieces are segments, periods are days.
#include "store/bursts.h"
#include "store/day.h"
#include "store/lost.h"
#include "store/records.h"
#include "store/set.h"

#include "base/memory.h"

#include <stddef.h>

// A table of functions stands in a struct of the store's, which is found from it.
#define STORE_OF(table, type, member)                                                              \
	((type *)(uintptr_t)((const char *)(table)-offsetof(type, member)))

static struct store *store_of(const struct holdings *h)
{
	return STORE_OF(h, struct store, holdings);
}

static size_t count(const struct holdings *h)
{
	return store_piece_count(store_of(h));
}

static struct holding at(const struct holdings *h, size_t index)
{
	const struct store *s = store_of(h);
	const struct store_segment *segment = &s->segments[store_piece_segment(s, index)];
	return (struct holding){ period_of_day(segment->day), segment->floor };
}

static struct holdings_about about(const struct holdings *h)
{
	const struct store *s = store_of(h);
	const struct store_settings *settings = &s->settings;
	return (struct holdings_about){
		.name = s->path,
		.zone = &settings->zone,
		.telescope = settings->telescope,
		.prefixes = &settings->prefixes,
		.telescope_days = &settings->telescope_days,
		.fingerprints = &settings->fingerprints,
	};
}

static bool syns(struct holdings *h, size_t index, unsigned family, uint64_t *out,
                 struct error *error)
{
	struct store *s = store_of(h);
	return store_segment_syns(s, store_piece_segment(s, index), family, out, error);
}

// ---- sets

struct open_set {
	struct holdings_set base;
	struct store_set set;
};

static struct store_set *set_of(const struct holdings_set *set)
{
	return &STORE_OF(set, struct open_set, base)->set;
}

static bool set_read(const struct holdings_set *set, size_t from, size_t length, uint8_t *out,
                     struct error *error)
{
	return store_set_read(set_of(set), from, length, out, error);
}

static void set_hash(struct holdings_set *set, size_t from, struct span bytes)
{
	store_set_hash(set_of(set), from, bytes);
}

static bool set_end(struct holdings_set *set, struct error *error)
{
	return store_set_end(set_of(set), error);
}

static void set_close(struct holdings_set *set)
{
	store_set_close(set_of(set));
	memory_free(STORE_OF(set, struct open_set, base));
}

static const struct holdings_set_functions set_functions = { set_read, set_hash, set_end,
	                                                     set_close };

static bool open_set(struct holdings *h, size_t index, unsigned family, struct holdings_set **out,
                     struct error *error)
{
	struct store *s = store_of(h);
	const struct segment *segment;
	if (!store_segment_open(s, store_piece_segment(s, index), &segment, error))
		return false;
	*out = NULL;
	if (family < FINGERPRINTS_MAX && fingerprints_weighed >> family & 1 &&
	    !segment_is_by_evidence(segment))
		return true;
	struct open_set *set = memory_new(1, sizeof *set);
	if (set == NULL)
		return error_memory(error, "a set of sources");
	if (!store_set_open(s, store_piece_segment(s, index), family, &set->set, error)) {
		memory_free(set);
		return false;
	}
	set->base = (struct holdings_set){ &set_functions, set->set.length };
	*out = &set->base;
	return true;
}

// ---- tables of ports

struct open_ports {
	struct holdings_ports base;
	struct store_ports ports;
};

static bool ports_next(struct holdings_ports *ports, struct port_count *out, struct error *error)
{
	return store_ports_next(&STORE_OF(ports, struct open_ports, base)->ports, out, error);
}

static void ports_close(struct holdings_ports *ports)
{
	struct open_ports *open = STORE_OF(ports, struct open_ports, base);
	store_ports_release(&open->ports);
	memory_free(open);
}

static bool open_ports(struct holdings *h, size_t index, unsigned field,
                       struct holdings_ports **out, struct error *error)
{
	struct store *s = store_of(h);
	struct store_ports ports;
	if (!store_segment_ports(s, store_piece_segment(s, index), field, &ports, error))
		return false;
	*out = NULL;
	if (!ports.is_there)
		return true;
	struct open_ports *open = memory_new(1, sizeof *open);
	if (open == NULL)
		return error_memory(error, "a table of ports");
	*open = (struct open_ports){ { ports_next, ports_close }, ports };
	*out = &open->base;
	return true;
}

// ---- host-days

struct open_hosts {
	struct holdings_hosts base;
	struct store_day *day;
};

static const struct host_day *hosts_next(struct holdings_hosts *hosts, struct error *error)
{
	return store_day_next(STORE_OF(hosts, struct open_hosts, base)->day, error);
}

static void hosts_close(struct holdings_hosts *hosts)
{
	struct open_hosts *open = STORE_OF(hosts, struct open_hosts, base);
	store_day_close(open->day);
	memory_free(open);
}

// A pane of a day holds no segment.
static bool open_day(struct store *s, struct period period, uint64_t columns,
                     struct store_day **out, struct error *error)
{
	return period.minutes == 0 ? store_day_open(s, period.day, columns, out, error)
	                           : store_day_open_segments(s, 0, 0, columns, out, error);
}

static bool open_hosts(struct holdings *h, struct period period, uint64_t columns,
                       struct holdings_hosts **out, struct error *error)
{
	struct open_hosts *open = memory_new(1, sizeof *open);
	if (open == NULL)
		return error_memory(error, "a day");
	open->base = (struct holdings_hosts){ hosts_next, hosts_close };
	if (!open_day(store_of(h), period, columns, &open->day, error)) {
		memory_free(open);
		return false;
	}
	*out = &open->base;
	return true;
}

static bool check_hosts(struct holdings *h, struct period period, uint64_t columns,
                        struct error *error)
{
	struct store *s = store_of(h);
	bool ok = true;
	for (size_t i = 0; ok && period.minutes == 0 && i < store_piece_count(s); i++) {
		const size_t index = store_piece_segment(s, i);
		const struct segment *segment;
		if (s->segments[index].day == period.day)
			ok = store_segment_open(s, index, &segment, error) &&
			     segment_check_columns(segment, columns, error);
	}
	return ok;
}

// ---- what is damaged

static const struct lost_day *lost(const struct holdings *h, size_t *out_count)
{
	const struct store *s = store_of(h);
	*out_count = s->lost != NULL ? s->lost->day_count : 0;
	return s->lost != NULL ? s->lost->days : NULL;
}

static bool lose(struct holdings *h, bool looks_at_all, size_t *out_days, struct error *error)
{
	return store_lose_damaged(store_of(h), looks_at_all, out_days, error);
}

// ---- captures

struct open_captures {
	struct holdings_captures base;
	struct holdings_capture *list;
	struct store_capture *captures;  // into which the list points
};

static void captures_close(struct holdings_captures *captures)
{
	struct open_captures *open = STORE_OF(captures, struct open_captures, base);
	store_captures_done(open->captures, open->base.count);
	memory_free(open->list);
	memory_free(open);
}

static struct holdings_capture show_capture(const struct store_capture *c)
{
	return (struct holdings_capture){ .name = c->name,
		                          .format = c->format,
		                          .damage = c->damage,
		                          .is_hashed = c->is_hashed,
		                          .is_simulated = c->is_simulated,
		                          .first_ns = c->first_ns,
		                          .last_ns = c->last_ns,
		                          .ledger = c->ledger,
		                          .drops = c->drops,
		                          .seen = c->seen };
}

static bool open_captures(struct holdings *h, struct holdings_captures **out, struct error *error)
{
	struct open_captures *open = memory_new(1, sizeof *open);
	size_t count;
	if (open == NULL)
		return error_memory(error, "captures");
	if (!store_captures(store_of(h), &open->captures, &count, error)) {
		memory_free(open);
		return false;
	}
	open->list = memory_new(count + 1, sizeof *open->list);
	open->base = (struct holdings_captures){ open->list, count, captures_close };
	if (open->list == NULL) {
		captures_close(&open->base);
		return error_memory(error, "captures");
	}
	for (size_t i = 0; i < count; i++)
		open->list[i] = show_capture(&open->captures[i]);
	*out = &open->base;
	return true;
}

static bool open_responses(struct holdings *h, int32_t from, int32_t to, bool wants_bytes,
                           struct holdings_responses **out, struct error *error)
{
	return store_open_responses(store_of(h), from, to, wants_bytes, out, error);
}

static bool next_asked_day(const struct holdings *h, int32_t from, int32_t *out)
{
	return store_next_records_day(store_of(h), STORE_RESPONSES, from, out);
}

static bool open_events(struct holdings *h, int32_t from, int32_t to, struct holdings_events **out,
                        struct error *error)
{
	return store_open_events(store_of(h), from, to, out, error);
}

static bool next_event_day(const struct holdings *h, int32_t from, int32_t *out)
{
	return store_next_records_day(store_of(h), STORE_EVENTS, from, out);
}

// The segments of the period that are held: those of a day lie together.
static void find_day(const struct store *s, struct period period, size_t *out_first,
                     size_t *out_count)
{
	*out_first = *out_count = 0;
	for (size_t i = 0; period.minutes == 0 && i < store_piece_count(s); i++) {
		const size_t index = store_piece_segment(s, i);
		if (s->segments[index].day != period.day)
			continue;
		*out_first = *out_count == 0 ? index : *out_first;
		*out_count += 1;
	}
}

static bool open_bursts(struct holdings *h, struct period period, enum burst_form form,
                        struct burst_stream **out, struct error *error)
{
	struct store *s = store_of(h);
	size_t first, count;
	find_day(s, period, &first, &count);
	return store_bursts_open(s, first, count, form, out, error);
}

static struct holdings_kept kept(const struct holdings *h, struct period period,
                                 enum burst_form form)
{
	const struct store *s = store_of(h);
	size_t first, count;
	find_day(s, period, &first, &count);
	return store_bursts_kept(s, first, count, form);
}

static const struct holdings_functions functions = {
	count,          at,          about, syns, open_set,       open_ports,     open_hosts,
	open_captures,  check_hosts, lost,  lose, open_responses, next_asked_day, open_events,
	next_event_day, open_bursts, kept,
};

struct holdings *store_holdings(struct store *s)
{
	s->holdings.functions = &functions;
	return &s->holdings;
}
